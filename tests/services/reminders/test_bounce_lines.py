"""Mails that came back, told to the administrators in their next mail: once, all in one, never in a loop."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from models import Message, MessageState, Person
from services.mail.letterhead import letterhead
from services.mail.outbox import queue_again
from services.reminders.compose import compose_messages
from tests.world import World

MONDAY, TUESDAY, WEDNESDAY = (date(2025, 12, day) for day in (1, 2, 3))
NOW = datetime(2025, 12, 1, 3, tzinfo=UTC)
ADMIN = "admin@song-mai.example"


def came_back(
    session: Session, world: World, person: Person | None, day: date = MONDAY, kind: str = "digest"
) -> Message:
    """A mail that the server refused for good."""
    row = Message(
        authority_id=world.authority.id, person=person, kind=kind, day=day, subject="Nhắc việc", text="x", html="x",
        to_address=person.email if person else "so-noi-vu@x.example", to_name=person.name if person else "Sở Nội vụ",
        message_id=f"<{kind}-{day}-{person and person.id}@x>", state=MessageState.BOUNCED, attempts=1,
        created_at=NOW, server_code=550, server_reply="5.1.1 user unknown",
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def morning(session: Session, world: World, today: date = TUESDAY) -> dict[str, Message]:
    """The new mails of a morning on which nothing else is due, by address."""
    known = set(session.scalars(select(Message.id)))
    head = letterhead(session, world.authority.id, None, "song-mai.example")
    compose_messages(session, world.authority.id, today, NOW, head)
    session.expire_all()
    return {mail.to_address: mail for mail in session.scalars(select(Message)) if mail.id not in known}


def test_several_mails_that_came_back_are_one_mail_to_each_administrator_and_told_once(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        other = world._person("Quản trị hai", "admin2@song-mai.example", world.admin.role)
        head = world.units["VAN_PHONG"].head
        assert head is not None
        for person in (head, world.mailbox("PHONG_VHXH"), world.leader):
            came_back(session, world, person)
        came_back(session, world, head, kind="weekly")
        mails = morning(session, world)
        assert set(mails) == {ADMIN, other.email}
        text = " ".join(mails[ADMIN].text.split())
        assert mails[ADMIN].subject.startswith("[Đôn đốc] 3 địa chỉ thư bị trả lại")
        assert f"{head.email} – Trưởng VAN_PHONG, Đơn vị VAN_PHONG" in text
        assert "(và 1 thư trước đó)" in text
        assert "Máy chủ thư trả lời: 550 5.1.1 user unknown" in text
        assert morning(session, world) == {}
        session.execute(update(Message).where(Message.state == MessageState.QUEUED).values(state=MessageState.SENT))
        assert morning(session, world, WEDNESDAY) == {}


def test_a_mail_that_is_sent_again_and_comes_back_again_is_news_again(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        row = came_back(session, world, world.leader)
        morning(session, world)[ADMIN].state = MessageState.SENT
        queue_again(session.connection(), [row.id])
        session.expire_all()
        row.state = MessageState.BOUNCED
        session.flush()
        assert ADMIN in morning(session, world, WEDNESDAY)


def test_what_an_administrator_was_to_be_told_and_came_back_itself_leads_to_nothing(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world._person("Quản trị hai", "admin2@song-mai.example", world.admin.role)
        came_back(session, world, world.leader)
        for mail in morning(session, world).values():
            mail.state = MessageState.BOUNCED
        session.flush()
        for later in range(1, 4):
            assert morning(session, world, TUESDAY + timedelta(days=later)) == {}


def test_a_telling_that_never_left_is_made_again_and_one_that_left_is_not(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        other = world._person("Quản trị hai", "admin2@song-mai.example", world.admin.role)
        came_back(session, world, world.leader)
        assert set(morning(session, world)) == {ADMIN, other.email}
        again = morning(session, world, WEDNESDAY)
        assert set(again) == {ADMIN, other.email}
        again[ADMIN].state = MessageState.SENT
        session.flush()
        assert morning(session, world, WEDNESDAY + timedelta(days=1)) == {}


def test_an_address_corrected_or_stopped_since_is_no_news_and_one_outside_the_list_is(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        came_back(session, world, world.leader)
        came_back(session, world, world.mailbox("VAN_PHONG"))
        came_back(session, world, None, kind="report_send")
        world.leader.email = "dung@song-mai.example"
        world.mailbox("VAN_PHONG").active = False
        session.flush()
        mail = morning(session, world)[ADMIN]
        assert mail.subject.startswith("[Đôn đốc] 1 địa chỉ thư bị trả lại")
        assert "so-noi-vu@x.example – Sở Nội vụ" in mail.text


def test_what_comes_back_after_todays_mail_waits_and_another_authority_hears_nothing(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world, elsewhere = World(session), World(session, "ben-suoi")
        came_back(session, world, world.leader)
        morning(session, world)[ADMIN].state = MessageState.SENT
        came_back(session, world, world.mailbox("VAN_PHONG"), TUESDAY)
        assert morning(session, world) == {}
        assert morning(session, elsewhere, WEDNESDAY) == {}
        mails = morning(session, world, WEDNESDAY)
        assert set(mails) == {ADMIN}
        assert "van-phong@song-mai.example" in mails[ADMIN].text
        assert "chu-tich@song-mai.example" not in mails[ADMIN].text
