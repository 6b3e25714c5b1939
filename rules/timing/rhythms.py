"""Rhythms (định kỳ, hằng tháng, 02 lần/năm, thứ Sáu hằng tuần) as rules of RFC 5545."""

# Only FREQ, INTERVAL, BYDAY, BYMONTH, BYMONTHDAY and UNTIL are written: what `rules.calendar.recurrence` and
# python-dateutil both understand. Where a phrase leaves the choice of days to the office ("02 lần/tháng") even
# ones are chosen and `note` says so.

from functools import cache
from typing import NamedTuple

from rules.timing import spans
from rules.timing.lexer import code_of, number_of
from rules.timing.spans import (
    DAY,
    EDGES,
    FIRST,
    LAST,
    MONTH,
    QUARTER,
    TO,
    UNITS,
    WEEK,
    WORK,
    YEAR,
    Made,
    a_month,
    a_quarter,
    month_in_quarter,
    numbers_in,
    shown,
    year_in,
)

WORKDAYS = "BYDAY=MO,TU,WE,TH,FR"
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAYS_OF_MONTH = {2: "15,-1", 3: "10,20,-1", 4: "7,14,21,-1"}
_DAYS_OF_WEEK = {2: "TU,FR", 3: "MO,WE,FR", 4: "MO,TU,TH,FR", 5: "MO,TU,WE,TH,FR"}
_MONTHS_A_QUARTER = {2: (2, 3, 5, 6, 8, 9, 11, 12)}
_MONTHS = {"tháng": 1, "quý": 3, "năm": 12}
_LONGEST = 60
_NOTE_TIMES = "văn bản không nêu ngày cụ thể của từng lần; đã chia đều, cần người phụ trách xác nhận"
_NOTE_DAY = "cách hiểu về ngày trong kỳ cần người phụ trách xác nhận"


class Rhythm(NamedTuple):
    """Rules of one rhythm."""

    # `months` is the length of its period (0: shorter than a month, 12: a year or more). `dated`: the rule names
    # its days. `bound` is a year that limits it ("quý và năm 2024").

    rules: tuple[str, ...]
    months: int
    dated: bool = False
    note: str | None = None
    bound: int | None = None


@cache
def every(unit: str, count: int = 1) -> Rhythm:
    """Every `count` units (ngày, tuần, tháng, quý, năm)."""
    # "9 tháng" is the nine-month report of each year.
    months = count * _MONTHS.get(unit, 0)
    if months and months != 9 and 12 % months and not (months % 12 == 0 and months <= _LONGEST):
        return _every(unit, count)._replace(note=f"kỳ {months} tháng không khớp với năm; cần người phụ trách xác nhận")
    return _every(unit, count)


def _every(unit: str, count: int) -> Rhythm:
    step = f";INTERVAL={count}" if count > 1 else ""
    match unit:
        case "ngày":
            return Rhythm((f"FREQ=DAILY{step}" if step else f"FREQ=DAILY;{WORKDAYS}",), 0)
        case "tuần":
            return Rhythm((f"FREQ=WEEKLY{step}",), 0)
        case "tháng" if count == 9:
            return Rhythm(("FREQ=YEARLY;BYMONTH=9",), 12)
        case "tháng" if count % 12 == 0:
            return _every("năm", count // 12)
        case "tháng":
            return Rhythm((f"FREQ=MONTHLY{step}",), count)
        case "quý":
            return _every("tháng", 3 * count) if count != 3 else Rhythm(("FREQ=MONTHLY;INTERVAL=9",), 9)
    return Rhythm((f"FREQ=YEARLY{step}",), 12)


def times_a(times: int, count: int, unit: str) -> Rhythm | None:
    """So many times in so many units; None where no even spacing exists."""
    if times < 1 or count < 1:
        return None
    if times == 1:
        return every(unit, count)
    if count % times == 0:
        return every(unit, count // times)
    months = _MONTHS.get(unit, 0) * count
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
    """Named days of every month."""
    # The 31st is the last day of a shorter one.
    return Rhythm(("FREQ=MONTHLY;BYMONTHDAY=" + ",".join(map(str, days)),), 1, dated=True)


def days_of_block(days: list[int], part: str | int, months: int, *, note: str | None = None) -> Rhythm:
    """Named days of the first, middle or last month of every quarter (3), half-year (6), year (12) …"""
    step = months if 12 % months == 0 else 12
    at = {"đầu": 1, "giữa": (step + 1) // 2 if step > 2 else 1, "cuối": step}[part] if isinstance(part, str) else part
    numbers = ",".join(str(month) for month in range(at, 13, step))
    day = f";BYMONTHDAY={','.join(map(str, days))}" if days else ""
    return Rhythm((f"FREQ=YEARLY;BYMONTH={numbers}{day}",), step, dated=True, note=note)


def part_of_every(part: str, unit: str) -> Rhythm:
    """At the beginning, middle or end of every month, quarter, year or week."""
    # Read as in `rules.timing.spans`.
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
    """The first or last day of every week, month, quarter, year."""
    # A working day is settled by the reminders.
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
    """Days of the week (1 Monday … 7 Sunday)."""
    # Of every week, or the n-th ones of every month (-1 the last).
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


# -- out of tokens: one function an alternative of the grammar -----------------------------------------------------

_OCCASIONS = frozenset(
    code_of(word)
    for word in (
        "lần",
        "buổi",
        "cuộc",
        "kỳ",
        "đợt",
        "lượt",
        "tin",
        "bài",
        "số",
        "lớp",
        "hội",
        "phiên",
        "chuyên",
        "phóng",
    )
)
_ORDINAL = code_of("thứ")
_SUNDAY = code_of("chủ")


def units(words: list[str], codes: str, year: int) -> Made:
    # The rhythms of "hằng tháng, quý, 6 tháng, năm 2025".
    found: list[Rhythm] = []
    count: int | None = None
    for at, code in enumerate(codes):
        if code in "nw":
            count = number_of(words[at : at + 1])
        elif code == MONTH and codes[at + 1 : at + 2] == FIRST:
            found.append(Rhythm((yearly(min(count or 6, 12), -1),), 12))
            count = None
        elif code == YEAR and codes[at - 1] == FIRST:
            continue
        elif code in UNITS and not (code == YEAR and codes[at + 1 : at + 2] == "Y"):
            found.append(every(UNITS[code], count or 1))
            count = None
        elif code == "Y":
            found.append(every("năm"))
    bound = int(words[-1]) if codes[-1] == "Y" else None
    return "rhythms", [rhythm._replace(bound=bound) for rhythm in found] if bound else found


def report(words: list[str], codes: str, year: int) -> Made:
    # "báo cáo quý": one unit is only a noun, several are a rhythm.
    kind, made = units(words, codes, year)
    return ("weak" if len(made) == 1 and "định" not in words else kind), made


def periodic(words: list[str], codes: str, year: int) -> Made:
    # "định kỳ", with or without its period.
    return units(words, codes, year) if any(unit in codes for unit in UNITS) else ("periodic", None)


def times(words: list[str], codes: str, year: int) -> Made:
    # Times a unit: "02 lần/tháng", "mỗi quý hai lần", "6 tháng/lần", "hai tuần một lần".
    unit_at = next(at for at, code in enumerate(codes) if code in UNITS)
    times_at = next(at for at, code in enumerate(codes) if code in _OCCASIONS)
    before = [number for number, _ in numbers_in(words[:unit_at], codes[:unit_at])]
    if times_at < unit_at:
        times, counts = before[0], before[1:]
    else:
        counts = before
        times = next((number for number, _ in numbers_in(words[unit_at:], codes[unit_at:])), 1)
    rhythm = times_a(times, counts[0] if counts else 1, UNITS[codes[unit_at]])
    if rhythm is None:
        raise ValueError(f"không chia đều được “{shown(words)}” thành các kỳ")
    return "rhythms", [rhythm]


def domm(words: list[str], codes: str, year: int) -> Made:
    # "ngày 20 hằng tháng", "ngày 10 tháng sau".
    return "rhythms", [days_of_month(_window_end(_days(words, codes), codes))]


def domq(words: list[str], codes: str, year: int) -> Made:
    # "ngày 15 tháng cuối quý", "ngày 25 của tháng cuối kỳ báo cáo".
    at = codes.index(MONTH)
    days = _days(words[:at], codes[:at])
    rest = codes[at + 1 :]
    part = EDGES.get(rest[0]) or (month_in_quarter(words, codes) if rest[0] == _ORDINAL else "đầu")
    if rest[0] == _ORDINAL:  # its number is no length
        rest, at = rest[2:], at + 2
    months = 3
    note = None
    count = numbers_in(words[at + 1 :], rest)
    if MONTH in rest and count:
        months = max(count[-1][0], 1)
    elif YEAR in rest:
        months = 12
    elif QUARTER not in rest:
        note = "văn bản không nêu độ dài kỳ báo cáo; tạm tính theo quý, cần người phụ trách xác nhận"
    if isinstance(part, int) and not 1 <= part <= months:
        raise ValueError(f"“{shown(words)}”: một kỳ chỉ có {months} tháng")
    return "rhythms", [days_of_block(_window_end(days, codes[:at]), part, months, note=note)]


def monthofq(words: list[str], codes: str, year: int) -> Made:
    # "tháng cuối quý".
    at = codes.index(MONTH) + 1
    place = EDGES.get(codes[at]) or month_in_quarter(words, codes)
    if place not in (*EDGES.values(), 1, 2, 3):
        raise ValueError(f"“{shown(words)}”: một quý chỉ có 3 tháng")
    return "rhythms", [days_of_block([-1], place, 3)]


def weekofm(words: list[str], codes: str, year: int) -> Made:
    # "tuần đầu hằng tháng".
    numbers = numbers_in(words, codes)
    places = [number for number, _ in numbers] or [1 if FIRST in codes else 5]
    if not all(1 <= place <= 5 for place in places):
        raise ValueError(f"không hiểu “{shown(words)}”")
    days = [place * 7 if place < 5 else -1 for place in places]
    return "rhythms", [days_of_month(days)._replace(note="tuần trong tháng được hiểu là các ngày 1–7, 8–14, …")]


def parts(words: list[str], codes: str, year: int) -> Made:
    # "cuối mỗi quý", "đầu tháng".
    return "rhythms", [part_of_every(EDGES[codes[0]], UNITS[codes[-1]])]


def weekday(words: list[str], codes: str, year: int) -> Made:
    # "thứ Sáu hằng tuần", "thứ 2, 4, 6", "thứ Năm tuần cuối tháng"; "thứ 42" is a number in a row.
    limit = next((at for at, code in enumerate(codes) if code in (WEEK, MONTH, FIRST, LAST)), len(codes))
    days: list[int] = []
    names, named = ["5" if word == "năm" else word for word in words[:limit]], codes[:limit].replace(YEAR, "n")
    for number, to in numbers_in(names, named):
        if not 2 <= number <= 7:
            return "left", None
        days.extend(range(days[-1] + 1, number) if to and days and days[-1] < number - 1 else [number - 1])
    if _SUNDAY in codes[:limit]:
        days.append(7)
    if limit == len(codes) or (codes[limit] == WEEK and MONTH not in codes):
        return "weekday", (tuple(days), WEEK in codes)
    return _weekday_of_month(days, words[limit:], codes[limit:], year)


def _weekday_of_month(days: list[int], words: list[str], codes: str, year: int) -> Made:
    month_at = codes.index(MONTH)
    places = [number for number, _ in numbers_in(words[:month_at], codes[:month_at])]
    places = [1] if FIRST in codes else [-1] if LAST in codes else places
    if not places or not all(-1 <= place <= 5 and place for place in places):
        raise ValueError("không rõ thứ mấy của tháng")
    months = numbers_in(words[month_at:], codes[month_at:])
    if months:
        month = a_month(months[0][0], year_in(words, codes, year), words)
        return "nthday", (tuple(days), places[0], month)
    return "rhythms", [weekdays(days, places)]


def wdweeks(words: list[str], codes: str, year: int) -> Made:
    # "thứ Bảy tuần thứ 2 và thứ Bảy tuần thứ 4 hằng tháng".
    chosen: list[str] = []
    day, week = 0, False
    end = codes.rindex(MONTH)
    for at, code in enumerate(codes[:end]):
        if code == WEEK:
            week = True
        elif code == _SUNDAY:
            day = 7
        elif code in "nw" or (code == YEAR and codes[at - 1] == _ORDINAL):
            number = 5 if code == YEAR else number_of(words[at : at + 1])
            if week:
                chosen.append(f"{number}{_WEEKDAYS[day - 1]}")
            week, day = False, day if week else number - 1
            if not 1 <= day <= 7 or number > 7:
                raise ValueError(f"không hiểu “{shown(words)}”")
    if numbers_in(words[end:], codes[end:]) or any(place[0] > "5" for place in chosen):
        raise ValueError(f"không hiểu “{shown(words)}”")
    return "rhythms", [Rhythm((f"FREQ=MONTHLY;BYDAY={','.join(chosen)}",), 1, dated=True)]


def workdays(words: list[str], codes: str, year: int) -> Made:
    # "các ngày làm việc trong tuần".
    return "rhythms", [every("ngày")._replace(dated=True)]


def lastday(words: list[str], codes: str, year: int) -> Made:
    # "ngày làm việc cuối cùng của tháng", "ngày cuối quý II".
    part = "cuối" if LAST in codes else "đầu"
    working = WORK in codes
    numbers = numbers_in(words, codes)
    unit = next(code for code in reversed(codes) if code in UNITS and code != DAY)
    if not numbers and "Y" not in codes:
        unit = next(code for code in codes if code in UNITS and code != DAY)
        return "rhythms", [edge_day(part, UNITS[unit], working=working)]
    of = year_in(words, codes, year)
    if not numbers:
        whole = spans.whole_year(of)
    elif MONTH in codes:
        whole = a_month(numbers[0][0], of, words)
    else:
        whole = a_quarter(numbers[0][0], of, words)
    kind = "workday" if working else "edge"
    return kind, (whole, part)


def dom(words: list[str], codes: str, year: int) -> Made:
    # "ngày 20", without a month.
    return "dom", _window_end(_days(words, codes), codes)


def _days(words: list[str], codes: str) -> list[int]:
    days = [number for number, _ in numbers_in(words, codes)]
    if any(not 1 <= number <= 31 for number in days):
        raise ValueError(f"“{shown(words)}”: không có ngày này trong tháng")
    return days


def _window_end(days: list[int], codes: str) -> list[int]:
    # Of "từ ngày 25 đến ngày 30 hằng tháng" the last day is the due one.
    return days[-1:] if any(code in TO for code in codes) else days
