"""Ethnicity facts and figures (Race Disparity Unit) downloads: a few fixed headers among others that vary by page."""

from __future__ import annotations

import polars as pl

from pipelines.layouts import Layout
from pipelines.sources.common import ReadContext, ReadResult, Sieve

LAYOUT = Layout(
    "facts_and_figures",
    "Ethnicity facts and figures download",
    frozenset({"measure", "ethnicity", "ethnicity_type", "value"}),
    open_ended=True,
)
# Style guide of ethnicity-facts-figures.service.gov.uk: the classifications in use.
CLASSIFICATIONS = (
    "ONS 2001 5+1",
    "ONS 2001 16+1",
    "ONS 2011 5+1",
    "ONS 2011 18+1",
    "ONS 2021 5+1",
    "ONS 2021 19+1",
)


def read(batch: pl.DataFrame, context: ReadContext) -> ReadResult:
    """Rows of an unknown classification are refused; no indicator of the catalogue uses a measure of this source yet."""
    sieve = Sieve(batch)
    rule = f"must be a classification of ethnicity: {', '.join(CLASSIFICATIONS)}"
    sieve.refuse(~pl.col("ethnicity_type").str.strip_chars().is_in(CLASSIFICATIONS), "ethnicity_type", rule)
    sieve.keep(pl.col("measure").is_in(list(context.wanted)), "a measure that no indicator uses")
    return sieve.result(sieve.rows.select("source_row").clear())
