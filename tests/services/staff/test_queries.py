"""The authority's units and people: what a list changes is said, what is the same is left alone."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import AuditEvent, Authority, Person, Role, Unit
from rules.staff.values import StaffList
from services import audit
from services.errors import BadContentError, UnknownNameError
from services.office.staff_importing import StaffChanges, apply_staff
from services.staff.queries import find_unit, make_admin, new_authority, the_authority, unit_book

BY = audit.Actor("kiểm thử", datetime(2026, 3, 2, 1, 0, tzinfo=UTC))
OFFICE = {
    "name": "Văn phòng HĐND và UBND phường",
    "aliases": ["VP"],
    "mailbox": "vp@x.example",
    "head": {"name": "Lê Thị Bình", "email": "binh@x.example"},
}
CULTURE = {"name": "Phòng Văn hóa - Xã hội", "mailbox": "vhxh@x.example"}
SCHOOL = {"name": "Trường Tiểu học Sen Hồng", "mailbox": "sh@x.example"}


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as made, made.begin():
        new_authority(made, "UBND phường Hoa Sen", BY)
        yield made


def _apply(session: Session, *units: object, **more: object) -> StaffChanges:
    return apply_staff(session, the_authority(session), StaffList.model_validate({"units": units, **more}), BY)


def _person(session: Session, email: str) -> Person:
    return session.scalars(select(Person).where(Person.email == email)).one()


def test_units_get_the_usual_code_or_one_from_their_name(session: Session) -> None:
    changes = _apply(session, OFFICE, CULTURE, SCHOOL)
    assert session.scalars(select(Unit.code).order_by(Unit.id)).all() == [
        "VAN_PHONG",
        "PHONG_VHXH",
        "TRUONG_TIEU_HOC_SEN_HONG",
    ]
    assert changes.added == 3
    book = unit_book(session, the_authority(session))
    assert (book.find("VP"), book.find("Phòng VH-XH")) == ("VAN_PHONG", "PHONG_VHXH")


def test_mailboxes_and_heads_become_people(session: Session) -> None:
    _apply(session, OFFICE)
    unit = session.scalars(select(Unit)).one()
    mailbox, head = _person(session, "vp@x.example"), _person(session, "binh@x.example")
    assert (mailbox.is_mailbox, mailbox.role, mailbox.unit_id, mailbox.name) == (True, Role.OFFICER, unit.id, unit.name)
    assert (head.is_mailbox, head.role, unit.head_id) == (False, Role.HEAD, head.id)


def test_the_same_list_again_changes_nothing_and_writes_no_audit_row(session: Session) -> None:
    people = [{"name": "Trần Cao", "email": "cao@x.example", "role": "leader"}]
    authority = {"name": "UBND phường Hoa Sen", "superior": "UBND tỉnh", "focal_unit": "VP"}
    _apply(session, OFFICE, CULTURE, people=people, authority=authority)
    rows = len(session.scalars(select(AuditEvent)).all())
    again = _apply(session, OFFICE, CULTURE, people=people, authority=authority)
    assert again.lines == [] and again.added == 0
    assert len(session.scalars(select(AuditEvent)).all()) == rows


def test_a_changed_list_says_what_changed(session: Session) -> None:
    _apply(session, OFFICE, CULTURE)
    changes = _apply(
        session,
        {**OFFICE, "aliases": ["Văn phòng phường"], "head": {"name": "Phan Dũng", "email": "dung@x.example"}},
        {**CULTURE, "mailbox": "vanhoa@x.example"},
    )
    assert changes.lines == [
        "Văn phòng HĐND và UBND phường: thêm tên gọi khác Văn phòng phường",
        "Văn phòng HĐND và UBND phường: bỏ tên gọi khác VP",
        "Phòng Văn hóa - Xã hội: hộp thư vhxh@x.example → vanhoa@x.example",
        "Văn phòng HĐND và UBND phường: trưởng đơn vị Lê Thị Bình → Phan Dũng",
    ]
    assert not _person(session, "binh@x.example").active


def test_a_moved_mailbox_stays_the_same_person(session: Session) -> None:
    _apply(session, CULTURE)
    before = _person(session, "vhxh@x.example").id
    _apply(session, {**CULTURE, "mailbox": "vanhoa@x.example"})
    assert _person(session, "vanhoa@x.example").id == before


def test_two_units_may_exchange_their_mailboxes(session: Session) -> None:
    _apply(session, OFFICE, CULTURE)
    _apply(session, {**OFFICE, "mailbox": "vhxh@x.example"}, {**CULTURE, "mailbox": "vp@x.example"})
    units = {unit.code: unit.id for unit in session.scalars(select(Unit))}
    for email, code in (("vhxh@x.example", "VAN_PHONG"), ("vp@x.example", "PHONG_VHXH")):
        person = _person(session, email)
        assert (person.unit_id, person.is_mailbox, person.active) == (units[code], True, True)


def test_a_mailbox_taken_away_is_no_longer_told(session: Session) -> None:
    _apply(session, CULTURE)
    _apply(session, {**CULTURE, "mailbox": None})
    assert not _person(session, "vhxh@x.example").active
    _apply(session, CULTURE)
    assert _person(session, "vhxh@x.example").active


def test_an_administrator_whose_address_is_a_units_mailbox_stays_administrator(session: Session) -> None:
    make_admin(session, the_authority(session), "vp@x.example", "Quản trị", BY)
    _apply(session, OFFICE)
    person = _person(session, "vp@x.example")
    assert (person.role, person.is_mailbox, person.unit_id) == (
        Role.ADMIN,
        True,
        session.scalars(select(Unit.id)).one(),
    )


def test_one_person_may_head_two_units_and_be_the_mailbox_of_one(session: Session) -> None:
    head = {"name": "Lê Thị Bình", "email": "vp@x.example"}
    _apply(session, {**OFFICE, "head": head}, {**CULTURE, "head": head})
    assert _apply(session, {**OFFICE, "head": head}, {**CULTURE, "head": head}).lines == []
    assert {unit.head_id for unit in session.scalars(select(Unit))} == {_person(session, "vp@x.example").id}


def test_units_the_list_does_not_name_stay_and_are_mentioned(session: Session) -> None:
    _apply(session, OFFICE, CULTURE)
    assert _apply(session, OFFICE).missing == ["Phòng Văn hóa - Xã hội"]


@pytest.mark.parametrize(
    ("units", "people", "says"),
    [
        ([CULTURE, {"name": "Phòng VH–XH"}], [], "thứ 1 .* và thứ 2 .* là một"),
        ([CULTURE, {**SCHOOL, "mailbox": "VHXH@x.example"}], [], "Hộp thư vhxh@x.example"),
        ([{**CULTURE, "aliases": ["VP"]}, OFFICE], [], "“VP” được ghi cho cả"),
        ([{"name": "Các cơ quan, đơn vị"}], [], "nhiều đơn vị"),
        ([OFFICE], [{"name": "Ai Khác", "email": "binh@x.example", "role": "leader"}], "mỗi người một địa chỉ"),
        ([], [{"name": "A", "email": "a@x.vn", "role": "leader", "unit": "Phòng Z"}], "không có đơn vị “Phòng Z”"),
        ([], [{"name": "A", "email": "a@x.vn", "role": "leader"}] * 2, "hai lần"),
    ],
)
def test_a_list_that_contradicts_itself_is_refused(
    session: Session, units: list[object], people: list[object], says: str
) -> None:
    with pytest.raises(BadContentError, match=says):
        _apply(session, *units, people=people)


def test_a_mailbox_of_another_unit_is_refused(session: Session) -> None:
    _apply(session, CULTURE)
    with pytest.raises(BadContentError, match="đang là của Phòng Văn hóa"):
        _apply(session, {**SCHOOL, "mailbox": "vhxh@x.example"})


def test_with_two_authorities_one_must_be_chosen(session: Session) -> None:
    new_authority(session, "UBND xã Lúa Vàng", BY)
    with pytest.raises(UnknownNameError, match="--authority"):
        the_authority(session)
    assert the_authority(session, "UBND-XA-LUA-VANG").name == "UBND xã Lúa Vàng"
    with pytest.raises(UnknownNameError, match="UBND-PHUONG-HOA-SEN"):
        the_authority(session, "khác")


def test_a_unit_is_found_by_code_name_or_any_way_of_writing_it(session: Session) -> None:
    _apply(session, OFFICE, CULTURE)
    authority = session.scalars(select(Authority)).one()
    assert {find_unit(session, authority, name).code for name in ("phong_vhxh", "P. VH-XH")} == {"PHONG_VHXH"}
    with pytest.raises(UnknownNameError, match="VAN_PHONG"):
        find_unit(session, authority, "Sở Z")


def test_the_first_administrator_is_made_once(session: Session) -> None:
    authority = the_authority(session)
    assert make_admin(session, authority, "a@x.example", None, BY)
    assert not make_admin(session, authority, "a@x.example", None, BY)
    assert _person(session, "a@x.example").role is Role.ADMIN
