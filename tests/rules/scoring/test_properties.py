"""What holds for every rule and every figure: bounds, monotony, sums, and that no order changes a total."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rules.scoring.criteria.rules import Rounding
from rules.scoring.criteria.sets import CriteriaSet, Node
from rules.scoring.entry import Entry
from rules.scoring.score import score_leaf, score_set
from rules.scoring.words import rounded

points = st.decimals(min_value=0, max_value=40, places=2)
rates = st.decimals(min_value=0, max_value=150, places=4)
roundings = st.builds(Rounding, places=st.integers(0, 4), mode=st.sampled_from(["half_up", "half_even", "down"]))


@st.composite
def stairs(draw: st.DrawFn) -> dict[str, Any]:
    """Bands that rise: more never gives less."""
    ends = sorted(draw(st.lists(rates, min_size=1, max_size=6, unique=True)))
    steps = sorted(draw(st.lists(points, min_size=len(ends), max_size=len(ends))))
    uppers = [*ends[1:], None]
    bands = [
        {"from": low, **({"below": high} if high is not None else {}), "points": step}
        for low, high, step in zip(ends, uppers, steps, strict=True)
    ]
    return {"type": "bands", "bands": bands, "otherwise": 0}


@st.composite
def rules(draw: st.DrawFn) -> tuple[dict[str, Any], Decimal]:
    """A rule whose points rise with its value, and a maximum that fits."""
    maximum = draw(points.filter(bool))
    target = draw(st.decimals(min_value="0.01", max_value=200, places=2))
    kind = draw(st.sampled_from(["ratio", "relative", "bands"]))
    if kind == "bands":
        rule = draw(stairs())
        return rule, max([band["points"] for band in rule["bands"]] + [Decimal("0.01")])
    if kind == "ratio":
        return {"type": "ratio", "target": target, "least": draw(st.sampled_from([None, 0, target]))}, maximum
    return {"type": "relative"}, maximum


def score(rule: dict[str, Any], maximum: Decimal, entry: Entry, rounding: Rounding | None = None) -> Decimal:
    """The points of a leaf."""
    node = Node.model_validate({"code": "1", "name": "Tiêu chí", "max": maximum, "rule": rule})
    return score_leaf(node, entry, rounding or Rounding()).score


@given(rules(), rates, rates, st.decimals(min_value=1, max_value=150, places=2), roundings)
def test_a_better_figure_never_scores_less_and_all_stay_within_the_maximum(
    drawn: tuple[dict[str, Any], Decimal], one: Decimal, other: Decimal, average: Decimal, rounding: Rounding
) -> None:
    rule, maximum = drawn
    low, high = (score(rule, maximum, Entry(value=value, average=average), rounding) for value in sorted([one, other]))
    assert 0 <= low <= high <= maximum


@given(points.filter(bool), points.filter(bool), st.integers(-5, 0), st.integers(0, 400), st.integers(0, 400))
def test_more_days_late_never_score_more(maximum: Decimal, per_day: Decimal, floor: int, one: int, other: int) -> None:
    rule = {"type": "late", "per_day": per_day, "floor": floor}
    few, many = (score(rule, maximum, Entry(days_late=Decimal(days))) for days in sorted([one, other]))
    assert floor <= many <= few <= maximum


@given(st.lists(st.tuples(points.filter(bool), rates), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_the_total_is_the_exact_sum_of_the_leaves_whatever_their_order(
    leaves: list[tuple[Decimal, Decimal]], random: Any
) -> None:
    nodes = [
        {"code": f"L{n}", "name": "Tiêu chí", "max": maximum, "rule": {"type": "ratio"}}
        for n, (maximum, _) in enumerate(leaves)
    ]
    entries = [(f"L{n}", Entry(value=rate)) for n, (_, rate) in enumerate(leaves)]
    first = score_set(_two_areas(nodes), dict(entries))
    random.shuffle(nodes)
    random.shuffle(entries)
    second = score_set(_two_areas(nodes), dict(entries))
    assert first.total == second.total == sum(Fraction(leaf.score) for leaf in first.leaves)
    assert first.counted == second.counted == sum(maximum for maximum, _ in leaves)
    assert 0 <= first.total <= first.counted


def _two_areas(nodes: list[dict[str, Any]]) -> CriteriaSet:
    """The leaves over two areas, one level deeper each time."""
    half = len(nodes) // 2
    areas = [
        {"code": f"A{n}", "name": "Lĩnh vực", "criteria": [{"code": f"B{n}", "name": "Tiêu chí", "parts": part}]}
        for n, part in enumerate((nodes[:half], nodes[half:]))
        if part
    ]
    return CriteriaSet.model_validate({"code": "S", "name": "Bộ", "year": 2025, "areas": areas})


@given(st.fractions(min_value=0, max_value=1000), roundings)
def test_rounding_moves_a_value_by_at_most_half_a_step(value: Fraction, rounding: Rounding) -> None:
    step = Fraction(1, 10**rounding.places)
    moved = Fraction(rounded(value, rounding)) - value
    assert abs(moved) < step if rounding.mode == "down" else abs(moved) <= step / 2
    assert rounding.mode != "down" or moved <= 0
