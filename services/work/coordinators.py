"""Who coordinates an item: the units printed in the plan, and those the lead has named for an open set."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.answer import NamedCoordinator
from models.authority import Unit
from models.plan import Item, Part, Responsibility, Scope
from rules.audit import AuditAction
from rules.work.access import Share
from services.actor import Actor
from services.audit import record
from services.errors import StoreError

if TYPE_CHECKING:
    from services.work.answers import Held


class NamingError(StoreError):
    """A unit cannot be named for this item."""


def coordinators_of(session: Session, item_id: int, authority_id: int) -> tuple[int, ...]:
    """The units that coordinate an item, printed or named; every unit where the plan says "all"."""
    rows = session.execute(
        select(Responsibility.scope, Responsibility.unit_id).where(
            Responsibility.item_id == item_id,
            Responsibility.part == Part.COORDINATOR,
            Responsibility.scope.in_([Scope.UNIT, Scope.ALL]),
        )
    ).all()
    found: dict[int, None] = {}
    for scope, unit_id in rows:
        if scope is Scope.ALL:
            found |= dict.fromkeys(session.scalars(_units(authority_id)))
        elif unit_id is not None:
            found[unit_id] = None
    named = select(NamedCoordinator.unit_id).where(NamedCoordinator.item_id == item_id).order_by(NamedCoordinator.id)
    return tuple(found | dict.fromkeys(session.scalars(named)))


def coordinated_items(unit_id: int) -> tuple[Select[tuple[int]], Select[tuple[int]]]:
    """Queries for the items a unit coordinates: by the plan's print, and by a lead's naming."""
    printed = select(Responsibility.item_id).where(
        Responsibility.part == Part.COORDINATOR,
        ((Responsibility.scope == Scope.UNIT) & (Responsibility.unit_id == unit_id))
        | (Responsibility.scope == Scope.ALL),
    )
    return printed, select(NamedCoordinator.item_id).where(NamedCoordinator.unit_id == unit_id)


def named_for(session: Session, item_ids: Iterable[int]) -> dict[int, list[tuple[int, str]]]:
    """The units named by leads, by item, as (unit id, name)."""
    found: dict[int, list[tuple[int, str]]] = {}
    query = (
        select(NamedCoordinator.item_id, Unit.id, Unit.name)
        .join(Unit, Unit.id == NamedCoordinator.unit_id)
        .where(NamedCoordinator.item_id.in_(list(item_ids)))
        .order_by(NamedCoordinator.id)
    )
    for item_id, unit_id, name in session.execute(query):
        found.setdefault(item_id, []).append((unit_id, name))
    return found


def open_sets(item: Item) -> tuple[str, ...]:
    """The open sets printed for an item: "Các cơ quan có liên quan"."""
    return tuple(
        row.printed for row in item.responsibilities if row.part is Part.COORDINATOR and row.scope is Scope.RELATED
    )


def name_coordinators(session: Session, actor: Actor, of: "Held", unit_ids: Sequence[int]) -> None:
    """Let the lead say which units an open set means; replaces what was named before.

    Raises NamingError when the visitor does not lead the item, it has no open set, or a unit is not of the
    authority.
    """
    if of.share is not Share.LEAD:
        raise NamingError("Chỉ cơ quan chủ trì nêu tên các cơ quan phối hợp.")
    if not open_sets(of.item):
        raise NamingError("Nhiệm vụ này đã ghi rõ các cơ quan phối hợp.")
    known = set(session.scalars(_units(actor.visitor.authority_id)))
    wanted = set(unit_ids) - {of.occurrence.unit_id}
    if not wanted <= known:
        raise NamingError("Có đơn vị không thuộc cơ quan này; hãy chọn lại.")
    rows = list(session.scalars(select(NamedCoordinator).where(NamedCoordinator.item_id == of.item.id)))
    before = {row.unit_id for row in rows}
    for row in rows:
        if row.unit_id not in wanted:
            session.delete(row)
    for unit_id in sorted(wanted - before):
        session.add(
            NamedCoordinator(
                item_id=of.item.id, unit_id=unit_id, named_by_id=actor.visitor.person_id, created_at=actor.at
            )
        )
    session.flush()
    if wanted != before:
        record(
            session,
            actor,
            AuditAction.COORDINATORS_NAME,
            of.item,
            before={"units": sorted(before)},
            after={"units": sorted(wanted)},
        )


def _units(authority_id: int) -> Select[tuple[int]]:
    return select(Unit.id).where(Unit.authority_id == authority_id, Unit.active).order_by(Unit.id)
