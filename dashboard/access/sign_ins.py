"""Whether a sign-in still holds: its age, how long it lay idle, and whether it was ended.

Streamlit's cookie says who signed in, for 30 days, and can be sent again after sign-out. What it cannot say is kept here, in one
small file that all processes of a server share: a digest of each sign-in, when it was last used, and when it was ended.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

FILE = "sign-ins.sqlite"
BUSY_SECONDS = 10
# Clocks of a provider and of a server differ a little.
AHEAD_SECONDS = 300
# Last use is written no more often than this, so that a click seldom waits for the disk.
GRAIN_SECONDS = 15
# Longer than any sign-in may hold: an older one is refused for its age, and need not be remembered.
KEEP_SECONDS = 3 * 86_400
_TABLE = """CREATE TABLE IF NOT EXISTS sign_ins (key TEXT PRIMARY KEY, used REAL NOT NULL, ended REAL) STRICT"""


class Standing(StrEnum):
    """What there is to say of a sign-in."""

    HOLDS = "holds"
    UNKNOWN = "unknown"
    TOO_OLD = "too old"
    IDLE = "idle"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class SignIn:
    """One sign-in: a digest of issuer, subject and time of issue, and that time (seconds since 1970)."""

    key: str
    issued: float


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a sign-in holds, and how long it may lie idle, in seconds."""

    age: float
    idle: float


def sign_in_of(claims: Mapping[str, Any]) -> SignIn | None:
    """The sign-in that a cookie tells of; None where it lacks what is needed to tell it from others."""
    issuer, subject, issued = claims.get("iss"), claims.get("sub"), claims.get("iat")
    if not (isinstance(issuer, str) and issuer and isinstance(subject, str) and subject):
        return None
    if isinstance(issued, bool) or not isinstance(issued, int | float):
        return None
    text = f"common-ground-sign-in:{len(issuer)}:{issuer}:{len(subject)}:{subject}:{issued!r}"
    return SignIn(hashlib.sha256(text.encode()).hexdigest(), float(issued))


def judged(sign_in: SignIn, used: float | None, ended: float | None, now: float, limits: Limits) -> Standing:
    """Whether it holds now. One that was never seen counts as last used when it was issued."""
    if ended is not None:
        return Standing.ENDED
    if sign_in.issued > now + AHEAD_SECONDS:
        return Standing.UNKNOWN
    if now - sign_in.issued > limits.age:
        return Standing.TOO_OLD
    if now - max(sign_in.issued, used or 0.0) > limits.idle:
        return Standing.IDLE
    return Standing.HOLDS


@dataclass(frozen=True, slots=True)
class SignIns:
    """The sign-ins that a server knows of, in ``folder``. Opened for each use: no connection is shared by threads."""

    folder: Path

    def use(self, sign_in: SignIn, now: float, limits: Limits) -> Standing:
        """Judge a sign-in, and note its use if it holds; one that does not hold is left as it is."""
        with self._open() as connection:
            rows = connection.execute("SELECT used, ended FROM sign_ins WHERE key = ?", (sign_in.key,)).fetchall()
            used, ended = rows[0] if rows else (None, None)
            standing = judged(sign_in, used, ended, now, limits)
            if standing is Standing.HOLDS and (used is None or now - used >= GRAIN_SECONDS):
                connection.execute(
                    "INSERT INTO sign_ins (key, used) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET used = max(used, excluded.used)",
                    (sign_in.key, now),
                )
        return standing

    def end(self, sign_in: SignIn, now: float) -> None:
        """End a sign-in; it is on disk when this returns. What is too old to hold anyhow is forgotten."""
        with self._open() as connection:
            connection.execute(
                "INSERT INTO sign_ins (key, used, ended) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET ended = excluded.ended",
                (sign_in.key, now, now),
            )
            connection.execute("DELETE FROM sign_ins WHERE max(used, coalesce(ended, 0)) < ?", (now - KEEP_SECONDS,))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / FILE).touch(mode=0o600)
        with closing(sqlite3.connect(self.folder / FILE, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute(_TABLE)
            yield connection
