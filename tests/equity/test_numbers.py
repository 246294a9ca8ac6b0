from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equity.numbers import about, listed, roughly, rounded, shown


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (239, 1, "239.0"),
        (0.145, 2, "0.15"),
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (-2.5, 0, "-3"),
        (12.5, 0, "13"),
        (1234567.891, 2, "1,234,567.89"),
        (999.96, 1, "1,000.0"),
        (1e-7, 2, "0.00"),
        (1e16, 0, "10,000,000,000,000,000"),
    ],
)
def test_a_number_is_rounded_half_up_with_its_digits_and_thousands(value: float, decimals: int, text: str) -> None:
    assert shown(value, decimals) == text


@pytest.mark.parametrize("value", [-0.0, -0.4, 0.4, -1e-12])
def test_nought_never_has_a_minus(value: float) -> None:
    assert shown(value, 0) == "0"


@given(st.integers(-(10**9), 10**9), st.integers(0, 4), st.integers(0, 3))
def test_rounding_is_half_away_from_nought_of_the_printed_decimal(number: int, places: int, decimals: int) -> None:
    value = float(Decimal(number).scaleb(-places))
    exact = Fraction(Decimal(repr(value))) * 10**decimals
    half_up = int(abs(exact) + Fraction(1, 2))
    assert rounded(value, decimals) == Decimal(half_up if exact >= 0 else -half_up).scaleb(-decimals)


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (7, "7"), (75, "75"), (99.6, "100"), (318, "320"), (322, "320"), (8327, "8,330"), (9996, "10,000"), (480152, "480,200")],
)
def test_a_count_of_people_is_no_more_exact_than_rounding_to_five(count: float, text: str) -> None:
    assert about(count) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (0.4, "0"),
        (0.5, "1"),
        (7.2, "7"),
        (12, "10"),
        (27, "25"),
        (48, "50"),
        (63.7, "60"),
        (130, "130"),
        (704, "700"),
        (4142.3, "4,100"),
        (27_649, "28,000"),
    ],
)
def test_people_worked_out_from_a_gap_are_told_roughly(count: float, text: str) -> None:
    assert roughly(count) == text


@given(st.floats(0, 1e7), st.floats(0, 1e7))
def test_more_people_are_never_told_as_fewer(one: float, other: float) -> None:
    low, high = sorted((one, other))
    for words in (about, roughly):
        assert float(words(low).replace(",", "")) <= float(words(high).replace(",", ""))


@given(st.floats(10, 1e7))
def test_a_rough_count_is_within_a_quarter_of_the_count(count: float) -> None:
    assert float(roughly(count).replace(",", "")) == pytest.approx(count, rel=0.25)


@pytest.mark.parametrize(
    ("items", "text"),
    [([], ""), (["Asian"], "Asian"), (["Asian", "Black"], "Asian and Black"), (["Asian", "Black", "Mixed"], "Asian, Black and Mixed")],
)
def test_words_are_listed_as_in_a_sentence(items: list[str], text: str) -> None:
    assert listed(items) == text
