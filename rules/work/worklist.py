"""A unit's work in the order it presses: overdue, due in 7 days, in 30 days, later, done.

Pure: `today` is a parameter, days are calendar days in Asia/Ho_Chi_Minh.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar


class Group(StrEnum):
    """The groups of the list; the value stands in addresses."""

    OVERDUE = "qua-han"
    WEEK = "7-ngay"
    MONTH = "30-ngay"
    LATER = "sau"
    DONE = "xong"

    @property
    def words(self) -> str:
        """The group's heading."""
        return _WORDS[self]

    @property
    def short(self) -> str:
        """The same in two words, for a narrow screen."""
        return _SHORT[self]


_WORDS = {
    Group.OVERDUE: "Quá hạn",
    Group.WEEK: "Đến hạn trong 7 ngày",
    Group.MONTH: "Đến hạn trong 30 ngày",
    Group.LATER: "Đến hạn sau 30 ngày",
    Group.DONE: "Đã hoàn thành",
}


_SHORT = {
    Group.OVERDUE: "Quá hạn",
    Group.WEEK: "7 ngày tới",
    Group.MONTH: "30 ngày tới",
    Group.LATER: "Sau đó",
    Group.DONE: "Đã xong",
}


class Listed(Protocol):
    """What the list needs of an entry."""

    @property
    def item_id(self) -> int: ...
    @property
    def unit_id(self) -> int: ...
    @property
    def opens_on(self) -> date: ...
    @property
    def last_day(self) -> date: ...
    @property
    def finished(self) -> bool: ...


Entry = TypeVar("Entry", bound=Listed)
Anything = TypeVar("Anything")


def group_of(last_day: date, today: date, finished: bool) -> Group:
    """The group of an entry on a day."""
    if finished:
        return Group.DONE
    left = (last_day - today).days
    if left < 0:
        return Group.OVERDUE
    if left <= 7:
        return Group.WEEK
    return Group.MONTH if left <= 30 else Group.LATER


def arranged(entries: Iterable[Entry], today: date) -> dict[Group, list[Entry]]:
    """The entries by group, the nearest day first; done ones the newest first.

    Of a duty that comes again only the next one that is still far off is shown: twelve months of the
    same line would hide the rest.
    """
    groups: dict[Group, list[Entry]] = {group: [] for group in Group}
    shown: set[tuple[int, int]] = set()
    for entry in sorted(entries, key=lambda one: one.last_day):
        group = group_of(entry.last_day, today, entry.finished)
        key = (entry.item_id, entry.unit_id)
        if group is Group.LATER and entry.opens_on > today and key in shown:
            continue
        if group is not Group.DONE:
            shown.add(key)
        groups[group].append(entry)
    groups[Group.DONE].reverse()
    return groups


def page_of(entries: Sequence[Anything], page: int, size: int) -> tuple[Sequence[Anything], bool]:
    """The entries of a page (from 1) and whether there are more."""
    start = (max(page, 1) - 1) * size
    return entries[start : start + size], start + size < len(entries)
