"""How the machine is: what waits, what went wrong, when the last morning was."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.clock import ZONE
from models.authority import Authority
from models.mail import Message, MessageState, Notice, NoticeState
from models.operations import Morning
from rules.calendar.workdays import WorkCalendar
from services.figures.status import Asked, LastMorning, figures

LOOK_BACK = timedelta(days=7)


GRACE = timedelta(minutes=45)
"""So long after the digest's hour a morning may take before it counts as not having happened."""


@dataclass(frozen=True, slots=True)
class Health:
    """Notices by state, mails by state, the oldest mail that should have gone, mornings, missed mornings."""

    notices: dict[NoticeState, int]
    messages: dict[MessageState, int]
    oldest_queued_at: datetime | None
    mornings: tuple[LastMorning, ...]
    missed: dict[str, list[date]]

    @property
    def failed(self) -> int:
        """Mails that a person must look at: refused for good, or of unknown fate."""
        return self.messages.get(MessageState.BOUNCED, 0) + self.messages.get(MessageState.UNKNOWN, 0)


def expected_through(now: datetime, digest_hour: time) -> date:
    """The newest day whose morning should have come to its end by now."""
    local = now.astimezone(ZONE)
    late = local >= datetime.combine(local.date(), digest_hour, ZONE) + GRACE
    return local.date() if late else local.date() - timedelta(days=1)


def health_of(session: Session, now: datetime, digest_hour: time, mail_days: WorkCalendar) -> Health:
    """Look at everything. Reads only."""
    notices = dict(session.execute(select(Notice.state, func.count()).group_by(Notice.state)).tuples().all())
    oldest = select(func.min(Message.created_at)).where(Message.state.in_([MessageState.QUEUED, MessageState.RETRY]))
    counted = figures(session, Asked(now.astimezone(ZONE).date(), 0))
    through = expected_through(now, digest_hour)
    missed = {
        code: days
        for key, code in session.execute(select(Authority.id, Authority.code)).tuples()
        if (days := missed_mornings(session, key, through, mail_days))
    }
    return Health(
        notices={state: notices.get(state, 0) for state in NoticeState},
        messages=dict(counted.messages),
        oldest_queued_at=session.scalar(oldest),
        mornings=counted.mornings,
        missed=missed,
    )


def missed_mornings(session: Session, authority_id: int, through: date, calendar: WorkCalendar) -> list[date]:
    """The days up to `through`, a week back, on which a morning was due and did not come to its end, oldest first.

    Days before the first morning that was ever begun are not counted: nothing was expected then. A morning that
    was missed is settled by the next one that ended, because it tells what the missed one would have told.
    """
    begun = select(Morning.day, Morning.finished_at).where(Morning.authority_id == authority_id)
    rows = dict(session.execute(begun.where(Morning.day <= through)).tuples().all())
    if not rows:
        return []
    ended = max((day for day, finished in rows.items() if finished is not None), default=None)
    first = max(min(rows), through - LOOK_BACK, ended + timedelta(days=1) if ended else date.min)
    days = [first + timedelta(days=n) for n in range((through - first).days + 1)]
    return [day for day in days if calendar.is_working_day(day)]
