"""Review: answers and requests for a later day that wait for the office or a leader; many at once."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from portal.web.forms import FormIn, Id, as_number
from portal.web.pages import page
from portal.web.visits import Visit, acting, looking
from rules.work.answers import clean_text, read_day
from services.errors import NotAllowedError
from services.work.review_queue import answers_waiting, decide, extensions_waiting, judge, must_review
from services.work.reviews import reopen_period

router = APIRouter()
WORDS = {
    "nhan": "Đã chấp nhận {so} báo cáo.",
    "tra": "Đã trả lại {so} báo cáo; đơn vị được báo trong thư sáng làm việc tới.",
    "dong-y": "Đã đồng ý gia hạn.",
    "khong": "Đã từ chối gia hạn.",
    "mo-lai": "Đã mở lại kỳ.",
}


@router.get("/xem-xet")
def waiting(request: Request) -> Response:
    """Everything that waits."""
    with looking(request) as visit:
        must_review(visit.visitor)
        words = WORDS.get(request.query_params.get("da", ""), "")
        return _show(visit, done=words.format(so=as_number(request.query_params.get("so", "")) or 1))


def _show(visit: Visit, *, done: str = "", problem: str = "", reason: str = "", status: int = 200) -> Response:
    return page(
        visit,
        "desk/review",
        status=status,
        answers=answers_waiting(visit.session, visit.visitor),
        extensions=extensions_waiting(visit.session, visit.visitor),
        done=done,
        problem=problem,
        reason=reason,
    )


@router.post("/xem-xet")
def judge_answers(request: Request, form: FormIn) -> Response:
    """Accept the ticked answers, or send them back with a reason."""
    with acting(request, form) as visit:
        must_review(visit.visitor)
        ids, back, reason = form.numbers("bao_cao"), form.one("viec") == "tra", clean_text(form.one("ly_do"))
        if not ids:
            return _show(visit, problem="Chưa chọn báo cáo nào. Hãy đánh dấu rồi bấm lại.", reason=reason, status=422)
        if back and not reason:
            return _show(visit, problem="Hãy ghi rõ cần bổ sung, sửa gì trước khi trả lại.", status=422)
        told = judge(visit.session, visit.actor, ids, reason if back else None, visit.site.ladder())
        if told.refused:
            done = f"Đã xử lý {told.done} báo cáo. " if told.done else ""
            return _show(visit, problem=f"{done}Còn lại không xử lý: {' '.join(told.refused)}", status=409)
    return RedirectResponse(f"/xem-xet?da={'tra' if back else 'nhan'}&so={told.done}", 303)


@router.post("/xem-xet/gia-han/{extension_id}")
def decide_request(request: Request, extension_id: Id, form: FormIn) -> Response:
    """Grant a later day, not always the one asked for, or refuse it with the reason."""
    with acting(request, form) as visit:
        must_review(visit.visitor)
        granted, day = form.one("quyet_dinh") == "dong-y", None
        if granted:
            day = read_day(form.one("ngay"))
            if day is None:
                return _show(visit, problem="Ngày gia hạn cần viết như 31/12/2025.", status=422)
        try:
            decide(visit.session, visit.actor, extension_id, day, clean_text(form.one("ghi_chu")), visit.site.ladder())
        except NotAllowedError as refusal:
            return _show(visit, problem=str(refusal), status=403)
    return RedirectResponse(f"/xem-xet?da={'dong-y' if granted else 'khong'}", 303)


@router.post("/xem-xet/mo-lai/{occurrence_id}")
def reopen(request: Request, occurrence_id: Id, form: FormIn) -> Response:
    """Let a closed period take answers until a day."""
    with acting(request, form) as visit:
        must_review(visit.visitor)
        until = read_day(form.one("ngay"))
        if until is None:
            return _show(visit, problem="Ngày mở lại cần viết như 31/12/2025.", status=422)
        reason = clean_text(form.one("ly_do"))
        try:
            reopen_period(visit.session, visit.actor, occurrence_id, until, reason, visit.site.ladder())
        except NotAllowedError as refusal:
            return _show(visit, problem=str(refusal), status=403)
    return RedirectResponse("/xem-xet?da=mo-lai", 303)
