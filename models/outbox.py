"""The outbox: claim, then send. A mail is taken by one sender, and its fate is written down before the next.

queued -> sending (claimed) -> sending (handed over) -> sent | retry | bounced | unknown.
Killed before the hand-over, nothing was sent and the mail is queued again; killed
after it, nobody knows, and the state says so until a person decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, Select, or_, select, update
from sqlalchemy.orm import Session

from models.notices import Message, MessageState

RETRY_AFTER = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
"""Pause after the first, second, … refusal; the last one repeats."""

GIVE_UP_AFTER = 12
"""Attempts after which a mail that is always put off counts as bounced (about a day and a half)."""

STUCK_AFTER = timedelta(minutes=10)
"""A claim older than this belongs to a sender that died: no mail takes so long (see DONDOC_SMTP_TIMEOUT)."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail this sender may send: nobody else can claim it."""

    id: int
    message_id: str
    to_address: str
    to_name: str
    subject: str
    text: str
    html: str
    reply_to: str | None
    references: str | None
    attempts: int


def waiting(session: Session, now: datetime, limit: int = 1000, only: Sequence[int] | None = None) -> list[int]:
    """The ids of mails that may be sent now, the oldest first."""
    query = select(Message.id).where(_sendable(now)).order_by(Message.id).limit(limit)
    return list(session.scalars(query if only is None else query.where(Message.id.in_(only))))


def claim(session: Session, message: int, now: datetime) -> Claimed | None:
    """Take a mail for sending; None when another sender has it or it is no longer due."""
    taken = session.execute(
        update(Message)
        .where(Message.id == message, _sendable(now))
        .values(
            state=MessageState.SENDING,
            claimed_at=now,
            handed_at=None,
            next_try_at=None,
            attempts=Message.attempts + 1,
        )
        .execution_options(synchronize_session=False)
    )
    if not isinstance(taken, CursorResult) or taken.rowcount != 1:
        return None
    return Claimed(*session.execute(_columns().where(Message.id == message)).one())


def hand_over(session: Session, message: int, now: datetime) -> None:
    """Write down that the text is about to go: from here on a broken line means unknown."""
    _set(session, message, handed_at=now)


def settle(session: Session, message: int, outcome: str, now: datetime, code: int | None, reply: str) -> MessageState:
    """Write down what became of a claimed mail; `outcome` is sent, retry, bounced or unknown."""
    state = MessageState(outcome)
    attempts = session.scalar(select(Message.attempts).where(Message.id == message)) or 1
    if state is MessageState.RETRY and attempts >= GIVE_UP_AFTER:
        state = MessageState.BOUNCED
    pause = RETRY_AFTER[min(attempts, len(RETRY_AFTER)) - 1]
    _set(
        session,
        message,
        state=state,
        server_code=code,
        server_reply=reply,
        sent_at=now if state is MessageState.SENT else None,
        next_try_at=now + pause if state is MessageState.RETRY else None,
    )
    return state


def put_back(session: Session, message: int, reason: str) -> None:
    """Queue a claimed mail again because our own set-up is at fault; the attempt does not count."""
    _set(
        session,
        message,
        state=MessageState.QUEUED,
        claimed_at=None,
        handed_at=None,
        attempts=Message.attempts - 1,
        server_reply=reason,
    )


def release_stuck(session: Session, now: datetime, older_than: timedelta = STUCK_AFTER) -> tuple[int, int]:
    """Settle the claims of senders that died. Returns how many were queued again, and how many are unknown."""
    stuck = (Message.state == MessageState.SENDING, Message.claimed_at < now - older_than)
    unknown = session.execute(
        update(Message)
        .where(*stuck, Message.handed_at.is_not(None))
        .values(
            state=MessageState.UNKNOWN,
            server_reply="Chương trình gửi thư dừng đột ngột sau khi đã giao nội dung cho máy chủ thư.",
        )
        .execution_options(synchronize_session=False)
    )
    again = session.execute(
        update(Message)
        .where(*stuck, Message.handed_at.is_(None))
        .values(state=MessageState.QUEUED, claimed_at=None)
        .execution_options(synchronize_session=False)
    )
    return _count(again), _count(unknown)


def queue_again(session: Session, messages: Sequence[int]) -> int:
    """Queue mails again by a person's decision (bounced, unknown, put off). Returns how many."""
    result = session.execute(
        update(Message)
        .where(
            Message.id.in_(messages),
            Message.state.in_([MessageState.BOUNCED, MessageState.UNKNOWN, MessageState.RETRY]),
        )
        .values(state=MessageState.QUEUED, next_try_at=None, claimed_at=None, handed_at=None, attempts=0)
        .execution_options(synchronize_session=False)
    )
    return _count(result)


def _sendable(now: datetime) -> ColumnElement[bool]:
    return or_(
        Message.state == MessageState.QUEUED,
        (Message.state == MessageState.RETRY) & (Message.next_try_at <= now),
    )


def _columns() -> Select[tuple[int, str, str, str, str, str, str, str | None, str | None, int]]:
    return select(
        Message.id,
        Message.message_id,
        Message.to_address,
        Message.to_name,
        Message.subject,
        Message.text,
        Message.html,
        Message.reply_to,
        Message.references,
        Message.attempts,
    )


def _set(session: Session, message: int, **values: object) -> None:
    session.execute(
        update(Message).where(Message.id == message).values(**values).execution_options(synchronize_session=False)
    )


def _count(result: object) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
