"""Figures to reach, as plans write them."""

import json
from datetime import date
from pathlib import Path

import pytest

from rules.plan.targets import read_targets


@pytest.mark.parametrize(
    ("text", "operator", "value", "unit"),
    [
        ("≥ 95 %", ">=", 95, "%"),
        (">= 90% hồ sơ", ">=", 90, "% hồ sơ"),
        ("từ 70% trở lên", ">=", 70, "%"),
        ("đạt từ 70%", ">=", 70, "%"),
        ("đạt trên 95%", ">", 95, "%"),
        ("Trên 80% nhiệm vụ đề ra tại Kế hoạch được hoàn thành", ">", 80, "% nhiệm vụ"),
        ("tối thiểu 90%", ">=", 90, "%"),
        ("không thấp hơn 90%", ">=", 90, "%"),
        ("lớn hơn hoặc bằng 90%", ">=", 90, "%"),
        ("dưới 5%", "<", 5, "%"),
        ("không quá 5% hồ sơ", "<=", 5, "% hồ sơ"),
        ("không quá 5 trường hợp", "<=", 5, "trường hợp"),
        ("tối đa 02 lần", "<=", 2, "lần"),
        ("ít nhất 1 sáng kiến", ">=", 1, "sáng kiến"),
        ("ít nhất một sáng kiến", ">=", 1, "sáng kiến"),
        ("Mỗi cơ quan, đơn vị có ít nhất 1 sáng kiến hoặc giải pháp mới", ">=", 1,
         "sáng kiến/giải pháp mỗi cơ quan, đơn vị"),
        ("ít nhất 1.234 hồ sơ", ">=", 1234, "hồ sơ"),
        ("tỷ lệ đúng hạn đạt 98,9%", "=", 98.9, "% đúng hạn"),
        ("100% TTHC thuộc thẩm quyền được công khai", "=", 100, "% TTHC"),
        ("100% các kiến nghị sau thanh tra được thực hiện", "=", 100, "% kiến nghị"),
        ("100% công chức, viên chức được bố trí đúng vị trí", "=", 100, "% công chức, viên chức"),
        ("Tỷ lệ thanh toán trực tuyến trên tổng số giao dịch của dịch vụ công đạt từ 70%", ">=", 70, "% giao dịch"),
        ("Nâng tỷ lệ hồ sơ trực tuyến lên 80%", "=", 80, "% hồ sơ"),
        ("Giảm tỷ lệ hồ sơ trễ hạn xuống dưới 1%", "<", 1, "% hồ sơ"),
        ("hoàn thành vượt mức 100% các mục tiêu, nhiệm vụ", ">=", 100, "% mục tiêu, nhiệm vụ"),
        ("Tăng tỷ lệ hồ sơ giải quyết sớm hạn và đúng hạn", "increase", None, "% hồ sơ"),
        ("Giảm số lượng hồ sơ trễ hạn", "decrease", None, "hồ sơ"),
        ("không có công chức bị kỷ luật", "=", 0, "công chức bị kỷ luật"),
        ("chấm dứt tình trạng hồ sơ trễ hẹn", "=", 0, "hồ sơ trễ hẹn"),
        ("Sử dụng không vượt quá số lượng biên chế hành chính được giao", "<=", None, "biên chế được giao"),
        ("khảo sát mức độ hài lòng đảm bảo 02 hình thức", ">=", 2, "hình thức"),
    ],
)  # fmt: skip
def test_a_figure_has_its_operator_value_and_unit(text: str, operator: str, value: float | None, unit: str) -> None:
    (target,) = read_targets(text, 2025)
    assert (target.operator, target.value, target.unit, target.text) == (operator, value, unit, text)


@pytest.mark.parametrize(
    "text",
    [
        "", "Kế hoạch kiểm tra",
        "Quyết định số 04/2021/QĐ-UBND ngày 15/3/2021",
        "Theo Điều 8 Thông tư số 01/2020/TT-VPCP",
        "Điện thoại 0905 123 456", "Hoàn thành trước ngày 30/6/2025", "Giải quyết trong 05 ngày làm việc",
        "không quá 05 ngày làm việc", "Năm 2020, số điểm đạt 10,947/16", "dịch vụ công trực tuyến mức độ 3, 4",
        "trễ hẹn 53 hồ sơ, tỷ lệ đúng hạn đạt 98,9%", "Nghị quyết số 57-NQ/TW ngày 22/12/2024", "ISO 9001:2015",
    ],
)  # fmt: skip
def test_numbers_of_documents_dates_terms_and_the_past_are_no_targets(text: str) -> None:
    assert read_targets(text, 2025) == ()


def test_each_of_several_targets_has_its_own_day() -> None:
    found = read_targets("- Đến 31/12/2025: tối thiểu 90% kế hoạch\n- Đến 31/01/2026: 100% kế hoạch", 2025)
    assert [(t.operator, t.value, t.due) for t in found] == [
        (">=", 90, date(2025, 12, 31)),
        ("=", 100, date(2026, 1, 31)),
    ]


def test_two_figures_in_one_sentence_are_two_targets() -> None:
    found = read_targets("Tỷ lệ hài lòng đạt từ 90% trở lên, trong đó tỷ lệ rất hài lòng trên 50%", 2025)
    assert [(t.operator, t.value) for t in found] == [(">=", 90), (">", 50)]


_ANOTHER_UNIT = {  # a person added what only the whole plan says
    "Đến 31/12/2025: Hoàn thành tối thiểu 90% kế hoạch được giao",
    "Đến 31/01/2026: Hoàn thành 100% kế hoạch được giao",
    "Tỷ lệ thanh toán trực tuyến ... đạt từ 70%",
    "mỗi hồ sơ giải quyết trễ hạn phải thực hiện thư xin lỗi không quá một lần",
    "không để xảy ra tình trạng cán bộ, công chức vi phạm kỷ luật",
    "Phấn đấu cải thiện điểm số và vị trí xếp hạng",
}
_NO_FIGURE = {
    "nằm trong nhóm xuất sắc của tỉnh và trong nhóm đầu của huyện",
    "Hoàn thành mục tiêu Kế hoạch CCHC năm 2024 của xã",
}


@pytest.mark.parametrize(
    ("name", "year"), [("ba-ngoi-2025", 2025), ("hue-commune-2024", 2024), ("toc-tien-2021", 2021)]
)
def test_the_targets_of_real_plans_are_those_a_person_worked_out(shared: Path, name: str, year: int) -> None:
    truth = json.loads((shared / "truth" / f"{name}.json").read_text(encoding="utf-8"))["targets"]
    wanted = [target for target in truth if target["text"] not in _NO_FIGURE]
    assert wanted
    for target in wanted:
        (found,) = read_targets(target["text"], year)
        due = date.fromisoformat(target["due"]) if target.get("due") else None
        assert (found.operator, found.value, found.due) == (target["operator"], target["value"], due), target["text"]
        if target["text"] not in _ANOTHER_UNIT:
            assert (found.unit or "").lower() == target["unit"].lower()
