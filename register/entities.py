"""What the state is made of: priorities, actions, meetings, views and questions, as they are at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from register.events import Evidence
from register.terms import Decision, Direction, Status, View


@dataclass(frozen=True)
class Priority:
    """One of the study's five priorities, or a site's own."""

    priority_id: str
    title: str
    why: str = ""
    level: str = "local"


@dataclass(frozen=True)
class DueDate:
    """A date by which an action was to be done; why it was moved there (nothing for the first), and when it was set."""

    due: date
    reason: str
    set_at: datetime


@dataclass(frozen=True)
class Update:
    """A status that the service reported."""

    event_id: str
    status: Status
    happened: str
    evidence: tuple[Evidence, ...]
    next_milestone: str
    outcome: str
    at: datetime


@dataclass(frozen=True)
class Milestone:
    """A step on the way; `reached` is None until it is."""

    milestone_id: str
    title: str
    due: date
    reached: date | None = None
    evidence: tuple[Evidence, ...] = ()
    reported: datetime | None = None


@dataclass(frozen=True)
class Measure:
    """An indicator and a group that an action should move, and which way."""

    indicator_id: str
    ethnicity_scheme: str
    ethnicity_code: str
    direction: Direction

    @property
    def key(self) -> tuple[str, str, str]:
        """Indicator, scheme and group: a gap."""
        return self.indicator_id, self.ethnicity_scheme, self.ethnicity_code


@dataclass(frozen=True)
class Completion:
    """The panel's word that an action is complete."""

    meeting_id: str
    words: str
    at: datetime


@dataclass(frozen=True)
class Action:
    """A promise and how far it has got. `due_dates` holds every date it ever had, `updates` every status, oldest first."""

    action_id: str
    priority_id: str
    title: str
    why: str
    lead: str
    coproduced_with: str
    start: date
    added: datetime
    due_dates: tuple[DueDate, ...]
    updates: tuple[Update, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    measures: tuple[Measure, ...] = ()
    confirmed: Completion | None = None

    @property
    def first_due(self) -> date:
        """The date that was promised first; it stays."""
        return self.due_dates[0].due

    @property
    def due(self) -> date:
        """The date that holds now."""
        return self.due_dates[-1].due

    @property
    def status(self) -> Status:
        """The status as last reported; what may be shown of it is register.status's to say."""
        return self.updates[-1].status if self.updates else Status.NOT_STARTED

    @property
    def completed_on(self) -> date | None:
        """The day on which it was reported complete, None while it is open."""
        return self.updates[-1].at.date() if self.status is Status.COMPLETE else None

    @property
    def last_update(self) -> date:
        """The day of the last status or reached milestone, else the day on which it was added. A moved date is no update."""
        return max([self.added, *(one.at for one in self.updates), *(one.reported for one in self.milestones if one.reported)]).date()


@dataclass(frozen=True)
class Meeting:
    """A review. `roles_present` is empty until it was held; `release_id` until the data was frozen."""

    meeting_id: str
    on: date
    roles_invited: tuple[str, ...]
    support_offered: str
    roles_present: tuple[str, ...] = ()
    release_id: str = ""
    frozen: datetime | None = None

    @property
    def held(self) -> bool:
        """Whether it is recorded that it took place."""
        return bool(self.roles_present)


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What somebody of the panel said: their words, their consent, the moderator's decision, and whether it was taken back."""

    action_id: str
    meeting_id: str
    words: str
    consent: bool
    given: datetime
    account: str
    decision: Decision | None = None
    held_because: str = ""
    withdrawn: datetime | None = None

    @property
    def public_words(self) -> str:
        """The words that may be shown to everyone: consented to, published and not withdrawn; nothing otherwise."""
        open_to_all = self.consent and self.decision is Decision.PUBLISHED and self.withdrawn is None
        return self.words if open_to_all else ""

    @property
    def awaits_moderation(self) -> bool:
        """Whether a moderator has words to decide on."""
        return bool(self.words) and self.decision is None and self.withdrawn is None


@dataclass(frozen=True, kw_only=True)
class PanelView(_Said):
    """A view of an action given at a review, with its comment in `words`."""

    view_id: str
    view: View


@dataclass(frozen=True)
class Answer:
    """You said, we did, what difference it made; or why it could not be done."""

    you_said: str
    we_did: str
    difference: str
    could_not: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Question(_Said):
    """A question from a review, in `words`, and its answers, oldest first."""

    question_id: str
    answers: tuple[Answer, ...] = ()
