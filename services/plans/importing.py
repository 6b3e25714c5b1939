"""A reading into the tables: one transaction, safe to repeat, history kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from models.authority import Authority, Unit
from models.plan import Item, Part, Plan, PlanForm, Responsibility, Scope, Section
from models.session import exclusive
from rules.audit import AuditAction
from rules.plan.unit_names import USUAL_UNITS, fold
from rules.plan.values import ALL_UNITS, RELATED_UNITS, Assignment, Doubt, ItemRead, PlanReading, UnitRef
from rules.staff.values import slug
from services.actor import Actor
from services.audit import record
from services.documents import KeptDocument, stored_document
from services.errors import BadContentError, StoreError, UnknownNameError
from services.plans.changes import as_audited, note_diff
from services.plans.diff import (
    ADDED_BY_HAND,
    HEADER_FIELDS,
    ItemChange,
    Matched,
    Pair,
    PlanDiff,
    fields_of,
    match,
    read_hash,
    reading_hash,
)
from services.plans.occurrences import Synced, sync_occurrences
from services.plans.register import Join, add_givers, as_entry, enter, entries, giver, givers, must_be_register
from services.policy import Terms
from services.staff.queries import authority_named, known_authorities, new_authority, unit_book, unknown_authority

_SCOPES = {ALL_UNITS: Scope.ALL, RELATED_UNITS: Scope.RELATED}
_OUTSIDE = frozenset(unit.code for unit in USUAL_UNITS if unit.outside)

_NONE = Synced()


class ChangedMeanwhileError(StoreError):
    """Between showing the difference and applying it, somebody else changed the plan."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be imported: a reading under a code, for an authority, from a kept document.

    `entry` is the document as an entry of a register of assigned tasks, `joins` its tasks that stored items say.
    """

    reading: PlanReading
    code: str
    authority: str | None = None
    overwrite_edits: bool = False
    document: KeptDocument | None = None
    entry: Assignment | None = None
    joins: tuple[Join, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. `version` is the plan's; `created_units` were named in the plan and unknown before."""

    diff: PlanDiff
    version: int
    synced: Synced = _NONE
    created_units: tuple[str, ...] = ()
    joined: int = 0
    settled: tuple[str, ...] = ()


def request_for(reading: PlanReading, code: str | None = None, year: int | None = None) -> Request:
    """The request for a reading, with the code and year that a person gave.

    Raises BadContentError when there is nothing to import or the year is unknown.
    """
    if not reading.items:
        raise BadContentError("Không tìm thấy nhiệm vụ nào trong văn bản; hãy kiểm tra tệp có phải là kế hoạch không.")
    header = reading.plan.model_copy(update={"year": year or reading.plan.year})
    if header.year is None:
        raise BadContentError("Không xác định được năm của kế hoạch; hãy chạy lại với --year NĂM.")
    chosen = slug(code, "-").lower() if code else header.code
    if not chosen:
        raise BadContentError("Không xác định được mã kế hoạch; hãy đặt mã bằng --code.")
    header = header.model_copy(update={"code": chosen[:64]})
    return Request(reading.model_copy(update={"plan": header, "items": _unique_codes(reading.items)}), header.code)


def request_into(session: Session, reading: PlanReading, code: str, year: int | None, *, join: bool) -> Request:
    """The request to add a document's tasks to the register `code`, which is made where there is none.

    Tasks that the register has from another document are joined with `join`, else told. Raises BadContentError as
    `request_for`, StoreError for the code of a plan.
    """
    plain = request_for(reading, code, year)
    plan = session.scalar(_plan_query(plain.code))
    must_be_register(plan)
    entry, joins = as_entry(plan, plain.reading, join=join)
    return Request(entry, plain.code, entry=giver(plain.reading), joins=joins)


def preview(session: Session, request: Request) -> PlanDiff:
    """What the import would change; writes nothing."""
    authority = _authority(session, request)
    plan = session.scalar(_plan_query(request.code))
    units = _unit_codes(session, authority) or _nameable(request.reading)
    return _matched(plan, request, units).diff


def with_authority_doubt(session: Session, request: Request) -> Request:
    """The request, with a doubt where the document names another authority than the one it would be stored for."""
    authority, printed = _authority(session, request), request.reading.plan.authority
    if authority is None or not printed or authority_named(session, printed) is authority:
        return request
    message = (
        f"Văn bản ghi cơ quan “{printed}” nhưng kế hoạch được ghi cho “{authority.name}”. Nếu đó là cơ quan khác, "
        f'hãy tạo trước: dondoc init --authority "{printed}", rồi nhập lại.'
    )
    doubts = (*request.reading.warnings, Doubt(code="plan.other_authority", message=message))
    return replace(request, reading=request.reading.model_copy(update={"warnings": doubts}))


def import_plan(
    session: Session, request: Request, actor: Actor, terms: Terms, expected: PlanDiff | None = None
) -> Imported:
    """Store a reading in the session's transaction, with its occurrences and one audit row.

    Nothing is written when nothing changed. `expected` is the difference that was shown: raises
    ChangedMeanwhileError when it is no longer the same. Raises StoreError for a code that is another plan's.
    """
    exclusive(session, "plan-import")
    plan = session.scalar(_plan_query(request.code).with_for_update(of=Plan))
    authority = _authority(session, request)
    units = _unit_codes(session, authority)
    matched = _matched(plan, request, units or _nameable(request.reading))
    if expected is not None and matched.diff != expected:
        raise ChangedMeanwhileError(
            f"Kế hoạch {request.code} vừa được người khác thay đổi; chưa ghi gì. Hãy chạy lại lệnh để xem thay đổi mới."
        )
    joined = add_givers(session, plan, request.joins, actor) if plan is not None else 0
    if matched.diff.empty and plan is not None:
        return Imported(matched.diff, plan.version, joined=joined)
    if authority is None:
        name = request.reading.plan.authority or "Cơ quan chưa đặt tên"
        authority = new_authority(session, name, actor, request.reading.plan.place)
    created = () if units else _create_units(session, authority, request.reading)
    plan, changed = _store(session, plan, authority, request, matched, terms)
    session.flush()
    if not matched.diff.is_new:
        note_diff(session, plan, changed, actor)
    synced = sync_occurrences(session, plan, terms)
    _record(session, actor, plan, matched.diff, request)
    return Imported(matched.diff, plan.version, synced, created, joined)


def _plan_query(code: str) -> Select[tuple[Plan]]:
    items = selectinload(Plan.items).selectinload(Item.responsibilities).joinedload(Responsibility.unit)
    return select(Plan).where(Plan.code == code).options(items)


def _matched(plan: Plan | None, request: Request, units: Sequence[str]) -> Matched:
    among = entries(plan, request.entry) if request.entry else None
    matched = match(plan, request.reading, request.code, units, overwrite=request.overwrite_edits, among=among)
    if request.entry:
        return matched
    if plan is not None and plan.form is PlanForm.REGISTER and request.reading.form != "tracking":
        raise StoreError(f"Mã {plan.code} là sổ nhiệm vụ được giao; thêm văn bản vào sổ bằng --into {plan.code}.")
    title = request.reading.plan.title or ""
    if plan is not None and plan.items and not matched.diff.matched and fold(plan.title) != fold(title):
        raise StoreError(
            f"Mã {plan.code} đã dùng cho kế hoạch khác: “{plan.title}”. Hãy đặt mã khác cho kế hoạch này bằng --code."
        )
    return matched


def _authority(session: Session, request: Request) -> Authority | None:
    """The plan's authority: the one asked for, the stored plan's, the one its header names, or the only one.

    None when there is none at all yet. Raises UnknownNameError when it cannot be told.
    """
    if request.authority is not None:
        wanted = (Authority.code == request.authority) | (Authority.name == request.authority)
        if (found := session.scalar(select(Authority).where(wanted))) is not None:
            return found
        raise unknown_authority(session, request.authority)
    owner = session.scalar(
        select(Authority).join(Plan, Plan.authority_id == Authority.id).where(Plan.code == request.code)
    )
    if owner is not None:
        return owner
    named = authority_named(session, request.reading.plan.authority)
    every = session.scalars(select(Authority).order_by(Authority.id).limit(2)).all()
    if named is not None or len(every) <= 1:
        return named or next(iter(every), None)
    raise UnknownNameError(
        f"Không rõ kế hoạch của cơ quan nào (văn bản ghi “{request.reading.plan.authority or 'không rõ'}”); "
        f"hãy chọn bằng --authority. {known_authorities(session)}"
    )


def _unit_codes(session: Session, authority: Authority | None) -> tuple[str, ...]:
    if authority is None:
        return ()
    return tuple(session.scalars(select(Unit.code).where(Unit.authority_id == authority.id)))


def _nameable(reading: PlanReading) -> tuple[str, ...]:
    """The usual units that the plan names: an authority without a list of units gets these."""
    refs = [ref for item in reading.items for ref in (*item.lead, *item.coordinating)]
    found = dict.fromkeys(ref.unit for ref in refs if ref.unit)
    return tuple(code for code in found if code not in _SCOPES and code not in _OUTSIDE)


def _create_units(session: Session, authority: Authority, reading: PlanReading) -> tuple[str, ...]:
    book = unit_book(session, None)
    codes = _nameable(reading)
    session.add_all(Unit(authority_id=authority.id, code=code, name=book.name_of(code)) for code in codes)
    session.flush()
    return codes


def _unique_codes(items: tuple[ItemRead, ...]) -> tuple[ItemRead, ...]:
    """Codes fit their column, and one that is printed twice is told apart."""
    seen: set[str] = set()
    unique = []
    for item in items:
        code, number = item.code[:56], 1
        while code in seen:
            number += 1
            code = f"{item.code[:52]}-{number}"
        seen.add(code)
        unique.append(item if code == item.code else item.model_copy(update={"code": code}))
    return tuple(unique)


def _store(
    session: Session, plan: Plan | None, authority: Authority, request: Request, matched: Matched, terms: Terms
) -> tuple[Plan, list[tuple[Item, ItemChange]]]:
    """The plan as it is now, and its items that changed."""
    header = request.reading.plan
    if plan is None:
        plan = Plan(authority_id=authority.id, code=request.code, version=0)
        session.add(plan)
    if request.entry:
        enter(session, plan, request.reading, request.entry, terms)
        if request.document is not None:
            plan.document = stored_document(session, request.document, terms.at)
        return plan, _store_items(session, plan, authority, request, matched, terms)
    plan.kind, plan.level = header.kind, header.level
    for name in HEADER_FIELDS:
        value = getattr(header, name)
        if plan.version == 0 or not (value in (None, ()) and (name == "title" or request.reading.form == "tracking")):
            setattr(plan, name, list(value) if isinstance(value, tuple) else value)
    plan.title = plan.title or f"Kế hoạch năm {plan.year}"
    followed = plan.version > 0 and request.reading.form == "tracking" and plan.form is not PlanForm.TRACKING
    plan.version += 1
    plan.imported_at = terms.at
    plan.reading_hash = reading_hash(request.reading)
    if not followed:  # a sheet that follows a plan has no room for its form, scores and open questions
        plan.form = PlanForm(request.reading.form)
        plan.scores = [score.model_dump(mode="json") for score in request.reading.scores]
        plan.warnings = [doubt.model_dump(mode="json") for doubt in request.reading.warnings]
    if request.document is not None:
        plan.document = stored_document(session, request.document, terms.at)
    session.flush()
    _store_sections(session, plan, request.reading)
    return plan, _store_items(session, plan, authority, request, matched, terms)


def _store_sections(session: Session, plan: Plan, reading: PlanReading) -> None:
    if plan.version > 1 and reading.form == "tracking":
        return
    plan.sections.clear()
    session.flush()
    unique = {section.code[:60]: section for section in reversed(reading.sections)}
    for position, section in enumerate(reversed(unique.values())):
        plan.sections.append(
            Section(code=section.code[:60], title=section.title, parent=section.parent, position=position)
        )


def _store_items(
    session: Session, plan: Plan, authority: Authority, request: Request, matched: Matched, terms: Terms
) -> list[tuple[Item, ItemChange]]:
    changed: list[tuple[Item, ItemChange]] = []
    units = {unit.code: unit.id for unit in session.scalars(select(Unit).where(Unit.authority_id == authority.id))}
    _free_codes(session, plan, matched.pairs)
    start = 1 + max((item.position for item in plan.items), default=-1) if request.entry else 0
    for position, pair in enumerate(matched.pairs, start):
        item = pair.item or Item(plan_id=plan.id, edited=[])
        if pair.change is not None:
            changed.append((item, pair.change))
        if pair.read is None:
            item.dropped_at = terms.at
        else:
            if request.overwrite_edits:
                item.edited = []
            item.edited = [name for name in item.edited if name != ADDED_BY_HAND]
            _fill(item, pair.read, position, units)
            if pair.item is None or "results" in fields_of(request.reading):
                _fill_rest(item, pair.read)
            if pair.item is None:
                plan.items.append(item)
    session.flush()
    return changed


def _free_codes(session: Session, plan: Plan, pairs: Sequence[Pair]) -> None:
    """Codes that change hands are let go first; a dropped item whose code is needed keeps it with its version."""
    wanted = {pair.read.code for pair in pairs if pair.read is not None}
    going = {pair.item.id for pair in pairs if pair.item is not None and pair.read is not None}
    for item in plan.items:
        if item.id not in going and item.code in wanted:
            item.code = f"{item.code[:48]}~{plan.version}"
    for pair in pairs:
        if pair.item is not None and pair.read is not None and pair.item.code != pair.read.code:
            pair.item.code = f"~{pair.item.id}"
    session.flush()


def _fill(item: Item, read: ItemRead, position: int, units: dict[str, int]) -> None:
    """Take over what the document says, but for the fields that were settled by hand."""
    item.code, item.position, item.dropped_at = read.code, position, None
    item.source = read.source.model_dump(mode="json")
    item.tracking = read.tracking.model_dump(mode="json") if read.tracking else None
    item.assigned = givers(item, read)
    item.read_hash = read_hash(read)
    if "title" not in item.edited:
        item.title = read.title
    if "timing" not in item.edited:
        item.timing = read.timing
    _fill_responsibilities(item, read, units)
    settled = tuple({"timing": "timing.", "title": "title."}.get(name, f"{name}.") for name in item.edited)
    doubts = [doubt.model_dump(mode="json") for doubt in read.warnings if not doubt.code.startswith(settled)]
    item.warnings = doubts if "lead" not in item.edited else [d for d in doubts if not d["code"].startswith("unit.")]


def _fill_rest(item: Item, read: ItemRead) -> None:
    """What a tracking sheet has no column for."""
    item.ordinal, item.section = read.ordinal, read.section
    if "results" not in item.edited:
        item.results = list(read.results)
    item.targets = [target.model_dump(mode="json") for target in read.targets]


def _fill_responsibilities(item: Item, read: ItemRead, units: dict[str, int]) -> None:
    """Replace the units of each part that differs; unchanged rows stay."""
    for part, refs in ((Part.LEAD, read.lead), (Part.COORDINATOR, read.coordinating)):
        name = "lead" if part is Part.LEAD else "coordinating"
        if name in item.edited:
            continue
        wanted = [responsibility(part, ref, units, position) for position, ref in enumerate(refs)]
        kept = [row for row in item.responsibilities if row.part is part]
        if [_facts(row) for row in kept] != [_facts(row) for row in wanted]:
            for row in kept:
                item.responsibilities.remove(row)
            item.responsibilities.extend(wanted)


def responsibility(part: Part, ref: UnitRef, units: dict[str, int], position: int) -> Responsibility:
    """The row for a unit as printed; a unit that is not in the authority's list is unknown until it is."""
    scope = _SCOPES.get(ref.unit or "", Scope.UNIT if ref.unit in units else Scope.UNKNOWN)
    unit_id = units.get(ref.unit) if ref.unit and scope is Scope.UNIT else None
    return Responsibility(
        part=part, scope=scope, unit_id=unit_id, printed=ref.printed, note=ref.note, position=position
    )


def _facts(row: Responsibility) -> tuple[object, ...]:
    return row.scope, row.unit_id, row.printed, row.note


def _record(session: Session, actor: Actor, plan: Plan, diff: PlanDiff, request: Request) -> None:
    """One audit row: for a new plan how many items, for a changed one each change, field by field."""
    after: dict[str, object] = {"version": plan.version, "items": len(request.reading.items)}
    if request.document is not None:
        after |= {"document": request.document.name, "sha256": request.document.sha256}
    if not diff.is_new:
        after["header"] = {change.field: [change.before, change.after] for change in diff.header}
        after["changes"] = [as_audited(item) for item in diff.items]
    record(session, actor, AuditAction.PLAN_IMPORT, plan, after=after)
