"""The audit trail: who did what, when, from what to what. Append-only, each row chained to the one before it.

A row's hash covers its content and the hash of the row before it, so a row that
was changed, removed or slipped in is found by `verify`. The application refuses
to change or delete rows, and so do triggers in the database (migration 0002).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, and_, event, func, or_, select
from sqlalchemy.orm import Mapper, Session

from models.access import ApiToken
from models.authority import Authority, Person, Unit
from models.base import Base
from models.mail import Message
from models.operations import AuditEvent
from models.plan import Item, Plan, PlanDraft, StoredDocument
from models.report import Report
from models.scoring import Score, ScoreRound, StoredCriteria
from models.session import exclusive
from rules.audit import AuditAction, SubjectKind
from services.actor import Actor

FIRST_HASH = "0" * 64
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about: its kind, its row's id where there is one, and how people call it."""

    kind: SubjectKind
    id: int | None
    name: str

    @property
    def text(self) -> str:
        """The subject as stored beside kind and id: "item KH-05 A.I.3"."""
        return f"{self.kind} {self.name}".strip()[:120]


def subject_of(row: Base) -> Subject:
    """How the trail names a row. Raises LookupError for a table that no event is about."""
    name, kind = _name_of(row)
    return Subject(kind, _key_of(row), name)


def _key_of(row: Base) -> int | None:
    key: int | None = getattr(row, "id", None)
    return key


def _name_of(row: Base) -> tuple[str, SubjectKind]:
    match row:
        case Plan():
            return row.code, SubjectKind.PLAN
        case Item():
            return f"{row.plan.code} {row.code}", SubjectKind.ITEM
        case Report():
            return f"{row.code} {row.period}", SubjectKind.REPORT
        case ScoreRound():
            return f"{row.authority.code} {row.criteria.code}", SubjectKind.SCORE_ROUND
        case Score():
            return f"{row.round.authority.code} {row.round.criteria.code} {row.criterion}", SubjectKind.SCORE
        case Authority():
            return row.code, SubjectKind.AUTHORITY
        case StoredCriteria():
            return row.code, SubjectKind.CRITERIA
        case ApiToken():
            return row.name, SubjectKind.TOKEN
        case StoredDocument() | PlanDraft():
            return row.sha256[:12], SubjectKind.DOCUMENT
    for table, kind in _BY_NUMBER.items():
        if isinstance(row, table):
            return str(_key_of(row)), kind
    raise LookupError(f"no event is about {type(row).__name__}")


_BY_NUMBER: dict[type[Base], SubjectKind] = {
    Message: SubjectKind.MESSAGE,
    Person: SubjectKind.PERSON,
    Unit: SubjectKind.UNIT,
}


def about(row: Base) -> ColumnElement[bool]:
    """The condition on AuditEvent for events about a row; older events name it by its text alone."""
    subject = subject_of(row)
    by_number = and_(AuditEvent.subject_type == subject.kind, AuditEvent.subject_id == subject.id)
    return or_(by_number, and_(AuditEvent.subject_type.is_(None), AuditEvent.subject == subject.text))


class AppendOnlyError(Exception):
    """Code tried to change or delete a row of the audit trail."""


def record(
    session: Session,
    actor: Actor,
    action: AuditAction,
    subject: Base | Subject,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    note: str | None = None,
) -> AuditEvent:
    """Add one event in the session's transaction; it stands or falls with what it tells of.

    `subject` is the row that it is about. Writers wait for each other, so the chain has no forks.
    """
    named = subject if isinstance(subject, Subject) else subject_of(subject)
    exclusive(session, "audit")
    if actor.person is not None:
        after = {**(after or {}), "link": actor.link_id}
    newest = session.scalar(select(AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1))
    row = AuditEvent(
        at=actor.at.astimezone(UTC),
        actor=actor.signed,
        action=action,
        subject=named.text,
        subject_type=named.kind,
        subject_id=named.id,
        before=_plain(before),
        after=_plain(after),
        note=note,
        previous_hash=newest or FIRST_HASH,
    )
    row.hash = hash_of(row)
    session.add(row)
    session.flush()
    return row


def hash_of(row: AuditEvent) -> str:
    """The sha256 of a row's content and of the hash before it, over canonical JSON (sorted keys, no blanks, UTF-8)."""
    content: dict[str, Any] = {
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "before": row.before,
        "after": row.after,
        "note": row.note,
        "previous": row.previous_hash,
    }
    if row.subject_type is not None:  # rows older than these columns were sealed without them
        content |= {"subject_type": row.subject_type, "subject_id": row.subject_id}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def verify(session: Session) -> int | None:
    """The id of the first row whose content or place in the chain is not what was written; None: unbroken.

    A row whose personal data were erased says something else than it did: it holds when a row of the chain names
    exactly what it says now. Rows cut off at the end leave a valid shorter chain; compare `head` with a noted
    hash for that.
    """
    expected = FIRST_HASH
    altered: dict[int, str] = {}
    redacted: dict[int, str] = {}
    broken: int | None = None
    rows = session.scalars(select(AuditEvent).order_by(AuditEvent.id).execution_options(yield_per=_BATCH))
    for row in rows:
        if row.previous_hash != expected:
            broken = row.id
            break
        said = hash_of(row)
        if row.hash != said:
            altered[row.id] = said
        if row.action == AuditAction.AUDIT_REDACT:
            redacted.update({int(key): digest for key, digest in ((row.after or {}).get("rows") or {}).items()})
        expected = row.hash
    wrong = [key for key, said in altered.items() if redacted.get(key) != said]
    return min(wrong + ([] if broken is None else [broken]), default=None)


def head(session: Session) -> tuple[int, str]:
    """The newest row's id and hash (0 and zeros when there is none): what to note down outside the database."""
    row = session.execute(select(AuditEvent.id, AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1)).first()
    return (row.id, row.hash) if row else (0, FIRST_HASH)


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The values as they will be read back: dates and moments become text."""
    if values is None:
        return None
    plain: dict[str, Any] = json.loads(json.dumps(dict(values), ensure_ascii=False, default=_text))
    return plain


def _text(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _refuse(_mapper: Mapper[AuditEvent], _connection: object, row: AuditEvent) -> None:
    raise AppendOnlyError(f"audit event {row.id} cannot be changed or deleted")


event.listen(AuditEvent, "before_update", _refuse)
event.listen(AuditEvent, "before_delete", _refuse)


def newest_of(session: Session, actions: Sequence[AuditAction]) -> int:
    """The id of the newest event of some actions; 0: none."""
    return session.scalar(select(func.max(AuditEvent.id)).where(AuditEvent.action.in_(actions))) or 0
