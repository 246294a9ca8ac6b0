"""The command line: figures on standard output, everything else on standard error, a sentence for whatever is wrong."""

from __future__ import annotations

import json
import os
import pty
import re
import resource
import select
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from pipelines import __main__ as command_line
from pipelines import releases
from pipelines.catalogue import load_catalogue
from pipelines.errors import PipelineError
from pipelines.settings import PROJECT
from tests import made, templates
from tests.templates import row, write


@dataclass(frozen=True)
class Told:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Run = Callable[..., Told]


@pytest.fixture
def run(data_dir: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command as ``python -m pipelines`` does, on the test's own data folder; no traceback may be printed."""

    def run(*words: str | Path) -> Told:
        monkeypatch.setattr(sys, "argv", ["python -m pipelines", *map(str, words)])
        code = 0
        try:
            command_line.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        printed = capfd.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return Told(code, printed.out, printed.err)

    return run


@pytest.fixture
def served(data_dir: Path, small_release: Path) -> Path:
    """The small release, in a data folder that the test may write."""
    return Path(shutil.copytree(small_release, data_dir))


def process(*words: str | Path, **options: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "pipelines", *map(str, words)], cwd=PROJECT, capture_output=True, check=False, **options)  # type: ignore[call-overload]


# ------------------------------------------------------------------------------------------------------------------ check


def test_a_clean_file_is_told_so(run: Run, tmp_path: Path, data_dir: Path) -> None:
    told = run("check", templates.small(tmp_path / "figures.csv"))
    assert (told.code, told.err) == (0, "")
    assert told.out.splitlines()[:2] == ["figures.csv: Common Ground's own template", "  42 rows read, 42 kept, 0 refused"]
    assert not data_dir.exists()


def test_refused_rows_are_told_with_row_column_value_and_rule(run: Run, tmp_path: Path) -> None:
    told = run("check", write(tmp_path / "figures.csv", [row(), row(ethnicity="Martian"), row(ethnicity="white", value="fifty")]))
    assert told.code == 2
    assert "3 rows read, 1 kept, 2 refused" in told.out
    assert "refused: row 3, ethnicity = 'Martian': must be an ethnic group's label or code" in told.out
    assert "refused: row 4, value = 'fifty': must be a number" in told.out


def test_a_value_that_would_move_the_cursor_is_shown_without_its_power(run: Run, tmp_path: Path) -> None:
    told = run("check", write(tmp_path / "figures.csv", [row(), row(ethnicity="\x1b[2J\x1b]0;owned\x07" + "x" * 5_000)]))
    assert told.code == 2
    assert "\x1b" not in told.out
    assert max(map(len, told.out.splitlines())) < 400


@pytest.mark.parametrize("words", [["check"], ["load"]])
def test_an_unknown_layout_and_a_missing_file_are_told_and_nothing_is_loaded(
    words: list[str], run: Run, tmp_path: Path, data_dir: Path
) -> None:
    stranger = tmp_path / "stranger.csv"
    stranger.write_text("indicator_id,org_code,when\na,b,c\n", encoding="utf-8")
    told = run(*words, stranger, tmp_path / "nowhere.csv")
    assert told.code == 2
    assert "stranger.csv is not a layout that is known here" in told.out
    assert "nowhere.csv is not there. Check the path." in told.out
    assert releases.current_release(data_dir) is None


def test_check_for_machines_is_json_and_nothing_else(run: Run, tmp_path: Path) -> None:
    told = run("check", templates.small(tmp_path / "a.csv"), tmp_path / "nowhere.csv", "--json")
    assert (told.code, told.err) == (2, "")
    good, bad = json.loads(told.out)
    assert (good["rows_in"], good["rows_kept"], good["errors"]) == (42, 42, [])
    assert bad["errors"] == ["nowhere.csv is not there. Check the path."]


# ------------------------------------------------------------------------------------------------------ load and releases


def test_load_tells_what_it_did_and_the_second_time_that_nothing_changed(run: Run, tmp_path: Path) -> None:
    extract = templates.small(tmp_path / "figures.csv")
    first = run("load", extract)
    assert (first.code, first.err) == (0, "")
    assert first.out.splitlines()[-1] == "Release r0001 is served now."
    assert "42 observations of tt_reliable_recovery" in first.out
    again = Path(shutil.copy(extract, tmp_path / "again.csv"))
    second = run("load", again)
    assert (second.code, second.err) == (0, "")
    assert second.out.splitlines() == [
        "again.csv: these very bytes are already in release r0001, loaded as figures.csv; nothing changed.",
        "No new release: r0001 stays.",
    ]
    for_machines = run("load", again, "--json")
    assert json.loads(for_machines.out) == {
        "release": "r0001", "changed": False, "already": [{"file": "again.csv", "loaded_as": "figures.csv"}], "reports": [],
    }  # fmt: skip


def test_releases_lists_each_with_its_extracts_and_marks_the_one_that_is_served(run: Run, served: Path) -> None:
    made.build(served, made.keep(served, made.observations(served), "second.csv"))
    told = run("releases")
    assert (told.code, told.err) == (0, "")
    lines = told.out.splitlines()
    assert [line[:7] for line in lines if not line.startswith("      ")] == ["  r0001", "* r0002"]
    assert any(line.endswith("small.csv  42 of 42 rows kept") for line in lines)
    listed = json.loads(run("releases", "--json").out)
    assert (listed["served"], listed["faults"]) == ("r0002", [])
    assert [one["release_id"] for one in listed["releases"]] == ["r0001", "r0002"]
    assert listed["releases"][1] == releases.read_manifest(served, "r0002").model_dump(mode="json")


def test_without_any_release_it_is_told_how_to_make_one(run: Run) -> None:
    assert run("releases") == Told(0, "There is no release yet. Load a file first: python -m pipelines load FILE\n", "")
    assert run("export") == Told(2, "", "There is no release yet. Load a file first: python -m pipelines load FILE\n")


def test_a_damaged_release_is_told_with_the_way_back_and_the_whole_ones_are_listed(run: Run, served: Path) -> None:
    made.build(served, made.keep(served, made.observations(served), "second.csv"))
    with (served / "releases" / "r0002.duckdb").open("r+b") as database:
        database.seek(5_000)
        database.write(b"damage")
    advice = (
        "Release r0002 is damaged: its database is not the one that was built. There are r0001; "
        "python -m pipelines rollback r0001 serves the last of them.\n"
    )
    told = run("releases")
    assert (told.code, told.err) == (2, advice)
    assert "r0001" in told.out
    assert json.loads(run("releases", "--json").out)["faults"] == [advice.strip()]
    assert run("export") == Told(2, "", advice)
    assert run("rollback", "r0001").code == 0
    assert run("export").code == 0


def test_a_lost_pointer_is_told_with_the_way_back(run: Run, served: Path, tmp_path: Path) -> None:
    (served / "releases" / "CURRENT").unlink()
    for words in (["releases"], ["export"], ["load", str(templates.small(tmp_path / "figures.csv"))]):
        told = run(*words)
        assert told.code == 2
        assert "It is not known which release is served" in told.err
        assert "python -m pipelines rollback r0001" in told.err
    assert run("rollback", "r0001") == Told(0, run("rollback", "r0001").out, "")
    assert releases.current_release(served) == "r0001"


@pytest.mark.parametrize(
    ("release_id", "words"), [("r0009", "There is no release r0009"), ("newest", "'newest' is not the id of a release")]
)
def test_rollback_to_what_is_not_there_is_refused(release_id: str, words: str, run: Run, served: Path) -> None:
    told = run("rollback", release_id)
    assert (told.code, told.out) == (2, "")
    assert words in told.err
    assert releases.current_release(served) == "r0001"


def test_rollback_for_machines_is_json(run: Run, served: Path) -> None:
    assert json.loads(run("rollback", "r0001", "--json").out)["served"] == releases.current_release(served)


def test_a_refusal_for_machines_is_json_too(run: Run, served: Path) -> None:
    told = run("rollback", "r0009", "--json")
    assert told.code == 2
    assert json.loads(told.out)["error"] == told.err.strip()


def test_a_wrong_setting_is_told_by_every_command(run: Run, served: Path) -> None:
    (served / "settings.toml").write_text("keep = 3", encoding="utf-8")
    for words in (["releases"], ["export"], ["check", "a.csv"], ["load", "a.csv"], ["rollback", "r0001"]):
        told = run(*words)
        assert told.code == 2
        assert f"{served / 'settings.toml'}: keep: not a setting" in told.err


@pytest.mark.parametrize("period", ["2024", "Aprril-26", "2024-26", ""])
def test_a_period_that_is_none_is_refused(period: str, run: Run, tmp_path: Path) -> None:
    told = run("check", templates.small(tmp_path / "figures.csv"), "--period", period)
    assert (told.code, told.out) == (2, "")
    assert told.err == f"--period {period!r}: give a year such as 2024-25 or a month such as Apr-26.\n"


# -------------------------------------------------------------------------------------------------------------- indicators


def test_indicators_are_listed_for_people_and_for_machines(run: Run) -> None:
    known = load_catalogue().indicators
    assert [line.split()[0] for line in run("indicators").out.splitlines()] == list(known)
    listed = json.loads(run("indicators", "--json").out)
    assert [one["id"] for one in listed] == list(known)
    assert all(one["question"] and one["sources"] is not None for one in listed)


# ------------------------------------------------------------------------------------------------------------------ export


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_an_export_to_a_file_is_the_one_to_standard_output(form: str, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "out.file"
    told = run("export", "--format", form, "--site", "sheffield", "-o", file)
    assert told == Told(0, "", f"14 observations written to {file}.\n")
    printed = process("export", "--format", form, "--site", "sheffield")
    assert (printed.returncode, printed.stdout) == (0, file.read_bytes())
    assert printed.stderr == b"14 observations written.\n"


@pytest.mark.usefixtures("served")
def test_an_export_that_cannot_be_written_is_a_sentence(run: Run, tmp_path: Path) -> None:
    assert run("export", "-o", tmp_path).err == f"{tmp_path} is a folder. Name a file in it: -o {tmp_path / 'observations.csv'}\n"
    nowhere = tmp_path / "nowhere" / "out.csv"
    assert run("export", "-o", nowhere) == Told(2, "", f"{nowhere} cannot be written: No such file or directory.\n")
    if Path("/dev/full").exists():
        for form in ("csv", "json", "parquet"):
            told = run("export", "--format", form, "-o", "/dev/full")
            assert told == Told(2, "", "/dev/full cannot be written: No space left on device.\n")
        assert Path("/dev/full").is_char_device()


def test_an_export_that_fails_leaves_the_file_that_was_there(run: Run, tmp_path: Path, served: Path, small_release: Path) -> None:
    file = tmp_path / "out.csv"
    file.write_text("last year's", encoding="utf-8")
    assert run("export", "--org", "XYZ", "-o", file).code == 2
    (served / "releases" / "r0001.json").unlink()
    assert run("export", "-o", file).code == 2
    assert file.read_text(encoding="utf-8") == "last year's"
    shutil.copy(small_release / "releases" / "r0001.json", served / "releases")
    told = process("export", "-o", file, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, 4_000)))
    assert (told.returncode, told.stderr.decode()) == (2, f"{file} cannot be written: File too large.\n")
    assert file.read_text(encoding="utf-8") == "last year's"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["out.csv"]


@pytest.mark.usefixtures("served")
def test_an_export_through_a_link_changes_the_file_and_not_the_link(run: Run, tmp_path: Path) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to(tmp_path / "real.csv")
    assert run("export", "-o", link).code == 0
    assert link.is_symlink()
    assert pl.read_csv(tmp_path / "real.csv").height == 42


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--indicator", "tt"], "There is no indicator 'tt'. Known are: "),
        (["--site", "Leeds"], "There is no site 'Leeds'. Known are: "),
        (["--org", "XYZ"], "It has: E92000001, RYG, TAH."),
        (["--format", "xlsx"], "is not one of 'csv',"),
    ],
)
def test_a_wrong_choice_is_told_with_the_right_ones(words: list[str], said: str, run: Run) -> None:
    told = run("export", *words)
    assert (told.code, told.out) == (2, "")
    assert said in told.err


def test_a_reader_that_stops_early_is_no_fault(data_dir: Path, small_release: Path) -> None:
    """python -m pipelines export | head -c 1"""
    one = made.observations(small_release).filter(pl.col("org_code") == "RYG")
    made.build(data_dir, made.keep(data_dir, pl.concat([one.with_columns(org_code=pl.lit(f"R{turn:04d}")) for turn in range(500)])))
    for form in ("csv", "json", "parquet"):
        words = [sys.executable, "-m", "pipelines", "export", "--format", form]
        with subprocess.Popen(words, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as exporter:
            assert exporter.stdout
            assert exporter.stderr
            assert len(exporter.stdout.read(1)) == 1
            exporter.stdout.close()
            assert exporter.stderr.read() in {b"", b"7,000 observations written.\n"}


# ---------------------------------------------------------------------------------------------------------- Around it all


def test_progress_goes_to_the_screen_and_never_into_what_is_printed(tmp_path: Path, data_dir: Path) -> None:
    extract = templates.small(tmp_path / "figures.csv")
    screen, end = pty.openpty()
    try:
        for words, parsed in ((["load", str(extract)], False), (["check", str(extract), "--json"], True)):
            told = subprocess.run(
                [sys.executable, "-m", "pipelines", *words],
                cwd=PROJECT,
                stdout=subprocess.PIPE,
                stderr=end,
                check=True,
                env=os.environ | {"TERM": "xterm"},
            )
            assert b"\x1b" not in told.stdout
            if parsed:
                assert json.loads(told.stdout)[0]["rows_kept"] == 42
            else:
                assert select.select([screen], [], [], 10)[0], "nothing came to the screen"
                shown = os.read(screen, 100_000).decode()
                assert "reading: 42 rows" in shown or "working out: 42 rows" in shown or "starting" in shown
    finally:
        os.close(end)
        os.close(screen)
    assert releases.current_release(data_dir) == "r0001"


def test_a_console_that_lacks_a_letter_shows_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "Māori–figures.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    told = process("check", file, env=os.environ | {"PYTHONIOENCODING": "ascii:strict"})
    assert told.returncode == 2
    assert b"M\\u0101ori\\u2013figures.csv is not a layout" in told.stdout


def test_a_name_that_is_no_text_is_shown_all_the_same(tmp_path: Path, run: Run) -> None:
    file = os.fsencode(tmp_path) + b"/caf\xe9.csv"
    Path(os.fsdecode(file)).write_text("a,b\n1,2\n", encoding="utf-8")
    told = run("load", Path(os.fsdecode(file)))
    assert told.code == 2
    assert "caf\N{REPLACEMENT CHARACTER}.csv" in told.out


@pytest.mark.parametrize(
    ("error", "sentence", "code"),
    [
        (PipelineError("There is no release r0009."), "There is no release r0009.", 2),
        (PermissionError(13, "Permission denied", "figures.csv"), "Permission denied: figures.csv.", 2),
        (
            KeyError("x" * 500),
            f"This should not have happened: KeyError: '{'x' * 79}… (test_command_line.py, line LINE). "
            "It is a fault of the program: please report it.",
            1,
        ),
    ],
)
def test_whatever_goes_wrong_is_a_sentence(error: Exception, sentence: str, code: int) -> None:
    try:
        raise error
    except Exception as caught:
        told, exit_code = command_line.in_words(caught)
    assert (re.sub(r"line \d+", "line LINE", told), exit_code) == (sentence, code)


@pytest.mark.parametrize("words", [[], ["--help"], ["load", "--help"], ["unknown"], ["load"], ["export", "--indicator"]])
def test_usage_is_told_without_a_traceback(words: list[str], run: Run) -> None:
    told = run(*words)
    assert told.code == (0 if "--help" in words else 2)
    assert "Usage: python -m pipelines" in told.out + told.err or "Option '--indicator' requires an argument" in told.err
