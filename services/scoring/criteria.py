"""Sets of criteria in the database: brought in, found again, and tied to the items of a plan."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.plan import Item
from models.scoring import CriterionLink, StoredCriteria
from rules.audit import AuditAction, SubjectKind
from rules.scoring.criteria.sets import CriteriaSet
from services.actor import Actor
from services.audit import Subject, record
from services.errors import Hint, UnknownNameError

REMEMBERED = 32
_PARSED: dict[str, CriteriaSet] = {}


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """What bringing in a set did: its row, and whether it is new or a new version."""

    stored: StoredCriteria
    changed: bool


def bring_in(session: Session, criteria: CriteriaSet, actor: Actor) -> BroughtIn:
    """Store a checked set. The same content again changes nothing; other content of the same code is a new version."""
    content = criteria.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    sha256 = hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    newest = _newest(session, criteria.code)
    if newest is not None and newest.sha256 == sha256:
        return BroughtIn(newest, changed=False)
    stored = StoredCriteria(
        code=criteria.code,
        version=newest.version + 1 if newest else 1,
        year=criteria.year,
        level=criteria.level,
        name=criteria.name,
        sample=criteria.sample,
        content=content,
        sha256=sha256,
        imported_at=actor.at,
    )
    session.add(stored)
    session.flush()
    after = {"version": stored.version, "sha256": sha256, "leaves": len(criteria.leaves)}
    record(session, actor, AuditAction.CRITERIA_IMPORT, stored, after=after)
    return BroughtIn(stored, changed=True)


def criteria_of(stored: StoredCriteria) -> CriteriaSet:
    """The set as a value; remembered by its hash, because its content never changes."""
    known = _PARSED.get(stored.sha256)
    if known is None:
        known = CriteriaSet.model_validate_json(json.dumps(stored.content, ensure_ascii=False))
        if len(_PARSED) >= REMEMBERED:
            _PARSED.clear()
        _PARSED[stored.sha256] = known
    return known


def _newest(session: Session, code: str) -> StoredCriteria | None:
    query = select(StoredCriteria).where(StoredCriteria.code == code).order_by(StoredCriteria.version.desc())
    return session.scalar(query.limit(1))


def find_criteria(session: Session, code: str | None, year: int | None = None) -> StoredCriteria:
    """The newest version of a set by its code, or the newest set of a year. Raises UnknownNameError."""
    if code is not None:
        found = _newest(session, code)
        if found is None:
            known = session.scalars(select(StoredCriteria.code).distinct().order_by(StoredCriteria.code)).all()
            names = f" Các bộ tiêu chí: {', '.join(known)}." if known else ""
            raise UnknownNameError(f"Không có bộ tiêu chí “{code}”.{names}", None if known else Hint.CRITERIA)
        return found
    query = select(StoredCriteria).order_by(StoredCriteria.imported_at.desc(), StoredCriteria.id.desc()).limit(1)
    found = session.scalar(query if year is None else query.where(StoredCriteria.year == year))
    if found is None:
        which = f"năm {year}" if year else "nào"
        raise UnknownNameError(f"Chưa có bộ tiêu chí {which}.", Hint.CRITERIA)
    return found


def every_criteria(session: Session) -> list[StoredCriteria]:
    """The newest version of each set, by year and code."""
    rows = session.scalars(select(StoredCriteria).order_by(StoredCriteria.code, StoredCriteria.version)).all()
    return sorted({row.code: row for row in rows}.values(), key=lambda row: (row.year, row.code))


def link_items(session: Session, stored: StoredCriteria, criterion: str, items: Iterable[Item], actor: Actor) -> int:
    """Tie items to a criterion; those already tied stay. Returns how many were new. Raises UnknownNameError."""
    _leaf(stored, criterion)
    known = set(_linked(session, stored.code, criterion))
    fresh = [item for item in items if item.id not in known]
    for item in fresh:
        session.add(CriterionLink(set_code=stored.code, criterion=criterion, item_id=item.id))
    session.flush()
    if fresh:
        after = {"items": [item.code for item in fresh]}
        record(session, actor, AuditAction.CRITERIA_LINK, _subject(stored, criterion), after=after)
    return len(fresh)


def _subject(stored: StoredCriteria, criterion: str) -> Subject:
    return Subject(SubjectKind.CRITERIA, stored.id, f"{stored.code} {criterion}")


def unlink_items(session: Session, stored: StoredCriteria, criterion: str, items: Iterable[Item], actor: Actor) -> int:
    """Untie items from a criterion. Returns how many were tied. Raises UnknownNameError."""
    _leaf(stored, criterion)
    known = set(_linked(session, stored.code, criterion))
    gone = [item for item in items if item.id in known]
    if gone:
        rows = delete(CriterionLink).where(
            CriterionLink.set_code == stored.code,
            CriterionLink.criterion == criterion,
            CriterionLink.item_id.in_([item.id for item in gone]),
        )
        session.execute(rows)
        before = {"items": [item.code for item in gone]}
        record(session, actor, AuditAction.CRITERIA_UNLINK, _subject(stored, criterion), before=before)
    return len(gone)


def _leaf(stored: StoredCriteria, criterion: str) -> None:
    if criterion not in criteria_of(stored).by_code:
        raise UnknownNameError(f"Bộ tiêu chí {stored.code} không có tiêu chí chấm điểm “{criterion}”.")


def _linked(session: Session, set_code: str, criterion: str) -> list[int]:
    query = select(CriterionLink.item_id).where(
        CriterionLink.set_code == set_code, CriterionLink.criterion == criterion
    )
    return list(session.scalars(query))


def links_of_plans(
    session: Session, set_codes: Iterable[str], plans: Sequence[int]
) -> Mapping[tuple[str, int], Mapping[str, frozenset[int]]]:
    """The items tied by hand: by set and plan, then by criterion."""
    query = (
        select(CriterionLink.set_code, Item.plan_id, CriterionLink.criterion, CriterionLink.item_id)
        .join(Item, Item.id == CriterionLink.item_id)
        .where(CriterionLink.set_code.in_(list(set_codes)), Item.plan_id.in_(plans))
    )
    found: dict[tuple[str, int], dict[str, set[int]]] = {}
    for set_code, plan, criterion, item_id in session.execute(query):
        found.setdefault((set_code, plan), {}).setdefault(criterion, set()).add(item_id)
    return {
        key: {criterion: frozenset(items) for criterion, items in criteria.items()} for key, criteria in found.items()
    }
