"""Releases made by the production pipeline, and visitors to the pages that show them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.starter import ensure_release
from tests.pages import examples
from tests.pages.screen import Screen, visit

Opener = Callable[..., Screen]


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the starter release, for tests that read and do not write."""
    folder = tmp_path_factory.mktemp("pages") / "starter"
    ensure_release(folder)
    return folder


@pytest.fixture(scope="session")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a release with whatever a page finds hard to tell."""
    folder = tmp_path_factory.mktemp("pages") / "awkward"
    parts = (examples.states, examples.gaps, examples.over_time, examples.other_kinds, examples.detentions)
    examples.load(folder, "example.csv", [row for part in parts for row in part()])
    return folder


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a release whose texts would be acted upon if they were not kept as text."""
    folder = tmp_path_factory.mktemp("pages") / "hostile"
    examples.load(folder, "hostile.csv", examples.hostile())
    return folder


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Opener:
    """A function by which a new visitor opens a page of the dashboard of a data folder."""

    def opened(folder: Path, page: str, **choices: str) -> Screen:
        monkeypatch.setenv("COMMON_GROUND_DATA", str(folder))
        return visit(page, choices)

    return opened


@pytest.fixture(autouse=True, scope="session")
def quiet() -> None:
    """Streamlit says for every page that a test is no browser."""
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel(logging.ERROR)
