"""Data quality: how far the figures of a place can be relied on, and what that does to the conclusions."""

from __future__ import annotations

import streamlit as st

from dashboard import filters, frame, front, quality, release, sound, summary

used = release.of_this_run()
with st.sidebar:
    place = filters.choose_place(used.release_id)
    groups = summary.groups_of(used.release_id, (place,))
    reference = filters.choose_reference(filters.references(groups))

frame.begin(f"Data quality, {place.name}")
frame.show_notices()
st.title("How far can these figures be relied on?", anchor=False)
front.show_place(place)
if groups.is_empty():
    st.write("This release holds no figures by ethnic group for the place chosen. Choose another place in the side bar.")
    frame.show_release(used)
    st.stop()

view = quality.build(used.release_id, place, reference, used.manifest.created_at.date())
sound.show_headline(view)
sound.show_recorded(view)
sound.show_conclusions(view)
sound.show_states(view)
sound.show_freshness(view)
sound.show_breaks(view)
sound.show_files(view)
frame.show_release(used)
