"""NHS Talking Therapies monthly activity: the ethnic group stands inside the measure's name (M206 to M210).

The same provider's rows are repeated for each sub-ICB ("SubICB/Provider"): only England, ICB and provider rows count.
"""

from __future__ import annotations

import polars as pl

from pipelines.layouts import Layout
from pipelines.sources.common import (
    DATE_RULE,
    ENGLAND,
    LABEL_RULE,
    ReadContext,
    ReadResult,
    Sieve,
    days,
    group_codes,
    provider_types,
    schemes,
)

_COMMON = frozenset(
    "reporting_period_start reporting_period_end group_type org_code1 org_name1 org_code2 org_name2 measure_id measure_name".split()
)
_TITLE = "NHS Talking Therapies monthly activity"
LAYOUTS = [
    Layout("talking_therapies_monthly", _TITLE, _COMMON | {"measure_value_suppressed"}),
    Layout("talking_therapies_monthly", f"{_TITLE} (time series)", _COMMON | {"measure_value"}),
]
_LEVELS = {"england": "england", "icb": "icb", "stp": "stp", "subicb": "sub_icb", "provider": "provider"}
_PATTERN = r"^(?i)(count|percentage)_([a-z]+)(?:_ethnicgroup([a-z]+))?$"
_MEASURES = {"reliablerecovery": "reliable_recovery"}


def read(batch: pl.DataFrame, context: ReadContext) -> ReadResult:
    """Published cells of one batch."""
    figure = "measure_value_suppressed" if "measure_value_suppressed" in batch.columns else "measure_value"
    name = pl.col("measure_name").str.strip_chars()
    sieve = Sieve(batch.with_columns(name.str.extract_groups(_PATTERN).alias("parts")))
    part = pl.col("parts").struct.field
    sieve.rows = sieve.rows.with_columns(
        measure=pl.concat_str(
            part("1").str.to_lowercase(),
            part("2").str.to_lowercase().replace_strict(_MEASURES, default=None),
            separator="_",
        ),
        label=part("3").fill_null("all"),
    )
    sieve.keep(pl.col("measure").is_in(list(context.wanted)), "a measure that no indicator uses")
    level = pl.col("group_type").str.strip_chars().str.to_lowercase().replace_strict(_LEVELS, default=None)
    sieve.rows = sieve.rows.with_columns(level=level)
    sieve.keep(pl.col("level").is_not_null(), "repeats a provider for each of its commissioners")
    _meanings(sieve, context)
    return sieve.result(_cells(sieve.rows, figure, context))


def _meanings(sieve: Sieve, context: ReadContext) -> None:
    # The organisation is in the first or the second pair; the other one says "all".
    first = ~pl.col("org_code1").str.strip_chars().str.to_lowercase().is_in(["all", ""])
    code = pl.when(first).then("org_code1").otherwise("org_code2").str.strip_chars()
    name = pl.when(first).then("org_name1").otherwise("org_name2")
    national = pl.col("level") == "england"
    sieve.rows = sieve.rows.with_columns(
        org_code=pl.when(national).then(pl.lit(ENGLAND)).otherwise(code),
        org_name=pl.when(national).then(pl.lit("England")).otherwise(name),
        code=group_codes(sieve.rows, context.reference, "label"),
    )
    kind = provider_types(sieve.rows, "org_code")
    sieve.rows = sieve.rows.with_columns(
        org_type=pl.when(pl.col("level") == "provider").then(kind).otherwise("level"),
        period_start=days(sieve.rows, "reporting_period_start"),
        period_end=days(sieve.rows, "reporting_period_end"),
    )
    sieve.refuse(pl.col("code").is_null(), "measure_name", LABEL_RULE)
    for column, found in (("reporting_period_start", "period_start"), ("reporting_period_end", "period_end")):
        sieve.refuse(pl.col(found).is_null(), column, DATE_RULE)


def _cells(rows: pl.DataFrame, figure: str, context: ReadContext) -> pl.DataFrame:
    return rows.select(
        pl.lit(context.dataset).alias("dataset"),
        "measure",
        "period_start",
        "period_end",
        "org_type",
        "org_code",
        "org_name",
        schemes(pl.col("code"), "upper_nhs_2001", "upper_nhs_2001").alias("ethnicity_scheme"),
        pl.col("code").alias("ethnicity_code"),
        pl.col(figure).alias("value_text"),
        (pl.col("org_type") != "england").alias("rounded"),
        pl.lit("performance").alias("publication_status"),
        "source_row",
        pl.lit(figure).alias("source_column"),
    )
