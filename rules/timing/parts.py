"""What the items of a phrase are made of: numbers, years, days and periods out of tokens.

Helpers of `rules.timing.make_dates` and `rules.timing.make_rhythms`. What cannot be is a
ValueError with the reason in Vietnamese, which `rules.timing.items` turns into a "bad" item.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from rules.timing import spans
from rules.timing.lexer import ROMANS, code_of, number_of
from rules.timing.spans import Span

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
_NEAR_YEARS = 5
_CENTURY = 2000

Made = tuple[str, Any]
"""The kind and value that a run of tokens was made into."""


class Item(NamedTuple):
    """One piece of a phrase: its kind, its value (of a type that goes with the kind), the tokens it stands for."""

    kind: str
    value: Any
    start: int
    end: int


class Periods(NamedTuple):
    """Days or periods named together: each a first and a last span (the same one for a single day or period)."""

    ranges: tuple[tuple[Span, Span], ...]


class Duration(NamedTuple):
    """A length of time: days (working ones or not) or hours."""

    days: int | None
    hours: int | None = None
    working: bool = False
    note: str | None = None
    months: int | None = None


def numbers_in(words: list[str], codes: str) -> list[tuple[int, bool]]:
    """The numbers in order, each with whether "đến" or "-" stands before it; years are left out."""
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
    span = spans.day(number, month, year)
    if not 1 <= month <= 12:
        raise ValueError(f"“{shown(words)}”: không có tháng {month}")
    if not 1 <= number <= 28 and spans.pinned(span, year or 2024) is None:
        raise ValueError(f"“{shown(words)}”: không có ngày {number}/{month}{f'/{year}' if year else ''}")
    return span


def a_month(number: int, year: int | None, words: list[str]) -> Span:
    """A month that exists. Raises ValueError with the reason in Vietnamese."""
    if not 1 <= number <= 12:
        raise ValueError(f"“{shown(words)}”: không có tháng {number}")
    return spans.month(number, year)


def a_quarter(number: int, year: int | None, words: list[str]) -> Span:
    """A quarter that exists. Raises ValueError with the reason in Vietnamese."""
    if not 1 <= number <= 4:
        raise ValueError(f"“{shown(words)}”: mỗi năm chỉ có quý I đến quý IV")
    return spans.quarter(number, year)


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
