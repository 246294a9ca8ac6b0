"""A change made behind the application's back is found, and the first bad entry is named."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, text

from register import chain, database
from register.records import START, digest
from register.rows import records
from register.store import Register
from register.terms import Status
from tests.register.made import ACTION, append, reported

COUNT = 12
GUARDS = {
    "sqlite": "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT 'ALTER TABLE ' || tablename || ' DISABLE TRIGGER ALL' FROM pg_tables WHERE tablename IN ('events', 'denied')",
}


@pytest.fixture
def full(register: Register) -> Register:
    append(register, ACTION)
    for number in range(COUNT - 1):
        append(register, reported(Status.AT_RISK, happened=f"Example {number}"))
    return register


def behind_its_back(register: Register, *statements: str) -> None:
    """Change the database as somebody with its password, or its file, can."""
    with register.engine.begin() as connection:
        for statement in connection.execute(text(GUARDS[register.engine.dialect.name])).scalars().all():
            connection.execute(text(statement))
        for statement in statements:
            connection.execute(text(statement))


EXCHANGE = [
    "UPDATE events SET sequence = -1 WHERE sequence = 5",
    "UPDATE events SET sequence = 5 WHERE sequence = 6",
    "UPDATE events SET sequence = 6 WHERE sequence = -1",
]


@pytest.mark.parametrize(
    ("statements", "first_bad", "words"),
    [
        *(
            ([f"UPDATE events SET {column} = '{value}' WHERE sequence = 5"], 5, "was changed after it was recorded")
            for column, value in [
                ("account", "somebody-else"),
                ("role", "administrator"),
                ("at", "2026-06-15T12:00:00.000001Z"),
                ("site", "east_london"),
                ("subject", "action:a2"),
                ("kind", "action_added"),
                ("id", "00000000-0000-4000-8000-000000000000"),
                ("payload", "not JSON"),
            ]
        ),
        (["UPDATE events SET payload = replace(payload, 'Example 3', 'Example 9') WHERE sequence = 5"], 5, "was changed"),
        (["UPDATE events SET payload = payload || ' ' WHERE sequence = 5"], 5, "was changed"),
        (["UPDATE events SET payload = replace(payload, '{', '{\"status\":\"complete\",') WHERE sequence = 5"], 5, "was changed"),
        ([f"UPDATE events SET hash = '{'f' * 64}' WHERE sequence = 5"], 5, "was changed"),
        ([f"UPDATE events SET previous = '{'f' * 64}' WHERE sequence = 5"], 5, "does not stand on the entry before"),
        (["DELETE FROM events WHERE sequence = 5"], 5, "entry 5 is missing or out of its place: entry 6"),
        (["DELETE FROM events WHERE sequence = 1"], 1, "entry 1 is missing"),
        (["DELETE FROM events WHERE sequence = 5", "UPDATE events SET sequence = sequence - 1 WHERE sequence = 6"], 5, "does not stand on"),
        (EXCHANGE, 5, "does not stand on the entry before"),
    ],
)
def test_a_change_is_found_and_the_first_bad_entry_is_named(full: Register, statements: list[str], first_bad: int, words: str) -> None:
    behind_its_back(full, *statements)
    verdict = full.verify()
    assert not verdict.sound
    assert f"entry {first_bad} " in verdict.fault
    assert words in verdict.fault
    assert verdict.entries == first_bad - 1


def test_an_end_that_was_cut_off_is_found_by_the_head_that_was_kept(full: Register) -> None:
    kept = full.verify().head
    assert full.verify(kept).sound
    append(full, reported(Status.OFF_TRACK))
    assert full.verify(kept).sound
    behind_its_back(full, f"DELETE FROM events WHERE sequence >= {COUNT}")
    assert full.verify().sound
    assert "were taken away" in full.verify(kept).fault


def test_a_history_that_was_written_again_whole_is_found_by_the_head_that_was_kept(full: Register) -> None:
    kept = full.verify().head
    with database.reading(full.engine) as connection:
        forged = rewritten(connection)
    assert chain.verify(forged).sound
    assert not chain.verify(forged, kept).sound


def rewritten(connection: Connection) -> list[dict[str, Any]]:
    """Every entry with another account, hashed anew."""
    head, forged = START, list[dict[str, Any]]()
    for record in records(connection):
        forged.append(record | {"account": "forged", "previous": head})
        forged[-1]["hash"] = head = digest(forged[-1])
    return forged


@pytest.mark.parametrize("seed", range(100))
def test_a_sign_changed_anywhere_is_found(seed: int, told: list[dict[str, Any]]) -> None:
    chance = random.Random(seed)
    spoilt: list[dict[str, Any]] = json.loads(json.dumps(told))
    number, field = chance.randrange(COUNT), chance.choice(["id", "site", "role", "account", "at", "previous", "hash", "payload"])
    if field == "payload":
        spoilt[number]["payload"]["action_id"] += "x"
    else:
        value = spoilt[number][field]
        at = chance.randrange(len(value))
        spoilt[number][field] = value[:at] + chr(ord(value[at]) + 1) + value[at + 1 :]
    verdict = chain.verify(spoilt)
    assert not verdict.sound
    assert f"entry {number + 1} " in verdict.fault or f"entry {number + 2} " in verdict.fault


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The records of a sound register."""
    from register.store import open_register
    from tests.register.made import TODAY, on

    register = open_register(f"sqlite:///{tmp_path_factory.mktemp('told') / 'register.sqlite'}")
    register.now = lambda: on(TODAY)
    append(register, ACTION)
    for number in range(COUNT - 1):
        append(register, replace(reported(Status.AT_RISK), happened=f"Example {number}"))
    with database.reading(register.engine) as connection:
        found = list(records(connection))
    register.close()
    return found


def test_an_empty_register_is_sound(register: Register, url: str, opens: Callable[[str], Register]) -> None:
    assert opens(url).verify() == chain.Verdict(0, START)
    assert register.verify().sound
