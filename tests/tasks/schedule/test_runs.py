"""The runs an item should have: named for people, one a day, only those still to come."""

from datetime import date, datetime, time, timedelta

from config.clock import ZONE
from rules.calendar.workdays import WorkCalendar
from rules.reminders.ladder import LadderPolicy
from services.figures.items import DueOverview, ItemOverview
from services.figures.rungs import ScheduleTerms, rungs_of
from tasks.schedule.runs import upcoming

TERMS = ScheduleTerms(WorkCalendar(), LadderPolicy(), time(7, 30))
DUE = date(2025, 12, 31)


def an_item(*dues: DueOverview, code: str = "A.I.1") -> ItemOverview:
    return ItemOverview(
        id=1, plan_id=1, plan_code="187-KH", plan_title="Kế hoạch", authority="SONG-MAI", code=code, title="Việc",
        section_code="A.I", section="Chỉ đạo", phrase="Chậm nhất 31/12/2025", reason="", needs_date=False,
        results=(), leads=["Phòng A"], units=["PHONG_A"], dues=list(dues),
    )  # fmt: skip


def a_due(last: date = DUE, number: int = 1, label: str = "", **changed: object) -> DueOverview:
    facts: dict[str, object] = {
        "id": number, "unit_name": f"Phòng {number}", "label": label, "opens_on": date(2025, 1, 1), "due_on": last,
        "last_day": last, "urge_until": None, "settled_offset": None, "next_rung_on": None, "done_on": None,
    }  # fmt: skip
    return DueOverview(**{**facts, **changed})  # type: ignore[arg-type]


def at(year: int, month: int, day: int, hour: int = 6) -> datetime:
    return datetime(year, month, day, hour, tzinfo=ZONE)


def test_every_rung_of_the_ladder_is_a_run_with_readable_words() -> None:
    runs = upcoming(an_item(a_due()), TERMS, at(2025, 11, 1))
    assert [(run.at.strftime("%d/%m %H:%M"), run.name) for run in runs] == [
        ("01/12 07:20", "A.I.1 · nhắc trước 30 ngày"),
        ("17/12 07:20", "A.I.1 · nhắc trước 14 ngày"),
        ("24/12 07:20", "A.I.1 · nhắc trước 7 ngày"),
        ("26/12 07:20", "A.I.1 · nhắc trước 5 ngày"),
        ("30/12 07:20", "A.I.1 · nhắc trước 1 ngày"),
        ("31/12 07:20", "A.I.1 · đến hạn hôm nay"),
        ("01/01 07:20", "A.I.1 · quá hạn 1 ngày"),
        ("05/01 07:20", "A.I.1 · quá hạn 5 ngày"),
        ("07/01 07:20", "A.I.1 · quá hạn 7 ngày"),
    ]
    assert len({run.key for run in runs}) == 9
    assert runs[0].key == "SONG-MAI/187-KH/A.I.1/2025-12-01T07:20"


def test_what_has_passed_or_is_settled_is_not_scheduled() -> None:
    due = a_due(settled_offset=-7)
    assert [run.at.date().day for run in upcoming(an_item(due), TERMS, at(2025, 11, 1))] == [26, 30, 31, 1, 5, 7]
    assert [run.at.day for run in upcoming(an_item(a_due()), TERMS, at(2025, 12, 31, hour=8))] == [1, 5, 7]


def test_after_the_ladder_the_next_repeat_stands_alone() -> None:
    runs = upcoming(an_item(a_due()), TERMS, at(2026, 1, 8))
    assert [(run.at.date(), run.name) for run in runs] == [(date(2026, 1, 14), "A.I.1 · quá hạn 14 ngày")]
    runs = upcoming(an_item(a_due(settled_offset=7)), TERMS, at(2026, 1, 7))
    assert [run.at.date() for run in runs] == [date(2026, 1, 14)]


def test_a_done_item_or_an_undetermined_one_has_no_run() -> None:
    assert upcoming(an_item(a_due(done_on=date(2025, 12, 1))), TERMS, at(2025, 12, 2)) == []
    assert upcoming(an_item(), TERMS, at(2025, 12, 2)) == []


def test_several_units_on_one_day_are_one_run_and_several_periods_are_named() -> None:
    both = an_item(a_due(number=1), a_due(number=2))
    assert [run.name for run in upcoming(both, TERMS, at(2025, 12, 31))][:1] == ["A.I.1 · đến hạn hôm nay"]
    periods = an_item(a_due(date(2025, 9, 30), 1, "Quý III"), a_due(DUE, 2, "Quý IV"))
    first = upcoming(periods, TERMS, at(2025, 9, 30))[0]
    assert first.name == "A.I.1 · Quý III: đến hạn hôm nay"


def test_many_rungs_of_one_day_do_not_make_an_endless_name() -> None:
    dues = [a_due(DUE, number, f"Mốc rất dài của đơn vị thứ {number} trong phường") for number in range(1, 9)]
    run = upcoming(an_item(*dues), TERMS, at(2025, 12, 31))[0]
    assert "và 5 mốc nữa" in run.name or run.name.endswith("…")
    assert len(run.name) <= 150


def test_urging_that_has_ended_schedules_nothing() -> None:
    replaced = a_due(urge_until=DUE + timedelta(days=1))
    assert [run.at.date() for run in upcoming(an_item(replaced), TERMS, at(2025, 12, 31, 8))] == [date(2026, 1, 1)]
    assert rungs_of(replaced, TERMS)[-1].day == date(2026, 1, 1)
    assert upcoming(an_item(replaced), TERMS, at(2026, 1, 2)) == []
