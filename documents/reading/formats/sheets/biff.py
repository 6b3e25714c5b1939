"""The records of an .xls that say what is hidden, crossed out, raised or in an old font ([MS-XLS]).

A file that is broken here only says nothing of its looks: its values are read by calamine.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from documents.reading.formats import ole
from documents.reading.formats.look import PLAIN, Look
from documents.reading.formats.old_fonts import encoding_of

_FONT, _XF, _SHEET, _SST, _MORE = 0x31, 0xE0, 0x85, 0xFC, 0x3C
_ROW, _COLUMNS, _END = 0x208, 0x7D, 0x0A
_ONE_CELL = (0xFD, 0x204, 0x203, 0x27E, 0x06, 0x205, 0xD6)
_MANY_CELLS = 0xBD
_SHARED = 0xFD
_HIDDEN_ROW, _HIDDEN_COLUMN, _STRUCK, _SUPERSCRIPT = 0x20, 0x01, 0x08, 1
_MOST_RECORDS = 500_000
_LAST_COLUMN = 256

Place = tuple[int, int]
Pieces = list[tuple[str, Look]]


@dataclass(slots=True)
class SheetRecords:
    """Of one sheet, by row and column from 0: what is hidden, the look of cells, and texts of several looks."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    looks: dict[Place, Look] = field(default_factory=dict)
    rich: dict[Place, Pieces] = field(default_factory=dict)


def records(data: bytes) -> dict[str, SheetRecords]:
    """What the records say of each sheet, by its name."""
    stream = ole.stream(data, "Workbook") or b""
    try:
        return _Workbook(stream).sheets()
    except (struct.error, IndexError, UnicodeDecodeError):
        return {}


class _Workbook:
    def __init__(self, stream: bytes) -> None:
        self._stream = stream
        self._fonts: list[Look] = []
        self._styles: list[int] = []
        self._strings: list[tuple[str, list[tuple[int, int]]]] = []

    def sheets(self) -> dict[str, SheetRecords]:
        places: dict[str, int] = {}
        shared: list[bytes] = []
        in_shared = False
        for kind, body in self._records(0):
            if kind == _MORE and in_shared:
                shared.append(body)
                continue
            in_shared = kind == _SST
            if kind == _SST:
                shared = [body]
            elif kind == _FONT:
                self._fonts.append(_font(body))
            elif kind == _XF:
                self._styles.append(struct.unpack_from("<H", body)[0])
            elif kind == _SHEET:
                places[_short_text(body, 6)] = struct.unpack_from("<I", body)[0]
        self._strings = _Strings(shared).read() if shared else []
        return {name: self._sheet(place) for name, place in places.items()}

    def _records(self, place: int) -> Iterator[tuple[int, bytes]]:
        """The records of one substream, up to its end."""
        stream = self._stream
        for _ in range(_MOST_RECORDS):
            if place + 4 > len(stream):
                return
            kind, length = struct.unpack_from("<HH", stream, place)
            if kind == _END:
                return
            yield kind, stream[place + 4 : place + 4 + length]
            place += 4 + length

    def _sheet(self, place: int) -> SheetRecords:
        found = SheetRecords()
        for kind, body in self._records(place):
            if kind == _ROW:
                row, flags = struct.unpack_from("<H", body)[0], struct.unpack_from("<H", body, 12)[0]
                if flags & _HIDDEN_ROW:
                    found.hidden_rows.add(row)
            elif kind == _COLUMNS:
                first, last, width, _, flags = struct.unpack_from("<5H", body)
                if flags & _HIDDEN_COLUMN or not width:
                    found.hidden_columns.update(range(first, min(last, _LAST_COLUMN) + 1))
            elif kind in _ONE_CELL:
                row, column, style = struct.unpack_from("<3H", body)
                self._look(found, (row, column), style)
                if kind == _SHARED:
                    self._rich(found, (row, column), struct.unpack_from("<I", body, 6)[0])
            elif kind == _MANY_CELLS:
                row, column = struct.unpack_from("<2H", body)
                for at in range((len(body) - 6) // 6):
                    self._look(found, (row, column + at), struct.unpack_from("<H", body, 4 + 6 * at)[0])
        return found

    def _face(self, font: int) -> Look:
        font -= font > 4  # there is no font of number 4
        return self._fonts[font] if 0 <= font < len(self._fonts) else PLAIN

    def _look(self, found: SheetRecords, place: Place, style: int) -> None:
        look = self._face(self._styles[style]) if style < len(self._styles) else PLAIN
        if look is not PLAIN:
            found.looks[place] = look

    def _rich(self, found: SheetRecords, place: Place, number: int) -> None:
        if number >= len(self._strings):
            return
        text, runs = self._strings[number]
        looks = [(at, self._face(font)) for at, font in runs]
        if not runs or all(look is PLAIN for _, look in looks):
            return
        starts = [0, *(at for at, _ in looks)]
        ends = [*(at for at, _ in looks), len(text)]
        of_each = [found.looks.get(place, PLAIN), *(look for _, look in looks)]
        found.rich[place] = [(text[a:b], look) for a, b, look in zip(starts, ends, of_each, strict=True) if text[a:b]]


def _font(body: bytes) -> Look:
    flags, raised = struct.unpack_from("<H", body, 2)[0], struct.unpack_from("<H", body, 8)[0]
    look = Look(bool(flags & _STRUCK), False, raised == _SUPERSCRIPT, encoding_of(_short_text(body, 14)))
    return PLAIN if look == PLAIN else look


def _short_text(body: bytes, place: int) -> str:
    """A text with a length of one byte and a byte that says how wide its letters are."""
    length, wide = body[place], body[place + 1] & 1
    raw = body[place + 2 : place + 2 + length * (1 + wide)]
    return raw.decode("utf-16-le" if wide else "latin-1")


class _Strings:
    """The shared strings, which go on over several records: letters may change their width at the seam."""

    def __init__(self, bodies: list[bytes]) -> None:
        self._bodies, self._at, self._place = bodies, 0, 8

    def read(self) -> list[tuple[str, list[tuple[int, int]]]]:
        count = struct.unpack_from("<I", self._bodies[0], 4)[0]
        strings: list[tuple[str, list[tuple[int, int]]]] = []
        for _ in range(min(count, _MOST_RECORDS)):
            if self._at >= len(self._bodies):
                break
            strings.append(self._string())
        return strings

    def _string(self) -> tuple[str, list[tuple[int, int]]]:
        length, flags = struct.unpack("<HB", self._bytes(3))
        runs = struct.unpack("<H", self._bytes(2))[0] if flags & 8 else 0
        extra = struct.unpack("<I", self._bytes(4))[0] if flags & 4 else 0
        text = self._letters(length, bool(flags & 1))
        looks = [struct.unpack("<HH", self._bytes(4)) for _ in range(runs)]
        self._bytes(extra)
        return text, [(at, font) for at, font in looks]

    def _bytes(self, count: int) -> bytes:
        out = b""
        while count and self._at < len(self._bodies):
            part = self._bodies[self._at][self._place : self._place + count]
            out += part
            count -= len(part)
            self._place += len(part)
            if self._place >= len(self._bodies[self._at]):
                self._at, self._place = self._at + 1, 0
        return out

    def _letters(self, length: int, wide: bool) -> str:
        text = ""
        while length and self._at < len(self._bodies):
            body, size = self._bodies[self._at], 1 + wide
            room = min(length, (len(body) - self._place) // size)
            raw = body[self._place : self._place + room * size]
            text += raw.decode("utf-16-le" if wide else "latin-1", "replace")
            self._place += room * size
            length -= room
            if self._place + size > len(body):
                self._at, self._place = self._at + 1, 0
                if length and self._at < len(self._bodies):
                    wide, self._place = bool(self._bodies[self._at][0] & 1), 1
        return text
