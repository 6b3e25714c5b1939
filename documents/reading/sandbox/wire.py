"""A document as plain JSON, for the way from the reading process back to the parent.

The child has seen hostile bytes, so nothing of it is trusted: no pickle, and
every value is checked while the document is built again.
"""

import json
from typing import Any

from documents.reading.formats.blocks import Cell, Document, Paragraph, Row, Table

Plain = dict[str, Any]


def dump(document: Document) -> bytes:
    """The document as UTF-8 JSON."""
    plain = {
        "format": document.format,
        "pages": document.pages,
        "notes": document.notes,
        "blocks": [_paragraph(b) if isinstance(b, Paragraph) else _table(b) for b in document.blocks],
    }
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()


def _paragraph(block: Paragraph) -> list[Any]:
    return [block.text, block.page, block.line, block.number, block.bold]


def _table(block: Table) -> Plain:
    rows = [[r.page, r.row, r.line, [_cell(c) for c in r.cells]] for r in block.rows]
    return {"index": block.index, "name": block.name, "rows": rows}


def _cell(cell: Cell) -> str | list[Any]:
    if cell.number is None and not cell.covered and cell.span == 1 and not cell.dated:
        return cell.text
    return [cell.text, cell.number, cell.covered, cell.span, cell.dated]


def load(data: bytes) -> Document:
    """The document again. Raises ValueError if it is not one."""
    try:
        plain = json.loads(data)
        return Document(
            format=_text(plain["format"]),
            pages=_count(plain["pages"]),
            notes=tuple(_text(note) for note in plain["notes"]),
            blocks=tuple(_load_block(block) for block in plain["blocks"]),
        )
    except (KeyError, TypeError, IndexError, RecursionError) as error:
        raise ValueError("not a document") from error


def _load_block(plain: Any) -> Paragraph | Table:
    if isinstance(plain, list):
        text, page, line, number, bold = plain
        return Paragraph(_text(text), _count(page), _count(line), _maybe(number), bold is True)
    rows = tuple(
        Row(tuple(_load_cell(c) for c in cells), _count(page), _count(row), _count(line))
        for page, row, line, cells in plain["rows"]
    )
    return Table(rows=rows, index=int(plain["index"]), name=_maybe(plain["name"]))


def _load_cell(plain: Any) -> Cell:
    if isinstance(plain, str):
        return Cell(text=plain)
    text, number, covered, span, dated = plain
    return Cell(_text(text), _maybe(number), covered is True, _count(span) or 1, dated is True)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("text expected")
    return value


def _maybe(value: Any) -> str | None:
    return None if value is None else _text(value)


def _count(value: Any) -> int | None:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise ValueError("count expected")
    return value
