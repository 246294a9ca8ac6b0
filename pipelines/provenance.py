"""Who runs this, and with which code: for a release's manifest."""

from __future__ import annotations

import getpass
import subprocess
import tomllib
from contextlib import suppress
from functools import cache

from pipelines.settings import PROJECT


def user() -> str:
    """The account that runs this."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no name for the account
        return "unknown account"


@cache
def code_version() -> str:
    """The commit of a checkout, with ``+changes`` where it was changed since; else the project's version."""
    try:
        top, commit = _git("rev-parse", "--show-toplevel", "--short=12", "HEAD").splitlines()
        if PROJECT.samefile(top):
            return commit + ("+changes" if _git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, ValueError, subprocess.SubprocessError):
        pass  # an archive without its history, or a computer without git
    with suppress(OSError, KeyError, tomllib.TOMLDecodeError):
        return str(tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])
    return "unversioned"


def _git(*words: str) -> str:
    found = subprocess.run(["git", *words], cwd=PROJECT, capture_output=True, text=True, timeout=5, check=True)
    return found.stdout.strip()
