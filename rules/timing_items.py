"""From what the grammar matched to values: days and periods, rhythms, durations, times of day.

Each item has a kind for `rules.timing_reader`. What looks like a date but cannot be
one (30/02, month 13, quarter V, 25h00) becomes a "bad" item with the reason in
Vietnamese; nothing here raises.
"""

from collections.abc import Callable
from typing import NamedTuple

from rules import timing_rhythms as rhythms
from rules import timing_spans as spans
from rules.timing_grammar import ITEMS, KINDS
from rules.timing_rhythms import Rhythm
from rules.timing_spans import Span
from rules.timing_words import ROMANS, Tokens, code_of, number_of

DAY, MONTH, QUARTER, YEAR, WEEK = (code_of(word) for word in ("ngày", "tháng", "quý", "năm", "tuần"))
UNITS = {DAY: "ngày", WEEK: "tuần", MONTH: "tháng", QUARTER: "quý", YEAR: "năm"}
_TO = {code_of("đến"), code_of("tới"), "-"}
_HOUR, _MINUTE, _TIMES = code_of("h"), code_of("phút"), code_of("lần")
_FIRST, _LAST, _MIDDLE, _WORK = code_of("đầu"), code_of("cuối"), code_of("giữa"), code_of("làm")
_HALF, _AFTER, _NEXT, _BEFORE = code_of("nửa"), code_of("sau"), code_of("tiếp"), code_of("trước")
_AT = {_FIRST: "đầu", _LAST: "cuối", _MIDDLE: "giữa"}
_PLAN_YEAR = {code_of(word) for word in ("nay", "này", "kế")}
_LAST_YEAR = {_BEFORE, code_of("ngoái")}
_SUNDAY, _ORDINAL, _DISTRICT = code_of("chủ"), code_of("thứ"), code_of("hoạch")
_LASTING, _LONG, _RIGHT = code_of("tục"), code_of("lâu"), code_of("ngay")
_UNTIL = {code_of("đến"), code_of("cho")}
_NEAR_YEARS = 5
_CENTURY = 2000


class Item(NamedTuple):
    """One piece of a phrase: its kind, its value, and the tokens it stands for."""

    kind: str
    value: object
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


def read_items(tokens: Tokens, year: int) -> list[Item]:
    """The items of a phrase in order; `year` is the plan's, for "năm nay", "năm sau"."""
    items = []
    words, codes = tokens
    for found in ITEMS.finditer(codes):
        name = KINDS[found.lastgroup or "other"]
        make = _MAKERS.get(name)
        start, end = found.span()
        if make is None:
            items.append(Item(name, None, start, end))
            continue
        try:
            kind, value = make(words[start:end], codes[start:end], year)
        except ValueError as impossible:
            kind, value = "bad", str(impossible)
        items.append(Item(kind, value, start, end))
    return items


_Made = tuple[str, object]


def _numbers(words: list[str], codes: str) -> list[tuple[int, bool]]:
    """The numbers in order, each with whether "đến" or "-" stands before it; years are left out."""
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
        elif code in _TO:
            to = True
        at += 1
    return found


def _year(words: list[str], codes: str, plan_year: int) -> int | None:
    """The year printed last: a number, or "năm nay", "năm sau", "năm trước"."""
    at = codes.rfind("Y")
    if at >= 0:
        return int(words[at])
    at = codes.rfind(YEAR)
    following = codes[at + 1 : at + 2] if at >= 0 else ""
    if not following:
        return None
    if following in _PLAN_YEAR:
        return plan_year
    return plan_year - 1 if following in _LAST_YEAR else plan_year + 1


def _short_year(number: int, plan_year: int, words: list[str]) -> int:
    year = _CENTURY + number
    if abs(year - plan_year) > _NEAR_YEARS:
        raise ValueError(f"không rõ “{_text(words)}” là năm nào")
    return year


def _text(words: list[str]) -> str:
    """Tokens as a person would write them."""
    text = " ".join(word.upper() if word in ROMANS else word for word in words)
    for mark in "/-.:":
        text = text.replace(f" {mark} ", mark)
    return text


def _day(number: int, month: int, year: int | None, words: list[str]) -> Span:
    span = spans.day(number, month, year)
    if not 1 <= month <= 12:
        raise ValueError(f"“{_text(words)}”: không có tháng {month}")
    if spans.pinned(span, year or 2024) is None:
        raise ValueError(f"“{_text(words)}”: không có ngày {number}/{month}{f'/{year}' if year else ''}")
    return span


def _month(number: int, year: int | None, words: list[str]) -> Span:
    if not 1 <= number <= 12:
        raise ValueError(f"“{_text(words)}”: không có tháng {number}")
    return spans.month(number, year)


def _quarter(number: int, year: int | None, words: list[str]) -> Span:
    if not 1 <= number <= 4:
        raise ValueError(f"“{_text(words)}”: mỗi năm chỉ có quý I đến quý IV")
    return spans.quarter(number, year)


def _single(span: Span) -> _Made:
    return "period", Periods(((span, span),))


def _ranged(numbers: list[tuple[int, bool]], make: Callable[[int], Span]) -> _Made:
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


def _dmy(words: list[str], codes: str, year: int) -> _Made:
    numbers = [number for number, _ in _numbers(words, codes)]
    of = int(words[-1]) if codes[-1] == "Y" else _short_year(numbers[2], year, words)
    return _single(_day(numbers[0], numbers[1], of, words))


def _iso(words: list[str], codes: str, year: int) -> _Made:
    month, number = (int(words[at]) for at in (-3, -1))
    return _single(_day(number, month, int(words[codes.index("Y")]), words))


def _dm(words: list[str], codes: str, year: int) -> _Made:
    (number, _), (month, _) = _numbers(words, codes)[:2]
    if (number, month) in ((24, 24), (24, 7)) and codes[0] == "n":
        return "standing", None
    return _single(_day(number, month, _year(words, codes, year), words))


def _dayrange(words: list[str], codes: str, year: int) -> _Made:
    *days, (month, _) = _numbers(words, codes)
    of = _year(words, codes, year)
    return _ranged(days, lambda number: _day(number, month, of, words))


def _dayofmonths(words: list[str], codes: str, year: int) -> _Made:
    (number, _), *months = _numbers(words, codes)
    of = _year(words, codes, year)
    expanded: list[int] = []
    for month, to in months:
        expanded.extend(range(expanded[-1] + 1, month + 1) if to and expanded else [month])
    return "period", Periods(tuple((span, span) for span in (_day(number, month, of, words) for month in expanded)))


def _months(words: list[str], codes: str, year: int) -> _Made:
    numbers = _numbers(words, codes)
    of = _year(words, codes, year)
    if len(codes) == 4 and codes.endswith("/n") and of is None:
        of = _short_year(numbers.pop()[0], year, words)
    elif codes.endswith("/n") and of is None and numbers[-1][0] > 12:
        of = _short_year(numbers.pop()[0], year, words)
    return _ranged(numbers, lambda number: _month(number, of, words))


def _quarters(words: list[str], codes: str, year: int) -> _Made:
    numbers = _numbers(words, codes)
    of = _year(words, codes, year)
    if of is None and len(numbers) > 1 and codes.endswith("/n") and numbers[-1][0] > 12:
        of = _short_year(numbers.pop()[0], year, words)
    return _ranged(numbers, lambda number: _quarter(number, of, words))


def _my(words: list[str], codes: str, year: int) -> _Made:
    return _ranged(_numbers(words, codes), lambda number: _month(number, int(words[-1]), words))


def _years(words: list[str], codes: str, year: int) -> _Made:
    ranges: list[tuple[Span, Span]] = []
    to = False
    for word, code in zip(words, codes, strict=True):
        if code == "Y":
            span = spans.whole_year(int(word))
            if to and ranges:
                ranges[-1] = (ranges[-1][0], span)
            else:
                ranges.append((span, span))
            to = False
        elif code in _TO:
            to = True
    return "period", Periods(tuple(ranges))


def _thisyear(words: list[str], codes: str, year: int) -> _Made:
    return _single(spans.whole_year(_year(words, codes, year)))


def _part(words: list[str], codes: str, year: int) -> _Made:
    of = _year(words, codes, year)
    numbers = _numbers(words, codes)
    half = codes[0] == _HALF
    part = words[1] if half and words[1] != "năm" else words[2] if half else words[0]
    if half:
        part = "nửa đầu" if part == "đầu" else "nửa cuối"
    if MONTH in codes:
        whole = _month(numbers[0][0], of, words)
    elif QUARTER in codes:
        whole = _quarter(numbers[0][0], of, words)
    else:
        whole = spans.whole_year(of)
    if whole.unit != "M" and part in ("thượng", "trung", "hạ"):
        raise ValueError(f"không hiểu “{_text(words)}”")
    return _single(spans.part_of(part, whole))


def _firstmonths(words: list[str], codes: str, year: int) -> _Made:
    count = _numbers(words, codes)[0][0]
    if not 1 <= count <= 12:
        raise ValueError(f"“{_text(words)}”: một năm chỉ có 12 tháng")
    of = _year(words, codes, year)
    return _single(spans.months(1, count, of) if _FIRST in codes else spans.months(13 - count, 12, of))


def _weekof(words: list[str], codes: str, year: int) -> _Made:
    numbers = [number for number, _ in _numbers(words, codes)]
    edge = 1 if _FIRST in codes else -1 if _LAST in codes else None
    place = edge or numbers.pop(0)
    if place > 5:
        raise ValueError(f"không hiểu “{_text(words)}”")
    return _single(spans.week_of(place, _month(numbers[0], _year(words, codes, year), words)))


def _units(words: list[str], codes: str, year: int) -> _Made:
    """The rhythms of "hằng tháng, quý, 6 tháng, năm 2025"."""
    found: list[Rhythm] = []
    count: int | None = None
    for at, code in enumerate(codes):
        if code in "nw":
            count = number_of(words[at : at + 1])
        elif code in UNITS and not (code == YEAR and codes[at + 1 : at + 2] == "Y"):
            found.append(rhythms.every(UNITS[code], count or 1))
            count = None
        elif code == "Y":
            found.append(rhythms.every("năm"))
    bound = int(words[-1]) if codes[-1] == "Y" else None
    return "rhythms", [rhythm._replace(bound=bound) for rhythm in found] if bound else found


def _report(words: list[str], codes: str, year: int) -> _Made:
    kind, made = _units(words, codes, year)
    return ("weak" if isinstance(made, list) and len(made) == 1 else kind), made


def _periodic(words: list[str], codes: str, year: int) -> _Made:
    return _units(words, codes, year) if any(unit in codes for unit in UNITS) else ("periodic", None)


def _dom(words: list[str], codes: str, year: int) -> _Made:
    return "dom", _window_end(_days(words, codes), codes)


def _times(words: list[str], codes: str, year: int) -> _Made:
    """Times a unit: "02 lần/tháng", "mỗi quý hai lần", "6 tháng/lần", "hai tuần một lần"."""
    unit_at = next(at for at, code in enumerate(codes) if code in UNITS)
    times_at = codes.index(_TIMES)
    before = [number for number, _ in _numbers(words[:unit_at], codes[:unit_at])]
    if times_at < unit_at:
        times, counts = before[0], before[1:]
    else:
        counts = before
        times = next((number for number, _ in _numbers(words[unit_at:], codes[unit_at:])), 1)
    rhythm = rhythms.times_a(times, counts[0] if counts else 1, UNITS[codes[unit_at]])
    if rhythm is None:
        raise ValueError(f"không chia đều được “{_text(words)}” thành các kỳ")
    return "rhythms", [rhythm]


def _days(words: list[str], codes: str) -> list[int]:
    days = [number for number, _ in _numbers(words, codes)]
    if any(not 1 <= number <= 31 for number in days):
        raise ValueError(f"“{_text(words)}”: không có ngày này trong tháng")
    return days


def _domm(words: list[str], codes: str, year: int) -> _Made:
    return "rhythms", [rhythms.days_of_month(_window_end(_days(words, codes), codes))]


def _window_end(days: list[int], codes: str) -> list[int]:
    """Of "từ ngày 25 đến ngày 30 hằng tháng" the last day is the due one."""
    return days[-1:] if any(code in _TO for code in codes) else days


def _domq(words: list[str], codes: str, year: int) -> _Made:
    at = codes.index(MONTH)
    days = _days(words[:at], codes[:at])
    rest = codes[at + 1 :]
    part = next((_AT[code] for code in rest if code in _AT), "giữa")
    months = 3
    note = None
    count = _numbers(words[at + 1 :], rest)
    if MONTH in rest and count:
        months = count[-1][0]
    elif YEAR in rest:
        months = 12
    elif QUARTER not in rest:
        note = "văn bản không nêu độ dài kỳ báo cáo; tạm tính theo quý, cần người phụ trách xác nhận"
    return "rhythms", [rhythms.days_of_block(_window_end(days, codes[:at]), part, months, note=note)]


def _monthofq(words: list[str], codes: str, year: int) -> _Made:
    part = next(_AT[code] for code in codes if code in _AT or code == codes[1]) if codes[1] in _AT else "đầu"
    return "rhythms", [rhythms.days_of_block([-1], part, 3)]


def _weekofm(words: list[str], codes: str, year: int) -> _Made:
    numbers = _numbers(words, codes)
    place = numbers[0][0] if numbers else 1 if _FIRST in codes else 5
    if not 1 <= place <= 5:
        raise ValueError(f"không hiểu “{_text(words)}”")
    day = [place * 7] if place < 5 else [-1]
    return "rhythms", [rhythms.days_of_month(day)._replace(note="tuần trong tháng được hiểu là các ngày 1–7, 8–14, …")]


def _parts(words: list[str], codes: str, year: int) -> _Made:
    return "rhythms", [rhythms.part_of_every(words[0], words[-1])]


def _lastday(words: list[str], codes: str, year: int) -> _Made:
    part = "cuối" if _LAST in codes else "đầu"
    working = _WORK in codes
    numbers = _numbers(words, codes)
    unit = next(code for code in reversed(codes) if code in UNITS and not (code == DAY))
    if not numbers and "Y" not in codes:
        unit = next(code for code in codes if code in UNITS and code != DAY)
        return "rhythms", [rhythms.edge_day(part, UNITS[unit], working=working)]
    of = _year(words, codes, year)
    if not numbers:
        whole = spans.whole_year(of)
    elif MONTH in codes:
        whole = _month(numbers[0][0], of, words)
    else:
        whole = _quarter(numbers[0][0], of, words)
    kind = "workday" if working else "edge"
    return kind, (whole, part)


def _weekday(words: list[str], codes: str, year: int) -> _Made:
    limit = next((at for at, code in enumerate(codes) if code in (WEEK, MONTH, _FIRST, _LAST)), len(codes))
    days: list[int] = []
    names, named = ["5" if word == "năm" else word for word in words[:limit]], codes[:limit].replace(YEAR, "n")
    for number, to in _numbers(names, named):
        if not 2 <= number <= 7:
            return "other", None
        days.extend(range(days[-1] + 1, number) if to and days and days[-1] < number - 1 else [number - 1])
    if _SUNDAY in codes[:limit]:
        days.append(7)
    if limit == len(codes) or codes[limit] == WEEK and MONTH not in codes:
        return "weekday", (tuple(days), WEEK in codes)
    return _weekday_of_month(days, words[limit:], codes[limit:], year)


def _weekday_of_month(days: list[int], words: list[str], codes: str, year: int) -> _Made:
    numbers = [number for number, _ in _numbers(words, codes)]
    place = 1 if _FIRST in codes else -1 if _LAST in codes else numbers.pop(0) if numbers else 0
    if not -1 <= place <= 5 or place == 0:
        raise ValueError("không rõ thứ mấy của tháng")
    if numbers:
        month = _month(numbers[0], _year(words, codes, year), words)
        return "nthday", (tuple(days), place, month)
    return "rhythms", [rhythms.weekdays(days, place)]


def _workdays(words: list[str], codes: str, year: int) -> _Made:
    return "rhythms", [rhythms.every("ngày")]


def _duration(words: list[str], codes: str, year: int) -> _Made:
    if codes[0] == _HALF:
        return "duration", Duration(15 if MONTH in codes else 182)
    first = words[0]
    count = int(first) if first[0].isdigit() else 5 if first == "năm" else _numbers(words, codes)[0][0]
    if count > 3660:
        raise ValueError(f"“{_text(words)}” quá dài")
    working = _WORK in codes
    if _HOUR in codes:
        return "duration", Duration(None, count, working)
    if _MINUTE in codes:
        return "other", None
    if WEEK in codes:
        return "duration", Duration(count * (5 if working else 7), None, working)
    if MONTH in codes or QUARTER in codes:
        months = count * (3 if QUARTER in codes else 1)
        note = f"{count} {'quý' if QUARTER in codes else 'tháng'} tính là {months * 30} ngày (Điều 146 Bộ luật Dân sự)"
        return "duration", Duration(months * 30, None, False, note, months)
    if YEAR in codes[1:]:
        return "duration", Duration(count * 365, None, False, f"{count} năm tính là {count * 365} ngày", count * 12)
    return "duration", Duration(count, None, working)


def _time(words: list[str], codes: str, year: int) -> _Made:
    numbers = [number for number, _ in _numbers(words, codes)]
    hour, minute = numbers[0], numbers[1] if len(numbers) > 1 else 0
    if hour > 24 and len(numbers) == 1:
        return "duration", Duration(None, hour)
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise ValueError(f"“{_text(words)}”: không có giờ này")
    return "time", (hour, minute)


def _standing(words: list[str], codes: str, year: int) -> _Made:
    return "standing", "lasting" if codes[-1] == _LASTING or codes[0] == _LONG else None


def _event(words: list[str], codes: str, year: int) -> _Made:
    first = codes[1] if codes[0] == _RIGHT and len(codes) > 1 else codes[0]
    return "event", "until" if first in _UNTIL else "before" if first == _BEFORE else None


def _bad(words: list[str], codes: str, year: int) -> _Made:
    raise ValueError(f"ngày tháng “{_text(words)}” viết thiếu hoặc không hợp lệ")


_MAKERS: dict[str, Callable[[list[str], str, int], _Made]] = {
    "dmy": _dmy, "iso": _iso, "dm": _dm, "dmword": _dm, "dayrange": _dayrange, "dayofmonths": _dayofmonths,
    "months": _months, "quarters": _quarters, "my": _my, "years": _years, "thisyear": _thisyear, "part": _part,
    "firstmonths": _firstmonths, "weekof": _weekof, "every": _units, "units": _units, "report": _report,
    "periodic": _periodic, "times": _times, "domm": _domm, "domq": _domq, "monthofq": _monthofq,
    "weekofm": _weekofm, "parts": _parts, "lastday": _lastday, "weekday": _weekday, "workdays": _workdays,
    "dom": _dom, "standing": _standing, "event": _event, "duration": _duration, "time": _time, "baddate": _bad,
}  # fmt: skip
