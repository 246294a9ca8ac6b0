"""Alembic's entry: it works on the connection, and in the transaction, that register.database hands it."""

from __future__ import annotations

from alembic import context

from register.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
