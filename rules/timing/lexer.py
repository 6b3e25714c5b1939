"""The words of a timing phrase: one code character a word, so that the grammar runs at the speed of `re`.

A phrase is normalised (NFC, lower case), cut into tokens (numbers, words,
punctuation) and written as a string with one character a token: `n` a number of one
or two digits, `Y` a year, `N` any other number, `r` a Roman numeral, `w` a number in
words, `x` a word the grammar does not know, punctuation as itself, and one private
character for each word the grammar does know. A `Grammar` turns readable
patterns ("<trước> <ngày>? n / n") into regular expressions over such strings, and
teaches the lexer their words on the way.
"""

import re
import unicodedata
from typing import NamedTuple

from rules.timing.lexer_first import first_characters

_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+|\.{2,}|_{2,}|[/\-–—−‐‑.,;:()%…\n+&~→⇒➔≥≤]")
_ODD = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\u00b9\u00b2\u00b3ðÐ\uff10-\uff19Ⅰ-Ⅻⅰ-ⅻİ•●▪◦*\r\x0b\x0c\u2028\u2029]"
)
_ROMAN_WORDS = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"]
ROMANS = {word: place for place, word in enumerate(_ROMAN_WORDS, 1)}
_ODD_TO: dict[str, str] = {
    **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
    **dict(
        zip("ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ", ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"], strict=True)
    ),
    **dict(
        zip("ⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹⅺⅻ", ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"], strict=True)
    ),
    **dict.fromkeys("•●▪◦*\r\x0b\x0c\u2028\u2029", "\n"),
    **dict.fromkeys("¹²³", " "),
    **{"ð": "đ", "Ð": "đ", "İ": "i"},
}
_ALIASES = {
    "hàng": "hằng hăng", "quý": "quí qúy qúi quý", "kỳ": "kì", "thường": "thuờng", "mùng": "mồng", "khóa": "khoá",
    "đến": "đên", "h": "giờ g", "trước": "truớc", "họp": "hop", "tới": "tơi", "nghị": "nghi",
}  # fmt: skip
_NUMBER_WORDS = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
    "mười": 10, "mươi": 10, "lăm": 5, "mốt": 1,
}  # fmt: skip
ROMANS = {
    word: place
    for place, word in enumerate(["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"], 1)
}
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
_SPELLED = re.compile(rf"(?<=[0-9])\s*\((?:\s*(?:{'|'.join(_NUMBER_WORDS)}|năm|không|linh|lẻ|trăm))+\s*\)")
"""A number repeated in words: "ngày 25 (hai mươi lăm)"."""
_MOST_WORDS = 5_000
"""How many words are remembered: the vocabulary of all plans of an office, and no more."""
_FIRST_WORD = "\ue000"
_GLUE_MIN, _GLUE_MAX = 3, 40


class Tokens(NamedTuple):
    """A phrase as tokens: the words themselves and one code character for each."""

    words: list[str]
    codes: str


class _Codes(dict[str, str]):
    """From token to code; a word that is not known is looked at for words that lost the space between them."""

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


_codes = _Codes()
_codes.update(dict.fromkeys([f"{number}" for number in range(100)] + [f"0{number}" for number in range(10)], "n"))
_codes.update({str(year): "Y" for year in range(1950, 2100)})
_codes.update({mark: mark for mark in "/-.,;:()%…\n+&≥≤"} | dict.fromkeys("–—−‐‑~→⇒➔", "-"))
_codes.update(dict.fromkeys(ROMANS, "r"))
_codes.update(dict.fromkeys(_NUMBER_WORDS, "w"))
_glue: re.Pattern[str] | None = None


def normalise(text: str) -> str:
    """NFC and lower case; signs that no eye sees are dropped, look-alikes put right. Length mostly stays."""
    text = unicodedata.normalize("NFC", text).replace("\u00a0", " ")
    if "\n" in text:
        text = _LINE_END.sub(_wrapped, text)
    text = text.lower()
    if _ODD.search(text):
        text = _ODD.sub(lambda found: _ODD_TO.get(found.group(), ""), text)
    if "(" in text:
        text = _SPELLED.sub(lambda found: " " * len(found.group()), text)
    if text.isascii() and _PLAIN_SIGN.search(text):
        text = _PLAIN_WORD.sub(lambda found: _PLAIN.get(found.group(), found.group()), text)
    return text


def _wrapped(found: re.Match[str]) -> str:
    """A line that only goes on ("Trước ngày ⏎ 15/4/2025") is one with the next; a new sentence or bullet is not."""
    following = found.string[found.end() :].lstrip()[:3]
    if not following or following[0] in _BULLETS or (following[0].isdigit() and following[-1] in ".)"):
        return found.group()
    starts = following[0].isupper() and following[1:2].islower()
    return found.group() if starts else " " * len(found.group())


def tokenise(text: str) -> Tokens:
    """The tokens of a normalised text. Words glued together by a scanner are taken apart."""
    words: list[str] = _TOKEN.findall(text)
    codes = "".join([_codes[word] for word in words])
    if "G" in codes:
        words = [part for word in words for part in _parts(word)]
        codes = "".join([_codes[word] for word in words])
    return Tokens(words, codes)


def token_offsets(text: str, tokens: Tokens) -> list[tuple[int, int]]:
    """Where each token of a normalised text stands: (start, end)."""
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


def offsets_in(original: str, text: str) -> list[int] | None:
    """For each place in `text`, the place in the `original` it was normalised from; None when they are the same."""
    if len(original) == len(text) and unicodedata.is_normalized("NFC", original) and not _ODD.search(original):
        return None
    places: list[int] = []
    for at, cluster in _clusters(original):
        places.extend([at] * len(normalise(cluster)))
    return [*places, len(original)]


def code_of(word: str) -> str:
    """The code character of a word (learnt when it is new)."""
    return _learn(word)


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
            value += _NUMBER_WORDS[word]
    return value


class Grammar:
    """Named alternatives over code strings, tried in order at each place."""

    def __init__(self, items: dict[str, str], fragments: dict[str, str]) -> None:
        """`items` are name and pattern: `<a|b c>` are words, `@NAME` is a fragment, white space says nothing."""
        self._choices: list[tuple[str, str, frozenset[str] | None]] = []
        for name, item in items.items():
            pattern = _pattern(item, fragments)
            self._choices.append((name, pattern, first_characters(pattern)))
        self._by_first: dict[str, re.Pattern[str]] = {}
        self._idle: frozenset[str] = frozenset()
        self._run = re.compile("")

    def starting_with(self, first: str) -> re.Pattern[str]:
        """The few alternatives that can begin with a character; the name of the one that matched is `lastgroup`.

        Measured: a third of the time of trying all. Every character begins some item.
        """
        return self._by_first.get(first) or self._compiled(first)

    def prepare(self) -> None:
        """Compile every pattern now (80 ms), and not with the first phrases that need them."""
        for first in {*_codes.values(), "N", "x", "…"}:
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
        """Words that begin no item and only stand inside others are taken together: one pattern for all of them."""
        if first not in self._idle:
            begins = frozenset[str]().union(*(firsts for _, _, firsts in self._choices if firsts is not None))
            self._idle = frozenset({*_codes.values(), "x", "…", first} - begins)
            self._run = re.compile(f"(?P<{name}>[{''.join(map(re.escape, sorted(self._idle)))}]+)")
        return self._run


def _pattern(text: str, fragments: dict[str, str]) -> str:
    while "@" in text:
        text = re.sub(r"@([A-Z]+)", lambda found: f"(?:{fragments[found.group(1)]})", text)
    text = re.sub(r"<([^<>=!][^<>]*)>", _alternatives, text)
    return re.sub(r"[ \n]+", "", text)


def _alternatives(found: re.Match[str]) -> str:
    choices = ["".join(_learn(word) for word in choice.split()) for choice in found.group(1).split("|")]
    if all(len(choice) == 1 for choice in choices):
        return "[" + "".join(choices) + "]"
    return "(?:" + "|".join(sorted(choices, key=len, reverse=True)) + ")"


def _learn(word: str) -> str:
    """The code of a word of the grammar, made on first use."""
    global _glue  # noqa: PLW0603 - the pattern of glued words follows the vocabulary
    if word not in _codes:
        code = chr(ord(_FIRST_WORD) + len(_codes))
        _codes.update(dict.fromkeys([word, *_ALIASES.get(word, "").split()], code))
        _glue = None
    return _codes[word]


def _glued() -> re.Pattern[str]:
    """Two or more known words without a space between them."""
    global _glue  # noqa: PLW0603
    if _glue is None:
        known = [word for word, code in _codes.items() if len(word) > 1 and (code == "w" or code >= _FIRST_WORD)]
        choices = "|".join(sorted(known, key=len, reverse=True))
        _glue = re.compile(f"(?:{choices})+(?:{choices}|iv|i{{1,3}})")
        _part.clear()
        _part.append(re.compile(f"{choices}|iv|i{{1,3}}"))
    return _glue


_part: list[re.Pattern[str]] = []


def _parts(word: str) -> list[str]:
    if _codes[word] != "G":
        return [word]
    return _part[0].findall(word)


def _clusters(text: str) -> list[tuple[int, str]]:
    """Characters with the combining marks that follow them."""
    found: list[tuple[int, str]] = []
    for at, char in enumerate(text):
        if found and unicodedata.combining(char):
            found[-1] = (found[-1][0], found[-1][1] + char)
        else:
            found.append((at, char))
    return found
