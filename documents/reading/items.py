"""From what was printed about a task to an item: timing, units, results, targets, and what a person must settle."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from documents.reading.cells import lines_of, one_line, parts_of, squeeze
from rules.plan import (
    RELATED_UNITS,
    Doubt,
    ItemRead,
    Milestone,
    Source,
    Target,
    Timing,
    TimingKind,
    Tracking,
    UnitRef,
)
from rules.targets import read_targets
from rules.timing import TimingSpan, find_timings, read_result_milestones, read_timing
from rules.units import UnitBook


@dataclass(frozen=True, slots=True)
class Context:
    """What reading an item needs to know of its plan.

    `issued` is the printed day of issue; `floor` is that day, or the first of the
    printed month where the day is left blank: only good for finding contradictions.
    Without a year no time is read: "Quý III" of an unknown year is undetermined.
    """

    units: UnitBook
    form: str
    year: int | None
    issued: date | None = None
    floor: date | None = None


@dataclass(slots=True)
class Draft:
    """A task as printed, before its words are understood."""

    code: str
    title: str
    section: str | None = None
    ordinal: str | None = None
    timing: str = ""
    lead: str = ""
    coordinating: str = ""
    results: str = ""
    source: Source = field(default_factory=Source)
    doubts: list[Doubt] = field(default_factory=list)
    tracking: Tracking | None = None
    narrative: bool = False


def finish(draft: Draft, context: Context) -> ItemRead:
    """The item that a draft says, with a doubt for each thing a person must settle."""
    title = one_line(draft.title, context.form)
    results = parts_of(draft.results, context.form, context.units.protected)
    lead_text, coordinating_text = split_roles(_paragraphs(draft.lead, context.form))
    coordinating_text = "\n".join(filter(None, (coordinating_text, _paragraphs(draft.coordinating, context.form))))
    lead, coordinating = context.units.split(lead_text), context.units.split(coordinating_text)
    timing, timing_doubts = _timing(draft, title, results, context)
    doubts = [
        *draft.doubts,
        *([] if title else [Doubt(code="title.missing", message="Nhiệm vụ không có nội dung; hãy bổ sung.")]),
        *timing_doubts,
        *_unit_doubts(lead, coordinating),
    ]
    return ItemRead(
        code=draft.code,
        ordinal=draft.ordinal,
        section=draft.section,
        title=title,
        timing=timing,
        lead=lead,
        coordinating=coordinating,
        results=results,
        targets=_targets((*results, title), context.year) if context.year else (),
        source=draft.source,
        warnings=tuple(doubts),
        tracking=draft.tracking,
    )


_NO_TIME = "Kế hoạch không ghi thời hạn của nhiệm vụ này; cần nhập ngày cụ thể."
_ROLE_LABEL = re.compile(
    r"(?:^|(?<=[\n;.,]))\s*[-–•+]?\s*(?:(?:cơ quan|đơn vị|bộ phận|phòng)\s+)?"
    r"(chủ trì|phối hợp)(?:\s+thực hiện)?\s*:\s*",
    re.IGNORECASE,
)
_JOINED_ROLES = re.compile(
    r"^(.+?)\s*(?:chủ trì)?\s*[,;(]?\s*phối hợp\s+(?:với|cùng)\s*:?\s*(.+?)\)?$", re.IGNORECASE | re.DOTALL
)


def split_roles(cell: str) -> tuple[str, str]:
    """Lead and coordinating part of a cell that names both ("Chủ trì: A; Phối hợp: B", "A phối hợp với B")."""
    pieces = _ROLE_LABEL.split(cell)
    if len(pieces) > 1:
        roles = {"chủ trì": [pieces[0]], "phối hợp": []}
        for role, text in zip(pieces[1::2], pieces[2::2], strict=True):
            roles[role.lower()].append(text)
        return "\n".join(filter(str.strip, roles["chủ trì"])), "\n".join(roles["phối hợp"])
    joined = _JOINED_ROLES.match(cell)
    return (joined.group(1), joined.group(2)) if joined else (cell, "")


def _paragraphs(text: str, form: str) -> str:
    return "\n".join(lines_of(text, form))


def _targets(texts: Iterable[str], year: int) -> tuple[Target, ...]:
    found: list[Target] = []
    for text in texts:
        found.extend(target for target in read_targets(text, year) if target not in found)
    return tuple(found)


def _timing(draft: Draft, title: str, results: tuple[str, ...], context: Context) -> tuple[Timing, list[Doubt]]:
    phrase = squeeze(" ".join(lines_of(draft.timing, context.form)))
    doubts: list[Doubt] = []
    if context.year is None:
        reason = "Chưa biết năm của kế hoạch nên chưa xác định được thời hạn; cần nhập năm của kế hoạch."
        timing = Timing(phrase=phrase, kind=TimingKind.UNDETERMINED, reason=reason)
        return timing, _timing_doubts(timing, context)
    if phrase:
        timing = read_timing(phrase, context.year, context.issued)
    elif span := _in_sentence(title, context.year, context.issued, draft.narrative):
        timing = span.timing
    elif draft.narrative:
        timing, doubt = _default(context.year, context.issued)
        doubts.append(doubt)
    else:
        timing = Timing(phrase="", kind=TimingKind.UNDETERMINED, reason=_NO_TIME)
    timing, milestone_doubts = _with_milestones(timing, results, context.year, context.issued)
    return timing, [*doubts, *milestone_doubts, *_timing_doubts(timing, context)]


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


def _default(year: int, issued: date | None) -> tuple[Timing, Doubt]:
    """The plan's year, where a narrative plan gives a measure no time of its own; said to be so, never in silence."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    start = issued if issued and first < issued <= last else first
    reason = f"Văn bản không ghi thời hạn riêng; tạm lấy theo năm kế hoạch {year}."
    timing = Timing(phrase="", kind=TimingKind.WINDOW, start=start, due=last, last_day=last, reason=reason)
    return timing, Doubt(code="timing.defaulted", message=reason)


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


def _timing_doubts(timing: Timing, context: Context) -> list[Doubt]:
    doubts: list[Doubt] = []
    if timing.kind is TimingKind.UNDETERMINED:
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
    if context.floor and days and max(days) < context.floor:
        message = f"“{shown}” kết thúc ngày {max(days):%d/%m/%Y}, trước khi kế hoạch ban hành; hãy kiểm tra lại năm."
        doubts.append(Doubt(code="timing.year_conflict", message=message))
    if days and context.year and max(days).year > context.year:
        message = f"Có mốc ngày {max(days):%d/%m/%Y}, sau năm kế hoạch {context.year}; hãy xác nhận."
        doubts.append(Doubt(code="timing.after_plan_year", message=message))
    return doubts


def _unit_doubts(lead: tuple[UnitRef, ...], coordinating: tuple[UnitRef, ...]) -> list[Doubt]:
    doubts: list[Doubt] = []
    if not lead:
        doubts.append(Doubt(code="lead.missing", message="Nhiệm vụ không ghi cơ quan chủ trì; hãy chọn đơn vị."))
    for ref in (*lead, *coordinating):
        if ref.unit is None:
            message = f"Chưa biết “{ref.printed}” là đơn vị nào; hãy chọn đơn vị hoặc thêm tên gọi này vào danh sách."
            doubts.append(Doubt(code="unit.unknown", message=message))
        elif ref.unit == RELATED_UNITS:
            message = f"“{ref.printed}” là tập hợp mở; hãy nêu rõ từng đơn vị."
            doubts.append(Doubt(code="unit.open_set", message=message))
    return list(dict.fromkeys(doubts))
