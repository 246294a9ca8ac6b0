"""The store, on each database: what is recorded stays, in its order, once, by those who may; the second of two is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from register import database
from register import events as ev
from register.faults import RegisterFault
from register.records import START
from register.state import end_of
from register.store import Conflict, Denied, Refused, Register, open_register
from register.terms import Status
from tests.register import postgres
from tests.register.made import ACTION, COMPLETE, LEAD, PANEL, SITE, TODAY, append, on, reported

Opens = Callable[[str], Register]


def test_an_event_that_was_recorded_is_read_back_as_it_was(register: Register, url: str, opens: Opens) -> None:
    entry = append(register, ACTION)
    assert (entry.sequence, entry.previous, entry.event, entry.role, entry.account) == (1, START, ACTION, LEAD.role, LEAD.account)
    assert opens(url).entries(SITE) == (entry,)


def test_every_entry_stands_on_the_one_before_also_across_sites(register: Register) -> None:
    first = append(register, ACTION)
    second = append(register, ACTION, site="east_london")
    assert (second.sequence, second.previous) == (2, first.hash)
    assert register.sites() == ("east_london", "sheffield")
    assert register.state("east_london").actions.keys() == {"a1"}


def test_words_are_kept_as_text_in_any_script(register: Register) -> None:
    words = "Example: “we left” <b>no</b> \u202eevil\x00 آپ کیسے ہیں 🙂"
    entry = append(register, replace(ACTION, why=words))
    assert isinstance(entry.event, ev.ActionAdded)
    assert entry.event.why == "Example: “we left” <b>no</b> evil آپ کیسے ہیں 🙂"
    assert register.verify().sound


def test_the_second_of_two_who_edit_the_same_action_is_told_what_changed(register: Register) -> None:
    append(register, ACTION)
    seen = register.state(SITE).version("action:a1")
    first = register.append(reported(Status.ON_TRACK), LEAD, site=SITE, seen=seen)
    mine = reported(Status.AT_RISK, happened="Example: what I wrote")
    with pytest.raises(Conflict) as told:
        register.append(mine, LEAD, site=SITE, seen=seen)
    assert told.value.changes == (first,)
    assert register.append(mine, LEAD, site=SITE, seen=told.value.version).event == mine


def test_two_who_add_to_different_subjects_do_not_meet(register: Register) -> None:
    append(register, ACTION)
    seen = register.state(SITE).version("action:a2")
    append(register, reported(Status.ON_TRACK))
    assert register.append(replace(ACTION, action_id="a2"), LEAD, site=SITE, seen=seen).sequence == 3


def test_what_is_sent_twice_is_recorded_once(register: Register) -> None:
    name = str(uuid4())
    first = register.append(ACTION, LEAD, site=SITE, seen=0, event_id=name)
    again = register.append(ACTION, LEAD, site=SITE, seen=0, event_id=name.upper())
    assert again == first
    assert len(register.entries(SITE)) == 1


def test_another_event_under_the_same_id_is_refused(register: Register) -> None:
    name = str(uuid4())
    register.append(ACTION, LEAD, site=SITE, seen=0, event_id=name)
    with pytest.raises(RegisterFault, match="Another event is recorded under"):
        register.append(replace(ACTION, title="Example: other"), LEAD, site=SITE, seen=0, event_id=name)
    with pytest.raises(RegisterFault, match="'form-1' is not a UUID"):
        register.append(ACTION, LEAD, site=SITE, seen=0, event_id="form-1")


def test_rules_are_asked_on_the_state_as_it_is_then(register: Register) -> None:
    with pytest.raises(Refused, match="There is no action 'a1'"):
        append(register, COMPLETE)
    append(register, ACTION)
    with pytest.raises(Refused, match="needs an outcome"):
        append(register, replace(COMPLETE, outcome=""))
    assert len(register.entries(SITE)) == 1


def test_an_attempt_that_is_not_allowed_is_recorded(register: Register) -> None:
    with pytest.raises(Denied, match="It is for: action lead or administrator"):
        append(register, ACTION, author=PANEL)
    [attempt] = register.denied()
    assert (attempt["role"], attempt["account"]) == ("panel_member", "panel-1")
    assert attempt["what"].startswith("action_added of action:a1 at sheffield: ")
    assert register.entries(SITE) == ()


def test_a_rule_that_refuses_is_no_denial(register: Register) -> None:
    with pytest.raises(Refused):
        append(register, COMPLETE)
    assert register.denied() == []


def test_the_state_of_a_past_day_stays_as_it_was(register: Register) -> None:
    register.now = lambda: on(date(2026, 1, 5))
    append(register, ACTION)
    then = register.state(SITE)
    register.now = lambda: on(date(2026, 2, 5))
    append(register, reported(Status.ON_TRACK))
    assert register.state_at(SITE, end_of(date(2026, 1, 31))) == then
    assert register.state_at(SITE, end_of(date(2026, 1, 4))).actions == {}
    assert register.state(SITE).actions["a1"].status is Status.ON_TRACK


def test_a_clock_that_is_put_back_does_not_change_the_past(register: Register) -> None:
    register.now = lambda: datetime(2026, 3, 1, tzinfo=UTC)
    first = append(register, ACTION)
    register.now = lambda: datetime(2026, 1, 1, tzinfo=UTC) - timedelta(days=1)
    known = register.state(SITE)
    second = append(register, reported(Status.ON_TRACK))
    assert second.at == first.at + timedelta(microseconds=1)
    assert register.state_at(SITE, first.at) == known


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET account = 'x'",
        "DELETE FROM events",
        "UPDATE denied SET account = 'x'",
        "DELETE FROM denied",
        "INSERT INTO events SELECT 7, 'x', site, subject, kind, payload, role, account, at, previous, replace(hash, '1', '2') FROM events",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_recorded(register: Register, statement: str) -> None:
    append(register, ACTION)
    register.deny(PANEL, "example")
    with pytest.raises(DBAPIError, match=r"only grows|follows the last one"), register.engine.begin() as connection:
        connection.execute(text(statement))
    assert register.verify().sound


def test_a_table_cannot_be_emptied_or_replaced_into(register: Register) -> None:
    append(register, ACTION)
    row = "SELECT sequence, id, site, subject, kind, payload, role, 'x', at, previous, hash FROM events"
    statement = f"INSERT OR REPLACE INTO events {row}" if register.engine.dialect.name == "sqlite" else "TRUNCATE events"
    with pytest.raises(DBAPIError, match=r"only grows|follows the last one"), register.engine.begin() as connection:
        connection.execute(text(statement))
    assert register.verify().entries == 1


@pytest.mark.parametrize(("first", "second", "words"), [("example", "sheffield", "the example"), ("sheffield", "example", "real sites")])
def test_the_example_and_real_sites_are_never_in_one_register(register: Register, first: str, second: str, words: str) -> None:
    append(register, ACTION, site=first)
    with pytest.raises(Refused, match=f"This register holds {words}"):
        append(register, ACTION, site=second)


def test_a_register_that_was_put_in_anothers_place_is_read_afresh(register: Register, opens: Opens, tmp_path: Path) -> None:
    append(register, ACTION)
    other = opens(f"sqlite:///{tmp_path / 'other.sqlite'}")
    append(other, replace(ACTION, action_id="a2"))
    register.close()
    register.engine = other.engine
    assert register.state(SITE).actions.keys() == {"a2"}


def test_a_register_of_a_newer_version_is_left_alone(register: Register) -> None:
    with register.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'r9999'"))
    with pytest.raises(RegisterFault, match="made by a newer one"):
        database.prepare(register.engine, make=True)


def test_the_tables_of_the_code_are_those_that_the_steps_make(register: Register) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    from register.tables import METADATA

    with register.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_sqlite_keeps_what_it_acknowledged(sqlite_register: Register) -> None:
    with sqlite_register.engine.connect() as connection:
        settings = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous", "foreign_keys")}
        assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 10_000


def test_a_register_that_stays_busy_says_so(sqlite_register: Register, opens: Opens, monkeypatch: pytest.MonkeyPatch) -> None:
    sqlite_register.engine.dispose()
    monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    other = opens(sqlite_register.engine.url.render_as_string())
    with database.writing(sqlite_register.engine), pytest.raises(RegisterFault, match="was busy for more than"):
        append(other, ACTION)
    append(other, ACTION)


def test_an_account_that_may_only_add_is_enough_to_serve(postgresql: str) -> None:
    with postgres.fresh(postgresql) as address:
        owner = open_register(address)
        role = f"r{uuid4().hex}"
        with owner.engine.begin() as connection:
            connection.execute(text(f"CREATE ROLE {role} LOGIN"))
            for grant in ("SELECT, INSERT ON events, denied", "SELECT ON alembic_version", "USAGE ON SEQUENCE denied_number_seq"):
                connection.execute(text(f"GRANT {grant} TO {role}"))
        owner.close()
        serving = open_register(address.replace("register@", f"{role}@"), make=False)
        serving.now = lambda: on(TODAY)
        append(serving, ACTION)
        with pytest.raises(Denied):
            append(serving, ACTION, author=PANEL)
        assert (serving.verify().entries, len(serving.denied())) == (1, 1)
        for statement in ("DELETE FROM events", "ALTER TABLE events DISABLE TRIGGER ALL", "TRUNCATE denied"):
            with pytest.raises(DBAPIError, match=r"permission denied|must be owner"), serving.engine.begin() as connection:
                connection.execute(text(statement))
        serving.close()
