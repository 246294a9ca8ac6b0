"""A register on each database: SQLite, and PostgreSQL where it is installed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from register.store import Register, open_register
from tests.register import postgres
from tests.register.made import TODAY, on

DATABASES = ["sqlite", "postgresql"]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a running PostgreSQL, without a database. Absent, it skips; with CI=true it fails."""
    place = postgres.programs()
    if place is None:
        reason = "PostgreSQL is not installed: apt install postgresql (initdb and pg_ctl are needed)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with postgres.cluster(place) as address:
        yield address


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'register.sqlite'}"
        return
    with postgres.fresh(request.getfixturevalue("postgresql")) as address:
        yield address


@pytest.fixture
def opens() -> Iterator[Callable[[str], Register]]:
    """Opens registers whose clock stands at TODAY, and closes them after the test."""
    opened = list[Register]()

    def at(url: str) -> Register:
        opened.append(open_register(url))
        opened[-1].now = lambda: on(TODAY)
        return opened[-1]

    yield at
    for one in opened:
        one.close()


@pytest.fixture
def register(url: str, opens: Callable[[str], Register]) -> Register:
    """An empty register, on each database in turn."""
    return opens(url)


@pytest.fixture
def sqlite_register(tmp_path: Path, opens: Callable[[str], Register]) -> Register:
    """An empty register in an SQLite file, for what concerns SQLite alone."""
    return opens(f"sqlite:///{tmp_path / 'register.sqlite'}")
