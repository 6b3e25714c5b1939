"""Proof for one item: was the unit told, when, on which rungs, did it open the page, what did it answer."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import PortalLink
from models.answer import EvidenceUse
from models.authority import Person, Unit
from models.mail import Message, MessageState, Notice, NoticeKind, NoticeState
from models.occurrence import Occurrence, Progress, ProgressState
from models.plan import Item
from rules.reminders.keys import NoticeAudience, NoticeRung
from rules.reminders.ladder import rung_words


@dataclass(frozen=True, slots=True)
class ToldRung:
    """One rung told (or passed over) to one person, and what became of the mail that carried it.

    `offset` is days from the last day in time (None: a question, or a return for correction); `opened_at` when the
    link of that mail was last used. Moments are aware.
    """

    rung: str
    offset: int | None
    kind: NoticeKind
    audience: NoticeAudience
    day: date
    state: NoticeState
    person: str
    address: str | None
    message_id: int | None
    mail_state: MessageState | None
    attempts: int
    sent_at: datetime | None
    server_code: int | None
    server_reply: str | None
    opened_at: datetime | None

    @property
    def why(self) -> str:
        """Which rung it was, in words."""
        if self.kind is NoticeKind.RETURNED:
            return "trả lại để bổ sung"
        if self.kind is NoticeKind.CHANGED:
            return f"báo nội dung điều chỉnh (phiên bản {NoticeRung.parse(self.rung).number})"
        return rung_words(self.offset) if self.offset is not None else "hỏi về thời hạn, chủ trì"


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer about the occurrence."""

    at: datetime
    unit: str
    person: str
    state: ProgressState
    percent: int | None
    note: str | None
    late: bool
    withdrawn: bool
    evidence: int


@dataclass(slots=True)
class OccurrenceProof:
    """Everything that was told and answered about one occurrence; `id` None: about the item itself."""

    id: int | None
    key: str
    unit: str
    label: str
    last_day: date | None
    done_on: date | None
    cancelled: bool
    urge_until: date | None = None
    reopened_until: date | None = None
    told: list[ToldRung] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)


def proof_of(session: Session, item: Item) -> list[OccurrenceProof]:
    """The proof of an item, its occurrences in the order of their last day (cancelled ones that were told of too)."""
    query = (
        select(Occurrence, Unit.name)
        .join(Unit, Unit.id == Occurrence.unit_id)
        .where(Occurrence.item_id == item.id)
        .order_by(Occurrence.last_day, Occurrence.id)
    )
    found: dict[int | None, OccurrenceProof] = {
        row.id: OccurrenceProof(
            row.id,
            row.key,
            unit,
            row.label,
            row.last_day,
            row.done_on,
            row.cancelled_at is not None,
            row.urge_until,
            row.reopened_until,
        )
        for row, unit in session.execute(query)
    }
    found[None] = OccurrenceProof(None, "", "", "Về cả nhiệm vụ", None, None, False)
    _read_notices(session, item, found)
    _read_answers(session, item, found)
    return [one for one in found.values() if one.told or one.answers or not (one.cancelled or one.id is None)]


def _read_notices(session: Session, item: Item, found: dict[int | None, OccurrenceProof]) -> None:
    query = (
        select(Notice, Person.name, Message, PortalLink.last_used_at)
        .join(Person, Person.id == Notice.person_id)
        .outerjoin(Message, Message.id == Notice.message_id)
        .outerjoin(
            PortalLink, (PortalLink.person_id == Notice.person_id) & (PortalLink.created_at == Message.created_at)
        )
        .where(Notice.item_id == item.id)
        .order_by(Notice.day, Notice.id)
    )
    seen: set[int] = set()
    for notice, name, mail, opened in session.execute(query):
        if notice.id in seen:
            continue
        seen.add(notice.id)
        found[notice.occurrence_id].told.append(_told(notice, name, mail, opened))


def _told(notice: Notice, name: str, mail: Message | None, opened: datetime | None) -> ToldRung:
    return ToldRung(
        rung=notice.rung,
        offset=notice.parsed_rung.offset,
        kind=notice.kind,
        audience=notice.audience,
        day=notice.day,
        state=notice.state,
        person=name,
        address=mail.to_address if mail else None,
        message_id=mail.id if mail else None,
        mail_state=mail.state if mail else None,
        attempts=mail.attempts if mail else 0,
        sent_at=mail.sent_at if mail else None,
        server_code=mail.server_code if mail else None,
        server_reply=mail.server_reply if mail else None,
        opened_at=opened,
    )


def _read_answers(session: Session, item: Item, found: dict[int | None, OccurrenceProof]) -> None:
    uses: dict[int, int] = {}
    counted = (
        select(EvidenceUse.progress_id)
        .join(Occurrence, Occurrence.id == EvidenceUse.occurrence_id)
        .where(Occurrence.item_id == item.id, EvidenceUse.removed_at.is_(None))
    )
    for progress in session.scalars(counted):
        uses[progress or 0] = uses.get(progress or 0, 0) + 1
    query = (
        select(Progress, Unit.name, Person.name)
        .join(Occurrence, Occurrence.id == Progress.occurrence_id)
        .join(Unit, Unit.id == Progress.unit_id)
        .outerjoin(Person, Person.id == Progress.person_id)
        .where(Occurrence.item_id == item.id)
        .order_by(Progress.created_at, Progress.id)
    )
    for row, unit, person in session.execute(query):
        answer = Answered(
            row.created_at, unit, person or "(không ghi tên)", row.state, row.percent, row.note, row.late,
            row.withdrawn_at is not None, uses.get(row.id, 0),
        )  # fmt: skip
        found[row.occurrence_id].answers.append(answer)
