"""From a document's blocks to a plan that was understood: annex table, tracking sheet or narrative."""

import math
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from documents.reading.formats.blocks import Document, Paragraph, RefusedDocument
from documents.reading.formats.cleaning import shown_name
from documents.reading.formats.limits import WALL_SECONDS, refuse
from documents.reading.plan.annex import Reading, read_annex, unread_tables
from documents.reading.plan.header import Head, numbered, read_header
from documents.reading.plan.items import Context, Draft, finish
from documents.reading.plan.narrative import read_narrative
from documents.reading.plan.tables.cells import squeeze
from documents.reading.plan.tables.columns import Role
from documents.reading.plan.tables.rows import PlanTable, plan_tables
from documents.reading.plan.times import Times, month_of
from documents.reading.plan.titles import kind_of
from documents.reading.sandbox.files import read_document
from rules import timing
from rules.plan import units as unit_names
from rules.plan.unit_names import fold
from rules.plan.units import UnitBook
from rules.plan.values import (
    RELATED_UNITS,
    AreaScore,
    Assignment,
    Counts,
    DocumentKind,
    Doubt,
    ItemRead,
    PlanHeader,
    PlanReading,
    SectionRead,
)
from rules.timing.values import TimingKind

timing.prepare()
unit_names.prepare()


def read_plan(path: Path, *, units: UnitBook | None = None, year: int | None = None) -> PlanReading:
    """Read a plan document of any supported format. Raises RefusedDocument with one Vietnamese sentence."""
    deadline = time.monotonic() + WALL_SECONDS
    document = read_document(path)
    try:
        return interpret(document, units=units or UnitBook(), year=year, deadline=deadline)
    except RefusedDocument as refusal:
        raise RefusedDocument(f"Không đọc được tệp “{shown_name(path.name)}”: {refusal}.") from None


def interpret(
    document: Document, *, units: UnitBook, year: int | None = None, deadline: float = math.inf
) -> PlanReading:
    """What a document says as a plan. `year` is the plan's year where the document prints none or another is meant.

    Raises RefusedDocument when it is not understood by `deadline` (of time.monotonic).
    """
    tables, paragraphs = plan_tables(document)
    head, doubts = _head([paragraph.text for paragraph in paragraphs], tables, year)
    plan = head.plan
    units = units.at(plan.place)
    month = month_of(plan.title, plan.year, (text.text for text in paragraphs)) if plan.kind in _OF_A_MONTH else None
    context = Context(units, document.format, Times(plan.year, plan.issued_on, head.floor, month))
    scores: tuple[AreaScore, ...] = ()
    form: Literal["annex", "tracking", "narrative"] = "annex"
    captions = _captions(tables, paragraphs)
    reading = read_annex(tables, document.format, captions)
    _own_by_headings(reading, units)
    orders = plan.kind not in (None, DocumentKind.PLAN)
    if reading.drafts and all(map(_follows, tables)):
        form = "tracking"
    elif not reading.drafts:
        form = "narrative"
        reading, scores = read_narrative(_prose(document, paragraphs), document.format, units, orders=orders)
    items = tuple(_finished(reading.drafts, context, deadline))
    if form == "annex":
        prose, _ = read_narrative(
            _prose(document, paragraphs, set(captions) - {""}), document.format, units, orders=orders
        )
        beside = tuple(_finished(prose.drafts, context, deadline))
        items, told = _with_prose(items, beside, [paragraph.text for paragraph in paragraphs])
        reading.sections += [section for section in prose.sections if _heads(section, items, reading)]
        doubts += told
    given = _assignment(plan)
    items = tuple(item.model_copy(update={"assigned": (_own_document(item) or given,)}) for item in items)
    return PlanReading(
        plan=head.plan,
        counts=Counts(rows=reading.rows, sections=reading.leaf_sections, numbered=reading.numbered, items=len(items)),
        items=items,
        sections=tuple(reading.sections),
        scores=scores,
        warnings=(*doubts, *reading.doubts, *_reading_doubts(reading, document), *unread_tables(document, tables)),
        form=form,
    )


def _assignment(plan: PlanHeader) -> Assignment:
    """The document as what gives its tasks."""
    kind = plan.kind or DocumentKind.PLAN
    return Assignment(
        kind=kind, number=plan.number, issued_on=plan.issued_on, signer=plan.signer, level=plan.level, title=plan.title
    )


def _follows(table: PlanTable) -> bool:
    """Whether a table follows tasks that documents gave: a tracking sheet, or who gave what to whom until when."""
    return table.layout.is_tracking or (Role.DOCUMENT in table.layout.roles and Role.RESULT not in table.layout.roles)


def _own_document(item: ItemRead) -> Assignment | None:
    """The document that a row of a tracking sheet names as the giver of its task."""
    tracking = item.tracking
    if tracking is None or not tracking.document_number:
        return None
    number, day = numbered(tracking.document_number)
    return Assignment(
        kind=kind_of(None, None, (number or "").rpartition("/")[2], None),
        number=number or tracking.document_number,
        issued_on=tracking.issued_on or day,
    )


_OF_A_MONTH = (None, DocumentKind.PLAN)
"""Kinds whose title may name the month of all their tasks; a conclusion names that of its meeting."""


def _prose(document: Document, paragraphs: Iterable[Paragraph], captions: Iterable[str] = ()) -> list[Paragraph]:
    """The text without cells of tables that hold no tasks; a row of one cell (a page laid out as a table) is text."""
    cells = {
        squeeze(line)
        for block in document.blocks
        if not isinstance(block, Paragraph)
        for row in block.rows
        if sum(1 for cell in row.cells if cell.text.strip()) > 1
        for cell in row.cells
        for line in cell.text.split("\n")
    }
    own = {id(block) for block in document.blocks}
    return [
        text
        for text in paragraphs
        if (id(text) in own or squeeze(text.text) not in cells) and not (text.text in captions and _is_name(text.text))
    ]


def _is_name(text: str) -> bool:
    """Whether a line above a table only names it ("1. Văn phòng") or leads to it, and is no task of its own."""
    return not text.rstrip().endswith((".", ";")) and not re.search(r"\d/\d|(?i:\b(?:tháng|quý|ngày) \w)", text)


_IN_THE_ANNEX = re.compile(r"(?i)\b(?:tại|theo|trong|xem)\s+(?:các\s+)?(?:phụ lục|biểu|bảng)\b[^.;]{0,40}kèm theo")
_FIRM = (TimingKind.DEADLINE, TimingKind.WINDOW, TimingKind.MILESTONES)


def _with_prose(
    table: tuple[ItemRead, ...], prose: tuple[ItemRead, ...], lines: Iterable[str]
) -> tuple[tuple[ItemRead, ...], list[Doubt]]:
    """The tasks of the tables, and those that the text beside them gives; what is left out is counted aloud.

    Where the text says that the annex holds the tasks, its own general duties (follow, report) are counted
    only, and those with a day or a period are read. What says the same as a row is that row.
    """
    known = [fold(item.title) for item in table]
    new = [item for item in prose if not any(_same_task(fold(item.title), title) for title in known)]
    annexed = any(_IN_THE_ANNEX.search(line) for line in lines)
    taken = [item for item in new if not annexed or (_is_timed(item) and item.timing.phrase)]
    left = [item for item in new if item not in taken]
    used = {item.code for item in table}
    kept = []
    for item in taken:
        code = item.code if item.code not in used else f"L.{item.code}"
        used.add(code)
        kept.append(item if code == item.code else item.model_copy(update={"code": code}))
    doubts = []
    if kept:
        message = (
            f"Ngoài bảng, phần lời giao thêm {len(kept)} nhiệm vụ (mã {', '.join(item.code for item in kept[:6])}"
            f"{', …' if len(kept) > 6 else ''}); hãy xem lại, bỏ những việc không cần theo dõi."
        )
        doubts.append(Doubt(code="plan.prose_added", message=message))
    if left:
        shown = "; ".join(f"“{_shortened(item.title)}”" for item in left[:3])
        message = (
            f"Phần lời ngoài bảng còn {len(left)} việc chung chưa lấy thành nhiệm vụ: {shown}"
            f"{'; …' if len(left) > 3 else ''}. Nếu cần theo dõi, hãy thêm bằng tay."
        )
        doubts.append(Doubt(code="plan.prose_left", message=message))
    return (*table, *kept), doubts


def _same_task(one: str, other: str) -> bool:
    """Whether two titles say the same: equal, or the longer one begins with the shorter."""
    short, long = sorted((one.strip(" .;"), other.strip(" .;")), key=len)
    return bool(short) and (short == long or (len(short) > 25 and long.startswith(short)))


def _is_timed(item: ItemRead) -> bool:
    timing = item.timing
    of_the_year = re.fullmatch(r"(?i)(?:trong |cả )?năm (?:\d{4}|nay)", timing.phrase.strip())
    return (timing.kind in _FIRM and not of_the_year) or timing.recurrence is not None


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57].rstrip()}…"


def _heads(section: SectionRead, items: Iterable[ItemRead], reading: Reading) -> bool:
    """Whether a heading of the text has tasks of its own, and no heading of a table has its code."""
    taken = {one.code for one in reading.sections}
    return section.code not in taken and any(
        item.source.table is None and f"{item.section}.".startswith(f"{section.code}.") for item in items
    )


def _finished(drafts: Iterable[Draft], context: Context, deadline: float) -> Iterator[ItemRead]:
    for draft in drafts:
        if time.monotonic() > deadline:
            refuse("tài liệu quá dài hoặc bất thường, chưa đọc xong sau 30 giây; hãy chỉ nộp phần kế hoạch và phụ lục")
        yield finish(draft, context)


def _captions(tables: list[PlanTable], paragraphs: list[Paragraph]) -> list[str]:
    """The line that stands right above each table, where there is one."""
    before = [0, *(table.above for table in tables)]
    return [
        paragraphs[table.above - 1].text if table.above > last else ""
        for table, last in zip(tables, before, strict=False)
    ]


def _own_by_headings(reading: Reading, units: UnitBook) -> None:
    """Tasks that print no owner under a heading that is the name of one unit belong to that unit."""
    titles = {section.code: section.title for section in reading.sections}
    for draft in reading.drafts:
        title = titles.get(draft.section or "", "")
        if draft.sheet and not _is_unit(title, units):
            title = draft.sheet
        if draft.lead or not title:
            continue
        if _is_unit(title, units):
            draft.lead = title
            place = "tên sheet" if title == draft.sheet else "đề mục"
            message = f"Không ghi cơ quan chủ trì; lấy theo {place} “{title}”."
            draft.doubts.append(Doubt(code="item.inherited", message=message))


def _is_unit(title: str, units: UnitBook) -> bool:
    """Whether a title is the name of one known unit."""
    refs = units.split(title) if title else ()
    return len(refs) == 1 and refs[0].unit not in (None, RELATED_UNITS) and not refs[0].note


def _head(lines: list[str], tables: list[PlanTable], year: int | None) -> tuple[Head, list[Doubt]]:
    """The header, and what it leaves open."""
    above = tables[0].above if tables else None
    head = read_header(lines, year, above)
    doubts: list[Doubt] = []
    if head.plan.issued_on is None:
        printed = f" (chỉ ghi “{head.plan.issued_printed}”)" if head.plan.issued_printed else ""
        doubts.append(
            Doubt(code="plan.no_date", message=f"Kế hoạch chưa ghi đủ ngày ban hành{printed}; hãy nhập ngày.")
        )
    if head.plan.year is None and (often := _commonest_year(tables)):
        head = read_header(lines, often, above)
        message = (
            f"Không thấy năm của kế hoạch trong tiêu đề; lấy năm {often} theo các thời hạn trong bảng, hãy xác nhận."
        )
        doubts.append(Doubt(code="plan.year_inferred", message=message))
    elif year is None and head.plan.title and _is_other_year(head.plan.title, head.plan.year):
        message = (
            f"Tiêu đề không nêu năm của chính kế hoạch (chỉ có mốc xa hoặc giai đoạn); lấy năm {head.plan.year} "
            "theo ngày ban hành, hãy xác nhận."
        )
        doubts.append(Doubt(code="plan.year_inferred", message=message))
    elif head.plan.year is None:
        message = "Không thấy năm của kế hoạch trong tiêu đề hay ngày ban hành; hãy nhập năm."
        doubts.append(Doubt(code="plan.no_year", message=message))
    return head, doubts


_WHEN = (Role.TIMING, Role.START, Role.END)


def _is_other_year(title: str, year: int | None) -> bool:
    """Whether a title prints years, and not the plan's own."""
    printed = {int(found) for found in re.findall(r"(?<!\d)20\d\d(?!\d)", title)}
    own = re.search(rf"(?i)(?:năm|/)\s*{year}(?!\s*[-–]\s*20\d\d)", title)
    return bool(printed) and year is not None and own is None


def _commonest_year(tables: list[PlanTable]) -> int | None:
    """The year that the timing columns print most often, in their cells or their headers."""
    rows = [row for table in tables for row in table.rows]
    cells = [*(row.values.get(role, "") for row in rows for role in _WHEN), *(" ".join(row.marks) for row in rows)]
    printed = [year for cell in cells for year in re.findall(r"(?<!\d)20\d\d(?!\d)", cell)]
    years = Counter([*map(int, printed), *(row.year for row in rows if row.year)])
    return years.most_common(1)[0][0] if years else None


def _reading_doubts(reading: Reading, document: Document) -> list[Doubt]:
    doubts = [Doubt(code="document.note", message=note) for note in document.notes]
    if not reading.drafts:
        message = (
            "Không thấy nhiệm vụ nào: tài liệu không có bảng nhiệm vụ hay mục nhiệm vụ, giải pháp nào nhận ra được."
        )
        doubts.append(Doubt(code="plan.no_items", message=message))
    return doubts
