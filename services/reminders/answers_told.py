"""What units have already said, for the morning's mail: beside each line, and against telling what is answered."""

from collections.abc import Iterable, Sequence

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from models.answer import Review, Verdict
from models.authority import Person
from models.mail import Notice, NoticeKind, NoticeState
from models.occurrence import Occurrence, Progress, ProgressState
from models.session import chunks
from rules.reminders.keys import NoticeAudience
from services.reminders.notices import Waiting, mark
from services.work.history import answer_words


def said_words(session: Session, waiting: Sequence[Waiting]) -> dict[int, str]:
    """What to say of the answers about the occurrences of notices, by the occurrence's id.

    The leading unit's newest answer, or why it was sent back where that is what is told.
    """
    told = [(one.occurrence.id, one) for one in waiting if one.occurrence is not None]
    reviews = {occurrence: one.key.rung.review for occurrence, one in told if one.kind is NoticeKind.RETURNED}
    sent_back = {occurrence: review for occurrence, review in reviews.items() if review is not None}
    words = _answers(session, sorted({occurrence for occurrence, _ in told if occurrence not in sent_back}))
    reasons = _reasons(session, set(sent_back.values()))
    for occurrence, review in sent_back.items():
        words[occurrence] = f"bị trả lại để bổ sung: {reasons.get(review) or 'xem trong trang của nhiệm vụ'}"
    return words


def _answers(session: Session, occurrences: list[int]) -> dict[int, str]:
    words: dict[int, str] = {}
    for some in chunks(occurrences):
        query = (
            select(Progress)
            .join(Occurrence, (Occurrence.id == Progress.occurrence_id) & (Occurrence.unit_id == Progress.unit_id))
            .where(Progress.occurrence_id.in_(some), Progress.withdrawn_at.is_(None))
            .order_by(Progress.id)
        )
        words.update({row.occurrence_id: answer_words(row) for row in session.scalars(query)})
    return words


def _reasons(session: Session, reviews: Iterable[int]) -> dict[int, str | None]:
    wanted = sorted(reviews)
    if not wanted:
        return {}
    return dict(session.execute(select(Review.id, Review.reason).where(Review.id.in_(wanted))).tuples().all())


def drop_answered_parts(session: Session, authority_id: int) -> int:
    """Coordinators who have finished their part, or said that they cannot, are told no more. Returns the notices."""
    said = aliased(Progress)
    newest = (
        select(func.max(Progress.id))
        .where(
            Progress.occurrence_id == Notice.occurrence_id,
            Progress.unit_id == Person.unit_id,
            Progress.withdrawn_at.is_(None),
        )
        .correlate(Notice, Person)
        .scalar_subquery()
    )
    query = (
        select(Notice.id)
        .join(Person, Person.id == Notice.person_id)
        .join(said, said.id == newest)
        .where(
            Notice.state == NoticeState.DUE,
            Notice.audience == NoticeAudience.COORDINATOR,
            Notice.kind != NoticeKind.RETURNED,
            Person.authority_id == authority_id,
            said.state.in_([ProgressState.DONE, ProgressState.CANNOT]),
            ~exists().where(Review.progress_id == said.id, Review.verdict == Verdict.RETURNED),
        )
    )
    return mark(session, session.scalars(query).all(), NoticeState.DROPPED)
