"""Units and the people in them: who is told where, addresses that bounce first; administrators change units here."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from models.answer import Handover
from models.authority import Authority, Person, Role, Unit
from models.mail import Message, MessageKind
from notifications.messages import TestMail, render_test_mail
from notifications.mime import new_message_id
from portal.web.forms import Filled, Form, FormIn, Id
from portal.web.pages import page
from portal.web.permissions import counted_for, must_manage
from portal.web.visits import Visit, acting, looking
from rules.audit import AuditAction
from rules.staff.form import read_unit
from rules.work.answers import Problem
from services.audit import record
from services.errors import NotAllowedError, NotYoursError, StoreError
from services.mail.bounces import bounced_of
from services.mail.queue import Letter, Recipient, queue
from services.office.staff_editing import FieldError, add_unit, change_unit, follow, may_head, set_head
from services.staff.leave import away_on
from services.staff.queries import focal_contact, people_gone, people_of, units_of

router = APIRouter()
WORDS = {
    "thu": "Đã gửi thư thử; xem kết quả ở trang Thư.",
    "luu": "Đã lưu đơn vị.",
    "them": "Đã thêm đơn vị.",
    "nguoi": "Đã thêm người.",
    "xac-nhan": "Chưa xóa gì. Thư xác nhận đã gửi tới địa chỉ của bạn, dùng được trong 30 phút.",
}
ERASED = "@invalid"
"""How the address of an erased person ends."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person as the desk shows them: the newest mail that came back, and who stands in today."""

    person: Person
    bounced: Message | None
    away: str

    @property
    def place(self) -> str:
        """Where they are changed: a shared mailbox with its unit."""
        return f"/don-vi/{self.person.unit_id}" if self.person.is_mailbox else f"/nguoi/{self.person.id}"


@router.get("/don-vi")
def units(request: Request) -> Response:
    """Units and people; addresses that sent mail back stand first."""
    with looking(request) as visit:
        counted_for(visit)
        owner = visit.session.get_one(Authority, visit.visitor.authority_id)
        every = units_of(visit.session, owner)
        members = _members(visit)
        known = {unit.id for unit in every}
        return page(
            visit,
            "desk/units",
            units=[unit for unit in every if unit.active],
            stopped=[unit for unit in every if not unit.active],
            bounced=[one for one in members if one.bounced is not None],
            by_unit={unit.id: [one for one in members if one.person.unit_id == unit.id] for unit in every},
            others=[one for one in members if one.person.unit_id not in known],
            gone=_gone(visit),
            manages=visit.visitor.role == Role.ADMIN,
            done=WORDS.get(request.query_params.get("da", ""), ""),
        )


def _members(visit: Visit) -> list[Member]:
    people = people_of(visit.session, visit.visitor.authority_id)
    bounced = bounced_of(visit.session, [person.id for person in people])
    away = _away(visit)
    return [Member(person, bounced.get(person.id), away.get(person.id, "")) for person in people]


def _gone(visit: Visit) -> list[Person]:
    """Who was taken off and may be taken on again; not those whose data were erased, nor mailboxes of the past."""
    gone = people_gone(visit.session, visit.visitor.authority_id)
    return [one for one in gone if not one.email.endswith(ERASED)]


def _away(visit: Visit) -> dict[int, str]:
    away = away_on(visit.session, visit.visitor.authority_id, visit.today)
    return {person_id: _away_words(row) for person_id, row in away.items()}


def _away_words(row: Handover) -> str:
    if row.from_person.role is Role.LEADER:
        return f"đến {row.last_day:%d/%m/%Y} do {row.to_person.name} thay mặt"
    return f"vắng đến {row.last_day:%d/%m/%Y}, thư gửi {row.to_person.name}"


@router.post("/don-vi/{person_id}/thu-nghiem")
def test_mail(request: Request, person_id: Id, form: FormIn) -> Response:
    """Send a mail that only proves that mail arrives; one a person and day."""
    with acting(request, form) as visit:
        must_manage(visit)
        person = visit.session.get(Person, person_id)
        if person is None or person.authority_id != visit.visitor.authority_id or not person.active:
            raise NotYoursError("Không có người này trong cơ quan.")
        name, _, mailbox = focal_contact(visit.session, person.authority_id)
        settings = visit.site.settings
        mail = render_test_mail(
            TestMail(authority_name=name, today=visit.today, server=settings.smtp_host, contact=mailbox or "")
        )
        message_id = new_message_id(settings.mail_domain)
        letter = Letter(MessageKind.TEST, Recipient.of(person), visit.today, mail, message_id)
        queued = list(queue(visit.session, [letter], visit.now).values())
        if not queued:
            raise NotAllowedError(f"Hôm nay đã gửi thư thử tới {person.email}; xem kết quả ở trang Thư.")
        record(visit.session, visit.actor, AuditAction.MESSAGE_TEST, person)
    visit.site.deliver(queued)
    return RedirectResponse("/don-vi?da=thu", 303)


@router.get("/don-vi/them")
def new_unit(request: Request) -> Response:
    """The form for another unit."""
    with looking(request) as visit:
        must_manage(visit)
        return _show(visit, None, Filled())


@router.post("/don-vi/them")
def store_new_unit(request: Request, form: FormIn) -> Response:
    """Add a unit; names in plans that nobody knew may be its."""
    with acting(request, form) as visit:
        must_manage(visit)
        filled = _store(visit, None, form)
        if filled is not None:
            return _show(visit, None, filled, status=422)
    return RedirectResponse("/don-vi?da=them", 303)


@router.get("/don-vi/{unit_id}")
def one_unit(request: Request, unit_id: Id) -> Response:
    """A unit's form."""
    with looking(request) as visit:
        must_manage(visit)
        unit = unit_here(visit, unit_id)
        return _show(visit, unit, Filled(_values(unit)))


@router.post("/don-vi/{unit_id}")
def store_unit(request: Request, unit_id: Id, form: FormIn) -> Response:
    """Change a unit; plans that name it follow at once."""
    with acting(request, form) as visit:
        must_manage(visit)
        unit = unit_here(visit, unit_id)
        filled = _store(visit, unit, form)
        if filled is not None:
            return _show(visit, unit_here(visit, unit_id), filled, status=422)
    return RedirectResponse("/don-vi?da=luu", 303)


def unit_here(visit: Visit, unit_id: int) -> Unit:
    """A unit of the visitor's authority. Raises NotYoursError."""
    unit = visit.session.get(Unit, unit_id)
    if unit is None or unit.authority_id != visit.visitor.authority_id:
        raise NotYoursError("Không có đơn vị này trong cơ quan.")
    return unit


def _store(visit: Visit, unit: Unit | None, form: Form) -> Filled | None:
    """Store what the form says; what to show again where something is wrong, and then nothing is stored."""
    typed = {name: form.one(name) for name in ("name", "aliases", "mailbox", "head", "active")}
    fields = {name: typed[name] for name in ("name", "aliases", "mailbox")}
    entry, problems = read_unit({**fields, "active": unit is None or typed["active"] == "1"})
    if entry is None:
        return Filled(typed, problems=problems)
    owner = visit.session.get_one(Authority, visit.visitor.authority_id)
    try:
        with visit.session.begin_nested():
            if unit is None:
                add_unit(visit.session, owner, entry, visit.actor)
            else:
                change_unit(visit.session, unit, entry, visit.actor)
                head = visit.session.get(Person, form.number("head")) if typed["head"] else None
                set_head(visit.session, unit, head, visit.actor)
            follow(visit.session, owner, visit.site.terms())
    except FieldError as refusal:
        return Filled(typed, problems=(Problem(refusal.field, str(refusal)),))
    except StoreError as refusal:
        return Filled(typed, message=str(refusal))
    return None


def _values(unit: Unit) -> dict[str, str]:
    return {
        "name": unit.name,
        "aliases": "\n".join(alias.alias for alias in unit.aliases),
        "mailbox": unit.mailbox or "",
        "head": str(unit.head_id or ""),
        "active": "1" if unit.active else "",
    }


def _show(visit: Visit, unit: Unit | None, filled: Filled, *, status: int = 200) -> Response:
    people = sorted(people_of(visit.session, visit.visitor.authority_id), key=lambda one: one.name)
    heads = [one for one in people if unit and may_head(unit, one)]
    return page(visit, "desk/unit", status=status, unit=unit, filled=filled, heads=heads)
