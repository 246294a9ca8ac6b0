"""Releases: immutable, verified, locked down, read while others are published, kept and restored."""

from __future__ import annotations

import json
import random
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines import releases
from pipelines.errors import ReleaseError
from pipelines.manifests import LoadedExtract
from pipelines.schemas import KEY
from tests import made

SEED = 20261125


@pytest.fixture
def frame(small_release: Path) -> pl.DataFrame:
    return made.observations(small_release)


@pytest.fixture
def folder(small_release: Path, tmp_path: Path) -> Path:
    """A data folder of the test's own with the small release in it, which it may damage."""
    return Path(shutil.copytree(small_release, tmp_path / "copy"))


def count(data_dir: Path, release_id: str) -> int:
    return made.observations(data_dir, release_id).height


# ------------------------------------------------------------------------------------------------ A connection to one


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_text('/etc/hostname')",
        "select * from read_blob('/etc/hostname')",
        "select * from read_csv('/etc/hostname')",
        "select * from read_parquet('{extract}')",
        "select * from '{extract}'",
        "select * from glob('/etc/*')",
        "copy observations to '{elsewhere}/stolen.csv'",
        "copy (select 1) to '{elsewhere}/stolen.parquet' (format parquet)",
        "export database '{elsewhere}/stolen'",
        "import database '{elsewhere}/stolen'",
        "attach '{elsewhere}/other.duckdb'",
        "attach '{extract}' as other (read_only)",
        "attach ':memory:' as other",
        "install httpfs",
        "load httpfs",
        "load '{elsewhere}/other.duckdb_extension'",
        "select * from 'https://localhost/figures.parquet'",
        "set threads = 1",
        "set memory_limit = '64GB'",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "reset memory_limit",
        "pragma threads = 1",
        "create secret stolen (type s3)",
        "create table mine (a int)",
        "create view mine as select 1",
        "insert into observations select * from observations",
        "update observations set value = 0",
        "delete from observations",
        "drop table superseded",
        "alter table observations drop column value",
        "select * from a_variable_of_this_program",
    ],
)
def test_a_connection_reaches_its_release_and_nothing_else(statement: str, small_release: Path, tmp_path: Path) -> None:
    a_variable_of_this_program = pl.DataFrame({"a": [1]})
    connection = releases.open_release(small_release, "r0001")
    extract = next((small_release / "extracts").glob("*.parquet"))
    try:
        with pytest.raises(duckdb.Error):
            connection.cursor().execute(statement.format(extract=extract, elsewhere=tmp_path)).fetchall()
        assert connection.cursor().execute("select count(*) from observations").fetchall() == [(42,)]
    finally:
        connection.close()
    assert list(tmp_path.iterdir()) == []
    assert a_variable_of_this_program.height == 1


def test_a_cursor_for_each_query_gives_every_thread_its_own_answer(small_release: Path, frame: pl.DataFrame) -> None:
    connection = releases.open_release(small_release, "r0001")
    keys = [(row["org_code"], row["period_start"], row["ethnicity_code"]) for row in frame.to_dicts()]
    expected = dict(zip(keys, frame["value"].to_list(), strict=True))
    query = "select value from observations where org_code = ? and period_start = ? and ethnicity_code = ?"

    def ask(thread: int) -> int:
        chosen = random.Random(SEED + thread)
        for _ in range(100):
            key = chosen.choice(keys)
            if connection.cursor().execute(query, list(key)).fetchall() != [(expected[key],)]:
                return 1
        return 0

    try:
        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(ask, range(8))) == [0] * 8
    finally:
        connection.close()


# -------------------------------------------------------------------------------------------------- Built beside, renamed


def test_a_release_is_one_file_without_a_log_beside_it(folder: Path) -> None:
    assert sorted(path.name for path in (folder / "releases").iterdir()) == ["CURRENT", "NEWEST", "r0001.duckdb", "r0001.json"]


def test_what_is_built_is_not_served_before_it_is_published(folder: Path, frame: pl.DataFrame) -> None:
    extract = made.keep(folder, frame.head(3))
    manifest = releases.read_manifest(folder, "r0001").model_copy(update={"release_id": "r0002", "extracts": [extract]})
    assert releases.build(folder, manifest).observations == 3
    assert releases.current_release(folder) == "r0001"
    releases.publish(folder, "r0002")
    assert releases.current_release(folder) == "r0002"


def test_a_release_that_cannot_be_built_leaves_nothing_and_the_old_one_served(folder: Path, frame: pl.DataFrame) -> None:
    before = sorted((path.name, path.read_bytes()) for path in (folder / "releases").iterdir())
    lost = made.keep(folder, frame).model_copy(update={"observations_sha256": "0" * 64})
    with pytest.raises(ReleaseError, match=r"Release r0002 could not be built: .* What was served before stays\."):
        made.build(folder, lost)
    assert sorted((path.name, path.read_bytes()) for path in (folder / "releases").iterdir()) == before


def test_a_half_built_database_is_not_written_on(folder: Path, frame: pl.DataFrame) -> None:
    left = folder / "releases" / "r0002.duckdb.building"
    connection = duckdb.connect(str(left))
    connection.execute("create table observations (a int)")
    connection.close()
    assert made.build(folder, made.keep(folder, frame)).observations == frame.height


def test_what_a_killed_load_left_is_swept_whatever_it_is(folder: Path) -> None:
    whole = {path.name for path in (folder / "releases").iterdir()}
    for name in ("r0002.duckdb.building", "r0002.duckdb.building.wal", "CURRENT.building", "r0002.json.building", "r0002.json"):
        (folder / "releases" / name).write_text("half of something", encoding="utf-8")
    spilled = folder / "releases" / "r0002.duckdb.building.tmp"
    spilled.mkdir()
    (spilled / "duckdb_temp_storage_0.tmp").write_bytes(b"spilled")
    (folder / "extracts" / "abc.parquet.building").write_bytes(b"half")
    kept = {path.name for path in (folder / "extracts").glob("*.parquet")}
    releases.sweep(folder)
    assert {path.name for path in (folder / "releases").iterdir()} == whole
    assert {path.name for path in (folder / "extracts").iterdir()} == kept


@pytest.mark.parametrize("name", ["it's here", "with space", "ä–ö", "[1]", "a*b", "#1%20"])
def test_a_data_folder_may_have_any_name(name: str, tmp_path: Path, frame: pl.DataFrame) -> None:
    data_dir = tmp_path / name
    assert made.build(data_dir, made.keep(data_dir, frame)).observations == frame.height
    assert count(data_dir, "r0001") == frame.height


# --------------------------------------------------------------------------------------- Read while others are published


@pytest.mark.parametrize(("publishes", "readers"), [(30, 4), pytest.param(200, 8, marks=[pytest.mark.long, pytest.mark.timeout(1200)])])
def test_readers_notice_new_releases_and_never_see_half_of_two(publishes: int, readers: int, tmp_path: Path, frame: pl.DataFrame) -> None:
    """As dashboard.release and dashboard.queries read: the id once a round, a cached connection by id, a cursor a query."""
    data_dir = tmp_path / "data"

    def publish(number: int) -> None:
        extract = made.keep(data_dir, as_of_release(frame, number), f"release-{number}.csv")
        assert made.build(data_dir, extract).release_id == f"r{number:04d}"
        releases.prune(data_dir, keep=5)

    publish(1)
    done, seen, wrong = threading.Event(), [set[int]() for _ in range(readers)], list[str]()

    @lru_cache(maxsize=3)
    def connection(release_id: str) -> duckdb.DuckDBPyConnection:
        return releases.open_release(data_dir, release_id)

    def read(thread: int) -> None:
        newest = 0
        while not done.is_set():
            release_id = releases.current_release(data_dir)
            assert release_id
            number = int(release_id[1:])
            answers = [connection(release_id).cursor().execute(query).fetchall() for query in QUERIES]
            if answers != [[(number, number)], [(number, frame.height)], [(42,)]]:
                wrong.append(f"{release_id}: {answers}")
            if number < newest:
                wrong.append(f"{release_id} after r{newest:04d}")
            newest = number
            seen[thread].add(number)
            time.sleep(0.002)

    with ThreadPoolExecutor(readers) as threads:
        reading = [threads.submit(read, thread) for thread in range(readers)]
        try:
            for number in range(2, publishes + 1):
                publish(number)
            until(lambda: all(publishes in one for one in seen) or any(one.done() for one in reading))
        finally:
            done.set()
        for one in reading:
            one.result()
    assert wrong == []
    assert all(publishes in one and len(one) > 3 for one in seen)
    assert releases.list_releases(data_dir) == [f"r{number:04d}" for number in range(publishes - 4, publishes + 1)]


QUERIES = (
    "select min(publication_version), max(publication_version) from observations",
    "select any_value(publication_version), count(*) from observations group by publication_version",
    "select count(distinct (org_code, period_start, ethnicity_code)) from observations",
)


def as_of_release(frame: pl.DataFrame, number: int) -> pl.DataFrame:
    return frame.with_columns(publication_version=pl.lit(number, pl.Int64))


def until(true: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)


def test_one_changed_value_is_read_from_the_new_release(folder: Path, frame: pl.DataFrame) -> None:
    """Of a value that was restated, no connection, cursor or path gives the old one."""
    for turn in range(20):
        value = 30.0 + turn / 10
        changed = frame.with_columns(
            pl.when(pl.col("value") == 44).then(value).otherwise("value").alias("value"), lower_ci=pl.lit(None, pl.Float64)
        )
        release_id = made.build(folder, made.keep(folder, changed, f"restated-{turn}.csv")).release_id
        with releases.reading(folder, release_id) as read:
            found = read("select value from observations where ethnicity_code = 'black' and value between 20 and 40", [])
        assert set(found["value"].to_list()) == {value}


# ------------------------------------------------------------------------------------------------- Damaged or missing


def damaged(folder: Path, release_id: str = "r0001") -> str:
    """What a reader is told."""
    with pytest.raises(ReleaseError) as told:
        releases.open_release(folder, release_id)
    return str(told.value)


@pytest.mark.parametrize("turn", range(40))
def test_a_database_that_was_changed_anywhere_is_refused(turn: int, folder: Path) -> None:
    database, chosen = folder / "releases" / "r0001.duckdb", random.Random(SEED + turn)
    content = bytearray(database.read_bytes())
    if turn % 4 == 0:
        content = content[: chosen.randrange(len(content))]
    else:
        content[chosen.randrange(len(content))] ^= 1 << chosen.randrange(8)
    database.write_bytes(content)
    assert "Release r0001 is damaged: its database is not the one that was built" in damaged(folder)


def edited(change: Callable[[dict[str, object]], object]) -> Callable[[bytes], bytes]:
    def edit(content: bytes) -> bytes:
        values = json.loads(content)
        change(values)
        return json.dumps(values).encode()

    return edit


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda _: b"", "is damaged"),
        (lambda content: content[: len(content) // 2], "is damaged"),
        (lambda _: b"\xff\xfe", "is damaged"),
        (lambda _: b"[]", "is damaged (release_id: Field required)"),
        (lambda _: b"null", "is damaged"),
        (edited(lambda values: values.pop("seal")), "was changed after it was written"),
        (edited(lambda values: values.update(observations=43)), "was changed after it was written"),
        (edited(lambda values: values.update(created_by="someone else")), "was changed after it was written"),
        (edited(lambda values: values.update(extracts=[])), "was changed after it was written"),
        (edited(lambda values: values.update(note="added")), "is damaged (note: Extra inputs are not permitted)"),
    ],
)
def test_a_manifest_that_was_changed_is_refused(edit: Callable[[bytes], bytes], words: str, folder: Path) -> None:
    manifest = folder / "releases" / "r0001.json"
    manifest.write_bytes(edit(manifest.read_bytes()))
    assert f"The manifest of release r0001 {words}" in damaged(folder)


def test_a_manifest_laid_out_anew_is_the_same_manifest(folder: Path) -> None:
    manifest = folder / "releases" / "r0001.json"
    before = releases.read_manifest(folder, "r0001")
    manifest.write_text(json.dumps(json.loads(manifest.read_bytes()), indent=8, sort_keys=True), encoding="utf-8")
    assert releases.read_manifest(folder, "r0001") == before


def test_the_manifest_of_another_release_is_refused(folder: Path, frame: pl.DataFrame) -> None:
    made.build(folder, made.keep(folder, frame))
    shutil.copy(folder / "releases" / "r0001.json", folder / "releases" / "r0002.json")
    assert "The manifest of release r0002 is that of r0001." in damaged(folder, "r0002")


def test_a_missing_part_is_told_with_what_to_do(folder: Path, frame: pl.DataFrame) -> None:
    made.build(folder, made.keep(folder, frame))
    (folder / "releases" / "r0002.json").unlink()
    assert damaged(folder, "r0002") == (
        "The manifest of release r0002 is missing. There are r0001; python -m pipelines rollback r0001 serves the last of them."
    )
    (folder / "releases" / "r0002.duckdb").unlink()
    assert "There is no release r0002. There are r0001; " in damaged(folder, "r0002")
    with pytest.raises(ReleaseError, match=r"Release r0002 should be served, but its database is missing. There are r0001"):
        releases.current_release(folder)
    shutil.rmtree(folder / "releases")
    assert releases.current_release(folder) is None


@pytest.mark.parametrize("content", [b"", b"latest\n", b"r0001 r0002", b"../../r0001", b"\xff\xfer0001", b"r1"])
def test_a_pointer_that_names_no_release_is_refused_and_nothing_is_served_in_its_place(content: bytes, folder: Path) -> None:
    (folder / "releases" / "CURRENT").write_bytes(content)
    with pytest.raises(ReleaseError, match=r"It is not known which release is served: .*rollback r0001 serves"):
        releases.current_release(folder)


def test_a_missing_pointer_is_not_taken_for_an_empty_folder(folder: Path) -> None:
    (folder / "releases" / "CURRENT").unlink()
    with pytest.raises(ReleaseError, match=r"CURRENT is missing. There are r0001; python -m pipelines rollback r0001"):
        releases.current_release(folder)


@pytest.mark.parametrize("release_id", ["", "r1", "R0001", "r0001\n", "../r0001", "r0001.duckdb", "latest", "r\u0660\u0660\u0660\u0661"])
def test_what_is_not_an_id_never_becomes_a_path(release_id: str, small_release: Path) -> None:
    with pytest.raises(ReleaseError, match="is not the id of a release: ids look like r0001"):
        releases.open_release(small_release, release_id)


# ------------------------------------------------------------------------------------------------- Kept, pruned, numbered


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory, small_release: Path) -> Path:
    """Six releases, each of one more extract than the one before."""
    data_dir, frame = tmp_path_factory.mktemp("six") / "data", made.observations(small_release)
    kept = list[LoadedExtract]()
    for number in range(6):
        kept.append(made.keep(data_dir, as_of_release(frame, number + 1), f"{number}.csv"))
        made.build(data_dir, *kept)
    return data_dir


@pytest.fixture
def many(six: Path, tmp_path: Path) -> Path:
    """The six releases, for a test that prunes them."""
    return Path(shutil.copytree(six, tmp_path / "many"))


def test_old_releases_go_but_the_newest_are_kept(many: Path) -> None:
    assert releases.prune(many, keep=3) == ["r0001", "r0002", "r0003"]
    assert releases.list_releases(many) == ["r0004", "r0005", "r0006"]
    assert {path.name for path in (many / "releases").glob("*.json")} == {"r0004.json", "r0005.json", "r0006.json"}
    assert releases.prune(many, keep=3) == []


def test_the_release_that_is_served_is_never_pruned(many: Path) -> None:
    releases.publish(many, "r0002")
    assert releases.prune(many, keep=3) == ["r0001", "r0003"]
    assert releases.current_release(many) == "r0002"
    assert count(many, "r0002") == 42


def test_nothing_is_pruned_while_it_is_not_known_what_is_served(many: Path) -> None:
    (many / "releases" / "CURRENT").write_text("lost", encoding="utf-8")
    assert releases.prune(many, keep=3) == []
    assert len(releases.list_releases(many)) == 6


def test_observations_of_an_extract_stay_as_long_as_a_kept_release_was_built_from_them(many: Path, frame: pl.DataFrame) -> None:
    needed = {extract.observations_sha256 for extract in releases.read_manifest(many, "r0006").extracts}
    stranger = made.keep(many, frame.head(5), "never-released.csv")
    made.build(many, made.keep(many, frame, "alone.csv"))
    releases.prune(many, keep=3)
    kept = {path.stem for path in (many / "extracts").glob("*.parquet")}
    assert needed < kept
    assert stranger.observations_sha256 not in kept
    for release_id in releases.list_releases(many):
        extracts = releases.read_manifest(many, release_id).extracts
        assert made.build(many, *extracts).observations == 42


def test_no_observations_are_removed_while_a_manifest_cannot_be_read(many: Path, frame: pl.DataFrame) -> None:
    made.keep(many, frame.head(5), "never-released.csv")
    before = {path.name for path in (many / "extracts").iterdir()}
    (many / "releases" / "r0005.json").write_text("{", encoding="utf-8")
    releases.prune(many, keep=3)
    assert {path.name for path in (many / "extracts").iterdir()} == before


def test_an_id_is_never_given_twice(many: Path, frame: pl.DataFrame) -> None:
    releases.publish(many, "r0002")
    releases.prune(many, keep=3)
    for name in ("r0006.duckdb", "r0006.json", "r0005.duckdb", "r0005.json"):
        (many / "releases" / name).unlink()
    assert made.build(many, made.keep(many, frame)).release_id == "r0007"


def test_ids_go_on_after_the_last_of_four_digits(tmp_path: Path, frame: pl.DataFrame) -> None:
    made.build(tmp_path, made.keep(tmp_path, frame))
    (tmp_path / "releases" / "NEWEST").write_text("r9999\n", encoding="utf-8")
    assert [made.build(tmp_path, made.keep(tmp_path, frame)).release_id for _ in range(2)] == ["r10000", "r10001"]
    assert releases.list_releases(tmp_path) == ["r0001", "r10000", "r10001"]


def test_observations_are_held_in_the_order_of_their_key(small_release: Path) -> None:
    found = made.observations(small_release).select(KEY)
    assert found.equals(found.sort(KEY))


def test_a_release_that_is_held_stays_however_many_follow_it_and_so_does_what_it_was_built_from(many: Path) -> None:
    releases.hold(many, "r0001")
    releases.hold(many, "r0001")
    assert releases.prune(many, keep=3) == ["r0002", "r0003"]
    releases.sweep(many)
    assert releases.is_held(many, "r0001")
    assert count(many, "r0001") == 42
    assert made.build(many, *releases.read_manifest(many, "r0001").extracts).observations == 42


def test_a_release_that_is_not_there_cannot_be_held(many: Path) -> None:
    with pytest.raises(ReleaseError, match=r"There is no release r0009\."):
        releases.hold(many, "r0009")
