"""Asking for a later day, and what a reviewer decides about it."""

from dataclasses import replace
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.answer import Extension
from models.mail import Notice
from models.occurrence import Occurrence
from rules.audit import AuditAction
from rules.reminders.keys import occurrence_key
from rules.reminders.ladder import Ladder
from rules.work.access import Share
from rules.work.answers import ExtensionAsked
from services.actor import Actor
from services.audit import record
from services.errors import NotAllowedError
from services.plans.occurrences import drop_untold
from services.work.answers import Held, held, urge_again
from services.work.reviews import is_own, may_review


def open_extension(session: Session, occurrence_id: int) -> Extension | None:
    """The request of an occurrence that waits for a decision."""
    return session.scalar(
        select(Extension)
        .where(
            Extension.occurrence_id == occurrence_id,
            Extension.decided_at.is_(None),
            Extension.withdrawn_at.is_(None),
        )
        .order_by(Extension.id.desc())
        .limit(1)
    )


def ask_extension(session: Session, actor: Actor, of: Held, asked: ExtensionAsked) -> Extension:
    """Ask for a later day; a request that still waits is replaced. Raises NotAllowedError unless the unit leads."""
    if of.share is not Share.LEAD:
        raise NotAllowedError("Chỉ cơ quan chủ trì xin gia hạn.")
    if of.occurrence.done_on is not None:
        raise NotAllowedError("Nhiệm vụ đã báo hoàn thành nên không cần gia hạn.")
    waiting = open_extension(session, of.occurrence.id)
    if waiting is not None:
        waiting.withdrawn_at = actor.at
    row = Extension(
        occurrence_id=of.occurrence.id,
        unit_id=of.unit_of(actor.visitor),
        person_id=actor.visitor.person_id,
        last_day_then=of.occurrence.last_day,
        wanted_day=asked.wanted_day,
        reason=asked.reason,
        created_at=actor.at,
    )
    session.add(row)
    session.flush()
    before = {"wanted_day": waiting.wanted_day} if waiting else None
    after = {"occurrence": of.occurrence.key, "wanted_day": row.wanted_day, "reason": row.reason}
    record(session, actor, AuditAction.EXTENSION_ASK, of.item, before=before, after=after)
    return row


def withdraw_extension(session: Session, actor: Actor, of: Held) -> None:
    """Take the waiting request back. Raises NotAllowedError when there is none, or the unit does not lead."""
    waiting = open_extension(session, of.occurrence.id)
    if of.share is not Share.LEAD or waiting is None:
        raise NotAllowedError("Không có yêu cầu gia hạn nào đang chờ.")
    waiting.withdrawn_at = actor.at
    session.flush()
    after = {"occurrence": of.occurrence.key, "wanted_day": waiting.wanted_day}
    record(session, actor, AuditAction.EXTENSION_WITHDRAW, of.item, after=after)


def decide_extension(
    session: Session, actor: Actor, extension_id: int, granted: date | None, note: str, ladder: Ladder
) -> Extension:
    """Grant a day (not always the one asked for) or refuse (None), with a note.

    A granted day becomes the last day in time: rungs that it brings into the past are passed over, the others
    are told anew. Raises NotAllowedError when the visitor is no reviewer, asked it themselves, or it is settled.
    """
    row = session.get(Extension, extension_id)
    if row is None or row.decided_at is not None or row.withdrawn_at is not None:
        raise NotAllowedError("Yêu cầu gia hạn này đã được giải quyết hoặc đã rút.")
    of = held(session, actor.visitor, row.occurrence_id, lock=True)
    if not may_review(actor.visitor) or is_own(session, actor.visitor, row.person_id):
        raise NotAllowedError("Bạn không được quyết định yêu cầu gia hạn này.")
    if granted is not None and granted <= of.occurrence.last_day:
        raise NotAllowedError(f"Ngày gia hạn phải sau hạn hiện nay ({of.occurrence.last_day:%d/%m/%Y}).")
    if granted is None and not note.strip():
        raise NotAllowedError("Hãy ghi lý do không đồng ý gia hạn.")
    row.decided_at, row.decided_by_id = actor.at, actor.visitor.person_id
    row.granted_day, row.decision_note = granted, note.strip() or None
    before = {"last_day": of.occurrence.last_day}
    if granted is not None:
        _move(session, of.occurrence, granted, actor.today, ladder)
    session.flush()
    after = {"occurrence": of.occurrence.key, "last_day": of.occurrence.last_day, "note": row.decision_note}
    action = AuditAction.EXTENSION_GRANT if granted else AuditAction.EXTENSION_REFUSE
    record(session, actor, action, of.item, before=before, after=after)
    return row


def _move(session: Session, row: Occurrence, granted: date, today: date, ladder: Ladder) -> None:
    """The ladder begins anew at the granted day; what was told for the old day stays as history under its own name."""
    drop_untold(session, [row.id])
    count = len(session.scalars(select(Extension.id).where(Extension.occurrence_id == row.id)).all())
    told = occurrence_key(row.id, 0)
    session.execute(
        update(Notice)
        .where(Notice.occurrence_id == row.id, Notice.about == told.about)
        .values(about=replace(told, replaced=count).about),
        execution_options={"synchronize_session": False},
    )
    row.last_day = row.extended_to = granted
    row.urge_until = row.urge_until and max(row.urge_until, granted)
    past = ladder.rungs(row.opens_on, granted, urge_until=None, through=today, shadowed=True)
    row.settled_offset = past[-1].offset if past else None
    if row.done_on is None and row.halted_at is None:
        urge_again(row, ladder)
