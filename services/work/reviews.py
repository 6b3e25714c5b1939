"""A reviewer's word on an answer: accept it, send it back for correction, open a closed period again."""

from datetime import date

from sqlalchemy.orm import Session

from models.answer import Review, Verdict
from models.authority import Person
from models.mail import Notice, NoticeKind, NoticeState
from models.occurrence import Progress
from rules.audit import AuditAction
from rules.reminders.keys import NoticeAudience, review_key
from rules.reminders.ladder import Ladder
from services.actor import Actor, Visitor
from services.audit import record
from services.errors import NotAllowedError
from services.staff.directory import directory_of
from services.work.answers import Held, held, is_returned, newest_answer, urge_again

REVIEWERS = frozenset({"admin", "leader"})
"""Roles that judge answers."""


def accept_answer(session: Session, actor: Actor, progress_id: int) -> Review:
    """Accept an answer. Raises NotAllowedError when it is not the unit's newest one or the visitor no reviewer."""
    of, progress = _judged(session, actor, progress_id)
    return _review(session, actor, of, Verdict.ACCEPTED, None, progress)


def return_answer(session: Session, actor: Actor, progress_id: int, reason: str, ladder: Ladder) -> Review:
    """Send an answer back with a reason: the occurrence is open again, and its unit is told in the next morning's mail.

    Raises NotAllowedError as `accept_answer`, and when no reason is given.
    """
    of, progress = _judged(session, actor, progress_id)
    if not reason.strip():
        raise NotAllowedError("Hãy ghi rõ cần bổ sung, sửa gì trước khi trả lại.")
    review = _review(session, actor, of, Verdict.RETURNED, reason.strip(), progress)
    if progress.unit_id == of.occurrence.unit_id:
        urge_again(of.occurrence, ladder)
    _tell_unit(session, actor, of, progress, review)
    session.flush()
    return review


def reopen_period(
    session: Session, actor: Actor, occurrence_id: int, until: date, reason: str, ladder: Ladder
) -> Review:
    """Let a closed period take answers until a day. Raises NotAllowedError for a day in the past."""
    of = held(session, actor.visitor, occurrence_id, lock=True)
    _check_reviewer(session, actor)
    if until < actor.today:
        raise NotAllowedError("Ngày mở lại không thể trước hôm nay.")
    of.occurrence.reopened_until = until
    if of.occurrence.done_on is None and of.occurrence.halted_at is None:
        urge_again(of.occurrence, ladder)
    return _review(session, actor, of, Verdict.REOPENED, reason.strip() or None, None)


def _judged(session: Session, actor: Actor, progress_id: int) -> tuple[Held, Progress]:
    progress = session.get(Progress, progress_id)
    if progress is None:
        raise NotAllowedError("Không có báo cáo này.")
    of = held(session, actor.visitor, progress.occurrence_id, lock=True)
    _check_reviewer(session, actor, progress)
    newest = newest_answer(session, progress.occurrence_id, progress.unit_id)
    if newest is None or newest.id != progress.id or is_returned(session, progress.id):
        raise NotAllowedError("Báo cáo này đã được hoàn tác, trả lại hoặc đã có báo cáo mới hơn; hãy tải lại trang.")
    return of, progress


def _check_reviewer(session: Session, actor: Actor, progress: Progress | None = None) -> None:
    """Nobody judges what they submitted themselves (see `is_own`)."""
    visitor = actor.visitor
    if not may_review(visitor):
        raise NotAllowedError("Chỉ cơ quan đầu mối hoặc lãnh đạo xem xét báo cáo.")
    if progress is not None and is_own(session, visitor, progress.person_id):
        raise NotAllowedError("Không ai tự xem xét báo cáo của chính mình.")


def may_review(visitor: Visitor) -> bool:
    """Whether a visitor judges answers and requests: by role, or today as a leader's deputy."""
    return visitor.role in REVIEWERS or visitor.leads


def is_own(session: Session, visitor: Visitor, person_id: int | None) -> bool:
    """Whether a visitor submitted something: themselves, or (who only stands in for a leader) by their unit's mailbox.

    A shared mailbox names nobody, so its submission may be the deputy's own.
    """
    if person_id is None or person_id == visitor.person_id:
        return person_id is not None
    if visitor.role in REVIEWERS or visitor.unit_id is None:
        return False
    sender = session.get(Person, person_id)
    return sender is not None and sender.is_mailbox and sender.unit_id == visitor.unit_id


_ACTIONS = {
    Verdict.ACCEPTED: AuditAction.REVIEW_ACCEPTED,
    Verdict.RETURNED: AuditAction.REVIEW_RETURNED,
    Verdict.REOPENED: AuditAction.REVIEW_REOPENED,
}


def _review(
    session: Session, actor: Actor, of: Held, verdict: Verdict, reason: str | None, progress: Progress | None
) -> Review:
    review = Review(
        occurrence_id=of.occurrence.id,
        progress_id=progress.id if progress else None,
        reviewer_id=actor.visitor.person_id,
        verdict=verdict,
        reason=reason,
        created_at=actor.at,
    )
    session.add(review)
    session.flush()
    after = {"occurrence": of.occurrence.key, "progress": review.progress_id, "reason": reason}
    record(session, actor.leading(*REVIEWERS), _ACTIONS[verdict], of.item, after=after)
    return review


def _tell_unit(session: Session, actor: Actor, of: Held, progress: Progress, review: Review) -> None:
    """A notice of its own, which the next morning's mail carries like any other."""
    directory = directory_of(session, of.plan.authority_id).on(actor.today)
    person = directory.unit(progress.unit_id)
    if person is None:
        return
    leads = progress.unit_id == of.occurrence.unit_id
    session.add(
        Notice(
            **review_key(of.occurrence.id, review.id).columns,
            item_id=of.item.id,
            occurrence_id=of.occurrence.id,
            person_id=person,
            kind=NoticeKind.RETURNED,
            audience=NoticeAudience.LEAD if leads else NoticeAudience.COORDINATOR,
            state=NoticeState.DUE,
            day=actor.today,
            decided_on=actor.today,
        )
    )
