"""Priorities and actions: what each site promised, how far it has got, and the panel's view beside the service's."""

from __future__ import annotations

import streamlit as st

from dashboard import action_filters, actions, frame, promised, promises, release

used = release.of_this_run()
now = promises.read()
with st.sidebar:
    if now.is_empty:
        read, choice = now, actions.Choice(action_filters.choose_site(used.release_id, now))
    else:
        read, choice = action_filters.choose_actions(used.release_id, now)

view = actions.build(read, choice, used.release_id)
frame.begin(f"Priorities and actions, {view.place}")
frame.show_notices()
promised.show_heading(view)
if now.is_empty:
    promised.show_none(now)
elif view.one:
    promised.show_one(view, view.one)
else:
    promised.show_priorities(view)
    promised.show_statuses(view)
    promised.show_unmeasured(view)
promised.show_gaps(view)
promised.show_files(view)
frame.show_release(used)
