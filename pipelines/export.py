"""Tidy observations of the served release, for people who want the numbers."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from pipelines import releases
from pipelines.catalogue import load_catalogue
from pipelines.errors import PipelineError
from pipelines.reference import Reference, load_reference

Format = Literal["csv", "parquet", "json"]
# A spreadsheet would run a cell that begins so.
_LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Selection:
    """What to export; None means all."""

    indicator: str | None = None
    site: str | None = None
    org: str | None = None


def observations(data_dir: Path, selection: Selection) -> pl.DataFrame:
    """The selected observations of the served release, one row an observation."""
    release_id = releases.current_release(data_dir)
    if release_id is None:
        raise PipelineError("There is no release yet. Load a file first: python -m pipelines load FILE")
    where, values = _conditions(selection, load_reference())
    query = f"select * from observations {where} order by indicator_id, org_code, period_start, period_end, ethnicity_scheme, ethnicity_code"
    connection = releases.open_release(data_dir, release_id)
    try:
        found = connection.cursor().sql(query, params=values).to_arrow_table()
    finally:
        connection.close()
    return pl.DataFrame(pl.from_arrow(found))


def _conditions(selection: Selection, reference: Reference) -> tuple[str, list[object]]:
    conditions: list[str] = []
    values: list[object] = []
    if selection.indicator:
        known = load_catalogue().indicators
        if selection.indicator not in known:
            raise PipelineError(f"There is no indicator {selection.indicator!r}. Known are: {', '.join(known)}.")
        conditions.append("indicator_id = ?")
        values.append(selection.indicator)
    if selection.site:
        conditions.append("list_contains(?::varchar[], org_code)")
        values.append(_organisations_of(selection.site, reference))
    if selection.org:
        conditions.append("org_code = ?")
        aliases = {alias.casefold(): code for alias, code in reference.aliases.items()}
        values.append(aliases.get(selection.org.casefold(), selection.org.upper()))
    return f"where {' and '.join(conditions)}" if conditions else "", values


def _organisations_of(site: str, reference: Reference) -> list[str]:
    wanted = site.strip().casefold()
    for one in reference.sites:
        if wanted in {one.site_id.casefold(), one.name.casefold()}:
            codes = reference.organisations.filter(pl.col("site_id") == one.site_id)["org_code"].to_list()
            return sorted({one.trust_code, one.icb_code, *codes})
    known = ", ".join(one.site_id for one in reference.sites)
    raise PipelineError(f"There is no site {site!r}. Known are: {known}.")


def harmless(text: pl.Expr) -> pl.Expr:
    """Text that a spreadsheet will not run: a quote before what begins like a formula."""
    bare = text.str.strip_chars_start(" \u00a0\u200b\u200c\u200d\ufeff'\"")
    live = pl.any_horizontal(*[bare.str.starts_with(mark) | text.str.starts_with(mark) for mark in _LIVE])
    return pl.when(live).then(pl.concat_str(pl.lit("'"), text)).otherwise(text)


def encode(frame: pl.DataFrame, form: Format) -> bytes:
    """The frame as a file; in CSV, text cells are made harmless and numbers stay numbers."""
    buffer = io.BytesIO()
    if form == "parquet":
        frame.write_parquet(buffer)
    elif form == "json":
        frame.write_json(buffer)
    else:
        texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
        frame.with_columns(harmless(pl.col(name)).alias(name) for name in texts).write_csv(buffer)
    return buffer.getvalue()
