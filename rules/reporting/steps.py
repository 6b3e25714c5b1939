"""The five steps of a report, and which of them is due on a day: states in the database, never a waiting run.

open -> (ask, remind) -> close -> compile -> approve -> number and send -> proof of sending. A day that was
missed changes nothing but the day on which a step is taken. All dates are calendar days in Asia/Ho_Chi_Minh.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from rules.calendar.periods import DISJOINT, Period, PeriodKind, Scheme, period_of, periods_of_year
from rules.calendar.workdays import WorkCalendar
from rules.reminders.ladder import LadderPolicy


class ReportState(StrEnum):
    """Where a report stands."""

    OPEN = "open"
    CLOSED = "closed"
    WAITING = "waiting"
    RETURNED = "returned"
    APPROVED = "approved"
    ISSUED = "issued"
    SENT = "sent"

    @property
    def words(self) -> str:
        """What people read, also in the Prefect UI."""
        return _WORDS[self]


_WORDS = {
    ReportState.OPEN: "Đang thu thập",
    ReportState.CLOSED: "Đã chốt số liệu",
    ReportState.WAITING: "Chờ phê duyệt",
    ReportState.RETURNED: "Trả lại để sửa",
    ReportState.APPROVED: "Đã phê duyệt",
    ReportState.ISSUED: "Đang gửi",
    ReportState.SENT: "Đã gửi",
}


class Step(StrEnum):
    """What is done next, by itself."""

    ASK = "ask"
    CLOSE = "close"
    COMPILE = "compile"
    SUBMIT = "submit"
    TELL = "tell"
    ISSUE = "issue"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class ReportDays:
    """The days of a report: first asked, last day whose figures count, and the working day on which it leaves."""

    opens_on: date
    cut_off: date
    sending_on: date


def days_of(period: Period, calendar: WorkCalendar, collect_days: int) -> ReportDays:
    """The days of a period's report. An office closed on the sending day sends on the working day before it,

    but never before the figures are closed.
    """
    opens_on = max(period.first_day, calendar.add_working_days(period.cut_off, -collect_days))
    sending_on = calendar.previous_working_day(period.sending_day)
    if sending_on <= period.cut_off:
        sending_on = calendar.next_working_day(max(period.sending_day, period.cut_off + timedelta(days=1)))
    return ReportDays(opens_on, period.cut_off, sending_on)


def due_periods(scheme: Scheme, year: int, *, known_on: date, today: date, days: "DaysOf") -> list[Period]:
    """The periods of a plan's year whose report has to be open by today.

    A plan that became known after a cut-off owes no report of that period.
    """
    return [
        period
        for period in periods_of_year(year, scheme=scheme)
        if period.cut_off >= known_on and days(period).opens_on <= today
    ]


@dataclass(frozen=True, slots=True)
class DaysOf:
    """The days of each period, by an office's calendar and policy."""

    calendar: WorkCalendar
    collect_days: int

    def __call__(self, period: Period) -> ReportDays:
        return days_of(period, self.calendar, self.collect_days)

    def above(self, period: Period, consolidate_days: int) -> ReportDays:
        """The days of the report consolidated from others: it opens after the cut-off and leaves after theirs."""
        leaves = self.calendar.add_working_days(self(period).sending_on, consolidate_days)
        return ReportDays(period.cut_off + timedelta(days=1), period.cut_off, leaves)


def following(period: Period, cut_off_before: date | None) -> Period:
    """The period, beginning on the day after the cut-off that the report before it really had.

    A cut-off that was moved between two reports so leaves no day in two of them and none in neither.
    """
    if cut_off_before is None or cut_off_before >= period.cut_off:
        return period
    return replace(period, first_day=cut_off_before + timedelta(days=1))


def key_before(period: Period, scheme: Scheme) -> Period:
    """The period of the same kind whose cut-off ends where this one begins: the one before, or last year's last."""
    if period.kind in DISJOINT and period.number > 1:
        return period_of(period.kind, period.year, period.number - 1, scheme)
    if period.kind is PeriodKind.WEEK:
        last = date(period.year - 1, 12, 28).isocalendar().week
        return period_of(period.kind, period.year - 1, last, scheme)
    if period.kind in DISJOINT:
        return period_of(
            period.kind, period.year - 1, {PeriodKind.MONTH: 12, PeriodKind.QUARTER: 4}.get(period.kind, 1), scheme
        )
    return period_of(PeriodKind.YEAR, period.year - 1, 1, scheme)


def report_before(period: Period, scheme: Scheme) -> Period | None:
    """The report made before this one in the year, for comparison; None for the first."""
    earlier = [one for one in periods_of_year(period.year, scheme=scheme) if one.cut_off < period.cut_off]
    same = (
        [one for one in earlier if one.kind is period.kind]
        if period.kind in (PeriodKind.WEEK, PeriodKind.MONTH)
        else [one for one in earlier if one.kind not in (PeriodKind.WEEK, PeriodKind.MONTH)]
    )
    return same[-1] if same else None


def report_after(period: Period, scheme: Scheme) -> Period:
    """The report made after this one: what "kỳ tới" means. Of the same rhythm, weeks and months apart."""
    short = period.kind in (PeriodKind.WEEK, PeriodKind.MONTH)
    for year in (period.year, period.year + 1):
        for one in periods_of_year(year, [period.kind] if short else None, scheme):
            if one.cut_off > period.cut_off and (short or one.kind not in (PeriodKind.WEEK, PeriodKind.MONTH)):
                return one
    return period_of(period.kind, period.year + 1, 1, scheme)


def asking_rungs(opens_on: date, closes_on: date, policy: LadderPolicy) -> tuple[int, ...]:
    """The rungs of asking, in days from the close: the opening, then those of the ladder before the close."""
    opening = (opens_on - closes_on).days
    return (opening, *(offset for offset in policy.rungs if opening < offset <= 0))


def asking_rung(opens_on: date, closes_on: date, today: date, mail: WorkCalendar, policy: LadderPolicy) -> int | None:
    """The newest rung of asking that is due; None before the opening. `mail` are the days on which mail goes out:

    a rung on another day is told on the working day before it, the opening on the working day after.
    """
    opening, *later = asking_rungs(opens_on, closes_on, policy)
    due = [offset for offset in later if mail.previous_working_day(closes_on + timedelta(days=offset)) <= today]
    if due:
        return max(due)
    return opening if mail.next_working_day(opens_on) <= today else None


@dataclass(frozen=True, slots=True)
class Position:
    """What decides about a report's next step. `closes_on` is the cut-off, or the day until which it is reopened.

    `rung` is the newest rung of asking that is due, `asked` the newest one told; `told` says that the mail about
    this version in this state (to the leader, or back to the office) is written.
    """

    state: ReportState
    closes_on: date
    sending_on: date
    rung: int | None = None
    asked: int | None = None
    told: bool = False


def next_step(at: Position, today: date) -> Step | None:
    """The step that is due today by itself; None when a person, or a day, is waited for."""
    match at.state:
        case ReportState.OPEN if today > at.closes_on:
            return Step.CLOSE
        case ReportState.OPEN if at.rung is not None and (at.asked is None or at.rung > at.asked):
            return Step.ASK
        case ReportState.CLOSED:
            return Step.COMPILE
        case ReportState.WAITING if not at.told:
            return Step.SUBMIT
        case ReportState.RETURNED if not at.told:
            return Step.TELL
        case ReportState.APPROVED if today >= at.sending_on:
            return Step.ISSUE
        case ReportState.ISSUED:
            return Step.CONFIRM
    return None
