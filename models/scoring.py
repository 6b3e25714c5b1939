"""The yearly self-scoring: sets of criteria, what is linked to them, rounds, scores and sealed dossiers.

Points are stored as the decimals they are, on both databases. What a score was
before each change stands in the audit trail, under the score's subject.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from models.answer import Evidence
from models.authority import Authority, Person, Unit
from models.base import Base, enum_column
from models.mail import Message
from models.plan import Item, Plan, StoredDocument
from rules.scoring.round import RoundState, ScoreState


class Exact(TypeDecorator[Decimal]):
    """A decimal kept as its text: SQLite's numbers are binary and would round it."""

    impl = String(24)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """The decimal without an exponent."""
        return None if value is None else f"{value:f}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """The decimal as it was written."""
        return None if value is None else Decimal(value)


class StoredCriteria(Base):
    """A set of criteria; `content` is a rules.scoring.criteria.sets.CriteriaSet. A changed set is a new version."""

    __tablename__ = "criteria_set"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    year: Mapped[int]
    level: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(Text)
    sample: Mapped[bool] = mapped_column(default=False, server_default=false())
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    imported_at: Mapped[datetime]


class CriterionLink(Base):
    """An item of an authority's plan whose progress tells of a criterion, beside those that the set names itself."""

    __tablename__ = "criterion_link"
    __table_args__ = (
        UniqueConstraint("set_code", "criterion", "item_id"),
        Index("ix_criterion_link_item_id", "item_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    set_code: Mapped[str] = mapped_column(String(40))
    criterion: Mapped[str] = mapped_column(String(40))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))

    item: Mapped[Item] = relationship()


class ScoreRound(Base):
    """One authority's self-scoring by one set. Its days stand here: a policy changed later moves no round under way.

    `units_until` is the units' last day, `explain_until` the last on which they explain what the superior asks (None:
    no day was given); `submitted_by` asked for approval and may not give it. The ids beside the names are empty where
    somebody acted at the command line without saying who they are.
    """

    __tablename__ = "score_round"
    __table_args__ = (UniqueConstraint("authority_id", "set_id"), Index("ix_score_round_state", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id", ondelete="CASCADE"))
    set_id: Mapped[int] = mapped_column(ForeignKey("criteria_set.id"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id", ondelete="SET NULL"))
    year: Mapped[int]
    state: Mapped[RoundState] = mapped_column(enum_column(RoundState), default=RoundState.SCORING)
    opened_on: Mapped[date]
    units_until: Mapped[date]
    sending_on: Mapped[date]
    explain_until: Mapped[date | None]
    submitted_by: Mapped[str | None] = mapped_column(String(254))
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    approved_by: Mapped[str | None] = mapped_column(String(254))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    approved_at: Mapped[datetime | None]
    decision_note: Mapped[str | None] = mapped_column(Text)
    rank: Mapped[int | None]
    rank_of: Mapped[int | None]
    grade: Mapped[str | None] = mapped_column(String(60))
    changed_at: Mapped[datetime]

    authority: Mapped[Authority] = relationship()
    approver: Mapped[Person | None] = relationship(foreign_keys=[approved_by_id])
    criteria: Mapped[StoredCriteria] = relationship()
    plan: Mapped[Plan | None] = relationship()
    scores: Mapped[list["Score"]] = relationship(
        back_populates="round", cascade="all, delete-orphan", order_by="Score.position"
    )


class Score(Base):
    """The score of one criterion in a round.

    `entry` is the rules.scoring.entry.Entry that the unit gave, `filled` what the
    database knew when it was last filled. `points`, `counted`, `outcome` and
    `calculation` come from the rule (and evidence); `explanation` is the unit's own.
    `verified` is the superior's score, `question` what it asks, `reply` the unit's
    answer, `final` the score after the second verification. `lost_because` is a key
    of rules.scoring.round.LOST_REASONS, `answers` what was said to each warning, by its
    code. `version` grows with each change.
    """

    __tablename__ = "score"
    __table_args__ = (UniqueConstraint("round_id", "criterion"), Index("ix_score_unit_id", "unit_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("score_round.id", ondelete="CASCADE"))
    criterion: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[ScoreState] = mapped_column(enum_column(ScoreState), default=ScoreState.OPEN)
    entry: Mapped[dict[str, Any]] = mapped_column(default=dict)
    filled: Mapped[dict[str, Any]] = mapped_column(default=dict)
    points: Mapped[Decimal] = mapped_column(Exact)
    counted: Mapped[Decimal] = mapped_column(Exact)
    outcome: Mapped[str] = mapped_column(String(24))
    calculation: Mapped[str] = mapped_column(Text)
    explanation: Mapped[str | None] = mapped_column(Text)
    returned_because: Mapped[str | None] = mapped_column(Text)
    reopened_until: Mapped[date | None]
    verified: Mapped[Decimal | None] = mapped_column(Exact)
    remark: Mapped[str | None] = mapped_column(Text)
    question: Mapped[str | None] = mapped_column(Text)
    reply: Mapped[str | None] = mapped_column(Text)
    final: Mapped[Decimal | None] = mapped_column(Exact)
    lost_because: Mapped[str | None] = mapped_column(String(24))
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    changed_at: Mapped[datetime]

    round: Mapped[ScoreRound] = relationship(back_populates="scores")
    unit: Mapped[Unit | None] = relationship()
    evidence: Mapped[list["ScoreEvidence"]] = relationship(
        back_populates="score", cascade="all, delete-orphan", order_by="ScoreEvidence.id"
    )


class ScoreEvidence(Base):
    """Which evidence proves which score (many-to-many); `explains`: it came with the second round's explanation."""

    __tablename__ = "score_evidence"
    __table_args__ = (
        UniqueConstraint("score_id", "evidence_id"),
        Index("ix_score_evidence_evidence_id", "evidence_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    score_id: Mapped[int] = mapped_column(ForeignKey("score.id", ondelete="CASCADE"))
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id", ondelete="CASCADE"))
    added_at: Mapped[datetime]
    explains: Mapped[bool] = mapped_column(default=False, server_default=false())

    score: Mapped[Score] = relationship(back_populates="evidence")
    evidence: Mapped[Evidence] = relationship()


class ScoreDraft(Base):
    """What a person had typed about a score when the session ran out; taken up again after entering anew."""

    __tablename__ = "score_draft"
    __table_args__ = (UniqueConstraint("person_id", "score_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    score_id: Mapped[int] = mapped_column(ForeignKey("score.id", ondelete="CASCADE"))
    fields: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]


class ScoreDossier(Base):
    """A sealed dossier: one .zip with its manifest of hashes. Never changed; a later change is a new version.

    `message_id` is the mail it left with; `handed_over` says how it went by other means (number, day, way).
    """

    __tablename__ = "score_dossier"
    __table_args__ = (UniqueConstraint("round_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("score_round.id", ondelete="CASCADE"))
    version: Mapped[int]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    total: Mapped[Decimal] = mapped_column(Exact)
    manifest: Mapped[dict[str, Any]]
    sealed_at: Mapped[datetime]
    sealed_by: Mapped[str] = mapped_column(String(254))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"))
    handed_over: Mapped[dict[str, Any] | None]

    document: Mapped[StoredDocument] = relationship()
    message: Mapped[Message | None] = relationship()


__all__ = [
    "CriterionLink",
    "Exact",
    "Score",
    "ScoreDossier",
    "ScoreDraft",
    "ScoreEvidence",
    "ScoreRound",
    "StoredCriteria",
]
