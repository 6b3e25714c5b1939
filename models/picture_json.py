"""The figures as plain values: what `dondoc status --json` prints and the API answers, in the same words."""

from typing import Any

from models.picture import Picture
from models.status import LastMorning, PlanFigures, UnitFigures


def picture_json(seen: Picture) -> dict[str, Any]:
    """The whole picture; states by their Vietnamese names, as everywhere, days and moments in ISO 8601."""
    found = seen.figures
    return {
        "day": found.day.isoformat(),
        "items": seen.items,
        "states": {state.value: count for state, count in seen.states.items()},
        "plans": [_plan(plan) for plan in found.plans],
        "sections": [
            {"plan": row.plan, "code": row.code, "title": row.title, "items": row.items, "states": _states(row.states)}
            for row in seen.sections
        ],
        "units": [_unit(unit) for unit in found.units],
        "trend": [
            {"day": p.day.isoformat(), "items": p.items, "overdue": p.overdue, "done": p.done} for p in seen.trend
        ],
        "slipping": [
            {
                "plan": row.plan,
                "item": row.item,
                "title": row.title,
                "unit": row.unit,
                "last_day": row.last_day.isoformat(),
                "days_late": row.days_late,
                "told": row.told,
            }
            for row in seen.slipping
        ],
        "evidence": [
            {"unit": r.unit, "name": r.name, "authority": r.authority, "done": r.done, "missing": r.missing}
            for r in seen.evidence
        ],
        "authorities": [
            {
                "code": row.code,
                "name": row.name,
                "items": row.items,
                "states": _states(row.states),
                "overdue_share": round(row.overdue_share, 1),
            }
            for row in seen.authorities
        ],
        "extensions_waiting": seen.waiting,
        "messages": {state.value: count for state, count in found.messages.items()},
        "mornings": [_morning(morning) for morning in found.mornings],
    }


def _states(states: Any) -> dict[str, int]:
    return {state.value: count for state, count in states.items()}


def _plan(plan: PlanFigures) -> dict[str, Any]:
    return {
        "code": plan.code,
        "title": plan.title,
        "year": plan.year,
        "status": plan.status.value,
        "authority": plan.authority,
        "items": plan.items,
        "states": _states(plan.states),
        "without_lead": plan.without_lead,
        "lapsed": plan.lapsed,
    }


def _unit(unit: UnitFigures) -> dict[str, Any]:
    names = (
        "code", "name", "authority", "reachable", "open", "overdue", "due_soon", "on_track", "done", "done_late",
        "undetermined",
    )  # fmt: skip
    return {name: getattr(unit, name) for name in names}


def _morning(morning: LastMorning) -> dict[str, Any]:
    return {
        "authority": morning.authority,
        "day": morning.day.isoformat(),
        "started_at": morning.started_at.isoformat(),
        "finished_at": morning.finished_at.isoformat() if morning.finished_at else None,
        "notices": morning.notices,
        "messages": morning.messages,
    }
