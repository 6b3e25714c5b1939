"""Rehearsals for people and machines: one morning undone again, a whole year, as JSON or as a calendar."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from icalendar import Calendar, Event
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.clock import now, today
from config.settings import load_settings
from models.authority import Unit
from models.occurrence import Occurrence
from models.plan import Item, Plan, PlanChange, PlanStatus
from models.session import reading
from notifications.digest import DigestLine
from notifications.messages import WeeklyHead, digest_subject, weekly_subject
from rules.reminders.sweep import Directory, NoticeDraft, OpenOccurrence, notices
from rules.work.states import ItemState, OccurrenceFact, item_state
from services.errors import Hint, UnknownNameError
from services.mail.letterhead import Letterhead, letterhead
from services.plans.queries import find_plan
from services.policy import office_policy
from services.reminders.change_lines import change_lines
from services.reminders.compose import ROLES, ask_of, digest_of, line_of
from services.reminders.decide import Sweep, asked_this_week, open_questions
from services.reminders.morning import sweep_of
from services.reminders.notices import ItemFacts, OccurrenceFacts, Reader, item_facts, leaders_to_tell, readers
from services.reminders.plan_changes import news_of, untold
from services.staff.directory import admins_of, directory_of
from services.staff.queries import the_authority

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


AFTER_THE_LAST_DUE_DAY = timedelta(days=14)
"""How far a rehearsal runs past the last due day: far enough to show head and leader being told."""

INTO_THE_NEXT_YEAR = timedelta(days=92)
"""Due days up to the end of March of the next year still belong to the plan's year; a plan until 2030 does not."""


def rehearsed(
    code: str | None,
    first: date | None,
    last: date | None,
    outage: tuple[date, date] | None,
    *,
    authority: str | None = None,
) -> list[RehearsedMail]:
    """Every mail of a plan's mornings; without a code those of all active plans of the authority, one a person a day.

    From today on it continues what was really told, earlier it starts anew.
    """
    settings, policy = load_settings(), office_policy()
    with reading() as session:
        plans = active_plans(session, the_authority(session, authority).id) if code is None else []
        plans = plans or [_the_plan(session, code)]
        owner, spans = plans[0].authority_id, {plan.id: days_of(session, plan) for plan in plans}
        start = first or min(start for start, _ in spans.values())
        from_now = bool(first and first >= today())
        stage = Stage(
            start,
            last or max(end for _, end in spans.values()),
            outage,
            policy.ask_weekday,
            from_now=from_now,
            soon_days=policy.summary_soon_days,
            starts={} if from_now or len(plans) == 1 else {key: day for key, (day, _) in spans.items()},
        )
        if stage.last < stage.first:
            raise UnknownNameError(f"Ngày cuối {stage.last:%d/%m/%Y} trước ngày đầu {stage.first:%d/%m/%Y}.")
        head = letterhead(session, owner, settings.reply_to, settings.mail_domain)
        return rehearse(session, plans, sweep_of(owner, stage.first), stage, head)


def active_plans(session: Session, authority_id: int) -> Sequence[Plan]:
    """The plans of an authority of which people are reminded, in the order they came."""
    query = select(Plan).where(Plan.authority_id == authority_id, Plan.status == PlanStatus.ACTIVE)
    return session.scalars(query.order_by(Plan.id)).all()


def _the_plan(session: Session, code: str | None) -> Plan:
    if code is None:
        raise UnknownNameError("Chưa có kế hoạch nào đang thực hiện.", Hint.PLAN)
    return find_plan(session, code)


def days_of(session: Session, plan: Plan) -> tuple[date, date]:
    """The first and last day of a plan's year of mails."""
    start = plan.issued_on or date(plan.year, 1, 1)
    query = select(func.max(Occurrence.last_day)).join(Item, Item.id == Occurrence.item_id)
    latest = session.scalar(query.where(Item.plan_id == plan.id, Occurrence.cancelled_at.is_(None)))
    year_end = date(plan.year, 12, 31)
    return start, max(year_end, min(latest or year_end, year_end + INTO_THE_NEXT_YEAR)) + AFTER_THE_LAST_DUE_DAY


def shown(mail: RehearsedMail) -> dict[str, object]:
    """A rehearsed mail for machines."""
    return {
        "date": mail.date.isoformat(),
        "to": mail.to,
        "name": mail.name,
        "unit": mail.unit,
        "kind": mail.kind,
        "subject": mail.subject,
        "lines": [
            {"item": line.item, "due": line.due.isoformat() if line.due else None, "rung": line.rung}
            for line in mail.lines
        ],
    }


def calendar_of(code: str, mails: list[RehearsedMail]) -> str:
    """The mails as an iCalendar (RFC 5545): one all-day event a mail."""
    calendar = Calendar()
    calendar.add("prodid", "-//dondoc//rehearsal//VI")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"Diễn tập {code}")
    stamp = now()
    for mail in mails:
        event = Event()
        event.add("uid", f"{code}.{mail.date:%Y%m%d}.{mail.to or mail.unit}@rehearsal.dondoc")
        event.add("dtstamp", stamp)
        event.add("dtstart", mail.date)
        event.add("summary", f"{mail.to or mail.name}: {mail.subject}")
        event.add("description", "\n".join(f"{line.item} – hạn {line.due or 'chưa có'}" for line in mail.lines))
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return str(calendar.to_ical(), "utf-8")


def _week_of(day: date) -> tuple[int, int]:
    year, week, _ = day.isocalendar()
    return year, week


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
    for morning_day in stage.mornings(sweep):
        morning = Sweep(sweep.authority_id, morning_day, sweep.calendar, sweep.policy)
        begun = _begun(cast, stage, morning_day)
        directory = begun.directory.on(morning_day)
        drafts = [draft for one in waiting if _is_due(one, morning_day) for draft in _decide(one, morning, directory)]
        ask = weeks.asks(morning_day, sweep.calendar.weekly_day(morning_day, stage.ask_weekday))
        week = _week(weeks, morning_day, waiting, begun, stage)
        revised = _revised(pending, directory)
        mails.extend(_mails(morning_day, drafts, begun, told_as, ask=ask, week=week, revised=revised))
        pending = []
    return mails


def _untold(session: Session, authority_id: int, plans: Sequence[Plan]) -> list[PlanChange]:
    return sorted((one for plan in plans for one in untold(session, authority_id, plan.id)), key=lambda one: one.id)


def _begun(cast: _Cast, stage: Stage, morning_day: date) -> _Cast:
    """The cast without the items and questions of plans that begin later."""
    if all(start <= morning_day for start in stage.starts.values()):
        return cast
    items = {key: item for key, item in cast.items.items() if stage.begins(item.plan_id) <= morning_day}
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
    return line_of(cast.items[draft.occurrence.item_id], occurrence, ROLES[draft.audience], today, draft.rung.day)


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
