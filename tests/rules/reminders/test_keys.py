"""The keys of notices: each form that stands in databases is read, and written again as it was."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.reminders.keys import (
    NoticeAudience,
    NoticeKey,
    NoticeRung,
    NoticeSubject,
    RungKind,
    change_key,
    occurrence_key,
    question_key,
    review_key,
)

WEEKS = st.dates(date(1990, 1, 1), date(2199, 12, 31)).map(NoticeRung.of_week)
NUMBERED = st.builds(NoticeRung, st.sampled_from([RungKind.REVIEW, RungKind.VERSION]), st.integers(0, 10**9))
RUNGS = st.one_of(WEEKS, NUMBERED, st.builds(NoticeRung, st.just(RungKind.OFFSET), st.integers(-3660, 3660)))


@pytest.mark.parametrize(
    ("key", "about", "rung"),
    [
        (occurrence_key(12, -30), "o12", "-30"),
        (occurrence_key(12, 0), "o12", "0"),
        (review_key(12, 5), "o12", "R5"),
        (question_key(7, date(2025, 12, 29)), "i7", "2026-W01"),
        (question_key(7, date(2025, 9, 15)), "i7", "2025-W38"),
        (change_key(9, 2), "c9", "v2"),
        (NoticeKey(NoticeSubject.OCCURRENCE, 12, NoticeRung(RungKind.OFFSET, 7), replaced=1), "o12/1", "7"),
    ],
)
def test_each_kind_of_key_is_written_as_databases_hold_it(key: NoticeKey, about: str, rung: str) -> None:
    assert key.columns == {"about": about, "rung": rung}
    assert NoticeKey.parse(about, rung) == key


@given(st.sampled_from(NoticeSubject), st.integers(1, 10**9), RUNGS, st.integers(0, 99))
def test_what_is_written_is_read_again(subject: NoticeSubject, number: int, rung: NoticeRung, replaced: int) -> None:
    key = NoticeKey(subject, number, rung, replaced)
    assert NoticeKey.parse(key.about, str(key.rung)) == key
    assert len(str(rung)) <= 12


@pytest.mark.parametrize("text", ["", "R", "v", "x5", "2025-W", "--3", "3.5", "R-"])
def test_another_text_is_no_rung(text: str) -> None:
    with pytest.raises(ValueError, match="no rung"):
        NoticeRung.parse(text)


def test_only_a_rung_of_the_ladder_has_an_offset_and_only_a_return_a_review() -> None:
    found = [NoticeRung.parse(text) for text in ("-30", "2025-W38", "R5", "v2")]
    assert [rung.offset for rung in found] == [-30, None, None, None]
    assert [rung.review for rung in found] == [None, None, 5, None]


@pytest.mark.parametrize("audience", NoticeAudience)
def test_every_audience_has_words(audience: NoticeAudience) -> None:
    assert audience.words
