"""A plan document on its way in: uploaded, read, its doubts settled by a person, then confirmed or thrown away.

Nothing of it is followed before the confirmation: the draft is a reading beside the
plans. What was settled is applied in the transaction that stores the plan.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.authority import Authority, Unit
from models.plan import DraftState, Item, Plan, PlanDraft
from rules.audit import AuditAction
from rules.plan.values import PlanReading
from services.actor import Actor, Visitor
from services.audit import record
from services.documents import KeptDocument
from services.errors import NotAllowedError, NotYoursError
from services.plans.changes import forget_untold, told_names
from services.plans.corrections import set_due, set_event_day, set_lead, set_standing, set_title
from services.plans.diff import PlanDiff
from services.plans.importing import (
    Imported,
    Request,
    import_plan,
    preview,
    request_for,
    request_into,
    with_authority_doubt,
)
from services.plans.queries import find_item, find_plan
from services.policy import Terms

STUCK_AFTER = timedelta(seconds=75)
"""A reading that takes longer died with the process that did it: half a minute is the limit of the reader."""


def new_draft(
    session: Session,
    actor: Actor,
    document: KeptDocument,
    code: str | None,
    year: int | None,
    *,
    register: bool = False,
) -> PlanDraft:
    """Note an uploaded document that is about to be read; with `register` its tasks go into the year's register."""
    row = PlanDraft(
        authority_id=actor.visitor.authority_id,
        person_id=actor.visitor.person_id,
        name=document.name,
        sha256=document.sha256,
        size=document.size,
        code=code,
        year=year,
        register=register,
        settled={},
        created_at=actor.at,
    )
    session.add(row)
    session.flush()
    record(session, actor, AuditAction.PLAN_UPLOAD, row, after={"name": document.name})
    return row


def draft_of(session: Session, visitor: Visitor, draft_id: int, *, lock: bool = False) -> PlanDraft:
    """A draft of the visitor's authority. Raises NotYoursError."""
    query = select(PlanDraft).where(PlanDraft.id == draft_id, PlanDraft.authority_id == visitor.authority_id)
    row = session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotYoursError("Không có văn bản này.")
    return row


def drafts_open(session: Session, authority_id: int) -> list[PlanDraft]:
    """The drafts that wait for somebody, the newest first."""
    states = [DraftState.READING, DraftState.READY, DraftState.REFUSED]
    query = select(PlanDraft).where(PlanDraft.authority_id == authority_id, PlanDraft.state.in_(states))
    return list(session.scalars(query.order_by(PlanDraft.id.desc()).limit(20)))


def was_read(session: Session, draft_id: int, reading: PlanReading | None, problem: str | None, at: datetime) -> None:
    """Write down what became of the reading; a draft that was thrown away meanwhile stays so."""
    row = session.get_one(PlanDraft, draft_id, with_for_update=True)
    if row.state is not DraftState.READING:
        return
    row.reading_json = reading.model_dump(mode="json") if reading is not None else None
    row.problem, row.finished_at = problem, at
    row.state = DraftState.READY if reading is not None else DraftState.REFUSED


@dataclass(frozen=True, slots=True)
class Shown:
    """A draft as it would be stored now: the request, the difference, and the word that names just this difference.

    `told` are the names of the units whose next morning's mail lists their changes.
    """

    request: Request
    diff: PlanDiff
    seal: str
    told: tuple[str, ...] = ()


def shown(session: Session, draft: PlanDraft) -> Shown:
    """What confirming would do. Raises StoreError for what cannot be imported (no item, no year, another's code)."""
    authority = session.get_one(Authority, draft.authority_id)
    request = replace(
        _request(session, draft), authority=authority.code, document=KeptDocument(draft.sha256, draft.name, draft.size)
    )
    request = request if request.entry else with_authority_doubt(session, request)
    diff = preview(session, request)
    seal = sha256(repr((diff, sorted(draft.settled.items()))).encode()).hexdigest()[:16]
    return Shown(request, diff, seal, told_names(session, request.code, _told(draft, request, diff)))


def _request(session: Session, draft: PlanDraft) -> Request:
    read = reading_of(draft)
    if not draft.register:
        return request_for(read, draft.code, draft.year)
    year = draft.year or read.plan.year
    return request_into(session, read, draft.code or f"so-nhiem-vu-{year or ''}", year, join=False)


def settled_fields(session: Session, plan_code: str) -> dict[str, list[str]]:
    """By item's code: what was settled by hand in the stored plan, which a revised document does not ask again."""
    query = select(Item.code, Item.edited).join(Plan, Plan.id == Item.plan_id)
    return dict(session.execute(query.where(Plan.code == plan_code, Item.dropped_at.is_(None))).tuples().all())


def _told(draft: PlanDraft, request: Request, diff: PlanDiff) -> Iterator[str]:
    """The codes of the units that are concerned, by the document or by what a person settles in it."""
    yield from diff.told_units
    for item in request.reading.items:
        if item.code in draft.settled:
            yield from Settled.of(draft.settled[item.code]).units
            yield from (ref.unit for ref in (*item.lead, *item.coordinating) if ref.unit)


@dataclass(frozen=True, slots=True)
class Settled:
    """What a person said of one item; None: nothing."""

    due: date | None = None
    event_day: date | None = None
    units: tuple[str, ...] = ()
    title: str | None = None
    standing: bool = False

    @classmethod
    def of(cls, values: dict[str, Any]) -> "Settled":
        """From its stored form."""
        due, event = values.get("due"), values.get("event_day")
        return cls(
            date.fromisoformat(due) if due else None,
            date.fromisoformat(event) if event else None,
            tuple(values.get("units") or ()),
            values.get("title"),
            bool(values.get("standing")),
        )

    @property
    def plain(self) -> dict[str, Any]:
        """The stored form."""
        values = {
            "due": self.due and self.due.isoformat(),
            "event_day": self.event_day and self.event_day.isoformat(),
            "units": list(self.units),
            "title": self.title,
            "standing": self.standing,
        }
        return {name: value for name, value in values.items() if value}


def settle_draft(session: Session, draft: PlanDraft, said: dict[str, Settled]) -> None:
    """Remember what a person said of items; an empty word takes it back. Raises NotAllowedError once it is stored."""
    must_be_ready(draft)
    kept = dict(draft.settled)
    for code, one in said.items():
        kept.pop(code, None)
        if one.plain:
            kept[code] = one.plain
    draft.settled = kept
    session.flush()


def must_be_ready(draft: PlanDraft) -> None:
    """Raises NotAllowedError unless the draft was read and waits for a person."""
    if draft.state is not DraftState.READY:
        raise NotAllowedError("Văn bản này chưa đọc xong, đã được nhập hoặc đã bỏ.")


def drop_draft(session: Session, actor: Actor, draft: PlanDraft) -> None:
    """Throw a draft away; the document's bytes stay, as evidence of what was uploaded."""
    if draft.state is DraftState.STORED:
        raise NotAllowedError("Kế hoạch đã được nhập nên không bỏ được; xem trang Kế hoạch.")
    draft.state = DraftState.DROPPED
    record(session, actor, AuditAction.PLAN_UPLOAD_DROP, draft)


def confirm_draft(session: Session, actor: Actor, draft: PlanDraft, seal: str, terms: Terms) -> Imported:
    """Store the plan and what was settled, in this transaction. `seal` is of what the person saw.

    Raises NotAllowedError when that is no longer what would happen, StoreError for what cannot be stored.
    """
    must_be_ready(draft)
    seen = shown(session, draft)
    if seen.seal != seal:
        raise NotAllowedError("Nội dung vừa thay đổi so với lúc bạn xem; hãy xem lại trước khi xác nhận.")
    actor = Actor(actor.visitor.who, actor.at)
    done = import_plan(session, seen.request, actor, terms, expected=seen.diff)
    session.expire_all()
    plan = find_plan(session, seen.request.code, lock=True)
    units = {u.code: u for u in session.scalars(select(Unit).where(Unit.authority_id == plan.authority_id))}
    for code, values in draft.settled.items():
        said, item = Settled.of(values), find_item(session, plan, code)
        if said.title:
            set_title(session, item, said.title, actor)
        if chosen := [units[name] for name in said.units if name in units]:
            set_lead(session, item, chosen, actor, terms)
        if said.event_day is not None:
            set_event_day(session, item, said.event_day, actor, terms)
        elif said.due is not None:
            set_due(session, item, said.due, actor, terms)
        elif said.standing:
            set_standing(session, item, actor, terms)
    if done.diff.is_new:
        forget_untold(session, plan.id)
    draft.state, draft.plan_code, draft.finished_at = DraftState.STORED, plan.code, actor.at
    session.flush()
    return done


def is_stuck(draft: PlanDraft, now: datetime, opened_at: datetime | None) -> bool:
    """Whether a draft's reading has died: older than the portal's start (`opened_at`), or too slow."""
    if draft.state is not DraftState.READING:
        return False
    return now - draft.created_at > STUCK_AFTER or (opened_at is not None and draft.created_at < opened_at)


def reading_of(draft: PlanDraft) -> PlanReading:
    """What was understood of a draft's document. Raises NotAllowedError before it was read."""
    if draft.reading_json is None:
        raise NotAllowedError("Văn bản chưa đọc xong; hãy chờ ít giây rồi tải lại trang.")
    return PlanReading.model_validate(draft.reading_json)
