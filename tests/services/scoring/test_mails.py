"""Whose turn it is hears of it once: units, focal unit, leader; repeated runs, outages and days off change nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from models import Message, ScoreRound
from models.session import reading, transaction
from rules.scoring.entry import Entry
from rules.scoring.round import RoundState, Verification
from services.actor import Actor
from services.scoring.mails import tell
from services.scoring.reopening import reopen_round
from services.scoring.rounds import approve, ask_approval, disapprove, move, to_review
from services.scoring.scores import Given, accept, enter, find_score, send_back
from services.scoring.verification import explain, verify
from tests.scoring import OPENED, opened, proof
from tests.world import World

MONDAY = OPENED
OFFICE = "Quản trị <admin@song-mai.example>"


def at(day: date, hour: int = 1) -> Actor:
    """The machine's hand on a day."""
    return Actor("dondoc", datetime(day.year, day.month, day.day, hour, tzinfo=UTC))


@pytest.fixture
def commune(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sông Mai with its round, opened on Monday 1 December 2025, and a portal."""
    assert sqlite_url
    monkeypatch.setenv("DONDOC_PORTAL_URL", "https://cong.example")
    with transaction() as session:
        world = World(session)
        opened(session, world)
        proof(session, world)


def run(day: date, hour: int = 1) -> dict[str, int]:
    """What a run on a day queues."""
    with transaction() as session:
        return tell(session, session.scalars(select(ScoreRound)).one(), day, at(day, hour))


def mails(subject: str = "") -> list[Message]:
    """The mails with these words in their subject, in the order of queueing."""
    with reading() as session:
        return [one for one in session.scalars(select(Message).order_by(Message.id)) if subject in one.subject]


def everything_entered(day: date, *, but: str = "") -> None:
    """Every unit has entered its criterion."""
    figures = {"1.1": Entry(part=1, whole=2), "1.2": Entry(case="chậm"), "1.3": Entry(score=2)}
    with transaction() as session:
        round_ = session.scalars(select(ScoreRound)).one()
        for code, entry in figures.items():
            if code != but:
                enter(session, find_score(session, round_, code), Given(entry, (1,), "Giải trình"), at(day), day)


def in_review(day: date, who: str = "dondoc") -> None:
    with transaction() as session:
        to_review(session, session.scalars(select(ScoreRound)).one(), day, Actor(who, at(day, 0).at))


def test_units_are_asked_once_a_rung_and_a_missed_day_is_made_up_for(commune: None) -> None:
    assert run(MONDAY) == {"nhắc đơn vị": 3}
    assert run(MONDAY) == {}
    assert run(MONDAY + timedelta(days=2)) == {}
    assert run(date(2025, 12, 9)) == {"nhắc đơn vị": 3}  # Monday's run, a week later, did not happen
    assert run(date(2025, 12, 10)) == {}
    mail = mails("Tự chấm điểm")[0]
    assert "còn 1 tiêu chí" in mail.subject
    assert "/vao/" in mail.text
    assert "cham-diem" in mail.text


def test_on_days_off_nobody_is_told_anything(commune: None) -> None:
    assert run(date(2025, 12, 14)) == {}
    assert run(date(2025, 12, 15)) == {"nhắc đơn vị": 3}


def test_a_unit_with_a_returned_criterion_hears_of_it_with_the_reason_and_again_after_three_days(commune: None) -> None:
    run(MONDAY)
    everything_entered(date(2025, 12, 2))
    with transaction() as session:
        round_ = session.scalars(select(ScoreRound)).one()
        send_back(session, find_score(session, round_, "1.3"), "Nêu rõ quyết định", at(date(2025, 12, 2), 5))
    assert run(date(2025, 12, 3)) == {"nhắc đơn vị": 1}
    assert "1.3 Sáng kiến: Nêu rõ quyết định" in mails()[-1].text
    assert run(date(2025, 12, 4)) == {}
    assert run(date(2025, 12, 5)) == {}
    assert run(date(2025, 12, 8)) == {"nhắc đơn vị": 1}


def test_the_focal_unit_hears_once_that_all_have_entered_and_who_closed_it_himself_does_not(commune: None) -> None:
    everything_entered(MONDAY)
    in_review(date(2025, 12, 2), OFFICE)
    assert run(date(2025, 12, 2)) == {"báo đơn vị đầu mối": 1}
    assert run(date(2025, 12, 3)) == {}
    (mail,) = mails("các đơn vị đã chấm xong")
    assert mail.to_address == "phong-vhxh@song-mai.example"
    assert "dot-cham-diem" in mail.text


def test_when_the_days_are_over_the_mail_names_who_owes(commune: None) -> None:
    everything_entered(MONDAY, but="1.3")
    in_review(date(2025, 12, 16))
    assert run(date(2025, 12, 16)) == {"báo đơn vị đầu mối": 2}
    assert "TT_PVHCC 1 tiêu chí" in mails("hết hạn tự chấm")[0].text


def handed_up(day: date, hour: int = 2) -> None:
    with transaction() as session:
        round_ = session.scalars(select(ScoreRound)).one()
        for score in round_.scores:
            if score.state == "submitted":
                accept(session, score, at(day, hour))
        ask_approval(session, round_, 0, Actor(OFFICE, at(day, hour).at), day)


def test_the_leader_gets_one_mail_for_each_time_it_is_handed_up(commune: None) -> None:
    everything_entered(MONDAY)
    in_review(MONDAY, OFFICE)
    handed_up(MONDAY)
    tuesday = MONDAY + timedelta(days=1)
    assert run(tuesday)["trình lãnh đạo"] == 1
    assert run(tuesday + timedelta(days=1)) == {}
    (mail,) = mails("Đề nghị duyệt")
    assert (mail.to_address, "3,5/6 điểm" in mail.subject) == ("chu-tich@song-mai.example", True)
    assert "người trình: Quản trị" in " ".join(mail.text.split())
    with transaction() as session:
        disapprove(session, session.scalars(select(ScoreRound)).one(), "Bổ sung 1.1", at(date(2025, 12, 3), 2))
    assert run(date(2025, 12, 4)) == {"báo đơn vị đầu mối": 2}
    assert "Bổ sung 1.1" in mails("cần rà soát lại")[0].text
    handed_up(date(2025, 12, 4), 3)
    assert run(date(2025, 12, 5)) == {"trình lãnh đạo": 1}


def test_units_are_asked_for_explanations_and_the_focal_unit_hears_when_all_are_there(commune: None) -> None:
    everything_entered(MONDAY)
    with transaction() as session:
        round_ = session.scalars(select(ScoreRound)).one()
        for then in (RoundState.REVIEW, RoundState.APPROVAL, RoundState.APPROVED, RoundState.SENT):
            move(session, round_, then, at(MONDAY, 2))
        said = Verification("1.3", None, "", "Quyết định nào?")
        verify(session, round_, [said], at(MONDAY, 3))
    assert run(date(2025, 12, 2)) == {"hỏi giải trình": 1}
    mail = mails("Đề nghị giải trình")[0]
    assert mail.to_address == "tt-pvhcc@song-mai.example"
    assert "1.3 Sáng kiến (tự chấm 2): Quyết định nào?" in " ".join(mail.text.split())
    assert run(date(2025, 12, 3)) == {}
    assert run(date(2025, 12, 9)) == {"hỏi giải trình": 1}
    with transaction() as session:
        explain(
            session,
            find_score(session, session.scalars(select(ScoreRound)).one(), "1.3"),
            "QĐ 8",
            at(date(2025, 12, 9), 5),
        )
    assert run(date(2025, 12, 10)) == {"báo đơn vị đầu mối": 2}
    assert run(date(2025, 12, 11)) == {}
    assert len(mails("đã đủ giải trình")) == 2


def test_units_of_a_round_opened_again_are_asked_on_that_day(commune: None) -> None:
    run(date(2025, 12, 15))
    in_review(date(2025, 12, 16))
    run(date(2025, 12, 16))
    day = date(2025, 12, 17)
    with transaction() as session:
        round_ = session.scalars(select(ScoreRound)).one()
        reopen_round(session, round_, "Mất điện hai ngày", at(day), day, date(2025, 12, 24))
    assert run(day) == {"nhắc đơn vị": 3}
    assert "24/12/2025" in mails()[-1].subject


def test_without_a_portal_the_mails_say_what_to_do_instead(commune: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DONDOC_PORTAL_URL")
    everything_entered(MONDAY)
    in_review(MONDAY, OFFICE)
    handed_up(MONDAY)
    run(MONDAY + timedelta(days=1))
    assert "đề nghị trả lời thư" in " ".join(mails("Đề nghị duyệt")[0].text.split())


def test_what_is_approved_asks_nobody(commune: None) -> None:
    everything_entered(MONDAY)
    in_review(MONDAY, OFFICE)
    handed_up(MONDAY)
    with transaction() as session:
        approve(session, session.scalars(select(ScoreRound)).one(), Actor("Chủ tịch <ct@x>", at(MONDAY, 4).at))
    assert run(MONDAY + timedelta(days=1)) == {}
