"""Self against verified for a round, and over an authority's years."""

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models.authority import Authority
from models.scoring import Score, ScoreEvidence, ScoreRound
from rules.scoring.apply_rules import LeafState
from rules.scoring.difference import Compared, Difference, PlanDraft, compare, remedial_plan
from services.errors import StoreError
from services.scoring.criteria import criteria_of
from services.scoring.scores import sheet_of
from services.scoring.verification import is_set_aside, result_of, verified_sheet


def difference_of(round_: ScoreRound) -> Difference:
    """The comparison of one round."""
    criteria = criteria_of(round_.criteria)
    by_code = {score.criterion: score for score in round_.scores}
    leaves = []
    for leaf in criteria.leaves:
        score, area = by_code[leaf.code], criteria.area_of[leaf.code]
        found = None if is_set_aside(score) else result_of(score)
        counted = leaf.maximum if found is not None else score.counted
        leaves.append(
            Compared(
                code=leaf.code,
                name=leaf.name,
                area_code=area.code,
                area=area.name,
                unit=score.unit.name if score.unit else "",
                max=leaf.maximum,
                counted=counted,
                self_score=score.points,
                verified=found,
                reason=score.lost_because or _known_reason(score),
                remark=score.remark or "",
                evidence=leaf.evidence,
                surveyed=score.outcome == LeafState.PENDING,
            )
        )
    verified = verified_sheet(round_).total if any(one.verified is not None for one in leaves) else None
    return compare(round_.year, criteria.code, leaves, sheet_of(round_).total, verified)


def _known_reason(score: Score) -> str | None:
    """What the self-score itself says of why points went."""
    if score.outcome == LeafState.NO_EVIDENCE:
        return "no_evidence"
    if score.outcome == LeafState.MISSING:
        return "not_done"
    entry = score.entry or {}
    if str(entry.get("days_late", "0")) not in ("0", "0.0"):
        return "late"
    return None


def years_of(session: Session, authority: Authority) -> list[Difference]:
    """The comparisons of an authority's rounds, oldest first."""
    query = (
        select(ScoreRound)
        .where(ScoreRound.authority_id == authority.id)
        .order_by(ScoreRound.year, ScoreRound.id)
        .options(
            selectinload(ScoreRound.scores).selectinload(Score.evidence).selectinload(ScoreEvidence.evidence),
            selectinload(ScoreRound.scores).selectinload(Score.unit),
        )
    )
    return [difference_of(round_) for round_ in session.scalars(query)]


def remedial_draft(round_: ScoreRound) -> PlanDraft:
    """The draft of the remedial plan for the year after a round. Raises StoreError when no points were lost."""
    found = difference_of(round_)
    authority = round_.authority
    measures = remedial_plan(found, authority.focal_unit.name if authority.focal_unit else "")
    if not measures:
        raise StoreError(f"Năm {found.year} không có tiêu chí nào mất điểm; không cần kế hoạch khắc phục.")
    return PlanDraft(
        authority=authority.name,
        place=authority.place or "",
        year=found.year + 1,
        measures=measures,
        self_total=found.self_total,
        verified_total=found.verified_total,
        self_counted=found.self_counted,
        verified_counted=found.verified_counted,
        below=len(found.below),
        of=len(found.leaves),
        by_reason=found.by_reason,
    )
