"""Tidy observations of the served release, for people who want the numbers."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Any, Literal, cast

import polars as pl
import pyarrow.parquet as pa_parquet

from pipelines import durable, releases
from pipelines.catalogue import load_catalogue
from pipelines.errors import PipelineError
from pipelines.reference import Reference, load_reference
from pipelines.schemas import COLUMNS

Format = Literal["csv", "parquet", "json"]
# A spreadsheet would run a cell that begins so, also behind what it does not show; signs of full and small width included.
_LIVE = r"""^([\t\r\n\x00]|[\s\p{C}'"]*[=+\-@＝＋－＠﹦﹢﹣﹫])"""
_LISTED = 60
# In the order of their key, in which a release holds its observations and DuckDB gives them.
_QUERY = f"""
select {", ".join(COLUMNS)} from observations
where indicator_id = ? and (? is null or list_contains(?::varchar[], org_code))
"""


@dataclass(frozen=True, slots=True)
class Selection:
    """What to export; None means all."""

    indicator: str | None = None
    site: str | None = None
    org: str | None = None


def observations(data_dir: Path, selection: Selection) -> Iterator[pl.DataFrame]:
    """The selected observations of the served release, one row an observation: an empty frame, then one an indicator.

    Raises PipelineError, with what is allowed, for an indicator, site or organisation that is not known.
    """
    release_id = releases.current_release(data_dir)
    if release_id is None:
        raise PipelineError("There is no release yet. Load a file first: python -m pipelines load FILE")
    with releases.reading(data_dir, release_id) as read:
        present = [str(row["indicator_id"]) for row in read("select distinct indicator_id from observations order by 1", []).to_dicts()]
        codes = read("select distinct org_code from observations order by 1", [])["org_code"].to_list()
        organisations = _organisations(selection, codes, load_reference())
        wanted = present if selection.indicator is None else [_indicator(selection.indicator)]
        for indicator in ["", *wanted]:
            yield read(_QUERY, [indicator, organisations, organisations])


def _indicator(wanted: str) -> str:
    known = load_catalogue().indicators
    if wanted not in known:
        raise PipelineError(f"There is no indicator {wanted!r}. Known are: {', '.join(known)}.")
    return wanted


def _organisations(selection: Selection, codes: list[str], reference: Reference) -> list[str] | None:
    """Codes of the organisations that are wanted, None for all."""
    chosen: list[set[str]] = []
    if selection.site is not None:
        chosen.append(_of_site(selection.site, reference))
    if selection.org is not None:
        chosen.append({_organisation(selection.org, codes, reference)})
    return sorted(set[str].intersection(*chosen)) if chosen else None


def _organisation(wanted: str, codes: list[str], reference: Reference) -> str:
    aliases = {alias.casefold(): code for alias, code in reference.aliases.items()}
    code = aliases.get(wanted.strip().casefold(), wanted.strip().upper())
    if code not in codes:
        more = f" and {len(codes) - _LISTED:,} more" if len(codes) > _LISTED else ""
        raise PipelineError(f"The release has nothing about an organisation {wanted!r}. It has: {', '.join(codes[:_LISTED])}{more}.")
    return code


def _of_site(site: str, reference: Reference) -> set[str]:
    wanted = site.strip().casefold()
    for one in reference.sites:
        if wanted in {one.site_id.casefold(), one.name.casefold()}:
            codes = reference.organisations.filter(pl.col("site_id") == one.site_id)["org_code"].to_list()
            return {one.trust_code, one.icb_code, *codes}
    known = ", ".join(one.site_id for one in reference.sites)
    raise PipelineError(f"There is no site {site!r}. Known are: {known}.")


def harmless(text: pl.Expr) -> pl.Expr:
    """Text that a spreadsheet will not run: a quote before what begins like a formula."""
    return pl.when(~text.str.contains(_LIVE)).then(text).otherwise(pl.concat_str(pl.lit("'"), text))


def write(frames: Iterator[pl.DataFrame], form: Format, out: IO[bytes]) -> int:
    """Write the frames, of which there is at least one, as one file; returns how many rows it has.

    In CSV text cells are made harmless, numbers stay numbers, and what is not there is empty.
    """
    return {"csv": _write_csv, "json": _write_json, "parquet": _write_parquet}[form](frames, out)


def write_file(frames: Iterator[pl.DataFrame], form: Format, path: Path) -> int:
    """``write`` to a file, which is there whole or, if that fails, as it was; PipelineError says why it failed."""
    if path.is_dir():
        raise PipelineError(f"{path} is a folder. Name a file in it: -o {path / f'observations.{form}'}")
    target = path.resolve()
    special = target.exists() and not target.is_file()  # a device or a pipe is written to, never replaced
    fresh = target if special else durable.unfinished(target)
    try:
        with fresh.open("wb") as out:
            rows = write(frames, form, out)
        if not special:
            durable.put_in_place(fresh, target)
    except OSError as error:
        raise PipelineError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        if not special:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
    return rows


def write_pipe(frames: Iterator[pl.DataFrame], form: Format, out: IO[bytes]) -> int:
    """``write`` to what may be a pipe, in which Parquet cannot go back and forth."""
    whole = io.BytesIO() if form == "parquet" else out
    rows = write(frames, form, whole)
    if isinstance(whole, io.BytesIO):
        out.write(whole.getbuffer())
    out.flush()
    return rows


def _write_csv(frames: Iterator[pl.DataFrame], out: IO[bytes]) -> int:
    rows = 0
    for turn, frame in enumerate(frames):
        texts = [name for name, kind in frame.schema.items() if kind == pl.String]
        safe = frame.with_columns(harmless(pl.col(name)) for name in texts)
        safe.columns = pl.DataFrame({"name": safe.columns}).select(harmless(pl.col("name")))["name"].to_list()
        out.write(safe.write_csv(include_header=turn == 0).encode())
        rows += frame.height
    return rows


def _write_json(frames: Iterator[pl.DataFrame], out: IO[bytes]) -> int:
    rows = 0
    out.write(b"[")
    for frame in frames:
        if frame.height:
            lines = frame.write_ndjson().rstrip().replace("\n", ",\n")
            out.write(((",\n" if rows else "\n") + lines).encode())
            rows += frame.height
    out.write(b"\n]\n")
    return rows


def _write_parquet(frames: Iterator[pl.DataFrame], out: IO[bytes]) -> int:
    first = next(frames)
    schema = cast("Any", first).to_arrow().schema
    rows = 0
    with pa_parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for frame in chain([first], frames):
            writer.write_table(cast("Any", frame).to_arrow().cast(schema))
            rows += frame.height
    return rows
