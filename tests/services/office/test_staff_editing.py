"""Units and people one at a time: addresses that move, heads that change, and who may never be taken away."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Message, MessageState, Person, PortalLink, Role, Unit
from models.authority import Authority
from rules.staff.form import read_person, read_unit
from rules.staff.values import PersonEntry, StaffList, UnitEntry
from services.access.links import Door, link_for, open_session, visitor_of
from services.actor import Actor
from services.errors import BadContentError, StoreError
from services.mail.outbox import queue_again
from services.office.staff_editing import (
    FieldError,
    add_person,
    add_unit,
    change_person,
    change_unit,
    deactivate,
    reactivate,
    set_head,
)
from services.office.staff_importing import apply_staff
from tests.services.readings import AT, TODAY
from tests.world import World

BY = Actor("kiểm thử", AT)
DOOR = Door(b"k" * 32, "https://x.example")


def entry(person: Person, **more: str) -> PersonEntry:
    given = {"name": person.name, "email": person.email, "role": person.role.value, **more}
    return PersonEntry.model_validate(given)


def mail_to(db: Session, person: Person, state: MessageState, kind: str, text: str = "") -> Message:
    row = Message(
        authority_id=person.authority_id, person_id=person.id, kind="other", dedupe_key=kind, day=TODAY,
        to_address=person.email, to_name=person.name, subject="Nhắc", text=text, html="",
        message_id=f"<{kind}@x>", state=state, created_at=AT,
    )  # fmt: skip
    db.add(row)
    db.flush()
    return row


def test_mail_that_waits_follows_a_changed_address_and_links_that_were_sent_are_worthless(db: Session) -> None:
    world = World(db)
    head = world.units["PHONG_VHXH"].head
    assert head is not None
    sent, waiting = (link_for(db, DOOR, head.id, None, AT) for _ in range(2))
    gone = mail_to(db, head, MessageState.SENT, "a", sent)
    rows = [mail_to(db, head, state, state.value, waiting) for state in (MessageState.QUEUED, MessageState.RETRY)]
    bounced = mail_to(db, head, MessageState.BOUNCED, "b")
    old = head.email
    done = change_person(db, head, entry(head, email="moi@x.example"), head.unit, BY)
    assert (done.mails, done.links) == (2, 1)
    assert [row.to_address for row in rows] == ["moi@x.example"] * 2
    assert (gone.to_address, bounced.to_address) == (old, old)
    queue_again(db.connection(), [bounced.id])
    db.expire_all()
    assert bounced.to_address == "moi@x.example"
    revoked = db.scalars(select(PortalLink.revoked_at).order_by(PortalLink.id)).all()
    assert [at is None for at in revoked] == [False, True]


def test_a_moved_shared_mailbox_revokes_the_old_ones_links_too(db: Session) -> None:
    world = World(db)
    unit, box = world.units["VAN_PHONG"], world.mailbox("VAN_PHONG")
    link_for(db, DOOR, box.id, None, AT)
    change_unit(db, unit, UnitEntry(name=unit.name, mailbox="moi@x.example"), BY)
    assert (box.email, unit.mailbox, box.is_mailbox) == ("moi@x.example", "moi@x.example", True)
    change_unit(db, unit, UnitEntry(name="Văn phòng mới"), BY)
    assert box.name == "Văn phòng mới"
    assert db.scalars(select(PortalLink.revoked_at)).one() is not None


def test_whoever_leaves_is_out_at_once_and_gets_nothing_more(db: Session) -> None:
    world = World(db)
    head = world.units["PHONG_VHXH"].head
    assert head is not None
    link_for(db, DOOR, head.id, None, AT)
    token = open_session(db, DOOR, db.scalars(select(PortalLink)).one(), AT)
    waiting = mail_to(db, head, MessageState.QUEUED, "a")
    assert visitor_of(db, token, AT) is not None
    assert deactivate(db, head, BY) == (1, 1)
    assert visitor_of(db, token, AT) is None
    assert waiting.state is MessageState.DROPPED
    assert world.units["PHONG_VHXH"].head is None
    assert reactivate(db, head, BY)
    assert visitor_of(db, token, AT) is None
    assert (head.active, head.role) == (True, Role.OFFICER)


def test_the_last_administrator_is_neither_removed_nor_demoted_by_any_way(db: Session) -> None:
    world, _ = World(db), World(db, "song-cau")
    with pytest.raises(StoreError, match="duy nhất"):
        deactivate(db, world.admin, BY)
    with pytest.raises(FieldError, match="duy nhất") as refused:
        change_person(db, world.admin, entry(world.admin, role="leader"), None, BY)
    assert refused.value.field == "role"
    listed = StaffList.model_validate(
        {"people": [{"name": "Quản trị", "email": world.admin.email, "role": "officer", "unit": "VAN_PHONG"}]}
    )
    with pytest.raises(BadContentError, match="quản trị viên"), db.begin_nested():
        apply_staff(db, world.authority, listed, BY)
    add_person(db, world.authority, PersonEntry(name="Hai", email="hai@x.example", role="admin"), None, BY)
    assert change_person(db, world.admin, entry(world.admin, role="leader"), None, BY).anything


def test_nobody_changes_their_own_role_or_address_or_removes_themselves(db: Session) -> None:
    world = World(db)
    other = add_person(db, world.authority, PersonEntry(name="Hai", email="hai@x.example", role="admin"), None, BY)
    for more, field in (({"role": "leader"}, "role"), ({"email": "khac@x.example"}, "email")):
        with pytest.raises(FieldError) as refused:
            change_person(db, other, entry(other, **more), None, replace(BY, person_id=other.id))
        assert refused.value.field == field
    with pytest.raises(StoreError, match="chính mình"):
        deactivate(db, other, replace(BY, person_id=other.id))
    assert change_person(db, other, entry(other, name="Hai Hai"), None, replace(BY, person_id=other.id)).anything


def test_a_unit_has_one_head_and_who_headed_it_becomes_an_officer(db: Session) -> None:
    world = World(db)
    unit = world.units["VAN_PHONG"]
    old = unit.head
    new = add_person(db, world.authority, PersonEntry(name="Mới", email="moi@x.example", role="head"), unit, BY)
    assert unit.head is new
    assert old is not None
    assert (new.role, old.role, old.active) == (Role.HEAD, Role.OFFICER, True)
    assert set_head(db, unit, old, BY)
    assert (new.role, old.role) == (Role.OFFICER, Role.HEAD)
    change_person(db, old, entry(old, role="head"), world.units["TT_PVHCC"], BY)
    assert (unit.head, world.units["TT_PVHCC"].head, old.role) == (None, old, Role.HEAD)
    change_person(db, old, entry(old, role="leader"), world.units["TT_PVHCC"], BY)
    change_person(db, old, entry(old, role="head"), world.units["TT_PVHCC"], BY)
    assert (world.units["TT_PVHCC"].head, old.role) == (old, Role.HEAD)
    for stranger in (world.mailbox("VAN_PHONG"), new):
        with pytest.raises(FieldError, match="người đứng đầu"):
            set_head(db, world.units["PHONG_VHXH"], stranger, BY)


def test_editing_a_unit_leaves_heads_named_elsewhere_alone(db: Session) -> None:
    world = World(db)
    spare = Person(
        authority_id=world.authority.id, unit=world.units["VAN_PHONG"], name="Phó", email="p@x.example", role=Role.HEAD
    )
    db.add(spare)
    db.flush()
    change_unit(db, world.units["VAN_PHONG"], UnitEntry(name="Văn phòng mới"), BY)
    assert spare.active


def test_units_are_added_renamed_and_known_by_aliases_that_are_nobody_elses(db: Session) -> None:
    world = World(db)
    unit = add_unit(db, world.authority, UnitEntry(name="Trạm Y tế", aliases=("TYT",), mailbox="y@x.example"), BY)
    assert (unit.code, [a.alias for a in unit.aliases]) == ("TRAM_Y_TE", ["TYT"])
    lines = change_unit(db, unit, UnitEntry(name="Trạm Y tế phường", aliases=("Y tế",), active=False), BY)
    assert (unit.name, unit.active, unit.mailbox, len(lines)) == ("Trạm Y tế phường", False, "y@x.example", 4)
    refused: list[tuple[dict[str, Any], str]] = [
        ({"name": "Đơn vị VAN_PHONG"}, "name"),
        ({"name": "Mới", "aliases": ("Y TẾ",)}, "aliases"),
        ({"name": "Mới", "mailbox": "y@x.example"}, "mailbox"),
        ({"name": "Mới", "mailbox": world.leader.email}, "mailbox"),
        ({"name": "Các cơ quan, đơn vị"}, "name"),
    ]
    for given, field in refused:
        with pytest.raises(FieldError) as error:
            add_unit(db, world.authority, UnitEntry(**given), BY)
        assert error.value.field == field, given
    assert db.scalars(select(Unit).where(Unit.name == "Mới")).all() == []


def test_addresses_and_roles_are_checked_field_by_field(db: Session) -> None:
    world, other = World(db), World(db, "song-cau")
    for given, field in (
        ({"email": world.leader.email, "role": "auditor"}, "email"),
        ({"email": "n@x.example", "role": "officer"}, "unit"),
    ):
        with pytest.raises(FieldError) as error:
            add_person(db, world.authority, PersonEntry(name="N", **given), None, BY)  # type: ignore[arg-type]
        assert error.value.field == field
    same = PersonEntry(name="N", email=other.leader.email, role="auditor")
    assert add_person(db, world.authority, same, None, BY).role is Role.AUDITOR
    with pytest.raises(StoreError, match="hộp thư chung"):
        change_person(db, world.mailbox("VAN_PHONG"), same, None, BY)


def test_every_change_is_one_row_of_the_trail_and_no_change_is_none(db: Session) -> None:
    world = World(db)
    assert not change_person(db, world.leader, entry(world.leader), None, BY).anything
    assert db.scalars(select(AuditEvent.id)).all() == []
    change_person(db, world.leader, entry(world.leader, name="Bà Chủ tịch"), None, BY)
    row = db.scalars(select(AuditEvent)).one()
    assert (row.action, row.before and row.before["name"]) == ("person.change", "Chủ tịch")
    assert db.get_one(Authority, world.authority.id).people


def test_what_is_typed_wrong_is_said_beside_its_field() -> None:
    person, problems = read_person({"name": " ", "email": "a@", "role": "vua"})
    assert person is None
    assert {one.field: one.message[:12] for one in problems} == {
        "name": "Hãy nhập tên", "email": "“a@” không p", "role": "Vai trò này ",
    }  # fmt: skip
    unit, wrong = read_unit({"name": "x" * 400, "mailbox": "không phải thư", "aliases": "A\nB; C"})
    assert unit is None
    assert [one.field for one in wrong] == ["name", "mailbox"]
    good, none = read_unit({"name": "Trạm  Y tế", "aliases": "A\nB; C\n", "mailbox": ""}, code="TYT")
    assert good is not None
    assert (good.name, good.aliases, good.mailbox, good.code, none) == ("Trạm Y tế", ("A", "B", "C"), None, "TYT", ())
