"""Rows of the events table as records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from register.records import canonical
from register.tables import EVENTS


def records(connection: Connection, *, site: str | None = None, since: int = 0) -> Iterator[dict[str, Any]]:
    """Records in their order, of one site or of all, after an entry."""
    query = select(EVENTS).where(EVENTS.c.sequence > since).order_by(EVENTS.c.sequence)
    if site is not None:
        query = query.where(EVENTS.c.site == site)
    for row in connection.execute(query).mappings():
        yield to_record(row)


def to_record(row: RowMapping) -> dict[str, Any]:
    """A row with its payload read. One that is not JSON, or is spelt otherwise than it was written, stays text: no hash fits it."""
    try:
        payload = json.loads(row["payload"])
        unspoilt = canonical(payload) == row["payload"]
    except (ValueError, TypeError, RecursionError):
        return dict(row)
    return {**row, "payload": payload} if unspoilt else dict(row)


def last_record(connection: Connection) -> dict[str, Any] | None:
    """The last record of the chain, None where there is none."""
    row = connection.execute(select(EVENTS).order_by(EVENTS.c.sequence.desc()).limit(1)).mappings().first()
    return to_record(row) if row else None
