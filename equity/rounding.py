"""What a rounded or suppressed count can have been.

NHS England's rule below England: a count under 5, nought included, becomes `*`; any other is rounded to the nearest 5.
So `*` stands for 0 to 4, a printed 5 for 5 to 7, and a printed 20 for 18 to 22. Where Talking Therapies print a 5,
smaller counts were starred as well. Sources: NHSDigital/mental-health-monthly-statistics; docs of each publication.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

SUPPRESSED_BELOW = 5
NEAREST = 5


class Bounds(NamedTuple):
    """Lower and upper end of what a figure can have been (both inclusive)."""

    lower: pl.Expr
    upper: pl.Expr


def count_bounds(count: pl.Expr, suppressed: pl.Expr, rounded: pl.Expr) -> Bounds:
    """Bounds of a count: exact where not rounded, 0 to 4 where suppressed, null where unknown."""
    half = NEAREST // 2
    # A figure under 5 breaks the publisher's own rule; even then it lies within its bounds.
    lowest = pl.min_horizontal(count, pl.max_horizontal(count - half, pl.lit(float(SUPPRESSED_BELOW))))
    lower = pl.when(suppressed).then(0.0).when(rounded & (count > 0)).then(lowest).otherwise(count)
    upper = pl.when(suppressed).then(SUPPRESSED_BELOW - 1.0).when(rounded & (count > 0)).then(count + half)
    return Bounds(lower, upper.otherwise(count))


def ratio_bounds(numerator: Bounds, denominator: Bounds, multiplier: float) -> Bounds:
    """Bounds of a ratio of two non-negative counts that may be anything within their own bounds."""
    lower = multiplier * numerator.lower / denominator.upper
    upper = multiplier * numerator.upper / denominator.lower
    return Bounds(
        pl.when(denominator.upper > 0).then(lower),
        pl.when(denominator.lower > 0).then(upper),
    )


def agrees(value: pl.Expr, decimals: pl.Expr, bounds: Bounds) -> pl.Expr:
    """Whether a published figure, itself rounded to ``decimals`` digits, can follow from counts within ``bounds``."""
    # A hundred-thousandth of a unit lets binary floating point meet a decimal half exactly.
    half = 0.5 * (10.0 ** (-decimals.cast(pl.Float64))) + 1e-5
    below = bounds.upper.is_not_null() & (value - half > bounds.upper)
    above = bounds.lower.is_not_null() & (value + half < bounds.lower)
    return ~(below | above)
