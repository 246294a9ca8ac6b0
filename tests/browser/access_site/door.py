"""A page that tries every write there is, as the functions that write do, and says what came of it."""

from __future__ import annotations

import streamlit as st

from dashboard import access, signing_in
from register.roles import MAY_RECORD


def tried(kind: str, site: str) -> str:
    try:
        return access.allow(kind, site).role.value
    except access.Denied as denied:
        return f"denied: {denied}"


st.title("What may I do?")
signing_in.open_door()
st.text(f"account: {access.person().account or 'nobody'}")
st.text_area("Notes", key="notes")
st.file_uploader("A file")
if st.button("Try everything"):
    st.session_state["outcome"] = "\n".join(
        f"{kind}|{site}|{tried(kind, site)}" for kind in [*MAY_RECORD, access.UPLOAD] for site in ("sheffield", "east_london")
    )
    st.session_state["times"] = st.session_state.get("times", 0) + 1
st.code(st.session_state.get("outcome", "not tried"), "text")
# Last: whoever reads this finds what came of it above.
st.text(f"tried {st.session_state.get('times', 0)} times")
