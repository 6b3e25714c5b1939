"""The annex tables of the corpus, of invented communes, each with its truth written beforehand.

A truth line is "code | title | leads | coordinators | last day | doubts"; several names are parted by ";".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tests.corpus.making import LEFT, UP, Block

HEAD: tuple[str, ...] = (
    "ỦY BAN NHÂN DÂN",
    "XÃ AN PHÚ",
    "Số: 12/KH-UBND",
    "An Phú, ngày 05 tháng 01 năm 2026",
    "KẾ HOẠCH",
    "Cải cách hành chính năm 2026",
    "PHỤ LỤC",
)
SHEET_HEAD = ("BẢNG THEO DÕI NHIỆM VỤ CẢI CÁCH HÀNH CHÍNH NĂM 2026",)
COLUMNS = ["STT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời hạn"]


@dataclass(frozen=True, slots=True)
class Annex:
    """One document: its name, format, blocks and truth."""

    name: str
    form: str
    blocks: Sequence[Block]
    lines: str
    sheets: Sequence[str] = ()

    @property
    def truth(self) -> dict[str, Any]:
        """The truth as `tests.corpus.report` reads it."""
        return {"items": [_item(line) for line in self.lines.strip().split("\n")]}


def _item(line: str) -> dict[str, Any]:
    code, title, lead, coordinating, due, warns = (part.strip() for part in line.split("|"))
    several = [[name.strip() for name in names.split(";") if name.strip()] for names in (lead, coordinating)]
    asked = [one.strip() for one in warns.split(",") if one.strip()]
    return {
        "code": code,
        "title": title,
        "lead": several[0],
        "coordinating": several[1],
        "due": due or None,
        "warns": asked,
    }


def word(name: str, grid: Any, lines: str, *after: Block, head: Sequence[Block] = HEAD) -> Annex:
    """An annex in Word under the usual head."""
    return Annex(name, "docx", (*head, grid, *after), lines)


def book(name: str, grid: Any, lines: str, *after: Block) -> Annex:
    """An annex in Excel under the usual heading."""
    return Annex(name, "xlsx", (*SHEET_HEAD, grid, *after), lines)


ANNEXES: tuple[Annex, ...] = (
    word(
        "a01-plain",
        [
            COLUMNS,
            ["1", "Rà soát thủ tục hành chính", "Văn phòng HĐND và UBND", "Công an xã", "Quý I/2026"],
            ["2", "Khảo sát sự hài lòng", "Phòng Văn hóa - Xã hội", "", "15/11/2026"],
        ],
        """
        1 | Rà soát thủ tục hành chính | Văn phòng HĐND và UBND | Công an xã | 2026-03-31 |
        2 | Khảo sát sự hài lòng | Phòng Văn hóa - Xã hội | | 2026-11-15 |
        """,
    ),
    word(
        "a02-sections",
        [
            COLUMNS,
            ["I", "CẢI CÁCH THỂ CHẾ", LEFT, LEFT, LEFT],
            ["1", "Rà soát văn bản", "Phòng Kinh tế", "", "Tháng 5/2026"],
            ["II", "CẢI CÁCH THỦ TỤC", LEFT, LEFT, LEFT],
            ["1", "Niêm yết thủ tục", "Trung tâm Phục vụ hành chính công", "", "Quý II/2026"],
        ],
        """
        I.1 | Rà soát văn bản | Phòng Kinh tế | | 2026-05-31 |
        II.1 | Niêm yết thủ tục | Trung tâm Phục vụ hành chính công | | 2026-06-30 |
        """,
    ),
    word(
        "a03-unit-of-measure-percent",
        [
            ["TT", "Chỉ tiêu", "Đơn vị", "Kết quả", "Cơ quan chủ trì theo dõi, đánh giá", "Thời hạn"],
            ["1", "Hồ sơ giải quyết đúng hạn", "%", "98", "Trung tâm Phục vụ hành chính công", "Quý IV/2026"],
            ["2", "Hộ được cấp nước sạch", "hộ", "120", "Phòng Kinh tế", "Quý III/2026"],
        ],
        """
        1 | Hồ sơ giải quyết đúng hạn | Trung tâm Phục vụ hành chính công | | 2026-12-31 |
        2 | Hộ được cấp nước sạch | Phòng Kinh tế | | 2026-09-30 |
        """,
    ),
    word(
        "a04-unit-of-measure-no-lead",
        [
            ["TT", "Chỉ tiêu", "ĐV", "Kế hoạch năm 2026", "Thời hạn"],
            ["1", "Số lớp tập huấn", "lớp", "2", "Quý II/2026"],
            ["2", "Số tin bài", "tin, bài", "40", "Quý IV/2026"],
        ],
        """
        1 | Số lớp tập huấn | | | 2026-06-30 | lead
        2 | Số tin bài | | | 2026-12-31 | lead
        """,
    ),
    word(
        "a05-unit-that-is-an-office",
        [
            ["TT", "Nội dung", "Đơn vị", "Thời hạn"],
            ["1", "Lập dự toán", "Phòng Kinh tế", "31/3/2026"],
            ["2", "Trực lễ", "Công an xã", "30/4/2026"],
        ],
        """
        1 | Lập dự toán | Phòng Kinh tế | | 2026-03-31 |
        2 | Trực lễ | Công an xã | | 2026-04-30 |
        """,
    ),
    word(
        "a06-overseer-beside-lead",
        [
            ["STT", "Nhiệm vụ", "Đơn vị chủ trì", "Đơn vị theo dõi, đôn đốc", "Thời hạn"],
            ["1", "Số hóa hồ sơ hộ tịch", "Phòng Văn hóa - Xã hội", "Văn phòng HĐND và UBND", "Quý III/2026"],
        ],
        """
        1 | Số hóa hồ sơ hộ tịch | Phòng Văn hóa - Xã hội | | 2026-09-30 |
        """,
    ),
    word(
        "a07-drafting-agency",
        [
            ["TT", "Tên văn bản", "Cơ quan soạn thảo", "Cơ quan phối hợp", "Thời gian trình"],
            ["1", "Nghị quyết về thu phí bến", "Phòng Kinh tế", "Văn phòng HĐND và UBND", "Tháng 6/2026"],
            ["2", "Quyết định về quy chế tiếp công dân", "Văn phòng HĐND và UBND", "", "Tháng 8/2026"],
        ],
        """
        1 | Nghị quyết về thu phí bến | Phòng Kinh tế | Văn phòng HĐND và UBND | 2026-06-30 |
        2 | Quyết định về quy chế tiếp công dân | Văn phòng HĐND và UBND | | 2026-08-31 |
        """,
    ),
    word(
        "a08-own-codes",
        [
            ["Mã NV", "Nhiệm vụ", "Thời hạn", "Chủ trì"],
            ["CCHC-01", "Rà soát văn bản", "30/6/2026", "Văn phòng HĐND và UBND"],
            ["CCHC-02", "Công khai thủ tục", "31/3/2026", "Phòng Kinh tế"],
            ["CĐS 03", "Tập huấn kỹ năng số", "30/9/2026", "Phòng Văn hóa - Xã hội"],
        ],
        """
        CCHC-01 | Rà soát văn bản | Văn phòng HĐND và UBND | | 2026-06-30 |
        CCHC-02 | Công khai thủ tục | Phòng Kinh tế | | 2026-03-31 |
        CĐS03 | Tập huấn kỹ năng số | Phòng Văn hóa - Xã hội | | 2026-09-30 |
        """,
    ),
    book(
        "a09-own-codes-in-groups",
        [
            ["Nhóm nhiệm vụ", "Mã nhiệm vụ", "Mô tả nhiệm vụ", "Ngày bắt đầu", "Ngày kết thúc", "Chủ trì"],
            ["Nhóm I: Thể chế", "NV1", "Rà soát văn bản", "01/3/2026", "30/6/2026", "Văn phòng HĐND và UBND"],
            ["Nhóm I: Thể chế", "NV2", "Kiểm tra văn bản", "01/7/2026", "30/9/2026", "Văn phòng HĐND và UBND"],
            ["Nhóm II: Số hóa", "NV10", "Số hóa hồ sơ", "01/1/2026", "31/3/2026", "Phòng Kinh tế"],
        ],
        """
        NV1 | Rà soát văn bản | Văn phòng HĐND và UBND | | 2026-06-30 |
        NV2 | Kiểm tra văn bản | Văn phòng HĐND và UBND | | 2026-09-30 |
        NV10 | Số hóa hồ sơ | Phòng Kinh tế | | 2026-03-31 |
        """,
    ),
    word(
        "a10-repeated-own-code",
        [
            ["Mã", "Nội dung công việc", "Hạn", "Chủ trì"],
            ["T01", "Lập báo cáo", "30/6/2026", "Phòng Kinh tế"],
            ["T01", "Gửi báo cáo", "05/7/2026", "Phòng Kinh tế"],
        ],
        """
        T01 | Lập báo cáo | Phòng Kinh tế | | 2026-06-30 |
        T01-2 | Gửi báo cáo | Phòng Kinh tế | | 2026-07-05 | code
        """,
    ),
    book(
        "a11-header-of-three-rows",
        [
            ["STT", "Nhiệm vụ", "Thời gian thực hiện", LEFT, LEFT, "Phân công", LEFT],
            [UP, UP, "Bắt đầu", "Kết thúc", LEFT, "Chủ trì", "Phối hợp"],
            [UP, UP, "", "Dự kiến", "Thực tế", "", ""],
            ["1", "Rà soát thủ tục", "01/03/2026", "30/06/2026", "15/06/2026", "Phòng Kinh tế", "Công an xã"],
        ],
        """
        1 | Rà soát thủ tục | Phòng Kinh tế | Công an xã | 2026-06-30 |
        """,
    ),
    word(
        "a12-header-planned-and-done",
        [
            ["TT", "Nội dung", "Đơn vị chủ trì", "Thời hạn hoàn thành", LEFT],
            [UP, UP, UP, "Kế hoạch", "Thực hiện"],
            ["1", "Cấp thẻ căn cước", "Công an xã", "30/9/2026", ""],
            ["2", "Kiểm kê đất đai", "Phòng Kinh tế", "31/10/2026", "20/10/2026"],
        ],
        """
        1 | Cấp thẻ căn cước | Công an xã | | 2026-09-30 |
        2 | Kiểm kê đất đai | Phòng Kinh tế | | 2026-10-31 |
        """,
    ),
    book(
        "a13-band-over-header",
        [
            ["THÔNG TIN NHIỆM VỤ", LEFT, LEFT, "TIẾN ĐỘ THỰC HIỆN", LEFT],
            ["STT", "Nhiệm vụ", "Đơn vị chủ trì", "Bắt đầu", "Kết thúc"],
            ["1", "Sửa cổng thông tin", "Văn phòng HĐND và UBND", "01/02/2026", "30/04/2026"],
            ["2", "Đánh giá nội bộ", "Phòng Kinh tế", "01/05/2026", "31/05/2026"],
        ],
        """
        1 | Sửa cổng thông tin | Văn phòng HĐND và UBND | | 2026-04-30 |
        2 | Đánh giá nội bộ | Phòng Kinh tế | | 2026-05-31 |
        """,
    ),
    word(
        "a14-merged-sections-from-unit",
        [
            ["TT", "Đơn vị thực hiện", "Nhiệm vụ", "Sản phẩm", "Thời gian"],
            ["A", "KHỐI PHÒNG CHUYÊN MÔN", LEFT, LEFT, LEFT],
            ["I", "PHÒNG KINH TẾ", LEFT, LEFT, LEFT],
            ["1", "Phòng Kinh tế", "Lập dự toán", "Dự toán", "Quý I/2026"],
            ["II", "PHÒNG VĂN HÓA - XÃ HỘI", LEFT, LEFT, LEFT],
            ["2", "Phòng Văn hóa - Xã hội", "Tổ chức hội thi", "Hội thi", "Quý III/2026"],
        ],
        """
        A.I.1 | Lập dự toán | Phòng Kinh tế | | 2026-03-31 |
        A.II.2 | Tổ chức hội thi | Phòng Văn hóa - Xã hội | | 2026-09-30 |
        """,
    ),
    word(
        "a15-merged-section-whole-row",
        [
            COLUMNS,
            ["I. CẢI CÁCH TÀI CHÍNH CÔNG", LEFT, LEFT, LEFT, LEFT],
            ["1", "Công khai ngân sách", "Phòng Kinh tế", "", "Quý I/2026"],
        ],
        """
        I.1 | Công khai ngân sách | Phòng Kinh tế | | 2026-03-31 |
        """,
    ),
    book(
        "a16-section-in-the-unit-column",
        [
            ["TT", "Đơn vị thực hiện", "Nhiệm vụ", "Thời hạn"],
            ["I", "CÔNG AN XÃ", "", ""],
            ["1", "Công an xã", "Cấp định danh", "30/6/2026"],
            ["II", "TRẠM Y TẾ", "", ""],
            ["2", "Trạm Y tế", "Tiêm chủng", "31/7/2026"],
        ],
        """
        I.1 | Cấp định danh | Công an xã | | 2026-06-30 |
        II.2 | Tiêm chủng | Trạm Y tế | | 2026-07-31 |
        """,
    ),
    word(
        "a17-left-merged-number",
        [
            COLUMNS,
            ["1. Kiểm tra công vụ đột xuất", LEFT, "Văn phòng HĐND và UBND", "", "Quý II/2026"],
            ["2. Kiểm tra văn thư lưu trữ", LEFT, "Phòng Văn hóa - Xã hội", "", "Quý III/2026"],
        ],
        """
        1 | Kiểm tra công vụ đột xuất | Văn phòng HĐND và UBND | | 2026-06-30 |
        2 | Kiểm tra văn thư lưu trữ | Phòng Văn hóa - Xã hội | | 2026-09-30 |
        """,
    ),
    Annex(
        "a18-sheets-by-unit",
        "xlsx",
        (
            [
                ["STT", "Nội dung công việc", "Thời hạn", "Sản phẩm"],
                ["1", "Rà soát thủ tục", "30/06/2026", "Báo cáo"],
                ["2", "Tổng hợp số liệu", "15/12/2026", "Báo cáo"],
            ],
            [
                ["STT", "Nội dung công việc", "Thời hạn", "Sản phẩm"],
                ["1", "Kiểm kê tài sản", "31/07/2026", "Biên bản"],
            ],
        ),
        """
        1 | Rà soát thủ tục | Văn phòng | | 2026-06-30 | item
        2 | Tổng hợp số liệu | Văn phòng | | 2026-12-15 | item
        PL2.1 | Kiểm kê tài sản | P. Kinh tế | | 2026-07-31 | item
        """,
        ("Văn phòng", "P. Kinh tế"),
    ),
    Annex(
        "a19-sheets-that-are-no-units",
        "xlsx",
        (
            [["STT", "Nội dung", "Chủ trì", "Thời hạn"], ["1", "Giao ban", "Văn phòng HĐND và UBND", "30/06/2026"]],
            [["STT", "Nội dung", "Chủ trì", "Thời hạn"], ["1", "Sơ kết", "Phòng Kinh tế", "31/07/2026"]],
        ),
        """
        1 | Giao ban | Văn phòng HĐND và UBND | | 2026-06-30 |
        PL2.1 | Sơ kết | Phòng Kinh tế | | 2026-07-31 |
        """,
        ("Đợt 1", "Đợt 2"),
    ),
    word(
        "a20-group-column-merged",
        [
            ["STT", "Lĩnh vực", "Nhiệm vụ", "Chủ trì", "Thời hạn"],
            ["1", "Thể chế", "Rà soát văn bản", "Phòng Kinh tế", "Quý I/2026"],
            ["2", UP, "Hợp nhất văn bản", "Phòng Kinh tế", "Quý II/2026"],
            ["3", "Chuyển đổi số", "Tập huấn", "Phòng Văn hóa - Xã hội", "Quý III/2026"],
        ],
        """
        1 | Rà soát văn bản | Phòng Kinh tế | | 2026-03-31 |
        2 | Hợp nhất văn bản | Phòng Kinh tế | | 2026-06-30 |
        3 | Tập huấn | Phòng Văn hóa - Xã hội | | 2026-09-30 |
        """,
    ),
    word(
        "a21-one-title-two-leads",
        [
            ["STT", "Nhiệm vụ", "Chủ trì", "Sản phẩm", "Thời hạn"],
            ["1", "Tuyên truyền cải cách hành chính", "Phòng Văn hóa - Xã hội", "20 tin bài", "Quý IV/2026"],
            [UP, UP, "Công an xã", "4 buổi nói chuyện", UP],
        ],
        """
        1 | Tuyên truyền cải cách hành chính | Phòng Văn hóa - Xã hội | | 2026-12-31 |
        1.a | Tuyên truyền cải cách hành chính | Công an xã | | 2026-12-31 |
        """,
    ),
    word(
        "a22-same-title-two-numbered-rows",
        [
            COLUMNS,
            ["1", "Báo cáo kết quả khắc phục", "Phòng Kinh tế", "", "30/6/2026"],
            ["2", "Báo cáo kết quả khắc phục", "Công an xã", "", "30/6/2026"],
        ],
        """
        1 | Báo cáo kết quả khắc phục | Phòng Kinh tế | | 2026-06-30 |
        2 | Báo cáo kết quả khắc phục | Công an xã | | 2026-06-30 |
        """,
    ),
    book(
        "a23-dates-turned-by-excel",
        [
            ["STT", "Nội dung công việc", "Thời hạn hoàn thành", "Đơn vị chủ trì"],
            ["1", "Báo cáo kiểm tra", date(2026, 5, 3), "Phòng Kinh tế"],
            ["2", "Ban hành kế hoạch", "15/3/2026", "Phòng Kinh tế"],
            ["3", "Rà soát thủ tục", date(2026, 10, 6), "Phòng Kinh tế"],
            ["4", "Tập huấn", "30/6/2026", "Phòng Kinh tế"],
        ],
        """
        1 | Báo cáo kiểm tra | Phòng Kinh tế | | 2026-03-05 | timing
        2 | Ban hành kế hoạch | Phòng Kinh tế | | 2026-03-15 |
        3 | Rà soát thủ tục | Phòng Kinh tế | | 2026-06-10 | timing
        4 | Tập huấn | Phòng Kinh tế | | 2026-06-30 |
        """,
    ),
    book(
        "a24-true-dates-beside-texts",
        [
            ["STT", "Nội dung công việc", "Thời hạn", "Đơn vị chủ trì"],
            ["1", "Báo cáo kiểm tra", date(2026, 3, 5), "Phòng Kinh tế"],
            ["2", "Ban hành kế hoạch", "15/3/2026", "Phòng Kinh tế"],
            ["3", "Rà soát thủ tục", date(2026, 6, 25), "Phòng Kinh tế"],
        ],
        """
        1 | Báo cáo kiểm tra | Phòng Kinh tế | | 2026-03-05 |
        2 | Ban hành kế hoạch | Phòng Kinh tế | | 2026-03-15 |
        3 | Rà soát thủ tục | Phòng Kinh tế | | 2026-06-25 |
        """,
    ),
    word(
        "a25-month-before-day",
        [
            ["STT", "Nội dung", "Chủ trì", "Hạn"],
            ["1", "Lập danh sách", "Phòng Kinh tế", "3/15/2026"],
            ["2", "Chi trả", "Phòng Kinh tế", "4/5/2026"],
        ],
        """
        1 | Lập danh sách | Phòng Kinh tế | | 2026-03-15 | timing
        2 | Chi trả | Phòng Kinh tế | | 2026-04-05 | timing
        """,
    ),
    word(
        "a26-both-orders",
        [
            ["STT", "Nội dung", "Chủ trì", "Hạn"],
            ["1", "Lập danh sách", "Phòng Kinh tế", "25/3/2026"],
            ["2", "Chi trả", "Phòng Kinh tế", "4/5/2026"],
            ["3", "Quyết toán", "Phòng Kinh tế", "6/30/2026"],
        ],
        """
        1 | Lập danh sách | Phòng Kinh tế | | 2026-03-25 |
        2 | Chi trả | Phòng Kinh tế | | 2026-05-04 | timing
        3 | Quyết toán | Phòng Kinh tế | | | timing
        """,
    ),
    book(
        "a27-date-and-hour",
        [
            ["STT", "Nội dung công việc", "Đơn vị chủ trì", "Hạn hoàn thành"],
            ["1", "Nộp hồ sơ thầu", "Phòng Kinh tế", datetime.fromisoformat("2026-09-30T17:00")],
            ["2", "Tổng hợp", "Văn phòng HĐND và UBND", date(2026, 10, 15)],
        ],
        """
        1 | Nộp hồ sơ thầu | Phòng Kinh tế | | 2026-09-30 |
        2 | Tổng hợp | Văn phòng HĐND và UBND | | 2026-10-15 |
        """,
    ),
    word(
        "a28-year-in-the-header",
        [
            ["STT", "Nhiệm vụ", "Chủ trì", "Thời hạn năm 2027"],
            ["1", "Tổng kết giai đoạn", "Văn phòng HĐND và UBND", "Quý I"],
            ["2", "Xây dựng đề án", "Phòng Kinh tế", "30/6"],
        ],
        """
        1 | Tổng kết giai đoạn | Văn phòng HĐND và UBND | | 2027-03-31 |
        2 | Xây dựng đề án | Phòng Kinh tế | | 2027-06-30 |
        """,
    ),
    word(
        "a29-marked-quarters",
        [
            ["STT", "Nhiệm vụ", "Chủ trì", "Tiến độ", LEFT, LEFT, LEFT],
            [UP, UP, UP, "Quý I", "Quý II", "Quý III", "Quý IV"],
            ["1", "Kiểm tra công vụ", "Văn phòng HĐND và UBND", "", "x", "", ""],
            ["2", "Đánh giá công chức", "Phòng Văn hóa - Xã hội", "", "", "", "x"],
        ],
        """
        1 | Kiểm tra công vụ | Văn phòng HĐND và UBND | | 2026-06-30 |
        2 | Đánh giá công chức | Phòng Văn hóa - Xã hội | | 2026-12-31 |
        """,
    ),
    word(
        "a30-marked-months-of-a-year",
        [
            ["STT", "Nhiệm vụ", "Chủ trì", "Năm 2026", LEFT, LEFT],
            [UP, UP, UP, "Tháng 5", "Tháng 6", "Tháng 7"],
            ["1", "Rà soát hộ nghèo", "Phòng Văn hóa - Xã hội", "", "x", ""],
        ],
        """
        1 | Rà soát hộ nghèo | Phòng Văn hóa - Xã hội | | 2026-06-30 |
        """,
    ),
    word(
        "a31-superseded-row",
        [
            ["STT", "Nhiệm vụ", "Chủ trì", "Thời hạn", "Ghi chú"],
            ["1", "Mua sắm máy tính", "Phòng Kinh tế", "30/6/2026", "Đã bãi bỏ theo Kế hoạch số 40/KH-UBND"],
            ["2", "Thuê dịch vụ", "Phòng Kinh tế", "30/9/2026", ""],
        ],
        """
        1 | Mua sắm máy tính | Phòng Kinh tế | | 2026-06-30 | item
        2 | Thuê dịch vụ | Phòng Kinh tế | | 2026-09-30 |
        """,
    ),
    word(
        "a32-lines-of-the-paper",
        [
            COLUMNS,
            ["(Kèm theo Kế hoạch số 12/KH-UBND ngày 05/01/2026 của UBND xã)", LEFT, LEFT, LEFT, LEFT],
            ["1", "Niêm yết thủ tục", "Phòng Kinh tế", "", "Quý I/2026"],
            ["Tổng cộng: 01 nhiệm vụ", LEFT, LEFT, LEFT, LEFT],
            ["Ghi chú: Các đơn vị báo cáo trước ngày 15 hằng tháng", LEFT, LEFT, LEFT, LEFT],
            ["Người lập biểu", LEFT, LEFT, LEFT, LEFT],
        ],
        """
        1 | Niêm yết thủ tục | Phòng Kinh tế | | 2026-03-31 |
        """,
    ),
    word(
        "a33-groups-of-offices",
        [
            COLUMNS,
            ["1", "Báo cáo kết quả", "Các sở, ban, ngành; UBND các xã, phường", "", "Quý IV/2026"],
            ["2", "Hướng dẫn nghiệp vụ", "Sở Văn hóa - Thể thao và Du lịch", "UBND xã, phường", "Quý II/2026"],
        ],
        """
        1 | Báo cáo kết quả | Các sở, ban, ngành; UBND các xã, phường | | 2026-12-31 | unit
        2 | Hướng dẫn nghiệp vụ | Sở Văn hóa - Thể thao và Du lịch | UBND xã, phường | 2026-06-30 | unit
        """,
    ),
    word(
        "a34-units-under-the-committee",
        [
            COLUMNS,
            ["1", "Mở lớp", "Phòng Văn hóa - Xã hội thuộc UBND xã", "Công an xã; Trạm Y tế", "Quý II/2026"],
            ["2", "Thu phí", "Phòng Kinh tế hoặc Văn phòng HĐND và UBND", "", "Quý III/2026"],
        ],
        """
        1 | Mở lớp | Phòng Văn hóa - Xã hội thuộc UBND xã | Công an xã; Trạm Y tế | 2026-06-30 |
        2 | Thu phí | Phòng Kinh tế; Văn phòng HĐND và UBND | | 2026-09-30 | unit
        """,
    ),
    word(
        "a35-name-broken-over-lines",
        [
            COLUMNS,
            ["1", "Khám sức khỏe", "Lãnh đạo\nTrạm Y tế", "Sở Văn hóa,\nThể thao và Du lịch", "Quý II/2026"],
            ["2", "Diễn tập", "Công an xã\nBan Chỉ huy Quân sự xã", "", "Quý III/2026"],
        ],
        """
        1 | Khám sức khỏe | Lãnh đạo Trạm Y tế | Sở Văn hóa, Thể thao và Du lịch | 2026-06-30 | unit
        2 | Diễn tập | Công an xã; Ban Chỉ huy Quân sự xã | | 2026-09-30 |
        """,
    ),
    word(
        "a36-another-commune",
        [
            COLUMNS,
            ["1", "Ký quy chế phối hợp", "UBND xã An Phú", "UBND xã Tân Hòa", "Quý II/2026"],
        ],
        """
        1 | Ký quy chế phối hợp | UBND xã An Phú | UBND xã Tân Hòa | 2026-06-30 | unit
        """,
    ),
    word(
        "a37-both-roles-in-one-cell",
        [
            ["STT", "Nhiệm vụ", "Phân công thực hiện", "Thời hạn"],
            ["1", "Sắp xếp thôn", "Chủ trì: Phòng Văn hóa - Xã hội; Phối hợp: Công an xã", "Quý II/2026"],
            ["2", "Chỉnh lý hồ sơ", "Phòng Kinh tế phối hợp với Công an xã", "Quý III/2026"],
        ],
        """
        1 | Sắp xếp thôn | Phòng Văn hóa - Xã hội | Công an xã | 2026-06-30 |
        2 | Chỉnh lý hồ sơ | Phòng Kinh tế | Công an xã | 2026-09-30 |
        """,
    ),
    word(
        "a38-lead-and-doer",
        [
            ["STT", "Nội dung", "Đơn vị đầu mối", "Đơn vị thực hiện", "Thời gian hoàn thành"],
            ["1", "Cập nhật dữ liệu", "Văn phòng HĐND và UBND", "Công an xã", "31/5/2026"],
        ],
        """
        1 | Cập nhật dữ liệu | Văn phòng HĐND và UBND | Công an xã | 2026-05-31 |
        """,
    ),
    word(
        "a39-unread-table-beside",
        [COLUMNS, ["1", "Lập kế hoạch", "Phòng Kinh tế", "", "31/1/2026"]],
        """
        1 | Lập kế hoạch | Phòng Kinh tế | | 2026-01-31 |
        """,
        "Biểu số liệu dân số",
        [
            ["Thôn", "Số hộ", "Số khẩu", "Diện tích"],
            ["Thôn Đông", "120", "510", "3,2"],
            ["Thôn Đoài", "98", "402", "2,9"],
            ["Thôn Nam", "143", "611", "4,1"],
        ],
    ),
    Annex(
        "a40-tabs-pasted-from-word",
        "txt",
        (
            *HEAD,
            [
                COLUMNS,
                ["1", "Niêm yết thủ tục", "Phòng Kinh tế", "Công an xã", "Quý I/2026"],
                ["2", "Sơ kết sáu tháng", "Văn phòng HĐND và UBND", "", "trước ngày 15/7/2026"],
            ],
        ),
        """
        1 | Niêm yết thủ tục | Phòng Kinh tế | Công an xã | 2026-03-31 |
        2 | Sơ kết sáu tháng | Văn phòng HĐND và UBND | | 2026-07-14 |
        """,
    ),
    word(
        "a41-rhythms",
        [
            COLUMNS,
            ["1", "Báo cáo tháng", "Phòng Kinh tế", "", "Ngày 20 hằng tháng"],
            ["2", "Tuyên truyền", "Phòng Văn hóa - Xã hội", "", "Thường xuyên"],
        ],
        """
        1 | Báo cáo tháng | Phòng Kinh tế | | |
        2 | Tuyên truyền | Phòng Văn hóa - Xã hội | | |
        """,
    ),
    word(
        "a42-sub-tasks-inherit",
        [
            COLUMNS,
            ["1", "Nâng cao chất lượng dịch vụ", "Phòng Kinh tế", "", "Quý II/2026"],
            ["1.1", "Lắp đặt ki-ốt", "", "", "30/4/2026"],
            ["1.2", "Tập huấn cán bộ", "Công an xã", "", ""],
        ],
        """
        1 | Nâng cao chất lượng dịch vụ | Phòng Kinh tế | | 2026-06-30 |
        1.1 | Lắp đặt ki-ốt | Phòng Kinh tế | | 2026-04-30 | item
        1.2 | Tập huấn cán bộ | Công an xã | | 2026-06-30 | item
        """,
    ),
    book(
        "a43-figures-are-no-title",
        [
            ["STT", "Nhiệm vụ", "Nội dung chỉ tiêu", "Chủ trì", "Thời hạn"],
            [1, "Trồng cây phân tán", 5000, "Phòng Kinh tế", "31/3/2026"],
            [2, "Bê tông hóa đường", 3.5, "Phòng Kinh tế", "30/11/2026"],
        ],
        """
        1 | Trồng cây phân tán | Phòng Kinh tế | | 2026-03-31 |
        2 | Bê tông hóa đường | Phòng Kinh tế | | 2026-11-30 |
        """,
    ),
    word(
        "a44-columns-in-another-order",
        [
            ["Thời gian", "Cơ quan chủ trì", "Nội dung công việc", "TT", "Cơ quan phối hợp"],
            ["Tháng 3/2026", "Công an xã", "Tuần tra", "1", "Ban Chỉ huy Quân sự xã"],
            ["Tháng 4/2026", "Trạm Y tế", "Phun thuốc", "2", ""],
        ],
        """
        1 | Tuần tra | Công an xã | Ban Chỉ huy Quân sự xã | 2026-03-31 |
        2 | Phun thuốc | Trạm Y tế | | 2026-04-30 |
        """,
    ),
    word(
        "a45-groups-whose-numbers-begin-anew",
        [
            ["Nhóm", "TT", "Nhiệm vụ", "Chủ trì", "Thời hạn"],
            ["Thể chế", "1", "Rà soát văn bản", "Phòng Kinh tế", "30/6/2026"],
            [UP, "2", "Kiểm tra văn bản", "Phòng Kinh tế", "30/6/2026"],
            ["Tài chính", "1", "Công khai ngân sách", "Phòng Kinh tế", "30/6/2026"],
            [UP, "2", "Quyết toán thu chi", "Phòng Kinh tế", "30/6/2026"],
        ],
        """
        M1.1 | Rà soát văn bản | Phòng Kinh tế | | 2026-06-30 |
        M1.2 | Kiểm tra văn bản | Phòng Kinh tế | | 2026-06-30 |
        M2.1 | Công khai ngân sách | Phòng Kinh tế | | 2026-06-30 |
        M2.2 | Quyết toán thu chi | Phòng Kinh tế | | 2026-06-30 |
        """,
    ),
    word(
        "a46-merged-title-other-units",
        [
            ["TT", "Nhiệm vụ", "Chủ trì", "Thời hạn"],
            ["1", "Báo cáo kết quả", "Phòng Kinh tế", "30/6/2026"],
            [UP, UP, "Công an xã", UP],
            ["2", "Phát tờ rơi", "Trạm Y tế", "31/7/2026"],
            ["3", UP, "Phòng Văn hóa - Xã hội", "31/8/2026"],
        ],
        """
        1 | Báo cáo kết quả | Phòng Kinh tế | | 2026-06-30 |
        1.a | Báo cáo kết quả | Công an xã | | 2026-06-30 |
        2 | Phát tờ rơi | Trạm Y tế | | 2026-07-31 |
        3 | Phát tờ rơi | Phòng Văn hóa - Xã hội | | 2026-08-31 |
        """,
    ),
    word(
        "a47-overseer-beside-doer",
        [
            ["TT", "Chỉ tiêu", "Đơn vị tính", "Đơn vị thực hiện", "Đơn vị theo dõi", "Thời hạn"],
            ["1", "Thu phí bến bãi", "%", "Công an xã", "Phòng Kinh tế", "30/6/2026"],
        ],
        """
        1 | Thu phí bến bãi | Công an xã | | 2026-06-30 |
        """,
    ),
    word(
        "a48-chapter-with-the-unit-of-its-tasks",
        [
            COLUMNS,
            ["I", "CẢI CÁCH TÀI CHÍNH", "Phòng Kinh tế", "", ""],
            ["1", "Công khai ngân sách", "", "", "30/6/2026"],
            ["2", "Kiểm kê tài sản", "", "Công an xã", "31/7/2026"],
        ],
        """
        I.1 | Công khai ngân sách | Phòng Kinh tế | | 2026-06-30 | item
        I.2 | Kiểm kê tài sản | Phòng Kinh tế | Công an xã | 2026-07-31 | item
        """,
    ),
    word(
        "a49-own-codes-with-a-slash",
        [
            ["STT", "Mã nhiệm vụ", "Nhiệm vụ", "Chủ trì", "Thời hạn"],
            ["1", "KH2026/03", "Lập quy hoạch", "Phòng Kinh tế", "30/6/2026"],
            ["2", "CĐS-06", "Mua chữ ký số", "Văn phòng HĐND và UBND", "31/7/2026"],
        ],
        """
        KH2026-03 | Lập quy hoạch | Phòng Kinh tế | | 2026-06-30 |
        CĐS-06 | Mua chữ ký số | Văn phòng HĐND và UBND | | 2026-07-31 |
        """,
    ),
    word(
        "a50-quarters-of-two-years",
        [
            ["TT", "Nhiệm vụ", "Chủ trì", "Lộ trình", LEFT, LEFT, LEFT],
            [UP, UP, UP, "Năm 2026", LEFT, "Năm 2027", LEFT],
            [UP, UP, UP, "Quý III", "Quý IV", "Quý I", "Quý II"],
            ["1", "Xây nhà văn hóa", "Phòng Kinh tế", "", "", "x", ""],
            ["2", "Sửa cầu", "Phòng Kinh tế", "", "x", "", ""],
        ],
        """
        1 | Xây nhà văn hóa | Phòng Kinh tế | | 2027-03-31 | timing
        2 | Sửa cầu | Phòng Kinh tế | | 2026-12-31 |
        """,
    ),
)
