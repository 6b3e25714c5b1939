"""The door: entering by a link, asking for a fresh one, leaving.

GET only shows: mail scanners open every link. POST opens the session. Whoever asks for
a fresh link gets the same answer in the same time, known address or not; all work is
done after the answer has gone.
"""

import re

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import RedirectResponse, Response

from models.access import LinkPurpose, PortalLink
from models.authority import Role
from models.mail import MessageKind
from models.session import reading, transaction
from notifications.messages import FreshLink, render_fresh_link
from notifications.mime import new_message_id
from portal.web.forms import COOKIE, SECURE_COOKIE, FormIn, is_secure
from portal.web.pages import Asked, asking_page, door_page
from portal.web.site import Site, site_of
from portal.web.visits import acting, comes_from_here
from rules.audit import AuditAction, SubjectKind
from services.access.link_requests import links_mailed, people_to_answer
from services.access.links import REMEMBER_EXPIRED, Standing, end_session, link_for, open_session, standing_of
from services.actor import Actor, Visitor
from services.audit import Subject, record
from services.mail.queue import Letter, Recipient, queue
from services.staff.queries import focal_contact

router = APIRouter()
HOME = "/hom-nay"
LEADERS_HOME = "/lanh-dao"
_INSIDE = re.compile(
    r"^/(hom-nay|lanh-dao|lich|ban-giao|thu|(don-vi|nguoi)/[0-9]{1,9}"
    r"|viec/[0-9]{1,9}|bao-cao(/[0-9]{1,9})?|cham-diem(/[0-9]{1,9})?"
    r"|dot-cham-diem/[0-9]{1,9}/(kiem-tra|tham-dinh|chenh-lech))$"
)
_ADDRESS = re.compile(r"^[^@\s]{1,64}@[^@\s]{1,189}$")


def goes_to(path: str, role: Role = Role.OFFICER) -> str:
    """Where to go after entering: a page of ours, whatever the address asked for; else the first page of the role."""
    if _INSIDE.fullmatch(path):
        return path
    return LEADERS_HOME if role is Role.LEADER else HOME


@router.get("/vao/{token}")
def show_link(request: Request, token: str, den: str = "") -> Response:
    """One button, whoever or whatever opens the link. Changes nothing, consumes nothing."""
    site = site_of(request)
    with reading(site.database) as session:
        standing, link = standing_of(session, site.door, token, site.clock())
        if standing is not Standing.OPEN or link is None:
            return _worthless(request, standing)
        person = link.person
        unit = person.unit.name if person.unit else person.authority.name
        first = goes_to(den, person.role)
        return door_page(request, "entry/enter", person_name=person.name, unit=unit, token_path=token, den=first)


@router.post("/vao/{token}")
def enter(request: Request, token: str, form: FormIn) -> Response:
    """Open the session and go on."""
    site = site_of(request)
    if not comes_from_here(request):
        return door_page(
            request, "web/message", status=403, title="Không vào được", message="Hãy mở lại liên kết trong thư."
        )
    with transaction(site.database) as session:
        now = site.clock()
        standing, link = standing_of(session, site.door, token, now)
        if standing is not Standing.OPEN or link is None:
            return _worthless(request, standing)
        raw = open_session(session, site.door, link, now)
        record(session, Actor.of(_person_of(link), now), AuditAction.PORTAL_ENTER, link.person)
        first = goes_to(form.one("den"), link.person.role)
    response = RedirectResponse(first, 303)
    secure = is_secure(request, site)
    response.set_cookie(
        SECURE_COOKIE if secure else COOKIE,
        raw,
        max_age=int(REMEMBER_EXPIRED.total_seconds()),  # outlives the session: it tells whose draft to keep
        secure=secure,
        httponly=True,
        samesite="lax",
    )
    return response


def _person_of(link: PortalLink) -> Visitor:
    person = link.person
    return Visitor(
        person.id, person.name, person.email, person.role.value, person.unit_id, "", person.authority_id, "",
        link_id=link.id,
    )  # fmt: skip


def _worthless(request: Request, standing: Standing) -> Response:
    words = {
        Standing.EXPIRED: ("Liên kết đã hết hạn", "Liên kết trong thư này đã hết hạn sử dụng."),
        Standing.REVOKED: ("Liên kết đã bị thu hồi", "Liên kết trong thư này đã được thu hồi, không dùng được nữa."),
    }
    title, message = words.get(
        standing, ("Liên kết không đúng", "Liên kết không đầy đủ hoặc không đúng. Hãy mở lại từ thư, không gõ tay.")
    )
    return asking_page(request, title, message, status=410 if standing in words else 404)


@router.get("/lien-ket-moi")
def show_asking(request: Request) -> Response:
    """The form that asks for a fresh link."""
    return asking_page(request)


@router.post("/lien-ket-moi")
def ask_for_link(request: Request, form: FormIn, later: BackgroundTasks) -> Response:
    """Say the same to everybody; whether a mail goes out is decided when this answer has gone."""
    typed = form.one("thu").strip()
    if not _ADDRESS.match(typed):
        problem = "Hãy nhập địa chỉ thư công vụ, ví dụ ten@tinh.gov.vn."
        return asking_page(request, status=422, asked=Asked(typed=typed[:254], problem=problem))
    site = site_of(request)
    source = request.client.host if request.client else ""
    later.add_task(send_fresh_link, site, typed, source)
    return asking_page(request, asked=Asked(sent=True))


def send_fresh_link(site: Site, email: str, source: str) -> None:
    """Queue and send a fresh link to the people registered under an address, unless it is asked for too often."""
    now = site.clock()
    queued: list[int] = []
    with transaction(site.database) as session:
        for person in people_to_answer(session, site.door, email, source, now):
            address = link_for(session, site.door, person.id, None, now, purpose=LinkPurpose.FRESH)
            authority_name, _, mailbox = focal_contact(session, person.authority_id)
            mail = render_fresh_link(
                FreshLink(
                    authority_name=authority_name,
                    recipient_name=person.name,
                    today=site.today(),
                    link=address,
                    days=site.door.link_days,
                    contact=mailbox or "",
                )
            )
            letter = Letter(
                kind=MessageKind.LINK,
                to=Recipient.of(person),
                day=site.today(),
                mail=mail,
                message_id=new_message_id(site.settings.mail_domain),
                key=str(links_mailed(session, person.id, site.today()) + 1),
                reply_to=site.settings.reply_to or mailbox,
            )
            queued += queue(session, [letter], now).values()
    if queued:
        site.deliver(queued)


@router.post("/thoat")
def leave(request: Request, form: FormIn) -> Response:
    """End the session."""
    with acting(request, form) as visit:
        if visit.visitor.session_id is not None:
            end_session(visit.session, visit.visitor.session_id, visit.now)
        own = visit.visitor.person_id
        record(visit.session, visit.actor, AuditAction.PORTAL_LEAVE, Subject(SubjectKind.PERSON, own, str(own)))
    response = door_page(
        request,
        "web/message",
        title="Đã thoát",
        message="Bạn đã thoát. Muốn vào lại, hãy mở liên kết trong thư gần nhất.",
    )
    response.delete_cookie(COOKIE)
    response.delete_cookie(SECURE_COOKIE, secure=True)
    return response
