"""What is kept about a person: handed out, or erased, on their request.

Erasing takes the name and address out of every table (services/privacy/personal_data.py walks them), closes
links and sessions and empties the person's mails. What the unit answered stays, as the unit's record, under a
number. The audit trail's rows lose the name and address too; a row of the chain then
names each of them with the hash of what it says now, so the chain stays verifiable.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, inspect, or_, select, text, update
from sqlalchemy.orm import Session

from models.access import PortalLink, PortalSession
from models.answer import AnswerDraft, Handover
from models.authority import Person, Role, Unit
from models.mail import Message, MessageState
from models.occurrence import Progress
from models.operations import AuditEvent
from rules.audit import AuditAction
from services.actor import Actor
from services.audit import Subject, hash_of, record, subject_of
from services.errors import Hint, StoreError, UnknownNameError
from services.privacy.personal_data import SECRET, forget, rows_about

GONE = "[đã xóa theo yêu cầu]"


@dataclass(frozen=True, slots=True)
class Erased:
    """How many mails were emptied, links closed and audit rows redacted, and what the person is called now."""

    pseudonym: str
    messages: int
    links: int
    audit_rows: int


def find_person(session: Session, email: str) -> Person:
    """The person of an address. Raises UnknownNameError when there is none, or several authorities have one."""
    rows = session.scalars(select(Person).where(Person.email == email.strip().lower()).order_by(Person.id)).all()
    if not rows:
        raise UnknownNameError(f"Không có ai dùng địa chỉ “{email}”.", Hint.UNITS)
    if len(rows) > 1:
        raise UnknownNameError(f"Có {len(rows)} người dùng địa chỉ “{email}” ở các cơ quan; hãy chọn bằng --authority.")
    return rows[0]


def export_person(session: Session, person: Person) -> dict[str, list[dict[str, Any]]]:
    """Every row that refers to a person or holds their address, by table, as plain values; no token hash."""
    found = {name: [_plain(row) for row in rows] for name, rows in rows_about(session, person).items()}
    found["audit_event"] = [_plain(_values(row)) for row in _audit_rows(session, person)]
    return found


def _values(row: AuditEvent) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in inspect(AuditEvent).column_attrs}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in values.items() if name not in SECRET}
    plain: dict[str, Any] = json.loads(json.dumps(shown, ensure_ascii=False, default=_text))
    return plain


def _text(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def erase_person(session: Session, person: Person, actor: Actor) -> Erased:
    """Take a person out of the database. Raises StoreError for a unit's shared mailbox and for the last admin."""
    check_erasable(session, person)
    pseudonym = f"Người số {person.id}"
    scrub = _scrubber(person, pseudonym)
    messages = _empty_mails(session, person, pseudonym)
    links = _close_doors(session, person)
    session.execute(update(Unit).where(Unit.head_id == person.id).values(head_id=None))
    forget(session, person, scrub, _nowhere(person))
    rows = _audit_rows(session, person)
    person.name, person.email = pseudonym, _nowhere(person)
    person.active, person.role = False, Role.OFFICER
    session.flush()
    redact(session, rows, lambda row: _content(row, scrub), actor, subject_of(person))
    record(session, actor, AuditAction.PERSON_ERASE, person, after={"messages": messages, "links": links})
    return Erased(pseudonym, messages, links, len(rows))


def check_erasable(session: Session, person: Person) -> None:
    """Raises StoreError for a unit's shared mailbox and for the last administrator."""
    if person.is_mailbox:
        raise StoreError(
            f"{person.email} là hộp thư chung của đơn vị, không phải một người.",
            Hint.UNIT,
        )
    if person.role is Role.ADMIN and person.active and _admins(session, person) == 1:
        raise StoreError(
            f"{person.name} là quản trị viên duy nhất của cơ quan; hãy đặt quản trị viên khác trước.",
            Hint.ADMIN,
        )


def _nowhere(person: Person) -> str:
    """An address that no mail reaches."""
    return f"da-xoa-{person.id}@invalid"


def _admins(session: Session, person: Person) -> int:
    query = select(func.count()).where(
        Person.authority_id == person.authority_id, Person.role == Role.ADMIN, Person.active
    )
    return session.scalar(query) or 0


def _empty_mails(session: Session, person: Person, pseudonym: str) -> int:
    """Mails stay as proof that something was sent on a day; to whom and what it said is gone."""
    mine = or_(Message.person_id == person.id, func.lower(Message.to_address) == person.email)
    ids = session.scalars(select(Message.id).where(mine, Message.authority_id == person.authority_id)).all()
    values = {
        "to_address": _nowhere(person),
        "to_name": pseudonym,
        "subject": GONE,
        "text": GONE,
        "html": f"<p>{GONE}</p>",
        "server_reply": None,
    }
    waiting = (MessageState.QUEUED, MessageState.RETRY)
    for start in range(0, len(ids), 500):
        some = Message.id.in_(ids[start : start + 500])
        session.execute(update(Message).where(some, Message.state.in_(waiting)).values(state=MessageState.DROPPED))
        session.execute(update(Message).where(some).values(values))
    return len(ids)


def _close_doors(session: Session, person: Person) -> int:
    links = select(PortalLink.id).where(PortalLink.person_id == person.id)
    count = len(session.scalars(links).all())
    session.execute(update(Progress).where(Progress.link_id.in_(links)).values(link_id=None))
    for table in (PortalSession, AnswerDraft, PortalLink):
        session.execute(delete(table).where(table.person_id == person.id))
    session.execute(update(Handover).where(Handover.from_person_id == person.id).values(reason=None))
    return count


def _audit_rows(session: Session, person: Person) -> list[AuditEvent]:
    """The rows of the trail that name the person's address, or the person as the one who acted."""
    scrub = _scrubber(person, "")
    rows = session.scalars(select(AuditEvent).order_by(AuditEvent.id).execution_options(yield_per=2_000))
    return [row for row in rows if _content(row) != _content(row, scrub)]


_SAID = ("actor", "subject", "subject_type", "subject_id", "before", "after", "note")


def _content(row: AuditEvent, scrub: Callable[[Any], Any] = lambda value: value) -> dict[str, Any]:
    return {name: scrub(getattr(row, name)) for name in _SAID}


def _scrubber(person: Person, pseudonym: str) -> Callable[[Any], Any]:
    """Replaces the address wherever it stands, and the name where it is the whole text or stands with the address."""
    email, name = person.email, person.name

    def scrub(value: Any) -> Any:
        if isinstance(value, str):
            if value == name:
                return pseudonym
            if email not in value.lower():
                return value
            for written in (f"{name} <{email}>", email):
                value = _without(value, written, pseudonym)
            return value
        if isinstance(value, dict):
            return {scrub(key): scrub(inner) for key, inner in value.items()}
        return [scrub(inner) for inner in value] if isinstance(value, list) else value

    return scrub


def _without(value: str, written: str, pseudonym: str) -> str:
    """The text without a part, however it is cased."""
    at = value.lower().find(written.lower())
    while at >= 0:
        value = value[:at] + pseudonym + value[at + len(written) :]
        at = value.lower().find(written.lower(), at + len(pseudonym))
    return value


def redact(
    session: Session,
    rows: list[AuditEvent],
    content: Callable[[AuditEvent], dict[str, Any]],
    actor: Actor,
    subject: Subject,
) -> None:
    """Change rows of the trail to another content, and add one that names them with the hashes of what they say now."""
    said: dict[str, str] = {}
    changes: list[dict[str, Any]] = []
    for row in rows:
        now = content(row)
        shown = AuditEvent(at=row.at, action=row.action, previous_hash=row.previous_hash, **now)
        said[str(row.id)] = hash_of(shown)
        changes.append({"id": row.id, **now})
        if row in session:
            session.expunge(row)
    if not changes:
        return
    with _unguarded(session):
        for change in changes:
            key = change.pop("id")
            session.connection().execute(update(AuditEvent.__table__).where(AuditEvent.id == key).values(**change))  # type: ignore[arg-type]
    record(session, actor, AuditAction.AUDIT_REDACT, subject, after={"rows": said})


class _unguarded:  # noqa: N801 - read as a word: with _unguarded(session)
    """The database refuses changes to the trail by triggers; within this transaction they stand aside."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.sqlite = session.get_bind().dialect.name == "sqlite"
        self.trigger = ""

    def __enter__(self) -> None:
        if self.sqlite:
            named = text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'audit_event_no_update'")
            self.trigger = self.session.execute(named).scalar_one()
            self.session.execute(text("DROP TRIGGER audit_event_no_update"))
        else:
            self.session.execute(text("ALTER TABLE audit_event DISABLE TRIGGER audit_event_guard"))

    def __exit__(self, *_: object) -> None:
        if self.sqlite:
            self.session.connection().exec_driver_sql(self.trigger)
        else:
            self.session.execute(text("ALTER TABLE audit_event ENABLE TRIGGER audit_event_guard"))
