"""The tracking sheet that offices keep (bảng theo dõi nhiệm vụ), as a workbook that reads back as it was.

Text is written as text, whatever it looks like, so that nothing a unit typed
becomes a formula; days are real dates, so that Excel can sort and filter them.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import xlsxwriter

from documents.reading.plan.tracking import read_day
from rules.plan.values import ItemRead, UnitRef

COLUMNS: tuple[tuple[str, int], ...] = (
    ("STT", 10),
    ("Nội dung", 50),
    ("Số VB", 16),
    ("Ngày BH", 12),
    ("Hạn", 18),
    ("Chủ trì", 26),
    ("Phối hợp", 26),
    ("Lãnh đạo", 20),
    ("Tiến độ", 18),
    ("Trạng thái", 16),
    ("Kết quả", 36),
    ("Ghi chú", 24),
)
"""Header and width (in characters) of each column, in the order of the offices' own sheets."""

_LONGEST = 32_767
"""Characters in one cell: the limit of the file format."""


@dataclass(frozen=True, slots=True)
class TrackingRow:
    """One row of the sheet. `due` is a day, or the printed phrase where it is not a single day."""

    number: str
    content: str
    document_number: str = ""
    issued_on: date | None = None
    due: date | str | None = None
    lead: str = ""
    coordinating: str = ""
    leader: str = ""
    progress: str = ""
    state: str = ""
    outcome: str = ""
    note: str = ""

    @classmethod
    def of(cls, item: ItemRead) -> "TrackingRow":
        """The row of an item as it was read. "Kết quả" is what came of it, so expected results are not put there."""
        tracking = item.tracking
        return cls(
            number=item.code,
            content=item.title,
            document_number=(tracking and tracking.document_number) or "",
            issued_on=tracking.issued_on if tracking else None,
            due=read_day(item.timing.phrase) or item.timing.phrase or None,
            lead=_units(item.lead),
            coordinating=_units(item.coordinating),
            leader=(tracking and tracking.leader) or "",
            progress=(tracking and tracking.progress) or "",
            state=(tracking and tracking.state) or "",
            outcome=(tracking and tracking.outcome) or "",
            note=(tracking and tracking.note) or "",
        )

    def cells(self) -> tuple[str | date | None, ...]:
        """The values in the order of `COLUMNS`."""
        return (
            self.number,
            self.content,
            self.document_number,
            self.issued_on,
            self.due,
            self.lead,
            self.coordinating,
            self.leader,
            self.progress,
            self.state,
            self.outcome,
            self.note,
        )


def _units(refs: tuple[UnitRef, ...]) -> str:
    """Names one a line, each with its role note as the plan prints it."""
    return "\n".join(f"{ref.printed} ({ref.note})" if ref.note else ref.printed for ref in refs)


Column = tuple[str, int]
Cells = Sequence[str | date | None]


def write_tracking_sheet(rows: Iterable[TrackingRow], path: Path) -> None:
    """Write the rows as an .xlsx workbook at `path`. Raises ValueError as `write_rows`."""
    write_rows(COLUMNS, (row.cells() for row in rows), path, sheet="Theo dõi")


def write_rows(
    columns: Sequence[Column], rows: Iterable[Cells], path: Path, *, sheet: str, above: Sequence[str] = ()
) -> None:
    """Write a ruled table as an .xlsx workbook at `path`, one row at a time, in constant memory.

    `above` are lines before the header. Raises ValueError with a Vietnamese sentence when a text is longer
    than a cell can hold.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        page = book.add_worksheet(sheet)
        frame = {"text_wrap": True, "valign": "top", "border": 1, "font_name": "Times New Roman", "font_size": 12}
        text = book.add_format(frame)
        day = book.add_format({**frame, "num_format": "dd/mm/yyyy", "align": "center"})
        head = book.add_format({**frame, "bold": True, "align": "center", "valign": "vcenter", "bg_color": "#E7EEF7"})
        plain = book.add_format({"font_name": "Times New Roman", "font_size": 12, "italic": True})
        first = len(above)
        page.freeze_panes(first + 1, 2)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(first)
        for line, words in enumerate(above):
            page.write_string(line, 0, words, plain)
        for column, (label, width) in enumerate(columns):
            page.set_column(column, column, width)
            page.write_string(first, column, label, head)
        for line, row in enumerate(rows, first + 1):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    page.write_datetime(line, column, value, day)
                elif value:
                    page.write_string(line, column, _fitting(value, line, columns[column][0]), text)
                else:
                    page.write_blank(line, column, None, text)


def _fitting(value: str, line: int, label: str) -> str:
    """A text that Excel shows as it is: no control characters, and not longer than a cell."""
    clean = re.sub(r"[\x00-\x08\x0b-\x1f]", "", value)
    if len(clean) > _LONGEST:
        place = f"dòng {line + 1}, cột “{label}”"
        raise ValueError(f"Nội dung ở {place} dài quá {_LONGEST} ký tự, không ghi được vào Excel; hãy rút gọn.")
    return clean
