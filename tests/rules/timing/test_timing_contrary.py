"""What turns a date round, gives it up or leaves it open is asked about; what only looks so is not."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.timing import read_timing

ASKED = """
15/3/2026 → 30/6/2026 | 15/3/2026 -> 30/6/2026 | 15/3/2026 => 30/6/2026 | 15/3 ⇒ 30/6/2026 | ~15/6/2026
~ ngày 15/6/2026 | 15~6~2026 | > 15/6/2026 | < 15/6/2026 | 15/6/2026? | trước 15/6/2026 ? | 30/6/2026 ->
không sớm hơn 15/6/2026 | không trước ngày 15/6/2026 | Không trước tháng 6/2026 | không còn áp dụng mốc 15/3/2026
không còn áp dụng mốc 15/3/2026, hoàn thành 30/6/2026 | 15/3/2026 (đã hết hiệu lực), 30/6/2026
15/3/2026 (đã bỏ), 30/6/2026 | 15/3/2026 (hủy), 30/6/2026 | 15/3/2026 (huỷ) | 15/3/2026 (bỏ); 30/6/2026
Bỏ mốc 31/3/2026; hoàn thành 30/6/2026 | Hủy mốc 31/3/2026; hoàn thành 30/6/2026 | Xóa mốc 31/3/2026, còn 30/6/2026
30/6/2026, thay mốc 31/3/2026 | thay hạn 31/3/2026 bằng 30/6/2026 | 31/3/2026 (đã điều chỉnh)
31/3/2026 (đã lùi) | 31/3/2026 đã dời | 31/3/2026 (đã gia hạn) | Đã xong 15/3/2026 | chưa xong trước 15/6/2026
10/3 ÂL | 10/3 (âl) | Ngày 14 của tháng cuối quý, riêng quý IV trước ngày 10/12
Ngày 20 hằng tháng, riêng tháng 12 trước ngày 15 | ngày làm việc thứ 3 hằng tháng | ngày làm việc thứ 5 của tháng
15 June 2026 | June 2026 | 15 Dec 2026 | May 2026 | Sept 2026 | 15-Jun-2026 | 2026-W23-5 | 2026-W54 | 2026-W23
tháng 3 - 6 - 9 - 12 | Tháng 2 - 5 - 8 - 11 năm 2026 | tháng 3; 6; 9; 12 | Tháng 6; 12 hằng năm | Quý I; III
ngày 10; 20 hằng tháng | Quý 1; 2; 3 | tháng 3; 6; 9 và 12 | Ngày 25 của tháng, quý, năm
Ngày 25 hằng tháng, hằng quý | Ngày 25 hằng tháng và quý | BĐ: 01/4/2026 - KT: 30/6/2026
ngày 25 hằng tháng, báo cáo quý trước ngày 20
"""


@pytest.mark.parametrize("phrase", [phrase.strip() for phrase in re.split(r"[|\n]", ASKED) if phrase.strip()])
def test_a_date_that_is_turned_round_is_asked_about(phrase: str) -> None:
    assert read_timing(phrase, 2026).reason


SURE = """
Bỏ phiếu tín nhiệm trước ngày 15/6/2026 | May đồng phục trước 15/6/2026 | Đã được giao, hoàn thành trước 15/6/2026
Không để tồn đọng, hoàn thành trước 15/6/2026 | không quá ngày 15/6/2026 | không muộn hơn ngày 15/6/2026
Không chậm hơn 15/6/2026 | tỷ lệ >90% trước 15/6/2026 | Quý I → Quý III/2026 | Tháng 3 → tháng 6/2026
15/6-30/6/2026 | 15/6 – 30/6/2026 | Quý I - II - III/2026 | Tháng 3-6/2026 | quý I; quý III | tháng 3; tháng 6; tháng 9
Thay thế thiết bị trước 15/6/2026 | Lắp đặt hệ thống mạng LAN trước 15/6/2026 | Tháng 3; 6 lớp tập huấn
Báo cáo riêng trước ngày 15/6/2026 | Xóa nhà tạm trước 31/12/2026 | Hủy tài liệu hết giá trị trước 31/12/2026
Quý II/2026; 3 lớp | Tuyên truyền trên Marketing online trước 15/6/2026 | 2026-T2. | 2026-06.
"""


@pytest.mark.parametrize("phrase", [phrase.strip() for phrase in re.split(r"[|\n]", SURE) if phrase.strip()])
def test_a_date_beside_such_words_in_another_sense_is_no_doubt(phrase: str) -> None:
    timing = read_timing(phrase, 2026)
    assert timing.last_day
    assert timing.reason is None


@pytest.mark.parametrize(
    ("phrase", "last_day", "rule"),
    [
        ("trước ngày mùng 5 hằng tháng", date(2026, 12, 31), "FREQ=MONTHLY;BYMONTHDAY=5"),
        ("ngày mồng 5 hằng tháng", date(2026, 12, 31), "FREQ=MONTHLY;BYMONTHDAY=5"),
        ("Chậm nhất ngày mùng 10 tháng 6", date(2026, 6, 10), None),
        ("trước ngày 30/11 của năm 2026", date(2026, 11, 29), None),
        ("30/11 của năm 2027", date(2027, 11, 30), None),
        ("Xóa nhà tạm, nhà dột nát trước 31/12/2026", date(2026, 12, 30), None),
    ],
)
def test_a_day_said_at_length_is_read(phrase: str, last_day: date, rule: str | None) -> None:
    timing = read_timing(phrase, 2026)
    assert (timing.last_day, timing.recurrence, timing.reason) == (last_day, rule, None)


@pytest.mark.parametrize(("phrase", "start", "end"), [("2026-W23", date(2026, 6, 1), date(2026, 6, 7))])
def test_a_week_by_its_sign_is_read_and_told(phrase: str, start: date, end: date) -> None:
    timing = read_timing(phrase, 2026)
    assert (timing.start, timing.last_day) == (start, end)
    assert timing.reason


def test_the_doubt_is_told_with_its_sign() -> None:
    assert "→" in (read_timing("15/3/2026 → 30/6/2026", 2026).reason or "")
    assert "không sớm hơn" in (read_timing("không sớm hơn 15/6/2026", 2026).reason or "")


@given(
    st.integers(1, 28), st.integers(1, 12), st.sampled_from(["→", "⇒", "->", "=>", "~", "<", ">", "?"]),
    st.booleans(), st.booleans(),
)  # fmt: skip
def test_a_sign_beside_a_date_is_asked_about(day: int, month: int, sign: str, before: bool, spaced: bool) -> None:
    gap, printed = " " if spaced else "", f"{day:02}/{month:02}/2026"
    if sign in ("~", "->", "=>") and not before:
        return  # a tilde or an arrow to nothing stands before its date
    phrase = f"{sign}{gap}{printed}" if before and sign != "?" else f"{printed}{gap}{sign}"
    assert read_timing(phrase, 2026).reason, phrase
