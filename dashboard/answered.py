"""The sections of the page "You said, we did". Whatever somebody wrote is escaped."""

from __future__ import annotations

import streamlit as st

from dashboard.answers import AnswersView, Asked, answered_after, answers_sentence, waited_words
from dashboard.promised import show_register
from dashboard.promises import name_of
from dashboard.text import escaped, heading, paragraph
from equity import periods
from register.entities import Answer

HOW = (
    "A question is asked at a panel's review. It is shown once those who asked agree and a moderator has read it. The service answers: "
    "what was said, what was done, what difference that made. “We couldn't, because” is an answer too. No answer is not: it is counted "
    "in days until there is one."
)
NOTHING_YET = (
    "No question has been recorded yet. At a review, a panel looks at each action, gives its view, and may ask a question back. How to "
    "begin is told in docs/register.md. To learn the pages first, there is an example: python -m register example"
)


def show_heading(view: AnswersView) -> None:
    """Where we are, how many questions wait for an answer, and for how long."""
    st.html(f'<p class="cg-over">{escaped(" · ".join([view.place, periods.day(view.read.day)]))}</p>')
    st.title("You said, we did", anchor=False)
    show_register(view.read)
    st.html(f'<p class="cg-lead">{escaped(answers_sentence(view.where, view.asked))}</p>' + paragraph(HOW, "small"))


def show_sites(view: AnswersView) -> None:
    """The questions of each site, and how many of its questions are not shown."""
    if view.read.trouble:
        return
    if not any(state.questions for state in view.states.values()):
        st.html(paragraph(NOTHING_YET))
        return
    for site, state in view.states.items():
        if state.questions:
            st.html(_site(view, site))


def _site(view: AnswersView, site: str) -> str:
    asked = view.of_site(site)
    waiting = "".join(_question(one) for one in asked if one.waited is not None)
    done = "".join(_question(one) for one in asked if one.waited is None)
    return (
        (heading(f"{name_of(site)}: waiting for an answer") + waiting if waiting else "")
        + (heading(f"{name_of(site)}: answered") + done if done else "")
        + paragraph(view.kept_back(site), "fresh")
    )


def _question(one: Asked) -> str:
    about = f'<a href="{escaped(one.address)}" target="_self">{escaped(one.title)}</a>'
    asked = f'<p class="cg-small">About: {about}. Asked at the review of {escaped(periods.day(one.asked_on))}. {_state(one)}</p>'
    waits = f'<p class="cg-aging">{escaped(waited_words(one.waited))}</p>' if one.waited is not None else ""
    said = "".join(_answer(each, one) for each in reversed(one.question.answers))
    return f'<section class="cg-question"><h3>{escaped(one.question.public_words)}</h3>{waits}{asked}{said}</section>'


def _state(one: Asked) -> str:
    return f"{escaped(answered_after(one))}." if one.answer else ""


def _answer(answer: Answer, one: Asked) -> str:
    """One answer; where there are several, the day of each tells which is the newest."""
    parts = [
        ("You said", answer.you_said),
        ("We did", answer.we_did),
        ("What difference it made", answer.difference),
        ("We couldn't, because", answer.could_not),
    ]
    items = "".join(f"<dt>{label}</dt><dd>{escaped(words)}</dd>" for label, words in parts if words)
    day = paragraph(f"Answer of {periods.day(answer.at.date())}", "fresh") if len(one.question.answers) > 1 else ""
    return f"{day}<dl>{items}</dl>"
