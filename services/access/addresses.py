"""When a person's address changes, or they leave: what becomes of mail that waits, and of links that were sent.

Mail that has not left goes to the new address, and the links in it stay good. Every
other link is revoked at once: whoever reads the old address enters no more.
"""

import re

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from models.access import PortalLink
from models.access_pending_acts import PendingAct
from models.answer import CalendarFeed
from models.authority import Person
from models.mail import Message, MessageState, Notice, NoticeState
from services.access.links import revoke_links
from services.actor import Actor

WAITING = (MessageState.QUEUED, MessageState.RETRY)
UNDELIVERED = (*WAITING, MessageState.BOUNCED)
"""States in which a mail, and so the link in it, has certainly reached nobody."""

_LINK = re.compile(r"/vao/(\d+)~")


def moved(session: Session, person: Person, actor: Actor) -> tuple[int, int]:
    """After a person's address changed: how many waiting mails follow it, and how many links were revoked."""
    session.flush()
    texts = session.execute(
        select(Message.text, Message.html).where(Message.person_id == person.id, Message.state.in_(UNDELIVERED))
    )
    kept = {int(key) for pair in texts for text in pair for key in _LINK.findall(text)}
    waiting = session.scalars(
        select(Message.id).where(Message.person_id == person.id, Message.state.in_(WAITING))
    ).all()
    session.execute(update(Message).where(Message.id.in_(waiting)).values(to_address=person.email))
    known = select(PortalLink.id).where(PortalLink.person_id == person.id, PortalLink.revoked_at.is_(None))
    lost = [key for key in session.scalars(known) if key not in kept]
    session.execute(update(PortalLink).where(PortalLink.id.in_(lost)).values(revoked_at=actor.at))
    _void(session, person, actor)
    session.expire_all()
    return len(waiting), len(lost)


def shut_out(session: Session, person: Person, actor: Actor) -> tuple[int, int]:
    """After a person left: waiting mails are dropped, links, calendars and pending acts end. How many mails, links."""
    session.flush()
    waiting = session.scalars(
        select(Message.id).where(Message.person_id == person.id, Message.state.in_(WAITING))
    ).all()
    session.execute(
        update(Notice)
        .where(Notice.person_id == person.id, or_(Notice.message_id.in_(waiting), Notice.state == NoticeState.DUE))
        .values(state=NoticeState.DROPPED)
    )
    session.execute(update(Message).where(Message.id.in_(waiting)).values(state=MessageState.DROPPED, next_try_at=None))
    session.execute(
        update(CalendarFeed)
        .where(CalendarFeed.person_id == person.id, CalendarFeed.revoked_at.is_(None))
        .values(revoked_at=actor.at)
    )
    _void(session, person, actor)
    return len(waiting), revoke_links(session, [person.id], actor.at)


def _void(session: Session, person: Person, actor: Actor) -> None:
    """Acts that the person asked for and that wait for their word by mail."""
    session.execute(
        update(PendingAct)
        .where(PendingAct.person_id == person.id, PendingAct.settled_at.is_(None))
        .values(settled_at=actor.at)
    )
