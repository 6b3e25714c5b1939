"""People's text before it stands in a document: shown as typed, and the file stays valid.

XML 1.0 knows no control characters, lone surrogates or noncharacters: they cannot be
written and are left out. Everything else stays, also `<&>`, `{{ }}` and marks of
direction; an embedding that its writer left open is closed at the end, so that it
does not turn the office's own words round.
"""

import re
import unicodedata

_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LINE_END = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_OPENING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_EMBEDDINGS = "\u202a\u202b\u202d\u202e"
_ISOLATES = "\u2066\u2067\u2068"
_POP_EMBEDDING, _POP_ISOLATE = "\u202c", "\u2069"


def clean(text: str) -> str:
    """The text in NFC with plain line ends, without what no document can hold, and with its directions closed."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if not plain.isascii():
        plain = unicodedata.normalize(
            "NFC", plain.replace("\x85", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
        )
    plain = _IMPOSSIBLE.sub("", plain)
    return plain + _closing(plain) if _OPENING.search(plain) else plain


def clean_line(text: str) -> str:
    """The same on one line, for headings and table headers."""
    return " ".join(clean(text).split())


def _closing(text: str) -> str:
    """The marks that close what the text left open, innermost first."""
    still_open: list[str] = []
    for mark in _OPENING.findall(text):
        if mark in _EMBEDDINGS:
            still_open.append(_POP_EMBEDDING)
        elif mark in _ISOLATES:
            still_open.append(_POP_ISOLATE)
        elif mark in still_open:
            while still_open.pop() != mark:
                pass
    return "".join(reversed(still_open))
