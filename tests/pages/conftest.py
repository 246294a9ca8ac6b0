"""Releases made by the production pipeline, and visitors to the pages that show them.

Tests that read one share it, those of other processes of the same run too; a test that writes has a folder of its own.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from pipelines.starter import ensure_release
from tests.pages import examples
from tests.pages.screen import Screen, visit

Opener = Callable[..., Screen]
Maker = Callable[[str, Sequence[examples.Row]], Path]


@pytest.fixture(autouse=True, scope="session")
def quiet() -> None:
    """Streamlit says for every page that a test is no browser."""
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel(logging.ERROR)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run of the tests."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def starter(shared: Path) -> Path:
    """The data folder of the starter release."""
    ensure_release(shared / "pages-starter")
    return shared / "pages-starter"


@pytest.fixture(scope="session")
def made(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """A function that makes the data folder of a release of rows of the template."""

    def folder(name: str, rows: Sequence[examples.Row]) -> Path:
        examples.load(shared / f"pages-{name}", tmp_path_factory.mktemp(name) / f"{name}.csv", rows)
        return shared / f"pages-{name}"

    return folder


@pytest.fixture(scope="session")
def awkward(made: Maker) -> Path:
    """The data folder of a release with whatever a page finds hard to tell."""
    parts = (examples.states, examples.gaps, examples.over_time, examples.other_kinds, examples.detentions)
    return made("awkward", [row for part in parts for row in part()])


@pytest.fixture(scope="session")
def hostile(made: Maker) -> Path:
    """The data folder of a release whose texts would be acted upon if they were not kept as text."""
    return made("hostile", examples.hostile())


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Opener:
    """A function by which a new visitor opens a page of the dashboard of a data folder."""

    def opened(folder: Path, page: str, **choices: str) -> Screen:
        monkeypatch.setenv("COMMON_GROUND_DATA", str(folder))
        return visit(page, choices)

    return opened
