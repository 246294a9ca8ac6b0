"""Census 2021 by ethnic group: local authorities (tidy, or as the ONS builds a custom table) and RM032 for a country."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.layouts import Layout
from pipelines.reference import label_key
from pipelines.sources.common import ReadContext, ReadResult, Sieve

CENSUS_DAY = date(2021, 3, 21)
_TITLE = "Census 2021 by ethnic group"
_ONS_AREA = "lower tier local authorities"
_ONS_GROUP = "ethnic group (20 categories)"
LAYOUTS = [
    Layout("census", f"{_TITLE} and local authority", frozenset("ltla21_code ltla21_name ethnic_group value".split())),
    Layout(
        "census",
        f"{_TITLE} and local authority (ONS custom table)",
        frozenset({f"{_ONS_AREA} code", _ONS_AREA, f"{_ONS_GROUP} code", _ONS_GROUP, "observation"}),
    ),
    Layout(
        "census",
        f"{_TITLE}, sex and age (RM032)",
        frozenset(
            "ctry ctry_name ethnic_group_tb_20b ethnic_group_tb_20b_name sex sex_name resident_age_5c "
            "resident_age_5c_name observation".split()
        ),
    ),
]
_NAMES = {
    f"{_ONS_AREA} code": "area",
    _ONS_AREA: "area_name",
    _ONS_GROUP: "label",
    "observation": "value",
    "ltla21_code": "area",
    "ltla21_name": "area_name",
    "ethnic_group": "label",
    "ctry": "area",
    "ctry_name": "area_name",
    "ethnic_group_tb_20b_name": "label",
}
GROUP_RULE = "must be one of the 19 ethnic groups of Census 2021 (data/reference/ethnicity_labels.csv)"


def read(batch: pl.DataFrame, context: ReadContext) -> ReadResult:
    """Published cells of one batch: people by area and detailed group."""
    figure = "observation" if "observation" in batch.columns else "value"
    sieve = Sieve(batch.rename({old: new for old, new in _NAMES.items() if old in batch.columns}))
    sieve.keep(~pl.col("label").str.strip_chars().str.ends_with("(percent)"), "a percentage beside its count")
    sieve.keep(label_key(pl.col("label")) != "does not apply", "does not apply: nobody is counted there")
    counted = label_key(pl.col("label").str.strip_chars().str.strip_suffix("(number)"))
    known = context.reference.codes_of("census_19")
    sieve.rows = sieve.rows.with_columns(code=counted.replace_strict(known, default=None, return_dtype=pl.String))
    sieve.refuse(pl.col("code").is_null(), "ethnic group", GROUP_RULE, shown="label")
    area = pl.col("area").str.strip_chars()
    sieve.refuse(~area.str.contains(r"^E(92|0[6-9])\d{6}$"), "area code", "must be an English area code", shown="area")
    cells = sieve.rows.select(
        pl.lit(context.dataset).alias("dataset"),
        pl.lit("population").alias("measure"),
        pl.lit(CENSUS_DAY).alias("period_start"),
        pl.lit(CENSUS_DAY).alias("period_end"),
        pl.when(area.str.starts_with("E92")).then(pl.lit("england")).otherwise(pl.lit("local_authority")).alias("org_type"),
        area.alias("org_code"),
        pl.col("area_name").alias("org_name"),
        pl.lit("census_19").alias("ethnicity_scheme"),
        pl.col("code").alias("ethnicity_code"),
        pl.col("value").alias("value_text"),
        pl.lit(value=False).alias("rounded"),
        pl.lit("final").alias("publication_status"),
        "source_row",
        pl.lit(figure).alias("source_column"),
    )
    return sieve.result(cells)


def add_up(cells: pl.DataFrame) -> pl.DataFrame:
    """Counts of one area and group added over sex and age, where the table is split by them."""
    key = ["org_code", "ethnicity_code"]
    if not cells.select(key).is_duplicated().any():
        return cells
    figures = pl.col("value_text").str.strip_chars().cast(pl.Int64, strict=False)
    total = pl.when(figures.is_not_null().all()).then(figures.sum().cast(pl.String)).otherwise(pl.col("value_text").first())
    others = [pl.col(name).first() for name in cells.columns if name not in {*key, "value_text"}]
    return cells.group_by(key, maintain_order=True).agg(total.alias("value_text"), *others).select(cells.columns)
