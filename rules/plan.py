"""What was read from a plan document: values only, no clock, no database.

These are the words every room speaks: `documents` fills them, `models` stores
them, `dondoc plan read --json` prints them. Dates are calendar days in
Asia/Ho_Chi_Minh; an unknown value is None and is never guessed.
"""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

ALL_UNITS = "ALL"
"""Unit code of "Các cơ quan, đơn vị": every unit of the authority."""

RELATED_UNITS = "RELATED"
"""Unit code of "Các cơ quan có liên quan": an open set that a person must name."""


class Value(BaseModel):
    """A value object: compared by content, never changed after it was made."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TimingKind(StrEnum):
    """The six ways a plan says when (tiến độ)."""

    DEADLINE = "deadline"
    WINDOW = "window"
    RECURRING = "recurring"
    CONTINUOUS = "continuous"
    MILESTONES = "milestones"
    UNDETERMINED = "undetermined"


class Relative(Value):
    """A deadline counted from an event ("05 ngày làm việc kể từ ngày nhận văn bản")."""

    event: str
    days: int | None = None
    working_days: bool = False
    hours: int | None = None


class Milestone(Value):
    """One date of several, with what must be reached by then.

    `start` is the first day of its window where the phrase gives one
    ("quý II và quý IV" are two windows).
    """

    due: date | None
    target: str | None = None
    start: date | None = None
    last_day: date | None = None


class Timing(Value):
    """A timing phrase understood (tiến độ).

    `due` is the date as printed, `last_day` the last day that is still in time:
    "trước ngày 15/4" has due 15/4 and last day 14/4. `recurrence` is an RFC 5545
    rule without the "RRULE:" prefix; several rules are joined by a line break.
    `reason` says why a phrase is undetermined, or what a person should check.
    """

    phrase: str
    kind: TimingKind
    start: date | None = None
    due: date | None = None
    last_day: date | None = None
    due_time: str | None = Field(default=None, description="HH:MM on the last day, where the phrase prints one")
    recurrence: str | None = None
    exclusive: bool = Field(
        default=False, description="a recurring due day is itself outside: 'trước ngày 20 hằng tháng'"
    )
    relative: Relative | None = None
    milestones: tuple[Milestone, ...] = ()
    reason: str | None = None


class UnitRef(Value):
    """A unit as printed, and the canonical code it was recognised as (None: unknown)."""

    printed: str
    unit: str | None = None
    note: str | None = Field(default=None, description="what the plan adds to the role: 'phối hợp cung cấp thông tin'")


class Target(Value):
    """A figure to reach. `operator` is one of = >= > <= < increase decrease; `due` where it has a day of its own."""

    text: str
    operator: str | None = None
    value: float | None = None
    unit: str | None = None
    due: date | None = None


class Source(Value):
    """Where a thing stood in the document, all counted from 1."""

    page: int | None = None
    table: int | None = None
    row: int | None = None
    line: int | None = None


class Doubt(Value):
    """What a person must settle. `code` is for machines, `message` is Vietnamese for people."""

    code: str
    message: str


class ItemRead(Value):
    """One item (nhiệm vụ) of the plan."""

    code: str
    ordinal: str | None = None
    section: str | None = None
    title: str
    timing: Timing
    lead: tuple[UnitRef, ...] = ()
    coordinating: tuple[UnitRef, ...] = ()
    results: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    source: Source = Source()
    warnings: tuple[Doubt, ...] = ()
    tracking: "Tracking | None" = None


class Tracking(Value):
    """The columns that only a tracking sheet has (Số VB, Ngày BH, Lãnh đạo, Tiến độ, Trạng thái, Kết quả, Ghi chú)."""

    document_number: str | None = None
    issued_on: date | None = None
    leader: str | None = None
    progress: str | None = None
    state: str | None = None
    outcome: str | None = None
    note: str | None = None


class SectionRead(Value):
    """A heading above items: part, section, group or sub-head."""

    code: str
    title: str
    parent: str | None = None


class AreaScore(Value):
    """A score printed in the plan ("Năm 2020, số điểm đạt 10,947/16")."""

    area: str
    year: int | None = None
    achieved: float
    max: float | None = None


class PlanHeader(Value):
    """The head and foot of the document (Decree 30/2020/NĐ-CP, annex I)."""

    code: str
    title: str | None = None
    number: str | None = None
    symbol: str | None = None
    authority: str | None = None
    place: str | None = None
    issued_on: date | None = None
    issued_printed: str | None = None
    year: int | None = None
    superior: str | None = None
    signer: str | None = None
    recipients: tuple[str, ...] = ()


_MONTH_PRINTED = re.compile(r"tháng\s*(?P<month>\d{1,2})\s*năm\s*(?P<year>\d{4})")


def first_day_printed(issued_printed: str | None) -> date | None:
    """The first day of the month of issue where only the day was left blank ("ngày tháng 9 năm 2025").

    Never the day of issue: only the day before which no duty of the plan can have begun.
    """
    found = _MONTH_PRINTED.search(issued_printed or "")
    if not found or not 1 <= int(found["month"]) <= 12 or int(found["year"]) < 1:
        return None
    return date(int(found["year"]), int(found["month"]), 1)


Count = Annotated[int, Field(ge=0)]


class Counts(Value):
    """Body rows seen, sections, numbered tasks as the office counts them, and items with an owner or timing."""

    rows: Count
    sections: Count
    numbered: Count
    items: Count


class PlanReading(Value):
    """Everything understood from one document."""

    plan: PlanHeader
    counts: Counts
    items: tuple[ItemRead, ...]
    sections: tuple[SectionRead, ...] = ()
    scores: tuple[AreaScore, ...] = ()
    warnings: tuple[Doubt, ...] = ()
    form: Literal["annex", "tracking", "narrative"] = "annex"
