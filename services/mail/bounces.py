"""Addresses that send mail back: what was tried, for the desk, the command line and the administrators' mail."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.authority import Person, Role, Unit
from models.mail import Message, MessageState
from rules.mail.refusals import Refusal, refusal


@dataclass(frozen=True, slots=True)
class Returned:
    """An address whose mail came back and that nobody has been told of: the newest of `mails` (ids) and its owner.

    `person` is None for a mail to nobody in the list (a report to the superior); `unit_name` "" without a unit.
    """

    message: Message
    person: Person | None
    unit_name: str
    mails: tuple[int, ...]

    @property
    def full(self) -> bool:
        """Whether the mailbox is full: the address is right."""
        return _meaning(self.message) is Refusal.FULL


def bounced_of(session: Session, ids: Sequence[int]) -> dict[int, Message]:
    """By person: the newest mail, where it came back or nobody knows its fate, to the address they still have."""
    query = (
        select(Message)
        .join(Person, Person.id == Message.person_id)
        .where(Message.person_id.in_(ids), Message.to_address == Person.email)
        .where(Message.state.in_([MessageState.SENT, MessageState.BOUNCED, MessageState.UNKNOWN]))
        .order_by(Message.id)
    )
    newest = {row.person_id: row for row in session.scalars(query)}
    return {key: row for key, row in newest.items() if key is not None and row.state is not MessageState.SENT}


def untold_returns(session: Session, authority_id: int) -> list[Returned]:
    """The addresses whose mail came back since the administrators were last told, the oldest first.

    An address corrected since then is no news, and a refusal through a fault of ours says nothing of the address.
    Mails to administrators are left out: telling of a telling that
    came back would never end; `dondoc doctor` and the page of units and people show those.
    """
    query = (
        select(Message, Person, Unit.name)
        .outerjoin(Person, Person.id == Message.person_id)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(
            Message.authority_id == authority_id,
            Message.state == MessageState.BOUNCED,
            Message.return_told_on.is_(None),
            Person.id.is_(None) | (Person.active & (Person.role != Role.ADMIN) & (Person.email == Message.to_address)),
        )
        .order_by(Message.id)
    )
    found: dict[tuple[str, int | None], Returned] = {}
    for message, person, unit_name in session.execute(query):
        if _meaning(message) is Refusal.OURS:
            continue
        key = (message.to_address, message.person_id)
        before = found[key].mails if key in found else ()
        found[key] = Returned(message, person, unit_name or "", (*before, message.id))
    return list(found.values())


def _meaning(message: Message) -> Refusal:
    return refusal("rcpt", message.server_code or 0, message.server_reply or "")


def mark_told(session: Session, returns: Iterable[Returned], today: date) -> None:
    """Write down that this morning's mails tell of them."""
    ids = [number for one in returns for number in one.mails]
    for start in range(0, len(ids), 500):
        session.execute(
            update(Message)
            .where(Message.id.in_(ids[start : start + 500]))
            .values(return_told_on=today)
            .execution_options(synchronize_session=False)
        )
