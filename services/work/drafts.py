"""What a person had typed when their session ran out, kept until it is sent or thrown away."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.answer import AnswerDraft
from models.scoring import ScoreDraft

LONGEST = 20_000
"""Characters of a draft: more than any honest answer."""


def keep_draft(session: Session, person_id: int, occurrence_id: int, fields: Mapping[str, str], now: datetime) -> bool:
    """Keep what was typed about an occurrence; a newer draft replaces the older. Whether there was anything to keep."""
    typed = _worth_keeping(fields)
    if not typed:
        return False
    drop_draft(session, person_id, occurrence_id)
    session.add(AnswerDraft(person_id=person_id, occurrence_id=occurrence_id, fields=typed, saved_at=now))
    return True


def draft_of(session: Session, person_id: int, occurrence_id: int) -> AnswerDraft | None:
    """The draft of a person about an occurrence."""
    return session.scalar(
        select(AnswerDraft).where(AnswerDraft.person_id == person_id, AnswerDraft.occurrence_id == occurrence_id)
    )


def drop_draft(session: Session, person_id: int, occurrence_id: int) -> None:
    """The draft was sent, or is not wanted any more."""
    session.execute(
        delete(AnswerDraft).where(AnswerDraft.person_id == person_id, AnswerDraft.occurrence_id == occurrence_id)
    )


def keep_score_draft(session: Session, person_id: int, score_id: int, fields: Mapping[str, str], now: datetime) -> bool:
    """Keep what was typed about a score, as about an occurrence. Whether there was anything to keep."""
    typed = _worth_keeping(fields)
    if not typed:
        return False
    drop_score_draft(session, person_id, score_id)
    session.add(ScoreDraft(person_id=person_id, score_id=score_id, fields=typed, saved_at=now))
    return True


def score_draft_of(session: Session, person_id: int, score_id: int) -> ScoreDraft | None:
    """The draft of a person about a score."""
    return session.scalar(select(ScoreDraft).where(ScoreDraft.person_id == person_id, ScoreDraft.score_id == score_id))


def drafted_scores(session: Session, person_id: int) -> frozenset[int]:
    """The scores about which a person has a draft."""
    return frozenset(session.scalars(select(ScoreDraft.score_id).where(ScoreDraft.person_id == person_id)))


def drop_score_draft(session: Session, person_id: int, score_id: int) -> None:
    """The draft was sent, or is not wanted any more."""
    session.execute(delete(ScoreDraft).where(ScoreDraft.person_id == person_id, ScoreDraft.score_id == score_id))


def _worth_keeping(fields: Mapping[str, str]) -> dict[str, str]:
    typed = {name: value for name, value in fields.items() if value.strip()}
    return {} if sum(map(len, typed.values())) > LONGEST else typed
