"""Rows for the benchmarks: an invented authority with as many units and items as asked for."""

from datetime import UTC, date, datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from models import Authority, Item, Occurrence, Person, Plan, Responsibility, Unit
from rules.calendar.workdays import WorkCalendar
from rules.reminders.ladder import LadderPolicy, next_rung_day
from rules.timing.values import Timing, TimingKind

CALENDAR, POLICY = WorkCalendar(), LadderPolicy()
CHUNK = 5_000


def build(session: Session, code: str, units: int, items: int, due_of: dict[date, int]) -> int:
    """An authority with `units` units and `items` items, spread over the due days of `due_of`. Returns its id."""
    authority = Authority(code=code, name=f"UBND {code}")
    session.add(authority)
    session.flush()
    unit_ids = [_unit(session, authority.id, code, number) for number in range(units)]
    plan = Plan(
        authority_id=authority.id,
        code=f"{code}-plan",
        title=f"Kế hoạch cải cách hành chính {code}",
        year=2025,
        form="annex",
        imported_at=datetime(2025, 1, 1, tzinfo=UTC),
        reading_hash="0" * 64,
    )
    session.add(plan)
    session.flush()
    days = [day for day, count in due_of.items() for _ in range(count)]
    for start in range(0, items, CHUNK):
        _items(session, plan.id, unit_ids, days, range(start, min(items, start + CHUNK)))
    return authority.id


def _unit(session: Session, authority_id: int, code: str, number: int) -> int:
    address = f"don-vi-{number}@{code}.example"
    unit = Unit(authority_id=authority_id, code=f"DON_VI_{number}", name=f"Phòng số {number}", mailbox=address)
    session.add(unit)
    session.flush()
    session.add(Person(authority_id=authority_id, unit_id=unit.id, name=unit.name, email=address, is_mailbox=True))
    session.flush()
    return unit.id


def _items(session: Session, plan_id: int, unit_ids: list[int], days: list[date], numbers: range) -> None:
    base = (session.query(Item.id).order_by(Item.id.desc()).limit(1).scalar() or 0) + 1
    items, leads, occurrences = [], [], []
    for offset, number in enumerate(numbers):
        due, unit_id, item_id = days[number % len(days)], unit_ids[number % len(unit_ids)], base + offset
        timing = Timing(phrase=f"Chậm nhất {due:%d/%m/%Y}", kind=TimingKind.DEADLINE, due=due, last_day=due)
        items.append(
            {
                "id": item_id, "plan_id": plan_id, "code": f"A.{number}", "position": number,
                "title": f"Rà soát, công khai thủ tục hành chính và báo cáo kết quả thực hiện, nhiệm vụ số {number}",
                "timing_phrase": timing.phrase, "timing_kind": timing.kind,
                "timing_json": timing.model_dump(mode="json"),
                "results": ["Báo cáo kết quả thực hiện của đơn vị"], "targets": [], "source": {}, "warnings": [],
                "edited": [], "read_hash": "0" * 64,
            }
        )  # fmt: skip
        leads.append(
            {"item_id": item_id, "part": "lead", "scope": "unit", "unit_id": unit_id, "printed": "Phòng", "position": 0}
        )
        occurrences.append(
            {
                "item_id": item_id, "unit_id": unit_id, "key": due.isoformat(), "kind": "deadline", "label": "",
                "opens_on": date(2025, 1, 1), "due_on": due, "last_day": due,
                "next_rung_on": next_rung_day(date(2025, 1, 1), due, CALENDAR, POLICY, after=None),
            }
        )  # fmt: skip
    session.execute(insert(Item), items)
    session.execute(insert(Responsibility), leads)
    session.execute(insert(Occurrence), occurrences)
