"""Mails of their own kind beside the morning's digest: a person gets one of a kind and day, whoever queues it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from models.authority import Person, Role
from models.mail import Message, MessageState

ALERT = "alert"
"""Kind of an alert to administrators; its day is the day that something went wrong on."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered mail to one person, not yet in the outbox. `message_id` is ours, made before any attempt."""

    person: Person
    kind: str
    day: date
    subject: str
    text: str
    html: str
    message_id: str
    reply_to: str | None = None


def queue_once(session: Session, letters: Sequence[Letter], now: datetime) -> list[int]:
    """Queue letters, leaving out those whose person has had one of that kind and day. Returns the new mails' ids."""
    made: list[int] = []
    for letter in letters:
        values = {
            "authority_id": letter.person.authority_id,
            "person_id": letter.person.id,
            "kind": letter.kind,
            "day": letter.day,
            "to_address": letter.person.email,
            "to_name": letter.person.name,
            "subject": letter.subject,
            "text": letter.text,
            "html": letter.html,
            "reply_to": letter.reply_to,
            "message_id": letter.message_id,
            "state": MessageState.QUEUED,
            "attempts": 0,
            "created_at": now,
        }
        made.extend(session.execute(_insert(session).values(values).returning(Message.id)).scalars())
    return made


def _insert(session: Session) -> Any:
    if session.get_bind().dialect.name == "postgresql":
        return postgres_insert(Message).on_conflict_do_nothing()
    if session.get_bind().dialect.name == "sqlite":
        return sqlite_insert(Message).on_conflict_do_nothing()
    return insert(Message)  # pragma: no cover - only the two are supported


def people_of(session: Session, authority_id: int, role: Role) -> list[Person]:
    """The active people of a role."""
    query = select(Person).where(Person.authority_id == authority_id, Person.role == role, Person.active)
    return list(session.scalars(query.order_by(Person.id)))
