"""An official document as .docx in the form of Decree 30/2020/NĐ-CP: head, text, signature, recipients, annexes.

    letter = OfficialDocument(Frame(issuer="UBND phường Sông Mai", symbol="BC-UBND", …))
    letter.heading("I. KẾT QUẢ", level=1)
    letter.paragraph("Toàn văn …")
    letter.close()                                   # "./.", signature block and Nơi nhận
    letter.annex("Danh mục nhiệm vụ")                # a landscape section with page numbers of its own
    letter.table(columns, rows)
    content = letter.to_bytes()

The same calls give the same bytes: nothing in the file is taken from the clock.
"""

import struct
import zipfile
from collections.abc import Collection, Iterable, Sequence
from io import BytesIO
from typing import Any

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Mm

from documents.writing.official import form
from documents.writing.official.clean import clean_line
from documents.writing.official.form import Frame, bold_width
from documents.writing.official.markup import (
    Bookmarks,
    Column,
    Run,
    Text,
    namespaced,
    paragraph_xml,
    row_xml,
    rule_xml,
    spanning_row_xml,
    table_xml,
)
from documents.writing.official.styles import styles_xml

__all__ = ["Column", "Frame", "OfficialDocument", "Run", "Text"]

HEAD_WIDTHS = (60.0, 105.0)
"""The head's two columns: the line of the nation needs 96 mm at 13 points."""
FOOT_WIDTHS = (82.5, 82.5)
ROW_STAYS_WHOLE = 1_500
"""Characters up to which a row of a table is kept on one page."""
_HEADINGS = {1: "DeMuc1", 2: "DeMuc2", 3: "DeMuc3"}
_KEPT = "<w:keepNext/>"
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_PACKAGE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/package"
_CHART = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/chart"


class OfficialDocument:
    """A document being written, from its head downwards. Its parts are added in the order in which they stand."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.marks = Bookmarks()
        self._docx: Any = docx.Document()
        self._pending: list[str] = []
        self._annexes = 0
        self._charts = 0
        self._width = form.TEXT_WIDTH
        self._prepare()
        self._head()

    # ── the text ──────────────────────────────────────────────────────────────────

    def heading(self, text: str, level: int = 1, *, bookmark: str | None = None) -> None:
        """A heading of the text: 1 "I. …", 2 "1. …", 3 "1.1. …"."""
        self._put(paragraph_xml(_HEADINGS[level], clean_line(text), self.marks, bookmark=bookmark))

    def paragraph(self, text: Text, style: str = "NoiDung", *, keep_next: bool = False) -> None:
        """A paragraph of the text; runs may be links or carry bookmarks. Line breaks in it stay as typed.

        `keep_next` keeps it on the page of what follows: the line before a list.
        """
        self._put(paragraph_xml(style, text, self.marks, extra="<w:keepNext/>" if keep_next else ""))

    def close(self) -> None:
        """End the text with "./.", then the signature block and the recipients. Call once, before any annex."""
        self._end_mark()
        frame = self.frame
        left = [paragraph_xml("NoiNhan", "Nơi nhận:", self.marks)] if frame.recipients or frame.archive else []
        left += [paragraph_xml("NoiNhanDanhSach", f"- {clean_line(one)};", self.marks) for one in frame.recipients]
        if frame.archive:
            left.append(paragraph_xml("NoiNhanDanhSach", f"- Lưu: {clean_line(frame.archive)}.", self.marks))
        signed = [paragraph_xml("ThamQuyenKy", clean_line(one), self.marks) for one in frame.signature.lines]
        signed.append(paragraph_xml("NguoiKy", clean_line(frame.signature.name), self.marks))
        row = row_xml(FOOT_WIDTHS, ("".join(left) or "<w:p/>", "".join(signed)))
        self._put(_space(6, keep_next=True), table_xml(FOOT_WIDTHS, [row], borders=False, margin=0))

    # ── annexes ───────────────────────────────────────────────────────────────────

    def annex(self, title: str, *, alone: bool = False, landscape: bool = True) -> None:
        """Begin an annex on a page of its own, with its own page numbers; `alone` when it is the only one."""
        self._annexes += 1
        self._section(landscape)
        name = "Phụ lục" if alone else f"Phụ lục {roman(self._annexes)}"
        heading = clean_line(title).upper()
        self._put(
            paragraph_xml("PhuLuc", name, self.marks, bookmark=f"phu_luc_{self._annexes}"),
            paragraph_xml("TenPhuLuc", heading, self.marks),
            paragraph_xml("KemTheo", self.frame.attached_words, self.marks),
            rule_xml(self._width, self._width / 5),
            _space(6),
        )

    def table(
        self,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Text] | str],
        *,
        bookmarks: Iterable[str | None] = (),
        headings: Collection[int] = (),
    ) -> None:
        """A ruled table with a header repeated on each page. A row that is a str is a heading over all columns.

        `bookmarks` name the rows in order (None: no name), so that figures can be linked to them. `headings` are the
        places of rows that head those below them: they never stand alone at the foot of a page.
        """
        total = sum(column.share for column in columns)
        widths = [column.share / total * self._width for column in columns]
        header = [paragraph_xml("BangTieuDe", column.title, self.marks) for column in columns]
        names = iter(bookmarks)
        body = [
            self._row(columns, widths, row, next(names, None), heads=number in headings)
            for number, row in enumerate(rows)
        ]
        self._put(table_xml(widths, [row_xml(widths, header, header=True), *body], borders=True), _space(6))

    def _row(
        self,
        columns: Sequence[Column],
        widths: Sequence[float],
        row: Sequence[Text] | str,
        bookmark: str | None,
        *,
        heads: bool,
    ) -> str:
        if isinstance(row, str):
            text = (Run(clean_line(row), bold=True),)
            return spanning_row_xml(widths, paragraph_xml("Bang", text, self.marks, extra=_KEPT, bookmark=bookmark))
        styles = ["BangGiua" if column.centred else "Bang" for column in columns]
        cells = [
            paragraph_xml(
                style, text, self.marks, extra=_KEPT if heads else "", bookmark=bookmark if number == 0 else None
            )
            for number, (style, text) in enumerate(zip(styles, row, strict=True))
        ]
        return row_xml(widths, cells, whole=sum(map(_length, row)) <= ROW_STAYS_WHOLE)

    # ── charts ────────────────────────────────────────────────────────────────────

    def chart(self, chart_xml: bytes, workbook: bytes, title: str, height: float = 75) -> None:
        """A native Word chart (DrawingML) with the workbook behind it, `height` mm high, and its title below."""
        self._charts += 1
        package, number = self._docx.part.package, self._charts
        sheet = Part(PackURI(f"/word/embeddings/so_lieu_{number}.xlsx"), _XLSX, workbook, package)
        part = Part(PackURI(f"/word/charts/chart{number}.xml"), _DRAWING_CHART, chart_xml, package)
        part.relate_to(sheet, _PACKAGE)
        relation = self._docx.part.relate_to(part, _CHART)
        text = clean_line(title)
        self._put(_chart_xml(relation, number, text, self._width, height), paragraph_xml("TenBieuDo", text, self.marks))

    # ── the file ──────────────────────────────────────────────────────────────────

    def to_bytes(self) -> bytes:
        """The finished file."""
        self._flush()
        out = BytesIO()
        self._docx.save(out)
        return without_clock(out.getvalue())

    def _prepare(self) -> None:
        """Own styles, the page, the page number, and the document's properties."""
        element = self._docx.styles.element
        for child in list(element):
            element.remove(child)
        element.extend(list(parse_xml(styles_xml())))
        body = self._docx.element.body
        for child in [one for one in body if not one.tag.endswith("}sectPr")]:
            body.remove(child)
        section = self._docx.sections[0]
        _page(section, landscape=False)
        section.different_first_page_header_footer = True
        _page_number(section)
        compatibility = '<w:compat xmlns:w="{}"><w:doNotExpandShiftReturn/></w:compat>'
        settings = self._docx.settings.element
        for old in settings.findall(_q("compat")):
            settings.replace(old, parse_xml(compatibility.format(_W)))
        properties = self._docx.core_properties
        properties.title = clean_line(f"{self.frame.kind_words} {self.frame.subject}")[:255]
        properties.author = properties.last_modified_by = clean_line(form.full_name(self.frame.issuer))[:255]
        properties.comments, properties.language, properties.revision = "", "vi-VN", 1

    def _head(self) -> None:
        frame, marks = self.frame, self.marks
        left, right = HEAD_WIDTHS
        issuer = [paragraph_xml("CoQuanChuQuan", clean_line(frame.superior).upper(), marks)] if frame.superior else []
        issuer += [paragraph_xml("CoQuanBanHanh", clean_line(line), marks) for line in frame.issuer_lines]
        issuer.append(rule_xml(left, 0.42 * min(left, bold_width(frame.issuer_lines[-1], 13))))
        nation = [
            paragraph_xml("QuocHieu", form.NATION, marks),
            paragraph_xml("TieuNgu", form.MOTTO, marks),
            rule_xml(right, bold_width(form.MOTTO, 14)),
        ]
        numbered = paragraph_xml("SoKyHieu", frame.number_line, marks)
        if frame.kind is None:
            numbered += paragraph_xml("TrichYeuCongVan", f"V/v {clean_line(frame.subject)}", marks)
        dated = paragraph_xml("DiaDanhNgay", f"{clean_line(frame.place)}, {frame.day_words}", marks)
        rows = [
            row_xml(HEAD_WIDTHS, ("".join(issuer), "".join(nation))),
            row_xml(HEAD_WIDTHS, (numbered, dated)),
        ]
        self._put(table_xml(HEAD_WIDTHS, rows, borders=False, margin=0))
        if frame.kind is not None:
            subject = clean_line(frame.subject)
            self._put(
                paragraph_xml("TenLoai", clean_line(frame.kind).upper(), marks),
                paragraph_xml("TrichYeu", subject, marks),
                rule_xml(self._width, 0.42 * min(self._width, bold_width(subject, 14))),
            )
        self._addressees()
        self._bases()

    def _addressees(self) -> None:
        names = [clean_line(one) for one in self.frame.addressees]
        if len(names) == 1:
            self._put(paragraph_xml("KinhGui", f"Kính gửi: {names[0]}", self.marks))
        elif names:
            lines = [f"- {name}{';' if number < len(names) - 1 else '.'}" for number, name in enumerate(names)]
            indented = '<w:ind w:left="2268"/>'
            self._put(
                paragraph_xml("KinhGuiNhieu", "Kính gửi:", self.marks, extra=indented),
                *(paragraph_xml("KinhGuiNhieu", f"   {line}", self.marks, extra=indented) for line in lines),
                _space(6),
            )
        else:
            self._put(_space(8))

    def _bases(self) -> None:
        bases = [clean_line(one).rstrip(" ;.") for one in self.frame.bases]
        for number, basis in enumerate(bases):
            self._put(paragraph_xml("CanCu", f"{basis}{';' if number < len(bases) - 1 else '.'}", self.marks))

    def _end_mark(self) -> None:
        """Put "./." at the end of the text: after the last words, instead of their full stop."""
        self._flush()
        paragraphs = [one for one in self._docx.element.body if one.tag == _q("p")]
        texts = [text for text in paragraphs[-1].iter(_q("t")) if text.text] if paragraphs else []
        if texts:
            texts[-1].text = f"{texts[-1].text.rstrip().rstrip('.;')}./."
            # The signature block must not stand alone on a page: the last words go with it.
            properties = paragraphs[-1].find(_q("pPr"))
            if properties.find(_q("keepNext")) is None:
                properties.insert(1, parse_xml(f'<w:keepNext xmlns:w="{_W}"/>'))

    def _section(self, landscape: bool) -> None:
        self._flush()
        section = self._docx.add_section(WD_SECTION.NEW_PAGE)
        # The section ends in an empty paragraph: kept this low, it never makes a page of its own after a full one.
        bearer = self._docx.element.body[-2]
        bearer.addprevious(low := parse_xml(namespaced(_space(1)))[0])
        low.find(_q("pPr")).append(bearer.find(_q("pPr")).find(_q("sectPr")))
        bearer.getparent().remove(bearer)
        _page(section, landscape=landscape)
        _numbered_apart(section)
        self._width = form.LANDSCAPE_WIDTH if landscape else form.TEXT_WIDTH

    def _put(self, *blocks: str) -> None:
        self._pending.extend(blocks)

    def _flush(self) -> None:
        """Parse what waits and put it before the section's properties."""
        if self._pending:
            blocks = parse_xml(namespaced("".join(self._pending)))
            self._docx.element.body[-1].addprevious(blocks)
            parent = blocks.getparent()
            place = parent.index(blocks)
            parent[place : place + 1] = list(blocks)
            self._pending.clear()


_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DRAWING_CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"


def roman(number: int) -> str:
    """A small number in Roman figures: annexes are counted so."""
    words = ""
    for value, letters in _ROMAN:
        words += letters * (number // value)
        number %= value
    return words


def without_clock(content: bytes) -> bytes:
    """The same zip file with every member dated 1980-01-01, so that equal documents are equal bytes."""
    data = bytearray(content)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        members, place = archive.infolist(), archive.start_dir
    for member in members:
        struct.pack_into("<HH", data, member.header_offset + 10, 0, 0x21)
        struct.pack_into("<HH", data, place + 12, 0, 0x21)
        name, extra, comment = struct.unpack_from("<HHH", data, place + 28)
        place += 46 + name + extra + comment
    return bytes(data)


def _q(tag: str) -> str:
    return f"{{{_W}}}{tag}"


def _space(points: int, *, keep_next: bool = False) -> str:
    """An empty, low paragraph: room between blocks."""
    kept = _KEPT if keep_next else ""
    spacing = f'<w:spacing w:before="0" w:after="0" w:line="{points * 20}" w:lineRule="exact"/>'
    return f'<w:p><w:pPr>{kept}{spacing}<w:rPr><w:sz w:val="4"/></w:rPr></w:pPr></w:p>'


def _length(text: Text) -> int:
    return len(text) if isinstance(text, str) else sum(len(run.text) for run in text)


def _page(section: Any, *, landscape: bool) -> None:
    width, height = Mm(form.PAGE_WIDTH), Mm(form.PAGE_HEIGHT)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (height, width) if landscape else (width, height)
    section.top_margin, section.bottom_margin = Mm(form.MARGIN_TOP), Mm(form.MARGIN_BOTTOM)
    section.left_margin, section.right_margin = Mm(form.MARGIN_LEFT), Mm(form.MARGIN_RIGHT)
    section.header_distance = section.footer_distance = Mm(form.HEADER_DISTANCE)


def _page_number(section: Any) -> None:
    """The page number, centred in the top margin; the first page has an empty header of its own."""
    field = "".join(
        f"<w:r>{inside}</w:r>"
        for inside in (
            '<w:fldChar w:fldCharType="begin"/>',
            '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>2</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
        )
    ).replace("<w:r>", '<w:r><w:rPr><w:sz w:val="26"/><w:szCs w:val="26"/></w:rPr>')
    numbered = f'<w:p xmlns:w="{_W}"><w:pPr><w:pStyle w:val="SoTrang"/></w:pPr>{field}</w:p>'
    for header, content in (
        (section.header, numbered),
        (section.first_page_header, f'<w:p xmlns:w="{_W}"><w:pPr><w:pStyle w:val="SoTrang"/></w:pPr></w:p>'),
    ):
        header.is_linked_to_previous = False
        element = header._element  # python-docx has no other way to put ready XML into a header
        for child in list(element):
            element.remove(child)
        element.append(parse_xml(content))


def _numbered_apart(section: Any) -> None:
    """Let the pages of a section be counted from 1."""
    properties = section._sectPr
    for old in properties.findall(_q("pgNumType")):
        properties.remove(old)
    numbering = parse_xml(f'<w:pgNumType xmlns:w="{_W}" w:start="1"/>')
    properties.find(_q("pgMar")).addnext(numbering)


def _chart_xml(relation: str, number: int, title: str, width: float, height: float) -> str:
    from html import escape

    drawing = "http://schemas.openxmlformats.org/drawingml/2006"
    size = f'cx="{int(Mm(min(width, 165)))}" cy="{int(Mm(height))}"'
    return (
        '<w:p><w:pPr><w:pStyle w:val="BieuDo"/></w:pPr><w:r><w:drawing>'
        f'<wp:inline xmlns:wp="{drawing}/wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent {size}/><wp:docPr id="{number}" name="Biểu đồ {number}" descr="{escape(title)}"/>'
        f'<wp:cNvGraphicFramePr/><a:graphic xmlns:a="{drawing}/main"><a:graphicData uri="{drawing}/chart">'
        f'<c:chart xmlns:c="{drawing}/chart" r:id="{relation}"/></a:graphicData></a:graphic></wp:inline>'
        "</w:drawing></w:r></w:p>"
    )
