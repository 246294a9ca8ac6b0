"""The greatest value of inequality measures over groups that are known as ranges: convex, and so greatest at a corner."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np

from equity.extremes import CHUNK, Floats, Groups, greatest_mean, least_mean

Term = Callable[[Floats, Floats], Floats]  # a group's term of a measure, from its value and the mean

CORNERS = 8  # groups whose two ends are tried in every combination


# ------------------------------------------------------------------------------- Terms of the measures: value and mean


def squared(value: Floats, mean: Floats) -> Floats:
    return (value - mean) ** 2


def relative_squared(value: Floats, mean: Floats) -> Floats:
    return (_share(value, mean) - 1) ** 2


def distance(value: Floats, mean: Floats) -> Floats:
    return np.abs(value - mean)


def relative_distance(value: Floats, mean: Floats) -> Floats:
    return np.abs(_share(value, mean) - 1)


def theil_term(value: Floats, mean: Floats) -> Floats:
    """With what comes to nought over all groups, so that it is flat at the mean."""
    share = _share(value, mean)
    return share * (np.log(np.where(share > 0, share, 1.0)) - 1) + 1


def mld_term(value: Floats, mean: Floats) -> Floats:
    """With what comes to nought over all groups, so that it is flat at the mean."""
    share = _share(value, mean)
    return np.where((value > 0) & np.isfinite(share), share - 1 - np.log(share), np.inf)


def _share(value: Floats, mean: Floats) -> Floats:
    return np.where(mean > 0, value / mean, np.inf)


RELATIVE = (relative_squared, relative_distance, theil_term, mld_term)


# ----------------------------------------------------------------------------------------------------------- Greatest


def greatest_sum(term: Term, groups: Groups, mean_of: Callable[..., Floats]) -> Floats:
    """The greatest mean of a convex term: at one of the corners, since it is convex in each value.

    The ends of the eight groups that can move the mean most are tried in every combination; further groups, where there are
    any, take whichever end is worse for itself. With exact sizes and eight groups or fewer the bound is reached.
    """
    rows = max(1, CHUNK // (2**CORNERS * groups.low.shape[1]))
    parts = [slice(at, at + rows) for at in range(0, groups.low.shape[0], rows)]
    return np.concatenate([_at_corners(term, groups.rows(part), mean_of) for part in parts] or [np.empty(0)])


def _at_corners(term: Term, groups: Groups, mean_of: Callable[..., Floats]) -> Floats:
    tried = min(CORNERS, groups.low.shape[1])
    order = np.argsort(-(groups.high - groups.low) * groups.large, axis=-1, kind="stable")
    low, high, small, large = (np.take_along_axis(one, order, axis=-1)[:, None, :] for one in groups)
    choices = np.zeros((2**tried, low.shape[-1], 2), dtype=np.bool_)  # of the higher end alone, of the lower end alone
    ends = np.array(list(itertools.product((False, True), repeat=tried)), dtype=np.bool_)
    choices[:, :tried] = np.stack([ends, ~ends], axis=-1)
    least = np.where(choices[..., 0], high, low)
    most = np.where(choices[..., 1], low, high)
    best = np.full(least.shape[:2], -np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Between these two lies the mean of this corner; the term is convex in it or in its inverse.
        means = least_mean(least, small, large), greatest_mean(most, small, large)
        for mean in means:
            at = mean[..., None]
            terms = np.where(large > 0, np.maximum(term(least, at), term(most, at)), 0.0)
            best = np.fmax(best, mean_of(terms, small, large))
    if term in RELATIVE:  # nothing is relative to a mean of nought
        best = np.where(means[1] > 0, best, -np.inf)
    return np.asarray(best.max(axis=-1), dtype=np.float64)
