"""The list of units is read from YAML, CSV and Excel alike, and a bad cell is named by its row and column."""

from pathlib import Path

import openpyxl
import pytest

from documents.reading.formats.blocks import RefusedDocument
from documents.reading.staff.unit_list import read_unit_list
from rules.staff.values import StaffList

YAML = """
authority: {name: UBND phường Hoa Sen, place: Hoa Sen, focal_unit: Văn phòng}
units:
  - name: Văn phòng HĐND và UBND phường
    aliases: [Văn phòng, VP]
    mailbox: Van-Phong@HoaSen.example
    head: {name: Lê Thị Bình, email: binh@hoasen.example}
  - name: Trạm Y tế phường
people:
  - {name: Trần Văn Cao, email: cao@hoasen.example, role: lãnh đạo}
"""
CSV = """Tên đơn vị;Tên gọi khác;Hộp thư;Trưởng đơn vị;Email trưởng đơn vị
Văn phòng HĐND và UBND phường;Văn phòng | VP;van-phong@hoasen.example;Lê Thị Bình;binh@hoasen.example

Trạm Y tế phường;;;;
"""

OFFICE_MAIL = ["van-phong@hoasen.example", "Lê Thị Bình", "binh@hoasen.example"]


def _file(tmp_path: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding=encoding)
    return path


def _workbook(tmp_path: Path, rows: list[list[str | None]]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "don-vi.xlsx")
    return tmp_path / "don-vi.xlsx"


def _is_the_ward(found: StaffList) -> None:
    office, station = found.units
    assert (office.name, office.aliases, office.mailbox) == (
        "Văn phòng HĐND và UBND phường",
        ("Văn phòng", "VP"),
        "van-phong@hoasen.example",
    )
    assert office.head is not None and (office.head.name, office.head.email) == ("Lê Thị Bình", "binh@hoasen.example")
    assert (station.name, station.aliases, station.mailbox, station.head) == ("Trạm Y tế phường", (), None, None)


def test_yaml_gives_units_heads_leaders_and_the_authority(tmp_path: Path) -> None:
    found = read_unit_list(_file(tmp_path, "u.yaml", YAML))
    _is_the_ward(found)
    assert found.authority is not None and found.authority.focal_unit == "Văn phòng"
    assert [(person.email, person.role) for person in found.people] == [("cao@hoasen.example", "leader")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_is_read_with_any_delimiter_and_encoding_that_excel_writes(tmp_path: Path, encoding: str) -> None:
    _is_the_ward(read_unit_list(_file(tmp_path, "u.csv", CSV, encoding)))
    tabs = CSV.replace(";", "\t")
    _is_the_ward(read_unit_list(_file(tmp_path, "t.csv", tabs, encoding)))


def test_excel_is_read_below_a_title_row_and_past_columns_nobody_asked_for(tmp_path: Path) -> None:
    head = ["STT", "Tên đơn vị", "Tên gọi khác", "Hộp thư", "Trưởng đơn vị", "Email trưởng đơn vị"]
    rows: list[list[str | None]] = [
        ["DANH SÁCH ĐƠN VỊ", None, None, None, None, None],
        [*head],
        ["1", "Văn phòng HĐND và UBND phường", "Văn phòng; VP", *OFFICE_MAIL],
        ["2", "Trạm Y tế phường", None, None, None, None],
    ]  # fmt: skip
    _is_the_ward(read_unit_list(_workbook(tmp_path, rows)))


def test_a_head_may_be_written_as_in_a_mail(tmp_path: Path) -> None:
    found = read_unit_list(_file(tmp_path, "u.csv", "name,head\nTrạm Y tế,Lê Thị Bình <binh@hoasen.example>\n"))
    assert found.units[0].head is not None and found.units[0].head.email == "binh@hoasen.example"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("u.csv", "Tên đơn vị,Hộp thư\nVăn phòng,a@x.example\nTrạm Y tế,sai địa chỉ\n", "dòng 3, cột Hộp thư"),
        ("u.csv", "Tên đơn vị,Hộp thư\n,a@x.example\n", "dòng 2, cột Tên đơn vị: còn trống"),
        ("u.csv", "Tên đơn vị,Trưởng đơn vị,Email trưởng đơn vị\nA,B,b@@x.vn\n", "dòng 2, cột Thư của trưởng đơn vị"),
        ("u.csv", "Hộp thư\na@x.example\n", "cột Tên đơn vị"),
        ("u.csv", "name,mailbox,email\nA,a@x.vn,b@x.vn\n", "hai cột Hộp thư"),
        ("u.csv", "", "không tìm thấy đơn vị nào"),
        ("u.yaml", "units:\n  - name: A\n  - name: B\n    mailbox: b@localhost\n", "đơn vị thứ 2, mục mailbox"),
        ("u.yaml", "units:\n  - mailbox: b@x.vn\n", "đơn vị thứ 1, mục name: còn thiếu"),
        ("u.yaml", "units:\n  - name: A\n    color: red\n", "không có mục này"),
        ("u.yaml", "people:\n  - {name: A, email: a@x.vn, role: vua}\n", "không phải là vai trò"),
        ("u.yaml", "units: [a: [}\n", "sai cú pháp YAML, dòng 1"),
        ("u.yaml", "a: &a [x]\nunits: [*a, *a]\n", "tham chiếu YAML"),
        ("u.yaml", "units: 7\n", "danh sách"),
        ("u.yaml", "", "mục units"),
        ("u.csv", "name,mailbox\nA\x07B,a@x.vn\n", "ký tự điều khiển"),
        ("u.csv", "name,mailbox\nA,=cmd@x\n", "dòng 2, cột Hộp thư"),
    ],
)
def test_a_bad_list_is_refused_with_its_place(tmp_path: Path, name: str, text: str, says: str) -> None:
    with pytest.raises(RefusedDocument, match=says):
        read_unit_list(_file(tmp_path, name, text))


def test_a_list_that_is_not_utf8_says_how_to_save_it(tmp_path: Path) -> None:
    path = tmp_path / "u.csv"
    path.write_bytes("Tên đơn vị\nVăn phòng\n".encode("cp1258", "replace"))
    with pytest.raises(RefusedDocument, match="CSV UTF-8"):
        read_unit_list(path)


def test_a_workbook_without_a_table_of_units_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedDocument, match="Tên đơn vị"):
        read_unit_list(_workbook(tmp_path, [["chỉ là chữ"]]))
