"""The events and the denied attempts; both only grow, and the database itself sees to it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0001"
down_revision = None

_SQLITE = [
    *(
        f"CREATE TRIGGER {table}_never_{verb} BEFORE {verb.upper()} ON {table} BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
        for table in ("events", "denied")
        for verb in ("update", "delete")
    ),
    # Without this an INSERT OR REPLACE would take a row away and no trigger on DELETE would see it.
    """CREATE TRIGGER events_follow BEFORE INSERT ON events
    WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM events)
      OR NEW.previous <> coalesce((SELECT hash FROM events ORDER BY sequence DESC LIMIT 1), NEW.previous)
      OR EXISTS (SELECT 1 FROM events WHERE id = NEW.id OR hash = NEW.hash)
    BEGIN SELECT RAISE(ABORT, 'an event follows the last one'); END""",
    """CREATE TRIGGER denied_follow BEFORE INSERT ON denied WHEN EXISTS (SELECT 1 FROM denied WHERE number = NEW.number)
    BEGIN SELECT RAISE(ABORT, 'denied only grows'); END""",
]

_POSTGRESQL = [
    """CREATE FUNCTION register_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% only grows', TG_TABLE_NAME; END $$""",
    *(
        f"CREATE TRIGGER {table}_never_changed BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION register_only_grows()"
        for table in ("events", "denied")
    ),
    *(
        f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION register_only_grows()"
        for table in ("events", "denied")
    ),
    """CREATE FUNCTION register_event_follows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM events)
         OR NEW.previous <> coalesce((SELECT hash FROM events ORDER BY sequence DESC LIMIT 1), NEW.previous)
      THEN RAISE EXCEPTION 'an event follows the last one'; END IF;
      RETURN NEW;
    END $$""",
    "CREATE TRIGGER events_follow BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION register_event_follows()",
]


def upgrade() -> None:
    """Make both tables, written out as they were at this step, and what keeps them from changing."""
    text = [
        sa.Column(name, sa.Text, nullable=False) for name in ("site", "subject", "kind", "payload", "role", "account", "at", "previous")
    ]
    op.create_table(
        "events",
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        *text,
        sa.Column("hash", sa.Text, nullable=False, unique=True),
        sa.CheckConstraint("length(hash) = 64 AND length(previous) = 64", name="hashes_are_sha256"),
        sqlite_strict=True,
    )
    op.create_index("events_of_a_site", "events", ["site", "sequence"])
    op.create_table(
        "denied",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("at", "role", "account", "what")),
        sqlite_strict=True,
    )
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)
