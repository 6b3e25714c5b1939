"""Opening a yearly round by hand: which sets still wait for one, the usual days, the plan, who gets which criteria."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.authority import Authority
from models.criteria_sets import criteria_of, every_criteria
from models.plan import Plan, PlanStatus
from models.scoring_round import RoundDays, units_of_leaves
from models.scoring_tables import ScoreRound, StoredCriteria

UNITS_DAYS = 14
SENDING_DAYS = 30
"""How long units have, and when the dossier leaves, counted from the opening, unless somebody says otherwise."""


def usual_days(today: date, until: date | None = None, sending: date | None = None) -> RoundDays:
    """The days of a round opened today; what is given stands."""
    last = until or today + timedelta(days=UNITS_DAYS)
    return RoundDays(today, last, sending or max(last, today + timedelta(days=SENDING_DAYS)))


def sets_to_open(session: Session, authority: Authority) -> list[StoredCriteria]:
    """The newest version of each set by which the authority has no round of its year, the newest year first."""
    query = (
        select(StoredCriteria.code, ScoreRound.year)
        .join(ScoreRound, ScoreRound.set_id == StoredCriteria.id)
        .where(ScoreRound.authority_id == authority.id)
    )
    had = {(code, year) for code, year in session.execute(query).tuples()}
    found = [row for row in every_criteria(session) if (row.code, row.year) not in had]
    return sorted(found, key=lambda row: (-row.year, -row.id))


def plans_of_year(session: Session, authority: Authority, year: int) -> list[Plan]:
    """An authority's plans of a year: running ones first, of several the one brought in last."""
    query = select(Plan).where(Plan.authority_id == authority.id, Plan.year == year)
    return list(session.scalars(query.order_by(Plan.status == PlanStatus.CLOSED, Plan.imported_at.desc())))


def shares(session: Session, authority: Authority, stored: StoredCriteria) -> list[tuple[str, int]]:
    """How many criteria each unit is to score, in the order of the set; surveys come from the superior."""
    counts: dict[str, int] = {}
    for unit, surveyed in units_of_leaves(session, authority, criteria_of(stored)):
        name = "Điều tra xã hội học (không tự chấm)" if surveyed else unit.name if unit else "Chưa có đơn vị"
        counts[name] = counts.get(name, 0) + 1
    return list(counts.items())
