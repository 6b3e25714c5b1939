"""Who stands below whom: a province sees its communes. Told by the superior's name that a commune has written."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.authority import Authority
from services.actor import Visitor
from services.figures.status import Asked
from services.staff.queries import name_key


def authorities_below(session: Session, authority_id: int) -> tuple[int, ...]:
    """The authorities whose superior is this one, however its name is written; none of theirs in turn."""
    own = session.get_one(Authority, authority_id)
    key = name_key(own.name)
    rows = session.execute(select(Authority.id, Authority.superior).where(Authority.superior.is_not(None)))
    return tuple(sorted(found for found, superior in rows if found != own.id and name_key(superior or "") == key))


def asked_by(session: Session, visitor: Visitor, soon_days: int, day: date) -> Asked:
    """What a visitor who reads everything sees counted: their authority and those below, or their link's plans."""
    below = () if visitor.plan_ids is not None else authorities_below(session, visitor.authority_id)
    return Asked(day, soon_days, visitor.authority_id, below, visitor.plan_ids)
