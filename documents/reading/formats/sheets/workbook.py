"""Workbooks (.xlsx, .xls): every visible sheet is a table, its values as the office sees them."""

import io
import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

import python_calamine as calamine

from documents.reading.formats.archive import Archive
from documents.reading.formats.blocks import Cell, Document, Paragraph, Row, Table
from documents.reading.formats.cleaning import tidy
from documents.reading.formats.flow import COVERED, Meter, document
from documents.reading.formats.limits import TABLE_COLUMNS, TABLE_ROWS, check_table, damaged, refuse
from documents.reading.formats.sheets.scan import SheetFacts, scan

Value = str | float | bool | date | datetime | time | timedelta
Place = tuple[int, int]
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_DECIMALS = re.compile(r"0\.(0+)")


def read_xlsx(archive: Archive, data: bytes) -> Document:
    """An Excel workbook. Formulas are read by their stored result and never run."""
    facts = scan(archive)
    return _read("xlsx", data, facts)


def read_xls(data: bytes) -> Document:
    """An Excel 97-2003 workbook."""
    return _read("xls", data, {})


def _read(form: str, data: bytes, facts: dict[str, SheetFacts]) -> Document:
    try:
        book = calamine.load_workbook(io.BytesIO(data))
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == calamine.SheetVisibleEnum.Visible and sheet.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        meter = Meter()
        blocks: list[Paragraph | Table] = []
        for name in names:
            table = _sheet(book.get_sheet_by_name(name), facts.get(name, SheetFacts()), meter)
            if table.rows:
                blocks.append(table)
    except calamine.PasswordError:
        refuse("tệp có mật khẩu bảo vệ; hãy mở tệp, bỏ mật khẩu, lưu lại rồi nộp lại")
    except (calamine.CalamineError, OSError, ValueError):
        damaged()
    return document(form, blocks, notes=tuple(_notes(facts)))


def _notes(facts: dict[str, SheetFacts]) -> Iterable[str]:
    for name, sheet in facts.items():
        if sheet.unanswered:
            yield (
                f"Sheet “{tidy(name)}” có {len(sheet.unanswered)} ô công thức chưa có kết quả hoặc báo lỗi "
                f"(ví dụ ô {sheet.unanswered[0]}), được đọc là ô trống."
            )


def _sheet(sheet: calamine.CalamineSheet, facts: SheetFacts, meter: Meter) -> Table:
    """One sheet. Empty rows are left out, and each row keeps the number it has on the screen."""
    end = sheet.end
    if end is None:
        return Table(rows=(), index=0, name=tidy(sheet.name))
    check_table(end[0] + 1 if end[0] >= TABLE_ROWS else 0, 0)
    merged = _merged(sheet.merged_cell_ranges or [])
    grid = sheet.to_python(skip_empty_area=False)
    texts = [
        [shown(value, facts.formats.get((r, c), "")) for c, value in enumerate(values)] for r, values in enumerate(grid)
    ]
    width = max((c + 1 for line in texts for c, text in enumerate(line) if text), default=0)
    check_table(0, width)
    rows: list[Row] = []
    for r, line in enumerate(texts):
        if any(line):
            meter.count(sum(map(len, line)))
            cells = tuple(
                _cell(text, merged.get((r, c)), width - c, isinstance(grid[r][c], date))
                for c, text in enumerate(line[:width])
            )
            rows.append(Row(cells=cells, row=r + 1))
    return Table(rows=tuple(rows), index=0, name=tidy(sheet.name))


def _cell(text: str, merge: int | None, room: int, dated: bool) -> Cell:
    if merge == 0:
        return COVERED
    return Cell(text=text, span=max(1, min(merge or 1, room)), dated=dated)


def _merged(ranges: list[tuple[Place, Place]]) -> dict[Place, int]:
    """By place: 0 for a covered cell, the columns spanned for the first cell of a merged one."""
    places: dict[Place, int] = {}
    for (top, left), (bottom, right) in ranges:
        for r in range(top, min(bottom, TABLE_ROWS) + 1):
            for c in range(left, min(right, TABLE_COLUMNS) + 1):
                places[r, c] = 0
        places[top, left] = right - left + 1
        if len(places) > TABLE_ROWS * TABLE_COLUMNS:
            break
    return places


def shown(value: Value, form: str = "") -> str:
    """A value as text: dates dd/mm/yyyy, whole numbers without ".0", and percents where the cell is formatted so."""
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _number(float(value), _QUOTED.sub("", form.partition(";")[0]))
    if isinstance(value, (date, time)):
        return _moment(value, _QUOTED.sub("", form.partition(";")[0]).lower())
    hours, seconds = divmod(int(value.total_seconds()), 3600)
    return f"{hours}:{seconds // 60:02d}"


def _number(value: float, form: str) -> str:
    percent = "%" in form
    if percent:
        value = round(value * 100, 10)
    if form and (percent or set(form) <= set("0#.,")):
        decimals = _DECIMALS.search(form)
        places = len(decimals[1]) if decimals else 0
        if places or value == int(value):
            return f"{value:.{places}f}" + "%" * percent
    text = f"{value:.15g}"
    if "e" in text and abs(value) < 1e21:
        text = f"{value:.15f}".rstrip("0").rstrip(".")
    return text + "%" * percent


def _moment(value: date | time, form: str) -> str:
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if form and "d" not in form and "y" in form:
        return value.strftime("%m/%Y") if "m" in form else value.strftime("%Y")
    if isinstance(value, datetime) and (value.hour or value.minute):
        return value.strftime("%d/%m/%Y %H:%M")
    return value.strftime("%d/%m/%Y")
