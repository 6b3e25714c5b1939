"""What stands on the pages of a PDF, by pdfium: words, ruled lines and pictures, each page turned upright.

Places are in points from the top left of the page as it is read, whatever way it is turned or its text is written.
"""

import ctypes
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pypdfium2.raw as pdfium

from documents.reading.formats.limits import check_pages, damaged, refuse
from documents.reading.formats.omitted import raised

_LETTERS = 40_000
_OBJECTS = 60_000
_SEGMENTS = 4_000
_FORM_DEPTH = 6
_GAP = 0.15  # of a letter's height: a wider gap parts words
_ABUT = 0.1  # of a letter's height: pieces of a word that were written apart
_ASCENT, _DESCENT = 0.78, 0.22  # of the letters' size: a line as high as its letters are set, on its base
_THIN = 2.5  # points: a filled box no thicker is a rule
_SHORT = 1.0
_QUARTER = math.pi / 2
_ASKEW = math.radians(4)
_BREAKS = frozenset("\r\n")
_HYPHEN = 0x02  # what pdfium makes of a hyphen at the end of a line
_NO_LETTER = (0, 0xFFFD, 0xFFFE)
_ASCII, _MARKS = 0x7F, 0x300
_NAME_BYTES = 200
_INVISIBLE = 3


def _called(function: object, result: type, *arguments: type) -> Callable[..., int]:
    """A function of pdfium that takes and gives bare addresses: called once a letter, it must be quick."""
    address = ctypes.cast(function, ctypes.c_void_p).value  # type: ignore[arg-type]
    return ctypes.CFUNCTYPE(result, *arguments)(address or 0)


_ADDRESS, _AT = ctypes.c_void_p, ctypes.c_int
_code_at = _called(pdfium.FPDFText_GetUnicode, ctypes.c_uint, _ADDRESS, _AT)
_box_at = _called(pdfium.FPDFText_GetLooseCharBox, ctypes.c_int, _ADDRESS, _AT, _ADDRESS)
_object_at = _called(pdfium.FPDFText_GetTextObject, _ADDRESS, _ADDRESS, _AT)

Matrix = tuple[float, float, float, float, float, float]
_PLAIN: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(slots=True)
class Word:
    """A word and its box; `base` is the line it stands on. `run` numbers stretches of one font as they were
    written; `ended` says that a blank was written after it.
    """

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    base: float
    font: str
    run: int
    ended: bool = False
    struck: bool = False
    upright: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line, level or plumb. `fixed` is its y or x, `start` and `end` its reach the other way."""

    level: bool
    fixed: float
    start: float
    end: float
    boxed: bool = False


@dataclass(slots=True)
class Sheet:
    """One page, upright. `pictures` are shares of the page's area."""

    number: int
    width: float
    height: float
    words: list[Word] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    pictures: list[float] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    askew: list[str] = field(default_factory=list)
    hidden: str = ""
    unmapped: int = 0
    crowded: bool = False


class Source:
    """An open PDF. Raises RefusedDocument for one that is locked, broken or has more than 200 pages."""

    def __init__(self, data: bytes) -> None:
        pdfium.FPDF_InitLibrary()
        self._data = data  # pdfium reads from these bytes as long as the document is open
        self._document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
        if not self._document:
            if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD:
                refuse("tệp có mật khẩu bảo vệ; hãy bỏ mật khẩu hoặc in lại thành PDF không khóa rồi nộp lại")
            damaged()
        self.pages = pdfium.FPDF_GetPageCount(self._document)
        check_pages(self.pages)
        if self.pages < 1:
            damaged()

    def close(self) -> None:
        """Let go of the document."""
        pdfium.FPDF_CloseDocument(self._document)

    def sheet(self, number: int) -> Sheet | None:
        """Page `number`, counted from 1; None where it is broken."""
        page = pdfium.FPDF_LoadPage(self._document, number - 1)
        if not page:
            return None
        text = pdfium.FPDFText_LoadPage(page)
        try:
            return _PageReader(page, text, number).read()
        finally:
            if text:
                pdfium.FPDFText_ClosePage(text)
            pdfium.FPDF_ClosePage(page)


@dataclass(slots=True)
class _Style:
    """The look of one text object: font, direction (in quarters, None askew), origin of its first letter."""

    font: str
    quarter: int | None
    origin: tuple[float, float]
    size: float
    mode: int


@dataclass(slots=True)
class _Letter:
    text: str
    left: float
    bottom: float
    right: float
    top: float
    style: _Style


class _PageReader:
    def __init__(self, page: "ctypes._Pointer[ctypes.c_char]", text: object, number: int) -> None:
        self._page, self._text = page, text
        self._left, self._bottom, self._right, self._top = _bounds(page)
        self._fonts: dict[int, str] = {}
        self._sheet = Sheet(number, self._right - self._left, self._top - self._bottom)
        self._objects = 0

    def read(self) -> Sheet:
        sheet = self._sheet
        letters = list(self._letters()) if self._text else []
        if any(letter.style.mode == _INVISIBLE for letter in letters):
            letters = self._without_hidden(letters)
        directions = Counter(letter.style.quarter for letter in letters if letter.style.quarter is not None)
        turn = directions.most_common(1)[0][0] if directions else self._turn_of_page()
        if turn % 2:
            sheet.width, sheet.height = sheet.height, sheet.width
        sheet.words = list(self._words(letters, turn))
        self._draw(turn)
        return sheet

    def _without_hidden(self, letters: list[_Letter]) -> list[_Letter]:
        """Letters nobody sees are those that a scanner recognized under its picture; without one they are hidden."""
        images = (pdfium.FPDFPage_GetObject(self._page, at) for at in range(pdfium.FPDFPage_CountObjects(self._page)))
        if any(pdfium.FPDFPageObj_GetType(thing) != pdfium.FPDF_PAGEOBJ_TEXT for thing in images):
            return letters
        self._sheet.hidden = "".join(letter.text for letter in letters if letter.style.mode == _INVISIBLE)
        return [letter for letter in letters if letter.style.mode != _INVISIBLE]

    def _turn_of_page(self) -> int:
        return int(pdfium.FPDFPage_GetRotation(self._page)) % 4

    def _letters(self) -> Iterator[_Letter]:
        """Letters in written order; a text of None parts words."""
        text, count = self._text, pdfium.FPDFText_CountChars(self._text)
        if count > _LETTERS:
            refuse(f"trang {self._sheet.number} có quá nhiều chữ, có thể tệp bị hỏng; hãy in lại thành PDF rồi nộp lại")
        box = pdfium.FS_RECTF()
        to_box = ctypes.addressof(box)
        styles: dict[int, _Style] = {}
        handle = ctypes.cast(text, ctypes.c_void_p).value  # type: ignore[arg-type]
        last: _Letter | None = None
        for at in range(count):
            code = _code_at(handle, at)
            if code == 0x20 and pdfium.FPDFText_IsGenerated(text, at) == 1:
                continue  # pdfium makes blanks up where letters stand apart
            owner = _object_at(handle, at)
            if not owner or not _box_at(handle, at, to_box):
                continue
            style = styles.get(owner)
            if style is None:
                style = styles[owner] = self._style(pdfium.FPDFText_GetTextObject(text, at), at)
            letter = self._letter(code, at)
            if last is not None and code >= _MARKS and unicodedata.combining(letter):
                last.text += letter
            elif letter and letter not in _BREAKS:
                if last is not None:
                    yield last
                last = _Letter(letter, box.left, box.bottom, box.right, box.top, style)
        if last is not None:
            yield last

    def _letter(self, code: int, at: int) -> str:
        """The letter of a code; "" for half of a pair of codes and for one that stands for no letter."""
        if code in _NO_LETTER or (code > _ASCII and pdfium.FPDFText_HasUnicodeMapError(self._text, at) == 1):
            self._sheet.unmapped += 1
        if code == _HYPHEN:
            return "-"
        return "" if code == 0 or 0xD800 <= code < 0xE000 else chr(code)

    def _style(self, owner: object, at: int) -> _Style:
        x, y = ctypes.c_double(), ctypes.c_double()
        pdfium.FPDFText_GetCharOrigin(self._text, at, ctypes.byref(x), ctypes.byref(y))
        angle = -pdfium.FPDFText_GetCharAngle(self._text, at) % (4 * _QUARTER)  # pdfium counts clockwise
        matrix = pdfium.FS_MATRIX()
        told = pdfium.FPDFText_GetMatrix(self._text, at, ctypes.byref(matrix))
        size = pdfium.FPDFText_GetFontSize(self._text, at) * (math.hypot(matrix.c, matrix.d) if told else 1.0)
        quarter = round(angle / _QUARTER)
        askew = abs(angle - quarter * _QUARTER) > _ASKEW
        mode = pdfium.FPDFTextObj_GetTextRenderMode(owner)
        return _Style(self._font(owner), None if askew else quarter % 4, (x.value, y.value), size, mode)

    def _font(self, owner: object) -> str:
        font = pdfium.FPDFTextObj_GetFont(owner)
        if not font:
            return ""
        address = ctypes.addressof(font.contents)
        if address not in self._fonts:
            name = ctypes.create_string_buffer(_NAME_BYTES)
            length = pdfium.FPDFFont_GetBaseFontName(font, name, _NAME_BYTES)
            self._fonts[address] = name.value.decode("utf-8", "replace") if 0 < length <= _NAME_BYTES else ""
        return self._fonts[address]

    # places
    def _upright(self, turn: int, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """A box of the page's own space as left, top, right, bottom of the page turned so that its text is level."""
        if turn == 0:
            return x0 - self._left, self._top - y1, x1 - self._left, self._top - y0
        if turn == 1:
            return y0 - self._bottom, x0 - self._left, y1 - self._bottom, x1 - self._left
        if turn == 2:
            return self._right - x1, y0 - self._bottom, self._right - x0, y1 - self._bottom
        return self._top - y1, self._right - x1, self._top - y0, self._right - x0

    def _words(self, letters: list[_Letter], turn: int) -> Iterator[Word]:
        level = [letter for letter in letters if letter.style.quarter == turn]
        yield from _put_together(list(self._joined(level, turn)))
        for quarter in range(4):
            if quarter != turn and (other := [letter for letter in letters if letter.style.quarter == quarter]):
                yield from self._turned(list(self._joined(other, quarter)), quarter, turn)
        askew = "".join(letter.text for letter in letters if letter.style.quarter is None).strip()
        if askew:
            self._sheet.askew.append(re.sub(r"\s+", " ", askew)[:40])

    def _joined(self, letters: list[_Letter], turn: int) -> Iterator[Word]:
        """Words of letters that follow each other on one line without a gap."""
        word: Word | None = None
        style: _Style | None = None
        run, base, top, bottom = 0, 0.0, 0.0, 0.0
        for letter in letters:
            x0, _, x1, _ = self._upright(turn, letter.left, letter.bottom, letter.right, letter.top)
            if letter.style is not style:
                ox, oy = letter.style.origin
                base = self._upright(turn, ox, oy, ox, oy)[1]
                top, bottom = base - _ASCENT * letter.style.size, base + _DESCENT * letter.style.size
                before, style = style, letter.style
                if before is None or before.font != style.font:
                    run += 1
            if letter.text.isspace():
                if word is not None:
                    word.ended = True
                    yield word
                word = None
                continue
            height = bottom - top
            if word is not None:
                last = word.bottom - word.top
                near = -0.5 * last < x0 - word.x1 <= _GAP * max(last, height)
                if near and height < 0.85 * last and base < word.base - 0.12 * last:
                    shown = raised(word.text, letter.text)
                    if shown is not None:
                        if not shown and (not self._sheet.marks or self._sheet.marks[-1] != word.text):
                            self._sheet.marks.append(word.text)
                        word.text += shown
                        if shown:
                            word.x1 = max(word.x1, x1)
                        continue
                if near and abs(base - word.base) < 0.35 * max(last, height):
                    word.text += letter.text
                    word.x1 = max(word.x1, x1)
                    continue
                yield word
            word = Word(letter.text, x0, x1, top, bottom, base, style.font if style else "", run)
        if word is not None:
            yield word

    def _turned(self, words: list[Word], quarter: int, turn: int) -> Iterator[Word]:
        """Words written up or down on a level page, as in a narrow heading: each line is one word in its place."""
        lines: list[list[Word]] = []
        for word in words:
            if lines and abs(lines[-1][0].base - word.base) < 2 and 0 <= word.x0 - lines[-1][-1].x1 < 12:
                lines[-1].append(word)
            else:
                lines.append([word])
        for line in lines:
            box = (
                min(w.x0 for w in line),
                min(w.top for w in line),
                max(w.x1 for w in line),
                max(w.bottom for w in line),
            )
            x0, y0, x1, y1 = self._own_space(quarter, *box)
            left, top, right, bottom = self._upright(turn, x0, y0, x1, y1)
            text = " ".join(w.text for w in line)
            yield Word(text, left, right, top, bottom, bottom, line[0].font, -1, upright=False)

    def _own_space(
        self, turn: int, x0: float, top: float, x1: float, bottom: float
    ) -> tuple[float, float, float, float]:
        """The opposite of `_upright`."""
        if turn == 0:
            return x0 + self._left, self._top - bottom, x1 + self._left, self._top - top
        if turn == 1:
            return top + self._left, x0 + self._bottom, bottom + self._left, x1 + self._bottom
        if turn == 2:
            return self._right - x1, top + self._bottom, self._right - x0, bottom + self._bottom
        return self._right - bottom, self._top - x1, self._right - top, self._top - x0

    # lines and pictures
    def _draw(self, turn: int) -> None:
        count = pdfium.FPDFPage_CountObjects(self._page)
        self._objects_of((pdfium.FPDFPage_GetObject(self._page, at) for at in range(count)), _PLAIN, turn, 0)

    def _objects_of(self, objects: Iterator[object], matrix: Matrix, turn: int, depth: int) -> None:
        for thing in objects:
            self._objects += 1
            if not thing or self._objects > _OBJECTS:
                self._sheet.crowded = self._sheet.crowded or self._objects > _OBJECTS
                continue
            kind = pdfium.FPDFPageObj_GetType(thing)
            if kind == pdfium.FPDF_PAGEOBJ_PATH:
                self._path(thing, matrix, turn)
            elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                x0, y0, x1, y1 = self._box(thing, matrix)
                area = self._sheet.width * self._sheet.height
                self._sheet.pictures.append(abs((x1 - x0) * (y1 - y0)) / max(area, 1.0))
            elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _FORM_DEPTH:
                own = _times(_matrix_of(thing), matrix)
                inner = pdfium.FPDFFormObj_CountObjects(thing)
                parts = (pdfium.FPDFFormObj_GetObject(thing, at) for at in range(max(inner, 0)))
                self._objects_of(parts, own, turn, depth + 1)

    def _box(self, thing: object, matrix: Matrix) -> tuple[float, float, float, float]:
        edges = [ctypes.c_float() for _ in range(4)]
        if not pdfium.FPDFPageObj_GetBounds(thing, *map(ctypes.byref, edges)):
            return 0.0, 0.0, 0.0, 0.0
        x0, y0, x1, y1 = (edge.value for edge in edges)
        if matrix is _PLAIN:
            return x0, y0, x1, y1
        corners = [_moved(matrix, x, y) for x in (x0, x1) for y in (y0, y1)]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return min(xs), min(ys), max(xs), max(ys)

    def _path(self, thing: object, matrix: Matrix, turn: int) -> None:
        count = pdfium.FPDFPath_CountSegments(thing)
        if count < 2 or count > _SEGMENTS:
            self._sheet.crowded = self._sheet.crowded or count > _SEGMENTS
            return
        if not _is_drawn(thing):
            return
        if count <= 5:
            left, top, right, bottom = self._upright(turn, *self._box(thing, matrix))
            width, height = right - left, bottom - top
            if min(width, height) <= _THIN:
                self._line(left, top, right, bottom)
                return
        self._segments(thing, _times(_matrix_of(thing), matrix), turn, count)

    def _segments(self, thing: object, matrix: Matrix, turn: int, count: int) -> None:
        x, y = ctypes.c_float(), ctypes.c_float()
        start = here = (0.0, 0.0)
        parts: list[tuple[tuple[float, float], tuple[float, float]]] = []
        for at in range(count):
            segment = pdfium.FPDFPath_GetPathSegment(thing, at)
            pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
            there = _moved(matrix, x.value, y.value)
            kind = pdfium.FPDFPathSegment_GetType(segment)
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                start = there
            elif kind == pdfium.FPDF_SEGMENT_LINETO:
                parts.append((here, there))
            here = there
            if pdfium.FPDFPathSegment_GetClose(segment):
                parts.append((here, start))
                here = start
        boxed = 3 <= len(parts) <= 5
        for (ax, ay), (bx, by) in parts:
            left, top, right, bottom = self._upright(turn, min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))
            if min(right - left, bottom - top) <= _SHORT:
                self._line(left, top, right, bottom, boxed)

    def _line(self, left: float, top: float, right: float, bottom: float, boxed: bool = False) -> None:
        if len(self._sheet.rules) > _SEGMENTS:
            self._sheet.crowded = True
        elif right - left >= bottom - top:
            if right - left > _SHORT:
                self._sheet.rules.append(Rule(True, (top + bottom) / 2, left, right, boxed))
        elif bottom - top > _SHORT:
            self._sheet.rules.append(Rule(False, (left + right) / 2, top, bottom, boxed))


def _put_together(pieces: list[Word]) -> list[Word]:
    """Words in written order; a letter of another font may have been written after the rest of its word."""
    absorbed: set[int] = set()
    for line in _lines(pieces):
        word: Word | None = None
        for piece in sorted(line, key=lambda piece: piece.x0):
            if word is not None and not word.ended:
                height = word.bottom - word.top
                alike = abs(piece.bottom - piece.top - height) < 0.2 * height
                if alike and -2 * _ABUT * height < piece.x0 - word.x1 < _ABUT * height:
                    word.text += piece.text
                    word.x1, word.ended = max(word.x1, piece.x1), piece.ended
                    absorbed.add(id(piece))
                    continue
            word = piece
    return [piece for piece in pieces if id(piece) not in absorbed]


def _lines(pieces: list[Word]) -> Iterator[list[Word]]:
    """Pieces that stand on the same line, whatever their columns."""
    line: list[Word] = []
    for piece in sorted(pieces, key=lambda piece: piece.base):
        if line and piece.base - line[0].base > 0.12 * (line[0].bottom - line[0].top):
            yield line
            line = []
        line.append(piece)
    if line:
        yield line


def _is_drawn(thing: object) -> bool:
    """Whether a path is stroked, or filled with a colour other than white."""
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(thing, ctypes.byref(mode), ctypes.byref(stroke)):
        return True
    if stroke.value:
        return True
    if not mode.value:
        return False
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    told = pdfium.FPDFPageObj_GetFillColor(
        thing, ctypes.byref(red), ctypes.byref(green), ctypes.byref(blue), ctypes.byref(alpha)
    )
    return not told or (alpha.value > 0 and min(red.value, green.value, blue.value) < 250)


def _bounds(page: object) -> tuple[float, float, float, float]:
    for box_of in (pdfium.FPDFPage_GetCropBox, pdfium.FPDFPage_GetMediaBox):
        edges = [ctypes.c_float() for _ in range(4)]
        if box_of(page, *map(ctypes.byref, edges)):
            left, bottom, right, top = (edge.value for edge in edges)
            return min(left, right), min(bottom, top), max(left, right), max(bottom, top)
    return 0.0, 0.0, 612.0, 792.0


def _matrix_of(thing: object) -> Matrix:
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(thing, ctypes.byref(matrix)):
        return _PLAIN
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _times(one: Matrix, other: Matrix) -> Matrix:
    """First one, then the other."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def _moved(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f
