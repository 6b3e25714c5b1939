"""Lists for other machines and for tables: plans, items, occurrences, progress, messages, units.

Each list is one query of plain columns under the names that the API uses, with the
visitor's authorities in its WHERE: whoever asks cannot leave it out. Rows are finished
(units, states) in a fixed number of further queries a page.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from models.authority import Authority, Unit
from models.mail import Message, MessageState
from models.occurrence import Occurrence, Progress
from models.plan import Item, Part, Plan, PlanStatus, Responsibility
from rules.work.states import ItemState, OccurrenceFact, occurrence_state
from services.figures.status import Asked, of_asked, state_query

Row = dict[str, Any]
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: its query in a stable order, and what finishes its rows."""

    query: Select[Any]
    finish: Callable[[Session, list[Row]], list[Row]] = lambda _session, rows: rows

    def total(self, session: Session) -> int:
        """How many rows there are."""
        return session.scalar(select(func.count()).select_from(self.query.order_by(None).subquery())) or 0

    def page(self, session: Session, number: int, size: int) -> list[Row]:
        """One page, from 1 on; empty past the end."""
        rows = session.execute(self.query.offset((number - 1) * size).limit(size)).mappings()
        return self.finish(session, [dict(row) for row in rows])

    def every(self, session: Session) -> Iterator[Row]:
        """All rows, read in pieces: memory does not grow with their number."""
        number = 1
        while rows := self.page(session, number, CHUNK):
            yield from rows
            number += 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a list is wanted; None: everything. Days are in Asia/Ho_Chi_Minh, `since` is an aware moment."""

    plan: str | None = None
    year: int | None = None
    status: PlanStatus | None = None
    authority: str | None = None
    section: str | None = None
    unit: str | None = None
    state: ItemState | None = None
    open: bool | None = None
    due_from: date | None = None
    due_to: date | None = None
    since: datetime | None = None
    mail_state: MessageState | None = None
    kind: str | None = None


def _within(asked: Asked, column: Any) -> list[ColumnElement[bool]]:
    return [] if asked.authorities is None else [column.in_(asked.authorities)]


def _plan_filters(asked: Asked, wanted: Wanted) -> list[ColumnElement[bool]]:
    given: list[tuple[object, ColumnElement[bool]]] = [
        (wanted.plan, func.upper(Plan.code) == (wanted.plan or "").upper()),
        (wanted.year, Plan.year == wanted.year),
        (wanted.status, Plan.status == wanted.status),
        (wanted.authority, Authority.code == wanted.authority),
    ]
    return [*of_asked(asked), *(condition for value, condition in given if value is not None)]


def plans(asked: Asked, wanted: Wanted) -> Listing:
    """The plans, newest year first."""
    count = (
        select(func.count()).where(Item.plan_id == Plan.id, Item.dropped_at.is_(None)).correlate(Plan).scalar_subquery()
    )
    query = (
        select(
            Plan.code,
            Plan.title,
            Plan.year,
            Plan.number,
            Plan.symbol,
            Plan.issued_on,
            Plan.status,
            Plan.version,
            Plan.imported_at,
            Authority.code.label("authority"),
            count.label("items"),
        )
        .join(Authority, Authority.id == Plan.authority_id)
        .where(*_plan_filters(asked, wanted))
        .order_by(Plan.year.desc(), Plan.code)
    )
    return Listing(query)


def items(session: Session, asked: Asked, wanted: Wanted) -> Listing:
    """The items that stand in plans, each with its state on the day, in the plans' order."""
    states = state_query(session, asked)
    query = (
        select(
            Item.id,
            Plan.code.label("plan"),
            Item.code,
            Item.section,
            Item.title,
            states.c.state,
            Item.timing_phrase.label("timing"),
            Item.timing_kind.label("kind"),
            Item.results,
        )
        .join(states, states.c.item_id == Item.id)
        .join(Plan, Plan.id == Item.plan_id)
        .join(Authority, Authority.id == Plan.authority_id)
        .where(*_plan_filters(asked, wanted))
        .order_by(Plan.year.desc(), Plan.code, Item.position, Item.id)
    )
    if wanted.section is not None:
        query = query.where(Item.section == wanted.section)
    if wanted.state is not None:
        query = query.where(states.c.state == wanted.state.value)
    if wanted.unit is not None:
        leads = select(Responsibility.item_id).join(Unit, Unit.id == Responsibility.unit_id)
        query = query.where(Item.id.in_(leads.where(Unit.code == wanted.unit, Responsibility.part == Part.LEAD)))
    return Listing(query, _with_units)


def _with_units(session: Session, rows: list[Row]) -> list[Row]:
    ids = [row["id"] for row in rows]
    named = (
        select(Responsibility.item_id, Responsibility.part, Responsibility.printed, Unit.code)
        .outerjoin(Unit, Unit.id == Responsibility.unit_id)
        .where(Responsibility.item_id.in_(ids))
        .order_by(Responsibility.position, Responsibility.id)
    )
    found: dict[tuple[int, Part], list[str]] = {}
    for item_id, part, printed, code in session.execute(named):
        found.setdefault((item_id, part), []).append(code or printed)
    nearest = _nearest(session, ids)
    for row in rows:
        key = row["id"]
        row["lead"] = found.get((key, Part.LEAD), [])
        row["coordinating"] = found.get((key, Part.COORDINATOR), [])
        row["next_day"] = nearest.get(key)
    return rows


def _nearest(session: Session, ids: Sequence[int]) -> dict[int, date]:
    """The last day in time of each item's first occurrence that is open."""
    query = (
        select(Occurrence.item_id, func.min(Occurrence.last_day))
        .where(Occurrence.item_id.in_(ids), Occurrence.done_on.is_(None), Occurrence.cancelled_at.is_(None))
        .group_by(Occurrence.item_id)
    )
    return dict(session.execute(query).tuples().all())


def occurrences(asked: Asked, wanted: Wanted) -> Listing:
    """The occurrences that stand, in the order of their last day, each with its state on the day."""
    query = (
        select(
            Occurrence.id,
            Plan.code.label("plan"),
            Item.code.label("item"),
            Item.title,
            Unit.code.label("unit"),
            Occurrence.key,
            Occurrence.label,
            Occurrence.opens_on,
            Occurrence.due_on,
            Occurrence.last_day,
            Occurrence.done_on,
            Occurrence.next_rung_on,
            Occurrence.target,
            Occurrence.item_id,
            Occurrence.urge_until,
        )
        .join(Item, Item.id == Occurrence.item_id)
        .join(Plan, Plan.id == Item.plan_id)
        .join(Authority, Authority.id == Plan.authority_id)
        .join(Unit, Unit.id == Occurrence.unit_id)
        .where(Occurrence.cancelled_at.is_(None), Item.dropped_at.is_(None), *_plan_filters(asked, wanted))
        .order_by(Occurrence.last_day, Occurrence.id)
    )
    if wanted.unit is not None:
        query = query.where(Unit.code == wanted.unit)
    if wanted.open is not None:
        query = query.where(Occurrence.done_on.is_(None) if wanted.open else Occurrence.done_on.is_not(None))
    if wanted.due_from is not None:
        query = query.where(Occurrence.last_day >= wanted.due_from)
    if wanted.due_to is not None:
        query = query.where(Occurrence.last_day <= wanted.due_to)
    return Listing(query, lambda session, rows: _with_states(session, rows, asked))


def _with_states(session: Session, rows: list[Row], asked: Asked) -> list[Row]:
    """The state of each on the day; `lapsed`: it passed without an answer and a later period took its place."""
    ids = {row["item_id"] for row in rows}
    last = select(Occurrence.item_id, func.max(Occurrence.last_day)).where(Occurrence.item_id.in_(ids))
    newest = dict(
        session.execute(last.where(Occurrence.cancelled_at.is_(None)).group_by(Occurrence.item_id)).tuples().all()
    )
    for row in rows:
        replaced_after = row.pop("urge_until")
        over = replaced_after is not None and replaced_after < asked.day
        row["lapsed"] = bool(row["last_day"] < newest[row.pop("item_id")] and over and row["done_on"] is None)
        fact = OccurrenceFact(row["opens_on"], row["last_day"], row["done_on"])
        row["state"] = occurrence_state(fact, asked.day, asked.soon_days)
    return rows


def progress(asked: Asked, wanted: Wanted) -> Listing:
    """The answers of units, the newest first; withdrawn ones are left out."""
    query = (
        select(
            Progress.id,
            Plan.code.label("plan"),
            Item.code.label("item"),
            Occurrence.key.label("occurrence"),
            Unit.code.label("unit"),
            Progress.state,
            Progress.percent,
            Progress.note,
            Progress.done_on,
            Progress.late,
            Progress.created_at,
        )
        .join(Occurrence, Occurrence.id == Progress.occurrence_id)
        .join(Item, Item.id == Occurrence.item_id)
        .join(Plan, Plan.id == Item.plan_id)
        .join(Authority, Authority.id == Plan.authority_id)
        .join(Unit, Unit.id == Progress.unit_id)
        .where(Progress.withdrawn_at.is_(None), *_plan_filters(asked, wanted))
        .order_by(Progress.id.desc())
    )
    if wanted.unit is not None:
        query = query.where(Unit.code == wanted.unit)
    if wanted.since is not None:
        query = query.where(Progress.created_at >= wanted.since)
    return Listing(query)


def messages(asked: Asked, wanted: Wanted) -> Listing:
    """The outbox, the newest first; the text of a mail is for its reader alone and is not listed."""
    query = (
        select(
            Message.id,
            Authority.code.label("authority"),
            Message.day,
            Message.kind,
            Message.to_name.label("name"),
            Message.to_address.label("to"),
            Message.subject,
            Message.state,
            Message.attempts,
            Message.server_code.label("code"),
            Message.server_reply.label("reply"),
            Message.created_at,
            Message.sent_at,
            Message.next_try_at,
        )
        .join(Authority, Authority.id == Message.authority_id)
        .where(*_within(asked, Message.authority_id))
        .order_by(Message.id.desc())
    )
    given: list[tuple[object, ColumnElement[bool]]] = [
        (wanted.authority, Authority.code == wanted.authority),
        (wanted.mail_state, Message.state == wanted.mail_state),
        (wanted.kind, Message.kind == wanted.kind),
    ]
    if wanted.since is not None:
        query = query.where(Message.created_at >= wanted.since)
    return Listing(query.where(*(condition for value, condition in given if value is not None)))


def units(asked: Asked, wanted: Wanted) -> Listing:
    """The units of the authorities."""
    query = (
        select(
            Authority.code.label("authority"),
            Unit.code,
            Unit.name,
            Unit.mailbox,
            Unit.superior,
            Unit.active,
        )
        .join(Authority, Authority.id == Unit.authority_id)
        .where(*_within(asked, Unit.authority_id))
        .order_by(Authority.code, Unit.id)
    )
    return Listing(query if wanted.authority is None else query.where(Authority.code == wanted.authority))
