"""What rounding and suppression leave open in a tidy table of groups: the bounds that stand beside its estimates.

They are of all groups of a stratum, the hidden ones included, whatever their counts were; the estimates are of the known
groups. Proofs and what is reached: ``equity.narrowing``, ``equity.bounds``, docs/methods/bounds.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from equity.bounds import gaps, summaries
from equity.comparator import BestPlaced, Comparator, Group
from equity.comparison import Polarity
from equity.groups import Groups, Why
from equity.narrowing import COUNTS, narrow
from equity.summary_bounds import SUMMARIES


@dataclass(frozen=True, slots=True)
class Printed:
    """How counts were printed: ``rounded_to`` the nearest such number, and what a star can stand for, both ends included.

    In a frame, ``numerator_starred`` and ``denominator_starred`` say where a star stands.
    """

    rounded_to: int = 1
    star: tuple[int, int] = (0, 4)


def count_range(count: str, printed: Printed, stars: bool) -> tuple[pl.Expr, pl.Expr]:
    """The least and the greatest whole number that a printed count can have been; null where nothing is known.

    Where the table has stars a printed count is above what a star stands for, and a printed nought is none if stars begin
    at 1. Half a step counts either way. A count that is no whole number lies between its neighbours.
    """
    x, half = pl.col(count).cast(pl.Float64), printed.rounded_to // 2
    low, high = (x - half).ceil(), (x + half).floor()
    if printed.rounded_to == 1:
        low, high = x.floor(), x.ceil()
    low = pl.max_horizontal(low, pl.lit(0.0))
    if stars:
        above = pl.min_horizontal(x, pl.lit(printed.star[1] + 1.0)).floor()
        low = pl.when(x > 0).then(pl.max_horizontal(low, above)).otherwise(low)
        high = pl.when(x == 0).then(0.0).otherwise(high) if printed.star[0] > 0 else high
    low = pl.when(x.is_not_null()).then(low)
    starred = pl.col(f"{count}_starred")
    ends = (pl.when(starred).then(float(end)).otherwise(one) for end, one in zip(printed.star, (low, high), strict=True))
    lower, upper = ends
    return lower.alias(f"{count}_lower"), upper.alias(f"{count}_upper")


def bounds(
    frame: pl.DataFrame,
    groups: Groups,
    by: Sequence[str],
    printed: Printed,
    comparator: Comparator | None,
    measures: Sequence[str],
    multiplier: float,
    polarity: Polarity,
) -> pl.DataFrame:
    """``by``, group (null for summaries), measure, lower_bound, upper_bound: a row where there is a bound.

    There is none beside the best-placed group in gaps, since which group that is may be open itself.
    """
    possible = ~np.isin(groups.why, [Why.NOBODY, Why.NOT_APPLICABLE, Why.TWICE, Why.NO_NAME])
    stars = bool(frame.select((pl.col("numerator_starred") | pl.col("denominator_starred")).any()).item())
    ends = [one for count in ("numerator", "denominator") for one in count_range(count, printed, stars)]
    extra = [name for name in frame.columns if name not in {*COUNTS, "value_lower", "value_upper"}]
    # Of a count that is missing, and not suppressed, nothing is known; nor of events without an upper end, as in a rate.
    endless = (pl.col("numerator").is_null() & ~pl.col("numerator_starred")) if groups.kind == "rate" else pl.lit(value=False)
    told = pl.Series(np.isin(groups.why, [Why.KNOWN, Why.SUPPRESSED]), dtype=pl.Boolean) & ~endless
    counts = frame.select(*extra, *(pl.when(told).then(one) for one in ends)).filter(pl.Series(possible, dtype=pl.Boolean))
    table = narrow(counts, by, kind="rate" if groups.kind == "rate" else "proportion", multiplier=multiplier, whole=None)
    parts = [_told(table, by, "value", "value_lower", "value_upper")] if "value" in measures else []
    if comparator is not None and not isinstance(comparator, BestPlaced):
        parts += _gaps(table, by, comparator, measures, multiplier)
    parts.append(_summaries(table, by, comparator, measures, multiplier, polarity))
    return pl.concat(parts)


def _told(frame: pl.DataFrame, by: Sequence[str], measure: str, lower: str, upper: str) -> pl.DataFrame:
    return frame.select(*by, "group", measure=pl.lit(measure), lower_bound=pl.col(lower), upper_bound=pl.col(upper))


def _gaps(table: pl.DataFrame, by: Sequence[str], comparator: Comparator, measures: Sequence[str], multiplier: float) -> list[pl.DataFrame]:
    if isinstance(comparator, BestPlaced) or not {"difference", "ratio", "excess"} & set(measures):
        return []
    found = gaps(table, by, comparator, left_out=())
    people = table.select(*by, "group", "denominator_lower", "denominator_upper")
    found = found.join(people, on=[*by, "group"], how="left", nulls_equal=True, maintain_order="left")
    # The people of a group and its gap are taken as independent: an outer bound, and a sharp one where people are exact.
    few, many = pl.col("denominator_lower") / multiplier, pl.col("denominator_upper") / multiplier
    low, high = pl.col("difference_lower"), pl.col("difference_upper")
    found = found.with_columns(
        excess_lower=pl.when(low.is_not_null()).then(pl.min_horizontal(low * few, low * many)),
        excess_upper=pl.when(high.is_not_null()).then(pl.max_horizontal(high * few, high * many)),
    )
    return [_told(found, by, name, f"{name}_lower", f"{name}_upper") for name in ("difference", "ratio", "excess") if name in measures]


def _summaries(
    table: pl.DataFrame, by: Sequence[str], comparator: Comparator | None, measures: Sequence[str], multiplier: float, polarity: Polarity
) -> pl.DataFrame:
    reference = comparator if isinstance(comparator, Group) else None
    able = {"reference": reference is not None, "best": polarity != "neutral", None: True}
    names = [name for name in measures if name in SUMMARIES and able[SUMMARIES[name].needs]]
    schema = {**{name: table.schema[name] for name in by}, "group": pl.String, "measure": pl.String}
    if not names:
        return pl.DataFrame(schema={**schema, "lower_bound": pl.Float64, "upper_bound": pl.Float64})
    found = summaries(table, by, reference, measures=names, multiplier=multiplier, polarity=polarity, left_out=())
    return found.select(*by, pl.lit(None, pl.String).alias("group"), "measure", lower_bound=pl.col("lower"), upper_bound=pl.col("upper"))
