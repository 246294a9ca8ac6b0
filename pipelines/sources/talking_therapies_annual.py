"""NHS Talking Therapies annual report: the wide main file in each header generation, and the tidy layout.

Counts below England are rounded to 5 (the smallest printed is 5, smaller ones are starred) and percentages are whole
numbers; England is exact with one digit. The wide file does not say its year: a generation of headers used in one year
only settles it, otherwise the file's published name or the user does.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import date
from functools import cache

import polars as pl

from pipelines.errors import ExtractRefused
from pipelines.layouts import Layout, header_key
from pipelines.settings import REFERENCE
from pipelines.sources.common import (
    DATE_RULE,
    ENGLAND,
    LABEL_RULE,
    ReadContext,
    ReadResult,
    Sieve,
    days,
    financial_year,
    group_codes,
    mapped,
    provider_types,
    schemes,
)

DATASET = "talking_therapies_annual"
TIDY = Layout(
    DATASET,
    "NHS Talking Therapies annual report, tidy layout",
    frozenset(
        "reporting_period start_date end_date org_type org_code org_name variable_type variable_a variable_b "
        "measure_name measure_statistic value".split()
    ),
)
_LEVELS = {
    "england": "england",
    "commissioning region": "region",
    "stp": "stp",
    "icb": "icb",
    "stp/icb": "stp/icb",
    "ccg": "sub_icb",
    "subicb": "sub_icb",
    "sub icb": "sub_icb",
    "ccg/subicb": "sub_icb",
    "provider": "provider",
}
ICBS_SINCE = date(2022, 7, 1)  # Health and Care Act 2022: an ICB in place of each STP


@cache
def _columns() -> list[dict[str, str]]:
    with (REFERENCE / "talking_therapies_columns.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def generations() -> dict[frozenset[str], tuple[str, ...]]:
    """Each published set of headers, and the years that used it."""
    headers: defaultdict[str, set[str]] = defaultdict(set)
    for row in _columns():
        for year in row["years"].split("|"):
            headers[year].add(header_key(row["column"]))
    years: defaultdict[frozenset[str], list[str]] = defaultdict(list)
    for year, names in sorted(headers.items()):
        years[frozenset(names)].append(year)
    return {names: tuple(found) for names, found in years.items()}


def layouts() -> list[Layout]:
    """The tidy layout and one wide layout for each header generation."""
    wide = [
        Layout(DATASET, f"NHS Talking Therapies annual report, wide layout of {' and '.join(years)}", names)
        for names, years in generations().items()
    ]
    return [TIDY, *wide]


def read(batch: pl.DataFrame, context: ReadContext) -> ReadResult:
    """Published cells of one batch of either layout."""
    return _read_tidy(batch, context) if "measure_statistic" in batch.columns else _read_wide(batch, context)


def _read_tidy(batch: pl.DataFrame, context: ReadContext) -> ReadResult:
    sieve = Sieve(
        batch.rename({"variable_type": "variabletype", "variable_a": "variablea", "variable_b": "variableb"}).rename(
            {"org_type": "orgtype", "org_code": "orgcode", "org_name": "orgname"}
        )
    )
    _about_ethnicity(sieve)
    sieve.rows = sieve.rows.with_columns(measure=pl.concat_str("measure_statistic", "measure_name", separator="_"))
    sieve.keep(pl.col("measure").is_in(list(context.wanted)), "a measure that no indicator uses")
    for column, into in (("start_date", "period_start"), ("end_date", "period_end")):
        sieve.rows = sieve.rows.with_columns(days(sieve.rows, column).alias(into))
        sieve.refuse(pl.col(into).is_null(), column, DATE_RULE)
    sieve.refuse(pl.col("period_start") > pl.col("period_end"), "end_date", "must not be before the start of the period")
    starts = mapped(sieve.rows, "reporting_period", lambda text: (financial_year(text) or (None,))[0], pl.Date())
    apart = (starts != pl.col("period_start")).fill_null(value=False)
    sieve.refuse(apart, "reporting_period", "must be the year of start_date and end_date")
    _meanings(sieve, context)
    return sieve.result(_cells(sieve.rows.with_columns(value_text="value", source_column=pl.lit("value"))))


def _read_wide(batch: pl.DataFrame, context: ReadContext) -> ReadResult:
    start, end = period_of(frozenset(batch.columns) - {"source_row"}, context)
    sieve = Sieve(batch.with_columns(period_start=pl.lit(start), period_end=pl.lit(end)))
    _about_ethnicity(sieve)
    _meanings(sieve, context)
    used = {header_key(row["column"]): row["measure"] for row in _columns() if row["measure"] in context.wanted}
    present = {column: measure for column, measure in used.items() if column in batch.columns}
    long = sieve.rows.unpivot(
        on=list(present),
        index=["org_type", "code", "scheme", "org_code", "orgname", "period_start", "period_end", "source_row"],
        variable_name="source_column",
        value_name="value_text",
    )
    return sieve.result(_cells(long.with_columns(measure=pl.col("source_column").replace_strict(present))))


def period_of(headers: frozenset[str], context: ReadContext) -> tuple[date, date]:
    """The year of a wide file: as its published name says, as the user says, or as its headers settle."""
    years = generations().get(headers, ())
    named = _year_in(context.name) or _year_in(context.file)
    if named and context.period and named != context.period:
        raise ExtractRefused(f"{context.name}: its name says {_words(named)}, and --period something else. Nothing was loaded.")
    said = named or context.period or (financial_year(years[0]) if len(years) == 1 else None)
    if said is None:
        raise ExtractRefused(
            f"{context.name}: this layout does not state its year ({', '.join(years) or 'none is known'} used these "
            "headers). Give it with --period 2024-25, or keep the name under which the file was published."
        )
    if financial_year(_words(said)) != said:
        raise ExtractRefused(f"{context.name}: the annual report is about a year. Give it with --period 2024-25.")
    if _words(said) not in years and _words(said) in {one for found in generations().values() for one in found}:
        raise ExtractRefused(
            f"{context.name}: its headers are those of {' and '.join(years) or 'no year that is known'}, but it is said to be of "
            f"{_words(said)}, whose report has others. Nothing was loaded. Give the right year with --period."
        )
    return said


def _year_in(name: str) -> tuple[date, date] | None:
    years = (financial_year(text) for text in re.findall(r"(?<!\d)20\d\d-\d\d(?!\d)", name))
    return next((year for year in years if year), None)


def _words(year: tuple[date, date]) -> str:
    return f"{year[0].year}-{year[1].year % 100:02d}"


def _about_ethnicity(sieve: Sieve) -> None:
    kind = pl.col("variabletype").str.strip_chars().str.to_lowercase()
    sieve.keep(kind.is_in(["ethnic group", "bme group", "total"]), "broken down by something other than ethnicity")


def _meanings(sieve: Sieve, context: ReadContext) -> None:
    kind = pl.col("variabletype").str.strip_chars().str.to_lowercase()
    detail = pl.col("variableb").str.strip_chars()
    whole = detail.str.to_lowercase().is_in(["all", "null", ""])
    label = pl.when(kind == "total").then(pl.lit("all")).when(whole).then("variablea").otherwise(detail)
    sieve.rows = sieve.rows.with_columns(label=label)
    level = pl.col("orgtype").str.strip_chars().str.to_lowercase().replace_strict(_LEVELS, default=None)
    provider = provider_types(sieve.rows, "orgcode")
    groups = pl.when(kind == "bme group").then(pl.lit("white_british_other")).otherwise(pl.lit("upper_nhs_2001"))
    code = group_codes(sieve.rows, context.reference, "label")
    area = pl.when(pl.col("period_end") < ICBS_SINCE).then(pl.lit("stp")).otherwise(pl.lit("icb"))
    sieve.rows = sieve.rows.with_columns(
        org_type=pl.when(level == "provider").then(provider).when(level == "stp/icb").then(area).otherwise(level),
        org_code=pl.when(level == "england").then(pl.lit(ENGLAND)).otherwise(pl.col("orgcode").str.strip_chars()),
        orgname=pl.when(level == "england").then(pl.lit("England")).otherwise("orgname"),
        code=code,
    )
    sieve.rows = sieve.rows.with_columns(scheme=schemes(pl.col("code"), "upper_nhs_2001", groups))
    sieve.refuse(pl.col("org_type").is_null(), "orgtype", f"must be one of {', '.join(_LEVELS)}")
    sieve.refuse(pl.col("code").is_null(), "variablea", LABEL_RULE, shown="label")


def _cells(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        pl.lit(DATASET).alias("dataset"),
        "measure",
        "period_start",
        "period_end",
        "org_type",
        "org_code",
        pl.col("orgname").alias("org_name"),
        pl.col("scheme").alias("ethnicity_scheme"),
        pl.col("code").alias("ethnicity_code"),
        "value_text",
        (pl.col("org_type") != "england").alias("rounded"),
        pl.lit("final").alias("publication_status"),
        "source_row",
        "source_column",
    )
