"""What the counts of a table can have been, given that they are rounded and the smallest of them hidden.

A printed count is a range (``equity.rounding.count_bounds``), and so is whatever is worked out from it. ``narrow`` makes
the ranges as small as the table itself allows: a numerator is no larger than its denominator, a published percentage says
what the counts behind it can have been, and groups and unknown add up to the whole. Proofs, sources and the table of edge
cases: docs/methods/bounds.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import polars as pl

from equity.rounding import Bounds

Kind = Literal["proportion", "rate"]

COUNTS = ("numerator_lower", "numerator_upper", "denominator_lower", "denominator_upper")
WIDEST = 1_000  # denominators that a published percentage is tried with, one by one; past that its own range is used
MEETS = 1e-7  # of a count, so that binary floating point meets a decimal half exactly
PASSES = 12  # over parts and whole at most: two or three settle the ranges, and each is good in itself


# ------------------------------------------------------------------------------------------------ Counts as expressions


def sum_of(*parts: Bounds) -> Bounds:
    """Bounds of a sum of counts, each of which may be anything within its own."""
    return Bounds(pl.sum_horizontal(one.lower for one in parts), pl.sum_horizontal(one.upper for one in parts))


def less(whole: Bounds, part: Bounds) -> Bounds:
    """Bounds of a count without a part of it, such as referrals that finished without those that began below caseness."""
    floor = pl.lit(0.0)
    return Bounds(pl.max_horizontal(whole.lower - part.upper, floor), pl.max_horizontal(whole.upper - part.lower, floor))


def both(one: Bounds, other: Bounds) -> Bounds:
    """Bounds of a count that is published in two ways."""
    return Bounds(pl.max_horizontal(one.lower, other.lower), pl.min_horizontal(one.upper, other.upper))


# ------------------------------------------------------------------------------------------- What a table itself allows


def narrow(
    frame: pl.DataFrame,
    by: Sequence[str],
    *,
    kind: Kind,
    multiplier: float,
    group: str = "group",
    unknown: Sequence[str] = ("unknown",),
    whole: str | None = "all",
) -> pl.DataFrame:
    """The same rows with their counts narrowed, and ``value_lower`` and ``value_upper``, the least and the greatest value.

    One row a group and stratum (``by``); ``unknown`` and ``whole`` name the rows that hold people of unknown ethnicity and
    everyone. Counts are in ``COUNTS``: whole numbers, null where nothing is known. ``published`` and ``decimals``, where
    the frame has them, are the value as printed; leave it out where the publisher works it out from rounded counts. What
    cannot be true has ``consistent`` false: the counts rule each other out (no value), or they rule out the published
    value or the whole, which then narrows nothing. Columns that are there already are replaced.
    """
    if kind not in get_args(Kind):
        raise ValueError(f"kind is {kind!r}: give one of {', '.join(get_args(Kind))}")
    if not 0 < multiplier < float("inf"):
        raise ValueError(f"multiplier is {multiplier}: give a number above 0, such as 100 for per cent")
    frame = _checked(frame, [*by, group])
    alone = _rows(frame, kind, multiplier)
    if whole is None:
        return alone
    joint = alone
    for _ in range(PASSES):
        before = joint.select(COUNTS)
        joint = _rows(_parts_and_whole(joint, by, group, unknown, whole), kind, multiplier)
        if joint.select(COUNTS).equals(before):
            break
    # Where the parts do not make up the whole, nobody knows which of them is wrong: each row then stands by itself.
    broken = (~joint["consistent"] & alone["consistent"]).alias("broken")
    broken = alone.with_columns(broken).select(pl.col("broken").any().over(_keys(by)))["broken"]
    told = alone.with_columns(consistent=pl.col("consistent") & ~broken)
    return pl.select(pl.when(broken).then(told[name]).otherwise(joint[name]).alias(name) for name in alone.columns)


def _keys(by: Sequence[str]) -> list[pl.Expr]:
    return [pl.col(name) for name in by] or [pl.lit(0)]


def _checked(frame: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The frame with counts as numbers, from nought to infinity where nothing is known, and with what may be absent."""
    absent = [name for name in (*keys, *COUNTS) if name not in frame.columns]
    if absent:
        raise ValueError(f"no column {', '.join(map(repr, absent))}: bounds need {', '.join(COUNTS)} and the columns of a stratum")
    if frame[keys[-1]].null_count():
        raise ValueError(f"a row has no {keys[-1]}: whose counts are these?")
    if frame.select(pl.struct(keys).is_duplicated().any()).item():
        raise ValueError(f"two rows have the same {', '.join(keys)}: one row a group and stratum is needed")
    counts = frame.drop("value_lower", "value_upper", "consistent", strict=False).with_columns(pl.col(COUNTS).cast(pl.Float64))
    for name in COUNTS:
        endless = pl.col(name).is_infinite() & pl.lit(name.endswith("lower"))
        odd = counts.filter((pl.col(name) < 0) | pl.col(name).is_nan() | endless | (pl.col(name).is_finite() & (pl.col(name) % 1 != 0)))
        if odd.height:
            raise ValueError(f"{name} is {odd[name][0]}: counts are whole numbers and not below 0")
    for count in ("numerator", "denominator"):
        turned = counts.filter(pl.col(f"{count}_lower") > pl.col(f"{count}_upper"))
        if turned.height:
            raise ValueError(f"{count}_lower is {turned[f'{count}_lower'][0]:g}, above {count}_upper {turned[f'{count}_upper'][0]:g}")
    ends = [pl.col(name).fill_null(0.0 if name.endswith("lower") else float("inf")) for name in COUNTS]
    printed = pl.col("published") if "published" in frame.columns else pl.lit(None)
    digits = pl.col("decimals").fill_null(0) if "decimals" in frame.columns else pl.lit(0)
    return counts.with_columns(*ends, printed.cast(pl.Float64).alias("published"), digits.alias("decimals"))


def _rows(frame: pl.DataFrame, kind: Kind, multiplier: float) -> pl.DataFrame:
    """Narrow each row by itself."""
    share = kind == "proportion"
    most, least = pl.col("numerator_upper"), pl.col("denominator_lower")
    if share:
        frame = frame.with_columns(
            pl.min_horizontal(most, "denominator_upper").alias("numerator_upper"),
            pl.max_horizontal(least, "numerator_lower").alias("denominator_lower"),
        )
    possible = (pl.col("numerator_lower") <= most) & (least <= pl.col("denominator_upper"))
    known = possible & (pl.col("denominator_upper") > 0) & pl.col("denominator_upper").is_finite()
    greatest = multiplier * most / pl.max_horizontal(least, pl.lit(1.0))
    frame = frame.with_columns(
        value_lower=pl.when(known).then(multiplier * pl.col("numerator_lower") / pl.col("denominator_upper")),
        value_upper=pl.when(known).then(pl.min_horizontal(greatest, pl.lit(float(multiplier))) if share else greatest),
        consistent=possible & pl.col("consistent") if "consistent" in frame.columns else possible,
    )
    return _by_published(frame.with_row_index("_row"), share, multiplier).drop("_row")


def _by_published(frame: pl.DataFrame, share: bool, multiplier: float) -> pl.DataFrame:
    """Keep those counts alone from which the published value, itself rounded, can follow. A half counts either way."""
    half = 0.5 * 10.0 ** (-pl.col("decimals").cast(pl.Float64))
    said = frame.filter(pl.col("consistent") & pl.col("published").is_not_null() & pl.col("value_lower").is_not_null())
    said = said.with_columns(low=(pl.col("published") - half) / multiplier, high=(pl.col("published") + half) / multiplier)
    few = pl.col("denominator_upper") - pl.max_horizontal("denominator_lower", pl.lit(1.0)) <= WIDEST
    n = pl.int_ranges(pl.max_horizontal("denominator_lower", pl.lit(1.0)).cast(pl.Int64), pl.col("denominator_upper").cast(pl.Int64) + 1)
    tried = said.filter(few).with_columns(n=n).explode("n").with_columns(pl.col("n").cast(pl.Float64))
    least = pl.max_horizontal("numerator_lower", (pl.col("low") * pl.col("n") - MEETS).ceil())
    most = pl.min_horizontal("numerator_upper", (pl.col("high") * pl.col("n") + MEETS).floor(), *(["n"] if share else []))
    kept = tried.with_columns(least=least, most=most).filter(pl.col("least") <= pl.col("most"))
    found = kept.group_by("_row").agg(
        numerator_lower=pl.col("least").min(),
        numerator_upper=pl.col("most").max(),
        denominator_lower=pl.col("n").min(),
        denominator_upper=pl.col("n").max(),
        value_lower=multiplier * (pl.col("least") / pl.col("n")).min(),
        value_upper=multiplier * (pl.col("most") / pl.col("n")).max(),
    )
    wide = said.filter(~few).select(
        "_row",
        *COUNTS,
        value_lower=pl.max_horizontal("value_lower", multiplier * pl.col("low")),
        value_upper=pl.min_horizontal("value_upper", multiplier * pl.col("high")),
    )
    ruled_out = (
        said.select("_row")
        .join(found, on="_row", how="anti")
        .join(wide.filter(pl.col("value_lower") <= pl.col("value_upper")), on="_row", how="anti")
    )
    better = pl.concat([found, wide.select(found.columns).filter(pl.col("value_lower") <= pl.col("value_upper"))])
    out = frame.update(better, on="_row", how="left")
    return out.with_columns(consistent=pl.col("consistent") & ~pl.col("_row").is_in(ruled_out["_row"].implode()))


def _parts_and_whole(frame: pl.DataFrame, by: Sequence[str], group: str, unknown: Sequence[str], whole: str) -> pl.DataFrame:
    """Narrow every part to the whole less the least of the others, and the whole to the sum of its parts.

    The projection of a box cut by a sum: exact in one pass for counts of one kind. Without a row of unknown ethnicity, and
    where the counts of a row rule each other out, the parts are no more than the whole, and nothing else is known.
    """
    is_whole, over = pl.col(group) == whole, _keys(by)
    has_whole, has_unknown = is_whole.any().over(over), pl.col(group).is_in(list(unknown)).any().over(over)
    narrowed: list[pl.Expr] = []
    for count in ("numerator", "denominator"):
        possible = pl.col(f"{count}_lower") <= pl.col(f"{count}_upper")
        low = pl.when(possible).then(f"{count}_lower").otherwise(0.0)
        high = pl.when(possible).then(f"{count}_upper").otherwise(float("inf"))
        of_part = pl.when(~is_whole)
        lows = of_part.then(low).otherwise(0.0).sum().over(over)
        endless = of_part.then(high.is_infinite()).otherwise(False).sum().over(over)
        highs = of_part.then(pl.when(high.is_finite()).then(high).otherwise(0.0)).otherwise(0.0).sum().over(over)
        low_whole = pl.when(is_whole).then(low).max().over(over)
        high_whole = pl.when(is_whole).then(high).max().over(over)
        # Others without an upper end leave this one without a lower.
        others_end = endless - high.is_infinite().cast(pl.Int64) == 0
        others = highs - pl.when(high.is_finite()).then(high).otherwise(0.0)
        least = pl.when(has_unknown & others_end).then(low_whole - others).otherwise(0.0)
        all_parts = pl.when(has_unknown & (endless == 0)).then(highs).otherwise(float("inf"))
        lower = pl.when(is_whole).then(lows).otherwise(least)
        upper = pl.when(is_whole).then(all_parts).otherwise(high_whole - (lows - low))
        use = has_whole & possible
        narrowed += [
            pl.when(use).then(pl.max_horizontal(f"{count}_lower", lower)).otherwise(f"{count}_lower").alias(f"{count}_lower"),
            pl.when(use).then(pl.min_horizontal(f"{count}_upper", upper)).otherwise(f"{count}_upper").alias(f"{count}_upper"),
        ]
    return frame.with_columns(narrowed)
