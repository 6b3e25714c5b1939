"""PDF documents with real text: paragraphs and tables in reading order.

A scan has no text and is refused with advice; a page that is only a picture
among others is noted. A table whose columns cannot be told is never read as lines.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from statistics import median

from documents.reading.formats.blocks import Document, Paragraph, Table
from documents.reading.formats.cleaning import tidy
from documents.reading.formats.flow import Meter, document
from documents.reading.formats.limits import refuse
from documents.reading.formats.omitted import Omitted
from documents.reading.formats.pdf import grid
from documents.reading.formats.pdf.grid import Box
from documents.reading.formats.pdf.lines import Block, Line, continues, line_of, paragraphs, pieces_of, rows_of
from documents.reading.formats.pdf.signatures import without_signatures
from documents.reading.formats.pdf.source import Rule, Sheet, Source, Word
from documents.reading.formats.pdf.tables import PdfTable, built
from documents.reading.formats.pdf.unruled import unruled

_MARGIN = 60.0
_PAGE_NUMBER = re.compile(r"(?:[-–]\s*)?(?:trang\s*)?\d{1,3}(?:\s*/\s*\d{1,3})?(?:\s*[-–])?$", re.IGNORECASE)
_FEW_LETTERS = 30
_LOST_LINES = 4
_HUGE = 30.0  # points: letters of a watermark
_PICTURE = 0.12  # share of a page
_SCAN = 0.7
_NOTES = 20

Part = tuple[int, Block] | PdfTable
Placed = tuple[Box, PdfTable]


def read_pdf(data: bytes, step: Callable[[], None] = lambda: None) -> Document:
    """The pages of a PDF as paragraphs and tables; a table that goes on over pages is one table.

    `step` is called before the file is opened and before each page, so that a
    watchman can tell a long document from one that turns in a circle.
    """
    step()
    source = Source(data)
    try:
        return _Reader(source).read(step)
    finally:
        source.close()


class _Reader:
    """Reads page after page and lets go of each, so that memory does not grow with the document."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._meter, self._omitted = Meter(), Omitted()
        self._parts: list[Part] = []
        self._scans: list[int] = []
        self._recognized: list[int] = []
        self._lost: list[int] = []
        self._notes: list[str] = []
        self._letters = self._unmapped = 0

    def read(self, step: Callable[[], None]) -> Document:
        pages = self._source.pages
        for number in range(1, pages + 1):
            step()
            sheet = self._source.sheet(number)
            if sheet is None:
                self._notes.append(f"Trang {number} bị hỏng nên không đọc được.")
            else:
                self._page(sheet)
        self._refuse_unreadable(pages)
        self._tell()
        blocks = [part.table() if isinstance(part, PdfTable) else _paragraph(*part) for part in self._parts]
        found = [block for block in blocks if block]
        return document("pdf", found, pages=pages, notes=tuple(self._notes), omitted=self._omitted)

    def _refuse_unreadable(self, pages: int) -> None:
        if len(self._scans) * 2 > pages or (self._letters == 0 and self._scans):
            refuse("đây là bản quét (ảnh), không có chữ để đọc; hãy nộp bản Word hoặc PDF tìm kiếm được chữ")
        if self._letters == 0:
            refuse("tệp PDF không có chữ nào; hãy nộp bản Word hoặc PDF tìm kiếm được chữ")
        if self._unmapped * 5 > self._letters:
            refuse("chữ trong tệp PDF không có bảng mã nên không đọc được; hãy nộp bản Word")
        if self._lost and not any(isinstance(part, PdfTable) for part in self._parts):
            refuse(
                f"bảng ở trang {_pages(self._lost)} của tệp PDF không có đường kẻ và không tách được cột, dòng; "
                "hãy nộp bản Word, Excel hoặc PDF có kẻ bảng"
            )

    def _tell(self) -> None:
        if self._scans:
            self._notes.append(f"Trang {_pages(self._scans)} là ảnh quét nên không đọc được chữ trên đó.")
        if self._recognized:
            self._notes.append(
                f"Trang {_pages(self._recognized)} là ảnh quét có lớp chữ do máy nhận dạng, có thể sai chữ, sai số; "
                "hãy đối chiếu với bản gốc."
            )
        if self._lost:
            self._notes.append(
                f"Bảng ở trang {_pages(self._lost)} không có đường kẻ và không tách được cột, dòng nên bị bỏ; "
                "hãy nộp bản Word hoặc Excel của bảng đó."
            )

    def _page(self, sheet: Sheet) -> None:
        self._count(sheet)
        words = self._body(sheet)
        rules = self._strike(sheet, words)
        placed = [(grid.outline(boxes), boxes) for boxes in self._grids(sheet, rules) if grid.is_table(boxes)]
        free = [word for word in words if not any(_within(word, box) for box, _ in placed)]
        self._tell_turned(word.text for word in free if not word.upright)
        free = [word for word in free if word.upright]
        tables: list[Placed] = [
            (box, built(boxes, [word for word in words if _within(word, box)], sheet.number, self._omitted))
            for box, boxes in placed
        ]
        rows = [row for row in rows_of(free) if not _is_page_number(row, sheet.height)]
        rows = self._without_unruled(rows, rules, sheet.number, tables)
        lines = [self._pieces(row) for row in rows]
        lines = [line for line in lines if line]
        right = max((line.x1 for row in lines for line in row), default=0.0)
        first = True
        for part in _in_order(lines, sorted(tables, key=lambda table: (table[0][1], table[0][0])), sheet.number, right):
            self._add(part, first)
            first = False

    def _count(self, sheet: Sheet) -> None:
        letters = 0
        for word in sheet.words:
            self._meter.count(len(word.text))
            letters += len(word.text)
        self._letters += letters
        self._unmapped += sheet.unmapped
        for before in sheet.marks:
            self._omitted.mark(before)
        self._omitted.hide(sheet.hidden)
        largest = max(sheet.pictures, default=0.0)
        if letters < _FEW_LETTERS and sheet.pictures:
            self._scans.append(sheet.number)
        elif largest > _SCAN:
            self._recognized.append(sheet.number)
        elif largest > _PICTURE:
            self._omitted.pictures.append(f"trang {sheet.number}")

    def _body(self, sheet: Sheet) -> list[Word]:
        """The words of the page without watermarks and the frames of digital signatures."""
        sizes = [word.bottom - word.top for word in sheet.words if word.upright]
        huge = max(_HUGE, 2.5 * median(sizes)) if sizes else _HUGE
        words = [word for word in sheet.words if not word.upright or word.bottom - word.top < huge]
        large = " ".join(word.text for word in sheet.words if word.upright and word.bottom - word.top >= huge)
        self._tell_turned((*sheet.askew, large))
        return without_signatures(words, sheet)

    def _tell_turned(self, texts: Iterable[str]) -> None:
        for text in texts:
            note = f"Bỏ chữ chìm, chữ viết chéo hoặc viết dọc trên trang: “{tidy(text)[:40]}”."
            if text.strip() and note not in self._notes and len(self._notes) < _NOTES:
                self._notes.append(note)

    def _strike(self, sheet: Sheet, words: list[Word]) -> list[Rule]:
        """Mark the words that a rule crosses out; the rules that are left belong to tables."""
        levels = sorted((rule for rule in sheet.rules if rule.level and not rule.boxed), key=lambda rule: rule.fixed)
        places = [rule.fixed for rule in levels]
        used: set[int] = set()
        for word in words if levels else []:
            height, width = word.bottom - word.top, word.x1 - word.x0
            at = bisect_left(places, word.top + 0.34 * height)
            while at < len(levels) and places[at] < word.top + 0.72 * height:
                rule = levels[at]
                if rule.start <= word.x0 + 0.25 * width and rule.end >= word.x1 - 0.25 * width:
                    word.struck = word.upright
                    used.add(id(rule))
                at += 1
        return [rule for rule in sheet.rules if id(rule) not in used]

    def _grids(self, sheet: Sheet, rules: list[Rule]) -> list[list[list[Box]]]:
        if sheet.crowded:
            self._notes.append(f"Trang {sheet.number} có quá nhiều nét vẽ nên không tìm bảng ở trang này.")
            return []
        return grid.tables(rules)

    def _without_unruled(
        self, rows: list[list[Word]], rules: list[Rule], page: int, tables: list[Placed]
    ) -> list[list[Word]]:
        """The lines that are no part of a table without rules; such tables are added to `tables`."""
        taken: set[int] = set()
        ruled = [box for box, _ in tables]
        last = self._parts[-1] if self._parts else None
        before = last if isinstance(last, PdfTable) and not last.ruled else None
        for found in unruled(rows, rules, page, self._omitted, before):
            taken.update(found.lines)
            if found.table is not None and not any(_overlap(found.box, box) for box in ruled):
                tables.append((found.box, found.table))
            else:
                self._lost.append(page)
        left = [row for at, row in enumerate(rows) if at not in taken]
        torn = [row for row in left if len(list(pieces_of(row))) >= 3]
        if len(torn) >= _LOST_LINES:
            self._lost.append(page)
            left = [row for row in left if row not in torn]
        return left

    def _pieces(self, row: list[Word]) -> list[Line]:
        shown: list[Line] = []
        for piece in pieces_of(row):
            kept = [word for word in piece if not word.struck]
            if len(kept) < len(piece):
                self._omitted.strike(line_of([word for word in piece if word.struck], self._omitted).text)
            if kept:
                shown.append(line_of(kept, self._omitted))
        return shown

    def _add(self, part: Part, first: bool) -> None:
        before = self._parts[-1] if self._parts and first else None
        if isinstance(part, PdfTable):
            if isinstance(before, PdfTable) and before.goes_on_with(part):
                before.append(part)
                return
        elif isinstance(before, tuple) and continues(before[1].lines[-1], part[1].lines[0]):
            before[1].lines.extend(part[1].lines)
            return
        self._parts.append(part)


def _in_order(rows: list[list[Line]], tables: list[Placed], page: int, right: float) -> Iterator[Part]:
    """Paragraphs and tables of a page from top to bottom."""
    for box, table in tables:
        above = [row for row in rows if row[0].top < box[1]]
        rows = rows[len(above) :]
        for block in paragraphs(above, right):
            yield page, block
        if table.rows:
            yield table
    for block in paragraphs(rows, right):
        yield page, block


def _within(word: Word, box: Box) -> bool:
    x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _is_page_number(row: list[Word], height: float) -> bool:
    at_edge = row[0].top < _MARGIN or row[0].bottom > height - _MARGIN
    return at_edge and bool(_PAGE_NUMBER.match(" ".join(word.text for word in row)))


def _pages(numbers: list[int]) -> str:
    return ", ".join(map(str, list(dict.fromkeys(numbers))[:10]))


def _paragraph(page: int, block: Block) -> Paragraph | Table | None:
    text = tidy(block.text)
    return Paragraph(text=text, page=page, bold=all(line.bold for line in block.lines)) if text else None
