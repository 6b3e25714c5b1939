"""Number and day written into a Word text that people have edited: only where room for them was left.

Word cuts a line into runs as it pleases, so a line is found by its joined text and
changed where the runs lie under the blanks. Nothing else in the file is touched.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from typing import Any

from lxml import etree

from documents.reading.formats.archive import Archive
from documents.reading.formats.blocks import RefusedDocument
from documents.reading.formats.word.parts import main_part
from rules.reporting.printed_number import Printed

HEAD_LINES = 25
"""So many lines of text at most belong to the head."""
LONGEST = 400
MAIN_BYTES = 20_000_000
_BLANK = r"[\s.…_‥·]*"
_SYMBOL = r"[A-ZĐ]{1,8}(?:\s*[-–‑]\s*[A-ZĐ&.]{1,15}){1,4}"
_NUMBER = re.compile(rf"^\s*(?i:Số)(?:\s*:)?(?P<number>{_BLANK}(?:\d{{1,5}})?{_BLANK})/\s*(?P<symbol>{_SYMBOL})")
_DATED = (
    rf"ngày(?P<day>{_BLANK}(?:\d{{1,2}})?{_BLANK})tháng(?P<month>{_BLANK}(?:\d{{1,2}})?{_BLANK})"
    rf"năm(?P<year>{_BLANK}(?:\d{{1,4}})?{_BLANK})"
)
_DAY = re.compile(rf"[^,;:()\t\n]{{2,60}},\s*(?P<all>{_DATED})$", re.IGNORECASE)
_ATTACHED = re.compile(
    rf"\((?i:kèm theo)\s[^()]{{2,40}}?số(?P<number>{_BLANK}(?:\d{{1,5}})?{_BLANK})/\s*{_SYMBOL}\s*,?\s*(?i:{_DATED})"
)
_KIND = re.compile(r"^\s*(?:BÁO CÁO|KẾ HOẠCH|TỜ TRÌNH|THÔNG BÁO|QUYẾT ĐỊNH)\b")
_APART = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
_UNSEEN = ("del", "moveFrom", "txbxContent", "Fallback")
_DIGITS = re.compile(r"\d+")


@dataclass(slots=True)
class _Line:
    """A paragraph as it reads: its elements with the letters that each shows."""

    pieces: list[tuple[Any, str]]

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.pieces)

    def write(self, start: int, end: int, words: str) -> None:
        """Put words in the place of the letters from `start` to `end`: into the run that they begin in."""
        place, waiting = 0, words
        for number, (element, text) in enumerate(self.pieces):
            first, last = start - place, end - place
            place += len(text)
            if first > len(text) or last < 0:
                continue
            if _name(element) == "t":
                kept = text[: max(first, 0)] + waiting + text[max(last, 0) :]
                self.pieces[number], waiting = (element, kept), ""
                element.text = kept
                element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            elif 0 <= first < len(text) or first < 0 < last:  # a tab or break inside the blank
                element.getparent().remove(element)
                self.pieces[number] = (element, "")


def read_printed(content: bytes) -> Printed:
    """What a Word text says of its number and day; nothing found where it cannot be read."""
    try:
        root, _, signed = _opened(content)
    except RefusedDocument:
        return Printed()
    found = Printed(signed=signed)
    for line in _head(root):
        text = line.text
        if not _known_number(found) and (number := _NUMBER.match(text)):
            found = _with_number(found, number)
        if not _known_day(found) and (day := _DAY.search(text)):
            found = _with_day(found, day)
    return found


def stamped(content: bytes, number: int, day: date) -> bytes:
    """The text with its number and day in the room left for them, also where annexes name the text.

    The same bytes where there is no such room. Raises RefusedDocument for what is no Word text.
    """
    root, main, signed = _opened(content)
    if signed:
        return content
    changed = False
    for line in _head(root):
        changed |= _fill(line, _NUMBER.match(line.text), number, day)
        changed |= _fill(line, _DAY.search(line.text), number, day)
    for line in _lines(root):
        if "Kèm theo" in line.text or "kèm theo" in line.text:
            changed |= _fill(line, _ATTACHED.search(line.text), number, day)
    if not changed:
        return content
    return _with_part(content, main, etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _opened(content: bytes) -> tuple[Any, str, bool]:
    """The main part as a tree, its name, and whether the package is signed. Raises RefusedDocument."""
    archive = Archive(content)
    archive.refuse_declarations()
    main = main_part(archive)
    data = archive.read(main)
    if len(data) > MAIN_BYTES:
        raise RefusedDocument("văn bản dài bất thường nên không điền được số và ngày")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        raise RefusedDocument("nội dung bên trong tệp bị hỏng; hãy mở bằng Word, lưu lại rồi nộp lại") from None
    return root, main, any(name.startswith("_xmlsignatures/") for name in archive.names)


def _head(root: Any) -> Iterator[_Line]:
    """The lines before the kind of the document ("BÁO CÁO"), at most `HEAD_LINES`."""
    seen = 0
    for line in _lines(root):
        text = line.text
        if not text.strip():
            continue
        seen += 1
        if seen > HEAD_LINES or _KIND.match(text):
            return
        if len(text) <= LONGEST:
            yield line


def _lines(root: Any) -> Iterator[_Line]:
    for paragraph in root.iter("{*}p"):
        yield _Line(list(_pieces(paragraph)))


def _pieces(element: Any) -> Iterator[tuple[Any, str]]:
    """The elements of a paragraph that show letters; not what is deleted, nor the text of a box in it."""
    for child in element:
        name = _name(child)
        if name == "t":
            yield child, child.text or ""
        elif name in _APART:
            if _name(element) == "r":
                yield child, _APART[name]
        elif name not in _UNSEEN:
            yield from _pieces(child)


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _known_number(found: Printed) -> bool:
    return found.number_open or found.number is not None


def _known_day(found: Printed) -> bool:
    return found.day_open or found.day is not None or found.wrong_day is not None


def _with_number(found: Printed, match: re.Match[str]) -> Printed:
    number, symbol = _typed(match["number"]), match["symbol"].strip()
    return replace(found, number=number, symbol=symbol, number_open=number is None and not found.signed)


def _with_day(found: Printed, match: re.Match[str]) -> Printed:
    day, month = _typed(match["day"]), _typed(match["month"])
    year = _typed(match["year"], whole=4)
    if day is None or month is None or year is None:
        return replace(found, day_open=not found.signed, month=month, year=year)
    try:
        return replace(found, day=date(year, month, day))
    except ValueError:
        return replace(found, wrong_day=" ".join(match["all"].split()))


def _typed(words: str, whole: int = 1) -> int | None:
    """The figure typed between blanks; None where it is missing or not whole ("năm 20…")."""
    found = _DIGITS.search(words)
    return int(found[0]) if found and len(found[0]) >= whole else None


def _fill(line: _Line, match: re.Match[str] | None, number: int, day: date) -> bool:
    """Write number and day where a line's match has room for them; from the right, so that places stay true."""
    if match is None:
        return False
    month = f"{day.month:02}" if day.month < 3 else f"{day.month}"
    end = "" if match.end() == len(line.text) else " "
    words = {"number": f" {number:02}", "day": f" {day.day:02} ", "month": f" {month} ", "year": f" {day.year}{end}"}
    room = [(name, match.span(name)) for name in match.groupdict() if name in words]
    room = [(name, span) for name, span in room if _typed(match[name], whole=4 if name == "year" else 1) is None]
    for name, (start, end_at) in sorted(room, key=lambda one: one[1], reverse=True):
        line.write(start, end_at, words[name])
    return bool(room)


def _with_part(content: bytes, name: str, data: bytes) -> bytes:
    """The package with one part replaced; every other member as it was."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(member, data if member.filename == name else old.read(member))
    return out.getvalue()
