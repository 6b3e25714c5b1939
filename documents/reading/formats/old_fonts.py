"""Vietnamese typed for fonts from before Unicode: TCVN3 (.VnTime) and VNI (VNI-Times).

Such a font shows "nhiÖm vô" as "nhiệm vụ"; without it the letters are Latin-1.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

TCVN3, TCVN3_CAPITALS, VNI = "tcvn3", "tcvn3-capitals", "vni"

# TCVN 5712 from byte A1 on; "_" stands where it has no letter.
_TCVN3_LETTERS = "ĂÂÊÔƠƯĐăâêôơưđ______àảãáạ_ằẳẵắ_______ặầẩẫấậè_ẻẽéẹềểễếệìỉ___ĩíịò_ỏõóọồổỗốộờởỡớợù_ủũúụừửữứựỳỷỹýỵ"
_TCVN3 = {0xA1 + at: letter for at, letter in enumerate(_TCVN3_LETTERS) if letter != "_"}

# VNI writes a letter and then its marks as a second letter, and a few letters alone.
_VNI_MARKS = {
    "a": ("ùøûõïêéèúüëâáàåãä", "áàảãạăắằẳẵặâấầẩẫậ"),
    "e": ("ùøûõïâáàåãä", "éèẻẽẹêếềểễệ"),
    "o": ("ùøûõïâáàåãä", "óòỏõọôốồổỗộ"),
    "u": ("ùøûõï", "úùủũụ"),
    "y": ("ùøûõ", "ýỳỷỹ"),
    "ô": ("ùøûõï", "ớờởỡợ"),
    "ö": ("ùøûõï", "ứừửữự"),
}
_VNI_ALONE = {"ñ": "đ", "ö": "ư", "ô": "ơ", "î": "ỵ", "æ": "ỉ", "ó": "ĩ", "ò": "ị"}
_VNI: dict[str, str] = {}
for _letter, _seen in _VNI_ALONE.items():
    _VNI |= {_letter: _seen, _letter.upper(): _seen.upper()}
for _base, (_marks, _all_shown) in _VNI_MARKS.items():
    for _mark, _seen in zip(_marks, _all_shown, strict=True):
        _VNI |= {
            _base + _mark: _seen,
            _base.upper() + _mark: _seen.upper(),
            _base.upper() + _mark.upper(): _seen.upper(),
        }
_VNI_LETTER = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))

_SUBSET = re.compile(r"^[A-Z]{6}\+")
_TCVN3_NAME = re.compile(
    r"[._]vn|vn(?:time|arial|helve|book|century|avant|courier|aristote|univers|present|bahamas|black|clarendon)"
)
_VNI_NAME = re.compile(r"vni(?:[\s_-]|times|helve|avo|centur|cour|$)")
_UNICODE = re.compile("[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]")
_ACCENTED = re.compile("[\u00a1-\u00ff]")
# Latin-1 signs glued to a letter, as no text has them that is shown by a Unicode font.
_TCVN3_SIGN = re.compile("[A-Za-z][¨©ª«¬®µ¶·¸¹»¼½¾Æ×ÞßØ÷\u00ad]|(?:^|\\s)[®§¸][A-Za-z¨©ª«¬µ-¾]")
_VNI_SIGN = re.compile("[aeouyôöAEOUYÔÖ][øûïåäëüØÛÏÅÄËÜ]|[ñÑ][aeiouôöAEIOUÔÖ]")
_IN_UTF8 = {
    TCVN3: re.compile(rb"[a-zA-Z]\xc2[\xa8-\xae\xb5-\xbe]"),
    VNI: re.compile(rb"[aeouyAEOUY]\xc3[\xb8\xbb\xaf\xab\xa5\xa4\xbc\x98\x9b\x8f\x85\x84\x9c]"),
}
_MANY = 2_000
_FEW = 3
_SURE = 2

Piece = tuple[str, str | None]
"""A text and the old encoding its font is for, if any."""


@lru_cache(maxsize=512)
def encoding_of(font: str) -> str | None:
    """The old encoding a font of that name is for (TCVN3, TCVN3_CAPITALS or VNI), or None."""
    name = _SUBSET.sub("", font.strip().strip("'\""))
    name = name.replace("#2E", ".").split(",")[0].split(";")[0].strip()
    if _VNI_NAME.match(name.lower()):
        return VNI
    if not _TCVN3_NAME.match(name.lower()):
        return None
    face = re.split(r"[\s-]", name)[0]
    return TCVN3_CAPITALS if face.endswith("H") else TCVN3


def from_tcvn3(text: str, capitals: bool = False) -> str:
    """Text typed for a TCVN3 font (.VnTime; capitals for .VnTimeH), whose letters were kept as Latin-1."""
    letters = text.translate(_TCVN3)
    return letters.upper() if capitals else letters


def from_vni(text: str) -> str:
    """Text typed for a VNI font, whose letters were kept as Latin-1."""
    return _VNI_LETTER.sub(lambda match: _VNI[match[0]], text)


@dataclass(slots=True)
class Conversion:
    """Turns the texts of one document to Unicode; an old font's name on text that is Unicode already is passed over.

    `converted` and `kept` count texts in old fonts; `guessed` those whose font is not named, but whose letters tell.
    """

    converted: int = 0
    kept: int = 0
    guessed: int = 0
    assumed: str | None = None

    def text(self, pieces: Iterable[Piece]) -> str:
        """The pieces of one paragraph or cell as one text."""
        joined = [("".join(text for text, _ in group), encoding) for encoding, group in groupby(pieces, _encoding)]
        whole = "".join(text for text, _ in joined)
        if whole.isascii() and all(encoding != TCVN3_CAPITALS for _, encoding in joined):
            return whole
        old = "".join(text for text, encoding in joined if encoding)
        if not old:
            return self.unnamed(whole)
        unicode = bool(_UNICODE.search(old))
        sure = unicode or _TCVN3_SIGN.search(old) or _VNI_SIGN.search(old)
        if not sure and _ACCENTED.search(old):
            unicode = self.kept > self.converted  # "các" may be either: as most of the document is
        if sure:
            self.kept += unicode
            self.converted += not unicode
        if unicode:
            return whole
        return "".join(_shown(text, encoding) for text, encoding in joined)

    def look_over(self, utf8: bytes) -> None:
        """Judge a whole document by its bytes before its texts come: most letters tell which encoding, if any."""
        unicode = utf8.count(b"\xe1\xba") + utf8.count(b"\xe1\xbb")
        if unicode > _MANY:
            return
        signs = {name: len(found.findall(utf8)) for name, found in _IN_UTF8.items()}
        encoding = max(signs, key=lambda name: signs[name])
        if signs[encoding] > max(unicode, _FEW):
            self.assumed = encoding

    def unnamed(self, text: str) -> str:
        """A text of no font that is known: turned where its letters leave no doubt, and counted as a guess."""
        if text.isascii() or _UNICODE.search(text):
            return text
        encoding = self.assumed
        if encoding is None:
            signs = {TCVN3: len(_TCVN3_SIGN.findall(text)), VNI: len(_VNI_SIGN.findall(text))}
            encoding = max(signs, key=lambda name: signs[name])
            if signs[encoding] < _SURE:
                return text
        self.guessed += 1
        return _shown(text, encoding)

    def notes(self) -> tuple[str, ...]:
        """What a person must know of the letters of this document, in Vietnamese."""
        if not self.guessed:
            return ()
        return (
            f"{self.guessed} đoạn hoặc ô gõ bằng phông chữ cũ (TCVN3 hoặc VNI) mà không ghi tên phông, đã đổi sang "
            "Unicode theo mặt chữ; hãy đối chiếu với bản gốc.",
        )


def _encoding(piece: Piece) -> str | None:
    return piece[1]


def _shown(text: str, encoding: str | None) -> str:
    if encoding is None:
        return text
    return from_vni(text) if encoding == VNI else from_tcvn3(text, capitals=encoding == TCVN3_CAPITALS)


def garbled(texts: Iterable[str]) -> Iterator[str]:
    """Those of a document's texts that seem typed for an old font, where this is not a chance sign or two."""
    found = [text for text in texts if _TCVN3_SIGN.search(text) or _VNI_SIGN.search(text)]
    if sum(len(_TCVN3_SIGN.findall(text)) + len(_VNI_SIGN.findall(text)) for text in found) >= _FEW:
        yield from found
