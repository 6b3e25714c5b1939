"""Tables as provinces issue them become a set of criteria; what is not understood is said, never guessed."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import pytest
import xlsxwriter

from documents.reading.criteria.file import read_criteria
from documents.reading.criteria.table import CriteriaReading, read_criteria_table
from documents.reading.formats.blocks import RefusedDocument
from documents.writing.scoring.criteria_yaml import criteria_yaml
from rules.scoring.criteria.checks import check_criteria, errors

HEAD = ("STT", "Lĩnh vực/Tiêu chí/Tiêu chí thành phần", "Điểm tối đa", "Điểm tự chấm", "Hướng dẫn chấm điểm",
        "Tài liệu kiểm chứng", "Đơn vị chủ trì tham mưu")  # fmt: skip
ROWS = (
    ("I", "CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH", "8", "", "", "", ""),
    ("1", "Kế hoạch cải cách hành chính", "3", "", "", "", ""),
    ("1.1", "Ban hành kế hoạch", "1", "", "Ban hành đúng hạn: 1; ban hành chậm: 0,5; không ban hành: 0", "Kế hoạch",
     "Văn phòng"),
    ("1.2", "Mức độ hoàn thành kế hoạch", "2", "", "", "Báo cáo năm", ""),
    ("", "- Hoàn thành 100% kế hoạch", "2", "", "", "", ""),
    ("", "- Hoàn thành từ 80% đến dưới 100% kế hoạch", "1", "", "", "", ""),
    ("", "- Hoàn thành dưới 80% kế hoạch", "0", "", "", "", ""),
    ("2", "Báo cáo định kỳ", "2", "", "Mỗi ngày chậm trừ 0,25 điểm", "- Các báo cáo\n- Thời điểm gửi", ""),
    ("3", "Sáng kiến", "3", "", "Theo đánh giá của Hội đồng", "Hồ sơ", ""),
    ("II", "HIỆN ĐẠI HÓA HÀNH CHÍNH", "7", "", "", "", ""),
    ("1", "Hồ sơ trực tuyến", "4", "", "Điểm = (Tỷ lệ hồ sơ trực tuyến / 80%) x điểm tối đa", "Thống kê", ""),
    ("2", "Chỉ số hài lòng", "3", "", "Theo kết quả điều tra xã hội học", "", ""),
    ("3", "Điểm thưởng", "", "", "Mỗi sáng kiến cộng 0,5 điểm, tối đa 1 điểm", "Quyết định", ""),
    ("", "Tổng điểm", "15", "", "", "", ""),
)  # fmt: skip


def as_docx(path: Path, rows: Any = ROWS, head: Any = HEAD, counted: bool = True) -> Path:
    """The table in a Word file with the head of a decision's annex."""
    document = docx.Document()
    document.add_paragraph("Bộ tiêu chí xác định Chỉ số cải cách hành chính cấp xã năm 2025")
    document.add_paragraph("(Kèm theo Quyết định số 123/QĐ-UBND ngày 05/3/2025 của UBND tỉnh Hoa Sen)")
    every = [head, *([tuple(f"({n})" for n in range(1, len(head) + 1))] if counted else []), *rows]
    table = document.add_table(len(every), len(head))
    for cells, row in zip(table.rows, every, strict=True):
        for cell, text in zip(cells.cells, row, strict=True):
            cell.text = text
    document.save(str(path))
    return path


def as_xlsx(path: Path) -> Path:
    """The table in a workbook, with maxima as numbers."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Bảng điểm")
    sheet.write_string(0, 0, "Bộ tiêu chí xác định Chỉ số cải cách hành chính cấp xã năm 2025")
    for r, row in enumerate((HEAD, *ROWS), 2):
        for c, text in enumerate(row):
            if c == 2 and text.isdigit():
                sheet.write_number(r, c, int(text))
            else:
                sheet.write_string(r, c, text)
    book.close()
    return path


@pytest.fixture(scope="module", params=["docx", "xlsx"])
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> CriteriaReading:
    """The same table, read from Word and from Excel."""
    path = tmp_path_factory.mktemp("criteria") / f"bo.{request.param}"
    return read_criteria_table(as_docx(path) if request.param == "docx" else as_xlsx(path))


def test_the_tree_follows_the_codes_and_each_code_is_its_own(found: CriteriaReading) -> None:
    assert [(depth, node.code) for depth, node in found.criteria.nodes()] == [
        (0, "I"), (1, "I.1"), (2, "I.1.1"), (2, "I.1.2"), (1, "I.2"), (1, "I.3"),
        (0, "II"), (1, "II.1"), (1, "II.2"), (1, "II.3"),
    ]  # fmt: skip


def test_sums_are_right_and_nothing_but_doubts_remain(found: CriteriaReading) -> None:
    assert errors(check_criteria(found.criteria)) == ()
    assert found.criteria.maximum == 15
    assert [doubt.code for doubt in found.doubts] == ["I.3"]


def test_rules_come_out_of_guidance_and_of_option_rows(found: CriteriaReading) -> None:
    rules = {leaf.code: leaf.rule for leaf in found.criteria.leaves}
    kinds = {code: rule.type for code, rule in rules.items() if rule}
    assert kinds == {"I.1.1": "cases", "I.1.2": "bands", "I.2": "late", "I.3": "manual", "II.1": "ratio",
                     "II.2": "manual", "II.3": "bonus"}  # fmt: skip
    cases, bands, ratio = rules["I.1.1"], rules["I.1.2"], rules["II.1"]
    assert [case.when for case in cases.cases] == ["on_time", "late", "none"]  # type: ignore[union-attr]
    assert [band.points for band in bands.bands] == [2, 1, 0]  # type: ignore[union-attr]
    assert ratio.target == 80  # type: ignore[union-attr]


def test_evidence_unit_and_survey_are_taken_over(found: CriteriaReading) -> None:
    leaves = found.criteria.by_code
    assert leaves["I.2"].evidence == ("Các báo cáo", "Thời điểm gửi")
    assert leaves["I.1.1"].unit == "Văn phòng"
    assert leaves["II.2"].source == "survey"


def test_year_and_decision_come_from_the_head(tmp_path: Path) -> None:
    criteria = read_criteria_table(as_docx(tmp_path / "bo.docx")).criteria
    assert criteria.year == 2025
    assert (criteria.decision.number, str(criteria.decision.date)) == ("123/QĐ-UBND", "2025-03-05")
    assert criteria.decision.issued_by == "UBND tỉnh Hoa Sen"


def test_other_words_and_another_order_of_columns(tmp_path: Path) -> None:
    head = ("Nội dung tiêu chí", "Cách tính điểm", "Thang điểm")
    rows = (
        ("A. Cải cách thể chế", "", "2"),
        (
            "1. Theo dõi thi hành pháp luật",
            "Đạt 100%: 2 điểm\nTừ 70% - dưới 100%: 1 điểm\nDưới 70%: không tính điểm",
            "2",
        ),
        ("Tổng cộng", "", "2"),
    )
    reading = read_criteria_table(as_docx(tmp_path / "bo.docx", rows, head, counted=False))
    assert [leaf.code for leaf in reading.criteria.leaves] == ["1"]
    assert reading.criteria.leaves[0].rule.type == "bands"  # type: ignore[union-attr]
    assert reading.criteria.total == 2


def test_a_table_whose_sums_are_wrong_is_refused_with_the_sum(tmp_path: Path) -> None:
    rows = tuple(("", "Tổng điểm", "16", *row[3:]) if row[1] == "Tổng điểm" else row for row in ROWS)
    with pytest.raises(RefusedDocument, match="ghi 16 nhưng các phần bên trong cộng lại là 15"):
        read_criteria(as_docx(tmp_path / "bo.docx", rows))


def test_a_document_without_such_a_table_is_refused(tmp_path: Path) -> None:
    path = as_docx(tmp_path / "bo.docx", (("1", "a", "b"),), ("STT", "Nhiệm vụ", "Thời hạn"), counted=False)
    with pytest.raises(RefusedDocument, match="không thấy bảng nào có cột tiêu chí và cột điểm tối đa"):
        read_criteria(path)


def test_what_was_read_from_a_table_is_the_same_as_yaml(found: CriteriaReading, tmp_path: Path) -> None:
    path = tmp_path / "bo.yaml"
    path.write_text(criteria_yaml(found.criteria, "bo.docx"), encoding="utf-8")
    again = read_criteria(path)
    assert again.model_dump(exclude={"areas"}) == found.criteria.model_dump(exclude={"areas"})
    assert again.areas == found.criteria.areas
    assert again.maximum == Decimal(15)


SHORT = ("TT", "Tiêu chí", "Điểm tối đa", "Hướng dẫn chấm điểm")


def read(tmp_path: Path, *rows: tuple[str, ...], head: tuple[str, ...] = SHORT) -> CriteriaReading:
    """A short table, read from Word."""
    full = tuple((*row, *[""] * (len(head) - len(row))) for row in rows)
    return read_criteria_table(as_docx(tmp_path / "bo.docx", full, head, counted=False))


def maxima(reading: CriteriaReading) -> dict[str, float]:
    """The leaves with their maxima."""
    return {leaf.code: float(leaf.maximum) for leaf in reading.criteria.leaves}


@pytest.mark.parametrize("marks", [("a)", "b)"), ("a.", "b."), ("(a)", "(b)"), ("a", "b")])
def test_lettered_rows_that_add_up_are_criteria(tmp_path: Path, marks: tuple[str, str]) -> None:
    reading = read(
        tmp_path,
        ("I", "TIÊU CHÍ CHUNG", "10"),
        ("1", "Kỷ luật lao động", "6"),
        (marks[0], "Đi làm đúng giờ", "2,5"),
        (marks[1], "Mặc trang phục", "3,5"),
        ("2", "Văn hóa công sở", "4"),
        (marks[0], "Giao tiếp lịch sự", "2"),
        (marks[1], "Giữ vệ sinh", "2"),
    )
    assert maxima(reading) == {"I.1.a": 2.5, "I.1.b": 3.5, "I.2.a": 2, "I.2.b": 2}
    assert errors(check_criteria(reading.criteria)) == ()


def test_lettered_rows_of_which_one_holds_are_a_choice(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        ("1", "Mức độ hoàn thành", "2"),
        ("a)", "Hoàn thành 100%", "2"),
        ("b)", "Hoàn thành từ 80% đến dưới 100%", "1"),
        ("c)", "Hoàn thành dưới 80%", "0"),
    )
    assert maxima(reading) == {"1": 2}
    assert reading.criteria.leaves[0].rule.type == "bands"  # type: ignore[union-attr]


def test_lettered_rows_without_points_are_guidance(tmp_path: Path) -> None:
    reading = read(tmp_path, ("1", "Báo cáo", "2"), ("a)", "Báo cáo quý"), ("b)", "Báo cáo năm"))
    assert maxima(reading) == {"1": 2}
    assert "Báo cáo quý" in reading.criteria.leaves[0].guidance


def test_unnumbered_rows_that_add_up_are_parts(tmp_path: Path) -> None:
    reading = read(tmp_path, ("1", "Kế hoạch", "2"), ("", "- Có kế hoạch", "0,5"), ("", "- Có báo cáo", "1,5"))
    assert maxima(reading) == {"1.a": 0.5, "1.b": 1.5}


@pytest.mark.parametrize("glued", ["2.4.Tủ sách", "2.4. Tủ sách", "2.4 Tủ sách", "2.4)Tủ sách"])
def test_a_code_may_be_glued_to_its_name(tmp_path: Path, glued: str) -> None:
    rows = (("2. Phong trào", "3", ""), ("2.3. Thi đua", "1", ""), (glued, "2", ""))
    reading = read(tmp_path, *rows, head=("Tiêu chí", "Điểm chuẩn", "Cách chấm điểm"))
    assert maxima(reading) == {"2.3": 1, "2.4": 2}
    assert reading.criteria.leaves[1].name == "Tủ sách"


def test_a_code_glued_in_a_table_with_a_column_of_codes(tmp_path: Path) -> None:
    reading = read(tmp_path, ("2", "Phong trào", "3"), ("2.1", "Thi đua", "1"), ("", "2.2.Tủ sách", "2"))
    assert maxima(reading) == {"2.1": 1, "2.2": 2}


def test_a_group_without_points_is_left_out_and_said(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        ("I", "NHÓM XÃ", "10"),
        ("1", "Hồ sơ trực tuyến", "10", "Điểm = Tỷ lệ * điểm chuẩn."),
        ("II", "NHÓM DOANH NGHIỆP", ""),
        ("", "Xếp loại từ cao xuống thấp", ""),
    )
    assert maxima(reading) == {"1": 10}
    assert reading.criteria.leaves[0].rule.type == "ratio"  # type: ignore[union-attr]
    assert any("Nhóm II" in doubt.message and not doubt.error for doubt in reading.doubts)


def test_points_in_the_name_of_a_group_are_its_maximum(tmp_path: Path) -> None:
    reading = read(tmp_path, ("I", "THỂ CHẾ (4 điểm)", ""), ("1", "Rà soát", "4"))
    assert (reading.criteria.areas[0].name, reading.criteria.areas[0].max) == ("THỂ CHẾ", 4)


def test_a_criterion_without_points_is_an_error_and_the_set_is_still_written(tmp_path: Path) -> None:
    reading = read(tmp_path, ("I", "THỂ CHẾ", "4"), ("1", "Rà soát", "4"), ("2", "Kiểm tra", ""))
    assert [doubt.message for doubt in reading.doubts if doubt.error] == ["Tiêu chí 2 (dòng 4) chưa ghi điểm tối đa."]
    assert "Kiểm tra" in criteria_yaml(reading.criteria, "bo.docx")
    with pytest.raises(RefusedDocument):
        read_criteria(tmp_path / "bo.docx")


def test_a_rule_that_cannot_be_is_an_error_and_the_set_is_still_written(tmp_path: Path) -> None:
    guidance = "Từ 90% đến 80%: 2 điểm; dưới 50%: 0 điểm"
    reading = read(tmp_path, ("1", "Rà soát", "2", guidance), ("2", "Kiểm tra", "1"))
    assert any(doubt.error and "tiêu chí 1" in doubt.message for doubt in reading.doubts)
    assert criteria_yaml(reading.criteria, "bo.docx")


def test_the_set_is_named_by_its_title_and_not_by_its_header(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("BỘ TIÊU CHÍ ĐÁNH GIÁ")
    document.add_paragraph("CÔNG TÁC CẢI CÁCH HÀNH CHÍNH NĂM 2026")
    head = ("STT", "Tiêu chí, nội dung đánh giá và cách thức thực hiện của đơn vị trong năm", "Điểm tối đa")
    table = document.add_table(2, 3)
    for cells, row in zip(table.rows, (head, ("1", "Rà soát", "2")), strict=True):
        for cell, text in zip(cells.cells, row, strict=True):
            cell.text = text
    document.save(str(tmp_path / "ten.docx"))
    name = read_criteria_table(tmp_path / "ten.docx").criteria.name
    assert name == "BỘ TIÊU CHÍ ĐÁNH GIÁ CÔNG TÁC CẢI CÁCH HÀNH CHÍNH NĂM 2026"


def test_the_year_may_be_given_where_the_table_prints_none(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(2, 3)
    for cells, row in zip(table.rows, (SHORT[:3], ("1", "Rà soát", "2")), strict=True):
        for cell, text in zip(cells.cells, row, strict=True):
            cell.text = text
    document.save(str(tmp_path / "khong-nam.docx"))
    with pytest.raises(RefusedDocument, match="--year"):
        read_criteria(tmp_path / "khong-nam.docx")
    assert read_criteria(tmp_path / "khong-nam.docx", year=2026).year == 2026
