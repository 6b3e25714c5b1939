"""The trend over weeks: how many items were overdue and done on a day, by the days that stood on that day.

A day granted later, or a deadline that a revision moved later, is used only from then on: what
was overdue at the time stays overdue in the picture. Days are in Asia/Ho_Chi_Minh.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, String, and_, cast, or_, select
from sqlalchemy.orm import Session

from config.clock import ZONE
from models.answer import Extension
from models.occurrence import Occurrence
from models.plan import Item, Plan, PlanStatus
from rules.calendar.occurrences import OccurrenceKind
from services.figures.status import Asked, of_asked

WEEKS = 12
"""How far back the trend goes."""


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The items of the active plans on a day, by the days that stood then: done by then, overdue then."""

    day: date
    items: int
    overdue: int
    done: int


@dataclass(frozen=True, slots=True)
class _Was:
    """What stood of an occurrence until a day (exclusive): its last day, and when it was done."""

    until: str
    last: str
    done: str | None


_Row = tuple[int, str | None, int | None, int | None, str | None, str | None, str | None, datetime | None]
"""An item's number, its plan's day; an occurrence's number and unit, last day, day done, end of urging, cancelled."""

_Facts = tuple[int, int, int]
"""Over which days something is overdue, open, finished: a number of one bit a day."""


def trend(session: Session, asked: Asked, weeks: int = WEEKS) -> tuple[TrendPoint, ...]:
    """The day and the same weekday of the weeks before it, oldest first; days before any plan began are left out.

    An item counts from the day its plan was issued (today: always). Of items that a revision dropped, and of
    milestones and periods that it moved, only what stands now is known.
    """
    days = [asked.day - timedelta(weeks=number) for number in range(weeks - 1, -1, -1)]
    weeks_of = _Days([day.isoformat() for day in days])
    granted = _granted(session, asked)
    found: Counter[_Facts] = Counter()
    for _, rows in groupby(session.execute(_rows(asked)).tuples(), key=itemgetter(0)):
        found[weeks_of.item(list(rows), granted)] += 1
    points = [TrendPoint(day, *counts) for day, counts in zip(days, _summed(found, len(days)), strict=True)]
    return tuple(point for point in points if point.items)


def _summed(found: Mapping[_Facts, int], days: int) -> Iterator[tuple[int, ...]]:
    """Items, overdue and done of each day; many items are alike, so their bits are counted together."""
    for day in range(days):
        yield tuple(sum(count for facts, count in found.items() if facts[which] >> day & 1) for which in range(3))


def _rows(asked: Asked) -> Select[Any]:
    """Each item with its standing occurrences and the deadlines that a revision took away.

    Days come as text (ISO 8601 sorts as days do): reading twelve thousand of them as dates costs more.
    """
    columns = (Occurrence.last_day, Occurrence.done_on, Occurrence.urge_until)
    known = or_(Occurrence.cancelled_at.is_(None), Occurrence.kind == OccurrenceKind.DEADLINE)
    return (
        select(
            Item.id,
            cast(Plan.issued_on, String),
            Occurrence.id,
            Occurrence.unit_id,
            *(cast(column, String) for column in columns),
            Occurrence.cancelled_at,
        )
        .select_from(Item)
        .join(Plan, Plan.id == Item.plan_id)
        .outerjoin(Occurrence, and_(Occurrence.item_id == Item.id, known))
        .where(Item.dropped_at.is_(None), Plan.status == PlanStatus.ACTIVE, *of_asked(asked))
        .order_by(Item.plan_id, Item.id)
    )


class _Days:
    """The days of the trend, and what is true of an item on each of them."""

    def __init__(self, days: Sequence[str]) -> None:
        self.days = days
        self.every = (1 << len(days)) - 1
        self.since = [self.every >> place << place for place in range(len(days) + 1)]

    def item(self, rows: Sequence[_Row], granted: Mapping[int, Sequence[_Was]]) -> _Facts:
        """Over which days an item counts, is overdue, is done: nothing open, and something finished."""
        issued = rows[0][1]
        there = self.since[min(bisect_left(self.days, issued), len(self.days) - 1)] if issued else self.every
        gone = [row for row in rows if row[7] is not None]
        standing = [row for row in rows if row[7] is None] if gone else rows
        newest = rows[0][4] if len(rows) == 1 else max((row[4] for row in standing if row[4]), default=None)
        overdue = is_open = finished = 0
        for _, _, key, unit, last, done, replaced_after, _ in standing:
            if key is None or last is None:
                continue
            ends = replaced_after if last != newest else None
            past = [*granted.get(key, ()), *_moved(gone, standing, unit)] if gone or key in granted else ()
            facts = self._through(past, last, done, ends) if past else self._of(last, done, ends)
            overdue, is_open, finished = overdue | facts[0], is_open | facts[1], finished | facts[2]
        return there, overdue & there, finished & ~is_open & there

    def _of(self, last: str, done: str | None, ends: str | None) -> _Facts:
        """One occurrence; `ends`: after that day a later one has taken its place."""
        finished = self.since[bisect_left(self.days, done)] if done else 0
        is_open = self.every & ~finished
        if ends:
            is_open &= ~self.since[bisect_right(self.days, ends)]
        return is_open & self.since[bisect_right(self.days, last)], is_open, finished

    def _through(self, past: Sequence[_Was], last: str, done: str | None, ends: str | None) -> _Facts:
        """One occurrence where other days stood before: each stretch by what stood in it."""
        overdue = is_open = finished = 0
        left = self.every
        for was in (*sorted(past, key=lambda one: one.until), _Was("9999", last, done)):
            here = left & ~self.since[bisect_left(self.days, was.until)]
            facts = self._of(was.last, was.done, ends)
            overdue, is_open, finished = (
                overdue | facts[0] & here,
                is_open | facts[1] & here,
                finished | facts[2] & here,
            )
            left &= ~here
        return overdue, is_open, finished


def _moved(gone: Sequence[_Row], standing: Sequence[_Row], unit: int | None) -> Iterator[_Was]:
    """What a revision took away from a unit whose only day this is: until then that was its day."""
    if sum(row[3] == unit for row in standing) == 1:
        for _, _, _, of_unit, last, done, _, at in gone:
            if of_unit == unit and last is not None and at is not None:
                yield _Was(_day(at), last, done)


def _granted(session: Session, asked: Asked) -> dict[int, list[_Was]]:
    """By occurrence: the day that stood before another was granted on request."""
    query = (
        select(Occurrence.id, Extension.decided_at, Extension.last_day_then, Occurrence.done_on)
        .select_from(Extension)
        .join(Occurrence, Extension.occurrence_id == Occurrence.id)
        .join(Item, Item.id == Occurrence.item_id)
        .join(Plan, Plan.id == Item.plan_id)
        .where(Extension.granted_day.is_not(None), Extension.decided_at.is_not(None), *of_asked(asked))
    )
    found: dict[int, list[_Was]] = {}
    for key, at, last, done in session.execute(query):
        found.setdefault(key, []).append(_Was(_day(at), last.isoformat(), done.isoformat() if done else None))
    return found


def _day(at: datetime) -> str:
    return at.astimezone(ZONE).date().isoformat()
