"""Ba Ngòi's year on a moved clock: every report that is due, on its day, approved and in the superior's mailbox."""

import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models import Occurrence, Person, Plan, ProgressState, Report, ReportFigures, Role
from models.session import reading, transaction
from rules.reporting.steps import ReportState
from services.actor import Actor
from services.policy import office_policy
from services.reports.approval import approve
from services.reports.queries import period_named, report_for
from services.reports.run import run_reports
from tests.deployments.plan_files import Dondoc, set_clock
from tests.reporting_world import SUPERIOR, answer, every_day, moment
from tests.smtp_sink import SmtpSink

SIGNED = date(2025, 9, 5)


@pytest.mark.slow
def test_ba_ngois_reports_come_on_their_days(
    shared: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    set_clock(monkeypatch, moment(SIGNED))
    dondoc = Dondoc(capsys)
    dondoc("init", "--authority", "UBND phường Ba Ngòi", "--admin-email", "quan-tri@ba-ngoi.example")
    dondoc("plan", "import", shared / "plans" / "files" / "ba-ngoi-2025.docx", "--yes")
    with transaction() as session:
        plan = session.scalars(select(Plan)).one()
        plan.authority.superior, plan.authority.superior_mailbox = "UBND tỉnh Khánh Hòa", SUPERIOR
        leader = Person(authority_id=plan.authority_id, name="Chủ tịch", email="ct@ba-ngoi.example", role=Role.LEADER)
        session.add(leader)
        ids = list(session.scalars(select(Occurrence.id).order_by(Occurrence.id)))
    chance = random.Random(7)
    days = {one: SIGNED + timedelta(days=chance.randrange(2, 130)) for one in ids if chance.random() < 0.8}
    with SmtpSink() as sink:
        monkeypatch.setenv("DONDOC_SMTP_PORT", str(sink.port))
        for day in every_day(SIGNED, date(2026, 1, 15)):
            with transaction() as session:
                for one in (one for one, when in days.items() if when == day):
                    done = ProgressState.DONE if one % 3 else ProgressState.UNDER_WAY
                    answer(session, session.get_one(Occurrence, one), day, done)
            run_reports(None, day, clock=lambda day=day: moment(day))  # type: ignore[misc]
            with transaction() as session:
                for row in session.scalars(select(Report).where(Report.state == ReportState.WAITING)):
                    if day > row.cut_off + timedelta(days=1):
                        person = session.scalars(select(Person).where(Person.role == Role.LEADER)).one()
                        approve(session, row, person, Actor("Chủ tịch", moment(day, 15)))
        letters = [mail for mail in sink.received if mail.to == SUPERIOR]
    with reading() as session:
        rows = session.scalars(select(Report).order_by(Report.cut_off)).all()
        seen = [(row.period, row.state, row.number, row.issued_on) for row in rows]
        frozen = dict(session.execute(select(ReportFigures.report_id, ReportFigures.content)).tuples().all())
        plan = session.scalars(select(Plan)).one()
        office = office_policy()
        again = {row.id: report_for(session, plan, period_named(row.period, office.scheme), office) for row in rows}
    assert seen == [
        ("2025-Q3", ReportState.SENT, 1, date(2025, 9, 19)),
        ("2025", ReportState.SENT, 2, date(2025, 12, 19)),
    ]
    assert [mail.subject.split(" của ")[0] for mail in letters] == [
        "Báo cáo số 01/BC-UBND ngày 19 tháng 9 năm 2025",
        "Báo cáo số 02/BC-UBND ngày 19 tháng 12 năm 2025",
    ]
    assert {one: held.report.canonical() for one, held in again.items()} == frozen
    assert again[rows[1].id].report.figures["items"].value == 59
