"""What docx and odt have in common: a stream of paragraphs and tables, laid on a grid.

A cell holds paragraphs and perhaps tables of its own; the automatic number of
its only paragraph is the cell's number, of several they are part of the text. A table inside a cell
that is one itself (three columns, two rows) follows the outer table as a
table; a smaller one is only arrangement, and its text stays in the cell.
"""

from dataclasses import dataclass, field, replace

from documents.reading.formats.blocks import Cell, Document, Paragraph, Row, Table
from documents.reading.formats.cleaning import tidy
from documents.reading.formats.limits import BLOCKS, TEXT_CHARACTERS, check_table, refuse

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
    """A table being read, row by row. Rows are counted from 1."""

    rows: list[Row] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    page: int | None = None
    inner: list[Table] = field(default_factory=list)

    def add(self, cell: Cell) -> None:
        """Lay one cell on the grid, with the columns it covers."""
        check_table(len(self.rows), len(self.cells) + max(cell.span, 1))
        self.cells.append(cell)
        self.cells.extend([COVERED] * (cell.span - 1))

    def add_bare(self, cell: Cell) -> None:
        """Lay one cell whose covered cells follow by themselves, as OpenDocument writes them."""
        check_table(len(self.rows), len(self.cells) + 1)
        self.cells.append(cell)

    def skip(self, columns: int) -> None:
        """Columns that the row leaves free at its start."""
        check_table(len(self.rows), len(self.cells) + columns)
        self.cells.extend([COVERED] * columns)

    def end_row(self, page: int | None, keep: bool = True, number: int | None = None) -> None:
        """Close the row; a row that was deleted with tracked changes is not kept."""
        if keep:
            self.rows.append(Row(cells=tuple(self.cells), page=page, row=number or len(self.rows) + 1))
            check_table(len(self.rows), 0)
        self.cells = []

    def table(self, name: str | None = None) -> Table:
        """The finished table, every row as wide as the widest."""
        width = max((len(row.cells) for row in self.rows), default=0)
        rows = tuple(
            row
            if len(row.cells) == width
            else replace(row, cells=row.cells + (Cell(text=""),) * (width - len(row.cells)))
            for row in self.rows
        )
        return Table(rows=rows, index=0, name=name)


def paragraph(text: str, page: int | None, number: str | None, bold: bool) -> Paragraph | None:
    """A paragraph of tidy text, or None where nothing is to be seen."""
    tidied = tidy(text)
    if not tidied and not number:
        return None
    return Paragraph(text=tidied, page=page, number=number, bold=bold)


def document(
    form: str, blocks: list[Paragraph | Table], pages: int | None = None, notes: tuple[str, ...] = ()
) -> Document:
    """The document with its tables numbered from 1. Refuses one in which there is nothing to read."""
    if not any(block.text if isinstance(block, Paragraph) else block.rows for block in blocks):
        refuse("tài liệu không có chữ nào; hãy kiểm tra lại tệp, nếu là ảnh quét thì nộp bản Word")
    if len(blocks) > BLOCKS:
        refuse("tài liệu quá dài; hãy chỉ nộp phần kế hoạch và phụ lục nhiệm vụ")
    numbered: list[Paragraph | Table] = []
    tables = 0
    for block in blocks:
        if isinstance(block, Table):
            tables += 1
            numbered.append(replace(block, index=tables))
        else:
            numbered.append(block)
    return Document(format=form, blocks=tuple(numbered), pages=pages, notes=notes)


def unpaged(read: Document) -> Document:
    """The document without page numbers: better none than wrong ones, where the page marks are incomplete."""
    blocks = tuple(
        replace(block, page=None)
        if isinstance(block, Paragraph)
        else replace(block, rows=tuple(replace(row, page=None) for row in block.rows))
        for block in read.blocks
    )
    return replace(read, blocks=blocks)
