"""What stands around an answer: evidence, reviews, extensions, leave, named coordinators, drafts, calendars."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.authority import Person, Unit
from models.base import Base, enum_column
from models.occurrence import Occurrence
from models.plan import Item, StoredDocument


class Evidence(Base):
    """One proof (tài liệu kiểm chứng) a unit has brought: a file, a document's reference, or both.

    `reference` is number and symbol ("12/BC-UBND"), `place` the page or section that proves.
    """

    __tablename__ = "evidence"
    __table_args__ = (Index("ix_evidence_unit_id", "unit_id"), Index("ix_evidence_document_id", "document_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    name: Mapped[str | None] = mapped_column(String(255))
    media: Mapped[str | None] = mapped_column(String(120))
    reference: Mapped[str | None] = mapped_column(String(120))
    issued_on: Mapped[date | None]
    issued_by: Mapped[str | None] = mapped_column(String(300))
    place: Mapped[str | None] = mapped_column(String(300))
    url: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]

    document: Mapped[StoredDocument | None] = relationship()


class EvidenceUse(Base):
    """Which evidence proves which occurrence (many-to-many), brought with which answer of which unit."""

    __tablename__ = "evidence_use"
    __table_args__ = (
        Index("ix_evidence_use_occurrence_id", "occurrence_id"),
        Index("ix_evidence_use_evidence_id", "evidence_id"),
        Index("ix_evidence_use_progress_id", "progress_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id", ondelete="CASCADE"))
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"))
    progress_id: Mapped[int | None] = mapped_column(ForeignKey("progress.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    evidence: Mapped[Evidence] = relationship()


class Verdict(StrEnum):
    """What a reviewer said: accepted, returned for correction, or a closed period opened again."""

    ACCEPTED = "accepted"
    RETURNED = "returned"
    REOPENED = "reopened"


class Review(Base):
    """A reviewer's word on an answer, or (reopened) on an occurrence."""

    __tablename__ = "review"
    __table_args__ = (Index("ix_review_occurrence_id", "occurrence_id"), Index("ix_review_progress_id", "progress_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"))
    progress_id: Mapped[int | None] = mapped_column(ForeignKey("progress.id", ondelete="CASCADE"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    verdict: Mapped[Verdict] = mapped_column(enum_column(Verdict))
    reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]

    reviewer: Mapped[Person | None] = relationship()


class Extension(Base):
    """A unit's request for a later day (xin gia hạn). Open while neither decided nor withdrawn."""

    __tablename__ = "extension"
    __table_args__ = (Index("ix_extension_occurrence_id", "occurrence_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    last_day_then: Mapped[date]
    wanted_day: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    granted_day: Mapped[date | None]
    decision_note: Mapped[str | None] = mapped_column(Text)
    withdrawn_at: Mapped[datetime | None]

    occurrence: Mapped[Occurrence] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])


class Handover(Base):
    """A person's mail goes to somebody else from the first to the last day (leave).

    Of a unit it goes to a colleague. A leader's goes to a deputy, who may decide in those days; `unit_id` is then
    mostly None.
    """

    __tablename__ = "handover"
    __table_args__ = (
        Index("ix_handover_unit_id", "unit_id"),
        Index("ix_handover_from_person_id", "from_person_id", "last_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    from_person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    to_person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    from_person: Mapped[Person] = relationship(foreign_keys=[from_person_id])
    to_person: Mapped[Person] = relationship(foreign_keys=[to_person_id])


class NamedCoordinator(Base):
    """A unit that the lead named for an open set ("Các cơ quan có liên quan"). It outlives a new import of the plan."""

    __tablename__ = "named_coordinator"
    __table_args__ = (UniqueConstraint("item_id", "unit_id"), Index("ix_named_coordinator_unit_id", "unit_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    named_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]

    item: Mapped[Item] = relationship()
    unit: Mapped[Unit] = relationship()


class AnswerDraft(Base):
    """What a person had typed when the session ran out; taken up again after entering anew."""

    __tablename__ = "answer_draft"
    __table_args__ = (UniqueConstraint("person_id", "occurrence_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"))
    fields: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]


class CalendarFeed(Base):
    """A unit's calendar address; the token is signed (services/work/calendar_feeds), the row makes it revocable."""

    __tablename__ = "calendar_feed"
    __table_args__ = (Index("ix_calendar_feed_unit_id", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship()


__all__ = [
    "AnswerDraft",
    "CalendarFeed",
    "Evidence",
    "EvidenceUse",
    "Extension",
    "Handover",
    "NamedCoordinator",
    "Review",
    "Verdict",
]
