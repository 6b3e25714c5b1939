"""Each kind of rule gives the points its words promise, exactly, and says how."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter

from rules.scoring.apply_rules import LeafState
from rules.scoring.criteria.rules import Rounding, Rule
from rules.scoring.criteria.sets import CriteriaSet, Node
from rules.scoring.entry import read_entry
from rules.scoring.score import ScoreSheet, score_leaf, score_set

RULE: TypeAdapter[Any] = TypeAdapter(Rule)
BANDS = {
    "type": "bands",
    "measure": "kế hoạch",
    "bands": [{"from": 100, "points": 1}, {"from": 80, "below": 100, "points": "0,5"}, {"below": 80, "points": 0}],
}
CASES = {
    "type": "cases",
    "cases": [
        {"case": "Đúng hạn", "points": 3},
        {"case": "Muộn", "points": 1.5},
        {"case": "Không có", "points": 0},
    ],
}


def scored(rule: dict[str, Any], figure: Any, maximum: str = "1", **leaf: Any) -> tuple[Decimal, LeafState, str]:
    """A leaf's points, state and explanation."""
    node = Node.model_validate({"code": "1", "name": "Tiêu chí", "max": maximum, "rule": rule, **leaf})
    assert node.rule is not None
    one = score_leaf(node, read_entry(figure, node.rule), Rounding())
    return one.score, one.state, one.explanation


def test_a_band_explains_itself_as_an_officer_would() -> None:
    points, state, words = scored(BANDS, "18/20")
    assert (points, state) == (Decimal("0.5"), LeafState.SCORED)
    assert words == "18/20 kế hoạch → 90 % → nhóm 80–<100 % → 0,5/1"


@pytest.mark.parametrize(
    ("figure", "points"),
    [("20/20", "1"), ("16/20", "0.5"), ("15/20", "0"), ("99,999", "0.5"), (100, "1"), ("79.9999", "0"), ("21/20", "1")],
)
def test_the_ends_of_bands_are_where_the_rule_puts_them(figure: Any, points: str) -> None:
    assert scored(BANDS, figure)[0] == Decimal(points)


def test_a_rate_just_below_a_band_is_not_shown_as_if_it_were_in_it() -> None:
    points, _, words = scored(BANDS, "99999/100000")
    assert points == Decimal("0.5")
    assert "99,999 %" in words


def test_a_third_is_compared_exactly_and_not_by_its_decimals() -> None:
    rule = {"type": "bands", "bands": [{"from": "66.67", "points": 1}], "otherwise": 0}
    assert scored(rule, "2/3")[0] == 0


@pytest.mark.parametrize(("when_none", "points", "state"), [
    ("full", "1", LeafState.SCORED), ("zero", "0", LeafState.SCORED), ("not_applicable", "0", LeafState.NOT_APPLICABLE),
])  # fmt: skip
def test_nothing_arose_is_worth_what_the_rule_says(when_none: str, points: str, state: LeafState) -> None:
    assert scored({**BANDS, "when_none": when_none}, "0/0")[:2] == (Decimal(points), state)


def test_nothing_arose_without_a_word_is_left_to_a_person() -> None:
    points, state, words = scored(BANDS, "0/0")
    assert (points, state) == (0, LeafState.WRONG)
    assert "chưa nói tính thế nào" in words


def test_something_of_nothing_is_no_figure() -> None:
    points, state, words = scored({**BANDS, "when_none": "full"}, "5/0")
    assert (points, state) == (0, LeafState.WRONG)
    assert "tổng số bằng 0 nhưng số thực hiện khác 0" in words


def test_a_fixed_leaf_says_that_it_is_fixed() -> None:
    assert scored({"type": "fixed", "points": 1}, None)[2] == "Điểm cố định → 1/1"


@pytest.mark.parametrize(("case", "points"), [("đúng hạn", "3"), ("MUỘN", "1.5"), ("khong co", "0")])
def test_a_case_is_known_by_its_name_however_it_is_typed(case: str, points: str) -> None:
    assert scored(CASES, case, "3")[0] == Decimal(points)


def test_an_unknown_case_gives_no_points_and_names_the_cases() -> None:
    points, state, words = scored(CASES, "sắp xong", "3")
    assert (points, state) == (0, LeafState.WRONG)
    assert "Đúng hạn; Muộn; Không có" in words


@pytest.mark.parametrize(
    ("figure", "target", "maximum", "points"),
    [
        ("1234/1600", 80, "3", "2.89"),
        ("77.125", 80, "3", "2.89"),
        ("1/3", 100, "1", "0.33"),
        ("2/3", 100, "1", "0.67"),
        (50, 100, "0.25", "0.13"),
        (120, 100, "2", "2"),
        (0, 100, "2", "0"),
    ],
)
def test_a_ratio_is_rounded_once_and_never_above_the_maximum(
    figure: Any, target: int, maximum: str, points: str
) -> None:
    assert scored({"type": "ratio", "target": target}, figure, maximum)[0] == Decimal(points)


@pytest.mark.parametrize(("mode", "points"), [("half_up", "0.13"), ("half_even", "0.12"), ("down", "0.12")])
def test_the_rounding_is_the_one_that_is_stated_and_is_said(mode: str, points: str) -> None:
    found, _, words = scored({"type": "ratio", "rounding": {"places": 2, "mode": mode}}, 50, "0.25")
    assert found == Decimal(points)
    assert "làm tròn 2 chữ số thập phân" in words


def test_below_its_least_a_ratio_is_worth_nothing() -> None:
    rule = {"type": "ratio", "least": 70}
    assert scored(rule, "69,99", "2.5")[0] == 0
    assert scored(rule, 70, "2.5")[0] == Decimal("1.75")


def test_passing_is_all_and_failing_what_the_rule_leaves() -> None:
    rule = {"type": "pass_fail", "failed": "0.5"}
    assert [scored(rule, value, "2")[0] for value in (True, False, "đạt", "không đạt")] == [2, Decimal("0.5")] * 2


@pytest.mark.parametrize(("days", "points"), [(0, "3"), (1, "2"), (2, "1"), (3, "0"), (9, "-1"), (4, "-1")])
def test_each_day_late_takes_its_points_down_to_the_floor(days: int, points: str) -> None:
    assert scored({"type": "late", "per_day": 1, "floor": -1}, days, "3")[0] == Decimal(points)


def test_a_condition_chooses_the_rule() -> None:
    rule = {"type": "conditional", "condition": "Có hồ sơ trễ hẹn", "then": {"type": "ratio"}, "otherwise": 2}
    assert scored(rule, {"condition": True, "part": 3, "whole": 4}, "2")[0] == Decimal("1.5")
    points, _, words = scored(rule, False, "2")
    assert (points, words) == (2, "Có hồ sơ trễ hẹn: không → 2/2")
    assert scored(rule, {"part": 3, "whole": 4}, "2")[1] is LeafState.MISSING


def test_a_condition_may_take_the_maximum_away() -> None:
    rule = {"type": "conditional", "condition": "Có phát sinh", "then": 1, "otherwise": "not_applicable"}
    assert scored(rule, False)[1] is LeafState.NOT_APPLICABLE


def test_an_average_is_what_a_relative_rule_is_held_against() -> None:
    rule = {"type": "relative", "average_of": "bình quân tỉnh"}
    assert scored(rule, {"value": "61.2", "average": 68}, "1.5")[0] == Decimal("1.35")
    assert scored(rule, {"value": 70, "average": 68}, "1.5")[0] == Decimal("1.5")
    assert scored(rule, {"value": 70}, "1.5")[1] is LeafState.MISSING
    assert scored(rule, {"value": 70, "average": 0}, "1.5")[1] is LeafState.WRONG


def test_by_hand_stays_within_the_maximum() -> None:
    assert scored({"type": "manual"}, "10,947", "16")[0] == Decimal("10.947")
    assert scored({"type": "manual"}, "16.001", "16")[1] is LeafState.WRONG
    assert scored({"type": "manual"}, {"score": -1}, "16")[1] is LeafState.WRONG


def test_what_does_not_apply_must_be_allowed_not_to() -> None:
    assert scored(BANDS, "không áp dụng")[1] is LeafState.WRONG
    points, state, words = scored(BANDS, {"not_applicable": True, "reason": "không được giao"}, may_not_apply=True)
    assert (points, state) == (0, LeafState.NOT_APPLICABLE)
    assert "trừ 1 điểm khỏi tổng điểm tối đa" in words


def test_without_a_figure_there_are_no_points_and_the_line_says_what_is_missing() -> None:
    points, state, words = scored(BANDS, None)
    assert (points, state) == (0, LeafState.MISSING)
    assert words == "Chưa có số liệu kế hoạch → 0/1"


def a_set(*leaves: dict[str, Any], **area: Any) -> CriteriaSet:
    """One area with some leaves."""
    whole = {"code": "A", "name": "Lĩnh vực", "criteria": list(leaves), **area}
    return CriteriaSet.model_validate({"code": "S", "name": "Bộ", "year": 2025, "areas": [whole]})


def leaf(code: str, rule: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A leaf as a file writes it."""
    return {"code": code, "name": f"Tiêu chí {code}", "rule": rule, **more}


def sheet(criteria: CriteriaSet, figures: dict[str, Any], **options: Any) -> ScoreSheet:
    """A scored set from figures written short."""
    rules = {code: node.rule for code, node in criteria.by_code.items()}
    entries = {code: read_entry(figure, rules[code]) for code, figure in figures.items()}  # type: ignore[arg-type]
    return score_set(criteria, entries, **options)


BONUS = {"type": "bonus", "per": "0.5", "cap": 1, "measure": "sáng kiến"}
PENALTY = {"type": "penalty", "per": 1, "floor": -2, "measure": "vi phạm"}


@pytest.mark.parametrize(
    ("bonus", "penalty", "total"), [(0, 0, "2"), (1, 0, "2.5"), (9, 0, "3"), (0, 1, "1"), (0, 9, "0"), (2, 1, "2")]
)
def test_bonus_and_penalty_stand_beside_the_maximum_with_cap_and_floor(bonus: int, penalty: int, total: str) -> None:
    criteria = a_set(leaf("1", {"type": "manual"}, max=2), leaf("2", BONUS), leaf("3", PENALTY))
    found = sheet(criteria, {"1": 2, "2": bonus, "3": penalty})
    assert (found.total, found.max, found.counted) == (Decimal(total), 2, 2)


def test_an_area_is_held_within_its_own_floor_and_cap() -> None:
    criteria = a_set(leaf("1", {"type": "manual"}, max=2), leaf("2", BONUS), leaf("3", PENALTY), cap=2, floor=-1)
    assert sheet(criteria, {"1": 2, "2": 2}).total == 2
    assert sheet(criteria, {"1": 0, "3": 5}).total == -1


def test_without_a_floor_a_penalty_takes_no_more_than_the_area_has() -> None:
    criteria = a_set(leaf("1", {"type": "manual"}, max=2), leaf("3", PENALTY))
    assert sheet(criteria, {"1": 1, "3": 5}).total == 0


def test_a_survey_that_is_not_yet_known_stands_aside_and_there_is_no_grade() -> None:
    criteria = a_set(
        leaf("1", {"type": "manual"}, max=6), leaf("2", {"type": "ratio"}, max=4, source="survey")
    ).model_copy(update={"grades": ()})
    found = sheet(criteria, {"1": 3})
    assert (found.total, found.max, found.counted, found.pending) == (3, 10, 6, 4)
    assert found.rescaled(Rounding()) == Decimal("5.00")


def test_what_does_not_apply_is_taken_off_the_maximum() -> None:
    criteria = a_set(leaf("1", {"type": "manual"}, max=6), leaf("2", BANDS, max=4, may_not_apply=True))
    found = sheet(criteria, {"1": 6, "2": "không áp dụng"})
    assert (found.total, found.counted, found.percent()) == (6, 6, 100)


def test_no_evidence_no_points() -> None:
    criteria = a_set(leaf("1", BANDS, max=1), leaf("2", BANDS, max=1), leaf("3", PENALTY))
    figures = {
        "1": {"value": 100},
        "2": {"value": 100, "evidence": "12/BC-UBND ngày 05/12/2025, mục II"},
        "3": {"count": 1},
    }
    found = sheet(criteria, figures, require_evidence=True)
    assert [one.state for one in found.leaves] == [LeafState.NO_EVIDENCE, LeafState.SCORED, LeafState.SCORED]
    assert found.total == 0
    assert "lẽ ra 1/1, chưa có tài liệu kiểm chứng" in found.leaves[0].explanation


def test_a_grade_begins_where_the_set_says() -> None:
    grades = [{"name": "Tốt", "from": 80}, {"name": "Khá", "from": 70}, {"name": "Yếu", "from": 0}]
    whole = {"code": "A", "name": "A", "max": 10, "rule": {"type": "manual"}}
    criteria = CriteriaSet.model_validate({"code": "S", "name": "B", "year": 2025, "grades": grades, "areas": [whole]})
    found = [sheet(criteria, {"A": points}).grade for points in ("8", "7.999", "7", "6.99", "0")]
    assert found == ["Tốt", "Khá", "Khá", "Yếu", "Yếu"]


def test_the_nine_areas_of_the_real_result_add_up_exactly() -> None:
    real = [("10.947", 16), ("3", 5), ("2", 4), ("4.5", "4.5"), ("6.5", "8.5"), ("6", 6)]
    real += [("7.878", 11), ("8.967", 10), ("27.032", 35)]
    areas = [
        {"code": n, "name": f"Lĩnh vực {n}", "max": top, "rule": {"type": "manual"}} for n, (_, top) in enumerate(real)
    ]
    criteria = CriteriaSet.model_validate({"code": "S", "name": "B", "year": 2020, "total": 100, "areas": areas})
    found = sheet(criteria, {str(n): score for n, (score, _) in enumerate(real)})
    assert (found.total, found.max) == (Decimal("76.824"), 100)
    assert sum(area.below_max for area in found.areas) == 7
