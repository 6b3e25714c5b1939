"""The rows of a plan's tables: pages joined, merged cells filled."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from documents.reading.formats.blocks import Cell, Document, Paragraph, Row, Table
from documents.reading.plan.tables.cells import BULLET, LONGEST, squeeze
from documents.reading.plan.tables.codes import Kind, Marker, read_marker, split_marker
from documents.reading.plan.tables.columns import Layout, Role, read_header, repeats, year_of
from rules.plan.unit_names import fold
from rules.plan.values import Doubt, Source

_INHERITED = (Role.GROUP, Role.TIMING, Role.START, Role.END, Role.LEAD, Role.COORDINATING, Role.RESULT, Role.LEADER)
_TOTAL = re.compile(
    r"(?:tổng (?:cộng|số)|cộng)\s*(?:[:(=\d].{0,60})?$|\(?\s*danh mục (?:này )?gồm\b"
    r"|tổng (?:cộng|số|hợp)\b[^.;]{0,30}\d+\s+(?:nhiệm vụ|nội dung|công việc|đầu việc|chỉ tiêu|tiêu chí|giải pháp)",
    re.IGNORECASE,
)
_BARE_TIME = re.compile(r"\d{1,2}|[IVX]{1,4}")
_NOTE = re.compile(
    r"(?:ghi chú|lưu ý|chú thích)\s*[:(]"
    r"|\(?\s*(?:ban hành )?kèm theo\s+(?:quyết định|kế hoạch|công văn|văn bản|tờ trình)"
    r"|(?:nơi nhận|người lập(?: biểu)?|đơn vị tính|đvt)\s*:|(?:tm|kt|tl|tuq)\.\s*(?:ủy ban|uỷ ban|ubnd|chủ tịch|trưởng)"
    r"|người lập(?: biểu| bảng)?$",
    re.IGNORECASE,
)
"""Lines that belong to the paper and not to the list: notes, "(Kèm theo …)", signatures."""
_BULLET_START = re.compile(rf"\s*{BULLET}")


@dataclass(slots=True)
class BodyRow:
    """One body row: its number, title and the other columns as printed."""

    marker: Marker | None
    title: str
    values: dict[Role, str]
    source: Source
    page_start: bool = False
    title_covered: bool = False
    marks: tuple[str, ...] = ()
    clipped: bool = False
    says_nothing: bool = False
    group: str = ""
    year: int | None = None
    dated: frozenset[Role] = frozenset()
    heads: bool = False
    doubts: list[Doubt] = field(default_factory=list)

    @property
    def has_task(self) -> bool:
        """Whether any column but number, title and note says something."""
        if self.heads:
            return False
        idle = (Role.NOTE, Role.OTHER)
        return bool(self.marks) or any(text for role, text in self.values.items() if role not in idle)


@dataclass(slots=True)
class PlanTable:
    """The rows under one header; `above` counts the texts before it."""

    layout: Layout
    above: int = 0
    rows: list[BodyRow] = field(default_factory=list)
    sheet: str | None = None


def plan_tables(document: Document) -> tuple[list[PlanTable], list[Paragraph]]:
    """The tables of tasks, and every other text as paragraphs."""
    reader = _Tables()
    for block in document.blocks:
        if isinstance(block, Paragraph):
            reader.paragraph(block)
        else:
            reader.table(block)
    for table in reader.tables:
        table.rows = list(_joined(table.rows))
    return [table for table in reader.tables if table.rows], reader.other


class _Tables:
    """Reads blocks in order and keeps the layout that may go on."""

    def __init__(self) -> None:
        self.tables: list[PlanTable] = []
        self.other: list[Paragraph] = []
        self._layout: Layout | None = None
        self._sheet: str | None = None
        self._above: dict[int, str] = {}
        self._text_between = False

    def paragraph(self, block: Paragraph) -> None:
        self.other.append(block)
        self._text_between = self._text_between or len(squeeze(block.text)) > 8

    def table(self, table: Table) -> None:
        """Read a table's rows; what stands above its header is ordinary text."""
        at, page = 0, None
        goes_on, new_page = self._goes_on(table), True
        if goes_on and self._text_between and self._layout:
            self._begin(self._layout, table.name, again=False)
        header_seen = False
        headed_sheet = table.name is not None and any(read_header(table.rows, row) for row in range(len(table.rows)))
        while at < len(table.rows):
            header = read_header(table.rows, at)
            row = table.rows[at]
            if header and (not header_seen or self._layout is None or repeats(header[0], self._layout)):
                # the next page of a table means by its labels what the first one meant
                known = self._layout is not None and self._layout.labels == header[0].labels
                layout = self._layout if known and self._layout is not None else header[0]
                self._begin(layout, table.name, again=header_seen)
                header_seen, new_page = True, True
                at += header[1]
                continue
            if not header_seen and (headed_sheet or not goes_on):
                self._as_text(row)
            elif any(cell.text for cell in row.cells):
                self._body(table, row, new_page or row.page != page)
                new_page = False
            page = row.page
            at += 1

    def _begin(self, layout: Layout, sheet: str | None, again: bool) -> None:
        """Take a header: the same table's next page, or a new table."""
        same = self._layout is not None and _meaning(self._layout) == _meaning(layout) and sheet == self._sheet
        self._sheet = sheet
        if not (self.tables and same and (again or not self._text_between)):
            self.tables.append(PlanTable(layout, len(self.other), sheet=sheet))
        self._layout = layout
        self._above = {}
        self._text_between = False

    def _goes_on(self, table: Table) -> bool:
        """Whether a table without header continues the last one.

        Where a text stands between (the heading of the next chapter), it must begin with a number.
        """
        layout = self._layout
        if layout is None or max(len(row.cells) for row in table.rows) != len(layout.roles):
            return False
        numbered = len(layout.roles) >= 3 and any(
            role is Role.NUMBER and read_marker(cell.number or cell.text)
            for role, cell in zip(layout.roles, table.rows[0].cells, strict=False)
        )
        return not self._text_between or numbered

    def _as_text(self, row: Row) -> None:
        for cell in row.cells:
            for line in filter(None, map(squeeze, cell.text.split("\n"))):
                self.other.append(Paragraph(text=line, page=row.page, line=row.line))

    def _body(self, table: Table, row: Row, page_start: bool) -> None:
        layout = self._layout
        if layout is None:
            return
        if page_start:
            self._above = {} if row.page is not None else self._above
        cells = layout.aligned(row.cells)
        line = next((squeeze(cell.text) for cell in cells if cell.text), "")
        if _TOTAL.match(line) or _NOTE.match(line):
            self.other.append(Paragraph(text=line, page=row.page, line=row.line))
            return
        source = Source(page=row.page, table=table.index, row=row.row, line=row.line)
        self.tables[-1].rows.append(self._row(layout, cells, source, page_start))

    def _row(self, layout: Layout, cells: Sequence[Cell], source: Source, page_start: bool) -> BodyRow:
        values: dict[Role, str] = {}
        marks: list[str] = []
        numbers: list[str] = []
        dated: set[Role] = set()
        own: Marker | None = None
        year: int | None = None
        title, title_covered = "", False
        across = _across(cells)
        cells, heads = _led(layout, cells, across)
        for column, (role, cell) in enumerate(zip(layout.roles, cells, strict=False)):
            text = cell.text[:LONGEST]
            text = f"{cell.number} {text}" if cell.number and role is not Role.NUMBER else text
            if role is Role.NUMBER:
                numbers.append(cell.number or text)
                own = own or _own_code(layout.labels[column], text)
            elif role is Role.TITLE:
                title, title_covered = text, cell.covered and column not in across
            elif role is Role.MARK and text:
                marks.append(layout.labels[column])
            elif role is Role.TIMING:
                values[role] = values.get(role) or self._timing(layout, column, cell, text, column in across)
            elif role is not None:
                values[role] = _add(values.get(role, ""), self._filled(column, role, cell, text, column in across))
            if role in (Role.TIMING, Role.START, Role.END) and values[role]:
                dated |= {role} if cell.dated else set()
                year = year or _year_above(layout.labels[column], values[role])
        _measure(values)
        group = squeeze(values.pop(Role.GROUP, ""))
        named = title or heads
        marker, title = _numbered(numbers, title if named or title_covered else group)
        marker = own or marker
        clipped = any(len(cell.text) > LONGEST for cell in cells)
        return BodyRow(
            marker,
            title,
            values,
            source,
            page_start,
            title_covered,
            tuple(marks),
            clipped,
            _says_no_more(layout, cells),
            group=group if named and group != squeeze(title) else "",
            year=year,
            dated=frozenset(dated),
            heads=heads or _stands_alone(title, marker, values),
        )

    def _timing(self, layout: Layout, column: int, cell: Cell, text: str, across: bool) -> str:
        """The time from the first time column that says it."""
        label = layout.labels[column]
        if _BARE_TIME.fullmatch(text) and len(label) <= 5:
            return f"{label} {text}"  # "5" under "Tháng", "II" under "Quý"
        return self._filled(column, Role.TIMING, cell, text, across)

    def _filled(self, column: int, role: Role, cell: Cell, text: str, across: bool) -> str:
        """The text of a cell; merged downwards it counts in each row."""
        if not cell.covered:
            self._above[column] = text
        elif role in _INHERITED and not across:
            return self._above.get(column, "")
        return text


def _meaning(layout: Layout) -> list[Role]:
    return sorted({role for role in layout.roles if role})


def _across(cells: Sequence[Cell]) -> set[int]:
    """The columns that a cell to their left covers."""
    columns: set[int] = set()
    for column, cell in enumerate(cells):
        if not cell.covered:
            columns.update(range(column + 1, column + cell.span))
    return columns


def _measure(values: dict[Role, str]) -> None:
    """Put the unit of measure behind a result that is a figure."""
    measure = values.pop(Role.MEASURE, "")
    if measure and re.search(r"\d$", values.get(Role.RESULT, "")):
        values[Role.RESULT] = f"{values[Role.RESULT]} {measure}"


def _led(layout: Layout, cells: Sequence[Cell], across: set[int]) -> tuple[Sequence[Cell], bool]:
    """The cells with a title merged from the left; whether it heads.

    "PHÒNG KINH TẾ" may span from the unit's column over title, product and time.
    """
    title = layout.title
    cells = cells[: len(layout.roles)]
    if title not in across or title >= len(cells) or cells[title].text:
        return cells, False
    left = max((at for at in range(title) if not cells[at].covered and at + cells[at].span > title), default=None)
    if left is None or layout.roles[left] is Role.NUMBER or not cells[left].text:
        return cells, False
    moved = list(cells)
    moved[title], moved[left] = replace(cells[left], covered=False, span=1), Cell("")
    others = [cell.text for at, cell in enumerate(moved) if at != title and layout.roles[at] is not Role.NUMBER]
    return moved, not any(others)


def _stands_alone(title: str, marker: Marker | None, values: dict[Role, str]) -> bool:
    """Whether a numbered row says one thing in a wrong column."""
    filled = [text for text in values.values() if text]
    if title or len(filled) != 1:
        return False
    return marker is not None and marker.kind in (Kind.UPPER, Kind.ROMAN)


_CODE_LABEL = re.compile(r"(?:ma|ky hieu)\b")
_OWN_CODE = re.compile(r"(?=\D*\d)[\w./-]{2,20}")


def _own_code(label: str, text: str) -> Marker | None:
    """The office's own code that counts in no known way."""
    bare = squeeze(text)
    if not _CODE_LABEL.match(fold(label)) or not _OWN_CODE.fullmatch(bare) or read_marker(bare) is not None:
        return None
    return Marker(Kind.OWN, bare, bare.replace("/", "-"))


def _year_above(label: str, text: str) -> int | None:
    """The year in a time's header, where the cell prints none."""
    return None if re.search(r"(?<!\d)20\d\d(?!\d)", text) else year_of(label)


def _says_no_more(layout: Layout, cells: Sequence[Cell]) -> bool:
    """Whether nothing stands beside number and title."""
    columns = zip(layout.roles, cells, strict=False)
    return not any(cell.text for role, cell in columns if role not in (Role.NUMBER, Role.TITLE))


def _add(first: str, second: str) -> str:
    return f"{first}\n{second}" if first and second and first != second else first or second


def _numbered(numbers: Sequence[str], title: str) -> tuple[Marker | None, str]:
    """The row's own number and its bare title."""
    for text in reversed(numbers):
        if marker := read_marker(text):
            return marker, title
    spilled = next((text for text in reversed(numbers) if len(squeeze(text)) > 6), "")
    if spilled and not title:
        title = spilled
    marker, rest = split_marker(squeeze(title), heading=True)
    if marker and not _BULLET_START.match(title):
        return marker, rest if "\n" not in title else title[title.index(rest[:8]) :]
    return None, title


def _joined(rows: Sequence[BodyRow]) -> Iterator[BodyRow]:
    """Join rows that a page break or a merged title split."""
    held: BodyRow | None = None
    for row in rows:
        if held is not None and (_continues(row, held) or _adds(row, held)):
            for role, text in row.values.items():
                if not (row.title_covered and text == held.values.get(role)):
                    held.values[role] = _add(held.values.get(role, ""), text)
            held.title = _add(held.title, row.title)
            continue
        if held is not None:
            if row.title_covered and not row.title and (row.marker is None or row.has_task):
                row.title = held.title
            yield held
        held = row
    if held is not None:
        yield held


def _continues(row: BodyRow, held: BodyRow) -> bool:
    """Whether a row is the lower half of one cut by a page."""
    title = squeeze(row.title)
    if row.marker or row.title_covered:
        return False
    if _BULLET_START.match(title):  # "… gồm:" and its bullets, beside cells merged over all of them
        return row.says_nothing and held.has_task and _joins_bullets(held.title)
    if not title:
        return row.page_start or not held.title_covered
    broken_off = not squeeze(held.title).endswith((".", ";"))
    return title[0].islower() and broken_off and (row.page_start or not row.has_task)


def _joins_bullets(title: str) -> bool:
    return any(line.endswith(":") for line in map(squeeze, title.split("\n")))


def _adds(row: BodyRow, held: BodyRow) -> bool:
    """Whether a row adds results to a task with a merged title."""
    timing = row.values.get(Role.TIMING, "")
    lead, above = row.values.get(Role.LEAD, ""), held.values.get(Role.LEAD, "")
    if lead and above and lead != above:
        return False  # another unit's task of its own
    return row.title_covered and row.marker is None and timing in ("", held.values.get(Role.TIMING, ""))
