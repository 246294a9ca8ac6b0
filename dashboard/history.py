"""The history of an action in words, oldest first. It only grows: a correction stands beside what it put right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard.moved import name_of, people_of
from equity import periods
from register import events as ev
from register.entities import Measure
from register.events import Entry
from register.state import State

FIELDS = {
    "title": "what is promised",
    "why": "why it matters",
    "lead": "who leads",
    "coproduced_with": "whom it was made with",
    "happened": "what happened",
    "next_milestone": "what comes next",
    "outcome": "the outcome",
}
KEPT = "Its words are not shown here."


@dataclass(frozen=True)
class Told:
    """One entry in words: when, by whom as what (a role, never a person), and what."""

    at: datetime
    by: str
    what: str


def history(entries: Sequence[Entry], state: State, action_id: str) -> list[Told]:
    """Everything that was recorded of an action, with the panel's views and questions; nothing of what was withdrawn."""
    mine = [entry for entry in entries if _about(entry, state) == action_id]
    return [Told(entry.at, entry.role.words, words) for entry in mine if (words := _words(entry, state, mine))]


def _about(entry: Entry, state: State) -> str:
    """The action that an entry is about, itself or through a view or question."""
    said = state.said(entry.subject)
    if said is not None:
        return said.action_id if said.withdrawn is None else ""
    about, _, name = entry.subject.partition(":")
    return name if about == "action" else ""


def _words(entry: Entry, state: State, mine: Sequence[Entry]) -> str:
    event: Any = entry.event
    if isinstance(event, ev.CorrectionMade):
        if event.field not in FIELDS:
            return "The words of an answer were put right."
        was = _before(entry, event, mine)
        return f"Put right: {FIELDS[event.field]}. It was “{was}”. It is now “{event.value}”. Why: {event.reason}"
    if isinstance(event, (ev.ViewGiven, ev.QuestionAsked, ev.CommentModerated)):
        return _of_the_panel(entry, state)
    return _SAID[event.kind](event) if event.kind in _SAID else ""


def _before(entry: Entry, correction: ev.CorrectionMade, mine: Sequence[Entry]) -> str:
    """What the field said until then: the words of the last correction of it before, else of the event itself."""
    was = ""
    for earlier in mine[: mine.index(entry)]:
        if earlier.event_id == correction.event_id:
            was = str(getattr(earlier.event, correction.field))
        elif isinstance(earlier.event, ev.CorrectionMade) and _same(earlier.event, correction):
            was = earlier.event.value
    return was


def _same(one: ev.CorrectionMade, other: ev.CorrectionMade) -> bool:
    return (one.event_id, one.field) == (other.event_id, other.field)


def _of_the_panel(entry: Entry, state: State) -> str:
    """A view or a question; its words only where everyone may read them."""
    said, event = state.said(entry.subject), entry.event
    public = said.public_words if said else ""
    if isinstance(event, ev.ViewGiven):
        words = f" “{public}”" if public else f" {KEPT}" if event.comment else ""
        return f"The panel's view: “{event.view.words}”.{words}"
    if isinstance(event, ev.QuestionAsked):
        return f"A question from the panel: “{public}”" if public else f"A question from the panel. {KEPT}"
    return ""


def _status(event: ev.StatusReported) -> Iterator[str]:
    yield f"Reported as {event.status.words}: {event.happened}"
    if event.outcome:
        yield f"Outcome: {event.outcome}"
    if event.next_milestone:
        yield f"Next: {event.next_milestone}"
    yield from (f"Evidence: {one.text}" for one in event.evidence)


def _measure(event: ev.MeasureLinked) -> str:
    measure = Measure(event.indicator_id, event.ethnicity_scheme, event.ethnicity_code, event.direction)
    return f"Measure added: {name_of(event.indicator_id)}, {people_of(measure)}, {event.direction.words}."


_SAID: dict[str, Any] = {
    "action_added": lambda event: (
        f"Promised: {event.title}. From {periods.day(event.start)}, due {periods.day(event.due)}. Led by: {event.lead}."
    ),
    "due_date_moved": lambda event: f"Due date moved to {periods.day(event.due)}. Why: {event.reason}",
    "status_reported": lambda event: " ".join(_status(event)),
    "milestone_added": lambda event: f"Milestone added: {event.title}, due {periods.day(event.due)}.",
    "milestone_reached": lambda event: f"Milestone reached on {periods.day(event.on)}.",
    "measure_linked": _measure,
    "measure_unlinked": lambda event: f"Measure taken off: {name_of(event.indicator_id)}. Why: {event.reason}",
    # What the panel said with it was not moderated.
    "completion_confirmed": lambda _event: "The panel confirmed that it is complete.",
    "question_answered": lambda _event: "A question was answered.",
}
