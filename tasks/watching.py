"""Mails of the machine about the whole: the leaders' week, and the alert when a morning did not happen.

Each is one transaction, safe to repeat: who has had a mail of its kind and day gets no second one.
"""

from datetime import date, datetime

from sqlalchemy.orm import Session

from config.clock import ZONE, now
from config.settings import Settings, load_settings
from models.authority import Person, Role
from models.entering import door_of, leading_to, links_for
from models.health import expected_through
from models.office import office_calendar, office_policy
from models.picture import Picture, picture
from models.posting import ALERT, WEEKLY, Letter, missed_mornings, people_of, queue_once, weekly_readers
from models.session import transaction
from models.staff import the_authority
from models.status import Asked
from models.telling import focal_contact
from notifications.alerts import morning_missed
from notifications.messages import WeeklySlip, WeeklySummary, WeeklyUnit, render_admin_alert, render_weekly_summary
from notifications.mime import new_message_id
from notifications.weekly import MOST
from rules.states import ItemState
from rules.workdays import WorkCalendar

LEADERS_PAGE = "/lanh-dao"
"""Where the leaders' mail leads."""


def mail_days() -> WorkCalendar:
    """The days on which mail goes out: working days that the policy does not keep quiet."""
    policy = office_policy().ladder
    return office_calendar().resting_also(policy.quiet_dates, policy.quiet_weekdays)


def summary_of(seen: Picture, person: Person, authority_name: str, link: str | None, contact: str) -> WeeklySummary:
    """One leader's mail of a picture."""
    before = seen.trend[-2] if len(seen.trend) > 1 else None
    units = sorted((unit for unit in seen.figures.units if unit.overdue), key=lambda unit: -unit.overdue)
    return WeeklySummary(
        authority_name=authority_name,
        recipient_name=person.name,
        today=seen.figures.day,
        items=seen.items,
        on_track=seen.states[ItemState.ON_TRACK],
        due_soon=seen.states[ItemState.DUE_SOON],
        overdue=seen.states[ItemState.OVERDUE],
        undetermined=seen.states[ItemState.UNDETERMINED],
        done=seen.states[ItemState.DONE],
        done_late=seen.states[ItemState.DONE_LATE],
        overdue_before=before.overdue if before else None,
        done_before=before.done if before else None,
        unproven=seen.without_evidence,
        waiting=seen.waiting,
        slips=tuple(
            WeeklySlip(item_code=slip.item, title=slip.title, unit_name=slip.unit, days_late=slip.days_late)
            for slip in seen.slipping[:MOST]
        ),
        units=tuple(WeeklyUnit(name=u.name, overdue=u.overdue, due_soon=u.due_soon) for u in units[:MOST]),
        link=link,
        contact=contact,
    )


def compose_weekly(authority: str | None, today: date, settings: Settings | None = None) -> int:
    """Queue the leaders' mail of this week where it is due this morning. Returns how many; no plan, no mail."""
    used = settings or load_settings()
    with transaction() as session:
        owner = the_authority(session, authority)
        leaders = weekly_readers(session, owner.id, today, mail_days())
        if not leaders:
            return 0
        seen = picture(session, Asked(today, office_policy().soon_days, owner.id))
        if not seen.items:
            return 0
        at, (name, _, mailbox) = now(), focal_contact(session, owner.id)
        links = _links(session, used, leaders, at)
        letters = []
        for person in leaders:
            mail = render_weekly_summary(summary_of(seen, person, name, links.get(person.id), mailbox or ""))
            message_id = new_message_id(used.mail_domain)
            reply_to = used.reply_to or mailbox
            letters.append(Letter(person, WEEKLY, today, mail.subject, mail.text, mail.html, message_id, reply_to))
        return len(queue_once(session, letters, at))


def _links(session: Session, settings: Settings, people: list[Person], at: datetime) -> dict[int, str]:
    if not settings.portal_url:
        return {}
    made = links_for(session, door_of(settings), {person.id: None for person in people}, at)
    return {person: leading_to(address, LEADERS_PAGE) for person, address in made.items()}


def watch_mornings(authority: str | None, at: datetime, settings: Settings | None = None) -> list[date]:
    """Alert the administrators when mornings did not come to their end. Returns the days that are missing.

    One mail an administrator and newest missed day, also where the portal watches too.
    """
    used = settings or load_settings()
    day, through = at.astimezone(ZONE).date(), expected_through(at, office_policy().digest_hour)
    with transaction() as session:
        owner = the_authority(session, authority)
        missed = missed_mornings(session, owner.id, through, mail_days())
        if missed:
            name, _, mailbox = focal_contact(session, owner.id)
            mail = render_admin_alert(morning_missed(name, day, missed, mailbox or ""))
            letters = [
                Letter(admin, ALERT, missed[-1], mail.subject, mail.text, mail.html, new_message_id(used.mail_domain))
                for admin in people_of(session, owner.id, Role.ADMIN)
            ]
            queue_once(session, letters, at)
    return missed
