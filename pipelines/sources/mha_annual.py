"""Mental Health Act Statistics, Annual Figures.

In this file `All` under Ethnicity means all people of known ethnicity, `Unknown` is Not Known and Not Stated together,
upper and detailed groups share one column, and the upper groups mean other people for England than for an ICB
(docs/methods and data/reference/ethnicity_membership.csv). Standardised rates are for England only; their interval is
published as a half-width.
"""

from __future__ import annotations

import re

import polars as pl

from pipelines.layouts import Layout
from pipelines.sources.common import (
    ENGLAND,
    LABEL_RULE,
    ReadContext,
    ReadResult,
    Sieve,
    financial_year,
    group_codes,
    mapped,
    provider_type,
    schemes,
)

LAYOUT = Layout(
    "mha_annual",
    "Mental Health Act Statistics, Annual Figures",
    frozenset(
        "year measure measuresubcategory demographic demographicbreakdown organisationbreakdown datasource orgid orgname "
        "mhsds_count acute_count total_count cruderate stdrate confidence_interval".split()
    ),
)
_LEVELS = {"all submissions": "england", "icb": "icb", "sub icb": "sub_icb", "nhs trust": "trust"}
_FIGURES = {"total_count": "count", "cruderate": "crude_rate", "stdrate": "standardised_rate", "confidence_interval": "half_width"}


def _snake(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")


def read(batch: pl.DataFrame, context: ReadContext) -> ReadResult:
    """Published cells of one batch: four figures a row."""
    sieve = Sieve(batch)
    name = (
        pl.when(pl.col("measuresubcategory").str.strip_chars().str.to_lowercase() == "all")
        .then("measure")
        .otherwise(pl.concat_str("measure", "measuresubcategory", separator=" "))
    )
    sieve.rows = batch.with_columns(name=name)
    sieve.rows = sieve.rows.with_columns(stem=mapped(sieve.rows, "name", _snake, pl.String()))
    stems = [measure.split(":")[0] for measure in context.wanted]
    sieve.keep(pl.col("stem").is_in(stems), "a measure that no indicator uses")
    demographic = pl.col("demographic").str.strip_chars().str.to_lowercase()
    sieve.keep(demographic.is_in(["ethnicity", "all"]), "broken down by something other than ethnicity")
    mhsds = pl.col("datasource").str.strip_chars().str.to_uppercase() == "MHSDS"
    sieve.keep(mhsds, "from another data source than MHSDS")
    level = pl.col("organisationbreakdown").str.strip_chars().str.to_lowercase()
    sieve.rows = sieve.rows.with_columns(org_type=level.replace_strict(_LEVELS, default=None))
    sieve.keep(pl.col("org_type").is_not_null(), "a kind of organisation that no indicator shows")
    _meanings(sieve, context)
    return sieve.result(_unpivot(sieve.rows, context))


def _meanings(sieve: Sieve, context: ReadContext) -> None:
    years = {text: financial_year(text) for text in sieve.rows["year"].unique().to_list()}
    starts = {text: found[0] if found else None for text, found in years.items()}
    ends = {text: found[1] if found else None for text, found in years.items()}
    total = pl.col("demographic").str.strip_chars().str.to_lowercase() == "all"
    code = group_codes(sieve.rows, context.reference, "demographicbreakdown")
    # Under Ethnicity "All" leaves out the people whose ethnicity is not known.
    known = pl.when(total).then(pl.lit("all")).when(code == "all").then(pl.lit("known")).otherwise(code)
    kind = mapped(sieve.rows, "orgid", lambda text: provider_type(text.strip()), pl.String())
    sieve.rows = sieve.rows.with_columns(
        period_start=pl.col("year").replace_strict(starts, default=None, return_dtype=pl.Date),
        period_end=pl.col("year").replace_strict(ends, default=None, return_dtype=pl.Date),
        code=known,
        org_type=pl.when(pl.col("org_type") == "trust").then(kind).otherwise("org_type"),
    )
    sieve.refuse(pl.col("period_start").is_null(), "year", "must be a financial year such as 2023/24")
    sieve.refuse(pl.col("code").is_null(), "demographicbreakdown", LABEL_RULE)


def _unpivot(rows: pl.DataFrame, context: ReadContext) -> pl.DataFrame:
    national = pl.col("org_type") == "england"
    upper = pl.when(national).then(pl.lit("upper_mha_england")).otherwise(pl.lit("upper_mha_icb"))
    aggregate = pl.col("code").is_in(["white", "mixed", "asian", "black", "other"])
    long = rows.unpivot(
        on=list(_FIGURES),
        index=["stem", "period_start", "period_end", "org_type", "orgid", "orgname", "code", "source_row"],
        variable_name="source_column",
        value_name="value_text",
    )
    measure = pl.concat_str("stem", pl.col("source_column").replace_strict(_FIGURES), separator=":")
    cells = long.select(
        pl.lit(context.dataset).alias("dataset"),
        measure.alias("measure"),
        "period_start",
        "period_end",
        "org_type",
        pl.when(national).then(pl.lit(ENGLAND)).otherwise(pl.col("orgid").str.strip_chars()).alias("org_code"),
        pl.when(national).then(pl.lit("England")).otherwise("orgname").alias("org_name"),
        pl.when(aggregate).then(upper).otherwise(schemes(pl.col("code"), "", upper)).alias("ethnicity_scheme"),
        pl.col("code").alias("ethnicity_code"),
        "value_text",
        (~national).alias("rounded"),
        pl.lit("final").alias("publication_status"),
        "source_row",
        "source_column",
    )
    return cells.filter(pl.col("measure").is_in(list(context.wanted)))
