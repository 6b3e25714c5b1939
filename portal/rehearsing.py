"""The year's messages on a calendar page, per unit and day, before switching on; with a simulated outage.

The rehearsal itself walks the same decisions as the real mornings (tasks/rehearsal.py);
whoever starts the portal hands it in, as it does with the carrier of mails.
"""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import func, select

from models.answers import NotYoursError
from models.authority import Unit
from models.plan import Plan
from portal.leaders import counted_for
from portal.pages import page
from portal.site import RehearsedMail
from portal.visits import Visit, looking
from rules.answers import read_day

router = APIRouter()
FIELDS = {"tu": "Từ ngày", "den": "đến ngày", "ngung_tu": "Giả sử máy ngừng từ", "ngung_den": "Giả sử máy ngừng đến"}


@dataclass(frozen=True, slots=True)
class Month:
    """A month as weeks of days (0: outside it), with the mails of each day."""

    name: str
    weeks: tuple[tuple[tuple[int, int, str], ...], ...]


@router.get("/dien-tap")
def rehearse(request: Request) -> Response:
    """What would go to whom on which day. Nothing is written and nothing is sent."""
    with looking(request) as visit:
        asked = counted_for(visit)
        plan = plan_named(visit, asked.plans)
        query = request.query_params
        days, problems = _days(query)
        mails: list[RehearsedMail] = []
        if not problems and visit.site.rehearse is not None:
            outage = (days["ngung_tu"], days["ngung_den"]) if days["ngung_tu"] and days["ngung_den"] else None
            first = days["tu"] or visit.today
            problems = [] if days["den"] is None or days["den"] >= first else ["Ngày cuối không thể trước ngày đầu."]
            mails = list(visit.site.rehearse(plan.code, first, days["den"], outage)) if not problems else []
        unit = query.get("don_vi", "")
        chosen = [mail for mail in mails if not unit or mail.unit == unit]
        return page(
            visit,
            "dien-tap",
            status=422 if problems else 200,
            plan=plan,
            problems=problems,
            able=visit.site.rehearse is not None,
            fields=FIELDS,
            typed={name: query.get(name, "") for name in FIELDS},
            unit=unit,
            units=_units(visit),
            months=months(chosen),
            by_day=_by_day(chosen),
            total=len(chosen),
        )


def plan_named(visit: Visit, plans: tuple[int, ...] | None) -> Plan:
    """The plan that the address names, of the visitor's own authority. Raises NotYoursError."""
    code = visit.request.query_params.get("ke_hoach", "").upper()
    query = select(Plan).where(func.upper(Plan.code) == code, Plan.authority_id == visit.visitor.authority_id)
    plan = visit.session.scalar(query)
    if plan is None or (plans is not None and plan.id not in plans):
        raise NotYoursError("Không có kế hoạch này.")
    return plan


def _units(visit: Visit) -> list[tuple[str, str]]:
    query = select(Unit.code, Unit.name).where(Unit.authority_id == visit.visitor.authority_id, Unit.active)
    return list(visit.session.execute(query.order_by(Unit.id)).tuples())


def _days(query: Mapping[str, str]) -> tuple[dict[str, date | None], list[str]]:
    """The days of the form; a sentence for each that cannot be meant."""
    days = {name: read_day(query.get(name, "")) for name in FIELDS}
    problems = [
        f"“{label}” cần viết như 31/12/2025."
        for name, label in FIELDS.items()
        if query.get(name, "").strip() and days[name] is None
    ]
    out_from, out_to = days["ngung_tu"], days["ngung_den"]
    if not problems and (out_from is None) != (out_to is None):
        problems.append("Hãy ghi cả ngày đầu và ngày cuối của đợt ngừng máy.")
    if out_from and out_to and out_to < out_from:
        problems.append("Đợt ngừng máy có ngày cuối trước ngày đầu.")
    return days, problems


def _by_day(mails: Sequence[RehearsedMail]) -> dict[date, list[RehearsedMail]]:
    found: dict[date, list[RehearsedMail]] = {}
    for mail in mails:
        found.setdefault(mail.date, []).append(mail)
    return dict(sorted(found.items()))


def months(mails: Sequence[RehearsedMail]) -> list[Month]:
    """Every month from the first to the last mail, in weeks that begin on Monday."""
    by_day = _by_day(mails)
    if not by_day:
        return []
    first, last = min(by_day), max(by_day)
    grid = calendar.Calendar()
    found = []
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        year, month = divmod(number, 12)
        weeks = tuple(
            tuple((day, *_mark(by_day, year, month + 1, day)) for day in week)
            for week in grid.monthdayscalendar(year, month + 1)
        )
        found.append(Month(f"Tháng {month + 1}/{year}", weeks))
    return found


def _mark(by_day: Mapping[date, Sequence[RehearsedMail]], year: int, month: int, day: int) -> tuple[int, str]:
    """How many mails a day has, and its name in the page."""
    if not day:
        return 0, ""
    at = date(year, month, day)
    return len(by_day.get(at, ())), f"n{at:%Y%m%d}"
