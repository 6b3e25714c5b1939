"""An administrator opens the yearly round: the set is chosen, its days and units are shown, then it is confirmed."""

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from models.authority import Authority
from models.plan import Plan
from models.scoring import StoredCriteria
from portal.web.forms import Filled, Form, FormIn
from portal.web.pages import page
from portal.web.permissions import must_manage
from portal.web.visits import Visit, acting, looking
from rules.numbers import number_words
from rules.work.answers import read_day
from services.errors import StoreError
from services.scoring.criteria import criteria_of
from services.scoring.rounds import (
    RoundDays,
    RoundRefusedError,
    open_round,
    plans_of_year,
    sets_to_open,
    shares,
    usual_days,
)

router = APIRouter()
TYPED = ("bo", "den_ngay", "gui_ngay", "ke_hoach")


@router.get("/dot-cham-diem/mo")
def ask_what_to_open(request: Request) -> Response:
    """The sets without a round, with the usual days; nothing is opened."""
    with looking(request) as visit:
        must_manage(visit)
        days = usual_days(visit.today)
        values = {"den_ngay": f"{days.units_until:%d/%m/%Y}", "gui_ngay": f"{days.sending_on:%d/%m/%Y}"}
        return _show(visit, values)


@router.post("/dot-cham-diem/mo")
def open_the_round(request: Request, form: FormIn) -> Response:
    """Show what would be opened; with the confirmation, open it."""
    with acting(request, form) as visit:
        must_manage(visit)
        values = {name: form.one(name) for name in TYPED}
        try:
            with visit.session.begin_nested():
                chosen, days = _chosen(visit, form.one("bo")), _days(form, visit.today)
                if not form.one("xac_nhan"):
                    return _show(visit, values, asked=(chosen, days))
                plan = _plan(visit, chosen, form)
                _, new = open_round(visit.session, _authority(visit), chosen, plan, days, visit.actor)
        except StoreError as refusal:
            return _show(visit, values, problem=str(refusal))
    return RedirectResponse(f"/cham-diem?da={'mo' if new else 'da-mo'}", 303)


def _authority(visit: Visit) -> Authority:
    return visit.session.get_one(Authority, visit.visitor.authority_id)


def _chosen(visit: Visit, code: str) -> StoredCriteria:
    found = next((one for one in sets_to_open(visit.session, _authority(visit)) if one.code == code), None)
    if found is None:
        raise RoundRefusedError("Hãy chọn một bộ tiêu chí chưa mở đợt chấm điểm.")
    return found


def _days(form: Form, today: date) -> RoundDays:
    until, sending = read_day(form.one("den_ngay")), read_day(form.one("gui_ngay"))
    if until is None or sending is None:
        raise RoundRefusedError("Hạn tự chấm và ngày gửi hồ sơ cần viết như 31/12/2025.")
    if not today <= until <= sending:
        raise RoundRefusedError("Hạn tự chấm phải từ hôm nay trở đi, và ngày gửi hồ sơ không trước hạn tự chấm.")
    return RoundDays(today, until, sending)


def _plan(visit: Visit, chosen: StoredCriteria, form: Form) -> Plan | None:
    """The plan whose progress fills in the figures; None where the person chose none."""
    number = form.number("ke_hoach")
    plans = plans_of_year(visit.session, _authority(visit), chosen.year)
    return next((plan for plan in plans if plan.id == number), None)


def _show(
    visit: Visit, values: dict[str, str], *, problem: str = "", asked: tuple[StoredCriteria, RoundDays] | None = None
) -> Response:
    owner = _authority(visit)
    chosen, days = asked or (None, None)
    return page(
        visit,
        "scoring/opening",
        status=422 if problem else 200,
        sets=sets_to_open(visit.session, owner),
        filled=Filled(values),
        problem=problem,
        chosen=chosen,
        days=days,
        criteria=criteria_of(chosen) if chosen else None,
        units=shares(visit.session, owner, chosen) if chosen else [],
        plans=plans_of_year(visit.session, owner, chosen.year) if chosen else [],
        number=number_words,
    )
