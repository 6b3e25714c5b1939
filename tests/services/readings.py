"""Readings of an invented plan, built by hand: what `documents` would give."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from rules.calendar.workdays import WorkCalendar
from rules.plan.values import Counts, Doubt, ItemRead, PlanHeader, PlanReading, UnitRef
from rules.reminders.ladder import LadderPolicy
from rules.timing.values import Timing, TimingKind
from services.actor import Actor
from services.plans.importing import Imported, Request, import_plan, request_for
from services.policy import Terms

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
BY = Actor("kiểm thử", AT)
TERMS = Terms(WorkCalendar(), LadderPolicy(), TODAY, AT)


def due(day: date, phrase: str | None = None) -> Timing:
    """A deadline on a day."""
    return Timing(phrase=phrase or f"Chậm nhất {day:%d/%m/%Y}", kind=TimingKind.DEADLINE, due=day, last_day=day)


def undetermined(phrase: str = "Theo quy định") -> Timing:
    """A timing nobody can compute."""
    return Timing(phrase=phrase, kind=TimingKind.UNDETERMINED, reason="cần người phụ trách nhập ngày")


def weekly() -> Timing:
    """Every Friday of 2026."""
    return Timing(
        phrase="Hàng tuần",
        kind=TimingKind.RECURRING,
        start=date(2026, 1, 1),
        due=date(2026, 12, 31),
        last_day=date(2026, 12, 31),
        recurrence="FREQ=WEEKLY;BYDAY=FR",
    )


def item(
    code: str,
    title: str,
    timing: Timing | None = None,
    lead: str | None = "PHONG_VHXH",
    *,
    printed: str | None = None,
    results: tuple[str, ...] = (),
    coordinating: tuple[UnitRef, ...] = (),
) -> ItemRead:
    """An item led by one unit, due at the end of June unless told otherwise."""
    timing = timing or due(date(2026, 6, 30))
    doubts = (Doubt(code="timing.undetermined", message="hãy nhập ngày"),) if timing.kind == "undetermined" else ()
    leads = (UnitRef(printed=printed or lead or "Tổ công nghệ số", unit=lead),)
    return ItemRead(
        code=code, title=title, timing=timing, lead=leads, coordinating=coordinating, results=results, warnings=doubts
    )


def reading(
    *items: ItemRead, code: str = "KH-07-2026", title: str = "Kế hoạch cải cách hành chính năm 2026"
) -> PlanReading:
    """A plan of these items."""
    header = PlanHeader(
        code=code, title=title, number="07", symbol="KH-UBND", authority="UBND phường Hoa Sen", year=2026
    )
    counts = Counts(rows=len(items), sections=0, numbered=len(items), items=len(items))
    return PlanReading(plan=header, counts=counts, items=items)


def request(*items: ItemRead, **header: str) -> Request:
    """The request to import these items."""
    return request_for(reading(*items, **header))


def bring_in(session: Session, *items: ItemRead, **header: str) -> Imported:
    """Import these items."""
    return import_plan(session, request(*items, **header), BY, TERMS)
