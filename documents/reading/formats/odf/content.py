"""OpenDocument texts (.odt) and sheets (.ods), read from content.xml as it streams by.

Both share one table model, and a sheet's cells carry the text the office sees
(percent signs, dates), so the sheets are read here too.
"""

import re
from dataclasses import dataclass, field

from documents.reading.formats.archive import Archive
from documents.reading.formats.blocks import Cell, Document, Paragraph, Table
from documents.reading.formats.cleaning import tidy
from documents.reading.formats.flow import COVERED, Flow, Meter, OpenTable, document, paragraph, unpaged
from documents.reading.formats.limits import TABLE_COLUMNS, TABLE_ROWS
from documents.reading.formats.look import Look
from documents.reading.formats.markup import Enter, Leave, parse, walk
from documents.reading.formats.odf.lists import Lists
from documents.reading.formats.odf.styles import DRAW, OFFICE, SVG, TABLE, TEXT, Styles
from documents.reading.formats.old_fonts import Piece
from documents.reading.formats.omitted import Omitted, letters, raised
from documents.reading.formats.word.numbering import whole

_SPACES = 200
_ISO_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d))?")
_MONTH_YEAR = re.compile(r"\d{1,2}/\d{4}$|\d{4}$")
_MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0 "
_HREF = "http://www.w3.org/1999/xlink href"
_LENGTH = re.compile(r"(\d{1,5}(?:\.\d{1,9})?)(cm|mm|in|pt|px)$")
_UNITS = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72, "px": 2.54 / 96}
_SMALL_PICTURE = (9.0, 4.0)
_SKIPPED = (
    *(TEXT + name for name in ("tracked-changes", "note", "ruby-text", "table-of-content-source", "hidden-paragraph")),
    *(TEXT + f"{name}-index-source" for name in ("alphabetical", "illustration", "table", "object", "user")),
    *(TABLE + name for name in ("tracked-changes", "content-validations", "shapes", "named-expressions", "dde-links")),
    *(OFFICE + name for name in ("annotation", "forms", "scripts", "automatic-styles", "font-face-decls")),
    *(SVG + name for name in ("title", "desc")),
)


def read_odt(archive: Archive) -> Document:
    """The body of an OpenDocument text: paragraphs and tables in order, without deleted changes, notes and remarks."""
    return _read("odt", archive)


def read_ods(archive: Archive) -> Document:
    """An OpenDocument workbook: every visible sheet as a table."""
    return _read("ods", archive)


def _read(form: str, archive: Archive) -> Document:
    styles = Styles()
    if "styles.xml" in archive:
        styles.read(archive.read("styles.xml"))
    content = archive.read("content.xml")
    styles.read(content)
    return _Reader(form, styles, _documents(archive)).read(content, _printed_pages(archive))


def _documents(archive: Archive) -> dict[str, str]:
    """The documents inside the file and their media types."""
    found: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == _MANIFEST + "file-entry":
            kind = attributes.get(_MANIFEST + "media-type", "")
            found[attributes.get(_MANIFEST + "full-path", "").rstrip("/")] = kind

    if "META-INF/manifest.xml" in archive:
        parse(archive.read("META-INF/manifest.xml"), start, lambda name: None)
    return found


def _centimetres(length: str) -> float:
    """A length such as "16.5cm" or "6in" in centimetres; 0 where it is none."""
    match = _LENGTH.match(length)
    return float(match[1]) * _UNITS[match[2]] if match else 0.0


def _printed_pages(archive: Archive) -> int | None:
    """The number of pages when the document was last laid out, by its own statistics."""
    found: list[int] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.endswith(" document-statistic"):
            found.extend(whole(value, 0) for key, value in attributes.items() if key.endswith(" page-count"))

    if "meta.xml" in archive:
        parse(archive.read("meta.xml"), start, lambda name: None)
    return found[0] if found else None


@dataclass(slots=True)
class _OpenParagraph:
    parts: list[Piece] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    aside: list[str] | None = None
    after: list[Paragraph | Table] = field(default_factory=list)
    number: str | None = None
    style: str | None = None
    page: int | None = None
    bold: bool = False
    plain: bool = False
    box: bool = False


@dataclass(slots=True)
class _OpenCell:
    attributes: dict[str, str]
    covered: bool


@dataclass(slots=True)
class _Columns:
    """What a table says of its columns before its rows: which are hidden, and the style of their cells."""

    hidden: set[int] = field(default_factory=set)
    _styles: list[str | None] = field(default_factory=list)

    def add(self, attributes: dict[str, str]) -> None:
        """`table:table-column`, which may stand for several."""
        repeat = max(1, whole(attributes.get(TABLE + "number-columns-repeated"), 1))
        room = min(repeat, TABLE_COLUMNS + 1 - len(self._styles))
        if attributes.get(TABLE + "visibility", "visible") != "visible":
            self.hidden.update(range(len(self._styles), len(self._styles) + room))
        self._styles += [attributes.get(TABLE + "default-cell-style-name")] * room

    def style(self, table: OpenTable) -> str | None:
        """The style of the cells in the column that the reader of the table has come to."""
        at = len(table.cells)
        return self._styles[at] if at < len(self._styles) else None


@dataclass(slots=True)
class _OpenRow:
    """A row being read. Empty cells wait: a sheet ends with 16,000 of them, which are never laid."""

    repeat: int
    unseen: bool = False
    struck_since: int = 0
    waiting: list[tuple[Cell, int]] = field(default_factory=list)

    def lay(self, table: OpenTable, last: bool = False) -> None:
        """Lay the cells that wait, for one with text follows or they are covered by it; at most as many as may be."""
        for cell, count in self.waiting:
            room = TABLE_COLUMNS - len(table.cells) if last or cell is COVERED else TABLE_COLUMNS + 1
            for _ in range(min(count, room)):
                table.add_bare(cell)
        self.waiting = []


class _Reader:
    """Follows the elements of content.xml. One method an element; unknown elements are passed through."""

    def __init__(self, form: str, styles: Styles, documents: dict[str, str]) -> None:
        self._form, self._styles, self._documents = form, styles, documents
        self._extent: tuple[float, ...] = (0.0, 0.0)
        self._meter, self._omitted = Meter(), Omitted()
        self._lists = Lists(styles)
        self._flows = [Flow()]
        self._paragraphs: list[_OpenParagraph] = []
        self._spans: list[str | None] = []
        self._tables: list[tuple[OpenTable, str | None, bool]] = []
        self._rows: list[_OpenRow] = []
        self._cells: list[_OpenCell] = []
        self._columns: list[_Columns] = []
        self._sheet_row: list[int] = []
        self._number_parts: list[str] | None = None
        self._page, self._paged = 1, False
        self._starts = {
            **self._text_starts(),
            **self._list_starts(),
            **self._table_starts(),
            **dict.fromkeys(_SKIPPED, self._skip),
        }
        self._ends = self._element_ends()

    def _text_starts(self) -> dict[str, Enter]:
        return {
            TEXT + "p": self._start_p,
            TEXT + "h": self._start_h,
            TEXT + "span": lambda a: self._spans.append(a.get(TEXT + "style-name")),
            TEXT + "s": lambda a: self._put(" " * max(1, min(whole(a.get(TEXT + "c"), 1), _SPACES))),
            TEXT + "tab": lambda _: self._put("\t"),
            TEXT + "line-break": lambda _: self._put("\n"),
            TEXT + "soft-page-break": lambda _: self._turn_page(),
            TEXT + "section": self._start_section,
            DRAW + "text-box": self._start_box,
            DRAW + "frame": self._start_frame,
            DRAW + "image": lambda _: self._picture(),
            DRAW + "object": self._start_object,
            DRAW + "object-ole": self._start_object,
        }

    def _list_starts(self) -> dict[str, Enter]:
        return {
            TEXT + "number": self._start_number,
            TEXT + "list": self._lists.start_list,
            TEXT + "list-item": self._lists.start_item,
            TEXT + "list-header": lambda a: self._lists.start_item(a, header=True),
        }

    def _table_starts(self) -> dict[str, Enter]:
        return {
            TABLE + "table": self._start_table,
            TABLE + "table-column": self._start_column,
            TABLE + "table-row": self._start_row,
            TABLE + "table-cell": lambda a: self._start_cell(a, covered=False),
            TABLE + "covered-table-cell": lambda a: self._start_cell(a, covered=True),
        }

    def _element_ends(self) -> dict[str, Leave]:
        return {
            TEXT + "p": self._end_p,
            TEXT + "h": self._end_p,
            TEXT + "span": self._end_span,
            TEXT + "number": self._end_number,
            TEXT + "list": self._lists.end_list,
            TEXT + "list-item": self._lists.end_item,
            TEXT + "list-header": self._lists.end_item,
            DRAW + "text-box": self._end_box,
            TABLE + "table": self._end_table,
            TABLE + "table-row": self._end_row,
            TABLE + "table-cell": self._end_cell,
            TABLE + "covered-table-cell": self._end_cell,
        }

    def read(self, data: bytes, printed: int | None) -> Document:
        self._paged = b":soft-page-break" in data
        self._omitted.conversion.look_over(data)
        walk(data, self._starts, self._ends, self._text)
        read = document(self._form, self._flows[0].blocks, pages=printed, omitted=self._omitted)
        return read if self._page == printed or not self._paged else unpaged(read)

    def _skip(self, _: dict[str, str]) -> bool:
        return True

    def _text(self, text: str) -> None:
        if self._number_parts is not None:
            self._number_parts.append(text)
        else:
            self._put(text.replace("\n", " "))

    def _put(self, text: str) -> None:
        if not self._paragraphs:
            return
        here = self._paragraphs[-1]
        look = self._styles.look(*reversed(self._spans), here.style, self._cell_style())
        if look.hidden or look.struck:
            self._leave_out(here, text, look)
            return
        if look.raised:
            shown = raised(here.parts[-1][0] if here.parts else "", text)
            if shown == "":
                self._omitted.mark("".join(part for part, _ in here.parts[-4:]))
                return
            text = text if shown is None else shown
        here.parts.append((text, look.encoding))
        if text.isspace():
            return
        here.aside = None
        if here.page is None:
            here.page = self._page
            for table, _, _ in self._tables:
                table.page = table.page or self._page
        if any(self._styles.bold(style) for style in (*self._spans[-3:], here.style)):
            here.bold = True
        else:
            here.plain = True

    def _cell_style(self) -> str | None:
        """The style of the cell, which in a sheet is that of its text."""
        if self._form != "ods" or not self._cells or not self._tables:
            return None
        return self._cells[-1].attributes.get(TABLE + "style-name") or self._columns[-1].style(self._tables[-1][0])

    def _leave_out(self, here: _OpenParagraph, text: str, look: Look) -> None:
        passages = here.hidden if look.hidden else here.struck
        shown = self._omitted.conversion.text([(text, look.encoding)])
        if here.aside is passages and passages:
            passages[-1] += shown
        else:
            passages.append(shown)
        here.aside = passages

    def _turn_page(self) -> None:
        self._page += 1

    # paragraphs
    def _start_p(self, attributes: dict[str, str]) -> None:
        style = attributes.get(TEXT + "style-name")
        if self._styles.get(style).new_page and len(self._flows) == 1 and self._flows[0].blocks:
            self._turn_page()
        self._paragraphs.append(_OpenParagraph(style=style, number=self._lists.next()))

    def _start_h(self, attributes: dict[str, str]) -> None:
        self._start_p(attributes)
        here = self._paragraphs[-1]
        if here.number is None and attributes.get(TEXT + "is-list-header") != "true":
            here.number = self._lists.heading(whole(attributes.get(TEXT + "outline-level"), 1))

    def _end_p(self) -> None:
        if not self._paragraphs or self._paragraphs[-1].box:
            return
        closed = self._paragraphs.pop()
        text = self._omitted.conversion.text(closed.parts)
        self._meter.count(len(text))
        for passage in closed.struck:
            self._omitted.strike(passage)
        for passage in closed.hidden:
            self._omitted.hide(passage)
        if (closed.struck or closed.hidden) and not text.strip():
            closed.number = None
        if text.strip() or (closed.number and len(self._flows) > 1):
            page = (closed.page or self._page) if self._paged else None
            made = paragraph(text, page, closed.number, closed.bold and not closed.plain)
            if made is not None:
                self._flows[-1].blocks.append(made)
        self._flows[-1].blocks.extend(closed.after)

    def _end_span(self) -> None:
        if self._spans:
            self._spans.pop()

    def _start_number(self, _: dict[str, str]) -> None:
        self._number_parts = []

    def _end_number(self) -> None:
        if self._paragraphs and self._number_parts is not None:
            self._paragraphs[-1].number = tidy("".join(self._number_parts)) or self._paragraphs[-1].number
        self._number_parts = None

    def _start_section(self, attributes: dict[str, str]) -> bool:
        return attributes.get(TEXT + "display") == "none"

    # text boxes
    def _start_box(self, _: dict[str, str]) -> None:
        self._flows.append(Flow())
        self._paragraphs.append(_OpenParagraph(box=True))

    def _end_box(self) -> None:
        blocks = self._flows.pop().blocks
        while self._paragraphs and not self._paragraphs.pop().box:
            continue
        target = self._paragraphs[-1].after if self._paragraphs else self._flows[-1].blocks
        target.extend(blocks)

    # what stands in the document and is no text of it
    def _start_frame(self, attributes: dict[str, str]) -> None:
        self._extent = tuple(_centimetres(attributes.get(SVG + side, "")) for side in ("width", "height"))

    def _picture(self) -> None:
        """A picture that is large enough to hold a page or a table."""
        width, height = self._extent
        if width >= _SMALL_PICTURE[0] and height >= _SMALL_PICTURE[1]:
            self._omitted.pictures.append(self._where())
        self._extent = (0.0, 0.0)

    def _start_object(self, attributes: dict[str, str]) -> None:
        name = attributes.get(_HREF, "").removeprefix("./")
        if self._documents.get(name, "").endswith((".text", ".spreadsheet", "sun-ole")):
            self._omitted.embedded.append(f"{name or 'tệp'} {self._where()}")
            self._extent = (0.0, 0.0)

    def _where(self) -> str:
        if self._paged:
            return f"trang {self._page}"
        texts = [text for here in reversed(self._paragraphs) for text, _ in reversed(here.parts) if text.strip()]
        before = texts[:1] or [b.text for b in self._flows[-1].blocks[-1:] if isinstance(b, Paragraph)]
        return f"sau “{' '.join(before[0].split()[-8:])}”" if before else "không rõ chỗ"

    # tables
    def _start_table(self, attributes: dict[str, str]) -> None:
        style = self._styles.get(attributes.get(TABLE + "style-name"))
        if style.new_page and len(self._flows) == 1 and self._flows[0].blocks:
            self._turn_page()
        name = tidy(attributes.get(TABLE + "name", "")) if self._form == "ods" and not self._tables else None
        self._tables.append((OpenTable(), name, style.hidden))
        self._columns.append(_Columns())
        self._sheet_row.append(1)

    def _end_table(self) -> None:
        if not self._tables:
            return
        opened, name, hidden = self._tables.pop()
        columns = self._columns.pop()
        self._sheet_row.pop()
        place = f"sheet “{name}”" if name else "bảng"
        opened.hidden = columns.hidden
        table = opened.table(name)
        for at in opened.blanked:
            self._omitted.hide_column(place, letters(at))
        if not hidden and any(cell.text or cell.number for row in table.rows for cell in row.cells):
            self._flows[-1].blocks.append(table)
        self._flows[-1].blocks.extend(opened.inner)

    def _start_row(self, attributes: dict[str, str]) -> None:
        repeat = max(1, whole(attributes.get(TABLE + "number-rows-repeated"), 1))
        unseen = attributes.get(TABLE + "visibility", "visible") != "visible"
        self._rows.append(_OpenRow(repeat, unseen, len(self._omitted.struck)))
        if self._tables:
            self._tables[-1][0].page = None

    def _end_row(self) -> None:
        if not self._rows or not self._tables:
            return
        row, table = self._rows.pop(), self._tables[-1][0]
        sheet = self._form == "ods"
        while row.waiting and sheet and row.waiting[-1][0] is not COVERED:
            row.waiting.pop()
        row.lay(table, last=sheet)
        repeat = row.repeat if sheet or table.cells else 1
        cells, empty = list(table.cells), not any(cell.text or cell.number for cell in table.cells)
        keep = self._is_seen(row, table, repeat, empty)
        starting = set(table.starting)
        for turn in range(0 if sheet and empty else min(repeat, TABLE_ROWS + 1)):
            table.cells, table.starting = list(cells), set(starting)
            number = self._sheet_row[-1] + turn if sheet else None
            table.end_row((table.page or self._page) if self._paged else None, keep, number)
        table.cells = []
        self._sheet_row[-1] += repeat

    def _is_seen(self, row: _OpenRow, table: OpenTable, repeat: int, empty: bool) -> bool:
        """Whether the row that ends is shown and not crossed out; where it is not, this is told."""
        if row.unseen:
            if not empty:
                name = self._tables[-1][1]
                number = self._sheet_row[-1] if self._form == "ods" else len(table.rows) + 1
                for turn in range(min(repeat, TABLE_ROWS)):
                    self._omitted.hide_row(f"sheet “{name}”" if name else "bảng", number + turn)
            return False
        if len(self._omitted.struck) > row.struck_since and table.is_struck():
            self._omitted.strike_row(row.struck_since)
            return False
        return True

    def _start_column(self, attributes: dict[str, str]) -> None:
        if self._columns:
            self._columns[-1].add(attributes)

    def _start_cell(self, attributes: dict[str, str], covered: bool) -> None:
        self._flows.append(Flow())
        self._cells.append(_OpenCell(attributes, covered))

    def _end_cell(self) -> None:
        opened, flow = self._cells.pop(), self._flows.pop()
        if not self._tables or not self._rows:
            self._flows[-1].blocks.extend(flow.blocks)
            return
        table, row = self._tables[-1][0], self._rows[-1]
        repeat = max(1, whole(opened.attributes.get(TABLE + "number-columns-repeated"), 1))
        span = max(1, min(whole(opened.attributes.get(TABLE + "number-columns-spanned"), 1), TABLE_COLUMNS + 1))
        starting = whole(opened.attributes.get(TABLE + "number-rows-spanned"), 1) > 1
        cell, inner = flow.cell(1)
        dated = OFFICE + "date-value" in opened.attributes
        shown = _value(cell.text, opened.attributes)
        cell = COVERED if opened.covered else Cell(shown, cell.number, span=span, dated=dated)
        table.inner.extend(inner)
        if not (cell.text or cell.number or span > 1):
            row.waiting.append((cell, repeat))
            return
        row.lay(table)
        for _ in range(min(repeat, TABLE_COLUMNS + 1)):
            table.add_bare(cell, starting)


def _value(text: str, attributes: dict[str, str]) -> str:
    """The text of a cell; dates as dd/mm/yyyy whatever the locale of the file, unless only a month or year is shown."""
    iso = _ISO_DATE.match(attributes.get(OFFICE + "date-value", ""))
    if iso is not None and not _MONTH_YEAR.match(text):
        hour = f" {iso[4]}:{iso[5]}" if iso[4] and (iso[4], iso[5]) != ("00", "00") else ""
        return f"{iso[3]}/{iso[2]}/{iso[1]}{hour}"
    return text or tidy(attributes.get(OFFICE + "string-value") or attributes.get(OFFICE + "value") or "")
