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

from equity.limits import MOST_Z, Floats, Integers, Law

_TRIES, _NEAR = 60, 1e-9


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


def p_value(gap: Floats, group: Law, reference: Law, known: Limits | None = None, z: float = 2.0) -> Floats:
    """Two-sided: one minus the highest level at which the interval of the difference leaves out nought (at least 1e-50).

    ``known`` are the limits of the difference at ``z``, if the caller has them: the search sets out from there.
    """
    if known is None:
        of_group, of_reference = (Limits(law.below(z), law.above(z)) for law in (group, reference))
        known = difference_limits(gap, of_group, of_reference)
    found = np.where(np.isnan(gap), np.nan, 1.0)
    for sign, upper, lower, limit in ((1.0, group, reference, known.lower), (-1.0, reference, group, known.upper)):
        rows = np.flatnonzero(gap * sign > 0)
        if len(rows):
            apart = np.abs(gap[rows])
            found[rows] = 2 * special.ndtr(-_meeting(apart, upper.take(rows), lower.take(rows), apart - sign * limit[rows], z))
    return found


class _Tried(NamedTuple):
    """A z of each row, the span of the limits there, z over that span, and how this changes with the span."""

    z: Floats
    span: Floats
    each: Floats
    slope: Floats | None

    def take(self, rows: Integers) -> _Tried:
        return _Tried(self.z[rows], self.span[rows], self.each[rows], None if self.slope is None else self.slope[rows])


def _meeting(gap: Floats, upper: Law, lower: Law, span: Floats, start: float) -> Floats:
    """The z at which the lower limit of the larger value, and the upper limit of the smaller one, close the gap between them.

    ``span`` is how much of it they close at the start. Limits close nearly as much again with each z, so that z over their
    span is interpolated (by the last three points) to where the span is the gap, within what is known to hold it.
    """
    done, rows = np.full(len(gap), np.nan), np.arange(len(gap))
    z, low, high, ready = np.full(len(gap), start), np.zeros(len(gap)), np.full(len(gap), MOST_Z), np.isnan(span)
    last: _Tried | None = None
    before: _Tried | None = None
    for _ in range(_TRIES):
        wide = span > gap
        np.copyto(high, z, where=wide)
        np.copyto(low, z, where=~wide)
        now, next_ = _interpolated(gap, z, span, last, before)
        step = np.abs(next_ - z)
        near = step <= _NEAR * z
        if last is not None:
            # The error of what is interpolated is of the order of the product of the steps that led there.
            near |= step * np.abs(z - last.z) <= _NEAR / 10 * (z * z)
        at_end = ((z == MOST_Z) & ~wide) | ((z == 0) & (span >= gap))
        # What has been found stays, so that no row depends on how long the others take.
        new = (near | at_end) & ~ready
        done[rows[new]] = np.where(at_end, z, next_)[new]
        ready |= new
        left = len(rows) - np.count_nonzero(ready)
        if not left:
            break
        astray = np.flatnonzero(~((next_ > low) & (next_ < high)))
        next_[astray] = _within(low[astray], high[astray], wide[astray])
        z, last, before = next_, now, last
        if left < 0.75 * len(rows):
            kept = np.flatnonzero(~ready)
            rows, gap, z, low, high, ready = rows[kept], gap[kept], z[kept], low[kept], high[kept], ready[kept]
            upper, lower, last, before = upper.take(kept), lower.take(kept), last.take(kept), None if before is None else before.take(kept)
        below, above = upper.below(z), lower.above(z)
        span = np.sqrt(below * below + above * above)
    return done


def _interpolated(gap: Floats, z: Floats, span: Floats, last: _Tried | None, before: _Tried | None) -> tuple[_Tried, Floats]:
    """What was tried now, and the z at which the span would be the gap (Newton's divided differences)."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        each = z / span
        if last is None:
            return _Tried(z, span, each, None), gap * each
        slope = (each - last.each) / (span - last.span)
        change = slope
        if before is not None and last.slope is not None:
            change = slope + (gap - last.span) * ((slope - last.slope) / (span - before.span))
        return _Tried(z, span, each, slope), gap * (each + (gap - span) * change)


def _within(low: Floats, high: Floats, wide: NDArray[np.bool_]) -> Floats:
    """Where to look next when interpolation led astray: at an end that was not tried yet, or half way."""
    at_high = np.where(~wide & (high == MOST_Z), MOST_Z, (low + high) / 2)
    return np.where(wide & (low == 0), 0.0, at_high)
