"""From what the grammar matched to items with values: days and periods, rhythms, durations, times of day.

Each item has a kind for `rules.timing_reader`. What looks like a date but cannot be
one (30/02, month 13, quarter V, 25h00) becomes a "bad" item with the reason in
Vietnamese; nothing here raises.
"""

from collections.abc import Callable

from rules import timing_dates as dates
from rules import timing_repeats as repeats
from rules.timing_grammar import GRAMMAR
from rules.timing_values import Item, Made
from rules.timing_words import Tokens

_MAKERS: dict[str, Callable[[list[str], str, int], Made]] = {
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
    start, size = 0, len(codes)
    starting_with = GRAMMAR.starting_with
    while start < size:
        found = starting_with(codes[start]).match(codes, start)
        if found is None:
            raise AssertionError(f"the grammar has no item for {codes[start]!r}")
        name, end = found.lastgroup or "other", found.end()
        make = _MAKERS.get(name)
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
