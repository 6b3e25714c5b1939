"""The yearly round on both databases: filled, scored, returned, reviewed, approved, verified, final; history kept."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from models import Occurrence, Score, ScoreRound
from models.session import make_engine
from rules.scoring.entry import Entry
from rules.scoring.round import RoundState, ScoreState, Verification
from services import audit
from services.scoring.rounds import (
    RoundRefusedError,
    approve,
    ask_approval,
    disapprove,
    move,
    open_round,
    refill,
    to_review,
)
from services.scoring.scores import (
    Given,
    ScoredMeanwhileError,
    ScoreRefusedError,
    accept,
    enter,
    find_score,
    history_of,
    reopen,
    send_back,
    sheet_of,
)
from services.scoring.verification import explain, finish, send_explanations, verified_sheet, verify
from tests.scoring import DAYS, OPENED, acting, by, filed, opened, proof, stored_set
from tests.world import World

DAY = date(2025, 12, 3)


@pytest.fixture
def world(db: Session) -> World:
    """Two items, one done in time with evidence, one open."""
    world = World(db)
    first = world.add_item("A.1", date(2025, 3, 31))
    world.add_item("A.2", date(2025, 10, 31))
    assert first is not None
    first.done_on = date(2025, 3, 20)
    filed(db, first, proof(db, world))
    return world


@pytest.fixture
def round_(db: Session, world: World) -> ScoreRound:
    """The round, opened."""
    return opened(db, world)


def test_a_round_opens_with_what_the_database_knows(db: Session, round_: ScoreRound) -> None:
    scores = {score.criterion: score for score in round_.scores}
    assert scores["1.1"].entry == {"part": "1", "whole": "2"}
    assert scores["1.1"].calculation == "1/2 nhiệm vụ → 50 % → nhóm 50–<100 % → 1/2"
    assert scores["1.2"].entry == {"case": "đúng hạn"}
    assert (scores["1.2"].points, scores["1.3"].outcome, scores["2.1"].outcome) == (1, "missing", "pending")
    assert scores["1.1"].unit is not None
    assert scores["1.1"].unit.code == "PHONG_VHXH"
    assert [use.evidence.reference for use in scores["1.1"].evidence] == ["12/BC-UBND"]
    sheet = sheet_of(round_)
    assert (sheet.total, sheet.counted, sheet.pending) == (2, 6, 4)


def test_opening_again_changes_nothing(db: Session, world: World, round_: ScoreRound) -> None:
    again, new = open_round(db, world.authority, stored_set(db), world.plan, DAYS, by("ai đó"))
    assert (again.id, new) == (round_.id, False)
    assert len(round_.scores) == 4


def test_refilling_follows_progress_where_nobody_has_entered(db: Session, world: World, round_: ScoreRound) -> None:
    score = find_score(db, round_, "1.2")
    enter(db, score, Given(Entry(case="chậm"), (score.evidence[0].evidence_id,), "gửi muộn"), by("vp"), DAY)
    second = db.query(Occurrence).filter(Occurrence.done_on.is_(None)).one()
    second.done_on = date(2025, 12, 2)
    db.flush()
    refill(db, round_, DAY, by("máy"))
    assert find_score(db, round_, "1.1").entry == {"part": "2", "whole": "2"}
    assert find_score(db, round_, "1.2").entry == {"case": "chậm"}


def test_below_the_maximum_an_explanation_is_asked_for(db: Session, world: World, round_: ScoreRound) -> None:
    score = find_score(db, round_, "1.1")
    evidence = (score.evidence[0].evidence_id,)
    with pytest.raises(ScoreRefusedError, match="thấp hơn điểm tối đa; hãy ghi giải trình"):
        enter(db, score, Given(Entry(part=1, whole=2), evidence), by("vhxh"), DAY)
    found = enter(db, score, Given(Entry(part=1, whole=2), evidence, "Còn nhiệm vụ A.2"), by("vhxh"), DAY)
    assert (found.score, score.state) == (1, ScoreState.SUBMITTED)


def test_no_evidence_no_points(db: Session, round_: ScoreRound) -> None:
    score = find_score(db, round_, "1.3")
    with pytest.raises(ScoreRefusedError, match="chưa có tài liệu kiểm chứng"):
        enter(db, score, Given(Entry(score=3)), by("tt"), DAY)
    found = enter(db, score, Given(Entry(score=3), explanation="Đang chờ quyết định công nhận"), by("tt"), DAY)
    assert (found.score, score.points, score.outcome) == (0, 0, "no_evidence")


def test_evidence_of_another_commune_proves_nothing_here(db: Session, round_: ScoreRound) -> None:
    other = World(db, "dong-song")
    strange = proof(db, other)
    with pytest.raises(Exception, match="Không có tài liệu kiểm chứng"):
        enter(db, find_score(db, round_, "1.3"), Given(Entry(score=3), (strange.id,)), by("tt"), DAY)


def test_who_was_slower_is_told_and_loses_nothing(db: Session, world: World, round_: ScoreRound) -> None:
    score = find_score(db, round_, "1.3")
    seen = score.version
    given = Given(Entry(score=3), (proof(db, world, "TT_PVHCC").id,))
    enter(db, score, given, by("một"), DAY, seen=seen)
    with pytest.raises(ScoredMeanwhileError):
        enter(db, score, given, by("hai"), DAY, seen=seen)


def test_after_the_last_day_a_unit_enters_only_what_was_returned_or_reopened(
    db: Session, world: World, round_: ScoreRound
) -> None:
    late = date(2025, 12, 20)
    score = find_score(db, round_, "1.3")
    given = Given(Entry(score=3), (proof(db, world, "TT_PVHCC").id,))
    with pytest.raises(ScoreRefusedError, match="Đã hết hạn tự chấm ngày 15/12/2025"):
        enter(db, score, given, by("tt"), late)
    reopen(db, score, date(2025, 12, 22), "Quyết định công nhận đến muộn", by("đầu mối"))
    enter(db, score, given, by("tt"), late)
    assert score.points == 3
    assert history_of(db, score)[0].note == "Quyết định công nhận đến muộn"


def test_every_change_of_a_score_is_kept_with_who_and_why(db: Session, world: World, round_: ScoreRound) -> None:
    score = find_score(db, round_, "1.3")
    piece = proof(db, world, "TT_PVHCC").id
    enter(db, score, Given(Entry(score=Decimal("2.5")), (piece,), "Mới áp dụng ở một bộ phận"), by("tt"), DAY)
    send_back(db, score, "Thiếu quyết định", by("đầu mối"))
    enter(db, score, Given(Entry(score=3), (piece,)), by("tt"), DAY)
    accept(db, score, by("đầu mối"))
    rows = [(row.actor, row.action, row.note, (row.after or {})["points"]) for row in history_of(db, score)]
    assert rows == [
        ("tt", "score.enter", None, "2.5"),
        ("đầu mối", "score.return", "Thiếu quyết định", "2.5"),
        ("tt", "score.enter", None, "3"),
        ("đầu mối", "score.accept", None, "3"),
    ]
    assert audit.verify(db) is None


def reviewed(db: Session, world: World, round_: ScoreRound) -> None:
    """Every criterion entered and accepted, the round in review."""
    pieces = {"1.3": (proof(db, world, "TT_PVHCC").id,)}
    figures = {"1.1": Entry(part=1, whole=2), "1.2": Entry(case="đúng hạn"), "1.3": Entry(score=Decimal("2.5"))}
    for code, entry in figures.items():
        score = find_score(db, round_, code)
        ids = pieces.get(code) or tuple(use.evidence_id for use in score.evidence)
        enter(db, score, Given(entry, ids, "Có giải trình"), by("đơn vị"), DAY)
        accept(db, score, by("đầu mối"))
    to_review(db, round_, DAY, by("đầu mối"))


def test_units_may_not_be_cut_off_before_their_day(db: Session, round_: ScoreRound) -> None:
    with pytest.raises(RoundRefusedError, match="Còn 3 tiêu chí chưa được chấm"):
        to_review(db, round_, DAY, by("đầu mối"))
    assert to_review(db, round_, date(2025, 12, 16), by("đầu mối"))


def test_nobody_approves_their_own_submission(db: Session, world: World, round_: ScoreRound) -> None:
    reviewed(db, world, round_)
    assert ask_approval(db, round_, 0, by("đầu mối"), DAY)
    with pytest.raises(RoundRefusedError, match="không được tự duyệt"):
        approve(db, round_, by("đầu mối"))
    assert approve(db, round_, by("chủ tịch"), "Đồng ý")
    assert not approve(db, round_, by("chủ tịch"))
    assert (round_.state, round_.approved_by) == (RoundState.APPROVED, "chủ tịch")


def test_a_new_name_does_not_lift_the_ban_on_approving_ones_own_submission(
    db: Session, world: World, round_: ScoreRound
) -> None:
    reviewed(db, world, round_)
    assert ask_approval(db, round_, 0, acting(world.admin), DAY)
    world.admin.name, world.admin.email = "Trần Thị Mới", "moi@song-mai.example"
    db.flush()
    with pytest.raises(RoundRefusedError, match="không được tự duyệt"):
        approve(db, round_, acting(world.admin))
    assert round_.submitted_by_id == world.admin.id
    assert approve(db, round_, acting(world.leader))
    assert round_.approved_by_id == world.leader.id
    assert disapprove(db, round_, "Sửa lại", acting(world.leader))
    assert round_.approved_by_id is None


def test_unanswered_warnings_and_unreviewed_scores_keep_a_round_from_the_leader(
    db: Session, world: World, round_: ScoreRound
) -> None:
    reviewed(db, world, round_)
    with pytest.raises(RoundRefusedError, match="Còn 2 cảnh báo"):
        ask_approval(db, round_, 2, by("đầu mối"), DAY)
    send_back(db, find_score(db, round_, "1.1"), "Xem lại", by("đầu mối"))
    with pytest.raises(RoundRefusedError, match=r"1 tiêu chí chưa rà soát xong \(1.1\)"):
        ask_approval(db, round_, 0, by("đầu mối"), DAY)


def test_a_leader_returns_the_round_with_a_reason(db: Session, world: World, round_: ScoreRound) -> None:
    reviewed(db, world, round_)
    ask_approval(db, round_, 0, by("đầu mối"), DAY)
    with pytest.raises(RoundRefusedError, match="Hãy ghi lý do"):
        disapprove(db, round_, " ", by("chủ tịch"))
    disapprove(db, round_, "Bổ sung giải trình 1.1", by("chủ tịch"))
    assert (round_.state, round_.decision_note) == (RoundState.REVIEW, "Bổ sung giải trình 1.1")


def sent(db: Session, world: World, round_: ScoreRound) -> None:
    """The round approved and its dossier gone."""
    reviewed(db, world, round_)
    ask_approval(db, round_, 0, by("đầu mối"), DAY)
    approve(db, round_, by("chủ tịch"))
    move(db, round_, RoundState.SENT, by("đầu mối"))


def test_verification_explanations_and_a_second_round_end_in_a_grade(
    db: Session, world: World, round_: ScoreRound
) -> None:
    sent(db, world, round_)
    first = [
        Verification("1.1", Decimal(0), "Thiếu báo cáo", "Giải trình mức độ hoàn thành", "no_evidence"),
        Verification("1.2", Decimal(1)),
        Verification("1.3", Decimal("2.5")),
        Verification("2.1", Decimal("3.61")),
    ]
    assert verify(db, round_, first, by("Sở Nội vụ")) == 4
    assert verify(db, round_, first, by("Sở Nội vụ")) == 0
    with pytest.raises(RoundRefusedError, match=r"1 yêu cầu giải trình chưa trả lời: 1.1"):
        send_explanations(db, round_, by("đầu mối"))
    explain(db, find_score(db, round_, "1.1"), "Báo cáo 12/BC-UBND đã gửi ngày 20/11/2025", by("vhxh"))
    send_explanations(db, round_, by("đầu mối"))
    verify(db, round_, [Verification("1.1", Decimal(1), "Chấp nhận giải trình")], by("Sở Nội vụ"))
    assert finish(db, round_, by("đầu mối"), 12, 65)
    assert verified_sheet(round_).total == Decimal("8.11")
    assert (round_.state, round_.grade, round_.rank, round_.rank_of) == (RoundState.FINAL, "Tốt", 12, 65)


def test_verified_points_stay_within_the_maximum_and_the_whole_file_or_nothing_is_taken(
    db: Session, world: World, round_: ScoreRound
) -> None:
    sent(db, world, round_)
    with pytest.raises(RoundRefusedError, match="lớn hơn điểm tối đa 1"):
        verify(db, round_, [Verification("1.1", Decimal(1)), Verification("1.2", Decimal(2))], by("Sở"))
    assert find_score(db, round_, "1.1").verified is None


def test_steps_cannot_be_skipped(db: Session, round_: ScoreRound) -> None:
    for then in (RoundState.APPROVED, RoundState.SENT, RoundState.FINAL):
        with pytest.raises(RoundRefusedError, match="chưa chuyển được"):
            move(db, round_, then, by("ai đó"))
    with pytest.raises(RoundRefusedError, match="Chưa gửi hồ sơ"):
        verify(db, round_, [], by("Sở"))


@pytest.fixture
def sqlite_db(sqlite_url: str) -> Iterator[Session]:
    """A session on SQLite alone: a property would take too long on both."""
    engine = make_engine(sqlite_url)
    with Session(engine, expire_on_commit=False) as session:
        yield session
        session.rollback()
    engine.dispose()


STEPS = st.lists(
    st.tuples(st.sampled_from(["1.1", "1.2", "1.3"]), st.sampled_from(["enter", "return", "accept"])), max_size=12
)


@given(STEPS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_order_of_entry_edit_or_return_changes_the_total(sqlite_db: Session, steps: list[tuple[str, str]]) -> None:
    """Whatever happened on the way, the total is that of what stands in the end."""
    with sqlite_db.begin_nested() as savepoint:
        world = World(sqlite_db, f"xa-{abs(hash(tuple(steps)))}")
        world.add_item("A.1", date(2025, 3, 31))
        round_ = opened(sqlite_db, world)
        piece = proof(sqlite_db, world).id
        last = {"1.1": Entry(part=1, whole=2), "1.2": Entry(case="chậm"), "1.3": Entry(score=Decimal("1.37"))}
        for code, what in [*steps, *((code, "last") for code in sorted(last))]:
            _do(sqlite_db, find_score(sqlite_db, round_, code), what, last[code], piece)
        assert sheet_of(round_).total == Decimal("1") + Decimal("0.5") + Decimal("1.37")
        savepoint.rollback()


def _do(db: Session, score: Score, what: str, last: Entry, piece: int) -> None:
    if what == "accept" and score.state in (ScoreState.SUBMITTED, ScoreState.ACCEPTED):
        accept(db, score, by("đầu mối"))
    elif what == "return":
        send_back(db, score, "Xem lại", by("đầu mối"))
    elif what in ("enter", "last"):
        other = {"1.1": Entry(part=2, whole=2), "1.2": Entry(case="không có"), "1.3": Entry(score=Decimal(3))}
        entry = last if what == "last" else other[score.criterion]
        enter(db, score, Given(entry, (piece,), "Giải trình"), by("đơn vị"), OPENED)
