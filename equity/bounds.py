"""How far rounding and suppression could move a gap or a summary of inequality: outer bounds, beside a sampling interval.

They say what the printed figures leave open, not chance. ``equity.narrowing.narrow`` comes first: it says what each group's
counts and value can have been. Every bound holds for every completion of the table; which are reached by one, and which
are only certified to lie outside, is told beside them and proven in docs/methods/bounds.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equity.closed_bounds import Best, Setting, less_mean, over_mean
from equity.comparator import EveryoneElse, Given, Group
from equity.comparison import Polarity
from equity.corners import CORNERS
from equity.extremes import Floats, Groups, greatest_mean, least_mean
from equity.summary_bounds import SUMMARIES

_BEST: dict[Polarity, Best] = {"higher_is_better": "highest", "lower_is_better": "lowest", "neutral": "highest"}
AT_ONCE = 5_000  # strata, so that memory does not grow with their number
NEEDED = ("value_lower", "value_upper", "denominator_lower", "denominator_upper")


@dataclass(frozen=True, slots=True)
class Average:
    """The groups' own mean, weighted by their people."""


Reference = Group | EveryoneElse | Given | Average


class _Table(NamedTuple):
    """Groups of a frame as arrays: ``strata`` has a row for each first axis, ``rows`` says where each row of the frame went."""

    strata: pl.DataFrame
    rows: pl.DataFrame
    groups: Groups
    whole: NDArray[np.bool_]  # whether every group of the stratum has a value

    @property
    def at(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        return self.rows["_stratum"].to_numpy().astype(np.intp), self.rows["_place"].to_numpy().astype(np.intp)

    def column(self, values: Floats) -> pl.Series:
        """What stands in the place of each row."""
        return pl.Series(values[self.at], dtype=pl.Float64, nan_to_null=True)


def _table(frame: pl.DataFrame, by: Sequence[str], group: str, left_out: Sequence[str]) -> _Table:
    absent = [name for name in (*by, group, *NEEDED) if name not in frame.columns]
    if absent:
        raise ValueError(f"no column {', '.join(map(repr, absent))}: narrow the counts first (equity.narrowing.narrow)")
    kept = frame.filter(~pl.col(group).is_in(list(left_out)))
    # Nobody is in it for sure: it is no group of this table.
    kept = kept.filter(pl.col("denominator_upper") != 0)
    keys = list(by) or ["_all"]
    kept = kept if by else kept.with_columns(_all=pl.lit(0))
    strata = kept.select(keys).unique(maintain_order=True).with_row_index("_stratum")
    rows = kept.join(strata, on=keys, how="left", nulls_equal=True, maintain_order="left")
    rows = rows.with_columns(_place=pl.int_range(pl.len()).over("_stratum"))
    widest = int(rows.select(pl.col("_place").max().fill_null(0)).item()) + 1
    at = rows["_stratum"].to_numpy(), rows["_place"].to_numpy()

    def filled(column: pl.Expr) -> Floats:
        out = np.zeros((strata.height, widest), dtype=np.float64)
        out[at] = rows.select(column.cast(pl.Float64).fill_null(float("nan")) + 0.0)[:, 0].to_numpy()
        return out

    size = pl.max_horizontal("denominator_lower", pl.lit(1.0)), pl.max_horizontal("denominator_upper", pl.lit(1.0))
    groups = Groups(filled(pl.col("value_lower")), filled(pl.col("value_upper")), filled(size[0]), filled(size[1]))
    return _Table(
        strata.drop("_stratum", *([] if by else ["_all"])), rows, groups, np.asarray(~np.isnan(groups.low).any(axis=1), dtype=np.bool_)
    )


def gaps(
    frame: pl.DataFrame,
    by: Sequence[str],
    comparator: Reference,
    *,
    group: str = "group",
    left_out: Sequence[str] = ("unknown", "all"),
) -> pl.DataFrame:
    """One row a group: ``difference`` and ``ratio`` to the reference, ``_lower`` and ``_upper``, whatever the counts were.

    The frame is what ``narrow`` gives. Sharp to a group and to a given value (taken as certain), to everyone else and to the
    average where denominators are exact. A ratio is infinite where the reference may be nought, null where it surely is or
    where a value is missing.
    """
    table = _table(frame, by, group, left_out)
    low, high = table.groups.low, table.groups.high
    with np.errstate(divide="ignore", invalid="ignore"):
        if isinstance(comparator, Average):
            whole = np.where(table.whole[:, None], 1.0, np.nan)
            ends = (*(one * whole for one in less_mean(table.groups)), *(one * whole for one in over_mean(table.groups)))
        else:
            least, most = _reference(table, group, comparator)
            ends = (low - most, high - least, np.where(most > 0, low / most, np.nan), np.where(most > 0, high / least, np.nan))
    names = ("difference_lower", "difference_upper", "ratio_lower", "ratio_upper")
    out = table.rows.select(*by, group, *(table.column(one).alias(name) for name, one in zip(names, ends, strict=True)))
    return out.filter(pl.col(group) != comparator.name) if isinstance(comparator, Group) else out


def _reference(table: _Table, group: str, comparator: Group | EveryoneElse | Given) -> tuple[Floats, Floats]:
    """Least and greatest value of the reference of each group."""
    groups = table.groups
    if isinstance(comparator, Given):
        given = pl.col(comparator.value) if isinstance(comparator.value, str) else pl.lit(comparator.value)
        fixed = np.full_like(groups.low, np.nan)
        fixed[table.at] = table.rows.with_columns(_given=given.cast(pl.Float64).fill_null(float("nan")))["_given"].to_numpy()
        return fixed, fixed
    if isinstance(comparator, EveryoneElse):
        others = ~np.eye(groups.low.shape[1], dtype=bool)
        small, large = (np.where(others, one[:, None, :], 0.0) for one in (groups.small, groups.large))
        return least_mean(groups.low[:, None, :], small, large), greatest_mean(groups.high[:, None, :], small, large)
    places, found = _places(table, group, comparator.name)
    at = places[:, None]
    empty = np.where(found[:, None], 0.0, np.nan)
    low, high = (np.take_along_axis(one, at, axis=1) + empty + 0 * groups.low for one in (groups.low, groups.high))
    return low, high


def _places(table: _Table, group: str, reference: str) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where the reference group of each stratum stands, and whether it is there."""
    places, found = np.zeros(table.strata.height, dtype=np.intp), np.zeros(table.strata.height, dtype=bool)
    of = table.rows.filter(pl.col(group) == reference)
    places[of["_stratum"].to_numpy()] = of["_place"].to_numpy()
    found[of["_stratum"].to_numpy()] = True
    return places, found


def summaries(
    frame: pl.DataFrame,
    by: Sequence[str],
    comparator: Group | None = None,
    *,
    measures: Sequence[str],
    multiplier: float,
    polarity: Polarity = "neutral",
    group: str = "group",
    left_out: Sequence[str] = ("unknown", "all"),
) -> pl.DataFrame:
    """One row a stratum and measure: ``lower``, ``upper``, ``lower_reached``, ``upper_reached``, and the ``reason`` for none.

    ``measures`` are names of ``SUMMARIES``: those of ``equity.measures``, in the same units (absolute ones in the indicator's,
    the variance in its square, others per cent, Theil and MLD times 1,000), and the range. ``comparator`` is for those about a
    reference; ``polarity`` says which group is best placed. An infinite end is without limit.
    """
    odd = [name for name in measures if name not in SUMMARIES]
    if odd:
        raise ValueError(f"no measure {', '.join(map(repr, odd))}: give some of {', '.join(SUMMARIES)}")
    needs = {SUMMARIES[name].needs: name for name in measures}
    if "reference" in needs and comparator is None:
        raise ValueError(f"{needs['reference']} is measured from a reference group: name one")
    if "best" in needs and polarity == "neutral":
        raise ValueError(f"{needs['best']} is measured from the best placed group: say whether higher or lower is better")
    table = _table(frame, by, group, left_out)
    groups = table.groups
    places, found = _places(table, group, comparator.name) if comparator else (None, np.ones(table.strata.height, dtype=bool))
    ready = table.whole & (groups.number >= 2) & found
    some = groups.high.max(axis=1) > 0
    reasons = np.select(
        [~table.whole, groups.number < 2, ~found],
        ["a group has no value", "fewer than two groups have anyone in them", "the reference group is not there"],
        "",
    )
    inside = Groups(*(one[ready] for one in groups))
    at = Setting(inside, multiplier / inside.large.sum(axis=1), None if places is None else places[ready], _BEST[polarity])
    exact = (inside.small == inside.large).all(axis=1)
    out: list[pl.DataFrame] = []
    for name in measures:
        summary = SUMMARIES[name]
        low, high = (np.concatenate(one) for one in zip(*(summary.bounds(part) for part in at.parts(AT_ONCE)), strict=True))
        settled = exact | (not summary.sized)
        few = (inside.number <= CORNERS) | (not summary.by_corners)
        columns = {"lower": low, "upper": high, "lower_reached": settled & summary.reaches_low, "upper_reached": settled & few}
        made = table.strata.with_columns(measure=pl.lit(name), reason=pl.Series(reasons))
        for column, values in columns.items():
            full = np.full(ready.shape, np.nan)
            scale = summary.scale if column in {"lower", "upper"} else 1.0
            full[ready] = values * scale
            made = made.with_columns(pl.Series(column, full, nan_to_null=True))
        out.append(made.with_columns(_nothing=pl.Series(ready & ~some & (summary.power == 0))))
    nothing = pl.col("_nothing")
    told = pl.concat(out).with_columns(
        *(pl.when(~nothing).then(one) for one in ("lower", "upper")),
        *(pl.when(~nothing).then(pl.col(one).cast(pl.Boolean)).alias(one) for one in ("lower_reached", "upper_reached")),
        reason=pl.when(nothing).then(pl.lit("nothing happened in any group")).when(pl.col("reason") != "").then("reason"),
    )
    return told.select(*by, "measure", "lower", "upper", "lower_reached", "upper_reached", "reason")
