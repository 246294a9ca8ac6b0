"""The choices of the pages that write, and of all that read the register: site, action, review. All of them live in the address."""

from __future__ import annotations

import re
from collections.abc import Mapping

import streamlit as st

from dashboard import access, promises
from dashboard.address import choose, keep
from dashboard.filters import ALL_SITES, places_of
from equity import periods
from register.entities import Action, PanelView, Question
from register.state import State


def choose_site(release_id: str) -> str:
    """A site of the register; for somebody who works for one, that one first."""
    names = promises.names()
    own = [site for site in names if site in access.person().sites]
    return site_of("Site", names, next(iter(own), next(iter(names))), release_id)


def site_of(label: str, offered: Mapping[str, str], default: str, release_id: str) -> str:
    """A site of the register, of those on offer; a place of another page or of another register is replaced without a word."""
    elsewhere = {ALL_SITES.key, *places_of(release_id), *promises.every_site()} - offered.keys()
    return choose(label, "place", offered, default, elsewhere=elsewhere)


def choose_action(site: str, state: State) -> Action | None:
    """An action of the site, None where it has none."""
    mine = {f"{site}.{name}": one for name, one in state.actions.items()}
    if not mine:
        return None
    others = {f"{place}.{name}" for place, of in promises.states().items() for name in of.actions} - mine.keys()
    titles = {key: one.title for key, one in mine.items()}
    return mine[choose("Action", "action", titles, next(iter(titles)), elsewhere={"all", *others})]


NEW, COMMENTS = "new", "comments"
"""What stands in the address in the place of a review: to plan one, and what waits to be published."""


def choose_review(state: State) -> str:
    """A review of the site, the newest first; or to plan one, or what waits to be published."""
    held = sorted(state.meetings.values(), key=lambda one: (one.on, one.meeting_id), reverse=True)
    offered = {one.meeting_id: f"Review of {periods.day(one.on)}" for one in held}
    offered |= {NEW: "Plan a new review"} | {COMMENTS: f"Comments and questions ({len(waiting(state))} waiting)"}
    others = {name for of in promises.states().values() for name in of.meetings} - offered.keys()
    return choose("Review", "meeting", offered, next(iter(offered)), elsewhere=others)


def waiting(state: State) -> list[PanelView | Question]:
    """What the panel said and no moderator has decided on, the oldest first."""
    return sorted((one for one in [*state.views.values(), *state.questions.values()] if one.awaits_moderation), key=lambda one: one.given)


def step_of(meeting_id: str, last: int) -> int:
    """Which screen of a review is shown, 0 for its beginning; another review begins at its beginning."""
    asked, before = st.query_params.get("step", "0"), st.session_state.get("step:of", meeting_id)
    st.session_state["step:of"] = meeting_id
    step = int(asked) if before == meeting_id and re.fullmatch(r"[0-9]{1,4}", asked) else 0
    keep("step", str(min(step, last)))
    return min(step, last)


def go(step: int) -> None:
    """Show another screen in this run."""
    keep("step", str(step))
