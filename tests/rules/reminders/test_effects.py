from datetime import date

from rules.calendar.periods import REFORM, Closing, PeriodKind, Scheme, periods_of_year
from rules.calendar.workdays import WorkCalendar
from rules.reminders.effects import Line, Mail, Pair, ReportMove, effect, report_moves

DUE = date(2026, 3, 20)
RUNGS = {-7, -3, 0, 2}


def mail(day: int, *rungs: int | None, unit: str | None = "A") -> Mail:
    lines = tuple(Line("I.1", None if rung is None else DUE, rung) for rung in rungs)
    return Mail(date(2026, 3, day), unit, lines)


def test_mails_and_notices_are_counted_by_month_and_unit() -> None:
    april = Mail(date(2026, 4, 1), None, (Line("I.2", None, None),))
    found = effect((DUE, DUE), [mail(13, -7), mail(20, 0)], [mail(13, -7, 0), april], RUNGS)
    assert (found.mails, found.notices, found.mornings) == (Pair(2, 2), Pair(2, 3), Pair(2, 2))
    assert [(row.name, row.mails, row.notices) for row in found.months] == [
        (date(2026, 3, 1), Pair(2, 1), Pair(2, 2)),
        (date(2026, 4, 1), Pair(0, 1), Pair(0, 1)),
    ]
    assert [(row.name, row.mails) for row in found.units] == [("A", Pair(2, 1)), (None, Pair(0, 1))]


def test_rungs_added_and_dropped_are_named_and_repeats_counted_together() -> None:
    found = effect((DUE, DUE), [mail(17, -3), mail(27, 7), mail(28, 14)], [mail(22, 2), mail(29, 9)], RUNGS)
    assert [(row.words, row.notices) for row in found.rungs] == [
        ("nhắc trước 3 ngày", Pair(1, 0)),
        ("quá hạn 2 ngày", Pair(0, 1)),
        ("nhắc lại sau mốc cuối", Pair(2, 1)),
    ]


def test_a_rung_on_another_morning_has_moved() -> None:
    found = effect((DUE, DUE), [mail(20, 0), mail(20, 0, unit=None)], [mail(19, 0), mail(19, 0, unit=None)], RUNGS)
    assert [(one.unit, one.rung, one.before.day, one.after.day) for one in found.moved] == [("A", 0, 20, 19)]
    assert not found.nothing


def test_the_same_rehearsal_changes_nothing() -> None:
    mails = [mail(13, -7), mail(16, None, unit=None)]
    assert effect((DUE, DUE), mails, list(mails), RUNGS).nothing


def test_reports_that_close_leave_or_come_on_other_days_are_named() -> None:
    closings = ((PeriodKind.QUARTER, Closing(14, 25, 0)),)
    other = Scheme(closings, REFORM.reports - {(PeriodKind.HALF, 1)} | {(PeriodKind.QUARTER, 4)})
    calendar, closed = WorkCalendar(), WorkCalendar(off=frozenset({date(2026, 12, 18)}))
    found = report_moves(periods_of_year(2026), periods_of_year(2026, scheme=other), (calendar, closed))
    assert found == (
        ReportMove("Quý I/2026", (date(2026, 3, 14), date(2026, 3, 14)), (date(2026, 3, 20), date(2026, 3, 25))),
        ReportMove("6 tháng đầu năm 2026", (date(2026, 6, 14), None), (date(2026, 6, 19), None)),
        ReportMove("Quý III/2026", (date(2026, 9, 14), date(2026, 9, 14)), (date(2026, 9, 18), date(2026, 9, 25))),
        ReportMove("Năm 2026", (date(2026, 12, 14), date(2026, 12, 14)), (date(2026, 12, 18), date(2026, 12, 17))),
        ReportMove("Quý IV/2026", (None, date(2026, 12, 14)), (None, date(2026, 12, 25))),
    )
