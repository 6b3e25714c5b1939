"""Words of a mail, and the cleaning of other people's text."""

import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.wording import TEXT_WIDTH, days_left_words, due_words, one_line, shorten, weekday_date, wrap


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2025, 12, 1), "thứ Hai 01/12/2025"),
        (date(2025, 12, 31), "thứ Tư 31/12/2025"),
        (date(2026, 2, 14), "thứ Bảy 14/02/2026"),
        (date(2025, 11, 30), "Chủ nhật 30/11/2025"),
    ],
)
def test_a_day_is_named_with_its_weekday(day: date, words: str) -> None:
    assert weekday_date(day) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [(30, "còn 30 ngày"), (1, "còn 1 ngày"), (0, "đến hạn hôm nay"), (-1, "quá hạn 1 ngày"), (-12, "quá hạn 12 ngày")],
)
def test_the_days_left_are_said_as_people_say_them(days: int, words: str) -> None:
    assert days_left_words(days) == words


def test_a_day_that_is_itself_outside_is_told_beside_the_last_day_in_time() -> None:
    printed = date(2025, 4, 15)
    assert due_words(printed, printed) == "thứ Ba 15/04/2025"
    assert due_words(printed, printed - timedelta(1)) == "trước thứ Ba 15/04/2025, chậm nhất thứ Hai 14/04/2025"


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("  Kế hoạch\r\n\tnăm\u00a02025 ", "Kế hoạch năm 2025"),
        (unicodedata.normalize("NFD", "Đôn đốc"), "Đôn đốc"),
        ("an\u202egnod.exe\u2066x\u2069", "angnod.exex"),
        ("a\u200bb\ufeffc\u00add", "abcd"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("một\u2028hai\u2029ba\x85bốn", "một hai ba bốn"),
        ("\ud800x", "\ufffdx"),
        ("", ""),
    ],
)
def test_text_of_others_becomes_one_clean_line(dirty: str, clean: str) -> None:
    assert one_line(dirty) == clean


@given(st.text())
def test_a_clean_line_has_nothing_hidden_and_stays_as_it_is(text: str) -> None:
    clean = one_line(text)
    assert not {unicodedata.category(char) for char in clean} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert one_line(clean) == clean


@given(st.text(alphabet="ab ,", max_size=60), st.integers(2, 40))
def test_a_shortened_text_keeps_its_beginning_within_the_limit(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(short) <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


def test_a_text_is_shortened_between_words() -> None:
    assert shorten("Rà soát thủ tục hành chính", 16) == "Rà soát thủ tục…"
    assert shorten("a" * 30, 10) == "a" * 9 + "…"


@given(st.lists(st.text(alphabet="abcđ", min_size=1, max_size=20), max_size=60), st.integers(0, 6))
def test_wrapping_loses_no_word_and_keeps_lines_within_the_width(words: list[str], indent: int) -> None:
    wrapped = wrap(" ".join(words), indent)
    assert wrapped.split() == words
    first, *rest = wrapped.split("\n")
    assert len(first) + indent <= TEXT_WIDTH
    assert all(line.startswith(" " * indent) and len(line) <= TEXT_WIDTH for line in rest)


def test_a_web_address_longer_than_a_line_stays_whole() -> None:
    address = "https://dondoc.hoabinh.gov.vn/c/" + "x" * 90
    assert address in wrap(f"Cập nhật tại: {address} trước giờ họp", 3).split()
