"""The styles of an OpenDocument file that matter for reading: bold, page breaks, hidden sheets, list numbers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from documents.reading.formats.look import PLAIN, Look
from documents.reading.formats.markup import parse
from documents.reading.formats.old_fonts import encoding_of
from documents.reading.formats.word.numbering import bullet, number_text, whole

_URN = "urn:oasis:names:tc:opendocument:xmlns:"
TEXT, TABLE, DRAW, OFFICE = (f"{_URN}{name}:1.0 " for name in ("text", "table", "drawing", "office"))
STYLE, FO, SVG = f"{_URN}style:1.0 ", f"{_URN}xsl-fo-compatible:1.0 ", f"{_URN}svg-compatible:1.0 "
_LOEXT = "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0 "
_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "": "none"}
_THROUGH = tuple(STYLE + f"text-line-through-{part}" for part in ("style", "type"))
_PLACE = re.compile(r"%(\d{1,2})%")
LEVELS = 10


@dataclass(slots=True)
class Style:
    """What a named style says of the things that have it."""

    parent: str | None = None
    family: str = ""
    bold: bool | None = None
    struck: bool | None = None
    unseen: bool | None = None
    raised: bool | None = None
    font: str | None = None
    new_page: bool = False
    list_style: str | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class ListLevel:
    """How one level of a list prints its number; a `sign` is a bullet."""

    sign: str | None = None
    form: str = "none"
    pattern: str = ""
    start: int = 1

    def printed(self, counts: list[int | None], forms: dict[int, "ListLevel"]) -> str | None:
        """The number for the counts of all levels, or None where the level has none."""
        if self.sign is not None:
            return self.sign
        if self.form == "none":
            return None

        def place(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            level = forms.get(at, ListLevel(form="decimal"))
            count = counts[at] if at < LEVELS else None
            return number_text(level.start if count is None else count, level.form)

        return _PLACE.sub(place, self.pattern).strip() or None


@dataclass(slots=True)
class Styles:
    """All styles of the document, filled from styles.xml and content.xml."""

    named: dict[str, Style] = field(default_factory=dict)
    lists: dict[str, dict[int, ListLevel]] = field(default_factory=dict)
    outline: dict[int, ListLevel] = field(default_factory=dict)
    faces: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, Style] = field(default_factory=dict)
    _looks: dict[tuple[str | None, ...], Look] = field(default_factory=dict)

    def look(self, *names: str | None) -> Look:
        """The look of a text in styles given from the innermost outwards; each may come from others."""
        look = self._looks.get(names)
        if look is None:
            chain = [style for name in names for style in self._chain(name)]
            families = dict.fromkeys(style.family for style in chain)
            chain += [self.defaults[family] for family in (*families, "paragraph") if family in self.defaults]
            font = next((style.font for style in chain if style.font), None)
            found = Look(
                struck=_first(style.struck for style in chain) is True,
                hidden=_first(style.unseen for style in chain) is True,
                raised=_first(style.raised for style in chain) is True,
                encoding=encoding_of(self.faces.get(font, font)) if font else None,
            )
            look = self._looks[names] = PLAIN if found == PLAIN else found
        return look

    def _chain(self, name: str | None) -> list[Style]:
        chain: list[Style] = []
        while (style := self.named.get(name or "")) is not None and len(chain) < 12:
            chain.append(style)
            name = style.parent
        return chain

    def bold(self, name: str | None) -> bool:
        """Whether a style is bold, itself or by the styles it comes from."""
        for _ in range(12):
            style = self.named.get(name or "")
            if style is None:
                return False
            if style.bold is not None:
                return style.bold
            name = style.parent
        return False

    def get(self, name: str | None) -> Style:
        """The style of that name; an empty one where it is unknown."""
        return self.named.get(name or "", Style())

    def read(self, data: bytes) -> None:
        """Add the styles of one part."""
        _StylesPart(self).read(data)


def _first(values: Iterable[bool | None]) -> bool | None:
    return next((value for value in values if value is not None), None)


class _StylesPart:
    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._style: Style | None = None
        self._levels: dict[int, ListLevel] | None = None

    def read(self, data: bytes) -> None:
        parse(data, self._start, self._end)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == STYLE + "style":
            self._style = Style(
                parent=attributes.get(STYLE + "parent-style-name"),
                family=attributes.get(STYLE + "family", ""),
                new_page=bool(attributes.get(STYLE + "master-page-name")),
                list_style=attributes.get(STYLE + "list-style-name"),
            )
            self._styles.named[attributes.get(STYLE + "name", "")] = self._style
        elif name == STYLE + "default-style":
            self._style = self._styles.defaults.setdefault(attributes.get(STYLE + "family", ""), Style())
        elif name == STYLE + "font-face":
            self._styles.faces[attributes.get(STYLE + "name", "")] = attributes.get(SVG + "font-family", "")
        elif name == TEXT + "list-style":
            self._levels = self._styles.lists.setdefault(attributes.get(STYLE + "name", ""), {})
        elif name == TEXT + "outline-style":
            self._levels = self._styles.outline
        elif self._levels is not None and TEXT + "level" in attributes:
            level = min(max(whole(attributes[TEXT + "level"], 1), 1), LEVELS) - 1
            self._levels[level] = _level(name, attributes, level)
        elif self._style is not None:
            self._property(self._style, name, attributes)

    def _property(self, style: Style, name: str, attributes: dict[str, str]) -> None:
        if name == STYLE + "text-properties":
            _text_properties(style, attributes)
        elif attributes.get(FO + "break-before") == "page":
            style.new_page = True
        elif name == STYLE + "table-properties" and attributes.get(TABLE + "display") == "false":
            style.hidden = True

    def _end(self, name: str) -> None:
        if name in (STYLE + "style", STYLE + "default-style"):
            self._style = None
        elif name in (TEXT + "list-style", TEXT + "outline-style"):
            self._levels = None


def _text_properties(style: Style, attributes: dict[str, str]) -> None:
    if FO + "font-weight" in attributes:
        style.bold = attributes[FO + "font-weight"] in ("bold", "600", "700", "800", "900")
    lines = [attributes[key] for key in _THROUGH if key in attributes]
    if lines:
        style.struck = any(line != "none" for line in lines)
    if TEXT + "display" in attributes:
        style.unseen = attributes[TEXT + "display"] == "none"
    if STYLE + "text-position" in attributes:
        place = attributes[STYLE + "text-position"].split()[0]
        style.raised = place == "super" or (place[:1].isdigit() and not place.startswith("0"))
    style.font = attributes.get(STYLE + "font-name") or attributes.get(FO + "font-family") or style.font


def _level(name: str, attributes: dict[str, str], level: int) -> ListLevel:
    if "bullet" in name or "image" in name:
        return ListLevel(sign=bullet(attributes.get(TEXT + "bullet-char", "")))
    pattern = attributes.get(_LOEXT + "num-list-format")
    if pattern is None:
        shown = min(max(whole(attributes.get(TEXT + "display-levels"), 1), 1), level + 1)
        places = ".".join(f"%{at + 1}%" for at in range(level - shown + 1, level + 1))
        pattern = attributes.get(STYLE + "num-prefix", "") + places + attributes.get(STYLE + "num-suffix", "")
    form = _FORMS.get(attributes.get(STYLE + "num-format", ""), "decimal")
    return ListLevel(form=form, pattern=pattern[:60], start=whole(attributes.get(TEXT + "start-value"), 1))
