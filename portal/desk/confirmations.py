"""What cannot be undone, in two steps: asked for here, confirmed by a link in the asker's mail.

The link's GET only shows what will happen; its POST does it, once, and only for who asked.
"""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from models.access_pending_acts import ActKind
from models.authority import Person
from models.mail import MessageKind
from models.session import reading
from notifications.desk_messages import ConfirmAct, render_confirm_act
from notifications.mime import new_message_id
from portal.web.forms import Form, FormIn, Id
from portal.web.pages import door_page, page
from portal.web.visits import Visit, acting, looking
from services.errors import StoreError
from services.mail.queue import Letter, Recipient, queue
from services.plans.queries import plan_here
from services.privacy.confirmations import MINUTES, Asked, LapsedError, ask, confirm, outlook, pending
from services.privacy.erase_authority import remove_files
from services.staff.queries import focal_contact

router = APIRouter()
TITLE = "Không xác nhận được"


@router.post("/nguoi/{person_id}/xoa-du-lieu")
def ask_to_erase_person(request: Request, person_id: Id, form: FormIn) -> Response:
    """Ask to erase a person's data."""
    return _ask(request, form, ActKind.ERASE_PERSON, person_id)


@router.post("/ke-hoach/go")
def ask_to_remove_plan(request: Request, form: FormIn) -> Response:
    """Ask to drop a whole plan, named by its code."""
    return _ask(request, form, ActKind.REMOVE_PLAN, None)


@router.post("/co-quan/xoa")
def ask_to_erase_authority(request: Request, form: FormIn) -> Response:
    """Ask to erase the authority with everything it has."""
    return _ask(request, form, ActKind.ERASE_AUTHORITY, None)


def _ask(request: Request, form: Form, act: ActKind, target_id: int | None) -> Response:
    with acting(request, form) as visit:
        target = _target(visit, form, act) if target_id is None else target_id
        try:
            with visit.session.begin_nested():
                asked = ask(visit.session, visit.actor, act, target, visit.site.door)
        except StoreError as refusal:
            return _refused(visit, refusal, 404 if refusal.exit_code == 2 else 403)
        queued = _mail(visit, asked)
    visit.site.deliver(queued)
    return RedirectResponse("/don-vi?da=xac-nhan", 303)


def _target(visit: Visit, form: Form, act: ActKind) -> int:
    """The visitor's authority, or its plan of the code in the form (0: there is none, which is refused as such)."""
    owner = visit.visitor.authority_id
    if act is ActKind.ERASE_AUTHORITY:
        return owner
    plan = plan_here(visit.session, owner, form.one("ma"))
    return plan.id if plan else 0


def _mail(visit: Visit, asked: Asked) -> list[int]:
    """Queue the mail with the link, to the address that is registered for the asker."""
    person = visit.session.get_one(Person, visit.visitor.person_id)
    name, _, mailbox = focal_contact(visit.session, person.authority_id)
    mail = render_confirm_act(
        ConfirmAct(
            authority_name=name,
            recipient_name=person.name,
            today=visit.today,
            title=asked.outlook.title,
            effects=asked.outlook.effects,
            link=f"{visit.site.door.base}/xac-nhan/{asked.token}",
            minutes=MINUTES,
            contact=mailbox or "",
        )
    )
    key = new_message_id(visit.site.settings.mail_domain)
    letter = Letter(MessageKind.ACT, Recipient.of(person), visit.today, mail, key, str(asked.row.id))
    return list(queue(visit.session, [letter], visit.now).values())


@router.get("/xac-nhan/{token}")
def show_act(request: Request, token: str) -> Response:
    """What will happen, and the button. Changes nothing, however often it is opened."""
    with looking(request) as visit:
        try:
            row = pending(visit.session, visit.visitor, token, visit.now)
            seen = outlook(visit.session, visit.visitor, row.act, row.target_id, visit.now)
        except LapsedError as refusal:
            return _refused(visit, refusal, 410)
        return page(visit, "desk/confirmation", seen=seen, token_path=token, expires_at=row.expires_at)


@router.post("/xac-nhan/{token}")
def do_act(request: Request, token: str, form: FormIn) -> Response:
    """Do it, once."""
    with acting(request, form) as visit:
        settings = visit.site.settings
        try:
            with visit.session.begin_nested():
                row = pending(visit.session, visit.visitor, token, visit.now)
                gone = row.act is ActKind.ERASE_AUTHORITY
                done = confirm(visit.session, visit.actor, row, settings.documents, settings.home / "exports")
        except StoreError as refusal:
            lapsed = isinstance(refusal, LapsedError)
            return _refused(visit, refusal, 410 if lapsed else 404 if refusal.exit_code == 2 else 403)
    if not gone:
        with looking(request) as visit:
            return page(visit, "desk/confirmed", done=done)
    with reading(visit.site.database) as session:
        remove_files(session, settings.documents)
    return door_page(request, "web/message", title="Đã xóa cơ quan", message=done)


def _refused(visit: Visit, refusal: StoreError, status: int) -> Response:
    return page(visit, "web/message", status=status, title=TITLE, message=str(refusal))
