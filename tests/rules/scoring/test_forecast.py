"""What linked items say of a criterion on a day, and how many points hang on each of them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rules.scoring.criteria.sets import CriteriaSet, Node
from rules.scoring.entry import NOTHING, Entry
from rules.scoring.fill import Linked, LinkedDue, LinkedFigure, fill
from rules.scoring.forecast import Forecast, forecast

DAY = date(2025, 6, 20)
PAST, COMING = date(2025, 6, 10), date(2025, 9, 30)
PROVED = ("12/BC-UBND",)


def due(item: str, last_day: date, done_on: date | None = None) -> LinkedDue:
    """An occurrence of an item; the number in its code is its id."""
    return LinkedDue(int(item.rpartition(".")[2]), item, f"Nhiệm vụ {item}", "Phòng", last_day, done_on)


def leaf(rule: dict[str, Any], **more: Any) -> Node:
    """A leaf worth 2."""
    return Node.model_validate({"code": "1", "name": "Tiêu chí", "max": 2, "rule": rule, "evidence": "x", **more})


BANDS = {
    "type": "bands",
    "bands": [{"from": 100, "points": 2}, {"from": 50, "below": 100, "points": 1}],
    "otherwise": 0,
}
CASES = {"type": "cases", "cases": [
    {"case": "đúng", "points": 2, "when": "on_time"}, {"case": "chậm", "points": 1, "when": "late"},
    {"case": "không", "points": 0, "when": "none"}]}  # fmt: skip


def test_items_without_targets_count_by_how_many_are_done() -> None:
    linked = Linked((due("A.1", PAST, PAST), due("A.2", COMING)), evidence=PROVED)
    found = fill(leaf(BANDS), linked, DAY)
    assert (found.now.part, found.now.whole, found.now.evidence) == (1, 2, PROVED)
    assert found.later == Entry(part=2, whole=2)
    assert found.missing == ["tiến độ: 1/2 kỳ chưa hoàn thành (A.2)"]


def test_a_period_that_was_closed_undone_is_lost_and_holds_no_points() -> None:
    closed = LinkedDue(1, "A.1", "Giao ban", "Phòng", PAST, closed_after=date(2025, 6, 17))
    found = fill(leaf(BANDS), Linked((closed, due("A.2", COMING))), DAY)
    assert found.later == Entry(part=1, whole=2)
    assert found.missing == ["tiến độ: 2/2 kỳ chưa hoàn thành (A.1, A.2), 1 kỳ đã đóng"]
    assert [one.item for one in a_forecast({"b": Linked((closed, due("A.2", COMING)), evidence=PROVED)}).items] == [
        "A.2"
    ]


def test_what_was_done_after_the_day_is_not_done_on_it() -> None:
    linked = Linked((due("A.1", COMING, date(2025, 7, 1)),))
    assert fill(leaf(BANDS), linked, DAY).now.part == 0


def test_an_item_with_a_target_gives_the_figure_its_unit_reported() -> None:
    figure = LinkedFigure(Decimal("77.1"), Decimal(1234), Decimal(1600), "%")
    linked = Linked((due("A.1", COMING),), (figure,))
    assert fill(leaf({"type": "ratio"}), linked, DAY).now == Entry(part=1234, whole=1600)
    without = Linked((due("A.1", COMING),), (LinkedFigure(None, unit="%"),))
    found = fill(leaf({"type": "ratio"}), without, DAY)
    assert not found.now.has_figure
    assert "số liệu: chưa có số liệu so với chỉ tiêu" in found.missing


def test_a_count_is_no_share_and_a_share_no_count() -> None:
    figure = LinkedFigure(Decimal(3), unit="sáng kiến")
    linked = Linked((due("A.1", COMING),), (figure,))
    assert fill(leaf({"type": "ratio"}), linked, DAY).now == NOTHING
    counts = leaf({"type": "bands", "unit": "sáng kiến", "bands": [{"from": 1, "points": 2}]})
    assert fill(counts, linked, DAY).now.value == 3


@pytest.mark.parametrize(
    ("dues", "now", "later"),
    [
        ((due("A.1", PAST, PAST),), "đúng", "đúng"),
        ((due("A.1", PAST, date(2025, 6, 12)),), "chậm", "chậm"),
        ((due("A.1", PAST),), "không", "chậm"),
        ((due("A.1", COMING),), None, "đúng"),
    ],
)
def test_days_choose_the_case(dues: tuple[LinkedDue, ...], now: str | None, later: str) -> None:
    found = fill(leaf(CASES), Linked(dues), DAY)
    assert found.now.case == now
    assert found.later is not None
    assert found.later.case == later


def test_days_late_are_counted_only_when_it_is_done_and_never_forgotten() -> None:
    rule = {"type": "late", "per_day": "0.1"}
    assert fill(leaf(rule), Linked((due("A.1", PAST, date(2025, 6, 13)),)), DAY).now.days_late == 3
    waiting = fill(leaf(rule), Linked((due("A.1", PAST),)), DAY)
    assert waiting.now.days_late is None
    assert waiting.later == Entry(days_late=10)


def test_what_is_not_linked_is_not_guessed() -> None:
    found = fill(leaf(BANDS), Linked(), DAY)
    assert (found.now, found.later, found.missing) == (NOTHING, None, [])


def a_forecast(linked: dict[str, Linked], entered: dict[str, Entry] | None = None) -> Forecast:
    """Two criteria of 2 points: by bands, and by case."""
    children = [
        {"code": code, "name": code, "max": 2, "rule": rule, "evidence": "x"}
        for code, rule in (("b", BANDS), ("c", CASES))
    ]
    area = {"code": "A", "name": "A", "criteria": children}
    criteria = CriteriaSet.model_validate({"code": "S", "name": "S", "year": 2025, "areas": [area]})
    return forecast(criteria, linked, entered or {}, DAY)


def test_an_item_holds_what_its_criteria_would_gain_and_overdue_comes_first() -> None:
    late, coming = due("A.1", PAST), due("A.2", COMING)
    found = a_forecast({"b": Linked((late, coming), evidence=PROVED), "c": Linked((coming,), evidence=PROVED)})
    assert [(one.item, one.days_late, one.points, one.criteria) for one in found.items] == [
        ("A.1", 10, 2, ("b",)),
        ("A.2", 0, 4, ("b", "c")),
    ]
    assert (found.sheet.total, found.reachable, found.at_risk) == (0, 4, 4)


def test_points_that_cannot_be_reached_any_more_hang_on_nothing() -> None:
    done_late = due("A.1", PAST, date(2025, 6, 15))
    found = a_forecast({"c": Linked((done_late,), evidence=PROVED)})
    (case,) = [one for one in found.leaves if one.now.code == "c"]
    assert (case.now.score, case.reachable, case.at_risk, case.lost) == (1, 1, 0, 1)
    assert found.items == ()


def test_done_without_evidence_is_worth_nothing_yet_and_says_why() -> None:
    found = a_forecast({"b": Linked((due("A.1", PAST, PAST),))})
    (bands,) = [one for one in found.leaves if one.now.code == "b"]
    assert (bands.now.score, bands.reachable) == (0, 2)
    assert bands.missing == ("tài liệu kiểm chứng: chưa có",)


def test_what_a_unit_has_entered_goes_before_what_is_filled() -> None:
    linked = {"b": Linked((due("A.1", COMING),), evidence=PROVED)}
    found = a_forecast(linked, {"b": Entry(value=60, evidence=PROVED)})
    (bands,) = [one for one in found.leaves if one.now.code == "b"]
    assert (bands.now.score, bands.reachable) == (1, 1)
