"""Several processes write at once, and writers are killed: whatever was acknowledged is there, in a chain that is whole."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from register.store import Register
from tests.register.made import SITE

WRITERS = 8
Opens = Callable[[str], Register]


def begin(url: str, name: str, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.register.writers", url, name, str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def acknowledged(said: str) -> list[str]:
    """Ids of whole lines: a line that was cut short by the kill was not read as an acknowledgement."""
    return [line for line in said.split("\n")[:-1] if line != "conflict"]


@pytest.mark.parametrize("seconds", [3, pytest.param(60, marks=[pytest.mark.long, pytest.mark.timeout(600)])])
def test_eight_processes_write_at_once_and_nothing_is_lost(url: str, opens: Opens, seconds: int) -> None:
    running = [begin(url, str(name), seconds) for name in range(WRITERS)]
    ended = [one.communicate(timeout=seconds + 120) for one in running]
    assert [(one.returncode, errors) for one, (_, errors) in zip(running, ended, strict=True)] == [(0, "")] * WRITERS
    ids = [line for said, _ in ended for line in acknowledged(said)]
    register = opens(url)
    verdict = register.verify()
    assert verdict.sound, verdict.fault
    assert sorted(ids) == sorted(entry.event_id for entry in register.entries(SITE))
    assert verdict.entries == len(ids) > WRITERS * 2
    assert "conflict" in "".join(said for said, _ in ended)


@pytest.mark.parametrize("kills", [20, pytest.param(200, marks=[pytest.mark.long, pytest.mark.timeout(3600)])])
def test_a_killed_writer_loses_nothing_that_was_acknowledged(url: str, opens: Opens, kills: int) -> None:
    chance, ids = random.Random(kills), list[str]()
    for number in range(kills):
        writer = begin(url, f"k{number}", 60)
        assert writer.stdout is not None
        # The first line says that it writes; it is killed somewhere in what follows.
        first = writer.stdout.readline()
        time.sleep(chance.uniform(0, 0.15))
        writer.kill()
        rest, _ = writer.communicate(timeout=60)
        ids += acknowledged(first + rest)
    register = opens(url)
    verdict = register.verify()
    assert verdict.sound, verdict.fault
    missing = set(ids) - {entry.event_id for entry in register.entries(SITE)}
    assert missing == set()
    assert len(ids) >= kills
    # At most one a kill was on disk before it could be told.
    assert verdict.entries - len(ids) <= kills
