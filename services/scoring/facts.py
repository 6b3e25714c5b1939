"""What the database knows of each criterion: occurrences, figures and evidence of its linked items, in four queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal
from fnmatch import fnmatchcase
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from config.clock import ZONE
from models.answer import Evidence, EvidenceUse
from models.authority import Unit
from models.occurrence import Occurrence, Progress
from models.plan import Item, Plan
from rules.scoring.criteria.rules import LIMIT, SMALLEST
from rules.scoring.criteria.sets import CriteriaSet
from rules.scoring.fill import Linked, LinkedDue
from rules.scoring.linked_figures import LinkedFigure
from rules.work.evidence import Reference
from services.scoring.criteria import links_of_plans

_MORE_IS_BETTER = (None, "=", ">=", ">")
_WIDE = Context(prec=40)


@dataclass(slots=True)
class _ItemFacts:
    """An item as criteria look at it; `figures` by the target's words."""

    code: str
    dues: list[LinkedDue] = field(default_factory=list)
    figures: dict[str, LinkedFigure] = field(default_factory=dict)
    evidence: list[str] = field(default_factory=list)


Wanted = Sequence[tuple[CriteriaSet, Plan]]
"""Plans, each with the set that it is looked at by."""


def linked_facts(session: Session, criteria: CriteriaSet, plan: Plan, day: date) -> dict[str, Linked]:
    """What is linked to each criterion of a set in a plan, as of the evening of a day; others are left out."""
    return facts_of_plans(session, [(criteria, plan)], day)[plan.id]


def facts_of_plans(session: Session, wanted: Wanted, day: date) -> dict[int, dict[str, Linked]]:
    """The same of several plans at once, by the plan's id: the number of queries does not grow with the plans."""
    chosen = _chosen(session, wanted)
    items = _items(session, {item for codes in chosen.values() for ids in codes.values() for item in ids}, wanted)
    plans = [plan.id for _, plan in wanted]
    _read_dues(session, plans, items)
    _read_figures(session, plans, items, _evening(day))
    _read_evidence(session, plans, items, _evening(day))
    return {
        plan: {code: _merged([items[item] for item in ids if item in items]) for code, ids in codes.items()}
        for plan, codes in chosen.items()
    }


def _evening(day: date) -> datetime:
    """The first moment after a day in Vietnam."""
    return datetime.combine(day + timedelta(days=1), time(), ZONE)


def _chosen(session: Session, wanted: Wanted) -> dict[int, dict[str, Sequence[int]]]:
    """By plan, the items of each criterion: by the patterns of the set ("A.I.*"), and tied by hand."""
    plans = [plan.id for _, plan in wanted]
    query = select(Item.plan_id, Item.id, Item.code).where(Item.plan_id.in_(plans), Item.dropped_at.is_(None))
    every: dict[int, list[tuple[int, str]]] = {plan: [] for plan in plans}
    for plan, item_id, code in session.execute(query.order_by(Item.plan_id, Item.position)):
        every[plan].append((item_id, code))
    by_hand = links_of_plans(session, {criteria.code for criteria, _ in wanted}, plans)
    return {
        plan.id: _of_leaves(criteria, every[plan.id], by_hand.get((criteria.code, plan.id), {}))
        for criteria, plan in wanted
    }


def _of_leaves(
    criteria: CriteriaSet, every: Sequence[tuple[int, str]], by_hand: Mapping[str, frozenset[int]]
) -> dict[str, Sequence[int]]:
    chosen: dict[str, Sequence[int]] = {}
    for leaf in criteria.leaves:
        actor = by_hand.get(leaf.code, frozenset())
        if leaf.items or actor:
            ids = [item for item, code in every if item in actor or any(fnmatchcase(code, one) for one in leaf.items)]
            if ids:
                chosen[leaf.code] = ids
    return chosen


def _items(session: Session, chosen: set[int], wanted: Wanted) -> dict[int, _ItemFacts]:
    """The items with their targets, of which nothing is reported yet."""
    query = select(Item.id, Item.code, Item.targets).where(Item.plan_id.in_([plan.id for _, plan in wanted]))
    return {
        item_id: _ItemFacts(code, figures={str(one["text"]): _target(code, one) for one in _numbers(targets)})
        for item_id, code, targets in session.execute(query)
        if item_id in chosen
    }


def _numbers(targets: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [target for target in targets if target.get("value") is not None]


def _target(code: str, target: Mapping[str, Any]) -> LinkedFigure:
    goal = _exact(target.get("value")) if target.get("operator") in _MORE_IS_BETTER else None
    return LinkedFigure(None, unit=str(target.get("unit") or ""), item=code, goal=goal)


def _read_dues(session: Session, plans: Sequence[int], items: Mapping[int, _ItemFacts]) -> None:
    query = (
        select(Occurrence.item_id, Item.code, Item.title, Unit.name, Occurrence.last_day, Occurrence.done_on)
        .add_columns(Occurrence.urge_until, Occurrence.reopened_until)
        .join(Item, Item.id == Occurrence.item_id)
        .join(Unit, Unit.id == Occurrence.unit_id)
        .where(Item.plan_id.in_(plans), Occurrence.cancelled_at.is_(None))
        .order_by(Occurrence.last_day, Occurrence.id)
    )
    for item_id, code, title, unit, last_day, done_on, closed, reopened in session.execute(query).tuples():
        if item_id in items:
            until = max(closed, reopened) if closed and reopened else closed
            items[item_id].dues.append(LinkedDue(item_id, code, title, unit, last_day, done_on, until))


def _read_figures(session: Session, plans: Sequence[int], items: Mapping[int, _ItemFacts], before: datetime) -> None:
    """The newest figure that the leading unit of each item reported for each of its targets."""
    query = (
        select(Occurrence.item_id, Progress.id, Progress.figures)
        .join(Occurrence, (Occurrence.id == Progress.occurrence_id) & (Occurrence.unit_id == Progress.unit_id))
        .join(Item, Item.id == Occurrence.item_id)
        .where(Item.plan_id.in_(plans), Progress.withdrawn_at.is_(None), Progress.created_at < before)
        .order_by(Progress.id)
    )
    for item_id, progress_id, figures in session.execute(query):
        if figures and item_id in items:
            for figure in figures:
                _report(items[item_id], figure, progress_id)


def _report(item: _ItemFacts, stored: Mapping[str, Any], order: int) -> None:
    """One figure of an answer beside its target; a number too long to be scored exactly is left to a person."""
    value, part, whole = (_exact(stored.get(name)) for name in ("value", "part", "whole"))
    text = str(stored.get("text") or "")
    known = item.figures.get(text, LinkedFigure(None, item=item.code))
    if part is None or whole is None:
        part = whole = None
    if value is not None:
        item.figures[text] = replace(known, value=value, part=part, whole=whole, order=order)


def _exact(number: Any) -> Decimal | None:
    """A stored number as the rules take it: at most six decimals; None where it is none or out of their reach."""
    if number is None:
        return None
    exact = Decimal(str(number)).quantize(Decimal(1).scaleb(SMALLEST), context=_WIDE)
    if not 0 <= exact <= LIMIT:
        return None
    whole = exact.to_integral_value()
    return whole if exact == whole else exact.normalize(_WIDE)


def _read_evidence(session: Session, plans: Sequence[int], items: Mapping[int, _ItemFacts], before: datetime) -> None:
    for item_id, evidence in session.execute(_evidence_query(plans, before)):
        if item_id in items:
            items[item_id].evidence.append(evidence_words(evidence))


def _evidence_query(plans: Sequence[int], before: datetime) -> Select[tuple[int, Evidence]]:
    return (
        select(Occurrence.item_id, Evidence)
        .join(EvidenceUse, EvidenceUse.evidence_id == Evidence.id)
        .join(Occurrence, Occurrence.id == EvidenceUse.occurrence_id)
        .join(Item, Item.id == Occurrence.item_id)
        .where(Item.plan_id.in_(plans), EvidenceUse.removed_at.is_(None), EvidenceUse.created_at < before)
        .order_by(EvidenceUse.id)
    )


def evidence_words(evidence: Evidence) -> str:
    """A piece of evidence in one line: the document's number, day and place in it, or the file's name."""
    named = Reference(evidence.reference, evidence.issued_on, evidence.issued_by, evidence.place, evidence.url)
    return named.words.strip(" ,") or evidence.name or evidence.url or f"tài liệu {evidence.id}"


def linked_evidence(session: Session, criteria: CriteriaSet, plan: Plan, day: date) -> dict[str, list[Evidence]]:
    """The evidence filed with the items linked to each criterion, as of the evening of a day."""
    chosen = _chosen(session, [(criteria, plan)])[plan.id]
    by_item: dict[int, list[Evidence]] = {}
    for item_id, evidence in session.execute(_evidence_query([plan.id], _evening(day))):
        by_item.setdefault(item_id, []).append(evidence)
    return {
        code: list(dict.fromkeys(evidence for item in items for evidence in by_item.get(item, ())))
        for code, items in chosen.items()
    }


def _merged(items: Sequence[_ItemFacts]) -> Linked:
    """What several items say together."""
    evidence = dict.fromkeys(words for item in items for words in item.evidence)
    return Linked(
        dues=tuple(due for item in items for due in item.dues),
        figures=tuple(figure for item in items for figure in item.figures.values()),
        evidence=tuple(evidence),
    )
