"""A whole year of self-scoring: forecast in June, a round in December, the dossier at the superior's, and back."""

import json
import shutil
import subprocess
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from config.settings import load_settings
from documents.reading.criteria.score_return import read_verification
from documents.reading.plan.interpret import read_plan
from models import Authority, Evidence, Message, ScoreRound
from models.session import reading, transaction
from notifications.mailer import MailServer
from rules.scoring.criteria.sets import CriteriaSet
from rules.scoring.round import RoundState
from services.documents import keep_document, stored_document
from services.errors import StoreError
from services.mail.letterhead import letterhead
from services.mail.sender import send_outbox
from services.reminders.compose import compose_messages
from services.reminders.decide import decide_notices
from services.scoring import steps as scoring
from services.scoring import steps as scoring_steps
from services.scoring.dossier import mail as scoring_mails
from services.scoring.dossier import record as scoring_dossier
from services.scoring.steps import Where
from tests.scoring import by, filed, proof, stored_set
from tests.smtp_sink import SmtpSink
from tests.world import World, sweep

HERE = Where()
JUNE, DECEMBER, LATER = date(2025, 6, 20), date(2025, 12, 1), date(2025, 12, 8)
OFFICE, LEADER = by("đầu mối", LATER), "chu-tich@song-mai.example"


@pytest.fixture
def commune(sqlite_url: str, tmp_path: Path) -> str:
    """Sông Mai with a plan of four items, two done with evidence on file, one overdue in June."""
    assert sqlite_url
    pdf = tmp_path / "Báo cáo kết quả.pdf"
    pdf.write_bytes(b"%PDF-1.4\n% bao cao\n%%EOF\n")
    with transaction() as session:
        world = World(session)
        world.authority.superior, world.authority.superior_mailbox = "Sở Nội vụ", "so-noi-vu@tinh.example"
        first = world.add_item("A.1", date(2025, 3, 31), lead="VAN_PHONG")
        second = world.add_item("A.2", date(2025, 5, 31))
        world.add_item("A.3", date(2025, 6, 15), title="Rà soát thủ tục hành chính")
        world.add_item("A.4", date(2025, 11, 30))
        assert first is not None
        assert second is not None
        first.done_on, second.done_on = date(2025, 3, 20), date(2025, 5, 20)
        kept = keep_document(pdf, load_settings().documents)
        document = stored_document(session, kept, OFFICE.at)
        piece = proof(session, world, document_id=document.id, name=kept.name)
        for occurrence in (first, second):
            filed(session, occurrence, piece)
        stored_set(session)
    return world.plan.code


def scores() -> dict[str, dict[str, Any]]:
    """The round's scores by criterion."""
    return {one["code"]: one for one in scoring.shown(None, None)["scores"]}


def test_in_june_everyone_sees_what_a_late_task_costs(commune: str) -> None:
    found = scoring.forecast_of(commune, JUNE).forecast
    assert (found.sheet.total, found.sheet.counted, found.sheet.pending) == (2, 6, 4)
    assert found.reachable == 6
    first = found.items[0]
    assert (first.item, first.days_late, first.points, first.criteria) == ("A.3", 5, 1, ("1.1",))
    assert [item.item for item in found.items] == ["A.3", "A.4"]
    missing = {leaf.now.code: leaf.missing for leaf in found.leaves if leaf.missing}
    assert missing["1.1"] == ("tiến độ: 2/4 kỳ chưa hoàn thành (A.3, A.4)",)
    assert missing["1.3"] == ("số liệu: chưa có", "tài liệu kiểm chứng: chưa có")


def test_a_forecast_looks_from_its_day(commune: str) -> None:
    before = scoring.forecast_of(commune, date(2025, 3, 1)).forecast
    assert before.sheet.total == 0
    assert {leaf.now.code: leaf.reachable for leaf in before.leaves}["1.2"] == 1
    late = scoring.forecast_of(commune, date(2025, 4, 10)).forecast
    assert late.items[0].days_late == 0


def opened() -> None:
    """The round, opened on 1 December."""
    _, new = scoring.open_the_round(scoring.Opening(until=date(2025, 12, 15)), DECEMBER, by("đầu mối"))
    assert new


def scored() -> None:
    """Every unit has entered, the focal unit has accepted."""
    with reading() as session:
        piece = session.scalars(select(Evidence.id)).one()
    day, actor = date(2025, 12, 5), by("đơn vị", date(2025, 12, 5))
    enter = scoring_steps.enter_figure
    enter(HERE, "1.1", "2/4", actor, day, evidence=[piece], explanation="Còn A.3, A.4 đang thực hiện")
    enter(HERE, "1.2", "đúng hạn", actor, day, evidence=[piece])
    enter(HERE, "1.3", "2,25", actor, day, evidence=[piece], explanation="Mới áp dụng tại một bộ phận")
    scoring_steps.return_score(HERE, "1.3", "Ghi rõ quyết định", by("đầu mối", LATER))
    enter(HERE, "1.3", "2,5", actor, day, evidence=[piece], explanation="Quyết định 88/QĐ-UBND")
    assert scoring_steps.accept_scores(HERE, [], OFFICE) == 3
    assert scoring_steps.review(HERE, LATER, OFFICE)


def approved() -> None:
    """Approved by the leader, with every warning answered."""
    opened()
    scored()
    with pytest.raises(StoreError, match="cảnh báo chưa trả lời"):
        scoring_steps.submit(HERE, LATER, OFFICE)
    for check in scoring_steps.checks(HERE):
        scoring_steps.answer_check(
            HERE, check.warned.criterion, check.warned.code, "Bản gốc đã ký, lưu tại Văn thư", OFFICE
        )
    assert scoring_steps.submit(HERE, LATER, OFFICE)
    assert not scoring_steps.submit(HERE, LATER, OFFICE)
    assert scoring_steps.decide(HERE, LEADER, OFFICE, "Đồng ý", approved=True)


def test_warnings_name_what_a_superior_would_ask(commune: str) -> None:
    opened()
    scored()
    codes = sorted({(one.warned.criterion, one.warned.code.split(":")[0]) for one in scoring_steps.checks(HERE)})
    assert codes == [(code, what) for code in ("1.1", "1.2", "1.3") for what in ("shared", "unsigned")]


def test_only_a_leader_approves(commune: str) -> None:
    opened()
    with pytest.raises(StoreError, match="không phải là lãnh đạo"):
        scoring_steps.decide(HERE, "phong-vhxh@song-mai.example", OFFICE, "", approved=True)


def test_a_dossier_waits_for_the_leader(commune: str) -> None:
    opened()
    with pytest.raises(StoreError, match="lãnh đạo đã duyệt"):
        scoring_dossier.seal(None, None, OFFICE)


def test_the_dossier_is_sealed_once_and_a_change_is_a_new_version(commune: str, tmp_path: Path) -> None:
    approved()
    first = scoring_dossier.seal(None, None, OFFICE)
    same = scoring_dossier.seal(None, None, by("đầu mối", date(2025, 12, 20)))
    assert (first.version, first.new, same.version, same.new, same.sha256) == (1, True, 1, False, first.sha256)
    scoring_steps.decide(HERE, LEADER, OFFICE, "Bổ sung", approved=False)
    scoring_steps.return_score(HERE, "1.3", "Sửa", OFFICE)
    with reading() as session:
        piece = session.scalars(select(Evidence.id)).one()
    scoring_steps.enter_figure(HERE, "1.3", "3", OFFICE, LATER, evidence=[piece])
    scoring_steps.accept_scores(HERE, [], OFFICE)
    scoring_steps.submit(HERE, LATER, OFFICE)
    scoring_steps.decide(HERE, LEADER, OFFICE, "", approved=True)
    second = scoring_dossier.seal(None, None, OFFICE)
    assert (second.version, second.new) == (2, True)
    assert first.path.exists()


def test_every_file_of_the_dossier_is_what_its_manifest_says(commune: str) -> None:
    approved()
    sealed = scoring_dossier.seal(None, None, OFFICE)
    assert sha256(sealed.path.read_bytes()).hexdigest() == sealed.sha256
    with zipfile.ZipFile(sealed.path) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("MANIFEST.json"))
        names = [one["path"] for one in manifest["files"]]
        for one in manifest["files"]:
            content = archive.read(one["path"])
            assert (len(content), sha256(content).hexdigest()) == (one["size"], one["sha256"])
        assert sorted([*names, "MANIFEST.json"]) == sorted(archive.namelist())
    assert names[:2] == ["01-to-trinh-va-phu-luc.docx", "02-bang-tong-hop.xlsx"]
    assert names[2:] == ["tai-lieu/001-1.1-Báo cáo kết quả.pdf"]
    assert manifest["total"] == "4.5"


def test_a_file_changed_on_disk_keeps_the_dossier_from_being_sealed(commune: str) -> None:
    approved()
    for path in load_settings().documents.glob("??/*"):
        path.chmod(0o640)
        path.write_bytes(b"%PDF-1.4\nkhac\n")
    with pytest.raises(StoreError, match="đã bị thay đổi"):
        scoring_dossier.seal(None, None, OFFICE)
    assert not list(load_settings().documents.glob(".new-*"))


def workbook(tmp_path: Path) -> Path:
    """The summary workbook out of the sealed dossier."""
    sealed = scoring_dossier.seal(None, None, OFFICE)
    with zipfile.ZipFile(sealed.path) as archive:
        archive.extract("02-bang-tong-hop.xlsx", tmp_path)
    return tmp_path / "02-bang-tong-hop.xlsx"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_the_workbook_recomputed_by_libreoffice_equals_the_database(commune: str, tmp_path: Path) -> None:
    approved()
    path = workbook(tmp_path)
    book = openpyxl.load_workbook(path)
    book.save(tmp_path / "khong-ket-qua.xlsx")  # openpyxl leaves out every stored result: only formulas remain
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    command += ["--outdir", str(tmp_path / "ra"), str(tmp_path / "khong-ket-qua.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    sheet = openpyxl.load_workbook(tmp_path / "ra" / "khong-ket-qua.xlsx", data_only=True).worksheets[0]
    found = {str(row[0] or row[1]): row[3] for row in sheet.iter_rows(min_row=6, values_only=True) if row[1]}
    known = scoring.shown(None, None)
    assert Decimal(str(found["TỔNG ĐIỂM"])) == known["total"] == Decimal("4.5")
    assert Decimal(str(found["1"])) == Decimal("4.5")
    for one in known["scores"]:
        if one["outcome"] != "pending":
            assert Decimal(str(found[one["code"]])) == one["score"]


def verified(tmp_path: Path, sheet: Path, points: dict[str, tuple[Any, ...]]) -> Path:
    """The workbook come back with the superior's scores."""
    book = openpyxl.load_workbook(sheet)
    for row in book.worksheets[0].iter_rows(min_row=6):
        for column, value in enumerate(points.get(str(row[0].value), ()), 8):
            row[column].value = value
    path = tmp_path / "tham-dinh.xlsx"
    book.save(path)
    return path


FIRST = {
    "1.1": (0.5, "Thiếu báo cáo quý", "Giải trình mức độ hoàn thành", "Thực hiện chậm so với quy định"),
    "1.2": (1, None, None, None),
    "1.3": (2.375, None, None, "Văn bản chưa ký số"),
    "2.1": (3.61, None, None, None),
}


def test_a_whole_year_ends_in_next_years_plan(commune: str, tmp_path: Path) -> None:
    approved()
    sheet = workbook(tmp_path)
    with SmtpSink() as sink:
        _sent_to_the_superior(sink)
    assert scoring_steps.import_verification(HERE, verified(tmp_path, sheet, FIRST), by("Sở Nội vụ")) == 4
    scoring_steps.explain_score(HERE, "1.1", "Báo cáo quý gửi ngày 20/11/2025", OFFICE)
    scoring_steps.second_round(HERE, OFFICE)
    again = verified(tmp_path, sheet, {"1.1": (1, "Chấp nhận giải trình", None, None)})
    scoring_steps.import_verification(HERE, again, by("Sở Nội vụ"))
    assert scoring_steps.finish_round(HERE, OFFICE, 12, 65)
    known = scoring.shown(None, None)
    assert (known["state"], known["verified_total"], known["grade"]) == ("final", Decimal("7.985"), "Khá")
    _where_points_went()
    _next_years_plan(tmp_path)


def _sent_to_the_superior(sink: SmtpSink) -> None:
    sent = scoring_mails.send_dossier(None, None, OFFICE, LATER)
    again = scoring_mails.send_dossier(None, None, OFFICE, LATER)
    assert (sent.new, again.new, again.message_id) == (True, False, sent.message_id)
    server = MailServer(host=sink.host, port=sink.port, mail_from="dondoc@song-mai.example",
                        domain="song-mai.example", security="none", timeout=5)  # fmt: skip
    send_outbox(server, only=[sent.message_id or 0], clock=lambda: datetime(2025, 12, 8, 3, tzinfo=UTC))
    (received,) = sink.received
    mail = received.message
    (attached,) = [part for part in mail.walk() if part.get_content_type() == "application/zip"]
    payload = attached.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert sha256(payload).hexdigest() == sent.sealed.sha256
    assert received.to == "so-noi-vu@tinh.example"


def _where_points_went() -> None:
    found = scoring_steps.difference(HERE)
    assert (found.self_total, found.verified_total) == (Decimal("4.5"), Decimal("7.985"))
    lost = {one.code: (one.difference, one.lost) for one in found.below}
    assert lost == {
        "1.1": (0, 1),
        "1.3": (Decimal("-0.125"), Decimal("0.625")),
        "2.1": (0, Decimal("0.39")),
    }
    assert dict(found.by_reason) == {"late": 1, "not_signed": Decimal("0.625"), "other": Decimal("0.39")}
    assert found.by_unit[0][:2] == ("Đơn vị PHONG_VHXH", 1)


def _next_years_plan(tmp_path: Path) -> None:
    content, count = scoring_steps.draft_plan(HERE)
    path = tmp_path / "khac-phuc.docx"
    path.write_bytes(content)
    plan = read_plan(path)
    assert (plan.plan.year, plan.counts.items, count) == (2026, 3, 3)
    leads = [item.lead[0].printed for item in plan.items]
    assert leads == ["Đơn vị PHONG_VHXH", "Đơn vị TT_PVHCC", "Đơn vị PHONG_VHXH"]
    assert all(item.timing.kind != "undetermined" for item in plan.items)


def test_a_second_round_of_the_real_areas_gives_the_real_result(commune: str, tmp_path: Path) -> None:
    path = Path(__file__).resolve().parents[3] / "config" / "criteria"
    scoring.import_criteria(path / "toc-tien-2020-areas.yaml", OFFICE)
    where = Where(criteria="TOC-TIEN-2020")
    opening = scoring.Opening("TOC-TIEN-2020", until=date(2020, 12, 15), sending=date(2020, 12, 31))
    scoring.open_the_round(opening, date(2020, 12, 1), by("đầu mối", date(2020, 12, 1)))
    day = date(2020, 12, 5)
    figures = path / "toc-tien-2020-figures.yaml"
    scoring_steps.enter_file(where, figures, by("đơn vị", day), day, "Theo kết quả đã công bố")
    scoring_steps.accept_scores(where, [], OFFICE)
    scoring_steps.review(where, day, OFFICE)
    scoring_steps.submit(where, day, OFFICE)
    scoring_steps.decide(where, LEADER, OFFICE, "", approved=True)
    scoring_mails.send_dossier(None, "TOC-TIEN-2020", OFFICE, day, by_hand=True)
    real = {"1": 10.947, "2": 3, "3": 1, "4": 4.5, "5": 6.5, "6": 6, "7": 7.878, "8": 8.967, "9": 27.032}
    with reading() as session:
        content = session.scalars(select(ScoreRound)).one().criteria.content
    sheet = tmp_path / "so.xlsx"
    _plain_book(sheet, real)
    assert len(read_verification(sheet, CriteriaSet.model_validate(content))) == 9
    scoring_steps.import_verification(where, sheet, by("Sở"))
    scoring_steps.second_round(where, OFFICE)
    _plain_book(sheet, {"3": 2})
    scoring_steps.import_verification(where, sheet, by("Sở"))
    scoring_steps.finish_round(where, OFFICE, 82, 82)
    known = scoring.shown(None, "TOC-TIEN-2020")
    assert (known["verified_total"], known["rank"], known["rank_of"]) == (Decimal("76.824"), 82, 82)
    assert sum(one["verified"] < one["max"] for one in known["scores"]) == 7


def _plain_book(path: Path, points: dict[str, float]) -> None:
    """A workbook of the superior's own making, whose cells show two decimals."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["STT", "Lĩnh vực", "Điểm thẩm định", "Ý kiến"])
    for code, score in points.items():
        sheet.append([code, "Lĩnh vực", score, ""])
        sheet.cell(sheet.max_row, 3).number_format = "0.00"
    book.save(path)


def test_a_dossier_too_large_for_a_mail_is_led_to(commune: str, monkeypatch: pytest.MonkeyPatch) -> None:
    approved()
    monkeypatch.setattr(scoring_mails, "ATTACHED_UP_TO", 100)
    with pytest.raises(StoreError, match="DONDOC_PORTAL_URL"):
        scoring_mails.send_dossier(None, None, OFFICE, LATER)
    monkeypatch.setenv("DONDOC_PORTAL_URL", "https://cong.example")
    sent = scoring_mails.send_dossier(None, None, OFFICE, LATER)
    with reading() as session:
        mail = session.get_one(Message, sent.message_id)
        assert f"/ho-so/{sent.sealed.dossier_id}-20260206." in mail.text
        assert session.scalars(select(ScoreRound)).one().state is RoundState.SENT


def test_without_the_superiors_mailbox_nothing_is_sent(commune: str) -> None:
    approved()
    with transaction() as session:
        session.scalars(select(ScoreRound)).one().authority.superior_mailbox = None
    with pytest.raises(StoreError, match="hộp thư cấp trên"):
        scoring_mails.send_dossier(None, None, OFFICE, LATER)
    with reading() as session:
        assert session.scalars(select(ScoreRound)).one().state is RoundState.APPROVED


def test_the_reminder_says_how_many_points_hang_on_a_late_task(commune: str) -> None:
    day = date(2025, 6, 20)
    with transaction() as session:
        authority = session.scalars(select(Authority)).one()
        decide_notices(session, sweep(authority.id, day))
        head = letterhead(session, authority.id, None, "song-mai.example")
        compose_messages(session, authority.id, day, by("máy", day).at, head)
        mail = session.scalars(select(Message).where(Message.to_address == "phong-vhxh@song-mai.example")).one()
    late = next(line for line in mail.text.splitlines() if "15/06/2025" in line)
    assert "QUÁ HẠN 5 NGÀY – ĐANG GIỮ 1 ĐIỂM" in late
    assert "đang giữ 1 điểm" in mail.html
