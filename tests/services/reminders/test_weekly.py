"""The leaders' week: told once, with the figures of the picture, in the one mail of that morning."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from config.settings import load_settings
from models import Handover, Message, MessageState, Notice, Person
from models.access import PortalLink
from models.mail import MessageKind
from models.session import transaction
from notifications.messages import render_weekly_summary
from rules.work.states import ItemState
from services.figures.picture import picture
from services.figures.status import Asked
from services.mail.letterhead import letterhead
from services.reminders.compose import compose_messages
from services.reminders.decide import decide_notices
from services.reminders.morning import compose, preview
from services.reminders.notices import leaders_to_tell
from services.reminders.weekly import Week, summary_of
from tests.world import World, sweep

MONDAY = date(2025, 12, 1)
DAY = timedelta(days=1)
NOW = datetime(2025, 12, 1, 0, 30, tzinfo=UTC)


def filled(session: Session) -> World:
    """A plan with something overdue, something due soon, something undated and something done."""
    world = World(session)
    world.add_item("A.I.1", MONDAY - timedelta(days=12), title="Báo cáo <quý> & năm")
    world.add_item("A.I.2", MONDAY + timedelta(days=2), lead="VAN_PHONG")
    world.add_item("A.I.3", None)
    done = world.add_item("A.I.4", MONDAY + timedelta(days=20))
    assert done is not None
    done.done_on = MONDAY
    session.flush()
    return world


@pytest.fixture
def ward(database_url: str, home: object) -> int:
    """The id of a ward with four items, in the product's own database."""
    with transaction(database_url) as session:
        return filled(session).authority.id


def morning(session: Session, world: World, today: date, soon_days: int | None = 7) -> list[Message]:
    """Decide and compose as a morning does; the mails that it queued, the leader's first."""
    known = set(session.scalars(select(Message.id)))
    decide_notices(session, sweep(world.authority.id, today))
    head = letterhead(session, world.authority.id, None, "song-mai.example")
    compose_messages(session, world.authority.id, today, NOW, head, soon_days)
    mails = [mail for mail in session.scalars(select(Message).order_by(Message.id)) if mail.id not in known]
    return sorted(mails, key=lambda mail: mail.person_id != world.leader.id)


def test_a_leader_with_nothing_else_still_gets_the_week_with_the_figures_of_the_picture(ward: int) -> None:
    assert compose(None, MONDAY) == 1
    with transaction() as session:
        session.execute(update(Message).values(state=MessageState.SENT))
    assert [compose(None, MONDAY + n * DAY) for n in range(5)] == [0] * 5
    with transaction() as session:
        mail = session.scalars(select(Message)).one()
        seen = picture(session, Asked(MONDAY, 7, ward))
    assert (mail.kind, mail.to_address, mail.day) == (MessageKind.WEEKLY, "chu-tich@song-mai.example", MONDAY)
    assert "1 quá hạn, 1 sắp đến hạn trên 4 nhiệm vụ" in mail.subject
    for state in (ItemState.OVERDUE, ItemState.DUE_SOON, ItemState.DONE, ItemState.UNDETERMINED):
        assert f"{state.value}: {seen.states[state]}" in mail.text
    assert "[A.I.1] Báo cáo <quý> & năm" in mail.text
    assert "quá hạn 12 ngày" in mail.text
    assert "Báo cáo &lt;quý&gt; &amp; năm" in mail.html
    assert "Báo cáo sáng nay" not in mail.html
    assert compose(None, MONDAY + timedelta(days=7)) == 1


def test_summary_and_escalated_lines_are_one_mail(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.1", MONDAY - timedelta(days=7))
        mails = morning(session, world, MONDAY)
        mine, *others = mails
        assert [mail.person_id for mail in mails].count(world.leader.id) == 1
        assert mine.kind == MessageKind.WEEKLY
        assert mine.text.index("Tổng số nhiệm vụ: 1") < mine.text.index("BÁO CÁO SÁNG NAY") < mine.text.index("Hạn: ")
        assert "Kính báo cáo để chỉ đạo." in mine.html
        assert [notice.item.code for notice in mine.notices] == ["A.I.1"]
        assert {mail.kind for mail in others} == {MessageKind.DIGEST}
        assert all("Tổng hợp tuần" not in mail.text for mail in others)


def test_later_in_the_week_a_leader_gets_a_plain_digest_in_the_same_thread(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.1", MONDAY - timedelta(days=6))
        first = morning(session, world, MONDAY)[0]
        first.state = MessageState.SENT
        second = morning(session, world, MONDAY + DAY)[0]
        assert (first.kind, second.kind) == (MessageKind.WEEKLY, MessageKind.DIGEST)
        assert "1 nhiệm vụ quá hạn" in second.subject
        assert second.references == first.message_id


def test_after_an_outage_the_first_morning_that_runs_tells_the_week(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = filled(session)
        last_week = morning(session, world, MONDAY - timedelta(days=5))[0]
        last_week.state = MessageState.SENT
        assert last_week.kind == MessageKind.WEEKLY
        wednesday = morning(session, world, MONDAY + 2 * DAY)
        assert wednesday[0].kind == MessageKind.WEEKLY
        assert leaders_to_tell(session, world.authority.id, MONDAY + 3 * DAY) == []


def test_a_summary_that_never_left_is_written_anew_with_the_next_mornings_figures(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.1", MONDAY - timedelta(days=7))
        monday = morning(session, world, MONDAY)[0]
        tuesday = morning(session, world, MONDAY + DAY)[0]
        session.refresh(monday)
        assert (monday.state, tuesday.state) == (MessageState.DROPPED, MessageState.QUEUED)
        assert (tuesday.kind, [notice.item.code for notice in tuesday.notices]) == (MessageKind.WEEKLY, ["A.I.1"])
        assert "02/12/2025" in tuesday.subject
        assert session.scalars(select(Notice.message_id).where(Notice.person_id == world.leader.id)).all() == [
            tuesday.id
        ]


def test_who_has_had_this_mornings_mail_gets_the_summary_on_the_next(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.I.1", MONDAY - timedelta(days=7))
        assert morning(session, world, MONDAY, soon_days=None)[0].kind == MessageKind.DIGEST
        assert morning(session, world, MONDAY) == []
        session.scalars(
            select(Message).where(Message.kind == MessageKind.DIGEST, Message.person_id == world.leader.id)
        ).one()
        assert morning(session, world, MONDAY + DAY)[0].kind == MessageKind.WEEKLY


def test_the_summary_fits_one_screen_however_much_there_is(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        for number in range(60):
            world.add_item(f"A.I.{number}", MONDAY - timedelta(days=number - 30), title="Rà soát thủ tục " * 20)
        seen = picture(session, Asked(MONDAY, 7, world.authority.id))
        mail = render_weekly_summary(summary_of(Week(seen, []), world.leader.name, "UBND phường Sông Mai", None, ""))
    assert len(mail.text.splitlines()) <= 45


def test_without_items_or_leaders_nothing_is_said(sqlite_url: str) -> None:
    with transaction() as session:
        world = World(session)
    assert compose(None, MONDAY) == 0
    with transaction() as session:
        session.get_one(Person, world.leader.id).active = False
    assert compose(None, MONDAY) == 0


def test_the_link_opens_the_leaders_page_and_every_plan(ward: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compose(None, MONDAY, load_settings(portal_url="https://dondoc.example")) == 1
    with transaction() as session:
        text = session.scalars(select(Message.text)).one()
        assert session.scalars(select(PortalLink.plan_ids)).all() == [None], "the link is bound to no single plan"
    assert "/vao/1~*?den=/lanh-dao" in text


def test_a_policy_may_leave_the_summary_out(ward: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "policy.toml"
    own.write_text("[mail]\nweekly_summary = false\n", encoding="utf-8")
    monkeypatch.setenv("DONDOC_POLICY_FILE", str(own))
    assert MessageKind.WEEKLY not in [mail.kind for mail in preview(None, MONDAY)]
    assert compose(None, MONDAY) == 0
    monkeypatch.delenv("DONDOC_POLICY_FILE")
    assert [mail.kind for mail in preview(None, MONDAY)].count(MessageKind.WEEKLY) == 1
    assert compose(None, MONDAY) == 1


def test_a_leader_on_leave_is_told_by_the_deputy_named_for_those_days(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = filled(session)
        head = world.units["VAN_PHONG"].head
        assert head is not None
        away = {"first_day": MONDAY, "last_day": MONDAY, "created_at": NOW}
        session.add(Handover(from_person_id=world.leader.id, to_person_id=head.id, **away))
        session.flush()
        first = [mail.person_id for mail in morning(session, world, MONDAY) if mail.kind == MessageKind.WEEKLY]
        session.execute(update(Message).values(state=MessageState.SENT))
        second = [mail.person_id for mail in morning(session, world, MONDAY + DAY) if mail.kind == MessageKind.WEEKLY]
        assert (first, second) == ([head.id], [world.leader.id])
