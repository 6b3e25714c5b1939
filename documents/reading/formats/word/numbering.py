"""Word's automatic numbers: "1.", "a)", "II.", "1.2.", which stand in numbering.xml and not in the text."""

import re
from dataclasses import dataclass, field
from dataclasses import replace as altered

from documents.reading.formats.markup import parse

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main "
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_LEVELS = 9
_LARGEST = 100_000
_DASHES = frozenset("-–—−‐‑")
_PLACE = re.compile(r"%([1-9])")
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"))
_ROMAN_SMALL = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def transitional(data: bytes) -> bytes:
    """The same part with the namespace of ordinary Word files, where it was saved as "Strict Open XML"."""
    return data.replace(_STRICT, W.strip().encode()) if _STRICT in data else data


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: how it counts and how the number is printed ("%1.%2.")."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False


@dataclass(slots=True)
class _Abstract:
    levels: dict[int, Level] = field(default_factory=dict)
    style_link: str | None = None


@dataclass(slots=True)
class _Num:
    abstract: str = ""
    starts: dict[int, int] = field(default_factory=dict)
    levels: dict[int, Level] = field(default_factory=dict)


def number_text(value: int, form: str) -> str:
    """A count in one of Word's number forms; unknown forms count in decimals, as Word shows them."""
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (value - 1) % 26) * min((value - 1) // 26 + 1, 20) if value > 0 else ""
        return letter if form == "lowerLetter" else letter.upper()
    if form in ("lowerRoman", "upperRoman"):
        roman = _roman(value)
        return roman if form == "upperRoman" else roman.lower()
    if form == "decimalZero":
        return f"{value:02d}"
    return "" if form == "none" else str(value)


def _roman(value: int) -> str:
    if not 0 < value < 4000:
        return str(value)
    out = ""
    for worth, letters in (*_ROMAN, *_ROMAN_SMALL):
        while value >= worth:
            out += letters
            value -= worth
    return out


def bullet(text: str) -> str:
    """A list sign as plain text: "-", "+", "*" stay, picture-font signs become "-"."""
    sign = text.strip()
    if sign in ("+", "*", "•", "·"):
        return "•" if sign == "·" else sign
    return "-"


class Numbering:
    """The lists of one document and how far each has counted."""

    def __init__(self, numbering: bytes | None = None, styles: bytes | None = None) -> None:
        self._abstracts: dict[str, _Abstract] = {}
        self._nums: dict[str, _Num] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._used: set[tuple[str, int]] = set()
        self.styles: dict[str, tuple[str | None, int | None]] = {}
        if numbering:
            _NumberingPart(self._abstracts, self._nums).read(transitional(numbering))
        if styles and self._nums and b"numPr" in styles:
            self.styles = _StylesPart().read(transitional(styles))

    def next(self, num: str | None, level: int | None, style: str | None) -> tuple[str, bool] | None:
        """The number of the next paragraph of a list and whether it is only a sign, or None where there is none."""
        if num is None and style in self.styles:
            num, style_level = self.styles[style]
            level = level if level is not None else style_level
        entry = self._nums.get(num) if num and num != "0" else None
        if entry is None or num is None:
            return None
        depth = min(max(level or 0, 0), _LEVELS - 1)
        levels = self._levels(entry)
        here = levels.get(depth, Level())
        value = self._count(num, entry, levels, depth)
        if here.form == "bullet":
            return bullet(here.text), True
        text = self._print(entry.abstract, levels, depth, value)
        return (text, text.strip() in _DASHES) if text.strip() else None

    def _levels(self, entry: _Num) -> dict[int, Level]:
        abstract = self._abstracts.get(entry.abstract, _Abstract())
        if not abstract.levels and abstract.style_link in self.styles:
            linked = self._nums.get(self.styles[abstract.style_link][0] or "")
            if linked is not None:
                abstract = self._abstracts.get(linked.abstract, abstract)
        return {**abstract.levels, **entry.levels}

    def _count(self, num: str, entry: _Num, levels: dict[int, Level], depth: int) -> int:
        counts = self._counts.setdefault(entry.abstract, [None] * _LEVELS)
        if depth in entry.starts and (num, depth) not in self._used:
            value = entry.starts[depth]
        else:
            before = counts[depth]
            value = levels.get(depth, Level()).start if before is None else before + 1
        self._used.add((num, depth))
        counts[depth] = min(value, _LARGEST)
        for deeper in range(depth + 1, _LEVELS):
            restart = levels.get(deeper, Level()).restart
            if restart is None or (restart and depth < restart):
                counts[deeper] = None
        return counts[depth] or 0

    def _print(self, abstract: str, levels: dict[int, Level], depth: int, value: int) -> str:
        here = levels.get(depth, Level())
        counts = self._counts[abstract]

        def place(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            level = levels.get(at, Level())
            count = value if at == depth else counts[at]
            return number_text(level.start if count is None else count, "decimal" if here.legal else level.form)

        return _PLACE.sub(place, here.text).strip()


def _told(level: Level, tag: str, value: str) -> Level | None:
    """The level as one of its elements alters it; None for an element that says nothing of counting."""
    match tag:
        case "start":
            return altered(level, start=whole(value, 1))
        case "numFmt":
            return altered(level, form=value)
        case "lvlText":
            return altered(level, text=value[:60])
        case "lvlRestart":
            return altered(level, restart=whole(value, 0))
        case "isLgl":
            return altered(level, legal=value not in ("0", "false", "off"))
    return None


class _NumberingPart:
    """Reads word/numbering.xml into lists."""

    def __init__(self, abstracts: dict[str, _Abstract], nums: dict[str, _Num]) -> None:
        self._abstracts, self._nums = abstracts, nums
        self._abstract: _Abstract | None = None
        self._num: _Num | None = None
        self._at: int | None = None

    def read(self, data: bytes) -> None:
        parse(data, self._start, self._end)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not name.startswith(W):
            return
        tag, value = name[len(W) :], attributes.get(W + "val", "")
        if tag == "abstractNum":
            self._abstract = self._abstracts.setdefault(attributes.get(W + "abstractNumId", ""), _Abstract())
        elif tag == "num":
            self._num = self._nums.setdefault(attributes.get(W + "numId", ""), _Num())
        elif tag in ("lvl", "lvlOverride"):
            self._at = whole(attributes.get(W + "ilvl"), 0)
        elif tag == "abstractNumId" and self._num is not None:
            self._num.abstract = value
        elif tag == "numStyleLink" and self._abstract is not None:
            self._abstract.style_link = value
        elif tag == "startOverride" and self._num is not None and self._at is not None:
            self._num.starts[self._at] = whole(value, 1)
        elif self._at is not None:
            self._level(tag, value)

    def _level(self, tag: str, value: str) -> None:
        owner = self._num if self._num is not None else self._abstract
        if owner is None or self._at is None:
            return
        level = _told(owner.levels.get(self._at, Level()), tag, value)
        if level is not None:
            owner.levels[self._at] = level

    def _end(self, name: str) -> None:
        if name == W + "abstractNum":
            self._abstract = None
        elif name == W + "num":
            self._num = None
        elif name in (W + "lvlOverride", W + "lvl") and self._num is None:
            self._at = None


class _StylesPart:
    """Reads the list that each paragraph style belongs to from word/styles.xml."""

    def __init__(self) -> None:
        self._own: dict[str, list[str | None]] = {}
        self._style: str | None = None
        self._in_list = False

    def read(self, data: bytes) -> dict[str, tuple[str | None, int | None]]:
        parse(data, self._start, self._end)
        return {style: found for style in self._own if (found := self._resolve(style))[0]}

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == W + "style":
            self._style = attributes.get(W + "styleId", "")
            self._own[self._style] = [None, None, None]
        elif self._style is None:
            return
        elif name == W + "basedOn":
            self._own[self._style][2] = attributes.get(W + "val")
        elif name == W + "numPr":
            self._in_list = True
        elif self._in_list and name in (W + "numId", W + "ilvl"):
            self._own[self._style][0 if name.endswith("numId") else 1] = attributes.get(W + "val")

    def _end(self, name: str) -> None:
        if name == W + "style":
            self._style = None
        elif name == W + "numPr":
            self._in_list = False

    def _resolve(self, style: str) -> tuple[str | None, int | None]:
        num: str | None = None
        level: str | None = None
        at: str | None = style
        for _ in range(12):  # styles inherit from styles; a loop of them must end
            own = self._own.get(at or "")
            if own is None:
                break
            num, level, at = num or own[0], level or own[1], own[2]
        return num, None if level is None else whole(level, 0)


def whole(text: str | None, otherwise: int) -> int:
    """A whole number from an attribute, bounded; `otherwise` where it is none."""
    try:
        return max(-_LARGEST, min(_LARGEST, int(text or "")))
    except ValueError:
        return otherwise
