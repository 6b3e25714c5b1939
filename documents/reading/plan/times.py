"""When an item is due: by its column, its own words, its results or its plan; and what a person must settle."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from rules.plan.standing import is_standing, proposed_day
from rules.plan.values import Doubt
from rules.timing import TimingSpan, find_timings, read_result_milestones, read_timing
from rules.timing.values import Milestone, Timing, TimingKind


@dataclass(frozen=True, slots=True)
class Times:
    """What reading a time needs to know of its plan.

    `issued` is the printed day of issue; `floor` is that day, or the first of the
    printed month where the day is left blank: only good for finding contradictions.
    `month` is set for the plan of one month. Without a year no time is read: "Quý III"
    of an unknown year is undetermined.
    """

    year: int | None
    issued: date | None = None
    floor: date | None = None
    month: int | None = None


_NO_TIME = "Kế hoạch không ghi thời hạn của nhiệm vụ này; cần nhập ngày cụ thể."
_LAST_BRACKET = re.compile(r"\((?P<words>[^()]{3,40})\)[ .;]*$")
_OF_MONTH = re.compile(r"(?i)\bngày\b|\btuần\b|\btháng\b|^\d{1,2}(?:\s*[-–]\s*\d{1,2})?$")
_IN_THE_MONTH = re.compile(r"(?i)(?:\s|^)tháng(?: này)?\s*$")
_PLAN_OF_MONTH = re.compile(r"(?i)\btháng\s+(?P<month>0?[1-9]|1[0-2])\s*(?:/|năm\s)\s*(?P<year>20\d\d)")


def month_of(title: str | None, year: int | None, headings: Iterable[str] = ()) -> int | None:
    """The month that a plan of one month is for ("Công tác tháng 5 năm 2026"); None for every other plan.

    A workbook with a sheet for each month has other months in its `headings`, and is no plan of one month.
    """
    found = [(int(told["month"]), int(told["year"])) for told in _PLAN_OF_MONTH.finditer(title or "")]
    if len(found) != 1 or found[0][1] != year:
        return None
    others = {int(told["month"]) for line in headings if line.isupper() for told in _PLAN_OF_MONTH.finditer(line)}
    return found[0][0] if others <= {found[0][0]} else None


def timing_of(
    phrase: str, title: str, results: tuple[str, ...], narrative: bool, times: Times, duty: str = ""
) -> tuple[Timing, list[Doubt]]:
    """The timing of an item: of its column, of its own words, of its results, or none; and what to settle.

    `duty` is the title without the unit that it begins with.
    """
    doubts: list[Doubt] = []
    if times.year is None:
        reason = "Chưa biết năm của kế hoạch nên chưa xác định được thời hạn; cần nhập năm của kế hoạch."
        timing = Timing(phrase=phrase, kind=TimingKind.UNDETERMINED, reason=reason)
        return timing, _timing_doubts(timing, times)
    if phrase:
        timing = _in_month(read_timing(phrase, times.year, times.issued), times)
    elif span := _in_sentence(title, times.year, times.issued, narrative):
        timing = _in_month(span.timing, times)
    elif times.month or narrative:
        bracketed = _LAST_BRACKET.search(title) if times.month else None
        told = _in_month(read_timing(bracketed["words"], times.year), times) if bracketed else None
        if told and told.kind is not TimingKind.UNDETERMINED:
            timing = told
        else:
            timing, doubt = _default(times) if times.month else _undated(duty or title, results, times)
            doubts.append(doubt)
    else:
        timing = Timing(phrase="", kind=TimingKind.UNDETERMINED, reason=_NO_TIME)
    timing, milestone_doubts = _with_milestones(timing, results, times.year, times.issued)
    proposed = any(doubt.code == "timing.defaulted" for doubt in doubts)
    return timing, [*doubts, *milestone_doubts, *_timing_doubts(timing, times, proposed=proposed)]


_DATED = re.compile(r"(?i)\d\s*[/.-]\s*\d|quý|tháng|ngày|tuần|năm\s*\d|\bq\d")
_BARE_YEAR = re.compile(r"(?i)(?:trong )?năm (\d{4})")
_DOCUMENT_NAME = re.compile(r"(?i)kế hoạch|quyết định|báo cáo|chỉ số|chương trình|nghị quyết|luật|đề án|kết quả")
_YEARLY = re.compile(r"(?i)h[àằ]ng năm")


def _in_sentence(title: str, year: int, issued: date | None, narrative: bool) -> TimingSpan | None:
    """The timing inside a task's own words: a deadline before a rhythm before a period.

    In a table only a deadline, a rhythm or what stands in brackets counts: "Kế hoạch
    CCHC năm 2025" names a document, not a time.
    """
    spans = find_timings(title, year, issued)
    order = (
        TimingKind.DEADLINE,
        TimingKind.MILESTONES,
        TimingKind.RECURRING,
        TimingKind.CONTINUOUS,
        TimingKind.UNDETERMINED,
        TimingKind.WINDOW,
    )
    for kind in order:
        for span in spans:
            before = title[: span.start]
            bracketed = before.count("(") > before.count(")")
            if span.timing.kind is not kind or not (narrative or bracketed or kind in order[:3]):
                continue
            if not _names_something(span, before, year):
                return span
    return None


def _names_something(span: TimingSpan, before: str, year: int) -> bool:
    """Whether a found time only belongs to a name: "Luật … năm 2015", "cuộc họp định kỳ", "chi thường xuyên"."""
    phrase = span.timing.phrase
    if bare := _BARE_YEAR.fullmatch(phrase.strip()):
        clause = re.split(r"[,;:.]", before)[-1]
        return (
            int(bare.group(1)) != year or before.count("(") > before.count(")") or bool(_DOCUMENT_NAME.search(clause))
        )
    if span.timing.kind is TimingKind.RECURRING and span.timing.recurrence is None:
        return bool(before.strip()) and not before.rstrip().endswith((",", ";", ":", ".", "("))
    if _YEARLY.fullmatch(phrase.strip()):
        return bool(before.strip()) and not re.search(r"(?i)(?:định kỳ|vào|,|\()\s*$", before)
    return span.timing.kind is TimingKind.CONTINUOUS and bool(re.search(r"(?i)(?:chi|chưa|không)\s*$", before))


def _in_month(timing: Timing, times: Times) -> Timing:
    """A time that a month's plan leaves to its month ("Ngày 15", "Tuần 2", "Trong tháng"), with that month."""
    if times.month is None or times.year is None:
        return timing
    if timing.kind in (TimingKind.RECURRING, TimingKind.CONTINUOUS) and timing.due == date(times.year, 12, 31):
        first, last = _bounds(times.year, times.month)
        return timing.model_copy(update={"start": first, "due": last, "last_day": last})
    if timing.kind is not TimingKind.UNDETERMINED or not _OF_MONTH.search(timing.phrase):
        return timing
    words = f"{_IN_THE_MONTH.sub('', timing.phrase)} tháng {times.month}/{times.year}"
    told = read_timing(words, times.year, times.issued)
    if told.kind is TimingKind.UNDETERMINED:
        return timing
    reason = f"“{timing.phrase}” lấy theo tháng {times.month}/{times.year} của kế hoạch; cần người phụ trách xác nhận"
    return told.model_copy(update={"phrase": timing.phrase, "reason": reason})


def _bounds(year: int, month: int | None) -> tuple[date, date]:
    """First and last day of a month, or of the year."""
    if month is None or month == 12:
        return date(year, month or 1, 1), date(year, 12, 31)
    return date(year, month, 1), date(year, month + 1, 1) - timedelta(days=1)


def _default(times: Times) -> tuple[Timing, Doubt]:
    """The plan's year or month, where a task has no time of its own; said to be so, never in silence."""
    year = times.year or 1
    first, last = _bounds(year, times.month)
    start = times.issued if times.issued and first < times.issued <= last else first
    period = f"tháng {times.month}/{year} của kế hoạch" if times.month else f"năm kế hoạch {year}"
    reason = f"Văn bản không ghi thời hạn riêng; tạm lấy theo {period}."
    timing = Timing(phrase="", kind=TimingKind.WINDOW, start=start, due=last, last_day=last, reason=reason)
    return timing, Doubt(code="timing.defaulted", message=reason)


def _undated(title: str, results: tuple[str, ...], times: Times) -> tuple[Timing, Doubt]:
    """A measure without any time: a standing duty, or asked for its day with the plan's year as the proposal."""
    year = times.year or 1
    first, last = _bounds(year, None)
    if is_standing(title, results):
        start = times.issued if times.issued and first < times.issued <= last else first
        reason = "Văn bản không ghi thời hạn; hiểu là việc thường xuyên, rà soát theo từng kỳ báo cáo."
        timing = Timing(phrase="", kind=TimingKind.CONTINUOUS, start=start, due=last, last_day=last, reason=reason)
        return timing, Doubt(code="timing.standing", message=reason)
    reason = (
        f"Văn bản không ghi thời hạn của việc này; đề nghị lấy ngày {proposed_day(year):%d/%m/%Y} (hết năm kế hoạch), "
        "hãy xác nhận hoặc nhập ngày khác."
    )
    return (
        Timing(phrase="", kind=TimingKind.UNDETERMINED, reason=reason),
        Doubt(code="timing.defaulted", message=reason),
    )


def _with_milestones(
    timing: Timing, results: tuple[str, ...], year: int, issued: date | None
) -> tuple[Timing, list[Doubt]]:
    """Milestones that the result column lists stand beside the column's timing; two or more replace a mere period."""
    if timing.milestones or not any(_DATED.search(result) for result in results):
        return timing, []
    found: tuple[Milestone, ...] = read_result_milestones(results, year, issued)
    if not found:
        return timing, []
    many = sum(1 for milestone in found if milestone.due) >= 2
    kind = timing.kind
    if many and kind in (TimingKind.WINDOW, TimingKind.UNDETERMINED):
        kind = TimingKind.MILESTONES
    days = ", ".join(f"{milestone.due:%d/%m/%Y}" for milestone in found if milestone.due)
    printed = f"cột tiến độ ghi “{timing.phrase}”" if timing.phrase else "không có tiến độ riêng"
    message = f"Cột kết quả nêu các mốc {days}, còn {printed}; hãy xác nhận mốc theo dõi."
    doubt = Doubt(code="timing.milestones", message=message)
    return timing.model_copy(update={"milestones": found, "kind": kind}), [doubt]


def _timing_doubts(timing: Timing, times: Times, *, proposed: bool = False) -> list[Doubt]:
    """What a person must settle about a time. `proposed`: it was asked already, with a day to agree to."""
    doubts: list[Doubt] = []
    if timing.kind is TimingKind.UNDETERMINED and not proposed:
        reason = timing.reason or f"Chưa xác định được thời hạn từ “{timing.phrase}”; cần nhập ngày cụ thể"
        doubts.append(Doubt(code="timing.undetermined", message=f"{reason.rstrip('.')}."))
    elif timing.relative and timing.due is None:
        message = f"“{timing.phrase}” tính từ lúc “{timing.relative.event}”; hãy nhập ngày đó khi đã biết."
        doubts.append(Doubt(code="timing.relative", message=message))
    elif timing.kind is TimingKind.RECURRING and timing.recurrence is None:
        message = f"“{timing.phrase}” không ghi chu kỳ; hãy chọn chu kỳ (tuần, tháng, quý, năm)."
        doubts.append(Doubt(code="timing.no_period", message=message))
    elif timing.reason and timing.phrase:
        doubts.append(Doubt(code="timing.check", message=f"{timing.reason.rstrip('.')}."))
    days = [day for day in (timing.last_day or timing.due, *(m.due for m in timing.milestones)) if day]
    shown = timing.phrase or "thời hạn"
    if times.floor and days and max(days) < times.floor:
        message = f"“{shown}” kết thúc ngày {max(days):%d/%m/%Y}, trước khi kế hoạch ban hành; hãy kiểm tra lại năm."
        doubts.append(Doubt(code="timing.year_conflict", message=message))
    if days and times.year and max(days).year > times.year:
        message = f"Có mốc ngày {max(days):%d/%m/%Y}, sau năm kế hoạch {times.year}; hãy xác nhận."
        doubts.append(Doubt(code="timing.after_plan_year", message=message))
    return doubts
