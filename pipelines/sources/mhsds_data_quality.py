"""MHSDS data quality: how complete the ethnic category is (MHS-DQM05), by provider and month."""

from __future__ import annotations

import polars as pl

from pipelines.layouts import Layout
from pipelines.sources.common import ENGLAND, STATUSES, ReadContext, ReadResult, Sieve, mapped, month_period, provider_type

LAYOUT = Layout(
    "mhsds_data_quality",
    "MHSDS data quality",
    frozenset(
        "reporting_period status reporting_level provider_code provider_name dq_measure dq_measure_name dq_result "
        "dq_dataset_metric_id unit value".split()
    ),
)


def read(batch: pl.DataFrame, context: ReadContext) -> ReadResult:
    """Published cells of one batch; the measure is ``MHS-DQM05:valid:count``."""
    sieve = Sieve(batch)
    parts = [pl.col(name).str.strip_chars() for name in ("dq_measure", "dq_result", "unit")]
    sieve.rows = batch.with_columns(
        measure=pl.concat_str(parts[0], parts[1].str.to_lowercase(), parts[2].str.to_lowercase(), separator=":")
    )
    sieve.keep(pl.col("measure").is_in(list(context.wanted)), "a measure that no indicator uses")
    periods = {text: month_period(text) for text in sieve.rows["reporting_period"].unique().to_list()}
    starts = {text: period[0] if period else None for text, period in periods.items()}
    ends = {text: period[1] if period else None for text, period in periods.items()}
    month = pl.col("reporting_period")
    sieve.rows = sieve.rows.with_columns(
        period_start=month.replace_strict(starts, default=None, return_dtype=pl.Date),
        period_end=month.replace_strict(ends, default=None, return_dtype=pl.Date),
        status_code=pl.col("status").str.strip_chars().str.to_lowercase().replace_strict(STATUSES, default=None),
    )
    sieve.refuse(pl.col("period_start").is_null(), "reporting_period", "must be a month such as Apr-26")
    sieve.refuse(pl.col("status_code").is_null(), "status", "must be Performance, Provisional or Final")
    national = pl.col("reporting_level").str.strip_chars().str.to_lowercase().is_in(["england", "national"])
    code = pl.col("provider_code").str.strip_chars()
    kind = mapped(sieve.rows, "provider_code", lambda text: provider_type(text.strip()), pl.String())
    cells = sieve.rows.select(
        "measure",
        "period_start",
        "period_end",
        pl.lit(context.dataset).alias("dataset"),
        pl.when(national).then(pl.lit("england")).otherwise(kind).alias("org_type"),
        pl.when(national).then(pl.lit(ENGLAND)).otherwise(code).alias("org_code"),
        pl.col("provider_name").alias("org_name"),
        pl.lit("upper_mhsds").alias("ethnicity_scheme"),
        pl.lit("all").alias("ethnicity_code"),
        pl.col("value").alias("value_text"),
        (~national).alias("rounded"),
        pl.col("status_code").alias("publication_status"),
        "source_row",
        pl.lit("value").alias("source_column"),
    )
    return sieve.result(cells)
