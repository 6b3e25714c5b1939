"""Asking for a fresh link: counted per address and per source, sent only to registered addresses."""

from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models.access import LinkRequest
from models.authority import Person
from models.mail import Message, MessageKind
from models.session import exclusive
from rules.work.throttle import KEPT_FOR, WINDOW, may_ask
from services.access.links import Door


def people_to_answer(session: Session, door: Door, email: str, source: str, now: datetime) -> list[Person]:
    """Note a request and give whom a link is mailed to: nobody where the address is unknown or asked too often."""
    exclusive(session, "link-request")
    address = email.strip().lower()
    hashes = door.sign("address", address), door.sign("source", source)
    session.execute(delete(LinkRequest).where(LinkRequest.at < now - KEPT_FOR))
    since = LinkRequest.at > now - WINDOW
    counted = select(func.count()).select_from(LinkRequest).where(since)
    for_address = session.scalar(counted.where(LinkRequest.address_hash == hashes[0])) or 0
    from_source = session.scalar(counted.where(LinkRequest.source_hash == hashes[1])) or 0
    session.add(LinkRequest(address_hash=hashes[0], source_hash=hashes[1], at=now))
    if not may_ask(for_address, from_source):
        return []
    query = select(Person).where(func.lower(Person.email) == address, Person.active).order_by(Person.id)
    return list(session.scalars(query))


def links_mailed(session: Session, person_id: int, day: date) -> int:
    """How many fresh links were mailed to a person on a day: several are allowed."""
    query = select(func.count()).where(
        Message.person_id == person_id, Message.day == day, Message.kind == MessageKind.LINK
    )
    return session.scalar(query) or 0
