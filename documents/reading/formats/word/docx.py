"""Word documents (.docx), read from the XML as it streams by.

Tracked insertions and content controls are part of the text, tracked deletions
and hidden text are not; a text box is read once although Word stores it twice.
"""

from documents.reading.formats.archive import Archive
from documents.reading.formats.blocks import Document, Paragraph, Table
from documents.reading.formats.flow import COVERED, Flow, OpenTable, document
from documents.reading.formats.limits import TABLE_COLUMNS
from documents.reading.formats.markup import Enter, Leave, walk
from documents.reading.formats.omitted import Omitted
from documents.reading.formats.word.cells import Grid, handed_on
from documents.reading.formats.word.looks import LOOKED_AT, OFF, Looks, told, used_styles
from documents.reading.formats.word.numbering import Numbering, W, transitional, whole
from documents.reading.formats.word.parts import Parts, main_part
from documents.reading.formats.word.state import Control, Merge, OpenParagraph, State, emu, shape_extent, symbol

_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006 "
_MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math "
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships "
_PLACE = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing "
_VML, _OFFICE = "urn:schemas-microsoft-com:vml ", "urn:schemas-microsoft-com:office:office "
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main "
_SMALL_PICTURE = (3_200_000, 1_400_000)  # EMU: a seal, a signature or a logo is smaller than 9 × 4 cm
_FIELD_DEPTH = 50
_PROGRAMS = {"Word": "văn bản Word", "Excel": "bảng Excel", "AcroExch": "tệp PDF", "PowerPoint": "trình chiếu"}
_CHANGES = ("pPr", "rPr", "tblPr", "tblPrEx", "tcPr", "trPr", "sectPr", "tblGrid")
_SKIPPED = (
    *("moveFrom", "rt", "instrText", "delText", "delInstrText", "tblGrid", "numberingChange"),
    *(f"{name}Change" for name in _CHANGES),
)


def read_docx(archive: Archive, depth: int = 0) -> Document:
    """The body of a Word document: paragraphs and tables in order. Headers, footers and footnotes are left out."""
    main = main_part(archive)
    folder = main.rpartition("/")[0]
    parts = [f"{folder}/{name}".lstrip("/") for name in ("numbering.xml", "styles.xml", "theme/theme1.xml")]
    numbering, styles, theme = (archive.read(part) if part in archive else None for part in parts)
    body = transitional(archive.read(main))
    styles = used_styles(styles, body) if styles else None
    inside = Parts(archive, main, depth, lambda inner, deeper: read_docx(inner, deeper).blocks)
    return _Reader(Numbering(numbering, styles), Looks(styles, theme), inside).read(body, handed_on(archive))


class _Reader(State):
    """Follows the elements of word/document.xml. One method an element; unknown elements are passed through."""

    def __init__(self, numbering: Numbering, looks: Looks, inside: Parts) -> None:
        super().__init__(numbering, looks, Omitted())
        self._inside = inside
        self._extent: tuple[int, int] | None = None
        self._starts: dict[str, Enter] = {
            **{W + tag: do for tag, do in (self._text_starts() | self._mark_starts() | self._table_starts()).items()},
            _MC + "AlternateContent": self._alternate,
            _MC + "Fallback": self._fallback,
            _PLACE + "inline": self._start_drawing,
            _PLACE + "anchor": self._start_drawing,
            _PLACE + "extent": self._start_extent,
            _DRAWING + "graphicData": self._start_graphic,
            _VML + "shape": self._start_shape,
            _VML + "imagedata": lambda _: self._picture(),
            _OFFICE + "OLEObject": self._start_object,
            _MATH + "r": self._start_r,
            _MATH + "t": self._start_t,
            **{name: self._look_of_run(name) for name in LOOKED_AT},
            **dict.fromkeys((W + tag for tag in _SKIPPED), self._skip),
        }
        self._ends: dict[str, Leave] = {
            **{W + tag: do for tag, do in self._word_ends().items()},
            _MC + "AlternateContent": self._end_alternate,
            _MATH + "t": self._end_t,
        }

    def _text_starts(self) -> dict[str, Enter]:
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
            "softHyphen": lambda _: self.put("\u00ad"),  # no letter of Unicode, but the "ư" of TCVN3
            "sym": self._start_sym,
            "lastRenderedPageBreak": self._start_last_rendered_page_break,
            "txbxContent": self._start_txbx_content,
            "altChunk": self._start_alt_chunk,
        }

    def _mark_starts(self) -> dict[str, Enter]:
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
            "rStyle": self._start_r_style,
            "b": self._start_b,
            "del": self._start_del,
            "fldChar": self._start_fld_char,
            "sdt": self._start_sdt,
            "showingPlcHdr": self._start_showing_plc_hdr,
        }

    def _table_starts(self) -> dict[str, Enter]:
        return {
            "tbl": self._start_tbl,
            "tblStyle": self._start_tbl_style,
            "hidden": self._start_hidden_row,
            "tr": self._start_tr,
            "trPr": self._start_tr_pr,
            "gridBefore": self._start_grid_before,
            "tc": self._start_tc,
            "gridSpan": self._start_grid_span,
            "vMerge": self._start_v_merge,
            "hMerge": self._start_v_merge,
        }

    def _word_ends(self) -> dict[str, Leave]:
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

    def read(self, data: bytes, tables: list[Grid]) -> Document:
        self.glued = {"".join(cell for row in rows for cell in row): rows for rows in tables}
        # Only Word knows where its pages end: set breaks alone would give page numbers that are not true.
        self.paged = b"lastRenderedPageBreak" in data
        self.omitted.conversion.look_over(data)
        walk(data, self._starts, self._ends, self._text)
        self.finish()
        pages = self.page if self.paged else None
        return document("docx", self.flows[0].blocks, pages=pages, omitted=self.omitted)

    def _text(self, text: str) -> None:
        if self.listening:
            self.put(text)

    def _skip(self, _: dict[str, str]) -> bool:
        return True

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
        self.start_run()

    def _start_r_style(self, attributes: dict[str, str]) -> None:
        if self.in_run_properties and not self.in_properties:
            self.run_style = attributes.get(W + "val")

    def _look_of_run(self, name: str) -> Enter:
        """What is done with one of the elements that make a look."""

        def start(attributes: dict[str, str]) -> None:
            if self.in_run_properties and not self.in_properties:
                self.run.update(told(name, attributes))
            elif self.in_properties and name == W + "vanish" and self.paragraphs:
                self.paragraphs[-1].mark_hidden = attributes.get(W + "val") not in OFF

        return start

    def _start_r_pr(self, _: dict[str, str]) -> None:
        self.in_run_properties = True

    def _end_r_pr(self) -> None:
        self.in_run_properties = False

    def _start_b(self, attributes: dict[str, str]) -> None:
        if self.in_run_properties and not self.in_properties:
            self.bold = attributes.get(W + "val") not in OFF

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
    def _start_del(self, _: dict[str, str]) -> bool:
        if self.in_run_properties:
            if self.paragraphs:
                self.paragraphs[-1].mark_deleted = True
        elif self.in_row_properties:
            self.rows_kept[-1] = False
        return not (self.in_run_properties or self.in_row_properties)

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

    def _fallback(self, _: dict[str, str]) -> bool:
        return bool(self.alternates and self.written > self.alternates[-1])

    def _end_alternate(self) -> None:
        if self.alternates:
            self.alternates.pop()

    # what stands in the document and is no text of it
    def _start_alt_chunk(self, attributes: dict[str, str]) -> None:
        self.flows[-1].blocks.extend(self._inside.chunk(attributes.get(_R + "id", ""), self.omitted))

    def _start_drawing(self, _: dict[str, str]) -> None:
        self._extent = None

    def _start_extent(self, attributes: dict[str, str]) -> None:
        self._extent = (emu(attributes.get("cx", "")), emu(attributes.get("cy", "")))

    def _start_graphic(self, attributes: dict[str, str]) -> None:
        if attributes.get("uri", "").endswith("/picture"):
            self._picture()

    def _start_shape(self, attributes: dict[str, str]) -> None:
        self._extent = shape_extent(attributes.get("style", ""))

    def _picture(self) -> None:
        """A picture that is large enough to hold a page or a table."""
        if self._extent is None or (self._extent[0] >= _SMALL_PICTURE[0] and self._extent[1] >= _SMALL_PICTURE[1]):
            self.omitted.pictures.append(self._where())
        self._extent = None

    def _start_object(self, attributes: dict[str, str]) -> None:
        self._extent = (0, 0)
        kind = attributes.get("ProgID", "").partition(".")[0]
        if not kind.startswith("Equation"):
            self.omitted.embedded.append(f"{_PROGRAMS.get(kind, 'tệp')} {self._where()}")

    def _where(self) -> str:
        """Where a picture stands: its page, or the words before it."""
        if self.paged:
            return f"trang {self.page}"
        texts = [text for here in reversed(self.paragraphs) for text, _ in reversed(here.parts) if text.strip()]
        before = texts[:1] or [b.text for b in self.flows[-1].blocks[-1:] if isinstance(b, Paragraph)]
        if not before:
            return "không rõ chỗ"
        words = before[0].split()
        return f"sau “{'… ' * (len(words) > 8)}{' '.join(words[-8:])}”"

    # tables
    def _start_tbl(self, _: dict[str, str]) -> None:
        self.tables.append(OpenTable())
        self.table_styles.append(None)

    def _start_tbl_style(self, attributes: dict[str, str]) -> None:
        if self.table_styles:
            self.table_styles[-1] = attributes.get(W + "val")

    def _end_tbl(self) -> None:
        if self.tables:
            open_table = self.tables.pop()
            self.table_styles.pop()
            table: Table = open_table.table()
            self.flows[-1].blocks.extend([table, *open_table.inner] if table.rows else open_table.inner)

    def _start_tr(self, _: dict[str, str]) -> None:
        self.rows_kept.append(True)
        self.rows_begun.append((len(self.omitted.struck), False))
        if self.tables:
            self.tables[-1].page = None

    def _start_hidden_row(self, attributes: dict[str, str]) -> None:
        if self.in_row_properties and self.rows_begun and attributes.get(W + "val") not in OFF:
            self.rows_begun[-1] = (self.rows_begun[-1][0], True)

    def _end_tr(self) -> None:
        kept = self.rows_kept.pop() if self.rows_kept else True
        since, hidden = self.rows_begun.pop() if self.rows_begun else (0, False)
        if not self.tables:
            return
        table = self.tables[-1]
        if kept and hidden and any(cell.text for cell in table.cells):
            self.omitted.hide(next(cell.text for cell in sorted(table.cells, key=lambda cell: -len(cell.text))))
            kept = False
        elif kept and len(self.omitted.struck) > since and table.is_struck():
            self.omitted.strike_row(since)
            kept = False
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
        self.spans.append(Merge())

    def _start_grid_span(self, attributes: dict[str, str]) -> None:
        if self.spans:
            self.spans[-1].columns = max(1, min(whole(attributes.get(W + "val"), 1), TABLE_COLUMNS + 1))

    def _start_v_merge(self, attributes: dict[str, str]) -> None:
        if self.spans:
            restart = attributes.get(W + "val", "continue") == "restart"
            self.spans[-1].starting, self.spans[-1].continued = restart, not restart

    def _end_tc(self) -> None:
        self.finish()
        flow, merge = self.flows.pop(), self.spans.pop()
        if not self.tables:
            self.flows[-1].blocks.extend(flow.blocks)
            return
        cell, inner = flow.cell(merge.columns)
        table = self.tables[-1]
        table.inner.extend(inner)
        if merge.continued:
            for _ in range(merge.columns):
                table.add(COVERED)
        else:
            table.add(cell, merge.starting)
