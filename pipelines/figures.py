"""Published cells to figures: text becomes number, state and bounds; sites are rolled up to their trust from counts."""

from __future__ import annotations

import polars as pl

from equity import cells, rounding
from equity.cells import CellState
from pipelines.sources.common import REFUSED_SCHEMA

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
NUMBER_RULE = "must be a number of 0 or more, or one of * ! ? - N/A NULL ~0 [c] [u] [x] [z] [low]"
REPEAT_RULE = "the same measure, organisation, period and group stand twice in the file with different values"
_COUNTS = r"^count_|:(numerator|denominator|denominator_excluded)$"


def read_figures(published: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Published cells with ``number, state, reason, lower, upper``; and the rows refused as malformed or contradictory."""
    text = pl.col("value_text")
    parsed = published.with_columns(
        number=cells.number(text), state=cells.state(text), reason=cells.reason(text)
    )
    malformed = pl.col("state").is_null() | (pl.col("number") < 0).fill_null(value=False)
    refused = [_refusals(parsed.filter(malformed), NUMBER_RULE)]
    sound = parsed.filter(~malformed)
    key = [*PLACE, "measure"]
    if sound.select(key).is_duplicated().any():
        contradictory = pl.struct("number", "state").n_unique().over(key) > 1
        refused.append(_refusals(sound.filter(contradictory), REPEAT_RULE))
        sound = sound.filter(~contradictory).unique(key, keep="first", maintain_order=True)
    return _with_bounds(sound), pl.concat(refused)


def _refusals(rows: pl.DataFrame, rule: str) -> pl.DataFrame:
    return rows.select(
        "source_row", pl.col("source_column").alias("column"), pl.col("value_text").alias("value"), pl.lit(rule).alias("rule")
    ).cast(REFUSED_SCHEMA)  # pyright: ignore[reportArgumentType]


def _with_bounds(figures: pl.DataFrame) -> pl.DataFrame:
    suppressed = pl.col("state") == CellState.SUPPRESSED
    bounds = rounding.count_bounds(pl.col("number"), suppressed, pl.col("rounded"))
    return figures.with_columns(lower=bounds.lower, upper=bounds.upper)


def roll_up(figures: pl.DataFrame) -> pl.DataFrame:
    """``figures`` with those of trusts that publish only by site: counts added, percentages and means never.

    A site's trust is the first three characters of its code. A trust's own row is left alone. If a site's count is
    suppressed the sum is suppressed too, with the bounds that follow.
    """
    counts = figures.filter((pl.col("org_type") == "provider_site") & pl.col("measure").str.contains(_COUNTS))
    of_trusts = counts.with_columns(
        pl.col("org_code").str.head(3), pl.lit("trust").alias("org_type"), pl.lit(None, pl.String).alias("org_name")
    )
    key = [*PLACE, "measure"]
    sums = of_trusts.group_by(key, maintain_order=True).agg(
        pl.col("dataset", "rounded", "source", "licence", "source_column").first(),
        pl.when(pl.col("number").is_not_null().all()).then(pl.col("number").sum()).alias("number"),
        pl.col("lower", "upper").sum(),
        _state_of_sum().alias("state"),
        pl.when(pl.col("number").is_null().any())
        .then(pl.lit("not published for at least one of the trust's sites"))
        .alias("reason"),
        pl.lit(value=True).alias("rolled_up"),
    )
    own = figures.with_columns(rolled_up=pl.lit(value=False))
    return pl.concat([own, sums.join(own, on=key, how="anti")], how="diagonal")


def _state_of_sum() -> pl.Expr:
    state = pl.col("state")
    unknown = state.is_in([CellState.NOT_COLLECTED, CellState.NOT_APPLICABLE])
    return (
        pl.when(unknown.any())
        .then(pl.lit(str(CellState.NOT_COLLECTED)))
        .when((state == CellState.SUPPRESSED).any())
        .then(pl.lit(str(CellState.SUPPRESSED)))
        .when((pl.col("number") == 0).all())
        .then(pl.lit(str(CellState.TRUE_ZERO)))
        .otherwise(pl.lit(str(CellState.OBSERVED)))
    )
