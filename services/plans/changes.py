"""Changes of a plan that its units are to be told of: noted where they are made, told in the next morning's mail.

A revised document and a hand edit note the same rows, one an item and version. The
morning makes a notice of each for the people of the units concerned, so that a change
travels as reminders do: one mail a person a morning, told once, also after a kill.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.authority import Unit
from models.operations import AuditEvent, Morning
from models.plan import Item, Plan, PlanChange, PlanStatus, Scope
from rules.plan.values import Change
from services.actor import Actor
from services.plans.diff import FieldChange, ItemChange


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


def note_diff(session: Session, plan: Plan, changed: Iterable[tuple[Item, ItemChange]], actor: Actor) -> None:
    """Note what an import changed, for the units that it concerns."""
    ids = dict(session.execute(select(Unit.code, Unit.id).where(Unit.authority_id == plan.authority_id)).tuples().all())
    for item, change in changed:
        if change.is_told:
            fields = [[one.field, one.before, one.after] for one in change.told_fields]
            units = [ids[code] for code in change.units if code in ids]
            session.add(_row(item, plan.version, change.change, fields, units, actor))


def note_edit(session: Session, item: Item, change: FieldChange, units: Iterable[int], actor: Actor) -> None:
    """Note one field that was changed by hand; `units` are the ids of those concerned, before or after."""
    fields = [[change.field, change.before, change.after]]
    session.add(_row(item, item.plan.version, Change.CHANGED, fields, sorted(set(units)), actor))


def note_whole(session: Session, item: Item, change: Change, actor: Actor) -> None:
    """Note an item that was added or dropped by hand."""
    session.add(_row(item, item.plan.version, change, [], sorted(concerned(session, item)), actor))


def _row(item: Item, version: int, change: Change, fields: list[Any], units: list[int], actor: Actor) -> PlanChange:
    return PlanChange(
        plan_id=item.plan_id,
        item_id=item.id,
        version=version,
        change=change,
        code=item.code[:60],
        title=item.title,
        fields=fields,
        units=units,
        made_at=actor.at,
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
