"""What was recorded, in words: who (by role), when and what. Words of the panel that are not public are not repeated here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from equity import periods
from register import events as ev
from register.events import Entry
from register.terms import Decision


def sentence(entry: Entry) -> str:
    """One entry: "On 3 May 2026 at 10:22 (UTC), an action lead reported “at risk”: two of three are offered."."""
    return f"On {periods.day(entry.at.date())} at {entry.at:%H:%M} (UTC), {_a(entry.role.words)} {_WHAT[entry.event.kind](entry.event)}"


def sentences(entries: Iterable[Entry]) -> list[str]:
    """Each entry in words, oldest first."""
    return [sentence(entry) for entry in entries]


def _a(words: str) -> str:
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"


def _ended(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _status(event: ev.StatusReported) -> str:
    return f"reported “{event.status.words}”: {_ended(event.happened)}"


def _answer(event: ev.QuestionAnswered) -> str:
    return f"answered a question: {_ended(event.we_did or event.could_not)}"


def _decided(event: ev.CommentModerated) -> str:
    if event.decision is Decision.PUBLISHED:
        return "published what was said."
    return f"held back what was said: {_ended(event.reason)}"


_WHAT: dict[str, Callable[[Any], str]] = {
    "priority_added": lambda event: f"added the priority “{event.title}”.",
    "action_added": lambda event: f"added the action “{event.title}”.",
    "due_date_moved": lambda event: f"moved the due date to {periods.day(event.due)}: {_ended(event.reason)}",
    "status_reported": _status,
    "milestone_added": lambda event: f"added the milestone “{event.title}”, due on {periods.day(event.due)}.",
    "milestone_reached": lambda event: f"recorded that a milestone was reached on {periods.day(event.on)}.",
    "measure_linked": lambda event: f"linked a measure, which {event.direction.words}.",
    "measure_unlinked": lambda event: f"took a measure away: {_ended(event.reason)}",
    "meeting_planned": lambda event: f"planned a review for {periods.day(event.on)}.",
    "meeting_held": lambda event: f"recorded that the review was held on {periods.day(event.on)}.",
    "release_frozen": lambda event: f"froze the figures of release {event.release_id} for the review.",
    "view_given": lambda event: f"gave the view “{event.view.words}”.",
    "question_asked": lambda _: "asked a question.",
    "question_answered": _answer,
    "completion_confirmed": lambda _: "confirmed that it is complete.",
    "comment_moderated": _decided,
    "withdrawn": lambda _: "withdrew what was said.",
    "correction_made": lambda event: f"put right the words of “{event.field.replace('_', ' ')}”: {_ended(event.value)}",
}
