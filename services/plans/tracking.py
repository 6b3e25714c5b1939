"""A stored plan as rows of the tracking sheet that offices keep: twelve columns, in the sheet's order."""

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from models.occurrence import Occurrence
from models.plan import Item, Part, Plan, Responsibility, Scope
from rules.plan.values import ALL_UNITS, RELATED_UNITS, Assignment, Doubt, ItemRead, PlanReading, Tracking, UnitRef
from rules.timing.values import TimingKind
from rules.work.states import PROVINCE_WORDS, ItemState
from services.figures.status import Asked, item_states

_WITHOUT_A_DAY = {TimingKind.CONTINUOUS: "Thường xuyên", TimingKind.UNDETERMINED: "Chưa xác định"}
"""What the sheet says where the plan prints no time; read back, it is known again."""

_SHARE = re.compile(r"\d+/\d+")


class Tracked(NamedTuple):
    """One row; `due` is a day, or the printed phrase where it is not a single day."""

    number: str
    content: str
    document_number: str
    issued_on: date | None
    due: date | str | None
    lead: str
    coordinating: str
    leader: str
    progress: str
    state: str
    outcome: str
    note: str


def tracked(session: Session, plan: Plan, today: date, soon_days: int) -> Iterator[Tracked]:
    """The rows of a plan in its order. What an office wrote into its own sheet comes out as it was."""
    states = item_states(session, Asked(today, soon_days), plan.id)
    query = select(Item).where(Item.plan_id == plan.id, Item.dropped_at.is_(None)).order_by(Item.position)
    items = session.scalars(query.options(selectinload(Item.responsibilities))).all()
    done = _done_shares(session, plan)
    for item in items:
        yield _row(item, states[item.id], done.get(item.id, ""))


class Given(NamedTuple):
    """One task of the tables of assigned tasks."""

    number: str
    content: str
    given_by: str
    lead: str
    due: date | str | None
    outcome: str
    progress: str


def assigned(session: Session, plan: Plan, today: date, soon_days: int) -> Iterator[Given]:
    """The tasks of a plan or register with the documents that give them, in the province's words."""
    states = item_states(session, Asked(today, soon_days), plan.id)
    query = select(Item).where(Item.plan_id == plan.id, Item.dropped_at.is_(None)).order_by(Item.position)
    for item in session.scalars(query.options(selectinload(Item.responsibilities))):
        kept = item.tracking or {}
        yield Given(
            number=item.code,
            content=item.title,
            given_by=given_by(item),
            lead=_names(item, Part.LEAD),
            due=_due(item),
            outcome=kept.get("outcome") or "",
            progress=PROVINCE_WORDS[states[item.id]],
        )


def given_by(item: Item) -> str:
    """The documents that give an item, as the table of assigned tasks names them."""
    return "; ".join(dict.fromkeys(Assignment.model_validate(one).printed for one in item.assigned or []))


def _done_shares(session: Session, plan: Plan) -> dict[int, str]:
    """How many of an item's occurrences are done: "2/4"."""
    query = (
        select(Occurrence.item_id, func.count(Occurrence.done_on), func.count())
        .join(Item, Item.id == Occurrence.item_id)
        .where(Item.plan_id == plan.id, Occurrence.cancelled_at.is_(None))
        .group_by(Occurrence.item_id)
    )
    return {item_id: f"{done}/{every}" for item_id, done, every in session.execute(query)}


def _row(item: Item, state: ItemState, progress: str) -> Tracked:
    kept = item.tracking or {}
    issued = kept.get("issued_on")
    return Tracked(
        number=item.code,
        content=item.title,
        document_number=kept.get("document_number") or "",
        issued_on=date.fromisoformat(issued) if issued else None,
        due=_due(item),
        lead=_names(item, Part.LEAD),
        coordinating=_names(item, Part.COORDINATOR),
        leader=kept.get("leader") or "",
        progress=kept.get("progress") or progress,
        state=state.value,
        outcome=kept.get("outcome") or "",
        note=kept.get("note") or _results(item),
    )


def _due(item: Item) -> date | str | None:
    """The day, or the printed phrase where it says more than a day."""
    timing = item.timing
    if not timing.phrase and timing.kind in _WITHOUT_A_DAY:
        return _WITHOUT_A_DAY[timing.kind]
    single = timing.due if timing.due and not timing.milestones and not timing.recurrence else None
    return single if single and (not timing.phrase or "timing" in item.edited) else timing.phrase or single


def _ref(row: Responsibility) -> UnitRef:
    scopes = {Scope.ALL: ALL_UNITS, Scope.RELATED: RELATED_UNITS}
    return UnitRef(printed=row.printed, unit=row.unit.code if row.unit else scopes.get(row.scope), note=row.note)


def _results(item: Item) -> str:
    return "; ".join(item.results)


def unsaid(reading: PlanReading) -> frozenset[str]:
    """The fields that no row of a sheet fills: it has no such column, so it says nothing of them."""
    said = {name for item in reading.items if item.tracking for name, value in item.tracking if value is not None}
    said |= {"coordinating"} if any(item.coordinating for item in reading.items) else set()
    return frozenset({*Tracking.model_fields, "coordinating"} - said)


def returned(item: Item, read: ItemRead, silent: frozenset[str] = frozenset()) -> ItemRead:
    """What a sheet that comes in again says anew: what the item itself had written there is as it was.

    What it has no column for (`silent`) stays too.

    A milestone, a rhythm or an assumed period shows as one cell; read alone, that
    cell would say less. The share done ("2/4") and the state are ours, not the office's.
    """
    stored, sheet = Tracking.model_validate(item.tracking or {}), read.tracking or Tracking()
    words = {state.value for state in ItemState} | set(PROVINCE_WORDS.values())
    ours = _SHARE.fullmatch(sheet.progress or "") or sheet.progress in words
    tracking = sheet.model_copy(
        update={
            "document_number": stored.document_number
            if sheet.document_number == given_by(item)
            else sheet.document_number,
            "progress": stored.progress if ours else sheet.progress,
            "state": stored.state if sheet.state in words else sheet.state,
            "note": stored.note if _flat(sheet.note) == _flat(stored.note or _results(item)) else sheet.note,
            **{name: getattr(stored, name) for name in silent & set(Tracking.model_fields)},
        }
    )
    if "coordinating" in silent:
        partners = [row for row in item.responsibilities if row.part is Part.COORDINATOR]
        read = read.model_copy(update={"coordinating": tuple(map(_ref, partners))})
    due = _due(item)
    same = _flat(read.timing.phrase) == _flat(f"{due:%d/%m/%Y}" if isinstance(due, date) else due)
    doubts = [doubt for doubt in read.warnings if not (same and doubt.code.startswith("timing."))]
    if same:
        old = [Doubt.model_validate(doubt) for doubt in item.warnings]
        doubts = [*(doubt for doubt in old if doubt.code.startswith("timing.")), *doubts]
    return read.model_copy(
        update={
            "tracking": None if item.tracking is None and tracking == Tracking() else tracking,
            "timing": item.timing if same else read.timing,
            "results": tuple(item.results),
            "warnings": tuple(doubts),
        }
    )


def _flat(text: str | None) -> str:
    return " ".join((text or "").split())


def _names(item: Item, part: Part) -> str:
    rows: list[Responsibility] = [row for row in item.responsibilities if row.part is part]
    return "\n".join(f"{row.printed} ({row.note})" if row.note else row.printed for row in rows)
