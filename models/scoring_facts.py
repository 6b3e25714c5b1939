"""What the database knows of each criterion: occurrences, figures and evidence of its linked items, in four queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from config.clock import ZONE
from models.answer_tables import Evidence, EvidenceUse
from models.authority import Unit
from models.criteria_sets import links_of
from models.plan import Item, Plan
from models.schedule import Occurrence, Progress
from rules.criteria import CriteriaSet
from rules.evidence import Reference
from rules.scoring_fill import Linked, LinkedDue, LinkedFigure


@dataclass(slots=True)
class _ItemFacts:
    """An item as criteria look at it."""

    code: str
    has_targets: bool
    dues: list[LinkedDue] = field(default_factory=list)
    figure: tuple[int, LinkedFigure] | None = None
    evidence: list[str] = field(default_factory=list)


def linked_facts(session: Session, criteria: CriteriaSet, plan: Plan, day: date) -> dict[str, Linked]:
    """What is linked to each criterion of a set in a plan, as of the evening of a day; others are left out."""
    chosen = _chosen(session, criteria, plan)
    items = _items(session, plan, {item for ids in chosen.values() for item in ids})
    _read_dues(session, plan, items)
    _read_figures(session, plan, items, _evening(day))
    _read_evidence(session, plan, items, _evening(day))
    return {code: _merged([items[item] for item in ids if item in items]) for code, ids in chosen.items()}


def _evening(day: date) -> datetime:
    """The first moment after a day in Vietnam."""
    return datetime.combine(day + timedelta(days=1), time(), ZONE)


def _chosen(session: Session, criteria: CriteriaSet, plan: Plan) -> dict[str, Sequence[int]]:
    """The items of each criterion: by the patterns of the set ("A.I.*"), and tied by hand."""
    query = select(Item.id, Item.code).where(Item.plan_id == plan.id, Item.dropped_at.is_(None)).order_by(Item.position)
    every = [(item_id, code) for item_id, code in session.execute(query)]
    by_hand = links_of(session, criteria.code, plan)
    chosen: dict[str, Sequence[int]] = {}
    for leaf in criteria.leaves:
        hand = by_hand.get(leaf.code, frozenset())
        if leaf.items or hand:
            ids = [item for item, code in every if item in hand or any(fnmatchcase(code, one) for one in leaf.items)]
            if ids:
                chosen[leaf.code] = ids
    return chosen


def _items(session: Session, plan: Plan, wanted: set[int]) -> dict[int, _ItemFacts]:
    query = select(Item.id, Item.code, Item.targets).where(Item.plan_id == plan.id)
    return {
        item_id: _ItemFacts(code, any(target.get("value") is not None for target in targets))
        for item_id, code, targets in session.execute(query)
        if item_id in wanted
    }


def _read_dues(session: Session, plan: Plan, items: Mapping[int, _ItemFacts]) -> None:
    query = (
        select(Occurrence.item_id, Item.code, Item.title, Unit.name, Occurrence.last_day, Occurrence.done_on)
        .add_columns(Occurrence.halted_at.is_not(None))
        .join(Item, Item.id == Occurrence.item_id)
        .join(Unit, Unit.id == Occurrence.unit_id)
        .where(Item.plan_id == plan.id, Occurrence.cancelled_at.is_(None))
        .order_by(Occurrence.last_day, Occurrence.id)
    )
    for item_id, *facts in session.execute(query):
        if item_id in items:
            items[item_id].dues.append(LinkedDue(item_id, *facts))


def _read_figures(session: Session, plan: Plan, items: Mapping[int, _ItemFacts], before: datetime) -> None:
    """The newest figure that the leading unit of each item reported."""
    query = (
        select(Occurrence.item_id, Progress.id, Progress.figures, Item.targets)
        .join(Occurrence, (Occurrence.id == Progress.occurrence_id) & (Occurrence.unit_id == Progress.unit_id))
        .join(Item, Item.id == Occurrence.item_id)
        .where(Item.plan_id == plan.id, Progress.withdrawn_at.is_(None), Progress.created_at < before)
        .order_by(Progress.id)
    )
    for item_id, progress_id, figures, targets in session.execute(query):
        if figures and item_id in items:
            items[item_id].figure = (progress_id, _figure(figures[0], targets))


def _figure(stored: Mapping[str, Any], targets: Sequence[Mapping[str, Any]]) -> LinkedFigure:
    unit = next((str(one.get("unit") or "") for one in targets if one.get("text") == stored.get("text")), "")
    part, whole = stored.get("part"), stored.get("whole")
    return LinkedFigure(
        value=Decimal(str(stored["value"])),
        part=None if part is None or whole is None else Decimal(str(part)),
        whole=None if part is None or whole is None else Decimal(str(whole)),
        unit=unit,
    )


def _read_evidence(session: Session, plan: Plan, items: Mapping[int, _ItemFacts], before: datetime) -> None:
    for item_id, evidence in session.execute(_evidence_query(plan, before)):
        if item_id in items:
            items[item_id].evidence.append(evidence_words(evidence))


def _evidence_query(plan: Plan, before: datetime) -> Select[tuple[int, Evidence]]:
    return (
        select(Occurrence.item_id, Evidence)
        .join(EvidenceUse, EvidenceUse.evidence_id == Evidence.id)
        .join(Occurrence, Occurrence.id == EvidenceUse.occurrence_id)
        .join(Item, Item.id == Occurrence.item_id)
        .where(Item.plan_id == plan.id, EvidenceUse.removed_at.is_(None), EvidenceUse.created_at < before)
        .order_by(EvidenceUse.id)
    )


def evidence_words(evidence: Evidence) -> str:
    """A piece of evidence in one line: the document's number, day and place in it, or the file's name."""
    named = Reference(evidence.reference, evidence.issued_on, evidence.issued_by, evidence.place, evidence.url)
    return named.words.strip(" ,") or evidence.name or evidence.url or f"tài liệu {evidence.id}"


def linked_evidence(session: Session, criteria: CriteriaSet, plan: Plan, day: date) -> dict[str, list[Evidence]]:
    """The evidence filed with the items linked to each criterion, as of the evening of a day."""
    chosen = _chosen(session, criteria, plan)
    by_item: dict[int, list[Evidence]] = {}
    for item_id, evidence in session.execute(_evidence_query(plan, _evening(day))):
        by_item.setdefault(item_id, []).append(evidence)
    return {
        code: list(dict.fromkeys(evidence for item in items for evidence in by_item.get(item, ())))
        for code, items in chosen.items()
    }


def _merged(items: Sequence[_ItemFacts]) -> Linked:
    """What several items say together; of their figures the newest."""
    figures = [item.figure for item in items if item.figure is not None]
    evidence = dict.fromkeys(words for item in items for words in item.evidence)
    return Linked(
        dues=tuple(due for item in items for due in item.dues),
        figure=max(figures, key=lambda one: one[0])[1] if figures else None,
        has_targets=len(items) == 1 and items[0].has_targets,
        evidence=tuple(evidence),
    )
