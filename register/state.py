"""The state of a site: what its entries say, folded one by one. A state is never changed, so that a past one stays as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import reduce
from typing import Any, TypeVar

from register import events as ev
from register.entities import Action, Answer, Completion, DueDate, Measure, Meeting, Milestone, PanelView, Priority, Question, Update
from register.events import Entry

Thing = Priority | Action | Meeting | PanelView | Question
S = TypeVar("S", PanelView, Question)


@dataclass(frozen=True)
class State:
    """Everything that is known of one site: by id its local priorities, actions, meetings, views and questions.

    `history`: subject -> its entries, oldest first; a subject's version is how many they are.
    """

    priorities: Mapping[str, Priority] = field(default_factory=dict[str, Priority])
    actions: Mapping[str, Action] = field(default_factory=dict[str, Action])
    meetings: Mapping[str, Meeting] = field(default_factory=dict[str, Meeting])
    views: Mapping[str, PanelView] = field(default_factory=dict[str, PanelView])
    questions: Mapping[str, Question] = field(default_factory=dict[str, Question])
    history: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict[str, tuple[Entry, ...]])

    def version(self, subject: str) -> int:
        """How many entries a subject has; what a form has seen, and says when it is sent."""
        return len(self.history.get(subject, ()))

    def said(self, subject: str) -> PanelView | Question | None:
        """The view or question that a subject names."""
        about, _, name = subject.partition(":")
        return {"view": self.views, "question": self.questions}.get(about, {}).get(name)

    def entry(self, subject: str, event_id: str) -> Entry | None:
        """An entry of a subject by its id."""
        return next((entry for entry in self.history.get(subject, ()) if entry.event_id == event_id), None)


def state_of(entries: Iterable[Entry]) -> State:
    """The state that one site's entries, in their order, say."""
    return reduce(after, entries, State())


def state_at(entries: Iterable[Entry], when: datetime) -> State:
    """The state as it was at a moment (UTC): what the entries up to it say."""
    return state_of(entry for entry in entries if entry.at <= when)


def as_shown(past: State, now: State) -> State:
    """A past state as it may be shown today: what was withdrawn, or held back, since then is not shown in it either."""
    views = {name: _as_decided(one, now.views[name]) for name, one in past.views.items()}
    questions = {name: _as_decided(one, now.questions[name]) for name, one in past.questions.items()}
    return replace(past, views=views, questions=questions)


def _as_decided(then: S, now: S) -> S:
    return then if now.public_words else replace(then, decision=now.decision, withdrawn=now.withdrawn)


def after(state: State, entry: Entry) -> State:
    """The state with one more entry."""
    past = state.history.get(entry.subject, ())
    thing = _corrected(past, entry) if isinstance(entry.event, ev.CorrectionMade) else _moved(_thing(state, entry.subject), entry)
    shelf, name = _place(entry.subject)
    return replace(
        state,
        **{shelf: {**getattr(state, shelf), name: thing}},
        history={**state.history, entry.subject: (*past, entry)},
    )


def corrected_entries(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """A subject's entries with the corrections put in, and each correction left out."""
    words = dict[str, dict[str, str]]()
    for entry in entries:
        if isinstance(entry.event, ev.CorrectionMade):
            words.setdefault(entry.event.event_id, {})[entry.event.field] = entry.event.value
    kept = (entry for entry in entries if not isinstance(entry.event, ev.CorrectionMade))
    return tuple(replace(entry, event=replace(entry.event, **words.get(entry.event_id, {}))) for entry in kept)


def _corrected(past: tuple[Entry, ...], correction: Entry) -> Thing:
    thing: Thing | None = None
    for entry in corrected_entries((*past, correction)):
        thing = _moved(thing, entry)
    assert thing is not None, "a correction follows what it corrects"
    return thing


def _place(subject: str) -> tuple[str, str]:
    about, _, name = subject.partition(":")
    shelf = "priorities" if about == "priority" else f"{about}s"
    return shelf, name


def _thing(state: State, subject: str) -> Thing | None:
    shelf, name = _place(subject)
    return getattr(state, shelf).get(name)


def _moved(thing: Thing | None, entry: Entry) -> Thing:
    """What an entry makes of its subject."""
    if entry.event.kind in _BEGUN:
        return _BEGUN[entry.event.kind](entry.event, entry)
    assert thing is not None, f"entry {entry.sequence} is about {entry.subject}, which no entry has begun"
    return _CHANGED[entry.event.kind](thing, entry.event, entry)


def _action(event: ev.ActionAdded, entry: Entry) -> Action:
    return Action(
        action_id=event.action_id,
        priority_id=event.priority_id,
        title=event.title,
        why=event.why,
        lead=event.lead,
        coproduced_with=event.coproduced_with,
        start=event.start,
        added=entry.at,
        due_dates=(DueDate(event.due, "", entry.at),),
    )


def _due(thing: Action, event: ev.DueDateMoved, entry: Entry) -> Action:
    return replace(thing, due_dates=(*thing.due_dates, DueDate(event.due, event.reason, entry.at)))


def _status(thing: Action, event: ev.StatusReported, entry: Entry) -> Action:
    update = Update(entry.event_id, event.status, event.happened, event.evidence, event.next_milestone, event.outcome, entry.at)
    # What the panel confirmed is the completion that it saw: an action that is opened again is confirmed no more.
    return replace(thing, updates=(*thing.updates, update), confirmed=None)


def _milestone(thing: Action, event: ev.MilestoneAdded, _entry: Entry) -> Action:
    return replace(thing, milestones=(*thing.milestones, Milestone(event.milestone_id, event.title, event.due)))


def _reached(thing: Action, event: ev.MilestoneReached, entry: Entry) -> Action:
    def after_it(one: Milestone) -> Milestone:
        mine = one.milestone_id == event.milestone_id
        return replace(one, reached=event.on, evidence=event.evidence, reported=entry.at) if mine else one

    return replace(thing, milestones=tuple(after_it(one) for one in thing.milestones))


def _linked(thing: Action, event: ev.MeasureLinked, _entry: Entry) -> Action:
    measure = Measure(event.indicator_id, event.ethnicity_scheme, event.ethnicity_code, event.direction)
    return replace(thing, measures=(*thing.measures, measure))


def _unlinked(thing: Action, event: ev.MeasureUnlinked, _entry: Entry) -> Action:
    gone = (event.indicator_id, event.ethnicity_scheme, event.ethnicity_code)
    return replace(thing, measures=tuple(one for one in thing.measures if one.key != gone))


def _confirmed(thing: Action, event: ev.CompletionConfirmed, entry: Entry) -> Action:
    return replace(thing, confirmed=Completion(event.meeting_id, event.words, entry.at))


def _held(thing: Meeting, event: ev.MeetingHeld, _entry: Entry) -> Meeting:
    return replace(thing, on=event.on, roles_present=event.roles_present, support_offered=event.support_offered)


def _view(event: ev.ViewGiven, entry: Entry) -> PanelView:
    return PanelView(
        view_id=event.view_id,
        action_id=event.action_id,
        meeting_id=event.meeting_id,
        view=event.view,
        words=event.comment,
        consent=event.consent,
        given=entry.at,
        account=entry.account,
    )


def _question(event: ev.QuestionAsked, entry: Entry) -> Question:
    return Question(
        question_id=event.question_id,
        action_id=event.action_id,
        meeting_id=event.meeting_id,
        words=event.question,
        consent=event.consent,
        given=entry.at,
        account=entry.account,
    )


def _answered(thing: Question, event: ev.QuestionAnswered, entry: Entry) -> Question:
    answer = Answer(event.you_said, event.we_did, event.difference, event.could_not, entry.at)
    return replace(thing, answers=(*thing.answers, answer))


def _moderated(thing: S, event: ev.CommentModerated, _entry: Entry) -> S:
    return replace(thing, decision=event.decision, held_because=event.reason)


def _withdrawn(thing: S, _event: ev.Withdrawn, entry: Entry) -> S:
    return replace(thing, withdrawn=entry.at)


# The kinds that begin a subject, and those that change one: each takes what its kind says, which register.rules sees to.
_BEGUN: dict[str, Callable[[Any, Entry], Thing]] = {
    "priority_added": lambda event, _entry: Priority(event.priority_id, event.title, event.why),
    "action_added": _action,
    "meeting_planned": lambda event, _entry: Meeting(event.meeting_id, event.on, event.roles_invited, event.support_offered),
    "view_given": _view,
    "question_asked": _question,
}
_CHANGED: dict[str, Callable[[Any, Any, Entry], Thing]] = {
    "due_date_moved": _due,
    "status_reported": _status,
    "milestone_added": _milestone,
    "milestone_reached": _reached,
    "measure_linked": _linked,
    "measure_unlinked": _unlinked,
    "completion_confirmed": _confirmed,
    "meeting_held": _held,
    "release_frozen": lambda thing, event, entry: replace(thing, release_id=event.release_id, frozen=entry.at),
    "question_answered": _answered,
    "comment_moderated": _moderated,
    "withdrawn": _withdrawn,
}


def end_of(day: date) -> datetime:
    """The last moment of a day, UTC: the state "on a day" is the state at its end."""
    return datetime.fromisoformat(f"{day.isoformat()}T23:59:59.999999+00:00")
