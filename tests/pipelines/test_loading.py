"""Loading: extracts become a release once, whole or not at all; a restatement wins by its status, not by its turn."""

from __future__ import annotations

import itertools
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines import loading, releases
from pipelines.catalogue import load_catalogue
from pipelines.errors import PipelineError, ReleaseError
from pipelines.manifests import LoadedExtract
from pipelines.provenance import code_version
from pipelines.settings import PROJECT, Settings
from pipelines.starter import ensure_release
from pipelines.tables import fingerprint
from tests import made, templates
from tests.templates import row, write

# Whoever reads a file under these limits is refused: what goes through was not read.
CANNOT_READ = {"parser_memory_gb": 0.001, "parser_seconds": 1}


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, but for the lock."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "load.lock"}


def command(*words: str | Path, prepare: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "pipelines", *map(str, words)], cwd=PROJECT, capture_output=True, text=True, check=False, preexec_fn=prepare
    )


# -------------------------------------------------------------------------------------------------------- The manifest


def test_a_release_says_what_it_is_made_of(tmp_path: Path, settings: Settings) -> None:
    rows = [row(), row(ethnicity="asian", value="about half"), row(ethnicity="Martian"), row(ethnicity="white", value="nearly all")]
    extract = write(tmp_path / "figures.csv", rows)
    outcome = loading.load([extract], settings)
    assert outcome.release_id == "r0001"
    manifest = releases.verify(settings.data_dir, "r0001")
    assert (manifest.release_id, manifest.created_by, manifest.reason) == ("r0001", loading.user(), "load")
    assert (manifest.code_version, manifest.catalogue_version) == (code_version(), load_catalogue().version)
    assert manifest.created_at.utcoffset() is not None
    (loaded,) = manifest.extracts
    assert (loaded.file, loaded.sha256, loaded.loaded_by) == ("figures.csv", fingerprint(extract), loading.user())
    assert (loaded.rows_in, loaded.rows_kept, loaded.rows_refused) == (4, 1, 3)
    assert sorted(loaded.refusals.values()) == [1, 2]
    assert any("ethnic group's label or code" in rule for rule in loaded.refusals)
    assert manifest.observations == loaded.observations == made.observations(settings.data_dir).height
    quarantined = json.loads((settings.data_dir / "quarantine" / f"{loaded.sha256[:16]}.json").read_bytes())
    assert quarantined["rows_refused"] == 3
    refused = pl.read_csv(settings.data_dir / "quarantine" / f"{loaded.sha256[:16]}.csv")
    assert refused["source_row"].sort().to_list() == [3, 4, 5]


def test_code_version_is_a_commit_or_a_version_and_says_when_it_was_changed() -> None:
    version = code_version()
    assert version != "unversioned"
    if (PROJECT / ".git").exists():
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
        assert head.startswith(version.removesuffix("+changes"))


# --------------------------------------------------------------------------------------------------------- Same bytes


def test_the_same_bytes_change_nothing_and_are_not_read_again(tmp_path: Path, settings: Settings) -> None:
    extract = templates.small(tmp_path / "figures.csv")
    loading.load([extract], settings)
    before = contents(settings.data_dir)
    again = tmp_path / "the same again.csv"
    again.write_bytes(extract.read_bytes())
    outcome = loading.load([extract, again], settings.model_copy(update=CANNOT_READ))
    assert outcome.release_id is None
    assert outcome.reports == []
    assert outcome.already == [("figures.csv", "figures.csv"), ("the same again.csv", "figures.csv")]
    assert contents(settings.data_dir) == before


def test_a_file_given_twice_in_one_load_is_loaded_once(tmp_path: Path, settings: Settings) -> None:
    extract = templates.small(tmp_path / "figures.csv")
    outcome = loading.load([extract, extract], settings)
    assert (outcome.release_id, outcome.already) == ("r0001", [("figures.csv", "figures.csv")])
    assert len(releases.read_manifest(settings.data_dir, "r0001").extracts) == 1


def test_of_four_loads_of_the_same_bytes_at_once_exactly_one_loads_and_another_file_is_not_lost(tmp_path: Path, data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "settings.toml").write_text("lock_seconds = 250\n", encoding="utf-8")
    extract, other = templates.small(tmp_path / "figures.csv"), write(tmp_path / "other.csv", [row(ethnicity="mixed", org_code="RDY")])
    loads = [
        subprocess.Popen(
            [sys.executable, "-m", "pipelines", "load", file, "--json"],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for file in (extract, extract, other, extract, extract)
    ]
    answers = [load.communicate(timeout=280) for load in loads]
    assert [load.returncode for load in loads] == [0] * 5, answers
    changed = [json.loads(printed)["changed"] for printed, _ in answers]
    assert changed[2]
    assert sorted(changed[:2] + changed[3:]) == [False, False, False, True]
    assert releases.list_releases(data_dir) == ["r0001", "r0002"]
    assert {one.file for one in releases.verify(data_dir, "r0002").extracts} == {"figures.csv", "other.csv"}


def test_the_same_bytes_are_read_again_for_another_catalogue(settings: Settings, small_release: Path) -> None:
    """Otherwise a new indicator of the catalogue could never be fed by a file that is loaded already."""
    extract = small_release.parent / "small.csv"
    older = made.keep(settings.data_dir, made.observations(small_release).head(9), catalogue_version="an older one")
    made.build(settings.data_dir, older.model_copy(update={"sha256": fingerprint(extract)}))
    assert loading.load([extract], settings).release_id == "r0002"
    (loaded,) = releases.read_manifest(settings.data_dir, "r0002").extracts
    assert (loaded.catalogue_version, loaded.observations) == (load_catalogue().version, 42)
    assert loading.load([extract], settings.model_copy(update=CANNOT_READ)).already == [("small.csv", "small.csv")]


def test_the_same_bytes_are_read_again_for_another_period(tmp_path: Path, settings: Settings) -> None:
    first = templates.small(tmp_path / "first.csv")
    second = write(tmp_path / "second.csv", [row()])
    loading.load([first, second], settings)
    period = (date(2024, 4, 1), date(2025, 3, 31))
    assert loading.load([first], settings, period).release_id == "r0002"
    extracts = releases.read_manifest(settings.data_dir, "r0002").extracts
    assert [(one.file, one.period) for one in extracts] == [("first.csv", period), ("second.csv", None)]
    assert loading.load([first], settings.model_copy(update=CANNOT_READ), period).release_id is None


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, settings: Settings) -> None:
    extract = templates.small(tmp_path / "arriving.csv")

    def arrive(stage: str, rows: int) -> None:
        with extract.open("a", encoding="utf-8") as file:
            file.write(f"# {stage} {rows}\n")

    outcome = loading.load([extract], settings, progress=arrive)
    assert outcome.reports[0].errors == ["arriving.csv changed while it was read. Nothing was loaded. Load it when it is whole."]
    assert releases.list_releases(settings.data_dir) == []


# -------------------------------------------------------------------------------------------------------- Restatement


@pytest.fixture(scope="module")
def restated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[LoadedExtract]]:
    """Five extracts about the same figure, each with a value of its own, read by the pipeline."""
    folder = tmp_path_factory.mktemp("restated")
    stated = [
        ("figures.csv", "Provisional", 41),
        ("figures_perf.csv", "Performance", 42),
        ("figures_perf_v2.csv", "Performance", 43),
        ("figures_final.csv", "Final", 44),
        ("figures_final_v3.csv", "Final", 45),
    ]
    files = [write(folder / name, [row(publication_status=status, value=value)]) for name, status, value in stated]
    loading.load(files, Settings(data_dir=folder / "data"))
    return folder / "data", releases.read_manifest(folder / "data", "r0001").extracts


def shown(data_dir: Path, release_id: str) -> tuple[list[float], list[float]]:
    """The values that are shown, and those that are kept as superseded."""
    with releases.reading(data_dir, release_id) as read:
        return tuple(read(f"select value from {table} order by value", [])["value"].to_list() for table in ("observations", "superseded"))  # type: ignore[return-value]


def test_final_wins_over_performance_over_provisional_and_a_later_version_over_an_earlier(
    restated: tuple[Path, list[LoadedExtract]],
) -> None:
    data_dir, extracts = restated
    for length, winner in ((1, 41), (2, 42), (3, 43), (4, 44), (5, 45)):
        made.build(data_dir, *extracts[:length])
        release_id = releases.list_releases(data_dir)[-1]
        assert shown(data_dir, release_id) == ([winner], [value for value in range(41, 46) if value < winner])


def test_the_order_of_loading_does_not_matter_where_precedence_decides(restated: tuple[Path, list[LoadedExtract]], tmp_path: Path) -> None:
    data_dir, extracts = restated
    in_order = made.observations(data_dir, made.build(data_dir, *extracts[1:]).release_id)
    (tmp_path / "extracts").symlink_to(data_dir / "extracts")
    for turn in itertools.permutations(extracts[1:]):
        manifest = made.build(tmp_path, *turn)
        assert made.observations(tmp_path, manifest.release_id).equals(in_order)
        assert shown(tmp_path, manifest.release_id) == ([45], [42, 43, 44])
        releases.release_path(tmp_path, manifest.release_id).unlink()


def test_of_two_alike_in_status_and_version_the_one_loaded_last_wins(tmp_path: Path, settings: Settings) -> None:
    first, second = write(tmp_path / "a.csv", [row(value=51)]), write(tmp_path / "b.csv", [row(value=52), row(ethnicity="white", value=60)])
    loading.load([first], settings)
    loading.load([second], settings)
    assert shown(settings.data_dir, "r0002") == ([52, 60], [51])
    extracts = releases.read_manifest(settings.data_dir, "r0002").extracts
    assert shown(settings.data_dir, made.build(settings.data_dir, *reversed(extracts)).release_id) == ([51, 60], [52])
    manifest = releases.read_manifest(settings.data_dir, "r0002")
    assert (manifest.observations, manifest.superseded) == (2, 1)


# ------------------------------------------------------------------------------------------------------------ Rollback


def test_a_load_after_a_rollback_builds_on_what_is_served_under_a_new_id(tmp_path: Path, settings: Settings) -> None:
    files = [write(tmp_path / f"{group}.csv", [row(ethnicity=group)]) for group in ("black", "white", "asian")]
    loading.load(files[:1], settings)
    loading.load(files[1:2], settings)
    loading.rollback("r0001", settings)
    assert releases.current_release(settings.data_dir) == "r0001"
    assert loading.load(files[2:], settings).release_id == "r0003"
    found = made.observations(settings.data_dir, "r0003")["ethnicity_code"].to_list()
    assert found == ["asian", "black"]
    loading.rollback("r0002", settings)
    assert made.observations(settings.data_dir, "r0002")["ethnicity_code"].to_list() == ["black", "white"]


def test_a_damaged_release_is_not_gone_back_to(settings: Settings, small_release: Path) -> None:
    frame = made.observations(small_release)
    for part in (frame.head(3), frame):
        made.build(settings.data_dir, made.keep(settings.data_dir, part))
    with (settings.data_dir / "releases" / "r0001.duckdb").open("ab") as database:
        database.write(b"more")
    with pytest.raises(ReleaseError, match=r"r0001 is damaged.*There are r0002"):
        loading.rollback("r0001", settings)
    assert releases.current_release(settings.data_dir) == "r0002"


# ------------------------------------------------------------------------------------------------- Kept observations


def test_lost_observations_are_named_and_loading_the_file_again_brings_them_back(tmp_path: Path, settings: Settings) -> None:
    first, second = templates.small(tmp_path / "first.csv"), write(tmp_path / "second.csv", [row(ethnicity="mixed", value=33)])
    loading.load([first], settings)
    (kept,) = (settings.data_dir / "extracts").glob("*.parquet")
    content = kept.read_bytes()
    for damaged in (None, content[:-100] + b"\0" * 100):
        kept.unlink()
        if damaged:
            kept.write_bytes(damaged)
        with pytest.raises(PipelineError, match=r"What was read from first\.csv is no longer whole .*Load these files again, together"):
            loading.load([second], settings)
        assert releases.current_release(settings.data_dir) == "r0001"
        kept.touch()
    assert loading.load([first, second], settings).release_id == "r0002"
    assert made.observations(settings.data_dir, "r0002").height == 42
    assert [one.file for one in releases.read_manifest(settings.data_dir, "r0002").extracts] == ["first.csv", "second.csv"]


def test_the_next_load_sweeps_what_a_killed_one_left(settings: Settings, small_release: Path) -> None:
    made.build(settings.data_dir, made.keep(settings.data_dir, made.observations(small_release)))
    for name in ("working/abc/extract.parquet", "releases/r0002.duckdb.building", "releases/r0002.json", "extracts/abc.parquet.building"):
        (settings.data_dir / name).parent.mkdir(parents=True, exist_ok=True)
        (settings.data_dir / name).write_bytes(b"half")
    (settings.data_dir / "load.holder").write_text("someone who was killed", encoding="utf-8")
    assert loading.load([Path("not there.csv")], settings).release_id is None
    assert {path.parent.name for path in settings.data_dir.rglob("*") if path.is_file()} == {"data", "releases", "extracts"}
    assert {path.name for path in settings.data_dir.rglob("*") if path.is_file() and path.suffix != ".parquet"} == {
        "load.lock", "CURRENT", "NEWEST", "r0001.duckdb", "r0001.json"
    }  # fmt: skip


# --------------------------------------------------------------------------------------------- Refused, busy, no room


def test_one_refused_file_does_not_keep_the_others_out(tmp_path: Path, settings: Settings) -> None:
    good = templates.small(tmp_path / "good.csv")
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n", encoding="utf-8")
    outcome = loading.load([bad, good, tmp_path], settings)
    assert [report.loadable for report in outcome.reports] == [False, True, False]
    assert [one.file for one in releases.read_manifest(settings.data_dir, outcome.release_id or "").extracts] == ["good.csv"]


def test_checking_a_file_keeps_nothing(tmp_path: Path, settings: Settings) -> None:
    assert loading.check(templates.small(tmp_path / "figures.csv"), settings).clean
    assert not settings.data_dir.exists()


def test_a_second_load_is_told_who_holds_the_lock(settings: Settings) -> None:
    with (
        loading.lock(settings),
        pytest.raises(PipelineError, match=rf"Another load is running \({loading.user()} since \d\d:\d\d UTC\)"),
        loading.lock(settings.model_copy(update={"lock_seconds": 0})),
    ):
        pass
    with loading.lock(settings.model_copy(update={"lock_seconds": 0})):
        assert (settings.data_dir / "load.holder").is_file()
    assert not (settings.data_dir / "load.holder").exists()


def test_a_load_waits_for_another_one_to_end(settings: Settings) -> None:
    turns, held = list[str](), threading.Event()

    def first() -> None:
        with loading.lock(settings):
            held.set()
            turns.append("first begins")
            threading.Event().wait(0.3)
            turns.append("first ends")

    thread = threading.Thread(target=first)
    thread.start()
    held.wait(10)
    with loading.lock(settings):
        turns.append("second begins")
    thread.join()
    assert turns == ["first begins", "first ends", "second begins"]


def test_where_a_write_fails_the_old_release_is_served_and_the_reason_is_told(
    tmp_path: Path, settings: Settings, small_release: Path
) -> None:
    """No file may grow beyond a limit: writing fails at the lock, the observations, the database and the manifest in turn."""
    made.build(settings.data_dir, made.keep(settings.data_dir, made.observations(small_release)))
    before = contents(settings.data_dir)
    second = write(tmp_path / "second.csv", [row(ethnicity="mixed", value=33)])
    for most in (0, 60, 4_000, 20_000, 300_000):
        run = command("load", second, prepare=lambda most=most: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))
        told = run.stderr + run.stdout
        assert run.returncode == 2
        assert "Traceback" not in told
        assert "cannot be written: File too large" in told or "could not be" in told
        assert contents(settings.data_dir).items() >= before.items()
        assert releases.list_releases(settings.data_dir) == ["r0001"]
    assert releases.current_release(settings.data_dir) == "r0001"
    assert loading.load([second], settings).release_id == "r0002"


@pytest.fixture
def little_room(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], capture_output=True, check=False).returncode:
        pytest.skip("only an administrator may mount a disk")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.long
def test_on_a_full_disk_the_old_release_is_served_and_room_is_asked_for(
    little_room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_release: Path
) -> None:
    data_dir, filler = little_room / "data", little_room / "filler"
    monkeypatch.setenv("COMMON_GROUND_DATA", str(data_dir))
    made.build(data_dir, made.keep(data_dir, made.observations(small_release)))
    second = write(tmp_path / "second.csv", [row(ethnicity="mixed", value=33)])
    room = shutil.disk_usage(little_room).free
    before = contents(data_dir)
    for turn in range(50):
        filler.write_bytes(b"\0" * (room - turn * 16_384))
        run = command("load", second)
        filler.unlink()
        if run.returncode == 0:
            assert turn > 20
            break
        assert re.search(r"[Mm]ake room (on its disk )?and try again", run.stderr), run
        assert contents(data_dir).items() >= before.items()
        assert releases.current_release(data_dir) == "r0001"
    assert command("load", second).returncode == 0
    assert releases.current_release(data_dir) == "r0002"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(PipelineError, match=r"file/data cannot be written: Not a directory\. See who may write there"):
        loading.load([Path("any.csv")], Settings(data_dir=tmp_path / "file" / "data"))


@contextmanager
def as_somebody_else() -> Iterator[None]:
    """Without root's right to write everywhere."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(me)


def test_a_folder_that_may_not_be_written_is_told(settings: Settings, small_release: Path) -> None:
    made.build(settings.data_dir, made.keep(settings.data_dir, made.observations(small_release)))
    settings.data_dir.chmod(0o555)
    try:
        words = r"cannot be written: Permission denied\. See who may write there"
        with as_somebody_else(), pytest.raises(PipelineError, match=words):
            loading.load([Path("any.csv")], settings)
        assert made.observations(settings.data_dir).height == 42
    finally:
        settings.data_dir.chmod(0o755)


# ---------------------------------------------------------------------------------------------------- The first release


FIRST_START = """
import json, sys
from pathlib import Path
from pipelines.starter import ensure_release
told = []
print(json.dumps([ensure_release(Path(sys.argv[1]), lambda share, words: told.append((share, words))), told]))
"""


def test_of_several_first_starts_one_builds_and_all_get_the_same_release(data_dir: Path) -> None:
    words = [sys.executable, "-c", FIRST_START, str(data_dir)]
    starts = [subprocess.Popen(words, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    printed = [one.communicate(timeout=280) for one in starts]
    assert [one.returncode for one in starts] == [0] * 3, printed
    answers = [json.loads(out) for out, _ in printed]
    assert [release_id for release_id, _ in answers] == ["r0001"] * 3
    assert releases.list_releases(data_dir) == ["r0001"]
    manifest = releases.verify(data_dir, "r0001")
    assert (manifest.created_by, manifest.reason) == ("Common Ground", "starter data")
    assert sum(extract.rows_refused for extract in manifest.extracts) == 0
    # The one that built it told how far it was, and never went back.
    (told,) = [told for _, told in answers if any(words == "Ready" for _, words in told)]
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert told[-1] == [1.0, "Ready"]
    assert any(words.startswith("Reading: ") for _, words in told)
    # Where there is a release nothing is built, and so nothing told.
    later = list[float]()
    assert ensure_release(data_dir, lambda share, words: later.append(share)) == "r0001"
    assert later == []


def test_a_first_start_where_it_is_not_known_what_is_served_builds_nothing(settings: Settings, small_release: Path) -> None:
    made.build(settings.data_dir, made.keep(settings.data_dir, made.observations(small_release)))
    (settings.data_dir / "releases" / "CURRENT").unlink()
    with pytest.raises(ReleaseError, match="CURRENT is missing"):
        ensure_release(settings.data_dir)
    assert releases.list_releases(settings.data_dir) == ["r0001"]


# ------------------------------------------------------------------------------------------------------------ Rows add up


def test_every_row_of_every_table_of_an_archive_is_kept_refused_or_passed_over(tmp_path: Path, settings: Settings) -> None:
    """Two tables with faults in rows of the same number, a row that says the same twice, and a table of another layout."""
    one = write(tmp_path / "one.csv", [row(), row(ethnicity="Martian"), row(ethnicity="white", value="x"), row()])
    two = write(tmp_path / "two.csv", [row(ethnicity="mixed"), row(ethnicity="Martian"), row(ethnicity="other"), row(org_code="")])
    census = tmp_path / "census.csv"
    census.write_text(
        "ltla21_code,ltla21_name,ethnic_group,value\nE08000019,Sheffield,Does not apply,0\nW06000001,Anglesey,Arab,5\n"
        "E08000019,Sheffield,Arab,many\n",
        encoding="utf-8",
    )
    archive = tmp_path / "both.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for file in (one, two, census):
            zipped.write(file, file.name)
    (report,) = loading.load([archive], settings).reports
    (loaded,) = releases.read_manifest(settings.data_dir, "r0001").extracts
    assert (report.rows_in, report.rows_kept, report.rows_refused) == (11, 3, 5)
    assert sum(report.rows_passed_over.values()) == 3
    assert (loaded.rows_in, loaded.rows_kept, loaded.rows_refused) == (11, 3, 5)
    assert loaded.rows_passed_over == report.rows_passed_over
    assert sum(loaded.refusals.values()) >= loaded.rows_refused
