"""The keys of notices: what is told of, and which rung. They stand in the database as two short texts."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class NoticeAudience(StrEnum):
    """As what a person is told."""

    LEAD = "lead"
    COORDINATOR = "coordinator"
    HEAD = "head"
    LEADER = "leader"
    ADMIN = "admin"
    UNIT = "unit"

    @property
    def words(self) -> str:
        """The part as people read it."""
        return _AUDIENCES[self]


_AUDIENCES = {
    NoticeAudience.LEAD: "chủ trì",
    NoticeAudience.COORDINATOR: "phối hợp",
    NoticeAudience.HEAD: "thủ trưởng đơn vị",
    NoticeAudience.LEADER: "lãnh đạo",
    NoticeAudience.ADMIN: "quản trị",
    NoticeAudience.UNIT: "đơn vị liên quan",
}


class NoticeSubject(StrEnum):
    """What a notice is about; the value begins its text."""

    OCCURRENCE = "o"
    ITEM = "i"
    CHANGE = "c"


class RungKind(StrEnum):
    """What a notice's rung counts; the value begins its text. Days from the last day and weeks begin with a number."""

    OFFSET = ""
    WEEK = "W"
    REVIEW = "R"
    VERSION = "v"


_WEEK = re.compile(r"(\d{4})-W(\d\d)")
_NUMBER = re.compile(r"-?\d+")


@dataclass(frozen=True, slots=True)
class NoticeRung:
    """A rung: days from the last day, the week asked (year * 100 + week), a review's number or a plan's version."""

    kind: RungKind
    number: int

    @classmethod
    def of_week(cls, day: date) -> "NoticeRung":
        """The week of a day, by ISO 8601."""
        year, week, _ = day.isocalendar()
        return cls(RungKind.WEEK, year * 100 + week)

    @classmethod
    def parse(cls, text: str) -> "NoticeRung":
        """The rung as stored: "-30", "2025-W38", "R5", "v2". Raises ValueError for any other text."""
        if week := _WEEK.fullmatch(text):
            return cls(RungKind.WEEK, int(week[1]) * 100 + int(week[2]))
        kind = RungKind(text[:1]) if text[:1] in (RungKind.REVIEW, RungKind.VERSION) else RungKind.OFFSET
        number = text.removeprefix(kind)
        if not _NUMBER.fullmatch(number):
            raise ValueError(f"no rung: {text!r}")
        return cls(kind, int(number))

    def __str__(self) -> str:
        """As it is stored."""
        if self.kind is RungKind.WEEK:
            return f"{self.number // 100}-W{self.number % 100:02d}"
        return f"{self.kind}{self.number}"

    @property
    def offset(self) -> int | None:
        """Days from the last day; None where no rung of the ladder is told."""
        return self.number if self.kind is RungKind.OFFSET else None

    @property
    def review(self) -> int | None:
        """The review that sent an answer back; None for any other rung."""
        return self.number if self.kind is RungKind.REVIEW else None


@dataclass(frozen=True, slots=True)
class NoticeKey:
    """What a notice tells of, and on which rung; unique for each person.

    `replaced` counts the extensions by which notices of an occurrence were put aside (0: none), so that the ladder
    can be told anew for the granted day.
    """

    subject: NoticeSubject
    id: int
    rung: NoticeRung
    replaced: int = 0

    @classmethod
    def parse(cls, about: str, rung: str) -> "NoticeKey":
        """A key as stored: "o12", "o12/1", "i7", "c9". Raises ValueError for any other text."""
        number, _, replaced = about[1:].partition("/")
        return cls(NoticeSubject(about[:1]), int(number), NoticeRung.parse(rung), int(replaced or 0))

    @property
    def about(self) -> str:
        """The subject as it is stored."""
        return f"{self.subject}{self.id}" + (f"/{self.replaced}" if self.replaced else "")

    @property
    def columns(self) -> dict[str, str]:
        """Both columns as they are stored."""
        return {"about": self.about, "rung": str(self.rung)}


def occurrence_key(occurrence_id: int, offset: int) -> NoticeKey:
    """A rung of the ladder, told of an occurrence."""
    return NoticeKey(NoticeSubject.OCCURRENCE, occurrence_id, NoticeRung(RungKind.OFFSET, offset))


def review_key(occurrence_id: int, review_id: int) -> NoticeKey:
    """An answer about an occurrence that a review sent back."""
    return NoticeKey(NoticeSubject.OCCURRENCE, occurrence_id, NoticeRung(RungKind.REVIEW, review_id))


def question_key(item_id: int, day: date) -> NoticeKey:
    """The weekly question about an item's timing or lead."""
    return NoticeKey(NoticeSubject.ITEM, item_id, NoticeRung.of_week(day))


def change_key(change_id: int, version: int) -> NoticeKey:
    """A change that a version made to an item."""
    return NoticeKey(NoticeSubject.CHANGE, change_id, NoticeRung(RungKind.VERSION, version))
