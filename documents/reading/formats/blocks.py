"""A document as neutral blocks: what every format reader returns and the interpreter takes.

All text is NFC, without deleted tracked changes, with inserted ones; line
breaks inside a paragraph or cell are "\\n". Pages, tables, rows and lines are
counted from 1; None where the format has no such thing.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph outside tables. `number` is Word's automatic number ("1.", "a)", "-"), which is not in the text."""

    text: str
    page: int | None = None
    line: int | None = None
    number: str | None = None
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One grid cell. A merged cell has its text in its first cell; the cells it covers are `covered` and empty.

    `dated`: the workbook holds a true date here, not a text.
    """

    text: str
    number: str | None = None
    covered: bool = False
    span: int = 1
    dated: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, laid on the table's grid, with where it stood."""

    cells: tuple[Cell, ...]
    page: int | None = None
    row: int | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table, or a sheet of a workbook (`name` is then the sheet's name)."""

    rows: tuple[Row, ...]
    index: int
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """Blocks in reading order. `format` is docx, odt, pdf, xlsx, xls, ods, doc or txt."""

    format: str
    blocks: tuple[Paragraph | Table, ...]
    pages: int | None = None
    notes: tuple[str, ...] = field(default=())


class RefusedDocument(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """The document cannot or must not be read. The message is one Vietnamese sentence for the user (exit code 3)."""
