"""Rhythms (định kỳ, hằng tháng, 02 lần/năm, thứ Sáu hằng tuần) as rules of RFC 5545.

Only FREQ, INTERVAL, BYDAY, BYMONTH, BYMONTHDAY and UNTIL are written: what
`rules.calendar.recurrence` and python-dateutil both understand. Where a phrase leaves the
choice of days to the office ("02 lần/tháng") even ones are chosen and `note` says so.
"""

from typing import NamedTuple

WORKDAYS = "BYDAY=MO,TU,WE,TH,FR"
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAYS_OF_MONTH = {2: "15,-1", 3: "10,20,-1", 4: "7,14,21,-1"}
_DAYS_OF_WEEK = {2: "TU,FR", 3: "MO,WE,FR", 4: "MO,TU,TH,FR", 5: "MO,TU,WE,TH,FR"}
_MONTHS_A_QUARTER = {2: (2, 3, 5, 6, 8, 9, 11, 12)}
_NOTE_TIMES = "văn bản không nêu ngày cụ thể của từng lần; đã chia đều, cần người phụ trách xác nhận"
_NOTE_DAY = "cách hiểu về ngày trong kỳ cần người phụ trách xác nhận"


class Rhythm(NamedTuple):
    """Rules of one rhythm. `months` is the length of its period (0: shorter than a month, 12: a year or more).

    `dated`: the rule names its days. `bound` is a year that limits it ("quý và năm 2024").
    """

    rules: tuple[str, ...]
    months: int
    dated: bool = False
    note: str | None = None
    bound: int | None = None


def every(unit: str, count: int = 1) -> Rhythm:
    """Every `count` units (ngày, tuần, tháng, quý, năm). "9 tháng" is the nine-month report of each year."""
    step = f";INTERVAL={count}" if count > 1 else ""
    match unit:
        case "ngày":
            return Rhythm((f"FREQ=DAILY{step}" if step else f"FREQ=DAILY;{WORKDAYS}",), 0)
        case "tuần":
            return Rhythm((f"FREQ=WEEKLY{step}",), 0)
        case "tháng" if count == 9:
            return Rhythm(("FREQ=YEARLY;BYMONTH=9",), 12)
        case "tháng" if count % 12 == 0:
            return every("năm", count // 12)
        case "tháng":
            return Rhythm((f"FREQ=MONTHLY{step}",), count)
        case "quý":
            return every("tháng", 3 * count) if count != 3 else Rhythm(("FREQ=MONTHLY;INTERVAL=9",), 9)
    return Rhythm((f"FREQ=YEARLY{step}",), 12)


def times_a(times: int, count: int, unit: str) -> Rhythm | None:
    """So many times in so many units; None where no even spacing exists."""
    if times < 1 or count < 1:
        return None
    if times == 1:
        return every(unit, count)
    if count % times == 0:
        return every(unit, count // times)
    months = {"năm": 12, "quý": 3, "tháng": 1}.get(unit, 0) * count
    rule = _times_rule(times, months) if months else None
    if unit == "tuần" and count == 1:
        rule = f"FREQ=WEEKLY;BYDAY={_DAYS_OF_WEEK[times]}" if times in _DAYS_OF_WEEK else None
    if unit == "ngày" and count == 1:
        return Rhythm((f"FREQ=DAILY;{WORKDAYS}",), 0, note=f"{times} lần mỗi ngày; lịch nhắc theo ngày")
    if rule is None:
        return None
    return Rhythm((rule,), max(months // times, 0), note=f"{times} lần/{unit}: {_NOTE_TIMES}")


def _times_rule(times: int, months: int) -> str | None:
    if months % times == 0:
        step = months // times
        return "FREQ=MONTHLY" + (f";INTERVAL={step}" if step > 1 else "")
    if months == 1 and times in _DAYS_OF_MONTH:
        return f"FREQ=MONTHLY;BYMONTHDAY={_DAYS_OF_MONTH[times]}"
    if months == 3 and times in _MONTHS_A_QUARTER:
        return "FREQ=YEARLY;BYMONTH=" + ",".join(map(str, _MONTHS_A_QUARTER[times]))
    return None


def days_of_month(days: list[int]) -> Rhythm:
    """Named days of every month; the 31st is the last day of a shorter one."""
    return Rhythm(("FREQ=MONTHLY;BYMONTHDAY=" + ",".join(map(str, days)),), 1, dated=True)


def days_of_block(days: list[int], part: str, months: int, *, note: str | None = None) -> Rhythm:
    """Named days of the first, middle or last month of every quarter (3), half-year (6), year (12) …"""
    step = months if 12 % months == 0 else 12
    at = {"đầu": 1, "giữa": (step + 1) // 2 if step > 2 else 1, "cuối": step}[part]
    numbers = ",".join(str(month) for month in range(at, 13, step))
    day = f";BYMONTHDAY={','.join(map(str, days))}" if days else ""
    return Rhythm((f"FREQ=YEARLY;BYMONTH={numbers}{day}",), step, dated=True, note=note)


def part_of_every(part: str, unit: str) -> Rhythm:
    """At the beginning, middle or end of every month, quarter, year or week: read as in `rules.timing.spans`."""
    note = f"“{part} {unit}”: {_NOTE_DAY}"
    if unit == "tuần":
        day = {"đầu": "MO", "giữa": "WE", "cuối": "FR"}[part]
        return Rhythm((f"FREQ=WEEKLY;BYDAY={day}",), 0, dated=True, note=note)
    if unit == "tháng":
        day = {"đầu": "10", "giữa": "15", "cuối": "-1"}[part]
        return Rhythm((f"FREQ=MONTHLY;BYMONTHDAY={day}",), 1, dated=True, note=note)
    if unit == "quý":
        return days_of_block([-1], part, 3, note=note)
    month = {"đầu": 3, "giữa": 6, "cuối": 12}[part]
    return Rhythm((f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY=-1",), 12, dated=True, note=note)


def edge_day(part: str, unit: str, *, working: bool) -> Rhythm:
    """The first or last day of every week, month, quarter, year. A working day is settled by the reminders."""
    note = "ngày làm việc cụ thể của từng kỳ cần người phụ trách đối chiếu lịch nghỉ" if working else None
    last = part == "cuối"
    if unit == "tuần":
        return Rhythm(
            (f"FREQ=WEEKLY;BYDAY={'FR' if last and working else 'SU' if last else 'MO'}",), 0, True, note=note
        )
    day = -1 if last else 1
    if unit == "tháng":
        return Rhythm((f"FREQ=MONTHLY;BYMONTHDAY={day}",), 1, dated=True, note=note)
    return days_of_block([day], part, 3 if unit == "quý" else 12, note=note)


def weekdays(days: list[int], places: list[int] | None = None) -> Rhythm:
    """Days of the week (1 Monday … 7 Sunday): of every week, or the n-th ones of every month (-1 the last)."""
    names = [_WEEKDAYS[day - 1] for day in days]
    if places is None:
        return Rhythm((f"FREQ=WEEKLY;BYDAY={','.join(names)}",), 0, dated=True)
    chosen = ",".join(f"{place}{name}" for place in places for name in names)
    return Rhythm((f"FREQ=MONTHLY;BYDAY={chosen}",), 1, dated=True)


def yearly(month: int, day: int | None = None) -> str:
    """The rule of a day or a month of every year."""
    return f"FREQ=YEARLY;BYMONTH={month}" + (f";BYMONTHDAY={day}" if day is not None else "")


def months_of_year(numbers: list[int]) -> str:
    """The rule of several months of every year."""
    return "FREQ=YEARLY;BYMONTH=" + ",".join(map(str, numbers))
