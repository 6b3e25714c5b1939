"""Days and periods as printed, before their year is known."""

# A `Span` is a day, month, quarter, year or part of one; `pinned` gives its first and last day. "Đầu", "giữa",
# "cuối" are read as follows and the reading always says so: of a month the 1st–10th, 11th–15th, 21st–last day; of
# a quarter its first, second, third month; of a year its first quarter, June, its last quarter. The ends of
# "giữa" and "cuối" are those of the Civil Code 2015, Art. 146 (the 15th, the last day of the month, 30 June, 31
# December).

from calendar import monthrange
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from rules.timing.lexer import ROMANS, code_of, number_of

DAY, MONTH, QUARTER, YEAR, WEEK = (code_of(word) for word in ("ngày", "tháng", "quý", "năm", "tuần"))
UNITS = {DAY: "ngày", WEEK: "tuần", MONTH: "tháng", QUARTER: "quý", YEAR: "năm"}
TO = {code_of("đến"), code_of("tới"), "-"}
FIRST, LAST, MIDDLE, WORK = code_of("đầu"), code_of("cuối"), code_of("giữa"), code_of("làm")
EDGES = {FIRST: "đầu", LAST: "cuối", MIDDLE: "giữa"}
BEFORE = code_of("trước")
_PLAN_YEAR = {code_of("nay"), code_of("này")}
_PLANNED = code_of("kế") + code_of("hoạch")
_LAST_YEAR = {BEFORE, code_of("ngoái")}
_IN_WORDS = frozenset({"w", "r", *TO})
_NTH, _BEST = code_of("thứ"), code_of("nhất")
_NEAR_YEARS = 5
_CENTURY = 2000
_LONG_MONTHS = frozenset({1, 3, 5, 7, 8, 10, 12})


class Span(NamedTuple):
    """From a first to a last day of a year."""

    # `last_day` 0 is the end of the month. `year` None: not printed. `unit` is D day, W week, M month, Q quarter,
    # H several months, Y year; `later` counts years for a last day that lies in a later year; `vague` is the part
    # ("đầu", "cuối" …) that was interpreted.

    unit: str
    year: int | None
    first_month: int
    first_day: int
    last_month: int
    last_day: int
    later: int = 0
    vague: str = ""


class Pinned(NamedTuple):
    """A period on the calendar, both days included."""

    first: date
    last: date


def pinned(span: Span, year: int) -> Pinned | None:
    """The days of a span in its own year, or in `year` where none is printed."""
    # None for a day that does not exist.
    of = span.year if span.year is not None else year
    try:
        if span.unit == "D":
            day = date(of, span.first_month, span.first_day)
            return Pinned(day, day)
        first = date(of, span.first_month, span.first_day)
        last_year = of + span.later
        number = span.last_day or (31 if span.last_month in _LONG_MONTHS else monthrange(last_year, span.last_month)[1])
        return Pinned(first, date(last_year, span.last_month, number))
    except ValueError:
        return None


def day(number: int, month: int, year: int | None = None) -> Span:
    """A day as printed, not yet checked to exist."""
    return Span("D", year, month, number, month, number)


def month(number: int, year: int | None = None) -> Span:
    """A whole month."""
    return Span("M", year, number, 1, number, 0)


def quarter(number: int, year: int | None = None) -> Span:
    """A whole quarter."""
    return Span("Q", year, number * 3 - 2, 1, number * 3, 0)


def whole_year(year: int | None = None) -> Span:
    """A whole year."""
    return Span("Y", year, 1, 1, 12, 31)


def iso_week(number: int, year: int) -> Span | None:
    """A week of ISO 8601, Monday to Sunday."""
    # None where the year has no such week.
    try:
        first, last = date.fromisocalendar(year, number, 1), date.fromisocalendar(year, number, 7)
    except ValueError:
        return None
    later = last.year - first.year
    return Span("W", first.year, first.month, first.day, last.month, last.day, later, "tuần")


def years(first: int, last: int) -> Span:
    """Several years from the first day of one to the last of another."""
    return Span("Y", first, 1, 1, 12, 31, last - first)


def months(first: int, last: int, year: int | None = None) -> Span:
    """Several months in a row."""
    return Span("H", year, first, 1, last, 0)


def part_of(part: str, span: Span) -> Span:
    """The part (đầu, giữa, cuối, nửa đầu, nửa cuối) of a month, quarter or year."""
    unit, year, first = span.unit, span.year, span.first_month
    if unit == "M":
        days = {"đầu": (1, 10), "giữa": (11, 15), "cuối": (21, 0), "nửa đầu": (1, 15), "nửa cuối": (16, 0)}
        days |= {"thượng": (1, 10), "trung": (11, 20), "hạ": (21, 0)}
        start, end = days[part]
        return Span("M", year, first, start, first, end, 0, part if part in ("đầu", "giữa", "cuối") else "")
    if unit == "Q":
        if part.startswith("nửa"):
            second = part == "nửa cuối"
            return Span(
                "H", year, first + second, 16 if second else 1, first + 1 + second, 0 if second else 15, 0, part
            )
        at = first + ("đầu", "giữa", "cuối").index(part)
        return Span("M", year, at, 1, at, 0, 0, part)
    bounds = {"đầu": (1, 3), "giữa": (6, 6), "cuối": (10, 12), "nửa đầu": (1, 6), "nửa cuối": (7, 12)}
    start, end = bounds[part]
    return Span("H", year, start, 1, end, 0, 0, "" if part.startswith("nửa") else part)


def week_of(place: int, span: Span) -> Span:
    """The n-th week of a month as days 1–7, 8–14 …."""
    # -1 is from the 22nd to its end.
    if place == -1:
        return Span("W", span.year, span.first_month, 22, span.first_month, 0, 0, "tuần")
    last = 0 if place > 4 else place * 7
    return Span("W", span.year, span.first_month, place * 7 - 6, span.first_month, last, 0, "tuần")


Made = tuple[str, Any]
"""The kind and value that a run of tokens was made into."""


class Item(NamedTuple):
    """One piece of a phrase."""

    # Its kind, its value (of a type that goes with the kind), the tokens it stands for.

    kind: str
    value: Any
    start: int
    end: int


class Periods(NamedTuple):
    """Days or periods named together."""

    # Each a first and a last span (the same one for a single day or period).

    ranges: tuple[tuple[Span, Span], ...]


class Duration(NamedTuple):
    """A length of time: days (working ones or not) or hours."""

    days: int | None
    hours: int | None = None
    working: bool = False
    note: str | None = None
    months: int | None = None


def numbers_in(words: list[str], codes: str) -> list[tuple[int, bool]]:
    """The numbers in order, each with whether "đến" or "-" stands before it."""
    # Years are left out.
    if not _IN_WORDS & set(codes):
        return [(int(word), False) for word, code in zip(words, codes, strict=True) if code == "n"]
    found: list[tuple[int, bool]] = []
    to, at, size = False, 0, len(codes)
    while at < size:
        code = codes[at]
        if code in "nr":
            found.append((number_of(words[at : at + 1]), to))
            to = False
        elif code == "w":
            end = at
            while end < size and codes[end] == "w":
                end += 1
            found.append((number_of(words[at:end]), to))
            to, at = False, end - 1
        elif code in TO:
            to = True
        at += 1
    return found


def year_in(words: list[str], codes: str, plan_year: int) -> int | None:
    """The year printed last: a number, or "năm nay", "năm sau", "năm trước"."""
    at = codes.rfind("Y")
    if at >= 0:
        return int(words[at])
    at = codes.rfind(YEAR)
    following = codes[at + 1 : at + 2] if at >= 0 else ""
    if not following:
        return None
    if following in _PLAN_YEAR or codes[at + 1 : at + 3] == _PLANNED:
        return plan_year
    return plan_year - 1 if following in _LAST_YEAR else plan_year + 1


def month_in_quarter(words: list[str], codes: str) -> int:
    """Which month of a quarter "tháng đầu/giữa/cuối/thứ hai" is."""
    # 1 to 3, or what is printed.
    at = codes.index(MONTH) + 1
    if codes[at] != _NTH:
        return {FIRST: 1, MIDDLE: 2, LAST: 3}[codes[at]]
    return 1 if codes[at + 1] == _BEST else number_of(words[at + 1 : at + 2])


def short_year(number: int, plan_year: int, words: list[str]) -> int:
    """The year of "tháng 12/25": near the plan's, or nothing is read. Raises ValueError."""
    year = _CENTURY + number
    if abs(year - plan_year) > _NEAR_YEARS:
        raise ValueError(f"không rõ “{shown(words)}” là năm nào")
    return year


def shown(words: list[str]) -> str:
    """Tokens as a person would write them."""
    text = " ".join(word.upper() if word in ROMANS else word for word in words)
    for mark in "/-.:":
        text = text.replace(f" {mark} ", mark)
    return text


def a_day(number: int, month: int, year: int | None, words: list[str]) -> Span:
    """A day that exists. Raises ValueError with the reason in Vietnamese."""
    span = day(number, month, year)
    if not 1 <= month <= 12:
        raise ValueError(f"“{shown(words)}”: không có tháng {month}")
    if not 1 <= number <= 28 and pinned(span, year or 2024) is None:
        raise ValueError(f"“{shown(words)}”: không có ngày {number}/{month}{f'/{year}' if year else ''}")
    return span


def a_month(number: int, year: int | None, words: list[str]) -> Span:
    """A month that exists. Raises ValueError with the reason in Vietnamese."""
    if not 1 <= number <= 12:
        raise ValueError(f"“{shown(words)}”: không có tháng {number}")
    return month(number, year)


def a_quarter(number: int, year: int | None, words: list[str]) -> Span:
    """A quarter that exists. Raises ValueError with the reason in Vietnamese."""
    if not 1 <= number <= 4:
        raise ValueError(f"“{shown(words)}”: mỗi năm chỉ có quý I đến quý IV")
    return quarter(number, year)


def single(span: Span) -> Made:
    """One day or period."""
    return "period", Periods(((span, span),))


def ranged(numbers: list[tuple[int, bool]], make: Callable[[int], Span]) -> Made:
    """A list such as "3, 6, 9 - 12": single ones and ranges."""
    ranges: list[tuple[Span, Span]] = []
    for number, to in numbers:
        span = make(number)
        if to and ranges:
            first = ranges[-1][0]
            if span.year is not None and span.first_month < first.first_month:  # "tháng 10 - 3/2026"
                first = first._replace(year=span.year - 1)
            ranges[-1] = (first, span)
        else:
            ranges.append((span, span))
    return "period", Periods(tuple(ranges))
