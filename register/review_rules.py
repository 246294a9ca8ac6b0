"""Rules of panel reviews: meetings, views, questions and answers, confirmation, moderation, withdrawal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from register import events as ev
from register.action_rules import Rule, of_an_action, roles_not_names, said
from register.refusal import Refusal
from register.roles import Author, Role
from register.state import State
from register.terms import Decision, Status, View

_RELEASE = re.compile(r"r\d{4,}")


def _planned(event: ev.MeetingPlanned, state: State, _today: date, _author: Author) -> Iterator[Refusal]:
    if event.meeting_id in state.meetings:
        yield Refusal("meeting_id", f"There is a review {event.meeting_id!r} already. Open it, or give the new one another identifier.")
    for role in event.roles_invited:
        yield from roles_not_names("roles_invited", role)


def _held(event: ev.MeetingHeld, state: State, today: date, _author: Author) -> Iterator[Refusal]:
    yield from _no_meeting(state, event.meeting_id)
    meeting = state.meetings.get(event.meeting_id)
    if meeting and meeting.held:
        yield Refusal("meeting_id", f"It is recorded that this review was held on {said(meeting.on)}. Correct the words if they are wrong.")
    if event.on > today:
        yield Refusal("on", f"{said(event.on)} has not come yet. Record a review on its day or afterwards.")
    for role in event.roles_present:
        yield from roles_not_names("roles_present", role)


def _frozen(event: ev.ReleaseFrozen, state: State, _today: date, _author: Author) -> Iterator[Refusal]:
    yield from _no_meeting(state, event.meeting_id)
    meeting = state.meetings.get(event.meeting_id)
    if meeting and meeting.release_id:
        yield Refusal("release_id", f"This review looks at release {meeting.release_id} and stays with it. Plan another for newer data.")
    if not _RELEASE.fullmatch(event.release_id):
        yield Refusal("release_id", f"{event.release_id!r} is not a release. Choose one such as r0001.")


def _view(event: ev.ViewGiven, state: State, _today: date, _author: Author) -> Iterator[Refusal]:
    if event.view_id in state.views:
        yield Refusal("view_id", f"There is a view {event.view_id!r} already. Give the new one another identifier.")
    yield from _not_ready(state, event.meeting_id)
    if event.view is View.DISAGREE and state.actions[event.action_id].status is not Status.COMPLETE:
        status = state.actions[event.action_id].status.words
        yield Refusal("view", f"The service reports it as {status}, not as complete. Choose one of the other three views.")


def _question(event: ev.QuestionAsked, state: State, _today: date, _author: Author) -> Iterator[Refusal]:
    if event.question_id in state.questions:
        yield Refusal("question_id", f"There is a question {event.question_id!r} already. Give the new one another identifier.")
    yield from _no_meeting(state, event.meeting_id)


def _answer(event: ev.QuestionAnswered, state: State, _today: date, _author: Author) -> Iterator[Refusal]:
    question = state.questions.get(event.question_id)
    if question is None:
        yield Refusal("question_id", f"There is no question {event.question_id!r} at this site. Choose one of the list.")
    elif question.withdrawn:
        yield Refusal("question_id", "The question was withdrawn, so it is not answered any more.")
    if event.we_did and event.could_not:
        yield Refusal("could_not", "It says both what you did and why you could not. Keep one; a part that could be done is what you did.")
    elif not event.we_did and not event.could_not:
        yield Refusal("we_did", "Say what you did, or “we couldn't, because...”: both are answers.")
    elif event.we_did and not event.difference:
        yield Refusal("difference", "Say what difference it made. “Too early to tell” and what you will look at is an answer.")


def _confirmed(event: ev.CompletionConfirmed, state: State, _today: date, _author: Author) -> Iterator[Refusal]:
    action = state.actions[event.action_id]
    if action.status is not Status.COMPLETE:
        yield Refusal("action_id", f"The service reports it as {action.status.words}. The panel can confirm what is reported complete.")
    elif action.confirmed:
        yield Refusal("action_id", f"The panel confirmed it on {said(action.confirmed.at.date())}. There is nothing more to record.")
    yield from _not_ready(state, event.meeting_id)
    against = sum(
        one.view is View.DISAGREE and one.action_id == event.action_id and one.meeting_id == event.meeting_id and not one.withdrawn
        for one in state.views.values()
    )
    if against:
        views = "1 view" if against == 1 else f"{against} views"
        yield Refusal(
            "meeting_id", f"{views} of this review disagree that it is complete. Withdraw them first, or confirm at a later review."
        )


def _moderated(event: ev.CommentModerated, state: State, _today: date, _author: Author) -> Iterator[Refusal]:
    said_by_panel = state.said(event.of)
    if said_by_panel is None or not said_by_panel.words:
        yield Refusal("of", f"There is no comment or question {event.of!r} at this site. Choose one that waits for a decision.")
    elif said_by_panel.withdrawn:
        yield Refusal("of", "It was withdrawn, so there is nothing to publish or to hold.")
    elif event.decision is Decision.PUBLISHED and not said_by_panel.consent:
        yield Refusal("decision", "No consent to publish is recorded with these words. Hold them; with consent they can be given again.")
    if event.decision is Decision.HELD and not event.reason:
        yield Refusal("reason", "Say why it is held back, so that those who wrote it can be told.")


def _withdrawn(event: ev.Withdrawn, state: State, _today: date, author: Author) -> Iterator[Refusal]:
    said_by_panel = state.said(event.of)
    if said_by_panel is None:
        yield Refusal("of", f"{event.of!r} cannot be withdrawn. Views and questions of the panel can: choose one of them.")
    elif said_by_panel.withdrawn:
        yield Refusal("of", f"It was withdrawn on {said(said_by_panel.withdrawn.date())} already.")
    elif author.role is Role.PANEL_MEMBER and author.account != said_by_panel.account:
        yield Refusal("of", "It was given from another account. Withdraw your own; for others ask the facilitator.", denied=True)


def _no_meeting(state: State, meeting_id: str) -> Iterator[Refusal]:
    if meeting_id not in state.meetings:
        yield Refusal("meeting_id", f"There is no review {meeting_id!r} at this site. Choose one of the list, or plan it first.")


def _not_ready(state: State, meeting_id: str) -> Iterator[Refusal]:
    yield from _no_meeting(state, meeting_id)
    if meeting_id in state.meetings and not state.meetings[meeting_id].release_id:
        yield Refusal(
            "meeting_id", "The data of this review is not frozen yet. Freeze a release first, so that its link shows what was seen."
        )


BY_KIND: dict[str, Rule] = {
    "meeting_planned": _planned,
    "meeting_held": _held,
    "release_frozen": _frozen,
    "view_given": of_an_action(_view),
    "question_asked": of_an_action(_question),
    "question_answered": _answer,
    "completion_confirmed": of_an_action(_confirmed),
    "comment_moderated": _moderated,
    "withdrawn": _withdrawn,
}
