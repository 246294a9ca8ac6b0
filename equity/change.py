"""Has a gap narrowed? Two periods and all of them, as a difference and as a ratio, with intervals and one rule for the words.

A gap's own interval is that of ``equity.comparison``: MOVER for the difference, MOVER-R for the ratio. The change between
two periods is MOVER once more (Zou and Donner 2008), on the gap or on the logarithm of the ratio, for periods that do not
overlap: people who are counted in both would make them alike. The trend is a weighted line through all periods. Sources,
reasons and edge cases: docs/methods/change.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equity.trend import VALUES, Flags, Floats, Interval, gap, log_ratio, minus, plus, trend


class Direction(StrEnum):
    """What may be said about the size of a gap."""

    NARROWING = "narrowing"
    WIDENING = "widening"
    NO_CLEAR_CHANGE = "no clear change"
    CANNOT_SAY = "cannot say"


def _direction(moved: Interval, middle: Interval) -> list[str]:
    """The one rule. A gap is narrower if it has clearly moved towards nought from a side on which it clearly is.

    |last| < |first| is the same as (last - first) (last + first) < 0, so both must be clear of nought.
    """
    with np.errstate(invalid="ignore"):
        way = moved.side * middle.side
    told = np.select(
        [way < 0, way > 0, way == 0], [Direction.NARROWING, Direction.WIDENING, Direction.NO_CLEAR_CHANGE], Direction.CANNOT_SAY
    )
    return [str(one) for one in told]


# -------------------------------------------------------------------------------------------------------------- Frames


def changes(frame: pl.DataFrame, by: Sequence[str], breaks: Sequence[date] = (), *, confidence: float = 0.95) -> pl.DataFrame:
    """One row a stratum and unbroken series, oldest first: how its gap has changed from its first period to its last.

    ``frame`` has a row a stratum and period: ``period_start``, ``period_end`` and ``VALUES``, null where suppressed, missing
    or too small to rely on. A series breaks at each date of ``breaks``, the first of a new one.

    Compared are those periods that have a figure, are as long as the last (of several, the longest) and do not overlap the
    next that is compared. All others are counted: ``no_figure``, ``other_length``, ``overlapping``, ``across_break``.
    ``difference_`` (in the indicator's unit) and ``ratio_`` (last over first) have ``change``, ``lower``, ``upper``,
    ``finding``, and ``first`` and ``last`` gap; with ``trend_`` the same a year. ``turned``: the gap was clear at both ends and
    on opposite sides. One period alone has no change, nor has a ratio where a group or the reference was nought.
    """
    arranged = _arranged(frame, by, breaks)
    strata, periods = arranged.strata, arranged.periods
    chosen, counts = _chosen(arranged)
    number = chosen.sum(axis=1)
    first, last = chosen.argmax(axis=1), chosen.shape[1] - 1 - chosen[:, ::-1].argmax(axis=1)
    middle = (arranged.start + arranged.end) / 2 / 365.25
    out = strata.with_columns(
        periods=pl.Series(number, dtype=pl.Int64), **{name: pl.Series(one, dtype=pl.Int64) for name, one in counts.items()}
    )
    some, two = pl.Series(number > 0), pl.Series(number > 1)
    for end, place in (("first", first), ("last", last)):
        for edge, days in (("start", arranged.start), ("end", arranged.end)):
            day = pl.Series(np.take_along_axis(days, place[:, None], axis=1)[:, 0], dtype=pl.Int32).cast(pl.Date)
            out = out.with_columns(pl.when(some).then(day).alias(f"{end}_{edge}"))
    absolute, relative = gap(*periods), log_ratio(*periods)
    for name, gaps, shown in (("difference", absolute, np.asarray), ("ratio", relative, np.exp)):
        one, other = gaps.at(first), gaps.at(last)
        moved, line = plus(other, minus(one)), trend(middle, gaps, chosen, confidence)
        ends = {f"{name}_first": one.value, f"{name}_last": other.value}
        ways = _parts(name, moved) | _parts(f"{name}_trend", line.slope)
        found, along = pl.Series(_direction(moved, plus(other, one))), pl.Series(_direction(*line))
        out = out.with_columns(
            *(pl.when(some).then(_numbers(shown(values))).alias(column) for column, values in ends.items()),
            *(pl.when(two).then(_numbers(shown(values))).alias(column) for column, values in ways.items()),
            pl.when(two).then(found).otherwise(pl.lit(str(Direction.CANNOT_SAY))).alias(f"{name}_finding"),
            along.alias(f"{name}_trend_finding"),
        )
    return out.with_columns(turned=two & pl.Series(absolute.at(first).side * absolute.at(last).side < 0))


def _parts(name: str, of: Interval) -> dict[str, Floats]:
    return {f"{name}_change": of.value, f"{name}_lower": of.lower, f"{name}_upper": of.upper}


def _numbers(values: Floats) -> pl.Series:
    return pl.Series(values, dtype=pl.Float64, nan_to_null=True)


class _Arranged(NamedTuple):
    """Strata by periods, in the order of their ends; ``months`` is the length, or minus the days where it is no whole months."""

    strata: pl.DataFrame
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    months: NDArray[np.int64]
    there: Flags
    straddles: Flags
    periods: tuple[Interval, Interval]


def _arranged(frame: pl.DataFrame, by: Sequence[str], breaks: Sequence[date]) -> _Arranged:
    absent = [name for name in (*by, "period_start", "period_end", *VALUES) if name not in frame.columns]
    if absent:
        raise ValueError(f"no column {', '.join(map(repr, absent))}")
    if frame.select(pl.struct(*by, "period_start", "period_end").is_duplicated().any()).item():
        raise ValueError("two rows have the same stratum and period")
    start, end = pl.col("period_start"), pl.col("period_end")
    if frame.select((start > end).any()).item():
        raise ValueError("a period ends before it starts")
    numbers = [pl.col(name).cast(pl.Float64).fill_null(float("nan")) for name in VALUES]
    odd = [pl.col(name).is_infinite() | (pl.col(name) < 0 if name.endswith("value") else False) for name in VALUES]
    if frame.select(pl.any_horizontal(odd).any()).item():
        raise ValueError("a value is below nought, or a value or limit infinite: gaps are of rates, proportions and means")
    whole = (start.dt.day() == 1) & (end.dt.offset_by("1d").dt.day() == 1)
    count = (end.dt.year() - start.dt.year()) * 12 + end.dt.month().cast(pl.Int32) - start.dt.month().cast(pl.Int32) + 1
    passed = [sum((day >= pl.lit(one)).cast(pl.Int64) for one in breaks) + pl.lit(0) for day in (start, end)]
    rows = frame.select(
        *by,
        *numbers,
        _start=start.to_physical().cast(pl.Int64),
        _end=end.to_physical().cast(pl.Int64),
        _months=pl.when(whole).then(count).otherwise(-((end - start).dt.total_days() + 1)).cast(pl.Int64),
        series=passed[0],
        _straddles=passed[0] != passed[1],
    ).sort("_end", "_start", descending=[False, True], maintain_order=True)
    strata = rows.select(*by, "series").unique(maintain_order=True)
    strata = strata.sort("series", maintain_order=True).with_row_index("_stratum")
    rows = rows.join(strata, on=[*by, "series"], how="left", nulls_equal=True, maintain_order="left")
    rows = rows.with_columns(_place=pl.int_range(pl.len()).over("_stratum"))
    shape = strata.height, int(rows.select(pl.col("_place").max().fill_null(0)).item()) + 1
    at = rows["_stratum"].to_numpy(), rows["_place"].to_numpy()

    def filled(name: str, empty: float) -> NDArray[np.float64]:
        out = np.full(shape, empty)
        out[at] = rows[name].cast(pl.Float64).to_numpy()
        return out

    start_at, end_at, months = (np.asarray(filled(name, 0), dtype=np.int64) for name in ("_start", "_end", "_months"))
    there = np.zeros(shape, dtype=np.bool_)
    there[at] = True
    values = [filled(name, np.nan) for name in VALUES]
    periods = Interval(*values[:3]), Interval(*values[3:])
    return _Arranged(strata.drop("_stratum"), start_at, end_at, months, there, filled("_straddles", 0) > 0, periods)


def _chosen(arranged: _Arranged) -> tuple[Flags, dict[str, NDArray[np.int64]]]:
    """Which periods are compared, and how many of the others are left out for which reason."""
    known = np.all([~np.isnan(one) for interval in arranged.periods for one in interval], axis=0)
    inside = arranged.there & ~arranged.straddles
    figure = inside & known
    latest = figure.shape[1] - 1 - figure[:, ::-1].argmax(axis=1)
    alike = figure & (arranged.months == np.take_along_axis(arranged.months, latest[:, None], axis=1))
    chosen, next_start = np.zeros_like(alike), np.full(alike.shape[0], np.iinfo(np.int64).max)
    # From the last one back: of periods of one length no other choice keeps more of them.
    for place in range(alike.shape[1] - 1, -1, -1):
        chosen[:, place] = alike[:, place] & (arranged.end[:, place] < next_start)
        next_start = np.where(chosen[:, place], arranged.start[:, place], next_start)
    out = {
        "no_figure": inside & ~known,
        "other_length": figure & ~alike,
        "overlapping": alike & ~chosen,
        "across_break": arranged.there & arranged.straddles,
    }
    return chosen, {name: np.asarray(one.sum(axis=1), dtype=np.int64) for name, one in out.items()}
