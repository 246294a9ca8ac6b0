"""A register as one JSON file, into an empty register and out of one; and a copy of an SQLite register while it is in use."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from register import chain, database
from register.faults import RegisterFault
from register.records import FIELDS, canonical
from register.rows import last_record, records
from register.rules import EXAMPLE_SITE
from register.settings import sqlite_url
from register.store import Register, open_register
from register.tables import DENIED, EVENTS

FORMAT = 1
DENIED_FIELDS = ("at", "role", "account", "what")


def export(register: Register) -> dict[str, Any]:
    """The whole register as JSON values: docs/register.schema.json. An unsound one is refused."""
    with database.reading(register.engine) as connection:
        entries = list(records(connection))
        denied = [dict(row) for row in connection.execute(DENIED.select().order_by(DENIED.c.number)).mappings()]
    verdict = _sound(chain.verify(entries))
    kept = [{name: one[name] for name in DENIED_FIELDS} for one in denied]
    return {"format": FORMAT, "head": verdict.head, "entries": entries, "denied": kept}


def write_export(register: Register, file: Path) -> int:
    """Write the whole register to a file that is there whole or not at all; how many entries it has."""
    whole = export(register)
    fresh = file.with_name(file.name + ".building")
    try:
        with fresh.open("w", encoding="utf-8") as out:
            json.dump(whole, out, ensure_ascii=False, indent=1)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(file)
    except OSError as error:
        raise RegisterFault(f"{file}: cannot be written: {error}. Name another file, or make room.") from error
    finally:
        fresh.unlink(missing_ok=True)
    return len(whole["entries"])


def take_in(register: Register, file: Path) -> int:
    """Put an exported register into an empty one, entry by entry as it was; how many. All or nothing."""
    whole = _read(file)
    verdict = _sound(chain.verify(whole["entries"]))
    if verdict.head != whole["head"]:
        raise RegisterFault(f"{file}: its last entry is not the one it names as its head, so its end is missing. Export it again.")
    sites = {one["site"] for one in whole["entries"]}
    if EXAMPLE_SITE in sites and len(sites) > 1:
        raise RegisterFault(f"{file}: the example stands in it beside real sites. They cannot be in one register.")
    with database.writing(register.engine) as connection:
        if last_record(connection):
            raise RegisterFault("This register holds entries already. A register is imported whole, into an empty one: name another place.")
        rows = [{name: one[name] for name in (*FIELDS, "hash")} | {"payload": canonical(one["payload"])} for one in whole["entries"]]
        if rows:
            connection.execute(insert(EVENTS), rows)
        if whole["denied"]:
            connection.execute(insert(DENIED), [{name: one[name] for name in DENIED_FIELDS} for one in whole["denied"]])
    return len(rows)


def backup(register: Register, file: Path) -> chain.Verdict:
    """A consistent copy of an SQLite register, also while others write to it; it is checked before it gets its name."""
    source = register.engine.url
    if source.get_backend_name() != "sqlite" or not source.database:
        raise RegisterFault("This register is in PostgreSQL: back it up with pg_dump, or move it with python -m register export.")
    if file.exists():
        raise RegisterFault(f"{file} is there already and is not replaced. Name another file.")
    fresh = file.with_name(file.name + ".building")
    try:
        fresh.unlink(missing_ok=True)
        with closing(sqlite3.connect(source.database)) as whole, closing(sqlite3.connect(fresh)) as copy:
            whole.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        with closing(open_register(sqlite_url(fresh))) as made:
            verdict = _sound(made.verify())
        with closing(sqlite3.connect(fresh)) as copy:
            copy.execute("PRAGMA journal_mode=DELETE")
        _sync(fresh)
        fresh.rename(file)
    except (OSError, sqlite3.Error) as error:
        raise RegisterFault(f"{file}: the backup cannot be written: {error}. Name another file, or make room.") from error
    finally:
        fresh.unlink(missing_ok=True)
    return verdict


def _sync(file: Path) -> None:
    handle = os.open(file, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sound(verdict: chain.Verdict) -> chain.Verdict:
    if not verdict.sound:
        raise RegisterFault(f"This register is not sound: {verdict.fault} The {verdict.entries} before it are. Go back to a backup.")
    return verdict


def _read(file: Path) -> dict[str, Any]:
    try:
        whole = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise RegisterFault(f"{file}: cannot be read as JSON: {error}") from error
    if not isinstance(whole, dict) or not {"format", "head", "entries", "denied"} <= whole.keys() or whole["format"] != FORMAT:
        raise RegisterFault(f"{file}: is not an exported register of format {FORMAT} (docs/register.schema.json).")
    return whole  # pyright: ignore[reportUnknownVariableType]
