"""The one way into the outbox: letters are rendered, named and queued here, whoever writes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from models.authority import Person, Role
from models.mail import Message, MessageKind, MessageState
from models.report import MessageAttachment
from models.session import chunks
from notifications.digest import Rendered
from services.access.mailed import hidden

_MESSAGE = Message.metadata.tables["message"]
_ATTACHMENT = MessageAttachment.metadata.tables["message_attachment"]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a letter goes to; `person_id` None: an address outside the office's list of people."""

    authority_id: int
    address: str
    name: str
    person_id: int | None = None

    @classmethod
    def of(cls, person: Person) -> "Recipient":
        """A person of the list."""
        return cls(person.authority_id, person.email, person.name, person.id)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A kept document that goes with a letter, under a name and with its media type."""

    document_id: int
    name: str
    media: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered mail, not yet in the outbox.

    `key` sets it apart among the mails of its kind that a person gets on one day: a report and its version, a round.
    `message_id` is ours, made before any attempt to send; `references` the first mail of the thread.
    """

    kind: MessageKind
    to: Recipient
    day: date
    mail: Rendered
    message_id: str
    key: str = ""
    reply_to: str | None = None
    references: str | None = None
    attachments: tuple[Attachment, ...] = ()

    @property
    def dedupe_key(self) -> str:
        """What a person gets once a day."""
        return dedupe_key(self.kind, self.key)


def dedupe_key(kind: MessageKind, key: str = "") -> str:
    """Kind and key as one column: "digest", "report_ask:12/1"."""
    return f"{kind}:{key}" if key else kind.value


def queue(session: Session, letters: Sequence[Letter], now: datetime) -> dict[str, int]:
    """Put letters into the outbox; a person who has had one of that kind, key and day gets no second one.

    Links in them are kept as placeholders (services/access/mailed). Three statements however many there are. Returns
    the ids of the new mails by their Message-ID.
    """
    if not letters:
        return {}
    connection = session.connection()
    connection.execute(_insert(session), [_row(letter, now) for letter in letters])
    made: dict[str, int] = {}
    for keys in chunks([letter.message_id for letter in letters]):
        found = select(_MESSAGE.c.message_id, _MESSAGE.c.id).where(_MESSAGE.c.message_id.in_(keys))
        made.update(connection.execute(found).tuples().all())
    files = [
        {"message_id": made[letter.message_id], "document_id": file.document_id, "name": file.name, "media": file.media}
        for letter in letters
        for file in letter.attachments
        if letter.message_id in made
    ]
    if files:
        connection.execute(insert(_ATTACHMENT), files)
    return made


def _row(letter: Letter, now: datetime) -> dict[str, object]:
    return {
        "authority_id": letter.to.authority_id,
        "person_id": letter.to.person_id,
        "kind": letter.kind,
        "dedupe_key": letter.dedupe_key,
        "day": letter.day,
        "to_address": letter.to.address,
        "to_name": letter.to.name,
        "subject": letter.mail.subject,
        "text": hidden(letter.mail.text, letter.kind, letter.to.person_id),
        "html": hidden(letter.mail.html, letter.kind, letter.to.person_id),
        "reply_to": letter.reply_to,
        "references": letter.references,
        "message_id": letter.message_id,
        "state": MessageState.QUEUED,
        "attempts": 0,
        "created_at": now,
    }


def _insert(session: Session) -> Any:
    if session.get_bind().dialect.name == "postgresql":
        return postgres_insert(_MESSAGE).on_conflict_do_nothing()
    if session.get_bind().dialect.name == "sqlite":
        return sqlite_insert(_MESSAGE).on_conflict_do_nothing()
    return insert(_MESSAGE)  # pragma: no cover - only the two are supported


def people_of(session: Session, authority_id: int, role: Role) -> list[Person]:
    """The active people of a role."""
    query = select(Person).where(Person.authority_id == authority_id, Person.role == role, Person.active)
    return list(session.scalars(query.order_by(Person.id)))
