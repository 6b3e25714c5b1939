"""What was typed outlives the session: kept for its person, or shown to be copied."""

import re

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from models.session import transaction
from portal.scoring import criterion_page
from portal.web.forms import Filled, Form, session_token
from portal.web.pages import Asked, asking_page, door_page
from portal.web.site import site_of
from portal.web.visits import ForeignFormError, NobodyError, comes_from_here, is_own_form, looking
from portal.work.answer_form import typed
from portal.work.occurrence import show_occurrence
from services.access.links import visitor_of
from services.actor import Actor
from services.errors import NotYoursError
from services.scoring.permissions import score_seen
from services.work.answers import held
from services.work.drafts import keep_draft, keep_score_draft

NOT_IN = "Bạn chưa vào, hoặc phiên làm việc đã hết. Hãy mở lại liên kết trong thư đôn đốc gần nhất."
KEPT = (
    "Phiên làm việc đã hết nên chưa ghi nhận. Nội dung vừa nhập đã được giữ lại: hãy mở lại liên kết trong thư, "
    "nội dung sẽ có sẵn trong trang vừa nhập (tệp đính kèm cần chọn lại)."
)
AGAIN = "Trang này mở từ phiên trước nên chưa ghi gì. Hãy xem lại nội dung rồi gửi lần nữa."
_OCCURRENCE = re.compile(r"^/viec/([0-9]{1,9})(/gia-han)?$")
_SCORE = re.compile(r"^/cham-diem/([0-9]{1,9})(/(nhan|tra-lai|giai-trinh|tham-dinh))?$")
_LABELS = {
    "note": "Nội dung",
    "reason": "Lý do",
    "percent": "Tỷ lệ hoàn thành",
    "wanted_day": "Ngày xin gia hạn",
    "reference": "Số, ký hiệu văn bản",
    "issued_by": "Cơ quan ban hành",
    "place": "Trang, mục",
    "url": "Liên kết",
    "first_day": "Từ ngày",
    "last_day": "Đến ngày",
    "explanation": "Giải trình",
    "noi_dung": "Nội dung giải trình",
    "y_kien": "Ý kiến",
    "ly_do": "Lý do",
    "tra_loi": "Trả lời cảnh báo",
}
"""What is worth copying, where it could not be kept."""


def nobody(request: Request, error: Exception) -> Response:
    """No open session. What was typed in one that has run out is kept until its person is back."""
    form = error.form if isinstance(error, NobodyError) else None
    kept = form is not None and _keep(request, form)
    asked = Asked(copy=() if kept or form is None else _to_copy(form))
    return asking_page(request, "Mời vào bằng liên kết trong thư", KEPT if kept else NOT_IN, status=401, asked=asked)


def _to_copy(form: Form) -> tuple[tuple[str, str], ...]:
    return tuple((label, value) for name, label in _LABELS.items() for value in form.many(name) if value.strip())


def _keep(request: Request, form: Form) -> bool:
    """Keep a draft, if the form was made by the session that ran out and the page is its person's."""
    site, path = site_of(request), request.url.path
    if not (_OCCURRENCE.match(path) or _SCORE.match(path)) or not is_own_form(request, form, site):
        return False
    with transaction(site.database) as session:
        visitor = visitor_of(session, session_token(request), site.clock(), lapsed=True)
        if visitor is None:
            return False
        try:
            return _keep_for(session, Actor.of(visitor, site.clock()), path, form)
        except NotYoursError:
            return False


def _keep_for(session: Session, actor: Actor, path: str, form: Form) -> bool:
    """Keep what was typed on a page that is still the person's. Raises NotYoursError."""
    person = actor.visitor.person_id
    if found := _OCCURRENCE.match(path):
        of = held(session, actor.visitor, int(found[1]))
        return keep_draft(session, person, of.occurrence.id, typed(form), actor.at)
    found = _SCORE.match(path)
    score = score_seen(session, actor.visitor, int(found[1]) if found else 0)
    return keep_score_draft(session, person, score.id, criterion_page.typed(form), actor.at)


def foreign_form(request: Request, error: Exception) -> Response:
    """A form of another session: an old page, a second tab, or another site. Nothing was done.

    A page of ours is shown again with what was typed and a new token: the person looks and sends it once more.
    """
    form, path = error.form if isinstance(error, ForeignFormError) else None, request.url.path
    if form is not None and comes_from_here(request):
        if found := _OCCURRENCE.match(path):
            with looking(request) as visit:
                of = held(visit.session, visit.visitor, int(found[1]))
                return show_occurrence(visit, of, Filled(typed(form), message=AGAIN), status=403)
        if found := _SCORE.match(path):
            with looking(request) as visit:
                score = score_seen(visit.session, visit.visitor, int(found[1]))
                filled = criterion_page.filled_with(criterion_page.typed(form), message=AGAIN)
                return criterion_page.show_criterion(visit, score, filled, status=403)
    message = "Trang này đã cũ nên chưa ghi gì. Hãy mở lại trang và gửi lần nữa."
    return door_page(request, "web/message", status=403, title="Chưa ghi nhận", message=message)
