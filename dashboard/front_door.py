"""The script of every visit: page configuration and navigation. ``app.py`` serves it.

It is not at the top level, because Streamlit runs the files of a ``pages`` folder beside its main script by itself until
that script has first called ``st.navigation``: a link into a page, opened first after a start, would miss all of this.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard import signing_in

PAGES = Path(__file__).resolve().parent.parent / "pages"
ASSETS = Path(__file__).resolve().parent / "assets"

st.set_page_config(page_title="Common Ground", page_icon=str(ASSETS / "favicon.png"), layout="wide", initial_sidebar_state="auto")

overview = st.Page(PAGES / "overview.py", title="Where are the gaps?", icon=":material/grid_view:", default=True)
indicator = st.Page(PAGES / "indicator.py", title="Explore one indicator", icon=":material/query_stats:", url_path="indicator")
compare = st.Page(PAGES / "compare.py", title="Compare sites", icon=":material/compare_arrows:", url_path="compare")
over_time = st.Page(PAGES / "over_time.py", title="Over time", icon=":material/timeline:", url_path="over-time")
actions = st.Page(PAGES / "actions.py", title="Priorities and actions", icon=":material/task_alt:", url_path="actions")
answers = st.Page(PAGES / "answers.py", title="You said, we did", icon=":material/forum:", url_path="you-said-we-did")
print_pack = st.Page(PAGES / "print_pack.py", title="Print pack", icon=":material/print:", url_path="print-pack")
quality = st.Page(PAGES / "quality.py", title="Data quality", icon=":material/fact_check:", url_path="quality")
update = st.Page(PAGES / "update.py", title="Update an action", icon=":material/edit_note:", url_path="update")
review = st.Page(PAGES / "review.py", title="Panel review", icon=":material/groups:", url_path="review")
about = st.Page(PAGES / "about.py", title="About", icon=":material/info:", url_path="about")
page = st.navigation(
    {
        "The figures": [overview, indicator, compare, over_time, quality],
        "The promises": [actions, answers, update, review, print_pack],
        "Common Ground": [about],
    }
)
signing_in.open_door()
page.run()
