"""The portal's side of the watch: when a morning did not happen, the administrators are told from here too.

The worker watches as well (services/reminders/watch.py), but a worker that is down tells nobody.
"""

import logging
import threading
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config.clock import ZONE
from models.authority import Role
from models.mail import MessageKind
from models.session import transaction
from notifications.alerts import morning_missed
from notifications.messages import render_admin_alert
from notifications.mime import new_message_id
from portal.web.site import Site
from services.figures.health import expected_through, missed_mornings
from services.mail.queue import Letter, Recipient, people_of, queue
from services.policy import mail_days, office_policy
from services.staff.queries import authority_ids, focal_contact

log = logging.getLogger("portal.watch")
EVERY_SECONDS = 600.0


def watch(site: Site) -> list[int]:
    """Queue and send the alerts that are due now. Returns the new mails' ids; safe to repeat."""
    now = site.clock()
    with transaction(site.database) as session:
        queued = [key for owner in authority_ids(session) for key in _alerts(site, session, owner, now)]
    if queued:
        site.deliver(queued)
    return queued


def _alerts(site: Site, session: Session, authority_id: int, now: datetime) -> list[int]:
    through = expected_through(now, office_policy(site.settings).digest_hour)
    missed = missed_mornings(session, authority_id, through, mail_days(site.settings))
    if not missed:
        return []
    name, _, mailbox = focal_contact(session, authority_id)
    mail = render_admin_alert(morning_missed(name, now.astimezone(ZONE).date(), missed, mailbox or ""))
    domain = site.settings.mail_domain
    letters = [
        Letter(MessageKind.ALERT, Recipient.of(admin), missed[-1], mail, new_message_id(domain))
        for admin in people_of(session, authority_id, Role.ADMIN)
    ]
    return list(queue(session, letters, now).values())


class Watcher:
    """Watches every ten minutes while the portal runs; `with Watcher(site):`."""

    def __init__(self, site: Site, seconds: float = EVERY_SECONDS) -> None:
        self._site, self._seconds = site, seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="morning-watch", daemon=True)

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.wait(self._seconds):
            try:
                watch(self._site)
            except SQLAlchemyError as problem:  # the database is away for a moment: the next turn looks again
                log.warning("không xem được buổi sáng: %s", problem)
