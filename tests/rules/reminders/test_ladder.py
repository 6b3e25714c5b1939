from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.calendar.workdays import WorkCalendar
from rules.reminders.ladder import (
    NOTHING,
    Audience,
    Decision,
    LadderPolicy,
    Rung,
    audience,
    decide,
    next_rung_day,
    rung_words,
    rungs,
    tells_coordinators,
)

DAY = timedelta(days=1)
POLICY = LadderPolicy()
PLAIN = WorkCalendar()
TET = frozenset(date(2026, 2, 14) + DAY * n for n in range(9))
CALENDAR = WorkCalendar(off=TET | {date(2026, 1, 1), date(2026, 1, 2)}, worked=frozenset({date(2026, 1, 10)}))
LONG_AGO = date(2025, 1, 1)

CALENDARS = st.builds(
    WorkCalendar,
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 6, 30)), max_size=30),
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 6, 30)), max_size=6),
    st.just(frozenset({1, 2, 3, 4, 5})),
)
POLICIES = st.builds(
    LadderPolicy,
    rungs=st.frozensets(st.integers(-40, 20), min_size=1, max_size=10).map(lambda found: tuple(sorted(found))),
    repeat_every=st.integers(0, 10),
    quiet_weekdays=st.frozensets(st.integers(1, 7), max_size=2),
    quiet_dates=st.frozensets(st.dates(date(2026, 1, 1), date(2026, 6, 30)), max_size=5),
)
SPANS = st.dates(date(2026, 1, 20), date(2026, 4, 30)).flatmap(
    lambda last: st.tuples(st.integers(0, 60).map(lambda length: last - DAY * length), st.just(last))
)


def year(first: date = date(2025, 11, 1), days: int = 300) -> list[date]:
    return [first + DAY * n for n in range(days)]


def simulate(
    mornings: list[date], opens_on: date, last_day: date, calendar: WorkCalendar, policy: LadderPolicy, **more: date
) -> list[tuple[date, Decision]]:
    """What the mornings tell, as the database would remember it between them."""
    settled: int | None = None
    told: list[tuple[date, Decision]] = []
    for today in mornings:
        made = decide(opens_on, last_day, calendar, policy, today=today, settled_through=settled, **more)
        if made != NOTHING:
            settled = made.settled_through
            told.append((today, made))
    return told


def test_the_default_ladder_of_a_day_without_holidays() -> None:
    found = rungs(LONG_AGO, date(2026, 4, 15), PLAIN, POLICY, through=date(2026, 5, 10))
    assert [(r.offset, r.day.isoformat()) for r in found] == [
        (-30, "2026-03-16"),
        (-14, "2026-04-01"),
        (-7, "2026-04-08"),
        (-3, "2026-04-10"),  # 12/4 is a Sunday
        (-1, "2026-04-14"),
        (0, "2026-04-15"),
        (1, "2026-04-16"),
        (3, "2026-04-20"),  # 18/4 is a Saturday
        (7, "2026-04-22"),
        (14, "2026-04-29"),
        (21, "2026-05-06"),
    ]


def test_a_due_day_in_the_weekend_is_told_on_friday_and_the_older_rung_is_passed_over() -> None:
    friday, sunday = date(2026, 4, 17), date(2026, 4, 19)
    made = decide(LONG_AGO, sunday, PLAIN, POLICY, today=friday, settled_through=-3)
    assert made == Decision(Rung(0, friday), (Rung(-1, friday),))
    assert Rung(0, friday).words(sunday) == "nhắc trước 2 ngày"


def test_rungs_after_the_due_day_wait_for_the_end_of_tet() -> None:
    found = rungs(LONG_AGO, date(2026, 2, 13), CALENDAR, POLICY, through=date(2026, 2, 28))
    assert [(r.offset, r.day.day) for r in found[-4:]] == [(-1, 12), (0, 13), (7, 23), (14, 27)]


def test_a_week_long_duty_has_only_the_rungs_inside_its_week() -> None:
    found = rungs(date(2026, 4, 13), date(2026, 4, 17), PLAIN, POLICY, through=date(2026, 4, 17))
    assert [r.offset for r in found] == [-3, -1, 0]


def test_a_period_wholly_in_days_off_is_still_told_before_it_is_late() -> None:
    found = rungs(date(2026, 2, 16), date(2026, 2, 18), CALENDAR, POLICY, through=date(2026, 2, 18))
    assert found == [Rung(0, date(2026, 2, 13))]


def test_after_an_outage_the_newest_rung_is_told_once_and_the_older_are_passed_over() -> None:
    due = date(2026, 4, 15)
    made = decide(LONG_AGO, due, PLAIN, POLICY, today=date(2026, 4, 17), settled_through=-14)
    assert made.tell == Rung(1, date(2026, 4, 16))
    assert [r.offset for r in made.passed_over] == [-7, -3, -1, 0]
    assert decide(LONG_AGO, due, PLAIN, POLICY, today=date(2026, 4, 17), settled_through=1) == NOTHING


def test_a_rung_missed_by_a_day_is_told_although_today_is_no_rung_day() -> None:
    made = decide(LONG_AGO, date(2026, 4, 15), PLAIN, POLICY, today=date(2026, 4, 9), settled_through=-14)
    assert made == Decision(Rung(-7, date(2026, 4, 8)), ())


def test_nothing_is_told_on_a_day_off_or_a_quiet_day() -> None:
    due = date(2026, 4, 15)
    quiet = LadderPolicy(quiet_dates=frozenset({date(2026, 4, 15)}))
    assert decide(LONG_AGO, due, PLAIN, POLICY, today=date(2026, 4, 18), settled_through=None) == NOTHING
    assert decide(LONG_AGO, due, PLAIN, quiet, today=due, settled_through=None) == NOTHING
    assert Rung(0, date(2026, 4, 14)) in rungs(LONG_AGO, due, PLAIN, quiet, through=due)


def test_an_old_period_is_no_longer_urged_but_passed_over() -> None:
    due, until = date(2026, 4, 3), date(2026, 4, 9)
    told = rungs(LONG_AGO, due, PLAIN, POLICY, urge_until=until, through=date(2026, 12, 31))
    assert [r.offset for r in told][-3:] == [-1, 0, 3]
    made = decide(LONG_AGO, due, PLAIN, POLICY, today=date(2026, 4, 20), settled_through=0, urge_until=until)
    assert made == Decision(None, (Rung(1, date(2026, 4, 6)), Rung(3, date(2026, 4, 6))))
    assert next_rung_day(LONG_AGO, due, PLAIN, POLICY, after=made.settled_through, urge_until=until) is None


def test_head_and_leader_are_copied_from_their_days_on() -> None:
    assert audience(1, POLICY) == (Audience.UNIT,)
    assert audience(3, POLICY) == (Audience.UNIT, Audience.HEAD)
    assert audience(14, POLICY) == (Audience.UNIT, Audience.HEAD, Audience.LEADER)
    assert audience(70, LadderPolicy(head_from=None, leader_from=None)) == (Audience.UNIT,)


def test_coordinators_hear_their_rung_also_when_a_newer_one_took_its_day() -> None:
    before_tet = date(2026, 2, 13)
    made = decide(LONG_AGO, date(2026, 2, 21), CALENDAR, POLICY, today=before_tet, settled_through=-14)
    assert made.tell == Rung(0, before_tet)
    assert tells_coordinators(made, POLICY)
    late = decide(LONG_AGO, date(2026, 2, 10), CALENDAR, POLICY, today=date(2026, 2, 23), settled_through=-14)
    assert late.tell is not None
    assert not tells_coordinators(late, POLICY)
    assert not tells_coordinators(NOTHING, POLICY)


@pytest.mark.parametrize(
    ("days", "words"), [(-30, "nhắc trước 30 ngày"), (0, "đến hạn hôm nay"), (3, "quá hạn 3 ngày")]
)
def test_rungs_have_words(days: int, words: str) -> None:
    assert rung_words(days) == words


@pytest.mark.parametrize("bad", [{"rungs": ()}, {"rungs": (1, 0)}, {"rungs": (0, 0)}, {"repeat_every": -1}])
def test_a_senseless_ladder_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="nhắc"):
        LadderPolicy(**bad)  # type: ignore[arg-type]


def expected(opens_on: date, last: date, calendar: WorkCalendar, policy: LadderPolicy, through: date) -> list[Rung]:
    """The rule written out day by day, without the arithmetic of the real one."""
    mail = calendar.resting_also(policy.quiet_dates, policy.quiet_weekdays)
    offsets, repeat = list(policy.rungs), max(policy.rungs[-1], 0) + policy.repeat_every
    while policy.repeat_every and last + DAY * repeat <= through:
        offsets.append(repeat)
        repeat += policy.repeat_every
    found = [
        Rung(n, mail.next_working_day(last + DAY * n) if n > 0 else mail.previous_working_day(last + DAY * n))
        for n in offsets
    ]
    return [r for r in found if r.day <= through and (r.offset >= 0 or r.day >= opens_on)]


@given(CALENDARS, POLICIES, SPANS)
@settings(max_examples=150)
def test_without_an_outage_each_rung_is_told_on_its_own_day(
    calendar: WorkCalendar, policy: LadderPolicy, span: tuple[date, date]
) -> None:
    mornings, (opens_on, last) = year(days=240), span
    told = simulate(mornings, opens_on, last, calendar, policy)
    assert [made.tell for _, made in told] == rungs(opens_on, last, calendar, policy, through=mornings[-1])
    assert all(made.tell is not None and made.tell.day == today for today, made in told)


@given(CALENDARS, POLICIES, SPANS, st.sets(st.integers(0, 239)), st.integers(1, 240))
@settings(max_examples=200)
def test_under_any_outages_each_rung_is_told_once_or_passed_over(
    calendar: WorkCalendar, policy: LadderPolicy, span: tuple[date, date], missed: set[int], stop: int
) -> None:
    mornings = [day for n, day in enumerate(year(days=stop)) if n not in missed]
    opens_on, last = span
    told = simulate(mornings, opens_on, last, calendar, policy)
    mail = calendar.resting_also(policy.quiet_dates, policy.quiet_weekdays)
    mails = [day for day in mornings if mail.is_working_day(day)]
    settled = [rung for _, made in told for rung in (*made.passed_over, *([made.tell] if made.tell else []))]
    assert settled == (expected(opens_on, last, calendar, policy, mails[-1]) if mails else [])
    for today, made in told:
        assert mail.is_working_day(today)
        assert made.tell is not None
        assert made.tell.day <= today


@given(CALENDARS, POLICIES, SPANS, st.sets(st.integers(0, 239)), st.integers(0, 40))
@settings(max_examples=150)
def test_nothing_is_urged_after_its_end_and_nothing_is_left_open(
    calendar: WorkCalendar, policy: LadderPolicy, span: tuple[date, date], missed: set[int], urged: int
) -> None:
    mornings = [day for n, day in enumerate(year(days=240)) if n not in missed] + year(date(2026, 7, 1), 14)
    opens_on, last = span
    until = last + DAY * urged
    told = simulate(mornings, opens_on, last, calendar, policy, urge_until=until)
    settled = [rung for _, made in told for rung in (*made.passed_over, *([made.tell] if made.tell else []))]
    assert settled == expected(opens_on, last, calendar, policy, until)
    assert all(today <= until for today, made in told if made.tell is not None)


@given(
    CALENDARS,
    POLICIES,
    SPANS,
    st.none() | st.integers(-45, 90),
    st.dates(LONG_AGO, date(2026, 6, 30)),
)
@settings(max_examples=300)
def test_the_next_rung_day_says_when_a_decision_will_come(
    calendar: WorkCalendar, policy: LadderPolicy, span: tuple[date, date], settled: int | None, today: date
) -> None:
    opens_on, last = span
    mail = calendar.resting_also(policy.quiet_dates, policy.quiet_weekdays)
    following = next_rung_day(opens_on, last, calendar, policy, after=settled)
    made = decide(opens_on, last, calendar, policy, today=today, settled_through=settled)
    due = following is not None and following <= today
    assert (made != NOTHING) == (due and mail.is_working_day(today))
    if made != NOTHING:
        again = decide(opens_on, last, calendar, policy, today=today, settled_through=made.settled_through)
        assert again == NOTHING


def test_a_whole_year_of_a_deadline_at_its_end() -> None:
    last = date(2025, 12, 31)
    told = simulate(year(date(2025, 1, 1), 380), date(2025, 9, 5), last, CALENDAR, POLICY)
    assert [(today.isoformat(), made.tell.offset) for today, made in told if made.tell] == [
        ("2025-12-01", -30),
        ("2025-12-17", -14),
        ("2025-12-24", -7),
        ("2025-12-26", -3),
        ("2025-12-30", -1),
        ("2025-12-31", 0),
        ("2026-01-05", 3),
        ("2026-01-07", 7),
        ("2026-01-14", 14),
    ]
    assert [made.passed_over for _, made in told if made.passed_over] == [(Rung(1, date(2026, 1, 5)),)]
