"""From items to occurrences: one row for each due day of an item and each unit that leads it.

Repeating it changes nothing; what changed in the item is followed; what was told
or answered stays. In chunks and in bulk, so that a province's items take seconds.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, Table, Text, bindparam, cast, insert, select, update
from sqlalchemy.orm import Session

from models.authority import Unit
from models.mail import Notice, NoticeState
from models.occurrence import Occurrence
from models.plan import Item, Part, Plan, PlanStatus, Responsibility, Scope
from rules.calendar.occurrences import OccurrenceDraft, OccurrenceKind, occurrences_of
from rules.reminders.ladder import Ladder, ladder_of
from rules.timing.values import Timing, first_day_printed
from services.policy import Terms

CHUNK = 2_000
"""Items worked through at a time: memory stays flat however large the plan is."""

_TABLE: Table = Occurrence.__table__  # type: ignore[assignment]
_FOLLOWED = ("kind", "label", "opens_on", "due_on", "last_day", "target", "urge_until")
_Key = tuple[int, int, str]
_ItemRow = Row[tuple[int, str, bool]]


@dataclass(frozen=True, slots=True)
class Synced:
    """How many occurrences were added, changed (dates or next rung) and cancelled."""

    added: int = 0
    changed: int = 0
    cancelled: int = 0

    def __add__(self, other: "Synced") -> "Synced":
        return Synced(self.added + other.added, self.changed + other.changed, self.cancelled + other.cancelled)


def sync_occurrences(session: Session, plan: Plan, terms: Terms, item_id: int | None = None) -> Synced:
    """Bring the occurrences of a plan, or of one of its items, in line with timing and leading units.

    Kept rows keep their newest settled rung and done day; their next rung is computed anew, so that a changed
    ladder or calendar takes effect. Rows whose day is gone are cancelled, never deleted. Undetermined items and
    items without a known leading unit get none. Returns what changed.
    """
    session.flush()
    work = _Sync(session, plan, terms)
    total = sum((work.chunk(items) for items in _items(session, plan, item_id)), Synced())
    if total != Synced():
        session.expire_all()
    return total


def sync_authority(session: Session, authority_id: int, terms: Terms) -> Synced:
    """The same for every plan of an authority: after its units, its policy or its calendar changed."""
    plans = session.scalars(select(Plan).where(Plan.authority_id == authority_id).order_by(Plan.id)).all()
    return sum((sync_occurrences(session, plan, terms) for plan in plans), Synced())


def _items(session: Session, plan: Plan, item_id: int | None) -> Iterator[Sequence[_ItemRow]]:
    """The plan's items in chunks, by ranges of their numbers: a chunk reads its own rows, not the whole plan's."""
    wanted = select(Item.id).where(Item.plan_id == plan.id).order_by(Item.id)
    ids = session.scalars(wanted if item_id is None else wanted.where(Item.id == item_id)).all()
    columns: Select[Any] = select(Item.id, cast(Item.timing_json, Text), Item.dropped_at.is_not(None))
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        mine = frozenset(some)
        rows = session.execute(columns.where(Item.id.between(some[0], some[-1])).order_by(Item.id))
        yield [row for row in rows if row[0] in mine]


@dataclass(slots=True)
class _Changes:
    """What a chunk writes."""

    inserts: list[dict[str, Any]] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    vanished: list[Row[Any]] = field(default_factory=list)


class _Sync:
    """One plan being synced. Timings repeat ("Trong năm 2025"), so what comes of each is computed once."""

    def __init__(self, session: Session, plan: Plan, terms: Terms) -> None:
        self.session, self.plan, self.terms = session, plan, terms
        self.ladder: Ladder = ladder_of(terms.calendar, terms.ladder)
        self.known_since = plan.issued_on or first_day_printed(plan.issued_printed)
        self.asleep = plan.status is PlanStatus.CLOSED
        units = select(Unit.id).where(Unit.authority_id == plan.authority_id, Unit.active).order_by(Unit.id)
        self.every_unit = tuple(session.scalars(units))
        self._fresh: dict[str, tuple[dict[str, Any], ...]] = {}

    def chunk(self, items: Sequence[_ItemRow]) -> Synced:
        """Compare what should be with what is there, and write the difference."""
        mine = frozenset(item_id for item_id, _, _ in items)
        leads = self._leads(items[0][0], items[-1][0])
        existing = self._existing(items[0][0], items[-1][0], mine)
        changes = _Changes()
        for item_id, timing, dropped in items:
            for unit_id in () if dropped else leads.get(item_id, ()):
                for fresh in self._fresh_rows(timing):
                    row = existing.pop((item_id, unit_id, fresh["key"]), None)
                    if row is None:
                        changes.inserts.append({"item_id": item_id, "unit_id": unit_id, **fresh})
                    elif changed := self._changed(row, fresh):
                        changes.updates.append({"row_id": row.id, **changed})
        changes.vanished = [row for row in existing.values() if row.cancelled_at is None]
        return self._write(changes)

    def _leads(self, first: int, last: int) -> Mapping[int, tuple[int, ...]]:
        found: dict[int, tuple[int, ...]] = {}
        query = (
            select(Responsibility.item_id, Responsibility.scope, Responsibility.unit_id)
            .where(Responsibility.item_id.between(first, last))
            .where(Responsibility.part == Part.LEAD, Responsibility.scope.in_([Scope.UNIT, Scope.ALL]))
            .order_by(Responsibility.item_id, Responsibility.position)
        )
        for item_id, scope, unit_id in self.session.execute(query):
            units = self.every_unit if scope is Scope.ALL else (unit_id,)
            found[item_id] = tuple(dict.fromkeys((*found.get(item_id, ()), *units)))
        return found

    def _existing(self, first: int, last: int, mine: frozenset[int]) -> dict[_Key, Row[Any]]:
        rows = self.session.execute(select(*_TABLE.columns).where(_TABLE.c.item_id.between(first, last)))
        return {(row.item_id, row.unit_id, row.key): row for row in rows if row.item_id in mine}

    def _fresh_rows(self, timing: str) -> tuple[dict[str, Any], ...]:
        """The rows a timing gives when it is new, without item and unit."""
        if timing not in self._fresh:
            plan = self.plan
            drafts = occurrences_of(
                Timing.model_validate_json(timing), year=plan.year, issued=self.known_since, scheme=self.terms.scheme
            )
            self._fresh[timing] = tuple(self._row(draft) for draft in drafts)
        return self._fresh[timing]

    def _row(self, draft: OccurrenceDraft) -> dict[str, Any]:
        """A new row. Of a period that ended before the plan was known here the next sweep passes the rungs over."""
        row: dict[str, Any] = {name: getattr(draft, name) for name in ("key", *_FOLLOWED)}
        row["kind"], row["label"] = draft.kind.value, draft.label[:120]
        row["settled_offset"] = row["done_on"] = None
        row["next_rung_on"] = self._next(row, None, None)
        return row

    def _next(self, row: Mapping[str, Any], settled: int | None, done_on: date | None) -> date | None:
        if self.asleep or done_on is not None:
            return None
        return self.ladder.next_rung_day(row["opens_on"], row["last_day"], after=settled, urge_until=row["urge_until"])

    def _changed(self, row: Row[Any], fresh: Mapping[str, Any]) -> dict[str, Any] | None:
        """The row's new values; None when all is as it was."""
        values = {name: fresh[name] for name in _FOLLOWED}
        if row.extended_to is not None:  # a day granted on request stands, whatever the plan says
            values["last_day"] = max(row.extended_to, fresh["last_day"])
            values["urge_until"] = fresh["urge_until"] and max(row.extended_to, fresh["urge_until"])
        values["next_rung_on"] = self._next_kept(row, values, fresh)
        values["cancelled_at"] = None
        old = row._mapping
        return values if any(old[name] != value for name, value in values.items()) else None

    def _next_kept(self, row: Row[Any], values: Mapping[str, Any], fresh: Mapping[str, Any]) -> date | None:
        """The next rung of a row that stays; none while the unit's word that it cannot be done waits for a reviewer."""
        if row.halted_at is not None:
            return None
        same = row.settled_offset == fresh["settled_offset"] and values["last_day"] == fresh["last_day"]
        if same and row.done_on is None:
            next_rung: date | None = fresh["next_rung_on"]
            return next_rung
        return self._next(values, row.settled_offset, row.done_on)

    def _write(self, changes: _Changes) -> Synced:
        _carry_done(changes)
        connection = self.session.connection()
        if changes.inserts:
            connection.execute(insert(_TABLE), changes.inserts)
        if changes.updates:
            names = (*_FOLLOWED, "next_rung_on", "cancelled_at")
            statement = update(_TABLE).where(_TABLE.c.id == bindparam("row_id"))
            connection.execute(statement.values({name: bindparam(name) for name in names}), changes.updates)
        cancel(self.session, [row.id for row in changes.vanished], self.terms.at)
        return Synced(len(changes.inserts), len(changes.updates), len(changes.vanished))


def _carry_done(changes: _Changes) -> None:
    """Work that was done stays done when its only deadline is moved to another day."""
    gone: dict[tuple[int, int], list[Row[Any]]] = {}
    for row in changes.vanished:
        if row.kind == OccurrenceKind.DEADLINE and row.done_on is not None:
            gone.setdefault((row.item_id, row.unit_id), []).append(row)
    if not gone:
        return
    came: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for fresh in changes.inserts:
        came.setdefault((fresh["item_id"], fresh["unit_id"]), []).append(fresh)
    for key, rows in gone.items():
        new = came.get(key, [])
        if len(rows) == len(new) == 1 and new[0]["kind"] == OccurrenceKind.DEADLINE:
            new[0].update(done_on=rows[0].done_on, next_rung_on=None)


def cancel(session: Session, occurrence_ids: Sequence[int], at: datetime) -> None:
    """End occurrences without deleting them: no further rung, and notices not yet in a mail are dropped."""
    for ids in _batches(occurrence_ids):
        session.execute(
            update(Occurrence).where(Occurrence.id.in_(ids)).values(cancelled_at=at, next_rung_on=None),
            execution_options={"synchronize_session": False},
        )
    drop_untold(session, occurrence_ids)


def drop_untold(session: Session, occurrence_ids: Sequence[int]) -> None:
    """Notices that were decided but are in no mail yet are no longer due."""
    for ids in _batches(occurrence_ids):
        session.execute(
            update(Notice)
            .where(Notice.occurrence_id.in_(ids), Notice.state == NoticeState.DUE, Notice.message_id.is_(None))
            .values(state=NoticeState.DROPPED),
            execution_options={"synchronize_session": False},
        )


def _batches(ids: Sequence[int], size: int = 500) -> Iterable[Sequence[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
