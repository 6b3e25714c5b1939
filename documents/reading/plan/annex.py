"""Plans whose tasks stand in tables, and tracking sheets."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from documents.reading.formats.blocks import Document, Paragraph
from documents.reading.plan.items import Draft
from documents.reading.plan.tables.cells import one_line, squeeze
from documents.reading.plan.tables.codes import Kind, Marker, Outline, split_marker
from documents.reading.plan.tables.columns import Role
from documents.reading.plan.tables.dates import prove_dates
from documents.reading.plan.tables.rows import BodyRow, PlanTable
from documents.reading.plan.tracking import tracking_of
from rules.plan.values import Doubt, SectionRead

_LONGEST_CAPTION = 200
_TIME_HEADING = re.compile(
    r"(?i)(?:(?:các |những )?(?:nhiệm vụ|công tác|công việc|nội dung|kế hoạch)(?: trọng tâm)? )?(?:trong )?"
    r"(?P<when>(?:tháng|quý) (?:\d{1,2}|[IVX]{1,4})(?: ?(?:/|năm) ?20\d\d)?"
    r"|(?:6|sáu) tháng (?:đầu|cuối) năm(?: 20\d\d)?)"
)


@dataclass(slots=True)
class Reading:
    """Drafts and headings of one form of plan, with counts."""

    drafts: list[Draft] = field(default_factory=list)
    sections: list[SectionRead] = field(default_factory=list)
    rows: int = 0
    numbered: int = 0
    leaf_sections: int = 0
    doubts: list[Doubt] = field(default_factory=list)


def read_annex(tables: Sequence[PlanTable], form: str, captions: Sequence[str] = ()) -> Reading:
    """Read all tables of tasks; codes stay unique over them.

    A numbered caption above one of several tables heads its tasks.
    """
    headings = [_caption(text) for text in captions] if len(tables) > 1 else []
    headings += [None] * (len(tables) - len(headings))
    reading = Reading()
    used: set[str] = set()
    for number, table in enumerate(tables, 1):
        heading = headings[number - 1]
        part = _Annex(table, form, "", set()).read(heading)
        if used & {draft.code for draft in part.drafts}:
            part = _Annex(table, form, f"PL{number}.", used).read(heading)
        used |= {draft.code for draft in part.drafts} | {section.code for section in part.sections}
        reading.drafts += part.drafts
        reading.sections += part.sections
        reading.rows += part.rows
        reading.numbered += part.numbered
        reading.leaf_sections += part.leaf_sections
        reading.doubts += part.doubts
    return reading


_LEAST_ROWS, _LEAST_COLUMNS = 4, 3
"""Of a table that may have held tasks; smaller ones are letterheads, signatures and small figures."""


def unread_tables(document: Document, tables: Sequence[PlanTable]) -> list[Doubt]:
    """A doubt for each sizeable table read as no task list."""
    read = {(row.source.table, table.sheet) for table in tables for row in table.rows}
    doubts = []
    for block in document.blocks:
        if isinstance(block, Paragraph) or (block.index, block.name) in read:
            continue
        rows = [[squeeze(cell.text) for cell in row.cells if cell.text.strip()] for row in block.rows]
        if sum(len(row) >= _LEAST_COLUMNS for row in rows) < _LEAST_ROWS:
            continue
        first = next(row for row in rows if len(row) >= _LEAST_COLUMNS)
        shown = " | ".join(text[:30] for text in first[:4])
        where = f"Sheet “{block.name}”" if block.name else f"Bảng {block.index}"
        message = f"{where} ({len(rows)} dòng, đầu bảng “{shown}”) không nhận ra là bảng nhiệm vụ nên không đọc."
        doubts.append(Doubt(code="table.unread", message=message))
    return doubts


_SUPERSEDED = re.compile(
    r"(?i)(?:đã )?(?:bãi bỏ|hủy bỏ|huỷ bỏ|đã hủy|đã huỷ|đã bỏ|hủy|huỷ|không (?:còn )?thực hiện(?: nữa)?|đưa ra khỏi"
    r"|được thay (?:thế )?(?:bằng|bởi)|thay thế bằng|thay bằng|chuyển sang năm)\b[^.;\n]{0,60}"
)


def _superseded(row: BodyRow) -> str:
    """What note or state say of a dropped task; else ""."""
    for role in (Role.NOTE, Role.STATE):
        if found := _SUPERSEDED.match(squeeze(row.values.get(role, ""))):
            return found.group().strip()
    return ""


def _caption(text: str) -> tuple[Marker, str] | None:
    """The numbered heading above a table, as section and title."""
    marker, title = split_marker(squeeze(text), heading=True)
    if marker is None or marker.kind not in (Kind.ROMAN, Kind.UPPER, Kind.INT) or len(title) > _LONGEST_CAPTION:
        return None
    return Marker(Kind.UPPER if marker.kind is Kind.INT else marker.kind, marker.printed, marker.label), title


class _Annex:
    """Goes down one table, opening headings and taking tasks."""

    def __init__(self, table: PlanTable, form: str, prefix: str, used: set[str]) -> None:
        self._rows, self._layout, self._form = table.rows, table.layout, form
        self._sheet, self._prefix = table.sheet or "", prefix
        self._group = ""
        self._group_code: str | None = None
        self._known_groups: dict[str, str] = {}
        numbers = [row.marker.label for row in table.rows if row.marker and row.marker.kind is Kind.INT and row.group]
        groups = [row.group for row in table.rows if row.group]
        self._grouping = len(set(groups)) < len(groups)
        self._restarting = len(set(numbers)) < len(numbers)
        self._counting = not any(row.marker for row in table.rows if row.has_task)
        self._int_sections = _ints_are_sections(table.rows)
        self._outline = Outline(int_sections=self._int_sections, prefix=prefix)
        self._outline.used |= used
        self._sections: dict[str, bool] = {}
        self._section_leads: dict[str, str] = {}
        self._owners: dict[str, tuple[str, str]] = {}
        self._times: dict[str, str] = {}
        self.reading = Reading(rows=len(table.rows))

    def read(self, caption: tuple[Marker, str] | None = None) -> Reading:
        """The table's drafts, sections and counts."""
        self.reading.doubts += prove_dates(self._rows)
        if caption:
            self._open(*caption)
        for index, row in enumerate(self._rows):
            if self._is_heading(index):
                self._group, self._group_code = "", None
                self._heading(row)
            else:
                self._grouped(row)
                self._item(row)
            if row.marker and row.marker.kind is Kind.INT and not (self._int_sections and self._is_heading(index)):
                self.reading.numbered += 1
        if not self.reading.numbered:
            self.reading.numbered = sum(1 for draft in self.reading.drafts if draft.ordinal)
        parents = {section.parent for section in self.reading.sections if self._sections.get(section.code)}
        self.reading.leaf_sections = sum(1 for code, real in self._sections.items() if real and code not in parents)
        return self.reading

    def _is_heading(self, index: int) -> bool:
        """Whether a row heads the rows below it."""
        row = self._rows[index]
        if row.has_task:
            return self._names_its_owner(index)
        if row.marker is None:
            return not squeeze(row.title).startswith(("-", "+", "•"))
        if row.marker.kind in (Kind.UPPER, Kind.ROMAN):
            return True
        following = self._rows[index + 1] if index + 1 < len(self._rows) else None
        return following is not None and _below(row.marker, following)

    def _names_its_owner(self, index: int) -> bool:
        """Whether a chapter prints only the unit of its tasks."""
        row = self._rows[index]
        said = {role for role, text in row.values.items() if text and role not in (Role.NOTE, Role.OTHER)}
        following = self._rows[index + 1] if index + 1 < len(self._rows) else None
        return (
            row.marker is not None
            and row.marker.kind in (Kind.UPPER, Kind.ROMAN)
            and said == {Role.LEAD}
            and not row.marks
            and following is not None
            and following.marker is not None
            and following.marker.kind in (Kind.INT, Kind.DOTTED)
            and not following.values.get(Role.LEAD)
        )

    def _heading(self, row: BodyRow) -> None:
        title = row.title or next(filter(None, row.values.values()), "")
        code = self._open(row.marker, one_line(title, self._form).strip(" :"))
        if row.title and row.values.get(Role.LEAD):
            self._section_leads[code] = row.values[Role.LEAD]

    def _grouped(self, row: BodyRow) -> None:
        """Open the group that a column names beside the titles.

        Its number opens a section as a heading's would. Without one the rows keep the codes they have, unless
        their numbers begin anew in each group.
        """
        if row.group and not self._grouping:
            row.title = f"{row.group.rstrip(' :')}: {row.title}"  # each row has one: it is the half of its title
            return
        if not row.group or row.group == self._group:
            return
        self._group = row.group
        marker, title = split_marker(row.group, heading=True)
        known = self._known_groups.get(row.group)
        if known is not None:
            self._group_code = known
        elif (marker is not None and marker.kind in (Kind.UPPER, Kind.ROMAN)) or self._restarting:
            self._group_code = None
            self._open(marker, title.strip(" :") or row.group)
        else:
            number = len(self._known_groups) + 1
            parent = self._outline.section
            self._group_code = f"{parent}.N{number}" if parent else f"{self._prefix}N{number}"
            self.reading.sections.append(SectionRead(code=self._group_code, title=row.group, parent=parent))
            self._known_groups[row.group] = self._group_code

    def _open(self, marker: Marker | None, title: str) -> str:
        code, parent, section = self._outline.heading(marker)
        self.reading.sections.append(SectionRead(code=code, title=title, parent=parent))
        self._sections[code] = section
        if when := _TIME_HEADING.fullmatch(title):
            self._times[code] = when["when"]
        return code

    def _item(self, row: BodyRow) -> None:
        code = self._outline.item(row.marker, counting=self._counting)
        draft = Draft(
            code=code,
            title=row.title,
            section=self._group_code or self._outline.section,
            ordinal=row.marker.printed if row.marker else None,
            timing=_timing_text(row),
            lead=row.values.get(Role.LEAD, ""),
            coordinating=row.values.get(Role.COORDINATING, ""),
            results=row.values.get(Role.RESULT, ""),
            source=row.source,
            tracking=tracking_of(row) if self._layout.is_tracking or Role.DOCUMENT in self._layout.roles else None,
            year=row.year,
            sheet=self._sheet,
        )
        draft.doubts += row.doubts
        if row.marker and code in self._outline.repeated:
            message = f"Số thứ tự “{row.marker.printed}” bị lặp trong bảng; nhiệm vụ này được ghi mã {code}."
            draft.doubts.append(Doubt(code="code.repeated", message=message))
        if said := _superseded(row):
            message = f"Văn bản ghi “{said}” cho nhiệm vụ này; hãy xác nhận còn phải thực hiện hay không."
            draft.doubts.append(Doubt(code="item.superseded", message=message))
        if row.clipped:
            message = "Có ô quá dài, chỉ đọc phần đầu; hãy xem lại nội dung trong văn bản."
            draft.doubts.append(Doubt(code="text.clipped", message=message))
        self._inherit(draft)
        self._owners[code] = (draft.lead, draft.timing)
        self.reading.drafts.append(draft)

    def _inherit(self, draft: Draft) -> None:
        """Give a sub-task its parent's owner or time, with a doubt."""
        if not draft.timing and (when := self._time_above(draft.section)):
            draft.timing = when
            message = f"Không ghi thời hạn riêng; lấy theo đề mục “{when}”."
            draft.doubts.append(Doubt(code="item.inherited", message=message))
        if not draft.lead and (lead := self._section_leads.get(draft.section or "", "")):
            draft.lead = lead
            message = f"Không ghi cơ quan chủ trì; lấy theo đề mục {draft.section}."
            draft.doubts.append(Doubt(code="item.inherited", message=message))
        parent = draft.code.rpartition(".")[0]
        lead, timing = self._owners.get(parent, ("", ""))
        taken = []
        if not draft.lead and lead:
            draft.lead = lead
            taken.append("cơ quan chủ trì")
        if not draft.timing and timing:
            draft.timing = timing
            taken.append("thời hạn")
        if taken:
            message = f"Không ghi {' và '.join(taken)}; lấy theo nhiệm vụ {parent}."
            draft.doubts.append(Doubt(code="item.inherited", message=message))

    def _time_above(self, section: str | None) -> str:
        """The month or quarter that a heading above is named after."""
        path = (section or "").split(".")
        above = (self._times.get(".".join(path[:size]), "") for size in range(len(path), 0, -1))
        return next(filter(None, above), "")


def _timing_text(row: BodyRow) -> str:
    """The time column; beginning and end are one phrase."""
    if text := row.values.get(Role.TIMING, ""):
        return text
    start, end = squeeze(row.values.get(Role.START, "")), squeeze(row.values.get(Role.END, ""))
    parts = [f"từ {start}"] * bool(start) + [f"đến {end}"] * bool(end)
    return " ".join(parts) or " và ".join(filter(None, (", ".join(row.marks[:-1]), *row.marks[-1:])))


def _ints_are_sections(rows: Sequence[BodyRow]) -> bool:
    """Whether whole numbers head the table's chapters."""
    headings = [row.marker.kind for row in rows if row.marker and not row.has_task]
    return (
        Kind.INT in headings
        and Kind.UPPER not in headings
        and Kind.ROMAN not in headings
        and not any(row.marker is None and not row.has_task for row in rows)
    )


def _below(marker: Marker, following: BodyRow) -> bool:
    """Whether the next row lies under a row numbered `marker`."""
    if following.marker is None:
        return following.has_task
    kinds = (marker.kind, following.marker.kind)
    if kinds == (Kind.INT, Kind.INT):
        return following.marker.label == "1"
    if kinds == (Kind.DOTTED, Kind.DOTTED):
        return following.marker.label.count(".") > marker.label.count(".")
    depth = {Kind.INT: 1, Kind.OWN: 1, Kind.MIXED: 1, Kind.DOTTED: 2, Kind.PAREN: 3, Kind.LOWER: 3}
    return depth.get(kinds[1], 0) > depth.get(kinds[0], 0)
