"""Ruled tables of a PDF: cells with their lines, joined over pages where this is evident."""

import re
from dataclasses import dataclass, field

from documents.reading.formats.blocks import Cell, Row, Table
from documents.reading.formats.cleaning import tidy
from documents.reading.formats.flow import COVERED
from documents.reading.formats.limits import check_table
from documents.reading.formats.pdf.lines import Line, Word, cell_text, one_line

Box = tuple[float, float, float, float]
_NEAR = 3.0
_BULLET = re.compile(r"[-–—+•*]\s|\d{1,2}[.)]\s")
_UNFINISHED = ("-", "–", ",", "/", "(", "&", "và", "của", "về", "năm", "ngày", "theo", "cho", "các", "tại")
_ENDED = (".", ";", ":")


@dataclass(slots=True)
class PdfCell:
    """A ruled cell: its edges and its lines, which may come from two pages."""

    x0: float
    x1: float
    lines: list[Line]
    height: float = 0.0

    @property
    def text(self) -> str:
        """The lines in a row, only to look whether and how the cell is filled."""
        return " ".join(line.text for line in self.lines)


@dataclass(slots=True)
class PdfRow:
    """The cells of a row from left to right, and the page it begins on."""

    cells: list[PdfCell]
    page: int


@dataclass(slots=True)
class PdfTable:
    """A table of one page, or of several after `append`."""

    rows: list[PdfRow]
    x0: float
    x1: float
    columns: list[float] = field(default_factory=list)

    def goes_on_with(self, other: "PdfTable") -> bool:
        """Whether a table at the top of the next page has the same outer edges and columns."""
        if abs(self.x0 - other.x0) > _NEAR or abs(self.x1 - other.x1) > _NEAR:
            return False
        few, many = sorted((self.columns, other.columns), key=len)
        return all(any(abs(x - y) < _NEAR for y in many) for x in few)

    def append(self, other: "PdfTable") -> None:
        """Add the rows of the next page; a row that the page break cut in two becomes one."""
        rows = list(other.rows)
        heads = 0
        while heads < min(len(rows), len(self.rows)) and _same(rows[heads], self.rows[heads]):
            heads += 1
        if heads < len(rows) and _cut(self.rows[-1], rows[heads]):
            for cell in rows.pop(heads).cells:
                _under(self.rows[-1], cell)
        if heads == len(rows):
            rows = []
        self.rows.extend(rows)
        self.columns.extend(x for x in other.columns if all(abs(x - y) >= _NEAR for y in self.columns))
        self.columns.sort()

    def table(self) -> Table:
        """The finished table on its grid."""
        check_table(len(self.rows), len(self.columns))
        pads = [line.x0 - cell.x0 for row in self.rows for cell in row.cells for line in cell.lines]
        pad = max(1.0, min(8.0, min(pads, default=5.0)))
        rows = (Row(cells=self._laid(row, pad), page=row.page, row=at) for at, row in enumerate(self.rows, start=1))
        return Table(rows=tuple(rows), index=0)

    def _laid(self, row: PdfRow, pad: float) -> tuple[Cell, ...]:
        cells: list[Cell] = [COVERED] * len(self.columns)
        for cell in row.cells:
            at = min(range(len(self.columns)), key=lambda c: abs(self.columns[c] - cell.x0))
            span = sum(cell.x0 - _NEAR < x < cell.x1 - _NEAR for x in self.columns)
            cells[at] = Cell(text=tidy(cell_text(cell.lines, cell.x1 - pad)), span=max(1, span))
        return tuple(cells)


def built(boxes: list[list[Box | None]], words: list[Word], page: int) -> PdfTable:
    """A table from the boxes of its rows, with each word in the cell where its middle lies."""
    rows: list[PdfRow] = []
    for line in boxes:
        cells = [
            PdfCell(box[0], box[2], one_line([w for w in words if _inside(w, box)]), box[3] - box[1])
            for box in line
            if box is not None
        ]
        rows.append(PdfRow(cells, page))
    columns: list[float] = []
    for x in sorted(cell.x0 for row in rows for cell in row.cells):
        if not columns or x - columns[-1] >= _NEAR:
            columns.append(x)
    edges = [cell.x1 for row in rows for cell in row.cells]
    return PdfTable(rows, min(columns), max(edges), columns)


def _inside(word: Word, box: Box) -> bool:
    x, y = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return bool(box[0] <= x < box[2] and box[1] <= y < box[3])


def _same(one: PdfRow, other: PdfRow) -> bool:
    return [c.text for c in one.cells] == [c.text for c in other.cells] and any(c.text for c in one.cells)


def _partner(row: PdfRow, cell: PdfCell) -> PdfCell | None:
    for other in row.cells:
        if abs(other.x0 - cell.x0) < _NEAR and abs(other.x1 - cell.x1) < _NEAR:
            return other
    return None


def _under(row: PdfRow, cell: PdfCell) -> None:
    partner = _partner(row, cell)
    if partner is not None:
        partner.lines.extend(cell.lines)


def _cut(before: PdfRow, after: PdfRow) -> bool:
    """Whether a row is only the rest of the one before.

    It has no number of its own, text only under text, and either nothing under
    the first words of the row, or cells that go on in the middle of a sentence.
    """
    filled = [cell for cell in after.cells if cell.lines]
    pairs = [(partner, cell) for cell in filled if (partner := _partner(before, cell)) is not None and partner.lines]
    if not filled or len(pairs) < len(filled) or len(before.cells) < 3 or len(after.cells) < 3:
        return False
    first = after.cells[0]
    if first.lines and not _middle(pairs[0][0].text, first.text):
        return False
    going_on = sum(_middle(partner.text, cell.text) for partner, cell in pairs)
    beginning = sum(_begins(partner.text, cell.text) for partner, cell in pairs)
    if going_on:
        return going_on >= beginning
    return len(pairs) == 1 and len([c for c in before.cells if c.lines]) >= 3


def _middle(before: str, after: str) -> bool:
    """Whether the text after a page break stands in the middle of a sentence."""
    if after[:1].islower() or after[:1] in ",.;:)/–&%":
        return not _BULLET.match(after)
    words = before.split()
    return (
        bool(words)
        and (words[-1].lower() in _UNFINISHED or before.endswith(("-", ",", "/", "(")))
        and (not _BULLET.match(after))
    )


def _begins(before: str, after: str) -> bool:
    return bool(_BULLET.match(after)) or (after[:1].isupper() and before.endswith(_ENDED))
