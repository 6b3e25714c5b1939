"""The body of an HTML part inside a Word file, as reports of web systems are written: paragraphs and tables."""

import re
from html.parser import HTMLParser

from documents.reading.formats.blocks import Paragraph, Table
from documents.reading.formats.flow import COVERED, Flow, Meter, OpenTable, paragraph
from documents.reading.formats.limits import TABLE_COLUMNS, XML_DEPTH, refuse
from documents.reading.formats.look import Look
from documents.reading.formats.old_fonts import Piece, encoding_of
from documents.reading.formats.omitted import Omitted, raised
from documents.reading.formats.word.numbering import whole

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]{3,20})", re.IGNORECASE)
_FONT = re.compile(r"font-family\s*:\s*([^;]+)", re.IGNORECASE)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_AREAS = ("body", "html", "section", "article", "header", "footer", "blockquote", "pre", "hr")
_PARTING = frozenset(("p", "div", "li", "ul", "ol", *_HEADINGS, *_AREAS))
_UNSEEN = frozenset(["script", "style", "head", "title", "template", "noscript", "select"])
_EMPTY = frozenset(["br", "img", "hr", "input", "meta", "link", "col", "area", "base", "wbr"])
_STRUCK = frozenset(("s", "strike", "del"))


def read_html(data: bytes, omitted: Omitted) -> list[Paragraph | Table]:
    """The blocks of an HTML page. Nothing it refers to is fetched."""
    reader = _Reader(omitted)
    reader.feed(_decoded(data))
    reader.close()
    return reader.finished()


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    named = _CHARSET.search(data[:4096])
    try:
        return data.decode(named[1].decode() if named else "utf-8-sig")
    except (UnicodeDecodeError, LookupError):
        return data.decode("utf-8-sig", "replace")


class _Reader(HTMLParser):
    """Follows the tags. Unclosed ones are closed by the end of what they stand in."""

    def __init__(self, omitted: Omitted) -> None:
        super().__init__(convert_charrefs=True)
        self._omitted, self._meter = omitted, Meter()
        self._flows = [Flow()]
        self._pieces: list[Piece] = []
        self._tables: list[OpenTable] = []
        self._spans: list[tuple[int, int]] = []
        self._covered: list[dict[int, int]] = []
        self._looks: list[tuple[str, Look]] = []
        self._since: list[int] = []

    def finished(self) -> list[Paragraph | Table]:
        while self._tables:
            self.handle_endtag("table")
        self._end_paragraph()
        return self._flows[0].blocks

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag in _PARTING:
            self._end_paragraph()
        if tag == "br":
            self._pieces.append(("\n", None))
        elif tag == "img":
            self._omitted.pictures.append("trong phần nhúng")
        elif tag == "table":
            self._end_paragraph()
            self._tables.append(OpenTable())
            self._covered.append({})
        elif tag == "tr" and self._tables:
            self._end_row()
            self._since.append(len(self._omitted.struck))
        elif tag in ("td", "th") and self._tables:
            self._end_cell()
            if len(self._since) < len(self._tables):
                self._since.append(len(self._omitted.struck))
            columns, rows = (
                max(1, min(whole(attributes.get(name), 1), TABLE_COLUMNS + 1)) for name in ("colspan", "rowspan")
            )
            self._spans.append((columns, rows))
            self._flows.append(Flow())
        if tag not in _EMPTY:
            if len(self._looks) > XML_DEPTH:
                refuse("cấu trúc bên trong tệp lồng nhau quá sâu; hãy mở bằng Word, lưu lại rồi nộp lại")
            self._looks.append((tag, self._look(tag, attributes)))

    def _look(self, tag: str, attributes: dict[str, str]) -> Look:
        around = self._looks[-1][1] if self._looks else Look()
        style = attributes.get("style", "").lower().replace(" ", "")
        named = _FONT.search(attributes.get("style", ""))
        font = attributes.get("face") or (named[1] if named else "")
        return Look(
            struck=around.struck or tag in _STRUCK or "line-through" in style,
            hidden=around.hidden or tag in _UNSEEN or "display:none" in style or "hidden" in attributes,
            raised=around.raised or tag == "sup" or "vertical-align:super" in style,
            encoding=encoding_of(font) if font else around.encoding,
        )

    def handle_endtag(self, tag: str) -> None:
        if tag in _PARTING:
            self._end_paragraph()
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag == "table" and self._tables:
            self._end_row()
            opened = self._tables.pop()
            self._covered.pop()
            table = opened.table()
            self._flows[-1].blocks.extend([table, *opened.inner] if table.rows else opened.inner)
        if any(tag == open_tag for open_tag, _ in self._looks):
            while self._looks.pop()[0] != tag:
                continue

    def handle_data(self, data: str) -> None:
        look = self._looks[-1][1] if self._looks else Look()
        text = re.sub(r"[ \t\r\n\f]+", " ", data)
        if look.hidden:
            return
        if look.struck:
            self._omitted.strike(self._omitted.conversion.text([(text, look.encoding)]))
            return
        if look.raised and (shown := raised(self._pieces[-1][0] if self._pieces else "", text)) is not None:
            if not shown:
                self._omitted.mark(self._pieces[-1][0] if self._pieces else "")
            text = shown
        self._pieces.append((text, look.encoding))

    def _end_paragraph(self) -> None:
        text = self._omitted.conversion.text(self._pieces)
        self._pieces = []
        if text.strip():
            self._meter.count(len(text))
            made = paragraph(text, None, None, bold=False)
            if made is not None:
                self._flows[-1].blocks.append(made)

    def _end_cell(self) -> None:
        if not self._tables or len(self._spans) < len(self._tables):
            return
        self._end_paragraph()
        columns, rows = self._spans.pop()
        table, covered = self._tables[-1], self._covered[-1]
        cell, inner = self._flows.pop().cell(columns)
        table.inner.extend(inner)
        self._lay_covered()
        if rows > 1:
            covered.update({len(table.cells) + at: rows for at in range(columns)})
        table.add(cell, starting=rows > 1)

    def _lay_covered(self) -> None:
        table, covered = self._tables[-1], self._covered[-1]
        while covered.get(len(table.cells), 0) > 0 and len(table.cells) <= TABLE_COLUMNS:
            table.add(COVERED)

    def _end_row(self) -> None:
        if not self._tables or len(self._since) < len(self._tables):
            return
        self._end_cell()
        self._lay_covered()
        since, table = self._since.pop(), self._tables[-1]
        struck = len(self._omitted.struck) > since and table.is_struck()
        if struck:
            self._omitted.strike_row(since)
        table.end_row(None, keep=bool(table.cells) and not struck)
        self._covered[-1] = {at: left - 1 for at, left in self._covered[-1].items() if left > 1}
