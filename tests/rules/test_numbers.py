"""One reader of numbers: what people type, and that what is written reads back as itself."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.numbers import is_unsure, number_words, read_number, read_signed, read_small, typed_words


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1.234", 1234),
        ("1.250", 1250),
        ("12.500", 12500),
        ("1.234.567", 1234567),
        ("1.234,5", "1234.5"),
        ("77,1", "77.1"),
        ("77.1", "77.1"),
        ("0.125", "0.125"),
        ("0,125", "0.125"),
        ("01.234", "1.234"),
        ("1 234", 1234),
        ("1\u00a0600", 1600),
        ("12 500,25", "12500.25"),
        (" 18 ", 18),
        ("0", 0),
        ("12 34", None),
        ("18 20", None),
        ("1,234.5", None),
        ("12.34.56", None),
        ("1.23.456", None),
        ("-1", None),
        ("1e9", None),
        ("", None),
        ("١٢", None),
        ("nan", None),
        ("9" * 400, None),
    ],
)
def test_a_number_is_read_as_the_person_meant_it_or_not_at_all(typed: str, value: object) -> None:
    assert read_number(typed) == (None if value is None else Decimal(str(value)))


@pytest.mark.parametrize(
    ("typed", "value"), [("-1.234", -1234), ("−0,5", "-0.5"), ("- 2", -2), ("3", 3), ("--1", None)]
)
def test_a_sign_counts_where_it_may_stand(typed: str, value: object) -> None:
    assert read_signed(typed) == (None if value is None else Decimal(str(value)))


@pytest.mark.parametrize(
    ("typed", "unsure"), [("1.234", True), ("0.125", False), ("1.25", False), ("1.234.567", False)]
)
def test_a_fraction_of_three_digits_after_a_dot_is_known_to_be_unsure(typed: str, unsure: bool) -> None:
    assert is_unsure(typed) is unsure


@given(st.decimals(min_value=-(10**15), max_value=10**15, places=6))
def test_a_number_written_for_people_reads_back_as_itself(number: Decimal) -> None:
    assert read_signed(number_words(number)) == number


@given(st.decimals(min_value=0, max_value=10**15, places=6))
def test_what_a_form_shows_is_read_back_by_every_reader(number: Decimal) -> None:
    shown = typed_words(number)
    assert read_number(shown) == read_signed(shown) == read_small(shown) == number


@pytest.mark.parametrize(
    ("typed", "value"), [("77.125", "77.125"), ("10.947", "10.947"), ("-1.125", "-1.125"), ("16", 16), ("1.000", 1000)]
)
def test_points_and_per_cents_are_never_thousands(typed: str, value: object) -> None:
    assert read_small(typed) == Decimal(str(value))


@given(st.floats(min_value=0, max_value=1e15, allow_nan=False))
def test_a_measured_value_reads_back_as_itself(value: float) -> None:
    read = read_number(number_words(value))
    assert read is None or float(read) == value
    assert read is not None or len(number_words(value)) > 60


@given(st.integers(0, 10**9), st.sampled_from([0, 1, 2]))
def test_a_rounded_number_reads_back_as_what_is_shown(value: int, decimals: int) -> None:
    shown = number_words(value / 1000, decimals)
    assert abs(float(read_number(shown) or 0) - value / 1000) <= 0.5 * 10**-decimals + 1e-9


@pytest.mark.parametrize(
    ("value", "decimals", "words"),
    [
        (1234, 2, "1.234"),
        (77.0833, 2, "77,08"),
        (77.1, 1, "77,1"),
        (0, 2, "0"),
        (1000000.5, 2, "1.000.000,5"),
        (Decimal("1.125"), None, "1,125"),
        (1e-7, None, "0,0000001"),
        (Decimal("1250.00"), None, "1.250"),
    ],
)
def test_numbers_are_written_with_dots_and_a_comma(value: Decimal | float, decimals: int | None, words: str) -> None:
    assert number_words(value, decimals) == words
