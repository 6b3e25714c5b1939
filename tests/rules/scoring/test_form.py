"""What a form asks for each rule, and that what was entered stands in it again."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.numbers import typed_words
from rules.scoring.criteria.sets import Node
from rules.scoring.entry import Entry, read_entry
from rules.scoring.form import asked_of, entry_of_form, fields_of
from rules.scoring.round import read_verified

BANDS = {"type": "bands", "bands": [{"from": 100, "points": 1}], "otherwise": 0}


def leaf(rule: dict[str, Any], **more: Any) -> Node:
    """A leaf worth 1."""
    return Node.model_validate({"code": "1", "name": "Tiêu chí", "max": 1, "rule": rule, **more})


@pytest.mark.parametrize(
    ("rule", "fields", "entry"),
    [
        (BANDS, {"figure": "18/20"}, Entry(part=18, whole=20)),
        (BANDS, {"figure": "92,5"}, Entry(value="92.5")),
        ({"type": "pass_fail"}, {"figure": "co"}, Entry(passed=True)),
        ({"type": "pass_fail"}, {"figure": "khong"}, Entry(passed=False)),
        (
            {"type": "cases", "cases": [{"case": "đúng hạn", "points": 1}]},
            {"figure": "đúng hạn"},
            Entry(case="đúng hạn"),
        ),
        ({"type": "late", "per_day": 1}, {"figure": "3"}, Entry(days_late=3)),
        ({"type": "bonus", "per": 1, "cap": 1}, {"figure": "2"}, Entry(count=2)),
        ({"type": "manual"}, {"figure": "0,75"}, Entry(score="0.75")),
        ({"type": "relative"}, {"figure": "61,2", "average": "68"}, Entry(value="61.2", average=68)),
        (
            {"type": "conditional", "condition": "Có trễ hẹn", "then": BANDS, "otherwise": 1},
            {"condition": "co", "figure": "3/4"},
            Entry(condition=True, part=3, whole=4),
        ),
        (
            {"type": "conditional", "condition": "Có trễ hẹn", "then": BANDS, "otherwise": 1},
            {"condition": "khong", "figure": "3/4"},
            Entry(condition=False),
        ),
        (BANDS, {"figure": ""}, Entry()),
    ],
)
def test_what_was_typed_is_understood_and_stands_in_the_form_again(
    rule: dict[str, Any], fields: dict[str, str], entry: Entry
) -> None:
    node = leaf(rule, **({"max": None} if rule["type"] == "bonus" else {}))
    assert entry_of_form(fields, node) == entry
    assert entry_of_form(fields_of(entry), node) == entry


_AMOUNTS = st.decimals(min_value=0, max_value=10**11, places=6)
_POSITIVE = st.decimals(min_value="0.000001", max_value=10**11, places=6)
_IN_A_CONDITION = {"type": "conditional", "condition": "Có trễ hẹn", "then": BANDS, "otherwise": BANDS}


@given(_AMOUNTS, _POSITIVE)
def test_every_number_of_every_form_reads_back_as_itself(number: Decimal, other: Decimal) -> None:
    """A form saved again unchanged changes nothing (1.250 is never 1,25)."""
    for rule, entry in (
        (BANDS, Entry(part=number, whole=other)),
        (BANDS, Entry(value=number)),
        ({"type": "ratio"}, Entry(part=number, whole=other)),
        ({"type": "ratio", "unit": "hồ sơ"}, Entry(value=number)),
        ({"type": "late", "per_day": 1}, Entry(days_late=number)),
        ({"type": "bonus", "per": 1, "cap": 1}, Entry(count=number)),
        ({"type": "penalty", "per": 1, "floor": -1}, Entry(count=number)),
        ({"type": "manual"}, Entry(score=number)),
        ({"type": "manual"}, Entry(score=-number)),
        ({"type": "relative"}, Entry(value=number, average=other)),
        (_IN_A_CONDITION, Entry(condition=True, part=number, whole=other)),
        (_IN_A_CONDITION, Entry(condition=False, value=number)),
    ):
        node = leaf(rule, **({"max": None} if rule["type"] in ("bonus", "penalty") else {}))
        assert entry_of_form(fields_of(entry), node) == entry
        assert read_verified(typed_words(number)) == round(number, 4)


@pytest.mark.parametrize(
    ("typed", "entry"),
    [
        ("1.234/1250", Entry(part=1234, whole=1250)),
        ("1.234 / 1.250", Entry(part=1234, whole=1250)),
        ("98.72", Entry(value="98.72")),
        ("0.125", Entry(value="0.125")),
        ("77.125", Entry(value="77.125")),
    ],
)
def test_a_dot_before_three_digits_groups_in_scoring_as_in_answers(typed: str, entry: Entry) -> None:
    assert entry_of_form({"figure": typed}, leaf(BANDS)) == entry


def test_a_number_that_is_no_share_groups_its_thousands() -> None:
    assert entry_of_form({"figure": "12.500"}, leaf({"type": "ratio", "unit": "hồ sơ"})) == Entry(value=12500)


def test_numbers_of_a_figure_written_in_full_are_typed_by_a_person_too() -> None:
    rule = leaf({"type": "relative"}).rule
    assert rule is not None
    assert read_entry({"value": "1.200", "average": "1.250"}, rule) == Entry(value=1200, average=1250)


def test_not_applicable_is_taken_only_where_it_may_be() -> None:
    typed = {"not_applicable": "1", "reason": "không được giao", "figure": "1/2"}
    allowed = leaf(BANDS, may_not_apply=True)
    found = entry_of_form(typed, allowed)
    assert found == Entry(not_applicable=True, reason="không được giao")
    assert entry_of_form(fields_of(found), allowed) == found
    assert entry_of_form(typed, leaf(BANDS)) == Entry(part=1, whole=2)


@pytest.mark.parametrize("typed", ["nhiều", "1/x", "-3", "1/2/3"])
def test_what_is_no_figure_is_refused_in_words(typed: str) -> None:
    with pytest.raises(ValueError, match="không"):
        entry_of_form({"figure": typed}, leaf(BANDS))


def test_the_form_names_what_the_rule_asks() -> None:
    asked = asked_of(leaf({"type": "conditional", "condition": "Có trễ hẹn", "then": BANDS, "otherwise": 1}))
    assert asked.condition == "Có trễ hẹn"
    assert "18/20" in asked.hint
    choices = asked_of(leaf({"type": "cases", "cases": [{"case": "đúng hạn", "points": 1}]})).choices
    assert choices == (("đúng hạn", "đúng hạn"),)
