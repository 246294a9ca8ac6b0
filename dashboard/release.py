"""Which release a run of a page reads, and the connection to it.

A page asks once, at the top of its run, and hands the id on: what it shows is of one release, even when another is
published meanwhile. The next run sees the new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import duckdb
import streamlit as st

from pipelines import releases
from pipelines.errors import PipelineError
from pipelines.releases import Manifest
from pipelines.settings import load_settings
from pipelines.starter import ensure_release

PREPARING = "Preparing the first release from the published figures that come with Common Ground"


Stamp = tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class ReleaseInUse:
    """The release of this run."""

    release_id: str
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Held:
    """From which files a release was read; ``used`` is None until it was seen to be whole."""

    database: Stamp | None
    manifest: Stamp | None = None
    used: ReleaseInUse | None = None


def data_dir() -> Path:
    """The folder of releases of this installation."""
    return load_settings().data_dir


def of_this_run() -> ReleaseInUse:
    """The release that this run reads; where there is none or it cannot be read, the page says so and ends."""
    try:
        folder = data_dir()
        release_id = releases.current_release(folder) or _first_release(folder)
        return _looked_at(folder, release_id)
    except (PipelineError, duckdb.Error, OSError) as error:
        _no_release(str(error))


def _first_release(folder: Path) -> str:
    with st.status(PREPARING, expanded=True) as status:
        bar = st.progress(0.0, "Starting")

        def tell(share: float, words: str) -> None:
            bar.progress(min(max(share, 0.0), 1.0), words)

        release_id = ensure_release(folder, tell)
        status.update(label="The first release is ready", state="complete", expanded=False)
    return release_id


def _no_release(reason: str) -> NoReturn:
    st.title("There is nothing to show yet", anchor=False)
    st.write(
        "Common Ground reads its figures from a release. There is none here, or the one that is here cannot be read. "
        "No figure is shown rather than a wrong one."
    )
    st.subheader("What happened", anchor=False)
    st.text(reason)
    st.subheader("What to do", anchor=False)
    st.write("An analyst can look at the releases, go back to an earlier one, or load a file:")
    st.code("python -m pipelines releases\npython -m pipelines rollback RELEASE\npython -m pipelines load FILE", "text")
    st.stop()


def _looked_at(folder: Path, release_id: str) -> ReleaseInUse:
    """The release, once it was seen to be whole; looked at again only where one of its files is not the one that was seen."""
    database = releases.release_path(folder, release_id)
    stamps = _stamp(database), _stamp(database.with_suffix(".json"))
    if _held().setdefault(release_id, Held(stamps[0])).database != stamps[0]:
        # A release is written once. A database of its name that is not the one that was opened was put there by hand: what was
        # read from the old one is shown no more.
        forget()
    held = _held().setdefault(release_id, Held(stamps[0]))
    if held.used is None or held.manifest != stamps[1]:
        connection(release_id).cursor().sql("select 1 from observations limit 1").fetchall()
        held = Held(*stamps, ReleaseInUse(release_id, releases.read_manifest(folder, release_id)))
        _held()[release_id] = held
    assert held.used is not None
    return held.used


def forget() -> None:
    """Read everything anew: what was read of a release, and from which files that was, are forgotten together."""
    st.cache_data.clear()
    st.cache_resource.clear()


def _stamp(file: Path) -> Stamp | None:
    """What tells a file from another of its name; None where there is none."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return str(file), found.st_ino, found.st_size, found.st_mtime_ns


@st.cache_resource(show_spinner=False)
def _held() -> dict[str, Held]:
    """What each release was read from."""
    return {}


@st.cache_resource(max_entries=3, show_spinner=False, on_release=lambda held: held.close())
def connection(release_id: str) -> duckdb.DuckDBPyConnection:
    """The locked-down connection to a release, shared by all sessions: take a cursor for each query."""
    return releases.open_release(data_dir(), release_id)
