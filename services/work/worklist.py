"""A visitor's occurrences as a list: what is theirs, with all that a line shows, in a handful of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select, union_all
from sqlalchemy.orm import Session

from models.answer import Extension, NamedCoordinator, Review, Verdict
from models.authority import Unit
from models.occurrence import Occurrence, Progress, ProgressState
from models.plan import Item, Part, Plan, PlanStatus, Responsibility, Scope, Section
from rules.work.access import Share, sees_all, share_of
from services.actor import Visitor
from services.work.coordinators import coordinated_items

MOST = 3_000
"""Occurrences looked at for one list, open ones first: a commune has a few hundred."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the list is wanted; None: everything. `section` is a section's code, `unit` a unit's id."""

    plan: int | None = None
    section: str | None = None
    role: Share | None = None
    unit: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """The newest answer of a unit about an occurrence."""

    id: int
    unit_id: int
    state: ProgressState
    percent: int | None
    late: bool
    returned: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: an occurrence as it concerns the visitor. `said` is their unit's answer (readers: the lead's)."""

    id: int
    item_id: int
    unit_id: int
    unit_name: str
    plan_id: int
    plan_code: str
    code: str
    title: str
    section: str | None
    results: tuple[str, ...]
    label: str
    target: str | None
    kind: str
    opens_on: date
    due_on: date
    last_day: date
    done_on: date | None
    due_time: str | None
    share: Share
    coordinators: tuple[str, ...] = ()
    said: Said | None = None
    lead_said: Said | None = None
    extension: date | None = None

    @property
    def finished(self) -> bool:
        """Done as far as the visitor is concerned: a coordinator's own part, or the whole."""
        if self.done_on is not None:
            return True
        return self.share is Share.COORDINATOR and self._part_done

    @property
    def _part_done(self) -> bool:
        return self.said is not None and self.said.state is ProgressState.DONE and not self.said.returned

    @property
    def returned(self) -> bool:
        """Whether the visitor's answer was sent back for correction."""
        return self.said is not None and self.said.returned


@dataclass(frozen=True, slots=True)
class Worklist:
    """The lines, the choices for filters, and the newest answer's id (what "done" at once is checked against)."""

    entries: tuple[Entry, ...]
    plans: tuple[tuple[int, str], ...] = ()
    sections: tuple[tuple[str, str], ...] = ()
    units: tuple[tuple[int, str], ...] = ()
    newest: int = 0


def visible(visitor: Visitor) -> list[ColumnElement[bool]]:
    """The conditions under which an occurrence is the visitor's to see (join Occurrence, Item and Plan)."""
    conditions = [
        Plan.authority_id == visitor.authority_id,
        Plan.status == PlanStatus.ACTIVE,
        Item.dropped_at.is_(None),
        Occurrence.cancelled_at.is_(None),
    ]
    if visitor.plan_ids is not None:
        conditions.append(Plan.id.in_(visitor.plan_ids))
    if not sees_all(visitor.role):
        printed, named = coordinated_items(visitor.unit_id or 0)
        conditions.append(
            or_(Occurrence.unit_id == visitor.unit_id, Occurrence.item_id.in_(printed), Occurrence.item_id.in_(named))
        )
    return conditions


def worklist(session: Session, visitor: Visitor, wanted: Filter) -> Worklist:
    """The visitor's occurrences. Five queries, however many there are."""
    entries = _entries(session, visitor)
    plans = {entry.plan_id: entry.plan_code for entry in entries}
    units = {entry.unit_id: entry.unit_name for entry in entries}
    if wanted.plan is not None:
        entries = [entry for entry in entries if entry.plan_id == wanted.plan]
    sections = _sections(session, sorted({entry.plan_id for entry in entries}))
    used = {entry.section for entry in entries if entry.section}
    entries = [entry for entry in entries if _wanted(entry, wanted)]
    entries, newest = _with_answers(session, visitor, entries)
    entries = _with_names(session, entries)
    return Worklist(
        tuple(_with_extensions(session, entries)),
        tuple(sorted(plans.items())),
        tuple((code, title) for code, title in sections if code in used),
        tuple(sorted(units.items(), key=lambda unit: unit[1])),
        newest,
    )


def _wanted(entry: Entry, wanted: Filter) -> bool:
    return (
        (wanted.section is None or entry.section == wanted.section)
        and (wanted.role is None or entry.share is wanted.role)
        and (wanted.unit is None or entry.unit_id == wanted.unit)
    )


def _entries(session: Session, visitor: Visitor) -> list[Entry]:
    query = (
        select(
            Occurrence.id,
            Occurrence.item_id,
            Occurrence.unit_id,
            Unit.name.label("unit_name"),
            Plan.id.label("plan_id"),
            Plan.code.label("plan_code"),
            Item.code,
            Item.title,
            Item.section,
            Item.results,
            Occurrence.label,
            Occurrence.target,
            Occurrence.kind,
            Occurrence.opens_on,
            Occurrence.due_on,
            Occurrence.last_day,
            Occurrence.done_on,
            Item.timing_json["due_time"].as_string().label("due_time"),
            _coordinates(visitor).label("coordinates"),
        )
        .join(Item, Item.id == Occurrence.item_id)
        .join(Plan, Plan.id == Item.plan_id)
        .join(Unit, Unit.id == Occurrence.unit_id)
        .where(*visible(visitor))
        .order_by(Occurrence.done_on.is_not(None), Occurrence.last_day, Item.plan_id, Item.position, Occurrence.id)
        .limit(MOST)
    )
    return [_entry(dict(row), visitor) for row in session.execute(query).mappings()]


def _coordinates(visitor: Visitor) -> ColumnElement[bool]:
    if visitor.unit_id is None:
        return false()
    printed, named = coordinated_items(visitor.unit_id)
    return or_(Occurrence.item_id.in_(printed), Occurrence.item_id.in_(named))


def _entry(row: dict[str, Any], visitor: Visitor) -> Entry:
    coordinators = (visitor.unit_id,) if row.pop("coordinates") and visitor.unit_id is not None else ()
    row["results"] = tuple(row["results"] or ())
    return Entry(**row, share=share_of(visitor.role, visitor.unit_id, row["unit_id"], coordinators))


def _with_answers(session: Session, visitor: Visitor, entries: Iterable[Entry]) -> tuple[list[Entry], int]:
    """The entries with their newest answers: the visitor's unit's, and the lead's."""
    entries = list(entries)
    returned = (
        select(func.count())
        .where(Review.progress_id == Progress.id, Review.verdict == Verdict.RETURNED)
        .correlate(Progress)
        .scalar_subquery()
    )
    query = select(
        Progress.occurrence_id,
        Progress.id,
        Progress.unit_id,
        Progress.state,
        Progress.percent,
        Progress.late,
        returned,
    ).where(Progress.withdrawn_at.is_(None), _among(Progress.occurrence_id, entries, visitor))
    said: dict[tuple[int, int], Said] = {}
    newest = 0
    for occurrence_id, progress_id, unit_id, state, percent, late, sent_back in session.execute(
        query.order_by(Progress.id)
    ):
        said[occurrence_id, unit_id] = Said(progress_id, unit_id, state, percent, late, bool(sent_back))
        newest = max(newest, progress_id)
    found = []
    for entry in entries:
        lead = said.get((entry.id, entry.unit_id))
        own = said.get((entry.id, visitor.unit_id or 0)) if entry.share is Share.COORDINATOR else lead
        found.append(replace(entry, said=own, lead_said=lead))
    return found, newest


def _among(column: object, entries: Sequence[Entry], visitor: Visitor) -> ColumnElement[bool]:
    """Rows about these occurrences: by id while they are few, by the visitor's own condition when they are many."""
    if len(entries) <= 500:
        return column.in_([entry.id for entry in entries])  # type: ignore[attr-defined, no-any-return]
    mine = (
        select(Occurrence.id)
        .join(Item, Item.id == Occurrence.item_id)
        .join(Plan, Plan.id == Item.plan_id)
        .where(*visible(visitor))
    )
    return column.in_(mine)  # type: ignore[attr-defined, no-any-return]


def _with_names(session: Session, entries: Sequence[Entry]) -> list[Entry]:
    """The entries with the names of their coordinators, as printed, then as named by the lead."""
    plans = {entry.plan_id for entry in entries}
    printed: Select[tuple[int, str]] = (
        select(Responsibility.item_id, Responsibility.printed)
        .join(Item, Item.id == Responsibility.item_id)
        .where(Item.plan_id.in_(plans), Responsibility.part == Part.COORDINATOR, Responsibility.scope != Scope.RELATED)
    )
    named: Select[tuple[int, str]] = (
        select(NamedCoordinator.item_id, Unit.name)
        .join(Unit, Unit.id == NamedCoordinator.unit_id)
        .join(Item, Item.id == NamedCoordinator.item_id)
        .where(Item.plan_id.in_(plans))
    )
    names: dict[int, list[str]] = {}
    for item_id, name in session.execute(union_all(printed, named)):
        names.setdefault(item_id, []).append(name)
    return [replace(entry, coordinators=tuple(dict.fromkeys(names.get(entry.item_id, ())))) for entry in entries]


def _with_extensions(session: Session, entries: Sequence[Entry]) -> list[Entry]:
    """The entries with the day for which an extension was asked and not yet decided."""
    units = {entry.unit_id for entry in entries}
    query = select(Extension.occurrence_id, Extension.wanted_day).where(
        Extension.unit_id.in_(units), Extension.decided_at.is_(None), Extension.withdrawn_at.is_(None)
    )
    asked = dict(session.execute(query).tuples().all())
    return [replace(entry, extension=asked[entry.id]) if entry.id in asked else entry for entry in entries]


def _sections(session: Session, plan_ids: Sequence[int]) -> list[tuple[str, str]]:
    query = select(Section.code, Section.title).where(Section.plan_id.in_(plan_ids))
    return list(session.execute(query.order_by(Section.plan_id, Section.position)).tuples())
