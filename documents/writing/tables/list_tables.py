"""Lists as CSV and as workbooks: what people typed stays text and never becomes a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from pathlib import Path

import xlsxwriter

from documents.writing.official.clean import clean

BOM = "\ufeff"
"""Tells Excel that a CSV file is UTF-8."""

_LONGEST = 32_767
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_VIETNAM = timezone(timedelta(hours=7))


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The file line by line (RFC 4180). A text that a spreadsheet would take for a formula begins with "'"."""
    yield BOM + _line([_harmless(name) for name in head])
    for row in rows:
        yield _line([_harmless(value) for value in row])


def _line(cells: Sequence[object]) -> str:
    target = io.StringIO()
    csv.writer(target).writerow(cells)
    return target.getvalue()


def _harmless(value: object) -> str:
    text = _text(value)
    number = isinstance(value, int | float | Decimal)  # -5 is a number, and no formula
    return f"'{text}" if not number and text.startswith(_STARTS_A_FORMULA) else text


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return clean("; ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value))


def write_workbook(path: Path, sheet_name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write the rows as an .xlsx workbook in constant memory. Moments are shown in the time of Vietnam."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet(sheet_name)
        top = {"valign": "top", "text_wrap": True}
        text = book.add_format(top)
        days = book.add_format({**top, "num_format": "dd/mm/yyyy"})
        moments = book.add_format({**top, "num_format": "dd/mm/yyyy hh:mm"})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#E7EEF7"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(head) - 1, 18)
        for column, label in enumerate(head):
            sheet.write_string(0, column, label, bold)
        for line, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    local = value.astimezone(UTC).astimezone(_VIETNAM).replace(tzinfo=None)
                    sheet.write_datetime(line, column, local, moments)
                elif isinstance(value, date):
                    sheet.write_datetime(line, column, value, days)
                elif isinstance(value, (int, float)) and not isinstance(value, bool):
                    sheet.write_number(line, column, value, text)
                else:
                    sheet.write_string(line, column, _text(value)[:_LONGEST], text)
