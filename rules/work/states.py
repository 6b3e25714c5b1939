"""The named states in which an item's run ends, as the administrator reads them.

Computed from days each time, never stored: "overdue" is true of a day, not of an
item. All dates are calendar days in Asia/Ho_Chi_Minh; `today` is a parameter.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

SOON_DAYS = 7
"""Days before the last day from which an open occurrence is "sắp đến hạn", unless the policy says otherwise."""

StateType = Literal["COMPLETED", "FAILED", "CANCELLED"]


class ItemState(StrEnum):
    """The state of an item or of one occurrence; the value is what people read."""

    ON_TRACK = "Đúng tiến độ"
    DUE_SOON = "Sắp đến hạn"
    OVERDUE = "Quá hạn"
    DONE = "Hoàn thành"
    DONE_LATE = "Hoàn thành muộn"
    UNDETERMINED = "Chờ xác định thời hạn"

    @property
    def type(self) -> StateType:
        """The state type that colours it: green, red for overdue, grey while the day is unknown."""
        if self is ItemState.OVERDUE:
            return "FAILED"
        return "CANCELLED" if self is ItemState.UNDETERMINED else "COMPLETED"


PROVINCE_WORDS = {
    ItemState.ON_TRACK: "Trong hạn",
    ItemState.DUE_SOON: "Sắp đến hạn",
    ItemState.OVERDUE: "Quá hạn chưa hoàn thành",
    ItemState.DONE: "Hoàn thành đúng hạn",
    ItemState.DONE_LATE: "Hoàn thành quá hạn",
    ItemState.UNDETERMINED: "Chưa xác định thời hạn",
}
"""How provinces' trackers of assigned tasks call the states."""


@dataclass(frozen=True, slots=True)
class OccurrenceFact:
    """What is known of one occurrence: when it opens, its last day in time, and the day it was done.

    `urge_until` is the last day on which it is urged, where a later one replaces it.
    """

    opens_on: date
    last_day: date
    done_on: date | None = None
    urge_until: date | None = None


def occurrence_state(fact: OccurrenceFact, today: date, soon_days: int = SOON_DAYS) -> ItemState:
    """The state of one occurrence on a day. One that has not opened yet is not "soon", however short it is."""
    if fact.done_on is not None:
        return ItemState.DONE if fact.done_on <= fact.last_day else ItemState.DONE_LATE
    if today > fact.last_day:
        return ItemState.OVERDUE
    soon = fact.opens_on <= today and (fact.last_day - today).days <= soon_days
    return ItemState.DUE_SOON if soon else ItemState.ON_TRACK


def item_state(
    occurrences: Iterable[OccurrenceFact], today: date, soon_days: int = SOON_DAYS, *, undetermined: bool = False
) -> ItemState:
    """The state of an item on a day: the most pressing one of its occurrences.

    `undetermined` says that a date is still missing: shown unless something dated presses more. Done only
    when every occurrence is done, late when one of them was; with no occurrence at all it is on track.
    A period that passed unanswered presses only until a later one has taken its place: last month's
    missing report is history, this month's is overdue.
    """
    facts = list(occurrences)
    newest = max((fact.last_day for fact in facts), default=today)
    states = {occurrence_state(fact, today, soon_days) for fact in facts if not _replaced(fact, today, newest)}
    for pressing in (ItemState.OVERDUE, ItemState.DUE_SOON):
        if pressing in states:
            return pressing
    if undetermined:
        return ItemState.UNDETERMINED
    if ItemState.ON_TRACK in states or not states:
        return ItemState.ON_TRACK
    return ItemState.DONE_LATE if ItemState.DONE_LATE in states else ItemState.DONE


def _replaced(fact: OccurrenceFact, today: date, newest: date) -> bool:
    over = fact.done_on is None and fact.urge_until is not None and fact.urge_until < today
    return over and fact.last_day < newest
