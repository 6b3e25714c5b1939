"""The audit trail is append-only, chained, and holds when many write at once."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models import AuditEvent
from rules.audit import AuditAction, SubjectKind
from services import audit

NOON = datetime(2026, 3, 2, 5, 0, 0, 123456, tzinfo=UTC)


def item(number: int) -> audit.Subject:
    return audit.Subject(SubjectKind.ITEM, number, str(number))


def _record(session: Session, number: int) -> None:
    actor = audit.Actor("an@x.example", NOON + timedelta(minutes=number))
    audit.record(session, actor, AuditAction.ITEM_DONE, item(number), before={"n": number})


def _tamper(engine: Engine, statement: str) -> None:
    """Change the table as somebody with the database's own password would: without the guard."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER IF EXISTS audit_event_no_update"))
            connection.execute(text("DROP TRIGGER IF EXISTS audit_event_no_delete"))
        else:
            connection.execute(text("ALTER TABLE audit_event DISABLE TRIGGER USER"))
        connection.execute(text(statement))


def test_an_unbroken_chain_verifies_and_values_come_back_as_written(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        audit.record(
            session,
            audit.Actor("Nguyễn Văn An", NOON),
            AuditAction.ITEM_TIMING,
            audit.Subject(SubjectKind.ITEM, 3, "KH-05 A.I.3"),
            before={"due": None},
            after={"due": date(2026, 4, 30)},
            note="ghi",
        )
        _record(session, 1)
    with Session(engine) as session:
        first = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).first()
        assert first is not None
        assert (first.at, first.before, first.after) == (NOON, {"due": None}, {"due": "2026-04-30"})
        assert (first.subject, first.subject_type, first.subject_id) == ("item KH-05 A.I.3", "item", 3)
        assert first.previous_hash == audit.FIRST_HASH
        assert audit.verify(session) is None
        assert audit.head(session)[0] == first.id + 1


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit_event SET actor = 'ai khác' WHERE id = 3", 3),
        ("UPDATE audit_event SET before = '{\"n\": 99}' WHERE id = 2", 2),
        ("DELETE FROM audit_event WHERE id = 2", 3),
        ("DELETE FROM audit_event WHERE id = 1", 2),
        ("UPDATE audit_event SET note = 'thêm' WHERE id = 4", 4),
        ("UPDATE audit_event SET subject_id = 9 WHERE id = 2", 2),
        ("UPDATE audit_event SET subject_type = NULL, subject_id = NULL WHERE id = 3", 3),
    ],
)
def test_a_row_changed_or_removed_behind_the_application_is_found(engine: Engine, statement: str, broken: int) -> None:
    with Session(engine) as session, session.begin():
        for number in range(1, 5):
            _record(session, number)
    _tamper(engine, statement)
    with Session(engine) as session:
        assert audit.verify(session) == broken


def test_the_application_refuses_to_change_or_delete_a_row(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        _record(session, 1)
    with Session(engine) as session:
        row = session.scalars(select(AuditEvent)).one()
        row.actor = "ai khác"
        with pytest.raises(audit.AppendOnlyError):
            session.flush()
    with Session(engine) as session:
        session.delete(session.scalars(select(AuditEvent)).one())
        with pytest.raises(audit.AppendOnlyError):
            session.flush()


def test_the_database_refuses_bulk_statements_too(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        _record(session, 1)
    for statement in (update(AuditEvent).values(actor="ai khác"), delete(AuditEvent)):
        with pytest.raises(DBAPIError, match="append-only"), Session(engine) as session, session.begin():
            session.execute(statement)


def test_many_writers_at_once_leave_one_chain(engine: Engine) -> None:
    def work(start: int) -> None:
        for number in range(start, start + 5):
            with Session(engine) as session, session.begin():
                _record(session, number)

    threads = [threading.Thread(target=work, args=(n * 100,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Session(engine) as session:
        assert len(session.scalars(select(AuditEvent.id)).all()) == 30
        assert audit.verify(session) is None
