"""The figures: how plans, units and mails stand on a day. The one place that counts.

`dondoc status`, the leaders' page, the weekly mail and the API all ask here, so they
cannot differ. States are those of rules.work.states, computed in the database; the number
of queries does not grow with the number of items. All days are in Asia/Ho_Chi_Minh.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, false, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from models.authority import Authority, Unit
from models.mail import Message, MessageState
from models.occurrence import Occurrence
from models.operations import Morning
from models.plan import Item, Part, Plan, PlanStatus, Responsibility, Scope
from rules.calendar.occurrences import needs_a_date
from rules.timing.values import Timing, TimingKind
from rules.work.states import ItemState


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """One plan: its items by state, those without a leading unit, and periods that passed without an answer."""

    code: str
    title: str
    year: int
    status: PlanStatus
    authority: str
    items: int
    states: Mapping[ItemState, int]
    without_lead: int
    lapsed: int

    @property
    def overdue(self) -> int:
        """Items past their last day."""
        return self.states.get(ItemState.OVERDUE, 0)


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """One unit's occurrences in active plans; `reachable` says whether anybody can be told.

    `undetermined` counts the items that it leads and that have no date yet (so no occurrence either).
    """

    code: str
    name: str
    authority: str
    reachable: bool
    open: int = 0
    overdue: int = 0
    due_soon: int = 0
    done: int = 0
    done_late: int = 0
    undetermined: int = 0

    @property
    def on_track(self) -> int:
        """Open, and neither overdue nor due soon."""
        return self.open - self.overdue - self.due_soon


@dataclass(frozen=True, slots=True)
class LastMorning:
    """The newest morning sweep of an authority; `finished_at` is None when it did not come to its end."""

    authority: str
    day: date
    started_at: datetime
    finished_at: datetime | None
    notices: int
    messages: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that is counted, on `day`."""

    day: date
    plans: tuple[PlanFigures, ...] = ()
    units: tuple[UnitFigures, ...] = ()
    messages: Mapping[MessageState, int] = field(default_factory=dict)
    mornings: tuple[LastMorning, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """For which day and whom: `soon_days` is the policy's; without an authority all of them.

    `below` are further authorities that are counted with it: a province's communes; `plans` are the only plans
    that count, by id (None: all).
    """

    day: date
    soon_days: int
    authority_id: int | None = None
    below: tuple[int, ...] = ()
    plans: tuple[int, ...] | None = None

    @property
    def authorities(self) -> tuple[int, ...] | None:
        """The ids that are counted; None: all."""
        return None if self.authority_id is None else (self.authority_id, *self.below)

    @property
    def soon(self) -> date:
        """The last day that is "sắp đến hạn"."""
        return self.day + timedelta(days=self.soon_days)


def figures(session: Session, asked: Asked, *, groups: "Groups | None" = None, units: bool = True) -> Figures:
    """Count everything. Reads only. `groups` are those of `state_groups` where they are known already."""
    return Figures(
        day=asked.day,
        plans=_plans(session, asked, state_groups(session, asked) if groups is None else groups),
        units=_units(session, asked) if units else (),
        messages=_messages(session, asked),
        mornings=_mornings(session, asked),
    )


def item_states(session: Session, asked: Asked, plan_id: int | None = None) -> dict[int, ItemState]:
    """The state of each item that stands in a plan, by its id; the same as rules.work.states.item_state says."""
    states = state_query(session, asked, plan_id)
    return {item_id: ItemState(state) for item_id, state in session.execute(select(states.c.item_id, states.c.state))}


def replaced(day: date) -> ColumnElement[bool]:
    """Whether an occurrence is urged no more on a day because a later one of its item stands. Few ask for the later."""
    later = aliased(Occurrence)
    newest = (
        select(func.max(later.last_day))
        .where(later.item_id == Occurrence.item_id, later.cancelled_at.is_(None))
        .correlate(Occurrence)
        .scalar_subquery()
    )
    return case((Occurrence.urge_until < day, Occurrence.last_day < newest), else_=false())


def _kinds(asked: Asked) -> dict[str, ColumnElement[bool]]:
    """What is true of one occurrence, in SQL: the words of rules.work.states. `lapsed`: a later period took its place.

    Of an item without any, where the occurrence is all NULL, nothing is.
    """
    row, gone = Occurrence, replaced(asked.day)
    is_open = and_(row.id.is_not(None), row.done_on.is_(None), ~gone)
    soon = and_(is_open, row.last_day >= asked.day, row.last_day <= asked.soon, row.opens_on <= asked.day)
    return {
        "open": is_open,
        "overdue": and_(is_open, row.last_day < asked.day),
        "soon": soon,
        "late": and_(row.done_on.is_not(None), row.done_on > row.last_day),
        "done": and_(row.done_on.is_not(None), row.done_on <= row.last_day),
        "lapsed": and_(row.done_on.is_(None), gone),
    }


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def state_query(session: Session, asked: Asked, plan_id: int | None = None, *, only_undated: bool = False) -> CTE:
    """One row an item: its plan, section, place, state and lapsed periods.

    `only_undated`: of items without a date alone.
    """
    dateless = _dateless(session, asked, plan_id)
    undetermined = or_(Item.timing_kind == TimingKind.UNDETERMINED, Item.id.in_(dateless)) if dateless else (
        Item.timing_kind == TimingKind.UNDETERMINED
    )  # fmt: skip
    also = (undetermined,) if only_undated else ()
    count = {name: _sum(condition) for name, condition in _kinds(asked).items()}
    state = case(
        (count["overdue"] > 0, literal(ItemState.OVERDUE.value)),
        (count["soon"] > 0, literal(ItemState.DUE_SOON.value)),
        (undetermined, literal(ItemState.UNDETERMINED.value)),
        (or_(count["open"] > 0, count["late"] + count["done"] == 0), literal(ItemState.ON_TRACK.value)),
        (count["late"] > 0, literal(ItemState.DONE_LATE.value)),
        else_=literal(ItemState.DONE.value),
    )
    query = (
        select(
            Item.id.label("item_id"),
            Item.plan_id,
            func.coalesce(Item.section, "").label("section"),
            Item.position,
            state.label("state"),
            count["lapsed"].label("lapsed"),
        )
        .join(Plan, Plan.id == Item.plan_id)
        .outerjoin(Occurrence, and_(Occurrence.item_id == Item.id, Occurrence.cancelled_at.is_(None)))
        .where(Item.dropped_at.is_(None), *of_asked(asked, plan_id), *also)
        .group_by(Item.id)
    )
    return query.cte("item_states")


def of_asked(asked: Asked, plan_id: int | None = None) -> list[ColumnElement[bool]]:
    wanted = []
    if plan_id is not None:
        wanted.append(Plan.id == plan_id)
    if asked.authorities is not None:
        wanted.append(Plan.authority_id.in_(asked.authorities))
    if asked.plans is not None:
        wanted.append(Plan.id.in_(asked.plans))
    return wanted


def _dateless(session: Session, asked: Asked, plan_id: int | None) -> list[int]:
    """Items whose timing is of a dated kind but has no day yet (counted from an event): few, so told by the rules."""
    query = (
        select(Item.id, Item.timing_json)
        .join(Plan, Plan.id == Item.plan_id)
        .where(
            Item.timing_kind.in_([TimingKind.DEADLINE, TimingKind.WINDOW, TimingKind.MILESTONES]),
            Item.dropped_at.is_(None),
            ~select(Occurrence.id).where(Occurrence.item_id == Item.id, Occurrence.cancelled_at.is_(None)).exists(),
            *of_asked(asked, plan_id),
        )
    )
    return [item_id for item_id, timing in session.execute(query) if needs_a_date(Timing.model_validate(timing))]


@dataclass(frozen=True, slots=True)
class Group:
    """The items of one plan, section and state: how many, their lapsed periods, the place of the first."""

    plan_id: int
    section: str
    state: ItemState
    items: int
    lapsed: int
    position: int


Groups = Sequence[Group]


def state_groups(session: Session, asked: Asked) -> Groups:
    """The items counted by plan, section and state, in one query."""
    states = state_query(session, asked).c
    counts = (func.count(), func.sum(states.lapsed), func.min(states.position))
    named = (states.plan_id, states.section, states.state)
    query = select(*named, *counts).group_by(*named)
    return [
        Group(plan, name, ItemState(state), items, int(lapsed), position)
        for plan, name, state, items, lapsed, position in session.execute(query)
    ]


def _plans(session: Session, asked: Asked, groups: Groups) -> tuple[PlanFigures, ...]:
    counted: dict[int, dict[ItemState, int]] = {}
    lapsed_of: dict[int, int] = {}
    for group in groups:
        states = counted.setdefault(group.plan_id, {})
        states[group.state] = states.get(group.state, 0) + group.items
        lapsed_of[group.plan_id] = lapsed_of.get(group.plan_id, 0) + group.lapsed
    without = dict(session.execute(_without_lead(asked)).tuples().all())
    facts = (Plan.id, Plan.code, Plan.title, Plan.year, Plan.status, Authority.code)
    plans = select(*facts).join(Authority, Authority.id == Plan.authority_id)
    rows = session.execute(plans.where(*of_asked(asked)).order_by(Plan.year.desc(), Plan.code)).tuples()
    return tuple(
        PlanFigures(
            code=code,
            title=title,
            year=year,
            status=status,
            authority=authority,
            items=sum(counted.get(plan_id, {}).values()),
            states={state: counted.get(plan_id, {}).get(state, 0) for state in ItemState},
            without_lead=without.get(plan_id, 0),
            lapsed=lapsed_of.get(plan_id, 0),
        )
        for plan_id, code, title, year, status, authority in rows
    )


def _without_lead(asked: Asked) -> Select[tuple[int, int]]:
    led = (
        select(Responsibility.id)
        .where(Responsibility.item_id == Item.id, Responsibility.part == Part.LEAD)
        .where(Responsibility.scope.in_([Scope.UNIT, Scope.ALL]))
    )
    query = select(Item.plan_id, func.count()).join(Plan, Plan.id == Item.plan_id)
    return query.where(Item.dropped_at.is_(None), ~led.exists(), *of_asked(asked)).group_by(Item.plan_id)


def _units(session: Session, asked: Asked) -> tuple[UnitFigures, ...]:
    rows: Sequence[Any] = session.execute(_unit_query(asked)).all()
    open_dates = _undetermined(session, asked)
    return tuple(
        UnitFigures(
            unit.code,
            unit.name,
            authority,
            bool(unit.mailbox or unit.head_id),
            is_open,
            overdue,
            soon,
            done,
            late,
            open_dates.get(unit.id, 0),
        )
        for unit, authority, is_open, overdue, soon, late, done, _lapsed in rows
    )


def _unit_query(asked: Asked) -> Select[Any]:
    """Each unit with its authority's code and the counts of its occurrences, in the order of `_kinds`."""
    kinds = _kinds(asked)
    counts = (
        select(Occurrence.unit_id, *(_sum(condition).label(name) for name, condition in kinds.items()))
        .join(Item, Item.id == Occurrence.item_id)
        .join(Plan, Plan.id == Item.plan_id)
        .where(Occurrence.cancelled_at.is_(None), Item.dropped_at.is_(None), Plan.status == PlanStatus.ACTIVE)
        .where(*of_asked(asked))
        .group_by(Occurrence.unit_id)
        .subquery()
    )
    query = (
        select(Unit, Authority.code, *(func.coalesce(counts.c[name], 0) for name in kinds))
        .join(Authority, Authority.id == Unit.authority_id)
        .outerjoin(counts, counts.c.unit_id == Unit.id)
        .where(or_(Unit.active, counts.c.unit_id.is_not(None)))
        .order_by(Authority.code, Unit.id)
    )
    if asked.authorities is not None:
        query = query.where(Unit.authority_id.in_(asked.authorities))
    return query


def _undetermined(session: Session, asked: Asked) -> dict[int, int]:
    """By unit: the items of active plans that it leads and that wait for a date."""
    states = state_query(session, asked, only_undated=True)
    query = (
        select(Responsibility.unit_id, func.count(func.distinct(states.c.item_id)))
        .join(states, states.c.item_id == Responsibility.item_id)
        .join(Plan, Plan.id == states.c.plan_id)
        .where(
            Responsibility.part == Part.LEAD,
            Responsibility.unit_id.is_not(None),
            states.c.state == ItemState.UNDETERMINED.value,
            Plan.status == PlanStatus.ACTIVE,
        )
        .group_by(Responsibility.unit_id)
    )
    return {unit_id: count for unit_id, count in session.execute(query) if unit_id is not None}


def _messages(session: Session, asked: Asked) -> dict[MessageState, int]:
    query = select(Message.state, func.count()).group_by(Message.state)
    if asked.authorities is not None:
        query = query.where(Message.authority_id.in_(asked.authorities))
    found = dict(session.execute(query).tuples().all())
    return {state: found.get(state, 0) for state in MessageState}


def _mornings(session: Session, asked: Asked) -> tuple[LastMorning, ...]:
    newest = select(Morning.authority_id, func.max(Morning.day).label("day")).group_by(Morning.authority_id).subquery()
    query = (
        select(Morning, Authority.code)
        .join(newest, and_(newest.c.authority_id == Morning.authority_id, newest.c.day == Morning.day))
        .join(Authority, Authority.id == Morning.authority_id)
        .order_by(Authority.code)
    )
    if asked.authorities is not None:
        query = query.where(Morning.authority_id.in_(asked.authorities))
    return tuple(
        LastMorning(code, row.day, row.started_at, row.finished_at, row.notices, row.messages)
        for row, code in session.execute(query)
    )
