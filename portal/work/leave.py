"""Leave: handing a person's mail over to a colleague of the same unit; a leader's deputy."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from models.authority import Person, Role
from portal.web.forms import FormIn, Id
from portal.web.pages import page
from portal.web.visits import Visit, acting, looking
from rules.work.access import ANSWERING_ROLES, may_hand_over
from rules.work.answers import clean_text, read_day
from services.errors import NotAllowedError
from services.staff.leave import colleagues, end_handover, hand_over, handovers_of, stand_ins_for

router = APIRouter()
WORDS = {"giao": "Đã bàn giao.", "xong": "Đã kết thúc bàn giao."}


@router.get("/ban-giao")
def show_leave(request: Request) -> Response:
    """The unit's hand-overs (a leader's deputies), and the form for a new one."""
    with looking(request) as visit:
        return _show(visit, {}, "", done=WORDS.get(request.query_params.get("da", ""), ""))


def _show(visit: Visit, values: Mapping[str, str], problem: str, *, done: str = "", status: int = 200) -> Response:
    givers, takers = _givers(visit), _takers(visit)
    return page(
        visit,
        "work/leave",
        status=status,
        people=takers,
        givers=givers,
        running=handovers_of(visit.session, visit.visitor, visit.today),
        values=values,
        problem=problem,
        done=done,
        leader=visit.visitor.role == Role.LEADER,
        may=_may(visit),
    )


def _may(visit: Visit) -> bool:
    visitor = visit.visitor
    return visitor.role == Role.LEADER or (visitor.role in ANSWERING_ROLES and visitor.unit_id is not None)


def _givers(visit: Visit) -> list[Person]:
    """Whom the visitor may hand over for: themselves; in a unit also its mailbox, its head for anybody."""
    visitor = visit.visitor
    if visitor.role == Role.LEADER:
        return [visit.session.get_one(Person, visitor.person_id)]
    people = colleagues(visit.session, visitor.unit_id) if visitor.unit_id else []
    people = [person for person in people if person.role is not Role.LEADER]
    return [
        person for person in people if may_hand_over(visitor.role, person.id == visitor.person_id or person.is_mailbox)
    ]


def _takers(visit: Visit) -> list[Person]:
    """Who may stand in; the form's own check leaves out who gives."""
    visitor = visit.visitor
    if visitor.role == Role.LEADER:
        return stand_ins_for(visit.session, visit.session.get_one(Person, visitor.person_id))
    return colleagues(visit.session, visitor.unit_id) if visitor.unit_id else []


@router.post("/ban-giao")
def give(request: Request, form: FormIn) -> Response:
    """Hand over."""
    with acting(request, form) as visit:
        values = {name: form.one(name) for name in ("from", "to", "first_day", "last_day", "reason")}
        first, last = read_day(values["first_day"]), read_day(values["last_day"])
        if first is None or last is None:
            return _show(visit, values, "Ngày phải viết theo dạng ngày/tháng/năm, ví dụ 31/12/2025.", status=422)
        if not form.number("to"):
            return _show(visit, values, "Hãy chọn người nhận thay.", status=422)
        reason = clean_text(values["reason"])[:500]
        try:
            hand_over(visit.session, visit.actor, form.number("from"), form.number("to"), (first, last), reason)
        except NotAllowedError as refusal:
            return _show(visit, values, str(refusal), status=403)
    return RedirectResponse("/ban-giao?da=giao", 303)


@router.post("/ban-giao/{handover_id}/ket-thuc")
def end(request: Request, handover_id: Id, form: FormIn) -> Response:
    """End a hand-over before its last day."""
    with acting(request, form) as visit:
        try:
            end_handover(visit.session, visit.actor, handover_id)
        except NotAllowedError as refusal:
            return _show(visit, {}, str(refusal), status=403)
    return RedirectResponse("/ban-giao?da=xong", 303)
