"""The look of Word text: document defaults, table, paragraph and character style, then the run itself."""

import re
from dataclasses import dataclass, field

from documents.reading.formats.look import PLAIN, Look
from documents.reading.formats.markup import parse
from documents.reading.formats.old_fonts import encoding_of
from documents.reading.formats.word.numbering import W, transitional, whole

OFF = ("0", "false", "off", "none")
_DRAWING = ("http://schemas.openxmlformats.org/drawingml/2006/main ", "http://purl.oclc.org/ooxml/drawingml/main ")
# A style says the opposite of the style below it where both are set: Word calls these toggles.
_TOGGLES = ("strike", "vanish")
_FACES = ("ascii", "hAnsi")
_TABLE_STYLE = re.compile(rb'<w:style\b[^>]{0,300}?w:type="table"[^>]{0,300}>.*?</w:style>', re.DOTALL)
_STYLE_ID = re.compile(rb'w:styleId="([^"]*)"')
_BASED_ON = re.compile(rb'<w:basedOn w:val="([^"]*)"')
_LATENT = re.compile(rb"<w:latentStyles\b.*?</w:latentStyles>", re.DOTALL)
_USED = re.compile(rb'<w:tblStyle w:val="([^"]*)"')
_CHAIN = 12
_LIFTED = 4  # half-points

Properties = dict[str, bool | str]
_NONE: Properties = {}


def told(name: str, attributes: dict[str, str]) -> Properties:
    """What an element of run properties says: strike, dstrike, vanish, raised, ascii, hAnsi, or theme fonts."""
    tag = name[len(W) :]
    value = attributes.get(W + "val", "")
    if tag in ("strike", "dstrike", "vanish"):
        return {tag: value not in OFF}
    if tag == "vertAlign":
        return {"raised": value == "superscript"}
    if tag == "position":
        return {"lifted": whole(value, 0) >= _LIFTED}
    if tag == "rFonts":
        faces: Properties = {}
        for face in _FACES:
            for key, sign in ((face, ""), (face + "Theme", "*")):
                if W + key in attributes:
                    faces[face] = sign + attributes[W + key]
        return faces
    return _NONE


LOOKED_AT = tuple(W + tag for tag in ("strike", "dstrike", "vanish", "vertAlign", "position", "rFonts"))


def used_styles(styles: bytes, document: bytes) -> bytes:
    """The styles part without the table styles that the document does not use: they are most of it."""
    if b"</w:style>" not in styles:
        return styles
    bases: dict[bytes, bytes] = {}
    for match in _TABLE_STYLE.finditer(styles):
        head = match[0][:600]
        if (own := _STYLE_ID.search(head)) and (base := _BASED_ON.search(head)):
            bases[own[1]] = base[1]
    used = set(_USED.findall(document))
    for _ in range(_CHAIN):
        used |= {bases[style] for style in used if style in bases}

    def kept(match: re.Match[bytes]) -> bytes:
        found = _STYLE_ID.search(match[0][:600])
        return match[0] if found is None or found[1] in used or found[1] not in bases else b""

    return _TABLE_STYLE.sub(kept, _LATENT.sub(b"", styles))


@dataclass(slots=True)
class _Style:
    based_on: str | None = None
    properties: Properties = field(default_factory=dict)


class Looks:
    """The styles of one document; looks are worked out once for each set of styles and properties."""

    def __init__(self, styles: bytes | None = None, theme: bytes | None = None) -> None:
        self._defaults: Properties = {}
        self._styles: dict[str, _Style] = {}
        self._normal: dict[str, str] = {}
        self._theme: dict[str, str] = {}
        self._known: dict[tuple[object, ...], Look] = {}
        if styles:
            _StylesPart(self._defaults, self._styles, self._normal).read(transitional(styles))
        if theme and (b"Vn" in theme or b"VNI" in theme):
            self._theme = _theme_fonts(theme)

    def of(self, table: str | None, paragraph: str | None, character: str | None, run: Properties) -> Look:
        """The look of a run with these styles (by id) and properties of its own."""
        key = (table, paragraph, character, *run.items())
        look = self._known.get(key)
        if look is None:
            look = self._known[key] = self._resolved(table, paragraph, character, run)
        return look

    def _resolved(self, table: str | None, paragraph: str | None, character: str | None, run: Properties) -> Look:
        levels = [
            self._chain(table or self._normal.get("table")),
            self._chain(paragraph or self._normal.get("paragraph")),
            self._chain(character),
        ]
        found: Properties = {**self._defaults}
        for level in levels:
            found.update({name: value for name, value in level.items() if name not in _TOGGLES})
        for name in _TOGGLES:
            set_by = sum(level.get(name) is True for level in levels)
            found[name] = self._defaults.get(name) is True or set_by % 2 == 1
        found.update(run)
        encodings = [self._encoding(found.get(face)) for face in reversed(_FACES)]
        look = Look(
            struck=found.get("strike") is True or found.get("dstrike") is True,
            hidden=found.get("vanish") is True,
            raised=found.get("raised") is True or found.get("lifted") is True,
            encoding=next((encoding for encoding in encodings if encoding), None),
        )
        return PLAIN if look == PLAIN else look

    def _chain(self, style: str | None) -> Properties:
        """The properties of a style with those of the styles it is based on; the nearest counts."""
        found: Properties = {}
        for _ in range(_CHAIN):  # a loop of styles must end
            own = self._styles.get(style or "")
            if own is None:
                break
            found = {**own.properties, **found}
            style = own.based_on
        return found

    def _encoding(self, face: bool | str | None) -> str | None:
        if not isinstance(face, str):
            return None
        return encoding_of(self._theme.get(face[1:6], "") if face.startswith("*") else face)


class _StylesPart:
    """Reads defaults and styles from word/styles.xml; what a table style says of its first row or column is left."""

    def __init__(self, defaults: Properties, styles: dict[str, _Style], normal: dict[str, str]) -> None:
        self._defaults, self._styles, self._normal = defaults, styles, normal
        self._style: _Style | None = None
        self._depth = self._aside = 0
        self._in_defaults = False

    def read(self, data: bytes) -> None:
        parse(data, self._start, self._end)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._aside:
            self._aside += 1
        elif name == W + "tblStylePr":
            self._aside = 1
        elif name == W + "style":
            self._style = self._styles.setdefault(attributes.get(W + "styleId", ""), _Style())
            if attributes.get(W + "default", "0") not in OFF:
                self._normal[attributes.get(W + "type", "paragraph")] = attributes.get(W + "styleId", "")
        elif name == W + "rPrDefault":
            self._in_defaults = True
        elif name == W + "basedOn" and self._style is not None:
            self._style.based_on = attributes.get(W + "val")
        elif name in LOOKED_AT:
            if self._style is not None:
                self._style.properties.update(told(name, attributes))
            elif self._in_defaults:
                self._defaults.update(told(name, attributes))

    def _end(self, name: str) -> None:
        if self._aside:
            self._aside -= 1
        elif name == W + "style":
            self._style = None
        elif name == W + "rPrDefault":
            self._in_defaults = False


def _theme_fonts(theme: bytes) -> dict[str, str]:
    """The Latin font of headings ("major") and of text ("minor")."""
    fonts: dict[str, str] = {}
    kind = ""

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal kind
        tag = name.rpartition(" ")[2] if name.startswith(_DRAWING) else ""
        if tag in ("majorFont", "minorFont"):
            kind = tag[:5]
        elif tag == "latin" and kind:
            fonts.setdefault(kind, attributes.get("typeface", ""))

    parse(theme, start, lambda name: None)
    return fonts
