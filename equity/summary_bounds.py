"""Outer bounds of the summary measures of inequality over groups whose counts are rounded or suppressed.

The measures are those for unordered groups of the WHO's Health Equity Assessment Toolkit and of HD*Calc, with mean the
mean of the groups weighted by their sizes. Each bound is reached or certified to lie outside: docs/methods/bounds.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from equity import closed_bounds as closed
from equity import corners, extremes
from equity.closed_bounds import Range, Setting
from equity.extremes import greatest_mean, plain_mean

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


def _mdm_weighted(at: Setting) -> Range:
    low = extremes.least_distance(at.groups, *at.mean, relative=False)
    return low, corners.greatest_sum(corners.distance, at.groups, greatest_mean)


def _idis_who_weighted(at: Setting) -> Range:
    low = extremes.least_distance(at.groups, *at.positive, relative=True)
    return low, corners.greatest_sum(corners.relative_distance, at.groups, greatest_mean)


def _mdm_unweighted(at: Setting) -> Range:
    low = extremes.least_plain_distance(at.groups, *at.mean, relative=False)
    return low, corners.greatest_sum(corners.distance, at.groups, plain_mean)


def _idis_who_unweighted(at: Setting) -> Range:
    low = extremes.least_plain_distance(at.groups, *at.positive, relative=True)
    return low, corners.greatest_sum(corners.relative_distance, at.groups, plain_mean)


# ----------------------------------------------------------------------------------------------------------- The table


@dataclass(frozen=True, slots=True)
class Summary:
    """A summary measure: how it is bounded, in which unit it is given, and which of its ends is reached where sizes are exact.

    ``power`` is that of the indicator's unit (0: of no unit, given times ``scale``); ``sized`` whether sizes of groups count.
    """

    bounds: Callable[[Setting], Range]
    power: int
    scale: float = 1.0
    needs: Literal["best", "reference"] | None = None
    sized: bool = True
    reaches_low: bool = True
    by_corners: bool = True


SUMMARIES: dict[str, Summary] = {
    "bgv": Summary(_bgv, 2),
    "bgsd": Summary(_bgsd, 1),
    "cov": Summary(_cov, 0, 100),
    "mdm_unweighted": Summary(_mdm_unweighted, 1),
    "mdm_weighted": Summary(_mdm_weighted, 1),
    "mdb_unweighted": Summary(closed.mdb_unweighted, 1, needs="best", sized=False, by_corners=False),
    "mdb_weighted": Summary(closed.mdb_weighted, 1, needs="best", by_corners=False),
    "mdr_unweighted": Summary(closed.mdr_unweighted, 1, needs="reference", sized=False, by_corners=False),
    "mdr_weighted": Summary(closed.mdr_weighted, 1, needs="reference", by_corners=False),
    "idis_who_unweighted": Summary(_idis_who_unweighted, 0, 100),
    "idis_who_weighted": Summary(_idis_who_weighted, 0, 100),
    "idis_pearcy_keppel_unweighted": Summary(
        closed.idis_pearcy_keppel_unweighted, 0, 100, needs="reference", sized=False, by_corners=False
    ),
    "idis_pearcy_keppel_weighted": Summary(closed.idis_pearcy_keppel_weighted, 0, 100, needs="reference", by_corners=False),
    "theil": Summary(_theil, 0, 1000, reaches_low=False),
    "mld": Summary(_mld, 0, 1000),
    "par": Summary(closed.par, 1, needs="reference", by_corners=False),
    "paf": Summary(closed.paf, 0, 100, needs="reference", by_corners=False),
    "par_best": Summary(closed.mdb_weighted, 1, needs="best", by_corners=False),
    "paf_best": Summary(closed.paf_best, 0, 100, needs="best", by_corners=False),
    "range_difference": Summary(closed.range_difference, 1, sized=False, by_corners=False),
    "range_ratio": Summary(closed.range_ratio, 0, sized=False, by_corners=False),
}
