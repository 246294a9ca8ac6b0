"""Outer bounds of the summary measures of inequality over groups whose counts are rounded or suppressed.

The measures are those for unordered groups of the WHO's Health Equity Assessment Toolkit and of HD*Calc, with mean the
mean of the groups weighted by their sizes. Each bound is reached or certified to lie outside: docs/methods/bounds.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from equity import corners, extremes
from equity.extremes import Floats, Groups, greatest_mean, least_mean, plain_mean

Best = Literal["highest", "lowest"]
Range = tuple[Floats, Floats]


@dataclass(frozen=True, slots=True)
class Setting:
    """Groups, the range of their mean, and the reference: one place a stratum, or the best group where there is none.

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


# ------------------------------------------------------------------------------------------------- Around the mean


def _bgv(at: Setting) -> Range:
    low = np.maximum(extremes.least_over(extremes.nearest_squared, at.groups, *at.mean), 0.0)
    return low, corners.greatest_sum(corners.squared, at.groups, greatest_mean)


def _bgsd(at: Setting) -> Range:
    low, high = _bgv(at)
    return np.sqrt(low), np.sqrt(high)


def _cov(at: Setting) -> Range:
    """By k = cov**2 / (1 + cov**2), the least mean of (s y - 1)**2 over all s."""
    with np.errstate(divide="ignore", invalid="ignore"):
        k = extremes.least_over(extremes.nearest_share, at.groups, 1 / at.groups.high.max(axis=-1), 1 / at.positive[0])
        low = np.sqrt(np.maximum(k, 0.0) / (1 - k))
    return low, np.sqrt(corners.greatest_sum(corners.relative_squared, at.groups, greatest_mean))


def _theil(at: Setting) -> Range:
    return extremes.least_theil(at.groups, *at.positive), corners.greatest_sum(corners.theil_term, at.groups, greatest_mean)


def _mld(at: Setting) -> Range:
    low = np.maximum(extremes.least_over(extremes.nearest_log, at.groups, *(np.log(one) for one in at.positive)), 0.0)
    return low, corners.greatest_sum(corners.mld_term, at.groups, greatest_mean)


def _mdmw(at: Setting) -> Range:
    low = extremes.least_distance(at.groups, *at.mean, relative=False)
    return low, corners.greatest_sum(corners.distance, at.groups, greatest_mean)


def _idisw(at: Setting) -> Range:
    low = extremes.least_distance(at.groups, *at.positive, relative=True)
    return low, corners.greatest_sum(corners.relative_distance, at.groups, greatest_mean)


def _mdmu(at: Setting) -> Range:
    low = extremes.least_plain_distance(at.groups, *at.mean, relative=False)
    return low, corners.greatest_sum(corners.distance, at.groups, plain_mean)


def _idisu(at: Setting) -> Range:
    low = extremes.least_plain_distance(at.groups, *at.positive, relative=True)
    return low, corners.greatest_sum(corners.relative_distance, at.groups, plain_mean)


# ------------------------------------------------------------------------- Around the best group, or a chosen reference


def _mdbu(at: Setting) -> Range:
    groups = at.groups if at.best == "highest" else at.groups.turned()
    there, number = groups.there, groups.number
    lows = np.where(there, groups.low, 0.0)
    rest = lows.sum(axis=-1, keepdims=True) - lows
    high = np.where(there, groups.high - (groups.high + rest) / number[:, None], -np.inf).max(axis=-1)
    top = np.where(there, groups.low, -np.inf).max(axis=-1, keepdims=True)
    return plain_mean(np.where(there, np.maximum(top - groups.high, 0.0), 0.0), groups.small, groups.large), high


def _mdbw(at: Setting) -> Range:
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


def _par(at: Setting) -> Range:
    """Reference, or best group, less the mean: below nought where the reference is the lowest."""
    if at.reference is None:
        low, high = _mdbw(at)
        return (low, high) if at.best == "highest" else (-high, -low)
    low, high = less_mean(at.groups)
    return at.of_reference(low)[:, 0], at.of_reference(high)[:, 0]


def _paf(at: Setting) -> Range:
    groups, there = at.groups, at.groups.there
    low, high = over_mean(groups)
    if at.reference is not None:
        return at.of_reference(low)[:, 0] - 1, at.of_reference(high)[:, 0] - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        if at.best == "highest":
            top = np.where(there, groups.low, -np.inf).max(axis=-1, keepdims=True)
            shares = np.where(there, np.where(top > 0, np.minimum(groups.high / top, 1.0), 1.0), 0.0)
            least = 1 / greatest_mean(shares, groups.small, groups.large)
            return least - 1, np.where(there, high, -np.inf).max(axis=-1) - 1
        bottom = np.where(there, groups.high, np.inf).min(axis=-1, keepdims=True)
        shares = np.where(there, np.where(bottom > 0, np.maximum(groups.low / bottom, 1.0), np.inf), 0.0)
        most = 1 / least_mean(shares, groups.small, groups.large)
        return np.where(there, low, np.inf).min(axis=-1) - 1, most - 1


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


def _mdru(at: Setting) -> Range:
    return _from_reference(at, plain_mean, plain_mean, relative=False)


def _mdrw(at: Setting) -> Range:
    return _from_reference(at, greatest_mean, least_mean, relative=False)


def _idisp(at: Setting) -> Range:
    """Pearcy and Keppel (2002): the reference is not counted among the groups that differ from it."""
    number = at.groups.number
    low, high = _from_reference(at, plain_mean, plain_mean, relative=True)
    return low * number / (number - 1), high * number / (number - 1)


# ----------------------------------------------------------------------------------------------------------- The range


def _ends(at: Setting) -> tuple[Floats, Floats, Floats, Floats]:
    """Highest low and lowest high; and the highest high with the lowest low of another group, as they give the most."""
    groups, there = at.groups, at.groups.there
    low, high = np.where(there, groups.low, np.inf), np.where(there, groups.high, -np.inf)
    least, most = np.where(there, groups.low, -np.inf).max(axis=-1), np.where(there, groups.high, np.inf).min(axis=-1)
    return least, most, low, high


def _range_difference(at: Setting) -> Range:
    least, most, low, high = _ends(at)
    apart = high[..., None] - low[:, None, :]
    apart = np.where(np.eye(low.shape[-1], dtype=bool), -np.inf, apart)
    return np.maximum(least - most, 0.0), np.maximum(apart.max(axis=(-1, -2)), 0.0)


def _range_ratio(at: Setting) -> Range:
    least, most, low, high = _ends(at)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.where(high[..., None] > 0, high[..., None] / low[:, None, :], -np.inf)
        apart = np.where(np.eye(low.shape[-1], dtype=bool), -np.inf, apart)
        return np.where(least > most, least / most, 1.0), np.maximum(apart.max(axis=(-1, -2)), 1.0)


# ----------------------------------------------------------------------------------------------------------- The table


@dataclass(frozen=True, slots=True)
class Summary:
    """A summary measure: how it is bounded, in which unit it is given, and which of its ends is reached where sizes are exact.

    ``power`` is that of the indicator's unit (0: of no unit, given times ``scale``); ``sized`` whether sizes of groups count.
    """

    bounds: Callable[[Setting], Range]
    power: int
    scale: float = 1.0
    needs_reference: bool = False
    sized: bool = True
    reaches_low: bool = True
    by_corners: bool = True


SUMMARIES: dict[str, Summary] = {
    "bgv": Summary(_bgv, 2),
    "bgsd": Summary(_bgsd, 1),
    "cov": Summary(_cov, 0, 100),
    "mdmu": Summary(_mdmu, 1),
    "mdmw": Summary(_mdmw, 1),
    "mdbu": Summary(_mdbu, 1, sized=False, by_corners=False),
    "mdbw": Summary(_mdbw, 1, by_corners=False),
    "mdru": Summary(_mdru, 1, needs_reference=True, sized=False, by_corners=False),
    "mdrw": Summary(_mdrw, 1, needs_reference=True, by_corners=False),
    "idisu": Summary(_idisu, 0, 100),
    "idisw": Summary(_idisw, 0, 100),
    "idisp": Summary(_idisp, 0, 100, needs_reference=True, sized=False, by_corners=False),
    "theil": Summary(_theil, 0, 1000, reaches_low=False),
    "mld": Summary(_mld, 0, 1000),
    "par": Summary(_par, 1, by_corners=False),
    "paf": Summary(_paf, 0, 100, by_corners=False),
    "range_difference": Summary(_range_difference, 1, sized=False, by_corners=False),
    "range_ratio": Summary(_range_ratio, 0, sized=False, by_corners=False),
}
