from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from equity import rates
from equity.limits import Linear, Poisson, Wilson, exact_limit, fixed

X = np.array([0.0, 1, 2, 9, 10, 11, 40, 39.5, 400])
N = np.array([40.0, 40, 2, 40, 40, 900, 40, 40, 400])


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.998])
def test_limits_on_arrays_are_those_of_the_expressions(confidence: float) -> None:
    z = rates.z_value(confidence)
    frame = pl.DataFrame({"x": X, "n": N})
    for law, method in ((Wilson(X / N, N), rates.wilson), (Poisson(X, N), rates.rate)):
        interval = method(pl.col("x"), pl.col("n"), 1, confidence)
        expected = frame.select(lower=interval.lower, upper=interval.upper).to_numpy()
        assert np.stack([law.value - law.below(z), law.value + law.above(z)], axis=1) == pytest.approx(expected, abs=1e-12)
        each = np.full(len(X), z)
        assert np.stack([law.below(each), law.above(each)]) == pytest.approx(np.stack([law.below(z), law.above(z)]), abs=1e-8)


@given(st.integers(0, 9), st.floats(0.0, 14.9))
def test_the_spline_of_exact_limits_is_exact_enough_for_a_p_value(x: int, z: float) -> None:
    tail = stats.norm.sf(z)
    upper = exact_limit(np.array([float(x)]), np.array([z]), upper=True)[0]
    assert upper == pytest.approx(stats.gamma.isf(tail, x + 1), rel=1e-7)
    lower = exact_limit(np.array([float(x)]), np.array([z]), upper=False)[0]
    assert lower == pytest.approx(stats.gamma.ppf(tail, x) if x else 0.0, abs=1e-8)


def test_counts_that_are_no_whole_numbers_have_exact_limits_too() -> None:
    for z in (1.0, 2.5):
        one = exact_limit(np.array([3.5]), z, upper=True)
        assert exact_limit(np.array([3.5]), np.array([z]), upper=True) == pytest.approx(one, rel=1e-12)


def test_limits_widen_with_z() -> None:
    steps = np.linspace(0, 14, 300)
    for law in (Wilson(X / N, N), Poisson(X, N), Linear(X, X - 1, X + 2, 1.96)):
        for far in (law.below, law.above):
            assert (np.diff([far(float(z)) for z in steps], axis=0) >= -1e-9).all()


def test_a_given_value_without_limits_has_none() -> None:
    assert fixed(X).below(5.0).tolist() == [0.0] * len(X)


def test_a_row_that_is_not_there_is_not_a_number() -> None:
    rows = np.array([3, -1])
    for law in (Wilson(X / N, N), Poisson(X, N), Linear(X, X, X, 1.0)):
        assert np.isnan(law.take(rows).value).tolist() == [False, True]
        assert law.part(slice(2, 4)).value.tolist() == law.value[2:4].tolist()
