"""What was read from a plan document: values only, no clock, no database.

These are the words every room speaks: `documents` fills them, `models` stores
them, `dondoc plan read --json` prints them. Dates are calendar days in
Asia/Ho_Chi_Minh; an unknown value is None and is never guessed.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from rules.base import Value
from rules.timing.values import Timing

ALL_UNITS = "ALL"
"""Unit code of "Các cơ quan, đơn vị": every unit of the authority."""

RELATED_UNITS = "RELATED"
"""Unit code of "Các cơ quan có liên quan": an open set that a person must name."""


class DocumentKind(StrEnum):
    """What a document is: by its type line, else by its symbol (Decree 30/2020/NĐ-CP, Art. 7)."""

    PLAN = "plan"
    DIRECTIVE = "directive"
    CONCLUSION = "conclusion"
    DISPATCH = "dispatch"
    DECISION = "decision"


class Level(StrEnum):
    """Who gives the tasks of a document."""

    GOVERNMENT = "government"
    PROVINCE = "province"
    COMMUNE = "commune"
    INTERNAL = "internal"


KIND_NAMES = {
    DocumentKind.PLAN: "Kế hoạch",
    DocumentKind.DIRECTIVE: "Chỉ thị",
    DocumentKind.CONCLUSION: "Thông báo kết luận",
    DocumentKind.DISPATCH: "Công văn",
    DocumentKind.DECISION: "Quyết định",
}
LEVEL_NAMES = {
    Level.GOVERNMENT: "Chính phủ",
    Level.PROVINCE: "tỉnh",
    Level.COMMUNE: "xã",
    Level.INTERNAL: "nội bộ",
}


class Assignment(Value):
    """The document that gives a task; an item given by two documents has two."""

    kind: DocumentKind = DocumentKind.PLAN
    number: str | None = None
    issued_on: date | None = None
    signer: str | None = None
    level: Level | None = None
    title: str | None = None

    @property
    def printed(self) -> str:
        """As a table of assigned tasks names it: "12/TB-UBND ngày 12/01/2026"."""
        name = self.number or self.title or KIND_NAMES[self.kind]
        return f"{name} ngày {self.issued_on:%d/%m/%Y}" if self.issued_on else name


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
    quote: str | None = Field(
        default=None, description="the sentence as printed, where the title is not the whole of it"
    )


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
    assigned: tuple[Assignment, ...] = ()


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
    kind: DocumentKind | None = None
    level: Level | None = None
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


class Change(StrEnum):
    """What becomes of an item."""

    ADDED = "added"
    CHANGED = "changed"
    MOVED = "moved"
    RETURNED = "returned"
    DROPPED = "dropped"
