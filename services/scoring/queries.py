"""Rounds as those see them who look at the whole authority: every year, sealed dossiers, steps taken."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models.authority import Authority
from models.operations import AuditEvent
from models.scoring import Score, ScoreDossier, ScoreEvidence, ScoreRound
from rules.scoring.access import is_reviewer, sees_score
from services.actor import Visitor
from services.audit import about
from services.errors import NotYoursError
from services.scoring.permissions import is_opened, of_opened_plans

NO_ROUND = "Không có đợt chấm điểm này."


def sees_everything(visitor: Visitor, authority: Authority) -> bool:
    """Whether the visitor looks at every criterion of their authority."""
    return visitor.oversees or sees_score(visitor.role, visitor.unit_id, None, authority.focal_unit_id)


def reviews(visitor: Visitor, round_: ScoreRound) -> bool:
    """Whether the visitor reviews, submits, and writes down what the superior says."""
    return is_reviewer(visitor.role, visitor.unit_id, round_.authority.focal_unit_id)


def rounds_seen(session: Session, visitor: Visitor) -> list[ScoreRound]:
    """Every round of the visitor's authority, the newest first; none for who sees their own unit's criteria only."""
    if not sees_everything(visitor, session.get_one(Authority, visitor.authority_id)):
        return []
    query = (
        select(ScoreRound)
        .where(ScoreRound.authority_id == visitor.authority_id, *of_opened_plans(visitor))
        .order_by(ScoreRound.year.desc(), ScoreRound.id.desc())
        .options(
            selectinload(ScoreRound.criteria),
            selectinload(ScoreRound.scores).selectinload(Score.unit),
            selectinload(ScoreRound.scores).selectinload(Score.evidence).selectinload(ScoreEvidence.evidence),
        )
    )
    return list(session.scalars(query))


def round_seen(session: Session, visitor: Visitor, round_id: int) -> ScoreRound:
    """A round by its number. Raises NotYoursError when it is not the visitor's to see as a whole."""
    found = session.get(ScoreRound, round_id)
    if found is None or not is_opened(visitor, found) or not sees_everything(visitor, found.authority):
        raise NotYoursError(NO_ROUND)
    return found


def dossiers_of(session: Session, round_: ScoreRound) -> Sequence[ScoreDossier]:
    """The sealed dossiers of a round, the newest first."""
    query = select(ScoreDossier).where(ScoreDossier.round_id == round_.id).order_by(ScoreDossier.version.desc())
    return session.scalars(query.options(selectinload(ScoreDossier.document), selectinload(ScoreDossier.message))).all()


def dossier_seen(session: Session, visitor: Visitor, round_id: int, dossier_id: int) -> ScoreDossier:
    """A dossier of a round that the visitor sees. Raises NotYoursError."""
    round_ = round_seen(session, visitor, round_id)
    found = session.get(ScoreDossier, dossier_id)
    if found is None or found.round_id != round_.id:
        raise NotYoursError("Đợt chấm điểm không có bản hồ sơ này.")
    return found


def steps_of(session: Session, round_: ScoreRound) -> Sequence[AuditEvent]:
    """Every step of a round, the newest first: who, when, why."""
    query = select(AuditEvent).where(about(round_)).order_by(AuditEvent.id.desc())
    return session.scalars(query).all()
