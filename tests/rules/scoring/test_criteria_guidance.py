"""Guidance as provinces print it, and the rule it means."""

from decimal import Decimal
from typing import Any

import pytest

from rules.scoring.criteria.guidance import rule_of


def bands(guidance: str) -> list[tuple[Any, ...]]:
    """The ends and points of the bands in a guidance."""
    rule = rule_of(guidance, [], Decimal(2))
    assert rule is not None
    assert rule["type"] == "bands"
    return [tuple((key, str(value)) for key, value in band.items()) for band in rule["bands"]]


@pytest.mark.parametrize(
    "guidance",
    [
        "≥ 30%: 1 điểm; từ 25% - <30%: 0,5 điểm; <25%: 0 điểm",
        "- Từ 30% trở lên: 1\n- Từ 25% đến dưới 30%: 0,5\n- Dưới 25%: 0",
        "Nếu tỷ lệ đạt từ 30% trở lên: 1 điểm. Nếu tỷ lệ đạt từ 25% đến dưới 30%: 0.5 điểm. Nếu dưới 25%: 0 điểm.",
        "Tối thiểu 30% thì được 1 điểm; 25% - dưới 30% thì được 0,5 điểm; thấp hơn 25% không tính điểm",
    ],
)
def test_bands_are_the_same_however_they_are_worded(guidance: str) -> None:
    assert bands(guidance) == [
        (("from", "30"), ("points", "1")),
        (("from", "25"), ("below", "30"), ("points", "0.5")),
        (("below", "25"), ("points", "0")),
    ]


def test_above_and_up_to_are_told_from_from_and_below() -> None:
    assert bands("Trên 90%: 2 điểm; từ trên 70% đến 90%: 1 điểm; dưới hoặc bằng 70%: 0 điểm") == [
        (("over", "90"), ("points", "2")),
        (("over", "70"), ("to", "90"), ("points", "1")),
        (("to", "70"), ("points", "0")),
    ]


@pytest.mark.parametrize(
    ("guidance", "target"),
    [
        ("Điểm được tính theo công thức: (b/a) x điểm tối đa. Trong đó a là tổng số hồ sơ", 100),
        ("[(Tỷ lệ % x điểm tối đa)/95%]", 95),
        ("Tỷ lệ đạt được / 80% × điểm tối đa", 80),
        ("Điểm = Tỷ lệ * điểm chuẩn.", 100),
        ("Điểm = Tỷ lệ × điểm chuẩn", 100),
        ("Số điểm bằng tỷ lệ % hồ sơ đúng hạn nhân với điểm chuẩn", 100),
        ("Điểm đạt được = tỷ lệ thực hiện x thang điểm", 100),
        ("Điểm chuẩn x tỷ lệ đạt được/90%", 90),
    ],
)
def test_a_formula_is_a_ratio_to_its_target(guidance: str, target: int) -> None:
    assert rule_of(guidance, [], Decimal(2)) == {"type": "ratio", "target": Decimal(target)}


@pytest.mark.parametrize(
    "guidance", ["Mỗi ngày chậm trừ 0,25 điểm", "Trừ 0,25 điểm/ngày chậm", "Gửi chậm 01 ngày bị trừ 0,25 điểm"]
)
def test_a_point_off_per_day_late(guidance: str) -> None:
    assert rule_of(guidance, [], Decimal(2)) == {"type": "late", "per_day": Decimal("0.25")}


def test_bonus_and_penalty_need_their_limit() -> None:
    bonus = rule_of("Mỗi sáng kiến được công nhận cộng 0,5 điểm, tối đa 1 điểm", [], Decimal(0))
    assert bonus is not None
    assert (bonus["type"], bonus["per"], bonus["cap"]) == ("bonus", Decimal("0.5"), 1)
    penalty = rule_of("Cứ 01 vi phạm bị trừ 1 điểm, không quá 2 điểm", [], Decimal(0))
    assert penalty is not None
    assert (penalty["type"], penalty["floor"]) == ("penalty", -2)
    assert rule_of("Mỗi sáng kiến cộng 0,5 điểm", [], Decimal(0)) is None


@pytest.mark.parametrize("guidance", ["", "Chấm theo hồ sơ", "Theo quy định của Sở Nội vụ", "Đạt yêu cầu: 2 điểm"])
def test_what_is_not_understood_is_left_to_a_person(guidance: str) -> None:
    assert rule_of(guidance, [], Decimal(2)) is None


def test_a_stretch_said_twice_counts_once() -> None:
    assert bands("Từ 80% trở lên: 2 điểm; ≥ 80%: 2 điểm; dưới 80%: 0 điểm") == [
        (("from", "80"), ("points", "2")),
        (("below", "80"), ("points", "0")),
    ]


def test_thousands_are_grouped_in_guidance_and_points_are_not() -> None:
    rule = rule_of("Từ 1.000 hồ sơ trở lên, đạt 100%: 1.125 điểm; dưới 100%: 0 điểm", [], Decimal("1.125"))
    assert rule is not None
    assert rule["bands"][0]["points"] == Decimal("1.125")
