"""The dashboard's door and gates before a page of the tests: streamlit run served.py."""

from __future__ import annotations

import streamlit as st

from dashboard.security import MIDDLEWARE

app = st.App("door.py", middleware=MIDDLEWARE)
