"""What has already happened in the sample ward.

So a newcomer sees every state at once, and what the work is worth: the forecast of the
score and the points that a late task holds.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from config.clock import ZONE
from models.authority import Unit
from models.occurrence import Occurrence
from models.plan import Item, Plan
from rules.plan.figures import figure_of
from rules.work.answers import Answer, period_closed
from rules.work.evidence import Reference
from services.actor import Actor, Visitor
from services.plans.corrections import mark_done
from services.plans.queries import find_item, find_plan, occurrences_begun
from services.staff.queries import mailbox_of
from services.work.answers import answer, goals_of, held, new_batch, newest_answer
from services.work.evidence import Brought, attach

if TYPE_CHECKING:
    from collections.abc import Callable

    DayNear = Callable[[date, int], date]

_MORNING = time(9, 0)
_YEAR = re.compile(r"^year: \d{4}$", re.MULTILINE)
CRITERIA = "par-index-commune-sample.yaml"


@dataclass(frozen=True, slots=True)
class SampleItem:
    """One item of the sample's file, by its code in the plan."""

    code: str
    facts: Mapping[str, Any]


def write_criteria(folder: Path, today: date) -> Path:
    """Write the sample set of criteria for this year into a folder."""
    source = (files("config") / "criteria" / CRITERIA).read_text(encoding="utf-8")
    path = folder / f"bo-tieu-chi-mau-{today.year}.yaml"
    path.write_text(_YEAR.sub(f"year: {today.year}", source, count=1), encoding="utf-8")
    return path


def live_in(
    session: Session, code: str, criteria: Path, told: list[SampleItem], today: date, actor: Actor, *, near: "DayNear"
) -> None:
    """Import the sample's criteria, links and answers."""
    from documents.reading.criteria.file import read_criteria
    from services.scoring.criteria import bring_in, link_items

    plan = find_plan(session, code)
    stored = bring_in(session, read_criteria(criteria), actor).stored
    for one in told:
        item = find_item(session, plan, one.code)
        if "criteria" in one.facts:
            link_items(session, stored, str(one.facts["criteria"]), [item], actor)
        if "said" in one.facts:
            _report(session, plan, item, one.facts, near(today, one.facts["said"]["days"]))
        if "done" in one.facts:
            day = near(today, one.facts["done"])
            for row in mark_done(session, item, day, actor, unit=None, key=None):
                _prove(session, plan, row, one.facts, day)


def _report(session: Session, plan: Plan, item: Item, facts: Mapping[str, Any], day: date) -> None:
    """The lead's answer, with its first target's figure."""
    row = next(iter(_under_way(session, item, day)), None)
    goals = goals_of(item)
    if row is None or not goals:
        return
    actor = _hand(session, plan, row.unit_id, day)
    of = held(session, actor.visitor, row.id, lock=True)
    said = facts["said"]
    figure = figure_of(goals[0], float(said["part"]), float(said["whole"]) if "whole" in said else None)
    newest = newest_answer(session, row.id, row.unit_id)
    given = Answer("under_way", 60, figures=(figure,))
    answer(session, actor, of, given, seen=newest.id if newest else 0, batch=new_batch())
    _prove(session, plan, row, facts, day)


def _under_way(session: Session, item: Item, day: date) -> Iterator[Occurrence]:
    """The occurrences open for an answer, newest first."""
    for row in occurrences_begun(session, item, day):
        if not period_closed(row.urge_until, row.reopened_until, day):
            yield row


def _prove(session: Session, plan: Plan, row: Occurrence, facts: Mapping[str, Any], day: date) -> None:
    """Name a document as proof of the newest answer."""
    progress = newest_answer(session, row.id, row.unit_id)
    if "proof" not in facts or progress is None:
        return
    actor = _hand(session, plan, row.unit_id, day)
    reference = Reference(issued_on=day, issued_by=plan.authority.name, **facts["proof"])
    of = held(session, actor.visitor, row.id)
    attach(session, actor, of, progress, Brought(reference=reference), Path())


def _hand(session: Session, plan: Plan, unit_id: int, day: date) -> Actor:
    """The hand of a unit's mailbox on a morning."""
    unit = session.get_one(Unit, unit_id)
    person = mailbox_of(session, unit_id)
    if person is None:
        raise LookupError(f"the sample unit {unit.code} has no mailbox")
    authority = plan.authority
    visitor = Visitor(
        person.id, person.name, person.email, person.role.value, unit_id, unit.name, authority.id, authority.name
    )
    return Actor.of(visitor, datetime.combine(day, _MORNING, ZONE))
