"""A PostgreSQL of the tests' own: made, started on a Unix socket and thrown away; nobody else can reach it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, None where PostgreSQL is not installed."""
    on_path = shutil.which("initdb")
    places = [Path(on_path).parent] if on_path else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: float(place.parent.name), reverse=True)
    return next((place for place in places if (place / "initdb").exists() and (place / "pg_ctl").exists()), None)


@contextmanager
def cluster(place: Path) -> Iterator[str]:
    """The address of a running cluster, without a database."""
    # A socket's path must be short, and PostgreSQL refuses to run as root.
    folder = Path(tempfile.mkdtemp(prefix="cg-pg-"))
    account = _account()
    if account:
        shutil.chown(folder, account)

    def run(program: str, *words: str) -> None:
        command = [place / program, "-D", folder / "data", *words]
        subprocess.run(command, user=account, cwd=folder, check=True, stdout=subprocess.DEVNULL)

    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=60"
    try:
        run("initdb", "-U", "register", "-A", "trust", "-E", "UTF8", "--locale=C")
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql+psycopg://register@/{{}}?host={folder}"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh(address: str) -> Iterator[str]:
    """The address of an empty database, dropped afterwards."""
    name = f"t{uuid.uuid4().hex}"
    engine = create_engine(address.format("postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield address.format(name)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _account() -> str | None:
    """Whom to run as where the tests run as root."""
    if os.geteuid() != 0:
        return None
    names = {one.pw_name for one in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
