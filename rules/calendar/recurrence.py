"""Recurring due days: the RFC 5545 rules that `rules.timing` writes, expanded day by day.

All dates are calendar days in Asia/Ho_Chi_Minh.
"""

# Only what a plan can say is understood (FREQ, INTERVAL, BYDAY, BYMONTH, BYMONTHDAY, UNTIL); anything else raises
# ValueError, because a rule half understood would give wrong dates. Unlike RFC 5545, intervals are counted on the
# calendar (quarters end in March, June, September and December) and not from a first date: "hằng quý" means the
# quarters of the year, whenever the plan was signed. A period is due at its end unless the rule names a day.

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rules.calendar.periods import ROMAN

_WEEKDAYS = {"MO": 1, "TU": 2, "WE": 3, "TH": 4, "FR": 5, "SA": 6, "SU": 7}
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_FRIDAY = 5
_STANDING_DAYS = 4
_WEEK, _MONTH, _YEAR = 5, 30, 365
"""About how many days of work a natural period has: enough to tell a due day early in it from a late one."""


@dataclass(frozen=True, slots=True)
class RecurrenceRule:
    """One rule."""

    # `weekdays` are (ordinal in the month or 0, ISO weekday); `until` is the last possible due day.

    frequency: str
    interval: int = 1
    weekdays: tuple[tuple[int, int], ...] = ()
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    until: date | None = None

    @property
    def standing(self) -> bool:
        """Whether it comes so often (daily, every few days) that it is a standing duty."""
        return self.frequency == "DAILY" and self.interval <= _STANDING_DAYS


@dataclass(frozen=True, slots=True)
class Due:
    """A due day of a rule."""

    # The first day of the natural period it closes, about how many days that has, its names.

    day: date
    period_start: date
    period_days: int
    key: str
    label: str


def parse_recurrence(text: str) -> tuple[RecurrenceRule, ...]:
    """The rules of a `Timing.recurrence`, one a line. Raises ValueError on anything not understood."""
    return tuple(_normal(_rule(line)) for line in text.splitlines() if line.strip())


def dues(rule: RecurrenceRule, first: date, last: date, *, plan_year: int) -> Iterator[Due]:
    """The due days of a rule from `first` to `last`, in order."""
    # "Every second year" closes in the plan's year.
    if rule.until is not None:
        last = min(last, rule.until)
    expand = {"DAILY": _every_days, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}[rule.frequency]
    for year in range(first.year, last.year + 1):
        if rule.frequency == "YEARLY" and (year - plan_year) % rule.interval:
            continue
        for due in expand(rule, year):
            if first <= due.day <= last:
                yield due


def _rule(line: str) -> RecurrenceRule:
    # One rule as written.
    split = (part.partition("=") for part in line.strip().upper().split(";"))
    parts = {name: value for name, _, value in split}
    frequency = parts.pop("FREQ", "")
    if frequency not in _FREQUENCIES:
        raise ValueError(f"Quy tắc lặp lại “{line}” không có FREQ hợp lệ.")
    try:
        rule = RecurrenceRule(
            frequency,
            max(int(parts.pop("INTERVAL", "1")), 1),
            tuple(_weekday(name) for name in _listed(parts, "BYDAY")),
            tuple(sorted(int(month) for month in _listed(parts, "BYMONTH"))),
            tuple(int(day) for day in _listed(parts, "BYMONTHDAY")),
            _until(parts.pop("UNTIL", None)),
        )
    except (ValueError, KeyError):
        raise ValueError(f"Quy tắc lặp lại “{line}” có giá trị không đọc được.") from None
    in_range = all(1 <= month <= 12 for month in rule.months) and all(1 <= abs(d) <= 31 for d in rule.month_days)
    if parts or not in_range:
        raise ValueError(f"Quy tắc lặp lại “{line}” có phần không dùng được: {', '.join(parts) or 'ngày, tháng'}.")
    return rule


def _normal(rule: RecurrenceRule) -> RecurrenceRule:
    # One writing for one meaning: a list of months that closes equal parts of the year is an interval.
    if rule.frequency == "YEARLY" and rule.months and 12 % len(rule.months) == 0 and rule.interval == 1:
        step = 12 // len(rule.months)
        if rule.months == tuple(range(step, 13, step)) and 1 < len(rule.months) < 12:
            return replace(rule, frequency="MONTHLY", interval=step, months=())
    if rule.frequency == "MONTHLY" and not rule.months and rule.interval % 12 == 0:
        return replace(rule, frequency="YEARLY", interval=rule.interval // 12)
    return rule


def _listed(parts: dict[str, str], name: str) -> list[str]:
    value = parts.pop(name, "")
    return value.split(",") if value else []


def _weekday(name: str) -> tuple[int, int]:
    # "-1FR" is the last Friday of the month, "FR" every Friday.
    return int(name[:-2] or "0"), _WEEKDAYS[name[-2:]]


def _until(text: str | None) -> date | None:
    return date.fromisoformat(text[:8]) if text else None


def _every_days(rule: RecurrenceRule, year: int) -> Iterator[Due]:
    # Every so many days, counted from 1 January: each stretch is due on its last day.
    start = date(year, 1, 1)
    while start.year == year:
        day = start + timedelta(days=rule.interval - 1)
        if day.year == year:
            yield Due(day, start, rule.interval, day.isoformat(), f"Ngày {day:%d/%m/%Y}")
        start = day + timedelta(days=1)


def _weekly(rule: RecurrenceRule, year: int) -> Iterator[Due]:
    # Weeks from Monday; due on Friday unless the rule says. Of two weeks the even one closes the pair.
    weekdays = sorted(day for _, day in rule.weekdays) or [_FRIDAY]
    monday = date(year, 1, 1) - timedelta(days=date(year, 1, 1).weekday())
    while monday.year <= year:
        if monday.toordinal() // 7 % rule.interval == 0:
            yield from _due_in_week(rule, monday, weekdays, year)
        monday += timedelta(days=7)


def _due_in_week(rule: RecurrenceRule, monday: date, weekdays: list[int], year: int) -> Iterator[Due]:
    week_year, week, _ = monday.isocalendar()
    start, length = monday - timedelta(weeks=rule.interval - 1), _WEEK * rule.interval
    for weekday in weekdays:
        day = monday + timedelta(days=weekday - 1)
        if day.year != year or (rule.months and day.month not in rule.months):
            continue
        if len(weekdays) == 1:
            yield Due(day, start, length, f"{week_year}-W{week:02}", f"Tuần {week}/{week_year}")
        else:
            yield Due(day, start, length, day.isoformat(), f"Tuần {week}/{week_year}, ngày {day:%d/%m/%Y}")


def _monthly(rule: RecurrenceRule, year: int) -> Iterator[Due]:
    # Months, or blocks of months closed by their last one (quarters, half-years).
    for month in range(1, 13):
        closes = month in rule.months if rule.months else _closes_block(year, month, rule.interval)
        if not closes:
            continue
        block = 1 if rule.months else rule.interval
        start = _first_of(year, month - block + 1)
        key, label = _block_names(year, month, block)
        yield from _named(_days_of(rule, year, month), (start, block * _MONTH), key, label)


def _closes_block(year: int, month: int, length: int) -> bool:
    # Blocks of months begin anew each January ("9 tháng" is January to September), unless longer than a year.
    return (month if length <= 12 else year * 12 + month) % length == 0


def _yearly(rule: RecurrenceRule, year: int) -> Iterator[Due]:
    # Years; without a day of the month a named month is worked in as a whole.
    if not rule.months:
        days = _days_of(rule, year, 12)
        period = (date(year - rule.interval + 1, 1, 1), rule.interval * _YEAR)
        yield from _named(days, period, f"{year}", f"Năm {year}")
        return
    whole_months = not rule.month_days and not rule.weekdays
    for month in rule.months:
        key, label = (f"{year}", f"Năm {year}") if len(rule.months) == 1 else _block_names(year, month, 1)
        period = (date(year, month, 1), _MONTH) if whole_months else (date(year, 1, 1), _YEAR)
        yield from _named(_days_of(rule, year, month), period, key, label)


def _named(days: list[date], period: tuple[date, int], key: str, label: str) -> Iterator[Due]:
    # Due days of one natural period (first day, length); of several each is named by its own date.
    for day in days:
        if len(days) == 1:
            yield Due(day, *period, key, label)
        else:
            yield Due(day, *period, day.isoformat(), f"{label}, ngày {day:%d/%m/%Y}")


def _days_of(rule: RecurrenceRule, year: int, month: int) -> list[date]:
    # The due days in a month: the named ones (the 31st is the last day of a shorter month), or its last day.
    length = monthrange(year, month)[1]
    if rule.weekdays:
        return sorted(day for ordinal, weekday in rule.weekdays for day in _weekdays_of(year, month, ordinal, weekday))
    numbers = {min(n, length) if n > 0 else max(length + 1 + n, 1) for n in rule.month_days or (length,)}
    return [date(year, month, n) for n in sorted(numbers)]


def _weekdays_of(year: int, month: int, ordinal: int, weekday: int) -> list[date]:
    # The weekday's days in a month: all, or only the n-th from its start (negative: from its end).
    length = monthrange(year, month)[1]
    every = [date(year, month, n) for n in range(1, length + 1) if date(year, month, n).isoweekday() == weekday]
    if not ordinal:
        return every
    place = ordinal - 1 if ordinal > 0 else len(every) + ordinal
    return [every[place]] if 0 <= place < len(every) else []


def _first_of(year: int, month: int) -> date:
    # The first of the `month`-th month counted from January of `year`; zero and less lie in the years before.
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _block_names(year: int, month: int, block: int) -> tuple[str, str]:
    # Key and label of the block of months that `month` closes.
    match block:
        case 1:
            return f"{year}-{month:02}", f"Tháng {month}/{year}"
        case 3:
            return f"{year}-Q{month // 3}", f"Quý {ROMAN[month // 3]}/{year}"
        case 6:
            key = f"{year}-6M" if month == 6 else f"{year}-6M2"
            return key, f"6 tháng {'đầu' if month == 6 else 'cuối'} năm {year}"
        case 9:
            return f"{year}-9M", f"9 tháng đầu năm {year}"
        case _:
            start = _first_of(year, month - block + 1)
            return f"{year}-{month:02}", f"Tháng {start.month}/{start.year} – {month}/{year}"
