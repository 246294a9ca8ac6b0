"""The front door of Common Ground: streamlit run app.py."""

from __future__ import annotations

import streamlit as st

from dashboard.garbage import collected
from dashboard.security import MIDDLEWARE

app = st.App("dashboard/front_door.py", middleware=MIDDLEWARE, lifespan=collected)
