"""Reports: one a plan and period, with its frozen figures, what was asked, its versions, and proof of sending."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.authority import Authority, Person, Unit
from models.base import Base, enum_column
from models.mail import Message
from models.plan import Plan, StoredDocument
from rules.audit import AuditAction
from rules.reporting.steps import ReportState


class Report(Base):
    """The report of a plan for a period. Its days stand here: a policy changed later moves no report under way.

    Without a plan it consolidates the reports of the authorities below, for which it waits until `reopened_until`.
    Else `reopened_until` lets answers count again after the close, until that day. `version` is the newest one of
    its documents, `number` and `issued_on` are given when it is sent. `problem` says what keeps it waiting.
    """

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("plan_id", "period"),
        Index("ix_report_authority_id", "authority_id", "state"),
        Index(
            "uq_report_consolidated",
            "authority_id",
            "period",
            unique=True,
            sqlite_where=text("plan_id IS NULL"),
            postgresql_where=text("plan_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id", ondelete="CASCADE"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    period: Mapped[str] = mapped_column(String(12))
    label: Mapped[str] = mapped_column(String(60))
    first_day: Mapped[date]
    cut_off: Mapped[date]
    opens_on: Mapped[date]
    sending_on: Mapped[date]
    state: Mapped[ReportState] = mapped_column(enum_column(ReportState), default=ReportState.OPEN)
    reopened_until: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    compiled_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    approved_by: Mapped[str | None] = mapped_column(String(200))
    decision_note: Mapped[str | None] = mapped_column(Text)
    number: Mapped[int | None]
    symbol: Mapped[str | None] = mapped_column(String(60))
    issued_on: Mapped[date | None]
    issued_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(Text)

    plan: Mapped[Plan | None] = relationship()
    authority: Mapped[Authority] = relationship()

    @property
    def code(self) -> str:
        """What people call it by, with the period: the plan's code, or the authority's for a consolidated report."""
        return self.plan.code if self.plan is not None else self.authority.code

    @property
    def title(self) -> str:
        """What it is about."""
        return self.plan.title if self.plan is not None else "Tổng hợp báo cáo của các địa phương"


class ReportReopening(Base):
    """A report opened again after its close: why, by whom, until which day, and when it was closed again."""

    __tablename__ = "report_reopening"
    __table_args__ = (Index("ix_report_reopening_report_id", "report_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    reason: Mapped[str] = mapped_column(Text)
    who: Mapped[str] = mapped_column(String(254))
    since: Mapped[datetime]
    until_day: Mapped[date]
    ended_at: Mapped[datetime | None]


class ReportFigures(Base):
    """The figures as frozen at a close: canonical JSON and its sha256. Never changed; a later close adds a row."""

    __tablename__ = "report_figures"
    __table_args__ = (UniqueConstraint("report_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    version: Mapped[int]
    frozen_at: Mapped[datetime]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)


class ReportAsk(Base):
    """A unit asked for what was missing, once a rung (days from the cut-off) and round (a reopening is a new one)."""

    __tablename__ = "report_ask"
    __table_args__ = (UniqueConstraint("report_id", "unit_id", "round", "rung"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    round: Mapped[int]
    rung: Mapped[int]
    day: Mapped[date]
    missing: Mapped[int]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"))

    unit: Mapped[Unit] = relationship()


class ReportOrigin(StrEnum):
    """How a version came to be: compiled, uploaded by hand, or made with its number."""

    DRAFT = "draft"
    UPLOAD = "upload"
    FINAL = "final"

    @property
    def action(self) -> AuditAction:
        """The event of the audit trail that tells of a new version."""
        return _MADE[self]

    @property
    def words(self) -> str:
        """The origin as people read it."""
        return _ORIGINS[self]


_MADE = {
    ReportOrigin.DRAFT: AuditAction.REPORT_DRAFT,
    ReportOrigin.UPLOAD: AuditAction.REPORT_UPLOAD,
    ReportOrigin.FINAL: AuditAction.REPORT_FINAL,
}
_ORIGINS = {
    ReportOrigin.DRAFT: "dự thảo do hệ thống soạn",
    ReportOrigin.UPLOAD: "văn bản đã chỉnh sửa",
    ReportOrigin.FINAL: "bản chính thức",
}


class ReportFile(Base):
    """One file of one version: the draft as compiled, a text uploaded by hand, or the final one with its number."""

    __tablename__ = "report_file"
    __table_args__ = (UniqueConstraint("report_id", "version", "format"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    version: Mapped[int]
    origin: Mapped[ReportOrigin] = mapped_column(enum_column(ReportOrigin, 12))
    format: Mapped[str] = mapped_column(String(8))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    who: Mapped[str] = mapped_column(String(254))
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]

    document: Mapped[StoredDocument] = relationship()


class MailPurpose(StrEnum):
    """What a mail about a version is for."""

    APPROVE = "approve"
    RETURNED = "returned"
    SEND = "send"

    @property
    def words(self) -> str:
        """The purpose as people read it."""
        return _PURPOSES[self]


_PURPOSES = {
    MailPurpose.APPROVE: "trình phê duyệt",
    MailPurpose.RETURNED: "báo trả lại",
    MailPurpose.SEND: "gửi báo cáo",
}


class ReportMail(Base):
    """A mail about a version of a report: to the leader for approval, back to the office, or the report itself."""

    __tablename__ = "report_mail"
    __table_args__ = (Index("ix_report_mail_report_id", "report_id"), UniqueConstraint("message_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    version: Mapped[int]
    purpose: Mapped[MailPurpose] = mapped_column(enum_column(MailPurpose, 12))
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))

    message: Mapped[Message] = relationship()


class MessageAttachment(Base):
    """A file that goes with a mail: kept once in the documents folder, read when the mail is sent."""

    __tablename__ = "message_attachment"
    __table_args__ = (Index("ix_message_attachment_message_id", "message_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    name: Mapped[str] = mapped_column(String(255))
    media: Mapped[str] = mapped_column(String(120))

    document: Mapped[StoredDocument] = relationship()


__all__ = [
    "MessageAttachment",
    "Person",
    "Report",
    "ReportAsk",
    "ReportFigures",
    "ReportFile",
    "ReportMail",
    "ReportReopening",
    "ReportState",
]
