"""One mail a person a morning, whatever happened before."""

from datetime import UTC, date, datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Message, MessageState, Notice, NoticeState
from services.mail.letterhead import letterhead
from services.mail.outbox import claim
from services.reminders.compose import compose_messages
from services.reminders.decide import ask_undetermined, decide_notices
from tests.world import World, sweep

MONDAY = date(2025, 12, 1)
DUE = date(2025, 12, 31)
NOW = datetime(2025, 12, 1, 0, 30, tzinfo=UTC)


def compose(session: Session, world: World, today: date = MONDAY) -> int:
    head = letterhead(session, world.authority.id, None, "song-mai.example")
    return compose_messages(session, world.authority.id, today, NOW, head)


def test_many_items_make_one_mail_a_person(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        for number in range(12):
            world.add_item(f"A.I.{number}", DUE, lead="PHONG_VHXH" if number % 2 else "VAN_PHONG")
        decide_notices(session, sweep(world.authority.id, MONDAY))
        assert compose(session, world) == 2
        mails = {mail.to_address: mail for mail in session.scalars(select(Message))}
        assert set(mails) == {"phong-vhxh@song-mai.example", "van-phong@song-mai.example"}
        assert [f"A.I.{number}" in mails["phong-vhxh@song-mai.example"].text for number in range(12)] == [
            bool(number % 2) for number in range(12)
        ]


def test_composing_twice_makes_no_second_mail(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.1", DUE)
        decide_notices(session, sweep(world.authority.id, MONDAY))
        assert (compose(session, world), compose(session, world)) == (1, 0)


def test_what_comes_after_the_mail_of_the_day_waits_for_the_next_morning(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.1", DUE)
        decide_notices(session, sweep(world.authority.id, MONDAY))
        compose(session, world)
        world.add_item("A.I.2", DUE)
        decide_notices(session, sweep(world.authority.id, MONDAY))
        assert compose(session, world) == 0
        assert compose(session, world, date(2025, 12, 2)) == 1


def test_of_two_waiting_rungs_of_one_item_only_the_newer_is_told(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.1", date(2025, 12, 3))
        decide_notices(session, sweep(world.authority.id, date(2025, 12, 2)))  # the morning dies before composing
        decide_notices(session, sweep(world.authority.id, date(2025, 12, 3)))
        assert compose(session, world, date(2025, 12, 3)) == 1
        states = dict(session.execute(select(Notice.rung, Notice.state)).tuples().all())
        assert (states["-1"], states["0"]) == (NoticeState.PASSED_OVER, NoticeState.TOLD)


def test_what_was_done_before_the_mail_is_not_in_it(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        occurrence = world.add_item("A.I.1", DUE)
        assert occurrence
        decide_notices(session, sweep(world.authority.id, MONDAY))
        occurrence.done_on = MONDAY
        session.flush()
        assert compose(session, world) == 0
        assert session.scalars(select(Notice.state)).all() == [NoticeState.DROPPED]


def test_answers_go_to_the_focal_unit(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.1", DUE, lead="VAN_PHONG")
        decide_notices(session, sweep(world.authority.id, MONDAY))
        compose(session, world)
        assert session.scalars(select(Message.reply_to)).all() == ["phong-vhxh@song-mai.example"]


def test_later_mails_continue_the_thread_of_the_first(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.1", date(2025, 12, 3))
        for today in (MONDAY, date(2025, 12, 2)):
            decide_notices(session, sweep(world.authority.id, today))
            compose(session, world, today)
        first, second = session.scalars(select(Message).order_by(Message.id)).all()
        assert first.references is None
        assert second.references == first.message_id


def test_the_administrator_is_asked_what_the_document_leaves_open(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.3", None)
        ask_undetermined(session, sweep(world.authority.id, MONDAY), 1)
        assert compose(session, world) == 1
        mail = session.scalars(select(Message)).one()
        assert mail.to_address == world.admin.email
        assert "Theo quy định" in mail.text


def test_the_leader_reads_of_late_items_with_the_unit_that_is_late(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.1", date(2025, 11, 24))
        decide_notices(session, sweep(world.authority.id, MONDAY))
        compose(session, world)
        mails = {mail.to_address: mail for mail in session.scalars(select(Message))}
        assert world.leader.email in mails
        assert "Đơn vị PHONG_VHXH" in mails[world.leader.email].text


def test_a_mail_that_never_left_is_taken_back_into_the_next_mornings(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.1", date(2025, 12, 3))
        world.add_item("A.I.2", DUE)
        for today in (MONDAY, date(2025, 12, 2)):  # the mail server is away on both mornings
            decide_notices(session, sweep(world.authority.id, today))
            compose(session, world, today)
        old, new = session.scalars(select(Message).order_by(Message.id)).all()
        assert (old.state, new.state) == (MessageState.DROPPED, MessageState.QUEUED)
        assert "A.I.1" in new.text and "A.I.2" in new.text
        notices = session.execute(select(Notice.rung, Notice.state, Notice.message_id).order_by(Notice.id)).all()
        waiting = {rung: state for rung, state, message in notices if message == new.id}
        assert waiting == {"-1": NoticeState.TOLD, "-30": NoticeState.TOLD}
        assert NoticeState.DUE not in {state for _, state, _ in notices}


def test_a_mail_being_sent_is_not_taken_back(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.1", date(2025, 12, 3))
        decide_notices(session, sweep(world.authority.id, MONDAY))
        compose(session, world)
        mail = session.scalars(select(Message)).one()
        assert claim(session.connection(), mail.id, NOW)
        decide_notices(session, sweep(world.authority.id, date(2025, 12, 2)))
        compose(session, world, date(2025, 12, 2))
        assert session.scalars(select(Message.state).where(Message.id == mail.id)).one() is MessageState.SENDING


def test_a_milestone_is_told_with_its_own_target_and_a_single_deadline_without_a_name(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        mark, single = world.add_item("A.I.1", DUE), world.add_item("A.I.2", DUE)
        assert mark and single
        mark.kind, mark.label, mark.target = "milestone", "Mốc 31/12/2025", "Hoàn thành 90% kế hoạch"
        single.label = "Hạn 31/12/2025"
        session.flush()
        decide_notices(session, sweep(world.authority.id, MONDAY))
        compose(session, world)
        text = session.scalars(select(Message)).one().text
        assert "Hoàn thành 90% kế hoạch" in text and "Mốc 31/12/2025" in text
        assert "Hạn 31/12/2025" not in text
