"""What is kept about a person is handed out whole, and erased so that the audit chain still holds."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import JSON, Column, Enum, String, Text, select, text, update
from sqlalchemy.orm import Session

from models import (
    AuditEvent,
    Base,
    Message,
    MessageState,
    Person,
    PortalLink,
    PortalSession,
    Report,
    ReportReopening,
    Role,
    ScoreRound,
    Unit,
)
from models.access import TokenScope
from rules.audit import AuditAction, SubjectKind
from services.access.api_tokens import make_token
from services.access.links import Door, link_for, open_session
from services.actor import Actor
from services.audit import Subject, record, verify
from services.errors import StoreError
from services.privacy.erase_person import GONE, erase_person, export_person
from services.privacy.personal_data import APART, OFFICE_ADDRESSES, SEALED, person_columns, spoken_columns
from tests.scoring import opened
from tests.services.readings import AT, TODAY
from tests.world import World

BY = Actor("dòng lệnh: quản trị", AT)
DOOR = Door(b"k" * 32, "https://x.example")


def lived_in(db: Session) -> tuple[World, Person]:
    """A ward in which the head of a unit was told, came in, and is named in the audit trail."""
    world = World(db)
    head = world.units["PHONG_VHXH"].head
    assert head is not None
    head.name, head.email = "Nguyễn Thị Bình", "binh@song-mai.example"
    record(db, BY, AuditAction.UNITS_IMPORT, world.authority, after={"head": "Nguyễn Thị Bình <binh@song-mai.example>"})
    record(
        db,
        Actor("Nguyễn Thị Bình <binh@song-mai.example>", AT),
        AuditAction.ANSWER,
        Subject(SubjectKind.ITEM, 1, "X A.1"),
        after={"state": "done"},
    )
    record(db, BY, AuditAction.PLAN_IMPORT, world.plan, after={"items": 3})
    record(
        db,
        BY,
        AuditAction.LINK_MAKE,
        Subject(SubjectKind.PERSON, head.id, "Binh@song-mai.example"),
        note="gửi lại cho BINH@song-mai.example",
    )
    db.add(
        Message(
            authority_id=world.authority.id, person_id=head.id, kind="digest", day=TODAY, to_address=head.email,
            to_name=head.name, subject="Nhắc chị Bình", text="Kính gửi chị Bình", html="<p>chị Bình</p>",
            message_id="<1@x>", state=MessageState.SENT, created_at=AT,
        )
    )  # fmt: skip
    link_for(db, DOOR, head.id, None, AT)
    open_session(db, DOOR, db.scalars(select(PortalLink)).one(), AT)
    db.flush()
    return world, head


def everything(db: Session) -> str:
    """All text of all tables."""
    db.flush()
    tables = [row[0] for row in db.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))]
    return "\n".join(str(tuple(row)) for name in tables for row in db.execute(text(f'SELECT * FROM "{name}"')))


def test_export_holds_every_table_that_speaks_of_the_person_and_no_key(db: Session) -> None:
    _, head = lived_in(db)
    found = export_person(db, head)
    counts = {name: len(rows) for name, rows in found.items() if rows}
    assert counts == {
        "person": 1, "unit": 1, "portal_link": 1, "portal_session": 1, "message": 1, "audit_event": 3,
    }  # fmt: skip
    assert "token_hash" not in json.dumps(found)


def test_after_erasing_neither_name_nor_address_stands_anywhere(db: Session) -> None:
    world, head = lived_in(db)
    done = erase_person(db, head, BY)
    assert (done.messages, done.links, done.audit_rows) == (1, 1, 3)
    if db.get_bind().dialect.name == "sqlite":
        left = everything(db).lower()
        assert "binh@song-mai.example" not in left
        assert "nguyễn thị bình" not in left
        assert "chị bình" not in left
    db.expire_all()
    assert db.scalars(select(Message.subject)).all() == [GONE]
    assert db.scalars(select(PortalSession.id)).all() == []
    assert db.get_one(Unit, world.units["PHONG_VHXH"].id).head_id is None
    assert (head.active, head.name) == (False, done.pseudonym)


def test_the_chain_still_holds_and_a_change_of_any_row_still_shows(db: Session) -> None:
    _, head = lived_in(db)
    erase_person(db, head, BY)
    assert verify(db) is None
    db.expire_all()
    redaction = db.scalars(select(AuditEvent).where(AuditEvent.action == AuditAction.AUDIT_REDACT)).one()
    assert redaction.after is not None
    for key in (int(next(iter(redaction.after["rows"]))), redaction.id, 3):
        with db.begin_nested() as undone:
            tamper(db, key)
            assert verify(db) == key
            undone.rollback()
            db.expire_all()
    assert verify(db) is None


def tamper(db: Session, key: int) -> None:
    """Change a row behind the application's back, as somebody with the database file could."""
    if db.get_bind().dialect.name == "sqlite":
        db.execute(text("DROP TRIGGER audit_event_no_update"))
    else:
        db.execute(text("ALTER TABLE audit_event DISABLE TRIGGER audit_event_guard"))
    db.connection().execute(update(AuditEvent.__table__).where(AuditEvent.id == key).values(note="khác"))  # type: ignore[arg-type]
    db.expire_all()


def test_the_trail_is_guarded_again_after_erasing(db: Session) -> None:
    _, head = lived_in(db)
    erase_person(db, head, BY)
    with pytest.raises(Exception, match="append-only"), db.begin_nested():
        db.execute(text("UPDATE audit_event SET note = 'x'"))


def every_text_column() -> list[Column[Any]]:
    """Every column with room for an address, looked for without the module under test."""
    roomy = (JSON, Text)
    return [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if not isinstance(column.type, Enum)
        and (isinstance(column.type, roomy) or (isinstance(column.type, String) and (column.type.length or 0) >= 60))
    ]


def test_every_column_with_room_for_an_address_is_looked_through_or_sealed() -> None:
    """A new column must be found by the walk, or be named among what stays and why."""
    hashes = {"sha256", "hash", "previous_hash", "token_hash", "read_hash", "reading_hash", "content_hash",
              "address_hash", "source_hash"}  # fmt: skip
    walked = {str(column) for table in Base.metadata.sorted_tables for column in spoken_columns(table)}
    left = {str(column) for column in every_text_column() if column.name not in hashes} - walked
    apart = {name for name in left if name.split(".")[0] in APART}
    assert left - apart == SEALED | OFFICE_ADDRESSES


def test_every_reference_to_a_person_is_exported(db: Session) -> None:
    """One row of each table that refers to a person comes out, found by the key alone."""
    found = {str(column) for table in Base.metadata.sorted_tables for column in person_columns(table)}
    assert found == {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == "person" for key in column.foreign_keys)
    }
    _, head = lived_in(db)
    assert {name.split(".")[0] for name in found} <= set(export_person(db, head))


def scored_and_reported(db: Session, world: World, head: Person) -> None:
    """The person has approved a report and a round, sealed a dossier, made a token, and is named in notes."""
    who = f"{head.name} <{head.email}>"
    report = Report(
        authority_id=world.authority.id, plan_id=world.plan.id, period="2025-Q3", label="Quý III", first_day=TODAY,
        cut_off=TODAY, opens_on=TODAY, sending_on=TODAY, opened_at=AT, approved_by_id=head.id, approved_by=head.name,
    )  # fmt: skip
    db.add(report)
    db.flush()
    db.add(ReportReopening(report_id=report.id, reason="Bổ sung", who=who, since=AT, until_day=TODAY))
    round_ = opened(db, world)
    round_.submitted_by, round_.approved_by = who, f"{who} (dòng lệnh: x)"
    round_.scores[0].remark = f"Hỏi {head.email.upper()}"
    round_.scores[0].answers = {"unsigned": {"who": who, "words": "Bản gốc đã ký"}}
    make_token(db, "kho", TokenScope.READ, Actor(who, AT), days=9)
    db.flush()


def test_approvals_answers_and_keys_are_exported_and_lose_the_name(db: Session) -> None:
    world, head = lived_in(db)
    scored_and_reported(db, world, head)
    found = {name: len(rows) for name, rows in export_person(db, head).items() if rows}
    assert {name: found[name] for name in ("report", "report_reopening", "score_round", "score", "api_token")} == {
        "report": 1, "report_reopening": 1, "score_round": 1, "score": 1, "api_token": 1,
    }  # fmt: skip
    done = erase_person(db, head, BY)
    db.expire_all()
    round_ = db.scalars(select(ScoreRound)).one()
    assert (round_.submitted_by, round_.approved_by) == (done.pseudonym, f"{done.pseudonym} (dòng lệnh: x)")
    assert round_.scores[0].answers["unsigned"] == {"who": done.pseudonym, "words": "Bản gốc đã ký"}
    assert db.scalars(select(Report.approved_by)).all() == [done.pseudonym]
    if db.get_bind().dialect.name == "sqlite":
        assert "binh@song-mai.example" not in everything(db).lower()
        assert "nguyễn thị bình" not in everything(db).lower()
    assert verify(db) is None


def test_a_mail_that_waits_is_not_sent_to_nowhere(db: Session) -> None:
    _, head = lived_in(db)
    db.execute(update(Message).values(state=MessageState.QUEUED))
    erase_person(db, head, BY)
    db.expire_all()
    assert db.scalars(select(Message.state)).all() == [MessageState.DROPPED]


def test_a_second_person_can_be_erased_after_the_first_who_had_acted(db: Session) -> None:
    world, head = lived_in(db)
    erase_person(db, head, Actor(f"{world.admin.name} <{world.admin.email}>", AT + timedelta(hours=1)))
    other = Person(authority_id=world.authority.id, name="Khác", email="khac@x.example", role=Role.ADMIN)
    db.add(other)
    db.flush()
    erase_person(db, world.admin, BY)
    assert verify(db) is None


def test_the_last_administrator_and_shared_mailboxes_are_not_erased(db: Session) -> None:
    world, _ = lived_in(db)
    for person, words in ((world.admin, "duy nhất"), (world.mailbox("VAN_PHONG"), "hộp thư chung")):
        with pytest.raises(StoreError, match=words):
            erase_person(db, person, BY)
