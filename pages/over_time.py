"""One gap over time: whether it has narrowed, every group beside it, and whether the latest figure is unusual."""

from __future__ import annotations

import streamlit as st

from dashboard import evidence, filters, frame, over_time, release
from dashboard.view import build

used = release.of_this_run()
with st.sidebar:
    selection = filters.choose_view(used.release_id)
    whole = build(used.release_id, selection) if selection else None
    group = evidence.choose_followed(whole) if whole else ""

if whole is None:
    frame.no_figures(used)
    st.stop()

view = over_time.build(whole, group)
frame.begin(f"Over time, {whole.selection.indicator.short_name}, {whole.place}")
frame.show_notices()
evidence.show_gap_heading(view)
evidence.show_gap(view)
evidence.show_spread(view)
evidence.show_control(view)
evidence.show_gap_reading(view)
evidence.show_gap_files(view)
frame.show_release(used)
