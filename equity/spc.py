"""XmR charts (statistical process control) of many series in one call, by the rules of NHS England's Making Data Count.

``xmr`` gives each row its limits, the rules that find it and what it means; ``readings`` gives each series one row: is the
latest value unusual (variation), and would the usual values meet the target (assurance)? Sources, and where NHSRplotthedots
differs: docs/methods/spc-and-funnel.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from equity.comparison import Polarity
from equity.spc_rules import FEW, LIMIT, NEAR, Flags, Floats, Ints, Limits, Rules, Signals, limits, signals

POLARITIES = pl.Enum(["lower_is_better", "neutral", "higher_is_better"])  # in this order minus one, they are sides
SIGNALS = pl.Enum(["outside", "trend", "two_of_three", "shift"])  # a point that several rules find is classed by the first
CLASSES = pl.Enum(["common_cause", "special_cause_improvement", "special_cause_concern", "neutral_high", "neutral_low"])
VARIATIONS = pl.Enum(["common_cause", "improvement_high", "improvement_low", "concern_high", "concern_low", "neutral_high", "neutral_low"])
ASSURANCES = pl.Enum(["pass", "inconsistent", "fail"])
PROBLEMS = pl.Enum(["a row has no period", "two rows have the same period", "a value is infinite"])

ADDED = (
    "segment", "values_used", "mean", "lower_limit", "upper_limit", "lower_near", "upper_near", "provisional",
    "outside", "trend", "two_of_three", "shift", "signal", "signal_side", "point_class", "target", "assurance", "method", "problem",
)  # fmt: skip


def xmr(
    frame: pl.DataFrame,
    by: Sequence[str],
    period: str,
    value: str,
    *,
    polarity: Polarity | pl.Expr = "neutral",
    target: float | pl.Expr | None = None,
    rebase: Sequence[date | str | int] | pl.Expr = (),
    rules: Rules | None = None,
) -> pl.DataFrame:
    """The same rows in the same order, with limits, flags and class (the columns ``ADDED``).

    A series is a combination of ``by``, in the order of ``period`` (any type that sorts). A null or NaN value is a gap: it has
    no class, and no run and no moving range goes across it. ``polarity`` and ``target`` (null: none) may be expressions. A new
    segment, with limits of its own, begins at the first row on or after each period of ``rebase``, or wherever that
    expression is true. A series with a problem has no limits and no classes, and says why in ``problem``.
    """
    taken = [name for name in ADDED if name in frame.columns]
    if taken:
        raise ValueError(f"the frame already has columns named {taken}: rename them, or select the columns that are needed")
    if isinstance(rebase, str):
        raise TypeError(f"rebase is {rebase!r}: give a list of periods, or an expression that is true where a segment begins")
    rules = rules or Rules()
    rows = _rows(frame, by, period, value, polarity, target, rebase)
    new = rows["new"].to_numpy()
    starts: Ints = np.flatnonzero(new | rows["begins"].to_numpy())
    values: Floats = rows["value"].to_numpy(writable=True)
    problem = _problems(rows, np.flatnonzero(new))
    values[problem.is_not_null().to_numpy()] = np.nan
    found = limits(values, starts, rules)
    charted = rows.select("row", "side", "target").with_columns(
        _segments(new, starts),
        *_limit_columns(found, np.diff(np.append(starts, values.size))),
        *_signal_columns(signals(values, starts, found, rules), ~np.isnan(values)),
        problem,
    )
    method = pl.when(pl.col("upper_limit").is_not_null()).then(pl.lit(rules.method))
    charted = charted.with_columns(point_class=_point_class(), assurance=_assurance(), method=method)
    return frame.hstack((charted if charted["row"].is_sorted() else charted.sort("row")).select(ADDED))


def readings(charted: pl.DataFrame, by: Sequence[str], period: str, value: str) -> pl.DataFrame:
    """One row a series of what ``xmr`` gave: the reading of its latest value, with the limits that hold there.

    ``variation`` is null where nothing can be judged (no two values side by side, or a problem); ``assurance`` is null
    without a target, a polarity or limits. With ``segment`` among ``by``: one row a segment.
    """
    number = pl.col(value).cast(pl.Float64).fill_nan(None)
    latest = pl.struct(
        latest_period=pl.col(period), latest_value=number, mean="mean", lower_limit="lower_limit", upper_limit="upper_limit",
        values_used="values_used", provisional="provisional", signal="signal", variation=_variation(),
        target="target", assurance="assurance", method="method",
    )  # fmt: skip
    judged = latest.filter(number.is_not_null()).sort_by(pl.col(period).filter(number.is_not_null())).last()
    kinds = {kind: pl.col("point_class").eq(kind).sum() for kind in CLASSES.categories}
    keys = list(by)
    grouped = charted.group_by(keys, maintain_order=True) if keys else charted.group_by(pl.lit(0).alias("all"))
    summary = grouped.agg(
        values=number.count(), missing=pl.len() - number.count(), **kinds, problem=pl.col("problem").first(), latest=judged
    )
    return summary.select(*keys, "values", "missing", *kinds, "problem", pl.col("latest").struct.unnest())


def drawn(limit: pl.Expr, lowest: float | None = None, highest: float | None = None) -> pl.Expr:
    """A limit as it is drawn: never beyond what the value can be (0 and 100 for a percentage). The rules use it as it is."""
    return limit.clip(lowest, highest)


def _rows(
    frame: pl.DataFrame,
    by: Sequence[str],
    period: str,
    value: str,
    polarity: str | pl.Expr,
    target: float | pl.Expr | None,
    rebase: Sequence[object] | pl.Expr,
) -> pl.DataFrame:
    """What the chart needs, by series and period: ``new`` opens a series, ``begins`` a segment."""
    keys = [f"by{number}" for number in range(len(by))]
    number = pl.col(value).cast(pl.Float64)
    aim = target if isinstance(target, pl.Expr) else pl.lit(target, pl.Float64)
    try:
        rows = frame.select(
            *(pl.col(name).alias(key) for key, name in zip(keys, by, strict=True)),
            period=pl.col(period),
            value=number.fill_null(np.nan),
            side=(polarity if isinstance(polarity, pl.Expr) else pl.lit(polarity)).cast(POLARITIES).to_physical().cast(pl.Int8) - 1,
            target=pl.when(aim.cast(pl.Float64).is_finite()).then(aim.cast(pl.Float64)),
            begins=_begins(period, rebase),
        ).with_row_index("row")
    except pl.exceptions.InvalidOperationError as error:
        raise ValueError(f"polarity is one of {POLARITIES.categories.to_list()}, and values and targets are numbers: {error}") from error
    series = pl.col("row").first().over(keys) if keys else pl.lit(0, pl.UInt32)
    rows = rows.with_columns(series=series).sort("series", "period")
    same = pl.col("series") == pl.col("series").shift()
    return rows.with_columns(
        new=~same.fill_null(False),
        begins=pl.col("begins") if isinstance(rebase, pl.Expr) else pl.col("begins") > pl.col("begins").shift(),
        again=(same & (pl.col("period") == pl.col("period").shift())).fill_null(False),
    ).with_columns(pl.col("begins").fill_null(False))


def _begins(period: str, rebase: Sequence[object] | pl.Expr) -> pl.Expr:
    """True where a segment begins; or, of given periods, how many have come by each row."""
    if isinstance(rebase, pl.Expr):
        return rebase
    return pl.sum_horizontal(pl.lit(0, pl.UInt32), *((pl.col(period) >= pl.lit(one)).cast(pl.UInt32) for one in rebase))


def _problems(rows: pl.DataFrame, opens: Ints) -> pl.Series:
    """The first problem that a series has, on each of its rows."""
    none = len(PROBLEMS.categories)
    code = rows.select(
        pl.when(pl.col("period").is_null()).then(0).when("again").then(1).when(pl.col("value").is_infinite()).then(2).otherwise(none)
    ).to_series()
    worst = np.minimum.reduceat(code.to_numpy(), opens) if opens.size else np.array([], dtype=np.int32)
    each = np.repeat(worst, np.diff(np.append(opens, rows.height)))
    return _enum("problem", np.where(each == none, -1, each), PROBLEMS)


def _segments(new: Flags, starts: Ints) -> pl.Series:
    """The number of each row's segment in its series, from 0."""
    begins = np.zeros(new.size, dtype=np.int64)
    begins[starts] = 1
    so_far = np.cumsum(begins)
    return pl.Series("segment", so_far - np.maximum.accumulate(np.where(new, so_far, 0)), pl.UInt32)


def _limit_columns(found: Limits, lengths: Ints) -> list[pl.Series]:
    """What holds for a segment, on each of its rows."""
    columns = {
        "mean": found.mean,
        "lower_limit": found.mean - LIMIT * found.spread,
        "upper_limit": found.mean + LIMIT * found.spread,
        "lower_near": found.mean - NEAR * found.spread,
        "upper_near": found.mean + NEAR * found.spread,
    }
    return [
        pl.Series("values_used", np.repeat(found.values, lengths), pl.UInt32),
        pl.Series("provisional", np.repeat(found.values < FEW, lengths)),
        *(pl.Series(name, np.repeat(each, lengths), nan_to_null=True) for name, each in columns.items()),
    ]


def _signal_columns(found: Signals, there: Flags) -> list[pl.Series]:
    """On which side each rule finds a point, and the first of the rules in order; null where there is no value."""
    sides = {"outside": found.outside, "trend": found.trend, "two_of_three": found.two_of_three, "shift": found.shift}
    first, side = np.full(there.size, -1, dtype=np.int64), np.zeros(there.size, dtype=np.int8)
    for number, each in reversed(list(enumerate(sides.values()))):
        first, side = np.where(each != 0, number, first), np.where(each != 0, each, side)
    flags = pl.DataFrame(sides | {"signal_side": side}).select(pl.when(pl.Series(there)).then(pl.all()))
    return [*flags.get_columns(), _enum("signal", first, SIGNALS)]


def _enum(name: str, codes: Ints, kind: pl.Enum) -> pl.Series:
    """Numbers of categories as the categories; a negative number is null."""
    at = pl.Series(codes)
    return pl.Series(name, kind.categories, dtype=kind).gather(at.set(at < 0, None))


def _point_class() -> pl.Expr:
    """What a point means; null where it has no value or its segment no limits."""
    judged = pl.col("upper_limit").is_not_null() & pl.col("signal_side").is_not_null()
    up, side = pl.col("signal_side") > 0, pl.col("side").fill_null(0)
    common, improvement, concern, high, low = (pl.lit(name, CLASSES) for name in CLASSES.categories)
    special = pl.when(side == 0).then(pl.when(up).then(high).otherwise(low)).when(side == pl.col("signal_side")).then(improvement)
    return pl.when(judged).then(pl.when(pl.col("signal").is_null()).then(common).otherwise(special.otherwise(concern)))


def _variation() -> pl.Expr:
    """The class of a point with the side on which it is: Making Data Count's variation icons."""
    kind, high = pl.col("point_class").cast(pl.String), pl.col("signal_side") > 0
    turned = kind.str.strip_prefix("special_cause_") + pl.when(high).then(pl.lit("_high")).otherwise(pl.lit("_low"))
    return pl.when(kind.str.starts_with("special_cause_")).then(turned).otherwise(kind).cast(VARIATIONS)


def _assurance() -> pl.Expr:
    """Whether values between the limits would meet the target: always, never, or now and then."""
    aim, higher, lower, upper = pl.col("target"), pl.col("side") > 0, pl.col("lower_limit"), pl.col("upper_limit")
    met, unsure, missed = (pl.lit(name, ASSURANCES) for name in ASSURANCES.categories)
    above = pl.when(higher).then(missed).otherwise(met)
    below = pl.when(higher).then(met).otherwise(missed)
    still = (upper == lower) & (aim == pl.col("mean"))
    read = pl.when(still).then(met).when(aim > upper).then(above).when(aim < lower).then(below).otherwise(unsure)
    return pl.when(aim.is_not_null() & upper.is_not_null() & (pl.col("side") != 0)).then(read)
