from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.work.states import ItemState, OccurrenceFact, item_state, occurrence_state

TODAY = date(2025, 11, 21)
DAY = timedelta(days=1)


def fact(last: int, done: int | None = None, opens: int = -60) -> OccurrenceFact:
    """An occurrence by days from today."""
    return OccurrenceFact(TODAY + DAY * opens, TODAY + DAY * last, None if done is None else TODAY + DAY * done)


@pytest.mark.parametrize(
    ("occurrence", "state"),
    [
        (fact(40), "Đúng tiến độ"),
        (fact(8), "Đúng tiến độ"),
        (fact(7), "Sắp đến hạn"),
        (fact(0), "Sắp đến hạn"),
        (fact(-1), "Quá hạn"),
        (fact(-1, done=-1), "Hoàn thành"),
        (fact(-2, done=-1), "Hoàn thành muộn"),
        (fact(4, opens=1), "Đúng tiến độ"),
    ],
)
def test_an_occurrence_is_named_by_its_days(occurrence: OccurrenceFact, state: str) -> None:
    assert occurrence_state(occurrence, TODAY) == state


def test_days_before_it_is_soon_are_the_offices_choice() -> None:
    assert occurrence_state(fact(8), TODAY, soon_days=10) is ItemState.DUE_SOON
    assert occurrence_state(fact(7), TODAY, soon_days=3) is ItemState.ON_TRACK


@pytest.mark.parametrize(
    ("occurrences", "undetermined", "state"),
    [
        ([fact(-1), fact(3)], False, "Quá hạn"),
        ([fact(-9, done=-10), fact(3)], False, "Sắp đến hạn"),
        ([fact(-9, done=-10), fact(30)], False, "Đúng tiến độ"),
        ([fact(-9, done=-8), fact(30)], False, "Đúng tiến độ"),
        ([fact(-9, done=-10), fact(-3, done=-3)], False, "Hoàn thành"),
        ([fact(-9, done=-8), fact(-3, done=-3)], False, "Hoàn thành muộn"),
        ([], False, "Đúng tiến độ"),
        ([], True, "Chờ xác định thời hạn"),
        ([fact(-1)], True, "Quá hạn"),
        ([fact(-1, done=-1)], True, "Chờ xác định thời hạn"),
    ],
)
def test_an_item_shows_what_presses_most(occurrences: list[OccurrenceFact], undetermined: bool, state: str) -> None:
    assert item_state(occurrences, TODAY, undetermined=undetermined) == state


def test_only_what_is_overdue_is_red() -> None:
    assert {state.type for state in ItemState} == {"COMPLETED", "FAILED", "CANCELLED"}
    assert [state for state in ItemState if state.type == "FAILED"] == [ItemState.OVERDUE]
    assert [state for state in ItemState if state.type == "CANCELLED"] == [ItemState.UNDETERMINED]


FACTS = st.builds(fact, st.integers(-90, 90), st.none() | st.integers(-90, 0), st.integers(-200, -91))


@given(st.lists(FACTS, min_size=1, max_size=8), st.integers(0, 200))
def test_time_alone_never_ends_what_is_open(facts: list[OccurrenceFact], later: int) -> None:
    now, then = item_state(facts, TODAY), item_state(facts, TODAY + DAY * later)
    if now is ItemState.OVERDUE:
        assert then is ItemState.OVERDUE
    done = {ItemState.DONE, ItemState.DONE_LATE}
    assert (now in done) == (then in done) == all(each.done_on is not None for each in facts)


def test_a_missed_period_presses_until_the_next_one_takes_its_place() -> None:
    first = OccurrenceFact(TODAY - DAY * 20, TODAY - DAY * 10, urge_until=TODAY - DAY * 4)
    second = OccurrenceFact(TODAY - DAY * 9, TODAY - DAY * 3, urge_until=TODAY + DAY * 3)
    coming = OccurrenceFact(TODAY - DAY * 2, TODAY + DAY * 20, urge_until=TODAY + DAY * 26)
    assert item_state([first, second, coming], TODAY) is ItemState.OVERDUE
    answered = OccurrenceFact(second.opens_on, second.last_day, TODAY - DAY * 5, second.urge_until)
    assert item_state([first, answered, coming], TODAY) is ItemState.ON_TRACK
    assert item_state([first], TODAY) is ItemState.OVERDUE, "nothing has taken the place of the last period"
