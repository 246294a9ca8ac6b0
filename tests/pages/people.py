"""Visitors to the pages that write: with the roles that a test gives them, on a register of its own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from dashboard import access, promises
from dashboard.access import Visit
from dashboard.access.person import NOBODY, Person
from register import events as ev
from register.events import Event
from register.roles import ANY_SITE, Author, Role
from register.store import Register
from tests.register.made import author_of

SITE = "sheffield"
LEAD = Person("lead-1", frozenset({Role.READER, Role.ACTION_LEAD}), frozenset({SITE}))
LEAD_ELSEWHERE = Person("lead-2", frozenset({Role.READER, Role.ACTION_LEAD}), frozenset({"east_london"}))
OTHER_LEAD = Author(Role.ACTION_LEAD, "lead-3", frozenset({ANY_SITE}))
PANEL = Person("panel-1", frozenset({Role.READER, Role.PANEL_MEMBER}))
FACILITATOR = Person("facilitator-1", frozenset({Role.READER, Role.FACILITATOR}))
READER = Person("reader-1", frozenset({Role.READER}))


class Somebody:
    """Who visits; a test says who, and another at any moment."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.visit = Visit(NOBODY)
        monkeypatch.setattr(access, "current", lambda: self.visit)

    def is_(self, person: Person, told: str = "") -> None:
        """From now on it is them; ``told`` says why a sign-in holds no longer."""
        self.visit = Visit(person, None, told)


def register_at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Register:
    """The register of a data folder."""
    monkeypatch.setenv("COMMON_GROUND_DATA", str(folder))
    return promises.to_write()


def happened(register: Register, *events: Event, author: Author | None = None) -> None:
    """Record events at the site, each on what is there then."""
    for event in events:
        seen = register.state(SITE).version(event.subject)
        register.append(event, author or author_of(event), site=SITE, seen=seen)


def action(name: str = "a1", title: str = "A walk-in day", due_in: int = 100) -> ev.ActionAdded:
    """A promise that began half a year ago."""
    today = promises.today()
    return ev.ActionAdded(
        action_id=name,
        priority_id="reach_out",
        title=title,
        why="“nobody asked us”",
        lead="community engagement lead",
        coproduced_with="the panel",
        start=today - timedelta(days=180),
        due=today + timedelta(days=due_in),
    )


def meeting(release_id: str = "r0001") -> tuple[ev.MeetingPlanned, ev.ReleaseFrozen]:
    """A review of today, with its figures frozen."""
    planned = ev.MeetingPlanned(meeting_id="m1", on=promises.today(), roles_invited=("service user",), support_offered="travel paid")
    return planned, ev.ReleaseFrozen(meeting_id="m1", release_id=release_id)
