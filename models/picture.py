"""How the plans stand, as leaders look at it: by section, by unit, over weeks, what slips, where proof is missing.

Everything is counted on the states of models/status.py, so that the leaders' page, the
weekly mail, `dondoc status` and the API say the same. Days are in Asia/Ho_Chi_Minh.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby
from operator import itemgetter

from sqlalchemy import ColumnElement, String, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session

from models.answer_tables import EvidenceUse, Extension
from models.authority import Authority, Unit
from models.notices import Notice, NoticeState
from models.plan import Item, Plan, PlanStatus, Section
from models.schedule import Occurrence
from models.status import Asked, Figures, Groups, PlanFigures, figures, of_asked, state_groups
from rules.states import ItemState

WEEKS = 12
"""How far back the trend goes."""
SLIPS = 10
"""How many of the most overdue are shown; the list behind the figure has all."""


@dataclass(frozen=True, slots=True)
class SectionFigures:
    """One section of an active plan: its items by state."""

    plan: str
    code: str
    title: str
    states: Mapping[ItemState, int]

    @property
    def items(self) -> int:
        """All items of the section."""
        return sum(self.states.values())


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The items of the active plans on a day, by what is known now of that day: done by then, overdue then."""

    day: date
    items: int
    overdue: int
    done: int


@dataclass(frozen=True, slots=True)
class Slip:
    """One overdue occurrence; `told` counts the reminders that went out about it, to whomever."""

    occurrence_id: int
    item_id: int
    plan: str
    item: str
    title: str
    unit: str
    last_day: date
    days_late: int
    told: int


@dataclass(frozen=True, slots=True)
class EvidenceFigures:
    """One unit's finished occurrences, and how many of them have no evidence."""

    unit: str
    name: str
    authority: str
    done: int
    missing: int


@dataclass(frozen=True, slots=True)
class AuthorityFigures:
    """One authority's items of active plans by state."""

    code: str
    name: str
    states: Mapping[ItemState, int]

    @property
    def items(self) -> int:
        """All its items."""
        return sum(self.states.values())

    @property
    def overdue_share(self) -> float:
        """The share of overdue items in percent; 0 where there is no item."""
        return 100 * self.states.get(ItemState.OVERDUE, 0) / self.items if self.items else 0.0


@dataclass(frozen=True)
class Picture:
    """Everything that leaders see, on `figures.day`. `waiting` counts requests for a later day not yet decided."""

    figures: Figures
    sections: tuple[SectionFigures, ...] = ()
    trend: tuple[TrendPoint, ...] = ()
    slipping: tuple[Slip, ...] = ()
    evidence: tuple[EvidenceFigures, ...] = ()
    authorities: tuple[AuthorityFigures, ...] = ()
    waiting: int = 0

    @cached_property
    def states(self) -> dict[ItemState, int]:
        """The items of all active plans by state."""
        return summed(self.active)

    @property
    def active(self) -> list[PlanFigures]:
        """The plans that are followed."""
        return [plan for plan in self.figures.plans if plan.status is PlanStatus.ACTIVE]

    @property
    def items(self) -> int:
        """The items of all active plans."""
        return sum(self.states.values())

    @property
    def without_evidence(self) -> int:
        """Finished occurrences that nothing proves."""
        return sum(row.missing for row in self.evidence)


def summed(plans: Sequence[PlanFigures]) -> dict[ItemState, int]:
    """The states of several plans together."""
    return {state: sum(plan.states.get(state, 0) for plan in plans) for state in ItemState}


def picture(session: Session, asked: Asked, *, weeks: int = WEEKS, slips: int = SLIPS, units: bool = True) -> Picture:
    """Count everything (`units` False: but for the units). Reads only, in a number of queries that does not grow."""
    groups = state_groups(session, asked)
    counted = figures(session, asked, groups=groups, units=units)
    return Picture(
        figures=counted,
        sections=sections(session, asked, groups),
        trend=trend(session, asked, weeks),
        slipping=slipping(session, asked, limit=slips),
        evidence=evidence(session, asked),
        authorities=_authorities(session, asked, counted),
        waiting=waiting_extensions(session, asked),
    )


def sections(session: Session, asked: Asked, groups: Groups) -> tuple[SectionFigures, ...]:
    """The sections of active plans in the plans' order; items outside any section stand under ""."""
    plans = select(Plan.id, Plan.code).where(Plan.status == PlanStatus.ACTIVE, *of_asked(asked))
    codes = dict(session.execute(plans).tuples().all())
    found: dict[tuple[str, str], dict[ItemState, int]] = {}
    first: dict[tuple[str, str], int] = {}
    for group in groups:
        if group.plan_id in codes:
            key = (codes[group.plan_id], group.section)
            found.setdefault(key, dict.fromkeys(ItemState, 0))[group.state] = group.items
            first[key] = min(group.position, first.get(key, group.position))
    titles = _section_titles(session, asked)
    ordered = sorted(found, key=lambda key: (key[0], first[key]))
    return tuple(SectionFigures(plan, code, titles.get((plan, code), ""), found[plan, code]) for plan, code in ordered)


def _section_titles(session: Session, asked: Asked) -> dict[tuple[str, str], str]:
    query = select(Plan.code, Section.code, Section.title).join(Plan, Plan.id == Section.plan_id)
    rows = session.execute(query.where(Plan.status == PlanStatus.ACTIVE, *of_asked(asked)))
    return {(plan, code): title for plan, code, title in rows}


def trend(session: Session, asked: Asked, weeks: int = WEEKS) -> tuple[TrendPoint, ...]:
    """The day and the same weekday of the weeks before it, oldest first; days before any plan began are left out.

    An item counts from the day its plan was issued (today: always). Days granted later are used as if they
    always had been.
    """
    days = [asked.day - timedelta(weeks=number) for number in range(weeks - 1, -1, -1)]
    # Days are compared as text (ISO 8601 sorts as days do): reading twelve thousand of them as dates costs more.
    columns = (Plan.issued_on, Occurrence.last_day, Occurrence.done_on, Occurrence.urge_until)
    stands = and_(Occurrence.item_id == Item.id, Occurrence.cancelled_at.is_(None))
    query = (
        select(Item.id, *(cast(column, String) for column in columns))
        .select_from(Item)
        .join(Plan, Plan.id == Item.plan_id)
        .outerjoin(Occurrence, stands)
        .where(Item.dropped_at.is_(None), Plan.status == PlanStatus.ACTIVE, *of_asked(asked))
        .order_by(Item.id)
    )
    counts, texts = [[0, 0, 0] for _ in days], [day.isoformat() for day in days]
    for _, rows in groupby(session.execute(query).tuples(), key=itemgetter(0)):
        facts = [row[1:] for row in rows]
        issued, newest = facts[0][0], max((fact[1] for fact in facts if fact[1]), default=None)
        for day, count in zip(texts, counts, strict=True):
            if day == texts[-1] or issued is None or issued <= day:
                over, done = _on(facts, newest, day)
                count[0] += 1
                count[1] += over
                count[2] += done
    points = [TrendPoint(day, *count) for day, count in zip(days, counts, strict=True)]
    return tuple(point for point in points if point.items)


def _on(facts: Sequence[tuple[str | None, ...]], newest: str | None, day: str) -> tuple[bool, bool]:
    """Whether an item was overdue on a day, and whether it was done: nothing open, and something finished."""
    over = is_open = finished = False
    for _, last, done, replaced_after in facts:
        if last is None or newest is None:
            continue
        if done is not None and done <= day:
            finished = True
        elif replaced_after is None or replaced_after >= day or last == newest:
            is_open = True
            over = over or last < day
    return over, finished and not is_open


def slipping(
    session: Session, asked: Asked, *, limit: int | None = None, unit_id: int | None = None
) -> tuple[Slip, ...]:
    """The overdue occurrences of active plans (of one unit), the longest overdue first."""
    newest = func.max(Occurrence.last_day).over(partition_by=Occurrence.item_id).label("newest")
    standing = (
        select(Occurrence.id, newest)
        .join(Item, Item.id == Occurrence.item_id)
        .join(Plan, Plan.id == Item.plan_id)
        .where(Occurrence.cancelled_at.is_(None), Item.dropped_at.is_(None), *of_asked(asked))
        .subquery()
    )
    told = (
        select(func.count())
        .where(Notice.occurrence_id == Occurrence.id, Notice.state == NoticeState.TOLD)
        .scalar_subquery()
    )
    query = (
        select(Occurrence.id, Item.id, Plan.code, Item.code, Item.title, Unit.name, Occurrence.last_day, told)
        .join(standing, standing.c.id == Occurrence.id)
        .join(Item, Item.id == Occurrence.item_id)
        .join(Plan, Plan.id == Item.plan_id)
        .join(Unit, Unit.id == Occurrence.unit_id)
        .where(
            Plan.status == PlanStatus.ACTIVE,
            Occurrence.done_on.is_(None),
            Occurrence.last_day < asked.day,
            or_(
                Occurrence.urge_until.is_(None),
                Occurrence.urge_until >= asked.day,
                Occurrence.last_day == standing.c.newest,
            ),
        )
        .order_by(Occurrence.last_day, Plan.code, Item.position, Occurrence.id)
        .limit(limit)
    )
    if unit_id is not None:
        query = query.where(Occurrence.unit_id == unit_id)
    return tuple(
        Slip(key, item_id, plan, item, title, unit, last_day, (asked.day - last_day).days, count)
        for key, item_id, plan, item, title, unit, last_day, count in session.execute(query)
    )


def unproven() -> ColumnElement[bool]:
    """An occurrence that nothing proves: no evidence, or all of it taken away again."""
    used = select(EvidenceUse.id).where(EvidenceUse.occurrence_id == Occurrence.id, EvidenceUse.removed_at.is_(None))
    return ~used.exists()


def evidence(session: Session, asked: Asked) -> tuple[EvidenceFigures, ...]:
    """By unit: finished occurrences of active plans and those without evidence; the most missing first."""
    missing = func.sum(case((unproven(), 1), else_=0))
    query = (
        select(Unit.code, Unit.name, Authority.code, func.count(), missing)
        .select_from(Occurrence)
        .join(Item, Item.id == Occurrence.item_id)
        .join(Plan, Plan.id == Item.plan_id)
        .join(Unit, Unit.id == Occurrence.unit_id)
        .join(Authority, Authority.id == Unit.authority_id)
        .where(
            Plan.status == PlanStatus.ACTIVE,
            Occurrence.done_on <= asked.day,
            Occurrence.cancelled_at.is_(None),
            Item.dropped_at.is_(None),
            *of_asked(asked),
        )
        .group_by(Unit.id, Unit.code, Unit.name, Authority.code)
        .order_by(missing.desc(), Authority.code, Unit.id)
    )
    return tuple(EvidenceFigures(*row) for row in session.execute(query))


@dataclass(frozen=True, slots=True)
class Unproven:
    """A finished occurrence that nothing proves."""

    occurrence_id: int
    item_id: int
    plan: str
    item: str
    title: str
    unit: str
    done_on: date


def unproven_rows(session: Session, asked: Asked, *, unit_id: int | None = None) -> tuple[Unproven, ...]:
    """The list behind `evidence`: finished occurrences of active plans without evidence, the newest first."""
    query = (
        select(Occurrence.id, Item.id, Plan.code, Item.code, Item.title, Unit.name, Occurrence.done_on)
        .join(Item, Item.id == Occurrence.item_id)
        .join(Plan, Plan.id == Item.plan_id)
        .join(Unit, Unit.id == Occurrence.unit_id)
        .where(
            Plan.status == PlanStatus.ACTIVE,
            Occurrence.done_on <= asked.day,
            Occurrence.cancelled_at.is_(None),
            Item.dropped_at.is_(None),
            unproven(),
            *of_asked(asked),
        )
        .order_by(Occurrence.done_on.desc(), Plan.code, Item.position, Occurrence.id)
    )
    if unit_id is not None:
        query = query.where(Occurrence.unit_id == unit_id)
    return tuple(Unproven(*row) for row in session.execute(query))


def waiting_extensions(session: Session, asked: Asked) -> int:
    """Requests for a later day that nobody has decided."""
    query = (
        select(func.count())
        .select_from(Extension)
        .join(Occurrence, Occurrence.id == Extension.occurrence_id)
        .join(Item, Item.id == Occurrence.item_id)
        .join(Plan, Plan.id == Item.plan_id)
        .where(
            Extension.decided_at.is_(None),
            Extension.withdrawn_at.is_(None),
            Occurrence.cancelled_at.is_(None),
            Plan.status == PlanStatus.ACTIVE,
            *of_asked(asked),
        )
    )
    return session.scalar(query) or 0


def _authorities(session: Session, asked: Asked, counted: Figures) -> tuple[AuthorityFigures, ...]:
    """Each authority that is counted, the largest overdue share first."""
    query = select(Authority.code, Authority.name).order_by(Authority.code)
    if asked.authorities is not None:
        query = query.where(Authority.id.in_(asked.authorities))
    plans: dict[str, list[PlanFigures]] = {}
    for plan in counted.plans:
        if plan.status is PlanStatus.ACTIVE:
            plans.setdefault(plan.authority, []).append(plan)
    rows = [AuthorityFigures(code, name, summed(plans.get(code, []))) for code, name in session.execute(query)]
    return tuple(sorted(rows, key=lambda row: (-row.overdue_share, row.code)))
