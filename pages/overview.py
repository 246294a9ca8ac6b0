"""A place at a glance: a sentence for each domain, every indicator by ethnic group, and what was asked for."""

from __future__ import annotations

import streamlit as st

from dashboard import filters, frame, front, release, summary

used = release.of_this_run()
with st.sidebar:
    place = filters.choose_place(used.release_id)
    groups = summary.groups_of(used.release_id, place)
    reference = filters.choose_reference(groups)

frame.begin(f"Overview, {place.name}")
frame.show_notices()
st.title("Where are the gaps?", anchor=False)
front.show_place(place)
if groups.is_empty():
    st.write("This release holds no figures by ethnic group for the place chosen. Choose another place in the side bar.")
    frame.show_release(used)
    st.stop()

told = summary.tell(used.release_id, place, reference)
front.show_domains(told, place, groups, reference)
st.header("Every indicator, every group", anchor=False)
front.show_matrix(told, place, groups, reference)
st.header("What people asked for", anchor=False)
front.show_priorities()
frame.show_release(used)
