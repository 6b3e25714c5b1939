"""Changes of a plan that its units are to be told of: noted where they are made, told in the next morning's mail.

A revised document and a hand edit note the same rows, one an item and version. The
morning makes a notice of each for the people of the units concerned, so that a change
travels as reminders do: one mail a person a morning, told once, also after a kill.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.audit import By
from models.authority import Unit
from models.base import Base, enum_column
from models.deciding import Sweep, insert_notices
from models.diffing import Change, FieldChange, ItemChange
from models.directory import directory_of
from models.notices import NoticeKind, NoticeState
from models.operations import AuditEvent, Morning
from models.plan import Item, Plan, PlanStatus, Scope


class PlanChange(Base):
    """One item's change in one version of its plan. `units` are the ids of those concerned, before or after.

    `fields` are [name, before, after] as people read them. `told_on` is the morning that took it up.
    """

    __tablename__ = "plan_change"
    __table_args__ = (Index("ix_plan_change_plan_id", "plan_id", "told_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    change: Mapped[Change] = mapped_column(enum_column(Change))
    code: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(Text)
    fields: Mapped[list[Any]] = mapped_column(default=list)
    units: Mapped[list[Any]] = mapped_column(default=list)
    made_at: Mapped[datetime]
    told_on: Mapped[date | None]


@dataclass(frozen=True, slots=True)
class News:
    """What became of an item since its people were last told: its fields as (name, before, after)."""

    change: Change
    code: str
    title: str
    fields: tuple[tuple[str, str, str], ...] = ()


def together(parts: Sequence[News]) -> News | None:
    """Several changes of one item, oldest first, as one; None where nothing remains of them."""
    first, last = parts[0], parts[-1]
    was, stands = first.change not in (Change.ADDED, Change.RETURNED), last.change is not Change.DROPPED
    if not was:
        return News(first.change, last.code, last.title) if stands else None
    if not stands:
        return News(Change.DROPPED, last.code, last.title)
    values: dict[str, tuple[str, str]] = {}
    for name, before, after in (one for part in parts for one in part.fields):
        values[name] = (values.get(name, (before, after))[0], after)
    left = tuple((name, before, after) for name, (before, after) in values.items() if before != after)
    return News(Change.CHANGED, last.code, last.title, left) if left else None


def note_diff(session: Session, plan: Plan, changed: Iterable[tuple[Item, ItemChange]], by: By) -> None:
    """Note what an import changed, for the units that it concerns."""
    ids = dict(session.execute(select(Unit.code, Unit.id).where(Unit.authority_id == plan.authority_id)).tuples().all())
    for item, change in changed:
        if change.is_told:
            fields = [[one.field, one.before, one.after] for one in change.told_fields]
            units = [ids[code] for code in change.units if code in ids]
            session.add(_row(item, plan.version, change.change, fields, units, by))


def note_edit(session: Session, item: Item, change: FieldChange, units: Iterable[int], by: By) -> None:
    """Note one field that was changed by hand; `units` are the ids of those concerned, before or after."""
    fields = [[change.field, change.before, change.after]]
    session.add(_row(item, item.plan.version, Change.CHANGED, fields, sorted(set(units)), by))


def note_whole(session: Session, item: Item, change: Change, by: By) -> None:
    """Note an item that was added or dropped by hand."""
    session.add(_row(item, item.plan.version, change, [], sorted(concerned(session, item)), by))


def _row(item: Item, version: int, change: Change, fields: list[Any], units: list[int], by: By) -> PlanChange:
    return PlanChange(
        plan_id=item.plan_id,
        item_id=item.id,
        version=version,
        change=change,
        code=item.code[:60],
        title=item.title,
        fields=fields,
        units=units,
        made_at=by.at,
    )


def as_audited(change: ItemChange) -> dict[str, Any]:
    """A change as the audit trail keeps it: what was settled by hand and so not taken over is left out."""
    return {
        "change": change.change.value,
        "code": change.code,
        "old_code": change.old_code,
        "title": change.title,
        "fields": {one.field: [one.before, one.after] for one in change.fields if not one.kept},
    }


def concerned(session: Session, item: Item) -> set[int]:
    """The units that lead or coordinate an item, as it is now."""
    rows = item.responsibilities
    units = {row.unit_id for row in rows if row.scope is Scope.UNIT and row.unit_id is not None}
    if any(row.scope is Scope.ALL for row in rows):
        query = select(Unit.id).where(Unit.authority_id == item.plan.authority_id, Unit.active)
        units.update(session.scalars(query))
    return units


def forget_untold(session: Session, plan_id: int) -> None:
    """A plan that was just stored has no changes yet: what was settled with it is how it begins."""
    session.flush()
    session.execute(delete(PlanChange).where(PlanChange.plan_id == plan_id, PlanChange.told_on.is_(None)))


def told_names(session: Session, plan_code: str, codes: Iterable[str]) -> tuple[str, ...]:
    """The names of the units that the next morning would tell of changes; none while no morning has run on the plan."""
    plan = session.scalar(select(Plan).where(Plan.code == plan_code))
    wanted = set(codes)
    if plan is None or not wanted or plan.status is PlanStatus.CLOSED or not is_followed(session, plan):
        return ()
    query = select(Unit.name).where(Unit.authority_id == plan.authority_id, Unit.active, Unit.code.in_(wanted))
    return tuple(session.scalars(query.order_by(Unit.id)))


def is_followed(session: Session, plan: Plan, at: datetime | None = None) -> bool:
    """Whether a morning has run on the plan (before a moment): what changed earlier, nobody was told otherwise."""
    subject = f"plan {plan.code}"
    imported = select(AuditEvent.at).where(AuditEvent.subject == subject, AuditEvent.action == "plan.import")
    first = session.scalar(imported.order_by(AuditEvent.id).limit(1))
    ended = select(Morning.id).where(Morning.authority_id == plan.authority_id, Morning.finished_at.is_not(None))
    ended = ended if at is None else ended.where(Morning.finished_at <= at)
    return session.scalar((ended.where(Morning.finished_at >= first) if first else ended).limit(1)) is not None


def untold(session: Session, authority_id: int, plan_id: int | None = None) -> list[PlanChange]:
    """The changes that the next morning takes up, oldest first; of plans that are followed."""
    query = (
        select(PlanChange, Plan)
        .join(Plan, Plan.id == PlanChange.plan_id)
        .where(Plan.authority_id == authority_id, PlanChange.told_on.is_(None))
        .order_by(PlanChange.id)
    )
    rows = session.execute(query if plan_id is None else query.where(Plan.id == plan_id)).tuples().all()
    return [row for row, plan in rows if plan.status is PlanStatus.ACTIVE and is_followed(session, plan, row.made_at)]


def tell_changes(session: Session, sweep: Sweep) -> int:
    """Make notices of what changed, for the people of the units concerned. Safe to repeat. Returns how many."""
    if not sweep.calendar.is_working_day(sweep.today):
        return 0
    pending = select(PlanChange).join(Plan, Plan.id == PlanChange.plan_id)
    mine = pending.where(Plan.authority_id == sweep.authority_id, PlanChange.told_on.is_(None))
    every = session.scalars(mine.order_by(PlanChange.id)).all()
    if not every:
        return 0
    directory = directory_of(session, sweep.authority_id).on(sweep.today)
    rows = []
    for row in untold(session, sweep.authority_id):
        people = dict.fromkeys(directory.unit(unit) for unit in row.units)
        rows += [_notice(row, person, sweep.today) for person in people if person is not None]
    for row in every:
        row.told_on = sweep.today
    session.flush()
    insert_notices(session, rows)
    return len(rows)


def _notice(row: PlanChange, person_id: int, today: date) -> dict[str, object]:
    return {
        "about": f"c{row.id}",
        "rung": f"v{row.version}",
        "item_id": row.item_id,
        "occurrence_id": None,
        "person_id": person_id,
        "kind": NoticeKind.CHANGED,
        "audience": "unit",
        "state": NoticeState.DUE,
        "day": today,
        "decided_on": today,
    }


def news_of(rows: Iterable[PlanChange]) -> dict[int, News]:
    """What there is to tell of each item, by its id."""
    parts: dict[int, list[News]] = {}
    for row in sorted(rows, key=lambda one: one.id):
        fields = tuple((str(name), str(before), str(after)) for name, before, after in row.fields)
        parts.setdefault(row.item_id, []).append(News(row.change, row.code, row.title, fields))
    return {item: told for item, some in parts.items() if (told := together(some)) is not None}


def changes_by_notice(session: Session, about: Iterable[str]) -> dict[str, PlanChange]:
    """The changes that notices are about."""
    ids = sorted({int(one[1:]) for one in about})
    found: dict[str, PlanChange] = {}
    for start in range(0, len(ids), 500):
        query = select(PlanChange).where(PlanChange.id.in_(ids[start : start + 500]))
        found.update({f"c{row.id}": row for row in session.scalars(query)})
    return found
