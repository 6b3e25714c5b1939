"""The forecast: the score as it would be on a day, what could still be reached, and how many points hang on each item.

Points hang on an open item when its criterion would be worth more with everything
linked to it done: the item holds them together with its companions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rules.scoring.apply_rules import LeafState
from rules.scoring.criteria.sets import CriteriaSet, Node
from rules.scoring.entry import Entry
from rules.scoring.fill import NOT_LINKED, Filled, Linked, LinkedDue, fill
from rules.scoring.score import LeafScore, ScoreSheet, score_leaf, sum_up

ZERO = Decimal(0)
_EVIDENCE = ("Đã hoàn thành, tài liệu kiểm chứng kèm theo",)


@dataclass(frozen=True, slots=True)
class LeafForecast:
    """One criterion on a day: its score now, what it can still be worth, and what is missing."""

    now: LeafScore
    reachable: Decimal
    missing: tuple[str, ...]
    items: tuple[str, ...]

    @property
    def at_risk(self) -> Decimal:
        """Points that are not there yet but still can be."""
        return max(self.reachable - self.now.score, ZERO)

    @property
    def lost(self) -> Decimal:
        """Points that cannot be reached any more."""
        return max(self.now.counted - self.reachable, ZERO)


@dataclass(frozen=True, slots=True)
class ItemAtRisk:
    """An open item and the points that hang on it; `days_late` 0 while it is in time."""

    item_id: int
    item: str
    title: str
    unit: str
    last_day: date
    days_late: int
    points: Decimal
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """A set forecast on a day. `items` are ordered by what to do first: overdue, then most points, then the day."""

    day: date
    sheet: ScoreSheet
    reachable: Decimal
    leaves: tuple[LeafForecast, ...]
    items: tuple[ItemAtRisk, ...]

    @property
    def at_risk(self) -> Decimal:
        """All points that are not there yet but still can be."""
        return sum((leaf.at_risk for leaf in self.leaves), ZERO)


def forecast(criteria: CriteriaSet, linked: Mapping[str, Linked], entered: Mapping[str, Entry], day: date) -> Forecast:
    """The forecast of a set. `entered` are figures that units have given in the round; they go before what is filled.

    No evidence, no points: also here.
    """
    filled = {leaf.code: fill(leaf, linked.get(leaf.code, NOT_LINKED), day) for leaf in criteria.leaves}
    now, best, leaves = [], [], []
    for leaf in criteria.leaves:
        one = _leaf(criteria, leaf, filled[leaf.code], entered.get(leaf.code), linked.get(leaf.code, NOT_LINKED))
        now.append(one.now)
        best.append(_at(one.now, one.reachable))
        leaves.append(one)
    sheet = sum_up(criteria, tuple(now))
    reachable = sum_up(criteria, tuple(best)).total
    return Forecast(day, sheet, reachable, tuple(leaves), _items(leaves, linked, day))


def _leaf(criteria: CriteriaSet, leaf: Node, filled: Filled, entered: Entry | None, linked: Linked) -> LeafForecast:
    area = criteria.area_of[leaf.code].code
    entry = entered if entered is not None else filled.now
    now = score_leaf(leaf, entry, criteria.rounding, area, require_evidence=True)
    missing = list(filled.missing) if entered is None else []
    if now.state is LeafState.MISSING and not missing:
        missing.append("số liệu: chưa có")
    if now.state is LeafState.WRONG:
        missing.append(f"số liệu: {now.explanation}")
    if leaf.evidence_needed and now.counted and not entry.evidence:
        missing.append("tài liệu kiểm chứng: chưa có")
    reachable = _reachable(criteria, leaf, filled, entered, now)
    items = tuple(dict.fromkeys(due.item for due in linked.dues))
    return LeafForecast(now, reachable, tuple(missing) if reachable > now.score else (), items)


def _reachable(criteria: CriteriaSet, leaf: Node, filled: Filled, entered: Entry | None, now: LeafScore) -> Decimal:
    """The most a leaf can still be worth: what its figure gives with evidence, and with all open items done."""
    if leaf.is_beside or not now.counted:
        return now.score
    if entered is not None and now.state is not LeafState.MISSING:
        chosen = entered
    elif filled.later is not None:
        chosen = filled.later
    else:
        return now.counted
    with_evidence = chosen.model_copy(update={"evidence": _EVIDENCE})
    return max(score_leaf(leaf, with_evidence, criteria.rounding).score, now.score)


def _at(leaf: LeafScore, points: Decimal) -> LeafScore:
    """A leaf as it would be with other points."""
    return LeafScore(leaf.code, leaf.name, leaf.area, points, leaf.max, leaf.counted, leaf.state, leaf.explanation)


def _items(leaves: list[LeafForecast], linked: Mapping[str, Linked], day: date) -> tuple[ItemAtRisk, ...]:
    """Every open item on which points hang, what to do first in front."""
    held: dict[int, tuple[LinkedDue, Decimal, list[str]]] = {}
    for leaf in leaves:
        if leaf.at_risk == 0:
            continue
        earliest: dict[int, LinkedDue] = {}
        for due in linked.get(leaf.now.code, NOT_LINKED).doable_dues(day):
            known = earliest.get(due.item_id)
            earliest[due.item_id] = due if known is None or due.last_day < known.last_day else known
        for item_id, due in earliest.items():
            first, points, codes = held.get(item_id, (due, ZERO, []))
            first = due if due.last_day < first.last_day else first
            held[item_id] = (first, points + leaf.at_risk, [*codes, leaf.now.code])
    risks = [
        ItemAtRisk(due.item_id, due.item, due.title, due.unit, due.last_day, due.days_late(day), points, tuple(codes))
        for due, points, codes in held.values()
    ]
    return tuple(sorted(risks, key=lambda one: (one.days_late == 0, -one.points, one.last_day, one.item)))
