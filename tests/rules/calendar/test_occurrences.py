from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.calendar.occurrences import OccurrenceDraft, OccurrenceKind, needs_a_date, occurrences_of, resolve_relative
from rules.calendar.periods import REFORM, PeriodKind, Scheme
from rules.calendar.workdays import WorkCalendar
from rules.timing.values import Milestone, Relative, Timing, TimingKind

SIGNED = date(2025, 9, 5)
DAY = timedelta(days=1)


def timing(kind: str, **fields: object) -> Timing:
    return Timing.model_validate({"phrase": "…", "kind": kind, **fields})


def recurring(rule: str | None, **fields: object) -> Timing:
    return timing("recurring", recurrence=rule, **fields)


def spans(drafts: tuple[OccurrenceDraft, ...]) -> list[tuple[str, str, str]]:
    """Key, opening and last day of each."""
    return [(draft.key, draft.opens_on.isoformat(), draft.last_day.isoformat()) for draft in drafts]


def test_a_window_opens_when_the_plan_is_signed_and_is_due_at_its_end() -> None:
    whole_year = timing("window", start=date(2025, 1, 1), due=date(2025, 12, 31))
    (draft,) = occurrences_of(whole_year, year=2025, issued=SIGNED)
    assert draft == OccurrenceDraft(
        "2025-12-31",
        OccurrenceKind.DEADLINE,
        SIGNED,
        date(2025, 12, 31),
        date(2025, 12, 31),
        "Hạn 31/12/2025",
    )


def test_a_deadline_shows_the_printed_day_and_counts_with_the_last_one() -> None:
    before = timing("deadline", due=date(2025, 11, 15), last_day=date(2025, 11, 14))
    (draft,) = occurrences_of(before, year=2025)
    assert (draft.opens_on, draft.due_on, draft.last_day) == (
        date(2025, 1, 1),
        date(2025, 11, 15),
        date(2025, 11, 14),
    )


def test_a_deadline_already_past_when_the_plan_was_signed_is_kept() -> None:
    past = timing("deadline", due=date(2025, 8, 15))
    assert spans(occurrences_of(past, year=2025, issued=SIGNED)) == [("2025-08-15", "2025-08-15", "2025-08-15")]


def test_two_windows_are_two_occurrences() -> None:
    two = timing(
        "window",
        start=date(2025, 4, 1),
        due=date(2025, 12, 31),
        milestones=[
            {"start": date(2025, 4, 1), "due": date(2025, 6, 30)},
            {"start": date(2025, 10, 1), "due": date(2025, 12, 31)},
        ],
    )
    assert spans(occurrences_of(two, year=2025)) == [
        ("2025-06-30", "2025-04-01", "2025-06-30"),
        ("2025-12-31", "2025-10-01", "2025-12-31"),
    ]


def test_milestones_have_one_each_also_after_the_plans_year_and_none_without_a_day() -> None:
    steps = timing(
        "milestones",
        milestones=[
            {"due": date(2025, 12, 31), "target": "tối thiểu 90%"},
            {"due": date(2026, 1, 31), "target": "100%"},
            {"due": None, "target": "mở rộng sau năm 2028"},
        ],
    )
    drafts = occurrences_of(steps, year=2025, issued=SIGNED)
    assert [(d.key, d.kind.value, d.target) for d in drafts] == [
        ("2025-12-31", "milestone", "tối thiểu 90%"),
        ("2026-01-31", "milestone", "100%"),
    ]
    assert {d.urge_until for d in drafts} == {None}


def test_targets_of_one_day_are_one_milestone() -> None:
    steps = timing(
        "milestones",
        milestones=[{"due": date(2025, 6, 30), "target": "50%"}, {"due": date(2025, 6, 30), "target": "2 sáng kiến"}],
    )
    (draft,) = occurrences_of(steps, year=2025)
    assert draft.target == "50%; 2 sáng kiến"


def test_a_deadline_beyond_its_milestones_is_an_occurrence_of_its_own() -> None:
    both = timing("window", due=date(2025, 12, 31), milestones=[{"due": date(2025, 6, 30), "target": "50%"}])
    assert [(d.key, d.kind.value) for d in occurrences_of(both, year=2025)] == [
        ("2025-06-30", "milestone"),
        ("2025-12-31", "deadline"),
    ]


@pytest.mark.parametrize(
    ("rule", "exclusive", "found"),
    [
        ("FREQ=MONTHLY", False, ("2025-10", "2025-10-01", "2025-10-31")),
        ("FREQ=MONTHLY;BYMONTHDAY=20", False, ("2025-10", "2025-10-01", "2025-10-20")),
        ("FREQ=MONTHLY;BYMONTHDAY=5", True, ("2025-10", "2025-09-05", "2025-10-04")),
        ("FREQ=MONTHLY;BYMONTHDAY=1", True, ("2025-10", "2025-09-05", "2025-09-30")),
        ("FREQ=MONTHLY;BYMONTHDAY=31", False, ("2025-11", "2025-11-01", "2025-11-30")),
        ("FREQ=MONTHLY;BYDAY=-1FR", False, ("2025-10", "2025-10-01", "2025-10-31")),
        ("FREQ=MONTHLY;INTERVAL=3", False, ("2025-Q4", "2025-10-01", "2025-12-31")),
        ("FREQ=MONTHLY;INTERVAL=9", False, ("2025-9M", "2025-09-05", "2025-09-30")),
        ("FREQ=MONTHLY;INTERVAL=6", False, ("2025-6M2", "2025-09-05", "2025-12-31")),
        ("FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=5", True, ("2025-Q4", "2025-10-01", "2025-12-04")),
        ("FREQ=YEARLY", False, ("2025", "2025-09-05", "2025-12-31")),
        ("FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=20", True, ("2025", "2025-09-05", "2025-11-19")),
        ("FREQ=YEARLY;BYMONTH=12", False, ("2025", "2025-12-01", "2025-12-31")),
        ("FREQ=YEARLY;BYMONTH=4,10", False, ("2025-10", "2025-10-01", "2025-10-31")),
        ("FREQ=WEEKLY", False, ("2025-W38", "2025-09-15", "2025-09-19")),
        ("FREQ=WEEKLY;BYDAY=MO", False, ("2025-W38", "2025-09-09", "2025-09-15")),
        ("FREQ=WEEKLY;BYDAY=FR", True, ("2025-W38", "2025-09-15", "2025-09-18")),
        ("FREQ=WEEKLY;BYDAY=TU,FR", False, ("2025-09-19", "2025-09-17", "2025-09-19")),
        ("FREQ=MONTHLY;BYMONTHDAY=15,-1", False, ("2025-10-31", "2025-10-16", "2025-10-31")),
    ],
)
def test_a_recurring_item_has_one_for_each_period(rule: str, exclusive: bool, found: tuple[str, str, str]) -> None:
    drafts = occurrences_of(recurring(rule, exclusive=exclusive), year=2025, issued=SIGNED)
    assert found in spans(drafts)
    assert {draft.kind for draft in drafts} == {OccurrenceKind.PERIOD}
    assert all(draft.due_on == draft.last_day + (DAY if exclusive else 0 * DAY) for draft in drafts)


def test_periods_begin_with_the_plan_and_end_with_its_year() -> None:
    weekly = occurrences_of(recurring("FREQ=WEEKLY"), year=2025, issued=date(2025, 9, 10))
    assert weekly[0].opens_on == date(2025, 9, 10)
    assert weekly[0].label == "Tuần 37/2025"
    assert weekly[-1].last_day == date(2025, 12, 26)
    assert len(weekly) == 16


def test_periods_run_to_the_end_that_the_plan_or_the_rule_gives() -> None:
    ended = recurring("FREQ=MONTHLY", start=date(2025, 3, 1), due=date(2025, 10, 31))
    assert [d.key for d in occurrences_of(ended, year=2025)] == [f"2025-{month:02}" for month in range(3, 11)]
    until = recurring("FREQ=YEARLY;UNTIL=20301231", start=date(2027, 1, 1))
    assert [d.key for d in occurrences_of(until, year=2026)] == ["2027", "2028", "2029", "2030"]
    asked = occurrences_of(recurring("FREQ=YEARLY"), year=2025, until=date(2027, 12, 31))
    assert [d.key for d in asked] == ["2025", "2026", "2027"]


def test_every_second_year_closes_in_the_plans_year() -> None:
    assert [d.key for d in occurrences_of(recurring("FREQ=YEARLY;INTERVAL=2"), year=2025)] == ["2025"]


def test_several_rhythms_of_one_item_stand_side_by_side() -> None:
    both = recurring("FREQ=MONTHLY;BYMONTHDAY=16\nFREQ=YEARLY;BYMONTH=6;BYMONTHDAY=16", exclusive=True)
    drafts = occurrences_of(both, year=2026)
    june = [(d.key, d.label) for d in drafts if d.last_day == date(2026, 6, 15)]
    assert june == [("2026", "Năm 2026"), ("2026-06", "Tháng 6/2026")]
    assert len(drafts) == 13


def test_two_days_a_year_are_named_by_date_also_when_one_is_past() -> None:
    twice = recurring("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1\nFREQ=YEARLY;BYMONTH=11;BYMONTHDAY=15", exclusive=True)
    assert [d.key for d in occurrences_of(twice, year=2025)] == ["2025-06-01", "2025-11-15"]
    assert [d.key for d in occurrences_of(twice, year=2025, issued=SIGNED)] == ["2025-11-15"]


def test_a_missed_period_is_urged_only_until_the_next_one_is_due() -> None:
    weekly = occurrences_of(recurring("FREQ=WEEKLY"), year=2025)
    for draft, following in pairwise(weekly):
        assert draft.urge_until == following.due_on - DAY
    assert weekly[-1].urge_until == date(2026, 1, 1)


def test_a_standing_duty_is_reviewed_once_in_each_reporting_period() -> None:
    drafts = occurrences_of(timing("continuous", due=date(2025, 12, 31)), year=2025)
    assert spans(drafts) == [
        ("2025-Q1", "2025-01-01", "2025-03-14"),
        ("2025-6M", "2025-03-15", "2025-06-14"),
        ("2025-Q3", "2025-06-15", "2025-09-14"),
        ("2025", "2025-09-15", "2025-12-14"),
    ]
    assert {d.kind for d in drafts} == {OccurrenceKind.REVIEW}
    assert drafts[0].label == "Quý I/2025 (nhiệm vụ thường xuyên)"
    assert drafts[-1].urge_until == date(2026, 3, 13)


def test_an_open_ended_duty_is_reviewed_within_the_plans_year() -> None:
    assert [d.key for d in occurrences_of(timing("continuous"), year=2025, issued=SIGNED)] == ["2025-Q3", "2025"]
    later = timing("continuous", start=date(2026, 7, 1))
    assert [d.key for d in occurrences_of(later, year=2025)] == ["2026-Q3", "2026"]


def test_a_duty_that_ends_inside_a_period_is_reviewed_at_its_end() -> None:
    assert spans(occurrences_of(timing("continuous", due=date(2025, 10, 31)), year=2025, issued=SIGNED))[-1] == (
        "2025",
        "2025-09-15",
        "2025-10-31",
    )
    short = timing("continuous", start=date(2025, 12, 20), due=date(2025, 12, 31))
    assert spans(occurrences_of(short, year=2025)) == [("2026-Q1", "2025-12-20", "2025-12-31")]


def test_a_daily_duty_is_reviewed_and_not_mailed_every_day() -> None:
    drafts = occurrences_of(recurring("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR"), year=2025, issued=SIGNED)
    assert [(d.key, d.kind.value) for d in drafts] == [("2025-Q3", "review"), ("2025", "review")]
    assert "hằng ngày" in drafts[0].label
    both = occurrences_of(recurring("FREQ=DAILY\nFREQ=WEEKLY"), year=2025, issued=SIGNED)
    assert {d.kind for d in both} == {OccurrenceKind.PERIOD}


def test_a_recurring_item_without_a_rule_follows_the_reports() -> None:
    drafts = occurrences_of(recurring(None), year=2025, issued=SIGNED)
    assert [(d.key, d.kind.value, d.label) for d in drafts] == [
        ("2025-Q3", "period", "Quý III/2025"),
        ("2025", "period", "Năm 2025"),
    ]
    quarterly = Scheme(reports=REFORM.reports | {(PeriodKind.QUARTER, 4)})
    assert [d.key for d in occurrences_of(recurring(None), year=2025, scheme=quarterly)][-1] == "2025"


@pytest.mark.parametrize(
    "rule", ["FREQ=HOURLY", "FREQ=WEEKLY;BYDAY=XX", "BYMONTH=3", "FREQ=MONTHLY;BYSETPOS=1", "FREQ=YEARLY;BYMONTH=13"]
)
def test_a_rule_not_understood_is_refused_and_never_half_used(rule: str) -> None:
    with pytest.raises(ValueError, match="Quy tắc lặp lại"):
        occurrences_of(recurring(rule), year=2025)


UNDATED = [
    timing("undetermined"),
    timing("deadline", relative={"event": "nhận văn bản", "days": 5, "working_days": True}),
    timing("window", start=date(2025, 10, 1)),
]


@pytest.mark.parametrize("undated", UNDATED)
def test_what_has_no_date_yet_has_no_occurrence_and_needs_one(undated: Timing) -> None:
    assert occurrences_of(undated, year=2025) == ()
    assert needs_a_date(undated)


@pytest.mark.parametrize(
    "dated",
    [
        timing("continuous"),
        recurring(None),
        timing("deadline", due=date(2025, 6, 1)),
        timing("milestones", milestones=[{"due": date(2025, 6, 1)}, {"due": None}]),
    ],
)
def test_what_has_a_rhythm_or_a_day_needs_none(dated: Timing) -> None:
    assert not needs_a_date(dated)
    assert occurrences_of(dated, year=2025)


def relative(**fields: object) -> Timing:
    return timing("deadline", relative={"event": "nhận đủ hồ sơ", **fields}, reason="chưa có ngày")


def test_working_days_are_counted_from_the_day_after_the_event() -> None:
    calendar = WorkCalendar(off=frozenset({date(2025, 9, 1), date(2025, 9, 2)}))
    found = resolve_relative(relative(days=5, working_days=True), date(2025, 8, 28), calendar)
    assert (found.start, found.due, found.last_day, found.reason) == (
        date(2025, 8, 28),
        date(2025, 9, 8),
        date(2025, 9, 8),
        None,
    )
    assert spans(occurrences_of(found, year=2025)) == [("2025-09-08", "2025-08-28", "2025-09-08")]


def test_a_term_of_calendar_days_that_ends_on_a_day_off_ends_on_the_next_working_day() -> None:
    found = resolve_relative(relative(days=20), date(2025, 9, 1), WorkCalendar())
    assert (found.due, found.last_day) == (date(2025, 9, 21), date(2025, 9, 22))


def test_hours_are_counted_as_days_begun() -> None:
    assert resolve_relative(relative(hours=72), date(2025, 9, 1), WorkCalendar()).due == date(2025, 9, 4)
    assert resolve_relative(relative(hours=80), date(2025, 9, 1), WorkCalendar()).due == date(2025, 9, 5)


def test_a_term_without_a_number_stays_without_a_date() -> None:
    unknown = relative()
    assert resolve_relative(unknown, date(2025, 9, 1), WorkCalendar()) is unknown


RULES = st.sampled_from(
    [
        *(f"FREQ=WEEKLY;BYDAY={day}" for day in ("MO", "FR", "SU", "TU,FR")),
        *(f"FREQ=WEEKLY;INTERVAL={n}" for n in (1, 2, 3)),
        *(f"FREQ=MONTHLY;INTERVAL={n}" for n in (1, 2, 3, 4, 5, 6, 9, 12)),
        *(f"FREQ=MONTHLY;BYMONTHDAY={day}" for day in ("1", "5", "15", "16", "28", "31", "-1", "10,25")),
        "FREQ=MONTHLY;BYDAY=1MO",
        "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=20",
        "FREQ=YEARLY",
        "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1",
        "FREQ=YEARLY;BYMONTH=4,8",
        "FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=5",
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=10",
    ]
)
DATES = st.dates(date(2024, 6, 1), date(2027, 6, 30))
TIMINGS = st.builds(
    Timing,
    phrase=st.just("…"),
    kind=st.sampled_from(TimingKind),
    start=st.none() | DATES,
    due=st.none() | DATES,
    recurrence=st.none() | st.lists(RULES, min_size=1, max_size=3).map("\n".join),
    exclusive=st.booleans(),
    milestones=st.lists(st.builds(Milestone, due=st.none() | DATES, start=st.none() | DATES), max_size=3).map(tuple),
    relative=st.none() | st.builds(Relative, event=st.just("…"), days=st.integers(1, 30)),
)


@given(TIMINGS, st.none() | DATES, st.none() | DATES)
@settings(max_examples=300, deadline=None)
def test_occurrences_of_any_timing_are_sound(found: Timing, issued: date | None, until: date | None) -> None:
    drafts = occurrences_of(found, year=2025, issued=issued, until=until)
    assert drafts == occurrences_of(found, year=2025, issued=issued, until=until)
    assert len({draft.key for draft in drafts}) == len(drafts)
    for draft in drafts:
        assert draft.opens_on <= draft.last_day <= draft.due_on
        assert draft.label
        assert len(draft.key) <= 40
        assert len(draft.label) <= 120
        assert (draft.urge_until is None) == (draft.kind in (OccurrenceKind.DEADLINE, OccurrenceKind.MILESTONE))
        if draft.urge_until is not None:
            assert draft.urge_until >= draft.last_day - DAY
            assert draft.opens_on >= (issued or draft.opens_on)
            assert found.due is None or draft.last_day <= found.due
    if needs_a_date(found):
        assert drafts == ()


@given(RULES, st.integers(2023, 2027))
def test_the_periods_of_a_year_are_the_same_whenever_the_plan_was_signed(rule: str, year: int) -> None:
    whole = occurrences_of(recurring(rule), year=year)
    late = occurrences_of(recurring(rule), year=year, issued=date(year, 8, 20))
    if "DAILY" not in rule:
        assert [draft.key for draft in late] == [d.key for d in whole if d.last_day >= date(year, 8, 20)]
    assert whole
