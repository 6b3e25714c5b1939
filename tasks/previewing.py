"""What a morning would do, shown and undone: for the dry run at the command line and in the Prefect UI."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.clock import now
from config.settings import load_settings
from models.deciding import ask_undetermined, decide_notices
from models.notices import Message
from models.office import office_policy
from models.plan_changes import tell_changes
from models.session import engine_for
from models.staff import the_authority
from tasks.digests import compose_messages, letterhead
from tasks.sweeping import sweep_of


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
