"""Rehearsals for people and machines: one morning undone again, a whole year, as JSON or as a calendar."""

from collections.abc import Sequence
from datetime import date, timedelta

import click
from icalendar import Calendar, Event
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.clock import now, today
from config.settings import load_settings
from models import Item, Occurrence, Plan
from models.errors import UnknownNameError
from models.office import office_policy
from models.plan import PlanStatus
from models.plans import find_plan
from models.session import reading
from models.staff import the_authority
from tasks.digests import letterhead
from tasks.rehearsal import RehearsedMail, Stage, rehearse
from tasks.sweeping import sweep_of

AFTER_THE_LAST_DUE_DAY = timedelta(days=14)
"""How far a rehearsal runs past the last due day: far enough to show head and leader being told."""

INTO_THE_NEXT_YEAR = timedelta(days=92)
"""Due days up to the end of March of the next year still belong to the plan's year; a plan until 2030 does not."""


def rehearsed(
    code: str | None,
    first: date | None,
    last: date | None,
    outage: tuple[date, date] | None,
    *,
    authority: str | None = None,
) -> list[RehearsedMail]:
    """Every mail of a plan's mornings; without a code those of all active plans of the authority, one a person a day.

    From today on it continues what was really told, earlier it starts anew.
    """
    settings, policy = load_settings(), office_policy()
    with reading() as session:
        plans = active_plans(session, the_authority(session, authority).id) if code is None else []
        plans = plans or [_the_plan(session, code)]
        owner, spans = plans[0].authority_id, {plan.id: days_of(session, plan) for plan in plans}
        start = first or min(start for start, _ in spans.values())
        from_now = bool(first and first >= today())
        stage = Stage(
            start,
            last or max(end for _, end in spans.values()),
            outage,
            policy.ask_weekday,
            from_now=from_now,
            soon_days=policy.summary_soon_days,
            starts={} if from_now or len(plans) == 1 else {key: day for key, (day, _) in spans.items()},
        )
        if stage.last < stage.first:
            raise click.UsageError(f"Ngày cuối {stage.last:%d/%m/%Y} trước ngày đầu {stage.first:%d/%m/%Y}.")
        head = letterhead(session, owner, settings.reply_to, settings.mail_domain)
        return rehearse(session, plans, sweep_of(owner, stage.first), stage, head)


def active_plans(session: Session, authority_id: int) -> Sequence[Plan]:
    """The plans of an authority of which people are reminded, in the order they came."""
    query = select(Plan).where(Plan.authority_id == authority_id, Plan.status == PlanStatus.ACTIVE)
    return session.scalars(query.order_by(Plan.id)).all()


def _the_plan(session: Session, code: str | None) -> Plan:
    if code is None:
        raise UnknownNameError("Chưa có kế hoạch nào đang thực hiện; nhập bằng: dondoc plan import TỆP")
    return find_plan(session, code)


def days_of(session: Session, plan: Plan) -> tuple[date, date]:
    """The first and last day of a plan's year of mails."""
    start = plan.issued_on or date(plan.year, 1, 1)
    query = select(func.max(Occurrence.last_day)).join(Item, Item.id == Occurrence.item_id)
    latest = session.scalar(query.where(Item.plan_id == plan.id, Occurrence.cancelled_at.is_(None)))
    year_end = date(plan.year, 12, 31)
    return start, max(year_end, min(latest or year_end, year_end + INTO_THE_NEXT_YEAR)) + AFTER_THE_LAST_DUE_DAY


def shown(mail: RehearsedMail) -> dict[str, object]:
    """A rehearsed mail for machines."""
    return {
        "date": mail.date.isoformat(),
        "to": mail.to,
        "name": mail.name,
        "unit": mail.unit,
        "kind": mail.kind,
        "subject": mail.subject,
        "lines": [
            {"item": line.item, "due": line.due.isoformat() if line.due else None, "rung": line.rung}
            for line in mail.lines
        ],
    }


def calendar_of(code: str, mails: list[RehearsedMail]) -> str:
    """The mails as an iCalendar (RFC 5545): one all-day event a mail."""
    calendar = Calendar()
    calendar.add("prodid", "-//dondoc//rehearsal//VI")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"Diễn tập {code}")
    stamp = now()
    for mail in mails:
        event = Event()
        event.add("uid", f"{code}.{mail.date:%Y%m%d}.{mail.to or mail.unit}@rehearsal.dondoc")
        event.add("dtstamp", stamp)
        event.add("dtstart", mail.date)
        event.add("summary", f"{mail.to or mail.name}: {mail.subject}")
        event.add("description", "\n".join(f"{line.item} – hạn {line.due or 'chưa có'}" for line in mail.lines))
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return str(calendar.to_ical(), "utf-8")
