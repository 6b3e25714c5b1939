"""Words of a timing phrase, one code character a word, and patterns over such strings."""

# A phrase is normalised, cut into tokens and written with one character a token: `n` a number of one or two
# digits, `Y` a year, `N` any other number, `r` a Roman numeral, `w` a number in words, `x` an unknown word,
# punctuation as itself, and one private character for each word of `_VOCABULARY`. `Grammar` turns readable
# patterns ("<trước> <ngày>? n / n") into regular expressions over code strings.

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

_VOCABULARY = """
ban bao biên biểu buổi bài bán báo bây bãi bão bước bản bất bậc bắt bỏ chi chiều cho chuyên chuyển chào chí
chính chót chưa chương chạp chậm chế chỉ chỉnh chịu chối chủ chức cuối cuộc càng các cáo có công cùng căn cũ cơ
cả cần cầu của cứ cửa dung dài dân dõi dẫn dịp dời dụng dừng dự gia giai gian giao giá giêng giải giấy giữa gồm
h hiến hiện hoàn hoãn hoạch hoặc hàng hành hè hôm hơn hướng hạ hạn hạng hết học họp hồ hội hủy iec iso khai khi
khoản khoảng khách khóa khô không khởi kinh kiến kèm kế kết kề kể kỳ kỷ liên liền luận luật là làm lâu lên lùi
lúc lượt lại lần lễ lệnh lịch lớp lục mua muộn mùa mùng mưa mẫu mắt mặt mốc mỗi mời mục mức mừng nay ngay nghỉ
nghị ngoái ngoại ngày ngân người nhiệm nhà nhân nhìn nhóm nhất nhật những niên niệm này năm nước nếu nội nửa
phiên pháp phát phí phóng phút phường phải phố phụ q quan quanh quy quyết quá quý rằm rồi sang sau sinh so suốt
sách sáng sơ sạch số sửa sự t tcvn thay theo thiết thiểu thu thành tháng thôn thông thúc thường thượng thế thị
thời thứ thực tin tiên tiêu tiến tiếp toàn triển trong trung trách trên trình trưa trước trễ trọn trở trừ tuần
tài tác tính tùy tại tạm tầm tết tịch tối tổ tổng tới tờ tục từ từng việc và vào vì vòng văn về vị vốn với vụ w xa
xuyên xuân xuất xuống xã xét xếp yêu án áp âm ít đa đi điều điểm điện đoạn đánh đây đã đêm đó đông đúng đơn được
đại đạt đầu đặt đến đề định đồng đổi động đột đợt
"""
_ALIASES = {
    "hàng": "hằng hăng", "quý": "quí qúy qúi quý", "kỳ": "kì", "thường": "thuờng", "mùng": "mồng", "khóa": "khoá",
    "đến": "đên", "h": "giờ g", "trước": "truớc", "họp": "hop", "tới": "tơi", "nghị": "nghi", "tháng": "thg",
    "hoặc": "hay",
}  # fmt: skip
_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+|\.{2,}|_{2,}|[/\-–—−‐‑.,;:()%…\n+&~→⇒➔≥≤]")
_ODD = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\u00b9\u00b2\u00b3\u2070-\u2079ðÐ\uff10-\uff19\uff0d-\uff0f"
    "\u2044\u2215\ufe63Ⅰ-Ⅻⅰ-ⅻİ•●▪◦*\r\x0b\x0c\u2028\u2029]"
)
_ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
ROMANS = {word: place for place, word in enumerate(_ROMANS, 1)}
_ODD_TO: dict[str, str] = {
    **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
    **{chr(start + place): word for start in (0x2160, 0x2170) for place, word in enumerate(_ROMANS)},
    **dict.fromkeys("•●▪◦*\r\x0b\x0c\u2028\u2029", "\n"),
    **dict.fromkeys("¹²³⁰ⁱ\u2072\u2073⁴⁵⁶⁷⁸⁹", " "),  # raised figures are marks of footnotes
    **dict.fromkeys("\u2044\u2215\uff0f", "/"),
    **dict.fromkeys("\uff0d\ufe63", "-"),
    **{"\uff0e": ".", "ð": "đ", "Ð": "đ", "İ": "i"},
}
_NUMBER_WORDS = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
    "mười": 10, "mươi": 10, "lăm": 5, "mốt": 1,
}  # fmt: skip
_PLAIN = {
    "quy": "quý", "thang": "tháng", "nam": "năm", "ngay": "ngày", "truoc": "trước", "den": "đến", "tu": "từ",
    "het": "hết", "hang": "hàng", "tuan": "tuần", "moi": "mỗi", "cham": "chậm", "nhat": "nhất", "dinh": "định",
    "ky": "kỳ", "thuong": "thường", "xuyen": "xuyên", "lien": "liên", "tuc": "tục", "cuoi": "cuối", "dau": "đầu",
    "giua": "giữa", "giai": "giai", "doan": "đoạn", "lam": "làm", "viec": "việc", "ke": "kể", "ca": "cả",
    "gio": "giờ", "lan": "lần", "va": "và", "bao": "báo", "cao": "cáo", "khong": "không", "qua": "quá",
    "thu": "thứ", "cac": "các", "tiep": "tiếp", "theo": "theo", "mot": "một", "dot": "đột", "xuat": "xuất",
}  # fmt: skip
_PLAIN_WORD = re.compile(r"[a-z]+")
_PLAIN_SIGN = re.compile(r"\b(?:quy|thang|nam|ngay|tuan|hang|thuong|xuyen|truoc|dinh|ky)\b")
_LINE_END = re.compile(r"(?<![.;:\n])\n")
_BULLETS = "-–—+*•●▪◦"
_NUMERAL = rf"(?:{'|'.join(_NUMBER_WORDS)}|năm)"
_SPELLED = re.compile(rf"(?<=[0-9])\s*\((?:\s*(?:{_NUMERAL}|không|linh|lẻ|trăm))+\s*\)")
"""A number repeated in words: "ngày 25 (hai mươi lăm)"."""
_REPEATED = re.compile(rf"(?<!\w)({_NUMERAL}(?:\s+{_NUMERAL})*)\s*\(\s*([0-9]{{1,2}})\s*\)")
"""A number in words repeated in digits: "mười (10) ngày"."""
_TWICE_A_DAY = re.compile(r"ngày(?=\s+m[ùồ]ng\s)")
"""A day said twice: "ngày mùng 5"."""
_CLOCK = re.compile(r"(?<![0-9:])([0-9]{1,2}):([0-9]{2})(:[0-9]{2}(?:\.[0-9]+)?)?(\s*(?:am|pm|sa|ch)(?!\w))?(?![0-9:])")
_ISO_TIME = re.compile(r"(?<=[0-9])t(?=[0-9]{2}:[0-9])")
_AFTER_DATE = re.compile(r"[0-9][/-][0-9]{2,4}[ t]+$")
_BLUR_SIGN = re.compile(r"[0-9][lLIiOoSsZzB|]|[lLIiOoSsZzB|][0-9]")
_BLURRED = re.compile(r"(?<!\w)(?=[lLIiOoSsZzB|]*[0-9])[0-9lLIiOoSsZzB|]{2,4}(?!\w)")
_BLURRED_TO = str.maketrans("lLIi|OoSsZzB", "111110055228")
_DATE_BEFORE = re.compile(r"(?:(?:ngày|tháng|mùng|năm|quý|tuần)\s*|[0-9]\s*[/.-]\s*)$", re.IGNORECASE)
_DATE_AFTER = re.compile(r"\s*(?:[/.-]\s*[0-9lIO]|tháng\b)", re.IGNORECASE)
_MOST_WORDS = 5_000
"""How many unknown words are remembered: the vocabulary of an office's plans, and no more."""
_FIRST_WORD = "\ue000"
_GLUE_MIN, _GLUE_MAX = 3, 40
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff]")


class Tokens(NamedTuple):
    """A phrase as tokens: the words themselves and one code character for each."""

    words: list[str]
    codes: str


class _Codes(dict[str, str]):
    # From token to code; unknown tokens are classified on first sight.

    def __missing__(self, token: str) -> str:
        code = "x"
        if token[0].isascii() and token[0].isdigit():
            code = "N"
        elif token[0] in "._":
            code = "…"
        elif _GLUE_MIN < len(token) < _GLUE_MAX and _glued().fullmatch(token):
            code = "G"
        if len(self) < _MOST_WORDS and len(token) < _GLUE_MAX:
            self[token] = code
        return code


def _known_codes() -> dict[str, str]:
    # Codes of numbers, punctuation and the vocabulary with its other spellings.
    codes = dict.fromkeys([f"{number}" for number in range(100)] + [f"0{number}" for number in range(10)], "n")
    codes |= {str(year): "Y" for year in range(1950, 2100)}
    codes |= {mark: mark for mark in "/-.,;:()%…\n+&≥≤"} | dict.fromkeys("–—−‐‑~→⇒➔", "-")
    codes |= dict.fromkeys(ROMANS, "r") | dict.fromkeys(_NUMBER_WORDS, "w")
    for place, word in enumerate(_VOCABULARY.split()):
        codes |= dict.fromkeys([word, *_ALIASES.get(word, "").split()], chr(ord(_FIRST_WORD) + place))
    return codes


_KNOWN = _known_codes()
_codes = _Codes(_KNOWN)
_code = _codes.__getitem__
_OF_DATES = "".join(_KNOWN[word] for word in ("ngày", "tuần", "tháng", "quý", "năm", "đầu", "giữa", "cuối"))
_BEFORE_DATES = "".join(_KNOWN[word] for word in ("trước", "sau", "từ", "đến", "tới", "hết", "hàng", "mỗi", "từng"))
_LOOSE = re.compile(f"[xr][nN]|[nNY][xr]|[{_OF_DATES}{_BEFORE_DATES}]x[{_OF_DATES}]")
"""Codes of letters beside a number or between words of dates: perhaps a scanner's."""


def code_of(word: str) -> str:
    """The code of a word of the vocabulary. Raises KeyError for any other."""
    return _KNOWN[word]


def is_known(word: str) -> bool:
    """Whether a word is of the vocabulary, or several of its words glued together."""
    return _codes[word] not in "xrwN"


def normalise(text: str) -> str:
    """NFC, lower case, no invisible signs, one form for look-alikes. Length mostly stays."""
    text = unicodedata.normalize("NFC", text).replace("\u00a0", " ")
    if "\n" in text:
        text = _LINE_END.sub(_wrapped, text)
    text = text.lower()
    if _ODD.search(text):
        text = _ODD.sub(lambda found: _ODD_TO.get(found.group(), ""), text)
    if "(" in text:
        text = _REPEATED.sub(_in_digits, _SPELLED.sub(lambda found: " " * len(found.group()), text))
    if "ngày m" in text:
        text = _TWICE_A_DAY.sub("    ", text)
    if ":" in text:
        text = _CLOCK.sub(_clock, _ISO_TIME.sub(" ", text))
    if text.isascii() and _PLAIN_SIGN.search(text):
        text = _PLAIN_WORD.sub(lambda found: _PLAIN.get(found.group(), found.group()), text)
    return text


def sharpened(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A scanned text with letters in its dates put right ("l5/6"), and what was changed into what."""
    if not _BLUR_SIGN.search(text):
        return text, ()
    changed: list[tuple[str, str]] = []

    def sharp(found: re.Match[str]) -> str:
        word = found.group()
        in_date = _DATE_BEFORE.search(unicodedata.normalize("NFC", text[: found.start()])) or _DATE_AFTER.match(
            unicodedata.normalize("NFC", text[found.end() :])
        )
        if word.isdecimal() or not in_date:
            return word
        changed.append((word, word.translate(_BLURRED_TO)))
        return changed[-1][1]

    return _BLURRED.sub(sharp, text), tuple(changed)


def _in_digits(found: re.Match[str]) -> str:
    # The digits of "mười (10)" alone, where the word says the same.
    words = found.group(1).split()
    same = number_of(["5"] if words == ["năm"] else words) == int(found.group(2))
    return found.group(2).rjust(len(found.group())) if same else found.group()


def _clock(found: re.Match[str]) -> str:
    # A time of a spreadsheet as h:mm of 24 hours; midnight after a date is no time.
    hour, minute = int(found.group(1)), int(found.group(2))
    half = (found.group(4) or "").strip()
    if hour == minute == 0 and _AFTER_DATE.search(found.string[: found.start()]):
        return " " * len(found.group())
    if half in ("pm", "ch") and hour < 12:
        hour += 12
    return f"{hour}:{minute:02}".ljust(len(found.group())) if half or found.group(3) else found.group()


def _wrapped(found: re.Match[str]) -> str:
    # A line that only goes on ("Trước ngày ⏎ 15/4/2025") is one with the next; a new sentence or bullet is not.
    following = found.string[found.end() :].lstrip()[:3]
    if not following or following[0] in _BULLETS or (following[0].isdigit() and following[-1] in ".)"):
        return found.group()
    starts = following[0].isupper() and following[1:2].islower()
    return found.group() if starts else " " * len(found.group())


def tokenise(text: str) -> Tokens:
    """The tokens of a normalised text."""
    # Words glued together by a scanner are taken apart.
    words: list[str] = _TOKEN.findall(text)
    codes = "".join(map(_code, words))
    if "G" in codes:
        words = [part for word in words for part in _parts(word)]
        codes = "".join(map(_code, words))
    return Tokens(words, codes)


@cache
def _glued() -> re.Pattern[str]:
    # Two or more known words without a space between them.
    return re.compile(f"(?:{_words()})+(?:{_words()}|iv|i{{1,3}})")


@cache
def _part() -> re.Pattern[str]:
    return re.compile(f"{_words()}|iv|i{{1,3}}")


@cache
def _words() -> str:
    known = [word for word, code in _KNOWN.items() if len(word) > 1 and (code == "w" or code >= _FIRST_WORD)]
    return "|".join(sorted(known, key=len, reverse=True))


def _parts(word: str) -> list[str]:
    # The words of a glued one, the longest first that leaves no rest; any other word as it is.
    if _codes[word] != "G":
        return [word]
    ways: list[list[str] | None] = [[], *([None] * len(word))]
    for end in range(1, len(word) + 1):
        for start in range(end):
            before = ways[start]
            if before is not None and _part().fullmatch(word, start, end):
                ways[end] = [*before, word[start:end]]
                break
    return ways[-1] or [word]


def _token_offsets(text: str, tokens: Tokens) -> list[tuple[int, int]]:
    # Where each token of a normalised text stands: (start, end).
    whole = [found.span() for found in _TOKEN.finditer(text)]
    if len(whole) == len(tokens.words):
        return whole
    spans: list[tuple[int, int]] = []
    for start, end in whole:
        at = start
        for part in _parts(text[start:end]):
            spans.append((at, at + len(part)))
            at += len(part)
    return spans


def _offsets_in(original: str, text: str) -> list[int] | None:
    # For each place in `text`, the place in the `original` it was normalised from; None when they are the same.
    if len(original) == len(text) and unicodedata.is_normalized("NFC", original) and not _ODD.search(original):
        return None
    places: list[int] = []
    for at, cluster in _clusters(original):
        places.extend([at] * len(normalise(cluster)))
    return [*places, len(original)]


def _clusters(text: str) -> list[tuple[int, str]]:
    # Characters with the combining marks that follow them.
    found: list[tuple[int, str]] = []
    for at, char in enumerate(text):
        if found and unicodedata.combining(char):
            found[-1] = (found[-1][0], found[-1][1] + char)
        else:
            found.append((at, char))
    return found


def number_of(words: list[str]) -> int:
    """The value of a number: digits, a Roman numeral, or words ("mười lăm")."""
    first = words[0]
    if len(words) == 1:
        return int(first) if first[0].isdigit() else ROMANS.get(first) or _NUMBER_WORDS[first]
    value = 0
    for word in words:
        if word == "mươi" and value:
            value *= 10
        else:
            value += _NUMBER_WORDS.get(word, 5)
    return value


def shown(text: str) -> str:
    """Words of a plan for a sentence of ours."""
    # NFC, one line, no control or direction signs.
    return unicodedata.normalize("NFC", _UNSEEN.sub("", " ".join(text.split())))


class Phrase:
    """The original text and its tokens."""

    # Places in the original are worked out on first use.

    __slots__ = ("_offsets", "blurred", "loose", "normal", "original", "tokens")

    def __init__(self, original: str) -> None:
        self.original = original
        self.blurred: tuple[tuple[str, str], ...] = ()
        self.normal = normalise(original)
        self.tokens: Tokens = tokenise(self.normal)
        codes = self.tokens.codes
        self.loose = ("x" in codes or "r" in codes) and _LOOSE.search(codes) is not None
        if self.loose or "|" in original:
            self._sharpen(original)
        self._offsets: list[tuple[int, int]] | None = None

    def _sharpen(self, original: str) -> None:
        text, self.blurred = sharpened(original)
        if self.blurred:
            self.normal = normalise(text)
            self.tokens = tokenise(self.normal)

    def text(self, start: int, end: int) -> str:
        """The original words of tokens `start` to `end`."""
        if start >= end or end > len(self.tokens.words):
            return ""
        first, last = self.place(start, end)
        return shown(self.original[first:last])

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where tokens `start` to `end` stand in the original text."""
        if self._offsets is None:
            self._offsets = self._find_offsets()
        return self._offsets[start][0], self._offsets[end - 1][1]

    def _find_offsets(self) -> list[tuple[int, int]]:
        spans = _token_offsets(self.normal, self.tokens)
        places = _offsets_in(self.original, self.normal)
        if places is None:
            return spans
        return [(places[first], places[last]) for first, last in spans]


class Grammar:
    """Named alternatives over code strings, tried in order at each place."""

    def __init__(self, items: dict[str, str], fragments: dict[str, str]) -> None:
        # `items` are name and pattern: `<a|b c>` are words, `@NAME` is a fragment, white space says nothing.
        self._choices: list[tuple[str, str, frozenset[str] | None]] = []
        for name, item in items.items():
            pattern = _pattern(item, fragments)
            self._choices.append((name, pattern, first_characters(pattern)))
        self._by_first: dict[str, re.Pattern[str]] = {}
        self._idle: frozenset[str] = frozenset()
        self._run = re.compile("")

    def starting_with(self, first: str) -> re.Pattern[str]:
        """The few alternatives that can begin with a character."""
        # The name of the one that matched is `lastgroup`. Measured: a third of the time of trying all. Every
        # character begins some item.
        return self._by_first.get(first) or self._compiled(first)

    def prepare(self) -> None:
        """Compile every pattern now (80 ms), and not with the first phrases that need them."""
        for first in {*_KNOWN.values(), "N", "x", "…"}:
            self.starting_with(first)
        _glued()

    def _compiled(self, first: str) -> re.Pattern[str]:
        choices = [(name, text) for name, text, firsts in self._choices if firsts is None or first in firsts]
        if len(choices) == 1:  # only "any character"
            pattern = self._idle_run(choices[0][0], first)
        else:
            pattern = re.compile("|".join(f"(?P<{name}>{text})" for name, text in choices))
        self._by_first[first] = pattern
        return pattern

    def _idle_run(self, name: str, first: str) -> re.Pattern[str]:
        # Words that begin no item and only stand inside others are taken together: one pattern for all of them.
        if first not in self._idle:
            begins = frozenset[str]().union(*(firsts for _, _, firsts in self._choices if firsts is not None))
            self._idle = frozenset({*_KNOWN.values(), "x", "…", first} - begins)
            self._run = re.compile(f"(?P<{name}>[{''.join(map(re.escape, sorted(self._idle)))}]+)")
        return self._run


def _pattern(text: str, fragments: dict[str, str]) -> str:
    while "@" in text:
        text = re.sub(r"@([A-Z]+)", lambda found: f"(?:{fragments[found.group(1)]})", text)
    text = re.sub(r"<([^<>=!][^<>]*)>", _alternatives, text)
    return re.sub(r"[ \n]+", "", text)


def _alternatives(found: re.Match[str]) -> str:
    choices = ["".join(code_of(word) for word in choice.split()) for choice in found.group(1).split("|")]
    if all(len(choice) == 1 for choice in choices):
        return "[" + "".join(choices) + "]"
    return "(?:" + "|".join(sorted(choices, key=len, reverse=True)) + ")"


_ZERO_WIDTH = ("(?=", "(?!", "(?<=", "(?<!")


def first_characters(pattern: str) -> frozenset[str] | None:
    """The characters that a match of `pattern` can begin with."""
    # None when it can be any. Understands what the timing grammar uses: literals, escapes, sets without ranges,
    # `(?:…)`, look-around, `|`, `?`, `*`, `+` and `{m,n}`. A pattern that can match nothing at all is None as
    # well.
    found: set[str] = set()
    for choice in split_choices(pattern):
        firsts = _of_sequence(choice)
        if firsts is None:
            return None
        found |= firsts
    return frozenset(found)


def split_choices(pattern: str) -> list[str]:
    """The alternatives of a pattern that stand outside every bracket."""
    parts, start, at = [], 0, 0
    while at < len(pattern):
        if pattern[at] == "|":
            parts.append(pattern[start:at])
            start = at + 1
            at += 1
        else:
            at = _atom_end(pattern, at)
    return [*parts, pattern[start:]]


def _of_sequence(sequence: str) -> set[str] | None:
    found: set[str] = set()
    for atom, optional in _atoms(sequence):
        firsts = _of_atom(atom)
        if firsts is None:
            return None
        found |= firsts
        if not optional:
            return found
    return None


def _atoms(sequence: str) -> Iterator[tuple[str, bool]]:
    # Each atom that takes characters, with whether it may be left out.
    at = 0
    while at < len(sequence):
        end = _atom_end(sequence, at)
        atom = sequence[at:end]
        quantifier = sequence[end : end + 1]
        optional = quantifier in ("?", "*") or (quantifier == "{" and sequence[end + 1] in "0,")
        if quantifier == "{":
            end = sequence.index("}", end) + 1
        elif quantifier and quantifier in "?*+":
            end += 1
        if sequence[end : end + 1] == "?":  # "as few as possible" changes nothing here
            end += 1
        at = end
        if not atom.startswith(_ZERO_WIDTH):
            yield atom, optional


def _of_atom(atom: str) -> set[str] | None:
    if atom == "." or atom.startswith("[^"):
        return None
    if atom.startswith("(?:"):
        firsts = first_characters(atom[3:-1])
        return set(firsts) if firsts is not None else None
    if atom.startswith("["):
        return set(atom[1:-1].replace("\\n", "\n").replace("\\", ""))
    return {"\n"} if atom == "\\n" else {atom[-1]}


def _atom_end(pattern: str, at: int) -> int:
    # Where the atom that begins at `at` ends, without its quantifier.
    if pattern[at] == "\\":
        return at + 2
    if pattern[at] == "[":
        return pattern.index("]", at + 2) + 1
    if pattern[at] != "(":
        return at + 1
    depth, place = 0, at
    while place < len(pattern):
        char = pattern[place]
        if char == "\\":
            place += 1
        elif char == "[":
            place = pattern.index("]", place + 2)
        else:
            depth += (char == "(") - (char == ")")
        place += 1
        if not depth:
            break
    return place
