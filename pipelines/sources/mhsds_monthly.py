"""MHSDS monthly statistics: the main file and its sisters of the same columns (out-of-area placements, four-week waits).

The period is (start, end), never the end alone: one file holds 1-, 3- and 12-month rows that end on the same day.
Below England counts under 5 are starred and the rest rounded to 5, percentages to whole numbers (NHS England,
NHSDigital/mental-health-monthly-statistics).
"""

from __future__ import annotations

import polars as pl

from pipelines.layouts import Layout
from pipelines.sources.common import (
    DATE_RULE,
    ENGLAND,
    LABEL_RULE,
    STATUSES,
    ReadContext,
    ReadResult,
    Sieve,
    days,
    group_codes,
    mapped,
    provider_type,
    schemes,
)

LAYOUT = Layout(
    "mhsds_monthly",
    "MHSDS monthly statistics (main file, out-of-area placements or four-week waits)",
    frozenset(
        "reporting_period_start reporting_period_end status breakdown primary_level primary_level_description "
        "secondary_level secondary_level_description measure_id measure_name measure_value".split()
    ),
)

_ORGANISATIONS = {
    "england": "england",
    "commissioning region": "region",
    "provider": "provider",
    "sending provider": "provider",
    "icb": "icb",
    "icb of gp practice or residence": "icb",
    "icb - gp practice or residence": "icb",
    "stp": "stp",
    "stp of gp practice or residence": "stp",
    "stp - gp practice or residence": "stp",
    "sub icb": "sub_icb",
    "sub icb of gp practice or residence": "sub_icb",
    "sub icb - gp practice or residence": "sub_icb",
    "ccg": "sub_icb",
    "ccg of gp practice or residence": "sub_icb",
    "ccg - gp practice or residence": "sub_icb",
}
_GROUPINGS = {
    "ethnicity": "detailed",
    "upper ethnicity": "aggregate",
    "ethnicity (white british/non-white british)": "white_british_other",
}


def breakdown(text: str) -> str | None:
    """``organisation type|grouping`` of a breakdown; None where it is by something that no indicator shows."""
    parts = [part.strip().casefold() for part in text.split(";")]
    org_type = _ORGANISATIONS.get(parts[0])
    if org_type is None or len(parts) > 2:
        return None
    if len(parts) == 1:
        return f"{org_type}|all"
    grouping = _GROUPINGS.get(parts[1])
    return f"{org_type}|{grouping}" if grouping else None


def read(batch: pl.DataFrame, context: ReadContext) -> ReadResult:
    """Published cells of one batch."""
    sieve = Sieve(batch)
    sieve.rows = sieve.rows.with_columns(kind=mapped(batch, "breakdown", breakdown, pl.String()))
    sieve.keep(pl.col("kind").is_not_null(), "broken down by something other than an organisation and ethnicity")
    sieve.rows = sieve.rows.with_columns(pl.col("measure_id").str.strip_chars())
    sieve.keep(pl.col("measure_id").is_in(list(context.wanted)), "a measure that no indicator uses")
    _levels(sieve, context)
    _periods(sieve)
    status = pl.col("status").str.strip_chars().str.to_lowercase().replace_strict(STATUSES, default=None)
    sieve.refuse(status.is_null(), "status", "must be Performance, Provisional or Final")
    return sieve.result(sieve.rows.select(*_cell(context, status)))


def _levels(sieve: Sieve, context: ReadContext) -> None:
    kind = pl.col("kind").str.split("|")
    national = pl.col("org_type") == "england"
    total = pl.col("grouping") == "all"
    # England rows have their group in the primary level; those of some measures say "England" there and the group beside it.
    primary = pl.col("primary_level").str.strip_chars()
    leading = national & (primary.str.to_lowercase() != "england")
    sieve.rows = sieve.rows.with_columns(org_type=kind.list.get(0), grouping=kind.list.get(1)).with_columns(
        org_code=pl.when(national).then(pl.lit(ENGLAND)).otherwise(primary),
        org_name=pl.when(national).then(pl.lit("England")).otherwise("primary_level_description"),
        label=pl.when(total).then(pl.lit("all")).when(leading).then("primary_level").otherwise("secondary_level"),
    )
    code = group_codes(sieve.rows, context.reference, "label")
    is_provider = pl.col("org_type") == "provider"
    kinds = mapped(sieve.rows, "org_code", provider_type, pl.String())
    sieve.rows = sieve.rows.with_columns(code=code, org_type=pl.when(is_provider).then(kinds).otherwise("org_type"))
    unknown = pl.col("code").is_null()
    sieve.refuse(unknown & leading, "primary_level", LABEL_RULE)
    sieve.refuse(unknown, "secondary_level", LABEL_RULE, shown="label")
    sieve.refuse(pl.col("org_code") == "", "primary_level", "must name an organisation")


def _periods(sieve: Sieve) -> None:
    for column in ("reporting_period_start", "reporting_period_end"):
        sieve.rows = sieve.rows.with_columns(days(sieve.rows, column).alias(f"{column}_day"))
        sieve.refuse(pl.col(f"{column}_day").is_null(), column, DATE_RULE)
    late = pl.col("reporting_period_start_day") > pl.col("reporting_period_end_day")
    sieve.refuse(late, "reporting_period_end", "must not be before the start of the period")


def _cell(context: ReadContext, status: pl.Expr) -> list[pl.Expr]:
    # Under "Ethnicity" the early-intervention measures carry upper groups; then "Not Stated" is spelled out, where the
    # detailed groups use the codes Z and 99.
    spelled = pl.col("label").str.strip_chars().str.len_chars() > 2
    early = pl.col("measure_id").str.starts_with("EIP")
    upper_status = (pl.col("grouping") != "detailed") | (early & spelled)
    status_scheme = (
        pl.when(pl.col("grouping") == "white_british_other")
        .then(pl.lit("white_british_other"))
        .when(upper_status)
        .then(pl.lit("upper_mhsds"))
        .otherwise(pl.lit("nhs_16"))
    )
    return [
        pl.lit(context.dataset).alias("dataset"),
        pl.col("measure_id").alias("measure"),
        pl.col("reporting_period_start_day").alias("period_start"),
        pl.col("reporting_period_end_day").alias("period_end"),
        pl.col("org_type"),
        pl.col("org_code"),
        pl.col("org_name"),
        schemes(pl.col("code"), "upper_mhsds", status_scheme).alias("ethnicity_scheme"),
        pl.col("code").alias("ethnicity_code"),
        pl.col("measure_value").alias("value_text"),
        (pl.col("org_type") != "england").alias("rounded"),
        status.alias("publication_status"),
        pl.col("source_row"),
        pl.lit("measure_value").alias("source_column"),
    ]
