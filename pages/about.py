"""About: what this can and cannot tell, how figures are worked out, words, accessibility, licences."""

from __future__ import annotations

import streamlit as st

from dashboard import about, frame, release

used = release.of_this_run()
frame.begin("About")
frame.show_notices()
st.title("About Common Ground", anchor=False)
about.show_reach()
about.show_methods()
about.show_glossary()
about.show_accessibility()
about.show_licences(used)
frame.show_release(used)
