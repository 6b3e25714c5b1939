"""What the office's files say, as values of the rules: its calendar and its policy.

`config` and `rules` do not know each other; here they meet. A file is read again as
soon as it has changed, so a long-running worker follows an administrator's edit.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path

from config.clock import now
from config.policy import ClosingDays, EvidenceRules, Official, Policy, load_policy
from config.settings import Settings, load_settings
from config.working_days import SpecialDays, load_special_days
from rules.calendar.periods import REFORM, Closing, PeriodKind, Scheme
from rules.calendar.workdays import WorkCalendar
from rules.reminders.ladder import LadderPolicy

_Stamp = tuple[Path, int, int] | None


@dataclass(frozen=True, slots=True)
class OfficePolicy:
    """The policy in the words of the rules. `digest_hour` is in Asia/Ho_Chi_Minh, `ask_weekday` ISO (Monday 1).

    `collect_days` are working days before a report's cut-off, `consolidate_days` after its communes' sending day;
    `evidence` says what proof units must bring,
    `official` is the form of the office's documents.
    """

    ladder: LadderPolicy
    scheme: Scheme
    soon_days: int
    digest_hour: time
    ask_weekday: int
    weekly_summary: bool
    collect_days: int
    consolidate_days: int
    evidence: EvidenceRules
    official: Official

    @property
    def summary_soon_days(self) -> int | None:
        """`soon_days` for the leaders' weekly summary; None where the office wants none."""
        return self.soon_days if self.weekly_summary else None


def office_calendar(settings: Settings | None = None) -> WorkCalendar:
    """The office's working days. Raises config.working_days.WorkingDaysError."""
    return _calendar(_working_days_stamp(settings))


def office_special_days(settings: Settings | None = None) -> SpecialDays:
    """Its holidays and swapped days with their labels and sources. Raises config.working_days.WorkingDaysError."""
    return _special_days(_working_days_stamp(settings))


def office_policy(settings: Settings | None = None) -> OfficePolicy:
    """The office's policy. Raises config.policy.PolicyError."""
    used = settings or load_settings()
    return _policy(_stamp(used.own_policy, asked_for=used.policy_file is not None))


def _working_days_stamp(settings: Settings | None) -> _Stamp:
    used = settings or load_settings()
    return _stamp(used.own_working_days, asked_for=used.working_days_file is not None)


def _stamp(path: Path, *, asked_for: bool) -> _Stamp:
    """A file as it is now: what is remembered of it holds only for this stamp.

    A missing one fails when it is read, where a setting names it; otherwise there is none.
    """
    if not path.is_file():
        return (path, 0, 0) if asked_for else None
    status = path.stat()
    return path, status.st_mtime_ns, status.st_size


@lru_cache(maxsize=4)
def _special_days(stamp: _Stamp) -> SpecialDays:
    return load_special_days(stamp[0] if stamp else None)


@lru_cache(maxsize=4)
def _calendar(stamp: _Stamp) -> WorkCalendar:
    special = _special_days(stamp)
    return WorkCalendar(special.off, special.worked)


@lru_cache(maxsize=4)
def _policy(stamp: _Stamp) -> OfficePolicy:
    return in_the_rules_words(load_policy(stamp[0] if stamp else None))


def in_the_rules_words(policy: Policy) -> OfficePolicy:
    """A policy as the rules know it."""
    return OfficePolicy(
        ladder=_ladder(policy),
        scheme=_scheme(policy),
        soon_days=policy.states.soon_days,
        digest_hour=policy.mail.digest_hour,
        ask_weekday=policy.mail.ask_weekday,
        weekly_summary=policy.mail.weekly_summary,
        collect_days=policy.reports.collect.open_working_days,
        consolidate_days=policy.reports.collect.consolidate_working_days,
        evidence=policy.evidence,
        official=policy.official,
    )


def _ladder(policy: Policy) -> LadderPolicy:
    ladder = policy.ladder
    return LadderPolicy(
        rungs=tuple(sorted(ladder.rungs)),
        repeat_every=ladder.repeat_every_days,
        head_from=ladder.head_from,
        leader_from=ladder.leader_from,
        coordinator_rungs=tuple(sorted(ladder.coordinator_rungs)),
        quiet_dates=policy.mail.quiet_dates,
        quiet_weekdays=policy.mail.quiet_weekdays,
    )


def _scheme(policy: Policy) -> Scheme:
    reports = policy.reports
    week = Closing(reports.week.cut_off_weekday, reports.week.sending_weekday, reports.week.sending_weeks_after)
    once = {
        PeriodKind.HALF: reports.half,
        PeriodKind.NINE_MONTHS: reports.nine_months,
        PeriodKind.YEAR: reports.year,
    }
    by_month = {**once, PeriodKind.MONTH: reports.month, PeriodKind.QUARTER: reports.quarter}
    made = {(kind, 1) for kind, table in once.items() if table.enabled}
    return Scheme(
        closings=((PeriodKind.WEEK, week), *((kind, _closing(table)) for kind, table in by_month.items())),
        reports=frozenset(made | {(PeriodKind.QUARTER, number) for number in reports.quarter.quarters}),
        every_month=reports.month.enabled,
        every_week=reports.week.enabled,
    )


def _closing(table: ClosingDays) -> Closing:
    return Closing(table.cut_off_day, table.sending_day, table.sending_months_after)


@dataclass(frozen=True, slots=True)
class Terms:
    """By what occurrences are made: working days, ladder, reporting periods, the day (Asia/Ho_Chi_Minh) and moment."""

    calendar: WorkCalendar
    ladder: LadderPolicy
    today: date
    at: datetime
    scheme: Scheme = REFORM


def terms_of(today: date) -> Terms:
    """The office's working days, ladder and reporting periods on a day."""
    policy = office_policy()
    return Terms(office_calendar(), policy.ladder, today, now(), policy.scheme)


def mail_days(settings: Settings | None = None) -> WorkCalendar:
    """The days on which mail goes out: working days that the policy does not keep quiet."""
    policy = office_policy(settings).ladder
    return office_calendar(settings).resting_also(policy.quiet_dates, policy.quiet_weekdays)
