"""The contract between pipelines and dashboard: the observation, declared once.

Validation, the release's table and the data dictionary all come from here.
"""

from __future__ import annotations

from datetime import date

import pandera.polars as pa
import polars as pl
from pandera.typing.polars import Series

from equity.cells import CellState

ORG_TYPES = ("england", "region", "icb", "stp", "sub_icb", "trust", "provider", "provider_site", "local_authority")
GROUP_LEVELS = ("detailed", "aggregate", "total", "unknown")
VALUE_BASES = ("published", "computed", "rolled_up")
INTERVAL_METHODS = ("wilson", "byar_exact", "published_half_width", "published")
STATUSES = ("final", "performance", "provisional")

# What makes an observation the one it is; the status decides which of two is shown.
KEY = [
    "indicator_id",
    "org_type",
    "org_code",
    "period_start",
    "period_end",
    "ethnicity_scheme",
    "ethnicity_code",
]


class Observation(pa.DataFrameModel):
    """One indicator at one organisation in one period for one ethnic group of one scheme."""

    indicator_id: Series[str] = pa.Field(description="id in the catalogue")
    org_code: Series[str] = pa.Field(str_length={"min_value": 1}, description="NHS or ONS code of the organisation or area")
    org_type: Series[str] = pa.Field(isin=ORG_TYPES, description="kind of organisation or area")
    org_name: Series[str] = pa.Field(nullable=True, description="its name in the period")
    period_start: Series[date] = pa.Field(description="first day of the period")
    period_end: Series[date] = pa.Field(description="last day; start and end together are the period")
    ethnicity_scheme: Series[str] = pa.Field(description="scheme in which the code has its meaning")
    ethnicity_code: Series[str] = pa.Field(description="code within the scheme")
    ethnicity_label: Series[str] = pa.Field(description="the field's label of the group")
    group_level: Series[str] = pa.Field(isin=GROUP_LEVELS, description="detailed, aggregate, total or unknown")
    numerator: Series[float] = pa.Field(nullable=True, ge=0, description="count as published; empty if suppressed")
    numerator_lower: Series[float] = pa.Field(nullable=True, ge=0, description="least that it can have been")
    numerator_upper: Series[float] = pa.Field(nullable=True, ge=0, description="most that it can have been")
    denominator: Series[float] = pa.Field(nullable=True, ge=0, description="people (or referrals) that it is out of")
    denominator_lower: Series[float] = pa.Field(nullable=True, ge=0, description="least that it can have been")
    denominator_upper: Series[float] = pa.Field(nullable=True, ge=0, description="most that it can have been")
    value: Series[float] = pa.Field(nullable=True, ge=0, description="the value shown, in the indicator's unit")
    value_basis: Series[str] = pa.Field(nullable=True, isin=VALUE_BASES, description="where the value comes from")
    value_decimals: Series[int] = pa.Field(ge=0, le=6, description="digits shown after the point")
    recomputed: Series[float] = pa.Field(nullable=True, ge=0, description="the value worked out from the counts")
    recomputed_lower: Series[float] = pa.Field(nullable=True, ge=0, description="least that rounding allows")
    recomputed_upper: Series[float] = pa.Field(nullable=True, ge=0, description="most that rounding allows")
    lower_ci: Series[float] = pa.Field(nullable=True, description="lower 95% confidence limit")
    upper_ci: Series[float] = pa.Field(nullable=True, ge=0, description="upper 95% confidence limit")
    interval_method: Series[str] = pa.Field(nullable=True, isin=INTERVAL_METHODS, description="how the limits came about")
    cell_state: Series[str] = pa.Field(isin=[str(state) for state in CellState], description="one of the six states")
    state_reason: Series[str] = pa.Field(nullable=True, description="why the cell is in that state")
    publication_status: Series[str] = pa.Field(isin=STATUSES, description="final, performance or provisional")
    publication_version: Series[int] = pa.Field(ge=1, description="1, or the n of a file published as _vn")
    dataset: Series[str] = pa.Field(description="layout that it was read from")
    source: Series[str] = pa.Field(description="publication, with its year")
    licence: Series[str] = pa.Field(description="licence of the publication")
    extract_sha256: Series[str] = pa.Field(str_length={"min_value": 64, "max_value": 64}, description="SHA-256 of the file")
    source_row: Series[int] = pa.Field(nullable=True, description="row of the file (its header is row 1)")

    class Config(pa.DataFrameModel.Config):
        strict = "filter"
        unique = [*KEY, "publication_status", "publication_version"]  # noqa: RUF012 - pandera reads it and never changes it

    @pa.dataframe_check(description="a value is there if and only if the state says so")  # pyright: ignore[reportUnknownMemberType]
    @classmethod
    def value_follows_state(cls, data: pa.PolarsData) -> pl.LazyFrame:
        shown = pl.col("cell_state").is_in([CellState.OBSERVED, CellState.TRUE_ZERO])
        hidden = pl.col("cell_state").is_in([CellState.SUPPRESSED, CellState.NOT_COLLECTED, CellState.NOT_APPLICABLE])
        value = pl.col("value")
        return data.lazyframe.select((~shown | value.is_not_null()) & (~hidden | value.is_null()))

    @pa.dataframe_check(description="limits are in order and hold the value")  # pyright: ignore[reportUnknownMemberType]
    @classmethod
    def limits_hold_the_value(cls, data: pa.PolarsData) -> pl.LazyFrame:
        slack = pl.max_horizontal(pl.col("value").abs() * 1e-9, pl.lit(1e-9))
        inside = (pl.col("lower_ci") <= pl.col("value") + slack) & (pl.col("value") <= pl.col("upper_ci") + slack)
        return data.lazyframe.select(inside.fill_null(value=True))


COLUMNS: list[str] = list(Observation.to_schema().columns)


def validate(frame: pl.DataFrame) -> pl.DataFrame:
    """An eager frame as observations (a lazy one would be checked by its schema alone); raises SchemaErrors."""
    return Observation.validate(frame.select(COLUMNS), lazy=True)  # pyright: ignore[reportReturnType]


def dictionary() -> list[tuple[str, str, str]]:
    """Name, type and meaning of every column, for the data dictionary."""
    schema = Observation.to_schema()
    return [(name, str(column.dtype), str(column.description)) for name, column in schema.columns.items()]
