"""Word documents (.docx), read from the XML as it streams by.

Tracked insertions and content controls are part of the text, tracked deletions
and hidden text are not; a text box is read once although Word stores it twice.
"""

from collections.abc import Callable

from documents.reading.formats.archive import Archive
from documents.reading.formats.blocks import Document, Table
from documents.reading.formats.charset import from_tcvn3
from documents.reading.formats.flow import COVERED, Flow, OpenTable, document
from documents.reading.formats.limits import TABLE_COLUMNS, damaged
from documents.reading.formats.markup import parse
from documents.reading.formats.word.numbering import Numbering, W, transitional, whole
from documents.reading.formats.word.state import OFF, Control, OpenParagraph, State, symbol

_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006 "
_MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math "
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships "
_MAIN = "/officeDocument"
_FIELD_DEPTH = 50
_CHANGES = ("pPr", "rPr", "tblPr", "tblPrEx", "tcPr", "trPr", "sectPr", "tblGrid")
_SKIPPED = (
    *("moveFrom", "rt", "instrText", "delText", "delInstrText", "tblPr", "tblGrid", "numberingChange"),
    *(f"{name}Change" for name in _CHANGES),
)


def read_docx(archive: Archive) -> Document:
    """The body of a Word document: paragraphs and tables in order. Headers, footers and footnotes are left out."""
    main = main_part(archive)
    folder = main.rpartition("/")[0]
    parts = [f"{folder}/{name}".lstrip("/") for name in ("numbering.xml", "styles.xml")]
    numbering, styles = (archive.read(part) if part in archive else None for part in parts)
    return _Reader(Numbering(numbering, styles)).read(transitional(archive.read(main)))


def main_part(archive: Archive) -> str:
    """The name of the main part, by the package's relationships; these name parts and are never followed outside."""
    found: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == _PACKAGE + "Relationship" and attributes.get("Type", "").endswith(_MAIN):
            found.append(attributes.get("Target", "").lstrip("/"))

    if "_rels/.rels" in archive:
        parse(archive.read("_rels/.rels"), start, lambda name: None)
    for name in (*found, "word/document.xml"):
        if name in archive:
            return name
    damaged("tệp thiếu phần nội dung chính, có thể")


_Start = Callable[[dict[str, str]], None]
"""What is done where an element begins; it gets the attributes."""


class _Reader(State):
    """Follows the elements of word/document.xml. One method an element; unknown elements are passed through."""

    def __init__(self, numbering: Numbering) -> None:
        super().__init__(numbering)
        self._starts: dict[str, _Start] = {
            **{W + tag: do for tag, do in (self._text_starts() | self._mark_starts() | self._table_starts()).items()},
            _MC + "AlternateContent": self._alternate,
            _MC + "Fallback": self._fallback,
            _MATH + "t": self._start_t,
            **dict.fromkeys((W + tag for tag in _SKIPPED), self._skip),
        }
        self._ends: dict[str, Callable[[], None]] = {
            **{W + tag: do for tag, do in self._word_ends().items()},
            _MC + "AlternateContent": self._end_alternate,
            _MATH + "t": self._end_t,
        }

    def _text_starts(self) -> dict[str, _Start]:
        """Paragraphs, runs and what stands in them."""
        return {
            "p": self._start_p,
            "r": self._start_r,
            "t": self._start_t,
            "tab": self._start_tab,
            "ptab": self._start_tab,
            "br": self._start_br,
            "cr": self._start_cr,
            "noBreakHyphen": self._start_no_break_hyphen,
            "sym": self._start_sym,
            "lastRenderedPageBreak": self._start_last_rendered_page_break,
            "txbxContent": self._start_txbx_content,
        }

    def _mark_starts(self) -> dict[str, _Start]:
        """What is said of text: its look and number, its section, and whether it counts."""
        return {
            "pPr": self._start_p_pr,
            "pStyle": self._start_p_style,
            "numId": self._start_num_id,
            "ilvl": self._start_ilvl,
            "pageBreakBefore": self._start_page_break_before,
            "sectPr": self._start_sect_pr,
            "type": self._start_type,
            "rPr": self._start_r_pr,
            "rFonts": self._start_r_fonts,
            "b": self._start_b,
            "vanish": self._start_vanish,
            "del": self._start_del,
            "fldChar": self._start_fld_char,
            "sdt": self._start_sdt,
            "showingPlcHdr": self._start_showing_plc_hdr,
        }

    def _table_starts(self) -> dict[str, _Start]:
        return {
            "tbl": self._start_tbl,
            "tr": self._start_tr,
            "trPr": self._start_tr_pr,
            "gridBefore": self._start_grid_before,
            "tc": self._start_tc,
            "gridSpan": self._start_grid_span,
            "vMerge": self._start_v_merge,
            "hMerge": self._start_v_merge,
        }

    def _word_ends(self) -> dict[str, Callable[[], None]]:
        return {
            "p": self._end_p,
            "pPr": self._end_p_pr,
            "rPr": self._end_r_pr,
            "t": self._end_t,
            "sectPr": self._end_sect_pr,
            "sdt": self._end_sdt,
            "txbxContent": self._end_txbx_content,
            "tbl": self._end_tbl,
            "tr": self._end_tr,
            "trPr": self._end_tr_pr,
            "tc": self._end_tc,
        }

    def read(self, data: bytes) -> Document:
        # Only Word knows where its pages end: set breaks alone would give page numbers that are not true.
        self.paged = b"lastRenderedPageBreak" in data
        parse(data, self._start, self._end, self._text)
        self.finish()
        return document("docx", self.flows[0].blocks, pages=self.page if self.paged else None)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self.skipping:
            self.skipping += 1
        elif (handler := self._starts.get(name)) is not None:
            handler(attributes)

    def _end(self, name: str) -> None:
        if self.skipping:
            self.skipping -= 1
        elif (handler := self._ends.get(name)) is not None:
            handler()

    def _text(self, text: str) -> None:
        if self.listening:
            self.put(from_tcvn3(text, self.old_font.endswith("H")) if self.old_font else text)

    def _skip(self, _: dict[str, str]) -> None:
        self.skipping = 1

    # paragraphs and runs
    def _start_p(self, _: dict[str, str]) -> None:
        self.open_paragraph()

    def _end_p(self) -> None:
        self.close_paragraph()

    def _start_p_pr(self, _: dict[str, str]) -> None:
        self.in_properties = True

    def _end_p_pr(self) -> None:
        self.in_properties = False

    def _start_r(self, _: dict[str, str]) -> None:
        self.bold = self.hidden = False
        self.old_font = None

    def _start_r_fonts(self, attributes: dict[str, str]) -> None:
        font = attributes.get(W + "ascii", "")
        if font.startswith(".Vn") and not self.in_properties:
            self.old_font = font

    def _start_r_pr(self, _: dict[str, str]) -> None:
        self.in_run_properties = True

    def _end_r_pr(self) -> None:
        self.in_run_properties = False

    def _start_b(self, attributes: dict[str, str]) -> None:
        if self.in_run_properties and not self.in_properties:
            self.bold = attributes.get(W + "val") not in OFF

    def _start_vanish(self, attributes: dict[str, str]) -> None:
        if self.in_run_properties and not self.in_properties:
            self.hidden = attributes.get(W + "val") not in OFF

    def _start_t(self, _: dict[str, str]) -> None:
        self.listening = True

    def _end_t(self) -> None:
        self.listening = False

    def _start_tab(self, _: dict[str, str]) -> None:
        if not self.in_properties:
            self.put("\t")

    def _start_br(self, attributes: dict[str, str]) -> None:
        if attributes.get(W + "type") == "page":
            self.turn_page(explicit=True)
        else:
            self.put("\n")

    def _start_cr(self, _: dict[str, str]) -> None:
        self.put("\n")

    def _start_no_break_hyphen(self, _: dict[str, str]) -> None:
        self.put("-")

    def _start_sym(self, attributes: dict[str, str]) -> None:
        self.put(symbol(attributes.get(W + "font", ""), attributes.get(W + "char", "")))

    def _start_last_rendered_page_break(self, _: dict[str, str]) -> None:
        self.turn_page(explicit=False)

    def _start_page_break_before(self, attributes: dict[str, str]) -> None:
        if attributes.get(W + "val") not in OFF:
            self.turn_page(explicit=True)

    def _start_sect_pr(self, _: dict[str, str]) -> None:
        self.section_type = "nextPage"
        self.in_section = True

    def _start_type(self, attributes: dict[str, str]) -> None:
        if self.in_section:
            self.section_type = attributes.get(W + "val", "nextPage")

    def _end_sect_pr(self) -> None:
        self.in_section = False
        if self.paragraphs and self.section_type != "continuous":
            self.section_ended = True

    # numbers
    def _start_p_style(self, attributes: dict[str, str]) -> None:
        if self.paragraphs:
            self.paragraphs[-1].style = attributes.get(W + "val")

    def _start_num_id(self, attributes: dict[str, str]) -> None:
        if self.paragraphs:
            self.paragraphs[-1].num = attributes.get(W + "val")

    def _start_ilvl(self, attributes: dict[str, str]) -> None:
        if self.paragraphs:
            self.paragraphs[-1].level = whole(attributes.get(W + "val"), 0)

    # tracked changes
    def _start_del(self, attributes: dict[str, str]) -> None:
        if self.in_run_properties:
            if self.paragraphs:
                self.paragraphs[-1].mark_deleted = True
        elif self.in_row_properties:
            self.rows_kept[-1] = False
        else:
            self._skip(attributes)

    # fields: the result is read, the instruction is not
    def _start_fld_char(self, attributes: dict[str, str]) -> None:
        kind = attributes.get(W + "fldCharType")
        if kind == "begin" and len(self.fields) < _FIELD_DEPTH:
            self.fields.append(True)
        elif kind == "separate" and self.fields:
            self.fields[-1] = False
        elif kind == "end" and self.fields:
            self.fields.pop()

    # content controls
    def _start_sdt(self, _: dict[str, str]) -> None:
        self.controls.append(Control())

    def _start_showing_plc_hdr(self, attributes: dict[str, str]) -> None:
        if self.controls:
            self.controls[-1].prompting = attributes.get(W + "val") not in OFF

    def _end_sdt(self) -> None:
        if self.controls:
            self.controls.pop()

    # text boxes
    def _start_txbx_content(self, _: dict[str, str]) -> None:
        self.flows.append(Flow())
        self.paragraphs.append(OpenParagraph(box=True))

    def _end_txbx_content(self) -> None:
        blocks = self.flows.pop().blocks
        while self.paragraphs and not self.paragraphs.pop().box:
            continue
        if self.paragraphs:
            self.paragraphs[-1].after.extend(blocks)
        else:
            self.flows[-1].blocks.extend(blocks)

    def _alternate(self, _: dict[str, str]) -> None:
        self.alternates.append(self.written)

    def _fallback(self, attributes: dict[str, str]) -> None:
        if self.alternates and self.written > self.alternates[-1]:
            self._skip(attributes)

    def _end_alternate(self) -> None:
        if self.alternates:
            self.alternates.pop()

    # tables
    def _start_tbl(self, _: dict[str, str]) -> None:
        self.tables.append(OpenTable())

    def _end_tbl(self) -> None:
        if self.tables:
            open_table = self.tables.pop()
            table: Table = open_table.table()
            self.flows[-1].blocks.extend([table, *open_table.inner] if table.rows else open_table.inner)

    def _start_tr(self, _: dict[str, str]) -> None:
        self.rows_kept.append(True)
        if self.tables:
            self.tables[-1].page = None

    def _end_tr(self) -> None:
        kept = self.rows_kept.pop() if self.rows_kept else True
        if self.tables:
            table = self.tables[-1]
            table.end_row((table.page or self.page) if self.paged else None, kept and bool(table.cells))

    def _start_tr_pr(self, _: dict[str, str]) -> None:
        self.in_row_properties = True

    def _end_tr_pr(self) -> None:
        self.in_row_properties = False

    def _start_grid_before(self, attributes: dict[str, str]) -> None:
        if self.tables:
            self.tables[-1].skip(max(0, whole(attributes.get(W + "val"), 0)))

    def _start_tc(self, _: dict[str, str]) -> None:
        self.flows.append(Flow())
        self.spans.append([1, 0])

    def _start_grid_span(self, attributes: dict[str, str]) -> None:
        if self.spans:
            self.spans[-1][0] = max(1, min(whole(attributes.get(W + "val"), 1), TABLE_COLUMNS + 1))

    def _start_v_merge(self, attributes: dict[str, str]) -> None:
        if self.spans:
            self.spans[-1][1] = int(attributes.get(W + "val", "continue") != "restart")

    def _end_tc(self) -> None:
        self.finish()
        flow = self.flows.pop()
        span, continued = self.spans.pop()
        if not self.tables:
            self.flows[-1].blocks.extend(flow.blocks)
            return
        cell, inner = flow.cell(span)
        table = self.tables[-1]
        table.inner.extend(inner)
        if continued:
            for _ in range(span):
                table.add(COVERED)
        else:
            table.add(cell)
