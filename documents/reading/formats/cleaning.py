"""Text as an office reads it: NFC, plain spaces, nothing invisible.

Invisible letters are removed because they deceive: a bidirectional override
shows "gpj.exe" as "exe.jpg", a zero-width space makes two equal unit names differ.
"""

import re
import unicodedata

_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_BREAKS = "\u000b\u000c\u0085\u2028\u2029"
_DROPPED = [
    *range(0x00, 0x09),
    *range(0x0E, 0x20),
    *range(0x7F, 0x85),
    *range(0x86, 0xA0),
    0x00AD,  # soft hyphen
    0x034F,
    0x061C,
    0x115F,
    0x1160,
    0x17B4,
    0x17B5,
    0x180E,
    *range(0x200B, 0x2010),  # zero width, left-to-right and right-to-left marks
    *range(0x202A, 0x202F),  # bidirectional embeddings and overrides
    *range(0x2060, 0x2070),
    0x3164,
    *range(0xD800, 0xE000),  # lone surrogates cannot be stored or sent
    *range(0xFE00, 0xFE10),
    0xFEFF,
    *range(0xFFF0, 0xFFFC),
    0xFFFE,
    0xFFFF,
    *range(0xE0000, 0xE0080),  # tag characters: a whole hidden text
]
# Bullets that Word keeps in the private area of the Symbol and Wingdings fonts.
_BULLETS = {0xF0B7: "•", 0xF0A7: "•", 0xF0A8: "•", 0xF06E: "•", 0xF076: "•", 0xF0D8: "•", 0xF0FC: "•", 0xF02D: "-"}
_LETTERS = {
    0x00D0: "Đ",  # Eth and the African D look the same as Đ and come from old conversions
    0x0189: "Đ",
    0x2010: "-",
    0x2011: "-",
    0x0340: "\u0300",
    0x0341: "\u0301",
}
_TABLE: dict[int, str | None] = {
    **dict.fromkeys(_DROPPED),
    **dict.fromkeys(map(ord, _SPACES), " "),
    **dict.fromkeys(map(ord, _BREAKS), "\n"),
    **_BULLETS,
    **_LETTERS,
}
_PLAIN = re.compile(r"[\t\n\x20-\x7e]*")
_RUNS = re.compile(r" {2,}")
_LIST_SIGN = re.compile(r"^[•●▪■◦‣⁃∙]\s*", re.MULTILINE)


def clean(text: str) -> str:
    """NFC without control, invisible and direction characters; NBSP is a space, line ends are "\\n"."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _PLAIN.fullmatch(text):
        return text
    text = text.translate(_TABLE)
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def tidy(text: str) -> str:
    """Clean text of one paragraph or cell: runs of spaces are one, no blank lines, list signs are "- "."""
    text = clean(text)
    if "  " in text:
        text = _RUNS.sub(" ", text)
    if "\n" in text:
        text = "\n".join(line for part in text.split("\n") if (line := part.strip()))
    text = text.strip()
    return text if text.isascii() else _LIST_SIGN.sub("- ", text)


def shown_name(name: str) -> str:
    """A file name fit to print in one line of a message, shortened to 80 characters."""
    plain = tidy(name.encode("utf-8", "replace").decode("utf-8")).replace("\n", " ").replace("\t", " ")
    return plain if len(plain) <= 80 else plain[:50] + "…" + plain[-25:]


_DATE_HEAD = re.compile(r"(?<![\d/.-])\d[\d/.-]*$")


_DATE_TAIL = re.compile(r"[\d/.-]*\d(?![\d/])")


_WHOLE_DATE = re.compile(r"\d{1,2}([/.-])\d{1,2}\1(?:19|20)\d\d|(?:0?[1-9]|1[0-2])/20\d\d")


def breaks_a_date(first: str, second: str) -> bool:
    """Whether a narrow column has broken a date between two lines ("31/12/20", "26")."""
    head, tail = _DATE_HEAD.search(first[-12:]), _DATE_TAIL.match(second)
    return bool(head and tail and _WHOLE_DATE.fullmatch(head.group() + tail.group()))
