"""One indicator at one place: the question, the answer, the evidence, and how far it can be trusted."""

from __future__ import annotations

import streamlit as st

from dashboard import filters, frame, linked, reading, release, sections
from dashboard.places import FOOTPRINT
from dashboard.view import build

used = release.of_this_run()
with st.sidebar:
    selection = filters.choose_view(used.release_id)

if selection is None:
    frame.no_figures(used)
    st.stop()

view = build(used.release_id, selection)
frame.begin(f"{selection.indicator.short_name}, {view.place}, {view.period}")
frame.show_notices()
sections.show_heading(view)
sections.show_facts(view)

evidence, over_time = st.columns([6, 5], gap="large")
with evidence:
    sections.show_groups(view)
with over_time:
    sections.show_trend(view)
linked.show_doing(view)
sections.show_potential(view)
sections.show_shares(view)
sections.show_numbers(view)
sections.show_detail(view)
sections.show_unknown(view)
reading.show_reading(view)
reading.show_source(view)
sections.show_files(view)
if len(selection.place.organisations) > 1:
    st.caption(FOOTPRINT)
frame.show_release(used)
