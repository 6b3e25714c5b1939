"""The superior's workbook: exact scores whatever its cells show, and each mistake named by its row."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from documents.reading.criteria.score_return import read_verification
from documents.reading.formats.blocks import RefusedDocument
from rules.scoring.criteria.sets import CriteriaSet
from tests.scoring import SET

CRITERIA = CriteriaSet.model_validate(SET)
HEAD = ("Mã", "Tiêu chí", "Điểm thẩm định", "Ý kiến thẩm định", "Yêu cầu giải trình", "Lý do mất điểm")


def book(tmp_path: Path, *rows: tuple[Any, ...], head: tuple[str, ...] = HEAD, form: str = "General") -> Path:
    """A workbook with a title, a header and rows."""
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    sheet.append(["KẾT QUẢ THẨM ĐỊNH"])
    sheet.append([])
    sheet.append(head)
    for row in rows:
        sheet.append(row)
        sheet.cell(sheet.max_row, 3).number_format = form
    path = tmp_path / "ve.xlsx"
    made.save(path)
    return path


def test_scores_are_exact_even_where_the_cell_shows_fewer_decimals(tmp_path: Path) -> None:
    found = read_verification(book(tmp_path, ("1.3", "Sáng kiến", 2.347), form="0.0"), CRITERIA)
    assert [(one.criterion, one.score) for one in found] == [("1.3", Decimal("2.347"))]


def test_texts_and_reasons_are_taken_and_groups_left_out(tmp_path: Path) -> None:
    path = book(
        tmp_path,
        ("1", "Chỉ đạo", 4.5),
        ("1.1", "Mức độ", "0,5", "Thiếu báo cáo", "Giải trình rõ", "Văn bản chưa ký số"),
        ("1.2", "Ban hành", None),
        ("1.3", "Sáng kiến", None, "", "Nêu phạm vi", "Không thuyết phục"),
        ("", "TỔNG", 5),
    )
    first, second = read_verification(path, CRITERIA)
    assert (first.criterion, first.score, first.remark, first.question) == (
        "1.1", Decimal("0.5"), "Thiếu báo cáo", "Giải trình rõ"
    )  # fmt: skip
    assert first.lost_because == "not_signed"
    assert (second.score, second.question, second.lost_because) == (None, "Nêu phạm vi", "other")
    assert "Không thuyết phục" in second.remark


def test_a_header_in_other_words(tmp_path: Path) -> None:
    head = ("STT", "Nội dung", "Điểm xác định lại", "Nhận xét", "Đề nghị giải trình", "Nguyên nhân bị trừ điểm")
    (one,) = read_verification(book(tmp_path, ("1.1.", "Mức độ", 1, "Đạt"), head=head), CRITERIA)
    assert (one.criterion, one.score, one.remark) == ("1.1", 1, "Đạt")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((("1.1", "a", "chín"),), "dòng 4, cột Điểm thẩm định: “chín” không phải là số"),
        ((("1.1", "a", 1), ("1.1", "a", 2)), "dòng 5: tiêu chí 1.1 đã có ở dòng trên"),
        ((("9.9", "a", 1),), "chưa có điểm thẩm định nào"),
    ],
)
def test_a_mistake_is_named_by_its_row(tmp_path: Path, rows: tuple[Any, ...], said: str) -> None:
    with pytest.raises(RefusedDocument) as refused:
        read_verification(book(tmp_path, *rows), CRITERIA)
    assert said in str(refused.value)


def test_a_workbook_without_these_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedDocument, match="cột Mã và cột Điểm thẩm định"):
        read_verification(book(tmp_path, ("1.1", "a", 1), head=("A", "B", "C")), CRITERIA)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"PK\x03\x04rac"])
def test_what_is_no_workbook_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ve.xlsx"
    path.write_bytes(content)
    with pytest.raises(RefusedDocument, match=r"Không đọc được tệp “ve\.xlsx”"):
        read_verification(path, CRITERIA)


@pytest.mark.parametrize("name", ["farcell.xlsx", "zero.docx", "bomb.docx"])
def test_a_hostile_file_harms_nobody(shared: Path, name: str) -> None:
    with pytest.raises(RefusedDocument):
        read_verification(shared / "plans" / "hostile" / name, CRITERIA)
