"""Funnel plots: how far from the average chance alone would put a group of each size, and which groups lie beyond.

Limits are closed forms: the normal approximation for proportions and exact Poisson limits (by the gamma quantile) for ratios
and rates, at any level; 95% and 99.8% are usual (Spiegelhalter 2005, Stat Med 24:1185). The flags are those of the Fingertips
methods, which read a group's own interval against the average. Where groups differ by more than chance: equity.overdispersion.
Every function of columns is an expression; impossible input gives null. Sources and the peers' defects: docs/methods.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from equity.rates import EXACT_BELOW, Interval, z_value

LEVELS = (0.95, 0.998)
PROPORTION_METHOD, COUNT_METHOD = "normal", "exact_poisson"  # of limits; of a count's flag: equity.rates.poisson_method
FLAGS = pl.Enum(["low_outer", "low_inner", "within", "high_inner", "high_outer"])  # outer: beyond the wider limits

Floats = NDArray[np.float64]


def pooled(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """The average of the rows supplied (all numerators over all denominators), of those with both; ``over`` makes it a group's."""
    both = (numerator >= 0) & numerator.is_finite() & (denominator > 0) & denominator.is_finite()
    return numerator.filter(both).sum() / denominator.filter(both).sum()


def implied_denominator(count: pl.Expr, value: pl.Expr, multiplier: float, years: float = 1, fewest: float = 0) -> pl.Expr:
    """People a year behind a published rate of a count over ``years`` (null where the count is 0 or below ``fewest``)."""
    known = (count > 0) & (count >= fewest) & (value > 0) & value.is_finite()
    return pl.when(known).then(count * multiplier / value / years)


def proportion_limits(size: pl.Expr, average: pl.Expr, multiplier: float = 100, confidence: float = 0.95) -> Interval:
    """Limits of a proportion (``average`` is between 0 and 1) in a group of ``size``: never below 0 or above the multiplier.

    average -/+ z sqrt(average (1 - average) / size), to which PHEindicatormethods' Wilson quadratic reduces.
    """
    possible = (size > 0) & size.is_finite() & (average >= 0) & (average <= 1)
    spread = z_value(confidence) * (average * (1 - average) / size).sqrt()
    lower, upper = (average - spread).clip(0, 1) * multiplier, (average + spread).clip(0, 1) * multiplier
    return Interval(pl.when(possible).then(lower), pl.when(possible).then(upper))


def expected_limits(expected: pl.Expr, confidence: float = 0.95) -> Interval:
    """Limits of observed over expected where so many events are expected and the true ratio is 1.

    Exact Poisson limits of a count E, over E: chi2(tail; 2E) / 2E and chi2(1 - tail; 2E + 2) / 2E. Times the average they
    are limits of a rate, with E = average x population.
    """
    tail = _tail(confidence)
    lower, upper = _quantile(expected, 0, tail) / expected, _quantile(expected, 1, 1 - tail) / expected
    return Interval(pl.when(expected > 0).then(lower), pl.when(expected > 0).then(upper))


def event_limits(events: pl.Expr, confidence: float = 0.95) -> Interval:
    """Limits of observed over expected where so many events are observed, as Fingertips draws them: O / E at the E that the
    exact Poisson interval of O ends at. Times 100 (a ratio) or the average (a rate)."""
    tail = _tail(confidence)
    lower, upper = events / _quantile(events, 1, 1 - tail), events / _quantile(events, 0, tail)
    return Interval(pl.when(events > 0).then(lower), pl.when(events > 0).then(upper))


def proportion_flag(
    numerator: pl.Expr, denominator: pl.Expr, average: pl.Expr | None = None, levels: tuple[float, float] = LEVELS
) -> pl.Expr:
    """On which side of which limits a group's proportion lies; ``average`` (0 to 1) is the pooled one of the rows if not given."""
    possible = (numerator >= 0) & (numerator <= denominator)
    average = pooled(pl.when(possible).then(numerator), denominator) if average is None else average
    inner, outer = (proportion_limits(denominator, average, 1, level) for level in _ordered(levels))
    value = numerator / denominator
    return pl.when(possible).then(_flag(value < outer.lower, value < inner.lower, value > inner.upper, value > outer.upper))


def count_flag(count: pl.Expr, expected: pl.Expr, levels: tuple[float, float] = LEVELS, fewest: float = 0) -> pl.Expr:
    """Whether the Poisson interval of a count (exact below 10, Byar's from 10) leaves out what is expected, for ratios and rates.

    For a rate ``expected`` is the average times the group's denominator. Counts below ``fewest`` (10 for a directly
    standardised rate) have no flag.
    """
    inner, outer = (_beyond(count, expected, level) for level in _ordered(levels))
    possible = (count >= fewest) & (count >= 0) & count.is_finite() & (expected >= 0) & expected.is_finite()
    return pl.when(possible).then(_flag(outer[0], inner[0], inner[1], outer[1]))


def sizes(lowest: float, highest: float, points: int = 100) -> pl.Series:
    """Sizes at which to draw a funnel: evenly spaced on a logarithmic scale, the ends among them."""
    if not 0 < lowest <= highest < np.inf or points < 2:
        raise ValueError(f"{points} sizes from {lowest} to {highest}: give a lowest above 0, a highest not below it, and 2 or more")
    return pl.Series("size", np.geomspace(lowest, highest, points))


def _tail(confidence: float) -> float:
    z_value(confidence)  # refuses what is no level
    return (1 - confidence) / 2


def _ordered(levels: tuple[float, float]) -> tuple[float, float]:
    inner, outer = levels
    if not 0 < inner < outer < 1:
        raise ValueError(f"levels are {levels}: give the narrower limits first, for instance (0.95, 0.998)")
    return levels


def _quantile(count: pl.Expr, more: int, share: float) -> pl.Expr:
    def limits(series: pl.Series) -> pl.Series:
        shape = cast(Floats, series.cast(pl.Float64).to_numpy()) + more
        with np.errstate(invalid="ignore"):
            return pl.Series(series.name, np.asarray(special.gammaincinv(shape, share), dtype=np.float64), nan_to_null=True)

    return count.map_batches(limits, return_dtype=pl.Float64, is_elementwise=True)


def _beyond(count: pl.Expr, expected: pl.Expr, level: float) -> tuple[pl.Expr, pl.Expr]:
    """Whether the interval of a count lies below, or above, what is expected.

    Below 10 by the Poisson tail itself, which is quicker than its quantile and the same: the lower limit is above E exactly
    when P(X >= count | E) is below the tail.
    """
    z, tail, more = z_value(level), _tail(level), count + 1
    byar_lower = count * (1 - 1 / (9 * count) - z / (3 * count.sqrt())) ** 3
    byar_upper = more * (1 - 1 / (9 * more) + z / (3 * more.sqrt())) ** 3
    small = count < EXACT_BELOW
    few = pl.struct(count=pl.when(small).then(count), expected=expected.cast(pl.Float64))
    under = few.map_batches(_tail_below(special.gammaincc, 1, tail), return_dtype=pl.Boolean, is_elementwise=True)
    over = few.map_batches(_tail_below(special.gammainc, 0, tail), return_dtype=pl.Boolean, is_elementwise=True)
    return pl.when(small).then(under).otherwise(byar_upper < expected), pl.when(small).then(over).otherwise(byar_lower > expected)


def _tail_below(probability: Callable[[Floats, Floats], Any], more: int, tail: float) -> Callable[[pl.Series], pl.Series]:
    def beyond(few: pl.Series) -> pl.Series:
        counts = cast(Floats, few.struct.field("count").cast(pl.Float64).to_numpy())
        expected = cast(Floats, few.struct.field("expected").to_numpy())
        result = np.zeros(counts.size, dtype=np.bool_)
        rows = np.flatnonzero((counts + more > 0) & (expected >= 0))  # nought is never above what is expected
        result[rows] = np.asarray(probability(counts[rows] + more, expected[rows])) < tail
        return pl.Series(few.name, result)

    return beyond


def _flag(low_outer: pl.Expr, low_inner: pl.Expr, high_inner: pl.Expr, high_outer: pl.Expr) -> pl.Expr:
    names = [pl.lit(name, FLAGS) for name in FLAGS.categories]
    known = low_outer.is_not_null() & high_outer.is_not_null()
    placed = pl.when(low_outer).then(names[0]).when(high_outer).then(names[4]).when(low_inner).then(names[1]).when(high_inner)
    return pl.when(known).then(placed.then(names[3]).otherwise(names[2]))
