"""The front door of Common Ground: page configuration and navigation."""

from __future__ import annotations

import streamlit as st

st.set_page_config(page_title="Common Ground", page_icon=":material/balance:", layout="wide", initial_sidebar_state="auto")

overview = st.Page("pages/overview.py", title="Where are the gaps?", icon=":material/grid_view:", url_path="overview", default=True)
indicator = st.Page("pages/indicator.py", title="One indicator", icon=":material/query_stats:", url_path="indicator")
st.navigation([overview, indicator]).run()
