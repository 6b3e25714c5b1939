"""The year's working days: holidays and swapped days with their sources, and the office's own days off and worked."""

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from config.overrides import Override, overrides_in, with_override, without_override
from config.toml_files import ConfigError
from config.working_days import FIRST_YEAR, LAST_YEAR, SpecialDay
from portal.office.policy import NOTE, Weighed, must_rule, obstacle, unit_names, weighed
from portal.web.forms import Form, FormIn, as_number
from portal.web.pages import page
from portal.web.permissions import counted_for
from portal.web.visits import Visit, acting, looking
from rules.calendar.workdays import WorkCalendar
from rules.work.answers import clean_text, read_day
from services.errors import StoreError
from services.office.files import OfficeFile, changed_by_hand, history, in_force, put_in_force
from services.office.proposals import with_working_days
from services.policy import office_calendar, office_special_days

router = APIRouter()
FILE = OfficeFile.WORKING_DAYS
FIELDS = ("loai", "tu", "den", "dip", "can_cu")
_PLAIN, _OFF, _WORKED, _REST = "", "nghi", "bu", "cuoi-tuan"


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of a month's table: its number (0: not of the month) and what it is."""

    day: int
    kind: str = _PLAIN
    label: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Special days one after the other with the same occasion and source."""

    first: date
    last: date
    works: bool
    label: str
    source: str


@router.get("/ngay-lam-viec")
def show(request: Request) -> Response:
    """The year as a calendar, and every special day with its source."""
    with looking(request) as visit:
        counted_for(visit)
        done = "Đã áp dụng. Các mốc nhắc đã được tính lại." if request.query_params.get("da") else ""
        return _show(visit, _year(visit, request.query_params.get("nam", "")), done=done)


def _year(visit: Visit, typed: str) -> int:
    year = as_number(typed)
    return year if FIRST_YEAR <= year <= LAST_YEAR else visit.today.year


@router.post("/ngay-lam-viec/xem-truoc")
def preview(request: Request, form: FormIn) -> Response:
    """What adding or taking away days would do. Nothing is kept."""
    with acting(request, form) as visit:
        must_rule(visit)
        year, authority_id = _year(visit, form.one("nam")), visit.visitor.authority_id
        now = in_force(visit.site.settings, FILE)
        text, problem = _proposed(form, now.text)
        if not problem and _same(visit, text):
            problem = "Ngày đó vốn đã là ngày nghỉ (hoặc ngày làm việc) như vậy, nên không có gì thay đổi."
    effect = None if problem else weighed(request, authority_id, with_working_days(visit.site.settings, text))
    with looking(request) as visit:
        found = Weighed(text, now.seal, effect=effect, problems=(problem,) if problem else ())
        typed = {name: form.one(name) for name in FIELDS}
        return _show(visit, year, found=found, typed=typed, what=_what(form), status=422 if problem else 200)


def _proposed(form: Form, text: str) -> tuple[str, str]:
    """The file's text as it would be, and what is wrong with the proposal."""
    try:
        if form.one("bo"):
            return without_override(text, form.one("bo")), ""
        first, last = read_day(form.one("tu")), read_day(form.one("den") or form.one("tu"))
        if first is None or last is None:
            return text, "Ngày cần viết như 31/12/2026."
        words = [" ".join(clean_text(form.one(name)).split())[:200] for name in ("dip", "can_cu")]
        return with_override(text, Override(first, last, form.one("loai") == "lam", *words)), ""
    except ConfigError as error:
        return text, str(error)


def _same(visit: Visit, text: str) -> bool:
    old, new = office_calendar(visit.site.settings), with_working_days(visit.site.settings, text).calendar
    differing = (old.off ^ new.off) | (old.worked ^ new.worked)
    return all(old.is_working_day(day) == new.is_working_day(day) for day in differing)


def _what(form: Form) -> str:
    """The change in words, for the page and the audit trail."""
    if form.one("bo"):
        return f"Bỏ mục: {form.one('ten_muc')}"[:NOTE]
    kind = "Ngày làm việc" if form.one("loai") == "lam" else "Ngày nghỉ"
    until = f" đến {form.one('den')}" if form.one("den") else ""
    return f"{kind} {form.one('tu')}{until}: {form.one('dip')} ({form.one('can_cu')})"[:NOTE]


@router.post("/ngay-lam-viec/ap-dung")
def apply(request: Request, form: FormIn) -> Response:
    """Put the days in force as they were shown."""
    with acting(request, form) as visit:
        must_rule(visit)
        year, text, what = _year(visit, form.one("nam")), form.one("noi_dung").replace("\r\n", "\n"), form.one("viec")
        try:
            put_in_force(
                visit.session, visit.actor, FILE, text, seen=form.one("dau"), settings=visit.site.settings,
                note=what[:NOTE],
            )  # fmt: skip
        except StoreError as refusal:
            return _show(visit, year, found=Weighed(text, form.one("dau"), problems=(str(refusal),)), status=409)
    return RedirectResponse(f"/ngay-lam-viec?nam={year}&da=ap-dung", 303)


def _show(
    visit: Visit,
    year: int,
    *,
    found: Weighed | None = None,
    typed: dict[str, str] | None = None,
    what: str = "",
    done: str = "",
    status: int = 200,
) -> Response:
    now = in_force(visit.site.settings, FILE)
    special = office_special_days(visit.site.settings)
    days = [one for one in special.days if one.day.year == year]
    return page(
        visit,
        "office/workdays",
        status=status,
        year=year,
        first_year=FIRST_YEAR,
        last_year=LAST_YEAR,
        months=_months(year, office_calendar(visit.site.settings), days),
        stretches=list(stretches(days)),
        own=[one for one in overrides_in(now.text) if one.first.year == year],
        missing=bool(special.missing_override_years([year])),
        now=now,
        found=found,
        what=what,
        typed=typed or dict.fromkeys(FIELDS, ""),
        unit_names=unit_names(visit),
        obstacle=obstacle(visit, FILE),
        history=history(visit.session, FILE),
        by_hand=changed_by_hand(visit.session, FILE, now),
        able=visit.site.weigh is not None,
        done=done,
    )


def stretches(days: Sequence[SpecialDay]) -> Iterator[Stretch]:
    """Special days as people read them: "14/02 đến 22/02"."""

    def run(numbered: tuple[int, SpecialDay]) -> tuple[object, ...]:
        number, one = numbered
        return one.day.toordinal() - number, one.works, one.label, one.source

    for _, rows in groupby(enumerate(days), key=run):
        some = [one for _, one in rows]
        yield Stretch(some[0].day, some[-1].day, some[0].works, some[0].label, some[0].source)


def _months(year: int, office: WorkCalendar, days: Sequence[SpecialDay]) -> list[tuple[str, list[list[Cell]]]]:
    special = {one.day: one for one in days}
    grid = calendar.Calendar()
    return [
        (
            f"Tháng {month}",
            [
                [_cell(year, month, day, office, special) for day in week]
                for week in grid.monthdayscalendar(year, month)
            ],
        )
        for month in range(1, 13)
    ]


def _cell(year: int, month: int, day: int, office: WorkCalendar, special: dict[date, SpecialDay]) -> Cell:
    if not day:
        return Cell(0)
    at = date(year, month, day)
    works, said = office.is_working_day(at), special.get(at)
    if works:
        return Cell(day, _WORKED, said.label if said else "") if at.isoweekday() > 5 else Cell(day)
    return Cell(day, _OFF, said.label) if said is not None and not said.works else Cell(day, _REST)
