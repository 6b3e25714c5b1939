"""Timings inside running text: the deadlines and rhythms of a narrative plan."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from rules.timing.doubts import follows_noun, is_noun
from rules.timing.grammar import read_items
from rules.timing.lexer import Phrase
from rules.timing.spans import Item, Span
from rules.timing.values import Timing, TimingKind

_SENTENCE_END = re.compile(r"[.;\n]")
_CORE = frozenset({"period", "rhythms", "periodic", "standing", "weekday", "edge", "workday", "nthday", "bad", "now"})
_LEANING = frozenset({"time", "dom", "duration", "openend", "weak"})
_OPERATORS = frozenset({"before", "by", "to", "from", "in", "after", "planned"})
_LINKS = frozenset({"and", "comma", "dash", "glue", "open", "close"})
_ENDS = frozenset({"stop", "comma", "open", "close"})
_GOVERNING = frozenset({"before", "by", "to"})


@dataclass(frozen=True, slots=True)
class TimingSpan:
    """A timing found in a sentence, at characters `start` to `end`. `certain`."""

    # A word says that it is one ("trước ngày", "trong quý", "hằng tháng"). A bare year, month or date beside a
    # noun ("báo cáo năm 2024") is not certain: use it only where the sentence has nothing better.

    start: int
    end: int
    timing: Timing
    certain: bool = True


def islands(phrase: Phrase, items: list[Item]) -> Iterator[tuple[int, int, bool]]:
    """Token ranges of timings, with whether each is certain."""
    found: list[Item] = []
    for at, item in enumerate(items):
        if item.kind == "weekday" and not item.value[1] and not found:
            continue  # "thứ 2" without "hằng tuần": a rank, or the name of a day in a story
        if item.kind in _CORE or item.kind in _LEANING or item.kind in _OPERATORS or (found and item.kind in _LINKS):
            found.append(item)
            continue
        if item.kind == "event":
            yield from _with_event(phrase, found, items, at)
        else:
            yield from _closed(found)
        found = []
    yield from _closed(found)


def _closed(found: list[Item]) -> Iterator[tuple[int, int, bool]]:
    # The timing in a run of items, without what only leans on it.
    while found and found[-1].kind not in _CORE and found[-1].kind not in _LEANING and found[-1].kind != "close":
        found = found[:-1]
    while found and (found[0].kind in _LINKS or found[0].kind in ("duration", "weak")):
        found = found[1:]
    kinds = {item.kind for item in found}
    if not kinds & _CORE or (kinds & {"bad"} and not kinds & _OPERATORS):
        return
    opened = sum((item.kind == "open") - (item.kind == "close") for item in found)
    if opened:
        cut = next(at for at, item in enumerate(found) if item.kind in ("open", "close"))
        yield from _closed(found[:cut])
        yield from _closed(found[cut + 1 :])
        return
    yield found[0].start, found[-1].end, _is_certain(kinds)


def _is_certain(kinds: set[str]) -> bool:
    return bool(kinds & (_OPERATORS | _CORE - {"period", "bad"}))


def _with_event(phrase: Phrase, found: list[Item], items: list[Item], at: int) -> Iterator[tuple[int, int, bool]]:
    # "trong 05 ngày làm việc kể từ ngày nhận văn bản", "ngay sau khi …": up to the end of the clause.
    end = next((item.start for item in items[at + 1 :] if item.kind in _ENDS), items[-1].end)
    terms = [item for item in found if item.kind == "duration"]
    if terms:
        first = next(item for item in found if item.kind in _OPERATORS or item.kind == "duration")
        yield first.start, end, True
    elif phrase.tokens.words[items[at].start] == "ngay":
        yield items[at].start, end, True
    else:
        yield from _closed(found)


def shown_year(items: Iterable[Item]) -> int | None:
    """The year of a bare whole-year period among items, for telling the plan's year from others."""
    for item in items:
        if item.kind == "period":
            first: Span = item.value.ranges[0][0]
            if first.unit == "Y":
                return first.year
    return None


def spans_of(sentence: str, year: int, read: Callable[[str], Timing]) -> list[TimingSpan]:
    """Timings of a sentence; `read` reads the words of each."""
    phrase = Phrase(sentence.replace("\t", ";"))  # cells of a pasted table are no sentence together
    items = read_items(phrase.tokens, year)
    found: list[TimingSpan] = []
    for core_first, core_last, certain in islands(phrase, items):
        first, last = _with_left_over(items, core_first, core_last, phrase.tokens.codes)
        inside = [item for item in items if first <= item.start < last]
        governed = any(item.kind in _GOVERNING for item in inside)
        of = shown_year(inside)
        if of is not None and of < year and not governed:
            continue  # "Trong năm 2023, …": what was, not what is to be done
        if of is not None and of != year and not certain:
            continue
        if not certain and _is_fraction(phrase, inside):
            continue
        start, end = phrase.place(first, last)
        timing = read(sentence[start:end])
        wanted = timing.kind is not TimingKind.UNDETERMINED or governed or phrase.tokens.words[first] == "ngay"
        if wanted:
            found.append(TimingSpan(start, end, timing, certain))
            _join_to_rhythm(sentence, found, read)
    return found


def _join_to_rhythm(sentence: str, found: list[TimingSpan], read: Callable[[str], Timing]) -> None:
    # "Định kỳ hằng năm báo cáo … chậm nhất ngày 12 tháng 11": the day comes every year
    if len(found) < 2:
        return
    rhythm, day = found[-2:]
    if rhythm.timing.recurrence != "FREQ=YEARLY" or day.timing.kind is not TimingKind.DEADLINE:
        return
    if _SENTENCE_END.search(sentence, rhythm.end, day.start):
        return
    both = read(sentence[rhythm.start : day.end])
    if both.kind is TimingKind.RECURRING and both.recurrence != "FREQ=YEARLY":
        found[-2:] = [TimingSpan(rhythm.start, day.end, both, certain=True)]


def _with_left_over(items: list[Item], first: int, last: int, codes: str) -> tuple[int, int]:
    # A timing with the numbers and date words that touch it: reading them together tells the doubt.
    at = next(place for place, item in enumerate(items) if item.start >= first)
    while at > 0 and items[at - 1].kind == "left" and not follows_noun(items, at - 1, codes):
        at -= 1
        first = items[at].start
    if at > 0 and items[at].kind == "left" and items[at - 1].kind in _OPERATORS:
        first = items[at - 1].start
    end = next((place for place, item in enumerate(items) if item.start >= last), len(items))
    while (
        end < len(items) and items[end].kind == "left" and not (end + 1 < len(items) and is_noun(items[end + 1], codes))
    ):
        last = items[end].end
        end += 1
    return first, last


def _is_fraction(phrase: Phrase, inside: list[Item]) -> bool:
    # "4,5/4,5" or "3/5" beside words is a score, not a day: a bare day needs its word or its year.
    codes = phrase.tokens.codes[inside[0].start : inside[-1].end]
    return codes in ("n/n", "n-n", "n.n")
