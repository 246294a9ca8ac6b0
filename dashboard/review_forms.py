"""What a panel records at a review: its view, a comment, a question, that an action is complete; and what it takes back."""

from __future__ import annotations

import streamlit as st

from dashboard import doors, drafts, recording
from dashboard.drafts import Form
from dashboard.review import Review
from dashboard.text import escaped, heading, paragraph
from equity import periods
from register import events as ev
from register.entities import Action, PanelView, Question
from register.events import Event
from register.refusal import Refusal
from register.roles import Role
from register.terms import Status, View

CONSENT = "These words may be shown to everyone, once a moderator has read them"
NO_NAMES = "Write no names. Leave out what tells who somebody is."


def choose_role(site: str) -> Role | None:
    """As what somebody records here, None where they may not. A facilitator records for a room, a panel member for themselves."""
    roles = doors.roles_for("view_given", site)
    if len(roles) < 2:
        return next(iter(roles), None)
    return st.radio("You record as", roles, format_func=lambda role: role.words, key="record as", persist_state="session")


def show_forms(review: Review, action: Action, role: Role | None) -> None:
    """The forms of a screen, or whose they are."""
    if role is None and not doors.may("view_given", review.site):
        st.html(heading("Your view"))
        doors.show_whose("view_given", "Giving a view or asking a question")
        return
    if review.figures is None:
        return
    _show_view(review, action, role)
    _show_confirm(review, action, role)
    _show_question(review, action, role)
    _show_withdraw(review, action, role)


def _show_view(review: Review, action: Action, role: Role | None) -> None:
    form = drafts.form(f"view:{review.meeting.meeting_id}:{action.action_id}", review.site)
    st.html(heading("What does the panel say?"))

    def event() -> ev.ViewGiven | None:
        view = form.value("view")
        if view is None:
            return None
        named = {"view_id": f"v-{form.event_id[:8]}", "action_id": action.action_id, "meeting_id": review.meeting.meeting_id}
        return ev.ViewGiven(view=view, comment=form.said("comment"), consent=bool(form.value("consent")), **named)

    refused = _refused(event(), review, role)
    complete = review.state.actions[action.action_id].status is Status.COMPLETE
    views = [one for one in View if complete or one is not View.DISAGREE]
    form.one_of("Our view", "view", {one: one.words[0].upper() + one.words[1:] for one in views})
    form.need("view", "Choose one of these views.")
    form.refuse(refused, "view", "view_id", "meeting_id", "action_id")
    form.area("Why? (you need not say)", "comment", help=NO_NAMES)
    form.refuse(refused, "comment")
    if form.said("comment"):
        form.tick(CONSENT, "consent")
    _show_after(form, "comment")
    form.button("Record our view", event, 0, "The view is recorded.", role)


def _show_after(form: Form, field: str) -> None:
    """What will be shown once it is recorded."""
    words = _after(form, field)
    if words:
        st.html(paragraph(words, "small"))


def _after(form: Form, field: str) -> str:
    view = form.value("view") if field == "comment" else None
    shown = f"Everyone will see at once: “{view.words}”. " if isinstance(view, View) else ""
    if not form.said(field):
        return shown
    if form.value("consent"):
        return f"{shown}Your words will be shown once a moderator has read them."
    return f"{shown}Your words will be kept and not shown to everyone."


def _show_question(review: Review, action: Action, role: Role | None) -> None:
    form = drafts.form(f"question:{review.meeting.meeting_id}:{action.action_id}", review.site)
    st.html(heading("A question back"))

    def event() -> ev.QuestionAsked:
        named = {"question_id": f"q-{form.event_id[:8]}", "action_id": action.action_id, "meeting_id": review.meeting.meeting_id}
        return ev.QuestionAsked(question=form.said("question"), consent=bool(form.value("consent")), **named)

    refused = _refused(event(), review, role)
    form.area("What do you want to ask the service?", "question", help=NO_NAMES)
    form.refuse(refused, "question", "question_id", "meeting_id")
    if form.said("question"):
        form.tick(CONSENT, "consent")
    _show_after(form, "question")
    form.button("Ask this question", event, 0, "The question is recorded. How long it waits for an answer is shown to everyone.", role)


def _show_confirm(review: Review, action: Action, role: Role | None) -> None:
    """The panel agrees that an action is complete; that it disagrees is one of the views."""
    now = review.state.actions[action.action_id]
    form = drafts.form(f"confirm:{review.meeting.meeting_id}:{action.action_id}", review.site)
    if now.status is not Status.COMPLETE or (now.confirmed and not form.open):
        return
    st.html(heading("The service says that this is complete"))
    if now.confirmed:
        form.tell()
        return

    def event() -> ev.CompletionConfirmed:
        return ev.CompletionConfirmed(action_id=action.action_id, meeting_id=review.meeting.meeting_id, words=form.said("words"))

    refused = _refused(event(), review, role)
    st.write("If you agree, confirm it. If you do not, choose “We disagree that this is complete” above.")
    form.line("In your words (shown to everyone; you need not say)", "words", help=NO_NAMES)
    form.refuse(refused, "action_id", "meeting_id", "words")
    seen = drafts.opened(review.site, f"action:{action.action_id}", review.state)
    form.button("We confirm that it is complete", event, seen, "The panel's confirmation is recorded.", role)


def _show_withdraw(review: Review, action: Action, role: Role | None) -> None:
    """Whoever gave a view or asked a question may take it back; a facilitator may for others."""
    said: list[PanelView | Question] = [*review.views(action), *review.questions(action)]
    mine = [one for one in said if role is Role.FACILITATOR or one.account == doors.author("withdrawn", review.site, role).account]
    if not mine:
        return
    with st.expander("Take something back"):
        for one in mine:
            show_withdrawal(review.site, review.state.version(subject_of(one)), one, role)


def subject_of(one: PanelView | Question) -> str:
    """What the register calls it."""
    return f"view:{one.view_id}" if isinstance(one, PanelView) else f"question:{one.question_id}"


def show_withdrawal(site: str, version: int, one: PanelView | Question, role: Role | None) -> None:
    """One thing that was said, with the button that takes it back."""
    subject = subject_of(one)
    form = drafts.form(f"withdraw:{subject}", site)
    what = f"The view “{one.view.words}”" if isinstance(one, PanelView) else "The question"
    st.html(
        paragraph(f"{what}, given on {periods.day(one.given.date())}.") + f"<blockquote>{escaped(one.words or 'No words.')}</blockquote>"
    )
    form.line("Why it is taken back (you need not say)", "reason")
    label = "Take back this view" if isinstance(one, PanelView) else "Take back this question"
    form.button(label, lambda: ev.Withdrawn(of=subject, reason=form.said("reason")), version, "It is taken back.", role)


def _refused(event: Event | None, review: Review, role: Role | None) -> tuple[Refusal, ...]:
    if event is None:
        return ()
    return recording.objections(event, review.state, review.site, doors.author(event.kind, review.site, role))
