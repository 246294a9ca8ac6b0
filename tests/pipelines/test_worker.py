"""A file is read in a child: whatever becomes of the child, the parent lives and says what happened in words."""

from __future__ import annotations

import csv
import os
import resource
import signal
import time
from pathlib import Path

import polars as pl
import psutil
import pytest

from pipelines import worker
from pipelines.errors import ExtractRefused
from pipelines.extracts import Report
from pipelines.settings import Settings
from tests.pipelines.files import COLUMNS, GROUPS, cells, extract, row, saved, shared, sound, template, template_workbook, with_rows

QUOTE = '"'
# Where the reason is not in a limit, a child has time and memory enough.
AMPLE = Settings(data_dir=Path("unused"), parser_memory_gb=6, parser_seconds=120)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def slow_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook that takes seconds to read, in many batches."""
    rows = "".join(f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>' for number in range(10, 150_000))
    return saved(tmp_path_factory.mktemp("slow"), "slow.xlsx", with_rows(rows))


@pytest.fixture(scope="module")
def greedy_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Under a megabyte on disk; each of its rows is refused with a value of 32 kB, which the report must keep."""
    content, texts = shared(template_workbook(), "x" * 32_000)
    line = [cells()[0], cells()[1], cells()[0], cells()[0], cells()[4], texts[-1]]
    copies = "".join(
        f'<row r="{number}">{"".join(f"<c t={QUOTE}s{QUOTE}><v>{texts.index(text)}</v></c>" for text in line)}</row>'
        for number in range(10, 90_000)
    )
    return saved(tmp_path_factory.mktemp("greedy"), "greedy.xlsx", with_rows(copies, content))


def refusal(path: Path, workspace: Path, settings: Settings) -> str:
    with pytest.raises(ExtractRefused) as refused:
        worker.run(path, workspace, settings)
    [reason] = refused.value.reasons
    assert "Nothing was loaded" in reason
    assert "Traceback" not in reason
    assert not (workspace / "report.json").exists()
    assert children() == []
    return reason


def children() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


# ---------------------------------------------------------------------------------------------------------- A sound file


@pytest.mark.parametrize("name", sound())
def test_a_sound_file_gives_the_same_in_a_child_as_without_one(name: str, tmp_path: Path, workspace: Path) -> None:
    content = sound()[name]
    worker.run(saved(tmp_path, name, content), workspace, AMPLE)
    report = Report.model_validate_json((workspace / "report.json").read_bytes())
    (tmp_path / "here").mkdir()
    here = extract(tmp_path / "here", name, content)
    assert report == here.report
    assert pl.read_parquet(workspace / "extract.parquet").equals(here.observations)
    assert report.observations == len(GROUPS)


def test_progress_arrives_while_the_file_is_read(slow_file: Path, workspace: Path) -> None:
    told: list[tuple[str, int, float]] = []
    worker.run(slow_file, workspace, AMPLE, progress=lambda stage, rows: told.append((stage, rows, time.monotonic())))
    reading = [rows for stage, rows, _ in told if stage == "reading"]
    assert len(reading) > 2
    assert reading == sorted(reading)
    assert reading[-1] == 149_994
    assert told[-1][:2] == ("working out", 149_994)
    assert told[-1][2] - told[0][2] > 0.2, "it all came at the end"


def test_the_period_that_the_user_gives_reaches_the_reader(tmp_path: Path, workspace: Path) -> None:
    # The wide layout does not state its year: without a period this file is refused.
    from datetime import date

    from pipelines.sources.talking_therapies_annual import generations

    header = next(sorted(names) for names, years in generations().items() if len(years) > 1)
    sample = {
        "orgtype": "England",
        "orgcode": "England",
        "orgname": "England",
        "variabletype": "Total",
        "variablea": "All",
        "variableb": "All",
    }
    line = [sample.get(name, "100") for name in header]
    path = saved(tmp_path, "main.csv", f"{','.join(header)}\n{','.join(line)}\n")
    worker.run(path, workspace, AMPLE)
    assert "does not state its year" in Report.model_validate_json((workspace / "report.json").read_bytes()).errors[0]
    worker.run(path, workspace, AMPLE, (date(2018, 4, 1), date(2019, 3, 31)))
    assert pl.read_parquet(workspace / "extract.parquet")["period_end"].unique().to_list() == [date(2019, 3, 31)]


def test_a_workspace_may_be_named_from_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()
    worker.run(saved(Path(), "template.csv", template()), Path("here"), AMPLE)
    assert (tmp_path / "here" / "report.json").is_file()


def test_refused_values_that_a_spreadsheet_would_run_are_made_harmless(tmp_path: Path, workspace: Path) -> None:
    path = saved(tmp_path, "live.csv", template(row(group="=HYPERLINK(0)"), row(group="@SUM(1)"), row(group="-2+3")))
    worker.run(path, workspace, AMPLE)
    with (workspace / "refused.csv").open(encoding="utf-8", newline="") as file:
        values = [line["value"] for line in csv.DictReader(file)]
    assert values == ["'=HYPERLINK(0)", "'@SUM(1)", "'-2+3"]


# ------------------------------------------------------------------------------------------------------------ Its limits


def test_a_file_that_takes_too_long_is_refused_for_its_time(slow_file: Path, workspace: Path) -> None:
    started = time.monotonic()
    reason = refusal(slow_file, workspace, AMPLE.model_copy(update={"parser_seconds": 1}))
    assert reason.startswith("slow.xlsx could not be read within 1 s.")
    assert "(parser_seconds)" in reason
    assert "memory" not in reason.replace("parser_memory_gb", "")
    assert time.monotonic() - started < 10


def test_a_file_that_needs_too_much_memory_is_refused_for_its_memory_and_the_parents_does_not_grow(
    greedy_file: Path, workspace: Path
) -> None:
    assert greedy_file.stat().st_size < 1 << 20
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reason = refusal(greedy_file, workspace, AMPLE.model_copy(update={"parser_memory_gb": 2.5}))
    assert reason.startswith("greedy.xlsx could not be read")
    assert "2.5 GB of memory" in reason
    assert "(parser_memory_gb)" in reason
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 50, f"{grown:.0f} MB"


def test_a_limit_too_small_for_any_file_is_told_as_a_limit(tmp_path: Path, workspace: Path) -> None:
    reason = refusal(saved(tmp_path, "template.csv", template()), workspace, AMPLE.model_copy(update={"parser_memory_gb": 0.2}))
    # Libraries that get no memory when they are loaded break off in more than one way.
    assert reason.startswith("template.csv could not be read")
    assert "0.2 GB of memory" in reason
    assert "(parser_memory_gb)" in reason


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (signal.SIGSEGV, "the program that read it broke off (SIGSEGV)"),
        (signal.SIGABRT, "the program that read it broke off (SIGABRT)"),
        (signal.SIGKILL, "the system stopped the program that read it, most likely because the computer has no memory to spare"),
        (signal.SIGXCPU, "could not be read within 120 s"),
    ],
    ids=lambda value: value.name if isinstance(value, signal.Signals) else "",
)
def test_a_child_that_dies_is_a_refusal_which_tells_how(number: signal.Signals, words: str, slow_file: Path, workspace: Path) -> None:
    def strike(stage: str, rows: int) -> None:
        for child in children():
            child.send_signal(number)

    with pytest.raises(ExtractRefused) as refused:
        worker.run(slow_file, workspace, AMPLE, progress=strike)
    [reason] = refused.value.reasons
    assert words in reason
    assert "Nothing was loaded." in reason
    assert not (workspace / "report.json").exists()


def test_a_report_that_another_file_left_is_not_taken_for_this_ones(slow_file: Path, workspace: Path) -> None:
    (workspace / "report.json").write_text("{}", encoding="utf-8")
    refusal(slow_file, workspace, AMPLE.model_copy(update={"parser_seconds": 1}))


def test_a_listener_that_fails_leaves_no_child_behind(slow_file: Path, workspace: Path) -> None:
    def fail(stage: str, rows: int) -> None:
        raise ValueError("the page was closed")

    with pytest.raises(ValueError, match="the page was closed"):
        worker.run(slow_file, workspace, AMPLE, progress=fail)
    assert children() == []


# ------------------------------------------------------------------------------------------------------- What is no file


@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "link", "nothing", "too long", "empty"])
def test_what_is_no_file_is_refused_before_a_child_is_started(kind: str, tmp_path: Path, workspace: Path) -> None:
    path, words = {
        "pipe": (tmp_path / "pipe", "is a pipe, a socket or a device"),
        "folder": (workspace, "is a folder"),
        "device": (Path("/dev/zero"), "is a pipe, a socket or a device"),
        "link": (tmp_path / "link", "is a link to"),
        "nothing": (tmp_path / "nothing.csv", "is not there"),
        "too long": (tmp_path / ("x" * 5_000), "cannot be read: File name too long"),
        "empty": (tmp_path / "empty.csv", "is empty"),
    }[kind]
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    (tmp_path / "empty.csv").touch()
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    with pytest.raises(ExtractRefused, match=words):
        worker.run(path, workspace, AMPLE)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime == before, "a child was started"


def test_a_hostile_template_is_refused_row_by_row_in_a_child_too(tmp_path: Path, workspace: Path) -> None:
    line = ["tt_reliable_recovery", "RYG", "yesterday", *cells()[3:]]
    worker.run(saved(tmp_path, "row.xlsx", template_workbook(line)), workspace, AMPLE)
    report = Report.model_validate_json((workspace / "report.json").read_bytes())
    assert [(one["source_row"], one["column"], one["value"]) for one in report.refusals] == [(6, COLUMNS[2], "yesterday")]
