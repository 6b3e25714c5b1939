"""Rhythms out of tokens: one function an alternative of the grammar."""

from rules.timing import rhythms, spans
from rules.timing.lexer import code_of, number_of
from rules.timing.parts import (
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
    numbers_in,
    shown,
    year_in,
)
from rules.timing.rhythms import Rhythm

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
    """The rhythms of "hằng tháng, quý, 6 tháng, năm 2025"."""
    found: list[Rhythm] = []
    count: int | None = None
    for at, code in enumerate(codes):
        if code in "nw":
            count = number_of(words[at : at + 1])
        elif code == MONTH and codes[at + 1 : at + 2] == FIRST:
            found.append(Rhythm((rhythms.yearly(min(count or 6, 12), -1),), 12))
            count = None
        elif code == YEAR and codes[at - 1] == FIRST:
            continue
        elif code in UNITS and not (code == YEAR and codes[at + 1 : at + 2] == "Y"):
            found.append(rhythms.every(UNITS[code], count or 1))
            count = None
        elif code == "Y":
            found.append(rhythms.every("năm"))
    bound = int(words[-1]) if codes[-1] == "Y" else None
    return "rhythms", [rhythm._replace(bound=bound) for rhythm in found] if bound else found


def report(words: list[str], codes: str, year: int) -> Made:
    """ "báo cáo quý": one unit is only a noun, several are a rhythm."""
    kind, made = units(words, codes, year)
    return ("weak" if len(made) == 1 and "định" not in words else kind), made


def periodic(words: list[str], codes: str, year: int) -> Made:
    """ "định kỳ", with or without its period."""
    return units(words, codes, year) if any(unit in codes for unit in UNITS) else ("periodic", None)


def times(words: list[str], codes: str, year: int) -> Made:
    """Times a unit: "02 lần/tháng", "mỗi quý hai lần", "6 tháng/lần", "hai tuần một lần"."""
    unit_at = next(at for at, code in enumerate(codes) if code in UNITS)
    times_at = next(at for at, code in enumerate(codes) if code in _OCCASIONS)
    before = [number for number, _ in numbers_in(words[:unit_at], codes[:unit_at])]
    if times_at < unit_at:
        times, counts = before[0], before[1:]
    else:
        counts = before
        times = next((number for number, _ in numbers_in(words[unit_at:], codes[unit_at:])), 1)
    rhythm = rhythms.times_a(times, counts[0] if counts else 1, UNITS[codes[unit_at]])
    if rhythm is None:
        raise ValueError(f"không chia đều được “{shown(words)}” thành các kỳ")
    return "rhythms", [rhythm]


def domm(words: list[str], codes: str, year: int) -> Made:
    """ "ngày 20 hằng tháng", "ngày 10 tháng sau"."""
    return "rhythms", [rhythms.days_of_month(_window_end(_days(words, codes), codes))]


def domq(words: list[str], codes: str, year: int) -> Made:
    """ "ngày 15 tháng cuối quý", "ngày 25 của tháng cuối kỳ báo cáo"."""
    at = codes.index(MONTH)
    days = _days(words[:at], codes[:at])
    rest = codes[at + 1 :]
    part = EDGES.get(rest[0]) or ("giữa" if rest[0] == _ORDINAL else "đầu")
    months = 3
    note = None
    count = numbers_in(words[at + 1 :], rest)
    if MONTH in rest and count:
        months = max(count[-1][0], 1)
    elif YEAR in rest:
        months = 12
    elif QUARTER not in rest:
        note = "văn bản không nêu độ dài kỳ báo cáo; tạm tính theo quý, cần người phụ trách xác nhận"
    return "rhythms", [rhythms.days_of_block(_window_end(days, codes[:at]), part, months, note=note)]


def monthofq(words: list[str], codes: str, year: int) -> Made:
    """ "tháng cuối quý"."""
    part = EDGES.get(codes[1], "đầu")
    return "rhythms", [rhythms.days_of_block([-1], part, 3)]


def weekofm(words: list[str], codes: str, year: int) -> Made:
    """ "tuần đầu hằng tháng"."""
    numbers = numbers_in(words, codes)
    places = [number for number, _ in numbers] or [1 if FIRST in codes else 5]
    if not all(1 <= place <= 5 for place in places):
        raise ValueError(f"không hiểu “{shown(words)}”")
    days = [place * 7 if place < 5 else -1 for place in places]
    return "rhythms", [rhythms.days_of_month(days)._replace(note="tuần trong tháng được hiểu là các ngày 1–7, 8–14, …")]


def parts(words: list[str], codes: str, year: int) -> Made:
    """ "cuối mỗi quý", "đầu tháng"."""
    return "rhythms", [rhythms.part_of_every(EDGES[codes[0]], UNITS[codes[-1]])]


def weekday(words: list[str], codes: str, year: int) -> Made:
    """ "thứ Sáu hằng tuần", "thứ 2, 4, 6", "thứ Năm tuần cuối tháng"; "thứ 42" is a number in a row."""
    limit = next((at for at, code in enumerate(codes) if code in (WEEK, MONTH, FIRST, LAST)), len(codes))
    days: list[int] = []
    names, named = ["5" if word == "năm" else word for word in words[:limit]], codes[:limit].replace(YEAR, "n")
    for number, to in numbers_in(names, named):
        if not 2 <= number <= 7:
            return "other", None
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
    return "rhythms", [rhythms.weekdays(days, places)]


def workdays(words: list[str], codes: str, year: int) -> Made:
    """ "các ngày làm việc trong tuần"."""
    return "rhythms", [rhythms.every("ngày")._replace(dated=True)]


def lastday(words: list[str], codes: str, year: int) -> Made:
    """ "ngày làm việc cuối cùng của tháng", "ngày cuối quý II"."""
    part = "cuối" if LAST in codes else "đầu"
    working = WORK in codes
    numbers = numbers_in(words, codes)
    unit = next(code for code in reversed(codes) if code in UNITS and code != DAY)
    if not numbers and "Y" not in codes:
        unit = next(code for code in codes if code in UNITS and code != DAY)
        return "rhythms", [rhythms.edge_day(part, UNITS[unit], working=working)]
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
    """ "ngày 20", without a month."""
    return "dom", _window_end(_days(words, codes), codes)


def _days(words: list[str], codes: str) -> list[int]:
    days = [number for number, _ in numbers_in(words, codes)]
    if any(not 1 <= number <= 31 for number in days):
        raise ValueError(f"“{shown(words)}”: không có ngày này trong tháng")
    return days


def _window_end(days: list[int], codes: str) -> list[int]:
    """Of "từ ngày 25 đến ngày 30 hằng tháng" the last day is the due one."""
    return days[-1:] if any(code in TO for code in codes) else days
