"""Releases made straight from observations, by the functions that the loader uses, where a test needs many of them soon."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from pipelines import durable, releases
from pipelines.manifests import LoadedExtract, Manifest
from pipelines.schemas import validate

NOW = datetime(2026, 4, 1, 9, 30, tzinfo=UTC)


def observations(data_dir: Path, release_id: str = "r0001") -> pl.DataFrame:
    """All observations of a release."""
    with releases.reading(data_dir, release_id) as read:
        return read("select * from observations", [])


def keep(data_dir: Path, frame: pl.DataFrame, name: str = "example.csv", catalogue_version: str = "example") -> LoadedExtract:
    """Keep observations as those of an extract called ``name``, whose SHA-256 is made up from its name."""
    sha256 = name.encode().hex().ljust(64, "0")[:64]
    folder = data_dir / "extracts"
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / "fresh"
    validate(frame.with_columns(extract_sha256=pl.lit(sha256))).write_parquet(fresh)
    kept = fresh.rename(releases.extract_path(data_dir, durable.digest(fresh)))
    return LoadedExtract(
        file=name,
        sha256=sha256,
        layouts=["Example layout"],
        loaded_at=NOW,
        loaded_by="a test",
        catalogue_version=catalogue_version,
        rows_in=frame.height,
        rows_kept=frame.height,
        rows_passed_over={},
        rows_refused=0,
        observations=frame.height,
        observations_sha256=kept.stem,
    )


def build(data_dir: Path, *extracts: LoadedExtract) -> Manifest:
    """Build the next release of these extracts and serve it."""
    manifest = Manifest(
        release_id=releases.next_release_id(data_dir),
        created_at=NOW,
        created_by="a test",
        reason="test",
        code_version="example",
        catalogue_version="example",
        extracts=list(extracts),
    )
    complete = releases.build(data_dir, manifest)
    releases.publish(data_dir, complete.release_id)
    return complete
