"""The paragraphs of a narrative plan: hard-wrapped lines joined again, each with the number it begins with."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from documents.reading.formats.blocks import Paragraph
from documents.reading.plan.tables.cells import BULLET, LONGEST, join_wrapped, squeeze
from documents.reading.plan.tables.codes import Kind, Marker, read_marker, split_marker
from rules.plan.values import Source

_BULLET = re.compile(rf"(?P<sign>{BULLET})\s*(?=\S)")
_WRAPPING_FORMATS = frozenset({"txt"})
_FULL_LINE = 55
"""A line shorter than this was not broken by the page's edge but ends there."""

_NEW_SENTENCE = re.compile(
    r"(?i)trong quá trình|trên đây là|n[ơo]i nh[ậa]n|(?:thời gian|thời hạn|tiến độ)(?: thực hiện)?\b"
    r"|(?:bộ phận|cơ quan|đơn vị) (?:chủ trì|phối hợp)"
)
_END = re.compile(r"(?i)trên đây là\b|n[ơo]i nh[ậa]n\s*:?|kính đề nghị các cơ quan|(?:TM|KT|TL)\.\s*(?:ủy|uỷ|chủ)")


_INTRODUCES = re.compile(r"(?i)(?:như sau|sau đây|(?:nội dung|nhiệm vụ|giải pháp|kế hoạch|công việc) sau)\s*:?$")
_CHAPTER = re.compile(r"(?i)mục (?:đích|tiêu)|yêu cầu|nội dung|nhiệm vụ|giải pháp|tổ chức thực hiện|phạm vi|quan điểm")
_LONGEST_HEADING = 120
_PART_ALONE = re.compile(r"(?i)(?:phần|chương|mục)(?: thứ)? (?:[IVX]{1,5}|\d{1,2}|nhất|hai|ba|tư)\s*[:.]?")


@dataclass(slots=True)
class Para:
    """One paragraph: its number (None for bullets and plain text), the bullet sign, the text without either."""

    marker: Marker | None
    sign: str
    text: str
    source: Source
    bold: bool = False

    @property
    def kind(self) -> Kind | None:
        """The kind of its number; None for bullets and plain paragraphs."""
        return self.marker.kind if self.marker else None


def body_paragraphs(paragraphs: Sequence[Paragraph], form: str) -> list[Para]:
    """The body of the plan, from its first chapter to "Trên đây là …" or "Nơi nhận".

    Chapters without numbers are known by their bold or capital letters.
    """
    paras = list(map(_para, _joined(paragraphs, form)))
    numbered = _until_end(paras, next((at for at, para in enumerate(paras) if _opens_body(para)), len(paras)))
    if any(para.kind in (Kind.ROMAN, Kind.UPPER) for para in numbered):
        return numbered
    headed = _with_headings(paras)
    return headed if headed else numbered


def _until_end(paras: Sequence[Para], start: int) -> list[Para]:
    found: list[Para] = []
    for para in paras[start:]:
        if found and para.marker is None and _END.match(para.text):
            break
        found.append(para)
    return found


def _with_headings(paras: Sequence[Para]) -> list[Para]:
    """The body of a plan whose chapters have no numbers; none where no chapter can be told."""
    begun = next((at + 1 for at, para in enumerate(paras) if _INTRODUCES.search(para.text)), None)
    if begun is None:
        begun = next((at for at, para in enumerate(paras) if _is_heading(para) and _CHAPTER.match(para.text)), None)
    if begun is None:
        return []
    body = _until_end(paras, begun)
    headings = [para for para in body if _is_heading(para)]
    if not headings or len(headings) * 2 > len(body):
        return [] if any(para.marker for para in body) else body
    for number, para in enumerate(headings, 1):
        para.marker = Marker(Kind.ROMAN, "", f"M{number}")
    return body[body.index(headings[0]) :]


def _is_heading(para: Para) -> bool:
    plain = para.marker is None and not para.sign and not para.text.endswith((".", ";", ",", ":"))
    return plain and 3 < len(para.text) <= _LONGEST_HEADING and (para.bold or para.text.isupper())


def _opens_body(para: Para) -> bool:
    if para.marker is None:
        return False
    return para.marker.label in ("I", "1", "A") or (para.kind is Kind.ROMAN and para.text.isupper())


def _joined(paragraphs: Sequence[Paragraph], form: str) -> Iterator[Paragraph]:
    held: Paragraph | None = None
    width = last_line = 0
    for paragraph in paragraphs:
        text = squeeze(paragraph.text)
        if not text:
            continue
        if held is not None and _PART_ALONE.fullmatch(held.text):
            held = Paragraph(f"{held.text.rstrip(' .:')}. {text}", held.page, held.line, held.number, paragraph.bold)
        elif held is not None and _goes_on(held, paragraph, text, width, last_line, form):
            held = Paragraph(join_wrapped(held.text, text), held.page, held.line, held.number, held.bold)
        else:
            if held is not None:
                yield held
            held = Paragraph(text, paragraph.page, paragraph.line, paragraph.number, paragraph.bold)
        width, last_line = len(text), paragraph.line or 0
    if held is not None:
        yield held


def _goes_on(held: Paragraph, line: Paragraph, text: str, width: int, last_line: int, form: str) -> bool:
    """Whether a line continues the sentence of the one before it."""
    if line.number or len(held.text) > LONGEST or _BULLET.match(text) or split_marker(text)[0]:
        return False
    ended = held.text.endswith((".", "!", "?", ";", ":"))
    wrapped = form in _WRAPPING_FORMATS and line.line == last_line + 1
    if text[0].islower():
        return not ended or (wrapped and not held.text.endswith("."))
    if not wrapped or _NEW_SENTENCE.match(text):
        return held.text.endswith(",")
    if held.text.isupper() and split_marker(held.text, heading=True)[0]:
        return text.isupper() and split_marker(text, heading=True)[0] is None
    # after a full line a sentence goes on; a bullet may hold several sentences
    return width >= _FULL_LINE and (not ended or bool(_BULLET.match(held.text)))


def _para(paragraph: Paragraph) -> Para:
    source = Source(page=paragraph.page, line=paragraph.line)
    text = paragraph.text[:LONGEST]
    if paragraph.number and (marker := read_marker(paragraph.number)):
        return Para(marker, "", text, source, paragraph.bold)
    if paragraph.number:
        return Para(None, paragraph.number.strip()[:1], text, source, paragraph.bold)
    if bullet := _BULLET.match(text):
        return Para(None, bullet["sign"], text[bullet.end() :], source, paragraph.bold)
    marker, rest = split_marker(text, heading=True)
    return Para(marker, "", rest, source, paragraph.bold)
