"""Events and authors as tests need them: of a site "sheffield", of fictional actions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from register import events as ev
from register.events import Entry, Event, Evidence
from register.roles import ANY_SITE, Author, Role
from register.state import State, state_of
from register.store import Register
from register.terms import Direction, Status, View

SITE = "sheffield"
TODAY = date(2026, 6, 15)
LEAD = Author(Role.ACTION_LEAD, "lead-1", frozenset({ANY_SITE}))
PANEL = Author(Role.PANEL_MEMBER, "panel-1")
FACILITATOR = Author(Role.FACILITATOR, "facilitator-1")
ANALYST = Author(Role.ANALYST, "analyst-1")
ADMINISTRATOR = Author(Role.ADMINISTRATOR, "administrator-1")
READER = Author(Role.READER, "reader-1")

SHOWN = (Evidence(text="Example: minutes of 3 May"),)
ACTION = ev.ActionAdded(
    action_id="a1",
    priority_id="reach_out",
    title="Example action",
    why="Example: “nobody asked us”",
    lead="community engagement lead",
    coproduced_with="the panel",
    start=date(2026, 1, 1),
    due=date(2026, 6, 30),
)
MEETING = ev.MeetingPlanned(meeting_id="m1", on=date(2026, 6, 1), roles_invited=("service user",), support_offered="travel paid")
FROZEN = ev.ReleaseFrozen(meeting_id="m1", release_id="r0001")
VIEW = ev.ViewGiven(view_id="v1", action_id="a1", meeting_id="m1", view=View.TOO_EARLY, comment="Example: we wait", consent=True)
QUESTION = ev.QuestionAsked(question_id="q1", action_id="a1", meeting_id="m1", question="Example: when?", consent=True)
MEASURE = ev.MeasureLinked(
    action_id="a1", indicator_id="mha_detentions", ethnicity_scheme="nhs_16", ethnicity_code="M", direction=Direction.LOWER
)
MILESTONE = ev.MilestoneAdded(action_id="a1", milestone_id="s1", title="Example step", due=date(2026, 3, 1))


def reported(status: Status, **said: object) -> ev.StatusReported:
    """A status of action a1; complete comes with outcome and evidence."""
    event = ev.StatusReported(action_id="a1", status=status, happened="Example: something")
    if status is Status.COMPLETE:
        event = replace(event, outcome="Example: people say so", evidence=SHOWN)
    return replace(event, **said)


COMPLETE = reported(Status.COMPLETE)

# Who records each kind here.
AUTHORS = {
    ev.PriorityAdded: ADMINISTRATOR,
    ev.MeetingPlanned: FACILITATOR,
    ev.MeetingHeld: FACILITATOR,
    ev.ReleaseFrozen: FACILITATOR,
    ev.ViewGiven: PANEL,
    ev.QuestionAsked: PANEL,
    ev.CompletionConfirmed: PANEL,
    ev.CommentModerated: FACILITATOR,
    ev.Withdrawn: PANEL,
}


def author_of(event: Event) -> Author:
    """Somebody who may record it."""
    return AUTHORS.get(type(event), LEAD)


def on(day: date) -> datetime:
    """Noon of a day."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def entry_of(event: Event, sequence: int, at: datetime) -> Entry:
    """An entry as the store would make it, without its chain."""
    author = author_of(event)
    return Entry(sequence, str(uuid4()), SITE, event, author.role, author.account, at, "", "")


def entries_of(*events: Event | tuple[date, Event], start: date = date(2026, 1, 1)) -> tuple[Entry, ...]:
    """Entries a second apart; an event may come with the day from which time goes on."""
    entries, at = list[Entry](), on(start)
    for number, one in enumerate(events, start=1):
        event = one
        if isinstance(one, tuple):
            at, event = on(one[0]), one[1]
        assert isinstance(event, Event)
        at += timedelta(seconds=1)
        entries.append(entry_of(event, number, at))
    return tuple(entries)


def state(*events: Event | tuple[date, Event]) -> State:
    """What these events say."""
    return state_of(entries_of(*events))


def append(register: Register, event: Event, *, site: str = SITE, author: Author | None = None) -> Entry:
    """Record an event by somebody who may, on what is there now."""
    seen = register.state(site).version(event.subject)
    return register.append(event, author or author_of(event), site=site, seen=seen)
