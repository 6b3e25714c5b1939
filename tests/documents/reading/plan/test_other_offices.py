"""Tables of tasks as other communes lay them out, from real files: what a person would understand of each."""

import time
from datetime import date

import pytest

from documents.reading.formats.blocks import Cell, Document, Paragraph, RefusedDocument, Row, Table
from documents.reading.plan.interpret import interpret
from rules.plan.units import UnitBook
from rules.timing.values import TimingKind
from tests.documents.reading.plan.offices import LEFT, UP, doubts, sheets, understood, units, word

LETTER = ("UBND XÃ BÌNH MINH", "Số: 05/KH-UBND", "Bình Minh, ngày 05 tháng 01 năm 2026", "KẾ HOẠCH")
PLAN = (*LETTER, "Cải cách hành chính năm 2026")
L5 = (LEFT,) * 5


def test_seven_columns_with_notes_and_a_total():
    reading = understood(
        "docx",
        word(
            *PLAN,
            [
                [
                    "TT",
                    "Nội dung công việc",
                    "Đơn vị chủ trì",
                    "Đơn vị phối hợp",
                    "Thời gian hoàn thành",
                    "Sản phẩm",
                    "Ghi chú",
                ],
                ["I", "CÔNG TÁC CHỈ ĐẠO", *L5],
                [
                    "1",
                    "Ban hành Kế hoạch",
                    "Phòng VH-XH",
                    "Các phòng, Trung tâm",
                    "Trước ngày 15/01/2026",
                    "Kế hoạch",
                    "",
                ],
                ["2", "Tổng hợp báo cáo", "Văn phòng", "Đơn vị liên quan", "Tháng 11", "Báo cáo", "Theo NĐ 78"],
                ["Tổng cộng: 02 nhiệm vụ", LEFT, *L5],
            ],
        ),
    )
    assert [(item.code, item.title) for item in reading.items] == [
        ("I.1", "Ban hành Kế hoạch"),
        ("I.2", "Tổng hợp báo cáo"),
    ]
    assert units(reading.items[0]) == (["PHONG_VHXH"], ["ALL"])
    assert reading.items[0].timing.last_day == date(2026, 1, 14)
    assert reading.counts.rows == 3


def test_criteria_with_points_and_three_levels_of_numbers():
    reading = understood(
        "docx",
        word(
            *PLAN,
            [
                [
                    "STT",
                    "Tiêu chí/tiêu chí thành phần",
                    "Điểm tối đa",
                    "Hạn chế",
                    "Giải pháp",
                    "Cơ quan chủ trì",
                    "Thời gian",
                ],
                ["1", "CHỈ ĐẠO ĐIỀU HÀNH", "10", "", "", "", ""],
                ["1.1", "Kế hoạch CCHC", "2", "", "", "", ""],
                ["1.1.1", "Ban hành đúng hạn", "1", "Còn chậm", "Tham mưu sớm", "Phòng VHXH", "Tháng 12/2026"],
                ["1.2", "Kiểm tra", "3", "", "Tự kiểm tra 02 đợt", "Phòng VHXH", "Quý II"],
            ],
        ),
    )
    assert [(item.code, item.title) for item in reading.items] == [
        ("1.1.1", "Ban hành đúng hạn: Tham mưu sớm"),
        ("1.2", "Kiểm tra: Tự kiểm tra 02 đợt"),
    ]
    assert [section.code for section in reading.sections] == ["1", "1.1"]


def test_who_and_with_whom_share_a_column_and_numbers_stand_in_the_titles():
    reading = understood(
        "docx",
        word(
            *PLAN,
            [
                ["Nhiệm vụ, giải pháp", "Phân công thực hiện", "Hoàn thành"],
                ["A. Tiếp cận dịch vụ", LEFT, LEFT],
                ["1. Bố trí ghế ngồi", "Trung tâm PVHCC chủ trì, phối hợp với Văn phòng", "Trong tháng 3"],
                ["2. Niêm yết", "Chủ trì: Trung tâm PVHCC; Phối hợp: các phòng", "Thường xuyên"],
                ["3. Tập huấn", "- Phòng VHXH (chủ trì)\n- Công an xã (phối hợp)", "Quý II/2026"],
                ["4. Đối thoại", "Văn phòng chủ trì; Phòng Kinh tế phối hợp", "Quý III/2026"],
            ],
        ),
    )
    assert [item.code for item in reading.items] == ["A.1", "A.2", "A.3", "A.4"]
    assert [units(item) for item in reading.items] == [
        (["TT_PVHCC"], ["VAN_PHONG"]),
        (["TT_PVHCC"], ["ALL"]),
        (["PHONG_VHXH"], ["CONG_AN"]),
        (["VAN_PHONG"], ["PHONG_KT"]),
    ]
    assert all(ref.note is None for item in reading.items for ref in (*item.lead, *item.coordinating))


def test_the_unit_in_charge_stands_beside_those_who_carry_out():
    grid = [
        ["Số TT", "Tên nhiệm vụ", "Đơn vị đầu mối", "Đơn vị thực hiện", "Cơ quan theo dõi, đôn đốc", "Thời gian"],
        ["1", "Cuộc thi", "Phòng VHXH", "Các phòng, ban", "Văn phòng", "Tháng 8 - 9/2026"],
    ]
    assert units(understood("docx", word(*PLAN, grid)).items[0]) == (["PHONG_VHXH"], ["ALL"])


def test_bullets_beside_cells_merged_over_them_belong_to_their_task():
    reading = understood(
        "docx",
        word(
            *PLAN,
            [
                ["STT", "Nhiệm vụ", "Chủ trì", "Thời gian", "Sản phẩm"],
                ["1", "Nâng cấp mạng LAN, bảo đảm:", "Phòng Kinh tế", "Quý II/2026", "Biên bản"],
                ["", "- Tốc độ 1 Gbps", UP, UP, UP],
                ["", "- Có dự phòng", UP, UP, UP],
                ["2", "Trang bị chữ ký số", UP, "30/9/2026", "Chữ ký số"],
            ],
        ),
    )
    assert [(item.code, item.title) for item in reading.items] == [
        ("1", "Nâng cấp mạng LAN, bảo đảm: - Tốc độ 1 Gbps - Có dự phòng"),
        ("2", "Trang bị chữ ký số"),
    ]
    assert units(reading.items[1]) == (["PHONG_KT"], [])


def test_headings_name_the_month_or_the_unit_of_their_tasks():
    reading = understood(
        "docx",
        word(
            *LETTER,
            "Công tác năm 2026",
            [
                ["TT", "Nội dung", "Đơn vị thực hiện", "Thời gian"],
                ["I", "Nhiệm vụ tháng 3", LEFT, LEFT],
                ["1", "Đối thoại", "Văn phòng", ""],
                ["2", "Báo cáo", "Văn phòng", "10/3"],
                ["II", "Phòng Văn hóa - Xã hội", LEFT, LEFT],
                ["1", "Tuyên truyền", "", "Thường xuyên"],
            ],
        ),
    )
    talk, report, campaign = reading.items
    assert (talk.timing.due, doubts(talk)) == (date(2026, 3, 31), {"item.inherited"})
    assert (report.timing.due, doubts(report)) == (date(2026, 3, 10), set())
    assert (units(campaign)[0], doubts(campaign)) == (["PHONG_VHXH"], {"item.inherited"})


def test_each_table_has_its_chapter_above_it_and_only_the_first_has_a_header():
    reading = understood(
        "docx",
        word(
            *PLAN,
            "I. CẢI CÁCH THỂ CHẾ",
            [["STT", "Nhiệm vụ", "Chủ trì", "Thời hạn"], ["1", "Rà soát", "Văn phòng", "Quý I"]],
            "II. CẢI CÁCH THỦ TỤC HÀNH CHÍNH",
            [["1", "Niêm yết", "Trung tâm PVHCC", "Thường xuyên"], ["2", "Kiểm tra", "Văn phòng", "Quý II"]],
        ),
    )
    assert [item.code for item in reading.items] == ["I.1", "II.1", "II.2"]
    assert [section.title for section in reading.sections] == ["CẢI CÁCH THỂ CHẾ", "CẢI CÁCH THỦ TỤC HÀNH CHÍNH"]


def test_targets_with_their_measure_and_reports_with_their_addressees():
    reading = understood(
        "docx",
        word(
            *PLAN,
            "Phụ lục I",
            [
                ["STT", "Chỉ tiêu", "Đơn vị tính", "Kế hoạch 2026", "Đơn vị theo dõi"],
                ["1", "Hồ sơ đúng hạn", "%", "≥ 99", "Trung tâm PVHCC"],
            ],
            "Phụ lục II",
            [
                ["STT", "Tên báo cáo", "Đơn vị thực hiện", "Thời hạn gửi", "Nơi nhận"],
                ["1", "Báo cáo quý I", "Phòng VH-XH", "Trước ngày 14/3", "Sở Nội vụ"],
            ],
        ),
    )
    target, report = reading.items
    assert target.results == ("≥ 99 %",)
    assert (report.title, report.timing.last_day, units(report)) == (
        "Báo cáo quý I",
        date(2026, 3, 13),
        (["PHONG_VHXH"], []),
    )


def test_unnumbered_headings_and_people_named_with_their_posts():
    reading = understood(
        "docx",
        word(
            *PLAN,
            [
                ["Nội dung", "Người thực hiện", "Thời hạn hoàn thành", "Kết quả"],
                ["Chuẩn bị", LEFT, LEFT, LEFT],
                ["Xây dựng đề cương", "Đ/c Nguyễn Văn A – Công chức Tư pháp - Hộ tịch", "20/3/2026", "Đề cương"],
                ["Kiểm tra", LEFT, LEFT, LEFT],
                ["Kiểm tra thực tế", "Tổ kiểm tra", "Từ ngày 01/4 đến 05/4/2026", "Biên bản"],
                ["Tổng hợp báo cáo", "Ông Lê Văn C, Công chức Văn hóa - Xã hội", "10/4/2026", "Báo cáo"],
            ],
        ),
    )
    assert [item.title for item in reading.items] == ["Xây dựng đề cương", "Kiểm tra thực tế", "Tổng hợp báo cáo"]
    assert [units(item)[0] for item in reading.items] == [["TU_PHAP_HO_TICH"], [None], ["VAN_HOA_XA_HOI"]]
    assert [section.title for section in reading.sections] == ["Chuẩn bị", "Kiểm tra"]


def test_a_plan_of_one_month_gives_its_month_to_what_names_none():
    reading = understood(
        "docx",
        word(
            *LETTER,
            "Công tác tháng 5 năm 2026",
            [
                ["TT", "Công việc", "Chủ trì", "Ngày"],
                ["1", "Báo cáo tháng (hoàn thành ngày 15/5)", "Văn phòng", ""],
                ["2", "Kiểm tra một cửa", "Phòng VHXH", "Tuần 2"],
                ["3", "Đối thoại (trong tháng)", "Văn phòng", ""],
                ["4", "Giao ban", "Văn phòng", "Thứ Hai hằng tuần"],
                ["5", "Tiếp dân", "Văn phòng", "20"],
                ["6", "Sơ kết", "Văn phòng", ""],
            ],
        ),
    )
    assert [item.timing.due for item in reading.items] == [
        date(2026, 5, 15),
        date(2026, 5, 14),
        date(2026, 5, 31),
        date(2026, 5, 31),
        date(2026, 5, 20),
        date(2026, 5, 31),
    ]
    assert reading.items[3].timing.start == date(2026, 5, 1)
    assert [doubts(item) for item in reading.items] == [
        set(),
        {"timing.check"},
        {"timing.check"},
        set(),
        {"timing.check"},
        {"timing.defaulted"},
    ]


def test_a_workbook_with_a_sheet_a_month_keeps_each_sheet_to_itself():
    head = [["UBND XÃ TÂN PHÚ"]]
    header = ["TT", "Nội dung công việc", "Người phụ trách", "Thời gian", "Địa điểm"]
    reading = understood(
        "xlsx",
        sheets(
            Tháng_1=[
                *head,
                ["LỊCH CÔNG TÁC THÁNG 1 NĂM 2026"],
                header,
                [1, "Họp", "Văn phòng", "Ngày 11/1", "A"],
            ],
            Tháng_2=[
                *head,
                ["LỊCH CÔNG TÁC THÁNG 2 NĂM 2026"],
                header,
                [1, "Gặp", "Văn phòng", "Trong tháng", "B"],
            ],
        ),
    )
    assert [(item.code, item.title) for item in reading.items] == [("1", "Họp"), ("PL2.1", "Gặp")]
    assert reading.sections == ()
    assert reading.items[0].timing.due == date(2026, 1, 11)
    assert reading.items[1].timing.kind is TimingKind.UNDETERMINED


def test_a_tracking_sheet_under_merged_titles_with_real_dates_and_percents():
    header = [
        "STT",
        "Nội dung nhiệm vụ",
        "Số văn bản giao",
        "Ngày ban hành",
        "Hạn hoàn thành",
        "Đơn vị chủ trì",
        "Tiến độ (%)",
        "Trạng thái",
    ]
    reading = understood(
        "xlsx",
        sheets(
            Theo_dõi=[
                ["UBND PHƯỜNG BẾN NGHÉ"],
                ["BẢNG THEO DÕI NHIỆM VỤ NĂM 2026"],
                ["(Cập nhật đến ngày 15/3/2026)"],
                header,
                [1, "Rà soát TTHC", "20/CV-UBND", date(2026, 2, 2), date(2026, 6, 30), "TTPVHCC", "40%"],
            ],
            Danh_bạ=[["STT", "Tên đơn vị", "Email"], [1, "Phòng VHXH", "a@b.vn"]],
        ),
    )
    (item,) = reading.items
    assert (reading.form, reading.plan.title, reading.plan.year) == (
        "tracking",
        "BẢNG THEO DÕI NHIỆM VỤ NĂM 2026",
        2026,
    )
    assert (item.timing.due, units(item)[0]) == (date(2026, 6, 30), ["TT_PVHCC"])
    assert item.tracking is not None
    assert (item.tracking.document_number, item.tracking.issued_on, item.tracking.progress) == (
        "20/CV-UBND",
        date(2026, 2, 2),
        "40%",
    )


@pytest.mark.parametrize("text", ["Tổng hợp: 42 nhiệm vụ", "Tổng cộng", "Tổng số: 12", "Cộng", "TỔNG SỐ 12 NHIỆM VỤ"])
def test_a_row_of_totals_is_no_task(text: str):
    grid = [["Nhiệm vụ", "Chủ trì", "Thời hạn"], ["Rà soát", "Văn phòng", "Quý I"], [text, LEFT, LEFT]]
    reading = understood("docx", word(*PLAN, grid))
    assert (len(reading.items), reading.sections) == (1, ())


@pytest.mark.parametrize("text", ["Tổng hợp báo cáo", "Tổng số hóa hồ sơ lưu trữ", "Cộng tác với báo đài"])
def test_a_task_that_begins_like_a_total_is_a_task(text: str):
    grid = [["Nhiệm vụ", "Chủ trì", "Thời hạn"], ["Rà soát", "Văn phòng", "Quý I"], [text, "Văn phòng", "Quý II"]]
    assert [item.title for item in understood("docx", word(*PLAN, grid)).items] == ["Rà soát", text]


@pytest.mark.parametrize("numbered", [True, False])
def test_a_task_that_is_worded_like_a_header_is_a_task(numbered: bool):
    grid = [
        ["STT", "Nội dung", "Đơn vị", "Thời gian", "Kết quả"],
        ["1", "Nội dung tuyên truyền", "Phòng VHXH", "Quý I", "Kết quả tuyên truyền"],
        ["2", "Nhiệm vụ 2: Giải pháp", "Các cơ quan, đơn vị", "Quý II", "Báo cáo kết quả"],
    ]
    rows = grid if numbered else [row[1:] for row in grid]
    reading = understood("docx", word(*PLAN, rows))
    assert [item.title for item in reading.items] == ["Nội dung tuyên truyền", "Nhiệm vụ 2: Giải pháp"]


def test_chapters_with_units_above_tables_without_an_owner_column():
    header = ["TT", "Nhiệm vụ", "Thời gian hoàn thành"]
    reading = understood(
        "docx",
        word(
            *PLAN,
            "1. Văn phòng HĐND và UBND",
            [header, ["1", "Rà soát quy chế", "31/8/2026"], ["2", "Báo cáo", "Hằng quý"]],
            "2. Phòng Văn hóa - Xã hội",
            [header, ["1", "Khảo sát", "Tháng 10"]],
        ),
    )
    assert [(item.code, units(item)[0]) for item in reading.items] == [
        ("1.1", ["VAN_PHONG"]),
        ("1.2", ["VAN_PHONG"]),
        ("2.1", ["PHONG_VHXH"]),
    ]


@pytest.mark.parametrize(
    "piece",
    [
        "1.",
        "1.1.",
        "I.I",
        "năm 2026 ",
        "đạt 90% ",
        "0",
        "Các phòng: ",
        "UBND ",
        "phối hợp với ",
        "(Chủ trì: ",
        "đ/c A ",
    ],
)
@pytest.mark.parametrize("column", [0, 1, 2, 3, 4])
def test_an_endless_cell_is_read_in_the_time_of_a_long_one(piece: str, column: int):
    row = ["1", "Việc", "Văn phòng", "Quý I", "Kết quả"]
    row[column] = piece * (20_000 // len(piece))
    begun = time.process_time()
    understood("txt", "\n".join(map("\t".join, (["STT", "Nhiệm vụ", "Chủ trì", "Thời gian", "Kết quả"], row))).encode())
    assert time.process_time() - begun < 8, "a cell of 20,000 letters took half an hour once"


def test_what_is_not_understood_in_time_is_refused_in_one_sentence():
    grid = Table((Row((Cell("Nhiệm vụ"), Cell("Chủ trì"))), Row((Cell("Rà soát"), Cell("Văn phòng")))), 1)
    document = Document("docx", (Paragraph("KẾ HOẠCH"), grid))
    with pytest.raises(RefusedDocument, match="chưa đọc xong sau 30 giây"):
        interpret(document, units=UnitBook(), deadline=time.monotonic() - 1)
