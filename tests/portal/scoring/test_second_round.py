"""The second round in the portal: an explanation brings files and named documents, until its last day."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from models import Evidence, Plan, Score, ScoreRound
from models.scoring import ScoreEvidence
from models.session import transaction
from rules.scoring.round import RoundState, ScoreState
from services.actor import Actor
from services.scoring.rounds import RoundDays, open_round
from services.scoring.scores import recompute
from tests.portal.town import MORNING, TODAY, Town, text_of
from tests.scoring import stored_set

PDF = b"%PDF-1.4\n% bo sung\n%%EOF\n"
NAMED = {"reference": "88/QĐ-UBND", "issued_on": "01/10/2025", "place": "Điều 1"}


@pytest.fixture
def page(town: Town) -> str:
    """The page of a criterion of the partner's unit that the superior asks about."""
    with transaction(town.site.database) as session:
        plan = session.scalars(select(Plan).where(Plan.code == "song-mai-2025")).one()
        days = RoundDays(TODAY, date(2025, 12, 15), date(2025, 12, 31))
        round_, _ = open_round(session, plan.authority, stored_set(session), plan, days, Actor("máy", MORNING))
        round_.state = RoundState.VERIFIED
        for score in round_.scores:
            score.state, score.verified = ScoreState.ACCEPTED, Decimal(1)
        asked = next(score for score in round_.scores if score.criterion == "1.3")
        asked.question = "Quyết định công nhận ở đâu?"
        return f"/cham-diem/{asked.id}"


def added(town: Town) -> list[str]:
    """What the explanation brought: numbers and file names, oldest first."""
    with town.read() as session:
        rows = session.scalars(select(Evidence).join(ScoreEvidence).where(ScoreEvidence.explains).order_by(Evidence.id))
        return [row.reference or row.name or "" for row in rows]


def files(*names: str) -> dict[str, tuple[str, bytes, str]]:
    return {"files": (names[0], PDF, "application/pdf")}


def test_an_explanation_brings_a_file_and_a_named_document_and_the_self_score_stays(town: Town, page: str) -> None:
    partner = town.enter("partner")
    assert "Đính kèm tệp" in partner.get(page)
    partner.post(f"{page}/giai-trinh", {"noi_dung": "Xem quyết định kèm theo"}, files=files("qd 88.pdf"))
    assert added(town) == ["qd 88.pdf"]
    with town.read() as session:
        piece = session.scalars(select(ScoreEvidence.evidence_id)).one()
        before = session.scalars(select(Score).where(Score.criterion == "1.3")).one()
        assert recompute(before).score == 0  # what came late proves nothing of the self-score
    partner.post(f"{page}/giai-trinh", {"noi_dung": "Và Điều 1", "evidence": str(piece), **NAMED})
    assert added(town) == ["qd 88.pdf", "88/QĐ-UBND"]
    shown = text_of(town.enter("leader").get(page))
    assert "Tài liệu bổ sung" in shown
    assert "số 88/QĐ-UBND ngày 01/10/2025, Điều 1" in shown
    assert "Tài liệu kiểm chứng: thêm 1" in shown
    assert town.enter("leader").client.get(f"{page}/tai-lieu/{piece}").content == PDF
    partner.post(f"{page}/giai-trinh", {"noi_dung": "Chỉ quyết định"})
    assert added(town) == []


def test_what_is_wrong_is_said_and_text_and_file_are_kept(town: Town, page: str) -> None:
    partner = town.enter("partner")
    wrong = {"noi_dung": "Xem văn bản", **NAMED, "issued_on": "32/13/2025"}
    again = partner.post(f"{page}/giai-trinh", wrong, 422, files=files("qd 88.pdf")).text
    assert "Ngày văn bản phải viết theo dạng" in again
    assert "Xem văn bản" in again
    assert "qd 88.pdf" in again
    assert added(town) == []
    junk = {"files": ("virus.exe", b"MZ\x90", "application/octet-stream")}
    partner.post(f"{page}/giai-trinh", {"noi_dung": "x"}, 422, files=junk)
    assert "hãy ghi nội dung giải trình" in partner.post(f"{page}/giai-trinh", {"noi_dung": " "}, 422).text.lower()
    with town.read() as session:
        assert session.scalars(select(Score.reply).where(Score.criterion == "1.3")).one() is None


def test_two_officers_do_not_overwrite_each_other(town: Town, page: str) -> None:
    partner = town.enter("partner")
    partner.post(f"{page}/giai-trinh", {"noi_dung": "Lần một", "seen": "0"})
    assert (
        "đã được người khác cập nhật"
        in partner.post(f"{page}/giai-trinh", {"noi_dung": "Lần hai", "seen": "0"}, 422).text
    )


def test_after_the_last_day_it_is_locked_until_opened_again_with_a_reason(town: Town, page: str) -> None:
    with town.read() as session:
        desk = f"/dot-cham-diem/{session.scalars(select(ScoreRound.id)).one()}"
    officer = town.enter("officer")
    assert "cần viết như 31/12/2025" in officer.post(f"{desk}/han-giai-trinh", {"han": "mai"}, 422).text
    assert "đã qua" in officer.post(f"{desk}/han-giai-trinh", {"han": "30/11/2025"}, 422).text
    officer.post(f"{desk}/han-giai-trinh", {"han": "02/12/2025"})
    assert "02/12/2025" in town.enter("partner").get(page)
    town.clock.go_on(days=2)
    partner, officer = town.enter("partner"), town.enter("officer")
    assert "Đã hết hạn giải trình ngày 02/12/2025" in partner.get(page)
    late = partner.post(f"{page}/giai-trinh", {"noi_dung": "Muộn"}, 422, files=files("muon.pdf")).text
    assert "Đã hết hạn giải trình" in late
    with town.read() as session:
        assert session.scalars(select(Evidence).where(Evidence.name == "muon.pdf")).first() is None
    assert "hãy ghi lý do" in officer.post(f"{desk}/han-giai-trinh", {"han": "05/12/2025"}, 422).text
    officer.post(f"{desk}/han-giai-trinh", {"han": "05/12/2025", "ly_do": "Mất điện hai ngày"})
    partner.post(f"{page}/giai-trinh", {"noi_dung": "Kịp"}, files=files("kip.pdf"))
    assert added(town) == ["kip.pdf"]
    told = text_of(town.enter("leader").get("/cham-diem"))
    assert "Hạn giải trình 02/12/2025 → 05/12/2025" in told
    assert "Mất điện hai ngày" in told


def test_after_the_last_day_the_focal_unit_sends_without_those_who_did_not_explain(town: Town, page: str) -> None:
    with town.read() as session:
        desk = f"/dot-cham-diem/{session.scalars(select(ScoreRound.id)).one()}"
    officer = town.enter("officer")
    officer.post(f"{desk}/lan-hai", {}, 422)
    officer.post(f"{desk}/han-giai-trinh", {"han": "02/12/2025"})
    town.clock.go_on(days=2)
    town.enter("officer").post(f"{desk}/lan-hai", {})
    with town.read() as session:
        assert session.scalars(select(ScoreRound.state)).one() is RoundState.SECOND
