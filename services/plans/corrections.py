"""What a person settles by hand: dates, leading units, titles, done and not done.

Each change is one audit row, is remembered in `Item.edited` so that a new import keeps
it, and moves the item's occurrences at once.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models.authority import Authority, Unit
from models.occurrence import Occurrence, Progress, ProgressState
from models.plan import Item, Part, Plan, Responsibility, Scope
from rules.audit import AuditAction
from rules.calendar.occurrences import resolve_relative
from rules.plan.values import ALL_UNITS, RELATED_UNITS
from rules.timing.values import Timing, TimingKind
from services.actor import Actor
from services.audit import record
from services.errors import UnknownNameError
from services.plans.changes import concerned, note_edit
from services.plans.diff import FieldChange, show
from services.plans.occurrences import drop_untold, sync_occurrences
from services.policy import Terms
from services.staff.queries import unit_book

_OPEN_SCOPES = (Scope.UNKNOWN, Scope.RELATED)


def set_due(session: Session, item: Item, due: date, actor: Actor, terms: Terms) -> bool:
    """Give an item its deadline, whatever the plan printed; whether that changed anything."""
    settled = Timing(phrase=item.timing_phrase, kind=TimingKind.DEADLINE, due=due, last_day=due)
    return _set_timing(session, item, settled, actor, terms, note=None)


def set_standing(session: Session, item: Item, actor: Actor, terms: Terms) -> bool:
    """Make an item a standing duty, reviewed with each report of its plan's year; whether that changed anything."""
    year = item.plan.year
    start = item.timing.start or max(date(year, 1, 1), item.plan.issued_on or date(year, 1, 1))
    last = date(max(year, start.year), 12, 31)
    settled = Timing(phrase=item.timing_phrase, kind=TimingKind.CONTINUOUS, start=start, due=last, last_day=last)
    return _set_timing(session, item, settled, actor, terms, note="nhiệm vụ thường xuyên")


def set_event_day(session: Session, item: Item, day: date, actor: Actor, terms: Terms) -> bool:
    """Count an item's deadline from the day of its event ("05 ngày làm việc kể từ ngày nhận văn bản").

    Raises UnknownNameError when its timing counts from no event.
    """
    settled = resolve_relative(item.timing, day, terms.calendar)
    if settled.relative is None or settled.due is None:
        raise UnknownNameError(
            f"Tiến độ “{item.timing_phrase}” của nhiệm vụ {item.code} không tính từ một sự kiện; "
            "hãy nhập thẳng thời hạn bằng --due."
        )
    return _set_timing(session, item, settled, actor, terms, note=f"ngày của sự kiện: {day.isoformat()}")


def _set_timing(session: Session, item: Item, settled: Timing, actor: Actor, terms: Terms, note: str | None) -> bool:
    if item.timing == settled:
        return False
    before, old = item.timing_json, item.timing
    item.timing = settled
    change = FieldChange("timing", show(old), show(settled))
    if change.before != change.after:  # a reading that was only confirmed is no news
        note_edit(session, item, change, concerned(session, item), actor)
    mark_edited(item, "timing", "timing.")
    record(session, actor, AuditAction.ITEM_TIMING, item, before=before, after=item.timing_json, note=note)
    sync_occurrences(session, item.plan, terms, item.id)
    return True


def set_title(session: Session, item: Item, title: str, actor: Actor) -> bool:
    """Correct an item's title; whether that changed anything."""
    if item.title == title:
        return False
    before, item.title = item.title, title
    note_edit(session, item, FieldChange("title", before, title), concerned(session, item), actor)
    mark_edited(item, "title", "title.")
    record(session, actor, AuditAction.ITEM_TITLE, item, before={"title": before}, after={"title": title})
    return True


def set_lead(session: Session, item: Item, units: Sequence[Unit], actor: Actor, terms: Terms) -> bool:
    """Name the units that lead an item; whether that changed anything."""
    old = [row for row in item.responsibilities if row.part is Part.LEAD]
    if [row.unit_id for row in old] == [unit.id for unit in units]:
        return False
    before, had = {"lead": [row.printed for row in old]}, concerned(session, item)
    for row in old:
        item.responsibilities.remove(row)
    item.responsibilities.extend(
        Responsibility(part=Part.LEAD, scope=Scope.UNIT, unit_id=unit.id, printed=unit.name, position=position)
        for position, unit in enumerate(units)
    )
    change = FieldChange("lead", show(before["lead"]), show([unit.name for unit in units]))
    note_edit(session, item, change, had | concerned(session, item), actor)
    mark_edited(item, "lead", "lead.")
    refresh_unit_doubts(item)
    record(session, actor, AuditAction.ITEM_LEAD, item, before=before, after={"lead": [unit.code for unit in units]})
    sync_occurrences(session, item.plan, terms, item.id)
    return True


def mark_done(
    session: Session, item: Item, on: date, actor: Actor, *, unit: Unit | None, key: str | None
) -> list[Occurrence]:
    """Close occurrences as done on a day; their remaining rungs end at once. Returns them.

    Without `key`, those that had opened by that day; when none had, the next one. Raises
    UnknownNameError when there is nothing to close.
    """
    rows = [row for row in _occurrences(session, item, unit, key) if row.done_on is None]
    if key is None:
        opened = [row for row in rows if row.opens_on <= on]
        rows = opened or [row for row in rows if row.last_day == min(r.last_day for r in rows)]
    if not rows:
        raise UnknownNameError(_nothing_open(session, item, unit, key))
    for row in rows:
        row.done_on, row.next_rung_on = on, None
        session.add(_progress(row, ProgressState.DONE, actor, on))
    drop_untold(session, [row.id for row in rows])
    _record_days(session, actor, AuditAction.ITEM_DONE, item, rows, {"done_on": on})
    return rows


def reopen(
    session: Session, item: Item, actor: Actor, terms: Terms, *, unit: Unit | None, key: str | None
) -> list[Occurrence]:
    """Take "done" back; the rungs that are still to come are told again. Returns the occurrences.

    Raises UnknownNameError when nothing was done.
    """
    rows = [row for row in _occurrences(session, item, unit, key) if row.done_on is not None]
    if not rows:
        raise UnknownNameError(f"Nhiệm vụ {item.code} không có kỳ nào đã hoàn thành để mở lại.")
    for row in rows:
        row.done_on = None
        session.add(_progress(row, ProgressState.UNDER_WAY, actor, None))
    _record_days(session, actor, AuditAction.ITEM_REOPEN, item, rows, {"done_on": None})
    sync_occurrences(session, item.plan, terms, item.id)
    return rows


def resolve_units(session: Session, authority: Authority) -> int:
    """Look again at names that were unknown: the list of units may know them now. Returns how many it does."""
    book = unit_book(session, authority)
    units = dict(session.execute(select(Unit.code, Unit.id).where(Unit.authority_id == authority.id)).tuples().all())
    query = (
        select(Responsibility)
        .join(Item, Item.id == Responsibility.item_id)
        .join(Plan, Plan.id == Item.plan_id)
        .where(Plan.authority_id == authority.id, Responsibility.scope == Scope.UNKNOWN)
        .options(selectinload(Responsibility.item).selectinload(Item.responsibilities))
    )
    resolved = 0
    for row in session.scalars(query):
        code = book.find(row.printed)
        if code in (ALL_UNITS, RELATED_UNITS):
            row.scope = Scope.ALL if code == ALL_UNITS else Scope.RELATED
        elif code in units:
            row.scope, row.unit_id = Scope.UNIT, units[code]
        else:
            continue
        resolved += 1
        refresh_unit_doubts(row.item)
    session.flush()
    return resolved


def mark_edited(item: Item, name: str, settled_doubts: str) -> None:
    """Remember that a field was settled by hand, and that its doubts are answered."""
    if name not in item.edited:
        item.edited = [*item.edited, name]
    item.warnings = [doubt for doubt in item.warnings if not doubt["code"].startswith(settled_doubts)]


def refresh_unit_doubts(item: Item) -> None:
    """Doubts about units stay only for names that are still open."""
    still = [row.printed for row in item.responsibilities if row.scope in _OPEN_SCOPES]
    item.warnings = [
        doubt
        for doubt in item.warnings
        if not doubt["code"].startswith("unit.") or any(f"“{printed}”" in doubt["message"] for printed in still)
    ]


def _occurrences(session: Session, item: Item, unit: Unit | None, key: str | None) -> list[Occurrence]:
    query = select(Occurrence).where(Occurrence.item_id == item.id, Occurrence.cancelled_at.is_(None))
    if unit is not None:
        query = query.where(Occurrence.unit_id == unit.id)
    if key is not None:
        query = query.where(Occurrence.key == key)
    return list(session.scalars(query.order_by(Occurrence.last_day, Occurrence.id).with_for_update()))


def _nothing_open(session: Session, item: Item, unit: Unit | None, key: str | None) -> str:
    every = _occurrences(session, item, None, None)
    if not every:
        return f"Nhiệm vụ {item.code} chưa có thời hạn hoặc chủ trì; hãy nhập trước bằng: dondoc item date, item lead."
    left = sorted({row.key for row in every if row.done_on is None})
    if not left:
        return f"Nhiệm vụ {item.code} đã hoàn thành tất cả các kỳ."
    wanted = " ".join(part for part in (f"kỳ {key}" if key else "", f"của {unit.code}" if unit else "") if part)
    return f"Nhiệm vụ {item.code} không có {wanted} đang mở. Các kỳ đang mở: {', '.join(left[:12])}."


def _progress(row: Occurrence, state: ProgressState, actor: Actor, on: date | None) -> Progress:
    return Progress(
        occurrence_id=row.id,
        unit_id=row.unit_id,
        state=state,
        percent=100 if state is ProgressState.DONE else None,
        done_on=on,
        created_at=actor.at,
    )


def _record_days(
    session: Session,
    actor: Actor,
    action: AuditAction,
    item: Item,
    rows: Sequence[Occurrence],
    after: dict[str, date | None],
) -> None:
    keys = [f"{row.key} · {row.unit.code}" for row in rows]
    session.flush()
    record(session, actor, action, item, after={**after, "occurrences": keys})
