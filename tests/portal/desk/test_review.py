"""The desk: answers and requests judged, many at once, nobody their own; mails resent; addresses that bounce first."""

from datetime import date

import pytest
from sqlalchemy import select

from models import (
    AuditEvent,
    Extension,
    Message,
    MessageState,
    Notice,
    NoticeKind,
    Occurrence,
    Person,
    Review,
    Role,
    Unit,
)
from models.mail import MessageKind
from models.session import transaction
from notifications.digest import Rendered
from portal.web.words import day
from rules.work.answers import Answer, ExtensionAsked
from services.mail.queue import Letter, Recipient, queue
from services.work.answers import answer, held, new_batch
from services.work.extensions import ask_extension
from tests.portal.town import MORNING, TODAY, Town, hand_of, text_of


def say(town: Town, who: str, code: str, state: str = "done", note: str = "") -> int:
    """An answer of somebody's unit."""
    with transaction(town.site.database) as session:
        actor = hand_of(session, town.people[who], town.clock())
        of = held(session, actor.visitor, town.due[code])
        given = Answer(state, 100 if state == "done" else None, note=note or None, done_on=TODAY)
        return answer(session, actor, of, given, seen=0, batch=new_batch()).id


def ask(town: Town, code: str, wanted: date) -> int:
    with transaction(town.site.database) as session:
        actor = hand_of(session, town.people["officer"], town.clock())
        of = held(session, actor.visitor, town.due[code])
        return ask_extension(session, actor, of, ExtensionAsked(wanted, "Chờ văn bản của tỉnh")).id


def test_several_answers_are_accepted_at_once_and_leave_the_list(town: Town) -> None:
    ids = [say(town, "officer", code) for code in ("A.I.1", "A.I.2")]
    browser = town.enter("leader")
    assert "Báo cáo của đơn vị (2)" in text_of(browser.get("/xem-xet"))
    browser.post("/xem-xet", {"bao_cao": [str(one) for one in ids], "viec": "nhan"})
    assert "Báo cáo của đơn vị (0)" in text_of(browser.get("/xem-xet?da=nhan&so=2"))
    with town.read() as session:
        assert sorted(session.scalars(select(Review.progress_id))) == ids
        assert session.scalars(select(Review.reviewer_id).distinct()).all() == [town.people["leader"]]


def test_what_is_sent_back_opens_the_item_again_and_tells_the_unit(town: Town) -> None:
    one = say(town, "officer", "A.I.1")
    browser = town.enter("admin")
    refused = browser.post("/xem-xet", {"bao_cao": str(one), "viec": "tra", "ly_do": " "}, status=422).text
    assert "Hãy ghi rõ cần bổ sung" in refused
    browser.post("/xem-xet", {"bao_cao": str(one), "viec": "tra", "ly_do": "Thiếu <số> văn bản"})
    assert town.occurrence("A.I.1").done_on is None
    with town.read() as session:
        assert session.scalars(select(Notice.kind).where(Notice.rung.startswith("R"))).all() == [NoticeKind.RETURNED]
    again = browser.post("/xem-xet", {"bao_cao": str(one), "viec": "nhan"}, status=409).text
    assert "đã được hoàn tác, trả lại" in again


def test_nobody_judges_what_they_submitted_themselves(town: Town) -> None:
    with transaction(town.site.database) as session:
        person = session.get_one(Person, town.people["admin"])
        person.unit_id = session.get_one(Occurrence, town.due["A.I.2"]).unit_id
    one = say(town, "admin", "A.I.2")
    browser = town.enter("admin")
    assert "người khác xem xét" in browser.get("/xem-xet")
    assert "tự xem xét" in browser.post("/xem-xet", {"bao_cao": str(one), "viec": "nhan"}, status=409).text
    with town.read() as session:
        assert session.scalars(select(Review.id)).all() == []


def test_answers_of_another_authority_are_not_there_to_be_judged(town: Town) -> None:
    one = say(town, "stranger", "X.1")
    browser = town.enter("leader")
    assert "X.1" not in browser.get("/xem-xet")
    browser.post("/xem-xet", {"bao_cao": str(one), "viec": "nhan"}, status=404)


def test_an_extension_is_granted_for_a_day_or_refused_with_a_note(town: Town) -> None:
    first, second = ask(town, "A.I.2", date(2025, 12, 20)), ask(town, "A.I.1", date(2025, 12, 20))
    browser = town.enter("admin")
    assert "Yêu cầu gia hạn (2)" in text_of(browser.get("/xem-xet"))
    path = f"/xem-xet/gia-han/{first}"
    assert "cần viết như" in browser.post(path, {"quyet_dinh": "dong-y", "ngay": "mai"}, status=422).text
    browser.post(path, {"quyet_dinh": "dong-y", "ngay": "18/12/2025"})
    assert town.occurrence("A.I.2").last_day == date(2025, 12, 18)
    refused = browser.post(f"/xem-xet/gia-han/{second}", {"quyet_dinh": "khong"}, status=403).text
    assert "ghi lý do" in refused
    browser.post(f"/xem-xet/gia-han/{second}", {"quyet_dinh": "khong", "ghi_chu": "Đã gia hạn một lần"})
    with town.read() as session:
        notes = session.scalars(select(Extension.decision_note).order_by(Extension.id)).all()
    assert notes == [None, "Đã gia hạn một lần"]


def test_past_the_plans_year_only_a_leader_grants(town: Town) -> None:
    one = ask(town, "A.I.3", date(2026, 1, 15))
    data = {"quyet_dinh": "dong-y", "ngay": "15/01/2026"}
    assert "lãnh đạo quyết định" in town.enter("admin").get("/xem-xet")
    assert "lãnh đạo" in town.enter("admin").post(f"/xem-xet/gia-han/{one}", data, status=403).text
    town.enter("leader").post(f"/xem-xet/gia-han/{one}", data)
    assert town.occurrence("A.I.3").last_day == date(2026, 1, 15)


@pytest.fixture
def bounced(town: Town) -> int:
    """A mail to the officer that came back."""
    with transaction(town.site.database) as session:
        person = session.get_one(Person, town.people["officer"])
        letter = Letter(
            MessageKind.DIGEST,
            Recipient.of(person),
            TODAY,
            Rendered(subject="Nhắc việc", text="riêng tư", html=""),
            "<1@x>",
        )
        key = queue(session, [letter], MORNING)[letter.message_id]
        row = session.get_one(Message, key)
        row.state, row.server_code, row.server_reply = MessageState.BOUNCED, 550, "no such user <x>"
    return key


def test_a_mail_that_came_back_is_shown_with_the_servers_words_and_sent_again(town: Town, bounced: int) -> None:
    browser = town.enter("admin")
    page = browser.get("/thu?trang_thai=bounced")
    assert "550 no such user &lt;x&gt;" in page
    assert "riêng tư" not in page
    assert "(0)" in browser.get("/thu?trang_thai=sent")
    units = text_of(browser.get("/don-vi"))
    assert units.index("Địa chỉ thư không tới được (1)") < units.index("Đơn vị VAN_PHONG")
    browser.post(f"/thu/{bounced}/gui-lai")
    assert town.delivered == [[bounced]]
    with town.read() as session:
        assert session.get_one(Message, bounced).state is MessageState.QUEUED
        assert "message.retry" in session.scalars(select(AuditEvent.action)).all()
    assert "Chỉ gửi lại được" in browser.post(f"/thu/{bounced}/gui-lai", status=403).text


def test_only_administrators_of_the_authority_resend(town: Town, bounced: int) -> None:
    assert "Gửi lại" not in town.enter("leader").get("/thu")
    town.enter("leader").post(f"/thu/{bounced}/gui-lai", status=403)
    with transaction(town.site.database) as session:
        session.get_one(Person, town.people["stranger"]).role = Role.ADMIN
    stranger = town.enter("stranger")
    stranger.post(f"/thu/{bounced}/gui-lai", status=404)
    assert "song-mai" not in stranger.get("/thu")
    assert "song-mai" not in stranger.get("/don-vi")
    stranger.post(f"/don-vi/{town.people['officer']}/thu-nghiem", status=404)


def test_a_test_mail_goes_out_once_a_day(town: Town) -> None:
    browser = town.enter("admin")
    path = f"/don-vi/{town.people['head']}/thu-nghiem"
    browser.post(path)
    assert len(town.delivered) == 1
    assert "Hôm nay đã gửi" in browser.post(path, status=403).text


def test_units_show_mailbox_head_and_who_stands_in(town: Town) -> None:
    from services.staff.leave import hand_over

    actor = town.actor("officer")
    with transaction(town.site.database) as session:
        hand_over(session, actor, town.people["officer"], town.people["head"], (TODAY, date(2025, 12, 9)), "")
        session.scalars(select(Unit).where(Unit.code == "TT_PVHCC")).first().mailbox = None  # type: ignore[union-attr]
    page = text_of(town.enter("admin").get("/don-vi"))
    assert f"vắng đến {day(date(2025, 12, 9))}, thư gửi Trưởng PHONG_VHXH" in page
    assert "Chưa có hộp thư" in page
