"""The forecast of a plan's score on a day: what is linked, what units have entered, put to the rules."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models.criteria_sets import criteria_of, find_criteria
from models.plan import Plan, PlanStatus
from models.scoring_facts import linked_facts
from models.scoring_round import entered
from models.scoring_tables import Score, ScoreEvidence, ScoreRound, StoredCriteria
from rules.criteria import CriteriaSet
from rules.scoring_forecast import Forecast, forecast
from rules.scoring_input import Entry
from rules.scoring_words import number_words


@dataclass(frozen=True, slots=True)
class PlanForecast:
    """A plan's forecast and the set it is made by."""

    plan_code: str
    criteria: CriteriaSet
    forecast: Forecast


def forecast_plan(session: Session, plan: Plan, day: date, code: str | None = None) -> PlanForecast:
    """The score of a plan's authority as it would be on a day, by a set (default: the newest one of the plan's year).

    Raises UnknownNameError when there is no such set.
    """
    stored = find_criteria(session, code, None if code else plan.year)
    criteria = criteria_of(stored)
    given = _entered(session, plan, stored, day)
    return PlanForecast(plan.code, criteria, forecast(criteria, linked_facts(session, criteria, plan, day), given, day))


def _entered(session: Session, plan: Plan, stored: StoredCriteria, day: date) -> dict[str, Entry]:
    query = (
        select(ScoreRound)
        .where(
            ScoreRound.authority_id == plan.authority_id, ScoreRound.set_id == stored.id, ScoreRound.opened_on <= day
        )
        .options(selectinload(ScoreRound.scores).selectinload(Score.evidence).selectinload(ScoreEvidence.evidence))
    )
    round_ = session.scalar(query)
    return entered(round_) if round_ else {}


def points_held(session: Session, authority_id: int, day: date) -> dict[int, Decimal]:
    """How many points hang on each open item of an authority's running plans; {} where there is no set of the year."""
    held: dict[int, Decimal] = {}
    plans = session.scalars(select(Plan).where(Plan.authority_id == authority_id, Plan.status == PlanStatus.ACTIVE))
    years = set(session.scalars(select(StoredCriteria.year).distinct()))
    for plan in plans.all():
        if plan.year in years:
            found = forecast_plan(session, plan, day).forecast
            held.update({item.item_id: item.points for item in found.items})
    return held


def held_words(points: Decimal | None) -> str:
    """ "đang giữ 0,5 điểm"; nothing where no point hangs on it."""
    return f"đang giữ {number_words(points)} điểm" if points else ""


def current_forecast(session: Session, authority_id: int, day: date) -> PlanForecast | None:
    """The forecast of an authority's running plan of the day's year; None without a plan or a set of that year."""
    plan = session.scalar(
        select(Plan)
        .where(Plan.authority_id == authority_id, Plan.status == PlanStatus.ACTIVE, Plan.year == day.year)
        .order_by(Plan.imported_at.desc(), Plan.id.desc())
        .limit(1)
    )
    if (
        plan is None
        or session.scalar(select(StoredCriteria.id).where(StoredCriteria.year == plan.year).limit(1)) is None
    ):
        return None
    return forecast_plan(session, plan, day)
