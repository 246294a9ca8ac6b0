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
    _periods(sieve)
    _known_places(sieve, context)
    _shown(sieve, context)
    _manner(sieve)
    sieve.refuse(pl.concat_str(*FIGURES) == "", "value", "a row needs a value, or a numerator, or a symbol for none")
    return sieve.result(_cells(sieve.rows, context))


def _known_indicators(sieve: Sieve, context: ReadContext) -> None:
    known = sorted(context.wanted)

    def rule(written: str) -> str:
        near: list[str] = difflib.get_close_matches(written, known, n=1)
        hint = f"; did you mean {near[0]}?" if near else ": python -m pipelines indicators lists them"
        return f"must be an indicator of the catalogue{hint}"

    sieve.rows = sieve.rows.with_columns(rule=mapped(sieve.rows, "indicator_id", rule, pl.String()))
    sieve.refuse(~pl.col("indicator_id").is_in(known), "indicator_id", pl.col("rule"))


def _known_groups(sieve: Sieve, context: ReadContext) -> None:
    groups = {(group.scheme, group.code) for scheme in context.reference.schemes.values() for group in scheme.groups}
    schemes = sorted(context.reference.schemes)
    sieve.refuse(~pl.col("ethnicity_scheme").is_in(schemes), "ethnicity_scheme", f"must be one of {', '.join(schemes)}")
    codes = {code for _, code in groups}
    written = pl.col("ethnicity")
    code = pl.when(written.is_in(list(codes))).then(written).otherwise(group_codes(sieve.rows, context.reference, "ethnicity"))
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
    sieve.rows = sieve.rows.with_columns(org_code=code, org_type=pl.col("org_type").str.to_lowercase())
    sieve.rows = _with_listed_types(sieve.rows, context)
    derived = pl.coalesce(pl.col("listed").list.first(), provider_types(sieve.rows, "org_code"))
    kind = pl.when(pl.col("org_type").is_in(["", "provider"])).then(derived).otherwise("org_type")
    sieve.rows = sieve.rows.with_columns(org_type=kind)
    sieve.refuse(~pl.col("org_type").is_in(ORG_TYPES), "org_type", f"must be one of {', '.join(ORG_TYPES)}")
    other = ~pl.col("listed").list.contains(pl.col("org_type"))
    sieve.refuse(other.fill_null(value=False), "org_type", "is not what this organisation is (data/reference/organisations.csv)")


def _with_listed_types(rows: pl.DataFrame, context: ReadContext) -> pl.DataFrame:
    """``rows`` with ``listed``: the kinds of organisation of the code, first the one that it was at the end of the period."""
    known = context.reference.organisations.select("org_code", "org_type", pl.col("valid_from", "valid_to").str.to_date(strict=False))
    day, start, end = pl.col("period_end_day"), pl.col("valid_from"), pl.col("valid_to")
    then = (start.is_null() | (start <= day)) & (end.is_null() | (day <= end))
    found = (
        rows.select("org_code", day)
        .unique()
        .join(known, on="org_code")
        .sort(then, descending=True, maintain_order=True)
        .group_by("org_code", day)
        .agg(pl.col("org_type").unique(maintain_order=True).alias("listed"))
    )
    return rows.join(found, on=["org_code", "period_end_day"], how="left", maintain_order="left")


def _shown(sieve: Sieve, context: ReadContext) -> None:
    """A row that its indicator cannot show is refused: it is there because somebody wants to see it."""
    for name in sieve.rows["indicator_id"].unique().to_list():
        kinds, schemes = context.shown.get(name, ((), ()))
        mine = pl.col("indicator_id") == name
        if kinds:
            allowed = [*kinds, *(["provider"] if "trust" in kinds else [])]
            sieve.refuse(mine & ~pl.col("org_type").is_in(allowed), "org_type", f"{name} is shown for {', '.join(kinds)} only")
        if schemes:
            other = mine & ~pl.col("ethnicity_scheme").is_in(list(schemes))
            sieve.refuse(other, "ethnicity_scheme", f"{name} is shown by {', '.join(schemes)} only")


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
