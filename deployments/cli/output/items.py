"""Items of a stored plan for the terminal and as JSON."""

from datetime import date
from typing import Any

from deployments.cli.output.tables import table
from models.occurrence import Occurrence
from models.plan import Item, Part
from models.session import reading
from rules.timing.values import TimingKind
from services.figures.status import Asked, item_states
from services.plans.queries import find_plan, items_of, occurrences_of
from services.policy import office_policy


def item_rows(plan: str, today: date) -> list[dict[str, Any]]:
    """The items of a plan in its order."""
    with reading() as session:
        owner = find_plan(session, plan)
        states = item_states(session, Asked(today, office_policy().soon_days), owner.id)
        dues = occurrences_of(session, owner)
        return [_row(item, states.get(item.id), dues.get(item.id, []), today) for item in items_of(session, owner)]


def _row(item: Item, state: Any, dues: list[Occurrence], today: date) -> dict[str, Any]:
    newest = max((row.last_day for row in dues), default=today)
    return {
        "code": item.code,
        "section": item.section,
        "title": item.title,
        "state": state.value if state else "Không còn trong kế hoạch",
        "timing": item.timing_json,
        "lead": _units(item, Part.LEAD),
        "coordinating": _units(item, Part.COORDINATOR),
        "results": item.results,
        "edited": item.edited,
        "dropped": item.dropped_at is not None,
        "warnings": item.warnings,
        "occurrences": [_due(row, today, newest) for row in dues],
    }


def _units(item: Item, part: Part) -> list[dict[str, str | None]]:
    rows = [row for row in item.responsibilities if row.part is part]
    return [
        {"printed": row.printed, "scope": row.scope.value, "unit": row.unit.code if row.unit else None} for row in rows
    ]


def _due(row: Occurrence, today: date, newest: date) -> dict[str, Any]:
    replaced = row.urge_until is not None and row.urge_until < today and row.last_day < newest
    return {
        "key": row.key,
        "label": row.label,
        "unit": row.unit.code,
        "opens_on": row.opens_on.isoformat(),
        "due": row.due_on.isoformat(),
        "last_day": row.last_day.isoformat(),
        "target": row.target,
        "lapsed": replaced and row.done_on is None,
        "done_on": row.done_on.isoformat() if row.done_on else None,
        "next_rung_on": row.next_rung_on.isoformat() if row.next_rung_on else None,
    }


def items_table(rows: list[dict[str, Any]]) -> str:
    """The items as a table; doubts below it."""
    if not rows:
        return "Không có nhiệm vụ nào."
    cells = [(row["code"], row["title"], row["state"], _when(row), _leads(row)) for row in rows]
    parts = [table(("Mã", "Nhiệm vụ", "Trạng thái", "Hạn", "Chủ trì"), cells, (0, 6, 0, 3, 3))]
    doubts = [f"  {row['code']}: {doubt['message']}" for row in rows for doubt in row["warnings"]]
    if doubts:
        parts.append(f"Cần người phụ trách xem ({len(doubts)}):\n" + "\n".join(doubts))
    return "\n\n".join(parts)


def _when(row: dict[str, Any]) -> str:
    """The next due day that is open, else how the timing is printed."""
    left = [due["last_day"] for due in row["occurrences"] if due["done_on"] is None and not due["lapsed"]]
    phrase = row["timing"]["phrase"] or "không ghi"
    if not left or row["timing"]["kind"] == TimingKind.UNDETERMINED:
        return phrase
    return f"{date.fromisoformat(left[0]):%d/%m/%Y} ({phrase})"


def _leads(row: dict[str, Any]) -> str:
    return "; ".join(f"{ref['printed']}{' (?)' if ref['scope'] == 'unknown' else ''}" for ref in row["lead"]) or "–"
