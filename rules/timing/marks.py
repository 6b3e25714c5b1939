"""Dates put on the calendar."""

# Years that are not printed, windows that must not run backwards.

from datetime import date, timedelta

from rules.timing.parser import Mark, Reading
from rules.timing.spans import Pinned, Span, pinned

DAY = timedelta(days=1)


class ImpossibleError(ValueError):
    """A date or window that cannot be; the message is Vietnamese."""


class Fixed:
    """A mark on the calendar."""

    # First and last day, both printed ones; `dated`: a year is printed. `due` is the day as printed: of "trước
    # tháng 10" the first of October, of "đến tháng 10" the last. A deadline is a day that something is due on,
    # anything else a period. `exclusive`: the printed day is itself too late; with a time of day it is in time.
    # `last_day` is the last one in time.

    __slots__ = ("a_day", "dated", "due", "exclusive", "first", "is_deadline", "last", "last_day", "mark", "op")

    def __init__(self, mark: Mark, first: date, last: date, *, dated: bool) -> None:
        op = mark.op
        self.mark, self.first, self.last, self.dated, self.op = mark, first, last, dated, op
        self.a_day = first == last
        self.is_deadline = op in ("before", "by", "to", "count") or (op in ("", "in") and self.a_day)
        self.due = first if op == "before" else last
        self.exclusive = op == "before" and (mark.time is None or mark.time == (0, 0))
        self.last_day = self.due - DAY if self.exclusive else self.due

    @property
    def interpreted(self) -> bool:
        """Whether "đầu", "giữa", "cuối" had to be given a day that the law does not give."""
        first, last = self.mark.first.vague, self.mark.last.vague
        match self.mark.op:
            case "to" | "by":
                return last not in ("", "cuối")
            case "before" | "from":
                return first not in ("", "đầu")
            case "window":
                return first not in ("", "đầu") or last not in ("", "cuối")
        return bool(first or last)


def fix_marks(reading: Reading, plan_year: int, issued: date | None) -> list[Fixed]:
    """The marks on the calendar, in the order of the phrase. Raises ImpossibleError."""
    marks = reading.marks
    return [_fix(marks, at, plan_year, issued) for at in range(len(marks))]


def _fix(marks: list[Mark], at: int, plan_year: int, issued: date | None) -> Fixed:
    mark = marks[at]
    first, last = mark.first, mark.last
    if first is last and first.year is not None:
        low, high = _pin(first, first.year)
        return Fixed(mark, low, high, dated=True)
    if first.year is not None and last.year is not None:
        low, high = _pin(first, first.year).first, _pin(last, last.year).last
        dated = True
    else:
        low, high, dated = _with_year(marks, at, plan_year)
    if mark.note == "now":
        low = issued or low
    if high < low:
        raise ImpossibleError("ngày kết thúc đứng trước ngày bắt đầu")
    return Fixed(mark, low, high, dated=dated)


def _with_year(marks: list[Mark], at: int, plan_year: int) -> tuple[date, date, bool]:
    # A mark with a year missing: the other end's, a neighbour's in the clause, or the plan's.
    mark = marks[at]
    first, last = mark.first, mark.last
    if first.year is None and last.year is None:
        neighbour = _neighbour_year(marks, at)
        year = neighbour if neighbour is not None else plan_year
        return _pin(first, year).first, _pin(last, year).last, neighbour is not None
    if last.year is not None:
        high = _pin(last, last.year).last
        low = _pin(first, last.year).first
        return (low if low <= high else _pin(first, last.year - 1).first), high, True
    year = first.year if first.year is not None else plan_year
    if mark.note == "now":
        year = plan_year
    low, high = _pin(first, year).first, _pin(last, year).last
    return low, (high if low <= high else _pin(last, year + 1).last), True


def _neighbour_year(marks: list[Mark], at: int) -> int | None:
    clause = marks[at].clause
    for other in [*marks[at + 1 :], *reversed(marks[:at])]:
        if other.clause == clause and other.first.unit != "Y":
            found = other.first.year if other.first.year is not None else other.last.year
            if found is not None:
                return found
    years = {
        o.first.year for o in marks if o.clause == clause and o.first.unit == "Y" and o.first == o.last and not o.loose
    }
    return years.pop() if len(years) == 1 and marks[at].first.unit != "Y" else None


def _pin(span: Span, year: int) -> Pinned:
    found = pinned(span, year)
    if found is None:
        raise ImpossibleError(f"không có ngày {span.first_day}/{span.first_month}/{span.year or year}")
    return found


def merged(periods: list[Fixed]) -> list[tuple[date, date]]:
    """Periods that touch or overlap as one, in order of time."""
    found: list[tuple[date, date]] = []
    for first, last in sorted((period.first, period.last) for period in periods):
        if found and first <= found[-1][1] + DAY:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def without_names(fixed: list[Fixed]) -> list[Fixed]:
    """Without periods that only name something ("Kế hoạch năm 2026 … trong tháng 12/2025") beside a real date."""
    if any(period.op or period.a_day for period in fixed):
        return [period for period in fixed if period.op or period.a_day or not period.mark.loose]
    finer = {period.mark.clause for period in fixed if period.mark.first.unit != "Y"}
    return [p for p in fixed if not (p.mark.loose and p.mark.first.unit == "Y" and p.mark.clause in finer)]


def narrowed(windows: list[Fixed]) -> list[Fixed]:
    """Without the year that only says when a quarter is."""
    # "Năm 2025, quý IV", "năm 2025 (quý IV)".
    finer = [window for window in windows if window.mark.first.unit != "Y"]
    return [window for window in windows if window in finer or not any(_inside(other, window) for other in finer)]


def _inside(inner: Fixed, outer: Fixed) -> bool:
    return inner.mark.clause == outer.mark.clause and outer.first <= inner.first and inner.last <= outer.last
