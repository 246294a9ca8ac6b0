"""Writes a CSV in the layout of the MHSDS monthly main file, of any number of rows.

The mix follows one provider's published April 2026 file: about one row in five is by ethnicity, most of
those are suppressed, the rest are totals and other breakdowns that no indicator uses. Every row's key is
unique. The figures are drawn with a fixed seed: they are Example figures about no real organisation.
"""

from __future__ import annotations

import argparse
import calendar
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

LOWER = [*list("ABCDEFGHJKLMNPRSZ"), "99", "UNKNOWN"]
UPPER = [
    "White or White British",
    "Mixed",
    "Asian or Asian British",
    "Black or Black British",
    "Other Ethnic Groups",
    "Not Stated",
    "Not Known",
    "UNKNOWN",
]
LOWER_MEASURES = {
    "MHS81": "Detentions in the reporting period",
    "MHS150": "Detentions ended in the reporting period",
    "MHS150a": "Average (mean) length of detentions in days which ended in the reporting period",
    "MHS150b": "Median length of detentions in days which ended in the reporting period",
    "MHS151": "Detentions active at the end of the reporting period",
}
UPPER_MEASURES = LOWER_MEASURES | {
    "MHS106": "Acute admissions in the RP",
    "MHS106b": "Acute admissions with no previous contact to MH services in the RP",
    "MHS107b": "Rate of acute admission with no previous contact to MH services in the RP",
}
ROWS_PER_BLOCK = 750
HEADER = (
    "REPORTING_PERIOD_START,REPORTING_PERIOD_END,STATUS,BREAKDOWN,PRIMARY_LEVEL,PRIMARY_LEVEL_DESCRIPTION,"
    "SECONDARY_LEVEL,SECONDARY_LEVEL_DESCRIPTION,MEASURE_ID,MEASURE_NAME,MEASURE_VALUE"
)


def _template() -> pl.DataFrame:
    """One provider-month: 750 rows of breakdown, level and measure."""
    rows = [("Provider; Ethnicity", g, g, m, n) for m, n in LOWER_MEASURES.items() for g in LOWER]
    rows += [("Provider; Upper Ethnicity", g, g, m, n) for m, n in UPPER_MEASURES.items() for g in UPPER]
    other = ["Provider", "Provider; Age Band", "Provider; IMD Decile", "Provider; Gender", "Provider; Team Type"]
    fill = ROWS_PER_BLOCK - len(rows)
    rows += [
        (
            other[i % len(other)],
            f"LEVEL {i}",
            f"Example level {i} of this breakdown",
            f"EX{i % 97:03d}",
            f"Number of people in the example measure {i % 97} at the end of the reporting period",
        )
        for i in range(fill)
    ]
    schema = ["BREAKDOWN", "SECONDARY_LEVEL", "SECONDARY_LEVEL_DESCRIPTION", "MEASURE_ID", "MEASURE_NAME"]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _months() -> Iterator[tuple[str, str]]:
    year, month = 2016, 4
    while True:
        last = calendar.monthrange(year, month)[1]
        yield f"{date(year, month, 1):%d/%m/%Y}", f"{date(year, month, last):%d/%m/%Y}"
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def _block(template: pl.DataFrame, start: str, end: str, org: int, rng: np.random.Generator) -> pl.DataFrame:
    draws = rng.integers(0, 90, template.height)
    values = np.where(draws < 60, "*", ((draws - 59) * 5).astype(str))
    return template.select(
        pl.lit(start).alias("REPORTING_PERIOD_START"),
        pl.lit(end).alias("REPORTING_PERIOD_END"),
        pl.lit("Performance").alias("STATUS"),
        "BREAKDOWN",
        pl.lit(f"X{org:03d}").alias("PRIMARY_LEVEL"),
        pl.lit(f"EXAMPLE TRUST {org} NHS FOUNDATION TRUST").alias("PRIMARY_LEVEL_DESCRIPTION"),
        "SECONDARY_LEVEL",
        "SECONDARY_LEVEL_DESCRIPTION",
        "MEASURE_ID",
        "MEASURE_NAME",
        pl.Series("MEASURE_VALUE", values),
    )


def generate(path: Path, rows: int, organisations: int = 70, seed: int = 20260401) -> int:
    """Write at least ``rows`` rows (whole provider-months) to ``path``; returns the number written."""
    template, rng, written = _template(), np.random.default_rng(seed), 0
    with path.open("wb") as out:
        out.write((HEADER + "\n").encode())
        for start, end in _months():
            for org in range(organisations):
                if written >= rows:
                    return written
                block = _block(template, start, end, org, rng)
                out.write(block.write_csv(include_header=False).encode())
                written += block.height
    raise AssertionError("unreachable: the months never end")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--rows", type=int, default=5_000_000)
    args = parser.parse_args()
    print(generate(args.path, args.rows))
