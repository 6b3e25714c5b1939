"""Leave: handing a person's mail over to a colleague of the same unit."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from models.answers import NotAllowedError
from models.handovers import colleagues, end_handover, hand_over, handovers_of
from portal.entry import FormIn
from portal.forms import Id
from portal.pages import page
from portal.visits import Visit, acting, looking
from rules.access import ANSWERING_ROLES, may_hand_over
from rules.answers import clean_text, read_day

router = APIRouter()
WORDS = {"giao": "Đã bàn giao.", "xong": "Đã kết thúc bàn giao."}


@router.get("/ban-giao")
def show_leave(request: Request) -> Response:
    """The unit's hand-overs, and the form for a new one."""
    with looking(request) as visit:
        return _show(visit, {}, "", done=WORDS.get(request.query_params.get("da", ""), ""))


def _show(visit: Visit, values: Mapping[str, str], problem: str, *, done: str = "", status: int = 200) -> Response:
    visitor = visit.visitor
    people = colleagues(visit.session, visitor.unit_id) if visitor.unit_id else []
    givers = [
        person for person in people if may_hand_over(visitor.role, person.id == visitor.person_id or person.is_mailbox)
    ]
    return page(
        visit,
        "ban-giao",
        status=status,
        people=people,
        givers=givers,
        running=handovers_of(visit.session, visitor.unit_id, visit.today) if visitor.unit_id else [],
        values=values,
        problem=problem,
        done=done,
        may=visitor.role in ANSWERING_ROLES and visitor.unit_id is not None,
    )


@router.post("/ban-giao")
def give(request: Request, form: FormIn) -> Response:
    """Hand over."""
    with acting(request, form) as visit:
        values = {name: form.one(name) for name in ("from", "to", "first_day", "last_day", "reason")}
        first, last = read_day(values["first_day"]), read_day(values["last_day"])
        if first is None or last is None:
            return _show(visit, values, "Ngày phải viết theo dạng ngày/tháng/năm, ví dụ 31/12/2025.", status=422)
        reason = clean_text(values["reason"])[:500]
        try:
            hand_over(visit.session, visit.hand, form.number("from"), form.number("to"), (first, last), reason)
        except NotAllowedError as refusal:
            return _show(visit, values, str(refusal), status=403)
    return RedirectResponse("/ban-giao?da=giao", 303)


@router.post("/ban-giao/{handover_id}/ket-thuc")
def end(request: Request, handover_id: Id, form: FormIn) -> Response:
    """End a hand-over before its last day."""
    with acting(request, form) as visit:
        try:
            end_handover(visit.session, visit.hand, handover_id)
        except NotAllowedError as refusal:
            return _show(visit, {}, str(refusal), status=403)
    return RedirectResponse("/ban-giao?da=xong", 303)
