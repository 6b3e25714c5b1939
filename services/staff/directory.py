"""Who answers for whom in an authority, read in a few queries for a whole morning."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.answer import Handover, NamedCoordinator
from models.authority import Person, Role, Unit
from models.plan import Part, Responsibility, Scope
from rules.reminders.sweep import Directory, StandIn


def directory_of(session: Session, authority_id: int, item_ids: Iterable[int] = ()) -> Directory:
    """The directory of an authority; `item_ids` are the items whose coordinators are wanted."""
    people = session.execute(
        select(Person.id, Person.unit_id, Person.is_mailbox, Person.role).where(
            Person.authority_id == authority_id, Person.active
        )
    ).all()
    active = {person_id for person_id, *_ in people}
    units = session.execute(select(Unit.id, Unit.head_id).where(Unit.authority_id == authority_id, Unit.active)).all()
    every = tuple(unit_id for unit_id, _ in units)
    return Directory(
        mailbox={unit_id: person_id for person_id, unit_id, is_mailbox, _ in people if is_mailbox and unit_id},
        head={unit_id: head_id for unit_id, head_id in units if head_id in active},
        leaders=tuple(person_id for person_id, _, _, role in people if role is Role.LEADER),
        units=every,
        coordinators=coordinators(session, set(item_ids), every),
        stand_ins=stand_ins(session, authority_id),
    )


def stand_ins(session: Session, authority_id: int) -> tuple[StandIn, ...]:
    """Every hand-over of an authority that was not ended, the newest last: it counts where two overlap."""
    query = (
        select(Handover.from_person_id, Handover.to_person_id, Handover.first_day, Handover.last_day)
        .join(Person, Person.id == Handover.to_person_id)
        .where(Person.authority_id == authority_id, Person.active, Handover.ended_at.is_(None))
        .order_by(Handover.id)
    )
    return tuple(StandIn(*row) for row in session.execute(query))


def admins_of(session: Session, authority_id: int) -> tuple[int, ...]:
    """The administrators of an authority, who settle what the documents leave open."""
    query = select(Person.id).where(Person.authority_id == authority_id, Person.active, Person.role == Role.ADMIN)
    return tuple(session.scalars(query.order_by(Person.id)))


def coordinators(session: Session, item_ids: set[int], every: tuple[int, ...]) -> dict[int, tuple[int, ...]]:
    """The units that coordinate each item, where `every` are all units of the authority (Các cơ quan, đơn vị)."""
    found: dict[int, tuple[int, ...]] = {}
    query = select(Responsibility.item_id, Responsibility.scope, Responsibility.unit_id).where(
        Responsibility.part == Part.COORDINATOR, Responsibility.scope.in_([Scope.UNIT, Scope.ALL])
    )
    named = select(NamedCoordinator.item_id, NamedCoordinator.unit_id)
    ordered = sorted(item_ids)
    for start in range(0, len(ordered), 500):
        for item_id, scope, unit_id in session.execute(
            query.where(Responsibility.item_id.in_(ordered[start : start + 500])).order_by(Responsibility.id)
        ):
            units = every if scope is Scope.ALL else (unit_id,)
            found[item_id] = tuple(dict.fromkeys((*found.get(item_id, ()), *units)))
        for item_id, unit_id in session.execute(
            named.where(NamedCoordinator.item_id.in_(ordered[start : start + 500])).order_by(NamedCoordinator.id)
        ):
            found[item_id] = tuple(dict.fromkeys((*found.get(item_id, ()), unit_id)))
    return found
