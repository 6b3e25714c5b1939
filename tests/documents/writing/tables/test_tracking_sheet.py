"""The tracking sheet goes out and comes in again without loss."""

from datetime import date
from pathlib import Path

import pytest

from documents.reading.plan.interpret import read_plan
from documents.writing.tables.tracking_sheet import COLUMNS, TrackingRow, write_tracking_sheet

ROWS = [
    TrackingRow(
        number="A.I.1",
        content="Tổ chức thực hiện Kế hoạch CCHC năm 2026",
        document_number="12/KH-UBND",
        issued_on=date(2026, 1, 5),
        due=date(2026, 3, 20),
        lead="Phòng Kinh tế, Hạ tầng và Đô thị",
        coordinating="Công an phường\nCác cơ quan, đơn vị",
        leader="Phó Chủ tịch Nguyễn Văn A",
        progress="50%",
        state="Đang thực hiện",
        outcome="Báo cáo số 34/BC-UBND",
        note="gấp",
    ),
    TrackingRow(number="A.I.2", content="=1+1", due="Quý II/2026", lead="Văn phòng HĐND và UBND"),
    TrackingRow(number="B.I.1.1.a", content="Việc khác", due=date(2026, 11, 30), lead="Tổ Rồng Xanh"),
]


def test_a_sheet_reads_back_as_it_was_written(tmp_path: Path):
    path = tmp_path / "theo-doi.xlsx"
    write_tracking_sheet(ROWS, path)
    reading = read_plan(path)
    assert reading.form == "tracking"
    assert [TrackingRow.of(item) for item in reading.items] == ROWS


def test_a_second_round_changes_nothing(tmp_path: Path):
    first, second = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    write_tracking_sheet(ROWS, first)
    items = read_plan(first).items
    write_tracking_sheet((TrackingRow.of(item) for item in items), second)
    assert read_plan(second).items == items


def test_text_never_becomes_a_formula_and_days_are_days(tmp_path: Path):
    import openpyxl

    path = tmp_path / "theo-doi.xlsx"
    write_tracking_sheet(ROWS, path)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == [label for label, _ in COLUMNS]
    assert sheet.freeze_panes == "C2"
    assert sheet["B3"].data_type == "s"
    assert sheet["E2"].is_date
    assert sheet["B2"].alignment.wrap_text


def test_a_text_longer_than_a_cell_is_refused_in_vietnamese(tmp_path: Path):
    with pytest.raises(ValueError, match="dòng 2, cột “Nội dung”"):
        write_tracking_sheet([TrackingRow(number="1", content="a" * 40_000)], tmp_path / "x.xlsx")
