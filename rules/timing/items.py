"""From what the grammar matched to items with values: days and periods, rhythms, durations, times of day.

Each item has a kind for `rules.timing.parser`. What looks like a date but cannot be
one (30/02, month 13, quarter V, 25h00) becomes a "bad" item with the reason in
Vietnamese; nothing here raises.
"""

from collections.abc import Callable
from functools import lru_cache

from rules.timing import make_dates as dates
from rules.timing import make_rhythms as repeats
from rules.timing.grammar import GRAMMAR
from rules.timing.lexer import Tokens
from rules.timing.parts import Item, Made

_Maker = Callable[[list[str], str, int], Made]
_Piece = tuple[str, int, _Maker | None]

_SHORT = 100
"""Up to so many tokens a phrase's cutting is kept: some megabytes in all."""

_MAKERS: dict[str, _Maker] = {
    "dmy": dates.dmy, "iso": dates.iso, "dm": dates.day_month, "dmword": dates.day_month,
    "dayrange": dates.dayrange, "dayofmonths": dates.dayofmonths, "months": dates.months,
    "quarters": dates.quarters, "my": dates.month_year, "years": dates.years, "thisyear": dates.thisyear,
    "part": dates.part, "firstmonths": dates.firstmonths, "weekof": dates.weekof, "duration": dates.duration,
    "time": dates.time, "standing": dates.standing, "event": dates.event, "baddate": dates.unreadable,
    "every": repeats.units, "units": repeats.units, "report": repeats.report, "periodic": repeats.periodic,
    "times": repeats.times, "domm": repeats.domm, "domq": repeats.domq, "monthofq": repeats.monthofq,
    "weekofm": repeats.weekofm, "parts": repeats.parts, "lastday": repeats.lastday,
    "weekday": repeats.weekday, "workdays": repeats.workdays, "dom": repeats.dom,
}  # fmt: skip


def read_items(tokens: Tokens, year: int) -> list[Item]:
    """The items of a phrase in order; `year` is the plan's, for "năm nay", "năm sau"."""
    items: list[Item] = []
    words, codes = tokens
    start = 0
    cut = _pieces if len(codes) <= _SHORT else _cut
    for name, end, make in cut(codes):
        if make is None:
            items.append(Item(name, None, start, end))
        else:
            try:
                kind, value = make(words[start:end], codes[start:end], year)
            except ValueError as impossible:
                kind, value = "bad", str(impossible)
            items.append(Item(kind, value, start, end))
        start = end
    return items


def _cut(codes: str) -> tuple[_Piece, ...]:
    """Where the grammar cuts a string of codes: name, end and maker of each piece."""
    pieces: list[_Piece] = []
    start, size = 0, len(codes)
    while start < size:
        found = GRAMMAR.starting_with(codes[start]).match(codes, start)
        if found is None:
            raise AssertionError(f"the grammar has no item for {codes[start]!r}")
        name, start = found.lastgroup or "other", found.end()
        pieces.append((name, start, _MAKERS.get(name)))
    return tuple(pieces)


_pieces = lru_cache(maxsize=1024)(_cut)
"""The same, kept for short phrases: the codes know neither numbers nor names, so many phrases have one shape."""
