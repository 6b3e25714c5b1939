"""Paragraphs and tables as WordprocessingML text: written whole and parsed once, far faster than cell by cell.

Everything that comes from people passes `clean` and is escaped here, and nowhere else.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from zlib import crc32

from documents.writing.official.clean import clean
from documents.writing.official.form import LOOKS
from documents.writing.official.styles import W, run_properties, twips

R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_BREAKS = re.compile(r"([\n\t])")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text. `anchor` makes it a link to a bookmark in this document, `bookmark` gives it a name itself.

    `bold` and `italic` None: as the paragraph's look says.
    """

    text: str
    bold: bool | None = None
    italic: bool | None = None
    anchor: str | None = None
    bookmark: str | None = None


Text = str | Sequence[Run]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its header, its share of the width, and whether its cells stand centred."""

    title: str
    share: float
    centred: bool = False


class Bookmarks:
    """Numbers for bookmarks: each name once a document; Word knows at most 40 letters, digits and underscores."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}

    def around(self, name: str | None, inside: str) -> str:
        """The inside between the marks of a bookmark; a name that is taken already marks nothing twice."""
        if name is None or (safe := bookmark_name(name)) in self._ids:
            return inside
        number = self._ids[safe] = len(self._ids) + 1
        return f'<w:bookmarkStart w:id="{number}" w:name="{safe}"/>{inside}<w:bookmarkEnd w:id="{number}"/>'


def bookmark_name(name: str) -> str:
    """The name as Word takes it: where it must be cut or loses letters, a checksum keeps it apart from others."""
    safe = re.sub(r"\W", "_", name, flags=re.ASCII)
    if len(safe) <= 40 and name.isascii():
        return safe
    return f"{safe[:31]}_{crc32(name.encode('utf-8', 'replace')):08x}"


def text_xml(text: str) -> str:
    """The inside of a run: the text escaped, line breaks and tabs as Word's own."""
    pieces = []
    for piece in _BREAKS.split(clean(text)):
        if piece == "\n":
            pieces.append("<w:br/>")
        elif piece == "\t":
            pieces.append("<w:tab/>")
        elif piece:
            pieces.append(f'<w:t xml:space="preserve">{escape(piece, quote=False)}</w:t>')
    return "".join(pieces)


def paragraph_xml(style: str, text: Text, marks: Bookmarks, *, extra: str = "", bookmark: str | None = None) -> str:
    """A paragraph. `extra` is further w:pPr content that belongs between style and run properties (schema order)."""
    runs = [Run(text)] if isinstance(text, str) else text
    inside = marks.around(bookmark, "".join(_run_xml(style, run, marks) for run in runs))
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{extra}</w:pPr>{inside}</w:p>'


def _run_xml(style: str, run: Run, marks: Bookmarks) -> str:
    look = LOOKS[style]
    bold = look.bold if run.bold is None else run.bold
    italic = look.italic if run.italic is None else run.italic
    inside = f"<w:r><w:rPr>{run_properties(look.size, bold, italic)}</w:rPr>{text_xml(run.text)}</w:r>"
    if run.anchor is not None:
        inside = f'<w:hyperlink w:anchor="{bookmark_name(run.anchor)}" w:history="1">{inside}</w:hyperlink>'
    return marks.around(run.bookmark, inside)


def rule_xml(width: float, length: float) -> str:
    """A rule of `length` mm, centred in `width` mm: the upper border of an empty, very low paragraph."""
    indent = max(0, twips((width - length) / 2))
    return (
        '<w:p><w:pPr><w:pBdr><w:top w:val="single" w:sz="6" w:space="1" w:color="000000"/></w:pBdr>'
        '<w:spacing w:before="40" w:after="0" w:line="80" w:lineRule="exact"/>'
        f'<w:ind w:left="{indent}" w:right="{indent}"/><w:rPr><w:sz w:val="4"/></w:rPr></w:pPr></w:p>'
    )


def table_xml(widths: Sequence[float], rows: Iterable[str], *, borders: bool, margin: float = 1.5) -> str:
    """A table of fixed column widths (mm) around rows made by `row_xml`."""
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in (("top", "left", "bottom", "right", "insideH", "insideV") if borders else ())
    )
    grid = "".join(f'<w:gridCol w:w="{twips(width)}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(map(twips, widths))}" w:type="dxa"/>'
        f"{f'<w:tblBorders>{lines}</w:tblBorders>' if lines else ''}"
        '<w:tblLayout w:type="fixed"/><w:tblCellMar>'
        f'<w:top w:w="{twips(margin / 3)}" w:type="dxa"/><w:left w:w="{twips(margin)}" w:type="dxa"/>'
        f'<w:bottom w:w="{twips(margin / 3)}" w:type="dxa"/><w:right w:w="{twips(margin)}" w:type="dxa"/>'
        "</w:tblCellMar>"
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def row_xml(widths: Sequence[float], cells: Sequence[str], *, header: bool = False, whole: bool = True) -> str:
    """A row of cells that hold ready paragraphs. `header` repeats it on each page; `whole` keeps it on one page."""
    properties = f"{'<w:cantSplit/>' if whole else ''}{'<w:tblHeader/>' if header else ''}"
    middle = '<w:vAlign w:val="center"/>' if header else ""
    inside = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{twips(width)}" w:type="dxa"/>{middle}</w:tcPr>{cell}</w:tc>'
        for width, cell in zip(widths, cells, strict=True)
    )
    return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{inside}</w:tr>"


def spanning_row_xml(widths: Sequence[float], cell: str) -> str:
    """A row of one cell over the whole table: the heading of a group; it stays with the row below it."""
    span = f'<w:tcW w:w="{sum(map(twips, widths))}" w:type="dxa"/><w:gridSpan w:val="{len(widths)}"/>'
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr>{span}</w:tcPr>{cell}</w:tc></w:tr>"


def namespaced(xml: str) -> str:
    """Blocks in one parent that declares their namespaces, ready to be parsed."""
    return f'<w:blocks xmlns:w="{W}" xmlns:r="{R}">{xml}</w:blocks>'
