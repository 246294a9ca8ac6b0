"""One load at a time in a data folder, and in words why one cannot be had."""

from __future__ import annotations

import errno
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from pipelines.errors import PipelineError
from pipelines.provenance import user
from pipelines.settings import Settings


@contextmanager
def lock(settings: Settings) -> Generator[None]:
    """One load at a time in a data folder.

    PipelineError says who holds the lock, or why the folder cannot be written. The lock is the system's own, so it ends with
    the process that holds it, however that ends.
    """
    holder = settings.data_dir / "load.holder"
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(settings.data_dir / "load.lock", timeout=settings.lock_seconds):
            try:
                holder.write_text(f"{user()} since {datetime.now(UTC):%H:%M} UTC", encoding="utf-8")
                yield
            finally:
                with suppress(OSError):
                    holder.unlink(missing_ok=True)
    except Timeout as error:
        who = "someone else"
        with suppress(OSError, UnicodeDecodeError):
            who = holder.read_text(encoding="utf-8") or who
        raise PipelineError(f"Another load is running ({who}). Try again when it has ended.") from error
    except OSError as error:
        raise PipelineError(_cannot_write(settings.data_dir, error)) from error


def _cannot_write(data_dir: Path, error: OSError) -> str:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    what = "Make room on its disk and try again." if full else "See who may write there, or name another folder in COMMON_GROUND_DATA."
    return f"{data_dir} cannot be written: {error.strerror or error}. {what} What was served before is served still."
