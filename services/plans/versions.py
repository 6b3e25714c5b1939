"""A plan's versions side by side: each is rebuilt from what stands now and what the audit trail says of every change.

Only the newest content of a plan is stored. The trail keeps each change field by field, so
an older version is had by taking the later ones back, the newest first. A version is the
plan as it last stood under its number: with what was settled by hand before the next one.
Where the trail is not enough, the comparison says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from models.operations import AuditEvent
from models.plan import Item, Plan, Responsibility
from rules.plan.values import Change
from rules.timing.values import Timing
from services.errors import UnknownNameError
from services.plans.diff import ITEM_FIELDS, TITLES, FieldChange, ItemChange, show, shown_fields

MADE_BY = ("plan.import", "plan.edit")
"""What makes a version."""
SETTLED_BY = ("item.timing", "item.lead", "item.title")
"""What changes an item's content without making a version."""
UNRECOGNISED = " (chưa nhận ra)"
"""A unit that is recognised later is no change of the plan."""


@dataclass(frozen=True, slots=True)
class VersionHead:
    """One version: its number, when and by whom it was made, from which file ("" where it was edited by hand)."""

    number: int
    at: datetime
    who: str
    document: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of each item from one version to a later one. `kept` are (code, title).

    `gaps` are Vietnamese sentences: what the audit trail does not suffice to rebuild.
    """

    older: VersionHead
    newer: VersionHead
    header: tuple[FieldChange, ...]
    items: tuple[ItemChange, ...]
    kept: tuple[tuple[str, str], ...]
    gaps: tuple[str, ...]

    def of(self, change: Change) -> tuple[ItemChange, ...]:
        """The items with one kind of change."""
        return tuple(item for item in self.items if item.change is change)


@dataclass(slots=True)
class _State:
    """An item in a version; `fields` as people read them. Dropped ones stay, not standing."""

    fields: dict[str, str]
    standing: bool

    @property
    def code(self) -> str:
        return self.fields["code"]


@dataclass(slots=True)
class _Walk:
    """The way back through the versions: the items by id, as far as it has come, and what could not be taken back."""

    states: dict[int, _State]
    gaps: list[str] = field(default_factory=list)


def events_of(session: Session, plan: Plan, also: Sequence[str] = ()) -> list[AuditEvent]:
    """What the trail says of a plan's content, oldest first, and the actions `also`; not of a removed namesake."""
    mine = or_(
        AuditEvent.subject == f"plan {plan.code}",
        AuditEvent.subject.startswith(f"item {plan.code} ", autoescape=True),
    )
    wanted = AuditEvent.action.in_([*MADE_BY, *SETTLED_BY, "plan.remove", *also])
    rows = session.scalars(select(AuditEvent).where(mine, wanted).order_by(AuditEvent.id)).all()
    gone = max((place for place, row in enumerate(rows, 1) if row.action == "plan.remove"), default=0)
    return list(rows[gone:])


def heads_of(events: Iterable[AuditEvent]) -> list[VersionHead]:
    """The versions there are, oldest first."""
    return [
        VersionHead(number_of(row), row.at, row.actor, str((row.after or {}).get("document") or ""))
        for row in events
        if row.action in MADE_BY
    ]


def number_of(row: AuditEvent) -> int:
    """The number of the version that an event made."""
    return int((row.after or {}).get("version") or 0)


def compare(session: Session, plan: Plan, one: int, other: int) -> Comparison:
    """The difference between two versions by number, from the older to the newer one, in whichever order they come.

    Raises UnknownNameError for a version that is not there.
    """
    older, newer = sorted((one, other))
    events = events_of(session, plan)
    heads = {head.number: head for head in heads_of(events)}
    for number in (older, newer):
        if number not in heads:
            known = ", ".join(str(key) for key in heads) or "chưa có"
            raise UnknownNameError(f"Kế hoạch {plan.code} không có phiên bản {number}. Các phiên bản: {known}.")
    walk = _Walk(_standing_now(session, plan))
    later, between = _after(events, newer), _after(events, older)
    _walk_back(walk, plan, later)
    at_newer = deepcopy(walk.states)
    _walk_back(walk, plan, between[: len(between) - len(later)])
    changes, kept = _differences(walk.states, at_newer)
    gaps = [*_missing(heads, older, plan.version), *walk.gaps]
    header = _header(between[: len(between) - len(later)])
    return Comparison(heads[older], heads[newer], header, changes, kept, tuple(dict.fromkeys(gaps)))


def _standing_now(session: Session, plan: Plan) -> dict[int, _State]:
    units = selectinload(Item.responsibilities).joinedload(Responsibility.unit)
    rows = session.scalars(select(Item).where(Item.plan_id == plan.id).order_by(Item.position).options(units))
    return {item.id: _State(shown_fields(item), item.dropped_at is None) for item in rows}


def _after(events: Sequence[AuditEvent], number: int) -> list[AuditEvent]:
    """The events from the next version on: what was settled under a number belongs to it."""
    first = (place for place, row in enumerate(events) if row.action in MADE_BY and number_of(row) > number)
    return list(events[next(first, len(events)) :])


def _missing(heads: Mapping[int, VersionHead], older: int, newest: int) -> list[str]:
    lost = [str(number) for number in range(older + 1, newest + 1) if number not in heads]
    return [f"Nhật ký không có phiên bản {', '.join(lost)}; thay đổi của phiên bản đó không tách ra được."] * bool(lost)


def _walk_back(walk: _Walk, plan: Plan, events: Sequence[AuditEvent]) -> None:
    for row in reversed(events):
        if row.action in MADE_BY:
            _undo_version(walk, number_of(row), (row.after or {}).get("changes") or ())
        else:
            _undo_settling(walk, row, row.subject.removeprefix(f"item {plan.code} "))


def _undo_version(walk: _Walk, number: int, changes: Sequence[Mapping[str, Any]]) -> None:
    """Codes may have changed hands within a version: all its items are found first, then taken back."""
    for state in walk.states.values():
        if not state.standing:  # this version needed the code of an item that was dropped
            state.fields["code"] = state.code.removesuffix(f"~{number}")
    found = [(change, _find(walk, change)) for change in changes]
    for change, key in found:
        if key is None:
            walk.gaps.append(
                f"Phiên bản {number}, nhiệm vụ {change['code']}: nhật ký không khớp với nội dung đang lưu; "
                "nhiệm vụ này không dựng lại được."
            )
            continue
        _undo_change(walk, number, key, change)


def _find(walk: _Walk, change: Mapping[str, Any]) -> int | None:
    standing = change["change"] != Change.DROPPED
    keys = [key for key, one in walk.states.items() if one.standing is standing and one.code == change["code"]]
    same = [key for key in keys if walk.states[key].fields["title"] == change.get("title")]
    return next(iter([*same, *keys]), None)


def _undo_change(walk: _Walk, number: int, key: int, change: Mapping[str, Any]) -> None:
    state, kind = walk.states[key], Change(change["change"])
    if kind is Change.ADDED:
        del walk.states[key]
        return
    for name, (before, after) in change["fields"].items():
        if name != "code" and not _same(state.fields.get(name, ""), after):
            walk.gaps.append(
                f"Nhiệm vụ {change['code']}, {TITLES.get(name, name)}: có thay đổi sau phiên bản {number} "
                "mà nhật ký không ghi; nội dung cũ lấy theo nhật ký."
            )
        state.fields[name] = before
    state.fields["code"] = change.get("old_code") or change["code"]
    state.standing = kind is not Change.RETURNED


def _undo_settling(walk: _Walk, row: AuditEvent, code: str) -> None:
    key = next((key for key, one in walk.states.items() if one.standing and one.code == code), None)
    if key is None or row.before is None:
        walk.gaps.append(f"Nhiệm vụ {code}: nội dung trước khi sửa bằng tay không dựng lại được từ nhật ký.")
        return
    fields = walk.states[key].fields
    if row.action == "item.timing":
        fields["timing"] = show(Timing.model_validate(row.before))
    else:
        name = row.action.removeprefix("item.")
        fields[name] = show(row.before.get(name))


def _same(one: str, other: str) -> bool:
    return one.replace(UNRECOGNISED, "") == other.replace(UNRECOGNISED, "")


def _differences(
    old: Mapping[int, _State], new: Mapping[int, _State]
) -> tuple[tuple[ItemChange, ...], tuple[tuple[str, str], ...]]:
    changes, kept = [], []
    for key, now in new.items():
        was = old.get(key)
        change = _difference(was, now)
        if change is not None:
            changes.append(change)
        elif now.standing:
            kept.append((now.code, now.fields["title"]))
    return tuple(changes), tuple(kept)


def _difference(was: _State | None, now: _State) -> ItemChange | None:
    stood = was is not None and was.standing
    if was is None or not stood:
        kind = Change.ADDED if was is None else Change.RETURNED
        return ItemChange(kind, now.code, now.fields["title"]) if now.standing else None
    if not now.standing:
        return ItemChange(Change.DROPPED, was.code, was.fields["title"])
    names = [name for name in ITEM_FIELDS if not _same(was.fields[name], now.fields[name])]
    if not names:
        return None
    moved = "code" in names and set(names) <= {"code", "section", "ordinal"}
    fields = tuple(FieldChange(name, was.fields[name], now.fields[name]) for name in names)
    old_code = was.code if was.code != now.code else None
    return ItemChange(Change.MOVED if moved else Change.CHANGED, now.code, now.fields["title"], fields, old_code)


def _header(events: Iterable[AuditEvent]) -> tuple[FieldChange, ...]:
    """What the versions between changed of the plan's own facts, as one change each."""
    values: dict[str, tuple[str, str]] = {}
    for row in events:
        for name, (before, after) in ((row.after or {}).get("header") or {}).items():
            values[name] = (values.get(name, (before, after))[0], after)
    return tuple(FieldChange(name, before, after) for name, (before, after) in values.items() if before != after)
