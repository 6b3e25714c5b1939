"""The forecast of a plan's score on a day: what is linked, what units have entered, put to the rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models.plan import Plan, PlanStatus
from models.scoring import Score, ScoreEvidence, ScoreRound, StoredCriteria
from rules.numbers import number_words
from rules.scoring.criteria.sets import CriteriaSet
from rules.scoring.entry import Entry
from rules.scoring.forecast import Forecast, forecast
from services.figures.status import Asked
from services.scoring.criteria import criteria_of, find_criteria
from services.scoring.facts import facts_of_plans
from services.scoring.rounds import entered


@dataclass(frozen=True, slots=True)
class PlanForecast:
    """A plan's forecast and the set it is made by."""

    plan_id: int
    plan_code: str
    criteria: CriteriaSet
    forecast: Forecast


def forecast_plan(session: Session, plan: Plan, day: date, code: str | None = None) -> PlanForecast:
    """The score of a plan's authority as it would be on a day, by a set (default: the newest one of the plan's year).

    Raises UnknownNameError when there is no such set.
    """
    stored = find_criteria(session, code, None if code else plan.year)
    return _forecasts(session, [(stored, plan)], day)[plan.id]


def _forecasts(session: Session, wanted: Sequence[tuple[StoredCriteria, Plan]], day: date) -> dict[int, PlanForecast]:
    """The forecasts of several plans, by the plan's id, in one set of queries."""
    sets = [(criteria_of(stored), plan) for stored, plan in wanted]
    facts = facts_of_plans(session, sets, day)
    given = _entered(session, wanted, day)
    return {
        plan.id: PlanForecast(
            plan.id,
            plan.code,
            criteria,
            forecast(criteria, facts[plan.id], given.get((plan.authority_id, stored.id), {}), day),
        )
        for (stored, _), (criteria, plan) in zip(wanted, sets, strict=True)
    }


def _entered(
    session: Session, wanted: Sequence[tuple[StoredCriteria, Plan]], day: date
) -> dict[tuple[int, int], dict[str, Entry]]:
    """What units have entered in the rounds of these sets, by authority and set."""
    query = (
        select(ScoreRound)
        .where(
            ScoreRound.authority_id.in_({plan.authority_id for _, plan in wanted}),
            ScoreRound.set_id.in_({stored.id for stored, _ in wanted}),
            ScoreRound.opened_on <= day,
        )
        .options(selectinload(ScoreRound.scores).selectinload(Score.evidence).selectinload(ScoreEvidence.evidence))
    )
    return {(round_.authority_id, round_.set_id): entered(round_) for round_ in session.scalars(query)}


def points_held(session: Session, authority_id: int, day: date) -> dict[int, Decimal]:
    """How many points hang on each open item of an authority's running plans; {} where there is no set of the year.

    One set of queries, however many plans and items.
    """
    plans = select(Plan).where(
        Plan.authority_id == authority_id,
        Plan.status == PlanStatus.ACTIVE,
        Plan.year.in_(select(StoredCriteria.year).distinct()),
    )
    found = session.scalars(plans.order_by(Plan.id)).all()
    stored = {year: find_criteria(session, None, year) for year in {plan.year for plan in found}}
    forecasts = _forecasts(session, [(stored[plan.year], plan) for plan in found], day) if found else {}
    return {item.item_id: item.points for one in forecasts.values() for item in one.forecast.items}


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


def forecast_of_asked(session: Session, asked: Asked) -> PlanForecast | None:
    """The forecast of the one commune that is counted.

    None for a province (sixty-five forecasts at once help nobody), and where the plan is not among those counted.
    """
    if asked.authority_id is None or asked.below:
        return None
    found = current_forecast(session, asked.authority_id, asked.day)
    return found if found is not None and (asked.plans is None or found.plan_id in asked.plans) else None
