"""Small Word, Excel and text files for the corpus, the same bytes each time: `python -m tests.corpus.making`.

A grid is rows of cells: a text, a number, a day, `UP` (merged with the cell above), `LEFT` (with the one left of it).
"""

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

UP, LEFT = "↑", "←"

Cell = str | int | float | date | datetime | None
Grid = Sequence[Sequence[Cell]]
Block = str | Grid

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
_RELS = (
    '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'officeDocument" Target="word/document.xml"/></Relationships>'
)


def made(form: str, blocks: Sequence[Block], sheets: Sequence[str] = ()) -> bytes:
    """The file of a format (docx, xlsx, txt); `sheets` names the sheets, one a grid."""
    if form == "docx":
        return _docx(blocks)
    return _xlsx(blocks, sheets) if form == "xlsx" else _txt(blocks)


def write(folder: Path, name: str, form: str, blocks: Sequence[Block], truth: dict[str, Any], sheets: Any = ()) -> None:
    """One document of the corpus and its truth."""
    (folder / f"{name}.{form}").write_bytes(made(form, blocks, sheets))
    text = json.dumps(truth, ensure_ascii=False, indent=1)
    (folder / f"{name}.truth.json").write_text(text + "\n", encoding="utf-8")


def _docx(blocks: Sequence[Block]) -> bytes:
    body = "".join(_paragraph(block) if isinstance(block, str) else _table(block) for block in blocks)
    text = f'<?xml version="1.0" encoding="UTF-8"?><w:document {_W}><w:body>{body}</w:body></w:document>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in (("[Content_Types].xml", _TYPES), ("_rels/.rels", _RELS), ("word/document.xml", text)):
            archive.writestr(zipfile.ZipInfo(part, (2026, 1, 5, 8, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _paragraph(text: str) -> str:
    return f'<w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def _table(grid: Grid) -> str:
    width = max(map(len, grid))
    rows = [[*row, *[""] * (width - len(row))] for row in grid]
    lines = []
    for r, row in enumerate(rows):
        cells = []
        for c, value in enumerate(row):
            if value == LEFT:
                continue
            span = 1
            while c + span < width and row[c + span] == LEFT:
                span += 1
            below = r + 1 < len(rows) and rows[r + 1][c] == UP
            merge = "<w:vMerge/>" if value == UP else '<w:vMerge w:val="restart"/>' if below else ""
            content = "".join(map(_paragraph, ("" if value == UP else _words(value)).split("\n")))
            cells.append(f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/>{merge}</w:tcPr>{content}</w:tc>')
        lines.append(f"<w:tr>{''.join(cells)}</w:tr>")
    grid_columns = '<w:gridCol w:w="1500"/>' * width
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid_columns}</w:tblGrid>{''.join(lines)}</w:tbl>"


def _words(value: Cell) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else "" if value is None else str(value)


def _xlsx(blocks: Sequence[Block], names: Sequence[str]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.set_properties({"created": datetime.fromisoformat("2026-01-05")})
        formats = (book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "dd/mm/yyyy hh:mm"}))
        sheet, row = None, 0
        left = list(names)
        for block in blocks:
            if sheet is None or (not isinstance(block, str) and left):
                sheet, row = book.add_worksheet(left.pop(0) if left else "Sheet1"), 0
            if isinstance(block, str):
                sheet.write_string(row, 0, block)
                row += 1
                continue
            _fill(sheet, row, block, formats)
            row += len(block)
    return out.getvalue()


def _fill(sheet: Any, top: int, grid: Grid, formats: tuple[Any, Any]) -> None:
    width = max(map(len, grid))
    rows = [[*row, *[""] * (width - len(row))] for row in grid]
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value in (UP, LEFT):
                continue
            right, down = c, r
            while right + 1 < width and row[right + 1] == LEFT:
                right += 1
            while down + 1 < len(rows) and rows[down + 1][c] == UP:
                down += 1
            if (right, down) != (c, r):
                sheet.merge_range(top + r, c, top + down, right, str(value))
            elif isinstance(value, datetime):
                sheet.write_datetime(top + r, c, value, formats[1])
            elif isinstance(value, date):
                sheet.write_datetime(top + r, c, value, formats[0])
            elif isinstance(value, (int, float)):
                sheet.write_number(top + r, c, value)
            elif value:
                sheet.write_string(top + r, c, value)


def _txt(blocks: Sequence[Block]) -> bytes:
    lines: list[str] = []
    for block in blocks:
        lines += [block] if isinstance(block, str) else ["\t".join(_words(cell) for cell in row) for row in block]
    return "\n".join([*lines, ""]).encode()


def main() -> None:
    """Write every annex and criteria table anew."""
    from tests.corpus import annex_tables, criteria_tables

    here = Path(__file__).resolve().parent
    for one in annex_tables.ANNEXES:
        write(here / "annexes", one.name, one.form, one.blocks, one.truth, one.sheets)
    for table in criteria_tables.TABLES:
        write(here / "criteria", table.name, table.form, table.blocks, table.truth)


if __name__ == "__main__":
    main()
