"""What calamine does not tell of an .xlsx, or does not survive: formats of numbers, empty formulas, far cells.

A cell with content at XFD1048576 makes calamine reserve the whole grid and
abort the process, so each sheet's cell places are looked at before.
"""

import re
from dataclasses import dataclass, field

from documents.reading.formats.archive import Archive
from documents.reading.formats.limits import TABLE_COLUMNS, TABLE_ROWS, refuse
from documents.reading.formats.markup import parse
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


@dataclass(slots=True)
class SheetFacts:
    """Of one sheet: number formats by (row, column) from 0, and how many formulas have no result to read."""

    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)


def scan(archive: Archive) -> dict[str, SheetFacts]:
    """Facts of every visible worksheet, by its name. Refuses sheets with content beyond the limits."""
    formats = _formats(archive)
    return {name: _SheetPart(formats, name).read(archive.read(part)) for name, part in _sheets(archive).items()}


def _local(name: str) -> str:
    for namespace in _NAMESPACES:
        if name.startswith(namespace):
            return name[len(namespace) :]
    return ""


def _sheets(archive: Archive) -> dict[str, str]:
    """Visible worksheets: name to part."""
    targets: dict[str, str] = {}
    found: dict[str, str] = {}

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name.endswith(" Relationship") and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes.get("Target", "")
            targets[attributes.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "sheet" and attributes.get("state", "visible") == "visible":
            part = targets.get(next((attributes[key] for key in _ID if key in attributes), ""))
            if part is not None and part in archive:
                found[attributes.get("name", "")] = part

    if "xl/_rels/workbook.xml.rels" in archive:
        parse(archive.read("xl/_rels/workbook.xml.rels"), relation, lambda name: None)
    parse(archive.read("xl/workbook.xml"), sheet, lambda name: None)
    return found


def _formats(archive: Archive) -> list[str]:
    """The number format of each cell style, "" for a general one."""
    codes: dict[int, str] = dict(_BUILT_IN)
    styles: list[str] = []
    inside = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        tag = _local(name)
        if tag == "numFmt":
            codes[whole(attributes.get("numFmtId"), 0)] = attributes.get("formatCode", "")[:100]
        elif tag == "cellXfs":
            inside = True
        elif tag == "xf" and inside:
            styles.append(codes.get(whole(attributes.get("numFmtId"), 0), ""))

    def end(name: str) -> None:
        nonlocal inside
        if _local(name) == "cellXfs":
            inside = False

    if "xl/styles.xml" in archive:
        parse(archive.read("xl/styles.xml"), start, end)
    return styles


class _SheetPart:
    """Walks over the cells of one worksheet."""

    def __init__(self, formats: list[str], name: str) -> None:
        self._formats, self._name = formats, name
        self._facts = SheetFacts()
        self._row, self._column = -1, -1
        self._style = ""
        self._kind = ""
        self._parts: set[str] = set()
        self._tag = ""

    def read(self, data: bytes) -> SheetFacts:
        parse(data, self._start, self._end, self._text)
        return self._facts

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = self._tag = _local(name)
        if tag == "row":
            self._row = whole(attributes.get("r"), self._row + 2) - 1
            self._column = -1
        elif tag == "c":
            self._place(attributes.get("r", ""))
            self._style, self._kind = attributes.get("s", ""), attributes.get("t", "n")
            self._parts = set()
        elif tag == "f":
            self._parts.add("f")

    def _place(self, reference: str) -> None:
        match = _PLACE.match(reference)
        if match is None:
            self._column += 1
            return
        column = 0
        for letter in match[1].upper():
            column = column * 26 + ord(letter) - 64
        self._row, self._column = int(match[2]) - 1, column - 1

    def _text(self, text: str) -> None:
        if self._tag in ("v", "t") and text.strip():
            self._parts.add("v")

    def _end(self, name: str) -> None:
        self._tag = ""
        if _local(name) != "c" or not self._parts:
            return
        if self._row >= TABLE_ROWS or self._column >= TABLE_COLUMNS:
            self._refuse_far()
        if "v" not in self._parts or self._kind == "e":
            self._facts.unanswered.append(self._reference())
            return
        style = whole(self._style, 0)
        if self._kind in ("n", "d") and style < len(self._formats) and self._formats[max(style, 0)]:
            self._facts.formats[self._row, self._column] = self._formats[style]

    def _reference(self) -> str:
        letters, column = "", self._column + 1
        while column > 0:
            column, rest = divmod(column - 1, 26)
            letters = chr(65 + rest) + letters
        return f"{letters}{self._row + 1}"

    def _refuse_far(self) -> None:
        refuse(
            f"sheet “{self._name[:40]}” có dữ liệu ở ô {self._reference()}, vượt quá {TABLE_ROWS} dòng × "
            f"{TABLE_COLUMNS} cột; hãy xóa các ô thừa nằm ngoài bảng rồi nộp lại"
        )
