"""The five steps of a report: on their day, once, whatever is missed, repeated or late."""

from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import docx
import pdfplumber
import pytest
from sqlalchemy import func, select

from config.settings import Settings, load_settings
from documents.writing.official.stamping import read_printed
from models import (
    Item,
    Message,
    MessageState,
    Occurrence,
    Person,
    Plan,
    ProgressState,
    Report,
    ReportAsk,
    ReportFigures,
    Role,
)
from models.session import reading, transaction
from notifications.mailer import MailServer
from rules.reporting.printed_number import Printed
from rules.reporting.steps import ReportState
from services.actor import Actor
from services.documents import keep_document, place_of
from services.mail.sender import send_outbox
from services.policy import office_policy
from services.reports.approval import EditedText, approve, send_back
from services.reports.queries import actual, compose_now, files_of, period_named, report_for
from services.reports.run import ReportRun, run_reports
from services.reports.steps import ReportRefusedError, locked, reopen, uploaded
from services.staff.leave import Leave, arrange
from tests.reporting_world import SUPERIOR, answer, every_day, moment, ward
from tests.smtp_sink import SmtpSink
from tests.world import World

CUT_OFF = date(2025, 3, 14)
SENDING = date(2025, 3, 20)


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


@pytest.fixture
def settings(database_url: str, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DONDOC_SMTP_HOST", sink.host)
    monkeypatch.setenv("DONDOC_SMTP_PORT", str(sink.port))
    monkeypatch.setenv("DONDOC_MAIL_FROM", "dondoc@x.example")
    return load_settings()


@pytest.fixture
def world(settings: Settings) -> World:
    with transaction() as session:
        made = ward(session)
        made.add_item("A.I.1", date(2025, 3, 10), lead="PHONG_VHXH", opens=date(2024, 12, 20))
        made.add_item("A.I.2", date(2025, 12, 10), lead="VAN_PHONG", opens=date(2024, 12, 20))
        made.add_item("A.I.3", date(2025, 8, 1), lead="TT_PVHCC", opens=date(2025, 7, 1))
    return made


def run(day: date, hour: int = 8) -> ReportRun:
    return run_reports(None, day, clock=lambda: moment(day, hour))


def state(period: str = "2025-Q1") -> ReportState | None:
    with reading() as session:
        return session.scalar(select(Report.state).where(Report.period == period))


def row(period: str = "2025-Q1") -> Report:
    with reading() as session:
        return session.scalars(select(Report).where(Report.period == period)).one()


def decide(world: World, day: date, period: str = "2025-Q1", number: int | None = None) -> None:
    with transaction() as session:
        report = locked(session, row(period).id)
        approve(
            session, report, session.get_one(Person, world.leader.id), Actor("Chủ tịch", moment(day)), number=number
        )


def occurrence(code: str) -> Occurrence:
    with reading() as session:
        query = select(Occurrence).join(Item, Item.id == Occurrence.item_id).where(Item.code == code)
        return session.scalars(query).one()


def to_waiting() -> None:
    run(date(2025, 3, 3))
    run(date(2025, 3, 17))


def test_only_units_that_owe_something_are_asked_once_a_rung(world: World, sink: SmtpSink) -> None:
    with transaction() as session:
        answer(session, occurrence("A.I.1"), date(2025, 2, 20))
    run(date(2025, 2, 27))
    assert state() is None
    run(date(2025, 2, 28))
    run(date(2025, 2, 28))
    assert state() is ReportState.OPEN
    asked = [mail for mail in sink.received if "chưa báo cáo" in mail.subject]
    assert [mail.to for mail in asked] == ["van-phong@song-mai.example"]
    assert "A.I.2" in asked[0].text
    assert "A.I.3" not in asked[0].text  # it opens only in July
    run(date(2025, 3, 7))
    assert len([mail for mail in sink.received if "chưa báo cáo" in mail.subject]) == 2


def test_figures_are_frozen_at_the_cut_off_and_the_draft_made_though_units_are_missing(world: World) -> None:
    with transaction() as session:
        answer(session, occurrence("A.I.1"), date(2025, 3, 5))
    run(date(2025, 3, 3))
    run(CUT_OFF)
    assert state() is ReportState.OPEN
    run(CUT_OFF + timedelta(days=1))
    assert state() is ReportState.WAITING
    with reading() as session:
        plan = session.get_one(Plan, world.plan.id)
        report = report_for(session, plan, period_named("2025-Q1", office_policy().scheme), office_policy())
        assert report.frozen is not None
        assert {unit.code: unit.missing for unit in report.report.units}["VAN_PHONG"] == 1
        files = files_of(session, report.row)  # type: ignore[arg-type]
        assert [one.format for one in files] == ["docx", "pdf", "xlsx"]
        assert all(place_of(load_settings().documents, one.document.sha256).is_file() for one in files)


def test_a_leader_gets_one_mail_with_the_draft_and_the_report_waits_in_the_database(
    world: World, sink: SmtpSink
) -> None:
    to_waiting()
    for day in every_day(date(2025, 3, 18), date(2025, 5, 1)):
        run(day)
    mails = [mail for mail in sink.received if mail.to == world.leader.email]
    assert len(mails) == 1
    assert "phê duyệt báo cáo Quý I/2025" in mails[0].subject
    names = [part.get_filename() for part in mails[0].message.iter_attachments()]
    assert names == ["du-thao-2025-Q1-ban-1.docx", "du-thao-2025-Q1-ban-1.pdf"]
    assert state() is ReportState.WAITING


def test_an_approved_report_is_numbered_and_sent_on_its_day_with_proof(world: World, sink: SmtpSink) -> None:
    to_waiting()
    decide(world, date(2025, 3, 17))
    run(date(2025, 3, 19))
    assert state() is ReportState.APPROVED
    run(SENDING)
    found = row()
    assert (found.state, found.number, found.symbol, found.issued_on) == (ReportState.SENT, 1, "BC-UBND", SENDING)
    (letter,) = [mail for mail in sink.received if mail.to == SUPERIOR]
    assert "số 01/BC-UBND ngày 20 tháng 3 năm 2025" in letter.subject
    names = [part.get_filename() for part in letter.message.iter_attachments()]
    assert names == ["01-BC-UBND-2025-Q1.docx", "01-BC-UBND-2025-Q1.pdf", "01-BC-UBND-2025-Q1.xlsx"]
    run(SENDING + timedelta(days=1))
    assert len([mail for mail in sink.received if mail.to == SUPERIOR]) == 1


def test_a_late_approval_sends_at_once_and_a_given_number_is_kept(world: World, sink: SmtpSink) -> None:
    to_waiting()
    decide(world, date(2025, 4, 8), number=17)
    run(date(2025, 4, 9))
    assert (row().number, row().issued_on, row().state) == (17, date(2025, 4, 9), ReportState.SENT)


def test_one_run_after_a_long_outage_takes_every_step_in_order(world: World, sink: SmtpSink) -> None:
    ran = run(date(2025, 5, 20))
    first = ran.reports[0]
    assert first.steps == ("mở kỳ", "chốt số liệu", "soạn dự thảo", "trình phê duyệt")
    assert state() is ReportState.WAITING
    assert not [mail for mail in sink.received if "chưa báo cáo cho kỳ Quý I" in mail.subject]
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(ReportAsk)) == 0


def test_the_figures_do_not_depend_on_the_day_of_the_close(world: World) -> None:
    with transaction() as session:
        answer(session, occurrence("A.I.1"), date(2025, 3, 14))
        answer(session, occurrence("A.I.2"), date(2025, 3, 15))
    run(date(2025, 5, 20))
    with reading() as session:
        frozen = session.scalars(select(ReportFigures)).one()
        office, plan = office_policy(), session.get_one(Plan, world.plan.id)
        period = period_named("2025-Q1", office.scheme)
        again = compose_now(session, plan, actual(session, plan, period, None, office.scheme), office, None)
    assert again.figures["done"].sources == ("A.I.1",)
    assert frozen.content == again.canonical()


def test_a_returned_report_tells_the_office_and_a_text_uploaded_keeps_both_versions(
    world: World, sink: SmtpSink, tmp_path: Path
) -> None:
    to_waiting()
    with transaction() as session:
        report = locked(session, row().id)
        send_back(
            session,
            report,
            session.get_one(Person, world.leader.id),
            Actor("Chủ tịch", moment(SENDING)),
            "Bổ sung số liệu TTHC",
        )
    run(date(2025, 3, 18))
    assert world.admin.email in {mail.to for mail in sink.received if "trả lại để sửa" in mail.subject}
    text = tmp_path / "sua.docx"
    with transaction() as session:
        report = locked(session, row().id)
        draft = files_of(session, report)[0].document.sha256
        edited = place_of(load_settings().documents, draft).read_bytes() + b"\x00"
        text.write_bytes(edited)
        uploaded(session, report, keep_document(text, load_settings().documents), Actor("Quản trị", moment(SENDING)))
    run(date(2025, 3, 19))
    decide(world, date(2025, 3, 20))
    run(date(2025, 3, 20))
    with reading() as session:
        versions = [(one.version, one.origin, one.format) for one in files_of(session, row(), 0)]
        hashes = [one.document.sha256 for one in files_of(session, row(), 0)]
    drafted = [(1, "draft", "docx"), (1, "draft", "pdf"), (1, "draft", "xlsx")]
    assert versions == [*drafted, (2, "upload", "docx"), (3, "final", "docx")]
    assert place_of(load_settings().documents, hashes[3]).read_bytes() == edited
    (letter,) = [mail for mail in sink.received if mail.to == SUPERIOR]
    (sent,) = letter.message.iter_attachments()
    assert sent.get_content() == place_of(load_settings().documents, hashes[4]).read_bytes()
    assert read_printed(sent.get_content()) == Printed(number=1, symbol="BC-UBND", day=date(2025, 3, 20))


@pytest.mark.parametrize("signer", ["", "Trần Văn Trưởng"])
def test_a_deputy_signs_for_the_head_in_the_form_of_the_decree(
    world: World, sink: SmtpSink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signer: str
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(f"[official]\nsigner = '{signer}'\n", encoding="utf-8")
    monkeypatch.setenv("DONDOC_POLICY_FILE", str(policy))
    to_waiting()
    day = date(2025, 3, 18)
    with transaction() as session:
        deputy = Person(authority_id=world.authority.id, name="Bùi Thị Phó", email="pct@x.example", role=Role.LEADER)
        session.add(deputy)
        session.flush()
        leader = session.get_one(Person, world.leader.id)
        actor = arrange(session, leader, deputy, Leave(day, day, "Họp"), Actor("Chủ tịch", moment(day, 7)), day)
        approve(session, locked(session, row().id), deputy, Actor("Bùi Thị Phó <pct@x.example>", moment(day)))
        actor.ended_at = moment(day, 17)
    run(SENDING)
    with reading() as session:
        final = [one for one in files_of(session, row()) if one.origin == "final"]
        content = {one.format: place_of(load_settings().documents, one.document.sha256) for one in final}
    cells = [table.rows[0].cells[-1].text for table in docx.Document(str(content["docx"])).tables]
    (block,) = [text.split("\n") for text in cells if text.startswith("TM. ")]
    assert block == ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Bùi Thị Phó"]
    with pdfplumber.open(content["pdf"]) as pdf:
        printed = "\n".join(page.extract_text() for page in pdf.pages)
    assert "KT. CHỦ TỊCH" in printed
    assert signer not in printed or not signer


def upload(content: bytes, tmp_path: Path) -> None:
    text = tmp_path / "van-ban.docx"
    text.write_bytes(content)
    with transaction() as session:
        kept = keep_document(text, load_settings().documents)
        uploaded(session, locked(session, row().id), kept, Actor("Quản trị", moment(CUT_OFF)))


def text_with(*lines: str) -> bytes:
    made, out = docx.Document(), BytesIO()
    for line in lines:
        made.add_paragraph(line)
    made.save(out)
    return out.getvalue()


def read(content: bytes) -> EditedText:
    return EditedText(read_printed(content), "BC-UBND")


def test_a_text_that_was_numbered_by_hand_leaves_as_it_is_under_its_own_number_and_day(
    world: World, sink: SmtpSink, tmp_path: Path
) -> None:
    to_waiting()
    content = text_with("Số: 17/BC-UBND", "Sông Mai, ngày 19 tháng 3 năm 2025", "BÁO CÁO")
    upload(content, tmp_path)
    leader = Actor("Chủ tịch", moment(date(2025, 3, 18)))
    with pytest.raises(ReportRefusedError, match="ghi số 17, khác số 18"), transaction() as session:
        person = session.get_one(Person, world.leader.id)
        approve(session, locked(session, row().id), person, leader, number=18, text=read(content))
    with transaction() as session:
        person = session.get_one(Person, world.leader.id)
        approve(session, locked(session, row().id), person, leader, text=read(content))
    run(SENDING)
    assert (row().number, row().issued_on, row().state) == (17, date(2025, 3, 19), ReportState.SENT)
    (letter,) = [mail for mail in sink.received if mail.to == SUPERIOR]
    assert "số 17/BC-UBND ngày 19 tháng 3 năm 2025" in letter.subject
    (sent,) = letter.message.iter_attachments()
    assert sent.get_content() == content


def test_a_text_that_cannot_leave_is_said_and_approved_again_under_another_number(
    world: World, sink: SmtpSink, tmp_path: Path
) -> None:
    to_waiting()
    upload(text_with("Số:    /BC-KHAC", "BÁO CÁO"), tmp_path)
    decide(world, date(2025, 3, 18), number=17)  # by hand, past the look at the text
    ran = run(SENDING)
    assert "ghi ký hiệu BC-KHAC" in (ran.reports[0].problem or "")
    assert (row().state, row().issued_on) == (ReportState.APPROVED, None)
    upload(text_with("Số:    /BC-UBND", "BÁO CÁO"), tmp_path)
    decide(world, date(2025, 3, 20), number=18)
    run(SENDING, 16)
    assert (row().state, row().number, row().problem) == (ReportState.SENT, 18, None)


def test_nobody_approves_a_text_they_uploaded_and_only_leaders_approve(world: World, tmp_path: Path) -> None:
    to_waiting()
    own = Actor(f"{world.leader.name} <{world.leader.email}>", moment(SENDING), person_id=world.leader.id)
    text = tmp_path / "sua.docx"
    text.write_bytes(b"x")
    with transaction() as session:
        uploaded(session, locked(session, row().id), keep_document(text, load_settings().documents), own)
        session.get_one(Person, world.leader.id).name = "Tên mới"
    with pytest.raises(ReportRefusedError, match="không tự phê duyệt"), transaction() as session:
        approve(session, locked(session, row().id), session.get_one(Person, world.leader.id), own)
    with pytest.raises(ReportRefusedError, match="không phải lãnh đạo"), transaction() as session:
        approve(session, locked(session, row().id), session.get_one(Person, world.admin.id), own)
    assert state() is ReportState.WAITING


def test_answers_after_the_close_go_to_the_next_period_unless_it_is_reopened_with_a_reason(world: World) -> None:
    to_waiting()
    with pytest.raises(ReportRefusedError, match="lý do"), transaction() as session:
        reopen(session, locked(session, row().id), Actor("x", moment(SENDING)), SENDING, "", SENDING)
    with transaction() as session:
        report = locked(session, row().id)
        reopen(
            session,
            report,
            Actor("Quản trị", moment(date(2025, 3, 18), 9)),
            date(2025, 3, 19),
            "Sót số liệu",
            date(2025, 3, 18),
        )
    run(date(2025, 3, 18), 10)
    assert state() is ReportState.OPEN
    with transaction() as session:
        given = answer(session, occurrence("A.I.1"), date(2025, 3, 18))
        given.created_at = moment(date(2025, 3, 18), 14)
    run(date(2025, 3, 20))
    assert state() is ReportState.WAITING
    with transaction() as session:
        answer(session, occurrence("A.I.2"), date(2025, 3, 21))
    with reading() as session:
        office = office_policy()
        report = report_for(
            session, session.get_one(Plan, world.plan.id), period_named("2025-Q1", office.scheme), office
        ).report
        half = report_for(
            session, session.get_one(Plan, world.plan.id), period_named("2025-6M", office.scheme), office
        ).report
        assert [one.version for one in session.scalars(select(ReportFigures).order_by(ReportFigures.id))] == [1, 2]
    assert report.figures["done"].sources == ("A.I.1",)
    assert report.figures["answers_late"].value == 1
    assert set(half.figures["done"].sources) == {"A.I.1", "A.I.2"}


def test_without_a_superiors_mailbox_no_number_is_used_and_the_reason_is_said(world: World) -> None:
    with transaction() as session:
        session.merge(world.authority).superior_mailbox = None
    to_waiting()
    decide(world, date(2025, 3, 18))
    ran = run(SENDING)
    assert "hộp thư cấp trên" in (ran.reports[0].problem or "")
    assert (row().state, row().number) == (ReportState.APPROVED, None)


def test_a_mail_that_bounces_keeps_the_report_from_counting_as_sent(world: World, sink: SmtpSink) -> None:
    to_waiting()
    decide(world, date(2025, 3, 18))
    sink.script("rcpt", "550 5.1.1 unknown", to=SUPERIOR)
    ran = run(SENDING)
    assert ran.reports[0].state is ReportState.ISSUED
    assert SUPERIOR in (ran.reports[0].problem or "")


def test_a_killed_sender_sends_the_report_once(world: World, sink: SmtpSink, settings: Settings) -> None:
    to_waiting()
    decide(world, date(2025, 3, 18))
    run_reports(None, SENDING, clock=lambda: moment(SENDING), send=False)  # killed before the outbox was sent
    assert row().state is ReportState.ISSUED
    run_reports(None, SENDING, clock=lambda: moment(SENDING), send=False)
    send_outbox(MailServer.from_settings(settings), clock=lambda: moment(SENDING))
    run(SENDING + timedelta(days=1))
    assert (row().state, row().number) == (ReportState.SENT, 1)
    assert len([mail for mail in sink.received if mail.to == SUPERIOR]) == 1


def test_a_year_on_a_moved_clock_yields_every_report_on_its_day(
    sqlite_url: str, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DONDOC_SMTP_HOST", sink.host)
    monkeypatch.setenv("DONDOC_SMTP_PORT", str(sink.port))
    with transaction() as session:
        world = ward(session)
        rows = [
            world.add_item(f"A.{number}", date(2025, 1 + number % 12, 5 + number), opens=date(2024, 12, 16))
            for number in range(20)
        ]
        ids = [one.id for one in rows if one is not None]
    away = every_day(date(2025, 6, 10), date(2025, 6, 16))  # five working days without the machine, over a cut-off
    for day in every_day(date(2024, 12, 16), date(2026, 1, 10)):
        with transaction() as session:
            for number, occurrence_id in enumerate(ids):
                found = session.get_one(Occurrence, occurrence_id)
                if found.last_day + timedelta(days=number % 5 - 2) == day:
                    answer(session, found, day, ProgressState.DONE if number % 7 else ProgressState.UNDER_WAY)
        if day in away:
            continue
        run(day)
        with transaction() as session:
            for waiting in session.scalars(select(Report).where(Report.state == ReportState.WAITING)):
                if day >= waiting.cut_off + timedelta(days=3):
                    approve(session, waiting, session.get_one(Person, world.leader.id), Actor("CT", moment(day, 15)))
    with reading() as session:
        reports = session.scalars(select(Report).order_by(Report.cut_off)).all()
        done = [(one.period, one.state, one.number, one.issued_on) for one in reports]
        unsent = session.scalar(select(func.count()).select_from(Message).where(Message.state != MessageState.SENT))
    assert done == [
        ("2025-Q1", ReportState.SENT, 1, date(2025, 3, 20)),
        ("2025-6M", ReportState.SENT, 2, date(2025, 6, 20)),
        ("2025-Q3", ReportState.SENT, 3, date(2025, 9, 19)),
        ("2025", ReportState.SENT, 4, date(2025, 12, 19)),
    ]
    letters = [mail for mail in sink.received if mail.to == SUPERIOR]
    assert [mail.subject[:26].rstrip() for mail in letters] == [f"Báo cáo số {n:02}/BC-UBND ngày" for n in (1, 2, 3, 4)]
    assert unsent == 0


def test_a_survey_teams_weekly_reports_follow_one_another_under_an_offices_own_policy(
    world: World, sink: SmtpSink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = tmp_path / "quy-dinh.toml"
    policy.write_text(
        "[reports.week]\nenabled = true\nsending_weekday = 'thứ hai'\nsending_weeks_after = 1\n"
        "[reports.collect]\nopen_working_days = 2\n"
        "[official]\nsymbol = 'BC-TKS'\nrecipients = [{ name = 'Tổ trưởng', mail = 'to-truong@x.example' }]\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("DONDOC_POLICY_FILE", str(policy))
    with transaction() as session:
        plan = session.get_one(Plan, world.plan.id)
        plan.imported_at = moment(date(2025, 7, 1))
    for day in every_day(date(2025, 7, 2), date(2025, 7, 21)):
        run(day)
        with transaction() as session:
            for waiting in session.scalars(select(Report).where(Report.state == ReportState.WAITING)):
                approve(session, waiting, session.get_one(Person, world.leader.id), Actor("CT", moment(day, 15)))
        run(day, 16)
    with reading() as session:
        weeks = session.scalars(select(Report).where(Report.period.like("2025-W%")).order_by(Report.cut_off)).all()
        sent = [(one.period, one.number, one.issued_on) for one in weeks if one.state is ReportState.SENT]
        days = [(one.first_day, one.cut_off) for one in weeks]
    assert sent == [
        ("2025-W27", 1, date(2025, 7, 7)),
        ("2025-W28", 2, date(2025, 7, 14)),
        ("2025-W29", 3, date(2025, 7, 21)),
    ]
    assert all(after[0] == before[1] + timedelta(days=1) for before, after in pairwise(days))
    assert [mail.to for mail in sink.received if "BC-TKS" in mail.subject].count("to-truong@x.example") == 3
