"""Bounds of summary measures that have a closed form: about the best group, about a chosen reference, and the range."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from equity.extremes import Floats, Groups, greatest_mean, least_mean, plain_mean

Best = Literal["highest", "lowest"]
Range = tuple[Floats, Floats]


@dataclass(frozen=True, slots=True)
class Setting:
    """Groups, the reference's place in each stratum, where there is one, and which group is the best placed.

    ``least`` is the least that the mean can be unless it is nought: one event among everyone.
    """

    groups: Groups
    least: Floats
    reference: NDArray[np.intp] | None
    best: Best

    def parts(self, rows: int) -> list[Setting]:
        """The same, so many strata at a time: at least one part, which may be empty."""
        slices = [slice(at, at + rows) for at in range(0, max(1, self.least.shape[0]), rows)]
        refs = [None if self.reference is None else self.reference[one] for one in slices]
        return [Setting(self.groups.rows(one), self.least[one], ref, self.best) for one, ref in zip(slices, refs, strict=True)]

    @property
    def mean(self) -> Range:
        groups = self.groups
        return least_mean(groups.low, groups.small, groups.large), greatest_mean(groups.high, groups.small, groups.large)

    @property
    def positive(self) -> Range:
        """The range of the mean, nought left out, to which nothing can be relative."""
        low, high = self.mean
        return np.maximum(low, self.least), np.maximum(high, self.least)

    def of_reference(self, values: Floats) -> Floats:
        assert self.reference is not None
        return np.take_along_axis(values, self.reference[:, None], axis=-1)

    def without_reference(self, values: Floats) -> Floats:
        """Values with nought in the place of the reference, which is at no distance from itself."""
        out = values.copy()
        assert self.reference is not None
        np.put_along_axis(out, np.broadcast_to(self.reference[:, None, None], (*out.shape[:-1], 1)), 0.0, axis=-1)
        return out


# ------------------------------------------------------------------------- Around the best group, or a chosen reference


def mdb_unweighted(at: Setting) -> Range:
    groups = at.groups if at.best == "highest" else at.groups.turned()
    there, number = groups.there, groups.number
    lows = np.where(there, groups.low, 0.0)
    rest = lows.sum(axis=-1, keepdims=True) - lows
    high = np.where(there, groups.high - (groups.high + rest) / number[:, None], -np.inf).max(axis=-1)
    top = np.where(there, groups.low, -np.inf).max(axis=-1, keepdims=True)
    return plain_mean(np.where(there, np.maximum(top - groups.high, 0.0), 0.0), groups.small, groups.large), high


def mdb_weighted(at: Setting) -> Range:
    return _above_mean(at.groups if at.best == "highest" else at.groups.turned())


def _above_mean(groups: Groups) -> Range:
    """The highest group less the mean. Least where the highest is as low as it can be, and all others up to it."""
    there, small, large = groups.there, groups.small, groups.large
    top = np.where(there, groups.low, -np.inf).max(axis=-1, keepdims=True)
    low = least_mean(np.where(there, np.maximum(top - groups.high, 0.0), 0.0), small, large)
    one_by_one = less_mean(groups)[1]
    return low, np.where(there, one_by_one, -np.inf).max(axis=-1)


def less_mean(groups: Groups) -> Range:
    """Each group less the mean: the weighted mean of its distances from all groups, which is linear in each value."""
    there = groups.there[:, None, :]
    itself = np.eye(groups.low.shape[-1], dtype=bool)
    small, large = groups.small[:, None, :], groups.large[:, None, :]
    up = groups.high[..., None] - groups.low[:, None, :]
    down = groups.low[..., None] - groups.high[:, None, :]
    low, high = (np.where(itself | ~there, 0.0, one) for one in (down, up))
    return least_mean(low, small, large), greatest_mean(high, small, large)


def over_mean(groups: Groups) -> Range:
    """Each group over the mean, by the mean over the group: rises with the group, falls with all others."""
    there = groups.there[:, None, :]
    itself = np.eye(groups.low.shape[-1], dtype=bool)
    small, large = groups.small[:, None, :], groups.large[:, None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        most = np.where(groups.high[:, None, :] > 0, groups.high[:, None, :] / groups.low[..., None], 0.0)
        least = np.where(groups.low[:, None, :] > 0, groups.low[:, None, :] / groups.high[..., None], 0.0)
        least = np.where(groups.high[..., None] > 0, least, np.inf)
        most = np.where(itself, 1.0, np.where(there, most, 0.0))
        least = np.where(itself, np.where(groups.high[..., None] > 0, 1.0, np.inf), np.where(there, least, 0.0))
        return 1 / greatest_mean(most, small, large), 1 / least_mean(least, small, large)


def par(at: Setting) -> Range:
    """Reference less the mean, by the WHO's sign: below nought where the reference is the lower."""
    low, high = less_mean(at.groups)
    return at.of_reference(low)[:, 0], at.of_reference(high)[:, 0]


def paf(at: Setting) -> Range:
    low, high = over_mean(at.groups)
    return at.of_reference(low)[:, 0] - 1, at.of_reference(high)[:, 0] - 1


def paf_best(at: Setting) -> Range:
    """Distance of the best group from the mean, over the mean."""
    groups, there = at.groups, at.groups.there
    low, high = over_mean(groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        if at.best == "highest":
            top = np.where(there, groups.low, -np.inf).max(axis=-1, keepdims=True)
            shares = np.where(there, np.where(top > 0, np.minimum(groups.high / top, 1.0), 1.0), 0.0)
            least = 1 / greatest_mean(shares, groups.small, groups.large)
            return least - 1, np.where(there, high, -np.inf).max(axis=-1) - 1
        bottom = np.where(there, groups.high, np.inf).min(axis=-1, keepdims=True)
        shares = np.where(there, np.where(bottom > 0, np.maximum(groups.low / bottom, 1.0), np.inf), 0.0)
        most = 1 / least_mean(shares, groups.small, groups.large)
        return 1 - most, 1 - np.where(there, low, np.inf).min(axis=-1)


def _from_reference(at: Setting, mean: Callable[..., Floats], least: Callable[..., Floats], relative: bool) -> Range:
    """Mean distance from the reference. Convex in its value (or its inverse): greatest at an end, least at a kink."""
    groups = at.groups
    start, end = at.of_reference(groups.low), at.of_reference(groups.high)
    kinks = np.clip(np.concatenate([groups.low, groups.high], axis=-1), start, end)
    low, high, small, large, there = (one[:, None, :] for one in (*groups, groups.there))

    def spread(points: Floats, far: bool) -> Floats:
        t = points[..., None]
        gaps = np.maximum(np.abs(low - t), np.abs(high - t)) if far else np.maximum(np.maximum(low - t, t - high), 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            gaps = np.where(gaps > 0, gaps / (t if relative else 1.0), 0.0)
        return at.without_reference(np.where(there, gaps, 0.0))

    most = mean(spread(np.concatenate([start, end], axis=-1), True), small, large).max(axis=-1)
    return least(spread(kinks, False), small, large).min(axis=-1), most


def mdr_unweighted(at: Setting) -> Range:
    return _from_reference(at, plain_mean, plain_mean, relative=False)


def mdr_weighted(at: Setting) -> Range:
    return _from_reference(at, greatest_mean, least_mean, relative=False)


def idis_pearcy_keppel_unweighted(at: Setting) -> Range:
    """Pearcy and Keppel (2002): the reference is not counted among the groups that differ from it."""
    number = at.groups.number
    low, high = _from_reference(at, plain_mean, plain_mean, relative=True)
    return low * number / (number - 1), high * number / (number - 1)


def idis_pearcy_keppel_weighted(at: Setting) -> Range:
    """The same weighted by people, those of the reference left out."""
    return _from_reference(at, *(_but_for(at, one) for one in (greatest_mean, least_mean)), relative=True)


def _but_for(at: Setting, mean: Callable[..., Floats]) -> Callable[..., Floats]:
    """A mean over all groups but the reference."""

    def of(values: Floats, small: Floats, large: Floats) -> Floats:
        return mean(values, at.without_reference(small), at.without_reference(large))

    return of


# ----------------------------------------------------------------------------------------------------------- The range


def _ends(at: Setting) -> tuple[Floats, Floats, Floats, Floats]:
    """Highest low and lowest high; and the highest high with the lowest low of another group, as they give the most."""
    groups, there = at.groups, at.groups.there
    low, high = np.where(there, groups.low, np.inf), np.where(there, groups.high, -np.inf)
    least, most = np.where(there, groups.low, -np.inf).max(axis=-1), np.where(there, groups.high, np.inf).min(axis=-1)
    return least, most, low, high


def range_difference(at: Setting) -> Range:
    least, most, low, high = _ends(at)
    apart = high[..., None] - low[:, None, :]
    apart = np.where(np.eye(low.shape[-1], dtype=bool), -np.inf, apart)
    return np.maximum(least - most, 0.0), np.maximum(apart.max(axis=(-1, -2)), 0.0)


def range_ratio(at: Setting) -> Range:
    least, most, low, high = _ends(at)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.where(high[..., None] > 0, high[..., None] / low[:, None, :], -np.inf)
        apart = np.where(np.eye(low.shape[-1], dtype=bool), -np.inf, apart)
        return np.where(least > most, least / most, 1.0), np.maximum(apart.max(axis=(-1, -2)), 1.0)
