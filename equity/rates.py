"""Proportions and rates with their intervals, as Polars expressions over non-negative counts.

Wilson (1927) for proportions; for rates the exact Poisson limits below 10 events and Byar's approximation from 10,
as the Fingertips methods guide gives them (APHO Technical Briefing 3, 2008). Impossible input gives null.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

EXACT_BELOW = 10

Floats = NDArray[np.float64]


class Interval(NamedTuple):
    """Lower and upper confidence limit."""

    lower: pl.Expr
    upper: pl.Expr


def z_value(confidence: float = 0.95) -> float:
    """Two-sided standard normal quantile of a confidence level strictly between 0 and 1."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}: give a level between 0 and 1, for instance 0.95")
    return float(special.ndtri(0.5 + confidence / 2))


def wilson(numerator: pl.Expr, denominator: pl.Expr, multiplier: float = 100, confidence: float = 0.95) -> Interval:
    """Wilson interval of a proportion (both counts; 0 <= numerator <= denominator, denominator > 0)."""
    z = z_value(confidence)
    centre = 2 * numerator + z**2
    spread = z * (z**2 + 4 * numerator * (1 - numerator / denominator)).sqrt()
    scale = multiplier / (2 * (denominator + z**2))
    possible = (denominator > 0) & (numerator >= 0) & (numerator <= denominator) & denominator.is_finite()
    # At the ends the limit is the end itself; the formula gets there only up to floating point.
    lower = pl.when(numerator == 0).then(0.0).otherwise((centre - spread) * scale)
    upper = pl.when(numerator == denominator).then(float(multiplier)).otherwise((centre + spread) * scale)
    return Interval(pl.when(possible).then(lower), pl.when(possible).then(upper))


def _exact(tail: float, offset: int) -> Callable[[pl.Series], pl.Series]:
    def limits(count: pl.Series) -> pl.Series:
        x = cast(Floats, count.cast(pl.Float64).to_numpy()) + offset
        with np.errstate(invalid="ignore"):
            return pl.Series(count.name, np.asarray(special.gammaincinv(x, tail), dtype=np.float64))

    return limits


def poisson(count: pl.Expr, confidence: float = 0.95) -> Interval:
    """Interval of a Poisson count: exact (by the gamma quantile) below 10, Byar's approximation from 10."""
    z = z_value(confidence)
    tail = (1 - confidence) / 2
    more = count + 1
    byar_lower = count * (1 - 1 / (9 * count) - z / (3 * count.sqrt())) ** 3
    byar_upper = more * (1 - 1 / (9 * more) + z / (3 * more.sqrt())) ** 3
    exact_lower = count.map_batches(_exact(tail, 0), return_dtype=pl.Float64)
    exact_upper = count.map_batches(_exact(1 - tail, 1), return_dtype=pl.Float64)
    small, possible = count < EXACT_BELOW, (count >= 0) & count.is_finite()
    lower = pl.when(count == 0).then(0.0).when(small).then(exact_lower).otherwise(byar_lower)
    upper = pl.when(small).then(exact_upper).otherwise(byar_upper)
    return Interval(pl.when(possible).then(lower), pl.when(possible).then(upper))


def rate(count: pl.Expr, denominator: pl.Expr, multiplier: float, confidence: float = 0.95) -> Interval:
    """Interval of a rate per ``multiplier`` of a denominator without sampling error (> 0)."""
    limits = poisson(count, confidence)
    scale = pl.when((denominator > 0) & denominator.is_finite()).then(multiplier / denominator)
    return Interval(limits.lower * scale, limits.upper * scale)


def rate_of_known_value(value: pl.Expr, count: pl.Expr, confidence: float = 0.95) -> Interval:
    """Interval of a published rate whose denominator is not published: it is ``count / value`` (null where either is 0)."""
    limits = poisson(count, confidence)
    scale = pl.when((count > 0) & (value > 0) & value.is_finite()).then(value / count)
    return Interval(limits.lower * scale, limits.upper * scale)
