"""What a change of policy or calendar does: two rehearsals of the same days, laid beside each other.

Pure: mails and reporting periods come in as values; days are calendar days in
Asia/Ho_Chi_Minh. A mail is one person's on one morning; a notice is one line of it.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from rules.calendar.periods import Period
from rules.calendar.workdays import WorkCalendar
from rules.reminders.ladder import rung_words

_REPEAT = 10_000
"""Stands for every rung after the ladder's last: they are counted together."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a mail. `rung` is in days from the last day; None where a date is asked for."""

    item: str
    due: date | None
    rung: int | None


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail of a rehearsal; `unit` is the code of the reader's unit (None: leaders, administrators)."""

    day: date
    unit: str | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A number before and after."""

    before: int = 0
    after: int = 0

    @property
    def difference(self) -> int:
        """How many more (less than 0: fewer)."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Row:
    """A month (its first day) or a unit (its code, None: leaders and administrators), with mails and notices."""

    name: date | str | None
    mails: Pair
    notices: Pair


@dataclass(frozen=True, slots=True)
class RungRow:
    """A rung of either ladder in words, and how often it is told."""

    words: str
    notices: Pair


@dataclass(frozen=True, slots=True)
class Moved:
    """One rung of one unit's due day that is told on another morning."""

    unit: str
    item: str
    due: date
    rung: int
    before: date
    after: date


@dataclass(frozen=True, slots=True)
class ReportMove:
    """A report whose days change; None on one side: it is not made there."""

    label: str
    cut_off: tuple[date | None, date | None]
    sending: tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class Effect:
    """The difference of two rehearsals of the days `first` to `last`."""

    first: date
    last: date
    mails: Pair
    notices: Pair
    mornings: Pair
    months: tuple[Row, ...] = ()
    units: tuple[Row, ...] = ()
    rungs: tuple[RungRow, ...] = ()
    moved: tuple[Moved, ...] = ()
    reports: tuple[ReportMove, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether nobody would notice the change."""
        rows = (*self.months, *self.units)
        same = all(not (row.mails.difference or row.notices.difference) for row in rows)
        return same and not (self.moved or self.reports or any(row.notices.difference for row in self.rungs))


def effect(
    days: tuple[date, date],
    before: Sequence[Mail],
    after: Sequence[Mail],
    rungs: Collection[int],
    reports: Iterable[ReportMove] = (),
) -> Effect:
    """What changes from one rehearsal to the other; `rungs` are those of the two ladders, what follows is repeats."""
    return Effect(
        *days,
        mails=Pair(len(before), len(after)),
        notices=Pair(_lines(before), _lines(after)),
        mornings=Pair(len({mail.day for mail in before}), len({mail.day for mail in after})),
        months=_rows(before, after, lambda mail: mail.day.replace(day=1)),
        units=_rows(before, after, lambda mail: mail.unit),
        rungs=_rungs(before, after, rungs),
        moved=_moved(before, after),
        reports=tuple(reports),
    )


def _lines(mails: Iterable[Mail]) -> int:
    return sum(len(mail.lines) for mail in mails)


def _rows(
    before: Sequence[Mail], after: Sequence[Mail], name_of: Callable[[Mail], date | str | None]
) -> tuple[Row, ...]:
    counts = []
    for mails in (before, after):
        sent, told = Counter(name_of(mail) for mail in mails), Counter[date | str | None]()
        for mail in mails:
            told[name_of(mail)] += len(mail.lines)
        counts.append((sent, told))
    (sent, told), (will_send, will_tell) = counts
    names = sorted({*sent, *will_send}, key=lambda name: (name is None, str(name)))
    return tuple(Row(name, Pair(sent[name], will_send[name]), Pair(told[name], will_tell[name])) for name in names)


def _rungs(before: Sequence[Mail], after: Sequence[Mail], named: Collection[int]) -> tuple[RungRow, ...]:
    old, new = (
        Counter(
            line.rung if line.rung is None or line.rung in named else _REPEAT for mail in mails for line in mail.lines
        )
        for mails in (before, after)
    )
    rungs = sorted({*old, *new}, key=lambda rung: (rung is None, rung or 0))
    return tuple(RungRow(_words(rung), Pair(old[rung], new[rung])) for rung in rungs)


def _words(rung: int | None) -> str:
    if rung is None:
        return "hỏi quản trị viên về ngày còn thiếu"
    return "nhắc lại sau mốc cuối" if rung == _REPEAT else rung_words(rung)


_Told = tuple[str, str, date, int]


def _moved(before: Sequence[Mail], after: Sequence[Mail]) -> tuple[Moved, ...]:
    """The same rung of the same due day on another morning; leaders hear on their units' mornings."""
    old, new = _mornings(before), _mornings(after)
    found = []
    for told in sorted(old.keys() & new.keys()):
        pairs = zip(sorted(old[told]), sorted(new[told]), strict=False)
        found += [Moved(*told, was, will) for was, will in pairs if was != will]
    return tuple(sorted(found, key=lambda one: (one.before, one.unit, one.item, one.rung)))


def _mornings(mails: Iterable[Mail]) -> dict[_Told, set[date]]:
    found: dict[_Told, set[date]] = {}
    for mail in mails:
        for line in mail.lines:
            if mail.unit is not None and line.due is not None and line.rung is not None:
                found.setdefault((mail.unit, line.item, line.due, line.rung), set()).add(mail.day)
    return found


def report_moves(
    before: Iterable[Period], after: Iterable[Period], calendars: tuple[WorkCalendar, WorkCalendar]
) -> tuple[ReportMove, ...]:
    """The reports whose cut-off or sending changes; an office that is closed on the day sends on the one before."""
    old, new = ({period.key: period for period in periods} for periods in (before, after))
    found = []
    for key in sorted({*old, *new}, key=lambda key: ((new.get(key) or old[key]).cut_off, key)):
        was, will = old.get(key), new.get(key)
        sending = (
            calendars[0].previous_working_day(was.sending_day) if was else None,
            calendars[1].previous_working_day(will.sending_day) if will else None,
        )
        cut_off = (was.cut_off if was else None, will.cut_off if will else None)
        if cut_off[0] != cut_off[1] or sending[0] != sending[1]:
            found.append(ReportMove((will or old[key]).label, cut_off, sending))
    return tuple(found)
