"""A workbook's cells exactly as stored, not as shown.

Like every document it is read in a process of its own (see child.py), which this
module also is: run as `main` it answers with JSON rows of the first visible sheets.
"""

import io
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Any

from documents.reading.formats.archive import Archive
from documents.reading.formats.blocks import RefusedDocument
from documents.reading.formats.cleaning import shown_name, tidy
from documents.reading.formats.limits import ANSWER_BYTES, FILE_BYTES, TABLE_COLUMNS, TABLE_ROWS, WALL_SECONDS, refuse
from documents.reading.sandbox.files import opened
from documents.reading.sandbox.process import run

_ROOT = str(Path(__file__).resolve().parents[3])
_BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from documents.reading.criteria.raw_sheet import main; main()"

Rows = list[list[str]]


def read_raw_sheets(path: Path) -> dict[str, Rows]:
    """The visible sheets of an .xlsx by name, numbers exact.

    Raises RefusedDocument with one Vietnamese sentence.
    """
    try:
        with opened(path) as source:
            return _ask(source)
    except RefusedDocument as refusal:
        raise RefusedDocument(f"Không đọc được tệp “{shown_name(path.name)}”: {refusal}.") from None


def _ask(source: IO[bytes]) -> dict[str, Rows]:
    os.lseek(source.fileno(), 0, os.SEEK_SET)
    with tempfile.TemporaryFile() as answer:
        code = run([sys.executable, "-I", "-c", _BOOT, _ROOT], time.monotonic() + WALL_SECONDS, source, answer)
        answer.seek(0)
        text = answer.read(ANSWER_BYTES)
    try:
        found = json.loads(text) if code == 0 else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        refuse("nội dung tệp bị hỏng hoặc bất thường; hãy mở bằng Excel, lưu lại rồi nộp lại")
    if "refused" in found:
        refuse(str(found["refused"]))
    sheets: dict[str, Rows] = found["sheets"]
    return sheets


def main() -> None:
    """Read standard input, answer on standard output."""
    from documents.reading.sandbox.child import limit

    limit()
    try:
        answer: dict[str, Any] = {"sheets": _sheets(sys.stdin.buffer.read(FILE_BYTES + 1))}
    except RefusedDocument as refusal:
        answer = {"refused": str(refusal)}
    except MemoryError:
        answer = {"refused": "tệp đòi hỏi quá nhiều bộ nhớ để đọc"}
    sys.stdout.write(json.dumps(answer))


def _sheets(data: bytes) -> dict[str, Rows]:
    import python_calamine as calamine

    if not data.startswith(b"PK"):
        refuse("đây không phải là tệp Excel .xlsx")
    Archive(data).refuse_declarations()
    try:
        book = calamine.load_workbook(io.BytesIO(data))
        visible = [one.name for one in book.sheets_metadata if one.visible == calamine.SheetVisibleEnum.Visible]
        return {tidy(name): _rows(book.get_sheet_by_name(name)) for name in visible[:20]}
    except (calamine.CalamineError, OSError, ValueError):
        refuse("tệp bị hỏng hoặc không phải Excel .xlsx")


def _rows(sheet: Any) -> Rows:
    if sheet.end is not None and (sheet.end[0] >= TABLE_ROWS or sheet.end[1] >= TABLE_COLUMNS * 4):
        refuse(f"sheet có quá {TABLE_ROWS} dòng hoặc quá nhiều cột")
    return [[_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return tidy(str(value))


if __name__ == "__main__":
    main()
