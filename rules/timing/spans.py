"""Days and periods as printed, before their year is known.

A `Span` is a day, month, quarter, year or part of one; `pinned` gives its first and
last day. "Đầu", "giữa", "cuối" are read as follows and the reading always says so:
of a month the 1st–10th, 11th–15th, 21st–last day; of a quarter its first, second,
third month; of a year its first quarter, June, its last quarter. The ends of "giữa"
and "cuối" are those of the Civil Code 2015, Art. 146 (the 15th, the last day of the
month, 30 June, 31 December).
"""

from calendar import monthrange
from datetime import date
from typing import NamedTuple

_LONG_MONTHS = frozenset({1, 3, 5, 7, 8, 10, 12})


class Span(NamedTuple):
    """From a first to a last day of a year; `last_day` 0 is the end of the month. `year` None: not printed.

    `unit` is D day, W week, M month, Q quarter, H several months, Y year; `later` counts
    years for a last day that lies in a later year; `vague` is the part ("đầu", "cuối" …) that was interpreted.
    """

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
    """The days of a span in its own year, or in `year` where none is printed; None for a day that does not exist."""
    of = span.year if span.year is not None else year
    try:
        first = date(of, span.first_month, span.first_day)
        last_year = of + span.later
        day = span.last_day or (31 if span.last_month in _LONG_MONTHS else monthrange(last_year, span.last_month)[1])
        return Pinned(first, date(last_year, span.last_month, day))
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
    """The n-th week of a month as days 1–7, 8–14 …; -1 is from the 22nd to its end."""
    if place == -1:
        return Span("W", span.year, span.first_month, 22, span.first_month, 0, 0, "tuần")
    last = 0 if place > 4 else place * 7
    return Span("W", span.year, span.first_month, place * 7 - 6, span.first_month, last, 0, "tuần")
