"""The outbox: what was sent, what came back; resend by hand."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from models.authority import Authority
from models.mail import Message, MessageState
from portal.web.forms import FormIn, Id, as_number
from portal.web.pages import page
from portal.web.permissions import counted_for, must_manage
from portal.web.visits import acting, looking
from rules.audit import AuditAction
from services.audit import record
from services.errors import NotAllowedError, NotYoursError
from services.figures import lists as listing
from services.figures.lists import Wanted
from services.mail.outbox import queue_again

router = APIRouter()
PAGE = 50
AGAIN = frozenset({MessageState.BOUNCED, MessageState.UNKNOWN, MessageState.RETRY})
WORDS = {"gui-lai": "Đã xếp lại thư và gửi ngay."}


@router.get("/thu")
def outbox(request: Request) -> Response:
    """The mails of the authority, the newest first."""
    with looking(request) as visit:
        asked = counted_for(visit)
        given = request.query_params.get("trang_thai", "")
        state = MessageState(given) if given in set(MessageState) else None
        found = listing.messages(asked, Wanted(mail_state=state))
        number, total = max(as_number(request.query_params.get("trang", "")), 1), found.total(visit.session)
        return page(
            visit,
            "desk/outbox",
            rows=found.page(visit.session, number, PAGE),
            total=total,
            number=number,
            pages=-(-total // PAGE),
            state=state,
            states=list(MessageState),
            again=AGAIN,
            authority=visit.session.get_one(Authority, visit.visitor.authority_id).code,
            done=WORDS.get(request.query_params.get("da", ""), ""),
        )


@router.post("/thu/{message_id}/gui-lai")
def send_again(request: Request, message_id: Id, form: FormIn) -> Response:
    """Queue one mail again and send it now."""
    with acting(request, form) as visit:
        must_manage(visit)
        row = visit.session.get(Message, message_id)
        if row is None or row.authority_id != visit.visitor.authority_id:
            raise NotYoursError("Không có thư này.")
        before = row.state
        if queue_again(visit.session.connection(), [message_id]) == 0:
            raise NotAllowedError("Chỉ gửi lại được thư bị trả lại, chưa rõ kết quả hoặc đang chờ gửi lại.")
        record(visit.session, visit.actor, AuditAction.MESSAGE_RETRY, row, before={"state": before})
    visit.site.deliver([message_id])
    return RedirectResponse("/thu?da=gui-lai", 303)
