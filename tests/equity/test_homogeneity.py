from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from equity.homogeneity import no_inequality_test


def frame_of(x: Any, n: Any, strata: int = 1) -> pl.DataFrame:
    groups = len(np.ravel(x)) // strata
    columns = {"place": np.repeat(np.arange(strata), groups), "group": [f"g{at:02}" for at in range(groups)] * strata}
    return pl.DataFrame({**columns, "numerator": np.ravel(x), "denominator": np.tile(n, strata)})


def outcome(frame: pl.DataFrame, **how: Any) -> dict[str, Any]:
    return no_inequality_test(frame, [], **{"kind": "proportion", **how}).row(0, named=True)


@given(st.lists(st.tuples(st.integers(50, 3000), st.floats(0.2, 0.8)), min_size=2, max_size=6))
def test_many_events_are_tested_by_pearsons_chi_squared(pairs: list[tuple[int, float]]) -> None:
    table = [(round(n * at), n) for n, at in pairs]
    x, n = np.array(table, dtype=float).T
    found = outcome(frame_of(x, n))
    expected: Any = stats.chi2_contingency([x, n - x], correction=False)
    assert (found["statistic"], found["p_value"]) == pytest.approx((expected[0], expected[1]), rel=1e-9, abs=1e-12)
    assert found["method"] == "Pearson's chi-squared"
    rates = outcome(frame_of(x, n), kind="rate")
    poisson = stats.chisquare(x, n * x.sum() / n.sum())
    assert (rates["statistic"], rates["p_value"]) == pytest.approx((poisson.statistic, poisson.pvalue), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("kind", ["rate", "proportion"])
def test_few_events_are_tested_by_countings_of_equal_groups(kind: Any) -> None:
    """Beside plain random countings: the share with a deviance at least as large, those that are equal counting half."""
    x, n = np.array([4.0, 0, 1, 3]), np.array([900.0, 40, 30, 120])
    found = outcome(frame_of(x, n), kind=kind)
    rng, common = np.random.default_rng(9), x.sum() / n.sum()
    many = rng.poisson(common * n, (200_000, 4)) if kind == "rate" else rng.binomial(n.astype(int), common, (200_000, 4))

    def deviance(counts: Any) -> Any:
        expected = counts.sum(axis=-1, keepdims=True) * n / n.sum()
        with np.errstate(divide="ignore", invalid="ignore"):
            parts = np.where(counts > 0, counts * np.log(counts / expected), 0.0)
            if kind == "proportion":
                parts = parts + np.where(n > counts, (n - counts) * np.log((n - counts) / (n - expected)), 0.0)
        return 2 * parts.sum(axis=-1)

    seen, repeats = deviance(x), deviance(many)
    assert found["statistic"] == pytest.approx(seen)
    assert found["p_value"] == pytest.approx((repeats > seen + 1e-9).mean() + (np.abs(repeats - seen) <= 1e-9).mean() / 2, abs=0.01)
    assert found["method"] == "deviance, mid-p of 10,000 countings of equal groups"


@pytest.mark.parametrize(
    ("kind", "rate", "sizes"),
    [
        ("rate", 0.003, [9500, 157, 30, 863, 135, 68, 90, 79, 312, 287, 109, 93, 288, 370, 118, 95, 78, 271]),
        ("proportion", 0.05, [2000, 50, 20, 200, 40, 25, 30]),
        ("proportion", 0.4, [8475, 960, 320, 265, 150]),
    ],
)
def test_equal_groups_are_called_unequal_in_5_of_100_samples(kind: Any, rate: float, sizes: list[int]) -> None:
    rng, samples = np.random.default_rng(12), 1500
    x = rng.poisson(rate * np.array(sizes), (samples, len(sizes))) if kind == "rate" else rng.binomial(sizes, rate, (samples, len(sizes)))
    found = no_inequality_test(frame_of(x, sizes, samples), ["place"], kind=kind, draws=2000)
    assert (found["p_value"] < 0.05).mean() == pytest.approx(0.05, abs=0.017)


def test_values_with_standard_errors_are_tested_by_cochrans_q() -> None:
    frame = pl.DataFrame({"group": list("abc"), "value": [10.0, 12.0, 15.0], "se": [1.0, 2.0, 1.0]})
    found = outcome(frame, kind="mean")
    mean = (10 + 12 / 4 + 15) / 2.25
    q = (10 - mean) ** 2 + (12 - mean) ** 2 / 4 + (15 - mean) ** 2
    assert (found["statistic"], found["p_value"], found["method"]) == (pytest.approx(q), pytest.approx(stats.chi2.sf(q, 2)), "Cochran's Q")
    assert outcome(frame.with_columns(se=pl.lit(None, pl.Float64)), kind="mean")["problem"] == "a standard error is missing or 0"


@given(st.integers(0, 30), st.integers(1, 300), st.lists(st.integers(1, 9), min_size=2, max_size=6))
def test_exactly_equal_groups_are_not_unequal(x: int, more: int, times: list[int]) -> None:
    for kind in ("rate", "proportion"):
        frame = frame_of([float(x * one) for one in times], [float((x + more) * one) for one in times])
        found = outcome(frame, kind=kind, draws=200)
        assert found["statistic"] == pytest.approx(0, abs=1e-8)
        assert found["p_value"] >= 0.5


def test_an_inequality_beyond_all_countings_has_the_smallest_p_that_they_can_give() -> None:
    found = outcome(frame_of([3.0, 60.0], [3000.0, 40.0]), kind="rate")
    assert found["p_value"] == pytest.approx(1 / 10_001)


def test_the_order_of_rows_and_the_other_strata_change_nothing() -> None:
    x, n = np.random.default_rng(2).poisson(2.0, (20, 5)), np.array([200.0, 30, 60, 90, 20])
    frame = frame_of(x, n, 20)
    found = no_inequality_test(frame, ["place"], kind="rate", draws=300)
    mixed = no_inequality_test(frame.sample(fraction=1, shuffle=True, seed=1), ["place"], kind="rate", draws=300).sort("place")
    assert mixed.equals(found)
    assert no_inequality_test(frame.filter(place=7), ["place"], kind="rate", draws=300).equals(found.filter(place=7))


def test_what_cannot_be_tested_is_refused_with_the_reason() -> None:
    frame = frame_of([1.0, 2.0, 3.0], [30.0, 40.0, 50.0])
    assert outcome(frame.head(1))["problem"] == "one group alone has nobody to be unequal to"
    hidden = frame.with_columns(cell_state=pl.Series(["suppressed", "observed", "observed"]))
    found = outcome(hidden)
    assert (found["problem"], found["p_value"], found["method"]) == ("fewer than 85% of the groups are known", None, None)
    assert outcome(hidden, least_known=0.5)["groups"] == 2
    assert outcome(frame.with_columns(numerator=pl.lit(None, pl.Float64)))["problem"] == "no group is known"
