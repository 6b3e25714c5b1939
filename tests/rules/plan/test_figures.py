"""Figures as offices write them."""

import pytest

from rules.plan.figures import Figure, Goal, figure_of, figure_words, reaches


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
