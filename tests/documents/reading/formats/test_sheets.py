"""Workbooks written by XlsxWriter, and what is shown of their values."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import xlsxwriter

from documents.reading.formats.blocks import Document, Table
from documents.reading.formats.detect import detect
from documents.reading.formats.sheets.values import shown
from documents.reading.sandbox.child import read_in_process


def moment(*parts: int) -> dt.datetime:
    return dt.datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - a workbook knows no time zone


def workbook(fill: Callable[[Any], None]) -> Document:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    fill(book)
    book.close()
    data = buffer.getvalue()
    assert detect(data) == "xlsx"
    return read_in_process("xlsx", data)


def sheets(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def grid(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_values_read_as_the_office_sees_them() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("Theo dõi")

        def style(code: str) -> Any:
            return book.add_format({"num_format": code})

        sheet.write_number(0, 0, 1)
        sheet.write_number(0, 1, 1.1, style("0.00"))
        sheet.write_number(0, 2, 0.9, style("0%"))
        sheet.write_number(0, 3, 0.955, style("0.0%"))
        sheet.write_datetime(0, 4, moment(2025, 12, 31), style("dd/mm/yyyy"))
        sheet.write_datetime(0, 5, moment(2025, 12, 1), style("mm/yyyy"))
        sheet.write_datetime(0, 6, moment(2025, 12, 31, 8, 30), style("dd/mm/yyyy hh:mm"))
        sheet.write_boolean(0, 7, True)
        sheet.write_number(0, 8, 1_000_000_000_000_000)
        sheet.write_formula(0, 9, "=1+1", None, 2)
        sheet.write_string(0, 10, "=1+1")

    values = ["1", "1.10", "90%", "95.5%", "31/12/2025", "12/2025", "31/12/2025 08:30", "TRUE", "1000000000000000"]
    assert grid(sheets(workbook(fill))[0]) == [[*values, "2", "=1+1"]]


def test_merged_cells_are_covered_and_empty_edges_are_trimmed() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("Phụ lục")
        sheet.merge_range("A3:B3", "Số TT", book.add_format())
        sheet.write_string("C3", "Nhiệm vụ")
        sheet.merge_range("A4:A5", "1", book.add_format())
        sheet.write_string("C4", "Họp\nhai lần")
        sheet.write_string("C5", "Báo cáo")
        sheet.write_blank("H200", None, book.add_format({"bold": True}))

    table = sheets(workbook(fill))[0]
    assert grid(table) == [["Số TT", "", "Nhiệm vụ"], ["1", "", "Họp\nhai lần"], ["", "", "Báo cáo"]]
    assert [row.row for row in table.rows] == [3, 4, 5]
    assert (table.name, table.rows[0].cells[0].span) == ("Phụ lục", 2)
    assert [cell.covered for cell in table.rows[0].cells] == [False, True, False]
    assert table.rows[2].cells[0].covered


def test_every_visible_sheet_is_a_table_and_hidden_ones_are_not() -> None:
    def fill(book: Any) -> None:
        for name in ("Một", "Ẩn", "Hai"):
            book.add_worksheet(name).write_string(0, 0, name)
        book.get_worksheet_by_name("Ẩn").hide()

    assert [(table.index, table.name) for table in sheets(workbook(fill))] == [(1, "Một"), (2, "Hai")]


def test_a_formula_without_a_result_is_empty_and_said_so() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("Bảng")
        sheet.write_string("A1", "Nhiệm vụ")
        sheet.write_formula("B1", "=HYPERLINK(A1)", None, "")
        sheet.write_formula("C1", "=1/0", None, "#DIV/0!")

    document = workbook(fill)
    assert grid(sheets(document)[0]) == [["Nhiệm vụ"]]
    assert document.notes == (
        "Sheet “Bảng” có 2 ô công thức chưa có kết quả hoặc báo lỗi (ví dụ ô B1), được đọc là ô trống.",
    )


def test_a_style_far_outside_the_table_does_no_harm() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "Nhiệm vụ")
        sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))

    assert grid(sheets(workbook(fill))[0]) == [["Nhiệm vụ"]]


def test_durations_and_small_numbers_have_no_exponent() -> None:
    assert shown(dt.timedelta(hours=36, minutes=5)) == "36:05"
    assert shown(0.0000001) == "0.0000001"
    assert shown(10.947) == "10.947"
    assert shown(2025.0, '"Năm" 0') == "2025"
