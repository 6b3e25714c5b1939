"""The columns that only a tracking sheet has: what was ordered by which document, and what became of it."""

import re
from datetime import date

from documents.reading.plan.tables.cells import squeeze
from documents.reading.plan.tables.columns import Role
from documents.reading.plan.tables.rows import BodyRow
from rules.plan.values import Tracking

_DAY = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]00:00(?::00)?)?")


def tracking_of(row: BodyRow) -> Tracking:
    """What the sheet says beside the task; an empty cell is None, a date that cannot be read stays out."""

    def text(role: Role) -> str | None:
        return row.values.get(role, "").strip() or None

    return Tracking(
        document_number=text(Role.DOCUMENT),
        issued_on=read_day(row.values.get(Role.ISSUED, "")),
        leader=text(Role.LEADER),
        progress=text(Role.PROGRESS),
        state=text(Role.STATE),
        outcome=text(Role.OUTCOME),
        note=text(Role.NOTE),
    )


def read_day(text: str) -> date | None:
    """A day printed as 05/9/2025 or 2025-09-05; None for anything else, and for days that do not exist."""
    bare = squeeze(text)
    if found := _ISO.fullmatch(bare):
        year, month, day = map(int, found.groups())
    elif found := _DAY.fullmatch(bare):
        day, month, year = map(int, found.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
