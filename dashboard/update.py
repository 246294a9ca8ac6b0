"""The form of the page “Update an action” that takes two minutes: status, what happened, evidence, what comes next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st

from dashboard import doors, drafts, promises, recording
from dashboard.action_words import MEANT
from dashboard.drafts import Form
from dashboard.text import escaped, heading
from dashboard.voices import panel_html, service_html, statuses_key, voices_html
from register import events as ev
from register.entities import Action, Update
from register.state import State
from register.status import shown_status, views_of
from register.terms import Status

STATUSES = (Status.ON_TRACK, Status.AT_RISK, Status.OFF_TRACK, Status.BLOCKED, Status.COMPLETE, Status.NOT_STARTED)
WRITE = "Who wrote it is shown by role. Write no names of persons, and nothing that tells who somebody is."


def show_now(action: Action, state: State, place: str) -> None:
    """The action as everyone sees it now: the service's status and the panel's view side by side."""
    shown = shown_status(action, promises.today())
    st.html(
        f'<p class="cg-over">{escaped(place)} · Led by: {escaped(action.lead)}</p>{heading(action.title)}'
        f"<blockquote>{escaped(action.why)}</blockquote>"
        + voices_html(service_html(action, shown), panel_html(views_of(state, action.action_id)))
        + statuses_key()
    )


def show_status(site: str, state: State, action: Action) -> None:
    """Status, what happened, evidence, outcome when complete, next milestone; what will be shown; and the button."""
    form = drafts.form(f"status:{action.action_id}", site)
    st.html(heading("What is new?"))
    event = _event(form, action)
    refused = recording.objections(event, state, site, doors.author(event.kind, site)) if event else ()
    form.one_of("Status now", "status", {one: f"**{one.letter} {one.words}**: {MEANT[one]}" for one in STATUSES})
    form.need("status", "Choose a status.")
    form.refuse(refused, "status", "action_id", at_once=True)
    form.area("What happened", "happened", help=WRITE)
    form.refuse(refused, "happened")
    form.line("What shows it (evidence), in words", "evidence", help="Such as: minutes of the meeting of 3 May")
    form.line("Link to the evidence (https), if there is one", "link")
    form.refuse(refused, "evidence", "evidence.text", "evidence.link")
    if form.value("status") is Status.COMPLETE:
        form.area("Outcome: what is different now for the people it was for", "outcome")
        form.refuse(refused, "outcome")
    form.line("What comes next", "next")
    form.refuse(refused, "next_milestone")
    if event:
        _preview(event, action, state)
    form.button("Record this update", lambda: _event(form, action), drafts.opened(site, f"action:{action.action_id}", state), "Recorded.")


def _event(form: Form, action: Action) -> ev.StatusReported | None:
    status = form.value("status")
    if status is None:
        return None
    return ev.StatusReported(
        action_id=action.action_id,
        status=status,
        happened=form.said("happened"),
        evidence=evidence_of(form),
        next_milestone=form.said("next"),
        outcome=form.said("outcome") if status is Status.COMPLETE else "",
    )


def evidence_of(form: Form) -> tuple[ev.Evidence, ...]:
    """What a form says of evidence: words, and perhaps a link."""
    text, link = form.said("evidence"), form.said("link")
    return (ev.Evidence(text=text, link=link),) if text or link else ()


def _preview(event: ev.StatusReported, action: Action, state: State) -> None:
    """The action as it will be shown once this is recorded."""
    now = datetime.now(UTC)
    update = Update("", event.status, event.happened, event.evidence, event.next_milestone, event.outcome, now)
    then = replace(action, updates=(*action.updates, update), confirmed=None)
    both = voices_html(service_html(then, shown_status(then, promises.today())), panel_html(views_of(state, action.action_id)))
    st.html(f'<section class="cg-preview" aria-label="Preview"><p class="cg-small">This is what everyone will see:</p>{both}</section>')
