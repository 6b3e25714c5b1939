"""Milestones of a phrase."""

# Each date with the words that say what must be reached by then.

import re

from rules.timing.doubts import clock
from rules.timing.lexer import Phrase
from rules.timing.marks import Fixed
from rules.timing.parser import Mark, Reading
from rules.timing.values import Milestone

_NO_LABELS = frozenset({"và", "hoặc", "rồi", "các", "những", "&", "/"})
_SENTENCE_WORDS = 3
_STANDING = re.compile(r"^thường xuyên(?=[,;]|$)|(?<!\w)thường xuyên$", re.IGNORECASE)


class Labels:
    """The words around the dates of a phrase."""

    __slots__ = ("_periods", "_phrase", "_reading")

    def __init__(self, phrase: Phrase, reading: Reading, periods: list[Fixed]) -> None:
        # `periods` are the dates that count; others are words like any ("báo cáo quý I trước …").
        self._phrase, self._reading, self._periods = phrase, reading, periods

    def milestone(self, period: Fixed) -> Milestone:
        """A date as a milestone."""
        target = self.label(period) or None
        if period.mark.time is not None:  # a milestone has no hour of its own: its words tell it
            hour = f"{'trước' if period.op == 'before' else 'lúc'} {clock(period.mark.time).replace(':', ' giờ ')}"
            target = f"{target} ({hour})" if target else hour
        if period.is_deadline:
            return Milestone(due=period.due, target=target, last_day=period.last_day)
        return Milestone(due=period.last, target=target, start=period.first, last_day=period.last)

    def described(self, periods: list[Fixed]) -> bool:
        """Whether the dates have words of their own."""
        # Different ones, or one in a clause of its own.
        labels = {label for label in (self.label(period) for period in periods) if label}
        clauses = {period.mark.clause for period in periods}
        return len(labels) > 1 or (bool(labels) and len(clauses) > 1)

    def _clause_bounds(self, clause: int) -> tuple[int, int]:
        found = [(start, end) for start, end, _ in self._reading.clauses]
        return found[clause] if clause < len(found) else (0, 0)

    def label_start(self, period: Fixed) -> int:
        """The first token of the words before a date."""
        # After the date before it, or the beginning of its clause.
        clause_start, _ = self._clause_bounds(period.mark.clause)
        ends = [m.end for m in self._neighbours(period.mark) if m.end <= period.mark.start]
        return max([clause_start, *ends])

    def _neighbours(self, mark: Mark) -> list[Mark]:
        return [period.mark for period in self._periods if period.mark.clause == mark.clause]

    def label(self, period: Fixed) -> str:
        """What must be reached by a date."""
        # The words after its colon, before it, or after it, in its own clause.
        mark = period.mark
        _, clause_end = self._clause_bounds(mark.clause)
        nexts = [m.start for m in self._neighbours(mark) if m.start >= mark.end]
        after = self._phrase.text(mark.end, min([clause_end, *nexts]))
        if after.startswith(":"):
            return trimmed(after)
        if after.startswith("(") and ")" in after:
            return trimmed(after[1 : after.index(")")])
        before = trimmed(self._phrase.text(self.label_start(period), mark.start))
        if len(before) > 2 and not self._dates_come_first(mark):
            return before
        return trimmed(after)

    def _dates_come_first(self, mark: Mark) -> bool:
        # Whether the clause begins with its first date: "Năm 2025 đạt 50%, năm 2026 đạt 70%".
        clause_start, _ = self._clause_bounds(mark.clause)
        first = min((m.start for m in self._neighbours(mark)), default=mark.start)
        return len(trimmed(self._phrase.text(clause_start, first))) < 3

    def undated_sentences(self, windows: list[Fixed]) -> list[str]:
        """Further sentences of work without a date of their own: "Trong năm 2026."""
        # Thực hiện rà soát (nếu có)".
        with_dates = {period.mark.clause for period in windows}
        events = [start for start, _ in (*self._reading.events, *self._reading.sources)]
        found = []
        for at, (start, end, fillers) in enumerate(self._reading.clauses):
            own = any(start <= event < end for event in events)
            if at > min(with_dates) and at not in with_dates and fillers >= _SENTENCE_WORDS and not own:
                found.append(self._phrase.text(start, end).strip(" :,;.-–"))
        return found


def trimmed(text: str) -> str:
    """Words of a milestone without the punctuation and the "và" that joined them."""
    text = text.strip(" :,;.-–").lstrip(")").rstrip("(").strip(" :,;.-–")
    if text.count("(") != text.count(")"):
        text = text.strip(" :,;.-–()")
    for joint in ("và ", "rồi "):
        text = text.removeprefix(joint)
    text = _STANDING.sub("", text).strip(" :,;.-–")
    return "" if text.lower() in _NO_LABELS else text
