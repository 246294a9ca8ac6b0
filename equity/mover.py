"""The method of variance estimates recovery, MOVER: two groups compared from their own values and limits.

The difference is Zou and Donner's (2008, doi 10.1002/sim.3095); with Wilson limits it is Newcombe's (1998) method 10. The
ratio is Donner and Zou's MOVER-R (2012, Stat Methods Med Res 21:347): the ratios R for which the difference of the group
and R times the reference may be nought. So the ratio's interval leaves out 1 exactly when the difference's leaves out
nought, and one p-value serves both: the level at which the interval just reaches nought.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from equity.limits import MOST_Z, Floats, Law

_TRIES, _NEAR, _FIRST = 60, 1e-9, 2.0


class Limits(NamedTuple):
    """Lower and upper limit of each row."""

    lower: Floats
    upper: Floats


def difference_limits(gap: Floats, group: Limits, reference: Limits) -> Limits:
    """Of group minus reference; what is passed of each is how far its limits lie below and above its value."""
    lower = gap - np.sqrt(group.lower * group.lower + reference.upper * reference.upper)
    upper = gap + np.sqrt(group.upper * group.upper + reference.lower * reference.lower)
    return Limits(lower, upper)


def ratio_limits(group: Floats, reference: Floats, of_group: Limits, of_reference: Limits) -> Limits:
    """Of group over reference, both at or above nought; distances as for the difference.

    Infinity is the upper limit where the reference may be nought, and NaN stands where both are.
    """
    product = group * reference
    low_g, high_g = group * group - of_group.lower**2, group * group - of_group.upper**2
    low_r, high_r = reference * reference - of_reference.lower**2, reference * reference - of_reference.upper**2
    # Limits below nought are none, and rounding must not make one of a limit that is nought.
    low_g, low_r = _none_near(low_g, group), _none_near(low_r, reference)
    with np.errstate(divide="ignore", invalid="ignore"):
        # The smaller root as a quotient, which also holds where a reference's upper limit is more than twice its value.
        lower = np.where(low_g > 0, low_g / (product + np.sqrt(np.maximum(product * product - low_g * high_r, 0.0))), 0.0)
        upper = np.where(low_r > 0, (product + np.sqrt(np.maximum(product * product - high_g * low_r, 0.0))) / low_r, np.inf)
        ratio = group / reference
    known = ~np.isnan(ratio)
    lower, upper = np.where(known, np.minimum(lower, ratio), np.nan), np.where(known, np.maximum(upper, ratio), np.nan)
    return Limits(lower, np.where(np.isnan(of_group.lower + of_reference.lower), np.nan, upper))


def _none_near(square: Floats, value: Floats) -> Floats:
    return np.where(square > 1e-14 * value * value, square, 0.0)


def p_value(gap: Floats, group: Law, reference: Law) -> Floats:
    """Two-sided: one minus the highest level at which the interval of the difference leaves out nought (at least 1e-50)."""
    found = np.where(np.isnan(gap), np.nan, 1.0)
    for sign, upper, lower in ((1.0, group, reference), (-1.0, reference, group)):
        rows = np.flatnonzero(gap * sign > 0)
        if len(rows):
            found[rows] = 2 * special.ndtr(-_meeting(gap[rows] * sign, upper.take(rows), lower.take(rows)))
    return found


def _meeting(gap: Floats, upper: Law, lower: Law) -> Floats:
    """The z at which the lower limit of the larger value, and the upper limit of the smaller one, close the gap between them.

    Limits span nearly as much again at each z, so that z over their span is interpolated (by the last three points) to where
    the span is the gap, within what is known to hold it. Rows that are done are left behind.
    """
    done, rows = np.full(len(gap), np.nan), np.arange(len(gap))
    z, low, high = np.full(len(gap), _FIRST), np.zeros(len(gap)), np.full(len(gap), MOST_Z)
    before = span_before = each_before = slope_before = span_first = np.full(len(gap), np.nan)
    for tried in range(_TRIES):
        below, above = upper.below(z), lower.above(z)
        span = np.sqrt(below * below + above * above)
        wide = span > gap
        np.copyto(low, z, where=span <= gap)
        np.copyto(high, z, where=wide)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            each = z / span
            slope = (each - each_before) / (span - span_before)
            next_ = each
            if tried:
                bend = (gap - span_before) * (slope - slope_before) / (span - span_first) if tried > 1 else 0.0
                next_ = each + (gap - span) * (slope + bend)
            next_ = gap * next_
        step = np.abs(next_ - z)
        at_end = ((z == MOST_Z) & ~wide) | ((z == 0) & (span >= gap))
        # The error of what is interpolated is of the order of the product of the steps that led there.
        found = at_end | (step <= _NEAR * z) | (step * np.abs(z - before) <= _NEAR * (z * z))
        # What has been found stays, so that no row depends on how long the others take.
        open_ = np.isnan(done[rows]) & ~np.isnan(span)
        new = found & open_
        done[rows[new]] = np.where(at_end, z, next_)[new]
        open_ &= ~found
        left = np.count_nonzero(open_)
        if not left:
            break
        astray = np.flatnonzero(~((next_ > low) & (next_ < high)))
        next_[astray] = _within(low[astray], high[astray], wide[astray])
        before, z = z, next_
        span_first, span_before, each_before, slope_before = span_before, span, each, slope
        if left < 0.75 * len(rows):
            kept = np.flatnonzero(open_)
            rows, upper, lower = rows[kept], upper.take(kept), lower.take(kept)
            gap, before, z, low, high = gap[kept], before[kept], z[kept], low[kept], high[kept]
            span_first, span_before, each_before, slope_before = (
                one[kept] for one in (span_first, span_before, each_before, slope_before)
            )
    return done


def _within(low: Floats, high: Floats, wide: NDArray[np.bool_]) -> Floats:
    """Where to look next when interpolation led astray: at an end that was not tried yet, or half way."""
    at_high = np.where(~wide & (high == MOST_Z), MOST_Z, (low + high) / 2)
    return np.where(wide & (low == 0), 0.0, at_high)
