"""How the plans stand, as leaders look at it: by section, by unit, over weeks, what slips, where proof is missing.

Everything is counted on the states of services/figures/status.py, so that the leaders' page, the
weekly mail, `dondoc status` and the API say the same. Days are in Asia/Ho_Chi_Minh.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from models.answer import EvidenceUse, Extension
from models.authority import Authority, Unit
from models.mail import Notice, NoticeState
from models.occurrence import Occurrence
from models.plan import Item, Plan, PlanStatus, Section
from rules.work.states import ItemState
from services.figures.status import (
    Asked,
    Figures,
    Groups,
    LastMorning,
    PlanFigures,
    UnitFigures,
    figures,
    of_asked,
    replaced,
    state_groups,
)
from services.figures.trend import WEEKS, TrendPoint, trend

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


def slipping(
    session: Session, asked: Asked, *, limit: int | None = None, unit_id: int | None = None
) -> tuple[Slip, ...]:
    """The overdue occurrences of active plans (of one unit), the longest overdue first."""
    told = (
        select(func.count())
        .where(Notice.occurrence_id == Occurrence.id, Notice.state == NoticeState.TOLD)
        .scalar_subquery()
    )
    query = (
        select(Occurrence.id, Item.id, Plan.code, Item.code, Item.title, Unit.name, Occurrence.last_day, told)
        .join(Item, Item.id == Occurrence.item_id)
        .join(Plan, Plan.id == Item.plan_id)
        .join(Unit, Unit.id == Occurrence.unit_id)
        .where(
            Plan.status == PlanStatus.ACTIVE,
            Occurrence.done_on.is_(None),
            Occurrence.last_day < asked.day,
            Occurrence.cancelled_at.is_(None),
            Item.dropped_at.is_(None),
            ~replaced(asked.day),
            *of_asked(asked),
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


def picture_json(seen: Picture) -> dict[str, Any]:
    """The whole picture; states by their Vietnamese names, as everywhere, days and moments in ISO 8601."""
    found = seen.figures
    return {
        "day": found.day.isoformat(),
        "items": seen.items,
        "states": {state.value: count for state, count in seen.states.items()},
        "plans": [_plan(plan) for plan in found.plans],
        "sections": [
            {"plan": row.plan, "code": row.code, "title": row.title, "items": row.items, "states": _states(row.states)}
            for row in seen.sections
        ],
        "units": [_unit(unit) for unit in found.units],
        "trend": [
            {"day": p.day.isoformat(), "items": p.items, "overdue": p.overdue, "done": p.done} for p in seen.trend
        ],
        "slipping": [
            {
                "plan": row.plan,
                "item": row.item,
                "title": row.title,
                "unit": row.unit,
                "last_day": row.last_day.isoformat(),
                "days_late": row.days_late,
                "told": row.told,
            }
            for row in seen.slipping
        ],
        "evidence": [
            {"unit": r.unit, "name": r.name, "authority": r.authority, "done": r.done, "missing": r.missing}
            for r in seen.evidence
        ],
        "authorities": [
            {
                "code": row.code,
                "name": row.name,
                "items": row.items,
                "states": _states(row.states),
                "overdue_share": round(row.overdue_share, 1),
            }
            for row in seen.authorities
        ],
        "extensions_waiting": seen.waiting,
        "messages": {state.value: count for state, count in found.messages.items()},
        "mornings": [_morning(morning) for morning in found.mornings],
    }


def _states(states: Any) -> dict[str, int]:
    return {state.value: count for state, count in states.items()}


def _plan(plan: PlanFigures) -> dict[str, Any]:
    return {
        "code": plan.code,
        "title": plan.title,
        "year": plan.year,
        "status": plan.status.value,
        "authority": plan.authority,
        "items": plan.items,
        "states": _states(plan.states),
        "without_lead": plan.without_lead,
        "lapsed": plan.lapsed,
    }


def _unit(unit: UnitFigures) -> dict[str, Any]:
    names = (
        "code", "name", "authority", "reachable", "open", "overdue", "due_soon", "on_track", "done", "done_late",
        "undetermined",
    )  # fmt: skip
    return {name: getattr(unit, name) for name in names}


def _morning(morning: LastMorning) -> dict[str, Any]:
    return {
        "authority": morning.authority,
        "day": morning.day.isoformat(),
        "started_at": morning.started_at.isoformat(),
        "finished_at": morning.finished_at.isoformat() if morning.finished_at else None,
        "notices": morning.notices,
        "messages": morning.messages,
    }
