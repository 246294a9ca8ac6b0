"""Rules of priorities and actions: dates, statuses, milestones, measures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from register import events as ev
from register.entities import Action
from register.identifying import names_a_person
from register.reference import groups, indicators, study_priorities
from register.refusal import Refusal
from register.roles import Author
from register.state import State
from register.terms import Status


def said(day: date) -> str:
    """A day as it is said: 3 May 2026."""
    return f"{day.day} {day:%B %Y}"


def roles_not_names(field: str, text: str) -> Iterator[Refusal]:
    """A person's name, address or number where a role belongs."""
    if names_a_person(text):
        yield Refusal(field, f"{text!r} looks like a person. Give the role, such as “community engagement lead”: no names are kept.")


def no_action(state: State, action_id: str) -> Refusal | None:
    """The action that an event names is not there."""
    if action_id in state.actions:
        return None
    return Refusal("action_id", f"There is no action {action_id!r} at this site. Choose one of the list, or add it first.")


def _priority(event: ev.PriorityAdded, state: State, _today: date, _author: Author) -> Iterator[Refusal]:
    if event.priority_id in state.priorities or event.priority_id in study_priorities():
        yield Refusal("priority_id", f"There is a priority {event.priority_id!r} already. Use it, or give the new one another identifier.")


def _added(event: ev.ActionAdded, state: State, _today: date, _author: Author) -> Iterator[Refusal]:
    if event.action_id in state.actions:
        yield Refusal("action_id", f"There is an action {event.action_id!r} already. Report on it, or give the new one another identifier.")
    known = {**study_priorities(), **state.priorities}
    if event.priority_id not in known:
        yield Refusal("priority_id", f"{event.priority_id!r} is not a priority of this site. Choose one of: {', '.join(known)}.")
    if event.due < event.start:
        yield Refusal("due", f"It would be due on {said(event.due)}, before it starts on {said(event.start)}. Choose a later due date.")
    yield from roles_not_names("lead", event.lead)
    yield from roles_not_names("coproduced_with", event.coproduced_with)


def _due_moved(event: ev.DueDateMoved, state: State, today: date, _author: Author) -> Iterator[Refusal]:
    action = state.actions[event.action_id]
    if action.status is Status.COMPLETE:
        yield Refusal("due", "The action is complete, so its due date stays. If there is more to do, report another status first.")
    elif event.due == action.due:
        yield Refusal("due", f"It is due on {said(event.due)} already. Choose another date, or leave it.")
    elif event.due < max(today, action.start):
        earliest = max(today, action.start)
        yield Refusal("due", f"{said(event.due)} is too early. A due date can be moved to {said(earliest)} or later.")


def _status(event: ev.StatusReported, state: State, today: date, _author: Author) -> Iterator[Refusal]:
    action = state.actions[event.action_id]
    if event.status is Status.ON_TRACK and today > action.due:
        yield Refusal(
            "status",
            f"It is past its due date ({said(action.due)}), so it cannot be on track: choose at risk or off track, or move the date and "
            "say why.",
        )
    if event.status is Status.NOT_STARTED and action.updates:
        yield Refusal("status", f"It was reported as {action.status.words} before, so it has started. Choose another status.")
    if event.status is not Status.COMPLETE:
        if event.outcome:
            yield Refusal(
                "outcome", f"An outcome is for an action that is complete; this is {event.status.words}. Say it under what happened."
            )
        return
    if action.status is Status.COMPLETE:
        yield Refusal("status", "It is complete already. If there is more to do, report another status; if words were wrong, correct them.")
    if not event.outcome:
        yield Refusal(
            "outcome", "“Complete” needs an outcome. Say what is different now for the people it was for, or choose another status."
        )
    if not event.evidence:
        yield Refusal("evidence", "“Complete” needs evidence. Give a link, or say in words what shows it, or choose another status.")


def _milestone(event: ev.MilestoneAdded, state: State, _today: date, _author: Author) -> Iterator[Refusal]:
    action = state.actions[event.action_id]
    if action.status is Status.COMPLETE:
        yield Refusal("action_id", "The action is complete, so it has no further milestones. Report another status first.")
    if any(one.milestone_id == event.milestone_id for one in action.milestones):
        yield Refusal("milestone_id", f"There is a milestone {event.milestone_id!r} already. Give the new one another identifier.")
    if event.due < action.start:
        yield Refusal("due", f"{said(event.due)} is before the action starts on {said(action.start)}. Choose a later date.")


def _reached(event: ev.MilestoneReached, state: State, today: date, _author: Author) -> Iterator[Refusal]:
    milestone = next((one for one in state.actions[event.action_id].milestones if one.milestone_id == event.milestone_id), None)
    if milestone is None:
        yield Refusal("milestone_id", f"This action has no milestone {event.milestone_id!r}. Choose one of its list, or add it first.")
    elif milestone.reached:
        yield Refusal("milestone_id", f"It was reached on {said(milestone.reached)} already. There is nothing more to record.")
    if event.on > today:
        yield Refusal("on", f"{said(event.on)} has not come yet. Give the day on which it was reached: today or earlier.")


def _linked(event: ev.MeasureLinked, state: State, _today: date, _author: Author) -> Iterator[Refusal]:
    if _has(state.actions[event.action_id], event):
        yield Refusal(
            "indicator_id", "This indicator is linked for this group already. To change its direction, unlink it first and say why."
        )
    yield from _unknown(event)


def _unknown(event: ev.MeasureLinked) -> Iterator[Refusal]:
    codes = groups().get(event.ethnicity_scheme)
    if event.indicator_id not in indicators():
        yield Refusal("indicator_id", f"{event.indicator_id!r} is not in the catalogue. Choose one of: {', '.join(sorted(indicators()))}.")
    if codes is None:
        yield Refusal(
            "ethnicity_scheme", f"{event.ethnicity_scheme!r} is no scheme of ethnic groups. Choose one of: {', '.join(groups())}."
        )
    elif event.ethnicity_code not in codes:
        yield Refusal("ethnicity_code", f"{event.ethnicity_code!r} is no group of it. Choose one of: {', '.join(sorted(codes))}.")


def _unlinked(event: ev.MeasureUnlinked, state: State, _today: date, _author: Author) -> Iterator[Refusal]:
    if not _has(state.actions[event.action_id], event):
        yield Refusal("indicator_id", "This indicator is not linked for this group. Choose one of the action's measures.")


def _has(action: Action, event: ev.MeasureLinked | ev.MeasureUnlinked) -> bool:
    key = (event.indicator_id, event.ethnicity_scheme, event.ethnicity_code)
    return any(measure.key == key for measure in action.measures)


Rule = Callable[[Any, State, date, Author], Iterator[Refusal]]


def of_an_action(rule: Rule) -> Rule:
    """A rule that is asked only where the action is there."""

    def asked(event: Any, state: State, today: date, author: Author) -> Iterator[Refusal]:
        absent = no_action(state, event.action_id)
        if absent:
            yield absent
        else:
            yield from rule(event, state, today, author)

    return asked


BY_KIND: dict[str, Rule] = {
    "priority_added": _priority,
    "action_added": _added,
    "due_date_moved": of_an_action(_due_moved),
    "status_reported": of_an_action(_status),
    "milestone_added": of_an_action(_milestone),
    "milestone_reached": of_an_action(_reached),
    "measure_linked": of_an_action(_linked),
    "measure_unlinked": of_an_action(_unlinked),
}
