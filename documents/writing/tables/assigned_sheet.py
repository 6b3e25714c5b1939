"""The two tables in which provinces follow assigned tasks, with five and with six columns.

Both read back: five columns name the document that gives each task, six say what came of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from documents.writing.tables.tracking_sheet import Column, write_rows

FIVE: tuple[Column, ...] = (
    ("STT", 14),
    ("Nhiệm vụ", 60),
    ("Văn bản giao nhiệm vụ", 32),
    ("Cơ quan chủ trì", 28),
    ("Thời hạn hoàn thành", 20),
)
SIX: tuple[Column, ...] = (
    ("STT", 14),
    ("Tên nhiệm vụ", 56),
    ("Đơn vị chủ trì", 28),
    ("Thời hạn", 18),
    ("Kết quả thực hiện", 40),
    ("Tiến độ", 22),
)


@dataclass(frozen=True, slots=True)
class AssignedRow:
    """One task. `due` is a day, or the printed phrase; `progress` is the province's word for where it stands."""

    number: str
    content: str
    given_by: str
    lead: str
    due: date | str | None
    outcome: str
    progress: str


def write_assigned_sheet(rows: Iterable[AssignedRow], path: Path, *, columns: int, today: date) -> None:
    """Write the table of five or six columns at `path`, with the day up to which it holds."""
    above = (f"Dữ liệu tính đến ngày {today:%d/%m/%Y}",)
    if columns == 5:
        five = ((row.number, row.content, row.given_by, row.lead, row.due) for row in rows)
        write_rows(FIVE, five, path, sheet="Nhiệm vụ", above=above)
    else:
        six = ((row.number, row.content, row.lead, row.due, row.outcome, row.progress) for row in rows)
        write_rows(SIX, six, path, sheet="Nhiệm vụ", above=above)
