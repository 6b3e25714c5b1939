"""Lines of a PDF page, and which of them belong to one paragraph.

A PDF has no paragraphs: only words with places. A line goes on with the next
one where the next word would not have fitted into it; where it would have,
the writer ended the paragraph.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from documents.reading.formats.cleaning import breaks_a_date, clean
from documents.reading.formats.old_fonts import encoding_of
from documents.reading.formats.omitted import Omitted
from documents.reading.formats.pdf.source import Word

_SPACE = 0.25
_COLUMN_GAP = 2.0
_ALIGNED = 15.0
_SIGNATURE = 12.0  # line heights that may stay free between "CHỦ TỊCH" and the name below it
_MARK = re.compile(r"(?:[-–—+•*]|\d{1,2}(?:\.\d{1,2})*[.)]|[a-zđ][.)]|[IVX]{1,5}\.)\s")
_SIGN = re.compile(r"[-–—+•*]\s*")
_SHORT_MARK = re.compile(r"[-–—+•*]$|[\dA-Za-zĐđ.]{1,4}[.)]$")
LIST_SIGN = re.compile(r"[-–—+•*]$")
_GLUED = re.compile(r"\w[-/]$")
_ENDED = (".", ";", ":", "!", "?")


@dataclass(slots=True)
class Line:
    """One line of text in a cell or column, in points from the page's top left. `lead` is its first word's width."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    lead: float
    bold: bool

    @property
    def centre(self) -> float:
        """The middle of the line, from left to right."""
        return (self.x0 + self.x1) / 2


def rows_of(words: list[Word]) -> Iterator[list[Word]]:
    """Words that stand on one line, from left to right; lines from top to bottom."""
    row: list[Word] = []
    for word in sorted(words, key=lambda w: (w.top + w.bottom, w.x0)):
        if row and (word.top + word.bottom) / 2 > row[0].bottom - 0.15 * (row[0].bottom - row[0].top):
            yield sorted(row, key=lambda w: w.x0)
            row = []
        row.append(word)
    if row:
        yield sorted(row, key=lambda w: w.x0)


def pieces_of(row: list[Word], gap: float = _COLUMN_GAP, mark: re.Pattern[str] = _SHORT_MARK) -> Iterator[list[Word]]:
    """A line's words, parted where a gap is wider than `gap` letter heights and no mark of a list stands before it."""
    piece: list[Word] = []
    for word in row:
        if piece:
            marked = len(piece) == 1 and mark.match(piece[0].text)
            if word.x0 - piece[-1].x1 > gap * (word.bottom - word.top) and not marked:
                yield piece
                piece = []
        piece.append(word)
    if piece:
        yield piece


def line_of(words: list[Word], omitted: Omitted) -> Line:
    """The line that some words make, in Unicode."""
    pieces = [(text, encoding_of(word.font)) for word in words for text in (word.text, " ")]
    return Line(
        text=clean(omitted.conversion.text(pieces)).strip(),
        x0=words[0].x0,
        x1=max(word.x1 for word in words),
        top=min(word.top for word in words),
        bottom=max(word.bottom for word in words),
        size=median(word.bottom - word.top for word in words),
        lead=words[0].x1 - words[0].x0,
        bold=all("bold" in word.font.lower() or "black" in word.font.lower() for word in words),
    )


def fits(line: Line, following: Line, right: float) -> bool:
    """Whether the first word of the next line had room in this one: then the writer broke the line."""
    return line.x1 + _SPACE * line.size + following.lead < right - 1


def join_texts(before: str, after: str) -> str:
    """Two wrapped lines as one; a word broken after its own hyphen or stroke, and a broken date, are put together."""
    whole = breaks_a_date(before, after) or (_GLUED.search(before) and after[:1].isalnum())
    return before + after if whole else f"{before} {after}"


def cell_text(lines: list[Line], right: float) -> str:
    """The text of a cell whose text may reach to `right`: wrapped lines joined, written breaks kept."""
    text = ""
    for at, line in enumerate(lines):
        before = lines[at - 1] if at else None
        if before is None:
            text = line.text
        elif fits(before, line, right) or (_SIGN.match(line.text) and _new_item(before, lines)):
            text += "\n" + line.text
        else:
            text = join_texts(text, line.text)
    return text


def _new_item(before: Line, lines: list[Line]) -> bool:
    """Whether a full line before a dash ends an item: else the dash only stood at the wrap ("Văn hóa / - Xã hội")."""
    return before.text.endswith(_ENDED) or bool(_SIGN.match(lines[0].text))


@dataclass(slots=True)
class Block:
    """Lines that make one paragraph."""

    lines: list[Line]

    @property
    def text(self) -> str:
        text = self.lines[0].text
        for line in self.lines[1:]:
            text = join_texts(text, line.text)
        return text


def paragraphs(rows: list[list[Line]], right: float) -> Iterator[Block]:
    """Paragraphs of a page's lines. Where text stands in two columns, the left one is read first."""
    plain: list[Line] = []
    at = 0
    while at < len(rows):
        if len(rows[at]) == 2:
            yield from _joined(plain, right)
            plain = []
            end, left, other = _columns(rows, at)
            yield from _column(left)
            yield from _column(other)
            at = end
        else:
            plain.append(_merged(rows[at]))
            at += 1
    yield from _joined(plain, right)


def _merged(pieces: list[Line]) -> Line:
    """Three pieces or more are a row without rules: its columns stay told apart by tabs."""
    line = pieces[0]
    for piece in pieces[1:]:
        line = Line(
            f"{line.text}\t{piece.text}", line.x0, piece.x1, min(line.top, piece.top), max(line.bottom, piece.bottom),
            line.size, line.lead, line.bold and piece.bold,
        )  # fmt: skip
    return line


def _columns(rows: list[list[Line]], at: int) -> tuple[int, list[Line], list[Line]]:
    """The two columns that begin at a row, and the row after them."""
    left, right = [rows[at][0]], [rows[at][1]]
    at += 1
    while at < len(rows):
        pieces = rows[at]
        gutter = (max(line.x1 for line in left), min(line.x0 for line in right))
        if len(pieces) == 2 and pieces[0].x1 < gutter[1] and pieces[1].x0 > gutter[0]:
            left.append(pieces[0])
            right.append(pieces[1])
        elif len(pieces) == 1 and pieces[0].x1 < gutter[1] and _in_column(pieces[0], left, 0.9):
            left.append(pieces[0])
        elif len(pieces) == 1 and pieces[0].x0 > gutter[0] and _in_column(pieces[0], right, _SIGNATURE):
            right.append(pieces[0])
        else:
            break
        at += 1
    return at, left, right


def _in_column(line: Line, column: list[Line], room: float) -> bool:
    """Whether a line alone goes on with a column: near enough below it (in line heights) and aligned with it."""
    if line.top - column[-1].bottom > room * line.size:
        return False
    centre = median(other.centre for other in column)
    return abs(line.centre - centre) < _ALIGNED or any(abs(line.x0 - other.x0) < 5 for other in column)


def _column(lines: list[Line]) -> Iterator[Block]:
    block: Block | None = None
    for line in lines:
        if block is not None and _SIGN.match(block.lines[0].text) and line.text[:1].islower():
            block.lines.append(line)
            continue
        if block is not None:
            yield block
        block = Block([line])
    if block is not None:
        yield block


def _joined(lines: list[Line], right: float) -> Iterator[Block]:
    if not lines:
        return
    steps = [b.top - a.top for a, b in pairwise(lines) if b.top > a.top and not fits(a, b, right)]
    pitch = median(steps) if steps else 1.5 * lines[0].size
    block = Block([lines[0]])
    for line in lines[1:]:
        if _goes_on(block, line, right, pitch):
            block.lines.append(line)
        else:
            yield block
            block = Block([line])
    yield block


def _goes_on(block: Block, line: Line, right: float, pitch: float) -> bool:
    before, first = block.lines[-1], block.lines[0]
    if fits(before, line, right) or line.top - before.top > 1.3 * pitch:
        return False
    if _MARK.match(line.text) and before.text.endswith(_ENDED):
        return False
    if _is_caption(line.text) != _is_caption(before.text) and not _SIGN.match(before.text):
        return False
    if len(block.lines) > 1 or not _MARK.match(first.text):
        return line.x0 - before.x0 < 8
    return True


def _is_caption(text: str) -> bool:
    """Two words or more in capitals: "KẾ HOẠCH" or "CHỦ TỊCH" is no part of the sentence before or after it."""
    return " " in text and text.isupper()


def continues(before: Line, after: Line) -> bool:
    """Whether the first line of a page goes on with the last paragraph of the page before."""
    return after.text[:1].islower() and not before.text.endswith(_ENDED)
