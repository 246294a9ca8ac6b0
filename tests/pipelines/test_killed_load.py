"""A load that is killed, at whatever moment, leaves the old release, no half of a new one, no lock and no child."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import psutil
import pytest

from pipelines import releases
from pipelines.settings import PROJECT
from tests import made, templates
from tests.templates import row, write

SEED = 20261125
# Builds and serves one release after the other, so that a kill always comes in the middle of one.
BUILDER = """
import sys
from pathlib import Path
from pipelines import releases
from tests import made
data_dir = Path(sys.argv[1])
extracts = releases.read_manifest(data_dir, releases.current_release(data_dir)).extracts
print("ready", flush=True)
while True:
    made.build(data_dir, *extracts)
    releases.prune(data_dir, keep=3)
"""


@pytest.fixture
def served(data_dir: Path, small_release: Path) -> Path:
    """A data folder in which a release is served, and where nobody waits long for a lock."""
    made.build(data_dir, made.keep(data_dir, made.observations(small_release)))
    (data_dir / "settings.toml").write_text("lock_seconds = 5\n", encoding="utf-8")
    return data_dir


def start(*words: str | Path) -> subprocess.Popen[str]:
    """A process at the head of a group of its own."""
    return subprocess.Popen(
        [sys.executable, *map(str, words)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def load(extract: Path) -> None:
    """A load that is left to end."""
    loader = start("-m", "pipelines", "load", extract)
    told = loader.communicate(timeout=280)
    assert loader.returncode == 0, told


def kill_group(process: subprocess.Popen[str]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def loaded(data_dir: Path) -> dict[str, int]:
    """How many observations of each extract are in the release that is served, which is whole."""
    release_id = releases.current_release(data_dir)
    assert release_id
    manifest = releases.verify(data_dir, release_id)
    found = made.observations(data_dir, release_id)
    assert found.height == manifest.observations
    by_sha = dict(found.group_by("extract_sha256").len().iter_rows())
    return {extract.file: by_sha.get(extract.sha256, 0) for extract in manifest.extracts}


def nothing_is_left(data_dir: Path) -> bool:
    whole = {f"{one}.{kind}" for one in releases.list_releases(data_dir) for kind in ("duckdb", "json")} | {"CURRENT", "NEWEST"}
    rest = {path.name for path in data_dir.iterdir()} - {"working"}
    working = data_dir / "working"
    return (
        {path.name for path in (data_dir / "releases").iterdir()} == whole
        and rest == {"extracts", "load.lock", "releases", "settings.toml"}
        and (not working.exists() or not any(working.iterdir()))
        and all(path.suffix == ".parquet" for path in (data_dir / "extracts").iterdir())
    )


@pytest.mark.parametrize("kills", [6, pytest.param(200, marks=[pytest.mark.long, pytest.mark.timeout(3600)])])
def test_a_killed_load_leaves_a_whole_release_and_is_swept_by_the_next(kills: int, served: Path, tmp_path: Path) -> None:
    chosen = random.Random(SEED)
    began = time.monotonic()
    load(write(tmp_path / "timed.csv", [row(ethnicity="mixed", value=31)]))
    duration = time.monotonic() - began
    expected = loaded(served)
    done = 0
    for turn in range(kills):
        extract = write(tmp_path / f"{turn}.csv", [row(org_code="RDY", period_end=date(2025, 1, 1) + timedelta(days=turn))])
        loader = start("-m", "pipelines", "load", extract)
        # The end, where files are put in place, is short: half of the kills come there.
        time.sleep(chosen.uniform(0.6 * duration if turn % 2 else 0, 1.05 * duration))
        kill_group(loader)
        now = loaded(served)
        for release_id in releases.list_releases(served):
            releases.verify(served, release_id)
        if now != expected:
            done += 1
            assert now == expected | {extract.name: 1}
        expected = now
    load(write(tmp_path / "last.csv", [row(org_code="RDY", ethnicity="white", value=41)]))
    assert loaded(served) == expected | {"last.csv": 1}
    assert nothing_is_left(served)
    assert done < kills


@pytest.mark.parametrize("kills", [10, pytest.param(200, marks=[pytest.mark.long, pytest.mark.timeout(3600)])])
def test_a_kill_while_a_release_is_built_or_put_in_place_leaves_whole_releases(kills: int, served: Path) -> None:
    chosen, newest, expected, caught = random.Random(SEED), 1, loaded(served), 0
    for _ in range(kills):
        builder = start("-c", BUILDER, served)
        assert builder.stdout
        assert builder.stdout.readline() == "ready\n"
        time.sleep(chosen.uniform(0, 0.3))
        kill_group(builder)
        caught += any((served / "releases").glob("*.building"))
        assert loaded(served) == expected
        on_disk = releases.list_releases(served)
        for release_id in on_disk:
            assert releases.verify(served, release_id).observations == 42
        last = int(on_disk[-1][1:])
        assert last >= newest
        newest = last
    following = made.build(served, *releases.read_manifest(served, f"r{newest:04d}").extracts)
    assert int(following.release_id[1:]) > newest
    assert {path.suffix for path in (served / "releases").iterdir()} == {"", ".duckdb", ".json"}
    assert caught > 0


def test_a_first_load_that_is_killed_before_it_is_served_is_no_release_yet(data_dir: Path, small_release: Path, tmp_path: Path) -> None:
    """Between the database and the pointer: the pointer says that there is none, and the next load begins anew."""
    extract = made.keep(data_dir, made.observations(small_release))
    manifest = releases.read_manifest(small_release, "r0001")
    releases.build(data_dir, manifest.model_copy(update={"extracts": [extract]}))
    assert releases.current_release(data_dir) is None
    load(templates.small(tmp_path / "figures.csv"))
    assert releases.current_release(data_dir) == "r0002"


def test_the_child_that_reads_a_file_ends_with_its_parent(data_dir: Path, tmp_path: Path) -> None:
    """Also where it has nothing more to tell, and so would not notice by itself before it is done."""
    rows = [row(ethnicity=group, org_code=f"R{turn:04d}") for turn in range(10_000) for group in ("black", "white", "asian")]
    parent = start("-c", HALTED, write(tmp_path / "long.csv", rows))
    assert parent.stdout
    assert parent.stdout.readline() == "working out\n"
    (child,) = psutil.Process(parent.pid).children()
    parent.kill()
    until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
    parent.communicate()
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    assert not list((data_dir / "working").rglob("report.json"))
    assert releases.current_release(data_dir) is None


# Loads a file and stays where its child begins to work out what it read.
HALTED = """
import sys, time
from pathlib import Path
from pipelines import loading
from pipelines.settings import load_settings

def halt(stage, rows):
    if stage == "working out":
        print(stage, flush=True)
        time.sleep(60)

loading.load([Path(sys.argv[1])], load_settings(), progress=halt)
"""


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
