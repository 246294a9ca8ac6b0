"""The register as pages read it: it breaks no page, makes no file by reading, and shows nothing that was changed behind its back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from dashboard import promises, release
from register.example import load_example
from register.rules import EXAMPLE_SITE
from register.settings import example_file, sqlite_url
from register.store import open_register
from tests.register.made import ACTION, MEETING, SITE, VIEW, append

DAY = date(2026, 6, 15)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder without a register, on a day of the test's own."""
    monkeypatch.setenv("COMMON_GROUND_DATA", str(tmp_path))
    monkeypatch.delenv("COMMON_GROUND_REGISTER", raising=False)
    monkeypatch.setattr(promises, "today", lambda: DAY)
    release.forget()
    yield tmp_path
    release.forget()


@pytest.fixture
def example(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example register, as if it had ended on that day."""
    monkeypatch.setenv("COMMON_GROUND_REGISTER", "example")
    with closing(open_register(sqlite_url(example_file()))) as register:
        load_example(register, DAY, "r0001")
    return folder


def test_reading_a_register_that_nobody_has_begun_makes_no_file(folder: Path) -> None:
    read = promises.read()
    assert (read.trouble, read.is_empty, read.is_example) == ("", True, False)
    assert list(read.states) == ["coventry_and_warwickshire", "greater_manchester", "east_london", "sheffield"]
    assert list(folder.iterdir()) == []


def test_a_register_that_is_begun_later_is_seen_at_once() -> None:
    assert promises.state(SITE).actions == {}
    append(promises.to_write(), ACTION)
    assert list(promises.state(SITE).actions) == ["a1"]
    assert [entry.event for entry in promises.entries(SITE)] == [ACTION]
    assert not promises.read().is_empty


def test_the_example_is_the_one_site_of_its_register(example: Path) -> None:
    read = promises.read()
    assert example
    assert (read.is_example, list(read.states)) == (True, [EXAMPLE_SITE])
    assert promises.name_of(EXAMPLE_SITE) == "Example Trust"
    assert list(promises.priorities(read.states[EXAMPLE_SITE])) == [
        "reach_out",
        "diversify",
        "open_discussion",
        "national_hub",
        "centrality",
        "local_example",
    ]


def test_an_example_that_was_not_made_says_how_to_make_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMON_GROUND_REGISTER", "example")
    assert promises.trouble() == promises.NO_EXAMPLE
    assert list(promises.states()) == [EXAMPLE_SITE]


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda file: file.write_bytes(b"garbage" * 999), "cannot be used"),
        (lambda file: file.write_bytes(b""), "There is no register at"),
        (lambda file: change(file, "update events set role = 'reader' where sequence = 2"), "entry 2"),
    ],
    ids=["garbage", "empty", "changed"],
)
def test_a_damaged_register_says_what_is_wrong_and_shows_nothing(example: Path, damage: Callable[[Path], object], why: str) -> None:
    file = example / "register-example.sqlite"
    damage(file)
    read = promises.read()
    assert why in read.trouble
    assert read.is_empty


def change(file: Path, statements: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        for (name,) in connection.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            connection.execute(f'drop trigger "{name}"')
        connection.executescript(statements)
        connection.commit()


def test_settings_that_name_no_register_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMON_GROUND_REGISTER", "mysql://somewhere")
    assert "COMMON_GROUND_REGISTER begins with 'mysql'" in promises.trouble()
    assert promises.states()[SITE].actions == {}


def test_another_register_of_the_same_name_is_read_anew(example: Path) -> None:
    assert not promises.read().is_empty
    for file in example.glob("register-example.sqlite*"):
        file.unlink()
    assert promises.read().is_empty


def test_a_past_day_is_shown_as_it_was(example: Path) -> None:
    assert example
    then = promises.read(DAY - timedelta(days=290))
    assert then.day == DAY - timedelta(days=290)
    assert {str(action.status) for action in then.states[EXAMPLE_SITE].actions.values()} == {"not_started"}
    assert then.version != promises.read().version
    assert promises.read(DAY + timedelta(days=9)).day == DAY


def test_more_recorded_is_another_version() -> None:
    register = promises.to_write()
    append(register, ACTION)
    before = promises.read().version
    append(register, MEETING)
    assert promises.read().version != before
    assert promises.read().version == promises.read().version
    assert VIEW.view_id not in promises.state(SITE).views
