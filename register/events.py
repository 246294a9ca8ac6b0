"""What can happen in the register: a frozen dataclass for each kind of event.

An event names its subject (`action:...`), the thing whose version it moves on. Nothing is ever changed or taken away: a
correction, a withdrawal and a new due date are events too. An entry is an event with who recorded it, when, and its link in
the chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from pydantic import ConfigDict

from register.roles import Role
from register.terms import Decision, Direction, Status, View


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What shows that something was done: words, and a link (https) where there is one."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    text: str
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Event:
    """What every event has: its kind, and its subject."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    kind: ClassVar[str]
    about: ClassVar[str]

    @property
    def subject(self) -> str:
        """The thing that this event is about, as "action:a1"."""
        return f"{self.about}:{getattr(self, f'{self.about}_id')}"


@dataclass(frozen=True, kw_only=True)
class PriorityAdded(Event):
    """A site's own priority, beside the five of the study."""

    kind: ClassVar[str] = "priority_added"
    about: ClassVar[str] = "priority"
    priority_id: str
    title: str
    why: str


@dataclass(frozen=True, kw_only=True)
class ActionAdded(Event):
    """A promise: what, why it matters in the words of those who asked for it, who leads (a role), with whom it was made, when."""

    kind: ClassVar[str] = "action_added"
    about: ClassVar[str] = "action"
    action_id: str
    priority_id: str
    title: str
    why: str
    lead: str
    coproduced_with: str
    start: date
    due: date


@dataclass(frozen=True, kw_only=True)
class DueDateMoved(Event):
    """A new due date, and why; the first one stays on show."""

    kind: ClassVar[str] = "due_date_moved"
    about: ClassVar[str] = "action"
    action_id: str
    due: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class StatusReported(Event):
    """The service's own account of an action: status, what happened, evidence, what comes next; the outcome when complete."""

    kind: ClassVar[str] = "status_reported"
    about: ClassVar[str] = "action"
    action_id: str
    status: Status
    happened: str
    evidence: tuple[Evidence, ...] = ()
    next_milestone: str = ""
    outcome: str = ""


@dataclass(frozen=True, kw_only=True)
class MilestoneAdded(Event):
    """A step on the way, and when it is due."""

    kind: ClassVar[str] = "milestone_added"
    about: ClassVar[str] = "action"
    action_id: str
    milestone_id: str
    title: str
    due: date


@dataclass(frozen=True, kw_only=True)
class MilestoneReached(Event):
    """A step that was taken, on which day, and what shows it."""

    kind: ClassVar[str] = "milestone_reached"
    about: ClassVar[str] = "action"
    action_id: str
    milestone_id: str
    on: date
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MeasureLinked(Event):
    """An indicator and an ethnic group (`all` for everyone) that the action should move, and which way."""

    kind: ClassVar[str] = "measure_linked"
    about: ClassVar[str] = "action"
    action_id: str
    indicator_id: str
    ethnicity_scheme: str
    ethnicity_code: str
    direction: Direction


@dataclass(frozen=True, kw_only=True)
class MeasureUnlinked(Event):
    """A measure that was linked and is not any more, and why."""

    kind: ClassVar[str] = "measure_unlinked"
    about: ClassVar[str] = "action"
    action_id: str
    indicator_id: str
    ethnicity_scheme: str
    ethnicity_code: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class MeetingPlanned(Event):
    """A review to come: its day, who is invited by role, what support is offered."""

    kind: ClassVar[str] = "meeting_planned"
    about: ClassVar[str] = "meeting"
    meeting_id: str
    on: date
    roles_invited: tuple[str, ...]
    support_offered: str


@dataclass(frozen=True, kw_only=True)
class MeetingHeld(Event):
    """A review that took place: its day, who was there by role and never by name, what support was offered."""

    kind: ClassVar[str] = "meeting_held"
    about: ClassVar[str] = "meeting"
    meeting_id: str
    on: date
    roles_present: tuple[str, ...]
    support_offered: str


@dataclass(frozen=True, kw_only=True)
class ReleaseFrozen(Event):
    """The release of the data that a review looks at; it is never exchanged for another."""

    kind: ClassVar[str] = "release_frozen"
    about: ClassVar[str] = "meeting"
    meeting_id: str
    release_id: str


@dataclass(frozen=True, kw_only=True)
class ViewGiven(Event):
    """The panel's view of an action at a review; a comment, and whether it may be published."""

    kind: ClassVar[str] = "view_given"
    about: ClassVar[str] = "view"
    view_id: str
    action_id: str
    meeting_id: str
    view: View
    comment: str = ""
    consent: bool = False


@dataclass(frozen=True, kw_only=True)
class QuestionAsked(Event):
    """A question back from a review, and whether it may be published."""

    kind: ClassVar[str] = "question_asked"
    about: ClassVar[str] = "question"
    question_id: str
    action_id: str
    meeting_id: str
    question: str
    consent: bool = False


@dataclass(frozen=True, kw_only=True)
class QuestionAnswered(Event):
    """You said, we did, what difference it made; or why we could not."""

    kind: ClassVar[str] = "question_answered"
    about: ClassVar[str] = "question"
    question_id: str
    you_said: str
    we_did: str = ""
    difference: str = ""
    could_not: str = ""


@dataclass(frozen=True, kw_only=True)
class CompletionConfirmed(Event):
    """The panel agrees, at a review, that an action is complete."""

    kind: ClassVar[str] = "completion_confirmed"
    about: ClassVar[str] = "action"
    action_id: str
    meeting_id: str
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class _OfSubject(Event):
    """An event about a view, a question or anything else, which it names as "view:v1"."""

    of: str

    @property
    def subject(self) -> str:
        return self.of


@dataclass(frozen=True, kw_only=True)
class CommentModerated(_OfSubject):
    """A comment or question was published, or held back and why."""

    kind: ClassVar[str] = "comment_moderated"
    decision: Decision
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Withdrawn(_OfSubject):
    """A view or a question was taken back by those who gave it: it is shown and counted no more."""

    kind: ClassVar[str] = "withdrawn"
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class CorrectionMade(_OfSubject):
    """The words of one field of an earlier event, put right, and why; the history shows both."""

    kind: ClassVar[str] = "correction_made"
    event_id: str
    field: str
    value: str
    reason: str


KINDS: dict[str, type[Event]] = {
    one.kind: one
    for one in (
        PriorityAdded, ActionAdded, DueDateMoved, StatusReported, MilestoneAdded, MilestoneReached, MeasureLinked, MeasureUnlinked,
        MeetingPlanned, MeetingHeld, ReleaseFrozen, ViewGiven, QuestionAsked, QuestionAnswered, CompletionConfirmed, CommentModerated,
        Withdrawn, CorrectionMade,
    )
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """An event as it was recorded. `at` is UTC and later than that of the entry before it."""

    sequence: int
    event_id: str
    site: str
    event: Event
    role: Role
    account: str
    at: datetime
    previous: str
    hash: str

    @property
    def subject(self) -> str:
        """The thing that the event is about."""
        return self.event.subject
