"""What a facilitator records of a meeting: that it is planned, the figures that it looks at, that it was held."""

from __future__ import annotations

import streamlit as st

from dashboard import choosing, doors, drafts, recording
from dashboard.address import keep
from dashboard.drafts import Form
from dashboard.release import ReleaseInUse
from dashboard.review import Review
from dashboard.text import escaped, heading, paragraph
from equity import periods
from register import events as ev
from register.events import Event
from register.refusal import Refusal
from register.state import State

ROLES_HELP = "One role on each line, such as carer or service user. Write no names."
SUPPORT_HELP = "Such as: travel paid, an interpreter, a quiet room, papers in easy read."


def show_plan(site: str, state: State) -> None:
    """A review to come."""
    if not doors.may("meeting_planned", site):
        doors.show_whose("meeting_planned", "Planning a review")
        return
    form = drafts.form("meeting", site)

    def event() -> ev.MeetingPlanned | None:
        on = drafts.dated(form.value("on"))
        if on is None:
            return None
        name = f"review-{on.isoformat()}-{form.event_id[:4]}"
        return ev.MeetingPlanned(meeting_id=name, on=on, roles_invited=_lines(form, "roles"), support_offered=form.said("support"))

    refused = _refused(event(), state, site)
    form.day("Day of the review", "on")
    form.need("on", "Give the day.")
    form.refuse(refused, "on", "meeting_id")
    form.area("Who is invited, by role", "roles", help=ROLES_HELP)
    form.refuse(refused, "roles_invited")
    form.area("What support is offered", "support", help=SUPPORT_HELP)
    form.refuse(refused, "support_offered")
    form.button("Plan this review", event, 0, "The review is planned. Open it here, or choose it in the side bar.")
    newest = max(state.meetings.values(), key=lambda one: state.history[f"meeting:{one.meeting_id}"][0].sequence, default=None)
    if newest is not None and form.done:
        label = f"Open the review of {periods.day(newest.on)}"
        st.button(label, on_click=keep_meeting, args=(newest.meeting_id,), key="open planned")


def keep_meeting(meeting_id: str) -> None:
    """Open a review, at its beginning."""
    st.session_state["box:meeting"] = meeting_id
    keep("meeting", meeting_id)
    choosing.go(0)


def show_freeze(review: Review, used: ReleaseInUse) -> None:
    """The button that freezes the figures in use; there is no other way, and no way back."""
    if review.figures is not None or not doors.may("release_frozen", review.site):
        return
    form = drafts.form(f"freeze:{review.meeting.meeting_id}", review.site)
    built = periods.day(used.manifest.created_at.date())
    st.html(
        paragraph(
            f"The figures in use are of release {used.release_id}, built on {built}. Frozen, they stay with this review for good: its "
            "link shows what the panel saw, also when newer figures come."
        )
    )

    def event() -> ev.ReleaseFrozen:
        return ev.ReleaseFrozen(meeting_id=review.meeting.meeting_id, release_id=used.release_id)

    seen = drafts.opened(review.site, f"meeting:{review.meeting.meeting_id}", review.state)
    form.button("Freeze these figures", event, seen, "The figures are frozen.")


def show_end(review: Review) -> None:
    """Who was there, and what to do with what was said on paper."""
    _show_held(review)
    st.html(
        heading("What was said on paper")
        + paragraph(
            "Views, comments and questions that came on paper can be added at any time: open the action here, and record them as they were "
            "written. They count for this review."
        )
    )
    for number, action in enumerate(review.actions, start=1):
        st.button(f"{number}. {action.title}", key=f"paper_{number}", on_click=choosing.go, args=(number,))


def _show_held(review: Review) -> None:
    meeting = review.meeting
    st.html(heading("Who was there"))
    form = drafts.form(f"held:{meeting.meeting_id}", review.site)
    if meeting.held:
        form.tell()
        st.html(paragraph(f"Held on {periods.day(meeting.on)}. There: {', '.join(meeting.roles_present)}."))
        st.html(f"<p><strong>Support offered:</strong> {escaped(meeting.support_offered)}</p>")
        return
    if not doors.may("meeting_held", review.site):
        doors.show_whose("meeting_held", "Recording who was there")
        return
    for field, value in {"on": meeting.on, "roles": "\n".join(meeting.roles_invited), "support": meeting.support_offered}.items():
        st.session_state.setdefault(form.key(field), value)

    def event() -> ev.MeetingHeld | None:
        on = drafts.dated(form.value("on"))
        if on is None:
            return None
        present = _lines(form, "roles")
        return ev.MeetingHeld(meeting_id=meeting.meeting_id, on=on, roles_present=present, support_offered=form.said("support"))

    refused = _refused(event(), review.state, review.site)
    form.day("Day of the review", "on")
    form.need("on", "Give the day.")
    form.refuse(refused, "on", "meeting_id")
    form.area("Who was there, by role", "roles", help=ROLES_HELP)
    form.refuse(refused, "roles_present")
    form.area("What support was offered", "support", help=SUPPORT_HELP)
    form.refuse(refused, "support_offered")
    seen = drafts.opened(review.site, f"meeting:{meeting.meeting_id}", review.state)
    form.button("Record that it was held", event, seen, "It is recorded that the review was held.")


def _lines(form: Form, field: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in form.said(field).splitlines() if line.strip())


def _refused(event: Event | None, state: State, site: str) -> tuple[Refusal, ...]:
    return recording.objections(event, state, site, doors.author(event.kind, site)) if event else ()
