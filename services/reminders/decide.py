"""The morning's decision: record each notice that is due and not yet told, and mark what was passed over.

Safe to repeat and to run twice at once: an occurrence remembers the newest rung
settled, and a notice is unique on occurrence, person and rung.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, Select, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from models.authority import Person
from models.mail import Notice, NoticeKind, NoticeState
from models.occurrence import Occurrence
from models.plan import Item, Part, Plan, PlanStatus, Responsibility, Scope
from rules.calendar.workdays import WorkCalendar
from rules.reminders.keys import NoticeAudience, NoticeRung, occurrence_key, question_key
from rules.reminders.ladder import Decision, Ladder, LadderPolicy, ladder_of, tells_coordinators
from rules.reminders.sweep import Directory, NoticeDraft, OpenOccurrence, notices
from rules.timing.values import TimingKind
from services.staff.directory import admins_of, coordinators, directory_of

CHUNK = 1000
"""Occurrences decided at a time: memory stays flat however many are due."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a sweep recorded: notices to tell, rungs passed over, questions asked, occurrences without a reader."""

    told: int = 0
    passed_over: int = 0
    asked: int = 0
    unreachable: int = 0

    def __add__(self, other: "Decided") -> "Decided":
        return Decided(
            self.told + other.told,
            self.passed_over + other.passed_over,
            self.asked + other.asked,
            self.unreachable + other.unreachable,
        )


@dataclass(frozen=True, slots=True)
class Sweep:
    """One morning of an authority: its day (Asia/Ho_Chi_Minh), working days and ladder."""

    authority_id: int
    today: date
    calendar: WorkCalendar
    policy: LadderPolicy

    @property
    def ladder(self) -> Ladder:
        """The ladder prepared for this morning."""
        return ladder_of(self.calendar, self.policy)


def decide_notices(session: Session, sweep: Sweep, *, item_id: int | None = None) -> Decided:
    """Record the notices due this morning for an authority, or for one of its items."""
    total, after = Decided(), 0
    people = directory_of(session, sweep.authority_id).on(sweep.today)
    while True:
        query = _due(sweep, item_id).where(Occurrence.id > after).limit(CHUNK)
        if session.get_bind().dialect.name == "postgresql":
            query = query.with_for_update(of=Occurrence)
        batch = [OpenOccurrence(*row) for row in session.execute(query)]
        if not batch:
            return total
        total += _decide_batch(session, sweep, batch, people)
        after = batch[-1].id


def _due(sweep: Sweep, item_id: int | None) -> Select[tuple[int, int, int, date, date, date | None, int | None]]:
    query = (
        select(
            Occurrence.id,
            Occurrence.item_id,
            Occurrence.unit_id,
            Occurrence.opens_on,
            Occurrence.last_day,
            Occurrence.urge_until,
            Occurrence.settled_offset,
        )
        .join(Item, Item.id == Occurrence.item_id)
        .join(Plan, Plan.id == Item.plan_id)
        .where(
            Occurrence.next_rung_on <= sweep.today,
            Occurrence.done_on.is_(None),
            Occurrence.cancelled_at.is_(None),
            Item.dropped_at.is_(None),
            Plan.authority_id == sweep.authority_id,
            Plan.status == PlanStatus.ACTIVE,
        )
        .order_by(Occurrence.id)
    )
    return query if item_id is None else query.where(Occurrence.item_id == item_id)


def _decide_batch(session: Session, sweep: Sweep, batch: Sequence[OpenOccurrence], people: Directory) -> Decided:
    due = [(one, decision) for one in batch if (decision := _decision(sweep, one)).settled_through is not None]
    shared = {one.item_id for one, decision in due if tells_coordinators(decision, sweep.policy)}
    directory = replace(people, coordinators=coordinators(session, shared, people.units))
    drafts: list[NoticeDraft] = []
    settled: list[tuple[OpenOccurrence, Decision]] = []
    for one, decision in due:
        made = notices(one, decision, directory, sweep.policy)
        if made is not None:
            drafts.extend(made)
            settled.append((one, decision))
    _record(session, drafts, sweep.today)
    _settle(session, settled, sweep.ladder)
    told = sum(draft.tell for draft in drafts)
    return Decided(told, len(drafts) - told, 0, len(due) - len(settled))


def _decision(sweep: Sweep, one: OpenOccurrence) -> Decision:
    return sweep.ladder.decide(
        one.opens_on, one.last_day, today=sweep.today, settled_through=one.settled, urge_until=one.urge_until
    )


def _record(session: Session, drafts: Sequence[NoticeDraft], today: date) -> None:
    insert_notices(
        session,
        [
            {
                **occurrence_key(draft.occurrence.id, draft.rung.offset).columns,
                "item_id": draft.occurrence.item_id,
                "occurrence_id": draft.occurrence.id,
                "person_id": draft.person_id,
                "kind": _kind(draft),
                "audience": draft.audience,
                "state": NoticeState.DUE if draft.tell else NoticeState.PASSED_OVER,
                "day": draft.rung.day,
                "decided_on": today,
            }
            for draft in drafts
        ],
    )


def _kind(draft: NoticeDraft) -> NoticeKind:
    if draft.audience in {NoticeAudience.HEAD, NoticeAudience.LEADER}:
        return NoticeKind.ESCALATE
    return NoticeKind.URGE if draft.rung.offset > 0 else NoticeKind.REMIND


def insert_notices(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert notices, leaving out those that are there already (a repeated or concurrent sweep)."""
    if not rows:
        return
    dialect = session.get_bind().dialect.name
    if dialect == "postgresql":
        session.execute(postgres_insert(Notice).on_conflict_do_nothing(), rows)
    elif dialect == "sqlite":
        session.execute(sqlite_insert(Notice).on_conflict_do_nothing(), rows)
    else:  # pragma: no cover - only the two are supported
        session.execute(insert(Notice), rows)


def _settle(session: Session, settled: Sequence[tuple[OpenOccurrence, Decision]], ladder: Ladder) -> None:
    rows = [
        {
            "row_id": one.id,
            "settled": decision.settled_through,
            "next_day": ladder.next_rung_day(
                one.opens_on, one.last_day, after=decision.settled_through, urge_until=one.urge_until
            ),
        }
        for one, decision in settled
    ]
    if rows:
        table = Occurrence.__table__
        session.connection().execute(
            update(Occurrence)
            .where(table.c.id == bindparam("row_id"))
            .values(settled_offset=bindparam("settled"), next_rung_on=bindparam("next_day")),
            rows,
        )


def ask_undetermined(session: Session, sweep: Sweep, weekday: int) -> int:
    """Once a week, from the `weekday` (ISO) of the week on, ask the administrators for what documents leave open.

    That is a timing nobody can compute, and an item without a unit that leads it. Returns the questions recorded.
    """
    today = sweep.today
    first = sweep.calendar.weekly_day(today, weekday)
    if not sweep.calendar.is_working_day(today) or first is None or today < first:
        return 0
    admins = admins_of(session, sweep.authority_id)
    if not admins or asked_this_week(session, sweep.authority_id, today):
        return 0
    rows = [
        {
            **question_key(item_id, today).columns,
            "item_id": item_id,
            "occurrence_id": None,
            "person_id": person_id,
            "kind": NoticeKind.ASK,
            "audience": NoticeAudience.ADMIN,
            "state": NoticeState.DUE,
            "day": today,
            "decided_on": today,
        }
        for item_id in open_questions(session, sweep.authority_id)
        for person_id in admins
    ]
    insert_notices(session, rows)
    return len(rows)


def asked_this_week(session: Session, authority_id: int, day: date) -> bool:
    """Whether the administrators were asked in the week of a day."""
    rung = str(NoticeRung.of_week(day))
    query = (
        select(Notice.id)
        .join(Person, Person.id == Notice.person_id)
        .where(Notice.kind == NoticeKind.ASK, Notice.rung == rung, Person.authority_id == authority_id)
    )
    return session.scalar(query.limit(1)) is not None


def open_questions(session: Session, authority_id: int, plan_id: int | None = None) -> list[int]:
    """The items of active plans that a person must settle before anybody can be reminded, in the plan's order."""
    leads = (
        select(Responsibility.item_id)
        .where(Responsibility.part == Part.LEAD, Responsibility.scope.in_([Scope.UNIT, Scope.ALL]))
        .scalar_subquery()
    )
    query = (
        select(Item.id)
        .join(Plan, Plan.id == Item.plan_id)
        .where(
            Plan.authority_id == authority_id,
            Plan.status == PlanStatus.ACTIVE,
            Item.dropped_at.is_(None),
            (Item.timing_kind == TimingKind.UNDETERMINED) | _relative_open() | Item.id.not_in(leads),
        )
        .order_by(Item.plan_id, Item.position)
    )
    return list(session.scalars(query if plan_id is None else query.where(Item.plan_id == plan_id)))


def _relative_open() -> ColumnElement[bool]:
    """A deadline counted from an event whose day nobody has entered: it has no occurrence yet."""
    return (Item.timing_kind == TimingKind.DEADLINE) & Item.id.not_in(select(Occurrence.item_id))
