"""What a morning would do, shown and undone: for the dry run at the command line and in the Prefect UI."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.clock import now
from config.settings import Settings, load_settings
from models.mail import Message
from models.operations import Morning
from models.session import engine_for, exclusive, transaction
from notifications.server import MailServer
from services.access.links import door_of
from services.mail.letterhead import letterhead
from services.mail.sender import Sent, send_outbox
from services.policy import mail_days, office_calendar, office_policy
from services.reminders.compose import compose_messages
from services.reminders.decide import Decided, Sweep, ask_undetermined, decide_notices
from services.reminders.plan_changes import tell_changes
from services.staff.queries import the_authority


def preview(authority: str | None, day: date) -> list[Message]:
    """The mails a morning would queue: decided and composed for real, then undone."""
    settings = load_settings()
    with Session(engine_for(), expire_on_commit=False) as session:
        owner = the_authority(session, authority)
        sweep = sweep_of(owner.id, day)
        newest = session.scalar(select(func.max(Message.id))) or 0
        decide_notices(session, sweep)
        ask_undetermined(session, sweep, office_policy().ask_weekday)
        tell_changes(session, sweep)
        head = letterhead(session, owner.id, settings.reply_to, "")
        compose_messages(session, owner.id, day, now(), head, office_policy().summary_soon_days)
        mails = list(session.scalars(select(Message).where(Message.id > newest).order_by(Message.to_address)))
        session.expunge_all()
        session.rollback()
    return mails


@dataclass(frozen=True, slots=True)
class MorningResult:
    """What a morning did."""

    day: date
    working: bool
    decided: Decided = field(default_factory=Decided)
    composed: int = 0
    sent: Sent | None = None


def sweep_of(authority_id: int, today: date) -> Sweep:
    """A morning by the office's working days and policy."""
    return Sweep(authority_id, today, office_calendar(), office_policy().ladder)


def is_working_morning(today: date) -> bool:
    """Whether mail may go out on the day: a working day that the policy does not keep quiet."""
    return mail_days().is_working_day(today)


def decide(authority: str | None, today: date, item_id: int | None = None) -> Decided:
    """Record the notices due on a morning, and the week's questions to the administrators."""
    with transaction() as session:
        owner = the_authority(session, authority)
        _alone(session, owner.id)
        sweep = sweep_of(owner.id, today)
        decided = decide_notices(session, sweep, item_id=item_id)
        if item_id is not None:
            return decided
        asked = ask_undetermined(session, sweep, office_policy().ask_weekday)
        changes = tell_changes(session, sweep)
        _mark_begun(session, owner.id, today)
        return decided + Decided(told=changes, asked=asked)


def compose(authority: str | None, today: date, settings: Settings | None = None) -> int:
    """Queue one mail a person with everything that waits for them, and the leaders' week. Returns how many."""
    used = settings or load_settings()
    with transaction() as session:
        owner = the_authority(session, authority)
        _alone(session, owner.id)
        door = door_of(used) if used.portal_url else None
        head = letterhead(session, owner.id, used.reply_to, used.mail_domain, door)
        return compose_messages(session, owner.id, today, now(), head, office_policy().summary_soon_days)


def send(settings: Settings | None = None, only: Sequence[int] | None = None) -> Sent:
    """Send what the outbox holds, or only some of it."""
    return send_outbox(MailServer.from_settings(settings or load_settings()), only=only)


def finish(authority: str | None, today: date, decided: Decided, composed: int) -> None:
    """Write down that the morning came to its end, and what it did."""
    with transaction() as session:
        owner = the_authority(session, authority)
        _alone(session, owner.id)
        row = _mark_begun(session, owner.id, today)
        row.finished_at = now()
        row.notices += decided.told + decided.asked
        row.messages += composed


def run_morning(authority: str | None, today: date) -> MorningResult:
    """A whole morning by hand: decide, compose, send. On a day off nothing goes out."""
    if not is_working_morning(today):
        return MorningResult(today, working=False)
    decided = decide(authority, today)
    composed = compose(authority, today)
    sent = send()
    finish(authority, today, decided, composed)
    return MorningResult(today, True, decided, composed, sent)


def _alone(session: Session, authority_id: int) -> None:
    """Wait for another process that is at the same morning: what it did is then seen, and not done twice."""
    exclusive(session, f"morning {authority_id}")


def _mark_begun(session: Session, authority_id: int, today: date) -> Morning:
    query = select(Morning).where(Morning.authority_id == authority_id, Morning.day == today)
    row = session.scalars(query).one_or_none()
    if row is None:
        row = Morning(authority_id=authority_id, day=today, started_at=now(), notices=0, messages=0)
        session.add(row)
        session.flush()
    return row


def last_begun(session: Session) -> datetime | None:
    """When the newest morning began; None before the first."""
    return session.scalar(select(func.max(Morning.started_at)))


def last_finished(session: Session) -> date | None:
    """The day of the newest morning that came to its end."""
    return session.scalar(select(func.max(Morning.day)).where(Morning.finished_at.is_not(None)))
