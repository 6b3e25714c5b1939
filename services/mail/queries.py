"""Mails of the outbox, as an administrator looks them up."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.mail import Message, MessageState


def newest_messages(session: Session, state: MessageState | None, limit: int) -> list[Message]:
    """The newest mails, of one state or of all."""
    query = select(Message).order_by(Message.id.desc()).limit(limit)
    return list(session.scalars(query if state is None else query.where(Message.state == state)))


def retryable(session: Session) -> list[int]:
    """The mails that surely did not arrive: sent back or put off."""
    wanted = Message.state.in_([MessageState.BOUNCED, MessageState.RETRY])
    return list(session.scalars(select(Message.id).where(wanted)))


def unknown_ids(session: Session, ids: Iterable[int]) -> list[int]:
    """Which of these numbers are no mail's."""
    wanted = set(ids)
    return sorted(wanted - set(session.scalars(select(Message.id).where(Message.id.in_(wanted)))))


def counts_by_state(session: Session) -> dict[MessageState, int]:
    """How many mails are in each state."""
    return dict(session.execute(select(Message.state, func.count()).group_by(Message.state)).tuples().all())
