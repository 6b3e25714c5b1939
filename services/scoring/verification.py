"""After the dossier has left: what the superior says, the explanations asked for, the second round, the result."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from config.clock import ZONE
from models.scoring import Score, ScoreRound
from rules.audit import AuditAction
from rules.numbers import number_words
from rules.scoring.apply_rules import LeafState
from rules.scoring.round import LOST_REASONS, RoundState, Verification, may_explain
from rules.scoring.score import LeafScore, ScoreSheet, grade_of, sum_up
from services.actor import Actor
from services.audit import record
from services.scoring.criteria import criteria_of
from services.scoring.rounds import RoundRefusedError, move
from services.scoring.scores import changed, facts_of, must_be_seen, set_evidence

VERIFIABLE = (RoundState.SENT, RoundState.VERIFIED, RoundState.SECOND)
"""The steps at which the superior's word is written down."""


def verify(
    session: Session, round_: ScoreRound, found: Sequence[Verification], actor: Actor, *, exactly: bool = False
) -> int:
    """Store what the superior said, the first or the second time. Returns how many scores changed.

    What is left blank stays as it was (a workbook speaks only of what it fills in); with `exactly` it is cleared (a
    form shows everything). The whole or nothing: raises RoundRefusedError for unknown criteria, points outside the
    maximum, another step.
    """
    if round_.state not in VERIFIABLE:
        raise RoundRefusedError("Chưa gửi hồ sơ đề nghị thẩm định, hoặc kết quả đã chính thức; không ghi điểm được.")
    second = is_second(round_)
    scores = {score.criterion: score for score in round_.scores}
    for one in found:
        _check(round_, scores, one)
    count = sum(_take(session, scores[one.criterion], one, actor, second=second, exactly=exactly) for one in found)
    if round_.state is not RoundState.VERIFIED and (count or not exactly):
        move(session, round_, RoundState.VERIFIED, actor)
        round_.explain_until = None  # what is asked now has its own day
        session.flush()
    return count


def is_second(round_: ScoreRound) -> bool:
    """Whether what the superior says now is its second word: explanations were sent, and it may have begun already."""
    return round_.state is RoundState.SECOND or any(score.final is not None for score in round_.scores)


def _check(round_: ScoreRound, scores: dict[str, Score], one: Verification) -> None:
    if one.criterion not in scores:
        raise RoundRefusedError(f"Bộ tiêu chí {round_.criteria.code} không có tiêu chí “{one.criterion}”.")
    if one.lost_because is not None and one.lost_because not in LOST_REASONS:
        raise RoundRefusedError(f"Lý do mất điểm “{one.lost_because}” của {one.criterion} không có trong danh mục.")
    leaf = criteria_of(round_.criteria).by_code[one.criterion]
    if one.score is not None and not leaf.is_beside and one.score > leaf.maximum:
        raise RoundRefusedError(
            f"Điểm thẩm định {number_words(one.score)} của tiêu chí {one.criterion} lớn hơn điểm tối đa "
            f"{number_words(leaf.maximum)}."
        )
    if one.score is not None and not leaf.is_beside and one.score < 0:
        raise RoundRefusedError(f"Điểm thẩm định của tiêu chí {one.criterion} không được âm.")


def _take(session: Session, score: Score, one: Verification, actor: Actor, *, second: bool, exactly: bool) -> bool:
    before = facts_of(score)
    _points(score, one.score, second=second, exactly=exactly)
    question = one.question.strip() or (None if second or exactly else score.question)
    if question and question != score.question:
        score.reply = None  # a new question wants its own explanation; the old one stays in the history
    score.question = question
    score.remark = one.remark.strip() or (None if exactly else score.remark)
    score.lost_because = one.lost_because or (None if exactly else score.lost_because)
    if facts_of(score) == before:
        return False
    changed(session, score, actor, AuditAction.SCORE_VERIFY, before, note=one.remark.strip() or None)
    return True


def _points(score: Score, points: Decimal | None, *, second: bool, exactly: bool) -> None:
    """The superior's points; spoken of a second time without points, a score is what it was."""
    if not second:
        if points is not None or exactly:
            score.verified = points
        return
    score.final = points if points is not None else (score.verified if score.final is None else score.final)


def explain(
    session: Session,
    score: Score,
    reply: str,
    actor: Actor,
    evidence: Sequence[int] | None = None,
    *,
    seen: int | None = None,
) -> None:
    """The unit explains what the superior asked, with exactly this evidence beside what proved the score (None: as is).

    `seen` is the version that was looked at. Raises RoundRefusedError at another step, after the last day (in
    Vietnam) and without a text, ScoredMeanwhileError when somebody else was faster.
    """
    round_ = score.round
    if refusal := may_explain(round_.state, score.question, actor.at.astimezone(ZONE).date(), round_.explain_until):
        raise RoundRefusedError(refusal)
    if not reply.strip():
        raise RoundRefusedError(f"Hãy ghi nội dung giải trình của tiêu chí {score.criterion}.")
    must_be_seen(score, seen)
    before = facts_of(score)
    score.reply = reply.strip()
    if evidence is not None:
        set_evidence(session, score, evidence, actor, explains=True)
    changed(session, score, actor, AuditAction.SCORE_EXPLAIN, before, note=score.reply)


def send_explanations(session: Session, round_: ScoreRound, actor: Actor) -> bool:
    """Begin the second round: every question has its explanation, or the last day for it has passed.

    Raises RoundRefusedError naming those without.
    """
    if round_.state is RoundState.SECOND:
        return False
    closed = round_.explain_until is not None and actor.at.astimezone(ZONE).date() > round_.explain_until
    waiting = [score.criterion for score in round_.scores if score.question and not score.reply]
    if waiting and not closed:
        raise RoundRefusedError(f"Còn {len(waiting)} yêu cầu giải trình chưa trả lời: {', '.join(waiting[:8])}.")
    return move(session, round_, RoundState.SECOND, actor)


def finish(
    session: Session, round_: ScoreRound, actor: Actor, rank: int | None = None, rank_of: int | None = None
) -> bool:
    """The result is final: total, grade and rank. Raises RoundRefusedError while a criterion is not verified."""
    if round_.state is RoundState.FINAL:
        return False
    if rank is not None and rank_of is not None and not 1 <= rank <= rank_of:
        raise RoundRefusedError(f"Thứ hạng {rank}/{rank_of} không đúng.")
    waiting = [score.criterion for score in round_.scores if result_of(score) is None and score.counted]
    if waiting:
        raise RoundRefusedError(f"Còn {len(waiting)} tiêu chí chưa có điểm thẩm định: {', '.join(waiting[:8])}.")
    moved = move(session, round_, RoundState.FINAL, actor)
    sheet = verified_sheet(round_)
    round_.rank, round_.rank_of = rank, rank_of
    round_.grade = grade_of(criteria_of(round_.criteria).grades, sheet.total, sheet.counted)
    session.flush()
    after = {"total": f"{sheet.total:f}", "grade": round_.grade, "rank": rank, "rank_of": rank_of}
    record(session, actor, AuditAction.ROUND_RESULT, round_, after=after)
    return moved


def result_of(score: Score) -> Decimal | None:
    """The superior's last word on a score."""
    return score.final if score.final is not None else score.verified


def is_set_aside(score: Score) -> bool:
    """Whether a criterion does not apply, and the superior leaves it so: no points, and no reason for losing any."""
    own = not score.counted and score.outcome == LeafState.NOT_APPLICABLE
    return own and not result_of(score) and score.lost_because is None


def verified_sheet(round_: ScoreRound) -> ScoreSheet:
    """The round as the superior scored it; what it has not scored yet is pending."""
    criteria = criteria_of(round_.criteria)
    by_code = {score.criterion: score for score in round_.scores}
    leaves = []
    for leaf in criteria.leaves:
        score = by_code[leaf.code]
        aside = is_set_aside(score)
        points = None if aside else result_of(score)
        state = LeafState.SCORED if points is not None else LeafState.PENDING
        counted = leaf.maximum if points is not None else leaf.maximum * 0
        if aside:
            state = LeafState.NOT_APPLICABLE
        area = criteria.area_of[leaf.code].code
        leaves.append(
            LeafScore(
                leaf.code,
                leaf.name,
                area,
                points if points is not None else leaf.maximum * 0,
                leaf.maximum,
                counted,
                state,
                score.remark or "",
            )
        )
    return sum_up(criteria, tuple(leaves))
