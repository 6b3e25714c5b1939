"""From what was printed about a task to an item: timing, units, results, targets, and what a person must settle."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from documents.reading.plan.tables.cells import lines_of, one_line, parts_of, squeeze
from documents.reading.plan.times import Times, timing_of
from rules.plan.targets import read_targets
from rules.plan.unit_groups import is_group
from rules.plan.unit_names import fold
from rules.plan.units import UnitBook
from rules.plan.values import RELATED_UNITS, Doubt, ItemRead, Source, Target, Tracking, UnitRef


@dataclass(frozen=True, slots=True)
class Context:
    """What reading an item needs to know of its plan."""

    units: UnitBook
    form: str
    times: Times


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
    year: int | None = None
    """The year that the header of its time prints, where the cell prints none."""
    sheet: str = ""


def finish(draft: Draft, context: Context) -> ItemRead:
    """The item that a draft says, with a doubt for each thing a person must settle."""
    title = one_line(draft.title, context.form)
    results = parts_of(draft.results, context.form, context.units.protected)
    lead_text, coordinating_text = split_roles(_paragraphs(draft.lead, context.form))
    coordinating_text = "\n".join(filter(None, (coordinating_text, _paragraphs(draft.coordinating, context.form))))
    lead, coordinating = _by_note(context.units.split(lead_text), context.units.split(coordinating_text))
    phrase = squeeze(" ".join(lines_of(draft.timing, context.form)))
    times = replace(context.times, year=draft.year) if draft.year else context.times
    subject = _without_subject(title, lead_text)
    timing, timing_doubts = timing_of(phrase, title, results, draft.narrative, times, subject)
    doubts = [
        *draft.doubts,
        *([] if title else [Doubt(code="title.missing", message="Nhiệm vụ không có nội dung; hãy bổ sung.")]),
        *timing_doubts,
        *_unit_doubts(lead, coordinating),
        *_choices(lead_text, coordinating_text),
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
        targets=_targets((*results, title), context.times.year) if context.times.year else (),
        source=draft.source,
        warnings=tuple(doubts),
        tracking=draft.tracking,
    )


_ORDERING = re.compile(r"(?i)^(?:giao|yêu cầu|đề nghị|phân công)\s+(?:cho\s+)?")
_ROLE_OF_SUBJECT = re.compile(
    r"(?i)^[\s,:]*(?:(?:có trách nhiệm|chịu trách nhiệm|chủ trì|làm đầu mối|là đầu mối"
    r"|(?:và )?phối hợp (?:với |cùng )?[^;.]{2,120}?(?=\s(?:theo dõi|rà soát|xây dựng|kiểm tra|tổ chức|thực hiện"
    r"|triển khai|tham mưu|ban hành|tăng cường|tiếp tục|hướng dẫn|hoàn thành|đôn đốc|tổng hợp|báo cáo)))[\s,]*)*"
)


def _without_subject(title: str, lead: str) -> str:
    """What is to be done, without "Giao Phòng Kinh tế chủ trì, …" before it."""
    bare, who = _ORDERING.sub("", title), squeeze(lead).casefold()
    if who and bare.casefold().startswith(who):
        return _ROLE_OF_SUBJECT.sub("", bare[len(who) :], count=1)
    return bare


_ROLE_LABEL = re.compile(
    r"(?:^|(?<=[\n;.,]))\s*[-–•+]?\s*(?:(?:cơ quan|đơn vị|bộ phận|phòng)\s+)?"
    r"(chủ trì|phối hợp)(?:\s+thực hiện)?\s*:\s*",
    re.IGNORECASE,
)
_JOINED_ROLES = re.compile(
    r"^(.+?)\s*(?:chủ trì)?\s*[,;(]?\s*phối hợp\s+(?:với|cùng)\s*:?\s*(.+?)\)?$", re.IGNORECASE | re.DOTALL
)

_ROLES_AFTER = re.compile(
    r"^(.+?)\s+chủ trì(?:\s+thực hiện)?\s*[;,.\n]\s*(.+?)\s+phối hợp(?:\s+thực hiện)?\s*\.?$", re.IGNORECASE | re.DOTALL
)


def split_roles(cell: str) -> tuple[str, str]:
    """Lead and coordinating part of a cell that names both ("Chủ trì: A; Phối hợp: B", "A phối hợp với B", …)."""
    pieces = _ROLE_LABEL.split(cell)
    if len(pieces) > 1:
        roles = {"chủ trì": [pieces[0]], "phối hợp": []}
        for role, text in zip(pieces[1::2], pieces[2::2], strict=True):
            roles[role.lower()].append(text)
        return "\n".join(filter(str.strip, roles["chủ trì"])), "\n".join(roles["phối hợp"])
    joined = _ROLES_AFTER.match(cell) or _JOINED_ROLES.match(cell)
    return (joined.group(1), joined.group(2)) if joined else (cell, "")


def _by_note(
    lead: tuple[UnitRef, ...], coordinating: tuple[UnitRef, ...]
) -> tuple[tuple[UnitRef, ...], tuple[UnitRef, ...]]:
    """Roles that one cell prints behind the names: "Văn phòng (chủ trì), Phòng VHXH (phối hợp)"."""
    plain = tuple(
        ref.model_copy(update={"note": None}) if fold(ref.note or "") in ("chu tri", "chu tri thuc hien") else ref
        for ref in lead
    )
    partners = [ref for ref in plain if fold(ref.note or "") in ("phoi hop", "phoi hop thuc hien")]
    if not partners or len(partners) == len(plain):
        return plain, coordinating
    moved = tuple(ref.model_copy(update={"note": None}) for ref in partners)
    return tuple(ref for ref in plain if ref not in partners), (*moved, *coordinating)


def _paragraphs(text: str, form: str) -> str:
    return "\n".join(lines_of(text, form))


def _targets(texts: Iterable[str], year: int) -> tuple[Target, ...]:
    found: list[Target] = []
    for text in texts:
        found.extend(target for target in read_targets(text, year) if target not in found)
    return tuple(found)


_CHOICE = re.compile(r"(?i)[^;\n,]*\shoặc\s[^;\n,]*")


def _choices(*cells: str) -> list[Doubt]:
    """A choice of units ("A hoặc B") is a person's to make."""
    found = (match.group().strip() for cell in cells for match in _CHOICE.finditer(cell))
    words = "“{}” chưa nói rõ đơn vị nào; hãy chọn một đơn vị."
    return [Doubt(code="unit.choice", message=words.format(text)) for text in found]


def _unit_doubts(lead: tuple[UnitRef, ...], coordinating: tuple[UnitRef, ...]) -> list[Doubt]:
    doubts: list[Doubt] = []
    if not lead:
        doubts.append(Doubt(code="lead.missing", message="Nhiệm vụ không ghi cơ quan chủ trì; hãy chọn đơn vị."))
    for ref in (*lead, *coordinating):
        if ref.unit is None and is_group(ref.printed):
            message = f"“{ref.printed}” là nhóm cơ quan, không phải một đơn vị của mình; hãy nêu rõ từng đơn vị."
            doubts.append(Doubt(code="unit.group", message=message))
        elif ref.unit is None:
            message = f"Chưa biết “{ref.printed}” là đơn vị nào; hãy chọn đơn vị hoặc thêm tên gọi này vào danh sách."
            doubts.append(Doubt(code="unit.unknown", message=message))
        elif ref.unit == RELATED_UNITS:
            message = f"“{ref.printed}” là tập hợp mở; hãy nêu rõ từng đơn vị."
            doubts.append(Doubt(code="unit.open_set", message=message))
    return list(dict.fromkeys(doubts))
