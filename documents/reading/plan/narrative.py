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
from documents.reading.plan.labels import is_roles_heading, labels_of
from documents.reading.plan.lines import (
    ORDERED,
    Node,
    Para,
    body_paragraphs,
    content_of,
    has_tasks,
    is_assessed,
    is_described,
    is_detail,
    parts_of_lists,
    parts_of_task,
    plain_paragraphs,
    tree_of,
    with_parts,
)
from documents.reading.plan.scores import area_score, total_score, without_score
from documents.reading.plan.subjects import Duty, begins_with_a_verb, duty_of, orders_in, subject_of
from documents.reading.plan.tables.cells import squeeze
from documents.reading.plan.tables.codes import Kind, letter
from rules.plan.units import UnitBook
from rules.plan.values import AreaScore, Doubt, SectionRead, Source

_INTRODUCTION = re.compile(
    r"(?i)(?:như sau|sau đây|(?:nội dung|nhiệm vụ|giải pháp|biện pháp|kênh|công việc) sau)\s*[:.]?$"
)


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
    taken: set[str] = field(default_factory=set)
    floor: int | None = None  # where the task begins that labels speak of, once a label ("Nội dung: …") has begun one

    def under(self, label: str) -> str:
        """The code of what is numbered `label` in this area; "1.1" under II.1 is II.1.1."""
        own, _, rest = label.partition(".")
        if rest and own == self.code.rpartition(".")[2]:
            label = rest
        return f"{self.code}.{label}" if self.code else label

    def next_code(self) -> str:
        """The code of the next measure without a number of its own."""
        while True:
            self.count += 1
            label = letter(self.count - 1) if self.lettered else str(self.count)
            if label not in self.taken:
                return self.under(label)


def read_narrative(
    paragraphs: Sequence[Paragraph], form: str, units: UnitBook, *, orders: bool = False
) -> tuple[Reading, tuple[AreaScore, ...]]:
    """The measures, headings and printed scores of a narrative plan.

    `orders` is for directives and dispatches, where a plain sentence above or beside the numbered ones may
    be an order ("đề nghị các thôn … gửi trước ngày …").
    """
    body = body_paragraphs(paragraphs, form)
    reader = _Narrative(units, orders=orders)
    if orders:
        reader.order(plain_paragraphs(paragraphs, form, body))
    for chaptered, nodes in groupby(tree_of(body), key=lambda node: node.para.kind in (Kind.ROMAN, Kind.UPPER)):
        if chaptered:
            for node in nodes:
                reader.chapter(node)
        else:
            reader.without_chapter(list(nodes))
    reader.own_the_rest()
    scores = reader.scores or [score for para in body if (score := total_score(para.text))][:1]
    reading = reader.reading
    reading.rows = len(reading.drafts) + len(reading.sections)
    reading.numbered = len(reading.drafts)
    reading.leaf_sections = len({draft.section for draft in reading.drafts})
    return reading, tuple(scores)


class _Narrative:
    """Goes through the chapters and collects tasks."""

    def __init__(self, units: UnitBook, *, orders: bool) -> None:
        self._units, self._orders = units, orders
        self.reading = Reading()  # its drafts in the order of the text, whatever area they belong to
        self.scores: list[AreaScore] = []
        self._codes: dict[str, int] = {}
        self._owner = ""

    def order(self, paras: Sequence[Para]) -> None:
        """The sentences of plain text that give an order, each a task."""
        area = _Area("", "", lettered=False)
        for para in paras:
            for order in orders_in(para.text, self._units):
                if order.opens:
                    self._owner = order.who
                else:
                    self._draft(area, f"YC{area.count + 1}", order.text, para)
                    area.count += 1
                    if order.text.rstrip(".") != para.text.rstrip("./ "):
                        area.drafts[-1].source = area.drafts[-1].source.model_copy(update={"quote": para.text})
        self._settle(area)

    def own_the_rest(self) -> None:
        """Tasks without an owner are of those whom the sentence above the numbers orders ("yêu cầu các thôn: 1. …")."""
        for draft in self.reading.drafts:
            if not draft.lead and self._owner:
                draft.lead = self._owner

    def chapter(self, node: Node) -> None:
        """One chapter: skipped when its title speaks of aims or of the past."""
        if not node.children or not has_tasks(node.para.text, chapter=True):
            return
        code = node.para.marker.label if node.para.marker else ""
        self._section(code, node.para.text, None)
        self._area(node, _Area(code, code, lettered=False))

    def without_chapter(self, nodes: list[Node]) -> None:
        """Areas of a plan that has no chapters above them."""
        self._area(Node(Para(None, "", "", Source()), nodes), _Area("", "", lettered=False))

    def _section(self, code: str, title: str, parent: str | None) -> None:
        self.reading.sections.append(SectionRead(code=code, title=squeeze(title).strip(" :."), parent=parent or None))

    def _area(self, node: Node, area: _Area) -> None:
        """All that stands below a heading."""
        self._below(node, area)
        self._settle(area)

    def _below(self, node: Node, area: _Area) -> None:
        area.taken |= {child.para.marker.label for child in node.children if child.para.marker}
        numbered_at = next((i for i, child in enumerate(node.children) if child.para.kind is not None), -1)
        parts = parts_of_lists(node.children)
        for index, child in enumerate(node.children):
            para = child.para
            if id(child) in parts.taken:
                continue
            if id(child) in parts.lists:
                text = with_parts(para.text, [part.para.text for part in parts.lists[id(child)]])
                self._draft(area, area.next_code(), text, para)
            elif para.kind is None:
                introducing = index < numbered_at and not para.sign and not self._is_order(para.text)
                if not introducing:
                    self._leaf(child, area)
            elif self._is_label(child):
                self._leaf(child, area)
            elif is_described(child):
                self._described(child, area)
            elif para.kind is Kind.LOWER and child.children:
                self._lettered_heading(child, area)
            elif para.kind is Kind.LOWER:
                if not is_assessed(para.text):
                    self._task(child, area, area.under(para.marker.label) if para.marker else area.next_code())
            else:
                self._numbered(child, area)

    def _is_label(self, node: Node) -> bool:
        """Whether a lettered or numbered line is no task but a label: "c) Thời gian thực hiện: …", "b) Phân công:"."""
        if node.children:
            return is_roles_heading(node.para.text) and all(map(is_detail, node.children))
        said = labels_of(node.para.text)
        return said is not None and node.para.kind in (Kind.LOWER, Kind.PAREN) and not said.get("fact")

    def _is_order(self, text: str) -> bool:
        """Whether a plain paragraph gives a duty itself, and does not only introduce what follows."""
        return bool(ORDERED.match(text)) and not text.rstrip().endswith(":") and bool(subject_of(text, self._units))

    def _described(self, node: Node, area: _Area) -> None:
        """A task whose owner, time and result stand in lines below it."""
        label = node.para.marker.label if node.para.marker else ""
        code = area.under(label) if label else area.next_code()
        contents = [said for child in node.children if (said := content_of(child))]
        inside = _Area(
            code if len(contents) > 1 else area.code,
            area.section,
            lettered=not any(child.para.sign for child in node.children),
            duty=area.duty,
        )
        if len(contents) > 1:
            self._section(code, node.para.text, area.code)
            inside.section = code
        elif not contents:
            self._draft(inside, code, node.para.text, node.para)
        for child in node.children:
            if (text := content_of(child)) and len(contents) == 1:
                self._draft(inside, code, text, child.para)
            else:
                self._leaf(child, inside)
        self._settle(inside)
        area.drafts += inside.drafts

    def _lettered_heading(self, node: Node, area: _Area) -> None:
        """ "b) Nội dung triển khai" only groups the measures of its area; "a) Văn phòng:" gives them an owner."""
        duty = duty_of(node.para.text, self._units, has_children=True)
        label = node.para.marker.label if node.para.marker else ""
        if duty:
            self._owned(node, area, area.under(label), duty)
        elif has_tasks(node.para.text, chapter=False):
            self._below(node, area)

    def _numbered(self, node: Node, area: _Area) -> None:
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
        ordered = ORDERED.match(title) and subject_of(title, self._units)
        if not ordered and (not has_tasks(title, chapter=False) or is_assessed(title)):
            return
        if self._is_paragraphed(node, title):
            self._with_paragraphs(node, area, code)
            return
        if parts := parts_of_task(node):
            self._labelled(node, area, code, with_parts(node.para.text, parts))
        elif duty := duty_of(title, self._units, has_children=bool(node.children)):
            self._owned(node, area, code, duty)
        elif not node.children:
            self._task(node, area, code)
        else:
            self._section(code, title, area.code)
            self._area(node, self._topic(node, code, title))

    def _is_paragraphed(self, node: Node, title: str) -> bool:
        """Whether a numbered sentence is a task, and what stands below it only goes on about it."""
        if not node.children or any(child.para.kind is not None or child.para.sign for child in node.children):
            return False
        sentence = title.endswith((".", ";")) and ": " not in title
        return sentence and begins_with_a_verb(title) and subject_of(title, self._units) is None

    def _with_paragraphs(self, node: Node, area: _Area, code: str) -> None:
        """The task of a sentence with what goes on about it, and its labels; orders are tasks of their own."""
        text, orders = node.para.text, []
        for child in node.children:
            if self._is_order(child.para.text) or subject_of(child.para.text, self._units):
                orders.append(child)
            elif not is_detail(child) and not is_assessed(child.para.text):
                text = f"{text} {child.para.text}"
        self._labelled(node, area, code, text)
        for child in orders:
            self._leaf(child, area)

    def _labelled(self, node: Node, area: _Area, code: str, text: str) -> None:
        """A task of one text, and the labels that stand below it."""
        inside = _Area(area.code, area.section, lettered=area.lettered, duty=area.duty)
        self._draft(inside, code, text, node.para)
        for child in filter(is_detail, node.children):
            self._leaf(child, inside)
        self._settle(inside)
        area.drafts += inside.drafts

    def _topic(self, node: Node, code: str, title: str) -> _Area:
        """An area named after its subject. Words behind the colon, or a whole sentence, are its first measure."""
        lettered = not any(child.para.sign or (child.para.kind and child.children) for child in node.children)
        area = _Area(code, code, lettered=lettered)
        head, _, rest = title.partition(": ")
        inline = bool(rest) or (title.rstrip().endswith(".") and len(head) > 150)
        if inline and not _INTRODUCTION.search(title):
            self._task(node, area, area.next_code())
        return area

    def _owned(self, node: Node, area: _Area, code: str, duty: Duty) -> None:
        """The duties of one unit; what stands on the heading's own line is the first."""
        inside = _Area(code, code, lettered=True, duty=duty, lead=duty.who, coordinating=duty.coordinating)
        if duty.text:
            inside.count = 1
            self._draft(inside, code, duty.text, node.para)
            if not node.children:
                inside.drafts[0].section = area.section
        if node.children:
            self._section(code, duty.heading, area.code)
            self._below(node, inside)
        self._settle(inside)

    def _leaf(self, node: Node, area: _Area) -> None:
        text = squeeze(node.para.text)
        if node.children and is_roles_heading(text):
            for child in node.children:
                self._leaf(child, area)
        elif (said := labels_of(text)) and not node.children:
            self._label(said.said, node, area)
        elif not (area_score(text, "") or (not node.para.sign and _INTRODUCTION.search(text)) or is_assessed(text)):
            self._task(node, area, area.next_code())

    def _label(self, said: dict[str, str], node: Node, area: _Area) -> None:
        """A label owns the measures before it that nobody owns yet, and those after it; "Nội dung: …" is a measure."""
        for name, value in said.items():
            if name == "content" and value:
                area.floor = len(area.drafts)
                area.lead = area.duty.who if area.duty else ""  # each task has labels of its own
                area.coordinating = area.timing = ""
                self._draft(area, area.next_code(), value, node.para)
            elif name == "results" and area.drafts:
                area.drafts[-1].results = "\n".join(filter(None, (area.drafts[-1].results, value.rstrip(" ."))))
            elif name == "fact" and area.drafts and re.search(r"\d\s*/\s*\d", value):
                area.drafts[-1].title = f"{area.drafts[-1].title} {node.para.text}"  # a date is never lost
            elif name in ("lead", "coordinating", "timing") and value:
                self._spread(area, name, value)

    def _spread(self, area: _Area, name: str, text: str) -> None:
        for draft in area.drafts[max(area.settled.get(name, 0), area.floor or 0) :]:
            setattr(draft, name, text)
        area.settled[name] = len(area.drafts)
        if area.floor is None:
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

    def _task(self, node: Node, area: _Area, code: str) -> None:
        if is_described(node):
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
        if area.duty and area.duty.request and not self._orders:
            message = (
                "Văn bản chỉ đề nghị cơ quan này thực hiện, không giao nhiệm vụ; hãy xác nhận có theo dõi hay không."
            )
            draft.doubts.append(Doubt(code="item.request", message=message))
        area.drafts.append(draft)
        self.reading.drafts.append(draft)
