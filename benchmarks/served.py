"""An app that is served for as long as it is measured."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import psutil

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Served:
    """A running app."""

    host: str
    process: int

    def megabytes(self) -> float:
        """Memory that it holds now (resident)."""
        return psutil.Process(self.process).memory_info().rss / 1e6

    def seconds(self) -> float:
        """Time of processors that it has used."""
        used = psutil.Process(self.process).cpu_times()
        return used.user + used.system


def chromium() -> str | None:
    """The browser of this machine, None where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


@contextlib.contextmanager
def served(app: str, data_dir: Path, **environment: str) -> Iterator[Served]:
    """One process that serves an app of the project on a free port of this machine, with its own settings."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", app, "--server.headless=true", f"--server.port={port}"]
    told = os.environ | {"COMMON_GROUND_DATA": str(data_dir)} | environment
    with subprocess.Popen(command, cwd=PROJECT, env=told, stdout=subprocess.DEVNULL) as process:
        try:
            _wait(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield Served(f"127.0.0.1:{port}", process.pid)
        finally:
            process.terminate()


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        with contextlib.suppress(URLError, OSError), urllib.request.urlopen(address, timeout=2):  # noqa: S310  this machine
            return
        time.sleep(0.1)
    raise SystemExit("the app does not answer")
