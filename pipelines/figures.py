"""Published cells to figures: text becomes number, state and bounds; parts are added up, sites to their trust, from counts.

What is refused leaves a gap: no figure is worked out from the rest as if nothing were missing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from equity import cells, rounding
from equity.cells import CellState
from pipelines.sources.common import PART, REFUSED_SCHEMA
from pipelines.tables import ROW

# One organisation, period and group; a figure is one measure of it.
PLACE = [
    "org_type",
    "org_code",
    "period_start",
    "period_end",
    "ethnicity_scheme",
    "ethnicity_code",
    "publication_status",
]
KEY = [*PLACE, "measure"]
NUMBER_RULE = "must be a number of 0 or more, or one of * ! ? - N/A NULL ~0 [c] [u] [x] [z] [low]"
REPEAT_RULE = "the same measure, organisation, period and group stand twice in the file with different values"
PARTS_RULE = "the count of an area and group is not whole: an age or a sex is missing, or stands twice"
_COUNTS = r"^count_|:(numerator|denominator|denominator_excluded)$"
_INDICATOR = r"^([^:]*):"  # of the template, whose measures are ``indicator:role``


@dataclass(frozen=True, slots=True)
class Figures:
    """``kept``: cells with ``number, state, reason, lower, upper``, one for each ``KEY``. ``refused``: rows with a malformed
    or contradictory cell, whole. ``spoiled``: the keys that miss a figure for that reason."""

    kept: pl.DataFrame
    refused: pl.DataFrame
    spoiled: pl.DataFrame


def read_figures(published: pl.DataFrame) -> Figures:
    """Figures of published cells; a row with a malformed cell is refused whole, a repeat with the same figure is kept once."""
    text = pl.col("value_text")
    parsed = published.with_columns(number=cells.number(text), state=cells.state(text), reason=cells.reason(text))
    signed = (1 / pl.col("number")) < 0  # also of "-0", which is below nought before it is rounded
    malformed = pl.col("state").is_null() | signed.fill_null(value=False)
    faults = [_refusals(parsed.filter(malformed), NUMBER_RULE)]
    repeats = parsed.select(KEY).is_duplicated().any()
    if repeats:
        differ = pl.struct("number", "state").n_unique().over(KEY) > 1
        faults.append(_refusals(parsed.filter(differ & ~malformed), REPEAT_RULE))
    refused = pl.concat(faults)
    spoiled = parsed.select(KEY).clear()
    if not refused.is_empty():
        bad = pl.col(ROW).is_in(refused[ROW].unique().to_list())
        spoiled = parsed.filter(bad).select(KEY)
        parsed = parsed.filter(~bad)
    if repeats:
        parsed = parsed.unique(KEY, keep="first", maintain_order=True)
    return Figures(_with_bounds(parsed), refused, spoiled)


def _refusals(rows: pl.DataFrame, rule: str) -> pl.DataFrame:
    told = rows.select(ROW, pl.col("source_column").alias("column"), pl.col("value_text").alias("value"), pl.lit(rule).alias("rule"))
    return told.cast(REFUSED_SCHEMA)  # pyright: ignore[reportArgumentType]


def _with_bounds(figures: pl.DataFrame) -> pl.DataFrame:
    suppressed = pl.col("state") == CellState.SUPPRESSED
    bounds = rounding.count_bounds(pl.col("number"), suppressed, pl.col("rounded"))
    return figures.with_columns(lower=bounds.lower, upper=bounds.upper)


# ---------------------------------------------------------------------------------------------------------- Adding up


def add_parts(figures: Figures) -> Figures:
    """Counts that are published in parts (``measure#parts#which``, as the Census by age and sex) added up to their whole.

    A whole whose parts are not all there is spoiled, and its rows are refused.
    """
    parts = figures.kept.filter(pl.col("measure").str.contains(PART, literal=True))
    if parts.is_empty():
        return figures
    split = parts.with_columns(
        pl.col("measure").str.split(PART).list.get(0), needed=pl.col("measure").str.split(PART).list.get(1).cast(pl.UInt32)
    )
    whole = (pl.len().over(KEY) == pl.col("needed")) & pl.col("number").is_not_null().all().over(KEY)
    sums = _sums(split.filter(whole), pl.lit(value=True))
    missing = split.filter(~whole)
    gaps = pl.concat([_stem(figures.spoiled), missing.select(KEY)]).unique()
    kept = pl.concat([figures.kept.join(parts.select(KEY), on=KEY, how="anti"), sums], how="diagonal")
    return Figures(kept, pl.concat([figures.refused, _refusals(missing, PARTS_RULE)]), gaps)


def _stem(spoiled: pl.DataFrame) -> pl.DataFrame:
    return spoiled.with_columns(pl.col("measure").str.split(PART).list.get(0)).unique()


def roll_up(figures: Figures) -> Figures:
    """Adds the figures of trusts that publish only by site: counts added, percentages and means never.

    A site's trust is the first three characters of its code. A trust with a row of its own is left alone. If a site's
    count is suppressed the sum is suppressed too, with the bounds that follow; if one is missing there is no sum.
    """
    kept = figures.kept.with_columns(rolled_up=pl.lit(value=False))
    counts = kept.filter((pl.col("org_type") == "provider_site") & pl.col("measure").str.contains(_COUNTS))
    if counts.is_empty():
        return replace(figures, kept=kept)
    reporting = ["org_code", "period_start", "period_end", "publication_status", "indicator"]
    of_trusts = counts.with_columns(indicator=_indicator()).with_columns(
        pl.col("org_code").str.head(3),
        org_type=pl.lit("trust"),
        org_name=pl.lit(None, pl.String),
        needed=pl.col("org_code").n_unique().over([pl.col("org_code").str.head(3), *reporting[1:]]),
    )
    own = kept.filter(pl.col("org_type") == "trust").select(*reporting[:-1], indicator=_indicator())
    without = of_trusts.join(own.unique(), on=reporting, how="anti")
    sites = figures.spoiled.filter(pl.col("org_type") == "provider_site")
    trusts = sites.with_columns(pl.col("org_code").str.head(3), org_type=pl.lit("trust"))
    sums = _sums(without, pl.len() == pl.col("needed").first()).join(trusts, on=KEY, how="anti")
    return replace(figures, kept=pl.concat([kept, sums], how="diagonal"), spoiled=pl.concat([figures.spoiled, trusts]).unique())


def _indicator() -> pl.Expr:
    return pl.col("measure").str.extract(_INDICATOR).fill_null("")


def _sums(parts: pl.DataFrame, complete: pl.Expr) -> pl.DataFrame:
    """One figure for each ``KEY``: the sum of its parts, with what is left unknown where one of them is hidden or missing."""
    known = complete & pl.col("lower").is_not_null().all()
    exact = known & pl.col("number").is_not_null().all()
    return parts.group_by(KEY, maintain_order=True).agg(
        pl.col("dataset", "org_name", "rounded", "source", "licence", "source_column").first(),
        pl.when(exact).then(pl.col("number").sum()).alias("number"),
        pl.when(known).then(pl.col("lower").sum()).alias("lower"),
        pl.when(known).then(pl.col("upper").sum()).alias("upper"),
        pl.when(~known)
        .then(pl.lit(str(CellState.NOT_COLLECTED)))
        .when(~exact)
        .then(pl.lit(str(CellState.SUPPRESSED)))
        .when((pl.col("number") == 0).all())
        .then(pl.lit(str(CellState.TRUE_ZERO)))
        .otherwise(pl.lit(str(CellState.OBSERVED)))
        .alias("state"),
        pl.when(~known)
        .then(pl.lit("not published for at least one of the trust's sites"))
        .when(~exact)
        .then(pl.lit("suppressed by the publisher for at least one of the trust's sites"))
        .alias("reason"),
        pl.lit(value=True).alias("rolled_up"),
    )
