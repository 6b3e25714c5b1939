"""A leader's deputy: for some days the leader's mail and the power to decide, and nothing that is the deputy's own."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Extension, Handover, Notice, Person, Progress, Role
from models.access import PortalLink
from models.authority import Authority
from rules.calendar.workdays import WorkCalendar
from rules.reminders.ladder import Ladder, LadderPolicy, ladder_of
from rules.work.answers import Answer, ExtensionAsked
from services.access.links import Door, link_for, open_session, visitor_of
from services.actor import Actor
from services.errors import NotAllowedError, UnknownNameError
from services.reminders.decide import decide_notices
from services.reports.approval import approve
from services.reports.steps import ReportRefusedError, uploaded
from services.staff.deputies import behalf_of, decider, deciders_of
from services.staff.directory import directory_of
from services.staff.leave import Leave, arrange, end_handover, hand_over, stand_ins_for
from services.work.answers import answer, held, new_batch
from services.work.extensions import ask_extension
from services.work.review_queue import answers_waiting, decide, judge
from tests.services.readings import AT, TODAY
from tests.world import World, sweep

BY = Actor("dòng lệnh: quản trị", AT)
DOOR = Door(b"k" * 32, "https://x.example")
WEEK = Leave(TODAY, TODAY + timedelta(days=6), "Đi công tác")
LADDER: Ladder = ladder_of(WorkCalendar(), LadderPolicy())


def actor_of(db: Session, person: Person) -> Actor:
    """The person's hand as the portal makes it: by a link and a session."""
    link_for(db, DOOR, person.id, None, AT)
    link = db.scalars(
        select(PortalLink).where(PortalLink.person_id == person.id).order_by(PortalLink.id.desc())
    ).first()
    assert link is not None
    visitor = visitor_of(db, open_session(db, DOOR, link, AT), AT)
    assert visitor is not None
    return Actor.of(visitor, AT)


def head_of(world: World, unit: str = "VAN_PHONG") -> Person:
    head = world.units[unit].head
    assert head is not None
    return head


def named(db: Session, world: World, deputy: Person, leave: Leave = WEEK) -> Handover:
    return arrange(db, world.leader, deputy, leave, BY, TODAY)


def test_the_leaders_copies_go_to_the_deputy_in_those_days_and_then_back(db: Session) -> None:
    world = World(db)
    named(db, world, head_of(world))
    directory = directory_of(db, world.authority.id)
    assert directory.on(TODAY - timedelta(days=1)).leaders == (world.leader.id,)
    assert directory.on(TODAY).leaders == directory.on(WEEK.last_day).leaders == (head_of(world).id,)
    assert directory.on(WEEK.last_day + timedelta(days=1)).leaders == (world.leader.id,)


def test_an_escalation_is_told_to_the_deputy(db: Session) -> None:
    world = World(db)
    named(db, world, head_of(world))
    world.add_item("A.1", TODAY - timedelta(days=14))
    decide_notices(db, sweep(world.authority.id, TODAY))
    told = set(db.scalars(select(Notice.person_id).where(Notice.audience == "leader")))
    assert told == {head_of(world).id}


def test_the_power_is_not_passed_on_and_the_newer_of_two_deputies_counts(db: Session) -> None:
    world = World(db)
    first, second = head_of(world), head_of(world, "TT_PVHCC")
    named(db, world, first)
    arrange(db, first, world.mailbox("VAN_PHONG"), WEEK, BY, TODAY)
    assert directory_of(db, world.authority.id).on(TODAY).leaders == (first.id,)
    named(db, world, second)
    assert behalf_of(db, first, TODAY) is None
    assert behalf_of(db, second, TODAY) == "Chủ tịch <chu-tich@song-mai.example>"
    assert [person.id for person, _ in deciders_of(db, world.authority.id, TODAY)] == [second.id]


def test_a_leader_who_stands_in_for_another_is_asked_once(db: Session) -> None:
    world = World(db)
    vice = Person(authority_id=world.authority.id, name="Phó Chủ tịch", email="pct@x.example", role=Role.LEADER)
    db.add(vice)
    db.flush()
    named(db, world, vice)
    assert deciders_of(db, world.authority.id, TODAY) == [(vice, "Chủ tịch")]
    assert decider(db, world.authority.id, "PCT@x.example", TODAY)[0] is vice
    with pytest.raises(UnknownNameError, match="không phải là lãnh đạo"):
        decider(db, world.authority.id, head_of(world).email, TODAY)


def test_shared_mailboxes_auditors_and_strangers_stand_in_for_no_leader(db: Session) -> None:
    world, other = World(db), World(db, "song-cau")
    auditor = Person(authority_id=world.authority.id, name="Kiểm tra", email="kt@x.example", role=Role.AUDITOR)
    db.add(auditor)
    db.flush()
    for person in (world.mailbox("VAN_PHONG"), auditor, other.leader, world.leader):
        with pytest.raises(NotAllowedError):
            named(db, world, person)
    offered = stand_ins_for(db, world.leader)
    assert {person.role for person in offered} == {Role.ADMIN, Role.HEAD}
    assert not any(person.is_mailbox or person.authority_id != world.authority.id for person in offered)


def test_nobody_makes_themselves_a_leaders_deputy(db: Session) -> None:
    """Not even the head of the unit in which the leader is listed, nor does anybody else end it."""
    world = World(db)
    world.leader.unit_id = world.units["VAN_PHONG"].id
    db.flush()
    head, days = head_of(world), (TODAY, TODAY)
    with pytest.raises(NotAllowedError):
        hand_over(db, actor_of(db, head), world.leader.id, head.id, days, "")
    row = hand_over(db, actor_of(db, world.leader), world.leader.id, world.admin.id, days, "")
    with pytest.raises(NotAllowedError):
        end_handover(db, actor_of(db, head), row.id)
    end_handover(db, actor_of(db, world.leader), row.id)
    assert db.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all() == ["deputy.name", "deputy.end"]


def test_hand_overs_without_a_unit_are_no_business_of_other_authorities(db: Session) -> None:
    world, other = World(db), World(db, "song-cau")
    row = named(db, world, head_of(world))
    assert row.unit_id is None
    for person in (other.admin, other.leader, world.admin):
        with pytest.raises(NotAllowedError, match="Không có lần bàn giao"):
            end_handover(db, actor_of(db, person), row.id)


def said(db: Session, world: World, who: Person, code: str) -> Progress:
    world.add_item(code, TODAY)
    given = actor_of(db, who)
    occurrence = world.plan.items[-1]
    of = held(db, given.visitor, _occurrence(db, occurrence.id))
    return answer(db, given, of, Answer("done", 100, done_on=TODAY), seen=0, batch=new_batch())


def _occurrence(db: Session, item_id: int) -> int:
    from models import Occurrence

    return db.scalars(select(Occurrence.id).where(Occurrence.item_id == item_id)).one()


def test_a_deputy_judges_answers_but_neither_their_own_nor_their_units_shared_mailboxes(db: Session) -> None:
    world = World(db)
    deputy = head_of(world, "PHONG_VHXH")
    own, shared = said(db, world, deputy, "A.1"), said(db, world, world.mailbox("PHONG_VHXH"), "A.2")
    with pytest.raises(NotAllowedError):
        judge(db, actor_of(db, deputy), [own.id], None, LADDER)
    named(db, world, deputy)
    given = actor_of(db, deputy)
    assert {(row.id, row.own) for row in answers_waiting(db, given.visitor)} == {(own.id, True), (shared.id, True)}
    told = judge(db, given, [own.id, shared.id], None, LADDER)
    assert (told.done, len(told.refused)) == (0, 1)
    other = Person(
        authority_id=world.authority.id, unit=world.units["PHONG_VHXH"], name="Cán bộ", email="cb@x.example",
        role=Role.OFFICER,
    )  # fmt: skip
    db.add(other)
    db.flush()
    third = said(db, world, other, "A.3")
    assert judge(db, given, [third.id], None, LADDER).done == 1
    actor = db.scalars(select(AuditEvent.actor).where(AuditEvent.action == "review.accepted")).one()
    assert actor == f"{deputy.name} <{deputy.email}> (thay mặt Chủ tịch <chu-tich@song-mai.example>)"


def test_a_deputys_own_answers_are_not_said_on_the_leaders_behalf(db: Session) -> None:
    world = World(db)
    deputy = head_of(world, "PHONG_VHXH")
    named(db, world, deputy)
    said(db, world, deputy, "A.1")
    actor = db.scalars(select(AuditEvent.actor).where(AuditEvent.action == "answer")).one()
    assert "thay mặt" not in actor


def test_past_the_plans_year_the_deputy_decides_as_the_leader_would(db: Session) -> None:
    world = World(db)
    row = world.add_item("A.1", date(world.plan.year, 12, 20))
    assert row is not None
    asker = actor_of(db, world.mailbox("PHONG_VHXH"))
    asked = ask_extension(
        db, asker, held(db, asker.visitor, row.id), ExtensionAsked(date(world.plan.year + 1, 1, 9), "Chờ tỉnh")
    )
    with pytest.raises(NotAllowedError, match="lãnh đạo quyết định"):
        decide(db, actor_of(db, world.admin), asked.id, asked.wanted_day, "", LADDER)
    named(db, world, world.admin)
    decide(db, actor_of(db, world.admin), asked.id, asked.wanted_day, "", LADDER)
    assert db.get_one(Extension, asked.id).decided_by_id == world.admin.id
    assert (
        "thay mặt Chủ tịch" in db.scalars(select(AuditEvent.actor).where(AuditEvent.action == "extension.grant")).one()
    )


def test_a_deputy_approves_a_report_unless_they_uploaded_it(db: Session) -> None:
    from services.documents import KeptDocument
    from tests.portal.test_matrix import waiting_report

    world = World(db)
    deputy, actor = head_of(world), Actor(f"{head_of(world).name} <{head_of(world).email}>", AT)
    report = waiting_report(db, world.plan)
    with pytest.raises(ReportRefusedError, match="không thay mặt lãnh đạo"):
        approve(db, report, deputy, actor)
    named(db, world, deputy)
    uploaded(db, report, KeptDocument("1" * 64, "b.docx", 9), actor)
    with pytest.raises(ReportRefusedError, match="không tự phê duyệt"):
        approve(db, report, deputy, actor)
    uploaded(db, report, KeptDocument("2" * 64, "c.docx", 9), Actor(f"{world.leader.name} <{world.leader.email}>", AT))
    approve(db, report, deputy, actor)
    assert report.approved_by == deputy.name
    assert (
        "thay mặt Chủ tịch" in db.scalars(select(AuditEvent.actor).where(AuditEvent.action == "report.approve")).one()
    )


def test_a_deputy_who_left_or_a_leader_who_is_none_any_more_gives_no_power(db: Session) -> None:
    world = World(db)
    deputy = head_of(world)
    named(db, world, deputy)
    deputy.active = False
    db.flush()
    assert deciders_of(db, world.authority.id, TODAY) == [(world.leader, "")]
    deputy.active, world.leader.role = True, Role.OFFICER
    db.flush()
    assert behalf_of(db, deputy, TODAY) is None
    assert db.get_one(Authority, world.authority.id).people
