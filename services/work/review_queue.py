"""What waits on the desk of administrators and leaders: answers to look at, requests for a later day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models.answer import EvidenceUse, Extension, Review
from models.authority import Person, Unit
from models.occurrence import Occurrence, Progress, ProgressState
from models.plan import Item, Plan, PlanStatus
from rules.reminders.ladder import Ladder
from services.actor import Actor, Visitor
from services.errors import NotAllowedError
from services.work.extensions import decide_extension
from services.work.reviews import REVIEWERS, accept_answer, is_own, may_review, return_answer

MOST = 200
"""Lines shown at a time; the oldest first, so that nothing is forgotten."""


@dataclass(frozen=True, slots=True)
class WaitingAnswer:
    """An answer "done" or "cannot be done" that nobody has looked at yet. `own`: the visitor gave it."""

    id: int
    occurrence_id: int
    item_id: int
    plan: str
    item: str
    title: str
    unit: str
    person: str
    state: ProgressState
    note: str | None
    late: bool
    at: datetime
    last_day: date
    evidence: int
    own: bool


@dataclass(frozen=True, slots=True)
class WaitingExtension:
    """A request for a later day. `beyond`: past the plan's year, so a leader decides."""

    id: int
    occurrence_id: int
    item_id: int
    plan: str
    item: str
    title: str
    unit: str
    person: str
    reason: str
    last_day: date
    wanted_day: date
    at: datetime
    beyond: bool
    own: bool


def must_review(visitor: Visitor) -> None:
    """Raises NotAllowedError for everybody who judges no answers."""
    if not may_review(visitor):
        raise NotAllowedError("Chỉ cơ quan đầu mối hoặc lãnh đạo xem xét báo cáo và yêu cầu gia hạn.")


def answers_waiting(session: Session, visitor: Visitor) -> list[WaitingAnswer]:
    """The newest answers of units that wait for a reviewer, the oldest first."""
    newest = (
        select(func.max(Progress.id))
        .where(Progress.withdrawn_at.is_(None))
        .group_by(Progress.occurrence_id, Progress.unit_id)
    )
    reviewed = select(Review.id).where(Review.progress_id == Progress.id)
    proofs = (
        select(func.count())
        .where(EvidenceUse.progress_id == Progress.id, EvidenceUse.removed_at.is_(None))
        .correlate(Progress)
        .scalar_subquery()
    )
    query = (
        select(Progress, Occurrence.last_day, Item.id, Item.code, Item.title, Plan.code, Unit.name, Person.name, proofs)
        .join(Occurrence, Occurrence.id == Progress.occurrence_id)
        .join(Item, Item.id == Occurrence.item_id)
        .join(Plan, Plan.id == Item.plan_id)
        .join(Unit, Unit.id == Progress.unit_id)
        .join(Person, Person.id == Progress.person_id)
        .where(
            Progress.id.in_(newest),
            Progress.state.in_([ProgressState.DONE, ProgressState.CANNOT]),
            ~reviewed.exists(),
            *_theirs(visitor),
        )
        .order_by(Progress.id)
        .limit(MOST)
    )
    return [
        WaitingAnswer(
            row.id, row.occurrence_id, item_id, plan, item, title, unit, person, row.state, row.note, row.late,
            row.created_at, last_day, count, is_own(session, visitor, row.person_id),
        )
        for row, last_day, item_id, item, title, plan, unit, person, count in session.execute(query)
    ]  # fmt: skip


def _theirs(visitor: Visitor) -> list[ColumnElement[bool]]:
    """What stands in plans that the visitor's link opens."""
    conditions: list[ColumnElement[bool]] = [
        Plan.authority_id == visitor.authority_id,
        Plan.status == PlanStatus.ACTIVE,
        Item.dropped_at.is_(None),
        Occurrence.cancelled_at.is_(None),
    ]
    if visitor.plan_ids is not None:
        conditions.append(Plan.id.in_(visitor.plan_ids))
    return conditions


def extensions_waiting(session: Session, visitor: Visitor) -> list[WaitingExtension]:
    """Requests for a later day that nobody has decided, the oldest first."""
    query = (
        select(Extension, Occurrence.last_day, Item.id, Item.code, Item.title, Plan, Unit.name, Person.name)
        .join(Occurrence, Occurrence.id == Extension.occurrence_id)
        .join(Item, Item.id == Occurrence.item_id)
        .join(Plan, Plan.id == Item.plan_id)
        .join(Unit, Unit.id == Extension.unit_id)
        .outerjoin(Person, Person.id == Extension.person_id)
        .where(Extension.decided_at.is_(None), Extension.withdrawn_at.is_(None), *_theirs(visitor))
        .order_by(Extension.id)
        .limit(MOST)
    )
    return [
        WaitingExtension(
            row.id, row.occurrence_id, item_id, plan.code, item, title, unit, person or "", row.reason, last_day,
            row.wanted_day, row.created_at, beyond_plan(plan, row.wanted_day), is_own(session, visitor, row.person_id),
        )
        for row, last_day, item_id, item, title, plan, unit, person in session.execute(query)
    ]  # fmt: skip


def beyond_plan(plan: Plan, day: date) -> bool:
    """Whether a day lies past the year that the plan is for."""
    return day > date(plan.year, 12, 31)


@dataclass(frozen=True, slots=True)
class Judged:
    """What judging several answers did: how many, and those left alone with the reason."""

    done: int
    refused: tuple[str, ...]


def judge(session: Session, actor: Actor, ids: Sequence[int], reason: str | None, ladder: Ladder) -> Judged:
    """Accept several answers, or (with a reason) send them back. One that cannot be judged is left alone."""
    must_review(actor.visitor)
    done, refused = 0, []
    for progress_id in sorted(set(ids))[:MOST]:
        try:
            if reason is None:
                accept_answer(session, actor, progress_id)
            else:
                return_answer(session, actor, progress_id, reason, ladder)
        except NotAllowedError as refusal:
            refused.append(str(refusal))
        else:
            done += 1
    return Judged(done, tuple(dict.fromkeys(refused)))


def decide(
    session: Session, actor: Actor, extension_id: int, granted: date | None, note: str, ladder: Ladder
) -> Extension:
    """Grant a later day or refuse it (None). Past the plan's year only a leader grants. Raises NotAllowedError."""
    must_review(actor.visitor)
    plan = session.scalar(
        select(Plan)
        .join(Item, Item.plan_id == Plan.id)
        .join(Occurrence, Occurrence.item_id == Item.id)
        .join(Extension, Extension.occurrence_id == Occurrence.id)
        .where(Extension.id == extension_id)
    )
    beyond = granted is not None and plan is not None and beyond_plan(plan, granted)
    if beyond and plan is not None and not actor.visitor.leads:
        raise NotAllowedError(f"Gia hạn quá năm {plan.year} của kế hoạch do lãnh đạo quyết định.")
    own_right = () if beyond else REVIEWERS
    return decide_extension(session, actor.leading(*own_right), extension_id, granted, note, ladder)
