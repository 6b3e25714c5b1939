"""Plans as other offices write them, made as real Word and Excel files in memory and read in this process."""

import io
from collections.abc import Sequence
from datetime import date, datetime, time

import docx
import xlsxwriter

from documents.reading.plan.interpret import interpret
from documents.reading.sandbox.child import read_in_process
from rules.plan.units import UnitBook
from rules.plan.values import ItemRead, PlanReading

UP = "↑"
"""A cell merged with the one above it."""

LEFT = "←"
"""A cell merged with the one to its left."""

Grid = Sequence[Sequence[str]]


def word(*blocks: str | Grid, bold: Sequence[str] = ()) -> bytes:
    """A Word document of paragraphs and ruled tables; paragraphs in `bold` are headings without a number."""
    document = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            run = document.add_paragraph().add_run(block)
            run.bold = block in bold
        else:
            _grid(document, block)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _grid(document: "docx.document.Document", rows: Grid) -> None:
    width = max(map(len, rows))
    table = document.add_table(rows=len(rows), cols=width)
    origins: dict[tuple[int, int], tuple[int, int]] = {}
    for r, row in enumerate(rows):
        for c, text in enumerate([*row, *[""] * (width - len(row))]):
            above = {UP: (r - 1, c), LEFT: (r, c - 1)}.get(text)
            origins[r, c] = origins[above] if above else (r, c)
            if not above:
                table.cell(r, c).text = text
    for place, origin in origins.items():
        if place != origin:
            table.cell(*origin).merge(table.cell(*place))


def sheets(**pages: Grid) -> bytes:
    """A workbook: rows of texts, numbers and real dates; a row of one text is a title merged over the sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in pages.items():
            sheet = book.add_worksheet(name.replace("_", " "))
            width = max(map(len, rows))
            for r, row in enumerate(rows):
                if len(row) == 1:
                    sheet.merge_range(r, 0, r, width - 1, row[0])
                    continue
                for c, value in enumerate(row):
                    if isinstance(value, date):
                        sheet.write_datetime(r, c, datetime.combine(value, time()), day)
                    else:
                        sheet.write(r, c, value)
    return out.getvalue()


def understood(form: str, data: bytes) -> PlanReading:
    """What a file says, with the usual names of units."""
    return interpret(read_in_process(form, data), units=UnitBook())


def units(item: ItemRead) -> tuple[list[str | None], list[str | None]]:
    """Codes of the leading and of the coordinating units."""
    return [ref.unit for ref in item.lead], [ref.unit for ref in item.coordinating]


def doubts(item: ItemRead) -> set[str]:
    """What a person must settle about an item."""
    return {doubt.code for doubt in item.warnings}
