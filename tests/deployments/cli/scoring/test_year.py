"""The sample ward on a moved clock: the forecast in June, the round in December, the dossier, next year's plan."""

import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from sqlalchemy import select

from config.settings import load_settings
from deployments.sample.ward import install_sample
from documents.reading.criteria.file import read_figures
from documents.reading.plan.interpret import read_plan
from models import Authority, Evidence, Item, Occurrence, Plan, Score, ScoreRound
from models.session import reading, transaction
from rules.scoring.criteria.sets import Source
from rules.scoring.round import RoundState
from services.actor import Actor
from services.audit import verify
from services.documents import keep_document, stored_document
from services.errors import StoreError
from services.reminders import morning as sweeping
from services.scoring.criteria import criteria_of
from services.scoring.run import run_rounds
from services.scoring.scores import Given, enter
from tests.deployments.plan_files import Dondoc, set_clock
from tests.reporting_world import answer, moment, prove
from tests.smtp_sink import SmtpSink

START, JUNE = date(2026, 3, 2), date(2026, 6, 10)
ROUND = date(2026, 12, 3)
"""The first day on which the flow runs: 1 and 2 December were missed."""
SUPERIOR, LEADER = "so-noi-vu@binhnguyen.example", "chu-tich@sonca.example"
FIGURES = Path(__file__).resolve().parents[4] / "config" / "criteria" / "par-index-commune-figures.yaml"


class Year:
    """The ward, the clock and the command line."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, dondoc: Dondoc, folder: Path) -> None:
        self.monkeypatch, self.dondoc, self.folder = monkeypatch, dondoc, folder
        self.day = START

    def at(self, day: date) -> None:
        """Let it be a day."""
        self.day = day
        set_clock(self.monkeypatch, moment(day))

    def flow(self) -> list[tuple[RoundState, list[str]]]:
        """The daily run of the self-scoring, then the mails."""
        went = [(one.state, one.steps) for one in run_rounds(None, self.day)]
        sweeping.send()
        return went

    def show(self) -> dict[str, Any]:
        """The round as the command line tells it."""
        found: dict[str, Any] = self.dondoc.json("score", "show")
        return found


@pytest.fixture
def year(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Year:
    """The sample ward as it is installed on 2 March."""
    assert sqlite_url
    monkeypatch.setenv("DONDOC_PORTAL_URL", "https://cong.sonca.example")
    found = Year(monkeypatch, Dondoc(capsys), tmp_path)
    found.at(START)
    assert install_sample(load_settings().home / "sample", START, Actor("kiểm thử", moment(START))) is not None
    return found


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpSink]:
    with SmtpSink() as found:
        monkeypatch.setenv("DONDOC_SMTP_PORT", str(found.port))
        yield found


@pytest.mark.slow
def test_the_wards_year_from_the_forecast_in_june_to_next_years_plan(year: Year, sink: SmtpSink) -> None:
    before = _june(year)
    _work(year)
    assert year.dondoc.json("score", "forecast", "son-ca-2026", "--date", "2026-11-20")["total"] > before["total"]
    _opened_late(year, sink)
    _scored(year)
    _reviewed_and_approved(year)
    dossier = _in_the_superiors_mailbox(year, sink)
    _recomputed(year, dossier)
    _verified_and_explained(year, dossier)
    _final(year)
    _next_year(year)
    with reading() as session:
        assert verify(session) is None


def _june(year: Year) -> Any:
    """What late tasks cost, to machines, people and in the reminder."""
    year.at(JUNE)
    found = year.dondoc.json("score", "forecast", "son-ca-2026")
    assert (found["counted"], found["pending"]) == (65, 35)
    assert 0 < found["total"] < found["reachable"] <= 65
    late = [one for one in found["items"] if one["days_late"]]
    assert late
    assert found["items"][: len(late)] == late
    assert [one["points"] for one in late] == sorted((one["points"] for one in late), reverse=True)
    shown = year.dondoc("score", "forecast", "son-ca-2026")
    assert f"trễ {late[0]['days_late']} ngày, đang giữ" in shown
    return found


def _work(year: Year) -> None:
    """Most of the work is done in autumn, a third of it late; every third time proof is forgotten."""
    with transaction() as session:
        rows = session.scalars(select(Occurrence).where(Occurrence.done_on.is_(None)).order_by(Occurrence.id)).all()
        for number, row in enumerate(rows):
            if number % 5 == 4:
                continue
            day = min(row.last_day + timedelta(days=6 if number % 3 == 0 else -2), date(2026, 11, 18))
            told = answer(session, row, day)
            if number % 3:
                prove(session, row, told, day, f"{number + 1}/BC-UBND")


def _opened_late(year: Year, sink: SmtpSink) -> None:
    """The flow opens the round on the first day it runs, and asks each unit once."""
    year.at(ROUND)
    state, steps = year.flow()[0]
    assert (state, steps[0]) == (RoundState.SCORING, "mở đợt")
    assert year.flow()[0] == (RoundState.SCORING, [])
    asked = [mail for mail in sink.received if "tiêu chí" in mail.subject]
    assert len({mail.to for mail in asked}) == len(asked) >= 3
    filled = {one["code"]: one for one in year.show()["scores"]}
    assert filled["8.1"]["score"] == 4
    assert filled["8.1"]["evidence"], "the evidence filed with the item came along"


def _proofs(year: Year) -> dict[int, int]:
    """One kept file for each unit, by the unit's id."""
    found: dict[int, int] = {}
    with transaction() as session:
        round_ = session.scalars(select(ScoreRound)).one()
        for score in round_.scores:
            if score.unit_id is None or score.unit_id in found:
                continue
            path = year.folder / f"Báo cáo của đơn vị {score.unit_id}.pdf"
            path.write_bytes(f"%PDF-1.4\n% {score.unit_id}\n%%EOF\n".encode())
            kept = keep_document(path, load_settings().documents)
            row = Evidence(
                authority_id=round_.authority_id, unit_id=score.unit_id, name=kept.name, reference="90/BC-UBND",
                document_id=stored_document(session, kept, moment(year.day)).id, issued_on=date(2026, 11, 25),
                issued_by="UBND phường Sơn Ca", place=f"biểu {score.unit_id}", created_at=moment(year.day),
            )  # fmt: skip
            session.add(row)
            session.flush()
            found[score.unit_id] = row.id
    return found


LATE, RETURNED, UNPROVED = "7.4", "1.4.2", "5.5"


def _scored(year: Year) -> None:
    """Every unit answers but for one criterion, which comes after the last day, and one without evidence."""
    year.at(date(2026, 12, 9))
    proofs = _proofs(year)
    with transaction() as session:
        round_ = session.scalars(select(ScoreRound)).one()
        criteria = criteria_of(round_.criteria)
        figures = read_figures(FIGURES, criteria).figures
        for score in round_.scores:
            if criteria.by_code[score.criterion].source is Source.SURVEY or score.criterion == LATE:
                continue
            proof = () if score.criterion == UNPROVED else (proofs[score.unit_id or 0],)
            given = Given(figures[score.criterion], proof, "Theo báo cáo năm của đơn vị")
            enter(session, score, given, Actor("đơn vị", moment(year.day)), year.day)
    year.dondoc("score", "review", code=1)
    assert "chưa hết hạn" in year.dondoc.err
    year.at(date(2026, 12, 17))  # the day after the last one was missed too
    assert year.flow()[0][1][:1] == ["kết thúc tự chấm"]
    with pytest.raises(StoreError, match="rà soát"):
        _late_answer(year, proofs)
    year.dondoc("score", "return", LATE, "--reason", "Đơn vị chưa chấm", "--until", "2026-12-20")
    year.at(date(2026, 12, 18))
    _late_answer(year, proofs)


def _late_answer(year: Year, proofs: dict[int, int]) -> None:
    with transaction() as session:
        score = session.scalars(select(Score).where(Score.criterion == LATE)).one()
        figures = read_figures(FIGURES, criteria_of(score.round.criteria)).figures
        given = Given(figures[LATE], (proofs[score.unit_id or 0],), "Chậm do chờ thống kê của tỉnh")
        enter(session, score, given, Actor("đơn vị", moment(year.day)), year.day)


def _reviewed_and_approved(year: Year) -> None:
    """One is returned and answered anew; every warning is answered; the leader approves at the second time."""
    dondoc = year.dondoc
    dondoc("score", "return", RETURNED, "--reason", "Ghi rõ từng hình thức")
    dondoc("score", "submit", code=1)
    with reading() as session:
        score = session.scalars(select(Score).where(Score.criterion == RETURNED)).one()
        proof = score.evidence[0].evidence_id
    dondoc("score", "return", RETURNED, "--reason", "Gia hạn", "--until", "2026-12-20")
    dondoc("score", "enter", RETURNED, "3", "--evidence", proof, "--explanation", "Ba hình thức, kèm tin bài")
    dondoc("score", "accept")
    for one in dondoc.json("score", "checks"):
        dondoc("score", "checks", "--answer", one["criterion"], one["code"], "Bản gốc lưu tại Văn thư")
    dondoc("score", "submit")
    dondoc("score", "approve", "--leader", LEADER, "--reject", "--note", "Xem lại 5.5")
    dondoc("score", "submit")
    dondoc("score", "approve", "--leader", "van-phong@sonca.example", code=2)
    dondoc("score", "approve", "--leader", LEADER, "--note", "Đồng ý")
    scores = {one["code"]: one for one in year.show()["scores"]}
    assert scores[UNPROVED]["score"] == 0, "no evidence, no points"
    assert "chưa có tài liệu kiểm chứng" in scores[UNPROVED]["calculation"]
    history = dondoc.json("score", "history", RETURNED)
    assert [one["action"] for one in history].count("score.enter") == 2


def _in_the_superiors_mailbox(year: Year, sink: SmtpSink) -> Path:
    """The flow seals and sends the approved dossier, once; what arrived is what was sealed."""
    year.at(date(2026, 12, 21))
    year.flow()
    year.flow()
    content = _attached(sink)
    path = year.folder / "ho-so.zip"
    assert sha256(content).hexdigest() in year.dondoc("score", "dossier", "-o", path)
    assert path.read_bytes() == content
    with zipfile.ZipFile(BytesIO(content)) as archive:
        manifest = json.loads(archive.read("MANIFEST.json"))
        assert {one["path"] for one in manifest["files"]} == set(archive.namelist()) - {"MANIFEST.json"}
        for one in manifest["files"]:
            assert sha256(archive.read(one["path"])).hexdigest() == one["sha256"]
        archive.extractall(year.folder / "ho-so")
    assert year.show()["state"] == "sent"
    return year.folder / "ho-so"


def _recomputed(year: Year, dossier: Path) -> None:
    """LibreOffice computes from the formulas alone what the database says."""
    if shutil.which("soffice") is None:
        return
    bare = year.folder / "chi-cong-thuc.xlsx"
    openpyxl.load_workbook(dossier / "02-bang-tong-hop.xlsx").save(bare)  # without any stored result
    command = ["soffice", f"-env:UserInstallation=file://{year.folder}/profile", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", year.folder / "ra", bare], check=True, capture_output=True, timeout=120)
    sheet = openpyxl.load_workbook(year.folder / "ra" / bare.name, data_only=True).worksheets[0]
    found = {str(row[0] or row[1]): row[3] for row in sheet.iter_rows(min_row=6, values_only=True) if row[1]}
    known = year.show()
    assert Decimal(str(found["TỔNG ĐIỂM"])) == Decimal(str(known["total"]))
    for one in known["scores"]:
        if one["outcome"] not in ("pending", "not_applicable"):
            assert Decimal(str(found[one["code"]])) == Decimal(str(one["score"])), one["code"]


def _returned(year: Year, sheet: Path, said: dict[str, tuple[Any, ...]], name: str) -> Path:
    """The workbook with the superior's columns filled in: score, remark, question, reason."""
    book = openpyxl.load_workbook(sheet)
    for row in book.worksheets[0].iter_rows(min_row=6):
        for column, value in enumerate(said.get(str(row[0].value), ()), 8):
            row[column].value = value
    book.save(year.folder / name)
    return year.folder / name


def _verified_and_explained(year: Year, dossier: Path) -> None:
    year.at(date(2027, 1, 18))
    known = {one["code"]: one for one in year.show()["scores"]}
    sheet = dossier / "02-bang-tong-hop.xlsx"
    said: dict[str, tuple[Any, ...]] = {
        code: (one["score"], None, None, None) for code, one in known.items() if one["outcome"] != "pending"
    }
    said["8.1"] = (1.5, "Thống kê của tỉnh: 97 %", "Giải trình chênh lệch số liệu", "Thực hiện chậm so với quy định")
    said["7.1"] = (1, "Một phần văn bản chưa ký số", None, "Văn bản chưa ký số")
    said |= {"9.1": (17.2, None, None, None), "9.2": (8.5, None, None, None), "9.3": (4, None, None, None)}
    dondoc = year.dondoc
    dondoc("score", "verify", _returned(year, sheet, said, "tham-dinh-1.xlsx"))
    dondoc("score", "explain", "8.1", "Ba hồ sơ do lỗi phần mềm, có biên bản kèm theo")
    dondoc("score", "second")
    again = _returned(year, sheet, {"8.1": (known["8.1"]["score"], "Chấp nhận", None, None)}, "tham-dinh-2.xlsx")
    dondoc("score", "verify", again)
    dondoc("score", "finish", "--rank", "12/65")


def _final(year: Year) -> None:
    known = year.show()
    assert (known["state"], known["rank"], known["rank_of"]) == ("final", 12, 65)
    scores = {one["code"]: one for one in known["scores"]}
    assert (scores["8.1"]["verified"], scores["7.1"]["verified"]) == (scores["8.1"]["score"], 1)
    own, verified = (sum(Decimal(str(one[name])) for one in known["scores"]) for name in ("score", "verified"))
    assert (own, verified) == (Decimal(str(known["total"])), Decimal(str(known["verified_total"])))
    assert known["grade"]
    (found,) = year.dondoc.json("score", "difference")
    lost = {one["code"]: one["difference"] for one in found["leaves"] if one["difference"] and one["self"]}
    assert set(lost) == {"7.1"}
    aside = next(one for one in found["leaves"] if one["code"] == "6.1")
    assert (scores["6.1"]["outcome"], aside["lost"]) == ("not_applicable", 0), "0 of nothing is no loss"
    assert {"not_signed", "no_evidence"} <= {one["reason"] for one in found["reasons"]}
    year.dondoc("score", "enter", "8.1", "1/2", code=1)


def _next_year(year: Year) -> None:
    """The draft of the remedial plan goes back in by the ordinary importer: leads known, dates understood."""
    path = year.folder / "khac-phuc-2027.docx"
    year.dondoc("score", "remedial", "-o", path)
    year.dondoc("plan", "import", path, "--yes")
    with reading() as session:
        plan = session.scalars(select(Plan).where(Plan.year == 2027)).one()
        items = session.scalars(select(Item).where(Item.plan_id == plan.id)).all()
        assert plan.authority_id == session.scalars(select(Authority.id)).one()
        assert len(items) >= 5
        assert all(part.unit_id for item in items for part in item.responsibilities if part.part == "lead")
        due = session.scalars(select(Occurrence.last_day).join(Item).where(Item.plan_id == plan.id)).all()
        assert len(due) >= len(items)
        assert all(day.year in (2027, 2028) for day in due)


@pytest.mark.slow
def test_the_nine_areas_of_the_real_plan_give_the_real_result_in_a_second_round(
    shared: Path, year: Year, sink: SmtpSink
) -> None:
    """Tóc Tiên's areas as its own plan prints them, read from the document; 76.824 after the second verification."""
    truth = json.loads((shared / "truth" / "toc-tien-2021.json").read_text(encoding="utf-8"))
    criteria, figures = _as_printed(year.folder, shared / "plans" / "toc-tien-2021.txt")
    computed = year.dondoc.json("score", "compute", criteria, figures)
    assert (computed["total"], computed["max"]) == (truth["score_total"]["achieved"], 100)
    assert sum(area["below_max"] for area in computed["areas"]) == 7
    dondoc = year.dondoc
    year.at(date(2020, 12, 1))
    dondoc("criteria", "import", criteria)
    dondoc("score", "open", "--criteria", "TOC-TIEN")
    year.at(date(2020, 12, 10))
    dondoc("score", "enter", "--criteria", "TOC-TIEN", "--file", figures, "--explanation", "Theo kết quả của xã")
    for step in (("review",), ("accept",), ("submit",), ("approve", "--leader", LEADER)):
        dondoc("score", *step, "--criteria", "TOC-TIEN")
    dondoc("score", "send", "--criteria", "TOC-TIEN")
    with zipfile.ZipFile(BytesIO(_attached(sink))) as archive:
        archive.extractall(year.folder / "toc-tien")
    sheet = year.folder / "toc-tien" / "02-bang-tong-hop.xlsx"
    said: dict[str, tuple[Any, ...]] = {
        one["code"]: (one["score"], None, None, None) for one in computed["leaves"] if one["code"] != "3"
    }
    said["3"] = (1, "Chưa thấy kiến nghị", "Giải trình việc xử lý sau rà soát", None)
    dondoc("score", "verify", "--criteria", "TOC-TIEN", _returned(year, sheet, said, "lan-1.xlsx"))
    assert dondoc.json("score", "show", "--criteria", "TOC-TIEN")["verified_total"] == 75.824
    dondoc("score", "explain", "--criteria", "TOC-TIEN", "3", "Đã kiến nghị tại Công văn 12/UBND-VP")
    dondoc("score", "second", "--criteria", "TOC-TIEN")
    again = _returned(year, sheet, {"3": (2, "Chấp nhận", None, None)}, "lan-2.xlsx")
    dondoc("score", "verify", "--criteria", "TOC-TIEN", again)
    rank = f"{truth['score_total']['rank']}/{truth['score_total']['rank_of']}"
    dondoc("score", "finish", "--criteria", "TOC-TIEN", "--rank", rank)
    known = dondoc.json("score", "show", "--criteria", "TOC-TIEN")
    assert (known["verified_total"], known["rank"], known["rank_of"]) == (76.824, 82, 82)
    (found,) = dondoc.json("score", "difference", "--criteria", "TOC-TIEN")
    assert sum(1 for leaf in found["leaves"] if leaf["lost"]) == 7


def _attached(sink: SmtpSink) -> bytes:
    (mail,) = [one for one in sink.received if one.to == SUPERIOR]
    (part,) = [one for one in mail.message.walk() if one.get_content_type() == "application/zip"]
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def _as_printed(folder: Path, document: Path) -> tuple[Path, Path]:
    """A set of the areas that a plan prints with their scores, each scored by hand, and its figures."""
    scores = read_plan(document).scores
    areas = [
        {"code": str(number), "name": one.area, "max": one.max, "rule": {"type": "manual"}, "needs_evidence": False}
        for number, one in enumerate(scores, 1)
    ]
    head = {"code": "TOC-TIEN", "name": "Kết quả theo lĩnh vực", "year": 2020, "total": 100, "rounding": {"places": 3}}
    criteria, figures = folder / "tieu-chi.yaml", folder / "so-lieu.yaml"
    criteria.write_text(yaml.safe_dump({**head, "areas": areas}, allow_unicode=True), encoding="utf-8")
    given = {str(number): one.achieved for number, one in enumerate(scores, 1)}
    figures.write_text(yaml.safe_dump({"figures": given}), encoding="utf-8")
    return criteria, figures
