"""The head and foot of official documents, with and without what communes leave blank."""

from datetime import date
from pathlib import Path

import pytest

from documents.reading.header import read_header
from documents.reading.interpret import read_plan

PLANS = Path(__file__).resolve().parents[4] / "shared" / "plans"

LETTER = [
    "ỦY BAN NHÂN DÂN",
    "PHƯỜNG ĐÔNG HẢI",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "Số: 07/KH-UBND",
    "Đông Hải, ngày 09 tháng 01 năm 2026",
    "KẾ HOẠCH",
    "Cải cách hành chính nhà nước năm 2026",
    "trên địa bàn phường Đông Hải",
    "Căn cứ Kế hoạch số 12/KH-UBND ngày 02/01/2026 của UBND tỉnh Khánh Hòa;",
    "UBND phường ban hành Kế hoạch như sau:",
    "I. MỤC ĐÍCH",
    "Nơi nhận:",
    "- UBND tỉnh (b/c);",
    "- Lưu: VT.",
    "TM. ỦY BAN NHÂN DÂN",
    "KT. CHỦ TỊCH",
    "PHÓ CHỦ TỊCH",
    "Trần Văn Bình",
]


def test_a_complete_letterhead_is_read():
    plan = read_header(LETTER).plan
    assert plan.title == "Kế hoạch Cải cách hành chính nhà nước năm 2026 trên địa bàn phường Đông Hải"
    assert (plan.number, plan.symbol) == ("07/KH-UBND", "KH-UBND")
    assert plan.authority == "UBND phường Đông Hải"
    assert (plan.place, plan.issued_on, plan.year) == ("Đông Hải", date(2026, 1, 9), 2026)
    assert plan.superior == "UBND tỉnh Khánh Hòa"
    assert plan.signer == "Trần Văn Bình"
    assert plan.recipients == ("UBND tỉnh (b/c)", "Lưu: VT.")
    assert plan.code == "dong-hai-2026"


def test_a_letterhead_that_a_pdf_prints_on_shared_lines_is_the_same():
    shared = [
        "ỦY BAN NHÂN DÂN CỘNG HÒA XÃ HỘI CHỦ NGHĨA",
        "PHƯỜNG ĐÔNG HẢI VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số: 07/KH-UBND Đông Hải, ngày 09 tháng 01 năm 2026",
        *LETTER[6:],
    ]
    assert read_header(shared) == read_header(LETTER)


def test_a_blank_day_stays_unknown_and_only_its_month_bounds_contradictions():
    lines = ["Số:      /KH-UBND", "Đông Hải, ngày      tháng 9 năm 2025", "KẾ HOẠCH", "Nâng cao chỉ số SIPAS năm 2025"]
    head = read_header(lines)
    assert (head.plan.number, head.plan.symbol) == (None, "KH-UBND")
    assert head.plan.issued_on is None
    assert head.plan.issued_printed == "ngày tháng 9 năm 2025"
    assert head.floor == date(2025, 9, 1)


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("Bình Minh, ngày 5 tháng 3 năm 2026", date(2026, 3, 5)),
        ("Bình Minh, ngày … tháng … năm 2026", None),
        ("Bình Minh, ngày 31 tháng 02 năm 2026", None),
    ],
)
def test_days_of_issue_are_read_or_left_unknown(printed: str, day: date | None):
    head = read_header([printed, "KẾ HOẠCH", "Cải cách hành chính"])
    assert head.plan.issued_on == day
    assert (head.plan.place, head.plan.year) == ("Bình Minh", 2026)


@pytest.mark.parametrize(
    ("printed", "number", "symbol"),
    [
        ("Số: 123 /KH-UBND", "123/KH-UBND", "KH-UBND"),
        ("Số:…../KH-UBND", None, "KH-UBND"),
        ("Số: 12/2026/QĐ-UBND", "12/2026/QĐ-UBND", "QĐ-UBND"),
        ("Số 05/KH - UBND.VX", "05/KH-UBND.VX", "KH-UBND.VX"),
        ("Căn cứ Kế hoạch số 12/KH-UBND", None, None),
    ],
)
def test_numbers_are_read_as_printed(printed: str, number: str | None, symbol: str | None):
    plan = read_header([printed, "KẾ HOẠCH", "Cải cách hành chính"]).plan
    assert (plan.number, plan.symbol) == (number, symbol)


def test_a_title_that_runs_into_the_legal_basis_ends_before_it():
    lines = [
        "KẾ HOẠCH",
        "Nâng cao chỉ số năm 2026 trên địa bàn xã Bình Minh Thực hiện công văn số 5/UBND-NV ngày 1/1/2026",
    ]
    assert read_header(lines).plan.title == "Kế hoạch Nâng cao chỉ số năm 2026 trên địa bàn xã Bình Minh"


def test_the_plans_year_is_the_last_one_of_its_title():
    lines = ["KẾ HOẠCH", "Khắc phục tồn tại năm 2025 và nâng cao chỉ số năm 2026"]
    assert read_header(lines).plan.year == 2026


def test_before_the_two_tier_model_the_superior_is_the_district():
    lines = [
        "Tân An, ngày 02 tháng 02 năm 2024",
        "KẾ HOẠCH",
        "CCHC năm 2024",
        "Căn cứ Quyết định của UBND tỉnh Long An;",
        "Thực hiện Kế hoạch của UBND huyện Cần Đước;",
    ]
    assert read_header(lines).plan.superior == "UBND huyện Cần Đước"


def test_nothing_is_invented_for_an_empty_document():
    plan = read_header([]).plan
    assert plan.code == "ke-hoach"
    assert {value for name, value in plan if name not in ("code", "recipients")} == {None}


@pytest.mark.skipif(not PLANS.exists(), reason="the shared plans are not on this machine")
@pytest.mark.parametrize("form", ["docx", "odt", "pdf"])
def test_the_head_of_ba_ngoi_is_the_same_in_every_format(form: str):
    plan = read_plan(PLANS / f"files/ba-ngoi-2025.{form}").plan
    assert plan == read_plan(PLANS / "ba-ngoi-2025.txt").plan
    assert plan.code == "ba-ngoi-2025"
    assert plan.authority == "UBND phường Ba Ngòi"
    assert (plan.superior, plan.signer) == ("UBND tỉnh Khánh Hòa", "Phạm Thị Ngọc Ánh")


@pytest.mark.skipif(not PLANS.exists(), reason="the shared plans are not on this machine")
def test_the_head_of_toc_tien_is_read_from_hard_wrapped_lines():
    plan = read_plan(PLANS / "toc-tien-2021.txt").plan
    assert plan.title == (
        "Kế hoạch Khắc phục những tồn tại, hạn chế trong công tác cải cách hành chính năm 2020 và giải pháp khắc phục, "
        "nâng cao chỉ số cải cách hành chính (PAR INDEX) năm 2021 trên địa bàn xã Tóc Tiên"
    )
    assert (plan.number, plan.place, plan.issued_on) == ("45/KH-UBND", "Tóc Tiên", date(2021, 5, 6))
    assert (plan.year, plan.code) == (2021, "toc-tien-2021")
    assert plan.authority == "Ủy ban nhân dân xã Tóc Tiên"
    assert (plan.superior, plan.signer) == ("UBND thị xã Phú Mỹ", "Nguyễn Phi Trường")
