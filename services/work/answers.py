"""Answering: a unit's word about an occurrence, and taking it back within a day.

Each writing function works in the caller's transaction, checks that the occurrence is
the visitor's, writes one audit row, and keeps the ladder true: done or "cannot be
done" ends the remaining rungs at once, taking it back brings the rest of them again.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from models.answer import EvidenceUse, Review, Verdict
from models.occurrence import Occurrence, Progress, ProgressState
from models.plan import Item, Plan
from rules.audit import AuditAction
from rules.plan.figures import Goal
from rules.reminders.ladder import Ladder
from rules.work.access import Share, share_of
from rules.work.answers import Answer, is_late, period_closed, undo_until
from services.actor import Actor, Visitor
from services.audit import record
from services.errors import AnsweredMeanwhileError, NotAllowedError, NotYoursError
from services.plans.occurrences import drop_untold
from services.work.coordinators import coordinators_of

NOT_HERE = "Không có nhiệm vụ này trong danh sách của đơn vị."


@dataclass(frozen=True, slots=True)
class Held:
    """An occurrence with its item and plan, as one visitor may deal with it."""

    occurrence: Occurrence
    item: Item
    plan: Plan
    share: Share
    coordinators: tuple[int, ...]

    def unit_of(self, visitor: Visitor) -> int:
        """The unit for which the visitor answers. Raises NotAllowedError for those who only read."""
        if not self.share.answers or visitor.unit_id is None:
            raise NotAllowedError("Bạn chỉ được xem nhiệm vụ này, không trả lời thay đơn vị.")
        return visitor.unit_id


def goals_of(item: Item) -> tuple[Goal, ...]:
    """The item's targets that a figure can be held against."""
    return tuple(
        Goal(target["text"], target.get("operator"), target["value"], target.get("unit"))
        for target in item.targets
        if target.get("value") is not None
    )


def held(session: Session, visitor: Visitor, occurrence_id: int, *, lock: bool = False) -> Held:
    """The occurrence as the visitor may deal with it. Raises NotYoursError when it is not theirs to see."""
    query = (
        select(Occurrence)
        .where(Occurrence.id == occurrence_id, Occurrence.cancelled_at.is_(None))
        .options(joinedload(Occurrence.item).joinedload(Item.plan), joinedload(Occurrence.unit))
    )
    row = session.scalar(query.with_for_update(of=Occurrence) if lock else query)
    if row is None or row.item.dropped_at is not None:
        raise NotYoursError(NOT_HERE)
    plan = row.item.plan
    if plan.authority_id != visitor.authority_id or not visitor.opens(plan.id):
        raise NotYoursError(NOT_HERE)
    coordinators = coordinators_of(session, row.item_id, visitor.authority_id)
    share = share_of(visitor.role, visitor.unit_id, row.unit_id, coordinators)
    if share is Share.NONE and visitor.oversees:
        share = Share.READER
    if not share.sees:
        raise NotYoursError(NOT_HERE)
    return Held(row, row.item, plan, share, coordinators)


def newest_answer(session: Session, occurrence_id: int, unit_id: int) -> Progress | None:
    """The answer of a unit that counts: the newest one not withdrawn."""
    return session.scalar(
        select(Progress)
        .where(Progress.occurrence_id == occurrence_id, Progress.unit_id == unit_id, Progress.withdrawn_at.is_(None))
        .order_by(Progress.id.desc())
        .limit(1)
    )


def new_batch() -> str:
    """A name for what is answered in one step, and undone in one."""
    return secrets.token_hex(16)


def answer(session: Session, actor: Actor, of: Held, given: Answer, *, seen: int, batch: str) -> Progress:
    """Store an answer. `seen` is the id of the newest answer of the unit that the visitor saw (0: none).

    Raises NotAllowedError when the visitor only reads or the period is closed, AnsweredMeanwhileError when
    somebody else answered since.
    """
    unit_id = of.unit_of(actor.visitor)
    row = of.occurrence
    if period_closed(row.urge_until, row.reopened_until, actor.today):
        raise NotAllowedError(
            "Kỳ này đã đóng vì kỳ sau đã đến hạn. Đề nghị cơ quan đầu mối mở lại kỳ trước khi cập nhật."
        )
    newest = newest_answer(session, row.id, unit_id)
    if (newest.id if newest else 0) != seen:
        raise AnsweredMeanwhileError(newest)
    stored = _progress(session, actor, of, given, batch)
    drop_untold(session, [row.id])
    if of.share is Share.LEAD:
        _settle(row, stored)
    session.flush()
    record(
        session,
        actor,
        AuditAction.ANSWER,
        of.item,
        before=_facts(newest),
        after={**_facts(stored), **_whose(of, unit_id)},
    )
    return stored


def _progress(session: Session, actor: Actor, of: Held, given: Answer, batch: str) -> Progress:
    row, unit_id = of.occurrence, of.unit_of(actor.visitor)
    state = ProgressState(given.state)
    covers = _parts(session, of) if of.share is Share.LEAD and state is ProgressState.DONE else []
    stored = Progress(
        occurrence_id=row.id,
        unit_id=unit_id,
        person_id=actor.visitor.person_id,
        state=state,
        percent=given.percent,
        note=given.note,
        done_on=given.done_on,
        figures=[_figure(figure) for figure in given.figures],
        late=is_late(row.last_day, actor.today),
        covers=covers,
        batch=batch,
        link_id=actor.visitor.link_id,
        created_at=actor.at,
    )
    session.add(stored)
    session.flush()
    return stored


def _figure(figure: object) -> dict[str, object]:
    return {name: getattr(figure, name) for name in ("text", "value", "part", "whole", "met")}


def _parts(session: Session, of: Held) -> list[int]:
    """The coordinators' newest answers, which the lead signs with its own."""
    newest = (
        select(func.max(Progress.id))
        .where(
            Progress.occurrence_id == of.occurrence.id,
            Progress.unit_id != of.occurrence.unit_id,
            Progress.withdrawn_at.is_(None),
        )
        .group_by(Progress.unit_id)
    )
    return sorted(session.scalars(newest))


def _settle(row: Occurrence, stored: Progress) -> None:
    """Done or impossible: no further rung. Anything else leaves the ladder where it is."""
    row.done_on = stored.done_on if stored.state is ProgressState.DONE else None
    row.halted_at = stored.created_at if stored.state is ProgressState.CANNOT else None
    if stored.state in (ProgressState.DONE, ProgressState.CANNOT):
        row.next_rung_on = None


def urge_again(row: Occurrence, ladder: Ladder) -> None:
    """Let the rest of the ladder go on: neither done nor halted any more. What was told stays told."""
    row.done_on, row.halted_at = None, None
    row.next_rung_on = ladder.next_rung_day(
        row.opens_on, row.last_day, after=row.settled_offset, urge_until=row.urge_until
    )


def retake(session: Session, row: Occurrence, ladder: Ladder) -> None:
    """Set an occurrence to what its leading unit's newest counting answer says (none: open)."""
    newest = newest_answer(session, row.id, row.unit_id)
    if newest is None or is_returned(session, newest.id):
        urge_again(row, ladder)
    elif newest.state in (ProgressState.DONE, ProgressState.CANNOT):
        _settle(row, newest)
    else:
        urge_again(row, ladder)


def is_returned(session: Session, progress_id: int) -> bool:
    """Whether a reviewer has sent this answer back."""
    query = select(Review.verdict).where(Review.progress_id == progress_id).order_by(Review.id.desc()).limit(1)
    return session.scalar(query) is Verdict.RETURNED


def undo(session: Session, actor: Actor, batch: str, ladder: Ladder) -> list[int]:
    """Take back what was answered in one step less than a day ago. Returns the ids of the occurrences.

    Raises NotAllowedError when it is too old, was answered or reviewed since, or is not the visitor's unit's.
    """
    rows = list(session.scalars(select(Progress).where(Progress.batch == batch, Progress.withdrawn_at.is_(None))))
    mine = [row for row in rows if row.unit_id == actor.visitor.unit_id]
    if not mine:
        raise NotAllowedError("Không có gì để hoàn tác: nội dung này đã được hoàn tác hoặc không phải của đơn vị.")
    touched = [(held(session, actor.visitor, row.occurrence_id, lock=True), row) for row in mine]
    for of, row in touched:
        _check_undo(session, of, row, actor.at)
    for of, row in touched:
        _withdraw(session, actor, of, row, ladder)
    return [row.occurrence_id for row in mine]


def _check_undo(session: Session, of: Held, row: Progress, now: datetime) -> None:
    if now >= undo_until(row.created_at):
        raise NotAllowedError("Đã quá một ngày nên không hoàn tác được; hãy gửi cập nhật mới để sửa.")
    newest = newest_answer(session, row.occurrence_id, row.unit_id)
    if newest is not None and newest.id != row.id:
        raise NotAllowedError(f"Nhiệm vụ {of.item.code} đã có cập nhật mới hơn nên không hoàn tác được.")
    if session.scalar(select(Review.id).where(Review.progress_id == row.id).limit(1)) is not None:
        raise NotAllowedError(f"Nhiệm vụ {of.item.code} đã được cơ quan đầu mối xem xét nên không hoàn tác được.")


def _withdraw(session: Session, actor: Actor, of: Held, row: Progress, ladder: Ladder) -> None:
    row.withdrawn_at = actor.at
    for use in session.scalars(
        select(EvidenceUse).where(EvidenceUse.progress_id == row.id, EvidenceUse.removed_at.is_(None))
    ):
        use.removed_at = actor.at
    session.flush()
    if row.unit_id == of.occurrence.unit_id:
        retake(session, of.occurrence, ladder)
    session.flush()
    after = {**_facts(newest_answer(session, row.occurrence_id, row.unit_id)), **_whose(of, row.unit_id)}
    record(session, actor, AuditAction.ANSWER_UNDO, of.item, before=_facts(row), after=after)


def _facts(row: Progress | None) -> dict[str, object]:
    if row is None:
        return {"progress": None}
    return {
        "progress": row.id,
        "state": row.state.value,
        "percent": row.percent,
        "note": row.note,
        "done_on": row.done_on,
        "figures": row.figures,
        "late": row.late,
        "covers": row.covers,
    }


def _whose(of: Held, unit_id: int) -> dict[str, object]:
    return {"occurrence": of.occurrence.key, "unit": unit_id, "part": of.share.value}


@dataclass(frozen=True, slots=True)
class DoneAtOnce:
    """What answering several at once did: the items closed, and those left alone with the reason."""

    batch: str
    done: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]


def is_proven(session: Session, occurrence_id: int) -> bool:
    """Whether any evidence stands with an occurrence."""
    there = select(EvidenceUse.id).where(EvidenceUse.occurrence_id == occurrence_id, EvidenceUse.removed_at.is_(None))
    return session.scalar(there.limit(1)) is not None


def done_at_once(
    session: Session, actor: Actor, occurrence_ids: Sequence[int], *, seen_up_to: int, with_proof: bool = False
) -> DoneAtOnce:
    """Say "done" of several. One answered by somebody after `seen_up_to` (newest answer shown) is left alone.

    `with_proof`: so is one that the visitor's unit leads and that no evidence proves yet.
    """
    batch, done, skipped = new_batch(), [], []
    # Every row is locked before the first audit row is written: two people with the same items never wait in a circle.
    rows = [held(session, actor.visitor, occurrence_id, lock=True) for occurrence_id in sorted(set(occurrence_ids))]
    for of in rows:
        newest = newest_answer(session, of.occurrence.id, of.unit_of(actor.visitor))
        if newest is not None and newest.state is ProgressState.DONE and not is_returned(session, newest.id):
            skipped.append((of.item.code, "đã được báo hoàn thành trước đó"))
            continue
        if with_proof and of.share is Share.LEAD and not is_proven(session, of.occurrence.id):
            skipped.append((of.item.code, "cần kèm tài liệu kiểm chứng, hãy mở ra để nộp"))
            continue
        seen = newest.id if newest is not None and newest.id <= seen_up_to else 0
        given = Answer(ProgressState.DONE.value, 100, done_on=actor.today)
        try:
            answer(session, actor, of, given, seen=seen, batch=batch)
        except AnsweredMeanwhileError:
            skipped.append((of.item.code, "vừa được người khác cập nhật, hãy mở ra xem"))
        except NotAllowedError as refusal:
            skipped.append((of.item.code, str(refusal)))
        else:
            done.append(of.item.code)
    return DoneAtOnce(batch, tuple(done), tuple(skipped))
