"""The steps of self-scoring at their edges: each one transaction, safe to repeat, without Prefect."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from documents.reading.criteria_file import read_criteria
from models.audit import By
from models.authority import Authority
from models.criteria_sets import (
    BroughtIn,
    bring_in,
    criteria_of,
    every_criteria,
    find_criteria,
    link_items,
    unlink_items,
)
from models.errors import UnknownNameError
from models.plan import Item, Plan
from models.plans import find_item, find_plan
from models.scoring_facts import evidence_words
from models.scoring_forecast import PlanForecast, forecast_plan
from models.scoring_opening import plans_of_year, usual_days
from models.scoring_round import find_round, open_round
from models.scoring_scores import find_score, history_of, sheet_of
from models.scoring_tables import Score, ScoreRound
from models.scoring_verify import result_of, verified_sheet
from models.session import reading, transaction
from models.staff import the_authority
from rules.criteria import CriteriaSet
from rules.scoring_history import change_words
from rules.scoring_round import ROUND_WORDS, SCORE_WORDS


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


def every_set() -> list[dict[str, Any]]:
    """The newest version of each set."""
    with reading() as session:
        return [
            {
                "code": row.code,
                "version": row.version,
                "year": row.year,
                "level": row.level,
                "name": row.name,
                "sample": row.sample,
            }
            for row in every_criteria(session)
        ]


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
        days = usual_days(today, opening.until, opening.sending)
        found, new = open_round(session, owner, stored, plan, days, by)
        return found.id, new


def _plan(session: Session, owner: Authority, opening: Opening) -> Plan | None:
    """The plan whose progress fills the scores: as named, else the only running one of the set's year."""
    if opening.plan is not None:
        plan = find_plan(session, opening.plan)
        if plan.authority_id != owner.id:
            raise UnknownNameError(f"Kế hoạch {plan.code} không phải của {owner.name}.")
        return plan
    stored = find_criteria(session, opening.criteria)
    plans = plans_of_year(session, owner, stored.year)
    if len(plans) > 1:
        codes = ", ".join(plan.code for plan in plans)
        raise UnknownNameError(f"Năm {stored.year} có nhiều kế hoạch ({codes}); hãy chọn bằng --plan.")
    return plans[0] if plans else None


def the_round(session: Session, authority: str | None, code: str | None, *, lock: bool = False) -> ScoreRound:
    """The round of an authority (the only one) by its set."""
    return find_round(session, the_authority(session, authority), code, lock=lock)


def shown(authority: str | None, code: str | None) -> dict[str, Any]:
    """The round as the command line shows it: its state, totals, and each score. Decimals stay decimals."""
    with reading() as session:
        round_ = the_round(session, authority, code)
        criteria = criteria_of(round_.criteria)
        own, verified = sheet_of(round_), verified_sheet(round_)
        known = any(result_of(score) is not None for score in round_.scores)
        return {
            "authority": round_.authority.name,
            "criteria": criteria.code,
            "name": criteria.name,
            "year": round_.year,
            "state": round_.state.value,
            "state_words": ROUND_WORDS[round_.state],
            "units_until": round_.units_until.isoformat(),
            "total": own.total,
            "counted": own.counted,
            "pending": own.pending,
            "max": own.max,
            "verified_total": verified.total if known else None,
            "grade": round_.grade,
            "rank": round_.rank,
            "rank_of": round_.rank_of,
            "scores": [_shown(score, criteria) for score in round_.scores],
        }


def _shown(score: Score, criteria: CriteriaSet) -> dict[str, Any]:
    leaf = criteria.by_code[score.criterion]
    return {
        "code": score.criterion,
        "name": leaf.name,
        "unit": score.unit.name if score.unit else None,
        "state": score.state.value,
        "state_words": SCORE_WORDS[score.state],
        "score": score.points,
        "max": leaf.maximum,
        "counted": score.counted,
        "outcome": score.outcome,
        "calculation": score.calculation,
        "explanation": score.explanation,
        "evidence": [evidence_words(use.evidence) for use in score.evidence],
        "verified": result_of(score),
        "remark": score.remark,
        "question": score.question,
        "reply": score.reply,
        "returned_because": score.returned_because,
    }


def history(authority: str | None, code: str | None, criterion: str) -> list[dict[str, Any]]:
    """Every change of a score, oldest first."""
    with reading() as session:
        score = find_score(session, the_round(session, authority, code), criterion)
        rows = history_of(session, score)
        return [
            {
                "at": row.at.isoformat(),
                "who": row.actor,
                "action": row.action,
                "before": row.before,
                "after": row.after,
                "changes": list(change_words(row.before, row.after)),
                "note": row.note,
            }
            for row in rows
        ]
