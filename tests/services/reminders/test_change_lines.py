"""Changes of a plan in the next morning's mail: each unit its own, once, whatever was changed in between."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from models import Item, Message, MessageState, Morning, Notice, NoticeKind, NoticeState, PlanChange
from rules.plan.values import Change
from services.actor import Actor
from services.mail.letterhead import letterhead
from services.plans.changes import News, forget_untold, note_whole, together
from services.plans.corrections import set_due, set_lead, set_title
from services.policy import Terms
from services.reminders.compose import compose_messages
from services.reminders.decide import decide_notices
from services.reminders.plan_changes import tell_changes
from services.reminders.rehearsal import Stage, rehearse
from tests.world import CALENDAR, POLICY, World, sweep

MONDAY, TUESDAY = date(2025, 12, 1), date(2025, 12, 2)
NOW = datetime(2025, 12, 1, 3, tzinfo=UTC)
BY = Actor("quan-tri@x.example", NOW)
TERMS = Terms(CALENDAR, POLICY, MONDAY, NOW)


def followed(session: Session) -> tuple[World, Item]:
    """A plan that a morning has run on, with a far item that Phòng Văn hóa leads and Trung tâm coordinates."""
    world = World(session)
    world.add_item("A.I.1", date(2026, 6, 30), coordinators=("TT_PVHCC",))
    world.add_item("A.I.2", date(2026, 6, 30), lead="VAN_PHONG")
    at = NOW - timedelta(hours=2)
    session.add(Morning(authority_id=world.authority.id, day=MONDAY, started_at=at, finished_at=at))
    session.flush()
    return world, world.plan.items[0]


def morning(session: Session, world: World, today: date = TUESDAY) -> dict[str, Message]:
    """Decide and compose; the new mails by address."""
    known = set(session.scalars(select(Message.id)))
    decide_notices(session, sweep(world.authority.id, today))
    tell_changes(session, sweep(world.authority.id, today))
    head = letterhead(session, world.authority.id, None, "song-mai.example")
    compose_messages(session, world.authority.id, today, NOW, head)
    return {mail.to_address: mail for mail in session.scalars(select(Message)) if mail.id not in known}


def test_each_unit_concerned_gets_its_changes_in_one_mail_and_others_get_none(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world, item = followed(session)
        set_due(session, item, date(2026, 3, 31), BY, TERMS)
        set_title(session, item, "Công khai <thủ tục>", BY)
        mails = morning(session, world)
        assert set(mails) == {"phong-vhxh@song-mai.example", "tt-pvhcc@song-mai.example"}
        mail = mails["phong-vhxh@song-mai.example"]
        assert mail.subject.startswith("[Đôn đốc] Kế hoạch điều chỉnh 1 nhiệm vụ – Đơn vị PHONG_VHXH")
        moved = "Tiến độ: Chậm nhất 30/06/2026 (đến 30/06/2026) → Chậm nhất 30/06/2026 (đến 31/03/2026)"
        assert moved in " ".join(mail.text.split())
        assert "Nội dung: Nhiệm vụ A.I.1 → Công khai <thủ tục>" in mail.text
        assert "Công khai &lt;thủ tục&gt;" in mail.html
        assert {notice.kind for notice in mail.notices} == {NoticeKind.CHANGED}
        assert morning(session, world) == {}
        session.execute(update(Message).values(state=MessageState.SENT))
        assert morning(session, world, TUESDAY + timedelta(days=1)) == {}


def test_changes_and_reminders_share_the_one_mail_of_the_morning(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world, item = followed(session)
        world.add_item("A.I.3", TUESDAY)
        set_title(session, item, "Công khai thủ tục", BY)
        mail = morning(session, world)["phong-vhxh@song-mai.example"]
        assert "0 nhiệm vụ quá hạn, 1 đến hạn tuần này, 1 điều chỉnh" in mail.subject
        assert mail.text.index("ĐẾN HẠN TUẦN NÀY (1)") < mail.text.index("KẾ HOẠCH CÓ ĐIỀU CHỈNH (1)")


def test_the_unit_that_loses_an_item_is_told_as_well_as_the_one_that_gets_it(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world, item = followed(session)
        set_lead(session, item, [world.units["VAN_PHONG"]], BY, TERMS)
        mails = morning(session, world)
        assert {"phong-vhxh@song-mai.example", "van-phong@song-mai.example"} <= set(mails)
        assert "Chủ trì: Đơn vị PHONG_VHXH → Đơn vị VAN_PHONG" in mails["van-phong@song-mai.example"].text


def test_a_change_taken_back_before_the_morning_is_no_news(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world, item = followed(session)
        set_title(session, item, "Khác", BY)
        set_title(session, item, "Nhiệm vụ A.I.1", BY)
        assert morning(session, world) == {}
        assert set(session.scalars(select(Notice.state))) == {NoticeState.DROPPED}


def test_a_dropped_item_is_told_and_a_mail_that_never_left_is_made_again(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world, item = followed(session)
        item.dropped_at = NOW
        note_whole(session, item, Change.DROPPED, BY)
        assert "Bỏ khỏi kế hoạch" in morning(session, world)["phong-vhxh@song-mai.example"].text
        again = morning(session, world, TUESDAY + timedelta(days=1))
        assert "Bỏ khỏi kế hoạch" in again["phong-vhxh@song-mai.example"].text


def test_what_was_settled_before_anybody_was_told_of_the_plan_is_no_change(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world, item = followed(session)
        set_title(session, item, "Sớm", Actor("a", NOW - timedelta(days=1)))
        assert morning(session, world) == {}
        assert session.scalar(select(func.count()).where(PlanChange.told_on.is_(None))) == 0
        set_title(session, item, "Muộn", BY)
        forget_untold(session, world.plan.id)
        assert morning(session, world, TUESDAY + timedelta(days=1)) == {}


def test_the_rehearsal_from_now_knows_the_changes_that_wait(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world, item = followed(session)
        set_title(session, item, "Công khai thủ tục", BY)
        head = letterhead(session, world.authority.id, None, "song-mai.example")
        stage = Stage(TUESDAY, TUESDAY, from_now=True)
        rehearsed = rehearse(session, [world.plan], sweep(world.authority.id, TUESDAY), stage, head)
        real = morning(session, world)
        assert {(mail.to, mail.subject) for mail in rehearsed} == {(to, mail.subject) for to, mail in real.items()}


FIELD = (("title", "a", "b"),)
BACK = (("title", "b", "a"),)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([News(Change.CHANGED, "1", "b", FIELD)], News(Change.CHANGED, "1", "b", FIELD)),
        ([News(Change.CHANGED, "1", "b", FIELD), News(Change.CHANGED, "1", "a", BACK)], None),
        ([News(Change.ADDED, "1", "a"), News(Change.CHANGED, "1", "b", FIELD)], News(Change.ADDED, "1", "b")),
        ([News(Change.ADDED, "1", "a"), News(Change.DROPPED, "1", "a")], None),
        ([News(Change.CHANGED, "1", "b", FIELD), News(Change.DROPPED, "1", "b")], News(Change.DROPPED, "1", "b")),
        ([News(Change.DROPPED, "1", "a"), News(Change.RETURNED, "1", "a")], None),
        (
            [News(Change.CHANGED, "1", "b", FIELD), News(Change.CHANGED, "2", "c", (("title", "b", "c"),))],
            News(Change.CHANGED, "2", "c", (("title", "a", "c"),)),
        ),
    ],
)
def test_several_changes_of_one_item_are_told_as_one(parts: list[News], expected: News | None) -> None:
    assert together(parts) == expected
