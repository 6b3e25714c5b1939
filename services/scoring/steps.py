"""The steps of self-scoring at their edges: each one transaction, safe to repeat, without Prefect."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from config.clock import ZONE
from documents.reading.criteria.errors import said
from documents.reading.criteria.file import read_criteria, read_figures
from documents.reading.criteria.score_return import read_verification
from documents.writing.scoring.remedial_plan import remedial_plan_docx
from models.authority import Authority
from models.plan import Item, Plan
from models.scoring import Score, ScoreRound
from models.session import reading, transaction
from rules.scoring.criteria.sets import CriteriaSet
from rules.scoring.difference import Difference
from rules.scoring.entry import Entry, read_entry
from rules.scoring.history import change_words
from rules.scoring.round import ROUND_WORDS, SCORE_WORDS, ScoreState, Verification
from rules.scoring.score import LeafScore
from services.actor import Actor
from services.errors import BadContentError, Hint, UnknownNameError
from services.plans.queries import find_item, find_plan
from services.scoring.checks import Check, checks_of
from services.scoring.criteria import (
    BroughtIn,
    bring_in,
    criteria_of,
    every_criteria,
    find_criteria,
    link_items,
    unlink_items,
)
from services.scoring.difference import difference_of, remedial_draft, years_of
from services.scoring.facts import evidence_words
from services.scoring.forecast import PlanForecast, forecast_plan
from services.scoring.reopening import reopen_round, set_explaining
from services.scoring.rounds import (
    approve,
    ask_approval,
    disapprove,
    open_round,
    plans_of_year,
    refill,
    the_round,
    to_review,
    usual_days,
)
from services.scoring.scores import Given, accept, answer_warning, enter, find_score, history_of, send_back, sheet_of
from services.scoring.scores import reopen as reopen_score
from services.scoring.verification import explain, finish, result_of, send_explanations, verified_sheet, verify
from services.staff.deputies import decider
from services.staff.queries import the_authority


@dataclass(frozen=True, slots=True)
class Opening:
    """What somebody may say when opening a round; None: the usual."""

    criteria: str | None = None
    plan: str | None = None
    authority: str | None = None
    until: date | None = None
    sending: date | None = None


def import_criteria(path: Path, actor: Actor, year: int | None = None) -> BroughtIn:
    """Read, check and store a set; `year` where its table prints none. Raises RefusedDocument."""
    criteria = read_criteria(path, year=year)
    with transaction() as session:
        return bring_in(session, criteria, actor)


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


def link(plan_code: str, criterion: str, items: Sequence[str], actor: Actor, code: str | None, *, untie: bool) -> int:
    """Tie items of a plan to a criterion, or untie them. Returns how many."""
    with transaction() as session:
        plan = find_plan(session, plan_code)
        stored = find_criteria(session, code, None if code else plan.year)
        chosen: list[Item] = [find_item(session, plan, item) for item in items]
        change = unlink_items if untie else link_items
        return change(session, stored, criterion, chosen, actor)


def forecast_of(plan_code: str, day: date, code: str | None = None) -> PlanForecast:
    """The forecast of a plan on a day; reads only."""
    with reading() as session:
        return forecast_plan(session, find_plan(session, plan_code), day, code)


def open_the_round(opening: Opening, today: date, actor: Actor) -> tuple[int, bool]:
    """Open an authority's round; the round's id, and whether it is new."""
    with transaction() as session:
        owner = the_authority(session, opening.authority)
        plan = _plan(session, owner, opening)
        stored = find_criteria(session, opening.criteria, plan.year if plan else None)
        days = usual_days(today, opening.until, opening.sending)
        found, new = open_round(session, owner, stored, plan, days, actor)
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


@dataclass(frozen=True, slots=True)
class Where:
    """Which round: its authority (None: the only one) and its set (None: the newest)."""

    authority: str | None = None
    criteria: str | None = None


def enter_figure(
    where: Where,
    criterion: str,
    figure: str,
    actor: Actor,
    today: date,
    *,
    evidence: Sequence[int] = (),
    explanation: str = "",
) -> LeafScore:
    """Enter one criterion, its figure written short. Raises StoreError with what is wrong."""
    with transaction() as session:
        round_ = the_round(session, where.authority, where.criteria)
        score = find_score(session, round_, criterion, lock=True)
        entry = _entry(round_, criterion, figure)
        return enter(session, score, Given(entry, tuple(evidence), explanation), actor, today)


def _entry(round_: ScoreRound, criterion: str, figure: str) -> Entry:
    rule = criteria_of(round_.criteria).by_code[criterion].rule
    try:
        return read_entry(figure, rule)  # type: ignore[arg-type]
    except ValidationError as error:
        raise BadContentError(f"Số liệu của tiêu chí {criterion}: {said(error.errors()[0])}.") from None
    except ValueError as error:
        raise BadContentError(f"Số liệu của tiêu chí {criterion}: {error}.") from None


def enter_file(where: Where, path: Path, actor: Actor, today: date, explanation: str) -> list[LeafScore]:
    """Enter every figure of a file as `dondoc score compute` reads it; evidence on file stays with its score."""
    with transaction() as session:
        round_ = the_round(session, where.authority, where.criteria, lock=True)
        figures = read_figures(path, criteria_of(round_.criteria)).figures
        found = []
        for criterion, entry in figures.items():
            score = find_score(session, round_, criterion)
            kept = tuple(use.evidence_id for use in score.evidence)
            given = Given(entry, kept, entry.reason or score.explanation or explanation)
            found.append(enter(session, score, given, actor, today))
        return found


def review(where: Where, today: date, actor: Actor) -> bool:
    """Close the units' part."""
    return _step(where, lambda session, round_: to_review(session, round_, today, actor))


def accept_scores(where: Where, criteria: Sequence[str], actor: Actor, lost_because: str | None = None) -> int:
    """Accept some scores, or all that were entered. Returns how many changed."""
    with transaction() as session:
        round_ = the_round(session, where.authority, where.criteria, lock=True)
        chosen = criteria or [one.criterion for one in round_.scores if one.state is ScoreState.SUBMITTED]
        scores = [find_score(session, round_, criterion) for criterion in chosen]
        return sum(accept(session, score, actor, lost_because=lost_because) for score in scores)


def return_score(where: Where, criterion: str, reason: str, actor: Actor, until: date | None = None) -> None:
    """Send a score back; with a day, also let the unit enter until then."""
    with transaction() as session:
        score = find_score(session, the_round(session, where.authority, where.criteria), criterion, lock=True)
        if until is None:
            send_back(session, score, reason, actor)
        else:
            reopen_score(session, score, until, reason, actor)


def checks(where: Where) -> list[Check]:
    """Every warning about the round with its answers."""
    with reading() as session:
        return checks_of(the_round(session, where.authority, where.criteria))


def answer_check(where: Where, criterion: str, code: str, text: str, actor: Actor) -> None:
    """Answer a warning. Raises UnknownNameError when there is no such warning."""
    with transaction() as session:
        round_ = the_round(session, where.authority, where.criteria)
        known = {(one.warned.criterion, one.warned.code) for one in checks_of(round_)}
        if (criterion, code) not in known:
            raise UnknownNameError(f"Tiêu chí {criterion} không có cảnh báo “{code}”.", Hint.SCORE_CHECKS)
        answer_warning(session, find_score(session, round_, criterion, lock=True), code, text, actor)


def submit(where: Where, today: date, actor: Actor) -> bool:
    """Hand the reviewed round to the leader; every warning must be answered."""

    def step(session: Session, round_: ScoreRound) -> bool:
        refill(session, round_, today, actor)
        waiting = sum(check.answer is None for check in checks_of(round_))
        return ask_approval(session, round_, waiting, actor, today)

    return _step(where, step)


def decide(where: Where, leader: str, actor: Actor, note: str, *, approved: bool) -> bool:
    """The word of a leader or their deputy of the day, by their address. Raises UnknownNameError for anybody else."""

    def step(session: Session, round_: ScoreRound) -> bool:
        person, on_behalf_of = decider(session, round_.authority_id, leader, actor.at.astimezone(ZONE).date())
        decides = Actor(f"{person.name} <{person.email}> ({actor.name})"[:254], actor.at, on_behalf_of, person.id)
        if not approved:
            return disapprove(session, round_, note, decides)
        return approve(session, round_, decides, note)

    return _step(where, step)


def import_verification(where: Where, path: Path, actor: Actor) -> int:
    """Store what the superior wrote in the workbook. Returns how many scores changed."""
    with transaction() as session:
        round_ = the_round(session, where.authority, where.criteria, lock=True)
        return verify(session, round_, read_verification(path, criteria_of(round_.criteria)), actor)


def verify_one(where: Where, found: Verification, actor: Actor) -> bool:
    """Store what the superior said of one criterion, as it reads now: what is left blank is cleared."""
    with transaction() as session:
        round_ = the_round(session, where.authority, where.criteria, lock=True)
        return bool(verify(session, round_, [found], actor, exactly=True))


def reopen(where: Where, reason: str, actor: Actor, today: date, until: date | None) -> None:
    """Open the round again, for its units until a day or for the review; a final result for the verification."""
    with transaction() as session:
        reopen_round(
            session, the_round(session, where.authority, where.criteria, lock=True), reason, actor, today, until
        )


def explain_score(where: Where, criterion: str, text: str, actor: Actor, evidence: Sequence[int] = ()) -> None:
    """Answer the superior's question about a criterion; `evidence` replaces what an earlier answer brought."""
    with transaction() as session:
        score = find_score(session, the_round(session, where.authority, where.criteria), criterion, lock=True)
        explain(session, score, text, actor, tuple(evidence) or None)


def explain_until(where: Where, until: date, reason: str, actor: Actor, today: date) -> bool:
    """Set, move or open again the last day of the explanations; whether it changed."""
    return _step(where, lambda session, round_: set_explaining(session, round_, until, reason, actor, today))


def second_round(where: Where, actor: Actor) -> bool:
    """Send the explanations."""
    return _step(where, lambda session, round_: send_explanations(session, round_, actor))


def finish_round(where: Where, actor: Actor, rank: int | None, rank_of: int | None) -> bool:
    """The result is final."""
    return _step(where, lambda session, round_: finish(session, round_, actor, rank, rank_of))


def difference(where: Where) -> Difference:
    """Self against verified, of one round."""
    with reading() as session:
        return difference_of(the_round(session, where.authority, where.criteria))


def differences(authority: str | None) -> list[Difference]:
    """The same over all years of an authority."""
    with reading() as session:
        return years_of(session, the_authority(session, authority))


def draft_plan(where: Where) -> tuple[bytes, int]:
    """The draft of next year's remedial plan as .docx, and how many measures it has. Raises StoreError for none."""
    with reading() as session:
        draft = remedial_draft(the_round(session, where.authority, where.criteria))
    return remedial_plan_docx(draft), len(draft.measures)


def _step(where: Where, step: Callable[[Session, ScoreRound], bool]) -> bool:
    with transaction() as session:
        return step(session, the_round(session, where.authority, where.criteria, lock=True))
