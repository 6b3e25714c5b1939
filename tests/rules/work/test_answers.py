"""What a unit may type into an answer, and what is made of it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.plan.figures import Figure, Goal
from rules.work.answers import (
    DONE,
    Answer,
    Question,
    clean_text,
    fields_of_figures,
    period_closed,
    read_answer,
    read_day,
    read_extension,
    undo_until,
)
from rules.work.evidence import read_reference

TODAY = date(2025, 12, 1)
ASKED = Question(TODAY, date(2025, 9, 1), (Goal("Tỷ lệ ≥ 70%", ">=", 70, "%"), Goal("ít nhất 1 sáng kiến", ">=", 1)))


def problems(**fields: str) -> dict[str, str]:
    answer, found = read_answer({"state": "under_way", **fields}, ASKED)
    assert (answer is None) == bool(found)
    return {problem.field: problem.message for problem in found}


def accepted(**fields: str) -> Answer:
    answer, found = read_answer({"state": "under_way", **fields}, ASKED)
    assert answer is not None, found
    return answer


def test_done_is_a_hundred_percent_today_unless_another_day_is_given() -> None:
    assert accepted(state="done", percent="20") == Answer(DONE, 100, None, TODAY)
    assert accepted(state="done", done_on="28/11/2025").done_on == date(2025, 11, 28)
    assert accepted(state="done", done_on="2025-11-28").done_on == date(2025, 11, 28)


def test_a_done_day_in_the_future_or_before_the_work_began_is_refused() -> None:
    assert "sau hôm nay" in problems(state="done", done_on="02/12/2025")["done_on"]
    assert "trước ngày bắt đầu 01/09/2025" in problems(state="done", done_on="31/08/2025")["done_on"]
    assert "ví dụ 31/12/2025" in problems(state="done", done_on="hôm qua")["done_on"]


def test_impossible_needs_a_reason_and_a_state_must_be_chosen() -> None:
    assert "vì sao" in problems(state="cannot", note="  \n ")["note"]
    assert accepted(state="cannot", note="Chưa có kinh phí").note == "Chưa có kinh phí"
    assert "chọn" in problems(state="")["state"]
    assert "chọn" in problems(state="xong")["state"]


@pytest.mark.parametrize(("typed", "percent"), [("60", 60), ("60%", 60), ("77,5", 78), ("", None), (" 5 % ", 5)])
def test_percents_are_read_as_people_write_them(typed: str, percent: int | None) -> None:
    assert accepted(percent=typed).percent == percent


@pytest.mark.parametrize("typed", ["101", "-5", "sáu mươi", "1e3", "²"])
def test_a_percent_that_is_none_is_said(typed: str) -> None:
    assert "từ 0 đến 100" in problems(percent=typed)["percent"]


def test_a_part_of_a_whole_is_held_against_the_target() -> None:
    figure = accepted(part_0="1.234", whole_0="1.600").figures[0]
    assert figure.met is True
    assert round(figure.value, 1) == 77.1
    assert accepted(part_0="65,5%").figures[0].met is False
    assert accepted(part_1="2").figures[0].value == 2


@pytest.mark.parametrize(
    ("fields", "where", "words"),
    [
        ({"part_0": "nhiều"}, "part_0", "bằng chữ số"),
        ({"whole_0": "1.600"}, "part_0", "bằng chữ số"),
        ({"part_0": "5", "whole_0": "0"}, "whole_0", "lớn hơn 0"),
        ({"part_0": "1.700", "whole_0": "1.600"}, "part_0", "lớn hơn tổng số"),
        ({"part_0": "1.234"}, "whole_0", "ghi thêm tổng số"),
    ],
)
def test_figures_that_cannot_be_are_said_beside_their_field(fields: dict[str, str], where: str, words: str) -> None:
    assert words in problems(**fields)[where]


def test_a_note_too_long_is_said_and_a_line_break_stays() -> None:
    assert "rút gọn" in problems(note="x" * 4001)["note"]
    assert accepted(note="một\r\nhai\x00\x1b").note == "một\nhai"


@given(st.text())
def test_no_text_a_person_types_breaks_the_reading(text: str) -> None:
    names = ("state", "percent", "note", "done_on", "part_0", "whole_0", "part_1")
    answer, found = read_answer(dict.fromkeys(names, text), ASKED)
    assert (answer is None) == bool(found)
    assert "\x00" not in clean_text(text)
    read_reference(dict.fromkeys(("reference", "issued_on", "issued_by", "place", "url"), text), TODAY)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("31/12/2025", date(2025, 12, 31)),
        (" 1-2-2026 ", date(2026, 2, 1)),
        ("01.02.2026", date(2026, 2, 1)),
        ("2026-02-01", date(2026, 2, 1)),
        ("31/02/2026", None),
        ("1/2", None),
        ("1/2/26", None),
        ("१/२/२०२६", None),
        ("01/02/9999", None),
    ],
)
def test_days_are_read_as_offices_write_them(typed: str, day: date | None) -> None:
    assert read_day(typed) == day


def test_undo_holds_for_a_day() -> None:
    noon = datetime(2025, 12, 1, 5, tzinfo=UTC)
    assert undo_until(noon) == noon + timedelta(days=1)


@pytest.mark.parametrize(
    ("urge_until", "reopened", "closed"),
    [
        (None, None, False),
        (date(2025, 12, 1), None, False),
        (date(2025, 11, 30), None, True),
        (date(2025, 11, 30), date(2025, 11, 30), True),
        (date(2025, 11, 30), date(2025, 12, 1), False),
    ],
)
def test_a_period_closes_when_the_next_has_replaced_it(
    urge_until: date | None, reopened: date | None, closed: bool
) -> None:
    assert period_closed(urge_until, reopened, TODAY) is closed


def test_an_extension_needs_a_later_day_and_a_reason() -> None:
    asked, found = read_extension(
        {"wanted_day": "20/12/2025", "reason": " Mưa lũ "}, last_day=date(2025, 12, 10), today=TODAY
    )
    assert (asked and asked.wanted_day, asked and asked.reason, found) == (date(2025, 12, 20), "Mưa lũ", ())
    for day in ("10/12/2025", "09/12/2025", "31/12/2030", "mai"):
        asked, found = read_extension({"wanted_day": day}, last_day=date(2025, 12, 10), today=TODAY)
        assert asked is None
        assert [problem.field for problem in found] == ["wanted_day", "reason"]
    late, _ = read_extension({"wanted_day": "30/11/2025", "reason": "x"}, last_day=date(2025, 11, 1), today=TODAY)
    assert late is None


def test_a_document_is_named_by_its_number_or_a_link() -> None:
    good, found = read_reference(
        {"reference": " 12/BC-UBND ", "issued_on": "30/11/2025", "issued_by": "UBND phường", "place": "trang 4"}, TODAY
    )
    assert good is not None
    assert found == ()
    assert good.words == "số 12/BC-UBND ngày 30/11/2025 của UBND phường, trang 4"
    assert read_reference({}, TODAY) == (None, ())
    link, found = read_reference({"url": "https://x.example/a"}, TODAY)
    assert link is not None


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"place": "trang 4"}, "reference"),
        ({"reference": "1", "issued_on": "02/12/2025"}, "issued_on"),
        ({"reference": "1", "issued_on": "x"}, "issued_on"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://a b"}, "url"),
        ({"url": "ftp://x"}, "url"),
        ({"reference": "x" * 121}, "reference"),
    ],
)
def test_a_document_wrongly_named_is_said_beside_its_field(fields: dict[str, str], where: str) -> None:
    reference, found = read_reference(fields, TODAY)
    assert reference is None
    assert where in [problem.field for problem in found]


@given(
    st.decimals(min_value=0, max_value=100, places=6).map(float),
    st.decimals(min_value=0, max_value=10**9, places=3),
    st.decimals(min_value=0, max_value=10**9, places=3),
)
def test_every_figure_of_an_answer_reads_back_as_itself(share: float, part: Decimal, more: Decimal) -> None:
    """The form filled with the last answer and sent again unchanged says the same."""
    whole = part + more + 1
    for told in (
        Figure("Tỷ lệ ≥ 70%", share),
        Figure("Tỷ lệ ≥ 70%", float(part) / float(whole) * 100, float(part), float(whole)),
        Figure("ít nhất 1 sáng kiến", float(part)),
    ):
        stored = {"text": told.text, "value": told.value, "part": told.part, "whole": told.whole}
        again = accepted(**fields_of_figures([stored], ASKED.goals)).figures
        assert [(one.value, one.part, one.whole) for one in again] == [(told.value, told.part, told.whole)]
