"""Whatever stands beside a date and was not used is asked about, never passed over."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rules.timing import find_timings, read_timing
from rules.timing.lexer import ROMANS
from rules.timing.values import Timing

ASKED = """
Tháng 5 12/2026 | 15/12/2026, 25 | Trước 25 ngày 15/12/2026 | 2030 Trước ngày 15/12/2026 | Quý II/2026 30/9
ngày 15 l tháng 6 năm 2026 | 15x/6/2026 | trước từ ngày 15/6/2026 | Hằng quý 30/6 | thứ Sáu hằng tuần 30/6
02 lần/năm 30/6 | Trong đến năm 2026 | đến quý I, III năm 2026 | tuần 2 quý tháng 6/2026 | Hằng 5 quý
ngày 15, tháng cuối quý | Chậm nhất ngày 20 hằng tháng 2030 | 15 giờ tháng 12 năm 2026 | Quý I, III từ năm 2026
Trong 3 tháng, trước 15/12/2026 | ngày 5 5/6/2026 | Trước ngày 15/6/2026 ngày 20/6/2026 | hằng ngày 15/12/2026
Năm 2026 năm 2027 quý I | 30/6 tuần 2 tháng 8/2026 | hằng tuần 2 tháng 6/2026 | 12/2026 2030 | tháng 6/2026 quý IV
Quý II/2026 tháng | trước 15/12/2026 /2 | tuần l 2 tháng 6/2026 | Tháng một 6/2026 | Quý 2 5/2026 | Đến từ năm 2027
15 /2 tháng 12 năm 2026 | HK1/2026 | 2026-06-15T17:00:00Z | ngày 15 tháng thứ 5 của quý | 7/8 ngày
năm 2026 (điều chỉnh năm 2027) | Quý I/2026, lùi quý II/2026 | H2/2026 | Giai đoạn 2026-30 | 15/6/2026 (thứ Ba)
"""


@pytest.mark.parametrize("phrase", [phrase.strip() for phrase in re.split(r"[|\n]", ASKED) if phrase.strip()])
def test_what_no_reading_takes_is_asked_about(phrase: str) -> None:
    assert read_timing(phrase, 2026).reason


@pytest.mark.parametrize(
    "phrase",
    [
        "Lắp camera tại thôn 5 trước ngày 15/12/2026", "Quý I/2026: 02 cuộc", "Đề án 06 trước ngày 30/6/2026",
        "1. Trước ngày 15/3/2026", "Hội nghị lần thứ 5, trước 15/6/2026", "Đạt 90% trước 15/6/2026",
        "Mở 03 lớp trong quý II/2026", "Phòng 2 tầng 3, trước ngày 15/6/2026", "Rà soát 1.250 hộ trước ngày 15/6/2026",
        "Theo Nghị quyết số 57-NQ/TW, trước ngày 15/6/2026", "Chỉnh trang tổ dân phố 3 và 4 trước 30/9/2026",
    ],
)  # fmt: skip
def test_a_number_that_belongs_to_a_noun_is_no_doubt(phrase: str) -> None:
    timing = read_timing(phrase, 2026)
    assert timing.due
    assert timing.reason is None


def test_the_doubt_is_told_with_its_words() -> None:
    assert "“25”" in (read_timing("15/12/2026, 25", 2026).reason or "")
    assert "“Tháng 5 12/2026”" in (read_timing("Tháng 5 12/2026", 2026).reason or "")


def test_a_number_beside_a_date_in_a_sentence_is_asked_about() -> None:
    for sentence in ("Nộp báo cáo trước ngày 5 15/6/2026.", "Hoàn thành trong quý II/2026 30/9, gửi Phòng Kinh tế."):
        spans = find_timings(sentence, 2026)
        assert spans
        assert all(span.timing.reason for span in spans)


# -- whatever is put into a phrase changes nothing, is shown in the answer, or is asked about ------------------------

FORMS = [
    "Trước ngày {d}/{m}/{y}", "Quý {q}/{y}", "Tháng {m}/{y}", "Trong năm {y}", "Chậm nhất ngày {d} hằng tháng",
    "Hằng quý", "Từ ngày 01/3/{y} đến ngày {d}/12/{y}", "ngày {d} tháng cuối quý", "{d} tháng {m} năm {y}",
    "tuần 2 tháng {m}/{y}", "{m}/{y}", "thứ Sáu hằng tuần", "cuối tháng {m}/{y}", "02 lần/năm",
    "Hằng năm, trước {d}/{m}",
    "trước 10 giờ ngày {d}/{m}/{y}", "Hoàn thành trước {d}/{m}/{y}", "Quý I, III năm {y}", "Đến hết tháng {m}/{y}",
]  # fmt: skip
PHRASES = st.builds(
    lambda form, d, m, y: form.format(d=d, m=m, y=y, q=("I", "II", "III", "IV")[m % 4]),
    st.sampled_from(FORMS), st.integers(2, 28), st.integers(1, 12), st.just(2026),
)  # fmt: skip
NUMBERS = st.one_of(
    st.integers(0, 99).map(str),
    st.integers(2024, 2032).map(str),
    st.sampled_from(["I", "II", "III", "IV", "05"]),
)
LETTERS = st.sampled_from(["b", "c", "d", "l", "o", "s", "z", "k", "p"])
UNITS = st.sampled_from(["tháng", "quý", "tuần", "ngày"])
OFFICES = st.sampled_from(["Phòng Kinh tế", "Công an xã", "Văn phòng HĐND và UBND", "Trạm Y tế"])


def _inserted(phrase: str, at: int, what: str) -> str:
    words = phrase.split()
    at %= len(words) + 1
    return " ".join([*words[:at], what, *words[at:]])


def _dates(timing: Timing) -> list[date]:
    found = [timing.start, timing.due, timing.last_day]
    for milestone in timing.milestones:
        found += [milestone.start, milestone.due, milestone.last_day]
    return [day for day in found if day]


def _answer(timing: Timing) -> tuple[object, ...]:
    names = ("kind", "start", "due", "last_day", "due_time", "recurrence", "exclusive")
    return (*(getattr(timing, name) for name in names), tuple((m.start, m.due) for m in timing.milestones))


_DAYS = {"MO": 2, "TU": 3, "WE": 4, "TH": 5, "FR": 6, "SA": 7}


def _shown(timing: Timing) -> set[int]:
    """Every number that an answer tells: days, months, quarters, years, hours, numbers of its rule and its words."""
    rule = timing.recurrence or ""
    numbers = {int(number) for number in re.findall(r"\d+", rule)} | {_DAYS[day] for day in _DAYS if day in rule}
    step = int((re.findall(r"INTERVAL=(\d+)", rule) or ["1"])[0])
    numbers |= {4 * step, 12 * step} if rule.startswith("FREQ=YEARLY") else {1}
    numbers |= {number // 3 for number in numbers} | {12 // number for number in numbers if 0 < number <= 12}
    for day in _dates(timing):
        numbers |= {day.day, day.month, (day.month + 2) // 3, day.year, day.year % 100, (day.day + 6) // 7}
    numbers |= {int(part) for part in (timing.due_time or "").split(":") if part}
    if timing.relative:
        numbers |= {timing.relative.days or 0, timing.relative.hours or 0}
    words = [
        timing.relative.event if timing.relative else "",
        *(milestone.target or "" for milestone in timing.milestones),
    ]
    return numbers | {int(number) for number in re.findall(r"\d+", " ".join(words))}


@settings(max_examples=400)
@given(PHRASES, st.integers(0, 9), NUMBERS)
@example("Tháng 12/2026", 1, "5")
@example("Trước ngày 15/12/2026", 3, "2030")
@example("ngày 15 tháng cuối quý", 2, "2")
def test_every_number_put_into_a_phrase_is_in_the_answer_or_asked_about(phrase: str, at: int, number: str) -> None:
    changed = _inserted(phrase, at, number)
    timing = read_timing(changed, 2026)
    if timing.reason or _answer(timing) == _answer(read_timing(phrase, 2026)):
        return
    words = re.findall(r"\w+", changed.lower())
    printed = {int(word) for word in words if word.isdigit()} | {ROMANS[word] for word in words if word in ROMANS}
    assert printed <= _shown(timing), timing


@settings(max_examples=400)
@given(PHRASES, st.integers(0, 9), st.one_of(LETTERS, UNITS))
@example("cuối tháng 6/2026", 1, "l")
@example("tuần 2 tháng 6/2026", 1, "tháng")
def test_a_letter_or_a_unit_put_into_a_phrase_changes_nothing_or_is_asked_about(
    phrase: str, at: int, what: str
) -> None:
    before, after = read_timing(phrase, 2026), read_timing(_inserted(phrase, at, what), 2026)
    legible = after.phrase.startswith(f"quý {before.phrase}")  # "quý 1/2026"
    if not (after.reason or legible or _answer(after) == _answer(before)):
        assert what == "ngày", after  # "15 tháng 12 ngày năm 2026", "ngày cuối tháng 6": a day all the same
        assert set(_dates(before)) & set(_dates(after))


@settings(max_examples=300)
@given(PHRASES, st.integers(0, 1), OFFICES)
def test_the_name_of_an_office_beside_a_date_moves_no_date(phrase: str, side: int, office: str) -> None:
    before, after = (
        read_timing(phrase, 2026),
        read_timing(_inserted(phrase, 0 if side else len(phrase.split()), office), 2026),
    )
    if not after.reason:
        assert set(_dates(after)) == set(_dates(before))
        assert after.recurrence == before.recurrence


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_of_a_date_put_off_only_the_new_one_stands(old: date, new: date) -> None:
    for form in ("{o} gia hạn đến {n}", "{n} (thay cho {o})", "{o}, lùi sang {n}", "{n} (hạn cũ {o})"):
        timing = read_timing(form.format(o=f"{old:%d/%m/%Y}", n=f"{new:%d/%m/%Y}"), 2026)
        assert (timing.due, timing.milestones) == (new, ())
        assert "hạn cũ" in (timing.reason or "")


@given(st.integers(1, 52), st.integers(2025, 2030))
def test_a_week_of_the_year_is_seven_days_from_a_monday(week: int, year: int) -> None:
    timing = read_timing(f"Tuần {week} năm {year}", year)
    assert timing.start and timing.due
    assert timing.start.isocalendar()[:2] == (year, week)
    assert (timing.start.isoweekday(), timing.due - timing.start) == (1, timedelta(days=6))
    assert timing.reason
