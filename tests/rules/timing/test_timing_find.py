"""Deadlines and rhythms inside the sentences of narrative plans."""

import unicodedata
from datetime import date
from pathlib import Path

import pytest

from rules.timing import TimingSpan, find_timings
from rules.timing.values import TimingKind


def _found(sentence: str, year: int) -> list[tuple[str, bool]]:
    return [(sentence[span.start : span.end], span.certain) for span in find_timings(sentence, year)]


def _sure(sentence: str, year: int = 2024) -> list[str]:
    return [words for words, certain in _found(sentence, year) if certain]


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        (
            "Xây dựng Kế hoạch năm 2024, báo cáo UBND huyện (qua Phòng Nội vụ) trước ngày 15/4/2024.",
            ["trước ngày 15/4/2024"],
        ),
        ("Là đầu mối theo dõi, định kỳ hàng quý báo cáo Chủ tịch UBND xã về kết quả", ["định kỳ hàng quý"]),
        ("- Hàng tuần báo cáo kết quả tình hình về Văn phòng HĐND-UBND xã.", ["Hàng tuần"]),
        ("Định kỳ hàng tháng, quý tham mưu UBND xã tổ chức họp", ["Định kỳ hàng tháng, quý"]),
        ("báo cáo tại các cuộc họp giao ban tuần, tháng,... Báo cáo UBND xã", ["giao ban tuần, tháng"]),
        ("trong báo cáo công tác CCHC Quý và năm 2024).", ["Quý và năm 2024"]),
        ("Thời gian lấy phiếu: bắt đầu tháng 01/2024 đến hết tháng 10/2024, cụ thể:",
         ["bắt đầu tháng 01/2024 đến hết tháng 10/2024"]),
        ("Tham mưu xây dựng Tổ trong tháng 12 năm 2024 để kịp thời triển khai", ["trong tháng 12 năm 2024"]),
        ("khảo sát ngay sau khi người dân nhận kết quả giải quyết hồ sơ (theo Phụ lục)",
         ["ngay sau khi người dân nhận kết quả giải quyết hồ sơ"]),
        ("phải trả lời trong 05 ngày làm việc kể từ ngày nhận văn bản, báo cáo lãnh đạo",
         ["trong 05 ngày làm việc kể từ ngày nhận văn bản"]),
        ("Các bộ phận gửi báo cáo trước 16h00 thứ Sáu hàng tuần để tổng hợp", ["trước 16h00 thứ Sáu hàng tuần"]),
        ("Bộ phận Văn phòng thường xuyên theo dõi, đôn đốc", ["thường xuyên"]),
        ("hướng dẫn trực tiếp cho khách hàng hàng ngày.", ["hàng ngày"]),
        ("Báo cáo quý gửi trước ngày 05 tháng cuối cùng của mỗi quý về Sở",
         ["trước ngày 05 tháng cuối cùng của mỗi quý"]),
        ("gửi báo cáo (trước ngày 20/6/2024) và chậm nhất ngày 30 tháng 11",
         ["trước ngày 20/6/2024", "chậm nhất ngày 30 tháng 11"]),
    ],
)  # fmt: skip
def test_a_deadline_or_rhythm_is_found_in_its_sentence(sentence: str, wanted: list[str]) -> None:
    assert _sure(sentence) == wanted


@pytest.mark.parametrize(
    "sentence",
    [
        "Căn cứ Quyết định số 1074/QĐ-UBND ngày 22/11/2023 của UBND tỉnh về việc công bố kết quả",
        "Kế hoạch số 20/KH-UBND ngày 10/01/2024 của UBND xã",
        "theo quy định tại Nghị định số 61/2018/NĐ-CP, Thông tư 01/2018/TT-VPCP và các văn bản có liên quan",
        "(Kèm theo Kế hoạch số /KH-UBND ngày /9/2025 của Ủy ban nhân dân phường Ba Ngòi)",
        "Nghị định số 130/2005/NĐ-CP ngày 17/10/2005 và Nghị định 117/2013/NĐ-CP ngày 7/10/2013 của Chính phủ",
        "Năm 2020, số điểm đạt 4,5/4,5",
        "đứng vị thứ 15/141 toàn tỉnh (tăng 26 bậc) và vị thứ 2 toàn huyện",
        "tiêu chuẩn TCVN ISO 9001:2015. Thực hiện công bố",
        "Trong năm 2020, Ủy ban nhân dân xã đã có nhiều cải tiến",
        "hỗ trợ kinh phí 30.000 đồng/ngày/người",
        "chưa thường xuyên cập nhật; kinh phí chi thường xuyên",
        "chịu trách nhiệm trước Chủ tịch UBND xã",
        "Luật Ban hành văn bản quy phạm pháp luật năm 2015",
    ],
)
def test_dates_of_documents_scores_and_the_past_are_no_deadlines(sentence: str) -> None:
    assert find_timings(sentence, 2024) == []


def test_a_bare_year_beside_a_noun_is_found_but_not_certain() -> None:
    assert _found("đề xuất các giải pháp, sáng kiến về CCHC năm 2024.", 2024) == [("năm 2024", False)]
    assert _found("Báo cáo giải ngân kế hoạch vốn đầu tư năm 2023", 2024) == []


def test_places_are_those_of_the_text_as_it_is_also_when_its_letters_are_decomposed() -> None:
    sentence = unicodedata.normalize("NFD", "Gửi báo cáo trước ngày 15/4/2024 về huyện")
    (span,) = find_timings(sentence, 2024)
    assert unicodedata.normalize("NFC", sentence[span.start : span.end]) == "trước ngày 15/4/2024"
    assert span.timing.last_day == date(2024, 4, 14)


def test_an_impossible_deadline_is_found_so_that_a_person_sees_it() -> None:
    (span,) = find_timings("gửi Sở Nội vụ trước ngày 30/02/2024", 2024)
    assert span.timing.kind is TimingKind.UNDETERMINED
    assert "30/2/2024" in (span.timing.reason or "")


def test_the_real_narrative_plans_give_exactly_their_deadlines(shared: Path) -> None:
    due: dict[str, list[date | None]] = {}
    for name, year in (("hue-commune-2024", 2024), ("dai-lanh-2025", 2025), ("dai-lanh-survey-team-2023", 2023)):
        lines = (shared / "plans" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        spans: list[TimingSpan] = [span for line in lines for span in find_timings(line, year)]
        due[name] = [span.timing.due for span in spans if span.certain and span.timing.kind is TimingKind.DEADLINE]
    assert due == {
        "hue-commune-2024": [date(2024, 4, 15)],
        "dai-lanh-2025": [],
        "dai-lanh-survey-team-2023": [],
    }


def test_a_day_in_a_yearly_duty_comes_every_year() -> None:
    sentence = "Định kỳ hằng năm báo cáo kết quả về Phòng Kinh tế chậm nhất ngày 12 tháng 11."
    (span,) = find_timings(sentence, 2026)
    assert span.timing.recurrence == "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=12"
    apart = find_timings("Thực hiện hằng năm. Ban hành kế hoạch chậm nhất ngày 12 tháng 11.", 2026)
    assert [one.timing.kind.value for one in apart] == ["recurring", "deadline"]
