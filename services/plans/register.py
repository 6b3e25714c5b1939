"""The running register of assigned tasks of a year: each document adds to it, and none takes another's tasks out.

An item's code begins with the mark of its document ("TB12.II.1"). The same task given by two documents is
offered to be joined: one item stays, with both documents as its givers.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from sqlalchemy.orm import Session

from models.plan import Item, Part, Plan, PlanForm, Section
from rules.audit import AuditAction
from rules.plan.unit_names import fold
from rules.plan.values import KIND_NAMES, Assignment, Change, DocumentKind, Doubt, ItemRead, PlanReading
from services.actor import Actor
from services.audit import record
from services.errors import StoreError
from services.plans.changes import note_whole
from services.plans.diff import reading_hash
from services.plans.occurrences import sync_occurrences
from services.policy import Terms

ALIKE = 0.82
"""From this likeness of titles on, two tasks of one lead are offered as one."""

_INITIALS = {
    DocumentKind.PLAN: "KH",
    DocumentKind.DIRECTIVE: "CT",
    DocumentKind.CONCLUSION: "TB",
    DocumentKind.DISPATCH: "CV",
    DocumentKind.DECISION: "QĐ",
}
_ORDER_WORDS = re.compile(r"^(?:giao|yeu cau|de nghi)\s+(?:cho\s+)?|\W+")


@dataclass(frozen=True, slots=True)
class Join:
    """A task of a new document that a stored one says already."""

    code: str
    title: str
    stored_code: str
    stored_title: str
    assigned: Assignment


def mark_of(given: Assignment) -> str:
    """What the codes of a document's tasks begin with: "TB12" of "12/TB-UBND"."""
    number, _, symbol = (given.number or "").partition("/")
    initials = re.match(r"[A-ZĐ]{2}(?=-)", symbol)
    if number:
        return f"{initials.group() if initials else _INITIALS[given.kind]}{number}"
    return f"{_INITIALS[given.kind]}{given.issued_on:%d%m}" if given.issued_on else _INITIALS[given.kind]


def as_entry(plan: Plan | None, reading: PlanReading, *, join: bool) -> tuple[PlanReading, tuple[Join, ...]]:
    """A document as an entry of the register, and which of its tasks stored items say already.

    Those are left out of the reading with `join` or where they were joined before; else each asks to be joined.
    """
    entry = for_register(reading, reading.plan.code, plan.year if plan else reading.plan.year or 0)
    found = joins_of(plan, entry.items, giver(reading))
    taken = {one.code: one for one in found if join or (plan is not None and is_joined(plan, one))}
    told = {one.code: one for one in found if one.code not in taken}
    items = (told_alike(one, told[one.code]) if one.code in told else one for one in entry.items)
    kept = tuple(item for item in items if item.code not in taken)
    return entry.model_copy(update={"items": kept}), tuple(taken.values())


def enter(session: Session, plan: Plan, reading: PlanReading, given: Assignment, terms: Terms) -> None:
    """Add a document to the register: a section of its own, its questions beside those of the others."""
    if plan.version == 0:
        plan.title, plan.year, plan.form = reading.plan.title or "", reading.plan.year or 0, PlanForm.REGISTER
        plan.recipients, plan.scores, plan.warnings = [], [], []
    plan.version += 1
    plan.imported_at = terms.at
    plan.reading_hash = reading_hash(reading)
    mark = mark_of(given)
    told = [{**doubt.model_dump(mode="json"), "entry": mark} for doubt in reading.warnings]
    plan.warnings = [one for one in plan.warnings if one.get("entry") != mark] + told
    if mark not in {section.code for section in plan.sections}:
        title = section_title(given)
        plan.sections.append(Section(code=mark[:60], title=title, parent=None, position=len(plan.sections)))
    session.flush()


def givers(item: Item, read: ItemRead) -> list[dict[str, object]]:
    """The documents that give an item: the one just read first, those of items joined with it kept."""
    given = [one.model_dump(mode="json") for one in read.assigned]
    known = {(one["kind"], one["number"], one["issued_on"]) for one in given}
    stored = {(one["kind"], one["number"], one["issued_on"]): one for one in item.assigned or []}
    given = [stored.get((one["kind"], one["number"], one["issued_on"]), one) for one in given]
    older = (item.assigned or [])[1:] if given else item.assigned or []
    return given + [one for one in older if (one["kind"], one["number"], one["issued_on"]) not in known]


def for_register(reading: PlanReading, code: str, year: int) -> PlanReading:
    """A document's reading as an entry of the register: codes marked, one section, the register's own head."""
    given = giver(reading)
    mark = mark_of(given)
    head = reading.plan.model_copy(
        update={"code": code, "year": year, "title": f"Sổ theo dõi nhiệm vụ được giao năm {year}"}
    )
    items = tuple(
        item.model_copy(update={"code": f"{mark}.{item.code}"[:56], "section": mark, "assigned": (given,)})
        for item in reading.items
    )
    return reading.model_copy(update={"plan": head, "items": items, "sections": (), "form": "annex"})


def giver(reading: PlanReading) -> Assignment:
    """The document itself as the giver of its tasks."""
    plan = reading.plan
    return Assignment(
        kind=plan.kind or DocumentKind.PLAN,
        number=plan.number,
        issued_on=plan.issued_on,
        signer=plan.signer,
        level=plan.level,
        title=plan.title,
    )


def section_title(given: Assignment) -> str:
    """The heading of a document in the register."""
    return ": ".join(filter(None, (f"{KIND_NAMES[given.kind]} {given.printed}", given.title)))


def must_be_register(plan: Plan | None) -> None:
    """Raises StoreError where a code belongs to a plan, which a later document of its own would overwrite."""
    if plan is not None and plan.form != PlanForm.REGISTER:
        raise StoreError(
            f"Mã {plan.code} là của kế hoạch “{plan.title}”, không phải sổ nhiệm vụ; hãy đặt mã khác cho sổ, "
            f"ví dụ --into so-nhiem-vu-{plan.year}."
        )


def entries(plan: Plan | None, given: Assignment) -> list[Item]:
    """The items whose first giver is this document."""
    return [item for item in plan.items if item.assigned and _same(item.assigned[0], given)] if plan else []


def _same(stored: dict[str, object], given: Assignment) -> bool:
    told = Assignment.model_validate(stored)
    return (told.kind, told.number, told.issued_on) == (given.kind, given.number, given.issued_on)


def joins_of(plan: Plan | None, reads: Iterable[ItemRead], given: Assignment) -> list[Join]:
    """The tasks of a document that items of other documents say already; those joined before are among them."""
    own = {item.id for item in entries(plan, given)}
    others = [item for item in (plan.items if plan else []) if item.dropped_at is None and item.id not in own]
    found = []
    for read in reads:
        leads = {fold(ref.printed) for ref in read.lead}
        alike = [(_likeness(read.title, item.title), item) for item in others if leads & _leads(item) or not leads]
        best = max(alike, key=lambda one: one[0], default=None)
        if best and best[0] >= ALIKE:
            found.append(Join(read.code, read.title, best[1].code, best[1].title, given))
    return found


def is_joined(plan: Plan, join: Join) -> bool:
    """Whether the stored item names this document as a giver already."""
    return any(
        _same(one, join.assigned) for item in plan.items if item.code == join.stored_code for one in item.assigned
    )


def told_alike(read: ItemRead, join: Join) -> ItemRead:
    """The task with the question whether it is the stored one."""
    message = (
        f"Giống nhiệm vụ {join.stored_code} “{join.stored_title[:80]}” đã có trong sổ; nếu là một việc, "
        f"hãy gộp: dondoc item join MÃ_SỔ {read.code} {join.stored_code}."
    )
    return read.model_copy(update={"warnings": (*read.warnings, Doubt(code="item.same_task", message=message))})


def add_givers(session: Session, plan: Plan, joins: Sequence[Join], actor: Actor) -> int:
    """Note a document as one more giver of stored items; returns how many were changed."""
    changed = 0
    by_code = {item.code: item for item in plan.items}
    for join in joins:
        item = by_code.get(join.stored_code)
        if item is None or any(_same(one, join.assigned) for one in item.assigned):
            continue
        item.assigned = [*item.assigned, join.assigned.model_dump(mode="json")]
        record(session, actor, AuditAction.ITEM_JOIN, item, after={"assigned": join.assigned.printed})
        changed += 1
    return changed


def join_items(session: Session, item: Item, into: Item, actor: Actor, terms: Terms) -> None:
    """Make two items of one plan one: `into` stays, with the givers of both; `item` is dropped, its history kept.

    Raises StoreError for an item joined with itself, or one that was dropped.
    """
    if item.id == into.id or item.dropped_at is not None or into.dropped_at is not None:
        raise StoreError("Chỉ gộp được hai nhiệm vụ khác nhau đang có trong kế hoạch.")
    known = [Assignment.model_validate(one) for one in into.assigned]
    new = [one for one in map(Assignment.model_validate, item.assigned) if one not in known]
    into.assigned = [*into.assigned, *(one.model_dump(mode="json") for one in new)]
    for kept in (item, into):
        kept.warnings = [doubt for doubt in kept.warnings if doubt["code"] != "item.same_task"]
    item.dropped_at = terms.at
    item.plan.version += 1
    note_whole(session, item, Change.DROPPED, actor)
    record(session, actor, AuditAction.ITEM_JOIN, item, after={"into": into.code, "assigned": len(into.assigned)})
    session.flush()
    sync_occurrences(session, item.plan, terms, item.id)


def _leads(item: Item) -> set[str]:
    return {fold(row.printed) for row in item.responsibilities if row.part is Part.LEAD}


def _likeness(one: str, other: str) -> float:
    first, second = (_ORDER_WORDS.sub(" ", fold(text)).strip() for text in (one, other))
    return SequenceMatcher(None, first, second, autojunk=False).ratio()
