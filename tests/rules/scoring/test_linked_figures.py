"""Several items' figures make one, as the set of criteria says, and never by guessing."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rules.scoring.criteria.checks import check_criteria, errors
from rules.scoring.criteria.rules import Rounding
from rules.scoring.criteria.sets import CriteriaSet, Joining, Node
from rules.scoring.entry import NOTHING, Entry
from rules.scoring.fill import Linked, LinkedDue, fill
from rules.scoring.linked_figures import LinkedFigure, joined, newest_figure
from rules.scoring.score import score_leaf

DAY = date(2025, 6, 20)
NONE_YET = "số liệu: chưa có số liệu so với chỉ tiêu ({})"


def share(item: str, part: int | None, whole: int = 0, order: int = 1) -> LinkedFigure:
    """A rate reported as a part of a whole (None: not yet)."""
    if part is None:
        return LinkedFigure(None, unit="%", item=item)
    value = Decimal(part) / Decimal(whole) * 100
    return LinkedFigure(value, Decimal(part), Decimal(whole), "%", item, Decimal(90), order)


def number(item: str, value: int | None, goal: int | None = None, unit: str = "sáng kiến") -> LinkedFigure:
    """A number reported against a target."""
    known = None if value is None else Decimal(value)
    return LinkedFigure(known, None, None, unit, item, None if goal is None else Decimal(goal), 1)


def test_parts_and_wholes_are_summed_not_the_rates() -> None:
    found = joined(Joining.SUM, [share("A.1", 9, 10), share("A.2", 1, 30)], "%")
    assert found.entry == Entry(part=10, whole=40)


def test_numbers_against_targets_are_a_rate_also_before_all_have_reported() -> None:
    found = joined(Joining.SUM, [number("A.1", 15, 20), number("A.2", None, 20)], "%")
    assert (found.entry, found.missing) == (Entry(part=15, whole=40), (NONE_YET.format("A.2"),))


def test_a_share_that_is_missing_or_bare_keeps_the_sum_from_being_made() -> None:
    found = joined(Joining.SUM, [share("A.1", 9, 10), share("A.2", None)], "%")
    assert (found.entry, found.missing) == (NOTHING, (NONE_YET.format("A.2"),))
    bare = LinkedFigure(Decimal(80), unit="%", item="A.2")
    found = joined(Joining.SUM, [share("A.1", 9, 10), bare], "%")
    assert found.entry == NOTHING
    assert "tổng số" in found.missing[0]
    assert "(A.2)" in found.missing[0]


def test_numbers_are_added_in_their_unit_only() -> None:
    figures = [number("A.1", 2), number("A.2", 3, unit="Sáng kiến"), number("A.3", 300, unit="phiếu")]
    assert joined(Joining.SUM, figures, "sáng kiến").entry == Entry(value=5)


def test_an_average_waits_for_all_and_is_of_the_rates() -> None:
    figures = [share("A.1", 9, 10), share("A.2", 1, 3)]
    assert joined(Joining.AVERAGE, figures, "%").entry.value == Decimal("61.6667")
    assert joined(Joining.AVERAGE, [*figures, share("A.3", None)], "%").entry == NOTHING


def test_of_an_items_targets_the_one_in_the_rules_unit_and_reported_last_counts() -> None:
    figures = [number("A.1", 300, 300, "phiếu"), share("A.1", 8, 10, 1), share("A.1", 9, 10, 2)]
    assert newest_figure(figures, "%").entry == Entry(part=9, whole=10)
    assert newest_figure(figures, "phiếu").entry == Entry(value=300)


RATIO = {"type": "ratio", "target": 80, "measure": "hồ sơ"}
BONUS = {"type": "bonus", "per": "0.5", "cap": 2, "measure": "sáng kiến"}


def leaf(rule: dict[str, Any], **more: Any) -> Node:
    """A leaf worth 2, or beside the maximum."""
    top = {} if rule["type"] == "bonus" else {"max": 2}
    return Node.model_validate({"code": "1", "name": "Tiêu chí", "rule": rule, "evidence": "x", **top, **more})


def linked(*figures: LinkedFigure) -> Linked:
    """Two items due later, with what was reported."""
    dues = (LinkedDue(n, f"A.{n}", "Nhiệm vụ", "Phòng", date(2025, 9, 30)) for n in (1, 2))
    return Linked(tuple(dues), figures)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "0/2 hồ sơ → 0 %"),
        ({"figures": "sum"}, "29/50 hồ sơ → 58 %"),
        ({"figures": "average"}, "70 % → "),
        ({"figures": "done"}, "0/2 hồ sơ → 0 %"),
    ],
)
def test_the_set_says_how_two_items_are_read(more: dict[str, str], words: str) -> None:
    node = leaf(RATIO, **more)
    found = fill(node, linked(share("A.1", 9, 10), share("A.2", 20, 40)), DAY)
    assert words in score_leaf(node, found.now, Rounding()).explanation


def test_bonus_points_take_a_sum_only_where_the_set_says_so() -> None:
    figures = (number("A.1", 2, 2), number("A.2", 1, 2))
    assert fill(leaf(BONUS), linked(*figures), DAY).now.count is None
    node = leaf(BONUS, figures="sum")
    assert score_leaf(node, fill(node, linked(*figures), DAY).now, Rounding()).score == Decimal("1.5")


def test_a_joining_that_a_rule_cannot_take_is_an_error_of_the_set() -> None:
    for rule, how, wrong in (
        (RATIO, "average", 0),
        (BONUS, "sum", 0),
        (BONUS, "average", 1),
        ({"type": "manual"}, "sum", 1),
    ):
        node = leaf(rule, figures=how).model_dump(by_alias=True)
        found = errors(check_criteria(CriteriaSet(code="X", name="Bộ", year=2025, areas=(Node.model_validate(node),))))
        assert len(found) == wrong, (rule, how)
