"""The outbox: claim, then send. A mail is taken by one sender, and its fate is written down before the next.

queued -> sending (claimed) -> sending (handed over) -> sent | retry | bounced | unknown.
A claim is a token: whoever was suspended until it was given back can neither hand the
mail over nor overwrite what another sender wrote. Killed before the hand-over, nothing
was sent and the mail is queued again; killed after it, nobody knows, and the state says
so until a person decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import BindParameter, Connection, CursorResult, bindparam, func, or_, select, update

from models.mail import Message, MessageKind, MessageState
from models.report import MessageAttachment
from models.session import chunks

RETRY_AFTER = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
"""Pause after the first, second, … refusal; the last one repeats."""

GIVE_UP_AFTER = 12
"""Attempts after which a mail that is always put off counts as bounced (about a day and a half)."""

STUCK_AFTER = timedelta(minutes=10)
"""A claim older than this belongs to a sender that died: no mail takes so long (notifications/server.MAIL_DEADLINE)."""


# Written once: a morning of 520 mails runs each of these 520 times, and building them costs more than running them.
_mail = Message.metadata.tables["message"]
_person = Message.metadata.tables["person"]
_file = MessageAttachment.metadata.tables["message_attachment"]
_document = MessageAttachment.metadata.tables["document"]
_NOW: BindParameter[datetime] = bindparam("now", type_=_mail.c.claimed_at.type)
_SENDABLE = or_(
    _mail.c.state == MessageState.QUEUED, (_mail.c.state == MessageState.RETRY) & (_mail.c.next_try_at <= _NOW)
)
_CLAIM = (
    update(_mail)
    .where(_mail.c.id == bindparam("row_id"), _SENDABLE)
    .values(
        state=MessageState.SENDING,
        claim=bindparam("mine"),
        claimed_at=_NOW,
        handed_at=None,
        next_try_at=None,
        attempts=_mail.c.attempts + 1,
    )
    .returning(
        _mail.c.id,
        _mail.c.message_id,
        _mail.c.to_address,
        _mail.c.to_name,
        _mail.c.subject,
        _mail.c.text,
        _mail.c.html,
        _mail.c.reply_to,
        _mail.c.references,
        _mail.c.attempts,
        _mail.c.claim,
        _mail.c.kind,
        _mail.c.person_id,
    )
)
_MINE = (_mail.c.id == bindparam("row_id")) & (_mail.c.claim == bindparam("mine"))
_HAND_OVER = update(_mail).where(_MINE, _mail.c.state == MessageState.SENDING).values(handed_at=_NOW)
_SETTLE = (
    update(_mail)
    # unknown with our own claim: we were slow, nobody else took it, and what we say of it is true
    .where(_MINE, _mail.c.state.in_([MessageState.SENDING, MessageState.UNKNOWN]))
    .values(
        claim=None,
        state=bindparam("new_state"),
        server_code=bindparam("code"),
        server_reply=bindparam("reply"),
        sent_at=bindparam("sent"),
        next_try_at=bindparam("again"),
    )
)


class ClaimLostError(Exception):
    """The claim is no longer ours: it was given back, and another sender may have the mail."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail this sender may send: nobody else can claim it. `claim` proves that it is still ours.

    Links in `text` and `html` are placeholders until the sender fills them in (services/access/mailed).
    """

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
    claim: str
    kind: MessageKind
    person_id: int | None


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes with a mail: its name and media type there, and its hash in the documents folder."""

    name: str
    media: str
    sha256: str


def attachments(connection: Connection, messages: Sequence[int]) -> dict[int, list[Attached]]:
    """The files that go with these mails, by mail; most have none."""
    found: dict[int, list[Attached]] = {}
    query = select(_file.c.message_id, _file.c.name, _file.c.media, _document.c.sha256)
    query = query.join(_document, _document.c.id == _file.c.document_id).order_by(_file.c.id)
    for keys in chunks(messages):
        some = query.where(_file.c.message_id.in_(keys))
        for message, *rest in connection.execute(some):
            found.setdefault(message, []).append(Attached(*rest))
    return found


def waiting(connection: Connection, now: datetime, limit: int = 1000, only: Sequence[int] | None = None) -> list[int]:
    """The ids of mails that may be sent now, the oldest first."""
    query = select(_mail.c.id).where(_SENDABLE).order_by(_mail.c.id).limit(limit)
    if only is not None:
        query = query.where(_mail.c.id.in_(only))
    return list(connection.execute(query, {"now": now}).scalars())


def claim(connection: Connection, message: int, now: datetime) -> Claimed | None:
    """Take a mail for sending; None when another sender has it or it is no longer due."""
    row = connection.execute(_CLAIM, {"row_id": message, "now": now, "mine": uuid4().hex}).one_or_none()
    return None if row is None else Claimed(*row)


def hand_over(connection: Connection, claimed: Claimed, now: datetime) -> None:
    """Write down that the text is about to go: from here on a broken line means unknown. Raises ClaimLostError."""
    if not _count(connection.execute(_HAND_OVER, {**_mine(claimed), "now": now})):
        raise ClaimLostError


def settle(
    connection: Connection,
    claimed: Claimed,
    state: MessageState,
    now: datetime,
    code: int | None,
    reply: str,
    *,
    give_up: bool = True,
) -> MessageState | None:
    """Write down what became of a claimed mail; `state` is what its attempt came to. None: it was ours no more.

    `give_up` False: put off through a fault of our own, so it is tried until that is mended.
    """
    if state is MessageState.RETRY and give_up and claimed.attempts >= GIVE_UP_AFTER:
        state = MessageState.BOUNCED
    pause = RETRY_AFTER[min(claimed.attempts, len(RETRY_AFTER)) - 1]
    values = {
        **_mine(claimed),
        "new_state": state,
        "code": code,
        "reply": reply,
        "sent": now if state is MessageState.SENT else None,
        "again": now + pause if state is MessageState.RETRY else None,
    }
    return state if _count(connection.execute(_SETTLE, values)) else None


def put_back(connection: Connection, claimed: Claimed, reason: str) -> None:
    """Queue a claimed mail again because our own set-up is at fault; the attempt does not count."""
    values = {
        "state": MessageState.QUEUED,
        "claim": None,
        "claimed_at": None,
        "handed_at": None,
        "attempts": _mail.c.attempts - 1,
        "server_reply": reason,
    }
    connection.execute(update(_mail).where(_MINE, _mail.c.state == MessageState.SENDING).values(values), _mine(claimed))


def _mine(claimed: Claimed) -> dict[str, object]:
    return {"row_id": claimed.id, "mine": claimed.claim}


def release_stuck(connection: Connection, now: datetime, older_than: timedelta = STUCK_AFTER) -> tuple[int, int]:
    """Settle the claims of senders that died. Returns how many were queued again, and how many are unknown."""
    stuck = (_mail.c.state == MessageState.SENDING, _mail.c.claimed_at < now - older_than)
    unknown = connection.execute(
        update(_mail)
        .where(*stuck, _mail.c.handed_at.is_not(None))
        .values(
            state=MessageState.UNKNOWN,
            server_reply="Chương trình gửi thư dừng đột ngột sau khi đã giao nội dung cho máy chủ thư.",
        )
    )
    again = connection.execute(
        update(_mail)
        .where(*stuck, _mail.c.handed_at.is_(None))
        .values(state=MessageState.QUEUED, claim=None, claimed_at=None)
    )
    return _count(again), _count(unknown)


def queue_again(connection: Connection, messages: Sequence[int]) -> int:
    """Queue mails again by a person's decision (bounced, unknown, put off). Returns how many.

    A mail to a person goes to the address that they have now: it mostly bounced because the old one was wrong.
    """
    there = select(_person.c.email).where(_person.c.id == _mail.c.person_id).scalar_subquery()
    now_at = func.coalesce(there, _mail.c.to_address)
    result = connection.execute(
        update(_mail)
        .where(
            _mail.c.id.in_(messages),
            _mail.c.state.in_([MessageState.BOUNCED, MessageState.UNKNOWN, MessageState.RETRY]),
        )
        .values(
            state=MessageState.QUEUED,
            next_try_at=None,
            claim=None,
            claimed_at=None,
            handed_at=None,
            attempts=0,
            to_address=now_at,
            return_told_on=None,
        )
    )
    return _count(result)


def _count(result: object) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
