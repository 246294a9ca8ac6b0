"""An analyst's table of groups, from any file that is read here: its columns found, its cells read by ``pipelines.group_cells``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from equity.groups import Basis
from equity.tidy import COLUMNS
from pipelines.archives import shown
from pipelines.errors import ExtractRefused, PipelineError
from pipelines.group_cells import COUNTS, MOST_LISTED, VALUES, Wanted, must_be_sound, typed
from pipelines.tables import ROW, TextTable, open_tables

MOST_ROWS = 5_000_000
_ODD = r"^(all\b|total\b|everyone\b|england$|unknown|not (known|stated|recorded|provided)|missing)"


@dataclass(frozen=True, slots=True)
class GroupTable:
    """The file's groups as ``equity.groups`` reads them, with what was found besides.

    ``by`` are the grouping columns, ``basis`` whether counts or values count, ``starred`` whether a count is hidden by a
    star, and ``notes`` are for whoever asked.
    """

    frame: pl.DataFrame
    by: tuple[str, ...]
    basis: Basis
    starred: bool
    notes: tuple[str, ...]


def read(path: Path, wanted: Wanted) -> GroupTable:
    """The table of groups in a file: ``by``, group, numbers, cell_state and, of counts, where stars stand.

    Raises PipelineError with what is wrong, where, which value, what is allowed and what to do.
    """
    with TemporaryDirectory() as workspace:
        table = _only_table(open_tables(path, Path(workspace)), shown(path.name), wanted)
        by, basis = _split(wanted.by, table.header), _basis(table, wanted)
        numbers = [*dict.fromkeys([*_numbers(table, basis), *wanted.columns])]
        names = [*by, wanted.group, *(["cell_state"] if "cell_state" in table.header else []), *numbers]
        _must_have(table, names, by, wanted)
        text = _without(_text(table, names), table.name, wanted)
    frame = typed(text, by, wanted, basis, numbers)
    must_be_sound(frame, table.name, by, wanted, basis)
    frame = frame.select(pl.exclude(r"^_bad_.*$", ROW))
    starred = basis == "counts" and bool(frame.select((pl.col("numerator_starred") | pl.col("denominator_starred")).any()).item())
    return GroupTable(frame, tuple(by), basis, starred, _notes(frame))


def must_name(name: str, table: GroupTable) -> None:
    """Raise PipelineError where no stratum has a group of that name."""
    if name not in set(table.frame["group"].unique()):
        raise PipelineError(f"--reference {name!r}: there is no such group.{_listed(table.frame['group'])}")


# ------------------------------------------------------------------------------------------------------- Which columns


def _only_table(tables: Sequence[TextTable], name: str, wanted: Wanted) -> TextTable:
    found = [table for table in tables if wanted.group in table.header]
    if len(found) == 1:
        return found[0]
    if found:
        raise PipelineError(
            f"{name} has {len(found)} tables of groups: {', '.join(one.name for one in found)}. Save one of them by itself."
        )
    header = next((table.header for table in tables if table.header), ())
    if header and header[0][:1] in {"[", "{"}:
        raise PipelineError(f"{name} is JSON, which is not read here. Save it as CSV, Parquet or XLSX.")
    what = "Name the column of the groups with --group, or rename it" if wanted.group == "group" else "Look how it is spelt"
    raise PipelineError(f"{name} has no column {wanted.group!r}. It has: {_names(header)}. {what}.")


def _names(header: Sequence[str]) -> str:
    more = f" and {len(header) - MOST_LISTED:,} more" if len(header) > MOST_LISTED else ""
    return ", ".join(repr(shown(name)) for name in header[:MOST_LISTED]) + more


def _split(by: Sequence[str], header: Sequence[str]) -> list[str]:
    """Column names, also several in one text with commas between them."""
    split = [part for text in by for part in ([text] if text in header else [one.strip() for one in text.split(",")])]
    return [part for part in dict.fromkeys(split) if part]


def _basis(table: TextTable, wanted: Wanted) -> Basis:
    """Whether the counts or the values count; where a file has both, somebody must say."""
    there = set(table.header)
    counts, values = set(COUNTS) <= there and wanted.kind != "mean", "value" in there
    if wanted.basis == "counts" and wanted.kind == "mean":
        raise PipelineError("--basis counts: a mean has no counts. Give value, with se and n, se alone, or lower_ci and upper_ci.")
    if wanted.basis is not None:
        return wanted.basis
    if counts and values:
        raise PipelineError(
            f"{table.name} has counts (numerator and denominator) and values (value): say which are to be used. --basis counts works "
            "the values out again; --basis values takes them as they are, as standardised rates must be."
        )
    return "counts" if counts or not (values or wanted.kind == "mean") else "values"


def _numbers(table: TextTable, basis: Basis) -> list[str]:
    if basis == "counts":
        return [*COUNTS]
    return [name for name in VALUES if name == "value" or name in table.header]


def _must_have(table: TextTable, names: Sequence[str], by: Sequence[str], wanted: Wanted) -> None:
    absent = [name for name in dict.fromkeys(names) if name not in table.header]
    if absent:
        shapes = "counts are in numerator and denominator; values in value, with lower_ci and upper_ci, or se"
        raise PipelineError(f"{table.name} has no column {_names(absent)}. It has: {_names(table.header)}. Of what is measured, {shapes}.")
    twice = [name for name in dict.fromkeys(names) if table.header.count(name) > 1]
    if twice:
        raise PipelineError(f"{table.name} has {table.header.count(twice[0])} columns {twice[0]!r}. Rename or delete all but one.")
    taken = [name for name in by if name in {*COUNTS, *VALUES, *COLUMNS, *wanted.columns, wanted.group, "cell_state", ROW}]
    if taken:
        raise PipelineError(f"--by {taken[0]!r}: a column of that name is read, or written, as something else. Rename it, or give another.")
    limits = {"lower_ci", "upper_ci"} & set(names)
    if len(limits) == 1:
        raise PipelineError(f"{table.name} has {limits.pop()} and not the other limit. Give both lower_ci and upper_ci, or neither.")


def _text(table: TextTable, names: list[str]) -> pl.DataFrame:
    frames: list[pl.DataFrame] = []
    rows = 0
    for batch in table.batches():
        rows += batch.height
        if rows > MOST_ROWS:
            raise ExtractRefused(f"{table.name} has more than {MOST_ROWS:,} rows, the most that are measured at once. Give it in parts.")
        at = {name: batch.columns[1 + table.header.index(name)] for name in names}
        frames.append(batch.select(ROW, *(pl.col(there).alias(name) for name, there in at.items())))
    if not rows:
        raise ExtractRefused(f"{table.name} has a header and no rows. Nothing was measured.")
    return pl.concat(frames)


def _without(text: pl.DataFrame, name: str, wanted: Wanted) -> pl.DataFrame:
    """The rows but those of groups that are to be left out."""
    groups = text[wanted.group].str.strip_chars(" \t\u00a0")
    absent = [one for one in wanted.left_out if one not in set(groups)]
    if absent:
        raise PipelineError(f"--leave-out {absent[0]!r}: {name} has no such group.{_listed(groups)}")
    kept = text.filter(~groups.is_in(list(wanted.left_out)))
    if not kept.height:
        raise PipelineError(f"{name} has no rows but those that are left out. Nothing was measured.")
    return kept


# ------------------------------------------------------------------------------------------------------------- Groups


def _notes(frame: pl.DataFrame) -> tuple[str, ...]:
    """Groups that seem to be none: everyone together, or people of whom it is not known."""
    groups = frame["group"].unique().sort()
    odd = [shown(one) for one in groups.filter(groups.str.to_lowercase().str.contains(_ODD))]
    if not odd:
        return ()
    return (f"Measured as groups like any other: {', '.join(odd)}. If they are none, leave each out: --leave-out {odd[0]!r}.",)


def _listed(groups: pl.Series) -> str:
    return f" It has: {_names(groups.drop_nulls().unique(maintain_order=True).to_list())}."
