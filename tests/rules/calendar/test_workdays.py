from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar.workdays import WorkCalendar

TET_2026 = frozenset(date(2026, 2, 14) + timedelta(days=n) for n in range(9))
SWAPPED = WorkCalendar(off=TET_2026 | {date(2026, 1, 1), date(2026, 1, 2)}, worked=frozenset({date(2026, 1, 10)}))
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
CALENDARS = st.builds(
    WorkCalendar,
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=40),
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=10),
    st.frozensets(st.integers(1, 7), min_size=1),
)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 5), True),
        (date(2026, 1, 3), False),
        (date(2026, 1, 2), False),
        (date(2026, 1, 10), True),
        (date(2026, 2, 17), False),
    ],
)
def test_weekends_and_holidays_are_off_and_a_swapped_saturday_is_worked(day: date, works: bool) -> None:
    assert SWAPPED.is_working_day(day) is works


def test_a_day_both_off_and_worked_is_worked() -> None:
    day = date(2026, 8, 22)
    assert WorkCalendar(off=frozenset({day}), worked=frozenset({day})).is_working_day(day)


def test_the_nearest_working_days_around_tet() -> None:
    assert SWAPPED.next_working_day(date(2026, 2, 14)) == date(2026, 2, 23)
    assert SWAPPED.previous_working_day(date(2026, 2, 22)) == date(2026, 2, 13)
    assert SWAPPED.next_working_day(date(2026, 2, 23)) == date(2026, 2, 23)


def test_working_days_are_counted_from_the_day_after() -> None:
    assert SWAPPED.add_working_days(date(2026, 2, 12), 5) == date(2026, 2, 26)
    assert SWAPPED.add_working_days(date(2026, 1, 9), 1) == date(2026, 1, 10)
    assert SWAPPED.add_working_days(date(2026, 1, 4), 0) == date(2026, 1, 4)


def test_a_calendar_without_any_working_weekday_is_refused() -> None:
    with pytest.raises(ValueError, match="không còn ngày làm việc"):
        WorkCalendar(worked_weekdays=frozenset())
    with pytest.raises(ValueError, match="không còn ngày làm việc"):
        WorkCalendar().resting_also(weekdays=range(1, 8))


def test_quiet_days_rest_also_over_a_swapped_saturday() -> None:
    quiet = SWAPPED.resting_also(days=[date(2026, 3, 2)], weekdays=[6])
    assert not quiet.is_working_day(date(2026, 3, 2))
    assert not quiet.is_working_day(date(2026, 1, 10))
    assert SWAPPED.resting_also() is SWAPPED


def test_a_weekly_day_moves_to_the_next_working_day_of_the_same_week() -> None:
    assert SWAPPED.weekly_day(date(2026, 1, 1), 1) == date(2025, 12, 29)
    assert SWAPPED.weekly_day(date(2025, 12, 31), 4) is None  # 1-2/1 off, 3-4/1 the weekend
    assert SWAPPED.weekly_day(date(2026, 2, 18), 1) is None  # the whole week of Tết
    assert WorkCalendar(off=frozenset({date(2026, 4, 27)})).weekly_day(date(2026, 4, 30), 1) == date(2026, 4, 28)


def counted(calendar: WorkCalendar, first: date, last: date) -> int:
    """How many working days lie from `first` to `last`, both included."""
    return sum(calendar.is_working_day(first + timedelta(days=n)) for n in range((last - first).days + 1))


@given(CALENDARS, DAYS)
def test_moving_to_a_working_day_skips_only_days_off(calendar: WorkCalendar, day: date) -> None:
    after, before = calendar.next_working_day(day), calendar.previous_working_day(day)
    assert before <= day <= after
    assert calendar.is_working_day(after)
    assert calendar.is_working_day(before)
    assert counted(calendar, before, after) == (1 if before == after else 2)


@given(CALENDARS, DAYS, st.integers(1, 60))
def test_adding_working_days_agrees_with_counting_them(calendar: WorkCalendar, day: date, count: int) -> None:
    reached = calendar.add_working_days(day, count)
    assert calendar.is_working_day(reached)
    assert counted(calendar, day + timedelta(days=1), reached) == count
    back = calendar.add_working_days(day, -count)
    assert counted(calendar, back, day - timedelta(days=1)) == count


@given(CALENDARS, DAYS, st.integers(1, 7))
def test_the_weekly_day_is_one_working_day_of_its_week(calendar: WorkCalendar, day: date, weekday: int) -> None:
    week = [day - timedelta(days=day.weekday()) + timedelta(days=n) for n in range(7)]
    found = {calendar.weekly_day(each, weekday) for each in week}
    assert len(found) == 1
    (moved,) = found
    working = [each for each in week if calendar.is_working_day(each) and each.isoweekday() >= weekday]
    assert moved == (working[0] if working else None)
