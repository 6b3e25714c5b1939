"""What a proposed policy or calendar would do: the plans rehearsed under it and under today's, nothing kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from config.clock import now, today
from config.settings import load_settings
from models.plan import Plan
from models.session import engine_for
from rules.calendar.periods import periods_of_year
from rules.reminders.effects import Effect, Line, Mail, ReportMove, effect, report_moves
from services.mail.letterhead import Letterhead, letterhead
from services.office.proposals import Proposal, in_force_now
from services.plans.occurrences import sync_authority
from services.policy import Terms
from services.reminders.decide import Sweep
from services.reminders.rehearsal import RehearsedMail, Stage, active_plans, days_of, rehearse


@dataclass(frozen=True, slots=True)
class _Days:
    """Which days are rehearsed: each plan's own year, or what is left of it from a day on."""

    start: dict[int, date]
    last: date
    from_now: bool

    @property
    def first(self) -> date:
        """The first day of all."""
        return min(self.start.values())


def weigh(authority_id: int, proposal: Proposal, whole: bool) -> Effect | None:
    """The effect of a proposal on an authority's active plans; None where there is none.

    From today on it continues what was really told. `whole`, or when the plans' days are over: their whole year,
    as if nobody answered. Both rehearsals are made on due days brought in line, and undone.
    """
    settings, at_present = load_settings(), in_force_now(load_settings())
    with Session(engine_for(), expire_on_commit=False) as session:
        plans = active_plans(session, authority_id)
        if not plans:
            return None
        days = _days(session, plans, whole)
        head = letterhead(session, authority_id, settings.reply_to, settings.mail_domain)
        before, after = (_mails(session, authority_id, one, days, head) for one in (at_present, proposal))
    years = sorted({day.year for day in (days.first, days.last)})
    rungs = {rung for one in (at_present, proposal) for rung in one.policy.ladder.rungs}
    return effect((days.first, days.last), before, after, rungs, _reports(years, days, at_present, proposal))


def _days(session: Session, plans: Sequence[Plan], whole: bool) -> _Days:
    spans = {plan.id: days_of(session, plan) for plan in plans}
    last, day = max(end for _, end in spans.values()), today()
    if whole or last < day:
        return _Days({key: start for key, (start, _) in spans.items()}, last, from_now=False)
    return _Days({key: max(start, day) for key, (start, _) in spans.items()}, last, from_now=True)


def _mails(session: Session, authority_id: int, terms: Proposal, days: _Days, head: Letterhead) -> list[Mail]:
    """Every mail under some terms. The due days follow the terms first, and everything is undone again."""
    policy = terms.policy
    sync_authority(session, authority_id, Terms(terms.calendar, policy.ladder, today(), now(), policy.scheme))
    sweep = Sweep(authority_id, days.first, terms.calendar, policy.ladder)
    stage = Stage(
        days.first,
        days.last,
        ask_weekday=policy.ask_weekday,
        from_now=days.from_now,
        soon_days=policy.summary_soon_days,
        starts={} if days.from_now else days.start,
    )
    found = [_mail(one) for one in rehearse(session, active_plans(session, authority_id), sweep, stage, head)]
    session.rollback()
    return found


def _mail(rehearsed: RehearsedMail) -> Mail:
    lines = tuple(Line(line.item, line.due, line.rung) for line in rehearsed.lines)
    return Mail(rehearsed.date, rehearsed.unit, lines)


def _reports(years: Sequence[int], days: _Days, old: Proposal, new: Proposal) -> tuple[ReportMove, ...]:
    before, after = (
        [
            period
            for year in range(years[0], years[-1] + 1)
            for period in periods_of_year(year, scheme=one.policy.scheme)
            if days.first <= period.cut_off <= days.last
        ]
        for one in (old, new)
    )
    return report_moves(before, after, (old.calendar, new.calendar))
