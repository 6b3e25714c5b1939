"""What the machine did: deployments posted to Prefect, mornings run, and the audit trail."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Deployed(Base):
    """A deployment posted to Prefect, with the hash of what was posted: only changes are posted again."""

    __tablename__ = "deployed"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id", ondelete="SET NULL"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="SET NULL"), index=True)
    deployment_id: Mapped[str] = mapped_column(String(36))
    server: Mapped[str] = mapped_column(String(200))
    content_hash: Mapped[str] = mapped_column(String(64))
    posted_at: Mapped[datetime]


class Morning(Base):
    """One morning's sweep of an authority: begun and, when it came to its end, finished."""

    __tablename__ = "morning"
    __table_args__ = (UniqueConstraint("authority_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id", ondelete="CASCADE"))
    day: Mapped[date]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    notices: Mapped[int] = mapped_column(default=0)
    messages: Mapped[int] = mapped_column(default=0)


class AuditEvent(Base):
    """Append-only: who did what, when, from what to what. Each row carries the hash of the one before it.

    `action` is a rules.audit.AuditAction, `subject_type` a SubjectKind and `subject_id` the row's id. Both are kept as
    text: a row of another version stays readable, and rows from before migration 0014 have only the `subject`.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_subject", "subject"),
        Index("ix_audit_event_subject_id", "subject_type", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(254))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))
    subject_type: Mapped[str | None] = mapped_column(String(24))
    subject_id: Mapped[int | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    note: Mapped[str | None] = mapped_column(Text)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
