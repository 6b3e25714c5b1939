"""Days, periods, lengths of time and times of day out of tokens."""

# One function an alternative of the grammar.

import re

from rules.timing import spans
from rules.timing.lexer import code_of
from rules.timing.spans import (
    BEFORE,
    FIRST,
    MONTH,
    QUARTER,
    TO,
    WEEK,
    WORK,
    YEAR,
    Duration,
    Made,
    Periods,
    Span,
    a_day,
    a_month,
    a_quarter,
    month_in_quarter,
    numbers_in,
    ranged,
    short_year,
    shown,
    single,
    year_in,
)  # fmt: skip

_QUARTERS = (QUARTER, code_of("q"))
_FROM = code_of("từ")
_DAYLIGHT = {code_of("chiều"), code_of("tối"), code_of("đêm")}
_WEEKS_A_MONTH = 5
_HALF = code_of("nửa")
_HOUR = code_of("h")
_ALWAYS = {(24, 24), (24, 7), (7, 7), (6, 7), (5, 7), (7, 24)}
_NIGHT = code_of("đêm")
_MINUTE = code_of("phút")
_LASTING = code_of("tục")
_LONG = code_of("lâu")
_RIGHT = code_of("ngay")
_UNTIL = {code_of("đến"), code_of("cho")}


def dmy(words: list[str], codes: str, year: int) -> Made:
    # "15/12/2025", "15-12-25".
    at = codes.index("n")
    number, month, printed = int(words[at]), int(words[at + 2]), int(words[at + 4])
    of = printed if codes[at + 4] == "Y" else short_year(printed, year, words)
    return single(a_day(number, month, of, words))


def iso(words: list[str], codes: str, year: int) -> Made:
    # "2025-12-15".
    month, number = (int(words[at]) for at in (-3, -1))
    return single(a_day(number, month, int(words[codes.index("Y")]), words))


def isopart(words: list[str], codes: str, year: int) -> Made:
    # "2026-06", "2026.06", "2026-Q2", "2026/T6".
    (number, _), of = numbers_in(words, codes)[0], int(words[0])
    return single(a_quarter(number, of, words) if codes[-2] in _QUARTERS else a_month(number, of, words))


def isoweek(words: list[str], codes: str, year: int) -> Made:
    # "tuần 23 năm 2026", "tuần 1/2026"; a small number without a year is of no known month.
    numbers = numbers_in(words, codes)
    printed = year_in(words, codes, year)
    if printed is None and min(number for number, _ in numbers) <= _WEEKS_A_MONTH:
        raise ValueError(f"không rõ “{shown(words)}” của tháng nào")

    def week(number: int) -> Span:
        found = spans.iso_week(number, year if printed is None else printed)
        if found is None:
            raise ValueError(f"“{shown(words)}”: năm {printed or year} không có tuần {number}")
        return found

    return ranged(numbers, week)


def qmonth(words: list[str], codes: str, year: int) -> Made:
    # "tháng cuối quý II/2026", "tháng thứ hai của quý III".
    return single(_month_of_quarter(words, codes, year))


def dayofqmonth(words: list[str], codes: str, year: int) -> Made:
    # "ngày 25 tháng cuối quý II/2026".
    month = _month_of_quarter(words, codes, year)
    at = codes.index(MONTH)
    return ranged(
        numbers_in(words[:at], codes[:at]), lambda number: a_day(number, month.first_month, month.year, words)
    )


def _month_of_quarter(words: list[str], codes: str, year: int) -> Span:
    at = max(codes.rfind(code) for code in _QUARTERS)
    place = month_in_quarter(words, codes)
    if not 1 <= place <= 3:
        raise ValueError(f"“{shown(words)}”: một quý chỉ có 3 tháng")
    quarter = a_quarter(numbers_in(words[at:], codes[at:])[0][0], year_in(words, codes, year), words)
    return spans.month(quarter.first_month + place - 1, quarter.year)


def nthunit(words: list[str], codes: str, year: int) -> Made:
    # "tháng thứ 3" of what nobody knows.
    raise ValueError(f"không rõ “{shown(words)}” tính từ khi nào")


def extended(words: list[str], codes: str, year: int) -> Made:
    # "gia hạn đến", "lùi sang"; of "gia hạn từ" the next date is the old one.
    return "extended", {_FROM: "from", **dict.fromkeys(TO, "to"), BEFORE: "before"}.get(codes[-1], "")


def day_month(words: list[str], codes: str, year: int) -> Made:
    # "15/12", "ngày 15 tháng 12 năm 2025"; "24/7" is a standing duty.
    (number, _), (month, _) = numbers_in(words, codes)[:2]
    if codes == "n/n" and (number, month) in ((24, 24), (24, 7)):
        return "standing", spans.day(24, 7) if month == 7 else None
    return single(a_day(number, month, year_in(words, codes, year), words))


def dayrange(words: list[str], codes: str, year: int) -> Made:
    # "ngày 15, 16/4/2025", "15-20/4".
    *days, (month, _) = numbers_in(words, codes)
    of = year_in(words, codes, year)
    return ranged(days, lambda number: a_day(number, month, of, words))


def dayofmonths(words: list[str], codes: str, year: int) -> Made:
    # "ngày 15 các tháng 3, 6, 9 - 12".
    (number, _), *months = numbers_in(words, codes)
    of = year_in(words, codes, year)
    expanded: list[int] = []
    for month, to in months:
        expanded.extend(range(expanded[-1] + 1, month + 1) if to and expanded else [month])
    return "period", Periods(tuple((span, span) for span in (a_day(number, month, of, words) for month in expanded)))


def months(words: list[str], codes: str, year: int) -> Made:
    # "tháng 3, 6 và 9/2025", "T3-T10", "tháng 12/25".
    numbers = numbers_in(words, codes)
    of = year_in(words, codes, year)
    if (len(codes) == 4 and codes.endswith("/n") and of is None) or (
        codes.endswith("/n") and of is None and numbers[-1][0] > 12
    ):
        of = short_year(numbers.pop()[0], year, words)
    return ranged(numbers, lambda number: a_month(number, of, words))


def quarters(words: list[str], codes: str, year: int) -> Made:
    # "Quý I, II/2025", "quý III-IV".
    if "n/n/Y" in codes:
        raise ValueError(f"không rõ “{shown(words)}” là quý hay ngày")
    numbers = numbers_in(words, codes)
    if re.search("n/n(?!.*Y)", codes) and numbers[-1][0] <= 12:
        raise ValueError(f"không rõ “{shown(words)}” là quý hay ngày")
    of = year_in(words, codes, year)
    if of is None and len(numbers) > 1 and codes.endswith("/n") and numbers[-1][0] > 12:
        of = short_year(numbers.pop()[0], year, words)
    return ranged(numbers, lambda number: a_quarter(number, of, words))


def month_year(words: list[str], codes: str, year: int) -> Made:
    # "12/2025", "11-12/2025".
    return ranged(numbers_in(words, codes), lambda number: a_month(number, int(words[-1]), words))


def years(words: list[str], codes: str, year: int) -> Made:
    # "năm 2025", "2025-2030", "2025, 2026".
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
        elif code in TO:
            to = True
    return "period", Periods(tuple(ranges))


def thisyear(words: list[str], codes: str, year: int) -> Made:
    # "cả năm", "trong năm", "năm sau".
    return single(spans.whole_year(year_in(words, codes, year)))


def part(words: list[str], codes: str, year: int) -> Made:
    # "đầu quý II", "nửa cuối năm 2025", "hạ tuần tháng 5".
    of = year_in(words, codes, year)
    numbers = numbers_in(words, codes)
    half = codes[0] == _HALF
    part = words[1] if half and words[1] != "năm" else words[2] if half else words[0]
    if half:
        part = "nửa đầu" if part == "đầu" else "nửa cuối"
    if MONTH in codes:
        whole = a_month(numbers[0][0], of, words)
    elif QUARTER in codes:
        whole = a_quarter(numbers[0][0], of, words)
    else:
        whole = spans.whole_year(of)
    if whole.unit != "M" and part in ("thượng", "trung", "hạ"):
        raise ValueError(f"không hiểu “{shown(words)}”")
    return single(spans.part_of(part, whole))


def firstmonths(words: list[str], codes: str, year: int) -> Made:
    # "6 tháng đầu năm", "3 tháng cuối năm 2025".
    count = numbers_in(words, codes)[0][0]
    if not 1 <= count <= 12:
        raise ValueError(f"“{shown(words)}”: một năm chỉ có 12 tháng")
    of = year_in(words, codes, year)
    return single(spans.months(1, count, of) if FIRST in codes else spans.months(13 - count, 12, of))


def weekof(words: list[str], codes: str, year: int) -> Made:
    # "tuần 2 tháng 6", "tuần cuối tháng 9/2025", "tuần 3, 4 tháng 5", "tuần 1 đến tuần 3 tháng 5".
    *weeks, (month, _) = numbers_in(words, codes)
    of = a_month(month, year_in(words, codes, year), words)
    if not weeks:
        return single(spans.week_of(1 if FIRST in codes else -1, of))
    if max(place for place, _ in weeks) > 5:
        raise ValueError(f"không hiểu “{shown(words)}”")
    return ranged(weeks, lambda place: spans.week_of(place, of))


def duration(words: list[str], codes: str, year: int) -> Made:
    # "05 ngày làm việc", "72 giờ", "02 tháng": months and years in days by the Civil Code 2015, Art. 146.
    if codes[0] == _HALF:
        return "duration", Duration(15 if MONTH in codes else 182)
    first = words[0]
    count = int(first) if first[0].isdigit() else 5 if first == "năm" else numbers_in(words, codes)[0][0]
    if count > 3660:
        raise ValueError(f"“{shown(words)}” quá dài")
    working = WORK in codes
    if _HOUR in codes:
        return "duration", Duration(None, count, working)
    if _MINUTE in codes:
        return "left", None
    if WEEK in codes:
        return "duration", Duration(count * (5 if working else 7), None, working)
    if MONTH in codes or QUARTER in codes:
        months = count * (3 if QUARTER in codes else 1)
        note = f"{count} {'quý' if QUARTER in codes else 'tháng'} tính là {months * 30} ngày (Điều 146 Bộ luật Dân sự)"
        return "duration", Duration(months * 30, None, False, note, months)
    if YEAR in codes[1:]:
        return "duration", Duration(count * 365, None, False, f"{count} năm tính là {count * 365} ngày", count * 12)
    return "duration", Duration(count, None, working)


def time(words: list[str], codes: str, year: int) -> Made:
    # "16h30", "17 giờ"; more than 24 hours is a length of time.
    numbers = [number for number, _ in numbers_in(words, codes)]
    hour, minute = numbers[0], numbers[1] if len(numbers) > 1 else 0
    if codes[-1] in _DAYLIGHT and hour < 12:  # "5 giờ chiều"
        if codes[-1] == _NIGHT and hour < 6:
            raise ValueError(f"không rõ “{shown(words)}” là của đêm nào")
        hour += 12
    if hour > 24 and len(numbers) == 1:
        return "duration", Duration(None, hour)
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise ValueError(f"“{shown(words)}”: không có giờ này")
    return "time", (hour, minute)


def standing(words: list[str], codes: str, year: int) -> Made:
    # "Thường xuyên"; with "liên tục" or "lâu dài" it has no end.
    if codes[0] == "n" and (int(words[0]), int(words[2])) not in _ALWAYS:
        raise ValueError(f"không hiểu “{shown(words)}”")
    return "standing", "lasting" if codes[-1] == _LASTING or codes[0] == _LONG else None


def event(words: list[str], codes: str, year: int) -> Made:
    # "sau khi", "đến khi", "trước ngày …": what sort of event follows.
    first = codes[1] if codes[0] == _RIGHT and len(codes) > 1 else codes[0]
    return "event", "until" if first in _UNTIL else "before" if first == BEFORE else None


def unreadable(words: list[str], codes: str, year: int) -> Made:
    # A date with a part missing or too much: "ngày … tháng 9", "31/12/202".
    raise ValueError(f"ngày tháng “{shown(words)}” viết thiếu hoặc không hợp lệ")
