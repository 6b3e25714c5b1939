"""An authority leaves: its data are exported, then erased whole, and the audit chain still holds.

One transaction. The trail's rows about it stay in their places but say nothing any more;
a row of the chain names each with the hash of what it says now, as when a person is
erased. Other authorities are not touched. Files of documents that nobody else needs go
after the commit; housekeeping makes up for a machine that died in between.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from models.access import ApiToken
from models.authority import Authority, Person, Unit
from models.base import Base
from models.mail import Message, MessageState
from models.operations import AuditEvent, Morning
from models.plan import DraftState, Plan, PlanDraft, StoredDocument
from models.session import exclusive
from rules.audit import AuditAction
from services.actor import Actor
from services.audit import record, subject_of
from services.documents import drop_documents
from services.errors import StoreError
from services.mail.outbox import STUCK_AFTER
from services.privacy.authority_data import belonging, documents_of, export_authority, unneeded
from services.privacy.erase_person import GONE, redact

A_MORNING = timedelta(hours=1)
"""A morning that began longer ago and did not end was killed: nothing runs any more."""


@dataclass(frozen=True, slots=True)
class ErasedAuthority:
    """What went: rows by table, rows of the trail that say nothing any more, and hashes of files to remove now."""

    rows: dict[str, int]
    audit_rows: int
    documents: tuple[str, ...]


def busy(session: Session, authority_id: int, now: datetime) -> str:
    """What runs for an authority at this moment, in Vietnamese words; "" when nothing does."""
    mornings = select(Morning.day).where(
        Morning.authority_id == authority_id, Morning.finished_at.is_(None), Morning.started_at > now - A_MORNING
    )
    sending = select(func.count()).where(
        Message.authority_id == authority_id,
        Message.state == MessageState.SENDING,
        Message.claimed_at > now - STUCK_AFTER,
    )
    drafts = select(func.count()).where(
        PlanDraft.authority_id == authority_id,
        PlanDraft.state == DraftState.READING,
        PlanDraft.created_at > now - STUCK_AFTER,
    )
    found = [f"buổi sáng {day:%d/%m/%Y} đang chạy" for day in session.scalars(mornings)]
    if count := session.scalar(sending):
        found.append(f"{count} thư đang gửi")
    if count := session.scalar(drafts):
        found.append(f"{count} văn bản kế hoạch đang đọc")
    return ", ".join(found)


def must_rest(session: Session, authority: Authority, now: datetime) -> None:
    """Raises StoreError while something runs for the authority."""
    running = busy(session, authority.id, now)
    if running:
        raise StoreError(f"{authority.name}: {running}. Chờ xong rồi làm lại.")


def erase_authority(
    session: Session, authority: Authority, actor: Actor, folder: Path, export: Path
) -> ErasedAuthority:
    """Export an authority's data to a file, then erase them. `folder` is where the documents lie.

    The caller asks `must_rest` first, commits, and then removes the files (`remove_files`). `by` must not name a
    person of the authority: its last rows of the trail stay readable.
    """
    exclusive(session, "staff")
    session.flush()
    trail = list(_about(session, authority))
    export_authority(session, authority, trail, folder, export, actor.at)
    gone, documents = subject_of(authority), documents_of(session, authority.id)
    drafts = session.scalars(select(PlanDraft.sha256).where(PlanDraft.authority_id == authority.id)).all()
    emails = _emails(session, authority.id)
    _forget_in_shared(session, authority.id)
    rows = _delete(session, authority.id)
    files = _drop_rows(session, documents, drafts)
    redact(session, trail, lambda row: _silent(row, emails), actor, gone)
    record(session, actor, AuditAction.AUTHORITY_ERASE, gone, after={"rows": rows, "documents": files})
    return ErasedAuthority(rows, len(trail), tuple(files))


def _delete(session: Session, authority_id: int) -> dict[str, int]:
    """Delete every row, children first. Returns how many, by table."""
    session.execute(update(Authority).where(Authority.id == authority_id).values(focal_unit_id=None))
    session.execute(update(Unit).where(Unit.authority_id == authority_id).values(head_id=None))
    found: dict[str, int] = {}
    for name, condition in reversed(belonging(authority_id).items()):
        gone = session.connection().execute(delete(Base.metadata.tables[name]).where(condition))
        found[name] = gone.rowcount
    session.expunge_all()
    return {name: count for name, count in found.items() if count}


def _drop_rows(session: Session, documents: dict[int, str], drafts: Iterable[str]) -> list[str]:
    """Delete the documents that nobody refers to any more. Returns the hashes of files that may go."""
    free = unneeded(session, documents)
    for start in range(0, len(free), 500):
        session.execute(delete(StoredDocument).where(StoredDocument.id.in_(free[start : start + 500])))
    return sorted(_unnamed(session, {*(documents[key] for key in free), *drafts}))


def _unnamed(session: Session, hashes: Iterable[str]) -> set[str]:
    left = set(hashes)
    for column in (StoredDocument.sha256, PlanDraft.sha256):
        some = sorted(left)
        for start in range(0, len(some), 500):
            left -= set(session.scalars(select(column).where(column.in_(some[start : start + 500]))))
    return left


def erased_codes(session: Session) -> set[str]:
    """The codes of authorities that left and did not come back."""
    subjects = session.scalars(select(AuditEvent.subject).where(AuditEvent.action == AuditAction.AUTHORITY_ERASE))
    return {subject.partition(" ")[2] for subject in subjects} - set(session.scalars(select(Authority.code)))


def remove_files(session: Session, folder: Path) -> int:
    """Remove the files of erased authorities' documents that nobody names. Safe to repeat. Returns how many."""
    rows = session.scalars(select(AuditEvent.after).where(AuditEvent.action == AuditAction.AUTHORITY_ERASE))
    hashes = {sha256 for after in rows for sha256 in (after or {}).get("documents", ())}
    return drop_documents(folder, _unnamed(session, hashes))


def _emails(session: Session, authority_id: int) -> list[str]:
    """The addresses of its people; not those that somebody of another authority uses, too: their rows stay."""
    elsewhere = select(Person.email).where(Person.authority_id != authority_id)
    people = select(Person.email).where(Person.authority_id == authority_id, Person.email.not_in(elsewhere))
    return [email.lower() for email in session.scalars(people)]


def _forget_in_shared(session: Session, authority_id: int) -> None:
    """Tokens for all authorities may have been made by one of its people."""
    emails = _emails(session, authority_id)
    for token in session.scalars(select(ApiToken).where(ApiToken.authority_id.is_(None))):
        if any(email in token.created_by.lower() for email in emails):
            token.created_by = GONE
    session.flush()


def _about(session: Session, authority: Authority) -> Iterator[AuditEvent]:
    """The rows of the trail about an authority: by what they are about, or by one of its people."""
    subjects, codes = _subjects(session, authority), _codes(session)
    emails = _emails(session, authority.id)
    own = {code for code, owner in codes.items() if owner == authority.id}
    rows = session.scalars(select(AuditEvent).order_by(AuditEvent.id).execution_options(yield_per=2_000))
    for row in rows:
        kind, _, rest = row.subject.partition(" ")
        hit = row.subject.lower() in subjects or (kind in _OF_PLANS and _longest(rest, codes) in own)
        hit = hit or (kind in ("score", "score_round") and rest.startswith(f"{authority.code} "))
        if hit or _named(row, emails):
            yield row


_OF_PLANS = ("plan", "item", "report")


def _named(row: AuditEvent, emails: list[str]) -> bool:
    said = f"{row.actor} {row.before} {row.after} {row.note}".lower()
    return any(email in said for email in emails)


def _codes(session: Session) -> dict[str, int]:
    return dict(session.execute(select(Plan.code, Plan.authority_id)).tuples().all())


def _longest(text: str, codes: dict[str, int]) -> str | None:
    """The plan that a subject names: of two codes that fit, the longer."""
    fitting = [code for code in codes if text == code or text.startswith(f"{code} ")]
    return max(fitting, key=len, default=None)


def _subjects(session: Session, authority: Authority) -> set[str]:
    """What rows about its people, units, mails, documents and tokens are named after."""
    owner = authority.id
    found = {f"authority {authority.code}"}
    found |= {f"person {key}" for key in session.scalars(select(Person.id).where(Person.authority_id == owner))}
    found |= {f"person {email}"[:120] for email in _emails(session, owner)}
    found |= {f"unit {key}" for key in session.scalars(select(Unit.id).where(Unit.authority_id == owner))}
    found |= {f"message {key}" for key in session.scalars(select(Message.id).where(Message.authority_id == owner))}
    found |= {f"token {name}" for name in session.scalars(select(ApiToken.name).where(ApiToken.authority_id == owner))}
    return {subject.lower() for subject in found}


def _silent(row: AuditEvent, emails: list[str]) -> dict[str, Any]:
    """What a row says from now on: when and which action. A row that seals others, or is about criteria, says whose
    hand it was no more.
    """
    actor = "người của cơ quan đã xóa" if any(email in row.actor.lower() for email in emails) else row.actor
    if row.action == AuditAction.AUDIT_REDACT or row.subject.startswith("criteria "):
        return {"actor": actor, **{name: getattr(row, name) for name in _KEPT}}
    kind = row.subject.partition(" ")[0]
    said = {"subject": f"{kind} {GONE}"[:120], "subject_type": row.subject_type}
    return {"actor": actor, **dict.fromkeys(_KEPT), **said}


_KEPT = ("subject", "subject_type", "subject_id", "before", "after", "note")
