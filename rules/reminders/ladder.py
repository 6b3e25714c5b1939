"""The ladder of rungs (các mốc nhắc): on which day an occurrence is told, to whom, and what is due now.

*Due and not yet told* decides, never "due == today + n": after an outage the
newest missed rung is told once and the older ones are passed over. Offsets are
days from the last day that is in time (negative before, positive after). All
dates are calendar days in Asia/Ho_Chi_Minh; `today` is always a parameter.

A sweep works through 166,000 occurrences each morning, so the deciding path
counts in whole numbers and builds nothing when there is nothing to tell.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from rules.calendar.workdays import WorkCalendar


class Audience(StrEnum):
    """Who is told of a rung. The unit is written to, the others are copied."""

    UNIT = "unit"
    HEAD = "head"
    LEADER = "leader"


@dataclass(frozen=True, slots=True)
class LadderPolicy:
    """When and whom to remind; the values come from `config/policy.toml`.

    `rungs` are offsets in days, in rising order; after the last one a rung
    follows every `repeat_every` days (0: none). `head_from` and `leader_from`
    are the first offsets at which head and leader are copied (None: never).
    `coordinator_rungs` are told to coordinating units too. On `quiet_dates` and
    `quiet_weekdays` (ISO, Monday 1) no mail goes out. Raises ValueError.
    """

    rungs: tuple[int, ...] = (-30, -14, -7, -3, -1, 0, 1, 3, 7)
    repeat_every: int = 7
    head_from: int | None = 3
    leader_from: int | None = 7
    coordinator_rungs: tuple[int, ...] = (-7,)
    quiet_dates: frozenset[date] = frozenset()
    quiet_weekdays: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if not self.rungs or any(a >= b for a, b in zip(self.rungs, self.rungs[1:], strict=False)):
            raise ValueError("Các mốc nhắc phải có ít nhất một mốc và xếp theo thứ tự tăng dần, không trùng nhau.")
        if self.repeat_every < 0:
            raise ValueError("Khoảng nhắc lại sau mốc cuối phải là số ngày từ 0 trở lên.")


@dataclass(frozen=True, slots=True, order=True)
class Rung:
    """One rung: its `offset` in days from the last day, and the working `day` on which it is told."""

    offset: int
    day: date

    def words(self, last_day: date) -> str:
        """What is true on the rung's own day, also where it moved: "nhắc trước 3 ngày"."""
        return rung_words((self.day - last_day).days)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a morning has to do for one occurrence: one rung to tell at most, and those passed over for good."""

    tell: Rung | None = None
    passed_over: tuple[Rung, ...] = ()

    @property
    def settled_through(self) -> int | None:
        """The newest offset this decision settles; None when it changes nothing."""
        newest = self.tell or (self.passed_over[-1] if self.passed_over else None)
        return newest.offset if newest else None


NOTHING = Decision()


class Ladder:
    """One policy on one calendar, prepared for many occurrences.

    `rungs`, `decide` and `next_rung_day` below are the same for a single one.
    """

    __slots__ = ("_base", "_before", "_mail", "_reach_of", "_rungs", "_step")

    def __init__(self, calendar: WorkCalendar, policy: LadderPolicy) -> None:
        self._mail = calendar.resting_also(policy.quiet_dates, policy.quiet_weekdays)
        self._rungs = policy.rungs
        self._before = tuple(offset for offset in policy.rungs if offset <= 0)
        self._base = max(policy.rungs[-1], 0)  # repeats are for what is late, so never before the day itself
        self._step = policy.repeat_every
        self._reach_of: tuple[date, int, int] | None = None

    def decide(
        self, opens_on: date, last_day: date, *, today: date, settled_through: int | None, urge_until: date | None
    ) -> Decision:
        """See the function `decide`."""
        before, after = self._reach(today)
        if after != today.toordinal():  # a day off: nothing is told, nothing is lost
            return NOTHING
        last = last_day.toordinal()
        newest = self._newest(before - last, after - last)
        if newest is None or (settled_through is not None and newest <= settled_through):
            return NOTHING
        if urge_until is not None and today > urge_until:
            stale = self.rungs(opens_on, last_day, urge_until=urge_until, through=urge_until, shadowed=True)
            return Decision(None, tuple(r for r in stale if settled_through is None or r.offset > settled_through))
        due = tuple(self._applicable(opens_on, last, settled_through, newest))
        return Decision(due[-1], due[:-1]) if due else NOTHING

    def next_rung_day(
        self, opens_on: date, last_day: date, *, after: int | None, urge_until: date | None
    ) -> date | None:
        """See the function `next_rung_day`."""
        last = last_day.toordinal()
        rung = next(self._applicable(opens_on, last, after, None), None)
        if rung is None or (urge_until is not None and rung.day > urge_until):
            return None
        return rung.day

    def rungs(
        self, opens_on: date, last_day: date, *, urge_until: date | None, through: date, shadowed: bool = False
    ) -> list[Rung]:
        """See the function `rungs`; `shadowed` keeps also those that share their day with a newer one."""
        limit = through if urge_until is None else min(through, urge_until)
        told: list[Rung] = []
        for rung in self._applicable(opens_on, last_day.toordinal(), None, None):
            if rung.day > limit:
                break
            if told and told[-1].day == rung.day and not shadowed:
                told.pop()
            told.append(rung)
        return told

    def _reach(self, today: date) -> tuple[int, int]:
        """The last nominal days (ordinals) whose rung, before or after the last day, is told by `today`."""
        if self._reach_of is None or self._reach_of[0] != today:
            tomorrow = date.fromordinal(today.toordinal() + 1)
            before = self._mail.next_working_day(tomorrow).toordinal() - 1
            self._reach_of = (today, before, self._mail.previous_working_day(today).toordinal())
        return self._reach_of[1:]

    def _newest(self, before: int, after: int) -> int | None:
        """The newest offset reached, where rungs up to the last day reach `before` and later ones `after`."""
        if after > 0:
            if self._step and after >= self._base + self._step:
                return after - (after - self._base) % self._step
            offset = self._rungs[bisect_right(self._rungs, after) - 1]
            if offset > 0 and offset <= after:
                return offset
        place = bisect_right(self._before, before)
        return self._before[place - 1] if place else None

    def _applicable(self, opens_on: date, last: int, after: int | None, through: int | None) -> Iterator[Rung]:
        """The rungs with after < offset <= through that this occurrence has, in order.

        A rung told before the occurrence opens is none of its own, except the day itself: a period
        that lies wholly in days off must still be told before it is late.
        """
        opens = opens_on.toordinal()
        for offset in self._offsets(after):
            if through is not None and offset > through:
                return
            day = self._day(last + offset, late=offset > 0)
            if offset >= 0 or day.toordinal() >= opens:
                yield Rung(offset, day)

    def _offsets(self, after: int | None) -> Iterator[int]:
        """All offsets above `after`, in order; without end when the ladder repeats."""
        yield from self._rungs if after is None else self._rungs[bisect_right(self._rungs, after) :]
        if not self._step:
            return
        offset = self._base + self._step
        if after is not None and after >= offset:
            offset = after - (after - self._base) % self._step + self._step
        while True:
            yield offset
            offset += self._step

    def _day(self, nominal: int, *, late: bool) -> date:
        """Up to the last day a rung on a day off is told before it, afterwards after it."""
        day = date.fromordinal(nominal)
        return self._mail.next_working_day(day) if late else self._mail.previous_working_day(day)


@lru_cache(maxsize=16)
def ladder_of(calendar: WorkCalendar, policy: LadderPolicy) -> Ladder:
    """The prepared ladder of a policy on a calendar; both are values, so keeping it is safe."""
    return Ladder(calendar, policy)


def rungs(
    opens_on: date,
    last_day: date,
    calendar: WorkCalendar,
    policy: LadderPolicy,
    *,
    urge_until: date | None = None,
    through: date,
) -> list[Rung]:
    """The rungs an occurrence is told when no morning is missed, in order of day, up to and with `through`.

    Before and on the last day a rung on a day off is told on the working day before, afterwards on the
    next one. Of two on one day only the newer is told. None is told before `opens_on` or after `urge_until`.
    """
    return ladder_of(calendar, policy).rungs(opens_on, last_day, urge_until=urge_until, through=through)


def decide(
    opens_on: date,
    last_day: date,
    calendar: WorkCalendar,
    policy: LadderPolicy,
    *,
    today: date,
    settled_through: int | None,
    urge_until: date | None = None,
) -> Decision:
    """What to tell of an occurrence on the morning of `today`.

    `settled_through` is the newest offset already told or passed over (None: none yet). Of the rungs due
    and not settled the newest is told, the older ones are passed over. On a day off or a quiet day nothing
    is decided. After `urge_until` the missed ones are only passed over.
    """
    return ladder_of(calendar, policy).decide(
        opens_on, last_day, today=today, settled_through=settled_through, urge_until=urge_until
    )


def next_rung_day(
    opens_on: date,
    last_day: date,
    calendar: WorkCalendar,
    policy: LadderPolicy,
    *,
    after: int | None,
    urge_until: date | None = None,
) -> date | None:
    """The day of the next rung not yet settled (`after`: newest settled offset), also when it has passed.

    None when the ladder has ended or urging has stopped. A sweep asks for `next_rung_day <= today`.
    """
    return ladder_of(calendar, policy).next_rung_day(opens_on, last_day, after=after, urge_until=urge_until)


def audience(offset: int, policy: LadderPolicy) -> tuple[Audience, ...]:
    """Who is told of the rung: always the unit, its head and the leader from their offsets on."""
    told = [Audience.UNIT]
    if policy.head_from is not None and offset >= policy.head_from:
        told.append(Audience.HEAD)
    if policy.leader_from is not None and offset >= policy.leader_from:
        told.append(Audience.LEADER)
    return tuple(told)


def tells_coordinators(decision: Decision, policy: LadderPolicy) -> bool:
    """Whether coordinating units are told too.

    Also when their rung was passed over for a newer one that is not yet late (−7 and −3 share the
    working day before Tết): otherwise they would never hear of it.
    """
    if decision.tell is None:
        return False
    if decision.tell.offset in policy.coordinator_rungs:
        return True
    return decision.tell.offset <= 0 and any(r.offset in policy.coordinator_rungs for r in decision.passed_over)


def rung_words(days: int) -> str:
    """Words for a distance from the last day: "nhắc trước 30 ngày", "đến hạn hôm nay", "quá hạn 3 ngày"."""
    if days < 0:
        return f"nhắc trước {-days} ngày"
    return f"quá hạn {days} ngày" if days else "đến hạn hôm nay"
