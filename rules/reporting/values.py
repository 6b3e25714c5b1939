"""A report's figures as values: what is frozen at the cut-off, hashed, and read again by every form of the document."""

import json
from datetime import date
from hashlib import sha256

from pydantic import Field

from rules.base import Value
from rules.work.states import ItemState


class Figure(Value):
    """One figure with its sources: codes of items, or "item · unit · key" for single due days."""

    label: str
    value: float
    unit: str = ""
    sources: tuple[str, ...] = ()


class Measured(Value):
    """A figure reported for a target: the target's text, the figure in words, and whether it reaches it."""

    goal: str
    words: str
    met: bool | None = None


class DueLine(Value):
    """A due day as the report shows it. `days` are days late: up to the cut-off, or up to the day it was done."""

    ref: str
    unit: str
    unit_name: str
    label: str = ""
    due_on: date
    last_day: date
    state: ItemState
    days: int = 0
    done_on: date | None = None
    said: str | None = None
    percent: int | None = None
    note: str | None = None
    figures: tuple[Measured, ...] = ()
    evidence: tuple[str, ...] = ()
    answered_on: date | None = None
    done_now: bool = False
    next_due: bool = False


class ItemLine(Value):
    """An item as the report shows it, with the due days that this period is about."""

    code: str
    title: str
    field: str
    leads: str = ""
    coordinators: str = ""
    timing: str = ""
    results: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    state: ItemState
    reason: str | None = None
    dues: tuple[DueLine, ...] = ()


class FieldPart(Value):
    """A field of the plan with how many items it has in each state (states by their Vietnamese words)."""

    code: str
    title: str
    items: int
    states: dict[str, int]


class UnitRecord(Value):
    """What a unit owed in the period and what came: answers in time, late, none; and what it did in time."""

    code: str
    name: str
    owed: int = 0
    in_time: int = 0
    late: int = 0
    missing: int = 0
    due: int = 0
    done_in_time: int = 0
    overdue: int = 0
    asked: int = 0


class Comparison(Value):
    """One figure beside that of the period before and of the same period last year; None where nothing is known."""

    label: str
    unit: str = ""
    now: float
    before: float | None = None
    last_year: float | None = None


class Change(Value):
    """A later day that was granted in the period."""

    item: str
    unit_name: str
    before: date
    after: date


class PartReport(Value):
    """One commune's share of a consolidated report."""

    authority: str
    name: str
    plan: str
    sha256: str
    figures: dict[str, float]


class PeriodWords(Value):
    """The period: its key, its names, and the days it covers. `next_until` ends what "the next period" means."""

    key: str
    label: str
    first_day: date
    cut_off: date
    next_label: str
    next_until: date
    before_label: str = ""
    last_year_label: str = ""


class Report(Value):
    """Everything a report says. `parts` and `absent` are those of a consolidated report."""

    plan_code: str
    plan_title: str
    plan_number: str = ""
    issued_on: date | None = None
    authority_code: str
    authority_name: str
    period: PeriodWords
    figures: dict[str, Figure] = Field(default_factory=dict)
    fields: tuple[FieldPart, ...] = ()
    items: tuple[ItemLine, ...] = ()
    units: tuple[UnitRecord, ...] = ()
    comparison: tuple[Comparison, ...] = ()
    extended: tuple[Change, ...] = ()
    dropped: tuple[str, ...] = ()
    parts: tuple[PartReport, ...] = ()
    absent: tuple[str, ...] = ()

    def canonical(self) -> str:
        """The report as JSON that is the same for the same content: what is hashed and stored."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(canonical: str) -> str:
    """The sha256 of a report's canonical JSON."""
    return sha256(canonical.encode()).hexdigest()
