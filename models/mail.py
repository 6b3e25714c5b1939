"""Notices (one rung told to one person about one occurrence) and the messages that carry them: the outbox."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.authority import Person
from models.base import Base, enum_column
from models.occurrence import Occurrence
from models.plan import Item


class NoticeKind(StrEnum):
    """Why a person is told: nhắc, đôn đốc, báo cáo, hỏi (undetermined timing), trả lại (sent back),
    điều chỉnh (the plan was changed)."""

    REMIND = "remind"
    URGE = "urge"
    ESCALATE = "escalate"
    ASK = "ask"
    RETURNED = "returned"
    CHANGED = "changed"


class NoticeState(StrEnum):
    """DUE waits for a message; TOLD is in one; PASSED_OVER was missed and a newer rung was told instead."""

    DUE = "due"
    TOLD = "told"
    PASSED_OVER = "passed_over"
    DROPPED = "dropped"


class MessageState(StrEnum):
    """The life of a mail. UNKNOWN: the connection broke after the text was handed over; a person decides."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    RETRY = "retry"
    BOUNCED = "bounced"
    UNKNOWN = "unknown"
    DROPPED = "dropped"


MAIL_WORDS = {
    MessageState.SENT: "đã gửi",
    MessageState.RETRY: "sẽ gửi lại",
    MessageState.BOUNCED: "bị trả lại",
    MessageState.UNKNOWN: "chưa rõ kết quả",
    MessageState.QUEUED: "đang chờ",
    MessageState.SENDING: "đang gửi",
    MessageState.DROPPED: "đã bỏ",
}
"""The states of a mail as people read them."""


class Message(Base):
    """A mail of the outbox, rendered and with its Message-ID before the first attempt.

    `claimed_at` is when a sender took it, `handed_at` when the server had taken the
    recipient and the text began: killed before that, nothing was sent and it is queued
    again; killed after it, the state becomes unknown. `return_told_on` is the morning
    whose mails told the administrators that this one came back.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "day"),
        Index("ix_message_state", "state", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(24))
    day: Mapped[date]
    to_address: Mapped[str] = mapped_column(String(254))
    to_name: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    reply_to: Mapped[str | None] = mapped_column(String(254))
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    references: Mapped[str | None] = mapped_column(Text)
    state: Mapped[MessageState] = mapped_column(enum_column(MessageState), default=MessageState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    handed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    server_code: Mapped[int | None]
    server_reply: Mapped[str | None] = mapped_column(Text)
    return_told_on: Mapped[date | None]
    created_at: Mapped[datetime]

    person: Mapped[Person | None] = relationship()
    notices: Mapped[list["Notice"]] = relationship(back_populates="message")


class Notice(Base):
    """One rung told to one person about one occurrence, unique on the three.

    `about` names the occurrence ("o12") or, for a question about timing, the item
    ("i7"); `rung` is the offset ("-30", "0", "7"), the week asked ("2025-W38") or the
    review that sent an answer back ("R5"). A change of the plan is about its row ("c9"),
    with the plan's version as rung ("v2"). After an extension the notices of the old
    day are kept under "o12/1", so that the ladder can be told anew.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("about", "person_id", "rung"),
        Index("ix_notice_state", "state", "person_id"),
        Index("ix_notice_occurrence_id", "occurrence_id"),
        Index("ix_notice_message_id", "message_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(String(24))
    rung: Mapped[str] = mapped_column(String(12))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    occurrence_id: Mapped[int | None] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[NoticeKind] = mapped_column(enum_column(NoticeKind))
    audience: Mapped[str] = mapped_column(String(16))
    state: Mapped[NoticeState] = mapped_column(enum_column(NoticeState), default=NoticeState.DUE)
    day: Mapped[date]
    decided_on: Mapped[date]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"))

    item: Mapped[Item] = relationship()
    occurrence: Mapped[Occurrence | None] = relationship()
    person: Mapped[Person] = relationship()
    message: Mapped[Message | None] = relationship(back_populates="notices")
