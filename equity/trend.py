"""A gap with its interval, sums and differences of such, and a line through them: arrays, a stratum a row, a period a column.

MOVER, the method of variance estimates recovery (Zou and Donner 2008, doi 10.1002/sim.3095), for sums and differences of
independent estimates; MOVER-R (Donner and Zou 2012) for ratios; weighted least squares for the line. docs/methods/change.md.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from equity.mover import Limits, difference_limits, ratio_limits
from equity.rates import z_value

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

VALUES = tuple(f"{of}_{part}" for of in ("group", "reference") for part in ("value", "lower", "upper"))
TREND_FROM = 4  # periods: fewer cannot tell a line from chance


class Interval(NamedTuple):
    """Estimates with their limits; NaN where there are none."""

    value: Floats
    lower: Floats
    upper: Floats

    def at(self, place: NDArray[np.intp]) -> Interval:
        return Interval(*(np.take_along_axis(one, place[:, None], axis=1)[:, 0] for one in self))

    @property
    def side(self) -> Floats:
        """1 where clearly above nought, -1 where clearly below, 0 where neither, NaN where there is no interval."""
        clear = np.where(self.lower > 0, 1.0, np.where(self.upper < 0, -1.0, 0.0))
        return np.where(np.isnan(self.value) | np.isnan(self.lower) | np.isnan(self.upper), np.nan, clear)


# ------------------------------------------------------------------------------------------------------ Gaps and change


def _distances(of: Interval) -> Limits:
    return Limits(of.value - of.lower, of.upper - of.value)


def gap(group: Interval, reference: Interval) -> Interval:
    """Group minus reference, as ``comparison.difference``."""
    value = group.value - reference.value
    return Interval(value, *difference_limits(value, _distances(group), _distances(reference)))


def log_ratio(group: Interval, reference: Interval) -> Interval:
    """Logarithm of group over reference, as ``comparison.ratio``; nothing where either is nought or the reference may be."""
    limits = ratio_limits(group.value, reference.value, _distances(group), _distances(reference))
    ok = (group.value > 0) & (reference.value > 0) & (reference.lower > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return Interval(*(np.where(ok, np.log(one), np.nan) for one in (group.value / reference.value, *limits)))


def plus(one: Interval, other: Interval) -> Interval:
    value = one.value + other.value
    with np.errstate(invalid="ignore"):
        below, above = (
            np.hypot(one.value - one.lower, other.value - other.lower),
            np.hypot(one.upper - one.value, other.upper - other.value),
        )
        return Interval(value, value - below, value + above)


def minus(one: Interval) -> Interval:
    return Interval(-one.value, -one.upper, -one.lower)


# ----------------------------------------------------------------------------------------------------------- The trend


class Trend(NamedTuple):
    """Slope a year, and the line's height half way between the first period and the last."""

    slope: Interval
    middle: Interval


def trend(years: Floats, gaps: Interval, used: Flags, confidence: float) -> Trend:
    """A line through all periods, each weighted by the inverse of its variance (least squares of known variances).

    Where the points scatter about the line more than their intervals allow, so does the slope: its limits are the wider of
    the normal ones and Student's with the scatter that was seen (n - 2 degrees of freedom). NaN below ``TREND_FROM`` periods.
    """
    z = z_value(confidence)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        variance = ((gaps.upper - gaps.lower) / (2 * z)) ** 2
        used = used & np.isfinite(variance) & (variance > 0) & np.isfinite(gaps.value)
        weight = np.where(used, 1 / variance, 0.0)
        value, at, number = np.where(used, gaps.value, 0.0), np.where(used, years, 0.0), used.sum(axis=1)
        total = weight.sum(axis=1)
        centre, height = ((weight * one).sum(axis=1) / total for one in (at, value))
        across = (weight * (at - centre[:, None]) ** 2).sum(axis=1)
        slope = (weight * (at - centre[:, None]) * value).sum(axis=1) / across
        left = value - height[:, None] - slope[:, None] * (at - centre[:, None])
        scatter = (weight * left**2).sum(axis=1) / (number - 2)
        student = np.asarray(special.stdtrit(np.maximum(number - 2, 1), 0.5 + confidence / 2), dtype=np.float64)
        factor = np.where(number >= TREND_FROM, np.maximum(z, student * np.sqrt(scatter)), np.nan)
        first, last = np.where(used, years, np.inf).min(axis=1), np.where(used, years, -np.inf).max(axis=1)
        middle = (first + last) / 2
        at_middle = height + slope * (middle - centre)
        half = factor * np.sqrt(1 / across), factor * np.sqrt(1 / total + (middle - centre) ** 2 / across)
        few = np.where(number >= TREND_FROM, 0.0, np.nan)
    return Trend(*(Interval(one + few, one - by, one + by) for one, by in zip((slope, at_middle), half, strict=True)))
