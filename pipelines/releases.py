"""Releases: immutable DuckDB files with a manifest each, and a pointer that moves.

A release is built under a name of its own beside the one that is served, closed, synced and renamed; then the pointer
``CURRENT`` is replaced. Readers open a release by its id, so that a page never sees half of two, and a killed load leaves
what was there. The same path is never written twice: within a process DuckDB would go on serving the old file.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import duckdb
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.errors import ReleaseError
from pipelines.schemas import COLUMNS, KEY
from pipelines.tables import fingerprint

RELEASE_ID = re.compile(r"r\d{4,}")
_POINTER = "CURRENT"

# One connection reads one release and can reach nothing else: no files, no network, no settings.
_LOCKED_DOWN = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": "512MB",
    "threads": "2",
    "lock_configuration": "true",
}


class LoadedExtract(BaseModel):
    """An extract as a release's manifest keeps it."""

    model_config = ConfigDict(extra="forbid")

    file: str
    sha256: str
    layouts: list[str]
    loaded_at: datetime
    loaded_by: str
    rows_in: int
    rows_kept: int
    rows_passed_over: dict[str, int]
    rows_refused: int
    refusals: dict[str, int] = Field(default_factory=dict, description="how many rows each rule refused")
    observations: int


class Manifest(BaseModel):
    """What a release is made of, by whom, when and with which code and catalogue."""

    model_config = ConfigDict(extra="forbid")

    release_id: str
    created_at: datetime
    created_by: str
    reason: str
    code_version: str
    catalogue_version: str
    extracts: list[LoadedExtract]
    observations: int = 0
    superseded: int = 0
    sha256: str = ""


def releases_dir(data_dir: Path) -> Path:
    """The folder of releases."""
    return data_dir / "releases"


def release_path(data_dir: Path, release_id: str) -> Path:
    """The database of a release."""
    if not RELEASE_ID.fullmatch(release_id):
        raise ReleaseError(f"{release_id!r} is not the id of a release: ids look like r0001.")
    return releases_dir(data_dir) / f"{release_id}.duckdb"


def extract_path(data_dir: Path, sha256: str) -> Path:
    """The checked observations of an extract."""
    return data_dir / "extracts" / f"{sha256}.parquet"


def current_release(data_dir: Path) -> str | None:
    """Id of the release that is served, None where there is none yet."""
    pointer = releases_dir(data_dir) / _POINTER
    if not pointer.is_file():
        return None
    release_id = pointer.read_text(encoding="utf-8").strip()
    return release_id if release_path(data_dir, release_id).is_file() else None


def list_releases(data_dir: Path) -> list[str]:
    """Ids of the releases on disk, oldest first."""
    folder = releases_dir(data_dir)
    found = [path.stem for path in folder.glob("r*.duckdb") if RELEASE_ID.fullmatch(path.stem)]
    return sorted(found, key=lambda release_id: int(release_id[1:]))


def read_manifest(data_dir: Path, release_id: str) -> Manifest:
    """The manifest of a release; ReleaseError when it is missing or damaged."""
    file = release_path(data_dir, release_id).with_suffix(".json")
    try:
        return Manifest.model_validate_json(file.read_bytes())
    except FileNotFoundError as error:
        raise ReleaseError(f"There is no release {release_id}. python -m pipelines releases lists them.") from error
    except (ValidationError, OSError) as error:
        raise ReleaseError(f"The manifest of release {release_id} cannot be read: {error}") from error


def open_release(data_dir: Path, release_id: str) -> duckdb.DuckDBPyConnection:
    """A locked-down read-only connection; take a cursor of it for each query."""
    path = release_path(data_dir, release_id)
    if not path.is_file():
        raise ReleaseError(f"There is no release {release_id}. python -m pipelines releases lists them.")
    try:
        return duckdb.connect(str(path), read_only=True, config=_LOCKED_DOWN)
    except duckdb.Error as error:
        raise ReleaseError(f"Release {release_id} cannot be opened: {error}") from error


def next_release_id(data_dir: Path) -> str:
    """The id after the newest on disk."""
    return f"r{max((int(one[1:]) for one in list_releases(data_dir)), default=0) + 1:04d}"


def build(data_dir: Path, manifest: Manifest) -> Manifest:
    """Write the release of the manifest's extracts beside the others; nothing is served from it before ``publish``."""
    target = release_path(data_dir, manifest.release_id)
    building = target.with_suffix(".building")
    target.parent.mkdir(parents=True, exist_ok=True)
    sweep(data_dir)
    files = [str(extract_path(data_dir, extract.sha256)) for extract in manifest.extracts]
    try:
        kept, superseded = _write(building, files, [extract.sha256 for extract in manifest.extracts])
        digest = fingerprint(building)
        complete = manifest.model_copy(update={"observations": kept, "superseded": superseded, "sha256": digest})
        _sync(building)
        _write_whole(target.with_suffix(".json"), complete.model_dump_json(indent=2))
        building.replace(target)
    except (duckdb.Error, OSError) as error:
        building.unlink(missing_ok=True)
        raise ReleaseError(f"Release {manifest.release_id} could not be built: {error}. The last one stays.") from error
    return complete


def _write(building: Path, files: list[str], order: list[str]) -> tuple[int, int]:
    """The tables ``observations`` (winners) and ``superseded`` (losers, kept for audit)."""
    # A view cannot have parameters; the names are the folder of the settings and hashes, and quoted all the same.
    quoted = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    connection = duckdb.connect(str(building), config={"threads": "2", "memory_limit": "1GB"})
    try:
        connection.execute("create temp table loaded as select unnest(?::varchar[]) as sha256, unnest(range(?)) as turn", [order, len(order)])
        connection.execute(f"create temp view observed as select * from read_parquet([{quoted}])")
        for step in _STEPS:
            connection.execute(step)
        kept, superseded = (
            connection.execute(f"select count(*) from {table}").fetchall()[0][0] for table in ("observations", "superseded")
        )
        connection.execute("checkpoint")
        return int(kept), int(superseded)
    finally:
        connection.close()


_COLUMNS, _KEY = ", ".join(COLUMNS), ", ".join(KEY)
# Most keys are published once; only the others are ranked. Final wins over Performance over Provisional, then the later
# version of a file, then what was loaded last.
_STEPS = (
    f"create temp table repeated as select {_KEY} from observed group by all having count(*) > 1",
    f"""create temp table ranked as
        select observed.*, row_number() over (
            partition by {_KEY}
            order by case publication_status when 'final' then 0 when 'performance' then 1 else 2 end,
                     publication_version desc, turn desc
        ) as place
        from observed semi join repeated using ({_KEY}) join loaded on observed.extract_sha256 = loaded.sha256""",
    f"""create table observations as
        select {_COLUMNS} from observed anti join repeated using ({_KEY})
        union all select {_COLUMNS} from ranked where place = 1
        order by {_KEY}""",
    f"create table superseded as select {_COLUMNS} from ranked where place > 1 order by {_KEY}",
)


def publish(data_dir: Path, release_id: str) -> None:
    """Serve this release from now on: the pointer is replaced whole."""
    if not release_path(data_dir, release_id).is_file():
        raise ReleaseError(f"There is no release {release_id}. python -m pipelines releases lists them.")
    _write_whole(releases_dir(data_dir) / _POINTER, release_id + "\n")


def prune(data_dir: Path, keep: int) -> list[str]:
    """Remove all but the newest ``keep`` releases, never the one that is served; returns what went."""
    served = current_release(data_dir)
    gone = [one for one in list_releases(data_dir)[:-keep] if one != served]
    for release_id in gone:
        path = release_path(data_dir, release_id)
        with suppress(OSError):  # on Windows a reader may hold it; the next load tries again
            path.unlink()
            path.with_suffix(".json").unlink(missing_ok=True)
    return gone


def sweep(data_dir: Path) -> None:
    """Remove what a killed load left: half-built files, and a manifest whose database never came."""
    for left in releases_dir(data_dir).glob("*.building*"):
        left.unlink(missing_ok=True)
    for manifest in releases_dir(data_dir).glob("r*.json"):
        if not manifest.with_suffix(".duckdb").is_file():
            manifest.unlink(missing_ok=True)


def _write_whole(path: Path, text: str) -> None:
    fresh = path.with_name(path.name + ".building")
    fresh.write_text(text, encoding="utf-8")
    _sync(fresh)
    fresh.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":  # folders cannot be synced there
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        with suppress(PermissionError):
            os.fsync(handle)
    finally:
        os.close(handle)
