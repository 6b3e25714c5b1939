"""Working days (ngày làm việc). All dates are calendar days in Asia/Ho_Chi_Minh."""

# Which days an office is open, and counting by them. Pure: the public holidays and the swapped days ("hoán đổi
# ngày làm việc") are given as values.

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

MONDAY_TO_FRIDAY = frozenset({1, 2, 3, 4, 5})
"""ISO weekdays (Monday 1 … Sunday 7) on which a state office works (Decision 188/1999/QĐ-TTg: 40 hours, five days)."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The days of an office.

    Raises ValueError when no weekday is left to work on, because then "the next working day" does not exist.
    """

    # `off` are days without work (public holidays, days swapped away), `worked` are days of work although the
    # weekday is a rest day (làm bù). A day in both is worked: the swap is the later decision.

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    worked_weekdays: frozenset[int] = MONDAY_TO_FRIDAY

    def __post_init__(self) -> None:
        if not self.worked_weekdays & frozenset(range(1, 8)):
            raise ValueError("Lịch làm việc không còn ngày làm việc nào trong tuần.")

    def is_working_day(self, day: date) -> bool:
        """Whether the office is open on `day`."""
        if day in self.worked:
            return True
        return day.isoweekday() in self.worked_weekdays and day not in self.off

    def next_working_day(self, day: date) -> date:
        """`day` itself when it is a working day, otherwise the first one after it."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def previous_working_day(self, day: date) -> date:
        """`day` itself when it is a working day, otherwise the last one before it."""
        while not self.is_working_day(day):
            day -= _DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, which is not counted itself (Civil Code 2015, Art. 147)."""
        # A negative count goes backwards; zero gives `day` unchanged, working day or not.
        step = _DAY if count > 0 else -_DAY
        left = abs(count)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def weekly_day(self, day: date, weekday: int) -> date | None:
        """The day on which something weekly happens in the week of `day`."""
        # Its ISO `weekday`, or the first working day after it in that week. None when the rest of the week is off
        # (Tết).
        start = day - timedelta(days=day.isoweekday() - weekday)
        moved = self.next_working_day(start)
        return moved if moved.isocalendar()[:2] == start.isocalendar()[:2] else None

    def resting_also(self, days: Iterable[date] = (), weekdays: Iterable[int] = ()) -> "WorkCalendar":
        """The same calendar with further rest days, also over swapped ones."""
        # Itself when nothing is added.
        resting, rest_weekdays = frozenset(days), frozenset(weekdays)
        if not resting and not rest_weekdays:
            return self
        worked = frozenset(d for d in self.worked - resting if d.isoweekday() not in rest_weekdays)
        return WorkCalendar(self.off | resting, worked, self.worked_weekdays - rest_weekdays)
