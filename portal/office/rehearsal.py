"""The year's messages on a calendar page, per unit and day, before switching on; with a simulated outage.

The rehearsal itself walks the same decisions as the real mornings (services/reminders/rehearsal.py);
whoever starts the portal hands it in, as it does with the carrier of mails.
"""

import calendar
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from models.plan import Plan
from portal.web.pages import page
from portal.web.permissions import counted_for, plan_named
from portal.web.site import RehearsedMail
from portal.web.visits import Visit, looking
from rules.work.answers import read_day
from services.errors import UnknownNameError
from services.staff.queries import unit_names

router = APIRouter()
FIELDS = {"tu": "Từ ngày", "den": "đến ngày", "ngung_tu": "Giả sử máy ngừng từ", "ngung_den": "Giả sử máy ngừng đến"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the calendar: its date (None: outside the month), its mails, whether the machine is away."""

    day: date | None
    count: int = 0
    away: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """A month: its word in addresses ("2026-12"), its name, its mails."""

    key: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: days, a supposed outage, a unit, the month and the day that are open."""

    days: Mapping[str, date | None]
    unit: str
    month: str
    day: date | None

    @property
    def outage(self) -> tuple[date, date] | None:
        """The days on which the machine is away."""
        first, last = self.days["ngung_tu"], self.days["ngung_den"]
        return (first, last) if first and last else None

    def address(self, plan: str, **other: str) -> str:
        """The page's address with the same wishes, but for what is given."""
        kept = {name: f"{day:%d/%m/%Y}" for name, day in self.days.items() if day is not None}
        values = {"ke_hoach": plan, **kept, "don_vi": self.unit, "thang": self.month, **other}
        return "/dien-tap?" + urlencode({name: value for name, value in values.items() if value})


@router.get("/dien-tap")
def rehearse(request: Request) -> Response:
    """What would go to whom on which day: a month as a calendar, of which a day opens its mails. Nothing is written."""
    with looking(request) as visit:
        plan = plan_named(visit, counted_for(visit).plans)
        query = request.query_params
        days, problems = _days(query)
        wanted = Asked(days, query.get("don_vi", ""), query.get("thang", ""), read_day(query.get("ngay", "")))
        mails = [] if problems else _mails(visit, plan, wanted, problems)
        chosen = [mail for mail in mails if not wanted.unit or mail.unit == wanted.unit]
        all_months = months(chosen)
        wanted = replace(wanted, month=_open_month(wanted, all_months))
        in_month = [mail for mail in mails if f"{mail.date:%Y-%m}" == wanted.month]
        return page(
            visit,
            "office/rehearsal",
            status=422 if problems and any(query.get(name) for name in FIELDS) else 200,
            plan=plan,
            problems=problems,
            able=visit.site.rehearse is not None,
            fields=FIELDS,
            typed={name: query.get(name, "") for name in FIELDS},
            wanted=wanted,
            units=_units(visit),
            months=all_months,
            weeks=weeks(chosen, wanted) if all_months else [],
            counts=_by_unit(in_month),
            opened=[mail for mail in chosen if mail.date == wanted.day],
            mornings=len({mail.date for mail in chosen}),
            total=len(chosen),
            address=lambda **other: wanted.address(plan.code, **other),
        )


def _mails(visit: Visit, plan: Plan, wanted: Asked, problems: list[str]) -> list[RehearsedMail]:
    """The rehearsal that is asked for; a sentence in `problems` where its days cannot be."""
    if visit.site.rehearse is None:
        return []
    first, last = wanted.days["tu"] or visit.today, wanted.days["den"]
    if last is not None and last < first:
        problems.append("Ngày cuối không thể trước ngày đầu.")
        return []
    try:
        return list(visit.site.rehearse(plan.code, first, last, wanted.outage))
    except UnknownNameError:  # every day of the plan has passed
        problems.append("Mọi ngày của kế hoạch đã qua, không còn thư nào sẽ gửi. Ghi “Từ ngày” sớm hơn để xem lại.")
        return []


def _open_month(wanted: Asked, every: Sequence[Month]) -> str:
    """The month of the open day, or the one asked for; else the first."""
    keys = [month.key for month in every]
    asked = f"{wanted.day:%Y-%m}" if wanted.day else wanted.month
    return asked if asked in keys else keys[0] if keys else ""


def _by_unit(mails: Sequence[RehearsedMail]) -> dict[str | None, int]:
    """The mails of each unit's people, most first; None: leaders and administrators."""
    return dict(Counter(mail.unit for mail in mails).most_common())


def _units(visit: Visit) -> list[tuple[str, str]]:
    return unit_names(visit.session, visit.visitor.authority_id)


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


def months(mails: Sequence[RehearsedMail]) -> list[Month]:
    """Every month from the first to the last mail, also those without any."""
    if not mails:
        return []
    counts = Counter(mail.date.year * 12 + mail.date.month - 1 for mail in mails)
    numbers = ((number, *divmod(number, 12)) for number in range(min(counts), max(counts) + 1))
    return [
        Month(f"{year}-{month + 1:02}", f"Tháng {month + 1}/{year}", counts[number]) for number, year, month in numbers
    ]


def weeks(mails: Sequence[RehearsedMail], wanted: Asked) -> list[list[Cell]]:
    """The open month in weeks that begin on Monday."""
    year, month = (int(part) for part in wanted.month.split("-"))
    counts = Counter(mail.date for mail in mails)
    away = wanted.outage
    grid = calendar.Calendar()
    return [
        [
            Cell(day, counts[day], away is not None and away[0] <= day <= away[1]) if day.month == month else Cell(None)
            for day in week
        ]
        for week in grid.monthdatescalendar(year, month)
    ]
