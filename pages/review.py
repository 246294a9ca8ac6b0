"""Panel review: plan a meeting, freeze the figures, go through each action on a screen of its own, and what waits to be published."""

from __future__ import annotations

import streamlit as st

from dashboard import choosing, frame, meetings, moderation, promises, release, review_forms
from dashboard import review as reviews
from dashboard.promised import show_register
from dashboard.text import literal

used = release.of_this_run()
with st.sidebar:
    site = choosing.choose_site(used.release_id)
    state = promises.state(site)
    chosen = choosing.choose_review(state)
    role = review_forms.choose_role(site)

frame.begin(f"Panel review, {promises.name_of(site)}")
frame.show_notices()
shown = used
with st.container(key="review"):
    if chosen not in state.meetings:
        st.title("Plan a review" if chosen == choosing.NEW else "Comments and questions", anchor=False)
        show_register(promises.read())
        (meetings.show_plan if chosen == choosing.NEW else moderation.show)(site, state)
    else:
        one = reviews.of_meeting(site, state, state.meetings[chosen], used)
        shown = one.figures.shown if one.figures else used
        step = choosing.step_of(chosen, one.last)
        action = one.actions[step - 1] if 0 < step < one.last else None
        reviews.show_place(one, step)
        st.title(literal(action.title if action else one.name), anchor=False)
        show_register(promises.read())
        reviews.show_ways(one, step, "above")
        if action:
            reviews.show_action(one, action)
            review_forms.show_forms(one, action, role)
        elif step == 0:
            reviews.show_beginning(one)
            meetings.show_freeze(one, used)
        else:
            meetings.show_end(one)
        reviews.show_ways(one, step, "below")
frame.show_release(shown)
