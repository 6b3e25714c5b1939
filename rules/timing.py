"""What a plan means by its timing phrases (tiến độ, thời gian thực hiện).

`read_timing` reads the phrase of a table cell, `find_timings` finds deadlines and
rhythms inside a sentence, `read_result_milestones` dates in the result column. The
grammar is in `rules.timing_grammar`, the steps are: normalise and cut into tokens
(`timing_words`), name the pieces (`timing_grammar`, `timing_items`), put them together
(`timing_reader`), put dates on the calendar (`timing_marks`), decide (`timing_decide`).

All dates are calendar days in Asia/Ho_Chi_Minh. Nothing is guessed in silence: what is
not understood is undetermined with a reason in Vietnamese, what was interpreted says so
in `reason`. Nothing here raises, whatever the text.
"""

from datetime import date

from rules.plan import Timing
from rules.timing_decide import decide, undetermined
from rules.timing_items import read_items
from rules.timing_reader import read_together
from rules.timing_text import Phrase

_LONGEST = 2_000
"""Longest phrase read, in characters: a cell of a plan has some dozens."""


def read_timing(phrase: str, year: int, issued: date | None = None) -> Timing:
    """The timing of a phrase in the plan of `year`.

    `issued` is the day the plan was signed: "từ nay" starts there, "trong năm" not
    before it, and dates already past are reported in `reason`, never changed.
    """
    if len(phrase) > _LONGEST:
        return undetermined(phrase, "Nội dung quá dài để là một mốc thời gian; cần người phụ trách nhập ngày cụ thể")
    text = Phrase(phrase)
    reading = read_together(read_items(text.tokens, year), year)
    return decide(text, reading, year, issued)
