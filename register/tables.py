"""The two tables: events, which only grows, and denied, the attempts that were not allowed.

They hold text and whole numbers only, which both databases keep alike.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, MetaData, Table, Text

METADATA = MetaData()

EVENTS = Table(
    "events",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, unique=True),
    Column("site", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False, unique=True),
    CheckConstraint("length(hash) = 64 AND length(previous) = 64", name="hashes_are_sha256"),
    Index("events_of_a_site", "site", "sequence"),
    sqlite_strict=True,
)

DENIED = Table(
    "denied",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("what", Text, nullable=False),
    sqlite_strict=True,
)
