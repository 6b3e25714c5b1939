"""The paragraphs of a narrative plan: hard-wrapped lines joined again, each with the number it begins with."""

import re
from collections.abc import Iterable, Iterator, Sequence
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


_CLOSING = re.compile(
    r"(?i)^(?:trong quá trình|quá trình (?:thực hiện|triển khai)|trên cơ sở kế hoạch này"
    r"|căn cứ kế hoạch này, (?:yêu cầu|đề nghị)|để .{0,300}(?:yêu cầu|đề nghị)"
    r"|(?:yêu cầu|đề nghị) .{0,160}(?:nghiêm túc|quan tâm)(?: triển khai| tổ chức| phối hợp)* (?:thực hiện|chấp hành)"
    r"|(?:kế hoạch|chỉ thị|quyết định|thông báo|văn bản) này (?:có hiệu lực|thay thế|được|thực hiện kể từ)"
    r"|(?:văn phòng|vp|ubnd|ủy ban) .{0,90}thông báo .{0,80}(?:biết|thực hiện)|(?:trân trọng|xin (?:cảm|chân)).{0,20}$"
    r"|chân thành cảm ơn|nhận được (?:kế hoạch|chỉ thị|thông báo|công văn|văn bản) này"
    r"|nếu có (?:khó khăn|vướng mắc|phát sinh)|mọi (?:khó khăn|vướng mắc)|thông tin chi tiết .{0,40}liên hệ)"
)
_POINTS = re.compile(
    r"(?i)^[^.;]{0,220}\b(?:nêu|chi tiết|cụ thể|trình bày|thể hiện|theo|tại|phân công)\s+"
    r"(?:tại |theo |trong |ở )?(?:các )?"
    r"(?:phụ lục|biểu|bảng)\b[^.;]{0,40}(?:kèm theo|đính kèm|dưới đây|sau)\b[^.;]{0,40}[.;/]*$"
)
"""A sentence that only points to the annex."""

_TERM = re.compile(r"(?i)\btrước ngày\b|\bchậm nhất\b|\bđịnh kỳ\b|\bhạn\b.{0,20}\d")
_ANNEX_NAME = r"phụ lục(?:\s+(?:số\s*)?(?:[ivx]+|\d+|[a-z]))?\s*[:.]?"
_CAPTION = re.compile(
    r"(?i)\(\s*(?:ban hành |đính |gửi |có [^()]{0,60})?"
    r"(?:kèm|chi tiết|nhiệm vụ[^()]{0,40}tại|cụ thể|nội dung[^()]{0,40}tại|theo|xem|tại|dự thảo)"
    r"[^()]*(?:\([^()]*\)[^()]*)*\)[ .;/]*"
    rf"|{_ANNEX_NAME}|(?:đvt|đơn vị tính)\s*:.*"
    r"|(?:bảng|biểu|hình|sơ đồ|mẫu)(?: số)? ?\d{1,2}\s*[.:-].*|(?:bảng|biểu|phụ lục|mẫu)(?: số)? ?\d{1,2}"
    r"|(?:tiếp theo|hết)[ .]*|[-–—*_. ]*\d{0,3}[-–—*_. ]*"
)
_ANNEX = re.compile(rf"(?i){_ANNEX_NAME}")
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
    paras = [para for para in map(_para, _without_captions(_joined(paragraphs, form))) if not is_closing(para)]
    numbered = _until_end(paras, next((at for at, para in enumerate(paras) if _opens_body(para)), len(paras)))
    if any(para.kind in (Kind.ROMAN, Kind.UPPER) for para in numbered):
        return numbered
    headed = _with_headings(paras)
    return headed if headed else numbered


def plain_paragraphs(paragraphs: Sequence[Paragraph], form: str, body: Sequence[Para]) -> list[Para]:
    """The plain text of a directive above its numbered body, or all of it where there is none, without its head."""
    first = (body[0].source.page, body[0].source.line, body[0].text) if body else None
    found: list[Para] = []
    for para in map(_para, _without_captions(_joined(paragraphs, form))):
        if (para.source.page, para.source.line, para.text) == first or _END.match(para.text):
            break
        if not is_closing(para) and not para.text.isupper() and para.marker is None:
            found.append(para)
    return found


def is_closing(para: Para) -> bool:
    """Whether a paragraph only closes the document ("Trong quá trình thực hiện …"); one that sets a term is a duty."""
    closes = (_CLOSING.match(para.text) or _POINTS.match(para.text)) and not para.text.endswith(":")
    return para.marker is None and bool(closes) and not _TERM.search(para.text)


def _without_captions(paragraphs: Iterable[Paragraph]) -> Iterator[Paragraph]:
    """The paragraphs that are neither captions nor headings of an annex ("PHỤ LỤC", "(Kèm theo …)")."""
    in_heading = False
    for paragraph in paragraphs:
        text = squeeze(paragraph.text)
        if _ANNEX.fullmatch(text):
            in_heading = True
        elif in_heading and text.isupper() and not paragraph.number and split_marker(text, heading=True)[0] is None:
            continue
        elif not _CAPTION.fullmatch(text):
            in_heading = False
            yield paragraph


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
