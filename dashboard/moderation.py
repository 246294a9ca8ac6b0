"""Comments and questions that wait to be published: read by a moderator, who is warned of what may tell who somebody is."""

from __future__ import annotations

import streamlit as st

from dashboard import doors, drafts, recording
from dashboard.choosing import waiting
from dashboard.review_forms import show_withdrawal, subject_of
from dashboard.text import escaped, heading, literal, paragraph
from equity import periods
from register import events as ev
from register.entities import PanelView, Question
from register.identifying import looks_identifying
from register.state import State
from register.terms import Decision

KIND = "comment_moderated"
DECISIONS = {Decision.PUBLISHED: "Publish", Decision.HELD: "Hold back"}
NOTHING_FOUND = "Nothing in it looks like a name, a number or an address. Read it all the same: not everything is found."
NO_CONSENT = "Those who said it did not agree that it is shown. It can be held back only."


def show(site: str, state: State) -> None:
    """What waits, each with its warnings; then what is published."""
    if not doors.may(KIND, site):
        doors.show_whose(KIND, "Publishing comments and questions")
        return
    left = waiting(state)
    count = "Nothing waits." if not left else "1 waits." if len(left) == 1 else f"{len(left)} wait."
    st.html(f'<p class="cg-lead">{count}</p>')
    decided = [one for one in [*state.views.values(), *state.questions.values()] if _form_of(one, site).open and one not in left]
    for one in [*left, *decided]:
        _show(site, state, one)
    public = [one for one in [*state.views.values(), *state.questions.values()] if one.public_words]
    if public:
        with st.expander(f"Published: {len(public)}"):
            role = doors.roles_for("withdrawn", site)[-1]
            for one in public:
                show_withdrawal(site, state.version(subject_of(one)), one, role)


def _form_of(one: PanelView | Question, site: str) -> drafts.Form:
    return drafts.form(f"moderate:{subject_of(one)}", site)


def _show(site: str, state: State, one: PanelView | Question) -> None:
    form, subject = _form_of(one, site), subject_of(one)
    if not one.awaits_moderation:
        form.tell()
        return
    what = "Comment" if isinstance(one, PanelView) else "Question"
    action, meeting = state.actions[one.action_id], state.meetings[one.meeting_id]
    about = f"On “{action.title}”, review of {periods.day(meeting.on)}."
    st.html(heading(what) + paragraph(about, "small") + f"<blockquote>{escaped(one.words)}</blockquote>")
    warned = looks_identifying(one.words)
    for warning in warned:
        st.warning(literal(warning.sentence))
    notes = paragraph("" if warned else NOTHING_FOUND, "small") + paragraph("" if one.consent else NO_CONSENT)
    if notes:
        st.html(notes)

    def event() -> ev.CommentModerated | None:
        decision = form.value("decision")
        return ev.CommentModerated(of=subject, decision=decision, reason=form.said("reason")) if decision else None

    made = event()
    refused = recording.objections(made, state, site, doors.author(KIND, site)) if made else ()
    form.one_of("Decision", "decision", DECISIONS if one.consent else {Decision.HELD: DECISIONS[Decision.HELD]})
    form.need("decision", "Choose one.")
    form.refuse(refused, "decision", "of")
    if form.value("decision") is Decision.HELD:
        form.line("Why it is held back, so that those who wrote it can be told", "reason")
        form.refuse(refused, "reason")
    form.button("Record the decision", event, drafts.opened(site, subject, state), "The decision is recorded.")
