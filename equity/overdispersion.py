"""Funnel limits where groups differ by more than chance: Spiegelhalter's additive over-dispersion, over every set of groups.

Values are put on a scale on which chance has a known standard deviation s; tau2 is the variance between groups that the
spread of their z-scores shows beyond it, and the limits are target -/+ z sqrt(s2 + tau2), put back (Spiegelhalter 2005,
Stat Med 24:1185; NHS Digital's SHMI specification; the Care Quality Commission's and FunnelPlotR's transforms). With few groups,
such as 18, tau2 is itself uncertain. Where FunnelPlotR is at odds with itself: docs/methods/spc-and-funnel.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

import polars as pl

from equity.funnel import FLAGS, LEVELS, expected_limits, pooled
from equity.rates import Interval, z_value

Kind = Literal["shmi", "cqc", "proportion", "counts"]
Tails = Literal["truncate", "winsorise", "keep"]

NUMERATOR, DENOMINATOR = pl.col("numerator"), pl.col("denominator")


class Scale(NamedTuple):
    """A value, its target and its standard deviation by chance, all on the transformed scale."""

    value: pl.Expr
    target: pl.Expr
    chance: pl.Expr


def overdispersed(
    frame: pl.DataFrame,
    by: Sequence[str],
    numerator: str,
    denominator: str,
    kind: Kind,
    *,
    tails: Tails | None = None,
    trim: float = 0.1,
    levels: Sequence[float] = LEVELS,
    multiplier: float = 1,
    as_funnelplotr: bool = False,
) -> pl.DataFrame:
    """The same rows in the same order, with value, limits with and without over-dispersion, and flags.

    A row is a group; groups of one set (``by``) are compared. ``kind``: ``shmi`` (log) or ``cqc`` (square root) of observed
    over expected; ``proportion`` (arcsine); ``counts``, the ratio of two counts (log). ``tails``: the z-scores beyond the
    outermost ``trim`` at each end are left out (``truncate``, as the SHMI does) or brought in to it (``winsorise``, the others).
    Added: ``value``, ``target``, ``z``, ``z_trimmed``, ``phi`` (mean square of z), ``tau2``, ``lower_95``, ``upper_95`` and so on
    for each level, the same with ``plain_`` before it for chance alone, ``flag`` and ``plain_flag`` by the first and last
    level, and ``method``. A zero numerator is a value of 0, and stands as half an event where a logarithm is taken and where it is flagged:
    any limit above 0 would leave it out, however few were expected. A row with a null, a denominator that is not positive
    or a numerator that cannot be has nulls and takes no part. With fewer than two groups, or a target of nought with
    ``counts``, tau2 and the limits with it are null. ``as_funnelplotr`` repeats that package's figures.
    """
    if not 0 <= trim < 0.5:
        raise ValueError(f"trim is {trim}: give a share of the groups at each end, from 0 to below 0.5")
    if list(levels) != sorted(levels) or not levels:
        raise ValueError(f"levels are {levels}: give one or more, the narrowest limits first")
    how = tails or ("truncate" if kind == "shmi" else "winsorise")
    keys = [f"set{number}" for number in range(len(by))]
    rows = frame.select(
        *(pl.col(name).alias(key) for key, name in zip(keys, by, strict=True)),
        numerator=pl.col(numerator).cast(pl.Float64),
        denominator=pl.col(denominator).cast(pl.Float64),
    )
    if not keys:
        keys, rows = ["set0"], rows.with_columns(set0=pl.lit(0))
    rows = rows.with_columns(
        pl.when(_possible(kind)).then(NUMERATOR).alias("numerator"), pl.when(_possible(kind)).then(DENOMINATOR).alias("denominator")
    ).with_columns(target=pl.lit(1.0) if kind in {"shmi", "cqc"} else pooled(NUMERATOR, DENOMINATOR).over(keys))
    scale = transformed(kind, NUMERATOR, DENOMINATOR, pl.col("target"), as_funnelplotr)
    rows = rows.with_columns(z=_finite((scale.value - scale.target) / scale.chance), weight=1 / scale.chance**2)
    rows = rows.with_columns(z_trimmed=_trimmed(how, trim, keys))
    rows = rows.with_columns(phi=(pl.col("z_trimmed") ** 2).mean().over(keys), tau2=_between(keys))
    seen = NUMERATOR if as_funnelplotr else _seen(NUMERATOR)
    found = rows.select(
        (NUMERATOR / DENOMINATOR * multiplier).alias("value"), pl.col("target") * multiplier, "z", "z_trimmed", "phi", "tau2",
        *_columns("", kind, levels, multiplier, pl.col("tau2"), as_funnelplotr),
        *_columns("plain_", kind, levels, multiplier, None, as_funnelplotr),
    )  # fmt: skip
    judged = rows.select(seen / DENOMINATOR * multiplier).to_series()
    method = pl.when(pl.col("value").is_not_null() & pl.col("tau2").is_not_null()).then(pl.lit(f"additive_{kind}_{how}"))
    found = found.with_columns(flag=_flag(judged, "", levels), plain_flag=_flag(judged, "plain_", levels), method=method)
    taken = sorted({*found.columns} & {*frame.columns})
    if taken:
        raise ValueError(f"the frame already has columns named {taken}: rename them, or select the columns that are needed")
    return frame.hstack(found)


def transformed(kind: Kind, numerator: pl.Expr, denominator: pl.Expr, target: pl.Expr, as_funnelplotr: bool = False) -> Scale:
    """A value on the scale of its kind."""
    seen = _seen(numerator)
    match kind:
        case "shmi":
            return Scale((seen / denominator).log(), target.log(), 1 / denominator.sqrt())
        case "cqc":
            return Scale((numerator / denominator).sqrt(), target.sqrt(), 1 / (2 * denominator.sqrt()))
        case "proportion":
            return Scale((numerator / denominator).sqrt().arcsin(), target.sqrt().arcsin(), 1 / (2 * denominator.sqrt()))
        case "counts":
            events = numerator if as_funnelplotr else seen
            chance = (events / (numerator + 0.5) ** 2 + denominator / (denominator + 0.5) ** 2).sqrt()
            return Scale(((numerator + 0.5) / (denominator + 0.5)).log(), target.log(), chance)


def limits(
    kind: Kind, denominator: pl.Expr, target: pl.Expr, tau2: pl.Expr | None, confidence: float = 0.95, as_funnelplotr: bool = False
) -> Interval:
    """Limits of the value at a denominator, for a table or a curve; without ``tau2`` those of chance alone."""
    if tau2 is None and kind in {"shmi", "cqc"}:
        return expected_limits(denominator, confidence)
    z, between = z_value(confidence), pl.lit(0.0) if tau2 is None else tau2
    match kind:
        case "shmi":
            reach = z * (1 / denominator + between).sqrt()
            return Interval((-reach).exp() * target, reach.exp() * target)
        case "cqc":
            reach = z * (1 / (4 * denominator) + between).sqrt()
            root = Interval(target.sqrt() - reach, target.sqrt() + reach)
            # The scale is of square roots: a limit of the ratio itself is the square. FunnelPlotR draws the root.
            return root if as_funnelplotr else Interval(root.lower.clip(0) ** 2, root.upper**2)
        case "proportion":
            reach, centre = z * (1 / (4 * denominator) + between).sqrt(), target.sqrt().arcsin()
            return Interval((centre - reach).clip(0).sin() ** 2, (centre + reach).clip(None, math.pi / 2).sin() ** 2)
        case "counts":
            # Of the logarithm of a ratio of two counts, target x n and n. FunnelPlotR uses the variance of an arcsine.
            variance = 1 / (4 * denominator) if as_funnelplotr else (1 + 1 / target) / denominator
            reach, centre = z * (variance + between).sqrt(), pl.when(target > 0).then(target).log()
            return Interval((centre - reach).exp(), (centre + reach).exp())


def _seen(numerator: pl.Expr) -> pl.Expr:
    """None at all as half an event, between none and the least that can be seen."""
    return pl.when(numerator == 0).then(0.5).otherwise(numerator)


def _possible(kind: Kind) -> pl.Expr:
    counted = (NUMERATOR >= 0) & NUMERATOR.is_finite() & (DENOMINATOR > 0) & DENOMINATOR.is_finite()
    return counted & (NUMERATOR <= DENOMINATOR) if kind == "proportion" else counted


def _trimmed(how: Tails, trim: float, keys: list[str]) -> pl.Expr:
    z = pl.col("z")
    if how == "keep" or trim == 0:
        return z
    if how == "winsorise":
        return z.clip(z.quantile(trim, "linear").over(keys), z.quantile(1 - trim, "linear").over(keys))
    parts = round(1 / trim)
    part = (z.rank("average") * parts / (z.count() + 1)).floor().over(keys)
    return pl.when((part > 0) & (part < parts - 1)).then(z)


def _between(keys: list[str]) -> pl.Expr:
    """tau2: the variance between groups, by the method of moments; null with fewer than two groups."""
    z, weight = pl.col("z_trimmed"), pl.when(pl.col("z_trimmed").is_not_null()).then(pl.col("weight"))
    groups = z.count()
    excess = (z**2).sum() - (groups - 1)
    information = weight.sum() - (weight**2).sum() / weight.sum()
    return pl.when(groups >= 2).then(pl.when(excess > 0).then(excess / information).otherwise(0.0)).over(keys)


def _columns(
    prefix: str, kind: Kind, levels: Sequence[float], multiplier: float, tau2: pl.Expr | None, as_funnelplotr: bool
) -> list[pl.Expr]:
    columns: list[pl.Expr] = []
    for level in levels:
        pair = limits(kind, DENOMINATOR, pl.col("target"), tau2, level, as_funnelplotr)
        for side, limit in (("lower", pair.lower), ("upper", pair.upper)):
            columns.append((_finite(limit) * multiplier).alias(f"{prefix}{side}_{100 * level:.6g}"))
    return columns


def _flag(judged: pl.Series, prefix: str, levels: Sequence[float]) -> pl.Expr:
    inner, outer = f"{100 * levels[0]:.6g}", f"{100 * levels[-1]:.6g}"
    value = pl.lit(judged)
    names = [pl.lit(name, FLAGS) for name in FLAGS.categories]
    low, high = pl.col(f"{prefix}lower_{outer}"), pl.col(f"{prefix}upper_{outer}")
    placed = pl.when(value < low).then(names[0]).when(value > high).then(names[4])
    placed = placed.when(value < pl.col(f"{prefix}lower_{inner}")).then(names[1]).when(value > pl.col(f"{prefix}upper_{inner}"))
    return pl.when(value.is_not_null() & low.is_not_null()).then(placed.then(names[3]).otherwise(names[2]))


def _finite(value: pl.Expr) -> pl.Expr:
    return pl.when(value.is_finite()).then(value)
