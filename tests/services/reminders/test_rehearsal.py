"""What is rehearsed is what happens."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from models import Item, Message, MessageState, Notice, NoticeState, Occurrence, Plan
from rules.calendar.workdays import WorkCalendar
from services.mail.letterhead import letterhead
from services.reminders.compose import compose_messages
from services.reminders.decide import ask_undetermined, decide_notices
from services.reminders.rehearsal import RehearsedMail, Stage, rehearse
from tests.world import CALENDAR, MOMENT, World, days, sweep

FIRST, LAST = date(2025, 10, 1), date(2026, 1, 31)
SOON_DAYS = 7
OUTAGE = (date(2025, 12, 22), date(2025, 12, 26))


def a_world(session: Session) -> World:
    world = World(session)
    world.add_item("A.I.1", date(2025, 12, 31), coordinators=("VAN_PHONG", "TT_PVHCC"))
    world.add_item("A.I.2", date(2025, 12, 28), lead="VAN_PHONG")
    world.add_item("A.I.3", None)
    world.add_item("A.I.4", date(2025, 10, 6), lead="TT_PVHCC", opens=date(2025, 9, 29))
    world.add_item("A.I.5", date(2026, 1, 31), lead="VAN_PHONG", coordinators=("PHONG_VHXH",))
    return world


def mornings(calendar: WorkCalendar, outage: tuple[date, date] | None) -> list[date]:
    away = days(*outage) if outage else []
    return [day for day in days(FIRST, LAST) if calendar.is_working_day(day) and day not in away]


def really_sent(session: Session, world: World, outage: tuple[date, date] | None) -> list[tuple[object, ...]]:
    """Run every morning on the database and read back what was queued."""
    head = letterhead(session, world.authority.id, None, "song-mai.example")
    for today in mornings(CALENDAR, outage):
        morning = sweep(world.authority.id, today)
        decide_notices(session, morning)
        ask_undetermined(session, morning, 1)
        compose_messages(session, world.authority.id, today, datetime(2025, 1, 1, tzinfo=UTC), head, SOON_DAYS)
        session.execute(update(Message).values(state=MessageState.SENT))
    found: list[tuple[object, ...]] = []
    for mail in session.scalars(select(Message).order_by(Message.day, Message.to_address)):
        lines = session.execute(
            select(Item.code, Occurrence.due_on, Notice.rung)
            .join(Notice, Notice.item_id == Item.id)
            .outerjoin(Occurrence, Occurrence.id == Notice.occurrence_id)
            .where(Notice.message_id == mail.id)
        ).all()
        found.append(
            (mail.day, mail.to_address, mail.subject, sorted((c, d, int(r) if d else None) for c, d, r in lines))
        )
    return found


def as_tuples(mails: list[RehearsedMail]) -> list[tuple[object, ...]]:
    rows = [
        (mail.date, mail.to, mail.subject, sorted((line.item, line.due, line.rung) for line in mail.lines))
        for mail in mails
    ]
    return sorted(rows, key=lambda row: (row[0], row[1]))


@pytest.mark.parametrize("outage", [None, OUTAGE], ids=["every morning", "five days away"])
def test_the_rehearsal_is_what_then_really_goes_out(engine: Engine, outage: tuple[date, date] | None) -> None:
    with Session(engine) as session, session.begin():
        world = a_world(session)
        head = letterhead(session, world.authority.id, None, "song-mai.example")
        stage = Stage(FIRST, LAST, outage, soon_days=SOON_DAYS)
        rehearsed = rehearse(session, [world.plan], sweep(world.authority.id, FIRST), stage, head)
        assert as_tuples(rehearsed) == really_sent(session, world, outage)
        assert len(rehearsed) > 50


def second_plan(world: World) -> tuple[Plan, Plan]:
    """Another plan of the same units, with an open question of its own; both plans."""
    first = world.plan
    world.plan = Plan(
        authority_id=world.authority.id,
        code="chuyen-doi-so-2025",
        title="Kế hoạch chuyển đổi số năm 2025",
        year=2025,
        form="annex",
        imported_at=MOMENT,
        reading_hash="0" * 64,
    )
    world.session.add(world.plan)
    world.session.flush()
    world.add_item("B.1", date(2025, 12, 30), lead="VAN_PHONG", coordinators=("PHONG_VHXH",))
    world.add_item("B.2", None)
    return first, world.plan


@pytest.mark.parametrize("outage", [None, OUTAGE], ids=["every morning", "five days away"])
def test_several_plans_rehearsed_together_are_one_mail_a_person_as_really_goes_out(
    engine: Engine, outage: tuple[date, date] | None
) -> None:
    with Session(engine) as session, session.begin():
        world = a_world(session)
        plans = second_plan(world)
        head = letterhead(session, world.authority.id, None, "song-mai.example")
        stage = Stage(FIRST, LAST, outage, soon_days=SOON_DAYS)
        morning = sweep(world.authority.id, FIRST)
        together = rehearse(session, plans, morning, stage, head)
        apart = [mail for plan in plans for mail in rehearse(session, [plan], morning, stage, head)]
        assert len(together) == len({(mail.date, mail.to) for mail in together}) < len(apart)
        said = {line.item for mail in together for line in mail.lines}
        assert {"song-mai-2025 A.I.1", "chuyen-doi-so-2025 B.1", "chuyen-doi-so-2025 B.2"} <= said
        bare = [
            replace(mail, lines=tuple(replace(line, item=line.item.split(" ")[1]) for line in mail.lines))
            for mail in together
        ]
        assert as_tuples(bare) == really_sent(session, world, outage)


def test_of_a_plan_that_begins_later_nothing_is_said_before(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = a_world(session)
        plans = second_plan(world)
        begins = date(2025, 12, 15)
        head = letterhead(session, world.authority.id, None, "song-mai.example")
        stage = Stage(FIRST, LAST, soon_days=SOON_DAYS, starts={plans[1].id: begins})
        mails = rehearse(session, plans, sweep(world.authority.id, FIRST), stage, head)
        days_of_it = {mail.date for mail in mails for line in mail.lines if line.item.startswith(plans[1].code)}
        assert min(days_of_it) == begins
        alone = rehearse(session, [plans[0]], sweep(world.authority.id, FIRST), stage, head)
        before = [
            [(mail.date, mail.to, mail.subject) for mail in some if mail.date < begins] for some in (mails, alone)
        ]
        assert before[0] == before[1]


def test_after_a_year_every_rung_is_told_or_passed_over_exactly_once(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = a_world(session)
        really_sent(session, world, OUTAGE)
        states = set(session.scalars(select(Notice.state)))
        assert states == {NoticeState.TOLD, NoticeState.PASSED_OVER}
        twice = select(Notice.about).group_by(Notice.about, Notice.person_id, Notice.rung).having(func.count() > 1)
        assert session.scalars(twice).all() == []


def test_a_rehearsal_writes_nothing(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = a_world(session)
        head = letterhead(session, world.authority.id, None, "song-mai.example")
        rehearse(session, [world.plan], sweep(world.authority.id, FIRST), Stage(FIRST, LAST), head)
        assert not session.dirty and not session.new
        assert session.scalar(select(func.count()).select_from(Notice)) == 0


def test_a_unit_without_mailbox_is_rehearsed_with_its_name(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.1", date(2025, 12, 31))
        for person in world.units["PHONG_VHXH"].people:
            person.active = False
        session.flush()
        head = letterhead(session, world.authority.id, None, "song-mai.example")
        mails = rehearse(
            session, [world.plan], sweep(world.authority.id, FIRST), Stage(FIRST, date(2025, 12, 31)), head
        )
        assert {(mail.to, mail.unit, mail.name) for mail in mails} == {(None, "PHONG_VHXH", "Đơn vị PHONG_VHXH")}


def test_from_now_on_the_rehearsal_goes_on_from_what_was_told(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.1", date(2025, 12, 31))
        decide_notices(session, sweep(world.authority.id, date(2025, 12, 1)))
        head = letterhead(session, world.authority.id, None, "song-mai.example")
        stage = Stage(date(2025, 12, 2), date(2025, 12, 31), from_now=True)
        mails = rehearse(session, [world.plan], sweep(world.authority.id, stage.first), stage, head)
        assert [line.rung for mail in mails for line in mail.lines] == [-14, -7, -3, -1, 0]
