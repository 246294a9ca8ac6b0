"""The least and the greatest value of inequality measures over groups whose values and sizes are known as ranges only.

Each group's value may be anything from ``low`` to ``high`` and its size anything from ``small`` to ``large``. Arrays are
strata by groups; a stratum with fewer groups has empty places, of size 0. No bound here is a guess: it is reached, or it is
proven to lie outside whatever can be reached. Which is which, and why: docs/methods/bounds.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Nearest = Callable[["Groups", Floats], tuple[Floats, Floats]]  # a group's least term at a point, and its slope there

CELLS = 24  # parts into which the range of the mean is cut
CLOSE = 1e-12
STEPS = 12  # at most towards the least Theil index
ROUNDS = 5  # how often those parts are cut again that may hold the minimum
CHUNK = 2_000_000  # numbers held at once


class Groups(NamedTuple):
    """What each group can be: values per head and sizes; nought in the places that are empty."""

    low: Floats
    high: Floats
    small: Floats
    large: Floats

    @property
    def there(self) -> NDArray[np.bool_]:
        return self.large > 0

    @property
    def number(self) -> Floats:
        return self.there.sum(axis=-1).astype(np.float64)

    def rows(self, part: slice) -> Groups:
        return Groups(*(one[part] for one in self))

    def turned(self) -> Groups:
        """The groups with their values negated, so that the lowest is the highest."""
        return Groups(-self.high, -self.low, self.small, self.large)


# ------------------------------------------------------------------------------------------------------------- Means


def greatest_mean(values: Floats, small: Floats, large: Floats) -> Floats:
    """The greatest mean of values (last axis) whose weights may be anything between two ends: exact.

    A fractional-linear programme over a box: at the best the values above the mean have their largest weights, all others
    their smallest. Dinkelbach's (1967) rule finds it in a few steps, each better than the one before.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.asarray((small * values).sum(axis=-1) / small.sum(axis=-1), dtype=np.float64)
        while True:
            weights = np.where(values > mean[..., None], large, small)
            better = (weights * values).sum(axis=-1) / weights.sum(axis=-1)
            if not np.any(better > mean):
                return mean
            mean = np.fmax(mean, better)


def least_mean(values: Floats, small: Floats, large: Floats) -> Floats:
    """The least mean of values whose weights may be anything between two ends: exact."""
    return 0.0 - greatest_mean(-values, small, large)  # never minus nought


def plain_mean(values: Floats, small: Floats, large: Floats) -> Floats:  # noqa: ARG001  (one shape with the two above)
    """The mean of the groups' values, each group counted once."""
    return np.asarray(values.sum(axis=-1) / (large > 0).sum(axis=-1), dtype=np.float64)


# -------------------------------------------------------------------------------------------------------------- Least


def nearest_squared(groups: Groups, at: Floats) -> tuple[Floats, Floats]:
    """The least (y - t)**2 of each group, and its slope in t."""
    gap = at - np.clip(at, groups.low, groups.high)
    return gap**2, 2 * gap


def nearest_share(groups: Groups, at: Floats) -> tuple[Floats, Floats]:
    """The least (s y - 1)**2 of each group, and its slope in s."""
    value = np.clip(1 / at, groups.low, groups.high)
    gap = at * value - 1
    return gap**2, 2 * gap * value


def nearest_log(groups: Groups, at: Floats) -> tuple[Floats, Floats]:
    """The least y / t - log(y / t) - 1 of each group, and its slope in u, where t = exp(u)."""
    share = np.clip(np.exp(at), groups.low, groups.high) / np.exp(at)
    return share - np.log(share) - 1, 1 - share


def least_over(nearest: Nearest, groups: Groups, start: Floats, end: Floats) -> Floats:
    """A floor under the least weighted mean of the groups' terms for any t from start to end.

    In each part of the range the terms lie above their tangents, whose weighted mean is least at one of the part's ends.
    Parts whose floor is above what is reached elsewhere are left out and the rest cut again: the error falls with the square
    of the width of a part, so that the floor is the minimum but for about a millionth.
    """
    wide = Groups(*(one[:, None, :] for one in groups))
    floor = np.full_like(start, -np.inf)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for _ in range(ROUNDS):
            half = ((end - start) / (2 * CELLS))[:, None]
            centre = start[:, None] + half * (2 * np.arange(CELLS) + 1)
            value, slope = (np.where(wide.there, one, 0.0) for one in nearest(wide, centre[..., None]))
            below, above = (least_mean(value + sign * slope * half[..., None], wide.small, wide.large) for sign in (-1, 1))
            below = np.minimum(below, above)
            floor = np.fmax(floor, below.min(axis=-1))
            kept = below <= least_mean(value, wide.small, wide.large).min(axis=-1, keepdims=True)
            first, last = kept.argmax(axis=-1), CELLS - 1 - kept[:, ::-1].argmax(axis=-1)
            start, end = start + 2 * half[:, 0] * first, start + 2 * half[:, 0] * (last + 1)
    return floor


def least_theil(groups: Groups, start: Floats, end: Floats) -> Floats:
    """A floor under the least Theil index: the mean of y log(y / t) - y + t over the mean, least at t the mean itself.

    While the mean of that less ``index`` times y is above nought, so is the index above ``index``, by that mean over the
    greatest mean at least: each step is a floor in its own right.
    """
    index = np.zeros_like(start)
    for _ in range(STEPS):
        now = index[:, None, None]

        def nearest(inside: Groups, at: Floats, now: Floats = now) -> tuple[Floats, Floats]:
            value = np.clip(at * np.exp(now), inside.low, inside.high)
            logs = np.log(np.where(value > 0, value, at) / at)
            return value * (logs - 1 - now) + at, 1 - value / at

        step = np.maximum(least_over(nearest, groups, start, end), 0.0) / end
        index = index + step
        if not np.any(step > CLOSE):
            break
    return index


def least_distance(groups: Groups, start: Floats, end: Floats, relative: bool) -> Floats:
    """The least weighted mean distance from the mean, or that over the mean: reached where sizes are exact.

    What lies above the mean balances what lies below it, so that the mean distance is at least twice either. At a point t
    the groups wholly above it leave at least ``over(t)``, which falls with t, and those wholly below ``under(t)``, which
    rises: where they cross, the greater of the two is least.
    """
    small, large = groups.small, groups.large

    def over(t: Floats) -> Floats:
        beyond = np.where(groups.there, np.maximum(groups.low - t[:, None], 0.0), 0.0)
        return least_mean(beyond, small, large) / (t if relative else 1.0)

    def under(t: Floats) -> Floats:
        beyond = np.where(groups.there, np.maximum(t[:, None] - groups.high, 0.0), 0.0)
        return least_mean(beyond, small, large) / (t if relative else 1.0)

    left, right = start, end
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(60):
            middle = (left + right) / 2
            above = over(middle) > under(middle)
            left, right = np.where(above, middle, left), np.where(above, right, middle)
        # For t up to a point over(t) is no less than there, and from it on under(t); beyond the range of the mean there is nothing.
        split = np.fmax(np.fmin(over(left), under(left)), np.fmin(over(right), under(right)))
        crossing = np.fmax(split, np.fmax(over(end), under(start)))
    return np.asarray(2 * np.nan_to_num(crossing, nan=0.0), dtype=np.float64)


def least_plain_distance(groups: Groups, start: Floats, end: Floats, relative: bool) -> Floats:
    """The least unweighted mean distance from the weighted mean, or that over the mean: reached where sizes are exact.

    A linear programme: the sum of sizes times distances is nought. Any price put on that sum gives a floor, since with the
    price the groups may be taken one by one and the mean at a kink; the best price, found by golden section, gives the least.
    """
    rows = max(1, CHUNK // (12 * groups.low.shape[1] ** 2))
    parts = [slice(at, at + rows) for at in range(0, groups.low.shape[0], rows)]
    return np.concatenate([_priced(groups.rows(one), start[one], end[one], relative) for one in parts] or [np.empty(0)])


def _priced(groups: Groups, start: Floats, end: Floats, relative: bool) -> Floats:
    points = np.concatenate([groups.low, groups.high, start[:, None], end[:, None]], axis=-1)
    at = np.clip(points, start[:, None], end[:, None])[..., None]
    low, high, small, large, there = (one[:, None, :] for one in (*groups, groups.there))
    unit = at if relative else 1.0
    gaps = np.stack([(one - at) / unit for one in (low + 0 * at, high + 0 * at, np.clip(at, low, high))])
    each = np.abs(gaps) / groups.number[:, None, None]

    def floor(price: Floats) -> Floats:
        weighed = price[:, None, None] * gaps
        least = (each + np.minimum(weighed * small, weighed * large)).min(axis=0)
        return np.where(there, least, 0.0).sum(axis=-1).min(axis=-1)

    dearest = 1 / np.where(groups.there, groups.small, np.inf).min(axis=-1)
    return np.maximum(_best(floor, -dearest, dearest), 0.0)


def _best(function: Callable[[Floats], Floats], left: Floats, right: Floats) -> Floats:
    """The greatest value seen of a function that rises and then falls."""
    golden = (math.sqrt(5) - 1) / 2
    one, other = right - golden * (right - left), left + golden * (right - left)
    at_one, at_other = function(one), function(other)
    best = np.fmax(np.fmax(at_one, at_other), function(np.zeros_like(left)))
    for _ in range(50):
        go_on = at_one < at_other
        left, right = np.where(go_on, one, left), np.where(go_on, right, other)
        fresh = np.where(go_on, left + golden * (right - left), right - golden * (right - left))
        at_fresh = function(fresh)
        one, other = np.where(go_on, other, fresh), np.where(go_on, fresh, one)
        at_one, at_other = np.where(go_on, at_other, at_fresh), np.where(go_on, at_fresh, at_one)
        best = np.fmax(best, at_fresh)
    return best
