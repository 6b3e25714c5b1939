"""What holds for every phrase, whatever it says: nothing raises, nothing runs backwards, every rule can be followed."""

import csv
import re
import unicodedata
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from dateutil.rrule import rrulestr
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rules.calendar.occurrences import occurrences_of
from rules.calendar.recurrence import parse_recurrence
from rules.plan.targets import read_targets
from rules.timing import find_timings, read_result_milestones, read_timing
from rules.timing.grammar import GRAMMAR
from rules.timing.lexer import tokenise
from rules.timing.values import Timing, TimingKind

_OWN = Path(__file__).with_name("timing_phrases.tsv")
with _OWN.open(encoding="utf-8", newline="") as _file:
    PHRASES = [
        row["phrase"].replace("\\n", "\n") for row in csv.DictReader(_file, delimiter="\t", quoting=csv.QUOTE_NONE)
    ]

YEARS = st.integers(2020, 2035)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
_WORDS = """
trước sau từ đến hết trong vào chậm nhất không quá ngày tháng năm quý tuần giờ hàng mỗi định kỳ thường xuyên
liên tục 1 02 15 29 30 31 12 13 2025 2026 99 2099 15/12 30/02/2025 12/2025 16h30 25h I IV V III-IV đầu giữa cuối
thứ hai sáu chủ nhật làm việc kể khi nay theo kế hoạch báo cáo các tiếp theo trở đi nửa một lần / - , ; : . ( ) và
hoặc % … 6 tháng 9 của cùng tiên nhận văn bản số 25/KH-UBND âm lịch học trừ dự kiến đã không 100%
"""
WORDS = st.sampled_from([*_WORDS.split(), "\n"])
SALAD = st.lists(WORDS, min_size=1, max_size=14).map(" ".join)
ANYTHING = st.one_of(SALAD, st.text(max_size=80), st.sampled_from(PHRASES))


def _check(timing: Timing, phrase: str) -> None:
    """What every reading keeps."""
    assert timing.phrase == phrase
    if timing.kind is TimingKind.UNDETERMINED:
        assert timing.reason
        assert timing.start is timing.due is timing.last_day is timing.recurrence is None
    if timing.start and timing.due and timing.kind is not TimingKind.DEADLINE:
        assert timing.start <= timing.due
    if timing.due:
        assert timing.last_day is not None
        assert timing.due - timedelta(days=1) <= timing.last_day <= timing.due
    for milestone in timing.milestones:
        assert not (milestone.start and milestone.due) or milestone.start <= milestone.due
        assert not milestone.due or (milestone.last_day and milestone.last_day <= milestone.due)
    for rule in (timing.recurrence or "").splitlines():
        assert rrulestr(rule, dtstart=datetime(2025, 1, 1)) is not None  # noqa: DTZ001 - rules have no zone
    assert parse_recurrence(timing.recurrence or "") is not None
    for words in (timing.reason, timing.relative and timing.relative.event, *(m.target for m in timing.milestones)):
        assert unicodedata.is_normalized("NFC", words or "")
        assert not any(unicodedata.category(char) == "Cc" for char in words or "")


@settings(max_examples=1_000)
@given(ANYTHING, YEARS, st.none() | DAYS)
@example("", 2025, None)
@example("năm ngày làm việc", 2025, None)
@example("00 tháng cuối 00 tháng", 2025, None)
@example("ngày 5 tháng đầu 00 tháng", 2025, None)
@example("đến hết", 2025, None)
@example("(" * 50 + ")" * 10, 2025, None)
@example("\x00\x1b[31m\u202engày 15/12/2025\u202c \U0001f389", 2025, None)
def test_any_text_is_read_without_an_error(phrase: str, year: int, issued: date | None) -> None:
    timing = read_timing(phrase, year, issued)
    _check(timing, phrase)
    occurrences_of(timing, year=year, issued=issued)


@given(st.lists(ANYTHING, max_size=6).map(" ".join), YEARS)
def test_any_sentence_is_searched_without_an_error(sentence: str, year: int) -> None:
    for span in find_timings(sentence, year):
        assert 0 <= span.start < span.end <= len(sentence)
        _check(span.timing, sentence[span.start : span.end])
    for milestone in read_result_milestones(sentence, year):
        assert milestone.due is not None
    for target in read_targets(sentence, year):
        assert target.operator in {"=", ">=", ">", "<=", "<", "increase", "decrease"}


@pytest.mark.parametrize(
    "piece", ["ngày 15/12/2025 ", "hàng tháng, ", "(", "trước ", "15/", "năm", "x " * 3, "\u0301", "I"]
)
def test_ten_thousand_characters_are_read_at_once_and_without_an_error(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    assert read_timing(text, 2025).reason
    find_timings(text, 2025)
    read_targets(text, 2025)
    read_timing(text[:1_999], 2025)


@given(st.sampled_from(PHRASES), st.sampled_from(["upper", "title", "spaces", "nfd", "tone", "stop", "nbsp"]))
def test_case_spaces_decomposed_letters_and_tone_marks_change_nothing(phrase: str, change: str) -> None:
    changed = {
        "upper": phrase.upper(),
        "title": phrase[:1].upper() + phrase[1:],
        "spaces": "  " + phrase.replace(" ", "   ") + " ",
        "nfd": unicodedata.normalize("NFD", phrase),
        "tone": phrase.replace("quý", "quí").replace("hàng", "hằng").replace("định kỳ", "định kì"),
        "stop": phrase + ".",
        "nbsp": phrase.replace(" ", "\u00a0"),
    }[change]
    if change == "stop" and phrase.endswith((".", "…")):
        return
    before, after = read_timing(phrase, 2025), read_timing(changed, 2025)
    if change == "upper" and "được đọc là" in (before.reason or "") and after.reason:
        return  # "15/l2" is a scanner's 12, "15/L2" is nothing: both are asked about
    names = ("kind", "start", "due", "last_day", "due_time", "recurrence", "exclusive")
    assert [getattr(after, name) for name in names] == [getattr(before, name) for name in names]
    assert [m.due for m in after.milestones] == [m.due for m in before.milestones]


_DATE_FORMS = [
    "{d}/{m}/{y}",
    "{d:02}/{m:02}/{y}",
    "{d}-{m}-{y}",
    "{d}.{m}.{y}",
    "{y}-{m:02}-{d:02}",
    "ngày {d} tháng {m} năm {y}",
]


@given(
    DAYS, st.sampled_from(_DATE_FORMS), st.sampled_from(["", "trước ngày ", "chậm nhất ", "đến ", "Hoàn thành trước "])
)
def test_every_date_is_read_back_as_written(day: date, form: str, word: str) -> None:
    if word.endswith("ngày ") and form.startswith("ngày"):
        word = "trước "
    timing = read_timing(word + form.format(d=day.day, m=day.month, y=day.year), day.year)
    early = "trước" in word
    assert (timing.kind, timing.due) == (TimingKind.DEADLINE, day)
    assert timing.last_day == (day - timedelta(days=1) if early else day)
    assert timing.exclusive is early


@given(
    DAYS, DAYS, st.sampled_from(["Từ {a} đến {b}", "từ ngày {a} - {b}", "{a} - {b}", "Từ ngày {a} đến hết ngày {b}"])
)
def test_every_window_is_read_back_as_written_or_refused_when_it_runs_backwards(a: date, b: date, form: str) -> None:
    timing = read_timing(form.format(a=f"{a:%d/%m/%Y}", b=f"{b:%d/%m/%Y}"), a.year)
    if a < b:
        assert (timing.kind, timing.start, timing.due) == (TimingKind.WINDOW, a, b)
    elif a > b:
        assert timing.kind is TimingKind.UNDETERMINED


@given(
    st.integers(0, 99), st.integers(0, 99), YEARS, st.sampled_from(["{d}/{m}/{y}", "trước ngày {d} tháng {m} năm {y}"])
)
def test_a_day_that_does_not_exist_is_never_a_date(number: int, month: int, year: int, form: str) -> None:
    timing = read_timing(form.format(d=number, m=month, y=year), year)
    try:
        assert timing.due == date(year, month, number)
    except ValueError:
        assert timing.kind is TimingKind.UNDETERMINED


def trying_all(codes: str, at: int) -> tuple[str, int]:
    """Name and end of the item at a place, found slowly: the first alternative that matches."""
    for name, text, _ in GRAMMAR._choices:
        found = re.compile(text).match(codes, at)
        if found is not None:
            return name, found.end()
    return "other", at + 1


@given(st.lists(WORDS, min_size=1, max_size=10).map(" ".join))
def test_choosing_alternatives_by_their_first_word_finds_what_trying_all_finds(phrase: str) -> None:
    codes = tokenise(phrase).codes
    for at in range(len(codes)):
        found = GRAMMAR.starting_with(codes[at]).match(codes, at)
        assert found is not None
        assert (found.lastgroup, found.end()) == trying_all(codes, at) or found.lastgroup == "other"
