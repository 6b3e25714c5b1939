"""Milestones of a phrase: each date with the words that say what must be reached by then."""

from rules.plan import Milestone
from rules.timing_marks import Fixed
from rules.timing_reading import Reading
from rules.timing_text import Phrase

_SENTENCE_WORDS = 3


class Labels:
    """The words around the dates of a phrase."""

    __slots__ = ("_phrase", "_reading")

    def __init__(self, phrase: Phrase, reading: Reading) -> None:
        self._phrase, self._reading = phrase, reading

    def milestone(self, period: Fixed) -> Milestone:
        """A date as a milestone."""
        target = self.label(period) or None
        if period.is_deadline:
            return Milestone(due=period.due, target=target, last_day=period.last_day)
        return Milestone(due=period.last, target=target, start=period.first, last_day=period.last)

    def described(self, periods: list[Fixed]) -> bool:
        """Whether any of the dates has words of its own."""
        return any(self.label(period) for period in periods)

    def _clause_bounds(self, clause: int) -> tuple[int, int]:
        found = [(start, end) for start, end, _ in self._reading.clauses]
        return found[clause] if clause < len(found) else (0, 0)

    def label_start(self, period: Fixed) -> int:
        """The first token of the words before a date: after the date before it, or the beginning of its clause."""
        clause_start, _ = self._clause_bounds(period.mark.clause)
        ends = [m.end for m in self._reading.marks if m.clause == period.mark.clause and m.end <= period.mark.start]
        return max([clause_start, *ends])

    def label(self, period: Fixed) -> str:
        """What must be reached by a date: the words after its colon, before it, or after it, in its own clause."""
        mark = period.mark
        _, clause_end = self._clause_bounds(mark.clause)
        nexts = [m.start for m in self._reading.marks if m.clause == mark.clause and m.start >= mark.end]
        after = self._phrase.text(mark.end, min([clause_end, *nexts]))
        if after.startswith(":"):
            return trimmed(after)
        before = trimmed(self._phrase.text(self.label_start(period), mark.start))
        return before if len(before) > 2 else trimmed(after)

    def undated_sentences(self, windows: list[Fixed]) -> list[str]:
        """Further sentences of work without a date of their own: "Trong năm 2026. Thực hiện rà soát (nếu có)"."""
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
    text = text.strip(" :,;.-–")
    if text.count("(") != text.count(")"):
        text = text.strip("()")
    for joint in ("và ", "rồi "):
        text = text.removeprefix(joint)
    text = text.strip(" :,;.-–")
    return "" if text in ("và", "hoặc", "rồi") else text
