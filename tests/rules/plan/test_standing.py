"""Measures without a time: which go on all the year, and which end with something in hand."""

from datetime import date

import pytest

from rules.plan.standing import is_standing, proposed_day


@pytest.mark.parametrize(
    "title",
    [
        "Tiếp tục quán triệt các văn bản chỉ đạo của tỉnh",
        "Tăng cường kiểm tra việc xây dựng, ban hành văn bản",
        "Đẩy mạnh công tác tuyên truyền về cải cách hành chính",
        "Nâng cao chất lượng rà soát, hệ thống hóa văn bản",
        "Duy trì chế độ trực tại bộ phận một cửa",
        "Công khai, niêm yết thủ tục hành chính tại trụ sở",
        "Về kỷ luật: Thực hiện nghiêm giờ giấc làm việc",
        "Theo dõi, đôn đốc việc thực hiện Kế hoạch này",
        "Tổ chức thực hiện đầy đủ các hình thức tiếp nhận phản ánh",
        "Không để xảy ra tình trạng công chức nhũng nhiễu",
    ],
)
def test_a_standing_verb_without_a_product_is_a_standing_duty(title: str) -> None:
    assert is_standing(title)


@pytest.mark.parametrize(
    "title",
    [
        "Ban hành Kế hoạch tuyên truyền cải cách hành chính",
        "Xây dựng và thực hiện tốt quy chế phối hợp",
        "Tiếp tục xây dựng Quy chế làm việc của Ban Chỉ đạo",
        "Tổ chức cuộc họp đánh giá công tác cải cách hành chính",
        "Cử công chức dự lớp bồi dưỡng. Đồng thời ban hành quyết định cử đi học",
        "Tăng cường kiểm tra; báo cáo kết quả về UBND xã",
        "Thành lập Tổ công nghệ số cộng đồng",
        "Đẩy mạnh giải ngân, hoàn thành 100% kế hoạch vốn",
        "Theo dõi việc thực hiện và báo cáo Chủ tịch UBND xã",
        "Việc thứ nhất",
        "",
    ],
)
def test_a_product_an_end_or_what_cannot_be_told_is_asked(title: str) -> None:
    assert not is_standing(title)


def test_a_printed_result_is_a_product() -> None:
    assert not is_standing("Duy trì trang thông tin điện tử", ("Báo cáo quản trị trang",))


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [
        (2026, None, date(2026, 12, 31)),
        (2026, 2, date(2026, 2, 28)),
        (2028, 2, date(2028, 2, 29)),
        (2026, 12, date(2026, 12, 31)),
    ],
)
def test_the_last_day_of_the_plan_is_proposed(year: int, month: int | None, day: date) -> None:
    assert proposed_day(year, month) == day
