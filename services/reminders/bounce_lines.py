"""What came back from the mail server, told to the administrators in their one mail of the next working morning."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from models.mail import Message
from notifications.messages import ReturnedLine
from services.access.links import leading_to
from services.mail.bounces import Returned, untold_returns
from services.reminders.notices import without_mail_today
from services.staff.directory import admins_of


@dataclass(frozen=True, slots=True)
class Returns:
    """The addresses that a morning tells of, and the administrators whom it tells (ids; none: nothing to tell)."""

    addresses: tuple[Returned, ...] = ()
    readers: tuple[int, ...] = ()

    def lines(self, person_id: int, link: str | None) -> tuple[ReturnedLine, ...]:
        """One reader's lines."""
        return tuple(_line(one, link) for one in self.addresses) if person_id in self.readers else ()


NOTHING_RETURNED = Returns()


def returns_to_tell(session: Session, authority_id: int, today: date) -> Returns:
    """What came back and was not told yet.

    Where an administrator has had today's mail it waits for the next morning, so that all of them learn of it.
    """
    admins = admins_of(session, authority_id)
    if not admins or not without_mail_today(session, admins, today):
        return NOTHING_RETURNED
    found = tuple(untold_returns(session, authority_id))
    return Returns(found, admins) if found else NOTHING_RETURNED


def _line(one: Returned, link: str | None) -> ReturnedLine:
    message = one.message
    return ReturnedLine(
        address=message.to_address,
        name=one.person.name if one.person else message.to_name,
        unit_name=one.unit_name,
        subject=message.subject,
        day=message.day,
        mails=len(one.mails),
        answer=_answer(message),
        full=one.full,
        link=None if one.full else link and leading_to(link, _page(one)),
    )


def _answer(message: Message) -> str:
    return " ".join(filter(None, (str(message.server_code or ""), message.server_reply or "")))


def _page(one: Returned) -> str:
    """Where the address is changed: a shared mailbox with its unit; an address of nobody we know, with its mail."""
    if one.person is None:
        return "/thu"
    return f"/don-vi/{one.person.unit_id}" if one.person.is_mailbox else f"/nguoi/{one.person.id}"
