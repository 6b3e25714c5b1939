"""Where the reader of a Word document stands: open paragraphs, tables, fields and pages."""

from dataclasses import dataclass, field

from documents.reading.formats.blocks import Paragraph, Table
from documents.reading.formats.flow import Flow, Meter, OpenTable, paragraph
from documents.reading.formats.word.numbering import Numbering

OFF = ("0", "false", "off", "none")
# Letters of the Symbol font that plans use; the other picture fonts are only bullets.
_SYMBOL = {0xB3: "≥", 0xA3: "≤", 0xB1: "±", 0xB4: "×", 0xAE: "→", 0xDE: "⇒", 0xB9: "≠", 0xBB: "≈", 0x2D: "-"}


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


@dataclass(slots=True)
class OpenParagraph:
    """A paragraph being read. A `box` only marks where a text box began."""

    parts: list[str] = field(default_factory=list)
    after: list[Paragraph | Table] = field(default_factory=list)
    num: str | None = None
    level: int | None = None
    style: str | None = None
    page: int | None = None
    bold: bool = False
    plain: bool = False
    mark_deleted: bool = False
    box: bool = False


@dataclass(slots=True)
class Control:
    """A content control; while it shows only its prompt ("Click to enter text") there is nothing to read."""

    prompting: bool = False


class State:
    """What is open at the reader's place, and how text, paragraphs and pages are closed."""

    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering
        self.meter = Meter()
        self.flows = [Flow()]
        self.tables: list[OpenTable] = []
        self.paragraphs: list[OpenParagraph] = []
        self.carried: OpenParagraph | None = None
        self.spans: list[list[int]] = []
        self.rows_kept: list[bool] = []
        self.fields: list[bool] = []
        self.controls: list[Control] = []
        self.alternates: list[int] = []
        self.skipping = self.written = 0
        self.listening = self.bold = self.hidden = False
        self.old_font: str | None = None
        self.in_properties = self.in_run_properties = self.in_row_properties = False
        self.in_section = self.section_ended = False
        self.section_type = "nextPage"
        self.page = 1
        self.paged = self._turned = False

    def put(self, text: str) -> None:
        """Text at the reader's place, unless it is hidden, an instruction of a field, or a prompt."""
        if not self.paragraphs or self.hidden or any(self.fields) or any(c.prompting for c in self.controls):
            return
        here = self.paragraphs[-1]
        here.parts.append(text)
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
            opened.bold, opened.plain, opened.after = self.carried.bold, self.carried.plain, self.carried.after
            self.carried = None
        self.paragraphs.append(opened)

    def close_paragraph(self) -> None:
        """End the paragraph: its number is counted and it joins the flow."""
        if not self.paragraphs or self.paragraphs[-1].box:
            return
        closed = self.paragraphs.pop()
        self.fields = [False] * len(self.fields)  # an instruction never reaches past its paragraph
        if closed.mark_deleted and not self.paragraphs:
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

    def _emit(self, closed: OpenParagraph) -> None:
        number = self.numbering.next(closed.num, closed.level, closed.style)
        text = "".join(closed.parts)
        self.meter.count(len(text))
        in_cell = len(self.flows) > 1
        if text.strip() or (number and not number[1] and in_cell):
            page = (closed.page or self.page) if self.paged else None
            made = paragraph(text, page, number[0] if number else None, closed.bold and not closed.plain)
            if made is not None:
                self.flows[-1].blocks.append(made)
        self.flows[-1].blocks.extend(closed.after)
