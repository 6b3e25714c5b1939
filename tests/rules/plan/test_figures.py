"""Figures as offices write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.plan.figures import Figure, Goal, figure_of, figure_words, number_words, reaches, read_number


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1.234", 1234),
        ("1.234.567", 1234567),
        ("1.234,5", 1234.5),
        ("77,1", 77.1),
        ("77.1", 77.1),
        ("1 234", 1234),
        ("1\u00a0600", 1600),
        ("0", 0),
        ("12.34.56", None),
        ("-1", None),
        ("1e9", None),
        ("", None),
        ("١٢", None),
        ("9" * 400, None),
    ],
)
def test_numbers_are_read_with_vietnamese_dots_and_commas(typed: str, value: float | None) -> None:
    assert read_number(typed) == value


@given(st.integers(0, 10**12))
def test_a_number_written_for_people_is_read_back(value: int) -> None:
    assert read_number(number_words(value)) == value


@pytest.mark.parametrize(
    ("value", "words"), [(1234, "1.234"), (77.0833, "77,08"), (77.1, "77,1"), (0, "0"), (1000000.5, "1.000.000,5")]
)
def test_numbers_are_written_with_dots_and_a_comma(value: float, words: str) -> None:
    assert number_words(value) == words


@pytest.mark.parametrize(
    ("operator", "value", "met"),
    [
        (">=", 70, True),
        (">=", 69.99, False),
        (">", 70, False),
        ("<=", 70, True),
        ("<", 70, False),
        ("=", 71, True),
        (None, 69, False),
        ("increase", 80, None),
    ],
)
def test_a_share_reaches_its_target_or_not(operator: str | None, value: float, met: bool | None) -> None:
    assert reaches(value, Goal("x", operator, 70, "%")) is met


def test_a_plain_figure_must_be_equal_where_the_target_says_so() -> None:
    goal = Goal("04 báo cáo", "=", 4, "báo cáo")
    assert (reaches(4, goal), reaches(5, goal)) == (True, False)


def test_a_figure_is_told_with_what_is_asked_and_whether_it_is_reached() -> None:
    goal = Goal("Tỷ lệ ≥ 70%", ">=", 70, "%")
    figure = figure_of(goal, 1234, 1600)
    assert figure_words(figure, goal) == "1.234/1.600 → 77,1 % (yêu cầu ≥ 70 %: đạt)"
    assert figure_words(figure_of(goal, 65.5), goal) == "65,5 % (yêu cầu ≥ 70 %: chưa đạt)"
    assert figure_words(figure_of(Goal("1 sáng kiến", ">=", 1, "sáng kiến"), 2)) == "2 (đạt)"
    assert figure_words(Figure("x", 3, met=None)) == "3"
