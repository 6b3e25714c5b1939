"""Printed numbers of rows and headings, and codes made of them.

A code is the path of the sections and the row's own number: A.I.1, B.I.1.1.a.
Rows without a number take the letters of Vietnamese enumerations in order.
The same document always gives the same codes, and no code twice.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

LETTERS = "abcdđeghiklmnopqrstuvxy"
"""The letters of enumerations in official documents (no f, j, w, z)."""

_ROMAN = r"(?:X{0,3}(?:IX|IV|V?I{1,3}|V|X))"
_PREFIX = re.compile(r"(?:phần|mục|nhóm|chương|lĩnh vực)(?:\s+thứ)?\s+(?=[IVXA-ZĐ\d]+\b)", re.IGNORECASE)


class Kind(StrEnum):
    """How a row is numbered."""

    UPPER = "upper"
    ROMAN = "roman"
    INT = "int"
    DOTTED = "dotted"
    OWN = "own"
    MIXED = "mixed"
    LOWER = "lower"
    PAREN = "paren"


_KINDS = (
    (Kind.ROMAN, re.compile(rf"({_ROMAN})")),
    (Kind.UPPER, re.compile(r"([A-ZĐ])")),
    (Kind.INT, re.compile(r"(\d{1,3})")),
    (Kind.DOTTED, re.compile(r"(\d{1,3}(?:\.\d{1,3})+)")),
    (Kind.OWN, re.compile(r"((?:(?![IVX]+[.\-])[A-ZĐ]{2,10}[\-_. ]?|[A-ZĐ])\d{1,4}(?:[.\-_]\d{1,4})*)")),
    (
        Kind.MIXED,
        re.compile(
            rf"((?:[A-ZĐ]+\d*|{_ROMAN}|\d{{1,3}})(?:[.\-](?:{_ROMAN}|[A-ZĐ]\d{{0,3}}|\d{{1,3}}|\(\w{{1,3}}\)|[a-zđ]))+)"
        ),
    ),
    (Kind.LOWER, re.compile(r"([a-zđ]{1,2})")),
    (Kind.PAREN, re.compile(r"(\((?:\d{1,3}|[a-zđ])\))")),
)


@dataclass(frozen=True, slots=True)
class Marker:
    """A printed number: its kind, as printed, and for codes."""

    kind: Kind
    printed: str
    label: str


_LONGEST_CELL = 60
"""Characters of a number cell; what is longer is no number, and patterns on it would be slow."""


def read_marker(text: str) -> Marker | None:
    """The number that a number cell holds; None when it holds none."""
    if len(text) > _LONGEST_CELL:
        return None
    bare = _PREFIX.sub("", text.strip()).strip()
    bare = re.sub(r"(?<=\d)\s*\.\s*(?=\d)", ".", bare).rstrip(".: ")
    if bare.count("(") < bare.count(")") or bare.endswith("/"):
        bare = bare.rstrip(".:)/ ")
    for kind, pattern in _KINDS:
        found = pattern.fullmatch(bare)
        if found:
            return Marker(kind, bare, _label(kind, found.group(1)))
    return None


def _label(kind: Kind, text: str) -> str:
    if kind in (Kind.INT, Kind.DOTTED):
        return ".".join(str(int(part)) for part in text.split("."))
    return text


_LEAD = re.compile(
    rf"(?:(?:phần|mục|nhóm|chương)\s+)?(?P<mark>\(\d{{1,2}}\)|\([a-zđ]\)|(?:[A-ZĐ]|{_ROMAN})(?:\.(?:{_ROMAN}|\d{{1,2}}))+"
    rf"|\d{{1,2}}(?:\.\d{{1,2}})+|{_ROMAN}|\d{{1,2}}|[A-ZĐ]|[a-zđ])(?P<stop>\s*(?:[.):]|/(?=\s))|\s+[-–]\s|\s)\s*(?=\S)",
    re.IGNORECASE,
)


def split_marker(text: str, heading: bool = False) -> tuple[Marker | None, str]:
    """A number at the start of a text, and the rest.

    A number without a stop ("VII CẢI CÁCH") counts only in a `heading` in capitals.
    """
    found = _LEAD.match(text)
    if not found or (found["mark"].isalpha() and found["mark"].islower() and found["stop"].strip() not in (")", ".")):
        return None, text
    rest = text[found.end() :].lstrip(" .")
    bare = not found["stop"].strip()
    whole = "." in found["mark"] or found["mark"].startswith("(")
    if bare and not whole and not (heading and rest == rest.upper()):
        return None, text
    if bare and found["mark"].isdigit():
        return None, text
    if found["stop"].strip() == "." and re.match(r"\d", rest) and found["mark"].isdigit():
        return None, text
    marker = read_marker(found["mark"])
    return (marker, rest) if marker else (None, text)


def letter(index: int) -> str:
    """The index-th letter of an enumeration, from 0; then numbers."""
    return LETTERS[index] if index < len(LETTERS) else str(index + 1)


@dataclass(slots=True)
class _Node:
    kind: Kind | None
    label: str
    code: str
    section: bool
    children: int = 0


class Outline:
    """The headings open while a table or text is read."""

    def __init__(self, int_sections: bool = False, prefix: str = "") -> None:
        self._int_sections = int_sections
        self._prefix = prefix
        self._open: list[_Node] = []
        self._last: _Node | None = None
        self._unnumbered = 0
        self._counted: dict[str, int] = {}
        self._repeats: dict[str, int] = {}
        self.used: set[str] = set()
        self.repeated: set[str] = set()
        """Codes that had to be told apart from an equal one."""

    @property
    def section(self) -> str | None:
        """The code of the innermost open section."""
        codes = [node.code for node in self._open if node.section]
        return codes[-1] if codes else None

    def heading(self, marker: Marker | None) -> tuple[str, str | None, bool]:
        """Open a heading: code, parent's code, whether a section."""
        kind = self._kind(marker)
        section = marker is None or kind in (Kind.UPPER, Kind.ROMAN) or (self._int_sections and kind is Kind.INT)
        self._close_for(kind)
        parent = self._open[-1].code if self._open else None
        if marker is None:
            self._unnumbered += 1
        label = marker.label if marker else f"M{self._unnumbered}"
        code = self._unique(self._code(kind, label))
        self._open.append(_Node(kind, label, code, section))
        self._last = None
        return code, parent, section

    def item(self, marker: Marker | None, counting: bool = False) -> str:
        """The code of the next row; `counting` without printed numbers."""
        kind = self._kind(marker)
        if marker is None:
            return self._unnumbered_item(counting)
        if kind is Kind.INT and self._nests(marker):
            base = self._open[-1].code
            code = self._unique(f"{base}.{marker.label}")
        else:
            self._close_for(kind, item=True)
            code = self._unique(self._code(kind, marker.label))
        if kind is not Kind.LOWER:
            self._last = _Node(kind, marker.label, code, section=False)
        return code

    def _unnumbered_item(self, counting: bool) -> str:
        base = self._last or (self._open[-1] if self._open else None)
        if counting or base is None:
            code = base.code if base and self._last is None else (self.section or "")
            self._counted[code] = self._counted.get(code, 0) + 1
            return self._unique(self._join(code, str(self._counted[code])))
        base.children += 1
        return self._unique(f"{base.code}.{letter(base.children - 1)}")

    def _kind(self, marker: Marker | None) -> Kind | None:
        """ "I" after "H" is a letter, else a Roman number."""
        if marker and marker.label == "I" and any(n.kind is Kind.UPPER and n.label == "H" for n in self._open):
            return Kind.UPPER
        return marker.kind if marker else None

    def _close_for(self, kind: Kind | None, item: bool = False) -> None:
        """Close the last heading of a kind and all inside it."""
        if kind in (Kind.LOWER, Kind.PAREN) and item:
            return
        ranks = {Kind.DOTTED: (Kind.DOTTED, Kind.LOWER), Kind.INT: (Kind.INT, Kind.DOTTED, Kind.LOWER, Kind.PAREN)}
        ends = ranks.get(kind, (kind,)) if kind else (None, Kind.INT, Kind.DOTTED, Kind.LOWER, Kind.PAREN)
        for index, node in enumerate(self._open):
            if node.kind in ends:
                del self._open[index:]
                return

    def _nests(self, marker: Marker) -> bool:
        """Whether a whole number begins anew under an open heading."""
        heads = [node for node in self._open if node.kind is Kind.INT]
        if not heads:
            return False
        head = heads[-1]
        if self._int_sections:
            return True
        if self._last and self._last.code.startswith(head.code + "."):
            return self._last.kind is Kind.INT and int(marker.label) == int(self._last.label) + 1
        return marker.label == "1" or (self._last is None and int(marker.label) <= int(head.label))

    def _code(self, kind: Kind | None, label: str) -> str:
        if kind is Kind.LOWER and self._last:
            return f"{self._last.code}.{label}"
        if kind in (Kind.LOWER, Kind.PAREN):
            return self._join(self._open[-1].code if self._open else "", label)
        if kind is Kind.OWN:
            return self._prefix + label.replace(" ", "")
        if kind is Kind.MIXED:
            return self._mixed(label)
        base = [node for node in self._open if node.section and not (self._int_sections and kind is Kind.DOTTED)]
        return self._join(base[-1].code if base else "", label)

    def _mixed(self, label: str) -> str:
        """ "I.1" under section A.I: the parts already open are not said twice."""
        parts = label.split(".")
        path = [node.label for node in self._open if node.section]
        for size in range(min(len(path), len(parts) - 1), 0, -1):
            if path[-size:] == parts[:size]:
                return self._join(self.section or "", ".".join(parts[size:]))
        return self._prefix + label

    def _join(self, base: str, label: str) -> str:
        return f"{base}.{label}" if base else self._prefix + label

    def _unique(self, code: str) -> str:
        """The code, or with "-2", "-3" where numbers repeat."""
        unique = code
        while unique in self.used:
            self._repeats[code] = self._repeats.get(code, 1) + 1
            unique = f"{code}-{self._repeats[code]}"
        if unique != code:
            self.repeated.add(unique)
        self.used.add(unique)
        return unique
