"""What every test may use: a data folder of its own, and a small real release made by the production pipeline."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import loading
from pipelines.settings import Settings, load_settings
from tests import templates


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that does not exist yet; what is run in the test, here or in a process of its own, uses it."""
    folder = tmp_path / "data"
    monkeypatch.setenv("COMMON_GROUND_DATA", str(folder))
    return folder


@pytest.fixture
def settings(data_dir: Path) -> Settings:
    """The settings of the test's own data folder."""
    return load_settings()


@pytest.fixture(scope="session")
def small_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a release of ``templates.small``, for tests that read and do not write."""
    folder = tmp_path_factory.mktemp("small-release")
    extract = templates.small(folder / "small.csv")
    outcome = loading.load([extract], Settings(data_dir=folder / "data"), named="a test")
    assert outcome.release_id == "r0001", [report.errors for report in outcome.reports]
    return folder / "data"
