"""The round by itself on a moved clock: opened on its day or late, asked, closed, sent; repeated it does nothing."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from models import Message, ScoreRound
from models.session import reading, transaction
from rules.scoring.round import RoundState
from services.scoring import steps as scoring_steps
from services.scoring.run import Calendar, run_rounds
from services.scoring.steps import Where
from tests.scoring import by, stored_set
from tests.world import World

FIRST = date(2025, 12, 1)


@pytest.fixture
def commune(sqlite_url: str) -> str:
    """Sông Mai with the set of 2025 and one open item."""
    assert sqlite_url
    with transaction() as session:
        world = World(session)
        world.authority.superior, world.authority.superior_mailbox = "Sở Nội vụ", "so@tinh.example"
        world.add_item("A.1", date(2025, 12, 10))
        stored_set(session)
    return world.authority.code


def steps(day: date) -> list[tuple[RoundState, list[str]]]:
    """What a run on a day did."""
    return [(one.state, one.steps) for one in run_rounds(None, day)]


def mails() -> int:
    """How many mails there are."""
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Message)) or 0


def test_nothing_happens_before_the_day(commune: str) -> None:
    assert steps(date(2025, 11, 30)) == []


def test_the_round_opens_on_its_day_once(commune: str) -> None:
    assert steps(FIRST) == [(RoundState.SCORING, ["mở đợt", "nhắc đơn vị (3 thư)"])]
    assert steps(FIRST) == [(RoundState.SCORING, [])]
    with reading() as session:
        round_ = session.scalars(select(ScoreRound)).one()
        assert (round_.opened_on, round_.units_until, round_.sending_on) == (
            FIRST, date(2025, 12, 15), date(2025, 12, 31)
        )  # fmt: skip


def test_a_missed_day_opens_late_and_leaves_units_their_time(commune: str) -> None:
    assert steps(date(2025, 12, 20))[0][0] is RoundState.SCORING
    with reading() as session:
        assert session.scalars(select(ScoreRound.units_until)).one() == date(2025, 12, 25)


def test_a_round_missed_for_months_is_left_to_a_person(commune: str) -> None:
    assert steps(date(2026, 6, 1)) == []


def test_units_are_asked_by_the_ladder_and_then_closed_with_those_who_owe_named(commune: str) -> None:
    told = {}
    for day in (FIRST + timedelta(days=n) for n in range(20)):
        before = mails()
        went = run_rounds(None, day)
        told[(day - FIRST).days] = mails() - before
    assert {offset: count for offset, count in told.items() if count} == {0: 3, 7: 3, 11: 3, 14: 3, 15: 2}
    assert went[0].state is RoundState.REVIEW
    closing = date(2025, 12, 16)
    assert closing <= FIRST + timedelta(days=19)


def test_an_outage_over_the_close_changes_only_the_day(commune: str) -> None:
    run_rounds(None, FIRST)
    went = run_rounds(None, date(2026, 1, 9))
    assert went[0].state is RoundState.REVIEW
    assert "Chưa chấm: Đơn vị PHONG_VHXH 1 tiêu chí" in (went[0].problem or "")


def approved() -> None:
    """The round closed and approved, nobody having scored anything."""
    office, here, day = by("đầu mối", date(2026, 1, 9)), Where(), date(2026, 1, 9)
    run_rounds(None, FIRST)
    run_rounds(None, day)
    scoring_steps.submit(here, day, office)
    scoring_steps.decide(here, "chu-tich@song-mai.example", office, "", approved=True)


def test_an_approved_round_is_sealed_and_sent_once(commune: str) -> None:
    approved()
    before = mails()
    assert steps(date(2026, 1, 10)) == [(RoundState.SENT, ["gửi hồ sơ bản 1"])]
    assert steps(date(2026, 1, 11)) == [(RoundState.SENT, [])]
    assert mails() - before == 1


def test_what_hinders_the_dossier_is_said_and_tried_again(commune: str) -> None:
    approved()
    with transaction() as session:
        session.scalars(select(ScoreRound)).one().authority.superior_mailbox = None
    went = run_rounds(None, date(2026, 1, 10))
    assert went[0].state is RoundState.APPROVED
    assert "hộp thư cấp trên" in (went[0].problem or "")
    with transaction() as session:
        session.scalars(select(ScoreRound)).one().authority.superior_mailbox = "so@tinh.example"
    assert steps(date(2026, 1, 11))[0][0] is RoundState.SENT


@pytest.mark.parametrize("opens", ["13-01", "12/01", "x"])
def test_a_wrong_opening_day_is_named(commune: str, opens: str) -> None:
    with pytest.raises(ValueError, match=f"“{opens}” không đúng"):
        run_rounds(None, FIRST, Calendar(opens))
