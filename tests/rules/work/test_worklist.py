"""A unit's work in the order it presses."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from rules.work.worklist import Group, arranged, group_of, page_of

TODAY = date(2025, 12, 1)


@dataclass(frozen=True)
class Work:
    item_id: int
    last_day: date
    opens_on: date = TODAY
    unit_id: int = 1
    finished: bool = False


@pytest.mark.parametrize(
    ("days", "group"),
    [
        (-400, Group.OVERDUE),
        (-1, Group.OVERDUE),
        (0, Group.WEEK),
        (7, Group.WEEK),
        (8, Group.MONTH),
        (30, Group.MONTH),
        (31, Group.LATER),
    ],
)
def test_the_group_of_a_day(days: int, group: Group) -> None:
    assert group_of(TODAY + timedelta(days), TODAY, finished=False) is group
    assert group_of(TODAY + timedelta(days), TODAY, finished=True) is Group.DONE


def test_the_nearest_day_comes_first_and_of_done_ones_the_newest() -> None:
    work = [Work(n, TODAY + timedelta(days)) for n, days in enumerate((5, -3, 1, -9))]
    done = [Work(n + 9, TODAY - timedelta(days), finished=True) for n, days in enumerate((5, 1))]
    groups = arranged([*work, *done], TODAY)
    assert [one.item_id for one in groups[Group.OVERDUE]] == [3, 1]
    assert [one.item_id for one in groups[Group.WEEK]] == [2, 0]
    assert [one.item_id for one in groups[Group.DONE]] == [10, 9]


def test_of_a_duty_that_comes_every_month_only_the_next_far_one_is_shown() -> None:
    months = [Work(1, date(2026, month, 20), opens_on=date(2026, month, 1)) for month in range(2, 12)]
    groups = arranged(months, TODAY)
    assert [one.last_day for one in groups[Group.LATER]] == [date(2026, 2, 20)]
    near = Work(1, TODAY + timedelta(3))
    assert arranged([near, *months], TODAY)[Group.LATER] == []


def test_what_has_opened_is_shown_however_far_its_day_is() -> None:
    milestones = [Work(1, date(2026, month, 20), opens_on=date(2025, 1, 1)) for month in (2, 5)]
    assert len(arranged(milestones, TODAY)[Group.LATER]) == 2


def test_a_long_list_is_paged() -> None:
    assert page_of(range(250), 1, 100) == (range(100), True)
    assert page_of(range(250), 3, 100) == (range(200, 250), False)
    assert page_of(range(250), 0, 100) == (range(100), True)
