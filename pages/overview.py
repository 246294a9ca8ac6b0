"""Where are the gaps? Those that stand out at a place, every indicator by ethnic group, and what was asked for."""

from __future__ import annotations

import streamlit as st

from dashboard import filters, findings, frame, front, release, summary

used = release.of_this_run()
with st.sidebar:
    place, seen = filters.choose_places(used.release_id)
    groups = summary.groups_of(used.release_id, seen)
    reference = filters.choose_reference(filters.references(groups))
    order = filters.choose_order()

frame.begin(f"Where are the gaps? {place.name}")
frame.show_notices()
st.title("Where are the gaps?", anchor=False)
front.show_place(place)
if groups.is_empty():
    st.write("This release holds no figures by ethnic group for the place chosen. Choose another place in the side bar.")
    frame.show_release(used)
    st.stop()

view = findings.build(used.release_id, place, seen, reference, summary.against(groups, reference), order)
front.show_gaps(view)
if len(seen) == 1:
    front.show_domains(view)
    st.header("Every indicator, every group", anchor=False)
    front.show_matrix(view, groups)
st.header("What people asked for", anchor=False)
front.show_priorities(view)
front.show_files(view)
frame.show_release(used)
