"""What a document is, who gives its tasks, and its own year."""

from datetime import date

import pytest

from documents.reading.plan.header import numbered, read_header
from rules.plan.values import DocumentKind, Level

COMMUNE = ["ỦY BAN NHÂN DÂN", "XÃ SUỐI NGANG"]
DAY = "Suối Ngang, ngày 12 tháng 01 năm 2026"


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (["Số: 1/KH-UBND", DAY, "KẾ HOẠCH", "Cải cách hành chính năm 2026"], DocumentKind.PLAN),
        (["Số: 1/CTr-UBND", DAY, "CHƯƠNG TRÌNH", "Công tác năm 2026"], DocumentKind.PLAN),
        (["Số: 1/CT-UBND", DAY, "CHỈ THỊ", "Về phòng cháy rừng"], DocumentKind.DIRECTIVE),
        (["Số: 1/TB-UBND", DAY, "THÔNG BÁO", "Kết luận của Chủ tịch UBND xã"], DocumentKind.CONCLUSION),
        (["Số: 1/TB-UBND", DAY, "THÔNG BÁO", "Về việc treo cờ Tổ quốc"], DocumentKind.DISPATCH),
        (["Số: 1-KL/ĐU", DAY, "KẾT LUẬN", "Của Ban Thường vụ Đảng ủy"], DocumentKind.CONCLUSION),
        (["Số: 1/QĐ-UBND", DAY, "QUYẾT ĐỊNH", "Về phân công nhiệm vụ"], DocumentKind.DECISION),
        (["Số: 1/UBND-NV", DAY, "V/v rà soát hồ sơ", "Kính gửi: Các thôn"], DocumentKind.DISPATCH),
        (["Số: 1/CĐ-UBND", DAY, "CÔNG ĐIỆN", "Về ứng phó bão số 3"], DocumentKind.DISPATCH),
    ],
)
def test_a_document_says_what_it_is(lines: list[str], kind: DocumentKind) -> None:
    assert read_header([*COMMUNE, *lines]).plan.kind is kind


@pytest.mark.parametrize(
    ("top", "level"),
    [
        (["THỦ TƯỚNG CHÍNH PHỦ"], Level.GOVERNMENT),
        (["BỘ NỘI VỤ"], Level.GOVERNMENT),
        (["UBND TỈNH HẢI LĂNG"], Level.PROVINCE),
        (["ỦY BAN NHÂN DÂN", "TỈNH HẢI LĂNG"], Level.PROVINCE),
        (["UBND TỈNH HẢI LĂNG", "SỞ NỘI VỤ"], Level.PROVINCE),
        (["UBND TỈNH HẢI LĂNG", "ỦY BAN NHÂN DÂN", "XÃ SUỐI NGANG"], Level.COMMUNE),
        (COMMUNE, Level.COMMUNE),
        (["UBND XÃ SUỐI NGANG", "VĂN PHÒNG HĐND VÀ UBND"], Level.INTERNAL),
    ],
)
def test_the_letterhead_says_who_gives_the_tasks(top: list[str], level: Level) -> None:
    assert read_header([*top, "Số: 5/CT-UBND", DAY, "CHỈ THỊ", "Về phòng cháy rừng"]).plan.level is level


def test_a_dispatch_is_named_by_what_it_is_about() -> None:
    lines = [*COMMUNE, "Số: 45/UBND-VHXH", "V/v rà soát hộ nghèo, hộ cận nghèo", "năm 2026", DAY, "Kính gửi: Các thôn"]
    plan = read_header(lines).plan
    assert (plan.title, plan.number) == ("V/v rà soát hộ nghèo, hộ cận nghèo năm 2026", "45/UBND-VHXH")


def test_two_directives_of_a_year_have_two_codes() -> None:
    codes = {read_header([*COMMUNE, f"Số: {n}/TB-UBND", DAY, "THÔNG BÁO", "Kết luận họp"]).plan.code for n in (12, 13)}
    assert len(codes) == 2


@pytest.mark.parametrize(
    ("title", "issued", "year"),
    [
        ("Phát triển kinh tế đêm đến năm 2030, tầm nhìn đến năm 2035", "20 tháng 11 năm 2025", 2025),
        ("Cải cách hành chính năm 2026, định hướng đến năm 2030", "28 tháng 12 năm 2025", 2026),
        ("Cải cách hành chính giai đoạn 2026 - 2030", "15 tháng 01 năm 2026", 2026),
        ("Thực hiện Nghị quyết nhiệm kỳ 2025-2030 trong năm 2026", "15 tháng 01 năm 2026", 2026),
        ("Khắc phục tồn tại năm 2025 và nâng cao chỉ số năm 2026", "15 tháng 01 năm 2026", 2026),
        ("Chuyển đổi số đến năm 2045", "03 tháng 02 năm 2026", 2026),
    ],
)
def test_a_far_goal_is_not_the_plans_year(title: str, issued: str, year: int) -> None:
    lines = [*COMMUNE, "Số: 3/KH-UBND", f"Suối Ngang, ngày {issued}", "KẾ HOẠCH", title]
    assert read_header(lines).plan.year == year


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("Số: 253/QĐ-TTg", "253/QĐ-TTg"),
        ("Số: 07/CT-TTg", "07/CT-TTg"),
        ("Số: 162/CĐ-TTg", "162/CĐ-TTg"),
        ("Số: 12/KH-BCĐ", "12/KH-BCĐ"),
        ("Số: 321/UBND", "321/UBND"),
        ("Số: 41/NQ-HĐND", "41/NQ-HĐND"),
        ("Số: 118/KH-UBND Đơn Dương, ngày 09 tháng 01 năm 2026", "118/KH-UBND"),
    ],
)
def test_symbols_keep_their_small_letters(printed: str, number: str) -> None:
    assert read_header([printed, "QUYẾT ĐỊNH", "Phê duyệt Kế hoạch năm 2026"]).plan.number == number


def test_the_province_is_not_made_of_the_next_word() -> None:
    lines = [
        *COMMUNE,
        "Số: 3/KH-UBND",
        DAY,
        "KẾ HOẠCH",
        "Rà soát năm 2026",
        "Theo Quyết định của UBND tỉnh Sửa đổi quy chế;",
    ]
    assert read_header(lines).plan.superior == "UBND tỉnh"


@pytest.mark.parametrize(
    ("cell", "number", "day"),
    [
        ("12/TB-UBND ngày 12/01/2026", "12/TB-UBND", date(2026, 1, 12)),
        ("Thông báo số 7/TB-VP ngày 3 tháng 2 năm 2026", "7/TB-VP", date(2026, 2, 3)),
        ("theo chỉ đạo miệng", None, None),
    ],
)
def test_the_document_named_in_a_cell_is_read(cell: str, number: str | None, day: date | None) -> None:
    assert numbered(cell) == (number, day)
