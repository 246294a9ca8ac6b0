"""CSV as text. PyArrow parses it, strictly by the number of fields in a row and by the encoding; what it would take in
silence is looked for first: a quote that is not closed, which would swallow rows, and blank lines, which would shift their
numbers.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl
import pyarrow
import pyarrow.csv as pyarrow_csv

from pipelines import archives
from pipelines.archives import shown
from pipelines.errors import ExtractRefused

MAX_HEADER_BYTES = 1 << 20
BLOCK_BYTES = 8 << 20
_SCAN_BYTES = 4 << 20
_QUOTE, _LF, _CR = b'"', b"\n", b"\r"
_GAP = re.compile(rb"\n\r?\n")


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a look over the bytes gives: the encoding, and the numbers of blank lines (the first line is 1)."""

    encoding: str
    blank_lines: list[int] = field(default_factory=list)


def scan(path: Path, name: str) -> Scanned:
    """Look over the whole file; ExtractRefused for UTF-16, NUL bytes, or a line with a quote that is not closed.

    The encoding is UTF-8, with or without a mark, and Windows-1252 where the bytes are no UTF-8.
    """
    decoder, utf8, quoted, gaps = codecs.getincrementaldecoder("utf-8")(), True, False, False
    feeds, last = False, b""
    with path.open("rb") as file:
        start = file.read(3)
        if start[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            raise ExtractRefused(f"{name} is in UTF-16. Save it as “CSV UTF-8” and load it again.")
        file.seek(0)
        while chunk := file.read(_SCAN_BYTES):
            if b"\0" in chunk:
                raise ExtractRefused(f"{name} holds NUL bytes: it is not a text file. Download it again.")
            feeds = feeds or _LF in chunk
            quoted = quoted or _QUOTE in chunk
            gaps = gaps or _has_gap(chunk) or _has_gap(last + chunk[:2])
            last = chunk[-2:]
            if utf8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    utf8 = False
    encoding = "cp1252" if not utf8 else "utf-8-sig" if start == codecs.BOM_UTF8 else "utf-8"
    return Scanned(encoding, _lines(path, name, _LF if feeds else _CR) if quoted or gaps else [])


def _has_gap(content: bytes) -> bool:
    """Whether there is a blank line: one regular expression is faster than two searches."""
    return _GAP.search(content) is not None or (_CR in content and b"\r\r" in content)


def _lines(path: Path, name: str, end: bytes) -> list[int]:
    """Numbers of the blank lines; every line must have an even number of quotes."""
    blank: list[int] = []
    lines, length, quotes, returned = 0, 0, 0, False  # of the line that the last chunk broke off
    with path.open("rb") as file:
        while chunk := file.read(_SCAN_BYTES):
            content = np.frombuffer(chunk, np.uint8)
            ends = np.flatnonzero(content == end[0])
            counts = np.searchsorted(np.flatnonzero(content == _QUOTE[0]), ends) + quotes
            if (odd := np.flatnonzero(counts & 1)).size:
                raise _open_quote(path, name, lines + int(odd[0]) + 1)
            if ends.size:
                lengths = np.diff(ends, prepend=-1) - 1
                returns = (lengths > 0) & (content[ends - 1] == _CR[0])
                lengths[0] += length
                returns[0] = returns[0] or (ends[0] == 0 and returned)
                blank.extend((np.flatnonzero(lengths - returns == 0) + lines + 1).tolist())
            quotes = (quotes + chunk.count(_QUOTE)) & 1
            lines += int(ends.size)
            length = len(chunk) - int(ends[-1]) - 1 if ends.size else length + len(chunk)
            returned = chunk.endswith(_CR)
    if quotes:
        raise _open_quote(path, name, lines + 1)
    return blank


def _open_quote(path: Path, name: str, line: int) -> ExtractRefused:
    with path.open("rb") as file:
        text = next((one for turn, one in enumerate(file, start=1) if turn == line), b"").decode("cp1252", errors="replace")
    return ExtractRefused(
        f"{name}, line {line:,}: a quote is opened and not closed in the same line: {shown(text.strip())!r}. "
        "Close it, or write a quote within a text twice. Nothing was loaded."
    )


def header(path: Path, name: str, encoding: str) -> list[str]:
    """The fields of the first line."""
    with path.open("rb") as file:
        first = re.split(rb"[\r\n]", file.read(MAX_HEADER_BYTES), maxsplit=1)[0].decode(encoding, errors="replace")
    try:
        rows = list(csv.reader(io.StringIO(first), strict=True))
    except csv.Error as error:
        raise ExtractRefused(f"{name}: the first row cannot be read as a header ({error}).") from error
    return rows[0] if rows else []


def batches(path: Path, name: str, names: tuple[str, ...], scanned: Scanned, row: str) -> Iterator[pl.DataFrame]:
    """The rows as text under ``names``, with the number of their line in the column ``row``.

    Rows of nothing but commas, as spreadsheets leave them, are no rows. ExtractRefused for a row of another width.
    """
    bad: list[Any] = []

    def refuse(found: pyarrow_csv.InvalidRow) -> Literal["skip", "error"]:
        bad.append(found)
        return "error"

    columns = [f"c{i}" for i in range(len(names))]
    encoding = "utf-8" if scanned.encoding == "utf-8-sig" else scanned.encoding
    read = pyarrow_csv.ReadOptions(column_names=columns, skip_rows=1, block_size=BLOCK_BYTES, encoding=encoding)
    convert = pyarrow_csv.ConvertOptions(column_types=dict.fromkeys(columns, pyarrow.string()), strings_can_be_null=False)
    parse = pyarrow_csv.ParseOptions(invalid_row_handler=refuse)
    try:
        with pyarrow_csv.open_csv(path, read, parse, convert) as reader:
            yield from _numbered(_ahead(reader), names, scanned.blank_lines, row)
    except (pyarrow.ArrowInvalid, UnicodeDecodeError) as error:
        raise ExtractRefused(_fault(path, name, names, bad, error)) from error


def _ahead(parsed: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
    """The same batches; the next one is parsed in a thread of its own while this one is worked on."""
    with ThreadPoolExecutor(max_workers=1) as parser:
        coming = parser.submit(next, parsed, None)
        while (batch := coming.result()) is not None:
            coming = parser.submit(next, parsed, None)
            yield batch


def _numbered(parsed: Iterator[pyarrow.RecordBatch], names: tuple[str, ...], blank_lines: list[int], row: str) -> Iterator[pl.DataFrame]:
    # PyArrow leaves blank lines out: how many lines with something on them stand before each is what numbers the rest.
    before = np.asarray(blank_lines, np.int64) - 1 - np.arange(len(blank_lines))
    turn = 2
    for batch in parsed:
        renamed: Any = batch.rename_columns(list(names))
        polars: Any = pl
        frame: pl.DataFrame = polars.from_arrow(renamed)
        turns = np.arange(turn, turn + frame.height)
        turn += frame.height
        numbered = frame.insert_column(0, pl.Series(row, turns + np.searchsorted(before, turns)))
        if (numbered.get_column(names[0]) == "").any():
            numbered = numbered.filter(~pl.all_horizontal(pl.col(*names) == ""))
        yield numbered


def _fault(path: Path, name: str, names: tuple[str, ...], bad: list[Any], error: Exception) -> str:
    if not bad:
        return f"{name} {_in_words(error)} Nothing was loaded."
    found = bad[0]
    first = re.split(r"[\r\n]", found.text, maxsplit=1)[0]
    return (
        f"{name}{_line_of(path, first)}: a row has {found.actual_columns:,} fields where the header has "
        f"{len(names)}: {shown(first)!r}. Look for a comma or a quote that is not closed. Nothing was loaded."
    )


def _in_words(error: Exception) -> str:
    fault = str(error).partition("\n")[0]
    if isinstance(error, UnicodeDecodeError):
        return f"holds the byte 0x{error.object[error.start]:02X}, which neither UTF-8 nor Windows-1252 has. Save it as “CSV UTF-8”."
    if "straddl" in fault:
        return f"has a row of more than {archives.size(BLOCK_BYTES)}; no published table has. Download it again."
    if "skip initial" in fault:
        return "has a header and no rows."
    return f"cannot be read as CSV: {shown(fault)}. Download it again, or save it as “CSV UTF-8”."


def _line_of(path: Path, text: str) -> str:
    """Where a line stands, counted as an editor counts them; "" where it is not found."""
    wanted = {text.encode(), text.encode("cp1252", errors="ignore")}
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(BLOCK_BYTES), b""), start=1):
            if line.rstrip(b"\r\n") in wanted:
                return f", line {number:,}"
    return ""
