"""Update an action: two minutes for what is new, and the questions of the panel."""

from __future__ import annotations

import streamlit as st

from dashboard import choosing, doors, frame, measuring, promises, release, update, update_more
from dashboard.answering import show_questions
from dashboard.promised import show_register

used = release.of_this_run()
with st.sidebar:
    site = choosing.choose_site(used.release_id)
    state = promises.state(site)
    action = choosing.choose_action(site, state)

frame.begin(f"Update an action, {promises.name_of(site)}")
frame.show_notices()
st.title("Update an action", anchor=False)
show_register(promises.read())
with st.container(key="update"):
    if action is None:
        st.write("This site has not entered any action yet.")
    else:
        update.show_now(action, state, promises.name_of(site))
        if doors.may("status_reported", site):
            update.show_status(site, state, action)
            show_questions(site, state, action)
            update_more.show_milestone_reached(site, state, action)
            update_more.show_new_milestone(site, state, action)
            update_more.show_due_date(site, state, action)
        else:
            doors.show_whose("status_reported", "Updating an action")
        if doors.may("measure_linked", site):
            measuring.show_measures(used.release_id, site, state, action)
    if doors.may("action_added", site):
        update_more.show_new_action(site, state)
        update_more.show_new_priority(site, state)
    elif action is None:
        doors.show_whose("action_added", "Adding an action")
frame.show_release(used)
