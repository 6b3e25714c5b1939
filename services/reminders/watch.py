"""The alert when a morning did not happen, seen from the worker and from the portal.

One transaction, safe to repeat: who has had the alert of a day gets no second one.
"""

from datetime import date, datetime

from config.clock import ZONE
from config.settings import Settings, load_settings
from models.authority import Role
from models.mail import MessageKind
from models.session import transaction
from notifications.alerts import morning_missed
from notifications.messages import render_admin_alert
from notifications.mime import new_message_id
from services.figures.health import expected_through, missed_mornings
from services.mail.queue import Letter, Recipient, people_of, queue
from services.policy import mail_days, office_policy
from services.staff.queries import focal_contact, the_authority


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
                Letter(MessageKind.ALERT, Recipient.of(admin), missed[-1], mail, new_message_id(used.mail_domain))
                for admin in people_of(session, owner.id, Role.ADMIN)
            ]
            queue(session, letters, at)
    return missed
