"""The leaders' week and the watch over mornings: told once, on the right day, with the figures of the picture."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from config.settings import load_settings
from models import Message, Morning, Person, Role
from models.picture import picture
from models.posting import ALERT, WEEKLY, missed_mornings, weekly_readers
from models.session import transaction
from models.status import Asked
from notifications.messages import render_weekly_summary
from rules.states import ItemState
from rules.workdays import WorkCalendar
from tasks.sweeping import summarise_week
from tasks.watching import compose_weekly, mail_days, summary_of, watch_mornings
from tests.world import CALENDAR, World

MONDAY = date(2025, 12, 1)
NOON = datetime(2025, 12, 3, 5, tzinfo=UTC)


def morning(session: Session, world: World, day: date, *, ended: bool = True) -> None:
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    session.add(Morning(authority_id=world.authority.id, day=day, started_at=at, finished_at=at if ended else None))
    session.flush()


def filled(session: Session) -> World:
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


def weekly(session: Session) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.kind == WEEKLY).order_by(Message.id)))


def test_leaders_get_one_summary_a_week_with_the_figures_of_the_picture(ward: int) -> None:
    assert compose_weekly(None, MONDAY) == 1
    assert [compose_weekly(None, MONDAY + timedelta(days=n)) for n in range(5)] == [0] * 5
    with transaction() as session:
        mail = weekly(session)[0]
        seen = picture(session, Asked(MONDAY, 7, ward))
    assert (mail.to_address, mail.day) == ("chu-tich@song-mai.example", MONDAY)
    assert "1 quá hạn, 1 sắp đến hạn trên 4 nhiệm vụ" in mail.subject
    for state in (ItemState.OVERDUE, ItemState.DUE_SOON, ItemState.DONE, ItemState.UNDETERMINED):
        assert f"{state.value}: {seen.states[state]}" in mail.text
    assert "[A.I.1] Báo cáo <quý> & năm" in mail.text
    assert "quá hạn 12 ngày" in mail.text
    assert "Báo cáo &lt;quý&gt; &amp; năm" in mail.html
    with transaction() as session:
        morning(session, World(session, "khac"), MONDAY)
    assert compose_weekly("song-mai", MONDAY + timedelta(days=7)) == 1


def test_the_summary_fits_one_screen_however_much_there_is(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        for number in range(60):
            world.add_item(f"A.I.{number}", MONDAY - timedelta(days=number - 30), title="Rà soát thủ tục " * 20)
        seen = picture(session, Asked(MONDAY, 7, world.authority.id))
        mail = render_weekly_summary(summary_of(seen, world.leader, "UBND phường Sông Mai", None, ""))
    assert len(mail.text.splitlines()) <= 45


def test_a_week_that_begins_with_a_holiday_has_its_summary_on_the_first_working_morning(engine: Engine) -> None:
    closed = WorkCalendar(off=frozenset({MONDAY}))
    with Session(engine) as session, session.begin():
        world = World(session)
        assert weekly_readers(session, world.authority.id, MONDAY + timedelta(days=1), closed) == [world.leader]
        assert weekly_readers(session, world.authority.id, MONDAY + timedelta(days=1), CALENDAR) == []
        morning(session, world, MONDAY - timedelta(days=3))
        assert weekly_readers(session, world.authority.id, MONDAY + timedelta(days=1), CALENDAR) == [world.leader]


def test_without_items_or_leaders_nothing_is_said(sqlite_url: str) -> None:
    with transaction() as session:
        world = World(session)
    assert compose_weekly(None, MONDAY) == 0
    with transaction() as session:
        session.get_one(Person, world.leader.id).active = False
        session.get_one(Person, world.admin.id).role = Role.ADMIN
    assert compose_weekly(None, MONDAY) == 0


def test_the_link_leads_to_the_leaders_page(ward: int, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(portal_url="https://dondoc.example")
    assert compose_weekly(None, MONDAY, settings) == 1
    with transaction() as session:
        assert "?den=/lanh-dao" in weekly(session)[0].text


def test_a_morning_that_did_not_end_alerts_each_administrator_once(ward: int) -> None:
    assert watch_mornings(None, NOON) == []  # nothing was ever expected
    with transaction() as session:
        world_id = ward
        for day, ended in ((MONDAY, True), (MONDAY + timedelta(days=1), False)):
            at = datetime(day.year, day.month, day.day, tzinfo=UTC)
            session.add(Morning(authority_id=world_id, day=day, started_at=at, finished_at=at if ended else None))
    missed = [MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)]
    assert [watch_mornings(None, NOON), watch_mornings(None, NOON)] == [missed, missed]
    with transaction() as session:
        mails = session.scalars(select(Message).where(Message.kind == ALERT)).all()
    assert [mail.to_address for mail in mails] == ["admin@song-mai.example"]
    assert "02/12/2025, 03/12/2025" in mails[0].subject
    assert "dondoc remind" in mails[0].text


def test_before_the_hour_of_the_digest_today_is_not_missed(ward: int) -> None:
    with transaction() as session:
        at = datetime(2025, 12, 2, 1, tzinfo=UTC)
        session.add(Morning(authority_id=ward, day=date(2025, 12, 2), started_at=at, finished_at=at))
    half_past_seven = datetime(2025, 12, 3, 0, 30, tzinfo=UTC)
    assert watch_mornings(None, half_past_seven) == []
    assert watch_mornings(None, half_past_seven + timedelta(minutes=45)) == [date(2025, 12, 3)]


def test_days_off_are_never_missed_and_a_later_morning_settles_earlier_ones(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        friday = MONDAY - timedelta(days=3)
        morning(session, world, friday)
        assert missed_mornings(session, world.authority.id, MONDAY - timedelta(days=1), CALENDAR) == []
        assert missed_mornings(session, world.authority.id, MONDAY, CALENDAR) == [MONDAY]
        morning(session, world, MONDAY + timedelta(days=1))
        assert missed_mornings(session, world.authority.id, MONDAY + timedelta(days=1), CALENDAR) == []


def test_mail_days_are_the_offices_own(sqlite_url: str) -> None:
    days = mail_days()
    assert days.is_working_day(MONDAY)
    assert not days.is_working_day(date(2026, 2, 17))  # Tết


def test_the_weekly_mail_goes_out_only_where_the_policy_wants_it(
    ward: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert summarise_week(None, MONDAY) == 0
    own = tmp_path / "policy.toml"
    own.write_text("[mail]\nweekly_summary = true\n", encoding="utf-8")
    monkeypatch.setenv("DONDOC_POLICY_FILE", str(own))
    assert summarise_week(None, MONDAY) == 1
