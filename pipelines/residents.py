"""People of Census 2021 added up: groups to the high-level groups and to everyone, local authorities to ICBs.

Counts may be added where nobody is left out: a high-level group has all of its detailed groups, an ICB of the study's sites
all of its local authorities (data/reference/organisations.csv). England is never a sum of local authorities.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from equity.cells import CellState
from equity.ethnicity import rebuild
from pipelines.figures import Figures
from pipelines.reference import CENSUS_SCHEME, Reference

UPPER_SCHEME = "upper_census"
_SHARED = ["dataset", "measure", "period_start", "period_end", "rounded", "publication_status", "source", "licence", "source_column"]


def add_up(figures: Figures, reference: Reference) -> Figures:
    """``figures`` of detailed groups with those that they add up to, marked ``rolled_up``."""
    kept = figures.kept.with_columns(rolled_up=pl.lit(value=False))
    whole = replace(figures, kept=kept)
    if kept.is_empty():
        return whole
    own = kept.select(pl.col("org_code").alias("area_code"), "ethnicity_code", pl.col("number").alias("population"))
    boards = _boards(own, reference)
    upper = rebuild(pl.concat([own, boards]), reference.membership, UPPER_SCHEME, CENSUS_SCHEME)
    # Nobody's ethnic group is unknown in the Census: everyone in a group is everyone.
    upper = upper.with_columns(pl.col("ethnicity_code").replace("known", "all"))
    census = pl.lit(CENSUS_SCHEME).alias("ethnicity_scheme")
    everyone = upper.filter(pl.col("ethnicity_code") == "all").with_columns(census)
    added = pl.concat([upper, everyone, boards.select("area_code", census, "ethnicity_code", "population")])
    return replace(whole, kept=pl.concat([kept, _figures(added, kept, reference)], how="diagonal"))


def _boards(own: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """area_code, ethnicity_code, population of the ICBs whose local authorities all have a count of the group."""
    councils = reference.organisations.filter((pl.col("org_type") == "local_authority") & (pl.col("parent_code") != ""))
    parents = councils.select(pl.col("org_code").alias("area_code"), "parent_code")
    needed = parents.group_by("parent_code").agg(pl.len().alias("needed"))
    return (
        own.join(parents, on="area_code")
        .group_by("parent_code", "ethnicity_code")
        .agg(pl.col("population").sum(), pl.len().alias("found"))
        .join(needed, on="parent_code")
        .filter(pl.col("found") == pl.col("needed"))
        .select(pl.col("parent_code").alias("area_code"), "ethnicity_code", "population")
    )


def _figures(added: pl.DataFrame, kept: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    # An ICB is younger than the Census: its area is meant, under the name that it has had since.
    boards = reference.organisations.filter(pl.col("org_type") == "icb").select("org_code", pl.col("name").alias("org_name"), "org_type")
    own = kept.select("org_code", "org_name", "org_type")
    places = pl.concat([own, boards.filter(~pl.col("org_code").is_in(own["org_code"].unique().to_list()))]).unique("org_code", keep="last")
    number = pl.col("population")
    return (
        added.join(places.rename({"org_code": "area_code"}), on="area_code", how="left")
        .join(kept.select(_SHARED).head(1), how="cross")
        .select(
            "org_type",
            pl.col("area_code").alias("org_code"),
            "org_name",
            "ethnicity_scheme",
            "ethnicity_code",
            number.alias("number"),
            number.alias("lower"),
            number.alias("upper"),
            pl.when(number == 0).then(pl.lit(str(CellState.TRUE_ZERO))).otherwise(pl.lit(str(CellState.OBSERVED))).alias("state"),
            *_SHARED,
            pl.lit(value=True).alias("rolled_up"),
        )
    )
