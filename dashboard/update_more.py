"""The other forms of the page “Update an action”, folded: milestones, due date, and what is new altogether."""

from __future__ import annotations

import streamlit as st

from dashboard import doors, drafts, promises, recording
from dashboard.update import evidence_of
from equity import periods
from register import events as ev
from register.entities import Action
from register.events import Event
from register.refusal import Refusal
from register.state import State


def show_milestone_reached(site: str, state: State, action: Action) -> None:
    """A step that was taken."""
    left = {one.milestone_id: f"{one.title}, due {periods.day(one.due)}" for one in action.milestones if one.reached is None}
    if not left:
        return
    form = drafts.form(f"reached:{action.action_id}", site)

    def event() -> ev.MilestoneReached | None:
        name, on = form.value("milestone"), drafts.dated(form.value("on"))
        if name is None or on is None:
            return None
        return ev.MilestoneReached(action_id=action.action_id, milestone_id=name, on=on, evidence=evidence_of(form))

    with st.expander("A milestone was reached", expanded=form.open):
        refused = objections(event(), state, site)
        form.chosen("Milestone", "milestone", left)
        form.need("milestone", "Choose a milestone.")
        form.refuse(refused, "milestone_id")
        form.day("Day on which it was reached", "on")
        form.need("on", "Give the day.")
        form.refuse(refused, "on", at_once=True)
        form.line("What shows it (evidence), in words", "evidence")
        form.line("Link to the evidence (https), if there is one", "link")
        form.refuse(refused, "evidence", "evidence.text", "evidence.link")
        form.button("Record the milestone", event, seen(site, state, action), "The milestone is recorded as reached.")


def show_new_milestone(site: str, state: State, action: Action) -> None:
    """A step on the way."""
    form = drafts.form(f"milestone:{action.action_id}", site)

    def event() -> ev.MilestoneAdded | None:
        due = drafts.dated(form.value("due"))
        if due is None:
            return None
        return ev.MilestoneAdded(action_id=action.action_id, milestone_id=f"m-{form.event_id[:8]}", title=form.said("title"), due=due)

    with st.expander("Add a milestone", expanded=form.open):
        refused = objections(event(), state, site)
        form.line("Milestone", "title")
        form.refuse(refused, "title", "action_id")
        form.day("When it is due", "due")
        form.need("due", "Give the day.")
        form.refuse(refused, "due", at_once=True)
        form.button("Add the milestone", event, seen(site, state, action), "The milestone is added.")


def show_due_date(site: str, state: State, action: Action) -> None:
    """A new due date, with a reason; the first one stays on show."""
    form = drafts.form(f"due:{action.action_id}", site)

    def event() -> ev.DueDateMoved | None:
        due = drafts.dated(form.value("due"))
        return ev.DueDateMoved(action_id=action.action_id, due=due, reason=form.said("reason")) if due else None

    with st.expander("Move the due date", expanded=form.open):
        first = f" It was first due on {periods.day(action.first_due)}: that date stays on show." if len(action.due_dates) > 1 else ""
        st.write(f"It is due on {periods.day(action.due)}.{first}")
        refused = objections(event(), state, site)
        form.day("New due date", "due")
        form.need("due", "Give the day.")
        form.refuse(refused, "due", at_once=True)
        form.area("Why it moves", "reason")
        form.refuse(refused, "reason")
        form.button("Move the due date", event, seen(site, state, action), "The due date is moved.")


def show_new_action(site: str, state: State) -> None:
    """A promise that the site makes."""
    form = drafts.form("action", site)

    def event() -> ev.ActionAdded | None:
        priority, start, due = form.value("priority"), drafts.dated(form.value("start")), drafts.dated(form.value("due"))
        if priority is None or start is None or due is None:
            return None
        texts = {name: form.said(name) for name in ("title", "why", "lead", "coproduced_with")}
        return ev.ActionAdded(action_id=f"a-{form.event_id[:8]}", priority_id=priority, start=start, due=due, **texts)

    with st.expander("Add an action", expanded=form.open or not state.actions):
        refused = objections(event(), state, site)
        form.chosen("Priority", "priority", {name: one.title for name, one in promises.priorities(state).items()})
        form.need("priority", "Choose a priority.")
        for label, field in (
            ("What is promised", "title"),
            ("Why it matters, in the words of those who asked for it", "why"),
            ("Who leads it (a role, not a person)", "lead"),
            ("Coproduced with whom (groups or roles, not persons)", "coproduced_with"),
        ):
            form.line(label, field)
            form.refuse(refused, field)
        form.day("Start", "start")
        form.need("start", "Give the day.")
        form.day("Due", "due")
        form.need("due", "Give the day.")
        form.refuse(refused, "due", at_once=True)
        form.button("Add the action", event, 0, "The action is added. Choose it in the side bar to report on it.")


def show_new_priority(site: str, state: State) -> None:
    """A priority of the site's own, beside the study's five."""
    form = drafts.form("priority", site)

    def event() -> ev.PriorityAdded:
        return ev.PriorityAdded(priority_id=f"p-{form.event_id[:8]}", title=form.said("title"), why=form.said("why"))

    with st.expander("Add a local priority", expanded=form.open):
        refused = objections(event(), state, site)
        form.line("Priority", "title")
        form.refuse(refused, "title")
        form.area("Why it matters", "why")
        form.refuse(refused, "why")
        form.button("Add the priority", event, 0, "The priority is added.")


def objections(event: Event | None, state: State, site: str) -> tuple[Refusal, ...]:
    """Why an event may not be recorded as it is now; nothing where it is not whole yet."""
    return recording.objections(event, state, site, doors.author(event.kind, site)) if event else ()


def seen(site: str, state: State, action: Action) -> int:
    """The version of the action that this session has seen."""
    return drafts.opened(site, f"action:{action.action_id}", state)
