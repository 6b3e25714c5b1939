"""Tables whose cells have no lines around them: columns from the blank strips between words, rows from their numbers.

A strip is blank where no more than a few of the table's lines cross it. A table that leaves a doubt is not built.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from documents.reading.formats.omitted import Omitted
from documents.reading.formats.pdf.grid import Box
from documents.reading.formats.pdf.lines import LIST_SIGN, pieces_of
from documents.reading.formats.pdf.source import Rule, Word
from documents.reading.formats.pdf.tables import PdfCell, PdfRow, PdfTable, is_struck, shown, strike_row

_LEAST_COLUMNS = 3
_LEAST_LINES = 3
_PIECE = 1.0  # of a letter's height: a gap that may part columns
_STRIP = 0.55  # of a letter's height: the narrowest blank strip
_APART = 3.9  # line heights without text that end a table
_JUMP = 0.15
_CROSSED = 0.12  # share of lines that may cross a strip
_WIDE = 0.6
_HEAD_LINES = 4
_CLEAR = 0.4
_MOST = 0.9
_ROOM = 2.2  # of the pitch of lines
_NUMBER = re.compile(r"(?:\d{1,3}(?:\.\d{1,3}){0,3}|[IVXL]{1,5}|[a-zđA-ZĐ])[.)]?$|[A-Z]{1,4}[-.]?\d{1,3}$")

Strip = tuple[float, float]
Row = list[Word]


@dataclass(slots=True)
class Found:
    """Where a table stands, and its lines of the page. No `table` where its rows or columns cannot be told."""

    table: PdfTable | None
    box: Box
    lines: range


def unruled(
    rows: list[Row], rules: list[Rule], page: int, omitted: Omitted, before: PdfTable | None = None
) -> Iterator[Found]:
    """The tables without rules among the lines of a page, from top to bottom; the first may go on with `before`."""
    for block in _blocks(rows):
        known = before.strips if before is not None and block.start == 0 else []
        if known and _fits([rows[at] for at in block], known):
            part = _goes_on(rows, block, known)
            own = _narrowed(known, [rows[at] for at in part])
            yield _found(rows, part, own, rules, page, omitted, goes_on=True)
            continue
        wide = [at for at in block if len(_pieces(rows[at], _PIECE)) >= _LEAST_COLUMNS]
        if len(wide) >= _LEAST_LINES:
            yield from _in_block(rows, block, wide, rules, page, omitted)


def _blocks(rows: list[Row]) -> Iterator[range]:
    """Stretches of lines that follow each other without a wide blank."""
    start = 0
    for at in range(1, len(rows) + 1):
        if at == len(rows) or rows[at][0].top - _bottom(rows[at - 1]) > _APART * _height(rows[at]):
            yield range(start, at)
            start = at


def _in_block(
    rows: list[Row], block: range, wide: list[int], rules: list[Rule], page: int, omitted: Omitted
) -> Iterator[Found]:
    lines = range(wide[0], wide[-1] + 1)
    strips = _strips([rows[at] for at in lines])
    for part in _parts(rows, lines, strips):
        inner = [rows[at] for at in part]
        own = _strips(inner)
        if sum(_filled(row, own) >= _LEAST_COLUMNS for row in inner) < _LEAST_LINES - 1:
            continue
        yield _found(rows, _grown(rows, block, part, own), own, rules, page, omitted)


def _found(  # noqa: PLR0917 - a page's lines and what is known of them
    rows: list[Row],
    lines: range,
    strips: list[Strip],
    rules: list[Rule],
    page: int,
    omitted: Omitted,
    goes_on: bool = False,
) -> Found:
    body = [rows[at] for at in lines]
    left, right = min(row[0].x0 for row in body), max(row[-1].x1 for row in body)
    table = None
    if len(strips) + 1 >= _LEAST_COLUMNS and (groups := _groups(body, strips, rules, goes_on)) is not None:
        table = _built(groups, strips, page, omitted)
    return Found(table, (left, min(map(_top, body)), right, max(map(_bottom, body))), lines)


def _fits(rows: list[Row], strips: list[Strip]) -> bool:
    """Whether the lines at the top of a page stand in the columns of the table before them."""
    telling = [row for row in rows if not _may_cross(row)]
    if not telling or _filled(telling[0], strips) < 2:
        return False
    return sum(_crosses(row, strips) for row in telling) <= 0.05 * len(telling)


def _goes_on(rows: list[Row], block: range, strips: list[Strip]) -> range:
    """The lines of a block up to the last that stands in columns; a text below the table is no part of it."""
    last = max(at for at in block if not _may_cross(rows[at]))
    return range(block.start, _last_of(rows, block, last + 1, strips))


def _last_of(rows: list[Row], block: range, stop: int, strips: list[Strip]) -> int:
    """The line after the table's last one: rests of cells, and titles with a number, belong to it."""
    pitch = _pitch([rows[at] for at in block])
    while stop < block.stop and _top(rows[stop]) - _top(rows[stop - 1]) < _ROOM * pitch:
        row = rows[stop]
        capitals = _words(row).isupper()
        numbered = _NUMBER.match(row[0].text) is not None and (capitals or len(_pieces(row, _STRIP)) > 1)
        closing = capitals and not _crosses(rows[stop - 1], strips)
        if not numbered and (not _belongs(row, strips) or closing):
            break
        stop += 1
    return stop


def _pieces(row: Row, gap: float) -> list[Row]:
    return list(pieces_of(row, gap, LIST_SIGN))


def _strips(rows: list[Row]) -> list[Strip]:
    """The blank strips between the columns, from left to right."""
    if not rows:
        return []
    least = _STRIP * median(map(_height, rows))
    left, right = min(row[0].x0 for row in rows), max(row[-1].x1 for row in rows)
    head = next((at for at, row in enumerate(rows) if _NUMBER.match(row[0].text)), 0)
    head = head if head <= _HEAD_LINES else 0
    body = [row for row in rows[head:] if not _is_heading(row, left, right)]
    telling = [row for row in body if not _may_cross(row)]
    body = telling if len(telling) >= _LEAST_LINES else body
    columns = _union([_reach(piece) for row in body for piece in _pieces(row, _STRIP)], least)
    for row in rows[:head]:  # a column without a word below its label
        reaches = [_reach(piece) for piece in _pieces(row, _STRIP)]
        columns = _union([*columns, *(r for r in reaches if not any(r[0] < b and a < r[1] for a, b in columns))], least)
    if len(columns) < _LEAST_COLUMNS:
        return _crossed_strips(body, left, least)
    return _narrowed([(a[1], b[0]) for a, b in pairwise(columns)], rows)


def _may_cross(row: Row) -> bool:
    """A line of one piece, or of a number and one piece: the title of a section, or the rest of one cell."""
    pieces = _pieces(row, _STRIP)
    while len(pieces) > 1 and all(_NUMBER.match(word.text) for word in pieces[0]):
        pieces = pieces[1:]
    return len(pieces) == 1


def _narrowed(strips: list[Strip], rows: list[Row]) -> list[Strip]:
    """The strips without the ends of lines that reach into them and not across."""
    narrowed: list[Strip] = []
    reaches = [_reach(piece) for row in rows for piece in _pieces(row, _STRIP)]
    for a, b in strips:
        left = max([a, *(end for start, end in reaches if start < a < end < b)])
        right = min([b, *(start for start, end in reaches if a < start < b < end)])
        narrowed.append((left, right) if left < right else (a, b))
    return narrowed


def _reach(piece: Row) -> Strip:
    return piece[0].x0, max(word.x1 for word in piece)


def _union(reaches: list[Strip], least: float) -> list[Strip]:
    """The stretches that are covered, those closer than `least` as one."""
    union: list[Strip] = []
    for a, b in sorted(reaches):
        if union and a - union[-1][1] < least:
            union[-1] = (union[-1][0], max(b, union[-1][1]))
        else:
            union.append((a, b))
    return union


def _crossed_strips(rows: list[Row], left: float, least: float) -> list[Strip]:
    """Blank strips that a few lines of the table may cross."""
    steps: list[tuple[float, int]] = []
    for row in rows:
        for piece in _pieces(row, _STRIP):
            a, b = _reach(piece)
            steps += [(a, 1), (b, -1)]
    allowed = int(_CROSSED * len(rows))
    strips: list[Strip] = []
    covered, blank_from = 0, left
    for x, step in sorted(steps):
        if step > 0 and covered == allowed and x - blank_from >= least and blank_from > left:
            strips.append((blank_from, x))
        if step < 0 and covered == allowed + 1:
            blank_from = x
        covered += step
    return strips


def _is_heading(row: Row, left: float, right: float) -> bool:
    """A line in one piece from the left over several columns: the title of a section."""
    width = right - left
    if len(_pieces(row, _PIECE)) > 1:
        return False
    return row[-1].x1 - row[0].x0 > (_WIDE if row[0].x0 - left > 0.03 * width else 0.15) * width


def _crosses(row: Row, strips: list[Strip]) -> bool:
    pieces = _pieces(row, _STRIP)
    return any(piece[0].x0 < a and piece[-1].x1 > b for piece in pieces for a, b in strips)


def _filled(row: Row, strips: list[Strip]) -> int:
    return len({_column(word, strips) for word in row})


def _column(word: Word, strips: list[Strip]) -> int:
    middle = (word.x0 + word.x1) / 2
    return sum(middle > (a + b) / 2 for a, b in strips)


def _parts(rows: list[Row], lines: range, strips: list[Strip]) -> Iterator[range]:
    """The lines of each table: text between two tables crosses the strips, in three lines or above a heading again."""
    start, crossing = lines.start, 0
    for at in lines:
        if _crosses(rows[at], strips) and len(_pieces(rows[at], _PIECE)) < _LEAST_COLUMNS:
            crossing += 1
            continue
        again = crossing > 0 and start < at - crossing and _words(rows[at]) == _words(rows[start])
        if crossing >= _LEAST_LINES or again:
            if at - crossing > start:
                yield range(start, at - crossing)
            start = at
        crossing = 0
    if start < lines.stop:
        yield range(start, lines.stop)


def _words(row: Row) -> str:
    return " ".join(word.text for word in row)


def _grown(rows: list[Row], block: range, part: range, strips: list[Strip]) -> range:
    """The table with the lines above and below it that stand in its columns: short ones of a heading or a last cell."""
    pitch = _pitch([rows[at] for at in part])
    first, last = part.start, part.stop
    while (
        first > block.start
        and _belongs(rows[first - 1], strips)
        and _top(rows[first]) - _top(rows[first - 1]) < 1.4 * pitch
    ):
        first -= 1
    return range(first, _last_of(rows, block, last, strips))


def _belongs(row: Row, strips: list[Strip]) -> bool:
    return bool(strips) and not _crosses(row, strips) and _column(row[0], strips) > 0


def _pitch(rows: list[Row]) -> float:
    steps = [_top(b) - _top(a) for a, b in pairwise(rows) if _top(b) - _top(a) > 0.6 * _height(a)]
    return median(steps) if steps else 1.2 * _height(rows[0])


# rows
def _groups(rows: list[Row], strips: list[Strip], rules: list[Rule], goes_on: bool) -> list[list[Row]] | None:
    """The lines of each row of the table, or None where rows cannot be told apart.

    The rest of a table that `goes_on` from the page before may be one row without a number.
    """
    breaks = _ruled_breaks(rows, rules)
    if breaks is None:
        breaks = _blank_breaks(rows, strips, goes_on)
    if breaks is None:
        breaks = _numbered_breaks(rows, strips)
    if breaks is None and not goes_on:
        return None
    breaks = breaks or set()
    for at, row in enumerate(rows):
        if _spans(row, strips):
            alone = at == 0 or at in breaks or not _spans(rows[at - 1], strips)
            ends = at + 1 in breaks or at + 1 == len(rows) or not _goes_on_below(row, rows[at + 1])
            breaks |= {at} if alone else set()
            breaks |= {at + 1} if ends else set()
    starts = sorted({0, *(at for at in breaks if at < len(rows))})
    return [rows[a:b] for a, b in pairwise([*starts, len(rows)])]


def _ruled_breaks(rows: list[Row], rules: list[Rule]) -> set[int] | None:
    """Where level rules part the lines, if the table has such rules between its rows."""
    left, right = min(row[0].x0 for row in rows), max(row[-1].x1 for row in rows)
    levels = [r.fixed for r in rules if r.level and min(r.end, right) - max(r.start, left) > 0.8 * (right - left)]
    breaks = {
        at
        for at, (a, b) in enumerate(pairwise(rows), start=1)
        if any(_middle(a) < level < _middle(b) for level in levels)
    }
    return breaks if len(breaks) >= max(2, len(rows) // 8) else None


def _blank_breaks(rows: list[Row], strips: list[Strip], goes_on: bool = False) -> set[int] | None:
    """Where the blank between lines is higher than within cells, if each row that gives has one number at most."""
    size = median(map(_height, rows))
    bottom, blanks = _bottom(rows[0]), []
    for row in rows[1:]:
        blanks.append(_top(row) - bottom)
        bottom = max(bottom, _bottom(row))
    ordered = sorted(blank for blank in blanks if blank > -0.1 * size)
    jump, threshold = max(((b - a, (a + b) / 2) for a, b in pairwise(ordered)), default=(0.0, 0.0))
    if jump < _JUMP * size:
        return None
    breaks = {at for at, blank in enumerate(blanks, start=1) if blank > threshold}
    starts = [0, *sorted(breaks), len(rows)]
    codes = _code_columns(rows, strips)
    numbers = [sum(_has_number(row, strips, codes) for row in rows[a:b]) for a, b in pairwise(starts)]
    if max(numbers) > 1 or not _numbers_in_place([rows[a:b] for a, b in pairwise(starts)], strips, codes):
        return None
    if jump >= _CLEAR * size and (goes_on or sum(numbers) > 0):
        return breaks
    return breaks if len(numbers) > 2 and sum(numbers) >= max(2, 0.6 * (len(numbers) - 2)) else None


def _numbers_in_place(groups: list[list[Row]], strips: list[Strip], codes: frozenset[int]) -> bool:
    """Whether numbers stand on the first line of their rows, or in the middle: else lines were parted wrongly."""
    first = middle = numbered = 0
    for group in groups:
        at = next((at for at, row in enumerate(group) if _has_number(row, strips, codes)), None)
        if at is None:
            continue
        numbered += 1
        first += at == 0
        centre = (min(map(_top, group)) + max(map(_bottom, group))) / 2
        middle += abs(_middle(group[at]) - centre) < 0.3 * _height(group[at])
    return max(first, middle) >= _MOST * numbered


def _numbered_breaks(rows: list[Row], strips: list[Strip]) -> set[int] | None:
    """Each number in the first column begins a row, if the cells of a row begin on the same line."""
    codes = _code_columns(rows, strips)
    starts = [at for at, row in enumerate(rows) if _has_number(row, strips, codes)]
    steps = [_top(b) - _top(a) for a, b in pairwise(rows)]
    if not starts or sum(step < 0.7 * _height(rows[0]) for step in steps) > 0.1 * len(steps):
        return None
    level = sum(_filled(rows[at], strips) >= 2 for at in starts)
    return set(starts) if level >= 0.8 * len(starts) else None


def _code_columns(rows: list[Row], strips: list[Strip]) -> frozenset[int]:
    """The columns at the left that hold numbers: the first, the second alone, or both (sections have their own)."""
    first, second = ([w.text for row in rows for w in row if _column(w, strips) == at] for at in (0, 1))
    coded = sum(_NUMBER.match(text) is not None for text in second)
    if not any(_NUMBER.match(text) for text in first):
        return frozenset((1,)) if coded > 1 else frozenset((0,))
    return frozenset((0, 1)) if second and coded >= 0.7 * len(second) else frozenset((0,))


def _has_number(row: Row, strips: list[Strip], codes: frozenset[int]) -> bool:
    first = [word.text for word in row if _column(word, strips) in codes]
    return 0 < len(first) <= len(codes) + 1 and all(_NUMBER.match(text) for text in first)


# the table
def _built(groups: list[list[Row]], strips: list[Strip], page: int, omitted: Omitted) -> PdfTable:
    words = [word for group in groups for row in group for word in row]
    counted = [w for group in groups for row in group if not _spans(row, strips) for w in row]
    ends = [
        (
            min((w.x0 for w in counted if _column(w, strips) == at), default=0.0),
            max((w.x1 for w in counted if _column(w, strips) == at), default=0.0),
        )
        for at in range(len(strips) + 1)
    ]
    rows: list[PdfRow] = []
    for group in groups:
        if _spans(group[0], strips) and all(_goes_on_below(group[0], row) for row in group[1:]):
            rows.append(_heading(group, strips, ends, page, omitted))
            continue
        cells = [[w for row in group for w in row if _column(w, strips) == at] for at in range(len(ends))]
        if is_struck(cells):
            strike_row(cells, omitted)
            continue
        made = [PdfCell(*ends[at], shown(cell, omitted)) for at, cell in enumerate(cells)]
        rows.append(PdfRow(made, page, ruled=False))
    return PdfTable(rows, min(w.x0 for w in words), max(w.x1 for w in words), [a for a, _ in ends], False, strips)


def _heading(group: list[Row], strips: list[Strip], ends: list[Strip], page: int, omitted: Omitted) -> PdfRow:
    """The title of a section: its number, if any, and one cell over the other columns."""
    numbers, lines = [], []
    for row in group:
        pieces = _pieces(row, _STRIP)
        numbers += [word for piece in pieces[:-1] for word in piece]
        lines += shown(pieces[-1], omitted)
    at = _column(_pieces(group[0], _STRIP)[-1][0], strips) if numbers else 0
    cells = [PdfCell(*ends[0], shown(numbers, omitted))] if numbers and at else []
    right = max([line.x1 for line in lines], default=ends[-1][1]) + 1
    return PdfRow([*cells, PdfCell(ends[at][0], right, lines, span=len(ends) - at)], page, ruled=False)


def _goes_on_below(row: Row, following: Row) -> bool:
    """Whether the next line is the rest of a title: one piece that begins where the title does."""
    pieces = _pieces(following, _STRIP)
    return len(pieces) == 1 and abs(pieces[0][0].x0 - _pieces(row, _STRIP)[-1][0].x0) < 4


def _spans(row: Row, strips: list[Strip]) -> bool:
    """Whether one piece lies across columns, alone or after a number: the title of a section."""
    return _may_cross(row) and _crosses(row, strips)


def _height(row: Row) -> float:
    return row[0].bottom - row[0].top


def _top(row: Row) -> float:
    return min(word.top for word in row)


def _bottom(row: Row) -> float:
    return max(word.bottom for word in row)


def _middle(row: Row) -> float:
    return (row[0].top + row[0].bottom) / 2
