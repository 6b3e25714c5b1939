"""Rehearse plans: every message that would go to whom on which day, without writing or sending anything.

It walks the mornings with the same decisions (rules/sweep.py) and the same mails
(tasks/digests.py) as the real sweep, on copies in memory.
Mails that will come back cannot be foreseen: what tells the administrators of them is not in it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.authority import Unit
from models.deciding import Sweep, asked_this_week, open_questions
from models.directory import admins_of, directory_of
from models.plan import Item, Plan
from models.plan_changes import PlanChange, news_of, untold
from models.schedule import Occurrence
from models.telling import ItemFacts, OccurrenceFacts, Reader, item_facts, leaders_to_tell, readers
from notifications.digest import DigestLine
from notifications.messages import WeeklyHead, digest_subject, weekly_subject
from rules.states import ItemState, OccurrenceFact, item_state
from rules.sweep import Directory, NoticeDraft, OpenOccurrence, notices
from tasks.changes import change_lines
from tasks.digests import Letterhead, ask_of, digest_of, line_of

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RehearsedLine:
    """One line of a rehearsed mail; `due` and `rung` are None where the item is asked about or has changed.

    `item` is its code; where several plans are rehearsed together, the plan's code stands before it.
    """

    item: str
    due: date | None
    rung: int | None


@dataclass(frozen=True, slots=True)
class RehearsedMail:
    """One mail that would go out. `to` is None where the unit has no mailbox yet."""

    date: date
    to: str | None
    name: str
    unit: str | None
    kind: str
    subject: str
    lines: tuple[RehearsedLine, ...]


@dataclass(slots=True)
class _Open:
    """An occurrence on its way through the year."""

    facts: OpenOccurrence
    told_as: OccurrenceFacts
    done_on: date | None
    begins: date
    next_on: date | None = None
    settled: int | None = None


@dataclass(frozen=True, slots=True)
class _Cast:
    """Who and what the rehearsal speaks of."""

    items: dict[int, ItemFacts]
    codes: dict[int, str]
    directory: Directory
    people: dict[int, Reader]
    unit_codes: dict[int, str | None]
    admins: tuple[int, ...]
    questions: tuple[int, ...]
    head: Letterhead


@dataclass(frozen=True, slots=True)
class Stage:
    """The days of a rehearsal. In an outage (first and last day) no morning happens.

    `soon_days` is the policy's, for the leaders' weekly summary; None: the policy wants none. `starts` are the
    plans by id that begin later than the first day: nothing is said of them before.
    """

    first: date
    last: date
    outage: tuple[date, date] | None = None
    ask_weekday: int = 1
    from_now: bool = field(default=False)
    soon_days: int | None = None
    starts: Mapping[int, date] = field(default_factory=dict)

    def begins(self, plan_id: int) -> date:
        """The first day of a plan."""
        return self.starts.get(plan_id, self.first)

    def mornings(self, sweep: Sweep) -> Iterator[date]:
        """The working mornings on which the machine runs."""
        mail_days = sweep.calendar.resting_also(sweep.policy.quiet_dates, sweep.policy.quiet_weekdays)
        day = self.first
        while day <= self.last:
            away = self.outage is not None and self.outage[0] <= day <= self.outage[1]
            if not away and mail_days.is_working_day(day):
                yield day
            day += DAY


def _week_of(day: date) -> tuple[int, int]:
    year, week, _ = day.isocalendar()
    return year, week


@dataclass(slots=True)
class _Weeks:
    """What happens once a week, on the first morning that runs in it: who was told, and whether was asked."""

    asked: set[tuple[int, int]] = field(default_factory=set)
    told: set[tuple[int, int, int]] = field(default_factory=set)

    def asks(self, today: date, first: date | None) -> bool:
        """Whether the administrators are asked today, `first` being the week's day for it."""
        week = _week_of(today)
        if week in self.asked or first is None or today < first:
            return False
        self.asked.add(week)
        return True

    def leaders(self, today: date, leaders: Iterable[int]) -> frozenset[int]:
        """The leaders who have not had this week's summary; from now on they have."""
        new = {(person, *_week_of(today)) for person in leaders} - self.told
        self.told |= new
        return frozenset(person for person, *_ in new)


@dataclass(frozen=True, slots=True)
class _Week:
    """The leaders' week of one morning: the figures of its subject, and the people it reaches."""

    head: WeeklyHead
    leaders: frozenset[int]


def rehearse(
    session: Session, plans: Sequence[Plan], sweep: Sweep, stage: Stage, head: Letterhead
) -> list[RehearsedMail]:
    """Every mail of the plans' mornings, in order of day and reader: one a person a morning over all of them.

    The plans are of one authority. `sweep.today` is replaced day by day. With `stage.from_now` it goes on from what
    was really told; without, the plans are rehearsed from their beginning. Nobody answers, and the figures of the
    leaders' weeks are those of these plans alone.
    """
    ladder = sweep.ladder
    waiting = [one for plan in plans for one in _occurrences(session, plan, stage)]
    for one in waiting:
        one.next_on = ladder.next_rung_day(
            one.facts.opens_on, one.facts.last_day, after=one.settled, urge_until=one.facts.urge_until
        )
    cast = _cast(session, sweep.authority_id, plans, head)
    told_as = {one.facts.id: one.told_as for one in waiting}
    weeks = _weeks(session, sweep.authority_id, stage)
    pending = _untold(session, sweep.authority_id, plans) if stage.from_now else []
    mails: list[RehearsedMail] = []
    for today in stage.mornings(sweep):
        morning = Sweep(sweep.authority_id, today, sweep.calendar, sweep.policy)
        begun = _begun(cast, stage, today)
        directory = begun.directory.on(today)
        drafts = [draft for one in waiting if _is_due(one, today) for draft in _decide(one, morning, directory)]
        ask = weeks.asks(today, sweep.calendar.weekly_day(today, stage.ask_weekday))
        week = _week(weeks, today, waiting, begun, stage)
        revised = _revised(pending, directory)
        mails.extend(_mails(today, drafts, begun, told_as, ask=ask, week=week, revised=revised))
        pending = []
    return mails


def _untold(session: Session, authority_id: int, plans: Sequence[Plan]) -> list[PlanChange]:
    return sorted((one for plan in plans for one in untold(session, authority_id, plan.id)), key=lambda one: one.id)


def _begun(cast: _Cast, stage: Stage, today: date) -> _Cast:
    """The cast without the items and questions of plans that begin later."""
    if all(start <= today for start in stage.starts.values()):
        return cast
    items = {key: item for key, item in cast.items.items() if stage.begins(item.plan_id) <= today}
    return replace(cast, items=items, questions=tuple(item for item in cast.questions if item in items))


def _revised(pending: Iterable[PlanChange], directory: Directory) -> dict[int, list[PlanChange]]:
    """By person: the changes of the plan that nobody has been told of yet; they go out on the first morning."""
    found: dict[int, list[PlanChange]] = {}
    for row in pending:
        for person in dict.fromkeys(directory.unit(unit) for unit in row.units):
            if person is not None:
                found.setdefault(person, []).append(row)
    return {person: rows for person, rows in found.items() if news_of(rows)}


def _weeks(session: Session, authority_id: int, stage: Stage) -> _Weeks:
    """What the week of the first day has seen already, where the rehearsal goes on from now."""
    weeks = _Weeks()
    if stage.from_now:
        day = stage.first
        leaders = directory_of(session, authority_id).on(day).leaders
        missing = leaders_to_tell(session, authority_id, day)
        weeks.told = {(person, *_week_of(day)) for person in leaders if person not in missing}
        weeks.asked = {_week_of(day)} if asked_this_week(session, authority_id, day) else set()
    return weeks


def _week(weeks: _Weeks, today: date, waiting: Iterable[_Open], cast: _Cast, stage: Stage) -> _Week | None:
    """The leaders' week, where this is its first morning: whom it reaches, and the figures of its subject."""
    if stage.soon_days is None or not cast.items:
        return None
    leaders = weeks.leaders(today, cast.directory.on(today).leaders)
    facts: dict[int, list[OccurrenceFact]] = {}
    for one in [one for one in waiting if one.begins <= today] if leaders else ():
        done = one.done_on if one.done_on is not None and one.done_on <= today else None
        fact = OccurrenceFact(one.facts.opens_on, one.facts.last_day, done, one.facts.urge_until)
        facts.setdefault(one.facts.item_id, []).append(fact)
    states = Counter(item_state(rows, today, stage.soon_days) for rows in facts.values())
    head = WeeklyHead(
        authority_name=cast.head.authority_name,
        today=today,
        items=len(cast.items),
        overdue=states[ItemState.OVERDUE],
        due_soon=states[ItemState.DUE_SOON],
    )
    return _Week(head, leaders)


def _is_due(one: _Open, today: date) -> bool:
    waits = one.next_on is not None and one.next_on <= today
    return waits and one.begins <= today and (one.done_on is None or one.done_on > today)


def _decide(one: _Open, morning: Sweep, directory: Directory) -> Iterable[NoticeDraft]:
    facts = one.facts
    decision = morning.ladder.decide(
        facts.opens_on,
        facts.last_day,
        today=morning.today,
        settled_through=one.settled,
        urge_until=facts.urge_until,
    )
    made = notices(facts, decision, directory, morning.policy)
    if decision.settled_through is None or made is None:
        return ()
    one.settled = decision.settled_through
    one.next_on = morning.ladder.next_rung_day(
        facts.opens_on, facts.last_day, after=one.settled, urge_until=facts.urge_until
    )
    return [draft for draft in made if draft.tell]


def _mails(
    today: date,
    drafts: list[NoticeDraft],
    cast: _Cast,
    told_as: dict[int, OccurrenceFacts],
    *,
    ask: bool,
    week: _Week | None,
    revised: Mapping[int, list[PlanChange]],
) -> Iterator[RehearsedMail]:
    readers_of: dict[int, list[NoticeDraft]] = {}
    for draft in drafts:
        readers_of.setdefault(draft.person_id, []).append(draft)
    asking = set(cast.admins) if ask and cast.questions else set()
    leaders = week.leaders if week else frozenset()
    for person_id in sorted(set(readers_of) | asking | leaders | set(revised)):
        reader = cast.people[person_id]
        mine = readers_of.get(person_id, [])
        questions = cast.questions if person_id in asking else ()
        lines = [_line(draft, cast, told_as[draft.occurrence.id], today) for draft in mine]
        rows = revised.get(person_id, [])
        changes = change_lines(reader, rows, cast.items, {}, None)
        asks = [ask_of(cast.items[item]) for item in questions]
        digest = digest_of(reader, cast.head, today, lines, asks, changes=changes)
        summed = week is not None and person_id in leaders
        yield RehearsedMail(
            date=today,
            to=reader.email or None,
            name=reader.name,
            unit=cast.unit_codes.get(person_id),
            kind="weekly" if summed else "digest" if mine or changes else "ask",
            subject=weekly_subject(week.head) if week is not None and summed else digest_subject(digest),
            lines=tuple(_short(draft, cast, told_as[draft.occurrence.id]) for draft in mine)
            + tuple(RehearsedLine(change.item_code, None, None) for change in changes)
            + tuple(RehearsedLine(cast.codes[item], None, None) for item in questions),
        )


def _line(draft: NoticeDraft, cast: _Cast, occurrence: OccurrenceFacts, today: date) -> DigestLine:
    return line_of(cast.items[draft.occurrence.item_id], occurrence, draft.told.value, today, draft.rung.day)


def _short(draft: NoticeDraft, cast: _Cast, occurrence: OccurrenceFacts) -> RehearsedLine:
    return RehearsedLine(cast.codes[draft.occurrence.item_id], occurrence.due_on, draft.rung.offset)


def _occurrences(session: Session, plan: Plan, stage: Stage) -> list[_Open]:
    query = (
        select(Occurrence, Unit.name)
        .join(Item, Item.id == Occurrence.item_id)
        .join(Unit, Unit.id == Occurrence.unit_id)
        .where(Item.plan_id == plan.id, Item.dropped_at.is_(None), Occurrence.cancelled_at.is_(None))
        .order_by(Item.position, Occurrence.last_day, Occurrence.id)
    )
    found = []
    for row, unit_name in session.execute(query):
        settled = row.settled_offset if stage.from_now else None
        facts = OpenOccurrence(row.id, row.item_id, row.unit_id, row.opens_on, row.last_day, row.urge_until, settled)
        told_as = OccurrenceFacts(row.id, unit_name, row.due_on, row.last_day, row.kind, row.label, row.target)
        found.append(_Open(facts, told_as, row.done_on, stage.begins(plan.id), settled=settled))
    return found


def _cast(session: Session, authority_id: int, plans: Sequence[Plan], head: Letterhead) -> _Cast:
    standing = select(Item.id).where(Item.plan_id.in_([plan.id for plan in plans]), Item.dropped_at.is_(None))
    item_ids = session.scalars(standing).all()
    items = item_facts(session, item_ids)
    units = session.scalars(select(Unit).where(Unit.authority_id == authority_id, Unit.active)).all()
    directory = directory_of(session, authority_id, item_ids)
    without = {unit.id: -unit.id for unit in units if directory.unit(unit.id) is None}
    admins = admins_of(session, authority_id)
    deputies = {one.deputy_id for one in directory.stand_ins}
    ids = {*directory.mailbox.values(), *directory.head.values(), *directory.leaders, *admins, *deputies}
    people = readers(session, ids)
    people.update({-unit.id: Reader(-unit.id, unit.name, "", "officer", unit.name, None) for unit in units})
    codes: dict[int, str | None] = {person: unit.code for unit in units for person in [-unit.id]}
    by_id = {unit.id: unit.code for unit in units}
    before = {plan.id: f"{plan.code} " for plan in plans} if len(plans) > 1 else {}
    codes.update({person: by_id.get(unit_id) for unit_id, person in directory.head.items()})
    codes.update({person: by_id.get(unit_id) for unit_id, person in directory.mailbox.items()})
    return _Cast(
        items=items,
        codes={key: f"{before.get(item.plan_id, '')}{item.code}" for key, item in items.items()},
        directory=replace(directory, mailbox={**without, **directory.mailbox}),
        people=people,
        unit_codes=codes,
        admins=admins,
        questions=tuple(one for plan in plans for one in open_questions(session, authority_id, plan.id)),
        head=head,
    )
