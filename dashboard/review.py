"""A review as its panel goes through it: its beginning, a screen for each action, its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import streamlit as st
from streamlit.components import v2

from dashboard import choosing, frozen, promises
from dashboard.release import ReleaseInUse
from dashboard.text import escaped, heading, paragraph
from dashboard.voices import meaning_html, panel_html, service_html, status_html, statuses_key, voices_html
from equity import periods
from register.entities import Action, Meeting, PanelView, Question
from register.state import State
from register.status import shown_status

_TO_THE_TOP = v2.component("common_ground.screen", js=(Path(__file__).parent / "assets" / "screen.js").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Review:
    """A review of a site. ``actions`` are as they stood on its day, once that has passed; ``state`` is as it is now."""

    site: str
    meeting: Meeting
    state: State
    actions: Sequence[Action]
    figures: frozen.Frozen | None

    @property
    def name(self) -> str:
        """What it is called."""
        return f"Review of {periods.day(self.meeting.on)}"

    @property
    def last(self) -> int:
        """The number of its last screen."""
        return len(self.actions) + 1

    def views(self, action: Action) -> tuple[PanelView, ...]:
        """The views that this review gave of an action and nobody took back."""
        return tuple(one for one in self.state.views.values() if self._of(one, action))

    def questions(self, action: Action) -> tuple[Question, ...]:
        """The questions that it asked about an action."""
        return tuple(one for one in self.state.questions.values() if self._of(one, action))

    def _of(self, one: PanelView | Question, action: Action) -> bool:
        return (one.meeting_id, one.action_id, one.withdrawn) == (self.meeting.meeting_id, action.action_id, None)


def of_meeting(site: str, state: State, meeting: Meeting, used: ReleaseInUse) -> Review:
    """The review as its link shows it: the service's account is that of its day, once it was held and that day has passed."""
    past = meeting.held and meeting.on < promises.today()
    then = promises.read(meeting.on).states.get(site, state) if past else state
    return Review(site, meeting, state, tuple(then.actions.values()), frozen.of_meeting(meeting, used))


def show_place(review: Review, step: int) -> None:
    """Where one is: site, review, and how far through it."""
    here = [promises.name_of(review.site), review.name]
    total = len(review.actions)
    bar = ""
    if 0 < step <= total:
        here.append(f"Action {step} of {total}")
        bar = f'<progress max="{total}" value="{step}" aria-label="Action {step} of {total}"></progress>'
    st.html(f'<p class="cg-over">{escaped(" · ".join(here))}</p>{bar}')
    _TO_THE_TOP(key="screen", data=f"{review.site}/{review.meeting.meeting_id}/{step}")


def show_ways(review: Review, step: int, where: str) -> None:
    """Back and next."""
    with st.container(horizontal=True, key=f"ways_{where}"):
        if step > 0:
            st.button("Back", key=f"back_{where}", on_click=choosing.go, args=(step - 1,), icon=":material/arrow_back:")
        if step < review.last:
            words = "Start" if step == 0 else "Next" if step < len(review.actions) else "To the end"
            st.button(words, key=f"next_{where}", on_click=choosing.go, args=(step + 1,), icon=":material/arrow_forward:")


def show_beginning(review: Review) -> None:
    """Who is invited or was there, what support is offered, which figures are looked at, and the actions."""
    meeting = review.meeting
    who = ("Who was there", meeting.roles_present) if meeting.held else ("Who is invited", meeting.roles_invited)
    facts = [(who[0], ", ".join(who[1])), ("Support offered", meeting.support_offered)]
    items = "".join(f"<p><strong>{escaped(label)}:</strong> {escaped(words)}</p>" for label, words in facts)
    st.html(items)
    frozen.show_which(meeting, review.figures, review.site)
    if review.figures is None:
        st.html(paragraph(frozen.NOT_FROZEN))
    rows = "".join(f"<li><strong>{escaped(one.title)}</strong>{_both(review, one)}</li>" for one in review.actions)
    found = f"<ol>{rows}</ol>{statuses_key()}" if rows else paragraph("This site has not entered any action yet.")
    st.html(heading("What we look at") + found)


def _both(review: Review, action: Action) -> str:
    """Status and view of an action, side by side."""
    return voices_html(status_html(shown_status(action, _day(review))), panel_html(review.views(action)), " at this review")


def show_action(review: Review, action: Action) -> None:
    """An action: why it matters, the service's account beside the panel's, what the figures say."""
    shown = shown_status(action, _day(review))
    st.html(
        heading("Why it matters") + f"<blockquote>{escaped(action.why)}</blockquote>"
        f'<p class="cg-small">Led by: {escaped(action.lead)}. Made with: {escaped(action.coproduced_with)}.</p>'
        + voices_html(service_html(action, shown), panel_html(review.views(action)), " at this review")
        + meaning_html(shown)
        + _since(review, action)
    )
    frozen.show_figures(action, review.site, review.figures)
    frozen.show_which(review.meeting, review.figures, review.site, action)
    asked = review.questions(action)
    if asked:
        st.html(heading("What the panel asked") + "".join(_question(one) for one in asked))


def _day(review: Review) -> date:
    """The day by which overdue and stale are told."""
    return review.meeting.on if review.meeting.held else promises.today()


def _since(review: Review, action: Action) -> str:
    """That the service has reported something else since the review."""
    now = review.state.actions.get(action.action_id)
    if now is None or now.updates == action.updates:
        return ""
    words = shown_status(now, promises.today()).words
    return paragraph(f"This is how it stood at the review. The service has reported since: {words}.", "small")


def _question(one: Question) -> str:
    if not one.public_words:
        return paragraph("A question waits to be published.", "small")
    answer = one.answers[-1] if one.answers else None
    said = "Not answered yet." if answer is None else answer.we_did or f"We couldn't, because: {answer.could_not}"
    difference = f" What difference it made: {answer.difference}" if answer and answer.difference else ""
    return f"<blockquote>{escaped(one.public_words)}</blockquote>" + paragraph(said + difference)
