"""Occurrences: one per deadline, milestone or period of an item and unit; and what units answered."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.authority import Person, Unit
from models.base import Base, enum_column
from models.plan import Item


class ProgressState(StrEnum):
    """What a unit says of an occurrence."""

    NOT_STARTED = "not_started"
    UNDER_WAY = "under_way"
    DONE = "done"
    CANNOT = "cannot"


class Occurrence(Base):
    """One due day of an item for one leading unit (kỳ).

    `due_on` is the day as printed, `last_day` the last day in time. `settled_offset`
    is the newest rung told or passed over (days from the due day; None: none yet),
    `next_rung_on` the working day of the next one: the morning sweep reads only its
    index. `urge_until` ends the rungs of a period that a later one has replaced.
    Overdue is computed from `last_day` and `done_on`, never stored. `extended_to` is a
    last day granted on request: it stands although the timing says another. After a
    period's close (`urge_until`) answers are taken until `reopened_until` only.
    `halted_at` is when the unit said that it cannot be done: nothing is urged until a
    reviewer has decided.
    `sequence` and `changed_at` are set by triggers whenever a calendar would show
    something else (migration 0003).
    """

    __tablename__ = "occurrence"
    __table_args__ = (
        UniqueConstraint("item_id", "unit_id", "key"),
        Index("ix_occurrence_next_rung_on", "next_rung_on"),
        Index("ix_occurrence_unit_id", "unit_id", "last_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    key: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(16))
    label: Mapped[str] = mapped_column(String(120), default="")
    opens_on: Mapped[date]
    due_on: Mapped[date]
    last_day: Mapped[date]
    target: Mapped[str | None] = mapped_column(Text)
    urge_until: Mapped[date | None]
    settled_offset: Mapped[int | None]
    next_rung_on: Mapped[date | None]
    done_on: Mapped[date | None]
    cancelled_at: Mapped[datetime | None]
    extended_to: Mapped[date | None]
    reopened_until: Mapped[date | None]
    halted_at: Mapped[datetime | None]
    sequence: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    changed_at: Mapped[datetime | None]

    item: Mapped[Item] = relationship()
    unit: Mapped[Unit] = relationship()


class Progress(Base):
    """One answer about an occurrence (tiến độ thực hiện).

    The newest one of a unit that was not withdrawn counts; older ones are history.
    `figures` are rules.work.answers.Figure values, `late` says that it came after the last
    day in time, `covers` names the coordinators' answers that the lead signed with it,
    `batch` is what was answered in one step (and is undone in one), `link_id` the link
    by which the person had entered.
    """

    __tablename__ = "progress"
    __table_args__ = (
        Index("ix_progress_occurrence_id", "occurrence_id", "id"),
        Index("ix_progress_batch", "batch"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    state: Mapped[ProgressState] = mapped_column(enum_column(ProgressState))
    percent: Mapped[int | None]
    note: Mapped[str | None] = mapped_column(Text)
    done_on: Mapped[date | None]
    figures: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    late: Mapped[bool] = mapped_column(default=False, server_default=false())
    covers: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    batch: Mapped[str | None] = mapped_column(String(32))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("portal_link.id", ondelete="SET NULL"))
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    occurrence: Mapped[Occurrence] = relationship()
    person: Mapped[Person | None] = relationship()
