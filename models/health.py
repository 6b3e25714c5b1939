"""How the machine is: what waits, what went wrong, when the last morning was."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.clock import ZONE
from models.authority import Authority
from models.notices import Message, MessageState, Notice, NoticeState
from models.posting import missed_mornings
from models.status import Asked, LastMorning, figures
from rules.workdays import WorkCalendar

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
