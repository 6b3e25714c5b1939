"""A leader's deputy: the hand-over of a leader, which for its days also lends the power to decide.

The same row says whose mail goes where and who may approve. The power is not passed
on: a deputy who is away has no deputy for it. Where two hand-overs overlap, the newer counts.
"""

from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from config.clock import ZONE
from models.answer import Handover
from models.authority import Person, Role
from rules.work.access import DEPUTY_ROLES
from services.errors import Hint, UnknownNameError


def deputies_on(session: Session, authority_id: int, day: date) -> dict[int, int]:
    """Who stands in for which leader of an authority on a day: the deputy's id by the leader's."""
    query = (
        select(Handover.from_person_id, Handover.to_person_id)
        .join(Person, Person.id == Handover.from_person_id)
        .where(
            Person.authority_id == authority_id,
            Person.role == Role.LEADER,
            Person.active,
            Handover.ended_at.is_(None),
            Handover.first_day <= day,
            Handover.last_day >= day,
            Handover.to_person_id.in_(select(Person.id).where(Person.active, Person.role.in_(DEPUTY_ROLES))),
        )
        .order_by(Handover.id)
    )
    return dict(session.execute(query).tuples().all())


def asked_to_stand_in(day: date) -> ColumnElement[bool]:
    """Within a query about a person: whether any hand-over names them on a day (whose, `stands_in_for` says)."""
    days = (Handover.first_day <= day, Handover.last_day >= day, Handover.ended_at.is_(None))
    return select(Handover.id).where(Handover.to_person_id == Person.id, *days).exists()


def stands_in_for(session: Session, person_id: int, authority_id: int, day: date) -> tuple[str, ...]:
    """The leaders for whom a person decides on a day, "name <address>"; mostly none."""
    away = deputies_on(session, authority_id, day)
    leaders = [leader for leader, deputy in away.items() if deputy == person_id]
    if not leaders:
        return ()
    people = session.scalars(select(Person).where(Person.id.in_(leaders)).order_by(Person.id))
    return tuple(named(person) for person in people)


def named(person: Person) -> str:
    """A person as the audit trail names them."""
    return f"{person.name} <{person.email}>"[:254]


def stood_in(session: Session, person: Person, at: datetime) -> bool:
    """Whether a person was some leader's deputy at a moment."""
    day = at.astimezone(ZONE).date()
    query = (
        select(Handover.id)
        .join(Person, Person.id == Handover.from_person_id)
        .where(
            Handover.to_person_id == person.id,
            Person.role == Role.LEADER,
            Person.authority_id == person.authority_id,
            Handover.first_day <= day,
            Handover.last_day >= day,
            Handover.created_at <= at,
            Handover.ended_at.is_(None) | (Handover.ended_at > at),
        )
    )
    return session.scalar(query.limit(1)) is not None


def deciders_of(session: Session, authority_id: int, day: date) -> list[tuple[Person, str]]:
    """Who is asked to approve on a day: each leader, or their deputy with the name of whom they stand in for."""
    away = deputies_on(session, authority_id, day)
    query = select(Person).where(Person.authority_id == authority_id, Person.active)
    people = {person.id: person for person in session.scalars(query.order_by(Person.id))}
    found: dict[int, str] = {}
    for leader in [person for person in people.values() if person.role is Role.LEADER]:
        deputy = away.get(leader.id)
        if deputy is None:
            found.setdefault(leader.id, "")
        else:
            found[deputy] = ", ".join(filter(None, (found.get(deputy, ""), leader.name)))
    return [(people[key], behalf) for key, behalf in found.items()]


def behalf_of(session: Session, person: Person, day: date) -> str | None:
    """For whom a person would decide: "" in their own right, the leaders' names as a deputy, None: not at all."""
    behalf = ", ".join(stands_in_for(session, person.id, person.authority_id, day))
    if behalf or (person.role is Role.LEADER and person.active):
        return behalf
    return None


def decider(session: Session, authority_id: int, email: str, day: date) -> tuple[Person, str]:
    """The leader, or today's deputy of one, of an address. Raises UnknownNameError for anybody else."""
    query = select(Person).where(Person.authority_id == authority_id, Person.email == email.strip().lower())
    person = session.scalar(query.where(Person.active))
    behalf = behalf_of(session, person, day) if person is not None else None
    if person is None or behalf is None:
        raise UnknownNameError(
            f"“{email}” không phải là lãnh đạo, cũng không phải người thay mặt lãnh đạo hôm nay.",
            Hint.DECIDERS,
        )
    return person, behalf
