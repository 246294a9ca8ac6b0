"""A fictional register, to learn the pages by: the site "Example Trust". Nothing in it is true of any place.

It is told in data/starter/example_register.json: by day (counted from the day on which it is loaded), role, kind and payload.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from register.faults import RegisterFault
from register.records import from_payload
from register.roles import Author, Role
from register.rules import EXAMPLE_SITE
from register.settings import PROJECT
from register.store import Register

SITE_NAME = "Example Trust"

_STORY = PROJECT / "data" / "starter" / "example_register.json"
_DATES = ("start", "due", "on")


def load_example(register: Register, today: date, release_id: str) -> int:
    """Record the example as if it had ended on this day; how many entries. Refused where anything is recorded already."""
    if register.sites():
        raise RegisterFault("This register holds entries already. The example is loaded into an empty register of its own.")
    told: list[dict[str, Any]] = json.loads(_STORY.read_text(encoding="utf-8"))
    for number, one in enumerate(told, start=1):
        payload = one["payload"] | {name: _day(today, one["payload"][name]) for name in _DATES if name in one["payload"]}
        if one["kind"] == "release_frozen":
            payload["release_id"] = release_id
        event = from_payload(one["kind"], payload)
        at = datetime.combine(today + timedelta(days=one["day"]), time(), UTC) + timedelta(seconds=number)
        author = Author(Role(one["role"]), f"example-{one['role']}", frozenset({EXAMPLE_SITE}))
        seen = register.state(EXAMPLE_SITE).version(event.subject)
        Register(register.engine, lambda at=at: at).append(
            event, author, site=EXAMPLE_SITE, seen=seen, event_id=str(uuid5(NAMESPACE_URL, f"example/{number}"))
        )
    return len(told)


def _day(today: date, offset: int) -> str:
    return (today + timedelta(days=offset)).isoformat()
