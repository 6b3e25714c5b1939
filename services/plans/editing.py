"""Hand edits of a plan in the year: what would change is shown first, then stored as the plan's next version.

One item at a time: title, timing, units, results; added, or dropped. History stays:
a dropped item keeps its answers, occurrences follow, a later document shows what was
edited but does not take it back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.authority import Unit
from models.plan import Item, Part, Plan, Responsibility, Scope
from rules.audit import AuditAction
from rules.plan.values import ALL_UNITS, Change
from rules.timing import read_timing
from rules.timing.values import Timing, TimingKind
from services.actor import Actor
from services.audit import record
from services.errors import StoreError
from services.plans.changes import as_audited, concerned, note_edit, note_whole
from services.plans.corrections import mark_edited, refresh_unit_doubts
from services.plans.diff import ADDED_BY_HAND, FieldChange, ItemChange, show
from services.plans.occurrences import sync_occurrences
from services.policy import Terms

_PARTS = {"lead": Part.LEAD, "coordinating": Part.COORDINATOR}
EVERY_UNIT = "Các cơ quan, đơn vị"
LONGEST_TITLE, LONGEST_CODE = 4_000, 50


class EditRefusedError(StoreError):
    """The edit cannot be stored. One Vietnamese sentence: what is wrong, what to do."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants an item to say; None leaves it as it is. Units by code (ALL_UNITS: every one).

    `phrase` is the timing as a plan prints it, `due` a day that stands whatever the phrase means.
    """

    title: str | None = None
    phrase: str | None = None
    due: date | None = None
    lead: tuple[str, ...] | None = None
    coordinating: tuple[str, ...] | None = None
    results: tuple[str, ...] | None = None
    drop: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit of a plan: of an item, or (None) of a new one with a code; and the plan's version it was made on."""

    plan: Plan
    item: Item | None
    code: str
    wish: Wish
    version: int | None = None


def planned(session: Session, edit: Edit) -> ItemChange | None:
    """What an edit would change; None: nothing. Writes nothing. Raises EditRefusedError."""
    item, wish = edit.item, edit.wish
    if edit.version is not None and edit.version != edit.plan.version:
        raise EditRefusedError("Kế hoạch vừa được người khác thay đổi; hãy xem lại trước khi ghi.")
    if item is not None and item.dropped_at is not None:
        raise EditRefusedError(f"Nhiệm vụ {item.code} đã bỏ khỏi kế hoạch nên không sửa được.")
    if item is not None and wish.drop:
        return ItemChange(Change.DROPPED, item.code, item.title, units=_codes(session, concerned(session, item)))
    _check(session, edit)
    fields = tuple(_fields(session, edit))
    if item is not None and not fields:
        return None
    title = item.title if item is not None and wish.title is None else wish.title or ""
    units = [] if item is None else list(_codes(session, concerned(session, item)))
    every = session.scalars(select(Unit.code).where(Unit.authority_id == edit.plan.authority_id, Unit.active)).all()
    named = [*units, *(wish.lead or ()), *(wish.coordinating or ())]
    told = tuple(dict.fromkeys(one for code in named for one in (sorted(every) if code == ALL_UNITS else (code,))))
    return ItemChange(Change.ADDED if item is None else Change.CHANGED, edit.code, title, fields, units=told)


def _check(session: Session, edit: Edit) -> None:
    wish = edit.wish
    if (wish.title is not None and not wish.title.strip()) or (edit.item is None and not wish.title):
        raise EditRefusedError("Nội dung nhiệm vụ không được để trống.")
    if wish.title is not None and len(wish.title) > LONGEST_TITLE:
        raise EditRefusedError(f"Nội dung nhiệm vụ dài quá {LONGEST_TITLE} ký tự.")
    if edit.item is None:
        if not edit.code or len(edit.code) > LONGEST_CODE or "~" in edit.code:
            raise EditRefusedError(f"Mã nhiệm vụ mới cần có, không quá {LONGEST_CODE} ký tự, không có dấu “~”.")
        taken = select(Item.id).where(Item.plan_id == edit.plan.id, func.upper(Item.code) == edit.code.upper())
        if session.scalar(taken) is not None:
            raise EditRefusedError(f"Kế hoạch đã có nhiệm vụ mã {edit.code}; hãy đặt mã khác.")
    if edit.item is None and not wish.lead:
        raise EditRefusedError("Nhiệm vụ mới cần có cơ quan chủ trì.")
    if wish.lead is not None and not wish.lead:
        raise EditRefusedError("Nhiệm vụ cần có ít nhất một cơ quan chủ trì.")


def _fields(session: Session, edit: Edit) -> list[FieldChange]:
    """The fields that an edit changes, in the order of the page."""
    item, wish = edit.item, edit.wish
    values = [
        ("title", item.title if item else None, wish.title),
        ("timing", item.timing if item else None, wanted_timing(edit)),
        ("results", list(item.results) if item else None, None if wish.results is None else list(wish.results)),
    ]
    changed = [FieldChange(name, show(old), show(new)) for name, old, new in values if new is not None and old != new]
    for name, codes in (("lead", wish.lead), ("coordinating", wish.coordinating)):
        old_rows = [row for row in item.responsibilities if row.part is _PARTS[name]] if item else []
        if codes is not None and sorted(codes) != sorted(codes_of(old_rows)):
            names = [name for _, name in _named(session, edit.plan, codes)]
            changed.append(FieldChange(name, show([row.printed for row in old_rows]), show(names)))
    return changed


def wanted_timing(edit: Edit) -> Timing | None:
    """The timing that an edit asks for; None leaves it."""
    item, wish = edit.item, edit.wish
    phrase = wish.phrase if wish.phrase is not None else (item.timing_phrase if item else "")
    if wish.due is not None:
        settled = Timing(phrase=phrase, kind=TimingKind.DEADLINE, due=wish.due, last_day=wish.due)
        return None if item is not None and item.timing == settled else settled
    if item is not None and phrase == item.timing_phrase:
        return None
    return read_timing(phrase, edit.plan.year, edit.plan.issued_on)


def codes_of(rows: Sequence[Responsibility]) -> list[str]:
    """The units of responsibilities by code; names that are nobody's yet have none."""
    found = [ALL_UNITS if row.scope is Scope.ALL else row.unit.code if row.unit else "" for row in rows]
    return [code for code in found if code]


def _codes(session: Session, units: set[int]) -> tuple[str, ...]:
    return tuple(session.scalars(select(Unit.code).where(Unit.id.in_(units)).order_by(Unit.id)))


def _named(session: Session, plan: Plan, codes: Sequence[str]) -> list[tuple[Unit | None, str]]:
    """The units of codes with their names; None: every unit. Raises EditRefusedError."""
    known = {unit.code: unit for unit in session.scalars(select(Unit).where(Unit.authority_id == plan.authority_id))}
    unknown = [code for code in codes if code != ALL_UNITS and code not in known]
    if unknown:
        raise EditRefusedError(f"Không có đơn vị mã {unknown[0]}.")
    return [(None, EVERY_UNIT) if code == ALL_UNITS else (known[code], known[code].name) for code in codes]


def apply_edit(session: Session, edit: Edit, actor: Actor, terms: Terms) -> ItemChange | None:
    """Store an edit as the plan's next version, in the session's transaction. Raises EditRefusedError.

    The caller holds the plan's row. Returns what changed; None: nothing did, and nothing was written.
    """
    change = planned(session, edit)
    if change is None:
        return None
    plan = edit.plan
    plan.version += 1
    if edit.item is None:
        item = _new_item(session, edit)
        note_whole(session, item, Change.ADDED, actor)
    elif edit.wish.drop:
        item = edit.item
        item.dropped_at = actor.at
        note_whole(session, item, Change.DROPPED, actor)
    else:
        item = edit.item
        before = concerned(session, item)
        _fill(session, item, edit, [one.field for one in change.fields])
        units = before | concerned(session, item)
        for one in change.fields:
            note_edit(session, item, one, units, actor)
    session.flush()
    sync_occurrences(session, plan, terms, item.id)
    standing = select(func.count()).where(Item.plan_id == plan.id, Item.dropped_at.is_(None))
    after: dict[str, Any] = {"version": plan.version, "items": session.scalar(standing)}
    record(session, actor, AuditAction.PLAN_EDIT, plan, after={**after, "changes": [as_audited(change)]})
    return change


def _new_item(session: Session, edit: Edit) -> Item:
    last = session.scalar(select(func.max(Item.position)).where(Item.plan_id == edit.plan.id))
    item = Item(
        plan_id=edit.plan.id,
        code=edit.code,
        position=(last or 0) + 1,
        title=edit.wish.title or "",
        results=[],
        targets=[],
        source={},
        warnings=[],
        read_hash="",
        edited=[ADDED_BY_HAND],
        section=_section(edit),
    )
    item.timing = wanted_timing(edit) or read_timing("", edit.plan.year)
    edit.plan.items.append(item)
    _fill(session, item, replace(edit, item=item), ["results", "lead", "coordinating"])
    session.flush()
    return item


def _section(edit: Edit) -> str | None:
    """The section whose code the new item's code goes on from: "A.I" for "A.I.9"."""
    mine = [one.code for one in edit.plan.sections if edit.code.startswith(f"{one.code}.")]
    return max(mine, key=len, default=None)


def _fill(session: Session, item: Item, edit: Edit, fields: Sequence[str]) -> None:
    wish = edit.wish
    for name in fields:
        if name == "title":
            item.title = wish.title or item.title
        elif name == "timing":
            item.timing = wanted_timing(edit) or item.timing
        elif name == "results":
            item.results = list(wish.results or ())
        else:
            _fill_part(session, item, edit, name)
        mark_edited(item, name, f"{name}.")
    refresh_unit_doubts(item)


def _fill_part(session: Session, item: Item, edit: Edit, name: str) -> None:
    part, codes = _PARTS[name], (edit.wish.lead if name == "lead" else edit.wish.coordinating) or ()
    for row in [row for row in item.responsibilities if row.part is part]:
        item.responsibilities.remove(row)
    item.responsibilities.extend(
        Responsibility(
            part=part,
            scope=Scope.ALL if unit is None else Scope.UNIT,
            unit_id=unit.id if unit else None,
            printed=printed,
            position=position,
        )
        for position, (unit, printed) in enumerate(_named(session, edit.plan, codes))
    )
