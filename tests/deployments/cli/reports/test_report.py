"""`dondoc report`, `periods` and `reports`: any period in any format, and the steps by hand."""

import json
from datetime import date
from io import BytesIO
from pathlib import Path

import docx
import pytest
from openpyxl import load_workbook

from models import Authority
from models.session import transaction
from tests.deployments.plan_files import Dondoc, set_clock
from tests.reporting_world import answer, moment, ward
from tests.smtp_sink import SmtpSink

PLAN = "song-mai-2025"


@pytest.fixture
def dondoc(monkeypatch: pytest.MonkeyPatch, database_url: str, capsys: pytest.CaptureFixture[str]) -> Dondoc:
    """The command line on a ward whose first quarter has just closed."""
    set_clock(monkeypatch, moment(date(2025, 3, 17)))
    with transaction() as session:
        world = ward(session)
        first = world.add_item("A.1", date(2025, 3, 10), opens=date(2024, 12, 20))
        world.add_item("A.2", date(2025, 5, 10), lead="VAN_PHONG", opens=date(2024, 12, 20))
        assert first is not None
        answer(session, first, date(2025, 3, 1))
    return Dondoc(capsys)


def test_periods_are_listed_with_first_day_cut_off_and_sending_day(dondoc: Dondoc) -> None:
    found = {one["period"]: one for one in dondoc.json("periods", PLAN)}
    assert list(found) == ["2025-Q1", "2025-6M", "2025-Q3", "2025"]
    days = {name: found["2025-Q3"][name] for name in ("first_day", "cut_off", "sending_day", "sent_on")}
    assert days == {
        "first_day": "2025-06-15",
        "cut_off": "2025-09-14",
        "sending_day": "2025-09-20",
        "sent_on": "2025-09-19",
    }
    said = dondoc("periods", PLAN)
    assert "15/12/2024 – chốt 14/03/2025, gửi 20/03/2025\n" in said
    assert "gửi 20/09/2025 (ngày nghỉ, gửi 19/09/2025)" in said


@pytest.mark.parametrize(
    "period", ["2025-Q1", "2025-6M", "2025-Q3", "2025-9M", "2025", "2025-09", "2025-W38", "2025-Q2", "2025-q4"]
)
def test_every_period_can_be_reported_whether_the_office_makes_it_or_not(dondoc: Dondoc, period: str) -> None:
    content = json.loads(dondoc("report", PLAN, period, "--format", "json"))
    assert content["period"]["key"] == period.upper()
    assert content["figures"]["items"]["value"] == 2


def test_each_format_is_written_where_asked(dondoc: Dondoc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.docx", "a.pdf", "a.xlsx", "a.json"):
        dondoc("report", PLAN, "2025-Q1", "-o", tmp_path / name)
    text = "\n".join(one.text for one in docx.Document(str(tmp_path / "a.docx")).paragraphs)
    assert "trong tổng số 02 nhiệm vụ có 01 nhiệm vụ đã hoàn thành (đạt 50%)" in text
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert load_workbook(BytesIO((tmp_path / "a.xlsx").read_bytes())).sheetnames[0] == "Nhiệm vụ"
    figures = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert figures["figures"]["done"] == {
        "label": "Nhiệm vụ đã hoàn thành", "value": 1.0, "unit": "", "sources": ["A.1"],
    }  # fmt: skip
    assert len(figures["sha256"]) == 64
    monkeypatch.chdir(tmp_path)
    assert "bao-cao-song-mai-2025-2025-Q1.docx" in dondoc("report", PLAN, "2025-Q1")
    dondoc("report", PLAN, "2025-Q1", "-o", tmp_path / "khong-duoi", "--format", "pdf")
    assert (tmp_path / "khong-duoi").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("report", PLAN, "2025-Q9"), 2, "Không có kỳ báo cáo “2025-Q9”"),
        (("report", "khong-co", "2025-Q1"), 2, "Không có kế hoạch “khong-co”"),
        (("report", PLAN, "2025-Q1", "-o", "x.odt"), 2, "Không biết dạng tệp “odt”"),
        (("report", PLAN), 2, "Thiếu tham số"),
        (("report", PLAN, "2025-Q1", "-o", "/khong/co/a.docx"), 1, "/khong/co/a.docx: không có tệp"),
        (("periods", "khong-co"), 2, "Không có kế hoạch"),
        (("reports", "approve", PLAN, "2025-Q1"), 2, "chưa được mở"),
        (("reports", "return", PLAN, "2025-Q1"), 2, "--note"),
    ],
)
def test_a_wrong_call_is_answered_in_one_sentence(
    dondoc: Dondoc, arguments: tuple[str, ...], code: int, said: str
) -> None:
    dondoc(*arguments, code=code)
    assert said in dondoc.err
    assert dondoc.err.count("\n") == 1


def test_an_offices_broken_template_is_named(dondoc: Dondoc, home: Path) -> None:
    own = home / "templates" / "report"
    own.mkdir(parents=True)
    (own / "noi-dung.txt").write_text("{{ khong_co }}", encoding="utf-8")
    dondoc("report", PLAN, "2025-Q1", "--format", "json")
    dondoc("report", PLAN, "2025-Q1", "-o", home / "a.docx", code=2)
    assert "noi-dung.txt" in dondoc.err


def test_a_report_goes_its_way_by_hand(
    dondoc: Dondoc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    with SmtpSink() as sink:
        monkeypatch.setenv("DONDOC_SMTP_PORT", str(sink.port))
        said = dondoc("reports", "run")
        assert f"{PLAN} · Quý I/2025: Chờ phê duyệt (mở kỳ, chốt số liệu, soạn dự thảo, trình phê duyệt)" in said
        dondoc("reports", "return", PLAN, "2025-Q1", "--note", "Sửa câu cuối")
        dondoc("reports", "file", PLAN, "2025-Q1", "-o", tmp_path / "sua.docx")
        said = dondoc("reports", "upload", PLAN, "2025-Q1", tmp_path / "sua.docx", "--by", "admin@song-mai.example")
        assert "số và ngày được điền vào khi gửi" in said
        (tmp_path / "gia.docx").write_bytes(b"%PDF-1.4")
        dondoc("reports", "upload", PLAN, "2025-Q1", tmp_path / "gia.docx", "--by", "admin@song-mai.example", code=3)
        dondoc("reports", "approve", PLAN, "2025-Q1", "--by", "admin@song-mai.example", code=1)
        dondoc("reports", "approve", PLAN, "2025-Q1", "--number", "5")
        dondoc("reports", "run", "--date", "2025-03-20")
        (row,) = dondoc.json("reports", "list")
        assert (row["state"], row["number"], row["issued_on"]) == ("sent", "05/BC-UBND", "2025-03-20")
        assert [one["origin"] for one in row["versions"]] == ["draft", "draft", "draft", "upload", "final"]
        assert "tinh.example" in sink.received[-1].to
        dondoc("reports", "reopen", PLAN, "2025-Q1", "--until", "2025-03-25", "--reason", "Sót", code=1)
        assert "đã có số và gửi đi" in dondoc.err


def test_reopening_and_compiling_again(dondoc: Dondoc, monkeypatch: pytest.MonkeyPatch) -> None:
    with SmtpSink() as sink:
        monkeypatch.setenv("DONDOC_SMTP_PORT", str(sink.port))
        dondoc("reports", "run")
        dondoc("reports", "redo", PLAN, "2025-Q1")
        dondoc("reports", "run")
        assert {one["version"] for one in dondoc.json("reports", "list")[0]["versions"]} == {1, 2}
        dondoc("reports", "reopen", PLAN, "2025-Q1", "--until", "18/03/2025", "--reason", "Sót số liệu")
        assert dondoc.json("reports", "list")[0]["reopened_until"] == "2025-03-18"
        dondoc("reports", "run")
        asked = [mail for mail in sink.received if "chưa báo cáo" in mail.subject]
        assert asked and "Sót số liệu" in asked[0].text


def test_the_superiors_name_gives_the_consolidated_report(dondoc: Dondoc, tmp_path: Path) -> None:
    with transaction() as session:
        session.add(Authority(code="khanh-hoa", name="UBND tỉnh Khánh Hòa"))
    dondoc("report", "khanh-hoa", "2025-Q1", "-o", tmp_path / "tinh.docx")
    text = "\n".join(one.text for one in docx.Document(str(tmp_path / "tinh.docx")).paragraphs)
    assert "Chưa có địa phương nào chốt báo cáo" in text
    assert "UBND phường Sông Mai" in text


def test_the_superiors_name_gives_the_periods_of_its_consolidated_reports(dondoc: Dondoc) -> None:
    with transaction() as session:
        session.add(Authority(code="khanh-hoa", name="UBND tỉnh Khánh Hòa"))
    found = {one["period"]: one for one in dondoc.json("periods", "khanh-hoa")}
    assert list(found) == ["2025-Q1", "2025-6M", "2025-Q3", "2025"]
    assert (found["2025-Q3"]["opens_on"], found["2025-Q3"]["sent_on"]) == ("2025-09-15", "2025-09-24")
    assert found["2025-Q1"]["state"] is None
    dondoc("reports", "run", "--authority", "khanh-hoa")
    first = dondoc("periods", "UBND tỉnh Khánh Hòa").splitlines()[0]
    assert first.endswith("gửi 25/03/2025  Đang thu thập")
