"""The same indicator at the four sites and in England: every group at each, and one group beside all organisations of the kind."""

from __future__ import annotations

import streamlit as st

from dashboard import across, evidence, filters, frame, release

used = release.of_this_run()
with st.sidebar:
    selection = filters.choose_across(used.release_id)

if selection is None:
    frame.no_figures(used)
    st.stop()

view = across.build(used.release_id, selection)
frame.begin(f"Compare sites, {selection.indicator.short_name}, {view.period}")
frame.show_notices()
evidence.show_sites_heading(view)
evidence.show_sites(view)
evidence.show_funnel(view)
evidence.show_sites_reading(view)
evidence.show_sites_files(view)
frame.show_release(used)
