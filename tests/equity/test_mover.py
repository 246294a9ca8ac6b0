from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import optimize

from equity import comparison, rates
from equity.comparison import Estimate
from equity.limits import Law, Linear, Poisson, Wilson, fixed
from equity.mover import Limits, difference_limits, p_value, ratio_limits
from equity.rates import z_value

pairs = st.tuples(st.integers(1, 3000), st.floats(0, 1)).map(lambda one: (float(round(one[0] * one[1])), float(one[0])))


def law(kind: str, x: float, n: float) -> Law:
    return Wilson(np.array([x / n]), np.array([n])) if kind == "proportion" else Poisson(np.array([x]), np.array([n]))


def limits(one: Law, z: float) -> Limits:
    return Limits(one.below(z), one.above(z))


def slow_p(kind: str, group: tuple[float, float], reference: tuple[float, float]) -> float:
    """One minus the level at which the scalar interval just reaches nought, by bisection on the level."""
    method = rates.wilson if kind == "proportion" else rates.rate

    def estimate(pair: tuple[float, float], level: float) -> Estimate:
        interval = method(pl.lit(pair[0]), pl.lit(pair[1]), 1, level)
        return Estimate(pair[0] / pair[1], *pl.select(lower=interval.lower, upper=interval.upper).row(0))

    def nearest(level: float) -> float:
        gap = comparison.difference(estimate(group, level), estimate(reference, level))
        assert gap.lower is not None
        assert gap.upper is not None
        return gap.lower if gap.value > 0 else -gap.upper

    if group[0] / group[1] == reference[0] / reference[1] or nearest(1e-9) <= 0:
        return 1.0
    if nearest(1 - 1e-13) > 0:
        return 0.0
    return 1 - float(optimize.brentq(nearest, 1e-9, 1 - 1e-13, xtol=1e-14))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("kind", ["proportion", "rate"])
@given(group=pairs, reference=pairs)
def test_p_is_the_level_at_which_the_interval_just_reaches_nought(
    kind: str, group: tuple[float, float], reference: tuple[float, float]
) -> None:
    one, other = law(kind, *group), law(kind, *reference)
    found = p_value(one.value - other.value, one, other)[0]
    assert found == pytest.approx(slow_p(kind, group, reference), abs=1e-7)


@pytest.mark.parametrize("kind", ["proportion", "rate"])
@given(group=pairs, reference=pairs, level=st.sampled_from([0.5, 0.8, 0.95, 0.998]))
def test_p_is_below_one_minus_the_level_exactly_when_an_interval_leaves_out_no_difference(
    kind: str, group: tuple[float, float], reference: tuple[float, float], level: float
) -> None:
    one, other = law(kind, *group), law(kind, *reference)
    z, gap = z_value(level), one.value - other.value
    p = p_value(gap, one, other)[0]
    assume(abs(p - (1 - level)) > 1e-9)
    of_group, of_reference = limits(one, z), limits(other, z)
    lower, upper = difference_limits(gap, of_group, of_reference)
    assert (p < 1 - level) == bool(lower[0] > 0 or upper[0] < 0)
    if group[0] or reference[0]:
        low, high = ratio_limits(one.value, other.value, of_group, of_reference)
        assert (p < 1 - level) == bool(low[0] > 1 or high[0] < 1)


def test_p_values_of_many_rows_are_those_of_each_alone() -> None:
    rng = np.random.default_rng(3)
    n, m = rng.integers(20, 50_000, (2, 500)).astype(float)
    x, y = rng.binomial(n.astype(int), 0.02), rng.binomial(m.astype(int), 0.03)
    one, other = Poisson(x.astype(float), n), Poisson(y.astype(float), m)
    together = p_value(one.value - other.value, one, other)
    alone = [p_value(one.value[[at]] - other.value[[at]], one.take(np.array([at])), other.take(np.array([at])))[0] for at in range(500)]
    assert together == pytest.approx(alone, abs=1e-8)


@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_a_p_value_is_the_same_from_whatever_interval_the_search_sets_out(level: float) -> None:
    rng, z = np.random.default_rng(4), z_value(level)
    n, m = rng.integers(5, 50_000, (2, 500)).astype(float)
    one, other = Wilson(rng.binomial(n.astype(int), 0.2) / n, n), Wilson(rng.binomial(m.astype(int), 0.25) / m, m)
    gap = one.value - other.value
    known = difference_limits(gap, limits(one, z), limits(other, z))
    assert p_value(gap, one, other, known, z) == pytest.approx(p_value(gap, one, other), abs=1e-8)


def test_published_limits_give_the_p_value_that_grows_with_the_gap_over_its_own_limit() -> None:
    one, other = Linear(np.array([10.0]), np.array([7.0]), np.array([14.0]), 1.96), fixed(np.array([4.0]))
    assert p_value(np.array([6.0]), one, other)[0] == pytest.approx(2 * (1 - 0.5 * (1 + math.erf(2 * 1.96 / math.sqrt(2)))))


def test_certain_values_that_differ_are_surely_different_and_equal_ones_are_not() -> None:
    one, other = fixed(np.array([1.0, 1.0])), fixed(np.array([2.0, 1.0]))
    p = p_value(one.value - other.value, one, other)
    assert p[0] < 1e-49
    assert p[1] == 1


def test_what_is_not_known_has_no_p_value() -> None:
    one, other = Wilson(np.array([np.nan, 0.5]), np.array([10.0, 10.0])), Wilson(np.array([0.1, np.nan]), np.array([9.0, 9.0]))
    assert np.isnan(p_value(one.value - other.value, one, other)).all()


@given(pairs, pairs)
def test_a_ratio_to_a_reference_of_nought_has_a_lower_limit_and_no_upper_one(
    group: tuple[float, float], reference: tuple[float, float]
) -> None:
    assume(group[0] > 0)
    one, other = law("rate", *group), law("rate", 0.0, reference[1])
    lower, upper = ratio_limits(one.value, other.value, limits(one, 1.96), limits(other, 1.96))
    assert 0 < lower[0] < np.inf
    assert upper[0] == np.inf


def test_a_ratio_of_nought_to_nought_has_no_limits() -> None:
    one = law("rate", 0.0, 50.0)
    assert np.isnan(ratio_limits(one.value, one.value, limits(one, 1.96), limits(one, 1.96))).all()
