"""The round of a consolidated report: after its communes', by the same steps, with whoever is missing named."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from models import Authority, Person, Report
from models.authority import Role
from models.session import reading, transaction
from rules.reporting.steps import ReportState
from rules.reporting.values import Report as Composed
from services.actor import Actor
from services.policy import office_policy
from services.reports.approval import approve
from services.reports.consolidation import held
from services.reports.queries import frozen_of, period_named
from services.reports.run import ReportRun, run_reports
from services.reports.steps import locked
from tests.reporting_world import answer, moment, ward
from tests.smtp_sink import SmtpSink

MINISTRY = "cchc@bo.example"
SENDING = date(2025, 3, 20)


@pytest.fixture
def sink(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        monkeypatch.setenv("DONDOC_SMTP_HOST", server.host)
        monkeypatch.setenv("DONDOC_SMTP_PORT", str(server.port))
        monkeypatch.setenv("DONDOC_MAIL_FROM", "dondoc@x.example")
        with transaction() as session:
            province(session)
            for number, code in enumerate(("mot", "hai", "ba"), 1):
                world = ward(session, code=code)
                rows = [world.add_item(f"A.{n}", date(2025, 3, 10), opens=date(2024, 12, 20)) for n in range(number)]
                assert rows[0] is not None
                answer(session, rows[0], date(2025, 3, 1))
        yield server


def province(session: object) -> None:
    above = Authority(code="khanh-hoa", name="UBND tỉnh Khánh Hòa", superior="Bộ Nội vụ", superior_mailbox=MINISTRY)
    session.add(above)  # type: ignore[attr-defined]
    session.flush()  # type: ignore[attr-defined]
    for name, role in (("Chủ tịch tỉnh", Role.LEADER), ("Sở Nội vụ", Role.ADMIN)):
        address = f"{role}@khanh-hoa.example"
        session.add(Person(authority_id=above.id, name=name, email=address, role=role))  # type: ignore[attr-defined]


def run(code: str, day: date, hour: int = 8) -> ReportRun:
    return run_reports(code, day, clock=lambda: moment(day, hour))


def decide(code: str, day: date) -> None:
    with transaction() as session:
        row = session.scalars(
            select(Report).join(Authority).where(Authority.code == code, Report.state == ReportState.WAITING)
        ).one()
        people = select(Person).where(Person.authority_id == row.authority_id, Person.role == Role.LEADER)
        approve(session, locked(session, row.id), session.scalars(people).one(), Actor("CT", moment(day)))


def send(code: str, day: date = SENDING) -> None:
    """A commune's report all its way."""
    run(code, date(2025, 3, 17))
    decide(code, date(2025, 3, 17))
    run(code, day)


def own() -> Report:
    with reading() as session:
        row = session.scalars(select(Report).where(Report.plan_id.is_(None))).one()
        assert (row.code, row.title) == ("khanh-hoa", "Tổng hợp báo cáo của các địa phương")
        return row


def frozen() -> Composed:
    with reading() as session:
        kept = frozen_of(session, session.get_one(Report, own().id))
        assert kept is not None
        return Composed.model_validate_json(kept.content)


def test_it_opens_after_the_cut_off_and_waits_for_its_communes(sink: SmtpSink) -> None:
    assert run("khanh-hoa", date(2025, 3, 14)).reports == []
    run("khanh-hoa", date(2025, 3, 17))
    row = own()
    assert (row.state, row.reopened_until, row.sending_on) == (ReportState.OPEN, SENDING, date(2025, 3, 25))
    send("mot")
    send("hai")
    assert run("khanh-hoa", SENDING).reports[0].state is ReportState.OPEN
    assert not [mail for mail in sink.received if "khanh-hoa.example" in mail.to]


def test_when_all_have_sent_it_is_compiled_approved_numbered_and_sent_by_the_same_steps(sink: SmtpSink) -> None:
    run("khanh-hoa", date(2025, 3, 17))
    for code in ("mot", "hai", "ba"):
        send(code)
    ran = run("khanh-hoa", SENDING, 16)
    assert ran.reports[0].steps == ("chốt số liệu", "soạn dự thảo", "trình phê duyệt")
    assert "leader@khanh-hoa.example" in {mail.to for mail in sink.received if "phê duyệt" in mail.subject}
    report = frozen()
    assert (report.figures["items"].value, report.figures["done"].value, report.absent) == (6, 3, ())
    decide("khanh-hoa", date(2025, 3, 21))
    assert run("khanh-hoa", date(2025, 3, 24)).reports[0].state is ReportState.APPROVED
    run("khanh-hoa", date(2025, 3, 25))
    assert (own().state, own().number, own().issued_on) == (ReportState.SENT, 1, date(2025, 3, 25))
    (letter,) = [mail for mail in sink.received if mail.to == MINISTRY]
    assert "số 01/BC-UBND ngày 25 tháng 3 năm 2025" in letter.subject
    assert run("khanh-hoa", date(2025, 3, 26)).reports == []


def test_who_has_not_sent_by_the_sending_day_is_named_and_nothing_unapproved_is_passed_on(sink: SmtpSink) -> None:
    send("mot")
    run("hai", date(2025, 3, 17))  # closed and compiled, but never approved
    run("khanh-hoa", SENDING)
    run("khanh-hoa", date(2025, 3, 21))
    report = frozen()
    assert [part.authority for part in report.parts] == ["mot"]
    assert len(report.absent) == 2
    asked = next(mail for mail in sink.received if mail.to == "leader@khanh-hoa.example")
    assert all(name in asked.text.replace("\n", " ") for name in report.absent)
    send("hai", date(2025, 3, 24))
    assert frozen() == report
    with reading() as session:
        office = office_policy()
        above = session.scalars(select(Authority).where(Authority.code == "khanh-hoa")).one()
        assert held(session, above, period_named("2025-Q1", office.scheme), office)[0] == report


def test_the_period_before_and_the_same_of_last_year_stand_beside(sink: SmtpSink) -> None:
    for code in ("mot", "hai", "ba"):
        send(code)
    run("khanh-hoa", SENDING)
    decide("khanh-hoa", SENDING)
    run("khanh-hoa", date(2025, 3, 25))
    with reading() as session:
        office = office_policy()
        above = session.scalars(select(Authority).where(Authority.code == "khanh-hoa")).one()
        half, _ = held(session, above, period_named("2025-6M", office.scheme), office)
        next_year, _ = held(session, above, period_named("2026-Q1", office.scheme), office)
    assert half.period.before_label == "Quý I/2025"
    assert {one.label: one.before for one in half.comparison}["Nhiệm vụ của Kế hoạch"] == 6
    assert {one.label: one.last_year for one in next_year.comparison}["Nhiệm vụ của Kế hoạch"] == 6


def test_an_authority_above_nobody_opens_nothing(sink: SmtpSink) -> None:
    with transaction() as session:
        session.add(Authority(code="khac", name="UBND tỉnh Khác"))
    assert run("khac", date(2025, 3, 24)).reports == []
