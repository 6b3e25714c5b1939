"""The steps of self-scoring at their edges: each one transaction, safe to repeat, without Prefect."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from documents.reading.criteria_file import read_criteria
from models.audit import By
from models.authority import Authority
from models.criteria_sets import BroughtIn, bring_in, criteria_of, find_criteria, link_items, unlink_items
from models.errors import UnknownNameError
from models.plan import Item, Plan
from models.plans import find_item, find_plan
from models.scoring_forecast import PlanForecast, forecast_plan
from models.scoring_round import RoundDays, find_round, open_round
from models.scoring_tables import ScoreRound
from models.session import reading, transaction
from models.staff import the_authority

UNITS_DAYS = 14
SENDING_DAYS = 30
"""How long units have, and when the dossier leaves, counted from the opening, unless somebody says otherwise."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What somebody may say when opening a round; None: the usual."""

    criteria: str | None = None
    plan: str | None = None
    authority: str | None = None
    until: date | None = None
    sending: date | None = None


def import_criteria(path: Path, by: By) -> BroughtIn:
    """Read, check and store a set. Raises RefusedDocument for one that is wrong."""
    criteria = read_criteria(path)
    with transaction() as session:
        return bring_in(session, criteria, by)


def link(plan_code: str, criterion: str, items: Sequence[str], by: By, code: str | None, *, untie: bool) -> int:
    """Tie items of a plan to a criterion, or untie them. Returns how many."""
    with transaction() as session:
        plan = find_plan(session, plan_code)
        stored = find_criteria(session, code, None if code else plan.year)
        chosen: list[Item] = [find_item(session, plan, item) for item in items]
        change = unlink_items if untie else link_items
        return change(session, stored, criterion, chosen, by)


def forecast_of(plan_code: str, day: date, code: str | None = None) -> PlanForecast:
    """The forecast of a plan on a day; reads only."""
    with reading() as session:
        return forecast_plan(session, find_plan(session, plan_code), day, code)


def open_the_round(opening: Opening, today: date, by: By) -> tuple[int, bool]:
    """Open an authority's round; the round's id, and whether it is new."""
    with transaction() as session:
        owner = the_authority(session, opening.authority)
        plan = _plan(session, owner, opening)
        stored = find_criteria(session, opening.criteria, plan.year if plan else None)
        until = opening.until or today + timedelta(days=UNITS_DAYS)
        sending = opening.sending or max(until, today + timedelta(days=SENDING_DAYS))
        found, new = open_round(session, owner, stored, plan, RoundDays(today, until, sending), by)
        return found.id, new


def _plan(session: Session, owner: Authority, opening: Opening) -> Plan | None:
    """The plan whose progress fills the scores: as named, else the only running one of the set's year."""
    if opening.plan is not None:
        plan = find_plan(session, opening.plan)
        if plan.authority_id != owner.id:
            raise UnknownNameError(f"Kế hoạch {plan.code} không phải của {owner.name}.")
        return plan
    stored = find_criteria(session, opening.criteria)
    plans = _plans_of(session, owner, stored.year)
    if len(plans) > 1:
        codes = ", ".join(plan.code for plan in plans)
        raise UnknownNameError(f"Năm {stored.year} có nhiều kế hoạch ({codes}); hãy chọn bằng --plan.")
    return plans[0] if plans else None


def _plans_of(session: Session, owner: Authority, year: int) -> list[Plan]:
    from sqlalchemy import select

    return list(session.scalars(select(Plan).where(Plan.authority_id == owner.id, Plan.year == year)))


def the_round(session: Session, authority: str | None, code: str | None, *, lock: bool = False) -> ScoreRound:
    """The round of an authority (the only one) by its set."""
    return find_round(session, the_authority(session, authority), code, lock=lock)


__all__ = ["Opening", "criteria_of", "forecast_of", "import_criteria", "link", "open_the_round", "the_round"]
