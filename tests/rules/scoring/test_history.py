"""A change of a score told in words."""

from rules.scoring.history import change_words, note_words, step_words

BEFORE = {
    "points": "0", "state": "open", "entry": {}, "evidence": [3], "explanation": None, "verified": None, "final": None,
    "remark": None, "question": None, "reply": None, "lost_because": None,
}  # fmt: skip


def test_an_entry_tells_points_figures_proof_and_explanation() -> None:
    after = {**BEFORE, "points": "0.50", "state": "submitted", "entry": {"part": "18", "whole": "20"},
             "evidence": [4, 5], "explanation": "Còn hai kế hoạch"}  # fmt: skip
    assert change_words(BEFORE, after) == (
        "Điểm tự chấm: 0 → 0,5",
        "Số liệu: chưa có → 18/20",
        "Tài liệu kiểm chứng: thêm 2, bớt 1 (còn 2)",
        "Giải trình điểm tự chấm: Còn hai kế hoạch",
    )


def test_a_verification_tells_points_question_and_why_they_went() -> None:
    after = {**BEFORE, "verified": "1234.5", "question": "Giải trình số liệu", "lost_because": "late"}
    assert change_words(BEFORE, after) == (
        "Điểm thẩm định: chưa có → 1.234,5",
        "Yêu cầu giải trình: Giải trình số liệu",
        "Lý do mất điểm: thực hiện chậm so với quy định",
    )
    assert "Điểm thẩm định: 1.234,5 → chưa có" in change_words(after, BEFORE)
    assert "Yêu cầu giải trình: đã xóa" in change_words(after, BEFORE)


def test_rows_that_know_less_are_told_as_far_as_they_know() -> None:
    short = {"points": "1", "state": "submitted"}
    assert change_words(None, short) == ("Điểm tự chấm: chưa có → 1",)
    assert change_words(short, short) == ()
    assert change_words({"entry": {}}, {"entry": {"gibberish": 1}}) == ("Số liệu: chưa có → không đọc được",)


def test_entries_of_every_shape_read_as_people_say_them() -> None:
    shapes = {
        "không áp dụng (không phát sinh)": {"not_applicable": True, "reason": "không phát sinh"},
        "đạt": {"passed": True},
        "không; 3": {"condition": False, "score": "3"},
        "đúng hạn": {"case": "đúng hạn"},
        "92,5; mức so sánh 90": {"value": "92.5", "average": "90"},
    }
    for words, entry in shapes.items():
        assert change_words({"entry": {}}, {"entry": entry}) == (f"Số liệu: chưa có → {words}",)


def test_a_note_names_the_warning_that_it_answers() -> None:
    assert note_words("unsigned:12: Bản giấy đã ký") == "Tệp chưa ký số: Bản giấy đã ký"
    assert note_words("Nêu rõ: hai thủ tục") == "Nêu rõ: hai thủ tục"
    assert note_words("") == ""


def test_the_steps_of_a_round_read_as_people_say_them() -> None:
    moved = step_words("score_round.step", {"state": "review"}, {"state": "approval", "total": "52.47"})
    assert moved == "Cơ quan đầu mối đang rà soát → Chờ lãnh đạo duyệt, điểm tự chấm 52,47"
    days = {"units_until": "2025-12-20", "sending_on": "2025-12-31", "criteria": 46}
    assert step_words("score_round.reopen", None, days) == "Hạn tự chấm 20/12/2025, gửi hồ sơ 31/12/2025"
    assert step_words("score_round.open", None, days) == "46 tiêu chí, hạn tự chấm 20/12/2025"
    sealed = {"version": 2, "total": "51.5", "sha256": "ab" * 32}
    assert step_words("score_round.seal", None, sealed) == "Bản 2, 51,5 điểm, SHA-256 abababababab…"
    assert step_words("score_round.send", None, {"version": 2, "by_hand": True}) == "Bản 2, gửi bằng cách khác"
    result = {"total": "86.22", "grade": "Tốt", "rank": 12, "rank_of": 65}
    assert step_words("score_round.result", None, result) == "86,22 điểm, Tốt, hạng 12/65"
    assert step_words("score_round.other", None, None) == ""
