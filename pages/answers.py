"""You said, we did: what panels asked at each site, what came of it, and what has no answer yet."""

from __future__ import annotations

import streamlit as st

from dashboard import action_filters, answered, frame, promises, release
from dashboard.answers import AnswersView

used = release.of_this_run()
read = promises.read()
with st.sidebar:
    site = action_filters.choose_site(used.release_id, read)

view = AnswersView(read, site)
frame.begin(f"You said, we did, {view.place}")
frame.show_notices()
answered.show_heading(view)
answered.show_sites(view)
frame.show_release(used)
