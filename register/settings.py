"""Where the register is: a file in the data folder, or the database that COMMON_GROUND_REGISTER names."""

from __future__ import annotations

import os
from pathlib import Path

from register.faults import RegisterFault

PROJECT = Path(__file__).resolve().parent.parent
EXAMPLE = "example"


def data_folder() -> Path:
    """The folder named by COMMON_GROUND_DATA, by default the project's data/."""
    named = os.environ.get("COMMON_GROUND_DATA", "").strip()
    return Path(named).expanduser().resolve() if named else PROJECT / "data"


def example_file() -> Path:
    """The file of the example register: never that of real sites."""
    return data_folder() / "register-example.sqlite"


def register_url() -> str:
    """The address of the register of this run.

    COMMON_GROUND_REGISTER may be empty (data/register.sqlite), "example" (data/register-example.sqlite), or the address of a
    database: postgresql://..., sqlite:///...
    """
    named = os.environ.get("COMMON_GROUND_REGISTER", "").strip()
    if not named:
        return sqlite_url(data_folder() / "register.sqlite")
    if named == EXAMPLE:
        return sqlite_url(example_file())
    if not named.startswith(("postgresql://", "postgresql+psycopg://", "sqlite:///")):
        scheme = named.partition(":")[0]  # the rest may hold a password
        raise RegisterFault(
            f"COMMON_GROUND_REGISTER begins with {scheme!r}. It may be empty, “example”, or begin with postgresql:// or sqlite:///."
        )
    return named


def sqlite_url(file: Path) -> str:
    """The address of an SQLite file."""
    return f"sqlite:///{file}"
