"""What has no date of its own: terms counted from an event, and why a phrase is undetermined."""

from rules.timing.lexer import Phrase, shown
from rules.timing.parser import Reading, Term
from rules.timing.values import Relative, Timing, TimingKind

ENTER_DATE = "cần người phụ trách nhập ngày cụ thể"
"""What a person must do about a date that is not known."""


def is_deadline_term(term: Term) -> bool:
    """ "6 tháng" alone may be a rhythm or a length: only a day or hour count, or a word before it, tells."""
    return bool(term.event_end or term.op or term.duration.months is None)


def relative_of(phrase: Phrase, term: Term) -> Relative:
    """A term as days or hours from its event; negative days are before it, an event that is not printed is ""."""
    event = phrase.text(term.event_start, term.event_end).strip(" :,;.-–()") if term.event_end else ""
    days = term.duration.days
    if days is not None and term.before:
        days = -days
    return Relative(event=event, days=days, working_days=term.duration.working, hours=term.duration.hours)


def why(phrase: Phrase, reading: Reading) -> str:
    """What keeps a date from being known, and what to do."""
    if reading.events:
        return f"Phụ thuộc sự kiện “{phrase.text(*reading.events[0])}”; {ENTER_DATE}"
    if reading.cites:
        return f"Thời hạn theo văn bản khác (“{phrase.text(*reading.cites[0])}”); {ENTER_DATE}"
    if reading.sources:
        return f"Thời hạn “{phrase.text(*reading.sources[0])}”; {ENTER_DATE}"
    if "demand" in reading.flags:
        return f"Thực hiện khi phát sinh hoặc có yêu cầu; {ENTER_DATE}"
    if reading.doms:
        return f"Có ngày trong tháng nhưng không rõ tháng nào; {ENTER_DATE}"
    if not phrase.original.strip():
        return f"Không ghi thời gian thực hiện; {ENTER_DATE}"
    return f"Không thấy mốc thời gian trong “{shown(phrase.original)[:80]}”; {ENTER_DATE}"


def clock(time: tuple[int, int]) -> str:
    """HH:MM; the end of the day is 23:59."""
    hour, minute = time
    return "23:59" if hour == 24 else f"{hour:02}:{minute:02}"


def undetermined(original: str, reason: str) -> Timing:
    """A phrase without a date a person could be held to; `reason` says what is missing."""
    return Timing(phrase=original, kind=TimingKind.UNDETERMINED, reason=reason)


def capital(text: str) -> str:
    """With a capital letter at the beginning, the rest as it is."""
    return text[:1].upper() + text[1:]
