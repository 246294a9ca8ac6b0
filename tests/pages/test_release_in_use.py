"""A page shows one release, the one that is served; where it cannot be read, the page says so in words and shows no figure."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines import releases
from tests.pages import examples
from tests.pages.conftest import Opener
from tests.pages.screen import Screen

Damage = Callable[[Path], object]
DAMAGES: dict[str, tuple[Damage, str]] = {
    "the pointer is no id": (lambda folder: (folder / "CURRENT").write_text("../../etc\n"), "is damaged"),
    "the pointer is no text": (lambda folder: (folder / "CURRENT").write_bytes(b"\xff\xfe\x00"), "cannot be read"),
    "the pointer is gone": (lambda folder: (folder / "CURRENT").unlink(), "is missing"),
    "the pointer names nothing": (lambda folder: (folder / "CURRENT").write_text("r0099\n"), "its database is missing"),
    "the manifest is cut short": (lambda folder: cut(folder / "r0001.json"), "The manifest of release r0001 is damaged"),
    "the manifest was edited": (lambda folder: edit(folder / "r0001.json"), "was changed after it was written"),
    "the manifest is gone": (lambda folder: (folder / "r0001.json").unlink(), "The manifest of release r0001 is missing"),
    "the database is garbage": (lambda folder: (folder / "r0001.duckdb").write_bytes(b"garbage" * 999), "r0001 is damaged"),
    "the database is cut short": (lambda folder: cut(folder / "r0001.duckdb"), "r0001 is damaged"),
    "the database is empty": (lambda folder: (folder / "r0001.duckdb").write_bytes(b""), "r0001 is damaged"),
}


def cut(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def edit(file: Path) -> None:
    file.write_text(file.read_text(encoding="utf-8").replace('"created_by": "a test"', '"created_by": "another"'))


@pytest.fixture
def folder(awkward: Path, tmp_path: Path) -> Path:
    """A data folder of the test's own, which it may damage."""
    return Path(shutil.copytree(awkward, tmp_path / "data"))


def says_what_to_do(screen: Screen, why: str) -> None:
    assert screen.faults == []
    assert screen.title == "There is nothing to show yet"
    assert "No figure is shown rather than a wrong one." in screen.words
    assert why in screen.words
    assert "python -m pipelines rollback RELEASE" in screen.words
    assert "Traceback" not in screen.words
    assert "Error" not in screen.words
    assert not re.search(r"\d%|in every 100", screen.words)
    assert (screen.tables, screen.has_chart("groups")) == ([], False)


@pytest.mark.parametrize("page", ["overview", "indicator"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_release_that_cannot_be_read_is_told_in_words_with_what_to_do(folder: Path, open_page: Opener, page: str, damage: str) -> None:
    harm, why = DAMAGES[damage]
    harm(folder / "releases")
    says_what_to_do(open_page(folder, page, place="XSTATE"), why)


@pytest.mark.parametrize("damage", [name for name in DAMAGES if "pointer" not in name])
def test_a_release_that_is_damaged_while_it_is_open_is_told_too(folder: Path, open_page: Opener, damage: str) -> None:
    screen = open_page(folder, "indicator", place="XSTATE")
    assert screen.said("cg-lead")
    harm, why = DAMAGES[damage]
    harm(folder / "releases")
    says_what_to_do(screen.again(), why)


def test_settings_that_cannot_be_read_are_told_too(folder: Path, open_page: Opener) -> None:
    (folder / "settings.toml").write_text("keep_releases = 'many'\n")
    says_what_to_do(open_page(folder, "overview"), "keep_releases")


def test_after_it_is_put_right_the_page_is_back(folder: Path, open_page: Opener) -> None:
    pointer = folder / "releases" / "CURRENT"
    said = pointer.read_text(encoding="utf-8")
    pointer.write_text("nonsense")
    screen = open_page(folder, "indicator", place="XSTATE")
    assert screen.title == "There is nothing to show yet"
    pointer.write_text(said)
    assert screen.again().said("cg-lead")


def test_a_release_of_the_same_id_that_was_made_anew_is_read_anew(folder: Path, open_page: Opener, tmp_path: Path) -> None:
    screen = open_page(folder, "indicator", place="XSTATE")
    assert "50%" in screen.table("95% interval").rows["White"]
    shutil.rmtree(folder)
    examples.load(folder, tmp_path / "again.csv", both(71, 61, "XSTATE"))
    screen = screen.again()
    assert "Figures from release r0001" in screen.words
    assert screen.table("95% interval").rows["White"][0] == "71%"


def test_a_first_visit_builds_the_release_from_the_starter_figures(tmp_path: Path, open_page: Opener) -> None:
    screen = open_page(tmp_path / "new", "overview", place="sheffield")
    assert screen.faults == []
    assert screen.of_class("cg-matrix")
    assert releases.current_release(tmp_path / "new") == "r0001"


# ------------------------------------------------------------------------------------------------ Published meanwhile


def both(white: int, asian: int, org: str = "XNEW") -> list[examples.Row]:
    """Two years of two groups, always with the same two figures."""
    pairs = (("white", white), ("asian", asian))
    return [
        examples.row(code, group, year, **examples.share(value, 1000))
        for code in (org, "England")
        for year in ("2023-24", examples.NEWEST)
        for group, value in pairs
    ]


def numbers(screen: Screen) -> set[str]:
    """Every percentage in the tables and charts and headlines of a page."""
    texts = [*screen.bodies]
    for key in ("groups", "trend"):
        chart = screen.chart(key)
        texts += [*chart.texts, *chart.hovers, chart.alt]
    return {found for text in texts for found in re.findall(r"(?<!95% interval )\b(\d+(?:\.\d)?)%(?! interval)", text) if found != "95"}


def test_a_release_published_between_two_runs_is_seen_at_the_next_run(tmp_path: Path, open_page: Opener) -> None:
    folder = tmp_path / "data"
    examples.load(folder, tmp_path / "first.csv", both(41, 31))
    screen = open_page(folder, "indicator", place="XNEW")
    assert numbers(screen) == {"41", "31", "41.0", "31.0"}
    query = screen.query
    examples.load(folder, tmp_path / "second.csv", both(71, 61))
    screen = screen.again()
    assert "Figures from release r0002" in screen.words
    assert numbers(screen) == {"71", "61", "71.0", "61.0"}
    assert screen.query == query
    releases.publish(folder, "r0001")
    assert numbers(screen.again()) == {"41", "31", "41.0", "31.0"}


def test_a_page_never_shows_half_of_two_releases(tmp_path: Path, open_page: Opener) -> None:
    folder = tmp_path / "data"
    examples.load(folder, tmp_path / "first.csv", both(41, 31))
    examples.load(folder, tmp_path / "second.csv", both(71, 61))
    whole = {"r0001": {"41", "31", "41.0", "31.0"}, "r0002": {"71", "61", "71.0", "61.0"}}
    seen: set[str] = set()
    screen = open_page(folder, "indicator", place="XNEW")
    with turning(folder):
        for _ in range(20):
            screen = screen.again()
            release = screen.said("cg-fresh").split("Figures from release ")[1][:5]
            assert numbers(screen) == whole[release]
            seen.add(release)
    assert seen == {"r0001", "r0002"}


@contextmanager
def turning(folder: Path) -> Iterator[None]:
    """Another release is served every few milliseconds."""
    over = threading.Event()

    def turn() -> None:
        while not over.is_set():
            for release_id in ("r0001", "r0002"):
                releases.publish(folder, release_id)
                time.sleep(0.007)

    thread = threading.Thread(target=turn)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
