"""What a new reading of a plan would change: matched item by item, before anything is written.

Items are matched by what they say, then by their code: an item that only moved keeps
its row, its occurrences and its history.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from hashlib import sha256
from typing import Any

from models.plan import Item, Part, Plan, Responsibility, Scope
from rules.plan.values import ALL_UNITS, RELATED_UNITS, Change, ItemRead, PlanReading, UnitRef
from rules.timing.values import Timing
from services.plans.tracking import returned, unsaid

ADDED_BY_HAND = "added"
"""In `Item.edited`: the item stands in no document, so a document without it does not drop it."""

SIMILAR = 0.5
"""From this likeness of titles on, two items of one code are one item reworded."""

TITLES = {
    "code": "mã",
    "section": "mục",
    "ordinal": "số thứ tự",
    "title": "nội dung",
    "timing": "tiến độ",
    "lead": "chủ trì",
    "coordinating": "phối hợp",
    "results": "kết quả",
    "targets": "chỉ tiêu",
    "tracking": "cột theo dõi",
    "number": "số",
    "symbol": "ký hiệu",
    "place": "địa danh",
    "issued_on": "ngày ban hành",
    "issued_printed": "ngày ghi trên văn bản",
    "year": "năm",
    "superior": "cấp trên",
    "signer": "người ký",
    "recipients": "nơi nhận",
    "form": "dạng văn bản",
}
HEADER_FIELDS = (
    "title", "number", "symbol", "place", "issued_on", "issued_printed", "year", "superior", "signer", "recipients",
)  # fmt: skip
ITEM_FIELDS = (
    "code",
    "section",
    "ordinal",
    "title",
    "timing",
    "lead",
    "coordinating",
    "results",
    "targets",
    "tracking",
)

TOLD_FIELDS = ("title", "timing", "lead", "coordinating", "results", "targets")
"""What units are told of when it changes; a new number or section alone is no news."""

TRACKED_FIELDS = ("code", "title", "timing", "lead", "coordinating", "tracking")
"""What a tracking sheet has columns for: the rest is left as it is when one is imported over a plan."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after, as text to show. `kept`: settled by hand, so the new value is not taken."""

    field: str
    before: str
    after: str
    kept: bool = False


@dataclass(frozen=True, slots=True)
class ItemChange:
    """One item's change. `code` is the new one (the old one when it is dropped).

    `units` are the codes of the units that lead or coordinate it, before or after.
    """

    change: Change
    code: str
    title: str
    fields: tuple[FieldChange, ...] = ()
    old_code: str | None = None
    units: tuple[str, ...] = ()

    @property
    def told_fields(self) -> tuple[FieldChange, ...]:
        """The changes of it that its units are told."""
        return tuple(one for one in self.fields if one.field in TOLD_FIELDS and not one.kept)

    @property
    def is_told(self) -> bool:
        """Whether its units are told of it."""
        return self.change in (Change.ADDED, Change.RETURNED, Change.DROPPED) or bool(self.told_fields)


@dataclass(frozen=True, slots=True)
class PlanDiff:
    """Everything a reading would change. `same` counts the items that stay as they are."""

    code: str
    is_new: bool
    header: tuple[FieldChange, ...] = ()
    items: tuple[ItemChange, ...] = ()
    same: int = 0
    matched: int = 0

    @property
    def empty(self) -> bool:
        """Whether nothing would change."""
        return not (self.is_new or self.header or self.items)

    @property
    def told_units(self) -> tuple[str, ...]:
        """The codes of the units that are told of the changes; of a new plan they hear by its reminders."""
        told = () if self.is_new else (code for item in self.items if item.is_told for code in item.units)
        return tuple(dict.fromkeys(told))

    def of(self, change: Change) -> tuple[ItemChange, ...]:
        """The items with one kind of change."""
        return tuple(item for item in self.items if item.change is change)


@dataclass(frozen=True, slots=True)
class Pair:
    """A stored item and what the document now says of it; one of them may be missing."""

    item: Item | None
    read: ItemRead | None
    fields: tuple[FieldChange, ...] = ()
    change: ItemChange | None = None


@dataclass(frozen=True, slots=True)
class Matched:
    """The pairs in the document's order, dropped ones last, and the difference to show."""

    diff: PlanDiff
    pairs: tuple[Pair, ...] = field(default=())


def reading_hash(reading: PlanReading) -> str:
    """The hash of all that was understood of a document."""
    return sha256(reading.model_dump_json().encode()).hexdigest()


def read_hash(read: ItemRead) -> str:
    """The hash of what an item says, without where it stands: title, printed timing, units and results."""
    content = [
        read.title,
        read.timing.phrase,
        [[ref.printed, ref.note] for ref in read.lead],
        [[ref.printed, ref.note] for ref in read.coordinating],
        list(read.results),
    ]
    return sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def match(
    plan: Plan | None,
    reading: PlanReading,
    code: str,
    known_units: Iterable[str],
    *,
    overwrite: bool = False,
    among: Sequence[Item] | None = None,
) -> Matched:
    """Compare a reading with the stored plan. `known_units` are the codes of the authority's units.

    Fields that an administrator settled by hand are kept, unless `overwrite`. `among` are the items that the
    document speaks of, where it is one of several: the others stay as they are, and so does the plan's head.
    """
    units = frozenset(known_units) | {ALL_UNITS, RELATED_UNITS}
    stored = list(among) if among is not None else list(plan.items) if plan else []
    names = fields_of(reading)
    sheet = reading.form == "tracking"
    silent = unsaid(reading)
    look = _Look(units, names, overwrite)
    pairs = [
        _changed(_pair(item, returned(item, read, silent) if sheet and item and read else read, look), look)
        for item, read in _couples(stored, reading.items)
        if read is not None or item is None or overwrite or ADDED_BY_HAND not in item.edited
    ]
    changes = [pair.change for pair in pairs if pair.change is not None]
    diff = PlanDiff(
        code=code,
        is_new=plan is None,
        header=_header(plan, reading) if plan and among is None else (),
        items=tuple(changes),
        same=sum(pair.item is not None and pair.read is not None for pair in pairs)
        - sum(change.change not in (Change.ADDED, Change.DROPPED) for change in changes),
        matched=sum(pair.item is not None and pair.read is not None for pair in pairs),
    )
    return Matched(diff, tuple(pairs))


def fields_of(reading: PlanReading) -> tuple[str, ...]:
    """The fields of an item that this form of document speaks of."""
    return TRACKED_FIELDS if reading.form == "tracking" else ITEM_FIELDS


@dataclass(frozen=True, slots=True)
class _Look:
    """How items are compared: units that are known, fields that count, whether hand edits give way."""

    units: frozenset[str]
    names: tuple[str, ...]
    overwrite: bool


def _couples(stored: Sequence[Item], reads: Sequence[ItemRead]) -> list[tuple[Item | None, ItemRead | None]]:
    """Each read item with its stored one, by the surest sign first; then the stored ones that are left."""
    partner: dict[int, Item] = {}
    free = {item.id: item for item in sorted(stored, key=lambda item: (item.dropped_at is not None, item.position))}
    hashes = [read_hash(read) for read in reads]
    lead = {item.id: tuple(r.printed for r in item.responsibilities if r.part is Part.LEAD) for item in stored}

    def pass_by(of_item: Callable[[Item], object], of_read: Callable[[int], object]) -> None:
        open_reads = [n for n in range(len(reads)) if n not in partner]
        wanted = Counter(of_read(n) for n in open_reads)
        offered: dict[object, list[Item]] = {}
        for item in free.values():
            offered.setdefault(of_item(item), []).append(item)
        for n in open_reads:
            found = offered.get(of_read(n), [])
            if len(found) == 1 and wanted[of_read(n)] == 1:
                partner[n] = free.pop(found[0].id)

    pass_by(lambda item: (item.code, item.read_hash), lambda n: (reads[n].code, hashes[n]))
    pass_by(lambda item: item.read_hash, lambda n: hashes[n])
    pass_by(lambda item: (item.code, item.title), lambda n: (reads[n].code, reads[n].title))
    pass_by(
        lambda item: (item.title, lead[item.id]),
        lambda n: (reads[n].title, tuple(ref.printed for ref in reads[n].lead)),
    )
    by_code = {item.code: item for item in free.values()}
    for n, read in enumerate(reads):
        item = by_code.get(read.code)
        if n not in partner and item is not None and item.dropped_at is None and _alike(item, read):
            partner[n] = free.pop(item.id)
    left = [(item, None) for item in free.values() if item.dropped_at is None]
    return [*((partner.get(n), read) for n, read in enumerate(reads)), *left]


def _alike(item: Item, read: ItemRead) -> bool:
    return "title" in item.edited or SequenceMatcher(None, item.title, read.title, autojunk=False).ratio() >= SIMILAR


def _pair(item: Item | None, read: ItemRead | None, look: _Look) -> Pair:
    if item is None or read is None:
        return Pair(item, read)
    edited = () if look.overwrite else item.edited
    reworded = item.read_hash != read_hash(read)
    changes = []
    for name in look.names:
        old, new = _stored_value(item, name), _read_value(read, name, look.units)
        if old == new or (name in edited and not reworded):
            continue
        if name in edited and name == "timing" and item.timing_phrase == read.timing.phrase:
            continue
        changes.append(FieldChange(name, show(old), show(new), kept=name in edited))
    return Pair(item, read, tuple(changes))


def _changed(pair: Pair, look: _Look) -> Pair:
    change = _change(pair)
    return replace(pair, change=change and replace(change, units=_concerned(pair, look)))


def _concerned(pair: Pair, look: _Look) -> tuple[str, ...]:
    """The units that have the item now or will have it."""
    codes: list[str | None] = []
    if pair.item is not None:
        codes += [code for part in ("lead", "coordinating") for _, code in _stored_value(pair.item, part)]
    if pair.read is not None:
        kept = () if pair.item is None or look.overwrite else pair.item.edited
        parts = [name for name in ("lead", "coordinating") if name not in kept]
        codes += [code for part in parts for _, code in _read_value(pair.read, part, look.units)]
    every = sorted(look.units - {ALL_UNITS, RELATED_UNITS})
    named = [one for code in codes if code is not None for one in (every if code == ALL_UNITS else (code,))]
    return tuple(dict.fromkeys(code for code in named if code != RELATED_UNITS))


def _change(pair: Pair) -> ItemChange | None:
    item, read = pair.item, pair.read
    if read is None:
        return ItemChange(Change.DROPPED, item.code, item.title) if item else None
    if item is None:
        return ItemChange(Change.ADDED, read.code, read.title)
    if item.dropped_at is not None:
        return ItemChange(Change.RETURNED, read.code, read.title, pair.fields, item.code)
    if not pair.fields:
        return None
    names = {change.field for change in pair.fields}
    moved = "code" in names and names <= {"code", "section", "ordinal"}
    kind = Change.MOVED if moved else Change.CHANGED
    return ItemChange(kind, read.code, read.title, pair.fields, item.code if item.code != read.code else None)


def _header(plan: Plan, reading: PlanReading) -> tuple[FieldChange, ...]:
    changes = []
    for name in HEADER_FIELDS:
        old, new = getattr(plan, name), getattr(reading.plan, name)
        new = list(new) if isinstance(new, tuple) else new
        if new in (None, []) and (name in ("title", "year") or reading.form == "tracking"):
            continue
        if old != new:
            changes.append(FieldChange(name, show(old), show(new)))
    return tuple(changes)


def _stored_value(item: Item, name: str) -> Any:
    if name == "timing":
        return item.timing
    if name in ("lead", "coordinating"):
        part = Part.LEAD if name == "lead" else Part.COORDINATOR
        return [_stored_ref(row) for row in item.responsibilities if row.part is part]
    return getattr(item, name)


def _stored_ref(row: Responsibility) -> tuple[str, str | None]:
    if row.scope is Scope.UNIT:
        return row.printed, row.unit.code if row.unit else None
    return row.printed, {Scope.ALL: ALL_UNITS, Scope.RELATED: RELATED_UNITS}.get(row.scope)


def _read_value(read: ItemRead, name: str, units: frozenset[str]) -> Any:
    if name == "timing":
        return read.timing
    if name in ("lead", "coordinating"):
        refs: tuple[UnitRef, ...] = getattr(read, name)
        return [(ref.printed, ref.unit if ref.unit in units else None) for ref in refs]
    value = getattr(read, name)
    if name == "results":
        return list(value)
    if name == "targets":
        return [target.model_dump(mode="json") for target in value]
    return value.model_dump(mode="json") if name == "tracking" and value is not None else value


def shown_fields(item: Item) -> dict[str, str]:
    """Every field of a stored item that is compared, as people read it; the code as it is."""
    return {name: show(_stored_value(item, name)) for name in ITEM_FIELDS} | {"code": item.code}


def show(value: Any) -> str:
    """A field's value as people read it."""
    if value in (None, "", [], ()):
        return "–"
    if isinstance(value, Timing):
        return _timing_text(value)
    if isinstance(value, dict):
        return "; ".join(str(part) for part in value.values() if part)
    if isinstance(value, list):
        return "; ".join(_element(part) for part in value)
    return f"{value:%d/%m/%Y}" if hasattr(value, "strftime") else str(value)


def _element(part: Any) -> str:
    if isinstance(part, dict):
        return str(part.get("text", part))
    if isinstance(part, tuple):
        return str(part[0]) if part[1] else f"{part[0]} (chưa nhận ra)"
    return str(part)


def _timing_text(timing: Timing) -> str:
    last = timing.last_day or timing.due or next((m.due for m in reversed(timing.milestones) if m.due), None)
    return (timing.phrase or "không ghi") + (f" (đến {last:%d/%m/%Y})" if last else "")
