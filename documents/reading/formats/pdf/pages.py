"""PDF documents with real text: paragraphs and ruled tables in reading order.

A scan has no text and is refused with advice; a page that is only a picture
among others is noted.
"""

import io
import re
from collections.abc import Callable, Iterator

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfpage import PDFPage
from pdfplumber.page import Page
from pdfplumber.pdf import PDF
from pdfplumber.utils.exceptions import PdfminerException

from documents.reading.formats.blocks import Document, Paragraph, Table
from documents.reading.formats.cleaning import tidy
from documents.reading.formats.flow import Meter, document
from documents.reading.formats.limits import PAGES, check_pages, damaged, refuse
from documents.reading.formats.pdf.lines import Block, Line, Word, continues, lines_of, paragraphs
from documents.reading.formats.pdf.tables import Box, PdfTable, built

_MARGIN = 60.0
_PAGE_NUMBER = re.compile(r"(?:[-–]\s*)?(?:trang\s*)?\d{1,3}(?:\s*/\s*\d{1,3})?(?:\s*[-–])?$", re.IGNORECASE)
_EDGES = 4_000
_LETTERS = 40_000
_FEW_LETTERS = 30
_UNMAPPED = re.compile(r"\(cid:\d+\)")

Part = tuple[int, Block] | PdfTable


def read_pdf(data: bytes, step: Callable[[], None] = lambda: None) -> Document:
    """The pages of a PDF as paragraphs and tables; a table that goes on over pages is one table.

    `step` is called before the file is opened and before each page, so that a
    watchman can tell a long document from one that turns in a circle.
    """
    step()
    try:
        pdf = pdfplumber.open(io.BytesIO(data))
    except PdfminerException as error:
        if error.args and isinstance(error.args[0], PDFPasswordIncorrect):
            refuse("tệp có mật khẩu bảo vệ; hãy bỏ mật khẩu hoặc in lại thành PDF không khóa rồi nộp lại")
        damaged()
    with pdf:
        pages = 0
        for _ in PDFPage.create_pages(pdf.doc):
            pages += 1
            check_pages(min(pages, PAGES + 1))
        if not pages:
            damaged()
        return _Reader(pdf).read(step)


class _Reader:
    """Reads page after page and lets go of each, so that memory does not grow with the document."""

    def __init__(self, pdf: PDF) -> None:
        self._pdf = pdf
        self._meter = Meter()
        self._parts: list[Part] = []
        self._pictures: list[int] = []
        self._notes: list[str] = []
        self._letters = self._unmapped = 0

    def read(self, step: Callable[[], None]) -> Document:
        pages = self._pdf.pages
        for page in pages:
            step()
            self._page(page)
            page.close()
        self._refuse_unreadable(len(pages))
        if self._pictures:
            numbers = ", ".join(map(str, self._pictures[:10]))
            self._notes.append(f"Trang {numbers} là ảnh quét nên không đọc được chữ trên đó.")
        blocks = [part.table() if isinstance(part, PdfTable) else _paragraph(*part) for part in self._parts]
        return document("pdf", [block for block in blocks if block], pages=len(pages), notes=tuple(self._notes))

    def _refuse_unreadable(self, pages: int) -> None:
        if len(self._pictures) * 2 > pages or (self._letters == 0 and self._pictures):
            refuse("đây là bản quét (ảnh), không có chữ để đọc; hãy nộp bản Word hoặc PDF tìm kiếm được chữ")
        if self._letters == 0:
            refuse("tệp PDF không có chữ nào; hãy nộp bản Word hoặc PDF tìm kiếm được chữ")
        if self._unmapped * 5 > self._letters:
            refuse("chữ trong tệp PDF không có bảng mã nên không đọc được; hãy nộp bản Word")

    def _page(self, page: Page) -> None:
        number = page.page_number
        words = self._words(page)
        if sum(len(word["text"]) for word in words) < _FEW_LETTERS and page.images:
            self._pictures.append(number)
        tables = self._tables(page)
        boxes = [box for box, _ in tables]
        free = [word for word in words if not any(_within(word, box) for box in boxes)]
        rows = [row for row in lines_of(free) if not _is_page_number(row, float(page.height))]
        right = max((line.x1 for row in rows for line in row), default=0.0)
        first = True
        for part in _in_order(rows, tables, words, number, right):
            self._add(part, first)
            first = False

    def _words(self, page: Page) -> list[Word]:
        if len(page.chars) > _LETTERS:
            refuse(f"trang {page.page_number} có quá nhiều chữ, có thể tệp bị hỏng; hãy in lại thành PDF rồi nộp lại")
        words: list[Word] = page.extract_words(return_chars=True, x_tolerance_ratio=0.15)
        for word in words:
            self._meter.count(len(word["text"]))
            self._letters += len(word["text"])
            self._unmapped += sum(len(match) for match in _UNMAPPED.findall(word["text"]))
        return words

    def _tables(self, page: Page) -> list[tuple[Box, list[list[Box | None]]]]:
        if len(page.edges) > _EDGES:
            self._notes.append(f"Trang {page.page_number} có quá nhiều nét vẽ nên không tìm bảng ở trang này.")
            return []
        tables: list[tuple[Box, list[list[Box | None]]]] = []
        for found in page.find_tables():
            rows = [list(row.cells) for row in found.rows]
            if len(found.rows) > 1 and max(sum(box is not None for box in row) for row in rows) > 1:
                tables.append((found.bbox, rows))
        return sorted(tables, key=lambda table: (table[0][1], table[0][0]))

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


def _in_order(
    rows: list[list[Line]],
    tables: list[tuple[Box, list[list[Box | None]]]],
    words: list[Word],
    page: int,
    right: float,
) -> Iterator[Part]:
    """Paragraphs and tables of a page from top to bottom."""
    for box, boxes in tables:
        above = [row for row in rows if row[0].top < box[1]]
        rows = rows[len(above) :]
        for block in paragraphs(above, right):
            yield page, block
        yield built(boxes, [word for word in words if _within(word, box)], page)
    for block in paragraphs(rows, right):
        yield page, block


def _within(word: Word, box: Box) -> bool:
    x, y = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _is_page_number(row: list[Line], height: float) -> bool:
    at_edge = row[0].top < _MARGIN or row[0].bottom > height - _MARGIN
    return at_edge and len(row) == 1 and bool(_PAGE_NUMBER.match(row[0].text))


def _paragraph(page: int, block: Block) -> Paragraph | Table | None:
    text = tidy(block.text)
    return Paragraph(text=text, page=page, bold=all(line.bold for line in block.lines)) if text else None
