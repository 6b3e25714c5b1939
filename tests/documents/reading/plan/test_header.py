"""The head and foot of official documents, with and without what communes leave blank."""

from datetime import date
from pathlib import Path

import pytest

from documents.reading.plan.header import read_header
from documents.reading.plan.interpret import read_plan

PLANS = Path(__file__).resolve().parents[5] / "shared" / "plans"

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


@pytest.mark.parametrize(
    "sentence",
    [
        "Để thực hiện tốt công tác cải cách hành chính năm 2026, Ủy ban nhân dân xã ban hành Kế hoạch như sau:",
        "Nhằm nâng cao chất lượng phục vụ người dân trong năm 2026, UBND xã đề ra các nhiệm vụ sau",
        "Năm 2025, công tác cải cách hành chính của xã đạt nhiều kết quả tích cực.",
        "Hưởng ứng phong trào thi đua do Chủ tịch UBND tỉnh phát động",
        "Trong thời gian qua, được sự quan tâm của lãnh đạo",
        "Ban Chỉ đạo chuyển đổi số xã triển khai các nội dung sau:",
        "Bình Minh, ngày 05 tháng 02 năm 2026",
        "Số: 12/KH-UBND",
    ],
)
def test_the_title_ends_where_the_text_begins(sentence: str):
    plan = read_header(["KẾ HOẠCH", "Cải cách hành chính năm 2026", sentence]).plan
    assert plan.title == "Kế hoạch Cải cách hành chính năm 2026"


def test_a_title_over_several_lines_stays_whole():
    lines = [
        "KẾ HOẠCH",
        "Nâng cao mức độ hài lòng của",
        "Người dân và tổ chức đối với sự phục vụ của",
        "UBND xã Bình Minh",
    ]
    assert read_header(lines).plan.title == (
        "Kế hoạch Nâng cao mức độ hài lòng của Người dân và tổ chức đối với sự phục vụ của UBND xã Bình Minh"
    )


def test_superior_authority_and_number_may_share_a_cell_in_capitals():
    cell = "UBND TỈNH LÂM ĐỒNG\nỦY BAN NHÂN DÂN\nXÃ ĐƠN DƯƠNG\nSỐ: 118/KH-UBND"
    plan = read_header([cell, "ĐƠN DƯƠNG, NGÀY 09 THÁNG 01 NĂM 2026", "KẾ HOẠCH", "CẢI CÁCH HÀNH CHÍNH NĂM 2026"]).plan
    assert (plan.superior, plan.authority) == ("UBND tỉnh Lâm Đồng", "Ủy ban nhân dân xã Đơn Dương")
    assert (plan.number, plan.place, plan.issued_on) == ("118/KH-UBND", "Đơn Dương", date(2026, 1, 9))


@pytest.mark.parametrize(
    ("lines", "authority"),
    [
        (["UBND XÃ EA SÚP", "Số: 05/KH-UBND"], "Ủy ban nhân dân xã Ea Súp"),
        (["ỦY BAN NHÂN DÂN XÃ BÌNH HƯNG", "KẾ HOẠCH"], "Ủy ban nhân dân xã Bình Hưng"),
        (["UBND PHƯỜNG BẾN NGHÉ", "BẢNG THEO DÕI NHIỆM VỤ"], "Ủy ban nhân dân phường Bến Nghé"),
        (["ỦY BAN NHÂN DÂN XÃ BÀ", "NÀ", "Bà Nà, ngày 05 tháng 02 năm 2026"], "Ủy ban nhân dân xã Bà Nà"),
        (["ỦY BAN NHÂN DÂN", "ĐẶC KHU PHÚ QUÝ"], "Ủy ban nhân dân đặc khu Phú Quý"),
        (["UBND PHƯỜNG 12", "Số: 7/KH-UBND"], "Ủy ban nhân dân phường 12"),
    ],
)
def test_what_follows_the_name_of_the_authority_is_not_part_of_it(lines: list[str], authority: str):
    assert read_header([*lines, "KẾ HOẠCH", "Cải cách hành chính"]).plan.authority == authority


def test_the_code_is_the_communes_even_where_the_place_is_its_city():
    lines = ["UBND PHƯỜNG AN HẢI", "Đà Nẵng, ngày 05 tháng 3 năm 2026", "KẾ HOẠCH", "Cải cách hành chính năm 2026"]
    plan = read_header(lines).plan
    assert (plan.code, plan.place) == ("an-hai-2026", "Đà Nẵng")


def test_a_date_may_be_cut_by_the_edge_of_its_cell_or_printed_with_strokes():
    cut = read_header(["Bình Minh, ngày 09 tháng 01 năm", "2026", "KẾ HOẠCH", "Cải cách hành chính"]).plan
    short = read_header(["Bình Minh, ngày 9/1/2026", "KẾ HOẠCH", "Cải cách hành chính"]).plan
    assert [plan.issued_on for plan in (cut, short)] == [date(2026, 1, 9)] * 2


def test_an_annex_alone_names_the_plan_it_belongs_to():
    lines = [
        "Phụ lục số 01",
        "PHÂN CÔNG NHIỆM VỤ NĂM 2026",
        "(Ban hành kèm theo Kế hoạch số 25/KH-UBND ngày 20 tháng 01 năm 2026 của UBND phường Long Biên)",
    ]
    plan = read_header(lines).plan
    assert (plan.title, plan.number, plan.issued_on) == (lines[1], "25/KH-UBND", date(2026, 1, 20))
    assert plan.authority == "Ủy ban nhân dân phường Long Biên"


def test_the_heading_of_a_sheet_is_its_title_and_gives_the_year():
    lines = ["UBND PHƯỜNG BẾN NGHÉ", "BẢNG THEO DÕI NHIỆM VỤ NĂM 2026", "(Cập nhật đến ngày 15/3/2027)"]
    plan = read_header(lines, before_tasks=3).plan
    assert (plan.title, plan.year) == ("BẢNG THEO DÕI NHIỆM VỤ NĂM 2026", 2026)


def test_behind_the_first_task_there_is_no_title():
    lines = ["KẾ HOẠCH", "Kiểm tra năm 2026", "ghi chú dưới bảng", "KẾ HOẠCH", "Một việc"]
    assert read_header(lines, before_tasks=2).plan.title == "Kế hoạch Kiểm tra năm 2026"


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
