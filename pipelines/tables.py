"""Files to text columns: CSV, Parquet and XLSX, plain, gzip or zip; nothing is guessed and nothing is typed here.

CSV goes through PyArrow, which is strict about the number of fields in a row and about the encoding; a file with a
row of another width is refused whole, because then nobody can tell which column its figures belong to.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import fastexcel
import polars as pl
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from pipelines.errors import ExtractRefused

MAX_UNPACKED_BYTES = 8 * 1024**3
MAX_MEMBERS = 50
MAX_HEADER_BYTES = 1 << 20
BLOCK_BYTES = 8 << 20
ROW = "source_row"

Batches = Callable[[], Iterator[pl.DataFrame]]


@dataclass(frozen=True, slots=True)
class TextTable:
    """One table of text: ``header`` as published, ``batches`` with a column a header plus ``source_row`` (header = 1)."""

    name: str
    header: tuple[str, ...]
    encoding: str
    batches: Batches


def fingerprint(path: Path) -> str:
    """SHA-256 of the file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_tables(path: Path, workspace: Path) -> list[TextTable]:
    """Every table in the file at ``path``; compressed content is unpacked into ``workspace``.

    Raises ExtractRefused for an empty file, a folder, an unreadable, encrypted or unknown one.
    """
    _must_be_a_file(path)
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"PK\x03\x04") and _is_workbook(path):
        return _workbook(path, path.name)
    if start.startswith(b"PK"):
        return [table for member in _unzip(path, workspace) for table in _plain(member, member.name)]
    if start.startswith(b"\x1f\x8b"):
        return _plain(_gunzip(path, workspace), path.name)
    return _plain(path, path.name)


def _must_be_a_file(path: Path) -> None:
    if path.is_dir():
        raise ExtractRefused(f"{path.name} is a folder. Give one file at a time, or a zip of files.")
    if not path.is_file():
        raise ExtractRefused(f"{path.name} is not a file that can be read. Check the path.")
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except OSError as error:
        raise ExtractRefused(f"{path.name} cannot be read: {error.strerror}. Check who may read it.") from error
    if empty:
        raise ExtractRefused(f"{path.name} is empty. Download it again from its publisher.")


def _plain(path: Path, name: str) -> list[TextTable]:
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"PAR1"):
        return [_parquet(path, name)]
    if start.startswith(b"PK\x03\x04"):
        return _workbook(path, name)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise ExtractRefused(f"{name} is an old or an encrypted Excel file. Save it as CSV or as an XLSX without a password.")
    if start.startswith(b"%PDF"):
        raise ExtractRefused(f"{name} is a PDF. Load the CSV of the same publication instead.")
    return [_csv(path, name)]


# ------------------------------------------------------------------------------------------------------------- CSV


def _csv(path: Path, name: str) -> TextTable:
    encoding = _encoding(path, name)
    header = _csv_header(path, name, encoding)
    return TextTable(name, header, encoding, lambda: _csv_batches(path, name, header, encoding))


def _encoding(path: Path, name: str) -> str:
    """utf-8-sig, then cp1252; UTF-16 and binary files are refused."""


    decoder, utf8 = codecs.getincrementaldecoder("utf-8")(), True
    with path.open("rb") as file:
        start = file.read(3)
        if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            raise ExtractRefused(f"{name} is in UTF-16. Save it as “CSV UTF-8” and load it again.")
        file.seek(0)
        while chunk := file.read(1 << 20):
            if b"\0" in chunk:
                raise ExtractRefused(f"{name} holds NUL bytes: it is not a text file. Download it again.")
            if utf8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    utf8 = False
    if utf8:
        return "utf-8-sig" if start == b"\xef\xbb\xbf" else "utf-8"
    return "cp1252"


def _csv_header(path: Path, name: str, encoding: str) -> tuple[str, ...]:



    with path.open("rb") as file:
        first = file.read(MAX_HEADER_BYTES).decode(encoding, errors="replace")
    line = first.splitlines()[0] if first.strip() else ""
    try:
        fields = next(csv.reader(io.StringIO(line), strict=True), [])
    except csv.Error as error:
        raise ExtractRefused(f"{name}: the first row cannot be read as a header ({error}).") from error
    return _header(fields, name)


def _header(fields: list[str], name: str) -> tuple[str, ...]:
    header = tuple(field.strip().lstrip("\ufeff").strip() for field in fields)
    if not any(header):
        raise ExtractRefused(f"{name} has no header row. The first row must name the columns.")
    keys = [field.casefold() for field in header]
    if ROW in keys:
        raise ExtractRefused(f"{name}: {ROW!r} cannot be the name of a column. Rename it.")
    repeated = sorted({field for field in header if keys.count(field.casefold()) > 1})
    if repeated:
        raise ExtractRefused(f"{name}: the header names a column twice: {', '.join(map(repr, repeated))}.")
    return header


def _csv_batches(path: Path, name: str, header: tuple[str, ...], encoding: str) -> Iterator[pl.DataFrame]:
    bad: list[pa_csv.InvalidRow] = []

    def refuse(row: pa_csv.InvalidRow) -> str:
        bad.append(row)
        return "error"

    columns = [f"c{i}" for i in range(len(header))]
    read = pa_csv.ReadOptions(
        column_names=columns,
        skip_rows=1,
        block_size=BLOCK_BYTES,
        encoding="utf-8" if encoding == "utf-8-sig" else encoding,
    )
    convert = pa_csv.ConvertOptions(column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False)
    try:
        with pa_csv.open_csv(
            path, read, pa_csv.ParseOptions(invalid_row_handler=refuse), convert
        ) as reader:
            yield from _numbered(reader, header)
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise ExtractRefused(_csv_fault(path, name, header, bad, error)) from error


def _csv_fault(
    path: Path, name: str, header: tuple[str, ...], bad: list[pa_csv.InvalidRow], error: Exception
) -> str:
    if not bad:
        return f"{name} cannot be read as CSV: {str(error).splitlines()[0]}. Nothing was loaded."
    row = bad[0]
    text = row.text.splitlines()[0][:80]
    return (
        f"{name}{_line_of(path, text)}: a row has {row.actual_columns} fields where the header has "
        f"{len(header)}: {text!r}. Look for a comma or a quote that is not closed. Nothing was loaded."
    )


def _line_of(path: Path, text: str) -> str:
    wanted = text.encode()
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.startswith(wanted):
                return f", line {number}"
    return ""


def _numbered(batches: Iterator[pa.RecordBatch], header: tuple[str, ...]) -> Iterator[pl.DataFrame]:
    row = 2
    for batch in batches:
        frame = pl.DataFrame(pl.from_arrow(batch.rename_columns(list(header))))
        yield frame.with_row_index(ROW, offset=row).with_columns(pl.col(ROW).cast(pl.Int64))
        row += batch.num_rows


# ------------------------------------------------------------------------------------------- Parquet and workbooks


def _parquet(path: Path, name: str) -> TextTable:
    try:
        names = pa_parquet.read_schema(path).names
    except (pa.ArrowException, OSError) as error:
        raise ExtractRefused(f"{name} is not a whole Parquet file: {error}. Nothing was loaded.") from error
    header = _header(list(names), name)
    return TextTable(name, header, "parquet", lambda: _parquet_batches(path, name, header))


def _parquet_batches(path: Path, name: str, header: tuple[str, ...]) -> Iterator[pl.DataFrame]:
    try:
        with pa_parquet.ParquetFile(path) as file:
            row = 2
            for batch in file.iter_batches(batch_size=250_000):
                frame = pl.DataFrame(pl.from_arrow(batch)).rename(dict(zip(batch.schema.names, header, strict=True)))
                text = frame.select(pl.all().cast(pl.String).fill_null(""))
                yield text.with_row_index(ROW, offset=row).with_columns(pl.col(ROW).cast(pl.Int64))
                row += batch.num_rows
    except (pa.ArrowException, pl.exceptions.PolarsError, OSError) as error:
        raise ExtractRefused(f"{name} cannot be read as Parquet: {error}. Nothing was loaded.") from error


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return False


def _workbook(path: Path, name: str) -> list[TextTable]:
    try:
        book = fastexcel.read_excel(path)
        sheets = [book.load_sheet(sheet, header_row=None, dtypes="string") for sheet in book.sheet_names]
    except (fastexcel.FastExcelError, OSError) as error:
        raise ExtractRefused(f"{name} cannot be read as a workbook: {error}. Save it as CSV and try again.") from error
    tables = [_sheet(sheet.to_polars(), f"{name}, sheet “{sheet.name}”") for sheet in sheets if sheet.height]
    if not tables:
        raise ExtractRefused(f"{name} has no sheet with anything in it.")
    return tables


def _sheet(frame: pl.DataFrame, name: str) -> TextTable:
    text = frame.select(pl.all().cast(pl.String).fill_null(""))
    header = _header([str(value) for value in text.row(0)], name)
    body = text.slice(1).rename(dict(zip(text.columns, header, strict=True)))
    numbered = body.with_row_index(ROW, offset=2).with_columns(pl.col(ROW).cast(pl.Int64))
    filled = numbered.filter(pl.any_horizontal(pl.col(*header) != ""))
    return TextTable(name, header, "xlsx", lambda: iter([filled]))


# ------------------------------------------------------------------------------------------------------ Compression


def _copy_within_limit(source: BinaryIO, target: Path, name: str) -> None:
    written = 0
    with target.open("wb") as out:
        while chunk := source.read(1 << 20):
            written += len(chunk)
            if written > MAX_UNPACKED_BYTES:
                raise ExtractRefused(f"{name} unpacks to more than {MAX_UNPACKED_BYTES // 1024**3} GB. Nothing was loaded.")
            out.write(chunk)


def _gunzip(path: Path, workspace: Path) -> Path:
    target = workspace / path.name.removesuffix(".gz")
    try:
        with gzip.open(path, "rb") as source:
            _copy_within_limit(source, target, path.name)  # pyright: ignore[reportArgumentType]  # GzipFile reads bytes
    except (OSError, EOFError, gzip.BadGzipFile) as error:
        raise ExtractRefused(f"{path.name} is not a whole gzip file: {error}. Download it again.") from error
    _must_be_a_file(target)
    return target


def _unzip(path: Path, workspace: Path) -> list[Path]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            _must_be_plain(members, path.name)
            return [_member(archive, info, workspace / f"member-{i}") for i, info in enumerate(members)]
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise ExtractRefused(f"{path.name} is not a whole zip file: {error}. Download it again.") from error


def _must_be_plain(members: list[zipfile.ZipInfo], name: str) -> None:
    if not members:
        raise ExtractRefused(f"{name} is a zip with no file in it.")
    if len(members) > MAX_MEMBERS:
        raise ExtractRefused(f"{name} holds {len(members)} files, more than {MAX_MEMBERS}. Load them in parts.")
    if any(info.flag_bits & 1 for info in members):
        raise ExtractRefused(f"{name} is encrypted. Unpack it with its password and load the file inside.")


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, folder: Path) -> Path:
    # The member's own path is never used as a path: only its last part, in a folder of ours.
    folder.mkdir()
    target = folder / (Path(info.filename.replace("\\", "/")).name or "table")
    with archive.open(info) as source:
        _copy_within_limit(source, target, info.filename)  # pyright: ignore[reportArgumentType]  # ZipExtFile reads bytes
    _must_be_a_file(target)
    return target


def discard(workspace: Path) -> None:
    """Remove what was unpacked."""
    shutil.rmtree(workspace, ignore_errors=True)
