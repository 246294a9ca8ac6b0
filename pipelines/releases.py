"""Releases: immutable DuckDB files with a manifest each, and a pointer that moves.

A release is built under a name of its own beside the one that is served, closed, synced and renamed; then the pointer
``CURRENT`` is replaced. Readers open a release by its id, so that a page never sees half of two, and a killed load leaves
what was there. The same path is never written twice: within a process DuckDB would go on serving the old file. Hence an id
is never given twice either; ``NEWEST`` remembers the last one.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

import duckdb
import polars as pl

from pipelines import manifests
from pipelines.durable import UNFINISHED, digest, put_in_place, unfinished, write_whole
from pipelines.errors import ReleaseError
from pipelines.manifests import Manifest
from pipelines.schemas import COLUMNS, KEY

RELEASE_ID = re.compile(r"r[0-9]{4,}")
_POINTER, _NEWEST = "CURRENT", "NEWEST"
UNSUPPRESSED = "unsuppressed"  # the folder of local sources' exact counts; see pipelines.unsuppressed
_KEPT = ".keep"  # beside a release that pruning leaves alone
_NONE_YET = "none"  # what the pointer says while the first release is built

# One connection reads one release and can reach nothing else: no files, no network, no settings.
_LOCKED_DOWN: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": "512MB",
    "threads": "2",
    "lock_configuration": "true",
}


def releases_dir(data_dir: Path) -> Path:
    """The folder of releases."""
    return data_dir / "releases"


def release_path(data_dir: Path, release_id: str) -> Path:
    """The database of a release."""
    if not RELEASE_ID.fullmatch(release_id):
        raise ReleaseError(f"{release_id!r} is not the id of a release: ids look like r0001.")
    return releases_dir(data_dir) / f"{release_id}.duckdb"


def extract_path(data_dir: Path, observations_sha256: str) -> Path:
    """The checked observations of an extract, named by their own SHA-256: they never change."""
    return data_dir / "extracts" / f"{observations_sha256}.parquet"


def current_release(data_dir: Path) -> str | None:
    """Id of the release that is served, None where there is none yet.

    Raises ReleaseError when there are releases and it cannot be told which is served, or that one is gone: nothing else is
    served in its place.
    """
    pointer = releases_dir(data_dir) / _POINTER
    try:
        said = pointer.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        if not list_releases(data_dir):
            return None
        raise ReleaseError(f"It is not known which release is served: {pointer} is missing. {_advice(data_dir)}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ReleaseError(f"It is not known which release is served: {pointer} cannot be read ({error}). {_advice(data_dir)}") from error
    if said == _NONE_YET:
        return None
    if not RELEASE_ID.fullmatch(said):
        raise ReleaseError(f"It is not known which release is served: {pointer} is damaged. {_advice(data_dir)}")
    if not release_path(data_dir, said).is_file():
        raise ReleaseError(f"Release {said} should be served, but its database is missing. {_advice(data_dir)}")
    return said


def list_releases(data_dir: Path) -> list[str]:
    """Ids of the releases on disk, oldest first."""
    folder = releases_dir(data_dir)
    found = [path.stem for path in folder.glob("r*.duckdb") if RELEASE_ID.fullmatch(path.stem)]
    return sorted(found, key=_number)


def read_manifest(data_dir: Path, release_id: str) -> Manifest:
    """The manifest of a release; ReleaseError when it is missing, damaged or was changed."""
    database = release_path(data_dir, release_id)
    if not database.is_file():
        raise ReleaseError(f"There is no release {release_id}. {_advice(data_dir)}")
    try:
        return manifests.from_bytes(database.with_suffix(".json").read_bytes(), release_id)
    except FileNotFoundError as error:
        raise ReleaseError(f"The manifest of release {release_id} is missing. {_advice(data_dir, release_id)}") from error
    except OSError as error:
        raise ReleaseError(f"The manifest of release {release_id} cannot be read: {error.strerror}.") from error
    except ReleaseError as error:
        raise ReleaseError(f"{error} {_advice(data_dir, release_id)}") from error


def verify(data_dir: Path, release_id: str) -> Manifest:
    """The manifest of a release whose database is, byte for byte, the one that was built; else ReleaseError."""
    manifest = read_manifest(data_dir, release_id)
    try:
        whole = digest(release_path(data_dir, release_id)) == manifest.sha256
    except OSError as error:
        raise ReleaseError(f"Release {release_id} cannot be read: {error.strerror}.") from error
    if not whole:
        raise ReleaseError(f"Release {release_id} is damaged: its database is not the one that was built. {_advice(data_dir, release_id)}")
    return manifest


def open_release(data_dir: Path, release_id: str) -> duckdb.DuckDBPyConnection:
    """A locked-down read-only connection to a verified release; take a cursor of it for each query."""
    verify(data_dir, release_id)
    try:
        return duckdb.connect(str(release_path(data_dir, release_id)), read_only=True, config=_LOCKED_DOWN)
    except duckdb.Error as error:
        raise ReleaseError(f"Release {release_id} cannot be opened: {_in_words(error)} {_advice(data_dir, release_id)}") from error


@contextmanager
def reading(data_dir: Path, release_id: str) -> Generator[Callable[[str, list[object]], pl.DataFrame]]:
    """A function that runs a query on a release, with its values bound; ReleaseError when a query fails."""
    connection = open_release(data_dir, release_id)

    def read(query: str, values: list[object]) -> pl.DataFrame:
        return pl.DataFrame(cast("Any", connection.cursor().sql(query, params=values)).to_arrow_table())

    try:
        yield read
    except duckdb.Error as error:
        raise ReleaseError(f"Release {release_id} cannot be read: {_in_words(error)}") from error
    finally:
        connection.close()


def next_release_id(data_dir: Path) -> str:
    """The id after the last one that was ever given."""
    return f"r{max([_newest(data_dir), *map(_number, list_releases(data_dir))]) + 1:04d}"


def build(data_dir: Path, manifest: Manifest) -> Manifest:
    """Write the release of the manifest's extracts beside the others; nothing is served from it before ``publish``.

    Raises ReleaseError, and leaves nothing, when it cannot be written whole.
    """
    target = release_path(data_dir, manifest.release_id)
    building = unfinished(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        sweep(data_dir)  # a half-built database would be opened and written on
        if not (releases_dir(data_dir) / _POINTER).exists() and not list_releases(data_dir):
            write_whole(releases_dir(data_dir) / _POINTER, _NONE_YET + "\n")
        files = [str(extract_path(data_dir, extract.observations_sha256)) for extract in manifest.extracts]
        kept, superseded = _write(building, files, [extract.sha256 for extract in manifest.extracts])
        if building.with_name(building.name + ".wal").exists():
            raise OSError("its database was not written to its end")
        complete = manifest.model_copy(update={"observations": kept, "superseded": superseded, "sha256": digest(building)})
        write_whole(releases_dir(data_dir) / _NEWEST, manifest.release_id + "\n")
        write_whole(target.with_suffix(".json"), manifests.to_text(complete))
        put_in_place(building, target)
    except (duckdb.Error, OSError) as error:
        raise ReleaseError(f"Release {manifest.release_id} could not be built: {_in_words(error)} What was served before stays.") from error
    finally:
        sweep(data_dir)
    return complete


def _write(building: Path, files: list[str], order: list[str]) -> tuple[int, int]:
    """The tables ``observations`` (winners) and ``superseded`` (losers, kept for audit)."""
    # A view cannot have parameters; the names are the folder of the settings and hashes, and quoted all the same.
    quoted = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    connection = duckdb.connect(str(building), config={"threads": "2", "memory_limit": "1GB"})
    try:
        loaded = "create temp table loaded as select unnest(?::varchar[]) as sha256, unnest(range(?)) as turn"
        connection.execute(loaded, [order, len(order)])
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
        raise ReleaseError(f"There is no release {release_id}. {_advice(data_dir)}")
    try:
        write_whole(releases_dir(data_dir) / _POINTER, release_id + "\n")
    except OSError as error:
        raise ReleaseError(f"Release {release_id} cannot be served: {_in_words(error)} What was served before stays.") from error


def hold(data_dir: Path, release_id: str) -> None:
    """Keep a release for good: what was looked at in a review can be looked at again, however many releases follow it."""
    database = release_path(data_dir, release_id)
    if not database.is_file():
        raise ReleaseError(f"There is no release {release_id}. {_advice(data_dir)}")
    if is_held(data_dir, release_id):
        return
    try:
        write_whole(database.with_suffix(_KEPT), "A review looks at this release. It stays when older releases are removed.\n")
    except OSError as error:
        raise ReleaseError(f"Release {release_id} cannot be marked as one to keep: {_in_words(error)}") from error


def is_held(data_dir: Path, release_id: str) -> bool:
    """Whether a release is kept for good."""
    return release_path(data_dir, release_id).with_suffix(_KEPT).is_file()


def prune(data_dir: Path, keep: int) -> list[str]:
    """Remove all but the newest ``keep`` releases and what only they were built from; never the one that is served, nor one
    that is held.

    Returns the ids of those that went. A file that cannot be removed (on Windows a reader may hold it) waits for the next
    time. Where a manifest cannot be read, or it is not known which release is served, nothing is removed that might be needed.
    """
    try:
        served = current_release(data_dir)
    except ReleaseError:
        return []
    old = [one for one in list_releases(data_dir)[:-keep] if one != served and not is_held(data_dir, one)]
    gone = [one for one in old if _remove(release_path(data_dir, one))]
    for release_id in gone:
        _remove(release_path(data_dir, release_id).with_suffix(".json"))
    with suppress(ReleaseError):
        kept = [extract for one in list_releases(data_dir) for extract in read_manifest(data_dir, one).extracts]
        needed = {name for extract in kept for name in (extract.observations_sha256, extract.unsuppressed_sha256)}
        for file in [*(data_dir / "extracts").glob("*.parquet"), *(data_dir / UNSUPPRESSED).glob("*.parquet")]:
            if file.stem not in needed:
                _remove(file)
    return gone


def sweep(data_dir: Path) -> None:
    """Remove what a killed load left: half-written files, and a manifest whose database never came."""
    folder = releases_dir(data_dir)
    left = [*folder.glob(f"*{UNFINISHED}*"), *(data_dir / "extracts").glob(f"*{UNFINISHED}*")]
    for path in [*left, *(one for one in folder.glob("r*.json") if not one.with_suffix(".duckdb").is_file())]:
        _remove(path)


def _remove(path: Path) -> bool:
    with suppress(OSError):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return not path.exists()


def _number(release_id: str) -> int:
    return int(release_id[1:])


def _newest(data_dir: Path) -> int:
    with suppress(OSError, UnicodeDecodeError):
        said = (releases_dir(data_dir) / _NEWEST).read_text(encoding="utf-8").strip()
        return _number(said) if RELEASE_ID.fullmatch(said) else 0
    return 0


def _advice(data_dir: Path, but: str = "") -> str:
    """What to do when a release cannot be served."""
    others = [one for one in list_releases(data_dir) if one != but]
    if others:
        return f"There are {', '.join(others)}; python -m pipelines rollback {others[-1]} serves the last of them."
    return f"There is no other one. Remove {releases_dir(data_dir)} and load the files again: python -m pipelines load FILE"


def _in_words(error: Exception) -> str:
    if "No space left" in str(error):
        return "there is no room left on its disk. Make room and try again."
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror} ({error.filename})." if error.filename else f"{error.strerror}."
    return f"{str(error).splitlines()[0].rstrip('.')}."  # DuckDB shows the query below
