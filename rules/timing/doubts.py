"""What has no date of its own."""

# Terms counted from an event, and why a phrase is undetermined.

import re
from functools import lru_cache
from itertools import pairwise

from rules.timing.lexer import Phrase, code_of, is_known, shown
from rules.timing.marks import Fixed
from rules.timing.parser import Reading, RhythmHit, Term
from rules.timing.spans import Item
from rules.timing.values import Relative, Timing, TimingKind

_DATED = frozenset(
    {
        "period",
        "rhythms",
        "weak",
        "dom",
        "weekday",
        "edge",
        "workday",
        "nthday",
        "now",
        "time",
        "duration",
        "periodic",
        "standing",
    }
)
_PARTING = frozenset({"before", "by", "to", "from", "in", "after", "planned", "open", "close"})
_BRIDGES = _PARTING | {"glue", "and", "or", "comma", "dash", "left", "choice", "ofyear"}
_NOUNS = frozenset({"plain", "other", "ordinal", "share", "cite", "watch", "unit", "done", "demand"})
_YEAR = 12
_LETTERS = frozenset("bcdefgijklmnoprsuvwxz")
_BEFORE_WORDS = "ngày tháng quý năm tuần h trước sau từ đến tới hết hàng mỗi từng đầu giữa cuối"
_BEFORE_LETTERS = frozenset(["n", "N", "Y", *map(code_of, _BEFORE_WORDS.split())])
_NO_GAP = re.compile(f"[/-]*(?:n(?:{code_of('h')}|:)n?{code_of('phút')}?)?")
_NUMBERS = "nNYwr"
_STUCK_SIGN = re.compile(r"[0-9][^\W\d_hg]|[^\W\d_tqhg][0-9]")
_LETTER_SIGN = re.compile(r"(?<!\w)[b-gi-prsu-xz](?!\w)")
_STUCK = re.compile(r"(?<=[0-9])[^\W\d_]+(?![^\W\d_])|(?<![^\W\d_])[^\W\d_]+(?=[0-9])")

ENTER_DATE = "cần người phụ trách nhập ngày cụ thể"
"""What a person must do about a date that is not known."""


def is_deadline_term(term: Term) -> bool:
    """ "6 tháng" alone may be a rhythm or a length."""
    # Only a day or hour count, or a word before it, tells.
    return bool(term.event_end or term.op or term.duration.months is None)


def relative_of(phrase: Phrase, term: Term) -> Relative:
    """A term as days or hours from its event."""
    # Negative days are before it, an event that is not printed is "".
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
    """A phrase without a date a person could be held to."""
    # `reason` says what is missing.
    return Timing(phrase=original, kind=TimingKind.UNDETERMINED, reason=reason)


def left_over(phrase: Phrase, reading: Reading) -> list[str]:
    """Numbers and words of dates beside a date that nobody used, as printed."""
    # A number that follows a noun ("thôn 5 trước 15/12") or precedes one ("15/12: 02 lớp") is the noun's own.
    items = list(reading.items)
    codes = phrase.tokens.codes
    starts = set(reading.left)
    found: list[str] = []
    for at, item in enumerate(items):
        read = item.start not in starts or item.kind == "choice"
        if not read and _is_doubt(items, at, codes) and not _numbers_a_line(phrase, items, at):
            found.append(phrase.text(item.start, item.end))
    return found


def clashing(phrase: Phrase, reading: Reading, fixed: list[Fixed], year: int) -> list[str]:
    """Words that govern nothing together, and dates that touch and say different things, as printed."""
    found = [phrase.text(*reading.clash)] if reading.clash else []
    codes = phrase.tokens.codes
    pieces: list[tuple[int, int, Fixed | RhythmHit]] = [(hit.start, hit.end, hit) for hit in reading.hits]
    pieces += [(period.mark.at, period.mark.end, period) for period in fixed]
    pieces.sort(key=lambda piece: piece[:2])
    for (start, first_end, before), (second, end, after) in pairwise(pieces):
        if first_end > second or not _NO_GAP.fullmatch(codes, first_end, second):
            continue
        year_first = codes[start] == "Y" and first_end == start + 1  # "2027 1/1"
        if year_first or not _agree(before, after, year):
            found.append(phrase.text(start, end))
    return found


def _agree(before: Fixed | RhythmHit, after: Fixed | RhythmHit, year: int) -> bool:
    # Whether two dates or rhythms beside each other are one: "năm 2026 quý II", "hằng năm 15/12".
    hits = [piece for piece in (before, after) if isinstance(piece, RhythmHit)]
    periods = [piece for piece in (before, after) if isinstance(piece, Fixed)]
    if len(hits) == 2:
        first, second = (hit.rhythm for hit in hits)
        return (first.months > 0) is (second.months > 0) and not (first.dated and second.dated)
    if len(periods) == 2:
        inner, outer = sorted(periods, key=lambda period: (period.last - period.first).days)
        finer = inner.a_day or outer.mark.first.unit == "Y" or inner.mark.first == outer.mark.first
        return finer and outer.mark.first is outer.mark.last and outer.first <= inner.first and inner.last <= outer.last
    span = periods[0].mark.first
    if span.unit == "Y":
        return span.year in (year, None) or hits[0].rhythm.bound is not None
    return hits[0].rhythm.months >= _YEAR and not hits[0].rhythm.dated


def loose_letters(phrase: Phrase, reading: Reading) -> list[str]:
    """Letters in or beside a date, as printed: "15x/6", "ngày 15 l tháng 6"."""
    found = _stuck_letters(phrase, reading) if _STUCK_SIGN.search(phrase.normal) else []
    letter = _stray_letter(phrase) if _LETTER_SIGN.search(phrase.normal) else None
    return [*found, letter] if letter else found


def _stray_letter(phrase: Phrase) -> str | None:
    # A single letter after a number, a date word or a word such as "trước": "ngày 15 l tháng 6".
    words, codes = phrase.tokens
    for at in range(1, len(words)):
        if codes[at] == "x" and words[at] in _LETTERS and codes[at - 1] in _BEFORE_LETTERS:
            return phrase.text(at - 1, at + 1)
    return None


def _stuck_letters(phrase: Phrase, reading: Reading) -> list[str]:
    # Letters that stand in a date without a space ("15x/6"), as printed.
    found: list[str] = []
    for match in _STUCK.finditer(phrase.normal):
        if is_known(match.group()):
            continue
        left, right = match.span()
        read: list[tuple[int, int]] = [(one.start, one.end) for one in reading.marks]
        read += [(one.start, one.end) for one in reading.hits]
        read += [(one.start, one.end) for one in reading.terms]
        for start, end in read:
            first, last = phrase.place(start, end)
            if first - 1 <= left <= last or first <= right <= last:
                found.append(shown(phrase.original[max(first, left - 3) : right + 3]))
                break
    return found


def _is_doubt(items: list[Item], at: int, codes: str) -> bool:
    noun_before = follows_noun(items, at, codes)
    noun_after = at + 1 < len(items) and is_noun(items[at + 1], codes)
    parted = bracket = False
    for item in items[at + 1 :]:
        if item.kind in _DATED:  # "năm (trước 15/12)": a word before a bracket is a label
            return not ((parted and noun_before) or (bracket and codes[items[at].start] not in _NUMBERS))
        if not _bridges(item, codes):
            break
        parted = parted or item.kind in _PARTING or ":" in codes[item.start : item.end]
        bracket = bracket or item.kind == "open"
    for item in reversed(items[:at]):
        if item.kind in _DATED:
            return not noun_after
        if not _bridges(item, codes):
            return False
    return False


def follows_noun(items: list[Item], at: int, codes: str) -> bool:
    """Whether a left number is a noun's, alone or in a list."""
    # "thôn 5", "tổ 3 và 4".
    before = at - 1
    while before > 0 and items[before].kind in ("and", "comma", "dash") and items[before - 1].kind == "left":
        before -= 2
    return before >= 0 and is_noun(items[before], codes)


def is_noun(item: Item, codes: str) -> bool:
    """Whether an item is words of a description, not of a date."""
    return item.kind in _NOUNS and (
        item.kind != "other" or codes[item.start].isalpha() or codes[item.start] >= "\ue000"
    )


def _bridges(item: Item, codes: str) -> bool:
    return item.kind in _BRIDGES or (item.kind == "other" and not is_noun(item, codes))


def _numbers_a_line(phrase: Phrase, items: list[Item], at: int) -> bool:
    # "1. ", "2) " at the beginning of a line.
    if at and items[at - 1].kind not in ("stop", "dash"):
        return False
    end = phrase.place(items[at].start, items[at].end)[1]
    return phrase.original[end : end + 1] in (".", ")", "/") and phrase.original[end + 1 : end + 2].isspace()


_SIGN = re.compile(r"[→⇒➔~<>?=]")
_NEAR_DATE = re.compile(
    r"(?:[→⇒➔~<>?]|[-=]>)\s*(?:ngày\s*)?\d{1,2}\s*[/.-]\s*\d[\d/.-]*"
    r"|\d{1,2}\s*[/.-]\s*\d{1,4}\s*(?:[→⇒➔<>?]|[-=]>)|\d~\d+~\d+"
)
_MONTHS = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
_MONTHS += "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
_FOREIGN = re.compile(rf"(?<!\w)(?:{_MONTHS})[\s.,/-]*\d{{2}}(?:\d\d)?(?!\d)|w\d{{1,2}}-\d")
_AGAINST = re.compile(  # alternatives begin with letters: measured at half the time
    r"không (?:sớm hơn|trước (?=ngày|tháng|quý|năm|\d)|còn)|chưa xong|hết hiệu lực"
    r"|đã (?:xong|bỏ|hủy|huỷ|điều chỉnh|thay|lùi|dời|gia hạn)(?!\w)|\((?:hủy|huỷ|bỏ)\)"
    r"|hủy (?:mốc|hạn|thời hạn|ngày)(?!\w)|huỷ (?:mốc|hạn|thời hạn|ngày)(?!\w)|bỏ (?:mốc|hạn|thời hạn|ngày)(?!\w)"
    r"|xóa (?:mốc|hạn|thời hạn|ngày)(?!\w)|thay (?:mốc|hạn|thời hạn|ngày)(?!\w)|[ (][âa]l(?!\w)"
    r"|riêng (?=(?:kỳ|tháng|quý|năm) (?:\d|[ivx]+(?!\w)))|ngày làm việc thứ (?!hai|ba|tư|năm|sáu)|bđ\s*[:.]"
)
_CHAIN = re.compile(
    r"tháng \d{1,2}(?:\s*[-–—]\s*\d{1,2}){2,}(?!\s*[/\d])"
    r"|(?:ngày|tháng|quý|tuần) (?:\d{1,2}|[ivx]+)\s*;\s*(?:\d{1,2}|[ivx]+)(?=\s*(?:[;,/]|và|năm|của|hằng|hàng|mỗi|$))"
)
_EACH = re.compile(
    r"(?:ngày|mùng) \d{1,2} (?:của )?(?:hằng |hàng |mỗi )?tháng\s*(?:[,/]|và)\s*(?:hằng |hàng |mỗi )?(?:quý|năm)"
)
_AGAINST_WORDS = ("không", "chưa", "hết", "đã", "bỏ", "hủy", "thay", "thứ")
_WATCHED = (
    (re.compile(f"[x{''.join(map(code_of, _AGAINST_WORDS))}]"), _AGAINST),
    (re.compile(f"[x{code_of('w')}][-.,/]?[nY]"), _FOREIGN),
    (re.compile("[nrY];[nr]|[nr]-n-n"), _CHAIN),
    (re.compile("n{}?{}?{}[,/{}]".format(*map(code_of, ("của", "hàng", "tháng", "và")))), _EACH),
)


@lru_cache(maxsize=2048)
def _watched(codes: str) -> tuple[re.Pattern[str], ...]:
    """What to look for in a phrase of such tokens."""
    return tuple(wanted for sign, wanted in _WATCHED if sign.search(codes))


def contrary(phrase: Phrase) -> list[str]:
    """Signs and words that may turn a date round, as printed: "15/3 → 30/6", "không sớm hơn", "riêng quý IV"."""
    normal = phrase.normal
    watched = _watched(phrase.tokens.codes)
    if _SIGN.search(normal):
        watched = (*watched, _NEAR_DATE)
    if not watched:
        return []
    found = [wanted.search(normal) for wanted in watched]
    return [shown(match.group()) for match in found if match]


def capital(text: str) -> str:
    """With a capital letter at the beginning, the rest as it is."""
    return text[:1].upper() + text[1:]
