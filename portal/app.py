"""The portal: a small web application of pages made on the server. It knows nothing of Prefect."""

import logging
from collections.abc import Callable
from datetime import timedelta

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from portal.api import metrics
from portal.api.routes import PREFIX, api_of
from portal.desk import confirmations as confirming
from portal.desk import item_edit as editing
from portal.desk import mail as desk_mail
from portal.desk import people as desk_people
from portal.desk import plans as desk_plans
from portal.desk import review as desk_review
from portal.desk import units as desk_units
from portal.desk import versions
from portal.entry import links as entry
from portal.lapsed_forms import foreign_form, nobody
from portal.leaders import overview as leaders
from portal.office import policy as ruling
from portal.office import rehearsal as rehearsing
from portal.office import workdays
from portal.reports import pages as reports
from portal.scoring import criterion
from portal.scoring import opening as score_opening
from portal.scoring import result as score_result
from portal.scoring import review as score_review
from portal.scoring import rounds as scoring
from portal.web.forms import MalformedError, TooMuchError
from portal.web.guard import Guard
from portal.web.pages import door_page, stylesheet
from portal.web.site import Site
from portal.web.visits import ForeignFormError, NobodyError
from portal.work import answer as answering
from portal.work import calendar as calendar_pages
from portal.work import leave, requests, today
from services.errors import NotAllowedError, NotYoursError

log = logging.getLogger("portal")


def create_app(site: Site) -> Guard:
    """The application of a site, inside its guard: whatever it answers, also when it fails, is guarded."""
    app = FastAPI(title="dondoc", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site = site
    for module in (
        entry,
        today,
        answering,
        requests,
        leave,
        calendar_pages,
        metrics,
        reports,
        scoring,
        score_opening,
        criterion,
        leaders,
        desk_review,
        desk_mail,
        desk_units,
        desk_people,
        confirming,
        desk_plans,
        editing,
        rehearsing,
        versions,
        score_review,
        score_result,
        ruling,
        workdays,
    ):
        app.include_router(module.router)
    app.add_api_route(stylesheet()[1], style, methods=["GET"])
    app.mount(PREFIX, api_of(site))
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, handler)
    return Guard(app)


def style() -> Response:
    """The stylesheet; its address changes with its content, so browsers may keep it."""
    year = int(timedelta(days=365).total_seconds())
    headers = {"cache-control": f"public, max-age={year}, immutable"}
    return Response(stylesheet()[0], media_type="text/css", headers=headers)


def not_here(request: Request, error: Exception) -> Response:
    """Nothing there, or nothing of the visitor's: the same words."""
    message = str(error) if isinstance(error, NotYoursError) else "Địa chỉ này không có trong hệ thống."
    return door_page(request, "web/message", status=404, title="Không tìm thấy", message=message)


def not_allowed(request: Request, error: Exception) -> Response:
    """Seen, but not to be changed by this visitor."""
    return door_page(request, "web/message", status=403, title="Không thực hiện được", message=str(error))


def too_much(request: Request, _error: Exception) -> Response:
    """More than any person sends."""
    message = "Nội dung gửi lên quá lớn. Hãy chia nhỏ các tệp rồi gửi lại."
    return door_page(request, "web/message", status=413, title="Quá dung lượng", message=message)


def malformed(request: Request, _error: Exception) -> Response:
    """Not a form of ours."""
    return door_page(
        request, "web/message", status=400, title="Không đọc được", message="Nội dung gửi lên không đúng dạng."
    )


def plain_refusal(request: Request, error: Exception) -> Response:
    """What the framework refuses: unknown addresses and methods."""
    if isinstance(error, HTTPException) and error.status_code == 405:
        return door_page(
            request, "web/message", status=405, title="Không thực hiện được", message="Hãy quay lại trang trước."
        )
    return not_here(request, error)


def broken(request: Request, error: Exception) -> Response:
    """A fault of ours. The report names the route, not the address: a link's token is a key."""
    route = getattr(request.scope.get("route"), "path", "-")
    log.error("%s %s failed", request.method, route, exc_info=error)
    message = "Hệ thống gặp lỗi, chưa ghi gì. Hãy thử lại sau ít phút; nếu vẫn lỗi, báo quản trị viên."
    return door_page(request, "web/message", status=500, title="Có lỗi", message=message)


_HANDLERS: dict[type[Exception] | int, Callable[[Request, Exception], Response]] = {
    NobodyError: nobody,
    NotYoursError: not_here,
    NotAllowedError: not_allowed,
    ForeignFormError: foreign_form,
    TooMuchError: too_much,
    MalformedError: malformed,
    RequestValidationError: not_here,
    HTTPException: plain_refusal,
    Exception: broken,
}
