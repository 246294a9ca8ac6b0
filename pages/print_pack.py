"""Print pack: one easy-read page a priority, for a room without laptops."""

from __future__ import annotations

import streamlit as st

from dashboard import frame, promises, release
from dashboard.pack import offered

used = release.of_this_run()
now = promises.read()
with st.sidebar:
    choice = offered.choose_pack(used.release_id, now)

pack = offered.build(choice, now)
frame.begin(f"Print pack, {pack.place}")
frame.show_notices()
offered.show_heading(now, choice)
offered.show_files(pack, choice)
offered.show_pages(pack)
frame.show_release(used)
