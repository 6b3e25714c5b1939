"""What a report is made from: items, due days and answers as they are stored, and how they stood on a day.

Everything is told "as of" a day: the same facts give the same figures however late they
are asked for. All dates are calendar days in Asia/Ho_Chi_Minh.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from rules.reporting.values import Measured
from rules.work.states import ItemState, OccurrenceFact, item_state, occurrence_state


@dataclass(frozen=True, slots=True)
class Window:
    """A report reopened after its close: answers of this stretch of time count for its cut-off. `until` None: open."""

    cut_off: date
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One answer of the leading unit. `counts_on` is the day to whose report it belongs (see `counting_day`)."""

    counts_on: date
    answered_on: date
    state: str
    percent: int | None = None
    note: str | None = None
    done_on: date | None = None
    figures: tuple[Measured, ...] = ()
    withdrawn_on: date | None = None
    returned_on: date | None = None


@dataclass(frozen=True, slots=True)
class GivenEvidence:
    """A proof brought for a due day, in the words of a report ("Báo cáo số 12/BC-UBND ngày 10/3/2025")."""

    brought_on: date
    words: str
    removed_on: date | None = None


@dataclass(frozen=True, slots=True)
class DueFact:
    """One due day of an item for one leading unit. `moves` are later days granted: when, and the last day before."""

    key: str
    unit: str
    label: str
    opens_on: date
    due_on: date
    last_day: date
    urge_until: date | None = None
    answers: tuple[GivenAnswer, ...] = ()
    evidence: tuple[GivenEvidence, ...] = ()
    moves: tuple[tuple[date, date], ...] = ()
    cancelled_on: date | None = None

    def last_day_on(self, day: date) -> date:
        """The last day in time as it was known on a day."""
        later = [before for decided_on, before in self.moves if decided_on > day]
        return later[0] if later else self.last_day


@dataclass(frozen=True, slots=True)
class ItemFact:
    """An item with its due days. `field` is the field of the report it belongs to; names of units are as printed."""

    code: str
    title: str
    field: str
    leads: str = ""
    coordinators: str = ""
    timing: str = ""
    results: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    undetermined: str | None = None
    dropped_on: date | None = None
    dues: tuple[DueFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Extended:
    """A later day that was granted."""

    item: str
    unit: str
    decided_on: date
    before: date
    after: date


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a plan's report is made from. `units` are names by code, `fields` titles by code, in order."""

    plan_code: str
    plan_title: str
    plan_number: str
    issued_on: date | None
    authority_code: str
    authority_name: str
    units: Mapping[str, str]
    fields: Mapping[str, str]
    items: tuple[ItemFact, ...]
    extensions: tuple[Extended, ...] = ()
    reminders: Mapping[date, int] = field(default_factory=dict)
    asked: Mapping[str, int] = field(default_factory=dict)
    soon_days: int = 7


def counting_day(answered_at: datetime, local_day: date, windows: Iterable[Window]) -> date:
    """The day on which an answer counts: its own day in Vietnam, or the cut-off of the report reopened for it.

    An answer so has exactly one day, and with it exactly one period of each kind.
    """
    inside = [
        window.cut_off
        for window in windows
        if window.cut_off < local_day
        and window.since <= answered_at
        and (window.until is None or answered_at < window.until)
    ]
    return max(inside, default=local_day)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a due day stood on a day: its state, the answer that counted, and when it was done."""

    state: ItemState
    last_day: date
    answer: GivenAnswer | None
    done_on: date | None


def newest_answer(due: DueFact, day: date, since: date = date.min) -> GivenAnswer | None:
    """The answer that counted on a day: the newest one not taken back by then; only those of `since` or later."""
    for answer in reversed(due.answers):
        withdrawn = answer.withdrawn_on is not None and answer.withdrawn_on <= day
        if since <= answer.counts_on <= day and not withdrawn:
            return answer
    return None


def done_on(due: DueFact, day: date) -> date | None:
    """The day on which it was done, as known on `day`; an answer sent back for correction does not count as done."""
    answer = newest_answer(due, day)
    if answer is None or answer.state != "done":
        return None
    if answer.returned_on is not None and answer.returned_on <= day:
        return None
    return answer.done_on or answer.answered_on


def fact_of(due: DueFact, day: date) -> OccurrenceFact:
    """The due day in the words of rules.work.states, as known on a day."""
    return OccurrenceFact(due.opens_on, due.last_day_on(day), done_on(due, day), due.urge_until)


def standing(due: DueFact, day: date, soon_days: int) -> Standing:
    """How a due day stood on a day."""
    fact = fact_of(due, day)
    return Standing(occurrence_state(fact, day, soon_days), fact.last_day, newest_answer(due, day), fact.done_on)


def state_of(item: ItemFact, day: date, soon_days: int) -> ItemState:
    """The state of an item on a day, as everywhere in the product."""
    facts = [fact_of(due, day) for due in item.dues]
    return item_state(facts, day, soon_days, undetermined=item.undetermined is not None)


def replaced(item: ItemFact, due: DueFact, day: date) -> bool:
    """Whether a period passed unanswered and a later one has taken its place: history, no longer asked for."""
    if due.urge_until is None or due.urge_until >= day or done_on(due, day) is not None:
        return False
    return due.last_day < max(other.last_day for other in item.dues)


def stands(item: ItemFact, day: date) -> bool:
    """Whether the item was part of the plan on a day."""
    return item.dropped_on is None or item.dropped_on > day
