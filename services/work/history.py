"""Everything about one occurrence for its page: facts, answers of all units, and its history in plain words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.answer import EvidenceUse, Extension, Review, Verdict
from models.authority import Person, Unit
from models.mail import Message, MessageState, Notice, NoticeKind, NoticeState
from models.occurrence import Progress, ProgressState
from models.operations import AuditEvent
from models.plan import Part, Responsibility
from rules.audit import AuditAction, action_words
from rules.plan.figures import Figure, figure_words
from rules.reminders.ladder import rung_words
from rules.work.answers import STATE_WORDS
from services.audit import about
from services.work.answers import Held
from services.work.coordinators import named_for


@dataclass(frozen=True, slots=True)
class Partner:
    """A coordinating unit and its newest answer, if it gave one."""

    unit_id: int
    name: str
    said: Progress | None
    by: str
    returned: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the history: when, who, and what in plain words."""

    at: datetime
    who: str
    words: str
    detail: str = ""


def unit_names(session: Session, authority_id: int) -> dict[int, str]:
    """The names of an authority's units, by id."""
    query = select(Unit.id, Unit.name).where(Unit.authority_id == authority_id)
    return dict(session.execute(query.order_by(Unit.id)).tuples().all())


def partners_of(session: Session, of: Held, names: dict[int, str]) -> list[Partner]:
    """The coordinating units, each with the newest answer of its own."""
    newest = _newest(session, of)
    returned = _returned(session, of)
    others = [unit_id for unit_id in of.coordinators if unit_id != of.occurrence.unit_id]
    return [
        Partner(
            unit_id,
            names.get(unit_id, ""),
            said := newest.get(unit_id),
            said.person.name if said and said.person else "",
            said is not None and said.id in returned,
        )
        for unit_id in others
    ]


def _newest(session: Session, of: Held) -> dict[int, Progress]:
    rows = session.scalars(
        select(Progress)
        .where(Progress.occurrence_id == of.occurrence.id, Progress.withdrawn_at.is_(None))
        .order_by(Progress.id)
    )
    return {row.unit_id: row for row in rows}


def _returned(session: Session, of: Held) -> set[int | None]:
    query = select(Review.progress_id).where(
        Review.occurrence_id == of.occurrence.id, Review.verdict == Verdict.RETURNED
    )
    return set(session.scalars(query))


def newest_review(session: Session, progress_id: int) -> Review | None:
    """What a reviewer last said of an answer."""
    return session.scalar(select(Review).where(Review.progress_id == progress_id).order_by(Review.id.desc()).limit(1))


def printed_coordinators(session: Session, of: Held) -> list[str]:
    """The coordinators as the plan prints them, then those the lead has named."""
    query = select(Responsibility.printed, Responsibility.note, Responsibility.scope).where(
        Responsibility.item_id == of.item.id, Responsibility.part == Part.COORDINATOR
    )
    rows = session.execute(query.order_by(Responsibility.position, Responsibility.id)).all()
    printed = [f"{name} ({note})" if note else name for name, note, _ in rows]
    named = [name for _, name in named_for(session, [of.item.id]).get(of.item.id, [])]
    return printed + [f"{name} (cơ quan chủ trì nêu)" for name in named if name not in printed]


def answer_words(row: Progress) -> str:
    """An answer in words: "Đang thực hiện, 60 %; 1.234/1.600 → 77,1 % (đạt)"."""
    words = STATE_WORDS[row.state.value]
    if row.state is ProgressState.UNDER_WAY and row.percent is not None:
        words = f"{words}, {row.percent} %"
    if row.state is ProgressState.DONE and row.done_on is not None:
        words = f"{words} ngày {row.done_on:%d/%m/%Y}"
    figures = "; ".join(figure_words(Figure(**figure)) for figure in row.figures or ())
    late = " (báo cáo sau hạn)" if row.late else ""
    return f"{words}{late}; {figures}" if figures else f"{words}{late}"


def history(session: Session, of: Held, names: dict[int, str]) -> list[Told]:
    """Who said what when, and which reminders went out, the newest first."""
    lines = [
        *_answers(session, of, names),
        *_reviews(session, of),
        *_extensions(session, of),
        *_reminders(session, of),
        *_by_hand(session, of),
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _answers(session: Session, of: Held, names: dict[int, str]) -> Iterator[Told]:
    query = select(Progress).where(Progress.occurrence_id == of.occurrence.id).order_by(Progress.id)
    rows = session.scalars(query).all()
    pieces = _pieces(session, of)
    for row in rows:
        who = ", ".join(dict.fromkeys(filter(None, (row.person.name if row.person else None, names.get(row.unit_id)))))
        extra = f"Kèm {pieces[row.id]} tài liệu kiểm chứng. " if row.id in pieces else ""
        yield Told(row.created_at, who, answer_words(row), extra + (row.note or ""))
        if row.withdrawn_at is not None:
            yield Told(row.withdrawn_at, who, f"Hoàn tác: {answer_words(row)}")


def _pieces(session: Session, of: Held) -> dict[int | None, int]:
    query = select(EvidenceUse.progress_id, func.count()).where(EvidenceUse.occurrence_id == of.occurrence.id)
    return dict(session.execute(query.group_by(EvidenceUse.progress_id)).tuples().all())


_VERDICTS = {
    Verdict.ACCEPTED: "Chấp nhận báo cáo",
    Verdict.RETURNED: "Trả lại để bổ sung",
    Verdict.REOPENED: "Mở lại kỳ đã đóng",
}


def _reviews(session: Session, of: Held) -> Iterator[Told]:
    query = select(Review).where(Review.occurrence_id == of.occurrence.id).order_by(Review.id)
    for row in session.scalars(query):
        who = row.reviewer.name if row.reviewer else "Người xem xét"
        yield Told(row.created_at, who, _VERDICTS[row.verdict], row.reason or "")


def _extensions(session: Session, of: Held) -> Iterator[Told]:
    query = select(Extension).where(Extension.occurrence_id == of.occurrence.id).order_by(Extension.id)
    for row in session.scalars(query):
        who = row.person.name if row.person else "Đơn vị chủ trì"
        yield Told(row.created_at, who, f"Xin gia hạn đến {row.wanted_day:%d/%m/%Y}", row.reason)
        if row.withdrawn_at is not None:
            yield Told(row.withdrawn_at, who, "Rút yêu cầu gia hạn")
        if row.decided_at is not None:
            granted = f"Đồng ý gia hạn đến {row.granted_day:%d/%m/%Y}" if row.granted_day else "Không đồng ý gia hạn"
            decider = row.decided_by.name if row.decided_by else "Người xem xét"
            yield Told(row.decided_at, decider, granted, row.decision_note or "")


_MAIL_WORDS = {
    MessageState.SENT: "đã gửi",
    MessageState.BOUNCED: "bị trả lại",
    MessageState.UNKNOWN: "chưa rõ đã tới",
    MessageState.DROPPED: "đã bỏ",
}


def _reminders(session: Session, of: Held) -> Iterator[Told]:
    query = (
        select(Notice, Message, Person.name)
        .join(Message, Message.id == Notice.message_id)
        .join(Person, Person.id == Notice.person_id)
        .where(Notice.occurrence_id == of.occurrence.id, Notice.state == NoticeState.TOLD)
        .order_by(Notice.id)
    )
    for notice, message, name in session.execute(query):
        fate = _MAIL_WORDS.get(message.state, "đang chờ gửi")
        yield Told(message.sent_at or message.created_at, "Hệ thống", f"{_told_as(notice)} tới {name}", f"Thư {fate}.")


def _told_as(notice: Notice) -> str:
    if notice.kind is NoticeKind.RETURNED:
        return "Báo việc trả lại"
    words = rung_words(notice.parsed_rung.offset or 0)
    if notice.kind is NoticeKind.ESCALATE:
        return f"Báo cáo {words}"
    return f"{words[0].upper()}{words[1:]}: gửi thư"


_ACTIONS = (
    AuditAction.COORDINATORS_NAME,
    AuditAction.ITEM_TIMING,
    AuditAction.ITEM_JOIN,
    AuditAction.ITEM_LEAD,
    AuditAction.ITEM_TITLE,
    AuditAction.EVIDENCE_REMOVE,
)
"""What else is told of an item; the rest of the trail is for auditors."""


def _by_hand(session: Session, of: Held) -> Iterator[Told]:
    # SQLite uses the ids of removed items again
    plans = AuditEvent.subject.startswith(
        f"item {of.plan.code} ", autoescape=True
    )  # ids are used again after a removal
    query = select(AuditEvent).where(about(of.item), plans, AuditEvent.action.in_(_ACTIONS))
    for row in session.scalars(query.order_by(AuditEvent.id)):
        here = (row.after or {}).get("occurrence")
        if here is None or here == of.occurrence.key:
            yield Told(row.at, row.actor.split(" <")[0], action_words(row.action), row.note or "")
