"""Answers, reviews, extensions, leave and named coordinators keep the ladder true, on both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Item, Message, Notice, NoticeState, Occurrence, Part, Person, Responsibility, Scope
from rules.reminders.ladder import Ladder
from rules.work.access import Share
from rules.work.answers import Answer, ExtensionAsked
from services import audit
from services.actor import Actor, Visitor
from services.errors import AnsweredMeanwhileError, NotAllowedError, NotYoursError
from services.mail.letterhead import letterhead
from services.plans.occurrences import sync_occurrences
from services.policy import Terms
from services.reminders.compose import compose_messages
from services.reminders.decide import decide_notices
from services.staff.directory import directory_of
from services.staff.leave import end_handover, hand_over
from services.work.answers import answer, done_at_once, held, new_batch, undo
from services.work.coordinators import NamingError, coordinators_of, name_coordinators
from services.work.extensions import ask_extension, decide_extension, open_extension, withdraw_extension
from services.work.reviews import accept_answer, reopen_period, return_answer
from tests.world import CALENDAR, POLICY, World, sweep

NOON = datetime(2025, 12, 1, 5, tzinfo=UTC)
MONDAY = date(2025, 12, 1)
DUE = date(2025, 12, 10)
LADDER = Ladder(CALENDAR, POLICY)
DONE = Answer("done", 100, done_on=MONDAY)


def actor_of(person: Person, at: datetime = NOON) -> Actor:
    unit = person.unit.name if person.unit else ""
    visitor = Visitor(
        person.id, person.name, person.email, person.role.value, person.unit_id, unit, person.authority_id, "UBND"
    )
    return Actor.of(visitor, at)


@pytest.fixture
def world(db: Session) -> World:
    return World(db)


@pytest.fixture
def due(world: World) -> Occurrence:
    row = world.add_item("A.I.1", DUE, coordinators=("TT_PVHCC",))
    assert row is not None
    return row


def say(db: Session, person: Person, row: Occurrence, given: Answer, at: datetime = NOON, seen: int = 0) -> int:
    actor = actor_of(person, at)
    return answer(db, actor, held(db, actor.visitor, row.id, lock=True), given, seen=seen, batch=new_batch()).id


def test_each_sees_what_is_theirs_and_no_more(db: Session, world: World, due: Occurrence) -> None:
    head = world.units["PHONG_VHXH"].head
    assert head is not None
    shares = {
        person: held(db, actor_of(person).visitor, due.id).share
        for person in (world.mailbox("PHONG_VHXH"), head, world.mailbox("TT_PVHCC"), world.leader, world.admin)
    }
    assert list(shares.values()) == [Share.LEAD, Share.LEAD, Share.COORDINATOR, Share.READER, Share.READER]
    for person in (world.mailbox("VAN_PHONG"), World(db, "khac").mailbox("PHONG_VHXH"), World(db, "xa").leader):
        with pytest.raises(NotYoursError):
            held(db, actor_of(person).visitor, due.id)
    with pytest.raises(NotAllowedError):
        say(db, world.leader, due, DONE)


def test_a_dropped_or_cancelled_occurrence_is_nobodys(db: Session, world: World, due: Occurrence) -> None:
    due.cancelled_at = NOON
    db.flush()
    with pytest.raises(NotYoursError):
        held(db, actor_of(world.mailbox("PHONG_VHXH")).visitor, due.id)


def test_done_ends_the_ladder_and_undo_brings_back_exactly_the_rest(db: Session, world: World, due: Occurrence) -> None:
    decide_notices(db, sweep(world.authority.id, MONDAY))
    db.refresh(due)
    rung, settled = due.next_rung_on, due.settled_offset
    person = world.mailbox("PHONG_VHXH")
    first = say(db, person, due, DONE)
    assert (due.done_on, due.next_rung_on) == (MONDAY, None)
    batch = db.scalars(select(Notice.state).where(Notice.occurrence_id == due.id)).all()
    assert NoticeState.DUE not in batch
    from models import Progress

    undo(db, actor_of(person, NOON + timedelta(hours=23)), db.get_one(Progress, first).batch or "", LADDER)
    assert (due.done_on, due.next_rung_on, due.settled_offset) == (None, rung, settled)


def test_undo_goes_back_to_the_answer_before(db: Session, world: World, due: Occurrence) -> None:
    from models import Progress

    person = world.mailbox("PHONG_VHXH")
    first = say(db, person, due, DONE)
    second = say(db, person, due, Answer("cannot", None, "Hết kinh phí"), seen=first)
    assert due.done_on is None
    assert due.halted_at == NOON
    undo(db, actor_of(person), db.get_one(Progress, second).batch or "", LADDER)
    assert (due.done_on, due.halted_at, due.next_rung_on) == (MONDAY, None, None)


def test_an_answer_upon_an_unseen_one_is_refused_and_shows_it(db: Session, world: World, due: Occurrence) -> None:
    person = world.mailbox("PHONG_VHXH")
    first = say(db, person, due, Answer("under_way", 30))
    with pytest.raises(AnsweredMeanwhileError) as refused:
        say(db, person, due, DONE)
    assert refused.value.newest is not None
    assert refused.value.newest.id == first
    assert due.done_on is None


def test_a_coordinators_done_is_its_part_and_stops_its_own_notices_only(
    db: Session, world: World, due: Occurrence
) -> None:
    say(db, world.mailbox("TT_PVHCC"), due, DONE)
    assert due.done_on is None
    assert due.next_rung_on is not None
    decide_notices(db, sweep(world.authority.id, date(2025, 12, 3)))
    head = letterhead(db, world.authority.id, None, "x.example")
    compose_messages(db, world.authority.id, date(2025, 12, 3), NOON, head)
    told = set(db.scalars(select(Message.to_address)))
    assert "phong-vhxh@song-mai.example" in told
    assert "tt-pvhcc@song-mai.example" not in told


def test_a_coordinators_part_sent_back_is_told_again(db: Session, world: World, due: Occurrence) -> None:
    part = say(db, world.mailbox("TT_PVHCC"), due, DONE)
    return_answer(db, actor_of(world.admin), part, "Thiếu số liệu tháng 11", LADDER)
    assert due.next_rung_on is not None
    decide_notices(db, sweep(world.authority.id, date(2025, 12, 3)))
    head = letterhead(db, world.authority.id, None, "x.example")
    compose_messages(db, world.authority.id, date(2025, 12, 3), NOON, head)
    mails = {mail.to_address: " ".join(mail.text.split()) for mail in db.scalars(select(Message))}
    assert "bị trả lại để bổ sung: Thiếu số liệu tháng 11" in mails["tt-pvhcc@song-mai.example"]


def test_a_period_takes_late_answers_until_the_next_one_is_due_and_then_only_when_reopened(
    db: Session, world: World, due: Occurrence
) -> None:
    due.urge_until = date(2025, 12, 20)
    db.flush()
    person, late = world.mailbox("PHONG_VHXH"), NOON + timedelta(days=15)
    after = NOON + timedelta(days=30)
    first = say(db, person, due, Answer("under_way", 50), late)
    with pytest.raises(NotAllowedError, match="Kỳ này đã đóng"):
        say(db, person, due, DONE, after, seen=first)
    with pytest.raises(NotAllowedError, match="Chỉ cơ quan đầu mối"):
        reopen_period(db, actor_of(person, after), due.id, date(2026, 1, 9), "", LADDER)
    reopen_period(db, actor_of(world.admin, after), due.id, date(2026, 1, 9), "Bổ sung số liệu", LADDER)
    say(db, person, due, DONE, after, seen=first)
    assert due.done_on == MONDAY


def test_an_answer_sent_back_is_open_again_and_told_with_the_reason_next_morning(
    db: Session, world: World, due: Occurrence
) -> None:
    person = world.mailbox("PHONG_VHXH")
    first = say(db, person, due, DONE)
    with pytest.raises(NotAllowedError, match="ghi rõ"):
        return_answer(db, actor_of(world.admin), first, " ", LADDER)
    return_answer(db, actor_of(world.admin), first, "Thiếu quyết định phê duyệt", LADDER)
    assert due.done_on is None
    assert due.next_rung_on is not None
    head = letterhead(db, world.authority.id, None, "x.example")
    compose_messages(db, world.authority.id, date(2025, 12, 2), NOON, head)
    mail = db.scalars(select(Message).where(Message.person_id == person.id)).one()
    assert "bị trả lại để bổ sung: Thiếu quyết định phê duyệt" in " ".join(mail.text.split())
    with pytest.raises(NotAllowedError):
        accept_answer(db, actor_of(world.admin), first)
    again = say(db, person, due, DONE, seen=first)
    accept_answer(db, actor_of(world.leader), again)
    from models import Progress

    with pytest.raises(NotAllowedError, match="đã được cơ quan đầu mối xem xét"):
        undo(db, actor_of(person), db.get_one(Progress, again).batch or "", LADDER)


def test_nobody_judges_what_they_submitted(db: Session, world: World, due: Occurrence) -> None:
    world.admin.unit = world.units["PHONG_VHXH"]
    db.flush()
    mine = say(db, world.admin, due, DONE)
    with pytest.raises(NotAllowedError, match="chính mình"):
        accept_answer(db, actor_of(world.admin), mine)


def test_a_granted_extension_moves_the_day_and_tells_the_ladder_anew(
    db: Session, world: World, due: Occurrence
) -> None:
    decide_notices(db, sweep(world.authority.id, date(2025, 12, 9)))
    person, tuesday = world.mailbox("PHONG_VHXH"), NOON + timedelta(days=8)
    of = held(db, actor_of(person).visitor, due.id)
    ask_extension(db, actor_of(person, tuesday), of, ExtensionAsked(date(2025, 12, 24), "Chờ kinh phí"))
    asked = ask_extension(db, actor_of(person, tuesday), of, ExtensionAsked(date(2025, 12, 26), "Chờ kinh phí"))
    waiting = open_extension(db, due.id)
    assert waiting is not None
    assert waiting.id == asked.id
    with pytest.raises(NotAllowedError):
        decide_extension(db, actor_of(person, tuesday), asked.id, date(2025, 12, 26), "", LADDER)
    decide_extension(db, actor_of(world.admin, tuesday), asked.id, date(2025, 12, 26), "", LADDER)
    assert (due.last_day, due.due_on, due.extended_to) == (date(2025, 12, 26), DUE, date(2025, 12, 26))
    assert due.next_rung_on == date(2025, 12, 12)
    told = []
    for day in (date(2025, 12, 12), date(2025, 12, 19), date(2025, 12, 25), date(2025, 12, 26)):
        decide_notices(db, sweep(world.authority.id, day))
    query = select(Notice.rung).where(Notice.about == f"o{due.id}", Notice.person_id == person.id)
    told = list(db.scalars(query.order_by(Notice.id)))
    assert told == ["-14", "-7", "-3", "-1", "0"]


def test_a_granted_day_outlasts_the_next_sync(db: Session, world: World, due: Occurrence) -> None:
    person = world.mailbox("PHONG_VHXH")
    row = world.plan.items[0]
    assert isinstance(row, Item)
    terms = Terms(CALENDAR, POLICY, MONDAY, NOON)
    sync_occurrences(db, world.plan, terms)
    asked = ask_extension(
        db, actor_of(person), held(db, actor_of(person).visitor, due.id), ExtensionAsked(date(2025, 12, 26), "Chờ")
    )
    decide_extension(db, actor_of(world.admin), asked.id, date(2025, 12, 26), "", LADDER)
    rung = due.next_rung_on
    sync_occurrences(db, world.plan, terms)
    db.refresh(due)
    assert (due.last_day, due.next_rung_on) == (date(2025, 12, 26), rung)


def test_an_extension_is_asked_by_the_lead_refused_with_a_reason_and_withdrawn(
    db: Session, world: World, due: Occurrence
) -> None:
    partner, person = world.mailbox("TT_PVHCC"), world.mailbox("PHONG_VHXH")
    wanted = ExtensionAsked(date(2025, 12, 26), "Chờ")
    with pytest.raises(NotAllowedError, match="chủ trì"):
        ask_extension(db, actor_of(partner), held(db, actor_of(partner).visitor, due.id), wanted)
    of = held(db, actor_of(person).visitor, due.id)
    asked = ask_extension(db, actor_of(person), of, wanted)
    with pytest.raises(NotAllowedError, match="lý do"):
        decide_extension(db, actor_of(world.admin), asked.id, None, "", LADDER)
    decide_extension(db, actor_of(world.admin), asked.id, None, "Không có căn cứ", LADDER)
    assert due.last_day == DUE
    ask_extension(db, actor_of(person), of, wanted)
    withdraw_extension(db, actor_of(person), of)
    assert open_extension(db, due.id) is None


def test_leave_sends_the_units_mail_to_the_deputy_for_its_days(db: Session, world: World, due: Occurrence) -> None:
    head, box = world.units["PHONG_VHXH"].head, world.mailbox("PHONG_VHXH")
    assert head is not None
    days = (date(2025, 12, 3), date(2025, 12, 5))
    row = hand_over(db, actor_of(head), box.id, head.id, days, "Nghỉ phép")
    directory = directory_of(db, world.authority.id)
    unit = world.units["PHONG_VHXH"].id
    assert [directory.on(date(2025, 12, day)).unit(unit) for day in (2, 3, 5, 6)] == [box.id, head.id, head.id, box.id]
    decide_notices(db, sweep(world.authority.id, date(2025, 12, 3)))
    assert set(db.scalars(select(Notice.person_id).where(Notice.audience == "lead"))) == {head.id}
    end_handover(db, actor_of(head), row.id)
    assert directory_of(db, world.authority.id).on(date(2025, 12, 4)).unit(unit) == box.id


def test_leave_stays_inside_the_unit_and_in_its_own_hands(db: Session, world: World) -> None:
    head, box = world.units["PHONG_VHXH"].head, world.mailbox("PHONG_VHXH")
    other = world.mailbox("VAN_PHONG")
    assert head is not None
    week = (MONDAY, date(2025, 12, 5))
    for from_id, to_id, days, why in (
        (box.id, other.id, week, "cùng đơn vị"),
        (head.id, box.id, week, "trưởng đơn vị"),
        (box.id, box.id, week, "khác nhau"),
        (box.id, head.id, (MONDAY, date(2025, 11, 30)), "Ngày kết thúc"),
        (box.id, head.id, (MONDAY, date(2027, 12, 30)), "Ngày kết thúc"),
    ):
        with pytest.raises(NotAllowedError, match=why):
            hand_over(db, actor_of(box), from_id, to_id, days, "")


def test_the_lead_names_whom_an_open_set_means_and_they_are_told_and_answer(db: Session, world: World) -> None:
    row = world.add_item("A.I.2", date(2025, 12, 8))
    assert row is not None
    person, office = world.mailbox("PHONG_VHXH"), world.mailbox("VAN_PHONG")
    of = held(db, actor_of(person).visitor, row.id)
    with pytest.raises(NamingError, match="đã ghi rõ"):
        name_coordinators(db, actor_of(person), of, [office.unit_id or 0])
    of.item.responsibilities.append(
        Responsibility(part=Part.COORDINATOR, scope=Scope.RELATED, printed="Các cơ quan có liên quan", position=5)
    )
    db.flush()
    name_coordinators(db, actor_of(person), of, [office.unit_id or 0])
    assert coordinators_of(db, of.item.id, world.authority.id) == (office.unit_id,)
    assert held(db, actor_of(office).visitor, row.id).share is Share.COORDINATOR
    decide_notices(db, sweep(world.authority.id, MONDAY))
    assert office.id in set(db.scalars(select(Notice.person_id).where(Notice.occurrence_id == row.id)))
    stranger = World(db, "la")
    with pytest.raises(NamingError, match="không thuộc"):
        name_coordinators(db, actor_of(person), of, [stranger.units["VAN_PHONG"].id])
    name_coordinators(db, actor_of(person), of, [])
    with pytest.raises(NotYoursError):
        held(db, actor_of(office).visitor, row.id)


def test_done_at_once_is_one_step_and_leaves_a_trail_that_verifies(db: Session, world: World, due: Occurrence) -> None:
    second = world.add_item("A.I.2", DUE)
    assert second is not None
    told = done_at_once(db, actor_of(world.mailbox("PHONG_VHXH")), [second.id, due.id, due.id], seen_up_to=0)
    assert told.done == ("A.I.1", "A.I.2")
    assert len(undo(db, actor_of(world.mailbox("PHONG_VHXH")), told.batch, LADDER)) == 2
    assert audit.verify(db) is None
    actions = db.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == ["answer", "answer", "answer.undo", "answer.undo"]


def test_the_database_counts_what_a_calendar_would_show_anew(db: Session, world: World, due: Occurrence) -> None:
    db.refresh(due)
    assert (due.sequence, due.changed_at) == (0, None)
    due.settled_offset = -7
    db.flush()
    db.refresh(due)
    assert due.sequence == 0
    due.last_day = date(2025, 12, 11)
    db.flush()
    db.refresh(due)
    assert due.sequence == 1
    assert due.changed_at is not None
    due.item.title = "Tên khác"
    db.flush()
    db.refresh(due)
    assert due.sequence == 2
    due.cancelled_at = NOON
    db.flush()
    db.refresh(due)
    assert due.sequence == 3
