"""From a document to the tables at their edges, without Prefect: read, compare, store in one transaction.

`dondoc plan import` asks between the steps.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from config.settings import Settings, load_settings
from documents.reading.formats.blocks import RefusedDocument
from documents.reading.plan.interpret import read_plan
from models.authority import Authority
from models.plan import Plan
from models.session import reading, transaction
from rules.plan.units import UnitBook
from rules.plan.values import PlanReading
from rules.staff.values import slug
from services.actor import Actor
from services.database import DatabaseState, database_state, open_database
from services.documents import fingerprint, keep_document
from services.plans.changes import told_names
from services.plans.diff import ItemChange, PlanDiff
from services.plans.editing import Edit, Wish, planned
from services.plans.importing import Imported, Request, import_plan, preview, request_for, with_authority_doubt
from services.plans.queries import find_item, find_plan
from services.policy import terms_of
from services.staff.queries import unit_book


@dataclass(frozen=True, slots=True)
class Options:
    """What a person may say beside the document; None: take what the document says."""

    code: str | None = None
    year: int | None = None
    authority: str | None = None
    overwrite_edits: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A document that was read and compared, not yet stored. `sha256` is of the bytes that were read.

    `told` are the names of the units whose next morning's mail lists their changes.
    """

    path: Path
    sha256: str
    reading: PlanReading
    request: Request
    diff: PlanDiff
    told: tuple[str, ...] = ()


def known_units(authority: str | None = None, settings: Settings | None = None) -> UnitBook:
    """The names of units to read with: the database's where there is one, else the usual ones. Creates nothing."""
    try:
        if database_state(settings) is not DatabaseState.READY:
            return UnitBook()
        with reading() as session:
            query = select(Authority).order_by(Authority.id)
            if authority is not None:
                query = query.where((Authority.code == authority) | (Authority.name == authority))
            found = session.scalars(query.limit(2)).all()
            return unit_book(session, found[0] if len(found) == 1 else None)
    except OperationalError:
        return UnitBook()  # reading a document needs no database; importing it will say what is wrong with it


def propose(path: Path, options: Options) -> Proposal:
    """Read a document and compare it with what is stored; writes nothing (but makes a database where there is none).

    Raises RefusedDocument for an unreadable file and StoreError for what cannot be imported.
    """
    sha256 = _fingerprint(path)
    units = known_units(options.authority)
    read = read_plan(path, units=units, year=options.year)
    year = options.year or read.plan.year or _stored_year(options.code)
    if year is not None and read.plan.year is None and options.year is None:
        read = read_plan(path, units=units, year=year)
    request = replace(
        request_for(read, options.code, year),
        authority=options.authority,
        overwrite_edits=options.overwrite_edits,
    )
    open_database()
    with reading() as session:
        request = with_authority_doubt(session, request)
        diff = preview(session, request)
        told = told_names(session, request.code, diff.told_units)
    return Proposal(path, sha256, request.reading, request, diff, told)


def _stored_year(code: str | None) -> int | None:
    """The year of the plan that is meant: a tracking sheet that was exported prints none."""
    if code is None or database_state() is not DatabaseState.READY:
        return None
    with reading() as session:
        return session.scalar(select(Plan.year).where(Plan.code == slug(code, "-").lower()))


def _fingerprint(path: Path) -> str:
    try:
        return fingerprint(path) if path.is_file() else ""
    except OSError:
        return ""  # the reader opens it next and says what is wrong


def store(proposal: Proposal, actor: Actor, today: date, settings: Settings | None = None) -> Imported:
    """Keep the document and store what was read of it, as it was shown, in one transaction."""
    if proposal.diff.empty:
        with transaction() as session:
            return import_plan(session, proposal.request, actor, terms_of(today), expected=proposal.diff)
    folder = (settings or load_settings()).documents
    kept = keep_document(proposal.path, folder, expected=proposal.sha256)
    with transaction() as session:
        request = replace(proposal.request, document=kept)
        return import_plan(session, request, actor, terms_of(today), expected=proposal.diff)


@dataclass(frozen=True, slots=True)
class PlannedEdit:
    """What a hand edit would change (None: nothing), whom the next morning tells, and the version it is based on."""

    change: ItemChange | None
    told: tuple[str, ...]
    version: int


def edit_of(
    session: Session, plan: str, code: str, wish: Mapping[str, Any], *, new: bool, version: int | None = None
) -> Edit:
    """An edit by codes, with the plan locked. Raises UnknownNameError."""
    found = find_plan(session, plan, lock=True)
    item = None if new else find_item(session, found, code)
    return Edit(found, item, code if item is None else item.code, Wish(**wish), version)


def planned_edit(session: Session, plan: str, code: str, wish: Mapping[str, Any], *, new: bool) -> PlannedEdit:
    """What a hand edit would do; writes nothing. Raises StoreError."""
    edit = edit_of(session, plan, code, wish, new=new)
    change = planned(session, edit)
    told = told_names(session, edit.plan.code, change.units) if change is not None and change.is_told else ()
    return PlannedEdit(change, told, edit.plan.version)


__all__ = [
    "Options",
    "PlannedEdit",
    "Proposal",
    "RefusedDocument",
    "edit_of",
    "known_units",
    "planned_edit",
    "propose",
    "store",
    "terms_of",
]
