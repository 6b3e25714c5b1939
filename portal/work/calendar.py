"""The unit's calendar: its address, and the calendar itself as programmes fetch it."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from models.session import reading
from portal.web.forms import FormIn
from portal.web.pages import door_page, page
from portal.web.site import site_of
from portal.web.visits import acting, looking
from portal.work.ics import calendar_text
from services.errors import NotAllowedError
from services.work.calendar_feeds import calendar_of, feed_address, feed_of, make_feed, revoke_feed, unit_behind

router = APIRouter()


@router.get("/lich")
def show_calendar(request: Request) -> Response:
    """The calendar's address and how to use it."""
    with looking(request) as visit:
        unit_id = visit.visitor.unit_id
        feed = feed_of(visit.session, unit_id) if unit_id else None
        address = feed_address(visit.site.door, feed) if feed else ""
        return page(
            visit, "work/calendar", address=address, may=unit_id is not None and visit.visitor.role != "auditor"
        )


@router.post("/lich")
def new_address(request: Request, form: FormIn) -> Response:
    """Make an address, or a new one in place of the old."""
    with acting(request, form) as visit:
        try:
            make_feed(visit.session, visit.actor)
        except NotAllowedError as refusal:
            return page(visit, "web/message", status=403, title="Không tạo được lịch", message=str(refusal))
    return RedirectResponse("/lich", 303)


@router.post("/lich/thu-hoi")
def revoke(request: Request, form: FormIn) -> Response:
    """Revoke the address."""
    with acting(request, form) as visit:
        try:
            revoke_feed(visit.session, visit.actor)
        except NotAllowedError as refusal:
            return page(visit, "web/message", status=403, title="Không thu hồi được lịch", message=str(refusal))
    return RedirectResponse("/lich", 303)


@router.get("/lich/{token}.ics")
def calendar(request: Request, token: str) -> Response:
    """The calendar of a unit, for whoever holds its address."""
    site = site_of(request)
    with reading(site.database) as session:
        unit = unit_behind(session, site.door, token)
        if unit is None:
            message = "Địa chỉ lịch này không đúng hoặc đã được thu hồi."
            return door_page(request, "web/message", status=404, title="Không có lịch", message=message)
        text = calendar_text(
            unit.name, calendar_of(session, unit, site.today()), site.settings.mail_domain, site.door.base
        )
    headers = {
        "content-disposition": 'attachment; filename="lich-don-doc.ics"',
        "cache-control": "private, max-age=900",
    }
    return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)
