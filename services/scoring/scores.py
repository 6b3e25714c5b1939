"""One score of a round: filled from the database, entered and proved by its unit, reviewed. One transaction a step.

Each change writes one audit row under the score's subject ("score UBND-XA-A 2025 1.1.3"),
with the points and figures before and after: that is the score's history.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models.answer import Evidence
from models.operations import AuditEvent
from models.scoring import Score, ScoreEvidence, ScoreRound
from rules.audit import AuditAction
from rules.scoring.apply_rules import LeafState
from rules.scoring.criteria.sets import CriteriaSet, Node
from rules.scoring.entry import Entry
from rules.scoring.round import RoundState, ScoreState, may_enter
from rules.scoring.score import LeafScore, ScoreSheet, score_leaf, sum_up
from services.actor import Actor
from services.audit import about, record
from services.errors import StoreError, UnknownNameError
from services.scoring.criteria import criteria_of
from services.scoring.facts import evidence_words


class ScoreRefusedError(StoreError):
    """A score that cannot be changed so, or not now."""


class ScoredMeanwhileError(StoreError):
    """Somebody else changed the score since it was looked at."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a unit gives for a criterion: figures, evidence, and an explanation where points are missing."""

    entry: Entry
    evidence: tuple[int, ...] = ()
    explanation: str = ""


def find_score(session: Session, round_: ScoreRound, criterion: str, *, lock: bool = False) -> Score:
    """A score by its criterion. Raises UnknownNameError."""
    query = (
        select(Score)
        .where(Score.round_id == round_.id, Score.criterion == criterion)
        .options(selectinload(Score.evidence).selectinload(ScoreEvidence.evidence).selectinload(Evidence.document))
    )
    found = session.scalar(query.with_for_update(of=Score) if lock else query)
    if found is None:
        raise UnknownNameError(f"Đợt chấm điểm này không có tiêu chí “{criterion}”.")
    return found


def leaf_of(score: Score) -> Node:
    """The criterion of a score."""
    return criteria_of(score.round.criteria).by_code[score.criterion]


def entry_of(score: Score) -> Entry:
    """The figures that the unit gave, with the evidence that stands behind them.

    What came only with a later explanation is the superior's to judge: it changes no self-score.
    """
    entry = Entry.model_validate(score.entry)
    own = tuple(evidence_words(use.evidence) for use in score.evidence if not use.explains)
    return entry.model_copy(update={"evidence": own})


def stored_entry(entry: Entry) -> dict[str, Any]:
    """An entry as it is stored; evidence stands in rows of its own."""
    return entry.model_dump(mode="json", exclude_defaults=True, exclude={"evidence"})


def recompute(score: Score) -> LeafScore:
    """Compute a score from what is stored, by the rule; no evidence, no points."""
    criteria = criteria_of(score.round.criteria)
    leaf = criteria.by_code[score.criterion]
    area = criteria.area_of[leaf.code].code
    found = score_leaf(leaf, entry_of(score), criteria.rounding, area, require_evidence=True)
    score.points, score.counted = found.score, found.counted
    score.outcome, score.calculation = found.state.value, found.explanation
    return found


def enter(
    session: Session, score: Score, given: Given, actor: Actor, today: date, *, seen: int | None = None
) -> LeafScore:
    """Take a unit's score: confirmed or entered figures, evidence, explanation. Returns what it is worth.

    `seen` is the version that was looked at. Raises ScoreRefusedError when the step or the day does not allow it
    or an explanation is missing, ScoredMeanwhileError when somebody else was faster.
    """
    refusal = may_enter(score.round.state, score.state, today, score.round.units_until, score.reopened_until)
    if refusal:
        raise ScoreRefusedError(refusal)
    must_be_seen(score, seen)
    before = facts_of(score)
    score.entry = stored_entry(given.entry)
    set_evidence(session, score, given.evidence, actor)
    found = recompute(score)
    _explained(score, found, given.explanation)
    score.explanation = given.explanation.strip() or None
    score.state, score.returned_because = ScoreState.SUBMITTED, None
    changed(session, score, actor, AuditAction.SCORE_ENTER, before)
    return found


def must_be_seen(score: Score, seen: int | None) -> None:
    """Raise ScoredMeanwhileError unless `seen` is the version that stands (None: nobody looked)."""
    if seen is not None and seen != score.version:
        raise ScoredMeanwhileError(f"Trong lúc bạn nhập, tiêu chí {score.criterion} đã được người khác cập nhật.")


def _explained(score: Score, found: LeafScore, explanation: str) -> None:
    """Below the maximum, and without evidence, an explanation is asked for."""
    if found.state is LeafState.WRONG:
        raise ScoreRefusedError(f"Tiêu chí {score.criterion}: {found.explanation}.")
    leaf = leaf_of(score)
    unproved = leaf.evidence_needed and not score.evidence and bool(found.counted) and not leaf.is_beside
    if explanation.strip() or found.state is LeafState.PENDING or not (found.lost or unproved):
        return
    why = "chưa có tài liệu kiểm chứng" if unproved else "thấp hơn điểm tối đa"
    raise ScoreRefusedError(f"Tiêu chí {score.criterion} {why}; hãy ghi giải trình.")


def set_evidence(session: Session, score: Score, ids: Sequence[int], actor: Actor, *, explains: bool = False) -> None:
    """Exactly this evidence proves the score. Raises UnknownNameError for evidence of another authority.

    With `explains` it is exactly what the explanation brings, beside what proved the score before.
    """
    wanted = list(dict.fromkeys(ids))
    rows = {row.id: row for row in session.scalars(select(Evidence).where(Evidence.id.in_(wanted)))}
    strange = [one for one in wanted if one not in rows or rows[one].authority_id != score.round.authority_id]
    if strange:
        raise UnknownNameError(f"Không có tài liệu kiểm chứng số {', '.join(map(str, strange))} của cơ quan này.")
    kept = {use.evidence_id: use for use in score.evidence if use.explains == explains}
    other = [use for use in score.evidence if use.explains != explains]
    wanted = [one for one in wanted if one not in {use.evidence_id for use in other}]
    own = [
        kept.get(one) or ScoreEvidence(evidence_id=one, evidence=rows[one], added_at=actor.at, explains=explains)
        for one in wanted
    ]
    score.evidence = [*other, *own]
    session.flush()


def accept(session: Session, score: Score, actor: Actor, *, lost_because: str | None = None) -> bool:
    """The focal unit accepts a score that was entered; whether that changed anything. Raises ScoreRefusedError."""
    _reviewable(score)
    if score.state is ScoreState.ACCEPTED and lost_because in (None, score.lost_because):
        return False
    if score.state not in (ScoreState.SUBMITTED, ScoreState.ACCEPTED):
        raise ScoreRefusedError(f"Tiêu chí {score.criterion} chưa được đơn vị chấm nên chưa rà soát được.")
    before = facts_of(score)
    score.state, score.lost_because = ScoreState.ACCEPTED, lost_because or score.lost_because
    changed(session, score, actor, AuditAction.SCORE_ACCEPT, before)
    return True


def send_back(session: Session, score: Score, reason: str, actor: Actor) -> None:
    """The focal unit returns a score with its reason. Raises ScoreRefusedError without one, or at another step."""
    _reviewable(score)
    if not reason.strip():
        raise ScoreRefusedError(f"Hãy ghi lý do trả lại tiêu chí {score.criterion}.")
    before = facts_of(score)
    score.state, score.returned_because = ScoreState.RETURNED, reason.strip()
    changed(session, score, actor, AuditAction.SCORE_RETURN, before, note=reason.strip())


def reopen(session: Session, score: Score, until: date, reason: str, actor: Actor) -> None:
    """Let the unit enter after its last day, until another day. Raises ScoreRefusedError without a reason."""
    _reviewable(score)
    if not reason.strip():
        raise ScoreRefusedError(f"Hãy ghi lý do mở lại tiêu chí {score.criterion}.")
    before = facts_of(score)
    score.reopened_until, score.state = until, ScoreState.RETURNED
    score.returned_because = reason.strip()
    changed(session, score, actor, AuditAction.SCORE_REOPEN, before, note=reason.strip())


def answer_warning(session: Session, score: Score, code: str, answer: str, actor: Actor) -> None:
    """Answer a warning about a score; it stays answered while its cause stays. Raises ScoreRefusedError if empty."""
    if not answer.strip():
        raise ScoreRefusedError(f"Hãy ghi nội dung trả lời cảnh báo của tiêu chí {score.criterion}.")
    before = facts_of(score)
    score.answers = {**score.answers, code: answer.strip()}
    changed(session, score, actor, AuditAction.SCORE_ANSWER, before, note=f"{code}: {answer.strip()}")


def _reviewable(score: Score) -> None:
    if score.round.state not in (RoundState.SCORING, RoundState.REVIEW):
        raise ScoreRefusedError(f"Tiêu chí {score.criterion} không còn ở bước rà soát.")


def sheet_of(round_: ScoreRound, scores: Iterable[Score] | None = None) -> ScoreSheet:
    """The round as self-scored: from the points that are stored."""
    criteria = criteria_of(round_.criteria)
    by_code = {score.criterion: score for score in (round_.scores if scores is None else scores)}
    return sum_up(criteria, tuple(_leaf_score(criteria, by_code[leaf.code], leaf) for leaf in criteria.leaves))


def _leaf_score(criteria: CriteriaSet, score: Score, leaf: Node) -> LeafScore:
    area = criteria.area_of[leaf.code].code
    state = LeafState(score.outcome)
    return LeafScore(leaf.code, leaf.name, area, score.points, leaf.maximum, score.counted, state, score.calculation)


def history_of(session: Session, score: Score) -> list[AuditEvent]:
    """Every change of a score, oldest first: who, when, what before and after, why."""
    query = select(AuditEvent).where(about(score)).order_by(AuditEvent.id)
    return list(session.scalars(query))


def facts_of(score: Score) -> dict[str, object]:
    """What the history keeps of a score."""
    return {
        "points": f"{score.points:f}",
        "state": score.state.value,
        "entry": score.entry,
        "evidence": [use.evidence_id for use in score.evidence],
        "explanation": score.explanation,
        "verified": None if score.verified is None else f"{score.verified:f}",
        "final": None if score.final is None else f"{score.final:f}",
        "remark": score.remark,
        "question": score.question,
        "reply": score.reply,
        "lost_because": score.lost_because,
    }


def changed(
    session: Session,
    score: Score,
    actor: Actor,
    action: AuditAction,
    before: dict[str, object],
    note: str | None = None,
) -> None:
    """Count a change up and write it into the history."""
    score.version += 1
    score.changed_at = actor.at
    session.flush()
    record(session, actor, action, score, before=before, after=facts_of(score), note=note)
