"""Plain text: pasted from a web page, a spreadsheet or a converter.

Lines with tabs (or Markdown pipes) are rows of a table; everything else is a
paragraph a line. Markdown marks and HTML tags are taken off. Lines wrapped by
an editor stay apart: joining them is interpretation.
"""

import csv
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from documents.reading.formats.blocks import Cell, Document, Paragraph, Row, Table
from documents.reading.formats.charset import decoded
from documents.reading.formats.cleaning import clean, tidy
from documents.reading.formats.flow import Meter, document
from documents.reading.formats.limits import check_table
from documents.reading.formats.omitted import Omitted

_ITEM_TAG = re.compile(r"<li\b[^<>]{0,300}>", re.IGNORECASE)
_BREAK_TAG = re.compile(r"</?(?:ul|ol|p|br|div|tr|h[1-6])\b[^<>]{0,300}>|</li>", re.IGNORECASE)
_INLINE_TAG = re.compile(
    r"</?(?:i|b|u|s|em|strong|span|sup|sub|font|a|td|th|table|tbody|thead|small)\b[^<>]{0,300}>", re.I
)
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|ndash|mdash|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+")
_QUOTE = re.compile(r"^\s{0,3}>\s+")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?![\s*])([^*\n]+?)(?<!\s)\*(?![\w*])")
_UNDERLINE = re.compile(r"(?<!\w)_(?![\s_])([^_\n]*\w[^_\n]*?)(?<!\s)_(?!\w)")
_ESCAPED = re.compile(r"\\([-.*_#|()\[\]>+!`~])")
_RULE = re.compile(r"^\s*(?:[-*_=]\s*){3,}$|^\s*\|\s*$")
_PIPE_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)+\|?\s*$")
_PIPE = re.compile(r"(?<!\\)\|")
_ORDINAL = re.compile(r"^\s*(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{1,6}|[A-ZĐa-zđ])\s*[.)]?\s*$")
_HEADED = re.compile(r"^\s*(?:[IVXLC]{1,6}|[A-ZĐ]|\d{1,3}(?:\.\d{1,3})*)[.)]?\s+\S")
_QUOTED_LINES = 60
_MARKED_LENGTH = 20_000  # a longer line is no text that a person marked up, and patterns on it would be slow


@dataclass(slots=True)
class _Line:
    """A line of the file: `number` from 1; `cells` where it is (part of) a row of a table."""

    number: int
    text: str
    page: int | None
    cells: list[str] | None = None


def read_text(data: bytes) -> Document:
    """The lines of a text file as paragraphs and tables. Raises RefusedDocument for bytes that are no text."""
    omitted = Omitted()
    text = decoded(data).replace("\r\n", "\n").replace("\r", "\n")
    omitted.conversion.look_over(text.encode("utf-8", "replace"))
    text = "\n".join(omitted.conversion.unnamed(line) for line in text.split("\n"))
    lines = _separated_values(text) or list(_lines(text))
    return document("txt", list(_blocks(lines)), omitted=omitted)


def strip_marks(text: str) -> str:
    """Text without Markdown marks and HTML tags; list items and breaks of HTML begin a new line."""
    if len(text) > _MARKED_LENGTH:
        return tidy(text)
    if "<" in text:
        text = _INLINE_TAG.sub("", _BREAK_TAG.sub("\n", _ITEM_TAG.sub("\n- ", text)))
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    text = _QUOTE.sub("", _HEADING.sub("", text))
    if "*" in text or "__" in text:
        text = _EMPHASIS.sub(r"\1", text.replace("**", "") if "**" in text else text)
        text = re.sub(r"__(?=\w)([^_\n]+)(?<=\w)__", r"\1", text)
    if "_" in text:
        text = _UNDERLINE.sub(r"\1", text)
    return tidy(_ESCAPED.sub(r"\1", text) if "\\" in text else text)


def _lines(text: str) -> Iterator[_Line]:
    """Lines with their numbers; a quoted cell of a spreadsheet that holds line breaks stays one line."""
    raw = text.split("\n")
    paged = "\f" in text
    page, at = 1, 0
    while at < len(raw):
        number, line = at + 1, raw[at]
        at += 1
        if "\t" in line and line.count('"') % 2 and re.search(r'(?:^|\t)"', line):
            for ahead in range(at, min(at + _QUOTED_LINES, len(raw))):
                if raw[ahead].count('"') % 2:
                    line, at = "\n".join((line, *raw[at : ahead + 1])), ahead + 1
                    break
        page += line.count("\f")
        line = line.replace("\f", "")
        yield _Line(number, line, page if paged else None, _cells(line))


def _cells(line: str) -> list[str] | None:
    bare = line.strip()
    if "\t" not in line:
        piped = bare.startswith("|") and bare.endswith("|") and bare.count("|") > 2 and len(bare) <= _MARKED_LENGTH
        if not piped:
            return None
        return [] if _PIPE_RULE.match(bare) else [cell.strip() for cell in _PIPE.split(bare)[1:-1]]
    if not bare:
        return None
    return [_unquoted(cell) for cell in line.split("\t")]


def _unquoted(cell: str) -> str:
    bare = cell.strip()
    if len(bare) >= 2 and bare[0] == bare[-1] == '"' and ("\n" in bare or '""' in bare):
        return bare[1:-1].replace('""', '"')
    return cell


def _blocks(lines: list[_Line]) -> Iterator[Paragraph | Table]:
    meter = Meter()
    rows: list[_Line] = []
    for region in _regions(lines):
        for line in region:
            meter.count(len(line.text))
        if _is_table(region, bool(rows)):
            rows.extend(_joined(region))
            continue
        if rows:
            yield _table(rows)
            rows = []
        for line in region:
            if (made := _paragraph(line)) is not None:
                yield made
    if rows:
        yield _table(rows)


def _regions(lines: list[_Line]) -> Iterator[list[_Line]]:
    """Stretches of lines that may be one table, and stretches that are none. Blank lines part them."""
    region: list[_Line] = []
    for line in lines:
        if not line.text.strip() and line.cells is None:
            if region:
                yield from _split(region)
            region = []
        else:
            region.append(line)
    if region:
        yield from _split(region)


def _split(region: list[_Line]) -> Iterator[list[_Line]]:
    """Text before the first and after the last row of a stretch is no part of its table."""
    at = [i for i, line in enumerate(region) if line.cells is not None]
    if not at:
        yield region
        return
    first, last = at[0], at[-1] + 1
    width = max(len(region[i].cells or ()) for i in at)
    while (
        last < len(region) and len(region[last - 1].cells or ()) == width and re.match(r"\s*[-+•]", region[last].text)
    ):
        last += 1
    for part in (region[:first], region[first:last], region[last:]):
        if part:
            yield part


def _is_table(region: list[_Line], inside: bool) -> bool:
    widths = [len(line.cells) for line in region if line.cells is not None]
    return bool(widths) and (max(widths) >= 3 or (inside and max(widths) == 2))


def _joined(region: list[_Line]) -> list[_Line]:
    """Rows whose cells were broken over lines, put together again where this is evident."""
    rows: list[_Line] = []
    width = max(len(line.cells or ()) for line in region)
    for line in region:
        if line.cells == []:
            continue
        before = rows[-1].cells if rows else None
        if before is not None and _continues(before, line, width):
            tail = line.cells or [line.text]
            before[-1] = f"{before[-1]}\n{tail[0]}"
            before.extend(tail[1:])
        else:
            rows.append(_Line(line.number, line.text, line.page, list(line.cells or [line.text])))
    return rows


def _continues(before: list[str], line: _Line, width: int) -> bool:
    if line.cells is None:
        return not (len(before) == width and _HEADED.match(line.text))
    whole = len(before) + len(line.cells) - 1 == width and 1 < len(before) < width
    head = line.cells[0].strip()
    return whole and bool(head) and not (len(head) < 16 and _ORDINAL.match(head))


def _table(lines: list[_Line]) -> Table:
    width = max(len(line.cells or ()) for line in lines)
    check_table(len(lines), width)
    rows: list[Row] = []
    for at, line in enumerate(lines, start=1):
        cells = [Cell(text=strip_marks(clean(cell))) for cell in line.cells or ()]
        cells += [Cell(text="")] * (width - len(cells))
        rows.append(Row(cells=tuple(cells), page=line.page, row=at, line=line.number))
    return Table(rows=tuple(rows), index=0)


def _paragraph(line: _Line) -> Paragraph | None:
    if len(line.text) < _MARKED_LENGTH and _RULE.match(line.text):
        return None
    text = strip_marks(clean(line.text))
    if not text:
        return None
    bare = line.text.strip()
    bold = bool(_HEADING.match(line.text)) or (bare.startswith("**") and bare.endswith("**") and len(bare) > 4)
    return Paragraph(text=text, page=line.page, line=line.number, bold=bold)


def _separated_values(text: str) -> list[_Line] | None:
    """The records of a comma or semicolon file, or None where the text is none."""
    if "\t" in text:
        return None
    start = text.lstrip("\ufeff\n ")[:4000].split("\n", 1)[0]
    mark = ";" if start.count(";") >= start.count(",") else ","
    if start.count(mark) < 3:
        return None
    reader = csv.reader(text.split("\n"), delimiter=mark)
    records: list[_Line] = []
    begun = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                records.append(_Line(begun, mark.join(cells), None, list(cells)))
            begun = reader.line_num + 1
    except csv.Error:
        return None
    width = len(records[0].cells or ()) if records else 0
    same = sum(len(record.cells or ()) == width for record in records)
    return records if len(records) >= 2 and width >= 4 and same >= 0.8 * len(records) else None
