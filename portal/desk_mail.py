"""The outbox and the people: what was sent, what came back, who is told where; resend and test by hand."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models import listing
from models.answer_tables import Handover
from models.answers import NotAllowedError, NotYoursError
from models.authority import Authority, Person, Role, Unit
from models.listing import Wanted
from models.notices import Message, MessageState
from models.outbox import queue_again
from models.posting import Letter, queue_once
from models.telling import focal_contact
from notifications.messages import TestMail, render_test_mail
from notifications.mime import new_message_id
from portal.entry import FormIn
from portal.forms import Id, as_number
from portal.leaders import counted_for
from portal.pages import page
from portal.visits import Visit, acting, looking

router = APIRouter()
PAGE = 50
AGAIN = frozenset({MessageState.BOUNCED, MessageState.UNKNOWN, MessageState.RETRY})
WORDS = {"gui-lai": "Đã xếp lại thư và gửi ngay.", "thu": "Đã gửi thư thử; xem kết quả ở trang Thư."}


def must_manage(visit: Visit) -> None:
    """Raises NotAllowedError for everybody but administrators."""
    if visit.visitor.role != Role.ADMIN:
        raise NotAllowedError("Chỉ quản trị viên làm được việc này.")


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


@dataclass(frozen=True, slots=True)
class Member:
    """A person as the desk shows them: the newest mail that came back, and who stands in today."""

    person: Person
    bounced: Message | None
    away: str


@router.get("/don-vi")
def units(request: Request) -> Response:
    """Units and people; addresses that sent mail back stand first."""
    with looking(request) as visit:
        counted_for(visit)
        owner = visit.session.get_one(Authority, visit.visitor.authority_id)
        rows = visit.session.scalars(
            select(Unit)
            .where(Unit.authority_id == owner.id, Unit.active)
            .options(selectinload(Unit.aliases), selectinload(Unit.head))
            .order_by(Unit.id)
        ).all()
        members = _members(visit)
        return page(
            visit,
            "don-vi",
            units=rows,
            members=members,
            bounced=[one for one in members if one.bounced is not None],
            by_unit={unit.id: [one for one in members if one.person.unit_id == unit.id] for unit in rows},
            others=[one for one in members if one.person.unit_id is None],
            done=WORDS.get(request.query_params.get("da", ""), ""),
        )


def _members(visit: Visit) -> list[Member]:
    people = visit.session.scalars(
        select(Person).where(Person.authority_id == visit.visitor.authority_id, Person.active).order_by(Person.id)
    ).all()
    bounced = _bounced(visit.session, [person.id for person in people])
    away = _away(visit)
    return [Member(person, bounced.get(person.id), away.get(person.id, "")) for person in people]


def _bounced(session: Session, ids: Sequence[int]) -> dict[int, Message]:
    """By person: the newest mail, where it came back or nobody knows its fate, to the address they still have."""
    query = (
        select(Message)
        .join(Person, Person.id == Message.person_id)
        .where(Message.person_id.in_(ids), Message.to_address == Person.email)
        .where(Message.state.in_([MessageState.SENT, MessageState.BOUNCED, MessageState.UNKNOWN]))
        .order_by(Message.id)
    )
    newest = {row.person_id: row for row in session.scalars(query)}
    return {key: row for key, row in newest.items() if key is not None and row.state is not MessageState.SENT}


def _away(visit: Visit) -> dict[int, str]:
    query = (
        select(Handover)
        .join(Person, Person.id == Handover.from_person_id)
        .where(
            Person.authority_id == visit.visitor.authority_id,
            Handover.ended_at.is_(None),
            Handover.first_day <= visit.today,
            Handover.last_day >= visit.today,
        )
        .options(selectinload(Handover.to_person))
    )
    return {row.from_person_id: f"vắng đến {row.last_day:%d/%m/%Y}, thư gửi {row.to_person.name}"
            for row in visit.session.scalars(query)}  # fmt: skip


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
        letter = Letter(person, "test", visit.today, mail.subject, mail.text, mail.html, message_id)
        queued = queue_once(visit.session, [letter], visit.now)
        if not queued:
            raise NotAllowedError(f"Hôm nay đã gửi thư thử tới {person.email}; xem kết quả ở trang Thư.")
        visit.hand.record(visit.session, "message.test", f"person {person.email}"[:120])
    visit.site.deliver(queued)
    return RedirectResponse("/don-vi?da=thu", 303)
