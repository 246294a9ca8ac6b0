from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from equity import rates
from equity.rates import Interval
from tests.equity.roots import root

PEERS = Path(__file__).parents[2] / "../shared/statistics"
X, N = pl.col("x"), pl.col("n")

Limits = tuple[float | None, float | None]


def limits(interval: Interval, x: float | None, n: float | None = 1.0) -> Limits:
    frame = pl.DataFrame({"x": [x], "n": [n]}, schema={"x": pl.Float64, "n": pl.Float64})
    return frame.select(lower=interval.lower, upper=interval.upper).row(0)


def sure(interval: Interval, x: float, n: float = 1.0) -> tuple[float, float]:
    lower, upper = limits(interval, x, n)
    assert lower is not None
    assert upper is not None
    return lower, upper


# ---------------------------------------------------------------------------------------- What a peer's package gives


def peers(name: str) -> pl.DataFrame:
    inputs = pl.read_csv(PEERS / f"inputs/{name}_cases.csv", infer_schema=False)
    outputs = pl.read_csv(PEERS / f"outputs/{name}.csv", infer_schema=False).select("case_id", "status", "value", "lowercl", "uppercl")
    cases = inputs.join(outputs, on="case_id", validate="1:1")
    numbers = ["x", "n", "confidence", "multiplier", "value", "lowercl", "uppercl"]
    return cases.with_columns(pl.col(numbers).replace("", None).cast(pl.Float64)).with_columns(
        pl.when(pl.col("confidence") > 1).then(pl.col("confidence") / 100).otherwise("confidence").alias("confidence")
    )


@pytest.mark.real
@pytest.mark.parametrize(("name", "height"), [("proportion", 24), ("rate", 26)])
def test_intervals_are_those_of_the_fingertips_package(name: str, height: int) -> None:
    cases = peers(name).filter((pl.col("status") == "ok") & pl.col("value").is_not_null() & (pl.col("confidence") < 1))
    assert cases.height == height
    method = rates.wilson if name == "proportion" else rates.rate
    for row in cases.iter_rows(named=True):
        found = sure(method(X, N, row["multiplier"], row["confidence"]), row["x"], row["n"])
        assert found == pytest.approx((row["lowercl"], row["uppercl"]), rel=1e-9, abs=1e-12), row["case_id"]


@pytest.mark.real
@pytest.mark.parametrize("name", ["proportion", "rate"])
def test_where_the_fingertips_package_refuses_or_gives_nothing_there_is_no_interval(name: str) -> None:
    method = rates.wilson if name == "proportion" else rates.rate
    cases = peers(name).filter(pl.col("value").is_null() & (pl.col("confidence") >= 0.9))
    assert cases.height >= 4
    for row in cases.iter_rows(named=True):
        assert limits(method(X, N, row["multiplier"], row["confidence"]), row["x"], row["n"]) == (None, None), row["case_id"]


# ----------------------------------------------------------------------------------------- What slow and obvious code gives


def slow_wilson(x: int, n: int, confidence: float) -> tuple[float, float]:
    """Every share that a score test does not reject: found by bisection, not by the formula."""
    z, share = float(stats.norm.ppf(0.5 + confidence / 2)), x / n

    def score(p: float) -> float:
        return (share - p) ** 2 - z * z * p * (1 - p) / n

    lower = 0.0 if x == 0 else root(score, 0.0, share - 1e-9, xtol=1e-14)
    upper = 1.0 if x == n else root(score, share + 1e-9, 1.0, xtol=1e-14)
    return float(lower), float(upper)


def slow_poisson(x: int, confidence: float) -> tuple[float, float]:
    """The means at which a count this large, or this small, has exactly the tail's probability."""
    tail = (1 - confidence) / 2
    lower = 0.0 if x == 0 else root(lambda mean: float(stats.poisson.sf(x - 1, mean)) - tail, 1e-9, x + 1, xtol=1e-13)
    upper = root(lambda mean: float(stats.poisson.cdf(x, mean)) - tail, x, 10 * x + 40, xtol=1e-13)
    return float(lower), float(upper)


@given(st.integers(1, 2000), st.floats(0, 1), st.sampled_from([0.8, 0.95, 0.998]))
def test_wilson_is_every_share_that_a_score_test_does_not_reject(n: int, at: float, confidence: float) -> None:
    x = round(n * at)
    assert sure(rates.wilson(X, N, 1, confidence), x, n) == pytest.approx(slow_wilson(x, n, confidence), abs=1e-9)


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.998])
@pytest.mark.parametrize("x", range(10))
def test_below_ten_events_limits_are_exact(x: int, confidence: float) -> None:
    assert sure(rates.poisson(X, confidence), x) == pytest.approx(slow_poisson(x, confidence), rel=1e-9, abs=1e-12)


@given(st.integers(10, 20_000))
def test_from_ten_events_byar_is_close_to_exact(x: int) -> None:
    assert sure(rates.poisson(X), x) == pytest.approx(slow_poisson(x, 0.95), rel=0.005)


def test_z_value_is_the_normal_quantile_and_refuses_what_is_no_level() -> None:
    assert rates.z_value() == pytest.approx(1.959963984540054, rel=1e-12)
    for wrong in (0.0, 1.0, 95.0, -0.5, float("nan")):
        with pytest.raises(ValueError, match="give a level between 0 and 1"):
            rates.z_value(wrong)


# ------------------------------------------------------------------------------------------------------------ Properties

counts = st.integers(0, 5000)


@given(counts, st.integers(1, 5000), st.sampled_from([1, 100, 1000]))
def test_a_wilson_interval_holds_its_share_is_ordered_and_stays_within_the_whole(x: int, n: int, multiplier: float) -> None:
    assume(x <= n)
    lower, upper = sure(rates.wilson(X, N, multiplier), x, n)
    slack = 1e-9 * multiplier
    assert 0 <= lower <= multiplier * x / n + slack
    assert multiplier * x / n - slack <= upper <= multiplier
    assert lower < upper


@given(counts, st.integers(1, 10**7))
def test_a_rate_interval_holds_its_rate_and_is_ordered(x: int, n: int) -> None:
    lower, upper = sure(rates.rate(X, N, 100_000), x, n)
    assert 0 <= lower <= 100_000 * x / n < upper
    assert np.isfinite(upper)


@given(st.integers(1, 200), st.integers(0, 200), st.integers(2, 50))
def test_intervals_narrow_as_more_people_give_the_same_share(n: int, x: int, times: int) -> None:
    assume(x <= n)
    for interval in (rates.wilson(X, N), rates.rate(X, N, 100)):
        few, many = sure(interval, x, n), sure(interval, x * times, n * times)
        assert many[1] - many[0] < few[1] - few[0]


@given(st.integers(0, 999), st.integers(1000, 5000))
def test_one_more_event_never_lowers_a_limit(x: int, n: int) -> None:
    for interval in (rates.wilson(X, N), rates.rate(X, N, 100)):
        one, next_ = sure(interval, x, n), sure(interval, x + 1, n)
        assert next_[0] >= one[0]
        assert next_[1] >= one[1]


@given(counts, st.integers(1, 5000))
def test_a_higher_confidence_gives_a_wider_interval(x: int, n: int) -> None:
    assume(x <= n)
    for method in (rates.wilson, rates.rate):
        low, high = sure(method(X, N, 100, 0.95), x, n), sure(method(X, N, 100, 0.998), x, n)
        assert high[0] <= low[0]
        assert high[1] >= low[1]


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_the_share_who_did_and_the_share_who_did_not_have_mirrored_intervals(x: int, n: int) -> None:
    assume(x <= n)
    lower, upper = sure(rates.wilson(X, N), x, n)
    assert sure(rates.wilson(X, N), n - x, n) == pytest.approx((100 - upper, 100 - lower), abs=1e-9)


def test_a_count_of_nought_has_a_valid_interval_that_begins_at_nought() -> None:
    assert sure(rates.wilson(X, N), 0, 15) == pytest.approx((0.0, 20.388330103), rel=1e-9)
    assert sure(rates.rate(X, N, 100_000), 0, 4527) == pytest.approx((0.0, 81.486181889), rel=1e-9)


def test_everyone_has_an_upper_limit_of_the_whole() -> None:
    assert sure(rates.wilson(X, N), 15, 15)[1] == 100.0


@pytest.mark.parametrize(
    ("x", "n"),
    [(None, 10), (3, None), (3, 0), (0, 0), (-1, 10), (11, 10), (float("nan"), 10), (3, float("nan")), (3, float("inf"))],
)
def test_an_impossible_proportion_has_no_interval(x: float | None, n: float | None) -> None:
    assert limits(rates.wilson(X, N), x, n) == (None, None)


@pytest.mark.parametrize(
    ("x", "n"), [(None, 10), (3, None), (3, 0), (-1, 10), (float("nan"), 10), (float("inf"), 10), (3, float("nan")), (3, float("inf"))]
)
def test_an_impossible_rate_has_no_interval(x: float | None, n: float | None) -> None:
    assert limits(rates.rate(X, N, 100_000), x, n) == (None, None)


def test_more_events_than_people_are_possible_in_a_rate() -> None:
    assert sure(rates.rate(X, N, 1000), 201, 112) == pytest.approx((1555.092747396, 2060.642300963), rel=1e-9)


def test_whole_number_columns_give_the_same_limits() -> None:
    frame = pl.DataFrame({"x": [0, 3, 10, 40], "n": [40, 40, 40, 40]})
    for interval in (rates.wilson(X, N), rates.rate(X, N, 1000)):
        whole = frame.select(lower=interval.lower, upper=interval.upper)
        assert whole.equals(frame.cast(pl.Float64).select(lower=interval.lower, upper=interval.upper))


def test_rows_do_not_touch_one_another() -> None:
    frame = pl.DataFrame({"x": [None, 3.0, -1.0, 40.0, 0.0], "n": [10.0, 40.0, 10.0, 40.0, 40.0]})
    interval = rates.rate(X, N, 1000)
    together = frame.select(lower=interval.lower, upper=interval.upper).rows()
    assert together == [limits(interval, x, n) for x, n in frame.rows()]


@given(st.integers(1, 5000), st.integers(1, 10**6))
def test_a_published_rate_without_its_denominator_has_the_interval_of_one_with_it(x: int, n: int) -> None:
    value = 100_000 * x / n
    known = sure(rates.rate_of_known_value(pl.lit(value), X), x)
    assert known == pytest.approx(sure(rates.rate(X, N, 100_000), x, n), rel=1e-12)


@pytest.mark.parametrize(("value", "x"), [(12.0, 0), (0.0, 3), (None, 3), (12.0, None), (12.0, -1), (float("nan"), 3)])
def test_a_published_rate_without_events_has_no_interval(value: float | None, x: float | None) -> None:
    assert limits(rates.rate_of_known_value(pl.lit(value, pl.Float64), X), x) == (None, None)
