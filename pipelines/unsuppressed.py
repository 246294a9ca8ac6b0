"""Where a trust's own unsuppressed counts are kept: in a folder of their own that only the loader's account can open.

Nothing of it is in a release. The dashboard never opens it, and a test holds that.
"""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl

from pipelines import durable, releases
from pipelines.catalogue import Catalogue
from pipelines.disclosure import COUNTS, made_safe
from pipelines.manifests import LoadedExtract
from pipelines.reference import Reference
from pipelines.settings import Settings

OWNER_ONLY, OWNER_ONLY_FOLDER = 0o600, 0o700
_SMALL = 5
_TEMPLATE = "template"


def folder(data_dir: Path) -> Path:
    """The folder, made where there is none; on Windows the folder's own permissions are the trust's to set."""
    place = data_dir / releases.UNSUPPRESSED
    place.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
    place.chmod(OWNER_ONLY_FOLDER)
    return place


def path(data_dir: Path, sha256: str) -> Path:
    """A local extract's observations with exact counts, named by their own SHA-256."""
    return data_dir / releases.UNSUPPRESSED / f"{sha256}.parquet"


def keep(fresh: Path, target: Path) -> None:
    """Put a file in the folder, readable by its owner alone from before it is there."""
    fresh.chmod(OWNER_ONLY)
    durable.put_in_place(fresh, target)


def rule_of(observations: pl.DataFrame, settings: Settings) -> str:
    """The name of the rule for an extract of a local source, else an empty text."""
    return next((rule for rule in _rules(observations, settings) if rule), "")


def _rules(observations: pl.DataFrame, settings: Settings) -> list[str]:
    """The rule of each of an extract's publications, empty for one that is not local; a year may follow a publication's name."""

    def rule(source: str) -> str:
        return next((rule for name, rule in settings.local_sources.items() if source == name or source.startswith(f"{name}, ")), "")

    return [rule(source) for source in observations["source"].unique().sort().to_list()]


def faults(file: str, observations: pl.DataFrame, settings: Settings) -> list[str]:
    """Why an extract cannot be loaded: local and published figures in one file, counts that are no whole numbers, or small exact
    counts in the template of a source that is not declared as local."""
    rules = _rules(observations, settings)
    if not any(rules):
        return _undeclared(file, observations)
    if len(set(rules)) > 1:
        return [
            f"{file} holds figures of a local source and of others, or of two local sources with different rules. Nothing was loaded. "
            "Put each source into a file of its own."
        ]
    broken = [name for name in COUNTS if observations.select((pl.col(name) % 1 != 0).any()).item()]
    return [f"{file}: {name} of a local source must be a whole number, since people are counted. Nothing was loaded." for name in broken]


def _undeclared(file: str, observations: pl.DataFrame) -> list[str]:
    exact = pl.any_horizontal(
        pl.col(name).is_between(0, _SMALL, closed="none") & (pl.col(f"{name}_lower") == pl.col(f"{name}_upper")) for name in COUNTS
    )
    small = observations.filter(exact & (pl.col("org_type") != "england") & (pl.col("dataset") == _TEMPLATE))
    if small.is_empty():
        return []
    one = small.row(0, named=True)
    return [
        f"{file}, row {one['source_row']}: {one['indicator_id']} of {one['org_code']} rests on a count of 1 to 4 that is not hidden. "
        f"Nothing was loaded. If these are the trust's own counts, name the publication ({one['source']!r}) under [local_sources] in "
        "settings.toml, so that small counts are hidden; if they were published, write * as the publisher does."
    ]


def released(extracts: list[LoadedExtract], settings: Settings, catalogue: Catalogue, reference: Reference) -> list[LoadedExtract]:
    """The extracts with the observations that may be released: those of local sources made safe, all of them together."""
    local = {one.unsuppressed_sha256: one.rule for one in extracts if one.rule}
    if not local:
        return extracts
    frames = {sha256: (pl.read_parquet(path(settings.data_dir, sha256)), rule) for sha256, rule in local.items()}
    safe = made_safe(frames, catalogue, reference, _served(settings))
    names = {sha256: _write(frame, settings.data_dir) for sha256, frame in safe.items()}
    return [
        one.model_copy(update={"observations_sha256": names[one.unsuppressed_sha256], "observations": safe[one.unsuppressed_sha256].height})
        if one.rule
        else one
        for one in extracts
    ]


def _served(settings: Settings) -> pl.DataFrame:
    """What the served release shows of local sources."""
    served = releases.current_release(settings.data_dir)
    local = [one.observations_sha256 for one in releases.read_manifest(settings.data_dir, served).extracts if one.rule] if served else []
    files = [releases.extract_path(settings.data_dir, name) for name in local]
    return pl.concat([pl.read_parquet(file) for file in files if file.is_file()]) if any(map(Path.is_file, files)) else pl.DataFrame()


def _write(frame: pl.DataFrame, data_dir: Path) -> str:
    """Keep observations among the extracts that releases are built from; their SHA-256."""
    place = releases.extract_path(data_dir, "").parent
    place.mkdir(parents=True, exist_ok=True)
    fresh = durable.unfinished(place / f"{os.getpid()}.parquet")
    frame.write_parquet(fresh, compression="zstd", compression_level=1)
    sha256 = durable.digest(fresh)
    durable.put_in_place(fresh, releases.extract_path(data_dir, sha256))
    return sha256
