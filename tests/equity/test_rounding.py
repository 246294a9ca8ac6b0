from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equity.rounding import Bounds, agrees, count_bounds, ratio_bounds

PEERS = Path(__file__).parents[2] / "../shared/statistics"


def bounds_of(count: float | None, suppressed: bool = False, rounded: bool = True) -> tuple[float | None, float | None]:
    frame = pl.DataFrame(
        {"count": [count], "suppressed": [suppressed], "rounded": [rounded]},
        schema={"count": pl.Float64, "suppressed": pl.Boolean, "rounded": pl.Boolean},
    )
    bounds = count_bounds(pl.col("count"), pl.col("suppressed"), pl.col("rounded"))
    return frame.select(lower=bounds.lower, upper=bounds.upper).row(0)


def ratio_of(numerator: tuple[float, float], denominator: tuple[float, float]) -> tuple[float | None, float | None]:
    over, under = (Bounds(pl.lit(low), pl.lit(high)) for low, high in (numerator, denominator))
    bounds = ratio_bounds(over, under, 100)
    return pl.select(lower=bounds.lower, upper=bounds.upper).row(0)


def does_agree(value: float, decimals: int, lower: float | None, upper: float | None) -> bool:
    limits = Bounds(pl.lit(lower, pl.Float64), pl.lit(upper, pl.Float64))
    return pl.select(agrees(pl.lit(value), pl.lit(decimals), limits)).item()


def published(count: int) -> str:
    """NHS England's rule below England, as slowly as it can be told."""
    if count < 5:
        return "*"
    return str(min(range(0, count + 5, 5), key=lambda five: abs(five - count)))


@pytest.mark.parametrize(("printed", "bounds"), [(5, (5, 7)), (10, (8, 12)), (20, (18, 22)), (75, (73, 77)), (13985, (13983, 13987))])
def test_a_rounded_count_stands_for_two_either_side_but_never_under_five(printed: float, bounds: tuple[float, float]) -> None:
    assert bounds_of(printed) == bounds


def test_a_suppressed_count_stands_for_nought_to_four_and_not_for_nought() -> None:
    assert bounds_of(None, suppressed=True) == (0, 4)
    assert bounds_of(None, suppressed=True, rounded=False) == (0, 4)


def test_an_exact_count_and_a_printed_nought_stand_for_themselves() -> None:
    assert bounds_of(5693, rounded=False) == (5693, 5693)
    assert bounds_of(0) == (0, 0)


def test_an_unknown_count_has_unknown_bounds() -> None:
    assert bounds_of(None) == (None, None)


@given(st.integers(0, 100_000))
def test_the_true_count_is_always_within_the_bounds_of_what_is_printed(count: int) -> None:
    text = published(count)
    lower, upper = bounds_of(None if text == "*" else float(text), suppressed=text == "*")
    assert lower is not None
    assert upper is not None
    assert lower <= count <= upper


@given(st.integers(0, 100_000))
def test_the_bounds_are_no_wider_than_what_prints_the_same(count: int) -> None:
    text = published(count)
    lower, upper = bounds_of(None if text == "*" else float(text), suppressed=text == "*")
    assert lower is not None
    assert upper is not None
    assert {published(int(lower)), published(int(upper))} == {text}
    assert lower == 0 or published(int(lower) - 1) != text
    assert published(int(upper) + 1) != text


@given(st.integers(1, 100_000))
def test_bounds_always_hold_the_printed_count(count: int) -> None:
    lower, upper = bounds_of(float(count))
    assert lower is not None
    assert upper is not None
    assert lower <= count <= upper


@pytest.mark.real
def test_bounds_hold_every_count_that_the_peers_rounded() -> None:
    counts = pl.read_csv(PEERS / "inputs/suppression_counts.csv", infer_schema=False)
    rounded = pl.read_csv(PEERS / "outputs/suppression_counts.csv", infer_schema=False)
    cases = counts.join(rounded, on="case_id", validate="1:1")
    assert cases.height == 49
    text, count = pl.col("mhsds_subnational"), pl.col("count").cast(pl.Float64)
    limits = count_bounds(text.cast(pl.Float64, strict=False), text == "*", pl.lit(value=True))
    outside = cases.filter(~count.is_between(limits.lower, limits.upper).fill_null(value=False))
    assert outside.is_empty(), outside


@pytest.mark.real
def test_percentages_that_the_peers_published_agree_with_their_rounded_counts() -> None:
    cases = pl.read_csv(PEERS / "inputs/suppression_percent.csv", infer_schema=False).join(
        pl.read_csv(PEERS / "outputs/suppression_percent.csv", infer_schema=False), on="case_id", validate="1:1"
    )
    shown = cases.filter(pl.col("subnational_pct") != "*")
    assert shown.height > 20
    for row in shown.iter_rows(named=True):
        parts = [bounds_of(float(published(int(row[name])))) for name in ("numerator", "denominator")]
        lower, upper = ratio_of(*parts)  # pyright: ignore[reportArgumentType]
        assert does_agree(float(row["subnational_pct"]), 0, lower, upper), row


def test_a_ratio_can_be_anything_its_parts_can_make() -> None:
    assert ratio_of((163, 167), (438, 442)) == pytest.approx((100 * 163 / 442, 100 * 167 / 438))


def test_a_ratio_to_nought_or_to_what_may_be_nought_has_no_end() -> None:
    assert ratio_of((0, 4), (0, 4)) == (0.0, None)
    assert ratio_of((1, 4), (0, 0)) == (None, None)


@given(
    st.tuples(st.integers(0, 50), st.integers(0, 4), st.integers(0, 4)),
    st.tuples(st.integers(1, 50), st.integers(0, 4), st.integers(0, 4)),
)
def test_ratio_bounds_hold_every_ratio_of_counts_within_their_bounds(over: tuple[int, int, int], under: tuple[int, int, int]) -> None:
    (low, width, at), (least, span, place) = over, under
    lower, upper = ratio_of((low, low + width), (least, least + span))
    ratio = 100 * (low + min(at, width)) / (least + min(place, span))
    assert lower is not None
    assert upper is not None
    assert lower - 1e-9 <= ratio <= upper + 1e-9


@pytest.mark.parametrize(
    ("value", "decimals", "lower", "upper", "agreed"),
    [
        (36.0, 0, 36.9, 38.1, False),
        (37.0, 0, 36.9, 38.1, True),
        (36.0, 0, 36.5, 38.1, True),
        (36.0, 0, 36.51, 38.1, False),
        (36.4, 1, 36.5, 38.1, False),
        (38.6, 0, None, 38.1, True),
        (39.0, 0, None, 38.1, False),
        (12.0, 0, 36.9, None, False),
        (12.0, 0, None, None, True),
    ],
)
def test_a_published_value_agrees_if_rounding_allows_it(value: float, decimals: int, lower: float, upper: float, agreed: bool) -> None:
    assert does_agree(value, decimals, lower, upper) is agreed


@given(st.integers(1, 400), st.integers(1, 400), st.integers(0, 2))
def test_a_value_rounded_half_up_always_agrees_with_its_own_counts(numerator: int, denominator: int, decimals: int) -> None:
    value = 100 * numerator / denominator
    printed = int(value * 10**decimals + 0.5) / 10**decimals
    assert does_agree(printed, decimals, value, value)
