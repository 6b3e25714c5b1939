"""Where the reader of a Word document stands: open paragraphs, tables, fields and pages."""

import re
from dataclasses import dataclass, field

from documents.reading.formats.blocks import Cell, Paragraph, Table
from documents.reading.formats.cleaning import tidy
from documents.reading.formats.flow import Flow, Meter, OpenTable, paragraph
from documents.reading.formats.look import Look
from documents.reading.formats.old_fonts import Piece
from documents.reading.formats.omitted import Omitted, raised
from documents.reading.formats.word.cells import Grid
from documents.reading.formats.word.looks import Looks, Properties
from documents.reading.formats.word.numbering import Numbering

# Letters of the Symbol font that plans use; the other picture fonts are only bullets.
_SYMBOL = {0xB3: "≥", 0xA3: "≤", 0xB1: "±", 0xB4: "×", 0xAE: "→", 0xDE: "⇒", 0xB9: "≠", 0xBB: "≈", 0x2D: "-"}
_POINTS = re.compile(r"(?<![\w-])(width|height):(\d{1,5}(?:\.\d{1,5})?)pt")


def symbol(font: str, code: str) -> str:
    """The letter of `w:sym`: a sign of the Symbol font, or a bullet for the picture fonts."""
    try:
        value = int(code, 16)
    except ValueError:
        return ""
    if 0xF000 <= value <= 0xF0FF:
        low = value - 0xF000
        return _SYMBOL.get(low, "•") if font == "Symbol" else "•"
    return chr(value) if 0x20 <= value < 0x110000 else ""


def emu(text: str) -> int:
    """A length in EMU (360,000 a centimetre) from an attribute; 0 where it is none."""
    return int(text) if text.isdigit() and len(text) < 12 else 0


def shape_extent(style: str) -> tuple[int, int] | None:
    """Width and height of a VML shape in EMU, or None where it does not say them in points."""
    found = {name: float(points) * 12_700 for name, points in _POINTS.findall(style[:2000])}
    return (int(found["width"]), int(found["height"])) if {"width", "height"} <= found.keys() else None


@dataclass(slots=True)
class OpenParagraph:
    """A paragraph being read. A `box` only marks where a text box began."""

    parts: list[Piece] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    aside: list[str] | None = None
    whole: list[tuple[str, Look]] = field(default_factory=list)
    after: list[Paragraph | Table] = field(default_factory=list)
    num: str | None = None
    level: int | None = None
    style: str | None = None
    page: int | None = None
    bold: bool = False
    plain: bool = False
    mark_deleted: bool = False
    mark_hidden: bool = False
    box: bool = False


def _split(pieces: list[tuple[str, Look]], length: int) -> tuple[list[tuple[str, Look]], list[tuple[str, Look]]]:
    """The first `length` letters, and the rest."""
    first: list[tuple[str, Look]] = []
    for at, (text, look) in enumerate(pieces):
        if length <= 0:
            return first, pieces[at:]
        first.append((text[:length], look))
        if len(text) > length:
            return first, [(text[length:], look), *pieces[at + 1 :]]
        length -= len(text)
    return first, []


@dataclass(slots=True)
class Merge:
    """How far a cell reaches over columns, and whether it begins or goes on with one over rows."""

    columns: int = 1
    starting: bool = False
    continued: bool = False


@dataclass(slots=True)
class Control:
    """A content control; while it shows only its prompt ("Click to enter text") there is nothing to read."""

    prompting: bool = False


class State:
    """What is open at the reader's place, and how text, paragraphs and pages are closed."""

    def __init__(self, numbering: Numbering, looks: Looks, omitted: Omitted) -> None:
        self.numbering, self.looks, self.omitted = numbering, looks, omitted
        self.meter = Meter()
        self.flows = [Flow()]
        self.tables: list[OpenTable] = []
        self.paragraphs: list[OpenParagraph] = []
        self.carried: OpenParagraph | None = None
        self.spans: list[Merge] = []
        self.rows_begun: list[tuple[int, bool]] = []
        self.rows_kept: list[bool] = []
        self.fields: list[bool] = []
        self.controls: list[Control] = []
        self.alternates: list[int] = []
        self.glued: dict[str, Grid] = {}
        self.written = 0
        self.listening = self.bold = False
        self.run: Properties = {}
        self.run_style: str | None = None
        self.table_styles: list[str | None] = []
        self._look: Look | None = None
        self.in_properties = self.in_run_properties = self.in_row_properties = False
        self.in_section = self.section_ended = False
        self.section_type = "nextPage"
        self.page = 1
        self.paged = self._turned = False

    def start_run(self) -> None:
        """A new run: nothing is said of its look yet."""
        self.bold, self.run, self.run_style, self._look = False, {}, None, None

    def look(self) -> Look:
        """The look of the run at the reader's place."""
        if self._look is None:
            table = self.table_styles[-1] if self.table_styles else None
            style = self.paragraphs[-1].style if self.paragraphs else None
            self._look = self.looks.of(table, style, self.run_style, self.run)
        return self._look

    def put(self, text: str) -> None:
        """Text at the reader's place, unless it is not seen, an instruction of a field, or a prompt."""
        if not self.paragraphs or any(self.fields) or any(c.prompting for c in self.controls):
            return
        here, look = self.paragraphs[-1], self.look()
        if self.glued:
            here.whole.append((text, look))
        self._lay(here, text, look)

    def _lay(self, here: OpenParagraph, text: str, look: Look) -> None:
        if look.hidden or look.struck:
            self._leave_out(here, text, look)
            return
        if look.raised:
            before = here.parts[-1][0] if here.parts else ""
            shown = raised(before, text)
            if shown == "":
                self.omitted.mark("".join(part for part, _ in here.parts[-4:]))
                return
            text = text if shown is None else shown
        here.parts.append((text, look.encoding))
        if not text.isspace():
            here.aside = None
        self.written += len(text)
        if text.isspace():
            return
        self._turned = False
        if here.page is None:
            here.page = self.page
            for table in self.tables:
                table.page = table.page or self.page
        if self.bold:
            here.bold = True
        else:
            here.plain = True

    def _leave_out(self, here: OpenParagraph, text: str, look: Look) -> None:
        """Keep what is crossed out or hidden aside, one entry a passage, to be told at the end."""
        passages = here.hidden if look.hidden else here.struck
        shown = self.omitted.conversion.text([(text, look.encoding)])
        if here.aside is passages and passages:
            passages[-1] += shown
        else:
            passages.append(shown)
        here.aside = passages
        self.written += len(text)

    def turn_page(self, explicit: bool) -> None:
        """A new page. Word marks the same break twice (as set, and as last printed): it is counted once."""
        if not explicit and self._turned:
            self._turned = False
            return
        self.page += 1
        self._turned = explicit

    def open_paragraph(self) -> None:
        """Begin a paragraph, with the text of one before it whose mark was deleted."""
        opened = OpenParagraph()
        if self.carried is not None and not self.paragraphs:
            opened.parts, opened.page = self.carried.parts, self.carried.page
            opened.struck, opened.hidden = self.carried.struck, self.carried.hidden
            opened.bold, opened.plain, opened.after = self.carried.bold, self.carried.plain, self.carried.after
            self.carried = None
        self.paragraphs.append(opened)

    def close_paragraph(self) -> None:
        """End the paragraph: its number is counted and it joins the flow."""
        if not self.paragraphs or self.paragraphs[-1].box:
            return
        closed = self.paragraphs.pop()
        self.fields = [False] * len(self.fields)  # an instruction never reaches past its paragraph
        joined = closed.mark_hidden and any(not text.isspace() for text, _ in closed.parts)
        if (closed.mark_deleted or joined) and not self.paragraphs:
            self.carried = closed
            return
        self._emit(closed)
        if self.section_ended:
            self.section_ended = False
            self.turn_page(explicit=True)

    def finish(self) -> None:
        """At the end of the document: text that still waits for a paragraph to join."""
        if self.carried is not None:
            self._emit(self.carried)
            self.carried = None

    def _parted(self, closed: OpenParagraph, grid: Grid) -> Table:
        """The table of a paragraph in which a converter has run its cells together."""
        table, pieces = OpenTable(), closed.whole
        for row in grid:
            since = len(self.omitted.struck)
            for text in row:
                cell = OpenParagraph()
                inside, pieces = _split(pieces, len(text))
                for part, look in inside:
                    self._lay(cell, part, look)
                for passage in cell.struck:
                    self.omitted.strike(passage)
                table.add(Cell(text=tidy(self.omitted.conversion.text(cell.parts))))
            struck = len(self.omitted.struck) > since and table.is_struck()
            if struck:
                self.omitted.strike_row(since)
            table.end_row(None, keep=not struck)
        return table.table()

    def _emit(self, closed: OpenParagraph) -> None:
        grid = self.glued.get("".join(text for text, _ in closed.whole)) if closed.whole else None
        if grid is not None:
            self.flows[-1].blocks.append(self._parted(closed, grid))
            return
        number = self.numbering.next(closed.num, closed.level, closed.style)
        text = self.omitted.conversion.text(closed.parts)
        self.meter.count(len(text))
        for passage in closed.struck:
            self.omitted.strike(passage)
        for passage in closed.hidden:
            self.omitted.hide(passage)
        if (closed.struck or closed.hidden) and not text.strip():
            number = None
        in_cell = len(self.flows) > 1
        if text.strip() or (number and not number[1] and in_cell):
            page = (closed.page or self.page) if self.paged else None
            made = paragraph(text, page, number[0] if number else None, closed.bold and not closed.plain)
            if made is not None:
                self.flows[-1].blocks.append(made)
        self.flows[-1].blocks.extend(closed.after)
