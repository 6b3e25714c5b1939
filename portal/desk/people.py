"""One person on the administrators' desk: name, address, role, unit, absence; taken off and on again."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from models.answer import Handover
from models.authority import Authority, Person
from portal.desk.units import ERASED, unit_here
from portal.web.forms import Filled, Form, FormIn, Id, as_number
from portal.web.pages import page
from portal.web.permissions import must_manage
from portal.web.visits import Visit, acting, looking
from rules.staff.form import read_person
from rules.work.answers import Problem, clean_text, read_day
from services.errors import NotAllowedError, NotYoursError, StoreError
from services.office.staff_editing import FieldError, add_person, change_person, deactivate, is_last_admin, reactivate
from services.staff.leave import Leave, absences_of, arrange, finish, stand_ins_for
from services.staff.queries import units_of

router = APIRouter()
FIELDS = ("name", "email", "role", "unit")
WORDS = {
    "luu": "Đã lưu.",
    "doi": "Đã lưu. Thư chưa gửi sẽ đi theo địa chỉ mới; các liên kết đã gửi tới địa chỉ cũ không dùng được nữa.",
    "ngung": "Đã ngừng: người này không nhận thư và không vào được hệ thống nữa.",
    "lai": "Đã cho hoạt động lại; liên kết mới có trong thư sáng tới, hoặc xin ở trang nhận liên kết.",
    "vang": "Đã ghi ngày vắng.",
    "ve": "Đã kết thúc ngày vắng.",
}


@router.get("/nguoi/them")
def new_person(request: Request) -> Response:
    """The form for another person."""
    with looking(request) as visit:
        must_manage(visit)
        given = {"unit": request.query_params.get("don_vi", ""), "role": "officer"}
        return _show(visit, None, Filled(given))


@router.post("/nguoi/them")
def store_new_person(request: Request, form: FormIn) -> Response:
    """Add a person."""
    with acting(request, form) as visit:
        must_manage(visit)
        filled = _store(visit, None, form)
        if isinstance(filled, Filled):
            return _show(visit, None, filled, status=422)
    return RedirectResponse("/don-vi?da=nguoi", 303)


@router.get("/nguoi/{person_id}")
def one_person(request: Request, person_id: Id) -> Response:
    """A person's form, their days away, and what else can be done."""
    with looking(request) as visit:
        must_manage(visit)
        person = person_here(visit, person_id)
        return _show(visit, person, Filled(_values(person)), done=WORDS.get(request.query_params.get("da", ""), ""))


@router.post("/nguoi/{person_id}")
def store_person(request: Request, person_id: Id, form: FormIn) -> Response:
    """Change a person."""
    with acting(request, form) as visit:
        must_manage(visit)
        filled = _store(visit, person_here(visit, person_id), form)
        if isinstance(filled, Filled):
            return _show(visit, person_here(visit, person_id), filled, status=422)
    return RedirectResponse(f"/nguoi/{person_id}?da={'doi' if filled else 'luu'}", 303)


def person_here(visit: Visit, person_id: int) -> Person:
    """A person of the visitor's authority whose data are there. Raises NotYoursError."""
    person = visit.session.get(Person, person_id)
    if person is None or person.authority_id != visit.visitor.authority_id or person.email.endswith(ERASED):
        raise NotYoursError("Không có người này trong cơ quan.")
    return person


def _store(visit: Visit, person: Person | None, form: Form) -> Filled | bool:
    """Store what the form says: whether the address changed, or what to show again, and then nothing is stored."""
    typed = {name: form.one(name) for name in FIELDS}
    entry, problems = read_person(typed)
    if entry is None:
        return Filled(typed, problems=problems)
    session, actor = visit.session, visit.actor
    try:
        with session.begin_nested():
            unit = unit_here(visit, as_number(typed["unit"])) if typed["unit"] else None
            if person is None:
                owner = session.get_one(Authority, visit.visitor.authority_id)
                add_person(session, owner, entry, unit, actor)
                return False
            before = person.email
            change_person(session, person, entry, unit, actor)
            return person.email != before
    except FieldError as refusal:
        return Filled(typed, problems=(Problem(refusal.field, str(refusal)),))
    except StoreError as refusal:
        return Filled(typed, message=str(refusal))


def _values(person: Person) -> dict[str, str]:
    return {
        "name": person.name,
        "email": person.email,
        "role": person.role.value,
        "unit": str(person.unit_id or ""),
    }


def _show(
    visit: Visit,
    person: Person | None,
    filled: Filled,
    *,
    leave: Filled | None = None,
    done: str = "",
    status: int = 200,
) -> Response:
    owner = visit.session.get_one(Authority, visit.visitor.authority_id)
    return page(
        visit,
        "desk/person",
        status=status,
        person=person,
        filled=filled,
        leave=leave or Filled(),
        done=done,
        units=[
            unit for unit in units_of(visit.session, owner) if unit.active or (person and unit.id == person.unit_id)
        ],
        own=person is not None and person.id == visit.visitor.person_id,
        last=person is not None and is_last_admin(visit.session, person),
        absences=absences_of(visit.session, person.id, visit.today) if person else [],
        takers=stand_ins_for(visit.session, person) if person and person.active else [],
    )


@router.post("/nguoi/{person_id}/ngung")
def take_off(request: Request, person_id: Id, form: FormIn) -> Response:
    """Take a person off: links, sessions and waiting mail end at once."""
    with acting(request, form) as visit:
        must_manage(visit)
        person = person_here(visit, person_id)
        try:
            deactivate(visit.session, person, visit.actor)
        except StoreError as refusal:
            return _show(visit, person, Filled(_values(person), message=str(refusal)), status=409)
    return RedirectResponse(f"/nguoi/{person_id}?da=ngung", 303)


@router.post("/nguoi/{person_id}/dung-lai")
def take_on(request: Request, person_id: Id, form: FormIn) -> Response:
    """Take a person on again."""
    with acting(request, form) as visit:
        must_manage(visit)
        person = person_here(visit, person_id)
        try:
            reactivate(visit.session, person, visit.actor)
        except StoreError as refusal:
            return _show(visit, person, Filled(_values(person), message=str(refusal)), status=409)
    return RedirectResponse(f"/nguoi/{person_id}?da=lai", 303)


@router.post("/nguoi/{person_id}/vang")
def away(request: Request, person_id: Id, form: FormIn) -> Response:
    """Note from when to when a person is away, and who stands in."""
    with acting(request, form) as visit:
        must_manage(visit)
        person = person_here(visit, person_id)
        typed = {name: form.one(name) for name in ("to", "first_day", "last_day", "reason")}
        problems = _arrange(visit, person, typed)
        if problems:
            return _show(visit, person, Filled(_values(person)), leave=Filled(typed, problems=problems), status=422)
    return RedirectResponse(f"/nguoi/{person_id}?da=vang", 303)


def _arrange(visit: Visit, person: Person, typed: Mapping[str, str]) -> tuple[Problem, ...]:
    days = {name: read_day(typed[name]) for name in ("first_day", "last_day")}
    wrong = [Problem(name, "Ngày cần viết như 31/12/2025.") for name, day in days.items() if day is None]
    taker = visit.session.get(Person, as_number(typed["to"]))
    if taker is None:
        wrong.insert(0, Problem("to", "Hãy chọn người nhận thay."))
    first, last = days["first_day"], days["last_day"]
    if taker is None or first is None or last is None:
        return tuple(wrong)
    leave = Leave(first, last, clean_text(typed["reason"])[:500])
    try:
        arrange(visit.session, person, taker, leave, visit.actor, visit.today, visitor=visit.visitor)
    except NotAllowedError as refusal:
        return (Problem("last_day" if "Ngày" in str(refusal) else "to", str(refusal)),)
    return ()


@router.post("/nguoi/{person_id}/vang/{handover_id}/ket-thuc")
def back(request: Request, person_id: Id, handover_id: Id, form: FormIn) -> Response:
    """End somebody's absence before its last day."""
    with acting(request, form) as visit:
        must_manage(visit)
        person = person_here(visit, person_id)
        row = visit.session.get(Handover, handover_id)
        if row is None or row.from_person_id != person.id or row.ended_at is not None:
            raise NotYoursError("Không có lần vắng này.")
        finish(visit.session, row, visit.actor, link=visit.visitor.link_id)
    return RedirectResponse(f"/nguoi/{person_id}?da=ve", 303)
