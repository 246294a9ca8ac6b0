"""Files to text columns: CSV, Parquet and XLSX, plain, gzip or zip; nothing is guessed and nothing is typed here.

A file with a row of another width than its header's is refused whole, because then nobody can tell which column its
figures belong to.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines import archives, delimited, parquet, workbooks
from pipelines.archives import LIMITS, Limits, shown
from pipelines.errors import ExtractRefused

BATCH_CELLS, BATCH_CHARACTERS = 500_000, 32 << 20
ROW = "source_row"

Batches = Callable[[], Iterator[pl.DataFrame]]


@dataclass(frozen=True, slots=True)
class TextTable:
    """One table of text: ``header`` as published, ``batches`` with ``source_row`` (header = 1), then a column a header.

    A member of an archive or a sheet that is no table is there too, with an empty header, so that it can be named.
    """

    name: str
    header: tuple[str, ...]
    encoding: str
    batches: Batches


def fingerprint(path: Path) -> str:
    """SHA-256 of the file's bytes; ExtractRefused if it is no ordinary file or cannot be read."""
    archives.must_be_a_file(path)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_tables(path: Path, workspace: Path, limits: Limits = LIMITS) -> list[TextTable]:
    """Every table in the file at ``path``, known by its bytes; compressed content is unpacked into ``workspace``.

    Raises ExtractRefused for whatever is no ordinary file of a known kind, or is beyond the limits. What is wrong with
    the rows is raised by ``batches``.
    """
    archives.must_be_a_file(path)
    unpacked = workspace / "unpacked"  # a folder of its own, where no name that a file brings can meet one of ours
    start = _start(path)
    if start.startswith(_GZIP):
        unpacked.mkdir(parents=True)
        return _plain(archives.unpack_gzip(path, path.name, unpacked, limits), path.name, limits)
    if start.startswith(_ZIP) and workbooks.office_kind(path) is None:
        unpacked.mkdir(parents=True)
        members = archives.unpack_zip(path, path.name, unpacked, limits)
        return [table for member in members for table in _member(member, limits)]
    return _plain(path, path.name, limits)


_GZIP, _ZIP, _PARQUET = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"), b"PAR1"
# What else people download or attach, by the bytes with which it begins; and what to do about it.
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (rb"\xd0\xcf\x11\xe0", "is an old or an encrypted Excel file. Save it as CSV or as an XLSX without a password."),
    (rb"%PDF", "is a PDF. Load the CSV of the same publication instead."),
    (rb"Rar!\x1a", "is a RAR archive. Unpack it and load the CSV inside."),
    (rb"7z\xbc\xaf", "is a 7-Zip archive. Unpack it and load the CSV inside."),
    (rb"BZh\d1AY|\xfd7zXZ|\x28\xb5\x2f\xfd", "is compressed in a way that is not read here. Unpack it and load the file inside."),
    (rb"ARROW1", "is an Arrow file. Save it as CSV or Parquet."),
    (rb"SQLite format 3", "is a database. Save the table as CSV or Parquet."),
    (rb"\{\\rtf", "is a text document. Save its table as CSV."),
    (rb"(\xef\xbb\xbf)?\s*<(!doctype|html|head|body)", "is a web page: the download gave a page in place of the file. Download it again."),
    (rb"(\xef\xbb\xbf)?\s*<\?xml", "is XML. Load the CSV of the same publication instead."),
)


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(64)


def _member(member: archives.Member, limits: Limits) -> list[TextTable]:
    if member.path is None:
        return [_no_table(member.name)]
    if _start(member.path).startswith((_GZIP, *_ZIP)) and not workbooks.office_kind(member.path):
        raise ExtractRefused(f"{member.name} is an archive within the archive. Unpack the outer one and load the files inside.")
    return _plain(member.path, member.name, limits)


def _no_table(name: str) -> TextTable:
    return TextTable(name, (), "", lambda: iter(list[pl.DataFrame]()))


def _plain(path: Path, name: str, limits: Limits) -> list[TextTable]:
    start = _start(path)
    if start.startswith(_PARQUET):
        return [_parquet(path, name, limits)]
    if start.startswith(_ZIP):
        kind = workbooks.office_kind(path)
        if kind == "workbook":
            return _workbook(path, name, limits)
        raise ExtractRefused(f"{name} is {kind or 'an archive within the archive'}. Save its table as CSV or XLSX and load that.")
    for pattern, words in _OTHERS:
        if re.match(pattern, start, re.IGNORECASE):
            raise ExtractRefused(f"{name} {words}")
    return [_csv(path, name)]


# ------------------------------------------------------------------------------------------------------------- CSV


def _csv(path: Path, name: str) -> TextTable:
    scanned = delimited.scan(path, name)
    header = _header(delimited.header(path, name, scanned.encoding), name)
    return TextTable(name, header, scanned.encoding, lambda: delimited.batches(path, name, _distinct(header), scanned, ROW))


def _header(fields: Iterable[str], name: str, columns: int = LIMITS.columns) -> tuple[str, ...]:
    """The names of a table's columns; that none stands twice is seen when its layout is recognised."""
    header = tuple(field.replace("\ufeff", "").strip() for field in fields)
    if not any(header):
        raise ExtractRefused(f"{name} has no header row. The first row must name the columns.")
    if len(header) > columns:
        raise ExtractRefused(
            f"{name} has {len(header):,} columns, more than the {columns} that any published table has. "
            f"The first is {shown(header[0])!r}. Look whether rows have become columns. Nothing was loaded."
        )
    return header


def _distinct(header: tuple[str, ...]) -> tuple[str, ...]:
    """The same names for the columns of a frame, which must differ: one that is taken gets its place behind it."""
    return tuple(f"{name} (column {at + 1})" if name == ROW or name in header[:at] else name for at, name in enumerate(header))


# ------------------------------------------------------------------------------------------- Parquet and workbooks


def _parquet(path: Path, name: str, limits: Limits) -> TextTable:
    header = _header(parquet.columns(path, name, limits), name, limits.columns)
    return TextTable(name, header, "parquet", lambda: _rows_numbered(parquet.batches(path, name, _distinct(header))))


def _rows_numbered(frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    row = 2
    for frame in frames:
        yield frame.with_row_index(ROW, offset=row).with_columns(pl.col(ROW).cast(pl.Int64))
        row += frame.height


def _workbook(path: Path, name: str, limits: Limits) -> list[TextTable]:
    tables: list[TextTable] = []
    for sheet in workbooks.sheets(path, name, limits):
        own = f"{name}, sheet “{shown(sheet.title)}”"
        first = None if sheet.hidden else next(sheet.rows(), None)
        if first:
            tables.append(_sheet(sheet, own, _header(first[1], own, limits.columns)))
        elif sheet.hidden:
            tables.append(_no_table(f"{own} (hidden)"))
    if not any(table.header for table in tables):
        raise ExtractRefused(f"{name} has no sheet to be seen with anything in it. Put the table on a sheet of its own.")
    return tables


def _sheet(sheet: workbooks.Sheet, name: str, header: tuple[str, ...]) -> TextTable:
    return TextTable(name, header, "xlsx", lambda: _sheet_batches(sheet, name, _distinct(header)))


def _sheet_batches(sheet: workbooks.Sheet, name: str, header: tuple[str, ...]) -> Iterator[pl.DataFrame]:
    rows = sheet.rows()
    next(rows, None)
    schema = {ROW: pl.Int64, **dict.fromkeys(header, pl.String)}
    batch: list[list[int | str]] = []
    characters = 0
    for number, cells in rows:
        if len(cells) > len(header):
            raise ExtractRefused(
                f"{name}, row {number:,}: has {len(cells)} cells where the header has {len(header)}, the last is {shown(cells[-1])!r}. "
                "Delete what stands beside the table, or name its column. Nothing was loaded."
            )
        batch.append([number, *cells, *[""] * (len(header) - len(cells))])
        characters += sum(map(len, cells))
        if len(batch) * len(schema) >= BATCH_CELLS or characters >= BATCH_CHARACTERS:
            yield pl.DataFrame(batch, schema=schema, orient="row")
            batch.clear()
            characters = 0
    if batch:
        yield pl.DataFrame(batch, schema=schema, orient="row")
