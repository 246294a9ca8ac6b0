"""Files of ours that are there whole or not at all, also after a crash: written under another name, synced, renamed."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

UNFINISHED = ".building"


def unfinished(target: Path) -> Path:
    """The name under which ``target`` is written until it is whole."""
    return target.with_name(target.name + UNFINISHED)


def put_in_place(fresh: Path, target: Path) -> None:
    """Sync ``fresh`` to disk and rename it to ``target``; both are in one file system."""
    sync(fresh)
    fresh.replace(target)
    sync(target.parent)


def write_whole(target: Path, text: str) -> None:
    """Replace ``target`` by a file with this text; what was there stays until the new one is whole."""
    fresh = unfinished(target)
    try:
        fresh.write_text(text, encoding="utf-8")
        put_in_place(fresh, target)
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def digest(path: Path) -> str:
    """SHA-256 of a file of ours."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Wait until what was written to a file, or renamed in a folder, is on disk."""
    folder = path.is_dir()
    if folder and os.name == "nt":  # folders cannot be synced there
        return
    handle = os.open(path, os.O_RDONLY if folder else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
