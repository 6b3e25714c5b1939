"""Scores as the portal's visitors may see and change them; what is not theirs is as if it were not there."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, selectinload

from models.answer import Evidence
from models.scoring import Score, ScoreEvidence, ScoreRound
from models.session import exclusive
from rules.scoring.access import enters_score, is_reviewer, sees_score
from rules.scoring.round import RoundState, may_enter, may_explain
from rules.work.evidence import Reference
from services.actor import Actor, Visitor
from services.documents import KeptDocument, place_of, settle, stored_document
from services.errors import NotAllowedError, NotYoursError
from services.scoring.verification import VERIFIABLE
from services.work.evidence import StoredFile, Upload

NOT_HERE = "Không có tiêu chí này trong danh sách của đơn vị."
OFFERED = 40
"""How many of its earlier pieces of evidence a unit is offered."""


@dataclass(frozen=True, slots=True)
class Powers:
    """What a visitor may do with a score now; `refusal` says why their unit may not enter (or explain) it."""

    enter: bool = False
    review: bool = False
    explain: bool = False
    verify: bool = False
    refusal: str | None = None


def of_opened_plans(visitor: Visitor) -> list[ColumnElement[bool]]:
    """What keeps a link that opens some plans only from rounds of other plans."""
    if visitor.plan_ids is None:
        return []
    return [or_(ScoreRound.plan_id.is_(None), ScoreRound.plan_id.in_(visitor.plan_ids))]


def is_opened(visitor: Visitor, round_: ScoreRound) -> bool:
    """Whether a round is of the visitor's authority and of a plan that their link opens."""
    return round_.authority_id == visitor.authority_id and visitor.opens(round_.plan_id)


def newest_round(session: Session, visitor: Visitor) -> ScoreRound | None:
    """The authority's newest round; None before the first."""
    query = (
        select(ScoreRound)
        .where(ScoreRound.authority_id == visitor.authority_id, *of_opened_plans(visitor))
        .order_by(ScoreRound.year.desc(), ScoreRound.id.desc())
        .limit(1)
        .options(
            selectinload(ScoreRound.scores).selectinload(Score.unit),
            selectinload(ScoreRound.scores).selectinload(Score.evidence).selectinload(ScoreEvidence.evidence),
        )
    )
    return session.scalar(query)


def scores_seen(visitor: Visitor, round_: ScoreRound) -> list[Score]:
    """The scores of a round that the visitor may look at."""
    focal = round_.authority.focal_unit_id
    if visitor.oversees:
        return list(round_.scores)
    return [one for one in round_.scores if sees_score(visitor.role, visitor.unit_id, one.unit_id, focal)]


def score_seen(session: Session, visitor: Visitor, score_id: int, *, lock: bool = False) -> Score:
    """A score by its number. Raises NotYoursError when it is not the visitor's to see."""
    query = (
        select(Score)
        .join(ScoreRound, ScoreRound.id == Score.round_id)
        .where(Score.id == score_id, ScoreRound.authority_id == visitor.authority_id, *of_opened_plans(visitor))
        .options(selectinload(Score.evidence).selectinload(ScoreEvidence.evidence).selectinload(Evidence.document))
    )
    found = session.scalar(query.with_for_update(of=Score) if lock else query)
    if found is None or not (
        visitor.oversees
        or sees_score(visitor.role, visitor.unit_id, found.unit_id, found.round.authority.focal_unit_id)
    ):
        raise NotYoursError(NOT_HERE)
    return found


def powers_over(visitor: Visitor, score: Score, today: date) -> Powers:
    """What the visitor may do with a score that they see."""
    round_ = score.round
    focal = round_.authority.focal_unit_id
    reviewer = is_reviewer(visitor.role, visitor.unit_id, focal)
    review = reviewer and round_.state in (RoundState.SCORING, RoundState.REVIEW)
    verify = reviewer and round_.state in VERIFIABLE
    if not enters_score(visitor.role, visitor.unit_id, score.unit_id, focal):
        return Powers(review=review, verify=verify)
    refusal = may_enter(round_.state, score.state, today, round_.units_until, score.reopened_until)
    locked = may_explain(round_.state, score.question, today, round_.explain_until)
    if locked and score.question and round_.state is RoundState.VERIFIED:
        refusal = locked
    return Powers(refusal is None, review, locked is None, verify, refusal)


def must_enter(visitor: Visitor, score: Score) -> None:
    """Raise NotAllowedError unless the visitor's unit scores this."""
    if not enters_score(visitor.role, visitor.unit_id, score.unit_id, score.round.authority.focal_unit_id):
        raise NotAllowedError("Bạn chỉ được xem tiêu chí này, không chấm thay đơn vị.")


def must_review(visitor: Visitor, score: Score) -> None:
    """Raise NotAllowedError unless the visitor reviews scores."""
    if not is_reviewer(visitor.role, visitor.unit_id, score.round.authority.focal_unit_id):
        raise NotAllowedError("Chỉ đơn vị đầu mối rà soát điểm của các đơn vị.")


def round_to_decide(session: Session, visitor: Visitor, round_id: int) -> ScoreRound:
    """A round of the visitor's authority for the leader. Raises NotYoursError, NotAllowedError."""
    found = session.get(ScoreRound, round_id, with_for_update=True)
    if found is None or not is_opened(visitor, found):
        raise NotYoursError("Không có đợt chấm điểm này.")
    if not visitor.leads:
        raise NotAllowedError("Chỉ lãnh đạo được duyệt điểm tự chấm.")
    return found


def round_to_review(session: Session, visitor: Visitor, round_id: int, *, lock: bool = False) -> ScoreRound:
    """A round of the visitor's authority for those who review. Raises NotYoursError, NotAllowedError."""
    found = session.get(ScoreRound, round_id, with_for_update=True if lock else None)
    if found is None or not is_opened(visitor, found):
        raise NotYoursError("Không có đợt chấm điểm này.")
    if not is_reviewer(visitor.role, visitor.unit_id, found.authority.focal_unit_id):
        raise NotAllowedError("Chỉ đơn vị đầu mối kiểm tra và trình điểm tự chấm.")
    return found


def proof_file(session: Session, visitor: Visitor, score_id: int, evidence_id: int, folder: Path) -> StoredFile:
    """The file of a piece that proves a score which the visitor sees. Raises NotYoursError for any other."""
    score = score_seen(session, visitor, score_id)
    row = next((use.evidence for use in score.evidence if use.evidence_id == evidence_id), None)
    if row is None or row.document is None:
        raise NotYoursError("Tiêu chí này không có tài liệu đó.")
    path = place_of(folder, row.document.sha256)
    if not path.is_file():
        raise NotYoursError("Tệp này không còn trong kho tài liệu; hãy báo quản trị viên.")
    return StoredFile(path, row.name or row.document.name, row.media or "application/octet-stream", row.document.size)


def offered_evidence(session: Session, score: Score) -> list[Evidence]:
    """What already proves the score, then the newest evidence of its unit."""
    used = [use.evidence for use in score.evidence]
    query = (
        select(Evidence)
        .where(Evidence.authority_id == score.round.authority_id)
        .where(or_(Evidence.unit_id == score.unit_id, Evidence.id.in_([one.id for one in used] or [0])))
        .options(selectinload(Evidence.document))
        .order_by(Evidence.id.desc())
        .limit(OFFERED)
    )
    known = {one.id for one in used}
    return [*used, *(one for one in session.scalars(query) if one.id not in known)]


def bring_evidence(
    session: Session, actor: Actor, score: Score, uploads: tuple[Upload, ...], reference: Reference | None, folder: Path
) -> list[int]:
    """Keep new evidence for a score: files (each once), a document named; with one file the reference is the file's."""
    unit_id = score.unit_id or score.round.authority.focal_unit_id
    if unit_id is None:
        raise NotAllowedError("Cơ quan chưa có đơn vị đầu mối để nhận tài liệu kiểm chứng.")
    own = reference if len(uploads) == 1 else None
    made: list[Evidence] = []
    for upload in uploads:
        exclusive(session, "documents")
        settle(upload.path, place_of(folder, upload.sha256))
        document = stored_document(session, KeptDocument(upload.sha256, upload.name[:255], upload.size), actor.at)
        made.append(_piece(actor, unit_id, own or Reference()))
        made[-1].document_id, made[-1].name, made[-1].media = document.id, upload.name, upload.media
    if reference is not None and own is None:
        made.append(_piece(actor, unit_id, reference))
    session.add_all(made)
    session.flush()
    return [one.id for one in made]


def _piece(actor: Actor, unit_id: int, named: Reference) -> Evidence:
    return Evidence(
        authority_id=actor.visitor.authority_id,
        unit_id=unit_id,
        person_id=actor.visitor.person_id,
        reference=named.reference,
        issued_on=named.issued_on,
        issued_by=named.issued_by,
        place=named.place,
        url=named.url,
        created_at=actor.at,
    )
