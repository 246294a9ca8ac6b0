"""Answering the panel's questions: you said, we did, what difference it made; or we couldn't, because."""

from __future__ import annotations

import streamlit as st

from dashboard import doors, drafts, promises, recording
from dashboard.answers import waited_words
from dashboard.drafts import Form
from dashboard.text import escaped, heading, paragraph
from register import events as ev
from register.entities import Action, Question
from register.state import State
from register.status import unanswered_days

DID, COULD_NOT = "did", "could_not"
ANSWERS = {DID: "We did something", COULD_NOT: "We couldn't, because..."}
HIDDEN = "Another question waits for a moderator."
SEVERAL_HIDDEN = "{count} more questions wait for a moderator."


def show_questions(site: str, state: State, action: Action) -> None:
    """The questions about an action that everyone may read and nobody has answered, each with its form."""
    asked = [one for one in state.questions.values() if one.action_id == action.action_id and not one.withdrawn]
    open_ones = [one for one in asked if one.public_words and (not one.answers or _form(one, site).open)]
    hidden = sum(one.awaits_moderation and one.consent for one in asked)
    if open_ones or hidden:
        more = "" if not hidden else HIDDEN if hidden == 1 else SEVERAL_HIDDEN.format(count=hidden)
        st.html(heading("The panel asks") + paragraph(more, "small"))
    for one in open_ones:
        _show(site, state, one)


def _form(question: Question, site: str) -> Form:
    return drafts.form(f"answer:{question.question_id}", site)


def _show(site: str, state: State, question: Question) -> None:
    form = _form(question, site)
    days = unanswered_days(question, promises.today())
    waiting = "Answered" if days is None else waited_words(days)
    st.html(f'<blockquote>{escaped(question.public_words)}</blockquote><p class="cg-small">{escaped(waiting)}.</p>')
    with st.expander("Answer this question", expanded=form.open):
        event = _event(form, question)
        refused = recording.objections(event, state, site, doors.author(event.kind, site)) if event else ()
        form.line("You said: what the panel asked for, in short", "you_said")
        form.refuse(refused, "you_said")
        form.one_of("Our answer", "answer", ANSWERS)
        form.need("answer", "Choose one: both are answers.")
        if form.value("answer") == DID:
            form.area("We did", "we_did")
            form.refuse(refused, "we_did")
            form.area("What difference it made", "difference", help="“Too early to tell”, and what you will look at, is an answer.")
            form.refuse(refused, "difference")
        if form.value("answer") == COULD_NOT:
            form.area("We couldn't, because", "could_not")
            form.refuse(refused, "could_not", "we_did")
        seen = drafts.opened(site, f"question:{question.question_id}", state)
        form.button("Publish this answer", lambda: _event(form, question), seen, "The answer is published.")


def _event(form: Form, question: Question) -> ev.QuestionAnswered | None:
    answer = form.value("answer")
    if answer is None:
        return None
    did = {name: form.said(name) for name in ("we_did", "difference")} if answer == DID else {"could_not": form.said("could_not")}
    return ev.QuestionAnswered(question_id=question.question_id, you_said=form.said("you_said"), **did)
