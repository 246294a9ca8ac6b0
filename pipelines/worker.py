"""The limited child process in which an untrusted file is read.

A bomb or a hostile cell can abort the process that reads it; that must never be the dashboard or the loader. The parent
starts ``python -m pipelines.worker``, sends one JSON line and gets progress lines; results are files in the workspace.
Where the system has no resource limits (Windows) the parent's clock is the only limit.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from pipelines.errors import ExtractRefused
from pipelines.settings import PROJECT, Settings

Progress = Callable[[str, int], None]
_MARK = "progress "


@dataclass(frozen=True, slots=True)
class Job:
    """What the child is to read, and its limits."""

    path: str
    workspace: str
    period: tuple[str, str] | None
    memory_bytes: int
    seconds: int


def run(
    path: Path,
    workspace: Path,
    settings: Settings,
    period: tuple[date, date] | None = None,
    progress: Progress = lambda stage, rows: None,
) -> None:
    """Read ``path`` in a child; ``extract.parquet``, ``refused.csv`` and ``report.json`` are then in ``workspace``.

    Raises ExtractRefused when the child is stopped by a limit or dies.
    """
    days = (period[0].isoformat(), period[1].isoformat()) if period else None
    memory = int(settings.parser_memory_gb * 1024**3)
    job = Job(str(path.absolute()), str(workspace), days, memory, settings.parser_seconds)
    command = [sys.executable, "-m", "pipelines.worker"]
    with subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        clock = threading.Timer(settings.parser_seconds, child.kill)
        clock.start()
        try:
            faults = _converse(child, job, progress)
        finally:
            clock.cancel()
            child.kill()
    if child.returncode != 0 or not (workspace / "report.json").is_file():
        raise ExtractRefused(_death_in_words(path.name, child.returncode, faults, settings))


def _converse(child: subprocess.Popen[str], job: Job, progress: Progress) -> str:
    assert child.stdin and child.stdout and child.stderr
    faults: list[str] = []
    listener = threading.Thread(target=lambda: faults.append(child.stderr.read() if child.stderr else ""))
    listener.start()
    with suppress(BrokenPipeError):
        child.stdin.write(json.dumps(asdict(job)) + "\n")
        child.stdin.close()
    for line in child.stdout:
        if line.startswith(_MARK):
            stage, rows = json.loads(line.removeprefix(_MARK))
            progress(str(stage), int(rows))
    child.wait()
    listener.join()
    return "".join(faults)


def _death_in_words(name: str, code: int, faults: str, settings: Settings) -> str:
    last = [line for line in faults.splitlines() if line.strip()][-1:] or ["no message"]
    memory = "MemoryError" in faults or "memory" in last[0].lower() or code in {-6, -9, -11}
    if memory:
        return (
            f"{name} could not be read within {settings.parser_memory_gb:g} GB and {settings.parser_seconds} seconds. "
            "Nothing was loaded. Look whether it is what it says; a larger limit is set in settings.toml."
        )
    return f"{name} could not be read: {last[0]}. Nothing was loaded."


def _limit(job: Job) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (job.memory_bytes, job.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (2 * job.seconds, 2 * job.seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _child() -> None:
    given = json.loads(sys.stdin.readline())
    job = Job(**given)
    _limit(job)
    from pipelines.extracts import read_extract  # after the limits, which its libraries then live under

    def tell(stage: str, rows: int) -> None:
        print(f"{_MARK}{json.dumps([stage, rows])}", flush=True)

    period = (date.fromisoformat(job.period[0]), date.fromisoformat(job.period[1])) if job.period else None
    workspace = Path(job.workspace)
    extract = read_extract(Path(job.path), workspace, period, tell)
    extract.refused.write_csv(workspace / "refused.csv")
    if extract.report.loadable:
        extract.observations.write_parquet(workspace / "extract.parquet", compression="zstd", compression_level=1)
    (workspace / "report.json").write_text(extract.report.model_dump_json(), encoding="utf-8")


if __name__ == "__main__":
    _child()
