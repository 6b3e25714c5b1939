"""Through the real pages after the leader's word: verification, explanations, result, opening again; drafts kept."""

import io
import re
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import select

from documents.reading.plan.interpret import read_plan
from models import Evidence, Plan, Score, ScoreDraft, ScoreRound
from models.scoring import ScoreDossier, ScoreEvidence
from models.session import transaction
from rules.scoring.round import RoundState, ScoreState
from services.actor import Actor
from services.documents import KeptDocument, place_of, stored_document
from services.scoring.rounds import RoundDays, open_round
from tests.portal.town import MORNING, TODAY, Browser, Town, text_of
from tests.scoring import stored_set

LEAVES = ("1.1", "1.2", "1.3", "2.1")


@pytest.fixture
def scores(town: Town) -> dict[str, int]:
    """The round of Sông Mai at the superior's, each leaf scored 1; its scores by criterion."""
    with transaction(town.site.database) as session:
        plan = session.scalars(select(Plan).where(Plan.code == "song-mai-2025")).one()
        days = RoundDays(TODAY, date(2025, 12, 15), date(2025, 12, 31))
        round_, _ = open_round(session, plan.authority, stored_set(session), plan, days, Actor("máy", MORNING))
        round_.state = RoundState.SENT
        for score in round_.scores:
            score.state, score.points, score.outcome = ScoreState.ACCEPTED, Decimal(1), "scored"
        return {score.criterion: score.id for score in round_.scores}


def in_state(town: Town, state: RoundState) -> None:
    with transaction(town.site.database) as session:
        session.scalars(select(ScoreRound)).one().state = state


def the_round(town: Town) -> ScoreRound:
    with town.read() as session:
        return session.scalars(select(ScoreRound)).one()


def stored(town: Town, score: int) -> Score:
    with town.read() as session:
        return session.get_one(Score, score)


def desk(town: Town) -> str:
    return f"/dot-cham-diem/{the_round(town).id}"


def workbook(rows: list[tuple[object, ...]]) -> dict[str, tuple[str, bytes, str]]:
    """A workbook as a superior sends it back."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [("Mã", "Điểm thẩm định", "Ý kiến thẩm định", "Yêu cầu giải trình", "Lý do mất điểm"), *rows]:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"tep": ("ket-qua.xlsx", out.getvalue(), kind)}


def test_the_superiors_word_is_written_down_leaf_by_leaf_and_told_in_the_history(
    town: Town, scores: dict[str, int]
) -> None:
    admin = town.enter("admin")
    page = f"/cham-diem/{scores['1.1']}"
    refused = admin.post(f"{page}/tham-dinh", {"diem": "9", "nhan_xet": "Xem lại"}, 422).text
    assert "lớn hơn điểm tối đa" in refused
    assert "Xem lại" in refused
    assert "không phải là số" in admin.post(f"{page}/tham-dinh", {"diem": "x"}, 422).text
    said = {"diem": "0,5", "nhan_xet": "Thiếu trang", "yeu_cau": "Ở trang nào?", "mat_diem": "content"}
    sent = admin.post(f"{page}/tham-dinh", {**said, "tiep": str(scores["1.2"])})
    assert sent.headers["location"] == f"/cham-diem/{scores['1.2']}?da=tham-dinh"
    row = stored(town, scores["1.1"])
    assert (row.verified, row.question, row.lost_because) == (Decimal("0.5"), "Ở trang nào?", "content")
    told = text_of(town.enter("leader").get(page))
    assert "Điểm thẩm định: chưa có → 0,5" in told
    assert "Lý do mất điểm: nội dung chưa bảo đảm yêu cầu" in told
    town.enter("partner").post(f"/cham-diem/{scores['1.3']}/tham-dinh", {"diem": "3"}, 403)


def test_the_workbook_is_taken_whole_or_not_at_all(town: Town, scores: dict[str, int]) -> None:
    officer, at = town.enter("officer"), f"{desk(town)}/tham-dinh"
    assert "Chưa chọn tệp" in officer.post(at, {}, 422).text
    wrong = workbook([("1.1", 1), ("1.2", 7)])
    assert "lớn hơn điểm tối đa" in officer.post(at, {}, 422, files=wrong).text
    assert stored(town, scores["1.1"]).verified is None
    junk = {"tep": ("ket-qua.xlsx", b"PK\x03\x04 junk", "application/zip")}
    assert "Chưa ghi" not in officer.post(at, {}, 422, files=junk).text
    good = workbook([("1.1", 1, "Đạt"), ("1.2", 0.5, "Chậm", "Vì sao chậm?", "Thực hiện chậm so với quy định")])
    officer.post(at, {}, files=good)
    assert stored(town, scores["1.2"]).lost_because == "late"
    assert officer.post(at, {}, files=good).headers["location"].endswith("da=khong-doi")
    page = text_of(officer.get(at))
    assert "còn 2 tiêu chí chưa có điểm thẩm định" in page
    assert "Vì sao chậm?" in page


def test_a_unit_explains_the_second_word_comes_and_the_result_is_final(town: Town, scores: dict[str, int]) -> None:
    admin, partner, at = town.enter("admin"), town.enter("partner"), desk(town)
    for code in LEAVES:
        asks = {"yeu_cau": "Giải trình sáng kiến"} if code == "1.3" else {}
        admin.post(f"/cham-diem/{scores[code]}/tham-dinh", {"diem": "1", **asks})
    assert "Cần giải trình" in text_of(partner.get("/cham-diem"))
    assert "1 yêu cầu giải trình chưa trả lời: 1.3" in admin.post(f"{at}/lan-hai", {}, 422).text
    explain = f"/cham-diem/{scores['1.3']}/giai-trinh"
    partner.post(explain, {"noi_dung": " "}, 422)
    partner.post(explain, {"noi_dung": "Quyết định 88/QĐ-UBND, Điều 1"})
    town.enter("office").post(explain, {"noi_dung": "Hộ"}, 404)
    admin.post(f"{at}/lan-hai", {})
    assert the_round(town).state is RoundState.SECOND
    admin.post(f"/cham-diem/{scores['1.3']}/tham-dinh", {"diem": "2,5"})
    row = stored(town, scores["1.3"])
    assert (row.verified, row.final) == (1, Decimal("2.5"))
    assert "Thứ hạng cần hai số" in admin.post(f"{at}/ket-qua", {"hang": "12"}, 422).text
    admin.post(f"{at}/ket-qua", {"hang": "12", "tong_so": "65"})
    found = the_round(town)
    assert (found.state, found.rank, found.grade) == (RoundState.FINAL, 12, "Khá")
    page = text_of(town.enter("leader").get("/cham-diem"))
    assert "Khá , hạng 12/65" in page
    assert "5,5 điểm, Khá, hạng 12/65" in page


def test_a_round_is_opened_again_with_a_reason_by_the_focal_unit_only(town: Town, scores: dict[str, int]) -> None:
    officer, at = town.enter("officer"), f"{desk(town)}/mo-lai"
    assert "Hãy ghi lý do" in officer.post(at, {"den_ngay": "20/12/2025"}, 409).text
    assert "Ngày cần viết" in officer.post(at, {"den_ngay": "mai", "ly_do": "Sót"}, 409).text
    town.enter("partner").post(at, {"ly_do": "Sót"}, 403)
    officer.post(at, {"den_ngay": "20/12/2025", "ly_do": "Sót tiêu chí 1.3"})
    found = the_round(town)
    assert (found.state, found.units_until) == (RoundState.SCORING, date(2025, 12, 20))
    assert "Sót tiêu chí 1.3" in text_of(town.enter("leader").get("/cham-diem"))


def test_a_criterion_is_opened_after_the_last_day_with_a_reason(town: Town, scores: dict[str, int]) -> None:
    in_state(town, RoundState.REVIEW)
    officer, partner, page = town.enter("officer"), town.enter("partner"), f"/cham-diem/{scores['1.3']}"
    town.clock.go_on(days=1)
    partner, officer = town.enter("partner"), town.enter("officer")
    partner.post(page, {"figure": "1", "explanation": "x"}, 422)
    assert "từ hôm nay trở đi" in officer.post(f"{page}/tra-lai", {"ly_do": "Sót", "den_ngay": "1/12/2025"}, 422).text
    officer.post(f"{page}/tra-lai", {"ly_do": "Sót", "den_ngay": "5/12/2025"})
    partner.post(page, {"figure": "2", "explanation": "Đã bổ sung", "seen": "1"})
    assert "Mở lại cho đơn vị" in text_of(officer.get(page))


def test_all_that_was_entered_is_accepted_at_once(town: Town, scores: dict[str, int]) -> None:
    in_state(town, RoundState.REVIEW)
    with transaction(town.site.database) as session:
        for row in session.scalars(select(Score)):
            row.state = ScoreState.SUBMITTED
    officer = town.enter("officer")
    assert "Chấp nhận cả 4 tiêu chí" in officer.get(f"{desk(town)}/kiem-tra")
    officer.post(f"{desk(town)}/nhan", {})
    assert {stored(town, one).state for one in scores.values()} == {ScoreState.ACCEPTED}


def test_a_leader_reads_the_warnings_and_answers_but_changes_none(town: Town, scores: dict[str, int]) -> None:
    in_state(town, RoundState.APPROVAL)
    leader = town.enter("leader")
    page = leader.get(f"{desk(town)}/kiem-tra")
    assert "tra_loi" not in page
    leader.post(f"{desk(town)}/kiem-tra", {"tieu_chi": "1.1", "ma": "x", "tra_loi": "Đúng"}, 403)


def test_the_difference_tells_why_points_went_and_gives_a_plan_that_is_read_again(
    town: Town, scores: dict[str, int], tmp_path: object
) -> None:
    admin, at = town.enter("admin"), desk(town)
    said = {"diem": "0,5", "mat_diem": "late", "nhan_xet": "Gửi chậm"}
    admin.post(f"/cham-diem/{scores['1.1']}/tham-dinh", said)
    leader = town.enter("leader")
    page = text_of(leader.get(f"{at}/chenh-lech"))
    assert "thẩm định 0,5 ( −0,5 )" in page
    assert "thẩm định đổi phần tự chấm −0,5" in page
    assert "Mất 1,5 điểm: thực hiện chậm so với quy định. Gửi chậm" in page
    before = the_round(town).changed_at
    got = leader.client.get(f"{at}/khac-phuc.docx")
    assert got.status_code == 200
    assert "du-thao-ke-hoach-khac-phuc-2026.docx" in got.headers["content-disposition"]
    path = tmp_path / "k.docx"  # type: ignore[operator]
    path.write_bytes(got.content)
    read = read_plan(path)
    assert any("Mức độ hoàn thành kế hoạch" in item.title for item in read.items)
    assert the_round(town).changed_at == before
    for refused in ("partner", "stranger"):
        town.enter(refused).get(f"{at}/chenh-lech", 404)
        town.enter(refused).get(f"{at}/khac-phuc.docx", 404)


def test_a_round_without_loss_has_nothing_to_make_good(town: Town, scores: dict[str, int]) -> None:
    with transaction(town.site.database) as session:
        for row in session.scalars(select(Score)):
            row.counted = row.points = Decimal(0)
    assert "không cần kế hoạch khắc phục" in town.enter("leader").get(f"{desk(town)}/khac-phuc.docx", 409)


def with_file(town: Town, score: int, content: bytes) -> int:
    """A file kept as the proof of a score; its evidence's number."""
    sha256 = "cd" * 32
    place = place_of(town.settings.documents, sha256)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    with transaction(town.site.database) as session:
        row = session.get_one(Score, score)
        document = stored_document(session, KeptDocument(sha256, "quyet-dinh.pdf", len(content)), MORNING)
        piece = Evidence(authority_id=row.round.authority_id, unit_id=row.unit_id, created_at=MORNING,
                         document=document, name="quyết định.pdf", media="application/pdf")  # fmt: skip
        session.add(piece)
        session.flush()
        row.evidence.append(ScoreEvidence(evidence_id=piece.id, added_at=MORNING))
        return piece.id


def test_whoever_sees_the_score_opens_its_proof(town: Town, scores: dict[str, int]) -> None:
    piece = with_file(town, scores["1.3"], b"%PDF-1.4 x")
    page = f"/cham-diem/{scores['1.3']}"
    for who in ("partner", "officer", "admin", "leader"):
        browser = town.enter(who)
        assert f"{page}/tai-lieu/{piece}" in browser.get(page)
        got = browser.client.get(f"{page}/tai-lieu/{piece}")
        assert (got.status_code, got.content) == (200, b"%PDF-1.4 x")
        assert got.headers["content-disposition"].startswith("attachment")
    for who in ("office", "stranger"):
        town.enter(who).get(f"{page}/tai-lieu/{piece}", 404)
    town.enter("office").get(f"/cham-diem/{scores['1.2']}/tai-lieu/{piece}", 404)


def test_a_sealed_dossier_is_taken_by_those_who_see_the_round(town: Town, scores: dict[str, int]) -> None:
    sha256 = "ab" * 32
    place = place_of(town.settings.documents, sha256)
    with transaction(town.site.database) as session:
        round_ = session.scalars(select(ScoreRound)).one()
        document = stored_document(session, KeptDocument(sha256, "ho-so.zip", 8), MORNING)
        row = ScoreDossier(round_id=round_.id, version=1, document=document, total=Decimal(4), manifest={},
                           sealed_at=MORNING, sealed_by="x")  # fmt: skip
        session.add(row)
        session.flush()
        path = f"/dot-cham-diem/{round_.id}/ho-so/{row.id}"
    admin = town.enter("admin")
    assert path in admin.get(f"{desk(town)}/tham-dinh")
    admin.get(path, 404)  # the file is not in the store
    place.parent.mkdir(parents=True)
    place.write_bytes(b"PK ho so")
    assert admin.client.get(path).content == b"PK ho so"
    town.enter("partner").get(path, 404)
    admin.get(path[:-1] + "77", 404)


def lapse(town: Town, browser: Browser, path: str, data: dict[str, str]) -> str:
    """Send a form when the session has run out; what the page then says."""
    token = browser.token()
    town.clock.go_on(hours=13)
    answer = browser.client.post(path, data={"khoa": token, **data})
    assert answer.status_code == 401
    return text_of(answer.text)


def test_a_score_typed_in_a_session_that_ran_out_waits_for_its_person(town: Town, scores: dict[str, int]) -> None:
    in_state(town, RoundState.SCORING)
    page, typed = f"/cham-diem/{scores['1.3']}", {"figure": "2,5", "explanation": "Lan tỏa một phần", "place": "mục II"}
    said = lapse(town, town.enter("partner"), page, {**typed, "seen": "0"})
    assert "đã được giữ lại" in said
    back = town.enter("partner")
    assert "Có nội dung nhập dở, chưa gửi" in text_of(back.get("/cham-diem"))
    shown = back.get(page)
    assert "chưa gửi" in shown
    assert 'value="2,5"' in shown
    assert "Lan tỏa một phần" in shown
    assert stored(town, scores["1.3"]).version == 0
    assert "Lan tỏa" not in town.enter("officer").get(page)
    back.post(page, {**typed, "reference": "88/QĐ", "issued_on": "1/12/2025", "seen": "0"})
    with town.read() as session:
        assert session.scalars(select(ScoreDraft)).all() == []


def test_a_draft_is_thrown_away_when_it_is_not_wanted(town: Town, scores: dict[str, int]) -> None:
    page = f"/cham-diem/{scores['1.3']}"
    lapse(town, town.enter("admin"), f"{page}/tham-dinh", {"diem": "2", "nhan_xet": "Chưa rõ", "mat_diem": "late"})
    back = town.enter("admin")
    shown = back.get(page)
    assert "Chưa rõ" in shown
    assert re.search(r'value="late" selected', shown)
    back.post(f"{page}/bo-nhap", {})
    assert "Chưa rõ" not in back.get(page)


def test_what_cannot_be_kept_is_shown_to_be_copied(town: Town, scores: dict[str, int]) -> None:
    said = lapse(town, town.enter("leader"), f"{desk(town)}/duyet", {"y_kien": "Đồng ý, lưu ý mục 2"})
    assert "Đồng ý, lưu ý mục 2" in said
    page = f"/cham-diem/{scores['1.3']}"
    said = lapse(town, town.enter("office"), f"{page}/giai-trinh", {"noi_dung": "Không phải của tôi"})
    assert "để sao chép lại" in said
    with town.read() as session:
        assert session.scalars(select(ScoreDraft)).all() == []


def test_a_form_of_an_older_session_comes_back_filled(town: Town, scores: dict[str, int]) -> None:
    in_state(town, RoundState.SCORING)
    old, page = town.enter("partner").token(), f"/cham-diem/{scores['1.3']}"
    again = town.enter("partner")
    answer = again.client.post(page, data={"khoa": old, "figure": "1,5", "explanation": "Từ trang cũ"})
    assert answer.status_code == 403
    assert "Từ trang cũ" in answer.text
    assert stored(town, scores["1.3"]).version == 0


def test_what_the_survey_brings_is_no_change_of_the_self_score(town: Town, scores: dict[str, int]) -> None:
    with transaction(town.site.database) as session:
        row = session.get_one(Score, scores["2.1"])
        row.points, row.counted, row.outcome = Decimal(0), Decimal(0), "pending"
    town.enter("admin").post(f"/cham-diem/{scores['2.1']}/tham-dinh", {"diem": "3,5"})
    page = text_of(town.enter("leader").get(f"{desk(town)}/chenh-lech"))
    assert "thẩm định đổi phần tự chấm 0 ;" in page
    assert "tổng sau thẩm định 3,5/4 (gồm điều tra xã hội học)" in page


def test_one_answer_goes_to_every_criterion_with_the_same_cause(town: Town, scores: dict[str, int]) -> None:
    in_state(town, RoundState.REVIEW)
    piece = with_file(town, scores["1.1"], b"%PDF-1.4 x")
    with transaction(town.site.database) as session:
        for code in ("1.2", "1.3"):
            session.add(ScoreEvidence(score_id=scores[code], evidence_id=piece, added_at=MORNING))
    officer, at = town.enter("officer"), f"{desk(town)}/kiem-tra"
    page = officer.get(at)
    assert 'value="1.1|1.2|1.3"' in page
    code = f"shared:{piece}"
    officer.post(at, {"tieu_chi": "1.1|1.2|1.3", "ma": code, "tra_loi": "Một quyết định cho cả ba"})
    assert {stored(town, scores[one]).answers.get(code) for one in ("1.1", "1.2", "1.3")} == {
        "Một quyết định cho cả ba"
    }
    told = text_of(officer.get(f"/cham-diem/{scores['1.3']}"))
    assert "Một tệp dùng cho nhiều tiêu chí: Một quyết định cho cả ba" in told
