"""Stored plans: their facts, and the tracking sheet that offices keep."""

import os
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from documents.writing.tables.assigned_sheet import AssignedRow, write_assigned_sheet
from documents.writing.tables.tracking_sheet import TrackingRow, write_tracking_sheet
from models.plan import Plan, PlanForm
from models.session import reading
from services.plans.queries import count_items, counted_plans, find_plan
from services.plans.tracking import assigned, tracked
from services.policy import office_policy


def plan_rows() -> list[dict[str, Any]]:
    """Every plan with the number of its items, newest year first."""
    with reading() as session:
        return [_facts(plan, count) for plan, count in counted_plans(session)]


def plan_facts(code: str) -> dict[str, Any]:
    """One plan's facts. Raises UnknownNameError."""
    with reading() as session:
        plan = find_plan(session, code)
        return _facts(plan, count_items(session, plan))


def _facts(plan: Plan, items: int) -> dict[str, Any]:
    return {
        "code": plan.code,
        "title": plan.title,
        "kind": "register" if plan.form is PlanForm.REGISTER else plan.kind or "plan",
        "level": plan.level,
        "year": plan.year,
        "number": plan.number,
        "symbol": plan.symbol,
        "authority": plan.authority.name,
        "issued_on": plan.issued_on.isoformat() if plan.issued_on else None,
        "status": plan.status.value,
        "version": plan.version,
        "items": items,
        "document": plan.document.name if plan.document else None,
        "sha256": plan.document.sha256 if plan.document else None,
        "imported_at": plan.imported_at.isoformat(),
        "warnings": plan.warnings,
    }


def write_sheet(code: str, path: Path, today: date, columns: int = 12) -> int:
    """Write a plan as the twelve-column tracking sheet, or the table of assigned tasks with five or six columns.

    Whole or not at all. Returns the number of rows.
    """
    with reading() as session:
        plan = find_plan(session, code)
        soon = office_policy().soon_days
        given = [AssignedRow(*row) for row in assigned(session, plan, today, soon)] if columns != 12 else []
        rows = [TrackingRow(*row) for row in tracked(session, plan, today, soon)] if columns == 12 else []
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".xlsx", dir=path.parent)
    os.close(descriptor)
    copy = Path(name)
    try:
        if columns == 12:
            write_tracking_sheet(rows, copy)
        else:
            write_assigned_sheet(given, copy, columns=columns, today=today)
        copy.chmod(0o644)
        copy.replace(path)
    finally:
        copy.unlink(missing_ok=True)
    return len(rows) or len(given)
