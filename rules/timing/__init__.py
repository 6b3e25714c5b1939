"""What a plan means by its timing phrases (tiến độ, thời gian thực hiện).

All dates are calendar days in Asia/Ho_Chi_Minh.
"""

# `read_timing` reads the phrase of a table cell, `find_timings` finds deadlines and rhythms inside a sentence,
# `read_result_milestones` dates in the result column. The steps: normalise and cut into tokens (`lexer`), name the
# pieces (`grammar`), put them together (`parser`), put dates on the calendar (`marks`), decide (`resolve`), say
# what is in doubt (`doubts`). What is not understood is undetermined with a reason in Vietnamese, what was
# interpreted says so in `reason`. Nothing here raises, whatever the text.

from collections.abc import Iterable
from datetime import date

from rules.timing.doubts import undetermined
from rules.timing.find import TimingSpan, spans_of
from rules.timing.grammar import GRAMMAR, read_items
from rules.timing.lexer import Phrase
from rules.timing.parser import read_together
from rules.timing.resolve import decide, milestones_in
from rules.timing.values import Milestone, Timing

__all__ = ["TimingSpan", "find_timings", "prepare", "read_result_milestones", "read_timing"]

_LONGEST = 2_000
"""Longest phrase read, in characters: a cell of a plan has some dozens."""

_LONGEST_TEXT = 20_000
"""Longest paragraph or result looked through, in characters; what follows is not looked at."""


def prepare() -> None:
    """Compile the grammar now."""
    # Whoever reads whole plans calls it once, on import, as Python compiles patterns.
    GRAMMAR.prepare()


def read_timing(phrase: str, year: int, issued: date | None = None) -> Timing:
    """The timing of a phrase in the plan of `year`. `issued` is the day the plan was signed."""
    # "từ nay" starts there, "trong năm" not before it, and dates already past are reported in `reason`, never
    # changed.
    if len(phrase) > _LONGEST:
        return undetermined(phrase, "Nội dung quá dài để là một mốc thời gian; cần người phụ trách nhập ngày cụ thể")
    text = Phrase(phrase)
    reading = read_together(read_items(text.tokens, year), year)
    return decide(text, reading, year, issued)


def find_timings(sentence: str, year: int, issued: date | None = None) -> list[TimingSpan]:
    """Deadlines and rhythms in a sentence of the plan of `year`, in order, with their places in the text."""
    # Dates of other documents ("Kế hoạch số 20/KH-UBND ngày 10/01/2024") and what was done in years before the
    # plan's are left out.
    return spans_of(sentence[:_LONGEST_TEXT], year, lambda words: read_timing(words, year, issued))


def read_result_milestones(
    text_or_lines: str | Iterable[str], year: int, issued: date | None = None
) -> tuple[Milestone, ...]:
    """Dated milestones of the result column."""
    # "Đến 31/12/2025: Hoàn thành tối thiểu 90% …"; none where no day is due.
    text = text_or_lines if isinstance(text_or_lines, str) else ";\n".join(text_or_lines)
    phrase = Phrase(text[:_LONGEST_TEXT])
    return milestones_in(phrase, read_together(read_items(phrase.tokens, year), year), year, issued)
