"""What is rehearsed is what happens."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from models import Item, Message, MessageState, Notice, NoticeState, Occurrence
from models.deciding import ask_undetermined, decide_notices
from rules.workdays import WorkCalendar
from tasks.digests import compose_messages, letterhead
from tasks.rehearsal import RehearsedMail, Stage, rehearse
from tests.world import CALENDAR, World, days, sweep

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
        rehearsed = rehearse(session, world.plan, sweep(world.authority.id, FIRST), stage, head)
        assert as_tuples(rehearsed) == really_sent(session, world, outage)
        assert len(rehearsed) > 50


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
        rehearse(session, world.plan, sweep(world.authority.id, FIRST), Stage(FIRST, LAST), head)
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
        mails = rehearse(session, world.plan, sweep(world.authority.id, FIRST), Stage(FIRST, date(2025, 12, 31)), head)
        assert {(mail.to, mail.unit, mail.name) for mail in mails} == {(None, "PHONG_VHXH", "Đơn vị PHONG_VHXH")}


def test_from_now_on_the_rehearsal_goes_on_from_what_was_told(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.1", date(2025, 12, 31))
        decide_notices(session, sweep(world.authority.id, date(2025, 12, 1)))
        head = letterhead(session, world.authority.id, None, "song-mai.example")
        stage = Stage(date(2025, 12, 2), date(2025, 12, 31), from_now=True)
        mails = rehearse(session, world.plan, sweep(world.authority.id, stage.first), stage, head)
        assert [line.rung for mail in mails for line in mail.lines] == [-14, -7, -3, -1, 0]
