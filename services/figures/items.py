"""What an administrator sees of an item: owners, due days, how far it is. Values, read for many items at once."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.authority import Authority, Unit
from models.occurrence import Occurrence
from models.plan import Item, Part, Plan, PlanStatus, Responsibility, Section
from rules.calendar.occurrences import needs_a_date
from rules.work.states import ItemState, OccurrenceFact, item_state

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class DueOverview:
    """One occurrence that is not cancelled: its unit, its days and what is settled of it."""

    id: int
    unit_name: str
    label: str
    opens_on: date
    due_on: date
    last_day: date
    urge_until: date | None
    settled_offset: int | None
    next_rung_on: date | None
    done_on: date | None
    due_time: str | None = None


@dataclass(slots=True)
class ItemOverview:
    """An item with its plan and occurrences, in the order of their last day."""

    id: int
    plan_id: int
    plan_code: str
    plan_title: str
    authority: str
    code: str
    title: str
    section_code: str
    section: str
    phrase: str
    reason: str
    needs_date: bool
    results: tuple[str, ...]
    due_time: str | None = None
    leads: list[str] = field(default_factory=list)
    coordinators: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    dues: list[DueOverview] = field(default_factory=list)

    def state(self, today: date, soon_days: int) -> ItemState:
        """The item's state on a day."""
        facts = [OccurrenceFact(due.opens_on, due.last_day, due.done_on, due.urge_until) for due in self.dues]
        return item_state(facts, today, soon_days, undetermined=self.needs_date and not self.dues)

    @property
    def open_dues(self) -> list[DueOverview]:
        """The occurrences that are not done."""
        return [due for due in self.dues if due.done_on is None]

    @property
    def name(self) -> str:
        """The name of its deployment: plan and code, without the letters that Prefect refuses in names."""
        return re.sub(r"[/%&<>]", "-", f"{self.plan_code} {self.code}")


def active_items(session: Session, plan: str | None = None) -> list[int]:
    """The ids of the items that are followed, in the plans' order; of one plan where its code is given."""
    query = (
        select(Item.id)
        .join(Plan, Plan.id == Item.plan_id)
        .where(Plan.status == PlanStatus.ACTIVE, Item.dropped_at.is_(None))
        .order_by(Item.plan_id, Item.position)
    )
    return list(session.scalars(query if plan is None else query.where(Plan.code == plan)))


def overviews(session: Session, ids: Sequence[int]) -> list[ItemOverview]:
    """What is to be seen of items, in the order of `ids`; those that do not exist are left out."""
    found: dict[int, ItemOverview] = {}
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        _read_items(session, some, found)
        _read_responsibilities(session, some, found)
        _read_dues(session, some, found)
    return [found[one] for one in ids if one in found]


def overview_of(session: Session, plan: str, code: str) -> ItemOverview | None:
    """One item by the codes of its plan and its own, dropped ones too; None when there is none."""
    query = select(Item.id).join(Plan, Plan.id == Item.plan_id).where(Plan.code == plan, Item.code == code)
    found = session.scalar(query)
    return None if found is None else next(iter(overviews(session, [found])), None)


def _read_items(session: Session, ids: Sequence[int], found: dict[int, ItemOverview]) -> None:
    query = (
        select(Item, Plan.code, Plan.title, Authority.code, Section.title)
        .join(Plan, Plan.id == Item.plan_id)
        .join(Authority, Authority.id == Plan.authority_id)
        .outerjoin(Section, (Section.plan_id == Plan.id) & (Section.code == Item.section))
        .where(Item.id.in_(ids))
    )
    for item, plan_code, plan_title, authority, section in session.execute(query):
        found[item.id] = ItemOverview(
            id=item.id,
            plan_id=item.plan_id,
            plan_code=plan_code,
            plan_title=plan_title,
            authority=authority,
            code=item.code,
            title=item.title,
            section_code=item.section or "",
            section=section or "",
            phrase=item.timing_phrase,
            reason=str(item.timing_json.get("reason") or ""),
            needs_date=needs_a_date(item.timing),
            results=tuple(item.results),
            due_time=item.due_time,
        )


def _read_responsibilities(session: Session, ids: Iterable[int], found: dict[int, ItemOverview]) -> None:
    query = (
        select(Responsibility.item_id, Responsibility.part, Responsibility.printed, Unit.code)
        .outerjoin(Unit, Unit.id == Responsibility.unit_id)
        .where(Responsibility.item_id.in_(ids))
        .order_by(Responsibility.position, Responsibility.id)
    )
    for item_id, part, printed, unit in session.execute(query):
        item = found[item_id]
        (item.leads if part is Part.LEAD else item.coordinators).append(printed)
        if unit is not None and part is Part.LEAD and unit not in item.units:
            item.units.append(unit)


def _read_dues(session: Session, ids: Iterable[int], found: dict[int, ItemOverview]) -> None:
    query = (
        select(
            Occurrence.item_id,
            Occurrence.id,
            Unit.name,
            Occurrence.label,
            Occurrence.opens_on,
            Occurrence.due_on,
            Occurrence.last_day,
            Occurrence.urge_until,
            Occurrence.settled_offset,
            Occurrence.next_rung_on,
            Occurrence.done_on,
        )
        .join(Unit, Unit.id == Occurrence.unit_id)
        .where(Occurrence.item_id.in_(ids), Occurrence.cancelled_at.is_(None))
        .order_by(Occurrence.last_day, Occurrence.id)
    )
    for item_id, *facts in session.execute(query):
        found[item_id].dues.append(replace(DueOverview(*facts), due_time=found[item_id].due_time))
