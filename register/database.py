"""The database under the register: how it is opened, how a writer has it to itself, and how its tables are brought up to date."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from register.faults import RegisterFault

BUSY_SECONDS = 10
# A number that only the register uses on its PostgreSQL database; whoever holds it writes.
_WRITERS_LOCK = 7_367_001


def connect(url: str) -> Engine:
    """An engine on SQLite or PostgreSQL, set so that what is acknowledged is on disk."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        if address.database:
            _make_folder(Path(address.database).parent)
        engine = create_engine(address)
        event.listen(engine, "connect", _set_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(address.set(drivername="postgresql+psycopg"), pool_pre_ping=True)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RegisterFault(f"{folder}: cannot be made: {error}. Name another folder in COMMON_GROUND_DATA.") from error


def _set_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver
    for pragma in (f"busy_timeout={BUSY_SECONDS * 1000}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("register_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Generator[Connection]:
    """A transaction that sees one state of the database from beginning to end."""
    level: Any = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with _in_words(), engine.connect().execution_options(**level) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Generator[Connection]:
    """A transaction that no other writer runs beside; it is on disk when the block has ended without an error."""
    with _in_words(), engine.connect().execution_options(register_writes=True) as connection, connection.begin():
        if engine.dialect.name != "sqlite":
            connection.execute(text(f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'"))
            connection.execute(text("SET LOCAL synchronous_commit = on"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITERS_LOCK})
        yield connection


@contextmanager
def _in_words() -> Generator[None]:
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        reason = str(error.orig if isinstance(error, DBAPIError) else error).strip()
        if "locked" in reason or "lock timeout" in reason:
            raise RegisterFault(
                f"The register was busy for more than {BUSY_SECONDS} seconds, so nothing was recorded. Try again; what you wrote is kept."
            ) from error
        raise RegisterFault(f"The register cannot be used: {reason}. Nothing was recorded.") from error


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def newest() -> str:
    """The step of the tables that this code is written for."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def step(connection: Connection) -> str | None:
    """The step at which a database's tables are, None where there are none."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Bring the tables to the newest step: where they were, and where they are."""
    with writing(engine) as connection:
        before = step(connection)
        _known(before)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        return before, newest()


def prepare(engine: Engine, *, make: bool) -> None:
    """Make the tables where there are none and `make` says so; RegisterFault where they are not those of this code."""
    with reading(engine) as connection:
        empty, at = not inspect(connection).has_table("events"), step(connection)
    if empty and at is None:
        if not make:
            raise RegisterFault(
                f"There is no register at {engine.url}. See COMMON_GROUND_REGISTER and COMMON_GROUND_DATA in docs/register.md."
            )
        upgrade(engine)
        return
    _known(at)
    if at != newest():
        raise RegisterFault(
            f"The register is at step {at}, and this version needs {newest()}. Make a backup, then run: python -m register upgrade"
        )


def _known(at: str | None) -> None:
    steps = {one.revision for one in ScriptDirectory.from_config(_config()).walk_revisions()}
    if at is not None and at not in steps:
        raise RegisterFault(
            f"The register is at step {at!r}, which this version does not know: it was made by a newer one. Use that version, or a backup."
        )
