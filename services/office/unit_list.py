"""A list of units from a file into the tables, with all that follows from it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from documents.reading.staff.unit_list import read_unit_list
from models.authority import Authority
from models.session import transaction
from rules.staff.values import StaffList
from services.actor import Actor
from services.database import open_database
from services.office.staff_editing import follow
from services.office.staff_importing import StaffChanges, apply_staff
from services.plans.occurrences import Synced
from services.policy import terms_of
from services.staff.queries import new_authority, the_authority


@dataclass(frozen=True, slots=True)
class Staffed:
    """What an import of units did: its changes, names in plans now recognised, and occurrences that followed."""

    changes: StaffChanges
    resolved: int
    synced: Synced


def import_unit_list(path: Path, authority: str | None, today: date, actor: Actor) -> Staffed:
    """Read and store a list of units in one transaction; plans that name them follow at once.

    Where there is no authority yet, the one that the list describes is made. Raises RefusedDocument and StoreError.
    """
    staff = read_unit_list(path)
    open_database()
    with transaction() as session:
        return store_unit_list(session, staff, authority, today, actor)


def store_unit_list(session: Session, staff: StaffList, authority: str | None, today: date, actor: Actor) -> Staffed:
    """Store a list of units in the session's transaction. Raises StoreError."""
    first = session.scalar(select(Authority.id).limit(1)) is None
    if first and authority is None and staff.authority is not None:
        owner = new_authority(session, staff.authority.name, actor, staff.authority.place)
    else:
        owner = the_authority(session, authority)
    changes = apply_staff(session, owner, staff, actor)
    resolved, synced = follow(session, owner, terms_of(today))
    return Staffed(changes, resolved, synced)
