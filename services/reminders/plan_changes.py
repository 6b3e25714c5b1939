"""Telling the people of the units concerned what changed in a plan: one notice a change and person."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.mail import NoticeKind, NoticeState
from models.plan import Plan, PlanChange, PlanStatus
from models.session import chunks
from rules.reminders.keys import NoticeAudience, change_key
from services.plans.changes import News, is_followed, together
from services.reminders.decide import Sweep, insert_notices
from services.staff.directory import directory_of


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
        **change_key(row.id, row.version).columns,
        "item_id": row.item_id,
        "occurrence_id": None,
        "person_id": person_id,
        "kind": NoticeKind.CHANGED,
        "audience": NoticeAudience.UNIT,
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


def changes_by_id(session: Session, ids: Iterable[int]) -> dict[int, PlanChange]:
    """Changes by their id."""
    found: dict[int, PlanChange] = {}
    for some in chunks(sorted(set(ids))):
        found.update({row.id: row for row in session.scalars(select(PlanChange).where(PlanChange.id.in_(some)))})
    return found
