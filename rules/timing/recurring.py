"""Rhythms and the dates beside them as one recurring timing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rules.timing import rhythms
from rules.timing.marks import Fixed
from rules.timing.parser import Reading, RhythmHit
from rules.timing.rhythms import Rhythm

_YEAR = 12
_MONTHDAY = re.compile(r"BYMONTHDAY=([-\d,]+)")
_NO_PERIOD = "văn bản không nêu kỳ báo cáo; cần người phụ trách nhập kỳ (tháng, quý, năm)"


@dataclass(slots=True)
class Recurring:
    """The parts of a recurring timing."""

    # What comes once a year or less has no bounds unless they are printed.

    rules: list[str]
    exclusive: bool
    start: date | None
    due: date | None
    notes: list[str]


def hits_of(reading: Reading, fixed: list[Fixed]) -> list[RhythmHit]:
    """The rhythms that count."""
    # What only a noun says ("báo cáo quý") gives way to a date of its own.
    if not reading.hits:
        return []
    strong = [hit for hit in reading.hits if not hit.weak]
    if strong or "periodic" in reading.flags or "standing" in reading.flags:
        return strong or reading.hits
    only_years = all(period.mark.first.unit == "Y" and not period.is_deadline for period in fixed)
    return reading.hits if only_years else []


def is_recurring(reading: Reading, hits: list[RhythmHit], fixed: list[Fixed]) -> bool:
    """Whether the phrase speaks of something that comes again and again."""
    if not (hits or reading.weekdays or reading.times or reading.flags):
        return False
    if hits or any(weekly or not fixed for _, weekly, _ in reading.weekdays):
        return True
    if "periodic" in reading.flags:
        return not any(period.dated and period.is_deadline for period in fixed)
    return bool(reading.times) and not fixed and not reading.doms


def recurring(reading: Reading, hits: list[RhythmHit], fixed: list[Fixed], year: int) -> Recurring:
    """Rules, bounds and remarks of a recurring timing in the plan of `year`."""
    given = [hit.rhythm for hit in hits]
    if reading.times:  # "trước 19h00 hằng ngày" is every day; without a clock "hằng ngày" is every working day
        given = [r._replace(rules=("FREQ=DAILY",)) if r == rhythms.every("ngày") else r for r in given]
    yearly_marks, bounds = _split(reading, given, fixed)
    rules, exclusive = _dated_rules(yearly_marks)
    kept = _without_answered(given, sum(rule.count(",") + 1 for rule in rules))
    notes = [rhythm.note for rhythm in kept if rhythm.note]
    day_rules, days_exclusive, months = _day_rules(reading, kept, notes)
    kept = [rhythm for rhythm in kept if rhythm.months != months]
    if _too_few(given, kept, yearly_marks, bounds):
        notes.append("ngày ghi kèm không đủ cho mọi kỳ; cần người phụ trách kiểm tra")
    rules = [*_rules_of(kept), *day_rules, *rules]
    if not rules and reading.times and not reading.flags & {"periodic"}:
        rules = [rhythms.every("ngày").rules[0]]
    exclusive = exclusive or days_exclusive or _before(reading, hits, kept)
    if not rules:
        notes.append(_NO_PERIOD)
    if any(p.mark.first.unit == "Y" and p.first.year == p.last.year != year and p.op == "" for p in bounds):
        notes.append(f"năm ghi kèm khác năm kế hoạch {year}; cần người phụ trách kiểm tra")
    often = any("YEARLY" not in rule or rule.count(",") for rule in rules) or any(r.months < _YEAR for r in given)
    start, due = _bounds(reading, hits, often and bool(rules), bounds, year)
    if due is not None and due.year < year:
        notes.append(f"thời hạn {due:%d/%m/%Y} đứng trước năm kế hoạch {year}; cần người phụ trách kiểm tra")
    if not often and due is not None:
        rules = [f"{rule};UNTIL={due:%Y%m%d}" for rule in rules]
    return Recurring(rules, exclusive, start, due, notes)


def days_of(rules: Iterable[str]) -> set[int]:
    """The days of the month that rules name."""
    return {int(day) for rule in rules for named in _MONTHDAY.findall(rule) for day in named.split(",")}


def _split(reading: Reading, given: list[Rhythm], fixed: list[Fixed]) -> tuple[list[Fixed], list[Fixed]]:
    # Dates that come every year, and windows that bound the whole.
    by_year = any(rhythm.months >= _YEAR and not rhythm.dated for rhythm in given)
    months = [period for period in fixed if _is_month(period)]
    yearly: list[Fixed] = []
    bounds: list[Fixed] = []
    for period in fixed:
        unit = period.mark.last.unit
        of_year = (
            by_year
            and unit != "Y"
            and (not (period.dated and _has_year(period)) or (period.a_day and period.op not in ("to", "from")))
        )
        a_day = unit == "D" and period.a_day and not period.dated and period.op != "from"
        several = len(months) > 1 and period in months and bool(given)
        (yearly if of_year or several or (a_day and _comes_again(reading, given)) else bounds).append(period)
    return yearly, bounds


def _too_few(given: list[Rhythm], kept: list[Rhythm], yearly: list[Fixed], bounds: list[Fixed]) -> bool:
    # Whether the dates beside the rhythms are not enough for all of them, or say something else.
    if any(period.op in ("", "in") and period.a_day for period in bounds):
        return True
    if not yearly or not kept:
        return False
    often = max((rhythm.months for rhythm in given), default=_YEAR) < _YEAR // 2
    if often and any(period.op == "" and period.last.month < _YEAR for period in yearly):
        return True
    return any(rhythm.months < _YEAR and not rhythm.dated for rhythm in kept)


def _has_year(period: Fixed) -> bool:
    return period.mark.first.year is not None or period.mark.last.year is not None


def _is_month(period: Fixed) -> bool:
    # A single month without a year: two of them beside "02 lần/năm" are its days, not its bounds.
    return period.mark.first is period.mark.last and period.mark.first.unit == "M" and not period.dated


def _comes_again(reading: Reading, given: list[Rhythm]) -> bool:
    return bool(given) or "periodic" in reading.flags


def _dated_rules(yearly: list[Fixed]) -> tuple[list[str], bool]:
    rules: list[str] = []
    months: list[int] = []
    exclusive = False
    for period in yearly:
        whole_month = period.mark.first is period.mark.last and period.mark.first.unit == "M" and period.op != "before"
        if whole_month and not period.mark.first.vague:
            months.append(period.first.month)
        else:
            due = period.due
            day = (
                -1
                if (due.month == 2 and due.day > 28) or (period.mark.last.last_day == 0 and period.op != "before")
                else due.day
            )
            rules.append(rhythms.yearly(due.month, day))
        exclusive = exclusive or period.exclusive
    if months:
        rules.append(rhythms.months_of_year(months))
    return list(dict.fromkeys(rules)), exclusive


def _without_answered(given: list[Rhythm], dates: int) -> list[Rhythm]:
    # Rhythms whose days are not said elsewhere: "hằng tháng (trước ngày 16 hằng tháng)" is one rhythm.
    #
    # Printed dates answer the longest rhythms first: one a year, one or two a half-year, three or four a quarter.
    dated = {rhythm.months for rhythm in given if rhythm.dated}
    answered: set[int] = set()
    for months in sorted({r.months for r in given if not r.dated and r.months}, reverse=True):
        needed = max(_YEAR // months - 1, 1)
        if dates >= needed:
            answered.add(months)
            dates -= needed
    return [r for r in given if r.dated or not (r.months in dated or r.months in answered)]


def _day_rules(reading: Reading, kept: list[Rhythm], notes: list[str]) -> tuple[list[str], bool, int]:
    # Days that lean on a rhythm beside them: "hằng tháng, trước ngày 25", "hằng tuần, vào thứ Sáu".
    rules: list[str] = []
    exclusive = False
    answered = -1
    for days, op in reading.doms:
        undated = [rhythm.months for rhythm in kept if not rhythm.dated and rhythm.months]
        answered = min(undated, default=1)
        if kept and not undated and not any(hit.weak for hit in reading.hits):  # "ngày 15, tháng cuối quý"
            notes.append(f"không rõ “ngày {days[0]}” là của kỳ nào; cần người phụ trách kiểm tra")
        if answered == 1:
            made = rhythms.days_of_month(days)
        else:
            made = rhythms.days_of_block(days, "cuối", answered)
            notes.append("văn bản không nêu tháng; tạm tính tháng cuối kỳ, cần người phụ trách xác nhận")
        rules.extend(made.rules)
        exclusive = exclusive or op == "before"
    for weekday, weekly, op in reading.weekdays:
        rules.extend(rhythms.weekdays(list(weekday)).rules)
        exclusive = exclusive or (op == "before" and not reading.times)
        answered = 0
        if not weekly and not kept:
            notes.append("văn bản không nêu “hằng tuần”; hiểu là mỗi tuần, cần người phụ trách xác nhận")
    return rules, exclusive, answered


def _rules_of(kept: list[Rhythm]) -> list[str]:
    return list(dict.fromkeys(rule for rhythm in kept for rule in rhythm.rules))


def _before(reading: Reading, hits: list[RhythmHit], kept: list[Rhythm]) -> bool:
    return any(hit.op == "before" and hit.rhythm.dated and hit.rhythm in kept for hit in hits) and not reading.times


def _bounds(
    reading: Reading, hits: list[RhythmHit], often: bool, bounds: list[Fixed], year: int
) -> tuple[date | None, date | None]:
    # The first and last day of the work: what is printed, else the plan's year for what comes often.
    of = next((hit.rhythm.bound for hit in hits if hit.rhythm.bound), year)
    start, due = (date(of, 1, 1), date(of, 12, 31)) if often else (None, None)
    for period in bounds:
        if period.mark.loose and not period.dated:
            continue
        if period.op in ("before", "by", "to", "count"):
            due = period.last_day
        elif period.op == "from":
            start = period.first
        else:
            start, due = period.first, period.last
    return start, None if "openend" in reading.flags else due
