"""The paragraphs of a narrative plan as a tree: wrapped lines joined again, each with the number it begins with.

What is a task, what only says something of one, and what says what was found.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from documents.reading.formats.blocks import Paragraph
from documents.reading.plan.labels import is_roles_heading, labels_of
from documents.reading.plan.scores import area_score
from documents.reading.plan.subjects import NAME_ENDS, begins_with_a_verb, subject_of
from documents.reading.plan.tables.cells import BULLET, LONGEST, join_wrapped, squeeze
from documents.reading.plan.tables.codes import Kind, Marker, read_marker, split_marker
from rules.plan.units import UnitBook
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
    r"|(?:[^,.;:]{2,40} )?(?:yêu cầu|đề nghị) .{0,160}(?:nghiêm túc|quan tâm)(?: triển khai| tổ chức| phối hợp)*"
    r" (?:thực hiện|chấp hành)[^:;]{0,60}$"
    r"|(?:kế hoạch|chỉ thị|quyết định|thông báo|văn bản) này (?:có hiệu lực|thay thế|được|thực hiện kể từ)"
    r"|(?:văn phòng|vp|ubnd|ủy ban) .{0,90}thông báo .{0,80}(?:biết|thực hiện)|(?:trân trọng|xin (?:cảm|chân)).{0,20}$"
    r"|chân thành cảm ơn|nhận được (?:kế hoạch|chỉ thị|thông báo|công văn|văn bản) này"
    r"|nếu có (?:khó khăn|vướng mắc|phát sinh)|mọi (?:khó khăn|vướng mắc)|thông tin chi tiết .{0,40}liên hệ)"
)
_POINTS = re.compile(
    r"(?i)^[^.;]{0,220}\b(?:nêu|chi tiết|cụ thể|trình bày|thể hiện|theo|tại|phân công)\s+"
    r"(?:tại |theo |trong |ở )?(?:các )?(?:phụ lục|biểu|bảng)\b[^.;]{0,40}"
    r"(?:kèm theo|đính kèm|dưới đây|sau)\b[^.;]{0,40}[.;/]*$"
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


_TASKS = re.compile(
    r"(?i)nhiệm vụ|giải pháp|tổ chức thực hiện|phân công|trách nhiệm|triển khai|nội dung|biện pháp|hoạt động|khắc phục"
)
_NO_TASKS = re.compile(
    r"(?i)mục đích|mục tiêu|yêu cầu|quan điểm|ý nghĩa|đánh giá kết quả|kết quả (?:chung|đạt được|thực hiện|xếp)"
    r"|thực trạng|căn cứ|phạm vi|đối tượng|nguyên nhân|tồn tại|hạn chế|tình hình|khái quát|đặc điểm|sự cần thiết"
    r"|kinh phí|xếp hạng|ưu điểm|đánh giá (?:chung|tình hình|công tác|việc|thực trạng|về)|nhận xét|khó khăn|bài học"
    r"|tiêu chuẩn|điều kiện (?:xét|dự|tham gia|áp dụng)|cơ cấu giải|giải thưởng|mức (?:thưởng|chi|hỗ trợ)|thể lệ"
    r"|thành phần|ghi nhận|biểu dương"
)
_NO_TASKS_FIRST = re.compile(
    rf"(?i)(?:(?:về|một số|những|các|khái quát|đánh giá|công tác)\s+)*(?:{_NO_TASKS.pattern.removeprefix('(?i)')})"
)

_ASSESSED = re.compile(
    r"(?i)^(?:thời gian qua|trong thời gian qua|nhìn chung|tuy nhiên|bên cạnh (?:đó|những|các|kết quả)|hiện nay|cơ bản"
    r"|(?:ủy|uỷ) ban nhân dân (?:xã|phường|đặc khu)? ?(?:ghi nhận|biểu dương|đánh giá cao)|ghi nhận|biểu dương"
    r"|(?:các |những )?(?:nội dung|vấn đề|nhiệm vụ|công việc) (?:khác|còn lại)\b.{0,40}(?:thực hiện )?theo\b"
    r"|(?:cơ bản )?(?:nhất trí|thống nhất|đồng ý) (?:về )?(?:chủ trương|với|nội dung|đề xuất|báo cáo)|chưa xem xét"
    r"|đây là|đó là|(?:việc|nội dung) này\b"
    r"|đánh giá cao|mô hình .{0,160} là (?:khi|việc|mô hình|cách)\b"
    r"|một số (?:đơn vị|cơ quan|thôn|nhiệm vụ|chỉ tiêu|nội dung)\b.*\b(?:chậm|chưa|còn|thấp)\b"
    r"|(?:tỷ|tỉ) lệ .{0,160}(?:đạt|tăng|giảm)\b|kết quả .{0,80}đạt\b)"
)
"""What was found, not what is to be done."""

_DONE = re.compile(
    r"(?i)^(?P<who>[^,;:.]{2,50}?)\s(?:đã|vẫn còn|còn (?:chậm|hạn chế|thiếu)|chưa)\s(?!được (?:giao|phân công))"
)
_RESULTS_CHAPTER = re.compile(
    r"(?i)^(?:(?:về|công tác)\s+)*(?:kết quả (?:thực hiện|đạt|công tác|triển khai)|đánh giá|tình hình|kiểm điểm|tồn tại"
    r"|hạn chế|ưu điểm)\b(?!.*(?:,|và)\s*(?:phương hướng|nhiệm vụ|giải pháp|khắc phục))"
)


ORDERED = re.compile(r"(?i)\b(?:giao|yêu cầu|đề nghị|phân công)\b")

_NO_DUTY = re.compile(
    r"(?i)(?:quy mô|phương pháp|cỡ mẫu|số lượng|địa bàn|hình thức|thành phần|địa điểm|thời điểm)\b[^:.]{0,40}:"
)
"""Facts of a survey or an event, no task of anyone."""

_PAST = re.compile(r"(?i)(?:kết quả|nguyên nhân|tồn tại|hạn chế|mục đích|mục tiêu|yêu cầu|kinh phí|ưu điểm)")


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


_RANK = {Kind.UPPER: 0, Kind.ROMAN: 1, Kind.INT: 3, Kind.MIXED: 3, Kind.DOTTED: 4}


@dataclass(slots=True)
class Node:
    para: Para
    children: list["Node"] = field(default_factory=list)


def tree_of(body: Sequence[Para]) -> list[Node]:
    """The paragraphs as headings with what stands below them."""
    roots: list[Node] = []
    path: list[Node] = []
    for para in body:
        node = Node(para)
        while path and not _holds(path, node):
            path.pop()
        (path[-1].children if path else roots).append(node)
        if para.kind is not None or (para.sign and para.text.endswith(":")):
            path.append(node)
    return roots


def _holds(path: Sequence[Node], node: Node) -> bool:
    """Whether `node` stands below the last open heading."""
    top, kind = path[-1].para, node.para.kind
    if top.kind is None:  # a bullet that ends with a colon holds the "+" bullets after it
        return kind is None and node.para.sign == "+" and top.sign != "+"
    if kind is None and top.kind is Kind.LOWER and top.text.endswith((".", ";")) and not node.para.sign:
        # a sentence holds its labels; a plain paragraph behind the last letter belongs to the heading
        return bool(labels_of(node.para.text)) or ": " in top.text
    if kind is None:
        return True
    if kind in (Kind.LOWER, Kind.PAREN):
        return all(open_node.para.kind is not kind for open_node in path)
    if top.kind in (Kind.LOWER, Kind.PAREN) or kind is top.kind:
        return False
    return _RANK.get(kind, 3) > _RANK.get(top.kind, 3)


def is_described(node: Node) -> bool:
    """Whether all that stands below a task are such lines; "c) Phân công thực hiện" itself is none."""
    title = node.para.text.rstrip(" .:")
    return bool(node.children and title and not is_roles_heading(title)) and all(map(is_detail, node.children))


def is_detail(node: Node) -> bool:
    """Whether a line only says who, when or what comes of the task above it."""
    if node.children:
        return is_roles_heading(node.para.text) and all(map(is_detail, node.children))
    return labels_of(node.para.text) is not None


def content_of(node: Node) -> str:
    """The task that a line "Nội dung: …" names; empty for every other line."""
    said = labels_of(node.para.text) if not node.children else None
    return said.get("content") if said else ""


@dataclass(frozen=True, slots=True)
class Lists:
    """Lines that a list of parts follows, by identity, and the lines that are such parts."""

    lists: dict[int, list[Node]]
    taken: set[int]


def parts_of_lists(nodes: Sequence[Node]) -> Lists:
    """Hours of a window, channels, items of a list: bullets without a verb behind a duty that ends with a colon."""
    found = Lists({}, set())
    head: Node | None = None
    for node in nodes:
        text = squeeze(node.para.text)
        if node.children or node.para.kind is not None or labels_of(text):
            head = None
        elif head is not None and node.para.sign and not begins_with_a_verb(text) and not _has_a_subject(text):
            found.lists.setdefault(id(head), []).append(node)
            found.taken.add(id(node))
        elif text.endswith(":") and not area_score(text, "") and _is_duty(node):
            head = node
        else:
            head = None
    return found


def parts_of_task(node: Node) -> list[str]:
    """What a numbered duty that ends with a colon lists below it, where nothing of that is a task itself."""
    if not node.children or not node.para.text.rstrip().endswith(":") or not begins_with_a_verb(node.para.text):
        return []
    parts = [child for child in node.children if not is_detail(child)]
    texts = [squeeze(child.para.text) for child in parts]
    plain = all(not child.children and (child.para.sign or child.para.kind) for child in parts)
    return texts if plain and not any(begins_with_a_verb(text) or _has_a_subject(text) for text in texts) else []


def _is_duty(node: Node) -> bool:
    return bool(node.para.sign) or begins_with_a_verb(node.para.text) or _has_a_subject(squeeze(node.para.text))


def _has_a_subject(text: str) -> bool:
    return subject_of(text, UnitBook()) is not None


def with_parts(text: str, parts: Sequence[str]) -> str:
    """A duty with the parts of its list on one line."""
    return f"{text} {'; '.join(part.rstrip(' ;.,') for part in parts)}"


_HOURS = re.compile(
    r"(?i)^(?:(?:buổi|ca|thứ|các ngày|từ thứ)\s)?[^\d:;.]{0,30}:?\s*(?:từ |vào |lúc )*\d{1,2}\s*(?:h|giờ|:)"
    r"\s*\d{0,2}(?:\s*(?:phút)?\s*(?:[-–]|đến)\s*\d{1,2}\s*(?:h|giờ|:)\s*\d{0,2}(?:\s*phút)?)?[ .;]*$"
)
"""A line of hours alone: "Buổi sáng: từ 8h00 đến 10h00"."""


def is_assessed(text: str) -> bool:
    """Whether a line says what was found or done, or only hours, and orders nothing."""
    if _HOURS.match(text):
        return True
    if ORDERED.search(text):
        return False
    done = _DONE.match(text)
    return bool(_ASSESSED.match(text)) or bool(
        done and not begins_with_a_verb(text) and not NAME_ENDS.search(f"{done['who']} ")
    )


def has_tasks(title: str, chapter: bool) -> bool:
    """Whether a heading announces tasks. A chapter may name both ("MỤC TIÊU, NHIỆM VỤ"); a long sentence is a task."""
    if (not chapter and _NO_DUTY.match(title)) or (chapter and _RESULTS_CHAPTER.match(title)):
        return False
    short = squeeze(title).partition(":")[0]
    idle = _NO_TASKS.search(short) if chapter else _NO_TASKS_FIRST.match(short)
    if len(short) > 160 or not idle:
        return True
    if _PAST.match(short) and not chapter:
        return False
    return bool(_TASKS.search(short))
