"""What a morning decides: due and not yet told, once, whoever asks and however often."""

import threading
from collections import Counter
from datetime import date

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Notice, NoticeKind, NoticeState, Occurrence, Scope
from services.reminders.decide import Decided, ask_undetermined, decide_notices, open_questions
from tests.world import World, days, sweep

DUE = date(2025, 12, 31)


def told(session: Session) -> list[tuple[str, str, str]]:
    rows = session.execute(
        select(Notice.rung, Notice.audience, Notice.state).order_by(Notice.day, Notice.audience, Notice.id)
    )
    return [(rung, audience, state.value) for rung, audience, state in rows]


def test_a_unit_is_told_thirty_days_before(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.1", DUE)
        assert decide_notices(session, sweep(world.authority.id, date(2025, 11, 28))) == Decided()
        assert decide_notices(session, sweep(world.authority.id, date(2025, 12, 1))) == Decided(told=1)
        assert told(session) == [("-30", "lead", "due")]


def test_the_same_morning_twice_tells_nothing_twice(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.1", DUE)
        decide_notices(session, sweep(world.authority.id, date(2025, 12, 1)))
        assert decide_notices(session, sweep(world.authority.id, date(2025, 12, 1))) == Decided()


def test_after_an_outage_the_newest_missed_rung_is_told_and_the_older_ones_are_passed_over(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.1", DUE)
        decide_notices(session, sweep(world.authority.id, date(2025, 12, 29)))
        assert told(session) == [
            ("-30", "lead", "passed_over"),
            ("-14", "lead", "passed_over"),
            ("-7", "lead", "passed_over"),
            ("-3", "lead", "due"),
        ]


def test_head_and_leader_are_copied_when_it_is_late(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.1", date(2025, 12, 3))
        for day in days(date(2025, 11, 1), date(2025, 12, 10)):
            decide_notices(session, sweep(world.authority.id, day))
        late = {rung: {a for r, a, _ in told(session) if r == rung} for rung, _, _ in told(session)}
        assert late["1"] == {"lead"}
        assert late["3"] == {"lead", "head"}
        assert late["7"] == {"lead", "head", "leader"}


def test_coordinators_hear_of_it_a_week_before(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.1", date(2025, 12, 17), coordinators=("VAN_PHONG", "PHONG_VHXH"))
        for day in days(date(2025, 11, 1), date(2025, 12, 17)):
            decide_notices(session, sweep(world.authority.id, day))
        assert [rung for rung, audience, _ in told(session) if audience == "coordinator"] == ["-7"]


def test_what_is_done_is_not_told(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        occurrence = world.add_item("A.I.1", DUE)
        assert occurrence
        occurrence.done_on = date(2025, 11, 1)
        session.flush()
        assert decide_notices(session, sweep(world.authority.id, date(2025, 12, 1))) == Decided()


def test_a_unit_without_any_address_keeps_its_rung_until_it_has_one(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        occurrence = world.add_item("A.I.1", DUE)
        assert occurrence
        for person in world.units["PHONG_VHXH"].people:
            person.active = False
        session.flush()
        assert decide_notices(session, sweep(world.authority.id, date(2025, 12, 1))) == Decided(unreachable=1)
        for person in world.units["PHONG_VHXH"].people:
            person.active = True
        session.flush()
        assert decide_notices(session, sweep(world.authority.id, date(2025, 12, 2))) == Decided(told=1)


def test_an_item_can_be_decided_alone(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        one, other = world.add_item("A.I.1", DUE), world.add_item("A.I.2", DUE)
        assert one and other
        decide_notices(session, sweep(world.authority.id, date(2025, 12, 1)), item_id=one.item_id)
        assert session.scalars(select(Notice.item_id)).all() == [one.item_id]


def test_another_authority_is_left_alone(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        here, there = World(session), World(session, "song-dao")
        here.add_item("A.I.1", DUE)
        there.add_item("A.I.1", DUE)
        assert decide_notices(session, sweep(here.authority.id, date(2025, 12, 1))).told == 1


def test_a_weekday_off_decides_nothing_and_loses_nothing(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.1", DUE)
        assert decide_notices(session, sweep(world.authority.id, date(2025, 12, 6))) == Decided()
        assert decide_notices(session, sweep(world.authority.id, date(2025, 12, 8))) == Decided(told=1)


def test_two_sweeps_at_once_tell_everything_once(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        for number in range(40):
            world.add_item(f"A.I.{number}", DUE)
        authority = world.authority.id

    def run() -> None:
        with Session(engine) as own, own.begin():
            decide_notices(own, sweep(authority, date(2025, 12, 1)))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Session(engine) as session:
        counts = Counter(session.scalars(select(Notice.about)))
        assert len(counts) == 40
        assert set(counts.values()) == {1}
        assert set(session.scalars(select(Occurrence.settled_offset))) == {-30}


def test_administrators_are_asked_once_a_week_for_a_date(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.3", None)
        fortnight = days(date(2025, 9, 1), date(2025, 9, 14))
        asked = [ask_undetermined(session, sweep(world.authority.id, day), 1) for day in fortnight]
        assert asked == [1, 0, 0, 0, 0, 0, 0] * 2
        assert session.scalars(select(Notice.kind)).all() == [NoticeKind.ASK] * 2


def test_a_missed_monday_is_asked_on_the_next_working_day(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.3", None)
        assert ask_undetermined(session, sweep(world.authority.id, date(2025, 9, 3)), 1) == 1


def test_an_item_nobody_leads_is_an_open_question(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        occurrence = world.add_item("A.I.4", DUE)
        assert occurrence
        assert open_questions(session, world.authority.id) == []
        world.plan.items[0].responsibilities[0].scope = Scope.UNKNOWN
        session.flush()
        assert open_questions(session, world.authority.id) == [occurrence.item_id]


def test_notices_start_as_due(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.1", DUE)
        decide_notices(session, sweep(world.authority.id, date(2025, 12, 1)))
        assert session.scalars(select(Notice.state)).all() == [NoticeState.DUE]
