"""What docx and odt have in common: a stream of paragraphs and tables, laid on a grid.

A cell holds paragraphs and perhaps tables of its own; the automatic number of
its only paragraph is the cell's number, of several they are part of the text. A table inside a cell
that is one itself (three columns, two rows) follows the outer table as a
table; a smaller one is only arrangement, and its text stays in the cell.
"""

from dataclasses import dataclass, field, replace
from typing import NoReturn

from documents.reading.formats.blocks import Cell, Document, Paragraph, Row, Table
from documents.reading.formats.cleaning import tidy
from documents.reading.formats.limits import BLOCKS, TEXT_CHARACTERS, check_table, refuse
from documents.reading.formats.old_fonts import garbled
from documents.reading.formats.omitted import Omitted, has_marks, only_number

COVERED = Cell(text="", covered=True)
_SIGNS = frozenset(("-", "+", "*", "•", "–", "—"))


@dataclass(slots=True)
class Flow:
    """Blocks in reading order: of the body, a cell or a text box."""

    blocks: list[Paragraph | Table] = field(default_factory=list)

    def cell(self, span: int) -> tuple[Cell, list[Table]]:
        """The blocks as one cell, and the inner tables that stand for themselves."""
        lines: list[str] = []
        tables: list[Table] = []
        number: str | None = None
        alone = len(self.blocks) == 1
        for block in self.blocks:
            if isinstance(block, Table):
                if _stands_alone(block):
                    tables.append(block)
                else:
                    lines.extend(_lines(block))
            elif alone and block.number and block.number not in _SIGNS:
                number = block.number
                lines.append(block.text)
            else:
                lines.append(f"{block.number} {block.text}" if block.number else block.text)
        return Cell(text="\n".join(line for line in lines if line), number=number, span=span), tables


def _stands_alone(table: Table) -> bool:
    filled = [sum(bool(c.text) for c in row.cells) for row in table.rows]
    return sum(count >= 3 for count in filled) >= 2


def _lines(table: Table) -> list[str]:
    return [" ".join(cell.text for cell in row.cells if cell.text) for row in table.rows]


class Meter:
    """Counts blocks and letters while they are read, so that a small file cannot become an endless document."""

    def __init__(self) -> None:
        self._blocks = self._characters = 0

    def count(self, characters: int) -> None:
        """Note one more paragraph or cell. Raises RefusedDocument beyond the limits."""
        self._blocks += 1
        self._characters += characters
        if self._blocks > BLOCKS * 5 or self._characters > TEXT_CHARACTERS:
            refuse("tài liệu quá dài; hãy chỉ nộp phần kế hoạch và phụ lục nhiệm vụ")


@dataclass(slots=True)
class OpenTable:
    """A table being read, row by row. Rows are counted from 1; rows that are not kept have a number too.

    `starting` are the columns where a cell of this row goes on into the next rows. Its text is not lost with
    its row: it stands in the next row that is kept. `hidden` are columns that nobody sees.
    """

    rows: list[Row] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    page: int | None = None
    inner: list[Table] = field(default_factory=list)
    starting: set[int] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)
    blanked: set[int] = field(default_factory=set)
    _waiting: dict[int, Cell] = field(default_factory=dict)
    _left_out: int = 0

    def add(self, cell: Cell, starting: bool = False) -> None:
        """Lay one cell on the grid, with the columns it covers."""
        check_table(len(self.rows), len(self.cells) + max(cell.span, 1))
        if starting:
            self.starting.add(len(self.cells))
        self.cells.append(cell)
        self.cells.extend([COVERED] * (cell.span - 1))

    def add_bare(self, cell: Cell, starting: bool = False) -> None:
        """Lay one cell whose covered cells follow by themselves, as OpenDocument writes them."""
        check_table(len(self.rows), len(self.cells) + 1)
        if starting:
            self.starting.add(len(self.cells))
        self.cells.append(cell)

    def skip(self, columns: int) -> None:
        """Columns that the row leaves free at its start."""
        check_table(len(self.rows), len(self.cells) + columns)
        self.cells.extend([COVERED] * columns)

    def is_struck(self) -> bool:
        """Whether only numbers are left in the cells that belong to this row alone."""
        return all(only_number(cell.text) for at, cell in enumerate(self.cells) if at not in self.starting)

    def end_row(self, page: int | None, keep: bool = True, number: int | None = None) -> None:
        """Close the row; a row that was deleted with tracked changes or is not seen is not kept."""
        for at, cell in list(self._waiting.items()):
            if at < len(self.cells) and self.cells[at].covered:
                self.cells[at] = cell
                if keep:
                    del self._waiting[at]
            else:
                del self._waiting[at]
        if keep:
            number = number or len(self.rows) + self._left_out + 1
            self.rows.append(Row(cells=tuple(self.cells), page=page, row=number))
            check_table(len(self.rows), 0)
        else:
            self._left_out += bool(self.cells)
            self._waiting.update((at, self.cells[at]) for at in self.starting if self.cells[at].text)
        self.cells = []
        self.starting = set()

    def table(self, name: str | None = None) -> Table:
        """The finished table, every row as wide as the widest; hidden columns are empty (`blanked` had text)."""
        width = max((len(row.cells) for row in self.rows), default=0)
        rows = tuple(
            row
            if len(row.cells) == width and not self.hidden
            else replace(row, cells=self._seen(row.cells) + (Cell(text=""),) * (width - len(row.cells)))
            for row in self.rows
        )
        return Table(rows=rows, index=0, name=name)

    def _seen(self, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        if not self.hidden:
            return cells
        seen = list(cells)
        for at in self.hidden:
            if at < len(cells) and cells[at].text and all(at + more in self.hidden for more in range(cells[at].span)):
                seen[at] = replace(cells[at], text="", number=None)
                self.blanked.add(at)
        return tuple(seen)


def paragraph(text: str, page: int | None, number: str | None, bold: bool) -> Paragraph | None:
    """A paragraph of tidy text, or None where nothing is to be seen."""
    tidied = tidy(text)
    if not tidied and not number:
        return None
    return Paragraph(text=tidied, page=page, number=number, bold=bold)


def document(
    form: str,
    blocks: list[Paragraph | Table],
    pages: int | None = None,
    notes: tuple[str, ...] = (),
    omitted: Omitted | None = None,
) -> Document:
    """The document with its tables numbered from 1. Refuses one in which there is nothing to read.

    Its notes tell what was left out, and whether texts seem typed for an old font.
    """
    omitted = omitted or Omitted()
    if not any(block.text if isinstance(block, Paragraph) else block.rows for block in blocks):
        _refuse_empty(omitted)
    if len(blocks) > BLOCKS:
        refuse("tài liệu quá dài; hãy chỉ nộp phần kế hoạch và phụ lục nhiệm vụ")
    old = list(garbled(text for block in blocks for text in _texts(block)))
    if old:
        notes = (*notes, _old_font(old))
    finished: list[Paragraph | Table] = []
    tables = 0
    for block in blocks:
        if isinstance(block, Table):
            tables += 1
            finished.append(replace(block, rows=block.rows if old else _unmarked(block.rows, omitted), index=tables))
        else:
            text = block.text if old else omitted.without_marks(block.text)
            finished.append(block if text is block.text else replace(block, text=text))
    return Document(format=form, blocks=tuple(finished), pages=pages, notes=(*notes, *omitted.notes()))


def _unmarked(rows: tuple[Row, ...], omitted: Omitted) -> tuple[Row, ...]:
    """The rows without note marks that are written as raised letters of Unicode ("15/3¹")."""
    if not any(has_marks(cell.text) for row in rows for cell in row.cells):
        return rows
    return tuple(
        replace(row, cells=tuple(replace(cell, text=omitted.without_marks(cell.text)) for cell in row.cells))
        for row in rows
    )


def _texts(block: Paragraph | Table) -> list[str]:
    return [block.text] if isinstance(block, Paragraph) else [cell.text for row in block.rows for cell in row.cells]


def _old_font(texts: list[str]) -> str:
    sample = max(texts[:20], key=len)[:50].replace("\n", " ")
    return (
        f"{len(texts)} đoạn hoặc ô có vẻ gõ bằng phông chữ cũ (TCVN3, VNI) mà không nhận ra được, có thể đọc sai chữ, "
        f"ví dụ “{sample}”; hãy chuyển tài liệu sang Unicode rồi nộp lại."
    )


def _refuse_empty(omitted: Omitted) -> NoReturn:
    if omitted.pictures:
        refuse("tài liệu chỉ có ảnh, không có chữ để đọc; hãy nộp bản Word hoặc PDF tìm kiếm được chữ")
    if omitted.embedded:
        refuse("tài liệu chỉ có tệp nhúng, không có chữ để đọc; hãy nộp riêng tệp đó")
    refuse("tài liệu không có chữ nào; hãy kiểm tra lại tệp, nếu là ảnh quét thì nộp bản Word")


def unpaged(read: Document) -> Document:
    """The document without page numbers: better none than wrong ones, where the page marks are incomplete."""
    blocks = tuple(
        replace(block, page=None)
        if isinstance(block, Paragraph)
        else replace(block, rows=tuple(replace(row, page=None) for row in block.rows))
        for block in read.blocks
    )
    return replace(read, blocks=blocks)
