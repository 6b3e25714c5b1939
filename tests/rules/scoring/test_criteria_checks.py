"""A set that does not add up, or whose rules are incomplete, is found out."""

from typing import Any

import pytest
from pydantic import ValidationError

from rules.scoring.criteria.checks import check_criteria, errors
from rules.scoring.criteria.sets import CriteriaSet


def leaf(rule: dict[str, Any] | None = None, code: str = "1.1", **more: Any) -> dict[str, Any]:
    """A leaf worth 1 point."""
    given = rule or {"type": "pass_fail"}
    return {"code": code, "name": "Tiêu chí", "max": 1, "rule": given, "evidence": "Báo cáo", **more}


def problems(*leaves: dict[str, Any], area_max: Any = None, total: Any = None, only_errors: bool = True) -> list[str]:
    """The messages about a set of one area."""
    area = {"code": "1", "name": "Lĩnh vực", "max": area_max or len(leaves), "criteria": list(leaves)}
    criteria = CriteriaSet.model_validate(
        {"code": "S", "name": "Bộ", "year": 2025, "total": total or area["max"], "areas": [area]}
    )
    findings = check_criteria(criteria)
    return [one.message for one in (errors(findings) if only_errors else findings)]


def bands(*stretches: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A rule by bands."""
    return {"type": "bands", "bands": list(stretches), "when_none": "zero", **more}


def test_a_sound_set_has_no_findings() -> None:
    assert problems(leaf(), only_errors=False) == []


def test_children_must_add_up_to_their_parent() -> None:
    assert problems(leaf(), leaf(code="1.2"), area_max=3, total=3)[0] == (
        "Điểm tối đa “1 Lĩnh vực” ghi 3 nhưng các phần bên trong cộng lại là 2 (1 + 1); sửa lại cho khớp."
    )


def test_areas_must_add_up_to_the_total() -> None:
    assert "của bộ tiêu chí ghi 100" in problems(leaf(), total=100)[0]


def test_a_code_is_used_once() -> None:
    assert "dùng 2 lần" in problems(leaf(), leaf())[0]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (bands({"from": 80, "points": 1}, {"from": 90, "points": 1}), "chồng lên nhau"),
        (bands({"from": 80, "points": 1}, {"to": 80, "points": 0}), "chồng lên nhau"),
        (bands({"from": 80, "points": 2}, {"below": 80, "points": 0}), "lớn hơn điểm tối đa"),
        ({"type": "cases", "cases": [{"case": "Có", "points": 1}, {"case": "có ", "points": 0}]}, "ghi 2 lần"),
        ({"type": "cases", "cases": [{"case": "Có", "points": 1.5}]}, "lớn hơn điểm tối đa"),
        ({"type": "pass_fail", "failed": 2}, "lớn hơn điểm tối đa"),
        ({"type": "conditional", "condition": "Có", "then": 3, "otherwise": 0}, "lớn hơn điểm tối đa"),
        ({"type": "late", "per_day": 1, "floor": 2}, "lớn hơn điểm tối đa"),
        (bands({"from": 80, "points": 0.5}, {"below": 80, "points": 0}), "không ai đạt được điểm tối đa 1"),
        ({"type": "cases", "cases": [{"case": "Có", "points": 0.5}]}, "không ai đạt được điểm tối đa 1"),
        ({"type": "conditional", "condition": "Có", "then": 0.5, "otherwise": 0}, "không ai đạt được điểm tối đa 1"),
        ({"type": "relative", "bands": [{"from": 90, "points": 0.5}]}, "không ai đạt được điểm tối đa 1"),
    ],
)
def test_a_rule_that_cannot_be_right_is_an_error(rule: dict[str, Any], said: str) -> None:
    assert said in problems(leaf(rule))[0]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (bands({"from": 90, "points": 1}, {"below": 80, "points": 0}), "còn khoảng trống"),
        (bands({"over": 80, "points": 1}, {"below": 80, "points": 0}), "còn khoảng trống"),
    ],
)
def test_a_rule_that_may_be_meant_so_is_a_warning(rule: dict[str, Any], said: str) -> None:
    assert problems(leaf(rule)) == []
    assert said in problems(leaf(rule), only_errors=False)[0]


@pytest.mark.parametrize(
    "rule",
    [
        {"type": "bands", "bands": []},
        {"type": "bands", "bands": [{"points": 1}]},
        {"type": "bands", "bands": [{"from": 90, "over": 80, "points": 1}]},
        {"type": "bands", "bands": [{"from": 90, "to": 80, "points": 1}]},
        {"type": "ratio", "target": 0},
        {"type": "ratio", "target": 80, "least": 90},
        {"type": "late", "per_day": 0},
        {"type": "late"},
        {"type": "cases"},
        {"type": "penalty", "per": 1, "floor": 1},
        {"type": "bonus", "per": -1, "cap": 1},
        {"type": "conditional", "condition": "Có", "then": 1},
        {"type": "conditional", "condition": "Có", "then": {"type": "bonus", "per": 1, "cap": 1}, "otherwise": 0},
        {"type": "manual", "gudance": "sai chính tả"},
        {"type": "nothing"},
    ],
)
def test_an_incomplete_rule_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        problems(leaf(rule))


@pytest.mark.parametrize("more", [{"max": None}, {"rule": None}, {"parts": [leaf(code="9")]}])
def test_a_node_has_either_children_or_a_rule_with_a_maximum(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        problems({**leaf(), **more})
