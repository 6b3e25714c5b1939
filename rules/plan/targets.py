"""Figures to reach (chỉ tiêu) in a text.

A target is a number with an operator word or a percentage of something. Numbers of
documents, articles, dates, telephone numbers and scores ("10,947/16") are none.
Vietnamese writing: the comma is the decimal mark, the full stop groups thousands.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from rules.numbers import read_number
from rules.plan.values import Target
from rules.timing import find_timings

_LONGEST_SENTENCE = 2_000
"""Characters of a sentence that can name a figure to reach; a longer one is no sentence, and would be slow to read."""

_LONGEST_TEXT = 20_000
_LONGEST_UNIT = 40
_WORDS = {"một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10}
_NUMBER = r"(?<![\d/.,:\-\w])\d{1,3}(?:\.\d{3})+(?:,\d+)?(?![\d/])|(?<![\d/.,:\-\w])\d+(?:[.,]\d+)?(?![\d/]|[.,:]\d)"
_AT_LEAST = (
    "lớn hơn hoặc bằng|ít nhất là|ít nhất|tối thiểu là|tối thiểu|không thấp hơn|không dưới|không ít hơn|không nhỏ hơn"
    "|đạt từ|đảm bảo từ|bảo đảm từ|từ mức|từ|≥|>=|vượt mức|hoàn thành vượt"
)
_AT_MOST = (
    "nhỏ hơn hoặc bằng|không vượt quá|không quá|không vượt|không cao hơn|không nhiều hơn"
    "|tối đa là|tối đa|nhiều nhất|≤|<="
)
_MORE = "lớn hơn|nhiều hơn|cao hơn|trên mức|trên|vượt quá|hơn|quá|>"
_LESS = "nhỏ hơn|thấp hơn|ít hơn|dưới mức|dưới|chưa đến|chưa tới|<"
_OPERATORS = ((">=", _AT_LEAST), ("<=", _AT_MOST), (">", _MORE), ("<", _LESS))
_OPERATOR_WORDS = "|".join(words for _, words in _OPERATORS)
_FIGURE = re.compile(
    rf"(?:(?<![^\W\d_])(?P<op>{_OPERATOR_WORDS}|đảm bảo|bảo đảm)\s*(?:đạt\s*)?)?(?P<number>{_NUMBER}"
    rf"|(?<=\s)(?:{'|'.join(_WORDS)})(?=\s))\s*"
    r"(?P<percent>%|phần trăm)?(?P<after>\s*(?:trở lên|trở xuống|trở về|hoặc cao hơn))?",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"(?<![^\W\d_])(?P<verb>tăng|nâng|nâng cao|cải thiện|giảm|giảm thiểu|hạ|rút ngắn)\s+(?P<what>(?:dần\s+|mạnh\s+)?"
    r"(?:tỷ lệ|tỉ lệ|điểm số|chỉ số|số lượng|số|thứ hạng|vị trí xếp hạng|mức độ|tần suất)[^.;:\n]*)",
    re.IGNORECASE,
)
_NONE_OF = re.compile(
    r"(?<![^\W\d_])(?:không có|không còn|(?:không để xảy ra|chấm dứt)(?: tình trạng)?)\s+(?P<what>[^.;:\n]+)",
    re.IGNORECASE,
)
_ALLOTTED = re.compile(
    r"(?<![^\W\d_])(?:không vượt quá|không quá|không vượt)\s+(?P<what>(?:số lượng\s+)?[^\d.;\n]{3,80}?được giao)",
    re.IGNORECASE,
)
_LAW = re.compile(
    r"(?:điều|khoản|điểm|mục|chương|phụ lục|số|mẫu|biểu|quý|tháng|ngày|năm|tuần|lần thứ|thứ|mức độ|cấp độ|cấp"
    r"|giai đoạn|nhiệm kỳ|khóa|điện thoại|đt|tel|fax|hotline|iso|tcvn|loại|nhóm|bước|phiên bản|windows"
    r"|khu phố|tổ|thôn|ấp|quốc lộ|hạng)[\s.:]*(?:số\s*)?$",
    re.IGNORECASE,
)
_CITED = re.compile(
    r"\d+(?:/\d{4})?/[A-ZĐ][\w]*(?:-[\w]+)*|\d+-[A-ZĐ]{2,}/[A-ZĐ]+|(?:\+84|0)\d{2,4}[ .]?\d{3}[ .]?\d{3,4}\b"
    r"|\b\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?\b(?!\s*%)"
)
_TIME_UNITS = ("ngày", "tháng", "năm", "tuần", "quý", "giờ", "phút", "h ", "lần/", "trang", "đồng/")
_NOUNS = (
    "phản ánh, kiến nghị", "góp ý, phản ánh, kiến nghị", "cơ quan, đơn vị", "công chức, viên chức",
    "cán bộ, công chức, viên chức", "cán bộ, công chức", "mục tiêu, nhiệm vụ", "nhiệm vụ", "hồ sơ", "tthc",
    "thủ tục hành chính", "văn bản", "kiến nghị", "đơn vị", "kế hoạch", "nội dung", "vấn đề", "chỉ tiêu", "chỉ số",
    "công chức", "cán bộ", "dữ liệu số hóa", "dữ liệu", "giao dịch", "lãnh đạo", "người dân", "doanh nghiệp",
    "tổ chức", "xã, phường", "phường", "xã", "thôn", "tổ dân phố", "khu phố", "sáng kiến", "giải pháp", "mô hình",
    "lớp", "hội nghị", "cuộc", "hình thức", "tin, bài", "tin bài", "bài viết", "chuyên mục", "điểm", "lượt",
    "dịch vụ công", "báo cáo", "người", "hộ", "trường hợp", "ý kiến", "tiêu chí", "biên chế", "nghị quyết",
    "quyết định", "cuộc họp", "buổi", "đợt", "lần", "bậc", "trường", "cơ sở", "phiếu",
)  # fmt: skip
_KNOWN_NOUN = re.compile(
    rf"(?<![^\W\d_])(?:{'|'.join(re.escape(noun) for noun in sorted(_NOUNS, key=len, reverse=True))})(?![^\W\d_])",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"\s+(?:được|đề ra|thuộc|có|trong|trên|do|của|phải|tại|đúng|theo|giải quyết|đáp ứng|thực hiện|qua|là|mỗi|cho"
    r"|để|trở|về|sau|làm việc|phát hiện|giao|năm|với|và|hoặc|hành chính trong|tham gia|số hóa|mới|đạt|lên|xuống)(?!\w)",
    re.IGNORECASE,
)
_PERCENT_OF = re.compile(r"tỷ lệ\s+|tỉ lệ\s+", re.IGNORECASE)
_EACH = re.compile(r"mỗi\s+(?P<who>[^,;.\n]+?(?:,\s*đơn vị)?)\s+(?:có|phải|thực hiện|tổ chức)", re.IGNORECASE)


def read_targets(text: str, year: int | None = None) -> tuple[Target, ...]:
    """The figures to reach in a text, in order.

    `year` is the plan's, for dates that print none.

    `unit` is "% <noun>" for a percentage, else the noun counted; `operator` is one of = >= > <= < increase
    decrease; a rise without a figure has no value. Never raises.
    """
    text = unicodedata.normalize("NFC", text[:_LONGEST_TEXT])
    found: list[Target] = []
    for start, end in _sentences(text):
        if end - start > _LONGEST_SENTENCE:
            continue
        sentence = text[start:end]
        targets = list(_of_sentence(sentence))
        due = _due(sentence, year) if targets and year is not None else None
        found.extend(target.model_copy(update={"due": due}) if due else target for target in targets)
    return tuple(found)


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Pieces between line breaks, semicolons, bullets and full stops."""
    start = 0
    for stop in re.finditer(r"[\n;]|(?<!\.)\.(?=\s|$)|(?<=\s)[-–+•](?=\s)", text):
        if text[start : stop.start()].strip():
            yield start, stop.start()
        start = stop.end()
    if text[start:].strip():
        yield start, len(text)


def _of_sentence(sentence: str) -> Iterator[Target]:
    taken = [found.span() for found in _CITED.finditer(sentence)]
    said = " ".join(sentence.split()).strip(" -–+•*:,")
    count = 0
    for found in _FIGURE.finditer(sentence):
        target = _figure(sentence, said, found, taken)
        if target is not None:
            count += 1
            yield target
    if count == 0:
        yield from _without_figure(sentence, said)


def _figure(sentence: str, said: str, found: re.Match[str], taken: list[tuple[int, int]]) -> Target | None:
    at = found.start("number")
    if any(start <= at < end for start, end in taken) or _LAW.search(sentence[:at].rstrip("( ")):
        return None
    value = _value(found["number"])
    operator = _operator(found, sentence)
    after = sentence[found.end() :]
    if found["percent"]:
        if _is_fact(sentence, found):
            return None
        return Target(
            text=said, operator=operator or "=", value=value, unit=f"% {_percent_of(sentence, found)}".strip()
        )
    unit = _counted(after)
    if operator is None or unit is None:
        return None
    who = _EACH.search(sentence[:at])
    each = f" mỗi {who['who'].strip()}" if who else ""
    return Target(text=said, operator=operator, value=value, unit=f"{unit}{each}"[:_LONGEST_UNIT])


def _operator(found: re.Match[str], sentence: str) -> str | None:
    after = (found["after"] or "").strip().lower()
    if after in ("trở lên", "hoặc cao hơn"):
        return ">="
    if after == "trở xuống":
        return "<="
    word = " ".join((found["op"] or "").lower().split())
    if word in ("đảm bảo", "bảo đảm"):
        return None if found["percent"] else ">="
    for operator, words in _OPERATORS:
        if word and re.fullmatch(words, word):
            return operator
    if re.search(r"vượt mức\s*$", sentence[: found.start("number")], re.IGNORECASE):
        return ">="
    return None


def _is_fact(sentence: str, found: re.Match[str]) -> bool:
    """Whether a figure is of the past, so no target."""
    before = sentence[: found.start()].lower()
    return bool(
        re.search(
            r"(?<!\w)(?:trễ hẹn \d|chưa đảm bảo|chưa đạt|chỉ đạt|đã đạt|mức độ hoàn thành kế hoạch \w+ năm \d{4} dưới)",
            before + sentence[found.start() : found.start("number")].lower(),
        )
    )


def _value(number: str) -> float:
    if number.lower() in _WORDS:
        return _WORDS[number.lower()]
    return float(read_number(number) or 0)


def _percent_of(sentence: str, found: re.Match[str]) -> str:
    """What a percentage is of."""
    noun = _noun(sentence[found.end() :])
    if noun:
        return noun
    before = sentence[: found.start()]
    share = list(_PERCENT_OF.finditer(before))
    if not share:
        known = list(_KNOWN_NOUN.finditer(before))
        return known[0].group().lower() if known else ""
    phrase = before[share[-1].end() :]
    whole = re.search(r"trên tổng số\s+(?P<whole>.+)", phrase, re.IGNORECASE)
    phrase = whole["whole"] if whole else phrase
    stop = _STOP.search(phrase)
    known_in = _KNOWN_NOUN.search(phrase[: stop.start()] if stop else phrase)
    return known_in.group().lower() if known_in else _noun(phrase) or ""


def _noun(text: str) -> str | None:
    """The head noun at the beginning of a text."""
    text = re.sub(
        r"^\s*(?:trong\s+)?(?:tổng\s+)?(?:số\s+(?:lượng\s+)?)?(?:các\s+|những\s+)?", "", text, flags=re.IGNORECASE
    )
    if not text or not (text[0].isalpha()):
        return None
    known = _KNOWN_NOUN.match(text)
    if known:
        other = re.match(r"\s+hoặc\s+", text[known.end() :])
        choice = _KNOWN_NOUN.match(text[known.end() + other.end() :]) if other else None
        name = known.group() if known.group().isupper() else known.group().lower()
        return f"{name}/{choice.group().lower()}" if choice else name
    end = re.search(r"[,;.:()\n]", text)
    head = text[: end.start()] if end else text
    stop = _STOP.search(head)
    head = head[: stop.start()] if stop else head
    words = head.split()[:4]
    return " ".join(words)[:_LONGEST_UNIT] or None


def _counted(after: str) -> str | None:
    """The noun that is counted; a length of time is none."""
    noun = _noun(after)
    if noun is None or after.lstrip()[:8].lower().startswith(_TIME_UNITS):
        return None
    return noun


def _without_figure(sentence: str, said: str) -> Iterator[Target]:
    """Targets in words without a figure."""
    allotted = _ALLOTTED.search(sentence)
    if allotted:
        yield Target(text=said, operator="<=", unit=f"{_noun(allotted['what']) or ''} được giao".strip())
        return
    change = _CHANGE.search(sentence)
    if change:
        falls = change["verb"].lower().startswith(("giảm", "hạ", "rút"))
        share = re.match(r"(?:dần\s+|mạnh\s+)?t[ỷỉ] lệ\s+(?P<what>.*)", change["what"], re.IGNORECASE)
        unit = f"% {_noun(share['what']) or ''}".strip() if share else _noun(change["what"])
        yield Target(text=said, operator="decrease" if falls else "increase", unit=unit)
        return
    nothing = _NONE_OF.search(sentence)
    if nothing:
        what = re.split(r",\s+(?:đặc biệt|nhất là|trừ)|\s+(?:từ|do|trong)\s", nothing["what"])[0]
        yield Target(text=said, operator="=", value=0, unit=" ".join(what.split())[:_LONGEST_UNIT].strip())


def _due(sentence: str, year: int) -> date | None:
    """The last date of a sentence that something is due on."""
    dues = [found.timing.due for found in find_timings(sentence, year) if found.timing.kind == "deadline"]
    return next((due for due in reversed(dues) if due is not None), None)
