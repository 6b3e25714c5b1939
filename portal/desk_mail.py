"""The outbox: what was sent, what came back; resend by hand."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from models import listing
from models.answers import NotAllowedError, NotYoursError
from models.authority import Authority, Role
from models.listing import Wanted
from models.notices import Message, MessageState
from models.outbox import queue_again
from portal.entry import FormIn
from portal.forms import Id, as_number
from portal.leaders import counted_for
from portal.pages import page
from portal.visits import Visit, acting, looking

router = APIRouter()
PAGE = 50
AGAIN = frozenset({MessageState.BOUNCED, MessageState.UNKNOWN, MessageState.RETRY})
WORDS = {"gui-lai": "Đã xếp lại thư và gửi ngay."}


def must_be_admin(visit: Visit) -> None:
    """Raises NotAllowedError for everybody but administrators."""
    if visit.visitor.role != Role.ADMIN:
        raise NotAllowedError("Chỉ quản trị viên làm được việc này.")


def must_manage(visit: Visit) -> None:
    """Raises NotAllowedError for everybody but administrators who came by a link that opens every plan.

    What is done here touches the whole authority: a link bound to some plans must not reach it.
    """
    must_be_admin(visit)
    if visit.visitor.plan_ids is not None:
        raise NotAllowedError(
            "Liên kết bạn đang dùng chỉ mở một số kế hoạch, không làm được việc chung của cơ quan. "
            "Hãy thoát rồi nhận liên kết mới ở trang vào."
        )


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
            "thu",
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
        visit.hand.record(visit.session, "message.retry", f"message {message_id}", before={"state": before})
    visit.site.deliver([message_id])
    return RedirectResponse("/thu?da=gui-lai", 303)
