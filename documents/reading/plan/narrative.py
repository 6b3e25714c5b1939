"""Plans without a table: numbered areas with measures, "chủ trì" and "phối hợp" lines, duties by unit.

What counts as a task: a measure (a bullet, a numbered or plain paragraph) in a
chapter of tasks. Aims, results of the past, shortcomings and funds do not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from documents.reading.formats.blocks import Paragraph
from documents.reading.plan.annex import Reading
from documents.reading.plan.inline import told_inside
from documents.reading.plan.items import Draft
from documents.reading.plan.lines import Para, body_paragraphs
from documents.reading.plan.scores import area_score, total_score, without_score
from documents.reading.plan.subjects import Duty, duty_of, subject_of
from documents.reading.plan.tables.cells import squeeze
from documents.reading.plan.tables.codes import Kind, letter
from rules.plan.units import UnitBook
from rules.plan.values import AreaScore, Doubt, SectionRead, Source

_TASKS = re.compile(
    r"(?i)nhiệm vụ|giải pháp|tổ chức thực hiện|phân công|trách nhiệm|triển khai|nội dung|biện pháp|hoạt động|khắc phục"
)
_NO_TASKS = re.compile(
    r"(?i)mục đích|mục tiêu|yêu cầu|quan điểm|ý nghĩa|đánh giá kết quả|kết quả (?:chung|đạt được|thực hiện|xếp)"
    r"|thực trạng|căn cứ|phạm vi|đối tượng|nguyên nhân|tồn tại|hạn chế|tình hình|khái quát|đặc điểm|sự cần thiết"
    r"|kinh phí|xếp hạng|ưu điểm"
)
_NO_TASKS_FIRST = re.compile(
    rf"(?i)(?:(?:về|một số|những|các|khái quát|đánh giá|công tác)\s+)*(?:{_NO_TASKS.pattern.removeprefix('(?i)')})"
)
_ROLE_LINE = re.compile(
    r"(?i)^(?:(?:cơ quan|đơn vị|bộ phận|phòng|ban|cá nhân)(?:, đơn vị)?\s+)?"
    r"(?P<role>chủ trì|thực hiện|phụ trách|phối hợp|tham mưu|chịu trách nhiệm)(?:\s+(?:thực hiện|chính))?"
    r"\s*:\s*(?P<who>.+)$"
    r"|^(?:phân công|trách nhiệm)(?: thực hiện)?\s*:\s*(?P<both>.+)$",
    re.DOTALL,
)
_ROLES_HEADING = re.compile(
    r"(?i)(?:tổ chức|phân công|trách nhiệm|phân công trách nhiệm|cơ quan|đơn vị|bộ phận|thời gian|tiến độ)"
    r"(?:[, ]+(?:và )?(?:trách nhiệm|tổ chức|thực hiện|chủ trì|phối hợp|phân công|nhiệm vụ|thời gian|tiến độ))*"
)
_TIME_LINE = re.compile(
    r"(?i)^(?:thời gian|thời hạn|tiến độ)(?: (?:thực hiện|hoàn thành|triển khai))?"
    r"\s*(?::\s*|(?=ngay |từ |trong ))(?P<when>.+)$"
)
_RESULT_LINE = re.compile(
    r"(?i)^(?:kết quả|sản phẩm)(?:[,/ ]+(?:kết quả|sản phẩm|đầu ra|dự kiến))*\s*:\s*(?P<what>.+)$"
)
_INTRODUCTION = re.compile(
    r"(?i)(?:như sau|sau đây|(?:nội dung|nhiệm vụ|giải pháp|biện pháp|kênh|công việc) sau)\s*[:.]?$"
)
_CLOSING = re.compile(
    r"(?i)^(?:trong quá trình|trên cơ sở kế hoạch này|căn cứ kế hoạch này, (?:yêu cầu|đề nghị)"
    r"|yêu cầu các .{0,80}nghiêm túc|để .{0,300}(?:yêu cầu|đề nghị))"
)
_NO_DUTY = re.compile(
    r"(?i)(?:quy mô|phương pháp|cỡ mẫu|số lượng|địa bàn|hình thức|thành phần|địa điểm|thời điểm)\b[^:.]{0,40}:"
)
"""Facts of a survey or an event, no task of anyone."""

_PAST = re.compile(r"(?i)(?:kết quả|nguyên nhân|tồn tại|hạn chế|mục đích|mục tiêu|yêu cầu|kinh phí|ưu điểm)")
_RANK = {Kind.UPPER: 0, Kind.ROMAN: 1, Kind.INT: 3, Kind.MIXED: 3, Kind.DOTTED: 4}


@dataclass(slots=True)
class _Node:
    para: Para
    children: list["_Node"] = field(default_factory=list)


@dataclass(slots=True)
class _Area:
    """A heading whose measures are counted together and share their owners."""

    code: str
    section: str
    lettered: bool
    duty: Duty | None = None
    count: int = 0
    drafts: list[Draft] = field(default_factory=list)
    lead: str = ""
    coordinating: str = ""
    timing: str = ""
    settled: dict[str, int] = field(default_factory=dict)

    def under(self, label: str) -> str:
        """The code of what is numbered `label` in this area; "1.1" under II.1 is II.1.1."""
        own, _, rest = label.partition(".")
        if rest and own == self.code.rpartition(".")[2]:
            label = rest
        return f"{self.code}.{label}" if self.code else label

    def next_code(self) -> str:
        """The code of the next measure without a number of its own."""
        self.count += 1
        return self.under(letter(self.count - 1) if self.lettered else str(self.count))


def read_narrative(
    paragraphs: Sequence[Paragraph], form: str, units: UnitBook
) -> tuple[Reading, tuple[AreaScore, ...]]:
    """The measures, headings and printed scores of a narrative plan."""
    body = body_paragraphs(paragraphs, form)
    reader = _Narrative(units)
    for chaptered, nodes in groupby(_tree(body), key=lambda node: node.para.kind in (Kind.ROMAN, Kind.UPPER)):
        if chaptered:
            for node in nodes:
                reader.chapter(node)
        else:
            reader.without_chapter(list(nodes))
    scores = reader.scores or [score for para in body if (score := total_score(para.text))][:1]
    reading = reader.reading
    reading.rows = len(reading.drafts) + len(reading.sections)
    reading.numbered = len(reading.drafts)
    reading.leaf_sections = len({draft.section for draft in reading.drafts})
    return reading, tuple(scores)


def _tree(body: Sequence[Para]) -> list[_Node]:
    """The paragraphs as headings with what stands below them."""
    roots: list[_Node] = []
    path: list[_Node] = []
    for para in body:
        node = _Node(para)
        while path and not _holds(path, node):
            path.pop()
        (path[-1].children if path else roots).append(node)
        if para.kind is not None or (para.sign and para.text.endswith(":")):
            path.append(node)
    return roots


def _holds(path: Sequence[_Node], node: _Node) -> bool:
    """Whether `node` stands below the last open heading."""
    top, kind = path[-1].para, node.para.kind
    if top.kind is None:  # a bullet that ends with a colon holds the "+" bullets after it
        return kind is None and node.para.sign == "+" and top.sign != "+"
    if kind is None:
        return True
    if kind in (Kind.LOWER, Kind.PAREN):
        return all(open_node.para.kind is not kind for open_node in path)
    if top.kind in (Kind.LOWER, Kind.PAREN) or kind is top.kind:
        return False
    return _RANK.get(kind, 3) > _RANK.get(top.kind, 3)


class _Narrative:
    """Goes through the chapters and collects tasks."""

    def __init__(self, units: UnitBook) -> None:
        self._units = units
        self.reading = Reading()  # its drafts in the order of the text, whatever area they belong to
        self.scores: list[AreaScore] = []
        self._codes: dict[str, int] = {}

    def chapter(self, node: _Node) -> None:
        """One chapter: skipped when its title speaks of aims or of the past."""
        if not node.children or not _has_tasks(node.para.text, chapter=True):
            return
        code = node.para.marker.label if node.para.marker else ""
        self._section(code, node.para.text, None)
        self._area(node, _Area(code, code, lettered=False))

    def without_chapter(self, nodes: list[_Node]) -> None:
        """Areas of a plan that has no chapters above them."""
        self._area(_Node(Para(None, "", "", Source()), nodes), _Area("", "", lettered=False))

    def _section(self, code: str, title: str, parent: str | None) -> None:
        self.reading.sections.append(SectionRead(code=code, title=squeeze(title).strip(" :."), parent=parent or None))

    def _area(self, node: _Node, area: _Area) -> None:
        """All that stands below a heading."""
        self._below(node, area)
        self._settle(area)

    def _below(self, node: _Node, area: _Area) -> None:
        numbered_at = next((i for i, child in enumerate(node.children) if child.para.kind is not None), -1)
        for index, child in enumerate(node.children):
            para = child.para
            if para.kind is None:
                introducing = index < numbered_at and not para.sign
                if not introducing:
                    self._leaf(child, area)
            elif _is_described(child):
                self._described(child, area)
            elif para.kind is Kind.LOWER and child.children:
                self._lettered_heading(child, area)
            elif para.kind is Kind.LOWER:
                self._task(child, area, area.under(para.marker.label) if para.marker else area.next_code())
            else:
                self._numbered(child, area)

    def _described(self, node: _Node, area: _Area) -> None:
        """A task whose owner, time and result stand in lines below it."""
        label = node.para.marker.label if node.para.marker else ""
        inside = _Area(area.code, area.section, lettered=area.lettered, duty=area.duty)
        self._draft(inside, area.under(label) if label else area.next_code(), node.para.text, node.para)
        for child in node.children:
            self._leaf(child, inside)
        self._settle(inside)
        area.drafts += inside.drafts

    def _lettered_heading(self, node: _Node, area: _Area) -> None:
        """ "b) Nội dung triển khai" only groups the measures of its area; "a) Văn phòng:" gives them an owner."""
        duty = duty_of(node.para.text, self._units, has_children=True)
        label = node.para.marker.label if node.para.marker else ""
        if duty:
            self._owned(node, area, area.under(label), duty)
        elif _has_tasks(node.para.text, chapter=False):
            self._below(node, area)

    def _numbered(self, node: _Node, area: _Area) -> None:
        """A numbered heading below a chapter: an area, a unit's duties, or a task of its own."""
        para = node.para
        label = para.marker.label if para.marker else ""
        code = area.under(label)
        title = without_score(para.text)
        beside = (para.text, *(child.para.text for child in node.children if child.para.kind is None))
        self.scores += [score for text in beside if (score := area_score(text, title))][:1]
        if not node.children and told_inside(title):
            self._task(node, area, code)
            return
        if not _has_tasks(title, chapter=False):
            return
        if duty := duty_of(title, self._units, has_children=bool(node.children)):
            self._owned(node, area, code, duty)
        elif not node.children:
            self._task(node, area, code)
        else:
            self._section(code, title, area.code)
            self._area(node, self._topic(node, code, title))

    def _topic(self, node: _Node, code: str, title: str) -> _Area:
        """An area named after its subject. Words behind the colon, or a whole sentence, are its first measure."""
        lettered = not any(child.para.sign or (child.para.kind and child.children) for child in node.children)
        area = _Area(code, code, lettered=lettered)
        head, _, rest = title.partition(": ")
        inline = bool(rest) or (title.rstrip().endswith(".") and len(head) > 150)
        if inline and not _INTRODUCTION.search(title):
            self._task(node, area, area.next_code())
        return area

    def _owned(self, node: _Node, area: _Area, code: str, duty: Duty) -> None:
        """The duties of one unit; what stands on the heading's own line is the first."""
        inside = _Area(code, code, lettered=True, duty=duty, lead=duty.who)
        if duty.text:
            inside.count = 1
            self._draft(inside, code, duty.text, node.para)
            if not node.children:
                inside.drafts[0].section = area.section
        if node.children:
            self._section(code, duty.heading, area.code)
            self._below(node, inside)
        self._settle(inside)

    def _leaf(self, node: _Node, area: _Area) -> None:
        text = squeeze(node.para.text)
        if role := _ROLE_LINE.match(text):
            self._role(role, area)
        elif when := _TIME_LINE.match(text):
            self._spread(area, "timing", when["when"].rstrip(" ."))
        elif (what := _RESULT_LINE.match(text)) and area.drafts:
            area.drafts[-1].results = "\n".join(filter(None, (area.drafts[-1].results, what["what"].rstrip(" ."))))
        elif _CLOSING.match(text) or area_score(text, "") or (not node.para.sign and _INTRODUCTION.search(text)):
            return
        else:
            self._task(node, area, area.next_code())

    def _role(self, found: re.Match[str], area: _Area) -> None:
        """A line "Bộ phận chủ trì: …" owns the measures before it that nobody owns yet, and those after it."""
        if found["both"]:
            self._spread(area, "lead", found["both"])
        elif found["role"].lower() == "phối hợp":
            self._spread(area, "coordinating", found["who"])
        else:
            self._spread(area, "lead", found["who"])

    def _spread(self, area: _Area, name: str, text: str) -> None:
        for draft in area.drafts[area.settled.get(name, 0) :]:
            setattr(draft, name, text)
        area.settled[name] = len(area.drafts)
        setattr(area, name, text)

    def _settle(self, area: _Area) -> None:
        """Measures without an owner of their own take the one of their area."""
        for draft in area.drafts:
            draft.lead = draft.lead or area.lead
            draft.coordinating = draft.coordinating or area.coordinating
            draft.timing = draft.timing or area.timing
            if not draft.lead or draft.lead == area.lead:
                self._own_subject(draft, named_above=bool(area.lead) and area.duty is None)

    def _own_subject(self, draft: Draft, named_above: bool) -> None:
        """The unit that a sentence itself begins with ("Bộ phận TN&TKQ xã: …"), unless a role line names the owner."""
        if named_above:
            return
        topic, colon, rest = draft.title.partition(": ")
        if subject := subject_of(draft.title, self._units):
            draft.title = subject.text
        elif colon and (subject := subject_of(rest, self._units)):
            draft.title = f"{topic}: {subject.text}"
        if subject:
            draft.lead = subject.who
            draft.coordinating = draft.coordinating or subject.coordinating

    def _task(self, node: _Node, area: _Area, code: str) -> None:
        if _is_described(node):
            self._described(node, area)
            return
        text = node.para.text
        for child in node.children:
            if child.para.sign:
                text = f"{text} + {child.para.text}"
        self._draft(area, code, text, node.para)

    def _draft(self, area: _Area, code: str, text: str, para: Para) -> None:
        ordinal = para.marker.printed if para.marker else "-" if para.sign else None
        self._codes[code] = self._codes.get(code, 0) + 1
        unique = code if self._codes[code] == 1 else f"{code}-{self._codes[code]}"
        draft = Draft(
            code=unique,
            title=text,
            section=area.section or None,
            ordinal=ordinal,
            source=para.source,
            narrative=True,
        )
        if told := told_inside(squeeze(text)):
            draft.title, draft.lead, draft.coordinating = told.title, told.lead, told.coordinating
            draft.timing, draft.results = told.timing, told.results
        if unique != code:
            message = f"Số thứ tự “{code}” bị lặp trong văn bản; nhiệm vụ này được ghi mã {unique}."
            draft.doubts.append(Doubt(code="code.repeated", message=message))
        if area.duty and area.duty.request:
            message = (
                "Văn bản chỉ đề nghị cơ quan này thực hiện, không giao nhiệm vụ; hãy xác nhận có theo dõi hay không."
            )
            draft.doubts.append(Doubt(code="item.request", message=message))
        area.drafts.append(draft)
        self.reading.drafts.append(draft)


def _is_described(node: _Node) -> bool:
    """Whether all that stands below a task are such lines; "c) Phân công thực hiện" itself is none."""
    title = node.para.text.rstrip(" .:")
    return bool(node.children and title and not _ROLES_HEADING.fullmatch(title)) and all(map(_is_detail, node.children))


def _is_detail(node: _Node) -> bool:
    """Whether a line only says who, when or what comes of the task above it."""
    text = squeeze(node.para.text)
    return not node.children and any(line.match(text) for line in (_ROLE_LINE, _TIME_LINE, _RESULT_LINE))


def _has_tasks(title: str, chapter: bool) -> bool:
    """Whether a heading announces tasks. A chapter may name both ("MỤC TIÊU, NHIỆM VỤ"); a long sentence is a task."""
    if not chapter and _NO_DUTY.match(title):
        return False
    short = squeeze(title).partition(":")[0]
    idle = _NO_TASKS.search(short) if chapter else _NO_TASKS_FIRST.match(short)
    if len(short) > 160 or not idle:
        return True
    if _PAST.match(short) and not chapter:
        return False
    return bool(_TASKS.search(short))
