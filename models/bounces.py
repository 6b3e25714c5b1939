"""Addresses that send mail back: what was tried, for the desk and the command line."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.authority import Person
from models.notices import Message, MessageState


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
