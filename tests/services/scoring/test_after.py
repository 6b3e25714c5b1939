"""After the dossier has left: the superior's word leaf by leaf, a second round, opening again with a reason."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from models import ScoreRound
from rules.scoring.round import RoundState, Verification
from services.scoring.reopening import reopen_round, reopened_on
from services.scoring.rounds import RoundRefusedError, move, to_review
from services.scoring.scores import find_score, history_of
from services.scoring.verification import explain, finish, is_second, result_of, send_explanations, verify
from tests.scoring import by, opened
from tests.world import World

DAY = date(2026, 1, 9)
OFFICE, UNIT = by("đầu mối", DAY), by("đơn vị", DAY)
CODES = ("1.1", "1.2", "1.3", "2.1")


@pytest.fixture
def round_(db: Session) -> ScoreRound:
    """A round at the superior's."""
    found = opened(db, World(db))
    for then in (RoundState.REVIEW, RoundState.APPROVAL, RoundState.APPROVED, RoundState.SENT):
        move(db, found, then, OFFICE)
    return found


def one(db: Session, round_: ScoreRound, code: str, points: str | None = None, **said: str) -> int:
    """The superior's word on one criterion, as a form sends it."""
    given = Verification(code, Decimal(points) if points else None, **said)
    return verify(db, round_, [given], OFFICE, exactly=True)


def test_a_form_says_everything_so_what_is_left_blank_is_cleared(db: Session, round_: ScoreRound) -> None:
    assert one(db, round_, "1.1", "1", remark="Thiếu trang", question="Ở trang nào?", lost_because="content") == 1
    assert round_.state is RoundState.VERIFIED
    assert one(db, round_, "1.1", "1", remark="Thiếu trang", question="Ở trang nào?", lost_because="content") == 0
    assert one(db, round_, "1.1") == 1
    score = find_score(db, round_, "1.1")
    assert (score.verified, score.remark, score.question, score.lost_because) == (None, None, None, None)
    before = [row.before for row in history_of(db, score)]
    assert [(row or {}).get("verified") for row in before] == [None, "1"]


def test_an_empty_form_is_no_verification(db: Session, round_: ScoreRound) -> None:
    assert one(db, round_, "1.1") == 0
    assert round_.state is RoundState.SENT


def test_a_workbook_leaves_alone_what_it_does_not_speak_of(db: Session, round_: ScoreRound) -> None:
    one(db, round_, "1.1", "1", remark="Thiếu trang")
    assert verify(db, round_, [Verification("1.1", Decimal("0.5"))], OFFICE) == 1
    score = find_score(db, round_, "1.1")
    assert (score.verified, score.remark) == (Decimal("0.5"), "Thiếu trang")


def test_points_below_nothing_are_refused(db: Session, round_: ScoreRound) -> None:
    with pytest.raises(RoundRefusedError, match=r"1\.1 không được âm"):
        one(db, round_, "1.1", "-1")


def second(db: Session, round_: ScoreRound) -> None:
    """The first verification with one question, answered and sent."""
    for code in CODES:
        one(db, round_, code, "1", question="Vì sao chậm?" if code == "1.1" else "")
    explain(db, find_score(db, round_, "1.1"), "Do mưa lũ", UNIT)
    send_explanations(db, round_, OFFICE)


def test_the_second_word_is_kept_beside_the_first_leaf_by_leaf(db: Session, round_: ScoreRound) -> None:
    second(db, round_)
    one(db, round_, "1.1", "2", remark="Chấp nhận")
    assert round_.state is RoundState.VERIFIED
    assert is_second(round_)
    one(db, round_, "1.2", "0.5")
    scores = {code: find_score(db, round_, code) for code in CODES}
    assert [(scores[code].verified, scores[code].final) for code in CODES] == [
        (1, 2), (1, Decimal("0.5")), (1, None), (1, None)
    ]  # fmt: skip
    assert [result_of(scores[code]) for code in CODES] == [2, Decimal("0.5"), 1, 1]


def test_a_second_word_without_points_lets_the_points_stand(db: Session, round_: ScoreRound) -> None:
    second(db, round_)
    one(db, round_, "1.1", remark="Không chấp nhận giải trình")
    score = find_score(db, round_, "1.1")
    assert (score.verified, score.final, score.question) == (1, 1, None)
    assert is_second(round_)


def test_a_new_question_wants_a_new_explanation(db: Session, round_: ScoreRound) -> None:
    second(db, round_)
    one(db, round_, "1.1", "1", question="Còn chứng từ?")
    score = find_score(db, round_, "1.1")
    assert score.reply is None
    with pytest.raises(RoundRefusedError, match=r"chưa trả lời: 1\.1"):
        send_explanations(db, round_, OFFICE)
    assert "Do mưa lũ" in [(row.after or {}).get("reply") for row in history_of(db, score)]


def test_a_round_sent_too_early_is_taken_back_with_a_reason(db: Session, round_: ScoreRound) -> None:
    with pytest.raises(RoundRefusedError, match="Hãy ghi lý do"):
        reopen_round(db, round_, " ", OFFICE, DAY)
    reopen_round(db, round_, "Sở yêu cầu chấm lại mục 1", OFFICE, DAY)
    assert (round_.state, round_.approved_by, round_.decision_note) == (
        RoundState.REVIEW, None, "Sở yêu cầu chấm lại mục 1"
    )  # fmt: skip
    assert reopened_on(db, round_) == DAY


def test_units_get_new_days_and_the_dossier_leaves_after_them(db: Session, round_: ScoreRound) -> None:
    until = date(2026, 1, 20)
    with pytest.raises(RoundRefusedError, match=r"08/01/2026 đã qua"):
        reopen_round(db, round_, "Bổ sung", OFFICE, DAY, date(2026, 1, 8))
    reopen_round(db, round_, "Bổ sung", OFFICE, DAY, until)
    assert (round_.state, round_.units_until, round_.sending_on) == (RoundState.SCORING, until, until)
    reopen_round(db, round_, "Thêm hai ngày", OFFICE, DAY, date(2026, 1, 22))
    assert (round_.state, round_.units_until) == (RoundState.SCORING, date(2026, 1, 22))
    to_review(db, round_, date(2026, 1, 23), OFFICE)
    with pytest.raises(RoundRefusedError, match="hãy ghi ngày"):
        reopen_round(db, round_, "Bổ sung", OFFICE, DAY)


def test_while_the_superior_verifies_self_scores_stay_closed(db: Session, round_: ScoreRound) -> None:
    one(db, round_, "1.1", "1")
    with pytest.raises(RoundRefusedError, match="đã cho điểm"):
        reopen_round(db, round_, "Bổ sung", OFFICE, DAY)


def test_a_result_written_down_wrong_is_opened_and_closed_again(db: Session, round_: ScoreRound) -> None:
    for code in CODES:
        one(db, round_, code, "1")
    finish(db, round_, OFFICE, 12, 65)
    with pytest.raises(RoundRefusedError, match="không ghi ngày"):
        reopen_round(db, round_, "Sai", OFFICE, DAY, DAY)
    reopen_round(db, round_, "Ghi nhầm tiêu chí 1.2", OFFICE, DAY)
    assert (round_.state, round_.grade, round_.rank) == (RoundState.VERIFIED, None, None)
    one(db, round_, "1.2", "0")
    assert finish(db, round_, OFFICE, 13, 65)
    assert (round_.state, round_.rank) == (RoundState.FINAL, 13)
