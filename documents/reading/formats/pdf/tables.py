"""Ruled tables of a PDF: cells with their lines, joined over pages where this is evident."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from documents.reading.formats.blocks import Cell, Row, Table
from documents.reading.formats.cleaning import tidy
from documents.reading.formats.flow import COVERED
from documents.reading.formats.limits import check_table
from documents.reading.formats.omitted import Omitted, only_number
from documents.reading.formats.pdf.grid import Box
from documents.reading.formats.pdf.lines import Line, cell_text, line_of, rows_of
from documents.reading.formats.pdf.source import Word

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
    span: int = 1

    @property
    def text(self) -> str:
        """The lines in a row, only to look whether and how the cell is filled."""
        return " ".join(line.text for line in self.lines)


@dataclass(slots=True)
class PdfRow:
    """The cells of a row from left to right, and the page it begins on."""

    cells: list[PdfCell]
    page: int
    ruled: bool = True


@dataclass(slots=True)
class PdfTable:
    """A table of one page, or of several after `append`. `strips` are the blanks between columns without rules."""

    rows: list[PdfRow]
    x0: float
    x1: float
    columns: list[float] = field(default_factory=list)
    ruled: bool = True
    strips: list[tuple[float, float]] = field(default_factory=list)

    def goes_on_with(self, other: "PdfTable") -> bool:
        """Whether a table at the top of the next page has the same outer edges and columns."""
        if not (self.ruled and other.ruled):
            return not (self.ruled or other.ruled) and self._alike(other)
        if abs(self.x0 - other.x0) > _NEAR or abs(self.x1 - other.x1) > _NEAR:
            return False
        few, many = sorted((self.columns, other.columns), key=len)
        return all(any(abs(x - y) < _NEAR for y in many) for x in few)

    def _alike(self, other: "PdfTable") -> bool:
        """Whether there are as many columns without rules, and the blanks between them lie in one place."""
        return len(self.strips) == len(other.strips) and all(
            max(one[0], another[0]) < min(one[1], another[1])
            for one, another in zip(self.strips, other.strips, strict=True)
        )

    def _moved(self, row: PdfRow) -> PdfRow:
        """A row of a table without rules, laid on the columns of this one."""
        for cell in row.cells:
            at = min(range(len(self.columns)), key=lambda c: abs(self.columns[c] - cell.x0))
            cell.x0 = self.columns[at]
        return row

    def append(self, other: "PdfTable") -> None:
        """Add the rows of the next page; a row that the page break cut in two becomes one."""
        rows = [self._moved(row) for row in other.rows] if not self.ruled else list(other.rows)
        heads = 0
        while heads < min(len(rows), len(self.rows)) and _same(rows[heads], self.rows[heads]):
            heads += 1
        if heads < len(rows) and _cut(self.rows[-1], rows[heads]):
            for cell in rows.pop(heads).cells:
                _under(self.rows[-1], cell)
        if heads == len(rows):
            rows = []
        self.rows.extend(rows)
        if not self.ruled:
            return
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
            span = sum(cell.x0 - _NEAR < x < cell.x1 - _NEAR for x in self.columns) if self.ruled else cell.span
            cells[at] = Cell(text=tidy(cell_text(cell.lines, cell.x1 - pad)), span=max(1, span))
        return tuple(cells)


def built(boxes: list[list[Box]], words: list[Word], page: int, omitted: Omitted) -> PdfTable:
    """A table from the boxes of its rows, with each word in the cell where its middle lies."""
    rows: list[PdfRow] = []
    for line, inside in zip(boxes, _laid_in(boxes, words), strict=True):
        if is_struck(inside):
            strike_row(inside, omitted)
            continue
        cells = [
            PdfCell(box[0], box[2], shown(cell, omitted), box[3] - box[1])
            for box, cell in zip(line, inside, strict=True)
        ]
        rows.append(PdfRow(cells, page))
    columns: list[float] = []
    for x in sorted(box[0] for line in boxes for box in line):
        if not columns or x - columns[-1] >= _NEAR:
            columns.append(x)
    return PdfTable(rows, min(columns), max(box[2] for line in boxes for box in line), columns)


def shown(words: list[Word], omitted: Omitted) -> list[Line]:
    """The lines of some words, without those that are crossed out, which are told."""
    passage: list[Word] = []
    lines: list[Line] = []
    for row in rows_of(words):
        for word in row:
            if word.struck:
                passage.append(word)
            elif passage:
                omitted.strike(_struck_text(passage, omitted))
                passage = []
        kept = [word for word in row if not word.struck]
        if kept:
            lines.append(line_of(kept, omitted))
    if passage:
        omitted.strike(_struck_text(passage, omitted))
    return lines


def strike_row(cells: list[list[Word]], omitted: Omitted) -> None:
    """Tell a row that is crossed out."""
    since = len(omitted.struck)
    for cell in cells:
        omitted.strike(_struck_text([word for word in cell if word.struck], omitted))
    omitted.strike_row(since)


def _struck_text(words: list[Word], omitted: Omitted) -> str:
    return line_of(words, omitted).text if words else ""


def is_struck(cells: list[list[Word]]) -> bool:
    """Whether words of a row are crossed out, and only numbers are left beside them."""
    if not any(word.struck for cell in cells for word in cell):
        return False
    return all(only_number(" ".join(word.text for word in cell if not word.struck)) for cell in cells)


def _laid_in(boxes: list[list[Box]], words: list[Word]) -> list[list[list[Word]]]:
    """The words of each cell, row by row."""
    laid: list[list[list[Word]]] = [[[] for _ in line] for line in boxes]
    tops = [line[0][1] for line in boxes]
    for word in words:
        x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
        for row in range(bisect_right(tops, y) - 1, -1, -1):  # most often the first; further up for merged cells
            at = next((at for at, box in enumerate(boxes[row]) if box[0] <= x < box[2] and y < box[3]), None)
            if at is not None:
                laid[row][at].append(word)
                break
    return laid


def _same(one: PdfRow, other: PdfRow) -> bool:
    return [c.text for c in one.cells] == [c.text for c in other.cells] and any(c.text for c in one.cells)


def _partner(row: PdfRow, cell: PdfCell) -> PdfCell | None:
    for other in row.cells:
        if abs(other.x0 - cell.x0) < _NEAR and (not row.ruled or abs(other.x1 - cell.x1) < _NEAR):
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
