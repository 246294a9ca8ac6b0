"""Common Ground's own template, for anything that no other reader knows: one row an indicator, place, period and group.

docs/template.md documents every column. Figures stand as they were published: `*`, `[c]`, `[u]`, `[x]`, `[z]` and
`[low]` are kept as the states they mean.
"""

from __future__ import annotations

import difflib

import polars as pl

from pipelines.layouts import Layout
from pipelines.sources.common import (
    DATE_RULE,
    LABEL_RULE,
    STATUSES,
    ReadContext,
    ReadResult,
    Sieve,
    days,
    group_codes,
    mapped,
    provider_types,
)

FIGURES = ("value", "numerator", "denominator", "denominator_excluded", "lower_ci", "upper_ci", "half_width")
REQUIRED = ("indicator_id", "org_code", "period_start", "period_end", "ethnicity_scheme", "ethnicity")
TEXTS = ("org_type", "org_name", "rounded_to", "publication_status", "publication", "publication_year", "licence", "note")
ORG_TYPES = (
    "england",
    "region",
    "icb",
    "stp",
    "sub_icb",
    "trust",
    "provider",
    "provider_site",
    "local_authority",
)
LAYOUT = Layout("template", "Common Ground's own template", frozenset(REQUIRED), frozenset({*FIGURES, *TEXTS}))


def read(batch: pl.DataFrame, context: ReadContext) -> ReadResult:
    """Published cells of one batch; a cell's measure is ``indicator:role`` with a role of ``FIGURES``."""
    absent = [name for name in (*FIGURES, *TEXTS) if name not in batch.columns]
    stripped = batch.with_columns(*[pl.lit("").alias(name) for name in absent]).with_columns(
        pl.col(*REQUIRED, *FIGURES, *TEXTS).str.strip_chars()
    )
    sieve = Sieve(stripped)
    _known_indicators(sieve, context)
    _known_groups(sieve, context)
    _known_places(sieve, context)
    _periods(sieve)
    _manner(sieve)
    sieve.refuse(pl.concat_str(*FIGURES) == "", "value", "a row needs a value, or a numerator, or a symbol for none")
    return sieve.result(_cells(sieve.rows, context))


def _known_indicators(sieve: Sieve, context: ReadContext) -> None:
    known = sorted(context.wanted)
    for unknown in sieve.rows["indicator_id"].unique().to_list():
        if unknown not in context.wanted:
            near = difflib.get_close_matches(unknown, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ": python -m pipelines indicators lists them"
            sieve.refuse(pl.col("indicator_id") == unknown, "indicator_id", f"must be an indicator of the catalogue{hint}")


def _known_groups(sieve: Sieve, context: ReadContext) -> None:
    groups = {(group.scheme, group.code) for scheme in context.reference.schemes.values() for group in scheme.groups}
    schemes = sorted(context.reference.schemes)
    sieve.refuse(
        ~pl.col("ethnicity_scheme").is_in(schemes), "ethnicity_scheme", f"must be one of {', '.join(schemes)}"
    )
    codes = {code for _, code in groups}
    written = pl.col("ethnicity")
    code = pl.when(written.is_in(list(codes))).then(written).otherwise(group_codes(context.reference, "ethnicity"))
    pair = pl.concat_str("ethnicity_scheme", "code", separator="|")
    sieve.rows = sieve.rows.with_columns(code=code)
    sieve.refuse(pl.col("code").is_null(), "ethnicity", LABEL_RULE)
    sieve.refuse(
        ~pair.is_in([f"{scheme}|{code}" for scheme, code in groups]),
        "ethnicity",
        "is a group of another scheme than the row's ethnicity_scheme",
    )


def _known_places(sieve: Sieve, context: ReadContext) -> None:
    sieve.refuse(pl.col("org_code") == "", "org_code", "must name an organisation, such as RYG, QWU or England")
    code = pl.col("org_code").replace(dict(context.reference.aliases))
    sieve.rows = sieve.rows.with_columns(org_code=code)
    known = dict(context.reference.organisations.select("org_code", "org_type").iter_rows())
    listed = pl.col("org_code").replace_strict(known, default=None, return_dtype=pl.String)
    derived = pl.coalesce(listed, provider_types(sieve.rows, "org_code"))
    kind = pl.when(pl.col("org_type") == "").then(derived).otherwise(pl.col("org_type").str.to_lowercase())
    sieve.rows = sieve.rows.with_columns(org_type=kind)
    sieve.refuse(~pl.col("org_type").is_in(ORG_TYPES), "org_type", f"must be one of {', '.join(ORG_TYPES)}")


def _periods(sieve: Sieve) -> None:
    for column in ("period_start", "period_end"):
        sieve.rows = sieve.rows.with_columns(days(sieve.rows, column).alias(f"{column}_day"))
        sieve.refuse(pl.col(f"{column}_day").is_null(), column, DATE_RULE)
    late = pl.col("period_start_day") > pl.col("period_end_day")
    sieve.refuse(late, "period_end", "must not be before the start of the period")


def _manner(sieve: Sieve) -> None:
    sieve.refuse(~pl.col("rounded_to").is_in(["", "1", "5"]), "rounded_to", "must be 1 (exact) or 5 (to the nearest 5)")
    statuses = STATUSES | {"": "final"}
    status = mapped(sieve.rows, "publication_status", lambda text: statuses.get(text.lower()), pl.String())
    sieve.rows = sieve.rows.with_columns(status=status)
    sieve.refuse(pl.col("status").is_null(), "publication_status", "must be Final, Performance or Provisional")


def _cells(rows: pl.DataFrame, context: ReadContext) -> pl.DataFrame:
    publication = pl.concat_str(
        "publication", pl.when(pl.col("publication_year") != "").then("publication_year"), separator=", ", ignore_nulls=True
    )
    long = rows.with_columns(source=publication).unpivot(
        on=list(FIGURES),
        index=[
            "indicator_id",
            "org_type",
            "org_code",
            "org_name",
            "period_start_day",
            "period_end_day",
            "ethnicity_scheme",
            "code",
            "rounded_to",
            "status",
            "source",
            "licence",
            "source_row",
        ],
        variable_name="source_column",
        value_name="value_text",
    )
    return long.filter(pl.col("value_text") != "").select(
        pl.lit(context.dataset).alias("dataset"),
        pl.concat_str("indicator_id", "source_column", separator=":").alias("measure"),
        pl.col("period_start_day").alias("period_start"),
        pl.col("period_end_day").alias("period_end"),
        "org_type",
        "org_code",
        "org_name",
        "ethnicity_scheme",
        pl.col("code").alias("ethnicity_code"),
        "value_text",
        (pl.col("rounded_to") == "5").alias("rounded"),
        pl.col("status").alias("publication_status"),
        pl.when(pl.col("source") != "").then("source").alias("source"),
        pl.when(pl.col("licence") != "").then("licence").alias("licence"),
        "source_row",
        "source_column",
    )
