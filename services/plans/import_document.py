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
from services.plans.changes import forget_untold, told_names
from services.plans.diff import ItemChange, PlanDiff
from services.plans.editing import Edit, Wish, planned
from services.plans.importing import (
    Imported,
    Request,
    import_plan,
    preview,
    request_for,
    request_into,
    with_authority_doubt,
)
from services.plans.queries import find_item, find_plan
from services.plans.undated import Settlement, settle_undated
from services.policy import terms_of
from services.staff.queries import unit_book


@dataclass(frozen=True, slots=True)
class Options:
    """What a person may say beside the document; None: take what the document says.

    `into` is the code of the register that the document is added to, `join` whether tasks that it has already
    are one; `undated` settles the tasks without a time.
    """

    code: str | None = None
    year: int | None = None
    authority: str | None = None
    overwrite_edits: bool = False
    into: str | None = None
    join: bool = False
    undated: Settlement | None = None


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
    undated: Settlement | None = None


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
    if options.into is None:
        request_for(read, options.code, year)  # says what cannot be imported before a database is made
    open_database()
    with reading() as session:
        request = (
            request_for(read, options.code, year)
            if options.into is None
            else request_into(session, read, options.into, year, join=options.join)
        )
        request = replace(request, authority=options.authority, overwrite_edits=options.overwrite_edits)
        request = request if request.entry else with_authority_doubt(session, request)
        diff = preview(session, request)
        told = told_names(session, request.code, diff.told_units)
    shown = request.reading.model_copy(update={"plan": read.plan}) if request.entry else request.reading
    return Proposal(path, sha256, shown, request, diff, told, options.undated)


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
            return _stored(session, proposal, proposal.request, actor, today)
    folder = (settings or load_settings()).documents
    kept = keep_document(proposal.path, folder, expected=proposal.sha256)
    with transaction() as session:
        return _stored(session, proposal, replace(proposal.request, document=kept), actor, today)


def _stored(session: Session, proposal: Proposal, request: Request, actor: Actor, today: date) -> Imported:
    """Import, then settle the tasks without a time as the person said."""
    terms = terms_of(today)
    done = import_plan(session, request, actor, terms, expected=proposal.diff)
    if proposal.undated is None:
        return done
    session.expire_all()
    plan = find_plan(session, request.code, lock=True)
    settled = settle_undated(session, plan, proposal.undated, actor, terms)
    if done.diff.is_new:
        forget_untold(session, plan.id)
    return replace(done, settled=tuple(settled))


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
