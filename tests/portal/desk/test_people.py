"""Units and people on the desk: forms that keep what was typed, rights that end at once, days away, and an auditor."""

import pytest
from sqlalchemy import select

from models import AuditEvent, Handover, Message, MessageState, Person, Role, Unit
from models.mail import MessageKind
from models.session import transaction
from notifications.digest import Rendered
from services.mail.queue import Letter, Recipient, queue
from tests.portal.town import MORNING, TODAY, Browser, Town, text_of


def person(town: Town, who: str) -> Person:
    with town.read() as session:
        return session.get_one(Person, town.people[who])


def unit(town: Town, code: str = "PHONG_VHXH") -> Unit:
    with town.read() as session:
        return session.scalars(select(Unit).where(Unit.code == code).order_by(Unit.id)).first()  # type: ignore[return-value]


def given(of: Person, **more: str) -> dict[str, str]:
    return {"name": of.name, "email": of.email, "role": of.role.value, "unit": str(of.unit_id or ""), **more}


@pytest.fixture
def admin(town: Town) -> Browser:
    return town.enter("admin")


def test_a_unit_is_changed_with_its_aliases_mailbox_and_head(town: Town, admin: Browser) -> None:
    key, head = unit(town).id, town.people["head"]
    assert "Đơn vị PHONG_VHXH" in admin.get(f"/don-vi/{key}")
    good = {"name": "Phòng Văn hóa", "aliases": "P. VH\nVHXH", "mailbox": "vh@x.example", "head": "", "active": "1"}
    admin.post(f"/don-vi/{key}", good)
    shown = text_of(admin.get("/don-vi?da=luu"))
    assert "Phòng Văn hóa Hộp thư: vh@x.example" in shown
    assert "Cũng viết là: P. VH; VHXH" in shown
    assert person(town, "officer").email == "vh@x.example"
    assert person(town, "head").role is Role.OFFICER
    admin.post(f"/don-vi/{key}", {**good, "head": str(head)})
    assert unit(town).head_id == head


def test_what_was_typed_stays_and_the_error_stands_beside_its_field(town: Town, admin: Browser) -> None:
    key = unit(town).id
    typed = {"name": "Tên mới <b>", "aliases": "một", "mailbox": "sai", "head": "", "active": "1"}
    page = admin.post(f"/don-vi/{key}", typed, status=422).text
    assert 'value="Tên mới &lt;b&gt;"' in page
    assert 'value="sai"' in page
    assert 'id="sai-mailbox"' in page
    assert 'aria-describedby="goi-mailbox sai-mailbox"' in page
    assert unit(town).name == "Đơn vị PHONG_VHXH"
    page = admin.post("/nguoi/them", {"name": "N", "email": "n@x.example", "role": "officer"}, status=422).text
    assert 'id="sai-unit"' in page
    assert 'value="n@x.example"' in page


def test_nothing_of_a_unit_is_stored_when_its_head_is_refused(town: Town, admin: Browser) -> None:
    typed = {"name": "Khác", "aliases": "", "mailbox": "", "head": str(town.people["stranger"]), "active": "1"}
    page = admin.post(f"/don-vi/{unit(town).id}", typed, status=422).text
    assert 'id="sai-head"' in page
    assert unit(town).name == "Đơn vị PHONG_VHXH"


def test_a_person_is_added_changed_and_taken_off_with_every_session(town: Town, admin: Browser) -> None:
    new = {"name": "Lê Mới", "email": "moi@x.example", "role": "officer", "unit": str(unit(town).id)}
    admin.post("/nguoi/them", new)
    assert "đang là của Lê Mới" in admin.post("/nguoi/them", new, status=422).text
    head = town.enter("head")
    head.get("/hom-nay")
    admin.post(f"/nguoi/{town.people['head']}", given(person(town, "head"), role="auditor", unit=""))
    assert head.client.get("/lanh-dao").status_code == 200
    assert "Kiểm tra" in text_of(admin.get(f"/nguoi/{town.people['head']}"))
    admin.post(f"/nguoi/{town.people['head']}/ngung")
    assert head.client.get("/hom-nay").status_code == 401
    assert "Đã ngừng hoạt động (1)" in text_of(admin.get("/don-vi"))
    admin.post(f"/nguoi/{town.people['head']}/dung-lai")
    assert head.client.get("/hom-nay").status_code == 401


def test_an_administrator_changes_neither_their_own_role_nor_themselves_away(town: Town, admin: Browser) -> None:
    me = person(town, "admin")
    other = {"name": "Hai", "email": "hai@x.example", "role": "admin", "unit": ""}
    admin.post("/nguoi/them", other)
    assert "chính mình" in admin.post(f"/nguoi/{me.id}", given(me, role="leader"), status=422).text
    assert "chính mình" in admin.post(f"/nguoi/{me.id}", given(me, email="x@x.example"), status=422).text
    assert "chính mình" in admin.post(f"/nguoi/{me.id}/ngung", status=409).text
    admin.post(f"/nguoi/{me.id}", given(me, name="Trần Quản trị"))
    assert person(town, "admin").role is Role.ADMIN


def test_a_corrected_address_takes_the_mail_that_bounced(town: Town, admin: Browser) -> None:
    who = person(town, "head")
    with transaction(town.site.database) as session:
        letter = Letter(
            MessageKind.DIGEST,
            Recipient.of(session.get_one(Person, who.id)),
            TODAY,
            Rendered(subject="Nhắc", text="x", html=""),
            "<1@x>",
        )
        row = session.get_one(Message, queue(session, [letter], MORNING)[letter.message_id])
        row.state, row.attempts, row.server_code, row.server_reply = MessageState.BOUNCED, 3, 550, "no such user"
    shown = text_of(admin.get("/don-vi"))
    assert "bị trả lại sau 3 lần gửi" in shown
    assert "Máy chủ thư trả lời: 550 no such user" in shown
    assert shown.index("Sửa địa chỉ") < shown.index("Thêm đơn vị")
    admin.post(f"/nguoi/{who.id}", given(who, email="dung@x.example"))
    assert "không tới được" not in text_of(admin.get("/don-vi"))
    admin.post(f"/thu/{row.id}/gui-lai")
    with town.read() as session:
        assert session.get_one(Message, row.id).to_address == "dung@x.example"


def test_days_away_are_noted_and_ended_by_the_administrator(town: Town, admin: Browser) -> None:
    path, days = f"/nguoi/{town.people['head']}/vang", {"first_day": "01/12/2025", "last_day": "05/12/2025"}
    page = admin.post(path, {**days, "to": "", "last_day": "mai"}, status=422).text
    assert 'id="sai-to"' in page
    assert 'id="sai-last_day"' in page
    assert 'value="mai"' in page
    admin.post(path, {**days, "to": str(town.people["stranger"])}, status=422)
    admin.post(path, {**days, "to": str(town.people["officer"]), "reason": "Nghỉ phép"})
    assert "nhận thư thay" in text_of(admin.get(f"/nguoi/{town.people['head']}"))
    with town.read() as session:
        key = session.scalars(select(Handover.id)).one()
    admin.post(f"/nguoi/{town.people['admin']}/vang/{key}/ket-thuc", status=404)
    admin.post(f"{path}/{key}/ket-thuc")
    with town.read() as session:
        assert session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()[-2:] == [
            "handover", "handover.end",
        ]  # fmt: skip


def test_a_leader_names_a_deputy_who_then_sees_and_decides_as_the_leader(town: Town, admin: Browser) -> None:
    leader = town.enter("leader")
    page = text_of(leader.get("/ban-giao"))
    assert "Cử người thay mặt" in page
    assert "hộp thư chung" not in page.partition("Cử người thay mặt")[2]
    head = town.enter("head")
    head.get("/xem-xet", status=403)
    days = {"first_day": "01/12/2025", "last_day": "02/12/2025"}
    leader.post("/ban-giao", {"from": str(town.people["leader"]), "to": "", **days}, status=422)
    leader.post("/ban-giao", {"from": str(town.people["leader"]), "to": str(town.people["head"]), **days})
    assert "hôm nay thay mặt Chủ tịch" in text_of(head.get("/xem-xet"))
    for path in ("/lanh-dao", "/bao-cao", "/hom-nay"):
        head.get(path)
    head.get("/nguoi/them", status=403)
    assert "do Trưởng PHONG_VHXH thay mặt" in text_of(admin.get("/don-vi"))
    town.clock.go_on(days=2, hours=-8)
    town.enter("head").get("/xem-xet", status=403)


def test_an_administrator_does_not_make_themselves_the_leaders_deputy(town: Town, admin: Browser) -> None:
    days = {"first_day": "01/12/2025", "last_day": "02/12/2025"}
    path = f"/nguoi/{town.people['leader']}/vang"
    assert "tự cử mình" in admin.post(path, {**days, "to": str(town.people["admin"])}, status=422).text
    admin.post(path, {**days, "to": str(town.people["head"])})


def test_units_and_people_of_another_authority_are_not_there(town: Town, admin: Browser) -> None:
    foreign = person(town, "stranger")
    admin.get(f"/nguoi/{foreign.id}", status=404)
    admin.post(f"/nguoi/{foreign.id}", given(foreign), status=404)
    admin.post(f"/nguoi/{foreign.id}/ngung", status=404)
    admin.get(f"/don-vi/{foreign.unit_id}", status=404)
    mine = given(person(town, "head"), unit=str(foreign.unit_id))
    assert "Không có đơn vị này" in admin.post(f"/nguoi/{town.people['head']}", mine, status=422).text
    assert person(town, "head").unit_id != foreign.unit_id
