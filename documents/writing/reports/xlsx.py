"""The annexes of a report as a workbook: one sheet each. Text is written as text, so that none becomes a formula."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from documents.writing.official.clean import clean, clean_line
from documents.writing.official.docx import without_clock
from documents.writing.official.form import FONT, Frame, full_name
from documents.writing.reports.annexes import Annex, Cell, annexes_of
from rules.reporting.values import Report

_MOST = 32_767
"""Characters that a cell of Excel holds."""
_EPOCH = datetime(1980, 1, 1)  # noqa: DTZ001 - a fixed date for the file's properties: the same figures, the same bytes


def report_xlsx(report: Report, frame: Frame) -> bytes:
    """The workbook."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties(
        {"title": clean_line(frame.subject)[:255], "author": full_name(frame.issuer)[:255], "created": _EPOCH}
    )
    formats = {
        "title": book.add_format({"bold": True, "font_name": FONT, "font_size": 13}),
        "plain": book.add_format({"italic": True, "font_name": FONT, "font_size": 11}),
        "head": _ruled(book, bold=True, align="center"),
        "group": _ruled(book, bold=True),
        "text": _ruled(book),
        "centred": _ruled(book, align="center"),
    }
    for annex in annexes_of(report):
        _sheet(book, annex, frame, formats)
    book.close()
    return without_clock(out.getvalue())


def _ruled(book: Any, **more: Any) -> Any:
    base = {"font_name": FONT, "font_size": 11, "border": 1, "text_wrap": True, "valign": "vcenter"}
    return book.add_format({**base, **more})


def _sheet(book: Any, annex: Annex, frame: Frame, formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(annex.sheet)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    total = sum(column.share for column in annex.columns)
    for number, column in enumerate(annex.columns):
        sheet.set_column(number, number, max(8, round(column.share / total * 150)))
    sheet.write_string(0, 0, annex.title.upper(), formats["title"])
    sheet.write_string(1, 0, frame.attached_words, formats["plain"])
    for number, column in enumerate(annex.columns):
        sheet.write_string(3, number, clean_line(column.title), formats["head"])
    sheet.repeat_rows(3)
    sheet.freeze_panes(4, 0)
    for at, row in enumerate(annex.rows, 4):
        if isinstance(row, str):
            _group(sheet, at, row, len(annex.columns), formats["group"])
        else:
            _cells(sheet, at, row, annex, formats)
    if annex.note:
        sheet.write_string(5 + len(annex.rows), 0, annex.note, formats["plain"])


def _group(sheet: Any, at: int, text: str, columns: int, look: Any) -> None:
    sheet.write_string(at, 0, clean_line(text)[:_MOST], look)
    for number in range(1, columns):
        sheet.write_blank(at, number, None, look)


def _cells(sheet: Any, at: int, row: Sequence[Cell], annex: Annex, formats: dict[str, Any]) -> None:
    for number, (cell, column) in enumerate(zip(row, annex.columns, strict=True)):
        look = formats["centred" if column.centred else "text"]
        if cell is None:
            sheet.write_blank(at, number, None, look)
        elif isinstance(cell, str):
            sheet.write_string(at, number, clean(cell)[:_MOST], look)
        else:
            sheet.write_number(at, number, cell, look)
