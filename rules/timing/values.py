"""A timing phrase understood, as values."""

import re
from datetime import date
from enum import StrEnum

from pydantic import Field

from rules.base import Value


class TimingKind(StrEnum):
    """The six ways a plan says when (tiến độ)."""

    DEADLINE = "deadline"
    WINDOW = "window"
    RECURRING = "recurring"
    CONTINUOUS = "continuous"
    MILESTONES = "milestones"
    UNDETERMINED = "undetermined"


class Relative(Value):
    """A deadline counted from an event ("05 ngày làm việc kể từ ngày nhận văn bản")."""

    event: str
    days: int | None = None
    working_days: bool = False
    hours: int | None = None


class Milestone(Value):
    """One date of several, with what must be reached by then."""

    # `start` is the first day of its window where the phrase gives one ("quý II và quý IV" are two windows).

    due: date | None
    target: str | None = None
    start: date | None = None
    last_day: date | None = None


class Timing(Value):
    """A timing phrase understood (tiến độ)."""

    # `due` is the date as printed, `last_day` the last day that is still in time: "trước ngày 15/4" has due 15/4
    # and last day 14/4. `recurrence` is an RFC 5545 rule without the "RRULE:" prefix; several rules are joined by
    # a line break. `reason` says why a phrase is undetermined, or what a person should check.

    phrase: str
    kind: TimingKind
    start: date | None = None
    due: date | None = None
    last_day: date | None = None
    due_time: str | None = Field(default=None, description="HH:MM on the last day, where the phrase prints one")
    recurrence: str | None = None
    exclusive: bool = Field(
        default=False, description="a recurring due day is itself outside: 'trước ngày 20 hằng tháng'"
    )
    relative: Relative | None = None
    milestones: tuple[Milestone, ...] = ()
    reason: str | None = None


_MONTH_PRINTED = re.compile(r"tháng\s*(?P<month>\d{1,2})\s*năm\s*(?P<year>\d{4})")


def first_day_printed(issued_printed: str | None) -> date | None:
    """The first day of the month of issue where only the day was left blank ("ngày tháng 9 năm 2025")."""
    # Never the day of issue: only the day before which no duty of the plan can have begun.
    found = _MONTH_PRINTED.search(issued_printed or "")
    if not found or not 1 <= int(found["month"]) <= 12 or int(found["year"]) < 1:
        return None
    return date(int(found["year"]), int(found["month"]), 1)
