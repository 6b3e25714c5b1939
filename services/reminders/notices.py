"""What there is to tell this morning: notices that wait for a mail, with all that a line of it needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from models.authority import Person, Role, Unit
from models.mail import MORNING_MAILS, Message, MessageKind, MessageState, Notice, NoticeKind, NoticeState
from models.occurrence import Occurrence
from models.plan import Item, Part, Plan, Responsibility
from models.session import chunks
from rules.calendar.occurrences import OccurrenceKind
from rules.reminders.keys import NoticeAudience, NoticeKey
from services.staff.directory import directory_of

_MESSAGE = Message.metadata.tables["message"]
_NOTICE = Notice.metadata.tables["notice"]
_TELL = (
    update(_NOTICE)
    .where(_NOTICE.c.id == bindparam("notice"))
    .values(state=NoticeState.TOLD, message_id=bindparam("message"))
)


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What a line says of an item, the same for each of its occurrences. Names of units are as printed."""

    id: int
    code: str
    title: str
    plan_id: int
    plan_code: str
    plan_title: str
    result: str
    leads: str
    coordinators: str
    printed_timing: str
    reason: str
    due_time: str | None


@dataclass(frozen=True, slots=True)
class OccurrenceFacts:
    """What a line says of an occurrence; the only deadline of an item needs no name beside its day."""

    id: int
    unit_name: str
    due_on: date
    last_day: date
    kind: str
    label: str
    target: str | None

    @property
    def period(self) -> str:
        """The period or milestone by its name; "" for an item's only deadline."""
        return "" if self.kind == OccurrenceKind.DEADLINE else self.label


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice that waits for its mail; `occurrence` is None where the item itself is asked about or has changed."""

    notice_id: int
    person_id: int
    audience: NoticeAudience
    rung: str
    day: date
    item_id: int
    occurrence: OccurrenceFacts | None
    kind: NoticeKind
    about: str

    @property
    def key(self) -> NoticeKey:
        """What it tells of; read only where it is asked for: a morning has thousands of notices."""
        return NoticeKey.parse(self.about, self.rung)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who gets a digest, and the first mail of the thread that it continues."""

    id: int
    name: str
    email: str
    role: str
    unit_name: str
    first_message_id: str | None
    unit_id: int | None = None


def drop_settled(session: Session, authority_id: int) -> int:
    """Notices about what was done, cancelled or dropped since they were recorded are told to nobody."""
    gone = (
        select(Notice.id)
        .join(Person, Person.id == Notice.person_id)
        .join(Item, Item.id == Notice.item_id)
        .outerjoin(Occurrence, Occurrence.id == Notice.occurrence_id)
        .where(
            Notice.state == NoticeState.DUE,
            Notice.kind != NoticeKind.CHANGED,
            Person.authority_id == authority_id,
            Item.dropped_at.is_not(None) | Occurrence.done_on.is_not(None) | Occurrence.cancelled_at.is_not(None),
        )
    )
    return mark(session, session.scalars(gone).all(), NoticeState.DROPPED)


def recall_unsent(session: Session, authority_id: int, today: date) -> int:
    """Take back the mails of earlier mornings that never left (the mail server was away): their notices wait again.

    A week's summary among them is written anew. So a person still gets one mail a morning, with the newest rung of
    each item. Returns how many were taken back.
    """
    unsent = (
        _MESSAGE.c.authority_id == authority_id,
        _MESSAGE.c.kind.in_(MORNING_MAILS),
        _MESSAGE.c.day < today,
        _MESSAGE.c.state.in_([MessageState.QUEUED, MessageState.RETRY]),
    )
    connection = session.connection()
    recalled = update(_MESSAGE).where(*unsent).values(state=MessageState.DROPPED, next_try_at=None)
    taken = connection.execute(recalled.returning(_MESSAGE.c.id, _MESSAGE.c.day)).tuples().all()
    ids = [number for number, _ in taken]
    for some in chunks(ids):
        connection.execute(
            update(_NOTICE)
            .where(_NOTICE.c.message_id.in_(some), _NOTICE.c.state == NoticeState.TOLD)
            .values(state=NoticeState.DUE, message_id=None)
        )
    for day in sorted({day for _, day in taken}):
        _tell_returns_anew(session, authority_id, day)
    return len(ids)


def _tell_returns_anew(session: Session, authority_id: int, day: date) -> None:
    """Where no mail of a morning reached an administrator, what it said of mails that came back waits again."""
    told = (
        select(Message.id)
        .join(Person, Person.id == Message.person_id)
        .where(Message.authority_id == authority_id, Message.day == day, Message.kind.in_(MORNING_MAILS))
        .where(Person.role == Role.ADMIN, Message.state != MessageState.DROPPED)
    )
    if session.scalar(told.limit(1)) is None:
        session.connection().execute(
            update(_MESSAGE)
            .where(_MESSAGE.c.authority_id == authority_id, _MESSAGE.c.return_told_on == day)
            .values(return_told_on=None)
        )


def waiting_notices(session: Session, authority_id: int, today: date) -> list[Waiting]:
    """Notices without a mail, of people who have not had their mail today, in the plans' order."""
    had_today = select(Message.person_id).where(
        Message.kind.in_(MORNING_MAILS), Message.day == today, Message.person_id.is_not(None)
    )
    query = (
        select(
            Notice.id,
            Notice.person_id,
            Notice.audience,
            Notice.rung,
            Notice.day,
            Notice.item_id,
            Notice.kind,
            Notice.about,
            Notice.occurrence_id,
            Unit.name,
            Occurrence.due_on,
            Occurrence.last_day,
            Occurrence.kind,
            Occurrence.label,
            Occurrence.target,
        )
        .join(Person, Person.id == Notice.person_id)
        .join(Item, Item.id == Notice.item_id)
        .outerjoin(Occurrence, Occurrence.id == Notice.occurrence_id)
        .outerjoin(Unit, Unit.id == Occurrence.unit_id)
        .where(
            Notice.state == NoticeState.DUE,
            Person.authority_id == authority_id,
            Person.active,
            Notice.person_id.not_in(had_today),
        )
        .order_by(Notice.person_id, Item.plan_id, Item.position, Occurrence.last_day, Notice.id)
    )
    return [_waiting(tuple(row)) for row in session.execute(query)]


def _waiting(row: tuple[Any, ...]) -> Waiting:
    notice_id, person_id, audience, rung, day, item_id, kind, about, occurrence_id, *facts = row
    occurrence = None if occurrence_id is None else OccurrenceFacts(occurrence_id, *facts)
    return Waiting(notice_id, person_id, audience, rung, day, item_id, occurrence, kind, about)


def mark(session: Session, notices: Sequence[int], state: NoticeState) -> int:
    """Set the state of notices that no mail will carry. Returns how many."""
    for some in chunks(notices):
        session.execute(
            update(Notice).where(Notice.id.in_(some)).values(state=state).execution_options(synchronize_session=False)
        )
    return len(notices)


def note_told(session: Session, mails: Iterable[tuple[int, Iterable[int]]]) -> None:
    """Put notices into the mails that carry them: the mail's id with its notices' ids."""
    told = [{"notice": notice, "message": mail} for mail, notices in mails for notice in notices]
    if told:
        session.connection().execute(_TELL, told)


def without_mail_today(session: Session, people: Sequence[int], today: date) -> bool:
    """Whether none of these people has had the morning's mail."""
    had = select(Message.id).where(Message.person_id.in_(people), Message.kind.in_(MORNING_MAILS), Message.day == today)
    return session.scalar(had.limit(1)) is None


def leaders_to_tell(session: Session, authority_id: int, today: date) -> list[int]:
    """The leaders (or, on leave, their deputies) who have not had this week's summary, nor a mail this morning.

    So it goes out on the first morning that really runs in the week, also after an outage. Ids of people.
    """
    monday = today - timedelta(days=today.weekday())
    leaders = directory_of(session, authority_id).on(today).leaders
    had = select(Message.person_id).where(
        Message.person_id.in_(leaders),
        ((Message.kind == MessageKind.WEEKLY) & (Message.day >= monday) & (Message.state != MessageState.DROPPED))
        | (Message.kind.in_(MORNING_MAILS) & (Message.day == today)),
    )
    told = set(session.scalars(had))
    return sorted(person for person in leaders if person not in told)


def readers(session: Session, ids: Iterable[int]) -> dict[int, Reader]:
    """The people who get a digest, by id."""
    first: dict[int | None, str] = {}
    wanted = sorted(set(ids))
    people: dict[int, Reader] = {}
    for some in chunks(wanted):
        sent = select(Message.person_id, Message.message_id).where(
            Message.person_id.in_(some), Message.kind.in_(MORNING_MAILS)
        )
        for person_id, message_id in session.execute(sent.order_by(Message.id)):
            first.setdefault(person_id, message_id)
        query = select(Person, Unit.name).outerjoin(Unit, Unit.id == Person.unit_id).where(Person.id.in_(some))
        for person, unit_name in session.execute(query):
            people[person.id] = Reader(
                person.id, person.name, person.email, person.role.value, unit_name or "", first.get(person.id),
                person.unit_id,
            )  # fmt: skip
    return people


def next_occurrences(session: Session, items: Iterable[int]) -> dict[tuple[int, int], int]:
    """The page of each item and unit that leads it: the occurrence that is due next. By item and unit."""
    wanted, found = sorted(set(items)), dict[tuple[int, int], int]()
    for some in chunks(wanted):
        query = (
            select(Occurrence.item_id, Occurrence.unit_id, Occurrence.id)
            .where(Occurrence.item_id.in_(some), Occurrence.cancelled_at.is_(None))
            .order_by(Occurrence.done_on.is_not(None), Occurrence.last_day, Occurrence.id)
        )
        for item, unit, occurrence in session.execute(query):
            found.setdefault((item, unit), occurrence)
    return found


def item_facts(session: Session, ids: Iterable[int]) -> dict[int, ItemFacts]:
    """What lines say of items, by id."""
    facts: dict[int, ItemFacts] = {}
    wanted = sorted(set(ids))
    for some in chunks(wanted):
        names = _names(session, some)
        query = (
            select(Item.id, Item.code, Item.title, Item.results, Item.timing_phrase, Item.timing_json)
            .add_columns(Plan.id, Plan.code, Plan.title)
            .join(Plan, Plan.id == Item.plan_id)
            .where(Item.id.in_(some))
        )
        for item_id, code, title, results, phrase, timing, *plan in session.execute(query):
            facts[item_id] = ItemFacts(
                id=item_id,
                code=code,
                title=title,
                plan_id=plan[0],
                plan_code=plan[1],
                plan_title=plan[2],
                result="; ".join(results),
                leads="; ".join(names.get((item_id, Part.LEAD), ())),
                coordinators="; ".join(names.get((item_id, Part.COORDINATOR), ())),
                printed_timing=phrase,
                reason=str(timing.get("reason") or ""),
                due_time=timing.get("due_time"),
            )
    return facts


def _names(session: Session, items: Sequence[int]) -> dict[tuple[int, Part], list[str]]:
    names: dict[tuple[int, Part], list[str]] = {}
    query = (
        select(Responsibility.item_id, Responsibility.part, Responsibility.printed)
        .where(Responsibility.item_id.in_(items))
        .order_by(Responsibility.position, Responsibility.id)
    )
    for item_id, part, printed in session.execute(query):
        names.setdefault((item_id, part), []).append(printed)
    return names
