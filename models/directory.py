"""Who answers for whom in an authority, read in a few queries for a whole morning."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.authority import Person, Role, Unit
from models.plan import Part, Responsibility, Scope
from rules.sweep import Directory


def directory_of(session: Session, authority_id: int, item_ids: Iterable[int] = ()) -> Directory:
    """The directory of an authority; `item_ids` are the items whose coordinators are wanted."""
    people = session.scalars(select(Person).where(Person.authority_id == authority_id, Person.active)).all()
    active = {person.id for person in people}
    units = session.execute(select(Unit.id, Unit.head_id).where(Unit.authority_id == authority_id, Unit.active)).all()
    return Directory(
        mailbox={person.unit_id: person.id for person in people if person.is_mailbox and person.unit_id},
        head={unit_id: head_id for unit_id, head_id in units if head_id in active},
        leaders=tuple(person.id for person in people if person.role is Role.LEADER),
        coordinators=_coordinators(session, set(item_ids), tuple(unit_id for unit_id, _ in units)),
    )


def admins_of(session: Session, authority_id: int) -> tuple[int, ...]:
    """The administrators of an authority, who settle what the documents leave open."""
    query = select(Person.id).where(Person.authority_id == authority_id, Person.active, Person.role == Role.ADMIN)
    return tuple(session.scalars(query.order_by(Person.id)))


def _coordinators(session: Session, item_ids: set[int], every: tuple[int, ...]) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    query = select(Responsibility.item_id, Responsibility.scope, Responsibility.unit_id).where(
        Responsibility.part == Part.COORDINATOR, Responsibility.scope.in_([Scope.UNIT, Scope.ALL])
    )
    ordered = sorted(item_ids)
    for start in range(0, len(ordered), 500):
        for item_id, scope, unit_id in session.execute(
            query.where(Responsibility.item_id.in_(ordered[start : start + 500])).order_by(Responsibility.id)
        ):
            units = every if scope is Scope.ALL else (unit_id,)
            found[item_id] = tuple(dict.fromkeys((*found.get(item_id, ()), *units)))
    return found
