"""Parquet as text: the footer is looked at before a row is read, and typed values come out as they would be printed."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow
import pyarrow.parquet as pyarrow_parquet

from pipelines.archives import LIMITS, Limits, shown
from pipelines.errors import ExtractRefused

BATCH_ROWS = 250_000
# PyArrow has no types of its own, nor has what Polars takes from it.
_arrow: Any = pyarrow
_parquet: Any = pyarrow_parquet
_polars: Any = pl


def columns(path: Path, name: str, limits: Limits = LIMITS) -> list[str]:
    """Names of the columns; ExtractRefused for a damaged file, too many rows, or a column that is not plain values."""
    with _in_words(name), _parquet.ParquetFile(path) as file:
        rows, schema = file.metadata.num_rows, file.schema_arrow
        if rows > limits.parquet_rows:
            raise ExtractRefused(
                f"{name} says that it has {rows:,} rows, more than the {limits.parquet_rows:,} that are read at once. "
                "Look whether it is what it says; if it is, load it in parts. Nothing was loaded."
            )
        for column in schema:
            if not _is_plain(column.type):
                raise ExtractRefused(
                    f"{name}: column {shown(column.name)!r} holds values of type {shown(str(column.type))}. A column must hold "
                    "texts, numbers, days or true and false. Save it as one of these. Nothing was loaded."
                )
        return list(schema.names)


def batches(path: Path, name: str, header: tuple[str, ...]) -> Iterator[pl.DataFrame]:
    """The rows as text, under the names of ``header``."""
    with _in_words(name), _parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            batch.validate(full=True)  # Polars trusts Arrow that a text is UTF-8; a damaged file can hold anything
            frame: pl.DataFrame = _polars.from_arrow(batch.rename_columns(list(header)))
            yield frame.select(_printed(column, dtype).fill_null("").alias(column) for column, dtype in frame.schema.items())


def _is_plain(kind: Any) -> bool:
    of = _arrow.types
    if of.is_dictionary(kind):
        return _is_plain(kind.value_type)
    tests = (
        *(of.is_string, of.is_large_string, of.is_string_view, of.is_boolean, of.is_null),
        *(of.is_integer, of.is_float32, of.is_float64, of.is_decimal, of.is_date, of.is_timestamp),
    )
    return any(test(kind) for test in tests)


def _printed(name: str, dtype: pl.DataType) -> pl.Expr:
    """A typed column as a publisher would print it: 320 and not 320.0, a midnight as its day."""
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        day, moment = column.dt.strftime("%Y-%m-%d"), column.dt.strftime("%Y-%m-%d %H:%M:%S")
        return pl.when(column.dt.time() == pl.time(0)).then(day).otherwise(moment)
    if dtype.is_float():
        whole = (column == column.round()) & (column.abs() < 1e15)
        return pl.when(whole).then(column.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(column.round(12).cast(pl.String))
    return column.cast(pl.String)


@contextmanager
def _in_words(name: str) -> Generator[None]:
    """Whatever a damaged file raises, as a refusal in words; want of memory is not the file's damage, and passes."""
    try:
        yield
    except (ExtractRefused, MemoryError):
        raise
    except (_arrow.ArrowException, pl.exceptions.PolarsError, OSError, ValueError, OverflowError) as error:
        fault = shown((str(error) or type(error).__name__).splitlines()[0])
        raise ExtractRefused(f"{name} is damaged or not whole ({fault}). Download it again. Nothing was loaded.") from error
