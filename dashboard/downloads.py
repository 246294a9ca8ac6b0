"""The rows of a view as a file that a spreadsheet opens and never runs."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from dashboard.subject import Subject
from equity.cells import CellState
from pipelines.export import harmless

COLUMNS = [
    "indicator_id", "indicator", "org_code", "org_type", "org_name", "period_start", "period_end", "ethnicity_scheme",
    "ethnicity_code", "ethnicity_label", "group_level", "numerator", "denominator", "value", "unit", "lower_ci", "upper_ci",
    "interval_method", "value_basis", "cell_state", "shorthand", "state_reason", "publication_status", "source", "licence",
    "release_id", "view",
]  # fmt: skip

# Enough that rounding once more, to what the page shows, gives what the page shows.
DIGITS = 6


def tidy(observations: pl.DataFrame, subject: Subject, address: str) -> pl.DataFrame:
    """Observations with the name and unit of their indicator, the shorthand of their state and the link to the view."""
    shorthand = {str(state): state.shorthand for state in CellState}
    decimals = [round(value, DIGITS) if value is not None else None for value in observations["value"].to_list()]
    return observations.with_columns(
        indicator=pl.col("indicator_id").replace_strict({key: name for key, name, _ in subject.names}, return_dtype=pl.String),
        unit=pl.col("indicator_id").replace_strict({key: unit for key, _, unit in subject.names}, return_dtype=pl.String),
        value=pl.Series(decimals, dtype=pl.Float64),
        lower_ci=pl.col("lower_ci").round(DIGITS),
        upper_ci=pl.col("upper_ci").round(DIGITS),
        shorthand=pl.col("cell_state").cast(pl.String).replace_strict(shorthand, default=""),
        release_id=pl.lit(subject.release_id),
        view=pl.lit(address),
    ).select(COLUMNS)


def as_it_is(rows: pl.DataFrame, subject: Subject, address: str) -> pl.DataFrame:
    """Rows that are no observations, with the release and the link to the view."""
    return rows.with_columns(release_id=pl.lit(subject.release_id), view=pl.lit(address))


Tidy = Callable[[pl.DataFrame, Subject, str], pl.DataFrame]


def csv(rows: pl.DataFrame, subject: Subject, address: str, made: Tidy = tidy) -> bytes:
    """Rows as CSV (UTF-8 with a mark, for Excel); numbers stay numbers, and a value that is not there is empty."""
    whole = made(rows, subject, address)
    safe = whole.with_columns(harmless(pl.col(name)).alias(name) for name, kind in whole.schema.items() if kind == pl.String)
    return safe.write_csv(include_bom=True).encode("utf-8")


def size(data: bytes) -> str:
    """The size of a file in words: ``3 kB``."""
    return f"{max(round(len(data) / 1000), 1):,} kB" if len(data) < 1_000_000 else f"{len(data) / 1_000_000:.1f} MB"
