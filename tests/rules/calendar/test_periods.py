from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar.periods import (
    DISJOINT,
    REFORM,
    Closing,
    PeriodKind,
    Scheme,
    parse_period,
    period_of,
    periods_of_year,
    review_windows,
)

DAY = timedelta(days=1)
DAYS = st.dates(date(2019, 1, 1), date(2033, 12, 31))
CLOSINGS = st.builds(Closing, st.integers(1, 31), st.integers(1, 31), st.integers(0, 1))
WEEKLY = st.builds(Closing, st.integers(1, 7), st.integers(1, 7), st.just(0))
REPORTS = st.frozensets(
    st.sampled_from(
        [(PeriodKind.QUARTER, n) for n in range(1, 5)]
        + [(PeriodKind.HALF, 1), (PeriodKind.NINE_MONTHS, 1), (PeriodKind.YEAR, 1)]
    )
)
SCHEMES = st.builds(
    Scheme,
    closings=st.tuples(*(st.tuples(st.just(k), WEEKLY if k is PeriodKind.WEEK else CLOSINGS) for k in PeriodKind)),
    reports=REPORTS,
    every_month=st.booleans(),
    every_week=st.booleans(),
)


@pytest.mark.parametrize(
    ("key", "label", "first", "cut_off"),
    [
        ("2025-Q1", "Quý I/2025", "2024-12-15", "2025-03-14"),
        ("2025-Q2", "Quý II/2025", "2025-03-15", "2025-06-14"),
        ("2025-Q3", "Quý III/2025", "2025-06-15", "2025-09-14"),
        ("2025-6M", "6 tháng đầu năm 2025", "2024-12-15", "2025-06-14"),
        ("2025-9M", "9 tháng đầu năm 2025", "2024-12-15", "2025-09-14"),
        ("2025", "Năm 2025", "2024-12-15", "2025-12-14"),
        ("2025-09", "Tháng 9/2025", "2025-08-15", "2025-09-14"),
        ("2025-01", "Tháng 1/2025", "2024-12-15", "2025-01-14"),
        ("2025-W38", "Tuần 38/2025", "2025-09-13", "2025-09-19"),
        ("2026-w53", "Tuần 53/2026", "2026-12-26", "2027-01-01"),
    ],
)
def test_periods_close_as_decree_09_says(key: str, label: str, first: str, cut_off: str) -> None:
    period = parse_period(key)
    assert (period.label, period.first_day.isoformat(), period.cut_off.isoformat()) == (label, first, cut_off)
    assert period.key == key.upper()


@pytest.mark.parametrize("key", ["", "2025-Q5", "2025-13", "2025-00", "2025-W54", "2025-W53", "2025-6", "nay", "25-Q1"])
def test_a_period_that_does_not_exist_is_refused_with_a_sentence(key: str) -> None:
    with pytest.raises(ValueError, match="Không có kỳ báo cáo"):
        parse_period(key)


def test_the_reform_year_has_four_reports() -> None:
    found = [(p.key, p.cut_off.isoformat(), p.sending_day.isoformat()) for p in periods_of_year(2025)]
    assert found == [
        ("2025-Q1", "2025-03-14", "2025-03-20"),
        ("2025-6M", "2025-06-14", "2025-06-20"),
        ("2025-Q3", "2025-09-14", "2025-09-20"),
        ("2025", "2025-12-14", "2025-12-20"),
    ]


def test_reports_switched_on_stand_between_the_others_by_their_close() -> None:
    scheme = Scheme(reports=REFORM.reports | {(PeriodKind.QUARTER, 2), (PeriodKind.NINE_MONTHS, 1)}, every_month=True)
    keys = [period.key for period in periods_of_year(2025, scheme=scheme)]
    assert keys[5:10] == ["2025-05", "2025-06", "2025-Q2", "2025-6M", "2025-07"]
    assert len(keys) == 12 + 6
    assert len(periods_of_year(2026, [PeriodKind.WEEK])) == 53


def test_days_of_closing_and_sending_are_the_offices_own() -> None:
    scheme = Scheme(closings=((PeriodKind.QUARTER, Closing(31, 5, 1)), (PeriodKind.WEEK, Closing(4, 1, 1))))
    quarter = period_of(PeriodKind.QUARTER, 2024, 1, scheme)
    assert (quarter.first_day, quarter.cut_off, quarter.sending_day) == (
        date(2024, 1, 1),
        date(2024, 3, 31),
        date(2024, 4, 5),
    )
    week = parse_period("2025-W38", scheme)
    assert (week.cut_off, week.sending_day) == (date(2025, 9, 18), date(2025, 9, 22))


def test_standing_duties_are_reviewed_in_consecutive_windows() -> None:
    assert [(w.key, w.first_day.isoformat(), w.last_day.isoformat()) for w in review_windows(2025)] == [
        ("2025-Q1", "2024-12-15", "2025-03-14"),
        ("2025-6M", "2025-03-15", "2025-06-14"),
        ("2025-Q3", "2025-06-15", "2025-09-14"),
        ("2025", "2025-09-15", "2025-12-14"),
    ]


def test_reports_that_end_together_are_one_review() -> None:
    every = Scheme(reports=frozenset((PeriodKind.QUARTER, n) for n in range(1, 5)) | {(PeriodKind.HALF, 1)})
    assert [window.key for window in review_windows(2025, every)] == ["2025-Q1", "2025-6M", "2025-Q3", "2025-Q4"]
    assert [w.key for w in review_windows(2025, Scheme(reports=frozenset()))] == ["2025"]
    assert len(review_windows(2025, Scheme(reports=frozenset(), every_month=True))) == 12


@given(DAYS, SCHEMES, st.sampled_from(DISJOINT))
def test_each_day_belongs_to_exactly_one_period_of_each_kind(day: date, scheme: Scheme, kind: PeriodKind) -> None:
    years = range(day.year - 1, day.year + 2)
    holding = [p for year in years for p in periods_of_year(year, [kind], scheme) if p.first_day <= day <= p.cut_off]
    assert len(holding) == 1


@given(DAYS, SCHEMES, st.sampled_from([PeriodKind.HALF, PeriodKind.NINE_MONTHS]))
def test_a_day_belongs_to_at_most_one_cumulative_period(day: date, scheme: Scheme, kind: PeriodKind) -> None:
    years = range(day.year - 1, day.year + 2)
    holding = [p for year in years for p in periods_of_year(year, [kind], scheme) if p.first_day <= day <= p.cut_off]
    assert len(holding) <= 1


@given(st.integers(2019, 2033), SCHEMES)
def test_keys_read_back_to_the_same_period(year: int, scheme: Scheme) -> None:
    every = periods_of_year(year, PeriodKind, scheme)
    assert len({period.key for period in every}) == len(every)
    for period in every:
        assert parse_period(period.key, scheme) == period
        assert period.first_day <= period.cut_off


@given(st.integers(2019, 2033), REPORTS, st.integers(1, 31), st.booleans())
def test_review_windows_leave_no_day_out_and_none_twice(
    year: int, reports: frozenset[tuple[PeriodKind, int]], cut_off: int, monthly: bool
) -> None:
    closings = tuple((kind, Closing(cut_off, 31)) for kind in PeriodKind if kind is not PeriodKind.WEEK)
    scheme = Scheme(closings=closings, reports=reports, every_month=monthly)
    windows = [*review_windows(year, scheme), *review_windows(year + 1, scheme)]
    for window, following in pairwise(windows):
        assert window.first_day <= window.last_day == following.first_day - DAY
