"""Excel 97-2003 workbooks (.xls): values by calamine, and from the file's records what it does not tell."""

import io

import python_calamine as calamine

from documents.reading.formats.blocks import Document, Paragraph, Table
from documents.reading.formats.flow import Meter, document
from documents.reading.formats.limits import TABLE_COLUMNS, TABLE_ROWS, check_table, damaged, refuse
from documents.reading.formats.look import PLAIN
from documents.reading.formats.omitted import Omitted
from documents.reading.formats.sheets.biff import SheetRecords, records
from documents.reading.formats.sheets.grid import Sheet, SheetCell, table_of
from documents.reading.formats.sheets.values import shown


def read_xls(data: bytes) -> Document:
    """Every visible sheet as a table."""
    omitted, meter = Omitted(), Meter()
    known = records(data)
    blocks: list[Paragraph | Table] = []
    try:
        book = calamine.load_workbook(io.BytesIO(data))
        for metadata in book.sheets_metadata:
            if (
                metadata.visible == calamine.SheetVisibleEnum.Visible
                and metadata.typ == calamine.SheetTypeEnum.WorkSheet
            ):
                sheet = _sheet(book.get_sheet_by_name(metadata.name), known.get(metadata.name, SheetRecords()))
                table = table_of(sheet, omitted, meter)
                if table.rows:
                    blocks.append(table)
    except calamine.PasswordError:
        refuse("tệp có mật khẩu bảo vệ; hãy mở tệp, bỏ mật khẩu, lưu lại rồi nộp lại")
    except (calamine.CalamineError, OSError, ValueError):
        damaged()
    return document("xls", blocks, omitted=omitted)


def _sheet(read: calamine.CalamineSheet, known: SheetRecords) -> Sheet:
    sheet = Sheet(read.name, hidden_rows=known.hidden_rows, hidden_columns=known.hidden_columns)
    end = read.end
    if end is None:
        return sheet
    check_table(end[0] + 1 if end[0] >= TABLE_ROWS else 0, 0)
    sheet.merged = [
        (top, left, bottom, min(right, TABLE_COLUMNS)) for (top, left), (bottom, right) in read.merged_cell_ranges or []
    ]
    for r, values in enumerate(read.to_python(skip_empty_area=False)):
        for c, value in enumerate(values):
            text = shown(value)
            if text.strip():
                rich = known.rich.get((r, c))
                dated = not isinstance(value, (str, bool, int, float))
                look = known.looks.get((r, c), PLAIN)
                sheet.cells[r, c] = SheetCell(rich or [(text, look)], dated)
    return sheet
