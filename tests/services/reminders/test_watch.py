"""The watch over mornings: a morning that did not end is told to the administrators once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Message, Morning
from models.mail import MessageKind
from models.session import transaction
from services.figures.health import missed_mornings
from services.policy import mail_days
from services.reminders.watch import watch_mornings
from tests.world import CALENDAR, World

MONDAY = date(2025, 12, 1)
NOON = datetime(2025, 12, 3, 5, tzinfo=UTC)


def morning(session: Session, world: World, day: date, *, ended: bool = True) -> None:
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    session.add(Morning(authority_id=world.authority.id, day=day, started_at=at, finished_at=at if ended else None))
    session.flush()


@pytest.fixture
def ward(database_url: str, home: object) -> int:
    """The id of a ward, in the product's own database."""
    with transaction(database_url) as session:
        return World(session).authority.id


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
        mails = session.scalars(select(Message).where(Message.kind == MessageKind.ALERT)).all()
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
