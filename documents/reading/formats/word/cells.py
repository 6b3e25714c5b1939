"""Cells of an old Word file (.doc) that LibreOffice runs together where a table gives no widths ([MS-DOC])."""

import json
import re
import struct

from documents.reading.formats import ole
from documents.reading.formats.archive import Archive

PART = "dondoc/cells.json"
"""The member of a converted .docx in which the cells of the .doc are handed on."""

Grid = list[list[str]]

_TABLE_STREAM, _PIECES = 0x0200, 0x1A2
_LETTERS = 0x4C
_CELL, _PARAGRAPH = "\x07", "\r"
_FIELD = re.compile("\x13[^\x13\x14\x15]*(?:\x14|(?=\x15))|\x15")
_SIGNS = {0x0B: "\n", 0x0C: "\n", 0x1E: "-", 0x1F: "\u00ad", 0x01: None, 0x02: None, 0x05: None, 0x08: None}
_LEAST_COLUMNS = 2
_MOST = 2_000_000


def tables_of(data: bytes) -> list[Grid]:
    """The tables whose text has no paragraph marks inside, as rows of cells; none where the file is broken."""
    try:
        return _tables(_text(data))
    except (struct.error, IndexError):
        return []


def _text(data: bytes) -> str:
    """The main text with its marks, put together from the pieces it is stored in."""
    main = ole.stream(data, "WordDocument") or b""
    flags, letters = struct.unpack_from("<H", main, 0x0A)[0], struct.unpack_from("<I", main, _LETTERS)[0]
    place, size = struct.unpack_from("<2I", main, _PIECES)
    clx = (ole.stream(data, "1Table" if flags & _TABLE_STREAM else "0Table") or b"")[place : place + size]
    at = 0
    while clx[at] == 1:
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    size = struct.unpack_from("<I", clx, at + 1)[0]
    plan = clx[at + 5 : at + 5 + size]
    count = (len(plan) - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", plan)
    parts: list[str] = []
    for piece in range(count):
        length = ends[piece + 1] - ends[piece]
        start = struct.unpack_from("<I", plan, 4 * (count + 1) + 8 * piece + 2)[0]
        if not 0 <= length <= _MOST:
            break
        if start & 0x40000000:
            start = (start & 0x3FFFFFFF) // 2
            parts.append(main[start : start + length].decode("cp1252", "replace"))
        else:
            parts.append(main[start : start + 2 * length].decode("utf-16-le", "replace"))
    return "".join(parts)[: min(letters, _MOST)]


def _tables(text: str) -> list[Grid]:
    """A row is its cells, each with a mark after it, and one mark more."""
    tables: list[Grid] = []
    pieces = _FIELD.sub("", text).translate(_SIGNS).split(_CELL)
    at = 0
    while at < len(pieces) - 1:
        pieces[at] = pieces[at].rpartition(_PARAGRAPH)[2]  # what stands before the table
        width = next((n for n in range(_LEAST_COLUMNS, len(pieces) - at) if not pieces[at + n]), 0)
        rows: Grid = []
        while width and at + width < len(pieces) and not pieces[at + width]:
            row = pieces[at : at + width]
            if any(_PARAGRAPH in cell for cell in row):
                break
            rows.append(row)
            at += width + 1
        if len(rows) > 1:
            tables.append(rows)
        elif not rows:
            at += 1
    return tables


def handed_on(archive: Archive) -> list[Grid]:
    """The tables that came with a converted file."""
    if PART not in archive:
        return []
    try:
        found = json.loads(archive.read(PART))
    except ValueError:
        return []
    return [rows for rows in found if checked(rows)] if isinstance(found, list) else []


def checked(rows: object) -> bool:
    """Whether a value is a table of texts."""
    return isinstance(rows, list) and all(
        isinstance(row, list) and all(isinstance(cell, str) for cell in row) for row in rows
    )
