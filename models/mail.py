"""Notices (one rung told to one person about one occurrence) and the messages that carry them: the outbox."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.authority import Person
from models.base import Base, enum_column
from models.occurrence import Occurrence
from models.plan import Item
from rules.reminders.keys import NoticeAudience, NoticeKey, NoticeRung


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


class MessageKind(StrEnum):
    """What a mail is for. OTHER: queued by another version, which knew a kind that this one does not."""

    DIGEST = "digest"
    WEEKLY = "weekly"
    ALERT = "alert"
    TEST = "test"
    LINK = "link"
    ACT = "act"
    REPORT_ASK = "report_ask"
    REPORT_APPROVE = "report_approve"
    REPORT_RETURN = "report_return"
    REPORT_SEND = "report_send"
    SCORE_ASK = "score_ask"
    SCORE_DESK = "score_desk"
    SCORE_APPROVE = "score_approve"
    SCORE_EXPLAIN = "score_explain"
    SCORE_DOSSIER = "score_dossier"
    OTHER = "other"


MORNING_MAILS = (MessageKind.DIGEST, MessageKind.WEEKLY)
"""Of these together a person gets one a morning; WEEKLY begins with the week's summary for leaders."""


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


def _kind_alone(context: DefaultExecutionContext) -> str:
    values: dict[str, object] = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return str(values["kind"])


class Message(Base):
    """A mail of the outbox, rendered and with its Message-ID before the first attempt.

    `dedupe_key` is what a person gets once a day: the kind, and what sets mails of that kind apart (made by
    services/mail/queue).
    `claim` is the token of the sender that took it, `claimed_at` when; `handed_at` when the
    server had taken the recipient and the text began: killed before that, nothing was sent
    and it is queued again; killed after it, the state becomes unknown. `return_told_on` is the morning
    whose mails told the administrators that this one came back.
    """

    __tablename__ = "message"
    __table_args__ = (
        # named as it was made: SQLite would make the table anew to give it another name
        UniqueConstraint("person_id", "dedupe_key", "day", name="uq_message_person_id_kind_day"),
        Index("ix_message_state", "state", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    kind: Mapped[MessageKind] = mapped_column(enum_column(MessageKind), server_default=MessageKind.OTHER.value)
    dedupe_key: Mapped[str] = mapped_column(String(24), default=_kind_alone)
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
    claim: Mapped[str | None] = mapped_column(String(32))
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

    `about` and `rung` are the text of a rules.reminders.keys.NoticeKey, which reads and writes them.
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
    audience: Mapped[NoticeAudience] = mapped_column(enum_column(NoticeAudience, 16))
    state: Mapped[NoticeState] = mapped_column(enum_column(NoticeState), default=NoticeState.DUE)
    day: Mapped[date]
    decided_on: Mapped[date]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"))

    item: Mapped[Item] = relationship()
    occurrence: Mapped[Occurrence | None] = relationship()
    person: Mapped[Person] = relationship()
    message: Mapped[Message | None] = relationship(back_populates="notices")

    @property
    def key(self) -> NoticeKey:
        """What it tells of."""
        return NoticeKey.parse(self.about, self.rung)

    @property
    def parsed_rung(self) -> NoticeRung:
        """Which rung it tells."""
        return NoticeRung.parse(self.rung)
