"""Plans, their sections and items, and who is responsible for each."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.authority import Authority, Unit
from models.base import Base, enum_column
from rules.plan.values import Change
from rules.timing.values import Timing, TimingKind


class PlanStatus(StrEnum):
    """A plan is active from its import until an administrator closes it."""

    ACTIVE = "active"
    CLOSED = "closed"


class Part(StrEnum):
    """The part of a unit in an item."""

    LEAD = "lead"
    COORDINATOR = "coordinator"


class Scope(StrEnum):
    """What the printed name stands for: one unit, every unit, an open set, or a name nobody knows yet."""

    UNIT = "unit"
    ALL = "all"
    RELATED = "related"
    UNKNOWN = "unknown"


class StoredDocument(Base):
    """A document as received, kept by its sha256 in the home folder's `documents/`."""

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int]
    stored_at: Mapped[datetime]


class PlanForm(StrEnum):
    """How a plan's document is laid out: a table of items, a sheet that also tracks them, or running text."""

    ANNEX = "annex"
    TRACKING = "tracking"
    NARRATIVE = "narrative"
    REGISTER = "register"


class Plan(Base):
    """A signed plan, or the register of assigned tasks of a year (`form` "register").

    `version` grows with each import that changed something; `kind` and `level` are a
    rules.plan.values.DocumentKind and Level.
    """

    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(Text)
    number: Mapped[str | None] = mapped_column(String(60))
    symbol: Mapped[str | None] = mapped_column(String(60))
    place: Mapped[str | None] = mapped_column(String(120))
    issued_on: Mapped[date | None]
    issued_printed: Mapped[str | None] = mapped_column(String(120))
    year: Mapped[int]
    superior: Mapped[str | None] = mapped_column(Text)
    signer: Mapped[str | None] = mapped_column(String(200))
    recipients: Mapped[list[str]] = mapped_column(default=list)
    form: Mapped[PlanForm] = mapped_column(enum_column(PlanForm, 16))
    kind: Mapped[str | None] = mapped_column(String(16))
    level: Mapped[str | None] = mapped_column(String(16))
    status: Mapped[PlanStatus] = mapped_column(enum_column(PlanStatus), default=PlanStatus.ACTIVE)
    version: Mapped[int] = mapped_column(default=1)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    imported_at: Mapped[datetime]
    reading_hash: Mapped[str] = mapped_column(String(64))
    scores: Mapped[list[Any]] = mapped_column(default=list)
    warnings: Mapped[list[Any]] = mapped_column(default=list)

    authority: Mapped[Authority] = relationship()
    document: Mapped[StoredDocument | None] = relationship()
    sections: Mapped[list["Section"]] = relationship(
        back_populates="plan", cascade="all, delete-orphan", order_by="Section.position"
    )
    items: Mapped[list["Item"]] = relationship(
        back_populates="plan", cascade="all, delete-orphan", order_by="Item.position"
    )


class Section(Base):
    """A heading of the plan: part, section, group or sub-head."""

    __tablename__ = "section"
    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(Text)
    parent: Mapped[str | None] = mapped_column(String(60))
    position: Mapped[int]

    plan: Mapped[Plan] = relationship(back_populates="sections")


class Item(Base):
    """An item (nhiệm vụ). `timing` is a rules.timing.values.Timing; `read_hash` the content last read from a document.

    `edited` names the fields an administrator settled by hand: a new import of the
    document shows them but does not overwrite them. `dropped_at` is set when a later
    document no longer has the item; its history stays. `assigned` are the documents that
    give it, each a rules.plan.values.Assignment.
    """

    __tablename__ = "item"
    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(60))
    ordinal: Mapped[str | None] = mapped_column(String(30))
    section: Mapped[str | None] = mapped_column(String(60))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    timing_phrase: Mapped[str] = mapped_column(Text)
    timing_kind: Mapped[TimingKind] = mapped_column(enum_column(TimingKind))
    timing_json: Mapped[dict[str, Any]] = mapped_column("timing")
    results: Mapped[list[str]] = mapped_column(default=list)
    targets: Mapped[list[Any]] = mapped_column(default=list)
    source: Mapped[dict[str, Any]] = mapped_column(default=dict)
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    tracking: Mapped[dict[str, Any] | None]
    read_hash: Mapped[str] = mapped_column(String(64))
    edited: Mapped[list[str]] = mapped_column(default=list)
    assigned: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    dropped_at: Mapped[datetime | None]

    plan: Mapped[Plan] = relationship(back_populates="items")
    responsibilities: Mapped[list["Responsibility"]] = relationship(
        back_populates="item", cascade="all, delete-orphan", order_by="Responsibility.position"
    )

    @property
    def timing(self) -> Timing:
        """The timing as a value."""
        return Timing.model_validate(self.timing_json)

    @timing.setter
    def timing(self, value: Timing) -> None:
        self.timing_json = value.model_dump(mode="json")
        self.timing_kind = value.kind
        self.timing_phrase = value.phrase

    @property
    def due_time(self) -> str | None:
        """HH:MM of its last days, where the plan prints one."""
        hour = self.timing_json.get("due_time")
        return str(hour) if hour else None


class Responsibility(Base):
    """Who leads or coordinates an item, as printed, and the unit it was recognised as."""

    __tablename__ = "responsibility"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    part: Mapped[Part] = mapped_column(enum_column(Part))
    scope: Mapped[Scope] = mapped_column(enum_column(Scope))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    printed: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    position: Mapped[int] = mapped_column(default=0)

    item: Mapped[Item] = relationship(back_populates="responsibilities")
    unit: Mapped[Unit | None] = relationship()


class PlanChange(Base):
    """One item's change in one version of its plan. `units` are the ids of those concerned, before or after.

    `fields` are [name, before, after] as people read them. `told_on` is the morning that took it up.
    """

    __tablename__ = "plan_change"
    __table_args__ = (Index("ix_plan_change_plan_id", "plan_id", "told_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    change: Mapped[Change] = mapped_column(enum_column(Change))
    code: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(Text)
    fields: Mapped[list[Any]] = mapped_column(default=list)
    units: Mapped[list[Any]] = mapped_column(default=list)
    made_at: Mapped[datetime]
    told_on: Mapped[date | None]


class DraftState(StrEnum):
    """Where a draft stands."""

    READING = "reading"
    READY = "ready"
    REFUSED = "refused"
    STORED = "stored"
    DROPPED = "dropped"


class PlanDraft(Base):
    """One uploaded document.

    `settled` maps an item's code to what a person said: due, event_day, standing, units, title.
    `register`: its tasks are added to the register of assigned tasks, which `code` names.
    """

    __tablename__ = "plan_draft"
    __table_args__ = (Index("ix_plan_draft_authority_id", "authority_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    state: Mapped[DraftState] = mapped_column(enum_column(DraftState), default=DraftState.READING)
    problem: Mapped[str | None] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(String(64))
    year: Mapped[int | None]
    register: Mapped[bool] = mapped_column(default=False, server_default=false())
    reading_json: Mapped[dict[str, Any] | None] = mapped_column("reading")
    settled: Mapped[dict[str, Any]] = mapped_column(default=dict)
    plan_code: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
