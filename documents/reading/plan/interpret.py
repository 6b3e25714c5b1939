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
from documents.reading.plan.header import Head, read_header
from documents.reading.plan.items import Context, Draft, finish
from documents.reading.plan.narrative import read_narrative
from documents.reading.plan.tables.columns import Role
from documents.reading.plan.tables.rows import PlanTable, plan_tables
from documents.reading.plan.times import Times, month_of
from documents.reading.sandbox.files import read_document
from rules import timing
from rules.plan import units as unit_names
from rules.plan.units import UnitBook
from rules.plan.values import RELATED_UNITS, AreaScore, Counts, Doubt, ItemRead, PlanReading

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
    times = Times(
        plan.year, plan.issued_on, head.floor, month_of(plan.title, plan.year, (text.text for text in paragraphs))
    )
    context = Context(units, document.format, times)
    scores: tuple[AreaScore, ...] = ()
    form: Literal["annex", "tracking", "narrative"] = "annex"
    reading = read_annex(tables, document.format, _captions(tables, paragraphs))
    _own_by_headings(reading, units)
    if reading.drafts and all(table.layout.is_tracking for table in tables):
        form = "tracking"
    elif not reading.drafts:
        form = "narrative"
        reading, scores = read_narrative(paragraphs, document.format, units)
    items = tuple(_finished(reading.drafts, context, deadline))
    return PlanReading(
        plan=head.plan,
        counts=Counts(rows=reading.rows, sections=reading.leaf_sections, numbered=reading.numbered, items=len(items)),
        items=items,
        sections=tuple(reading.sections),
        scores=scores,
        warnings=(*doubts, *reading.doubts, *_reading_doubts(reading, document), *unread_tables(document, tables)),
        form=form,
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
    elif head.plan.year is None:
        message = "Không thấy năm của kế hoạch trong tiêu đề hay ngày ban hành; hãy nhập năm."
        doubts.append(Doubt(code="plan.no_year", message=message))
    return head, doubts


_WHEN = (Role.TIMING, Role.START, Role.END)


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
