"""Which step of a report is due on a day, and on which days a report opens, closes and leaves."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar.periods import REFORM, Closing, PeriodKind, Scheme, parse_period, period_of, periods_of_year
from rules.calendar.workdays import WorkCalendar
from rules.reminders.ladder import LadderPolicy
from rules.reporting.steps import (
    DaysOf,
    Position,
    ReportState,
    Step,
    asking_rung,
    asking_rungs,
    days_of,
    due_periods,
    next_step,
    report_after,
    report_before,
)

WEEKS = WorkCalendar()
POLICY = LadderPolicy()


def test_a_report_opens_working_days_before_the_cut_off_and_leaves_on_a_working_day() -> None:
    days = days_of(parse_period("2025-Q3"), WEEKS, 10)
    assert (days.opens_on, days.cut_off, days.sending_on) == (date(2025, 9, 1), date(2025, 9, 14), date(2025, 9, 19))


def test_a_report_never_leaves_before_its_figures_are_closed() -> None:
    scheme = Scheme(closings=((PeriodKind.WEEK, Closing(5, 5)),), every_week=True)
    week = days_of(period_of(PeriodKind.WEEK, 2025, 38, scheme), WEEKS, 2)
    assert (week.cut_off, week.sending_on) == (date(2025, 9, 19), date(2025, 9, 22))


@given(st.integers(2023, 2030), st.integers(1, 31), st.integers(0, 2), st.integers(1, 40))
def test_days_stand_in_order_for_any_policy(year: int, day: int, after: int, collect: int) -> None:
    closing = Closing(day, max(day, 20), after)
    scheme = Scheme(closings=((PeriodKind.QUARTER, closing), (PeriodKind.HALF, closing), (PeriodKind.YEAR, closing)))
    for period in periods_of_year(year, scheme=scheme):
        days = days_of(period, WEEKS, collect)
        assert period.first_day <= days.opens_on <= days.cut_off < days.sending_on
        assert WEEKS.is_working_day(days.sending_on)


def test_a_plan_owes_no_report_of_a_period_that_had_closed_before_it_was_known() -> None:
    days = DaysOf(WEEKS, 10)
    known = date(2025, 9, 5)
    for today, keys in ((date(2025, 9, 8), ["2025-Q3"]), (date(2026, 3, 1), ["2025-Q3", "2025"])):
        due = due_periods(REFORM, 2025, known_on=known, today=today, days=days)
        assert [period.key for period in due] == keys


def test_units_are_asked_at_the_opening_and_by_the_ladder_before_the_close() -> None:
    opens, closes = date(2025, 9, 1), date(2025, 9, 14)
    assert asking_rungs(opens, closes, POLICY) == (-13, -7, -3, -1, 0)
    seen = [asking_rung(opens, closes, date(2025, 8, 31) + timedelta(days=n), WEEKS, POLICY) for n in range(15)]
    # 14 September 2025 is a Sunday: what falls on the week-end is told on Friday the 12th, the newest alone.
    assert seen == [None, -13, -13, -13, -13, -7, -7, -7, -7, -7, -7, -3, 0, 0, 0]


@pytest.mark.parametrize(
    ("state", "today", "told", "step"),
    [
        (ReportState.OPEN, date(2025, 9, 14), False, None),
        (ReportState.OPEN, date(2025, 9, 15), False, Step.CLOSE),
        (ReportState.OPEN, date(2025, 11, 1), False, Step.CLOSE),
        (ReportState.CLOSED, date(2025, 9, 15), False, Step.COMPILE),
        (ReportState.WAITING, date(2025, 9, 15), False, Step.SUBMIT),
        (ReportState.WAITING, date(2025, 12, 1), True, None),
        (ReportState.RETURNED, date(2025, 9, 15), False, Step.TELL),
        (ReportState.RETURNED, date(2025, 9, 15), True, None),
        (ReportState.APPROVED, date(2025, 9, 18), False, None),
        (ReportState.APPROVED, date(2025, 9, 19), False, Step.ISSUE),
        (ReportState.APPROVED, date(2026, 1, 5), False, Step.ISSUE),
        (ReportState.ISSUED, date(2025, 9, 19), False, Step.CONFIRM),
        (ReportState.SENT, date(2026, 9, 19), False, None),
    ],
)
def test_the_next_step_follows_from_state_and_day(
    state: ReportState, today: date, told: bool, step: Step | None
) -> None:
    at = Position(state, closes_on=date(2025, 9, 14), sending_on=date(2025, 9, 19), told=told)
    assert next_step(at, today) is step


def test_a_rung_is_asked_once_and_an_older_one_never_after_it() -> None:
    at = Position(ReportState.OPEN, date(2025, 9, 14), date(2025, 9, 19), rung=-3, asked=-7)
    assert next_step(at, date(2025, 9, 11)) is Step.ASK
    for asked in (-3, 0):
        again = Position(ReportState.OPEN, date(2025, 9, 14), date(2025, 9, 19), rung=-3, asked=asked)
        assert next_step(again, date(2025, 9, 11)) is None


def test_neighbours_in_the_year_are_reports_that_are_made() -> None:
    assert report_before(parse_period("2025-Q1"), REFORM) is None
    assert report_before(parse_period("2025-Q3"), REFORM).key == "2025-6M"  # type: ignore[union-attr]
    assert report_after(parse_period("2025"), REFORM).key == "2026-Q1"
    assert report_after(parse_period("2025-W38"), REFORM).key == "2025-W39"
