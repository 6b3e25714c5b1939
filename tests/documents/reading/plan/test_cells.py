"""Header words, lists inside cells, numbers of rows: what one cell says."""

import pytest

from documents.reading.plan.items import split_roles
from documents.reading.plan.tables.cells import lines_of, one_line, parts_of
from documents.reading.plan.tables.codes import Kind, letter, read_marker, split_marker
from documents.reading.plan.tables.columns import Role, role_of
from rules.plan.units import UnitBook


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("STT", Role.NUMBER),
        ("Số\nTT", Role.NUMBER),
        ("TT", Role.NUMBER),
        ("Nhiệm vụ, giải pháp", Role.TITLE),
        ("NỘI DUNG CÔNG VIỆC", Role.TITLE),
        ("Nội dung thực hiện", Role.TITLE),
        ("Thời gian thực hiện", Role.TIMING),
        ("Thời hạn hoàn thành", Role.TIMING),
        ("Tiến độ thực hiện", Role.TIMING),
        ("Hoàn thành trước ngày", Role.TIMING),
        ("Hạn xử lý", Role.TIMING),
        ("Cơ quan, đơn vị chủ trì", Role.LEAD),
        ("Đơn vị thực hiện", Role.LEAD),
        ("Cơ quan chịu trách nhiệm", Role.LEAD),
        ("Bộ phận phụ trách", Role.LEAD),
        ("Cơ quan/Đơn vị phối hợp", Role.COORDINATING),
        ("Kết quả, sản phẩm dự kiến", Role.RESULT),
        ("Sản phẩm đầu ra", Role.RESULT),
        ("Kết quả thực hiện", Role.RESULT),
        ("Lãnh đạo phụ trách", Role.LEADER),
        ("Ghi chú", Role.NOTE),
        ("Kinh phí thực hiện", Role.OTHER),
        ("Nội dung phân công", Role.TITLE),
        ("Nhiệm vụ chung", Role.TITLE),
        ("Hoạt động", Role.TITLE),
        ("Đơn vị, cá nhân thực hiện", Role.LEAD),
        ("Trách nhiệm thực hiện", Role.LEAD),
        ("Cơ quan, đơn vị, địa phương phối hợp", Role.COORDINATING),
        ("Thời gian trình, ban hành", Role.TIMING),
        ("Điểm tối đa", Role.OTHER),
        ("Màu sắc", None),
    ],
)
def test_header_words_are_known_in_any_wording(label: str, role: Role | None):
    assert role_of(label) is role


def test_lead_and_coordinators_in_one_cell_are_told_apart():
    assert split_roles("Chủ trì: Phòng A;\nPhối hợp: Công an xã, Trạm Y tế") == ("Phòng A;", "Công an xã, Trạm Y tế")
    assert split_roles("Văn phòng chủ trì, phối hợp với các đơn vị") == ("Văn phòng", "các đơn vị")
    assert split_roles("Các cơ quan, đơn vị phối hợp cung cấp thông tin")[1] == ""


def test_bullets_are_told_from_hyphens():
    book = UnitBook()
    assert parts_of("- Kế hoạch - Báo cáo của Phòng Văn hóa - Xã hội - 100% hồ sơ", "txt", book.protected) == (
        "Kế hoạch",
        "Báo cáo của Phòng Văn hóa - Xã hội",
        "100% hồ sơ",
    )
    assert parts_of("Phát triển kinh tế - xã hội giai đoạn 2026 - 2030", "txt", book.protected) == (
        "Phát triển kinh tế - xã hội giai đoạn 2026 - 2030",
    )
    assert parts_of("Yêu cầu:\n- một;\n- hai", "docx", book.protected) == ("Yêu cầu:", "một", "hai")


def test_wrapped_lines_are_joined_only_where_the_column_ended():
    assert lines_of("Thông tư số 01/2020/TT-\nVPCP về kinh tế\n- xã hội", "pdf") == [
        "Thông tư số 01/2020/TT-VPCP về kinh tế - xã hội"
    ]
    assert lines_of("Báo cáo quý\nBáo cáo năm", "docx") == ["Báo cáo quý", "Báo cáo năm"]
    assert one_line("• Một việc\n• Hai việc", "pdf") == "Một việc - Hai việc"


@pytest.mark.parametrize(
    ("printed", "kind", "label"),
    [
        ("1", Kind.INT, "1"),
        ("01.", Kind.INT, "1"),
        ("1.2", Kind.DOTTED, "1.2"),
        ("1. 2.", Kind.DOTTED, "1.2"),
        ("IX", Kind.ROMAN, "IX"),
        ("Phần I", Kind.ROMAN, "I"),
        ("B", Kind.UPPER, "B"),
        ("a)", Kind.LOWER, "a"),
        ("(6)", Kind.PAREN, "(6)"),
        ("I.1", Kind.MIXED, "I.1"),
        ("B.I.1.1.a", Kind.MIXED, "B.I.1.1.a"),
        ("III.2.(1)", Kind.MIXED, "III.2.(1)"),
        ("PL2.1", Kind.OWN, "PL2.1"),
        ("NV14", Kind.OWN, "NV14"),
        ("CCHC-01", Kind.OWN, "CCHC-01"),
        ("NV 3", Kind.OWN, "NV 3"),
        ("II.3", Kind.MIXED, "II.3"),
        ("A.1-2", Kind.MIXED, "A.1-2"),
        ("M2.1.đ", Kind.MIXED, "M2.1.đ"),
        ("B.M12.1", Kind.MIXED, "B.M12.1"),
        ("1)", Kind.INT, "1"),
        ("1/", Kind.INT, "1"),
    ],
)
def test_numbers_of_rows_are_read(printed: str, kind: Kind, label: str):
    marker = read_marker(printed)
    assert marker is not None
    assert (marker.kind, marker.label) == (kind, label)


@pytest.mark.parametrize("text", ["", "-", "Việc", "2025 - 2030", "12/KH-UBND"])
def test_what_is_no_number_is_not_read_as_one(text: str):
    assert read_marker(text) is None


@pytest.mark.parametrize(
    ("text", "label", "rest"),
    [
        ("A. CHỈ SỐ CẢI CÁCH", "A", "CHỈ SỐ CẢI CÁCH"),
        ("VII CẢI CÁCH TÀI CHÍNH", "VII", "CẢI CÁCH TÀI CHÍNH"),
        ("1.2. Tổ chức hội nghị", "1.2", "Tổ chức hội nghị"),
        ("b) Giải pháp", "b", "Giải pháp"),
        ("1/ Nội dung", "1", "Nội dung"),
        ("(6) Nâng cao", "(6)", "Nâng cao"),
    ],
)
def test_a_number_at_the_start_of_a_heading_is_split_off(text: str, label: str, rest: str):
    marker, bare = split_marker(text, heading=True)
    assert marker is not None
    assert (marker.label, bare) == (label, rest)


@pytest.mark.parametrize(
    "text", ["02/2017/TT-VPCP của Văn phòng", "100% hồ sơ", "Là đầu mối", "a là chữ đầu", "5 việc lớn"]
)
def test_other_beginnings_are_left_alone(text: str):
    assert split_marker(text, heading=True) == (None, text)


def test_letters_follow_vietnamese_enumerations():
    assert [letter(index) for index in range(8)] == ["a", "b", "c", "d", "đ", "e", "g", "h"]
    assert letter(40) == "41"


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        ("Trước ngày 15/01/20\n26", "Trước ngày 15/01/2026"),
        ("31/12/202\n5", "31/12/2025"),
        ("31/12/\n2025", "31/12/2025"),
        ("tháng 9/20\n26", "tháng 9/2026"),
        ("quý 2\n3 đơn vị", "quý 2 3 đơn vị"),
        ("ngày 15/9\n2 báo cáo", "ngày 15/9 2 báo cáo"),
    ],
)
def test_a_date_that_a_narrow_column_broke_is_whole_again(lines: str, joined: str):
    assert lines_of(lines, "pdf") == [joined]
