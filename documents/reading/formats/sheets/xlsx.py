"""Excel workbooks (.xlsx), read from their XML: values, number formats, fonts, and what is hidden.

Cells are kept by place, so a cell at XFD1048576 costs nothing before it is refused.
"""

import math
import re
from dataclasses import dataclass, field
from datetime import timedelta

from documents.reading.formats.archive import Archive
from documents.reading.formats.blocks import Document, Paragraph, Table
from documents.reading.formats.cleaning import tidy
from documents.reading.formats.flow import Meter, document
from documents.reading.formats.limits import TABLE_COLUMNS, TABLE_ROWS, damaged, refuse
from documents.reading.formats.look import PLAIN, Look
from documents.reading.formats.markup import parse
from documents.reading.formats.old_fonts import encoding_of
from documents.reading.formats.omitted import Omitted
from documents.reading.formats.sheets.grid import Sheet, SheetCell, table_of
from documents.reading.formats.sheets.values import from_serial, is_date, is_elapsed, shown
from documents.reading.formats.word.numbering import whole

_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main ",
    "http://purl.oclc.org/ooxml/spreadsheetml/main ",
)
_ID = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships id",
)
_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})$")
_BUILT_IN = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 17: "mmm-yy"}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_OFF = ("0", "false")
_LARGEST = 1_048_576

Run = tuple[str, Look | None]
"""A piece of a text; no look of its own where it has that of its cell."""


@dataclass(slots=True)
class _Style:
    number_format: int = 0
    code: str = ""
    look: Look = PLAIN


@dataclass(slots=True)
class _Book:
    """What the sheets of a workbook share."""

    strings: list[list[Run]] = field(default_factory=list)
    styles: list[_Style] = field(default_factory=list)
    since_1904: bool = False


def read_xlsx(archive: Archive) -> Document:
    """Every visible sheet as a table. Formulas are read by their stored result and never run."""
    omitted, meter = Omitted(), Meter()
    book = _Book(styles=_styles(archive))
    parts = _sheets(archive, book)
    if not parts:
        damaged()
    if "xl/sharedStrings.xml" in archive:
        data = archive.read("xl/sharedStrings.xml")
        omitted.conversion.look_over(data)
        book.strings = _SharedStrings().read(data)
    blocks: list[Paragraph | Table] = []
    notes: list[str] = []
    for name, part in parts.items():
        reader = _SheetPart(book, name)
        sheet = reader.read(archive.read(part))
        table = table_of(sheet, omitted, meter)
        notes += reader.notes()
        if table.rows:
            blocks.append(table)
    _inside(archive, omitted)
    return document("xlsx", blocks, notes=tuple(notes), omitted=omitted)


def _inside(archive: Archive, omitted: Omitted) -> None:
    """Pictures and documents that lie in the workbook."""
    pictures = sum(
        archive.read(name).count(b"<xdr:pic>") + archive.read(name).count(b"<xdr:pic ")
        for name in archive.names
        if name.startswith("xl/drawings/drawing") and name.endswith(".xml")
    )
    omitted.pictures += ["trong bảng tính"] * pictures
    omitted.embedded += [name.rpartition("/")[2] for name in archive.names if name.startswith("xl/embeddings/")]


def _local(name: str) -> str:
    for namespace in _NAMESPACES:
        if name.startswith(namespace):
            return name[len(namespace) :]
    return ""


def _sheets(archive: Archive, book: _Book) -> dict[str, str]:
    """Visible worksheets: name to part."""
    targets: dict[str, str] = {}
    found: dict[str, str] = {}

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name.endswith(" Relationship") and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes.get("Target", "")
            targets[attributes.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    def sheet(name: str, attributes: dict[str, str]) -> None:
        tag = _local(name)
        if tag == "sheet" and attributes.get("state", "visible") == "visible":
            part = targets.get(next((attributes[key] for key in _ID if key in attributes), ""))
            if part is not None and part in archive:
                found[attributes.get("name", "")] = part
        elif tag == "workbookPr":
            book.since_1904 = attributes.get("date1904", "0") not in _OFF

    if "xl/_rels/workbook.xml.rels" in archive:
        parse(archive.read("xl/_rels/workbook.xml.rels"), relation, lambda name: None)
    parse(archive.read("xl/workbook.xml"), sheet, lambda name: None)
    return found


class _FontReader:
    """Gathers what the elements of a font say."""

    def __init__(self) -> None:
        self.struck = self.raised = False
        self.face = ""

    def tell(self, tag: str, attributes: dict[str, str]) -> None:
        value = attributes.get("val", "")
        if tag == "strike":
            self.struck = value not in _OFF
        elif tag == "vertAlign":
            self.raised = value == "superscript"
        elif tag in ("name", "rFont"):
            self.face = value

    def look(self) -> Look:
        look = Look(self.struck, False, self.raised, encoding_of(self.face) if self.face else None)
        return PLAIN if look == PLAIN else look


def _styles(archive: Archive) -> list[_Style]:
    """Number format and look of each cell style."""
    codes: dict[int, str] = dict(_BUILT_IN)
    fonts: list[Look] = []
    styles: list[_Style] = []
    open_font: _FontReader | None = None
    inside = ""

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside, open_font
        tag = _local(name)
        if tag in ("fonts", "cellXfs"):
            inside = tag
        elif tag == "numFmt":
            codes[whole(attributes.get("numFmtId"), 0)] = attributes.get("formatCode", "")[:100]
        elif tag == "font" and inside == "fonts":
            open_font = _FontReader()
        elif open_font is not None:
            open_font.tell(tag, attributes)
        elif tag == "xf" and inside == "cellXfs":
            number, font = whole(attributes.get("numFmtId"), 0), whole(attributes.get("fontId"), 0)
            styles.append(_Style(number, codes.get(number, ""), fonts[font] if 0 <= font < len(fonts) else PLAIN))

    def end(name: str) -> None:
        nonlocal inside, open_font
        tag = _local(name)
        if tag == "font" and open_font is not None:
            fonts.append(open_font.look())
            open_font = None
        elif tag in ("fonts", "cellXfs"):
            inside = ""

    if "xl/styles.xml" in archive:
        parse(archive.read("xl/styles.xml"), start, end)
    return styles


class _RichText:
    """Gathers the runs of a text (`si` or `is`); readings for the eye of East Asian texts (`rPh`) are left."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self._font: _FontReader | None = None
        self._run_font: Look | None = None
        self._listening = self._aside = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "r":
            self._run_font = None
        elif tag == "rPr":
            self._font = _FontReader()
        elif tag == "rPh":
            self._aside = True
        elif tag == "t":
            self._listening = not self._aside
        elif self._font is not None:
            self._font.tell(tag, attributes)

    def text(self, text: str) -> None:
        if self._listening:
            self.runs.append((text, self._run_font))

    def end(self, tag: str) -> None:
        if tag == "rPr" and self._font is not None:
            self._run_font, self._font = self._font.look(), None
        elif tag == "rPh":
            self._aside = False
        elif tag == "t":
            self._listening = False


class _SharedStrings:
    def __init__(self) -> None:
        self._strings: list[list[Run]] = []
        self._open: _RichText | None = None

    def read(self, data: bytes) -> list[list[Run]]:
        parse(data, self._start, self._end, self._text)
        return self._strings

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = _local(name)
        if tag == "si":
            self._open = _RichText()
        elif self._open is not None:
            self._open.start(tag, attributes)

    def _text(self, text: str) -> None:
        if self._open is not None:
            self._open.text(text)

    def _end(self, name: str) -> None:
        tag = _local(name)
        if tag == "si" and self._open is not None:
            self._strings.append(self._open.runs)
            self._open = None
        elif self._open is not None:
            self._open.end(tag)


class _SheetPart:
    """Walks over the cells of one worksheet."""

    def __init__(self, book: _Book, name: str) -> None:
        self._book = book
        self._sheet = Sheet(name)
        self._unanswered: list[str] = []
        self._row, self._column = -1, -1
        self._style, self._kind = "", ""
        self._value: list[str] = []
        self._formula = self._listening = self._zero_height = False
        self._rich: _RichText | None = None
        self._seen_rows: set[int] = set()
        self._tags: dict[str, str] = {}

    def read(self, data: bytes) -> Sheet:
        parse(data, self._start, self._end, self._text)
        if self._zero_height:  # rows that say nothing of themselves are hidden
            self._sheet.hidden_rows |= {r for r, _ in self._sheet.cells} - self._seen_rows
        return self._sheet

    def notes(self) -> list[str]:
        """What must be said of the sheet's formulas."""
        if not self._unanswered:
            return []
        return [
            f"Sheet “{tidy(self._sheet.name)}” có {len(self._unanswered)} ô công thức chưa có kết quả hoặc báo lỗi "
            f"(ví dụ ô {self._unanswered[0]}), được đọc là ô trống."
        ]

    def _tag(self, name: str) -> str:
        tag = self._tags.get(name)
        if tag is None:
            tag = self._tags[name] = _local(name)
        return tag

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = self._tag(name)
        if tag == "c":
            self._place(attributes.get("r", ""))
            self._style, self._kind = attributes.get("s", ""), attributes.get("t", "n")
            self._value, self._formula, self._rich = [], False, None
        elif tag == "v":
            self._listening = True
        elif tag == "f":
            self._formula = True
        elif tag == "is":
            self._rich = _RichText()
        elif self._rich is not None:
            self._rich.start(tag, attributes)
        elif tag == "row":
            self._open_row(attributes)
        elif tag == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif tag == "col":
            self._open_column(attributes)
        elif tag == "sheetFormatPr":
            self._zero_height = attributes.get("zeroHeight", "0") not in _OFF

    def _open_row(self, attributes: dict[str, str]) -> None:
        self._row = whole(attributes.get("r"), self._row + 2) - 1
        self._column = -1
        if "ht" in attributes or "hidden" in attributes:
            self._seen_rows.add(self._row)
        if attributes.get("hidden", "0") not in _OFF or attributes.get("ht") in ("0", "0.0"):
            self._sheet.hidden_rows.add(self._row)

    def _open_column(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden", "0") not in _OFF or attributes.get("width") in ("0", "0.0"):
            first, last = whole(attributes.get("min"), 1), whole(attributes.get("max"), 1)
            self._sheet.hidden_columns.update(range(first - 1, min(last, TABLE_COLUMNS + 1)))

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        top, left = _place(first) or (-1, -1)
        bottom, right = _place(last) or (-1, -1)
        if 0 <= top <= bottom and 0 <= left <= right and len(self._sheet.merged) < TABLE_ROWS * 4:
            self._sheet.merged.append((top, left, bottom, right))

    def _place(self, reference: str) -> None:
        place = _place(reference)
        if place is None:
            self._column += 1
        else:
            self._row, self._column = place

    def _text(self, text: str) -> None:
        if self._rich is not None:
            self._rich.text(text)
        elif self._listening:
            self._value.append(text)

    def _end(self, name: str) -> None:
        tag = self._tag(name)
        if tag == "v":
            self._listening = False
        elif tag == "c":
            self._end_cell()
            self._rich = None
        elif self._rich is not None:
            self._rich.end(tag)

    def _end_cell(self) -> None:
        raw = "".join(self._value)
        answered = bool(raw.strip()) or self._rich is not None
        if self._kind == "e" or (self._formula and not answered):
            if self._row < TABLE_ROWS and self._column < TABLE_COLUMNS:
                self._unanswered.append(self._sheet.reference((self._row, self._column)))
            return
        if not answered:
            return
        cell = self._cell(raw)
        if not any(text.strip() for text, _ in cell.pieces):
            return
        if self._row >= TABLE_ROWS or self._column >= TABLE_COLUMNS:
            self._refuse_far()
        self._sheet.cells[self._row, self._column] = cell

    def _cell(self, raw: str) -> SheetCell:
        number = whole(self._style, 0)
        style = self._book.styles[number] if 0 <= number < len(self._book.styles) else _Style()
        if self._rich is not None:
            return _rich_cell(self._rich.runs, style)
        if self._kind == "s":
            at = whole(raw, -1)
            return _rich_cell(self._book.strings[at] if 0 <= at < len(self._book.strings) else [], style)
        if self._kind == "b":
            return SheetCell([(shown(raw.strip() == "1"), style.look)])
        if self._kind == "d":
            return SheetCell([(_iso(raw), style.look)], dated=True)
        value = _float(raw) if self._kind == "n" else None
        if value is None:
            return _rich_cell([(raw, None)], style)
        if is_elapsed(style.code):
            return SheetCell([(shown(timedelta(days=value)), style.look)])
        moment = from_serial(value, self._book.since_1904) if is_date(style.number_format, style.code) else None
        text = shown(value if moment is None else moment, style.code)
        return SheetCell([(text, style.look)], dated=moment is not None)

    def _refuse_far(self) -> None:
        refuse(
            f"sheet “{self._sheet.name[:40]}” có dữ liệu ở ô {self._sheet.reference((self._row, self._column))}, "
            f"vượt quá {TABLE_ROWS} dòng × {TABLE_COLUMNS} cột; hãy xóa các ô thừa nằm ngoài bảng rồi nộp lại"
        )


def _rich_cell(runs: list[Run], style: _Style) -> SheetCell:
    return SheetCell([(_ESCAPED.sub(_unescaped, text), look or style.look) for text, look in runs])


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))


def _place(reference: str) -> tuple[int, int] | None:
    match = _PLACE.match(reference)
    if match is None:
        return None
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    return min(int(match[2]), _LARGEST) - 1, column - 1


def _float(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _iso(text: str) -> str:
    day, _, hour = text.strip().partition("T")
    parts = day.split("-")
    if len(parts) != 3:
        return text
    clock = f" {hour[:5]}" if hour and not hour.startswith("00:00") else ""
    return f"{parts[2]}/{parts[1]}/{parts[0]}{clock}"
