"""Weeks of a month in lists, and rhythms that "theo" names."""

from datetime import date

import pytest

from rules.timing import read_timing
from rules.timing.values import TimingKind


@pytest.mark.parametrize(
    ("phrase", "start", "due"),
    [
        ("Tuần 2 tháng 6", date(2026, 6, 8), date(2026, 6, 14)),
        ("Tuần 3, 4 tháng 5/2026", date(2026, 5, 15), date(2026, 5, 28)),
        ("Tuần 2 - 3 tháng 6", date(2026, 6, 8), date(2026, 6, 21)),
        ("từ tuần 2 đến tuần 4 tháng 5", date(2026, 5, 8), date(2026, 5, 28)),
        ("tuần cuối tháng 9/2026", date(2026, 9, 22), date(2026, 9, 30)),
        ("tuần thứ hai tháng 9", date(2026, 9, 8), date(2026, 9, 14)),
    ],
)
def test_weeks_of_a_month_are_its_days_and_ask_to_be_confirmed(phrase: str, start: date, due: date) -> None:
    timing = read_timing(phrase, 2026)
    assert (timing.kind, timing.start, timing.due) == (TimingKind.WINDOW, start, due)
    assert "xác nhận" in (timing.reason or "")


def test_a_week_that_no_month_has_is_no_date() -> None:
    assert read_timing("tuần 7 tháng 5", 2026).kind is TimingKind.UNDETERMINED


@pytest.mark.parametrize(
    ("phrase", "rule"),
    [
        ("Theo quý", "FREQ=MONTHLY;INTERVAL=3"),
        ("Theo từng quý", "FREQ=MONTHLY;INTERVAL=3"),
        ("báo cáo theo tháng", "FREQ=MONTHLY"),
    ],
)
def test_by_the_quarter_is_every_quarter(phrase: str, rule: str) -> None:
    assert read_timing(phrase, 2026).recurrence == rule


@pytest.mark.parametrize("phrase", ["Theo quý I", "Theo quy định", "Theo kế hoạch tháng 5", "Theo năm học"])
def test_by_something_else_is_no_rhythm(phrase: str) -> None:
    assert read_timing(phrase, 2026).kind is TimingKind.UNDETERMINED
