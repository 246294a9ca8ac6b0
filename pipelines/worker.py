"""The limited child process in which an untrusted file is read.

A bomb or a hostile cell can abort the process that reads it; that must never be the dashboard or the loader. The parent
starts ``python -m pipelines.worker``, sends one JSON line and gets progress lines; results are files in the workspace.
Where the system has no resource limits (Windows) the parent's clock is the only limit.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import IO

from pipelines.archives import LIMITS, must_be_a_file, shown
from pipelines.errors import ExtractRefused, PipelineError
from pipelines.settings import PROJECT, Settings

Progress = Callable[[str, int], None]
_PROGRESS = re.compile(r"progress (?P<rows>\d+) (?P<stage>.+)")
# What of a child's output its parent keeps, whatever a library or a file makes it print.
_LINES, _LINE = 200, 2_000
OUT_OF_MEMORY, ORPHANED, REFUSED = 71, 72, 73  # exit codes of the child
_WANT_OF_MEMORY = re.compile(
    r"memory|bad_alloc|failed to map segment|can't start new thread|resource temporarily unavailable", re.IGNORECASE
)
# Address space that counts against the limit and that reading tables has no use for.
_THRIFT = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "4"}
_GRACE_SECONDS = 30
_FULL = 0.95


@dataclass(frozen=True, slots=True)
class Job:
    """What the child is to read, and its limits."""

    path: str
    workspace: str
    period: tuple[str, str] | None
    memory_bytes: int
    seconds: int


@dataclass(frozen=True, slots=True)
class _End:
    """How a child ended: its exit code (below 0: the signal), whether its time was up or its memory, its last words."""

    code: int
    late: bool
    full: bool
    faults: list[str]


def run(
    path: Path,
    workspace: Path,
    settings: Settings,
    period: tuple[date, date] | None = None,
    progress: Progress = lambda stage, rows: None,
) -> None:
    """Read ``path`` in a child; ``extract.parquet``, ``refused.csv`` and ``report.json`` are then in ``workspace``.

    Raises ExtractRefused when the file cannot be opened, or the child is stopped by a limit or dies.
    """
    must_be_a_file(path)
    result = workspace / "report.json"
    result.unlink(missing_ok=True)
    days = (period[0].isoformat(), period[1].isoformat()) if period else None
    memory = int(settings.parser_memory_gb * 1024**3)
    job = Job(str(path.absolute()), str(workspace.absolute()), days, memory, settings.parser_seconds)
    end = _in_child(job, progress)
    if end.code != 0 or not result.is_file():
        raise ExtractRefused(_end_in_words(shown(path.name), end, settings))


# ----------------------------------------------------------------------------------------------------------- Parent


def _in_child(job: Job, progress: Progress) -> _End:
    command = [sys.executable, "-m", "pipelines.worker"]
    pipe, faults = subprocess.PIPE, deque[str](maxlen=_LINES)
    late = full = False
    with subprocess.Popen(
        command,
        cwd=PROJECT,
        env=os.environ | _THRIFT,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as child:
        assert child.stdin
        assert child.stdout
        assert child.stderr

        def stop() -> None:
            nonlocal late, full
            late, full = True, _peak(child.pid) > _FULL * job.memory_bytes
            child.kill()

        clock = threading.Timer(job.seconds, stop)
        listener = threading.Thread(target=faults.extend, args=(_lines(child.stderr),))
        clock.start()
        listener.start()
        try:
            with suppress(BrokenPipeError):
                child.stdin.write(json.dumps(asdict(job)) + "\n")
                child.stdin.flush()  # and not closed: its end tells the child that nobody waits for it any more
            _follow(_lines(child.stdout), progress)
            child.wait()
        finally:  # a listener to its progress may have raised
            clock.cancel()
            child.kill()
            with suppress(BrokenPipeError):
                child.stdin.close()
            listener.join()
    return _End(child.returncode, late, full, list(faults))


def _peak(process: int) -> int:
    """The most address space that a process had, 0 where the system does not tell. Want of it can end in a standstill."""
    try:
        told = re.search(r"^VmPeak:\s*(\d+) kB", Path(f"/proc/{process}/status").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return 0
    return int(told[1]) * 1024 if told else 0


def _lines(stream: IO[str]) -> Iterator[str]:
    """Lines, and pieces of lines that are too long to keep whole."""
    return iter(lambda: stream.readline(_LINE), "")


def _follow(lines: Iterator[str], progress: Progress) -> None:
    for line in lines:
        if told := _PROGRESS.fullmatch(line.strip()):  # anything else is a library's own print
            progress(told["stage"], int(told["rows"]))


def _end_in_words(name: str, end: _End, settings: Settings) -> str:
    if end.code == REFUSED:
        return f"{name} could not be read: {' '.join(line.strip() for line in end.faults)} Nothing was loaded."
    last = next((shown(line.strip()) for line in reversed(end.faults) if line.strip()), "no message")
    memory, seconds = f"{settings.parser_memory_gb:g} GB of memory", f"{settings.parser_seconds:,} s"
    advice = "Nothing was loaded. Look whether it is what it says; a larger limit is set in settings.toml"
    if end.full or end.code == OUT_OF_MEMORY or any(_WANT_OF_MEMORY.search(line) for line in end.faults):
        return f"{name} could not be read within {memory}. {advice} (parser_memory_gb)."
    if end.late or -end.code in _signals("SIGXCPU", "SIGALRM"):
        return f"{name} could not be read within {seconds}. {advice} (parser_seconds)."
    if -end.code in _signals("SIGKILL"):
        return (
            f"{name} could not be read: the system stopped the program that read it, most likely because the computer has no "
            "memory to spare. Nothing was loaded. Close other programs and try again."
        )
    if end.code < 0:
        return (
            f"{name} could not be read: the program that read it broke off ({_signal_name(-end.code)}). The file is damaged, or "
            f"{memory} is too little for it. Nothing was loaded. Download it again or save it as CSV; a larger limit is set in "
            "settings.toml (parser_memory_gb)."
        )
    return (
        f"{name} could not be read, for a reason that is not foreseen ({last}). Nothing was loaded. "
        "This is a fault of the program: please report it, with the file if that is possible."
    )


def _signals(*names: str) -> set[int]:
    return {getattr(signal, name) for name in names if hasattr(signal, name)}


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


# ------------------------------------------------------------------------------------------------------------ Child


def _limit(job: Job) -> None:
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return
    for limit, value in (
        (resource.RLIMIT_AS, job.memory_bytes),
        (resource.RLIMIT_CPU, 2 * job.seconds),
        (resource.RLIMIT_FSIZE, LIMITS.unpacked_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)  # noqa: PLW2901
        resource.setrlimit(limit, (value, value))
    signal.setitimer(signal.ITIMER_REAL, job.seconds + _GRACE_SECONDS)  # should the parent have died


def _end_with_parent() -> None:
    """The parent holds the other end of this pipe as long as it lives, however it dies."""
    os.read(0, 1)  # not sys.stdin.read, whose lock the end of the interpreter would wait for
    os._exit(ORPHANED)


def _child() -> None:
    given = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    job = Job(**given)
    _limit(job)
    try:
        _read(job)
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
    except PipelineError as error:  # the project's own tables are wrong
        print(error, file=sys.stderr)
        sys.exit(REFUSED)


def _read(job: Job) -> None:
    # After the limits, under which these libraries then live.
    import polars as pl  # noqa: PLC0415

    from pipelines.export import harmless  # noqa: PLC0415
    from pipelines.extracts import read_extract  # noqa: PLC0415

    def tell(stage: str, rows: int) -> None:
        print(f"progress {rows} {stage}", flush=True)

    period = (date.fromisoformat(job.period[0]), date.fromisoformat(job.period[1])) if job.period else None
    workspace = Path(job.workspace)
    extract = read_extract(Path(job.path), workspace, period, tell)
    extract.refused.with_columns(harmless(pl.col("value"))).write_csv(workspace / "refused.csv")
    if extract.report.loadable:
        extract.observations.write_parquet(workspace / "extract.parquet", compression="zstd", compression_level=1)
    (workspace / "report.json").write_text(extract.report.model_dump_json(), encoding="utf-8")


if __name__ == "__main__":
    _child()
