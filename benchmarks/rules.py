"""What the pure rules of time cost: deciding 166,000 occurrences, and a plan's occurrences of a year."""

import random
import time
from collections.abc import Callable
from datetime import date, timedelta

from rules.calendar.occurrences import occurrences_of
from rules.calendar.workdays import WorkCalendar
from rules.reminders.ladder import NOTHING, Ladder, LadderPolicy
from rules.timing.values import Timing, TimingKind

Row = tuple[str, str, str, bool]
OCCURRENCES, ITEMS = 166_000, 1_000
RULES = (None, "FREQ=WEEKLY", "FREQ=MONTHLY;BYMONTHDAY=20", "FREQ=MONTHLY;INTERVAL=3", "FREQ=YEARLY")


def run() -> list[Row]:
    """Measure; return (job, measured, limit, within it)."""
    facts, timings = _facts(), _timings()
    return [
        _row(f"decide the rungs of {OCCURRENCES:,} occurrences", lambda: _decide_all(facts), 0.5),
        _row(f"a year of occurrences of {ITEMS:,} recurring items", lambda: _expand_all(timings), 1.0),
    ]


def _row(job: str, work: Callable[[], None], limit: float) -> Row:
    start = time.process_time()
    work()
    spent = time.process_time() - start
    return job, f"{spent:.2f} s CPU", f"{limit:.1f} s CPU", spent <= limit


def _facts() -> list[tuple[date, int | None]]:
    """Last days over 500 days, and rungs settled at random: about one in seven has something to tell."""
    chance, first = random.Random(1), date(2026, 1, 1)
    settled = (None, -30, -14, -7, -3, 0, 7)
    return [(first + timedelta(days=chance.randrange(500)), chance.choice(settled)) for _ in range(OCCURRENCES)]


def _timings() -> list[Timing]:
    return [Timing(phrase="…", kind=TimingKind.RECURRING, recurrence=RULES[n % len(RULES)]) for n in range(ITEMS)]


def _decide_all(facts: list[tuple[date, int | None]]) -> None:
    opens, today = date(2026, 1, 1), date(2026, 3, 3)
    ladder = Ladder(WorkCalendar(off=frozenset({date(2026, 3, 9)})), LadderPolicy())
    told = sum(
        ladder.decide(opens, last_day, today=today, settled_through=settled, urge_until=None) is not NOTHING
        for last_day, settled in facts
    )
    if not 0 < told < len(facts):
        raise RuntimeError(f"nothing worth measuring was decided: {told}")


def _expand_all(timings: list[Timing]) -> None:
    for timing in timings:
        if not occurrences_of(timing, year=2026):
            raise RuntimeError(f"no occurrences of {timing.recurrence}")
