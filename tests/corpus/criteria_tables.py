"""The criteria tables of the corpus, invented, each with its leaves and rules written beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.corpus.making import LEFT, Block

HEAD = ("BỘ TIÊU CHÍ CHẤM ĐIỂM CẢI CÁCH HÀNH CHÍNH NĂM 2026",)


@dataclass(frozen=True, slots=True)
class Criteria:
    """One table: its name, format, blocks, maxima by leaf, rules by leaf, and how many errors it has."""

    name: str
    form: str
    blocks: Sequence[Block]
    leaves: Mapping[str, float]
    rules: Mapping[str, str] = field(default_factory=dict)
    errors: int = 0

    @property
    def truth(self) -> dict[str, Any]:
        """The truth as `tests.corpus.report` reads it, with rules and errors beside it."""
        return {"leaves": dict(self.leaves), "rules": dict(self.rules), "errors": self.errors}


TABLES: tuple[Criteria, ...] = (
    Criteria(
        "c01-letters",
        "docx",
        (
            *HEAD,
            [
                ["TT", "Tiêu chí", "Điểm tối đa", "Tự chấm"],
                ["I", "TIÊU CHÍ CHUNG", "10", ""],
                ["1", "Kỷ luật lao động", "6", ""],
                ["a)", "Đi làm đúng giờ", "2,5", ""],
                ["b)", "Mặc trang phục đúng quy định", "3,5", ""],
                ["2", "Văn hóa công sở", "4", ""],
                ["a)", "Giao tiếp lịch sự", "2", ""],
                ["b)", "Giữ gìn vệ sinh", "2", ""],
                ["", "Tổng cộng", "10", ""],
            ],
        ),
        {"I.1.a": 2.5, "I.1.b": 3.5, "I.2.a": 2, "I.2.b": 2},
    ),
    Criteria(
        "c02-letters-as-a-choice",
        "xlsx",
        (
            *HEAD,
            [
                ["TT", "Tiêu chí", "Điểm tối đa"],
                ["1", "Mức độ hoàn thành kế hoạch", 2],
                ["a)", "Hoàn thành 100%", 2],
                ["b)", "Hoàn thành từ 80% đến dưới 100%", 1],
                ["c)", "Hoàn thành dưới 80%", 0],
                ["2", "Gửi báo cáo", 1],
            ],
        ),
        {"1": 2, "2": 1},
        {"1": "bands", "2": "manual"},
    ),
    Criteria(
        "c03-glued-codes",
        "docx",
        (
            *HEAD,
            [
                ["Tiêu chí", "Điểm chuẩn", "Cách chấm điểm"],
                ["2.Phong trào", "5", ""],
                ["2.3.Thi đua", "3", "Đúng hạn: 3; chậm: 1; không có: 0"],
                ["2.4.Tủ sách", "2", "Điểm = Tỷ lệ × điểm chuẩn"],
            ],
        ),
        {"2.3": 3, "2.4": 2},
        {"2.3": "cases", "2.4": "ratio"},
    ),
    Criteria(
        "c04-group-without-points",
        "docx",
        (
            *HEAD,
            [
                ["STT", "Tiêu chí thi đua", "Điểm chuẩn", "Hướng dẫn chấm điểm"],
                ["I", "NHÓM XÃ", "10", ""],
                ["1", "Tỷ lệ hồ sơ trực tuyến", "10", "Điểm = Tỷ lệ * điểm chuẩn."],
                ["II", "NHÓM DOANH NGHIỆP", "", ""],
                ["", "Xếp loại theo số lượng từ cao xuống thấp", "", ""],
            ],
        ),
        {"1": 10},
        {"1": "ratio"},
    ),
    Criteria(
        "c05-guidance-in-other-words",
        "xlsx",
        (
            *HEAD,
            [
                ["Mã", "Nội dung đánh giá", "Thang điểm", "Phương pháp xác định", "Hồ sơ minh chứng"],
                ["1", "Báo cáo định kỳ", 2, "Mỗi ngày chậm trừ 0,25 điểm", "Báo cáo"],
                [
                    "2",
                    "Hồ sơ đúng hạn",
                    3,
                    "Từ 95% trở lên: 3 điểm; từ 80% đến dưới 95%: 1 điểm; dưới 80%: 0 điểm",
                    "Sổ",
                ],
            ],
        ),
        {"1": 2, "2": 3},
        {"1": "late", "2": "bands"},
    ),
    Criteria(
        "c06-points-in-the-name",
        "docx",
        (
            *HEAD,
            [
                ["TT", "Tiêu chí", "Điểm tối đa"],
                ["I", "THỂ CHẾ (4 điểm)", ""],
                ["1", "Rà soát văn bản", "1,5"],
                ["2", "Kiểm tra văn bản", "2,5"],
            ],
        ),
        {"1": 1.5, "2": 2.5},
    ),
    Criteria(
        "c07-parts-without-numbers",
        "docx",
        (
            *HEAD,
            [
                ["TT", "Tiêu chí", "Điểm tối đa"],
                ["1", "Kế hoạch năm", "2"],
                ["", "- Có kế hoạch", "0,5"],
                ["", "- Có báo cáo", "1,5"],
                ["2", "Sáng kiến", "1"],
            ],
        ),
        {"1.a": 0.5, "1.b": 1.5, "2": 1},
    ),
    Criteria(
        "c08-nobody-reaches-the-maximum",
        "docx",
        (
            *HEAD,
            [
                ["TT", "Tiêu chí", "Điểm tối đa", "Hướng dẫn"],
                ["1", "Báo cáo năm", "5", "Đúng hạn: 3 điểm; chậm: 1 điểm; không có: 0 điểm"],
            ],
        ),
        {"1": 5},
        {"1": "cases"},
        errors=1,
    ),
    Criteria(
        "c09-a-leaf-without-points",
        "docx",
        (
            *HEAD,
            [
                ["TT", "Tiêu chí", "Điểm tối đa"],
                ["I", "THỂ CHẾ", "3"],
                ["1", "Rà soát văn bản", "3"],
                ["2", "Kiểm tra văn bản", ""],
            ],
        ),
        {"1": 3, "2": 0},
        errors=2,
    ),
    Criteria(
        "c10-roman-letters-and-brackets",
        "docx",
        (
            *HEAD,
            [
                ["TT", "Nội dung tiêu chí", "Mức điểm", "Cách tính điểm"],
                ["A", "KỶ CƯƠNG", "3", ""],
                ["1", "Chấp hành giờ giấc", "3", ""],
                ["(a)", "Đi họp đúng giờ", "1", "Có kiểm tra: 1; không kiểm tra: 0"],
                ["(b)", "Gửi báo cáo đúng hạn", "2", "Mỗi ngày chậm trừ 0,5 điểm"],
            ],
        ),
        {"A.1.a": 1, "A.1.b": 2},
        {"A.1.a": "cases", "A.1.b": "late"},
    ),
    Criteria(
        "c11-merged-area-rows",
        "docx",
        (
            *HEAD,
            [
                ["TT", "Tiêu chí", "Điểm tối đa", "Hướng dẫn chấm điểm"],
                ["A", "CHỈ ĐẠO ĐIỀU HÀNH", "4", LEFT],
                ["1", "Ban hành kế hoạch", "1,5", "Ban hành đúng hạn: 1,5; ban hành chậm: 0,5; không ban hành: 0"],
                ["2", "Mức độ hoàn thành", "2,5", "(Tỷ lệ đạt được / 90%) x điểm tối đa"],
                ["", "Tổng điểm", "4", ""],
            ],
        ),
        {"1": 1.5, "2": 2.5},
        {"1": "cases", "2": "ratio"},
    ),
    Criteria(
        "c12-three-levels-and-thousands",
        "xlsx",
        (
            *HEAD,
            [
                ["Mã", "Tiêu chí", "Điểm tối đa", "Hướng dẫn chấm điểm"],
                ["I", "DỊCH VỤ CÔNG", "1.000", ""],
                ["1", "Hồ sơ", "600", ""],
                ["1.1", "Hồ sơ trực tuyến", "400", "Đúng hạn: 400; chậm: 100; không có: 0"],
                ["1.2", "Thanh toán trực tuyến", "200", "Điểm = tỷ lệ x điểm chuẩn"],
                ["2", "Hài lòng", "400", "Theo kết quả điều tra xã hội học"],
            ],
        ),
        {"1.1": 400, "1.2": 200, "2": 400},
        {"1.1": "cases", "1.2": "ratio", "2": "manual"},
    ),
)
