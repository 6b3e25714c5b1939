"""Figures of a period from facts: what counts when, and to which period an answer belongs."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from rules.calendar.periods import DISJOINT, Closing, PeriodKind, Scheme, period_of
from rules.reporting.compose import compose, missing_dues
from rules.reporting.facts import DueFact, Facts, GivenAnswer, GivenEvidence, ItemFact, Window, counting_day
from rules.reporting.steps import following, key_before
from rules.reporting.values import Measured, PeriodWords, Report, fingerprint
from rules.work.states import ItemState

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
Q1 = PeriodWords(
    key="2025-Q1",
    label="Quý I/2025",
    first_day=date(2024, 12, 15),
    cut_off=date(2025, 3, 14),
    next_label="6 tháng đầu năm 2025",
    next_until=date(2025, 6, 14),
)


def answer(day: date, state: str = "done", **more: object) -> GivenAnswer:
    done = {"done_on": day} if state == "done" else {}
    return GivenAnswer(**{"counts_on": day, "answered_on": day, "state": state, **done, **more})  # type: ignore[arg-type]


def due(last_day: date, *answers: GivenAnswer, unit: str = "A", **more: object) -> DueFact:
    base = {"key": last_day.isoformat(), "unit": unit, "label": "", "opens_on": date(2025, 1, 1)}
    days = {"due_on": last_day, "last_day": last_day, "answers": answers}
    return DueFact(**{**base, **days, **more})  # type: ignore[arg-type]


def facts(*items: ItemFact) -> Facts:
    return Facts(
        plan_code="P",
        plan_title="Kế hoạch",
        plan_number="",
        issued_on=None,
        authority_code="X",
        authority_name="UBND phường X",
        units={"A": "Phòng A", "B": "Phòng B"},
        fields={"I": "Cải cách thể chế", "II": "Tài chính công"},
        items=items,
    )


def item(code: str, *dues: DueFact, field: str = "I", **more: object) -> ItemFact:
    return ItemFact(code=code, title=f"Việc {code}", field=field, dues=dues, **more)  # type: ignore[arg-type]


def values(report: Report) -> dict[str, float]:
    return {key: figure.value for key, figure in report.figures.items()}


MARCH = date(2025, 3, 10)


def test_states_are_those_of_the_cut_off_day() -> None:
    report = compose(
        facts(
            item("1", due(MARCH, answer(date(2025, 3, 1)))),
            item("2", due(MARCH, answer(date(2025, 3, 12)))),
            item("3", due(MARCH, answer(date(2025, 3, 20)))),
            item("4", due(date(2025, 12, 31))),
            item("5", undetermined="Theo quy định"),
        ),
        Q1,
    )
    assert [one.state for one in report.items] == [
        ItemState.DONE,
        ItemState.DONE_LATE,
        ItemState.OVERDUE,
        ItemState.ON_TRACK,
        ItemState.UNDETERMINED,
    ]
    found = values(report)
    assert (found["items"], found["done"], found["done_late"], found["overdue"]) == (5, 2, 1, 1)
    assert (found["due"], found["due_in_time"], found["due_late"], found["due_open"]) == (3, 1, 1, 1)
    assert found["done_share"] == 40.0
    assert report.figures["overdue"].sources == ("3",)


def test_what_was_done_before_the_period_is_neither_due_nor_done_in_it() -> None:
    early = due(date(2024, 12, 20), answer(date(2024, 12, 10)), opens_on=date(2024, 11, 1))
    found = values(compose(facts(item("1", early)), Q1))
    assert (found["done"], found["due"], found["done_now"], found["owed"]) == (1, 0, 0, 0)


def test_an_old_debt_is_carried_and_may_be_paid() -> None:
    old = {"opens_on": date(2024, 10, 1)}
    report = compose(
        facts(
            item("1", due(date(2024, 12, 1), **old)),
            item("2", due(date(2024, 12, 1), answer(date(2025, 2, 1)), **old)),
        ),
        Q1,
    )
    found = values(report)
    assert (found["carried"], found["carried_done"], found["overdue_dues"]) == (2, 1, 1)
    assert report.items[0].dues[0].days == (Q1.cut_off - date(2024, 12, 1)).days


def test_a_review_whose_place_a_later_one_took_was_due_but_presses_no_more() -> None:
    year = Q1.model_copy(update={"key": "2025", "cut_off": date(2025, 12, 14), "next_until": date(2026, 3, 14)})
    passed = due(date(2025, 9, 14), urge_until=date(2025, 12, 13))
    newest = due(date(2025, 12, 14), urge_until=date(2026, 3, 13), opens_on=date(2025, 9, 15))
    report = compose(facts(item("1", passed, newest)), year)
    found = values(report)
    assert report.items[0].state is ItemState.DUE_SOON
    assert (found["due"], found["due_open"], found["overdue_dues"], found["owed"], found["missing"]) == (2, 2, 0, 1, 1)
    assert [line.last_day for line in report.items[0].dues] == [date(2025, 12, 14)]
    assert (report.units[0].due, report.units[0].overdue, report.units[0].missing) == (2, 0, 1)
    assert [line.last_day for _, line in missing_dues(facts(item("1", passed, newest)), year, year.cut_off)["A"]] == [
        date(2025, 12, 14)
    ]


def test_an_answer_sent_back_or_taken_back_does_not_count_as_done() -> None:
    back = answer(date(2025, 3, 1), returned_on=date(2025, 3, 5))
    taken = answer(date(2025, 3, 1), withdrawn_on=date(2025, 3, 2))
    later = answer(date(2025, 3, 1), withdrawn_on=date(2025, 3, 20))
    report = compose(facts(item("1", due(MARCH, back)), item("2", due(MARCH, taken)), item("3", due(MARCH, later))), Q1)
    assert [one.state for one in report.items] == [ItemState.OVERDUE, ItemState.OVERDUE, ItemState.DONE]


def test_a_later_day_granted_after_the_cut_off_does_not_change_the_past() -> None:
    moved = due(date(2025, 6, 30), moves=((date(2025, 3, 20), MARCH),))
    assert compose(facts(item("1", moved)), Q1).items[0].state is ItemState.OVERDUE
    granted = due(date(2025, 6, 30), moves=((date(2025, 3, 1), MARCH),))
    assert compose(facts(item("1", granted)), Q1).items[0].state is ItemState.ON_TRACK


def test_items_and_days_taken_out_by_the_cut_off_are_not_counted() -> None:
    report = compose(
        facts(
            item("1", due(MARCH), dropped_on=date(2025, 2, 1)),
            item("2", due(MARCH), dropped_on=date(2025, 4, 1)),
            item("3", due(MARCH, cancelled_on=date(2025, 2, 1)), due(date(2025, 9, 30))),
        ),
        Q1,
    )
    assert [one.code for one in report.items] == ["2", "3"]
    assert report.dropped == ("1",)
    assert values(report)["due"] == 1


def test_each_unit_has_its_record_and_only_debtors_are_asked() -> None:
    stated = facts(
        item("1", due(MARCH, answer(date(2025, 3, 1)), unit="A")),
        item("2", due(MARCH, answer(date(2025, 2, 1), "under_way", percent=40), unit="B")),
        item("3", due(date(2025, 12, 31), unit="B")),
        item("4", due(date(2025, 12, 31), unit="B", opens_on=date(2025, 7, 1))),
    )
    report = compose(stated, Q1)
    records = {unit.code: unit for unit in report.units}
    assert (records["A"].owed, records["A"].in_time, records["A"].missing, records["A"].done_in_time) == (1, 1, 0, 1)
    assert (records["B"].owed, records["B"].in_time, records["B"].missing, records["B"].overdue) == (2, 1, 1, 1)
    asked = missing_dues(stated, Q1, date(2025, 3, 3))
    assert {unit: [one.code for one, _ in lines] for unit, lines in asked.items()} == {"B": ["3"]}


def test_late_answers_of_a_reopening_are_counted_apart() -> None:
    late = answer(Q1.cut_off, answered_on=date(2025, 3, 20))
    report = compose(facts(item("1", due(MARCH, late))), Q1)
    assert values(report)["answers_late"] == 1
    assert report.units[0].late == 1


def test_figures_of_targets_and_evidence_are_counted_with_their_sources() -> None:
    met = answer(date(2025, 3, 1), figures=(Measured(goal="≥ 70 %", words="77,1 %", met=True),))
    proof = (GivenEvidence(date(2025, 3, 1), "Văn bản số 12/BC-UBND"), GivenEvidence(date(2025, 3, 30), "Sau kỳ"))
    report = compose(facts(item("1", due(MARCH, met, evidence=proof))), Q1)
    assert (values(report)["targets_met"], values(report)["evidence"]) == (1, 1)
    assert report.items[0].dues[0].evidence == ("Văn bản số 12/BC-UBND",)


def test_a_period_with_nothing_in_it_says_nothing_that_is_not_so() -> None:
    report = compose(facts(), Q1)
    assert values(report)["items"] == 0
    assert "done_share" not in report.figures
    assert "in_time_share" not in report.figures


def test_the_same_facts_give_the_same_hash_and_read_back_the_same() -> None:
    stated = facts(item("1", due(MARCH, answer(date(2025, 3, 1)))))
    once, again = compose(stated, Q1).canonical(), compose(stated, Q1).canonical()
    assert fingerprint(once) == fingerprint(again)
    assert Report.model_validate_json(once).canonical() == once


def test_earlier_periods_stand_beside_only_where_they_are_known() -> None:
    report = compose(facts(item("1", due(MARCH))), Q1, before={"items": 3, "done": 2})
    first = report.comparison[0]
    assert (first.now, first.before, first.last_year) == (1, 3, None)


SCHEMES = st.builds(
    lambda month, quarter, year, week: Scheme(
        closings=(
            (PeriodKind.MONTH, Closing(month, 31)),
            (PeriodKind.QUARTER, Closing(quarter, 31)),
            (PeriodKind.YEAR, Closing(year, 31)),
            (PeriodKind.WEEK, Closing(week, 7)),
        )
    ),
    st.integers(1, 31),
    st.integers(1, 31),
    st.integers(1, 31),
    st.integers(1, 7),
)
MOMENTS = st.datetimes(datetime(2023, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(
    MOMENTS, SCHEMES, st.lists(st.tuples(st.dates(date(2023, 1, 1), date(2029, 1, 1)), st.integers(1, 40)), max_size=4)
)
def test_each_answer_belongs_to_exactly_one_period_of_each_kind(
    at: datetime, scheme: Scheme, reopened: list[tuple[date, int]]
) -> None:
    windows = [
        Window(cut_off, datetime(cut_off.year, cut_off.month, cut_off.day, 17, tzinfo=UTC), at + timedelta(days=length))
        for cut_off, length in reopened
    ]
    day = counting_day(at, at.astimezone(ZONE).date(), windows)
    for kind in DISJOINT:
        containing = [
            period
            for year in range(day.year - 1, day.year + 2)
            for number in range(1, 54)
            if _exists(kind, year, number)
            for period in [period_of(kind, year, number, scheme)]
            if period.first_day <= day <= period.cut_off
        ]
        assert len(containing) == 1


def _exists(kind: PeriodKind, year: int, number: int) -> bool:
    last = {PeriodKind.MONTH: 12, PeriodKind.QUARTER: 4, PeriodKind.YEAR: 1}.get(kind)
    return number <= (last if last is not None else date(year, 12, 28).isocalendar().week)


@given(MOMENTS, st.integers(1, 60))
def test_an_answer_outside_a_reopening_counts_on_its_own_day(at: datetime, gap: int) -> None:
    local = at.astimezone(ZONE).date()
    window = Window(local - timedelta(days=gap), at + timedelta(hours=1), None)
    assert counting_day(at, local, [window]) == local
    assert counting_day(at, local, [replace(window, since=at)]) == window.cut_off


@given(
    st.sampled_from([PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR]),
    st.integers(2023, 2029),
    st.integers(1, 52),
    SCHEMES,
    SCHEMES,
)
def test_a_cut_off_moved_between_two_reports_leaves_no_day_out_and_none_twice(
    kind: PeriodKind, year: int, number: int, old: Scheme, new: Scheme
) -> None:
    assume(_exists(kind, year, number))
    period = period_of(kind, year, number, new)
    before = period_of(kind, key_before(period, new).year, key_before(period, new).number, old)
    real = following(period, before.cut_off)
    assert real.cut_off == period.cut_off
    assert real.first_day == before.cut_off + timedelta(days=1)
