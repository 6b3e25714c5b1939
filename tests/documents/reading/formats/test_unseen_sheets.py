"""Rows, columns and words of workbooks that nobody sees."""

import datetime as dt
import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from documents.reading.formats.blocks import Document
from documents.reading.formats.detect import detect
from documents.reading.sandbox.child import read_in_process
from tests.documents.reading.formats.test_sheets import grid, sheets, workbook

HEAD = ("TT", "Việc", "Hạn")


def written(fill: Callable[[Any, Any], None]) -> Callable[[Any], None]:
    def whole(book: Any) -> None:
        sheet = book.add_worksheet("KH")
        sheet.write_row(0, 0, HEAD)
        fill(book, sheet)

    return whole


def rows(sheet: Any, *lines: tuple[Any, ...]) -> None:
    for at, line in enumerate(lines, start=1):
        sheet.write_row(at, 0, line)


def unseen(book: Any, sheet: Any) -> None:
    """A hidden row, a hidden column, a row crossed out, a date crossed out, a note mark."""
    strike, raised = book.add_format({"font_strikeout": True}), book.add_format({"font_script": 1})
    plain = book.add_format({"bold": True})
    rows(sheet, ("1", "Họp", "Quý I", "mật"), ("2", "Ẩn", "Quý II", "mật"))
    sheet.set_row(2, None, None, {"hidden": True})
    for column, text in enumerate(("3", "Bỏ", "Quý III")):
        sheet.write_string(3, column, text, strike)
    sheet.write_string(4, 0, "4")
    sheet.write_string(4, 1, "Gửi báo cáo")
    sheet.write_rich_string(4, 2, strike, "15/3 ", plain, "30/4")
    sheet.write_rich_string(5, 1, plain, "Tháng 1", raised, "2")
    sheet.write_string(0, 3, "Mật")
    sheet.set_column(3, 3, None, None, {"hidden": True})


SEEN = [["TT", "Việc", "Hạn"], ["1", "Họp", "Quý I"], ["4", "Gửi báo cáo", "30/4"], ["", "Tháng 1", ""]]
TOLD = (
    "Bỏ 1 dòng bị gạch ngang trong bảng: “Bỏ · Quý III”.",
    "Bỏ 1 chỗ chữ bị gạch ngang: “15/3”.",
    "Bỏ 1 dòng ẩn hoặc bị lọc ở sheet “KH”: dòng 3.",
    "Bỏ 1 cột ẩn ở sheet “KH”: cột D.",
    "Bỏ 1 số nhỏ viết cao (dấu chú thích), sau “Tháng 1”.",
)


def test_what_is_hidden_crossed_out_or_raised_is_left_out_and_told() -> None:
    document = workbook(written(unseen))
    assert grid(sheets(document)[0]) == SEEN
    assert document.notes == TOLD


@pytest.mark.parametrize("form", ["xls", "ods"])
def test_the_same_holds_for_other_workbooks(form: str, tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    document = converted(tmp_path, written(unseen), form)
    assert [list(row[:3]) for row in grid(sheets(document)[0])] == SEEN
    assert sorted(document.notes) == sorted(TOLD)


def converted(folder: Path, fill: Callable[[Any], None], form: str) -> Document:
    path = folder / "plan.xlsx"
    book = xlsxwriter.Workbook(path)
    fill(book)
    book.close()
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", form, "--outdir", str(folder), str(path)]
    subprocess.run(command, capture_output=True, check=True, timeout=120)
    data = (folder / f"plan.{form}").read_bytes()
    assert detect(data) == form
    return read_in_process(form, data)


def test_filtered_rows_are_hidden_rows() -> None:
    def fill(book: Any, sheet: Any) -> None:
        rows(sheet, ("1", "Họp", "Quý I"), ("2", "Lọc", "Quý II"))
        sheet.autofilter("A1:C3")
        sheet.filter_column("B", "x == Họp")
        sheet.set_row(2, None, None, {"hidden": True})

    assert [row[0] for row in grid(sheets(workbook(written(fill)))[0])] == ["TT", "1"]


def test_an_owner_merged_over_rows_stays_where_its_first_row_is_hidden() -> None:
    def fill(book: Any, sheet: Any) -> None:
        rows(sheet, ("1", "Họp"), ("2", "Ẩn"), ("3", "Gửi"))
        sheet.write_string("C2", "Phòng A")
        sheet.merge_range("C3:C4", "Phòng B", book.add_format())
        sheet.set_row(2, None, None, {"hidden": True})

    assert grid(sheets(workbook(written(fill)))[0])[1:] == [["1", "Họp", "Phòng A"], ["3", "Gửi", "Phòng B"]]


def test_cells_are_merged_after_a_text_that_stands_in_its_cell() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True})
    sheet = book.add_worksheet("KH")
    sheet.merge_range("A1:B1", "Số TT", book.add_format())
    sheet.write_string("C1", "Việc")
    book.close()
    table = sheets(read_in_process("xlsx", buffer.getvalue()))[0]
    assert [cell.covered for cell in table.rows[0].cells] == [False, True, False]


def test_a_title_merged_over_a_hidden_column_is_seen() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.merge_range("A2:C2", "I. CẢI CÁCH", book.add_format())
        sheet.set_column(0, 0, None, None, {"hidden": True})

    assert grid(sheets(workbook(written(fill)))[0]) == [["", "Việc", "Hạn"], ["I. CẢI CÁCH", "", ""]]


def test_letters_of_old_fonts_are_turned_by_the_font_of_the_cell_or_without() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_string(1, 1, "nhiÖm vô n¨m", book.add_format({"font_name": ".VnTime"}))
        sheet.write_string(2, 1, "Keá hoaïch", book.add_format({"font_name": "VNI-Times"}))

    assert [row[1] for row in grid(sheets(workbook(written(fill)))[0])[1:]] == ["nhiệm vụ năm", "Kế hoạch"]

    def unnamed(book: Any) -> None:
        sheet = book.add_worksheet("KH")
        sheet.write_row(0, 0, ("TT", "Néi dung nhiÖm vô", "Thêi gian hoµn thµnh", "C¬ quan chñ tr×"))
        sheet.write_row(1, 0, ("1", "Rµ so¸t thñ tôc hµnh chÝnh n¨m 2026", "Th¸ng 9", "V¨n phßng H§ND vµ UBND"))

    document = workbook(unnamed)
    assert grid(sheets(document)[0])[1][1:] == [
        "Rà soát thủ tục hành chính năm 2026",
        "Tháng 9",
        "Văn phòng HĐND và UBND",
    ]
    assert any("phông chữ cũ" in note for note in document.notes)


def test_true_dates_are_told_from_dates_that_were_typed() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_datetime(1, 2, dt.datetime(2026, 5, 3), book.add_format({"num_format": "dd/mm/yyyy"}))  # noqa: DTZ001
        sheet.write_string(2, 2, "15/03/2026")

    cells = [row.cells[2] for row in sheets(workbook(written(fill)))[0].rows[1:]]
    assert [(cell.text, cell.dated) for cell in cells] == [("03/05/2026", True), ("15/03/2026", False)]


def test_serials_of_1904_durations_and_dates_with_an_hour() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"date_1904": True})
    sheet = book.add_worksheet("KH")
    sheet.write_datetime(0, 0, dt.datetime(2026, 9, 30, 17), book.add_format({"num_format": "dd/mm/yyyy hh:mm"}))  # noqa: DTZ001
    sheet.write_number(0, 1, 1.5, book.add_format({"num_format": "[h]:mm"}))
    sheet.write_number(0, 2, 0.5, book.add_format({"num_format": "0.0%"}))
    sheet.write_number(0, 3, 46000, book.add_format({"num_format": '#,##0 "đồng"'}))
    book.close()
    document = read_in_process("xlsx", buffer.getvalue())
    assert grid(sheets(document)[0]) == [["30/09/2026 17:00", "36:00", "50.0%", "46000"]]


def test_formulas_that_give_nothing_do_not_reach_to_the_edge() -> None:
    def fill(book: Any, sheet: Any) -> None:
        for at in range(3, 120):
            sheet.write_formula(1, at, '=IF(A1=1,1,"")', None, "")

    assert grid(sheets(workbook(written(fill)))[0]) == [list(HEAD)]


def test_a_picture_in_a_sheet_is_told(tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(
        bytes.fromhex(
            "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001"
            "a5f645400000000049454e44ae426082"
        )
    )
    document = workbook(written(lambda _, sheet: sheet.insert_image("A5", str(picture))))
    assert any("1 ảnh" in note for note in document.notes)
