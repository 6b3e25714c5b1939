"""The tables are what the migrations make, on SQLite and PostgreSQL."""

from datetime import UTC, date, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.orm import Session

from models import AuditEvent, Base, Message, Report, ReportFigures, ReportFile, ScoreRound, StoredDocument, schema
from models.mail import MessageKind
from rules.audit import AuditAction, SubjectKind
from services import audit
from services.actor import Actor
from tests.scoring import opened
from tests.world import World


def test_the_migrations_make_exactly_the_tables_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_going_back_to_the_beginning_leaves_no_table(engine: Engine) -> None:
    schema.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    schema.upgrade(engine)
    assert schema.current(engine) == schema.newest()


def test_a_report_and_what_hangs_on_it_survive_the_way_down_and_up(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        at = datetime(2025, 3, 15, tzinfo=UTC)
        days = {name: date(2025, 3, 14) for name in ("first_day", "cut_off", "opens_on", "sending_on")}
        report = Report(
            authority_id=world.authority.id, plan_id=world.plan.id, period="2025-Q1", label="Quý I/2025", opened_at=at,
            **days,
        )  # fmt: skip
        session.add(report)
        session.flush()
        session.add(ReportFigures(report_id=report.id, version=1, frozen_at=at, sha256="0" * 64, content="{}"))
        plan = world.plan.id
        session.add(Report(authority_id=world.authority.id, period="2025-Q1", label="Quý I/2025", opened_at=at, **days))
    schema.downgrade(engine, "0010")
    schema.upgrade(engine)
    with Session(engine) as session:
        assert [row.plan_id for row in session.scalars(select(Report))] == [plan]
        assert [row.content for row in session.scalars(select(ReportFigures))] == ["{}"]


AT = datetime(2025, 3, 15, tzinfo=UTC)
DAYS = {name: date(2025, 3, 14) for name in ("first_day", "cut_off", "opens_on", "sending_on")}


def old_event(session: Session, number: int) -> None:
    """An audit row as versions before migration 0014 wrote it."""
    newest = session.scalar(text("SELECT hash FROM audit_event ORDER BY id DESC LIMIT 1"))
    row = AuditEvent(
        at=AT, actor="An", action="item.lead", subject=f"item X {number}", before=None, after={"n": number}, note=None,
        previous_hash=newest or audit.FIRST_HASH,
    )  # fmt: skip
    values = {"at": row.at, "actor": row.actor, "subject": row.subject, "p": row.previous_hash, "h": audit.hash_of(row)}
    statement = (
        "INSERT INTO audit_event (at, actor, action, subject, after, previous_hash, hash) "
        f"VALUES (:at, :actor, 'item.lead', :subject, '{{\"n\": {number}}}', :p, :h)"
    )
    session.execute(text(statement), values)


def test_the_chain_of_old_audit_rows_still_verifies_and_goes_on(engine: Engine) -> None:
    schema.downgrade(engine, "0013")
    with Session(engine) as session, session.begin():
        for number in range(3):
            old_event(session, number)
    schema.upgrade(engine)
    with Session(engine) as session, session.begin():
        audit.record(session, Actor("Bình", AT), AuditAction.PLAN_REMOVE, World(session).plan)
    with Session(engine) as session:
        assert audit.verify(session) is None
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        assert [row.subject_type for row in rows] == [None, None, None, SubjectKind.PLAN]
        assert rows[3].subject_id is not None
        with pytest.raises(Exception, match="append-only"):
            session.execute(text("UPDATE audit_event SET note = 'x'"))


def test_who_submitted_approved_and_uploaded_is_found_by_address_or_number(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        round_ = opened(session, world)
        round_.submitted_by = f"{world.admin.name} <{world.admin.email}> (thay mặt Chủ tịch)"
        round_.approved_by = f"Người số {world.leader.id} (dòng lệnh: an)"
        report = Report(
            authority_id=world.authority.id,
            plan_id=world.plan.id,
            period="2025-Q1",
            label="Quý I",
            opened_at=AT,
            **DAYS,
        )
        document = StoredDocument(sha256="0" * 64, name="x.docx", size=1, stored_at=AT)
        session.add_all([report, document])
        session.flush()
        for version, who in enumerate((f"{world.leader.name} <{world.leader.email}>", "dòng lệnh: an"), 1):
            file = ReportFile(
                report_id=report.id, version=version, origin="upload", format="docx", document=document, who=who,
                made_at=AT,
            )  # fmt: skip
            session.add(file)
        criteria = [score.criterion for score in round_.scores]
        people = (world.admin.id, world.leader.id)
    schema.downgrade(engine, "0013")
    schema.upgrade(engine)
    with Session(engine) as session:
        row = session.scalars(select(ScoreRound)).one()
        assert (row.submitted_by_id, row.approved_by_id) == people
        assert [score.criterion for score in row.scores] == criteria
        files = session.scalars(select(ReportFile).order_by(ReportFile.version)).all()
        assert [one.uploaded_by_id for one in files] == [people[1], None]


KINDS = {
    "digest": ("digest", "digest"),
    "weekly": ("weekly", "weekly"),
    "alert": ("alert", "alert"),
    "test": ("test", "test"),
    "link-2": ("link", "link:2"),
    "act7": ("act", "act:7"),
    "rep12a0": ("report_ask", "report_ask:12/0"),
    "rep12v3": ("report_approve", "report_approve:12/3"),
    "rep12b3": ("report_return", "report_return:12/3"),
    "rep12s": ("report_send", "report_send:12"),
    "scr5-ask": ("score_ask", "score_ask:5"),
    "scr5-desk": ("score_desk", "score_desk:5"),
    "scr5-approve": ("score_approve", "score_approve:5"),
    "scr5-explain": ("score_explain", "score_explain:5"),
    "score_dossier": ("score_dossier", "score_dossier"),
    "chưa từng có": ("other", "chưa từng có"),
}
"""Kinds of mails as versions before migration 0014 wrote them, and what becomes of each."""


def old_kinds(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT kind FROM message ORDER BY id")).scalars())


def test_old_kinds_of_mails_become_a_kind_and_a_key_and_back(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        for number, kind in enumerate(KINDS):
            message = Message(
                authority_id=world.authority.id, person_id=world.admin.id, kind=MessageKind.OTHER, dedupe_key=kind,
                day=AT.date(), to_address="a@x.example", to_name="A", subject="S", text="T", html="H",
                message_id=f"<{number}@x>", created_at=AT,
            )  # fmt: skip
            session.add(message)
    schema.downgrade(engine, "0013")
    assert old_kinds(engine) == list(KINDS)
    schema.upgrade(engine)
    with Session(engine) as session:
        rows = session.scalars(select(Message).order_by(Message.id)).all()
        assert [(row.kind.value, row.dedupe_key) for row in rows] == list(KINDS.values())
    schema.downgrade(engine, "0013")
    assert old_kinds(engine) == list(KINDS)
