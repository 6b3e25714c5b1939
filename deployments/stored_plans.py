"""Stored plans: their facts, and the tracking sheet that offices keep."""

import os
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from documents.writing.tracking_sheet import TrackingRow, write_tracking_sheet
from models.office import office_policy
from models.plan import Item, Part, Plan, Responsibility
from models.plans import find_plan
from models.schedule import Occurrence
from models.session import reading
from models.status import Asked, item_states
from rules.states import ItemState


def plan_rows() -> list[dict[str, Any]]:
    """Every plan with the number of its items, newest year first."""
    counts = select(Item.plan_id, func.count().label("total")).where(Item.dropped_at.is_(None)).group_by(Item.plan_id)
    items = counts.subquery()
    query = select(Plan, func.coalesce(items.c.total, 0)).outerjoin(items, items.c.plan_id == Plan.id)
    with reading() as session:
        rows = session.execute(query.order_by(Plan.year.desc(), Plan.code)).tuples().all()
        return [_facts(plan, count) for plan, count in rows]


def plan_facts(code: str) -> dict[str, Any]:
    """One plan's facts. Raises UnknownNameError."""
    with reading() as session:
        plan = find_plan(session, code)
        count = session.scalar(select(func.count()).where(Item.plan_id == plan.id, Item.dropped_at.is_(None)))
        return _facts(plan, count or 0)


def _facts(plan: Plan, items: int) -> dict[str, Any]:
    return {
        "code": plan.code,
        "title": plan.title,
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


def write_sheet(code: str, path: Path, today: date) -> int:
    """Write a plan as the twelve-column tracking sheet, whole or not at all. Returns the number of rows."""
    with reading() as session:
        rows = list(_sheet_rows(session, find_plan(session, code), today))
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".xlsx", dir=path.parent)
    os.close(descriptor)
    copy = Path(name)
    try:
        write_tracking_sheet(rows, copy)
        copy.chmod(0o644)
        copy.replace(path)
    finally:
        copy.unlink(missing_ok=True)
    return len(rows)


def _sheet_rows(session: Session, plan: Plan, today: date) -> Iterator[TrackingRow]:
    states = item_states(session, Asked(today, office_policy().soon_days), plan.id)
    query = select(Item).where(Item.plan_id == plan.id, Item.dropped_at.is_(None)).order_by(Item.position)
    items = session.scalars(query.options(selectinload(Item.responsibilities))).all()
    done = _done_shares(session, plan)
    for item in items:
        yield _sheet_row(item, states[item.id], done.get(item.id, ""))


def _done_shares(session: Session, plan: Plan) -> dict[int, str]:
    """How many of an item's occurrences are done: "2/4"."""
    query = (
        select(Occurrence.item_id, func.count(Occurrence.done_on), func.count())
        .join(Item, Item.id == Occurrence.item_id)
        .where(Item.plan_id == plan.id, Occurrence.cancelled_at.is_(None))
        .group_by(Occurrence.item_id)
    )
    return {item_id: f"{done}/{every}" for item_id, done, every in session.execute(query)}


def _sheet_row(item: Item, state: ItemState, progress: str) -> TrackingRow:
    kept = item.tracking or {}
    timing = item.timing
    single = timing.due if timing.due and not timing.milestones and not timing.recurrence else None
    dated = single if single and (not timing.phrase or "timing" in item.edited) else timing.phrase or single
    issued = kept.get("issued_on")
    return TrackingRow(
        number=item.code,
        content=item.title,
        document_number=kept.get("document_number") or "",
        issued_on=date.fromisoformat(issued) if issued else None,
        due=dated,
        lead=_names(item, Part.LEAD),
        coordinating=_names(item, Part.COORDINATOR),
        leader=kept.get("leader") or "",
        progress=kept.get("progress") or progress,
        state=state.value,
        outcome=kept.get("outcome") or "",
        note=kept.get("note") or "; ".join(item.results),
    )


def _names(item: Item, part: Part) -> str:
    rows: list[Responsibility] = [row for row in item.responsibilities if row.part is part]
    return "\n".join(f"{row.printed} ({row.note})" if row.note else row.printed for row in rows)
