"""Scoring through the real pages: prove and enter, review, approve, explain, and the superior's download."""

import re
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from models import Authority, Evidence, Plan, Score, ScoreRound
from models.scoring import ScoreDossier
from models.session import transaction
from rules.scoring.round import RoundState, ScoreState
from services.access.links import door_of
from services.actor import Actor
from services.documents import KeptDocument, place_of, stored_document
from services.scoring.dossier.sending import dossier_link
from services.scoring.rounds import RoundDays, open_round
from tests.portal.town import MORNING, TODAY, Browser, Town, text_of
from tests.scoring import stored_set

PDF = b"%PDF-1.4\n% bao cao\n%%EOF\n"
DOCUMENT = {"reference": "12/BC-UBND", "issued_on": "20/11/2025", "place": "mục II"}


@pytest.fixture
def scores(town: Town) -> dict[str, int]:
    """The round of Sông Mai, opened today; its scores by criterion."""
    with transaction(town.site.database) as session:
        plan = session.scalars(select(Plan).where(Plan.code == "song-mai-2025")).one()
        days = RoundDays(TODAY, date(2025, 12, 15), date(2025, 12, 31))
        round_, _ = open_round(session, plan.authority, stored_set(session), plan, days, Actor("máy", MORNING))
        return {score.criterion: score.id for score in round_.scores}


def enter(browser: Browser, score: int, status: int = 303, files: object = None, **fields: object) -> str:
    """Send a criterion's form as the page would."""
    path = f"/cham-diem/{score}"
    data = {"seen": "0", **fields}
    sent = browser.post(path, data, status, files=files) if files else browser.post(path, data, status)
    return str(sent.text)


def stored(town: Town, score: int) -> Score:
    """A score as it is stored now."""
    with town.read() as session:
        row = session.get_one(Score, score)
        _ = [use.evidence.reference for use in row.evidence]
        return row


def test_a_unit_sees_its_own_criteria_and_the_reviewer_all(town: Town, scores: dict[str, int]) -> None:
    partner = text_of(town.enter("partner").get("/cham-diem"))
    assert "1.3 Sáng kiến" in partner
    assert "1.1 Mức độ" not in partner
    assert "Tổng hợp" not in partner
    everything = text_of(town.enter("officer").get("/cham-diem"))
    assert "1.3 Sáng kiến" in everything
    assert "Tổng hợp" in everything


def test_a_score_is_entered_with_a_file_and_what_it_is(town: Town, scores: dict[str, int]) -> None:
    browser = town.enter("partner")
    files = {"files": ("quyet-dinh.pdf", PDF, "application/pdf")}
    enter(browser, scores["1.3"], files=files, figure="3", **DOCUMENT)
    row = stored(town, scores["1.3"])
    assert (row.points, row.state, row.version) == (3, ScoreState.SUBMITTED, 1)
    (use,) = row.evidence
    assert (use.evidence.reference, use.evidence.place, use.evidence.name) == ("12/BC-UBND", "mục II", "quyet-dinh.pdf")
    page = text_of(browser.get(f"/cham-diem/{scores['1.3']}?da=luu"))
    assert "Đã ghi nhận điểm tự chấm" in page
    assert "Chấm trực tiếp → 3/3" in page


def test_without_evidence_there_are_no_points_and_the_page_says_so(town: Town, scores: dict[str, int]) -> None:
    browser = town.enter("partner")
    page = enter(browser, scores["1.3"], 422, figure="3")
    assert "chưa có tài liệu kiểm chứng; hãy ghi giải trình" in page
    assert stored(town, scores["1.3"]).version == 0
    enter(browser, scores["1.3"], figure="3", explanation="Đang chờ quyết định")
    assert stored(town, scores["1.3"]).points == 0


def test_nothing_typed_or_sent_is_lost_by_an_error(town: Town, scores: dict[str, int]) -> None:
    browser = town.enter("partner")
    files = {"files": ("quyet-dinh.pdf", PDF, "application/pdf")}
    page = enter(browser, scores["1.3"], 422, files=files, figure="9", explanation="Lan tỏa rộng", **DOCUMENT)
    assert "nằm ngoài 0–3" in page
    assert "Lan tỏa rộng" in page
    with town.read() as session:
        piece = session.scalars(select(Evidence.id)).one()
    assert f'value="{piece}" checked' in page
    enter(browser, scores["1.3"], figure="2,5", explanation="Lan tỏa rộng", evidence=str(piece))
    assert stored(town, scores["1.3"]).points == Decimal("2.5")


def test_a_case_is_chosen_and_a_figure_typed_wrong_is_named(town: Town, scores: dict[str, int]) -> None:
    office = town.enter("office")
    page = office.get(f"/cham-diem/{scores['1.2']}")
    assert '<option value="chậm">' in page
    enter(office, scores["1.2"], figure="chậm", explanation="Gửi muộn hai ngày")
    officer = town.enter("officer")
    page = enter(officer, scores["1.1"], 422, figure="gần xong", explanation="x")
    assert "không phải là số" in page
    assert "gần xong" in page


def test_who_looked_at_an_older_version_is_told(town: Town, scores: dict[str, int]) -> None:
    browser = town.enter("partner")
    enter(browser, scores["1.3"], figure="2", explanation="Một")
    page = enter(browser, scores["1.3"], 422, figure="1", explanation="Hai")
    assert "đã được người khác cập nhật" in page


def test_the_focal_unit_returns_with_a_reason_and_the_unit_sees_it(town: Town, scores: dict[str, int]) -> None:
    partner, officer = town.enter("partner"), town.enter("officer")
    enter(partner, scores["1.3"], figure="2", explanation="Một bộ phận")
    officer.post(f"/cham-diem/{scores['1.3']}/tra-lai", {"ly_do": ""}, 422)
    officer.post(f"/cham-diem/{scores['1.3']}/tra-lai", {"ly_do": "Thiếu quyết định công nhận"})
    page = text_of(partner.get(f"/cham-diem/{scores['1.3']}"))
    assert "Thiếu quyết định công nhận" in page
    enter(partner, scores["1.3"], figure="2", explanation="Đã bổ sung", seen="2")
    officer.post(f"/cham-diem/{scores['1.3']}/nhan", {})
    assert stored(town, scores["1.3"]).state is ScoreState.ACCEPTED


def test_the_leader_approves_in_the_portal(town: Town, scores: dict[str, int]) -> None:
    with transaction(town.site.database) as session:
        round_ = session.scalars(select(ScoreRound)).one()
        round_.state, round_.submitted_by = RoundState.APPROVAL, "đầu mối"
        number = round_.id
    leader = town.enter("leader")
    assert "Duyệt điểm tự chấm" in leader.get("/cham-diem")
    leader.post(f"/dot-cham-diem/{number}/tra-lai", {"y_kien": ""}, 422)
    leader.post(f"/dot-cham-diem/{number}/duyet", {"y_kien": "Đồng ý"})
    with town.read() as session:
        found = session.scalars(select(ScoreRound)).one()
        assert (found.state, found.decision_note) == (RoundState.APPROVED, "Đồng ý")


def test_a_large_dossier_is_taken_by_its_address_until_its_day(town: Town, scores: dict[str, int]) -> None:
    sha256 = "ab" * 32
    place = place_of(town.settings.documents, sha256)
    place.parent.mkdir(parents=True)
    place.write_bytes(b"PK ho so")
    with transaction(town.site.database) as session:
        round_ = session.scalars(select(ScoreRound)).one()
        document = stored_document(session, KeptDocument(sha256, "ho-so.zip", 8), MORNING)
        row = ScoreDossier(round_id=round_.id, version=1, document=document, total=Decimal(1), manifest={},
                           sealed_at=MORNING, sealed_by="x")  # fmt: skip
        session.add(row)
        session.flush()
        address = dossier_link(door_of(town.settings), row.id, sha256, date(2025, 12, 20))
    path = address.removeprefix(town.site.door.base)
    anybody = town.anybody()
    got = anybody.get(path)
    assert (got.status_code, got.content) == (200, b"PK ho so")
    assert got.headers["content-disposition"].startswith("attachment")
    assert anybody.get(path[:-2] + "xx").status_code == 404
    assert anybody.get(path.replace("20251220", "20351220")).status_code == 404
    town.clock.go_on(days=20)
    assert anybody.get(path).status_code == 404


def test_another_communes_round_is_not_there(town: Town, scores: dict[str, int]) -> None:
    stranger = town.enter("stranger")
    assert "Chưa có đợt chấm điểm nào" in stranger.get("/cham-diem")
    stranger.get(f"/cham-diem/{scores['1.1']}", status=404)
    with town.read() as session:
        assert len(session.scalars(select(Authority)).all()) == 2


def test_the_focal_unit_takes_a_round_to_the_leader_in_the_portal(town: Town, scores: dict[str, int]) -> None:
    officer, office, partner = town.enter("officer"), town.enter("office"), town.enter("partner")
    old = {**DOCUMENT, "issued_on": "20/11/2024", "place": ""}
    enter(officer, scores["1.1"], figure="5/5", **DOCUMENT)
    enter(office, scores["1.2"], figure="chậm", explanation="Gửi muộn", **DOCUMENT)
    enter(partner, scores["1.3"], figure="3", **old)
    with town.read() as session:
        number = session.scalars(select(ScoreRound.id)).one()
    desk = f"/dot-cham-diem/{number}"
    for criterion in ("1.1", "1.2", "1.3"):
        officer.post(f"/cham-diem/{scores[criterion]}/nhan", {})
    officer.post(f"{desk}/ra-soat", {})
    refused = officer.post(f"{desk}/trinh", {}, 409).text
    assert "cảnh báo chưa trả lời" in refused
    page = officer.get(f"{desk}/kiem-tra")
    assert "ngoài năm 2025" in page
    assert "chưa chỉ rõ trang hoặc mục" in page
    criteria = re.findall(r'name="tieu_chi" value="([^"]+)"', page)
    codes = re.findall(r'name="ma" value="([^"]+)"', page)
    answers = {"tieu_chi": criteria, "ma": codes, "tra_loi": ["Văn bản còn hiệu lực"] * len(codes)}
    officer.post(f"{desk}/kiem-tra", answers)
    officer.post(f"{desk}/trinh", {})
    leader = town.enter("leader")
    leader.post(f"{desk}/duyet", {"y_kien": ""})
    with town.read() as session:
        assert session.scalars(select(ScoreRound.state)).one() is RoundState.APPROVED
    partner.get(f"{desk}/kiem-tra", status=404)


def test_before_the_round_the_leader_sees_what_to_do_first(town: Town) -> None:
    with transaction(town.site.database) as session:
        stored_set(session)
    page = text_of(town.enter("leader").get("/cham-diem"))
    assert "Nên làm trước" in page
    assert "trễ 5 ngày" in page
    assert "đang giữ" in page
    assert "Nên làm trước" not in town.enter("partner").get("/cham-diem")
