"""What is on the screen of signing in: the door where reading needs an account, the banner of the local editor, the side bar."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from dashboard import access
from dashboard.access.person import in_words
from dashboard.access.provider import providers
from dashboard.access.settings import load
from dashboard.text import literal
from register.roles import ANY_SITE
from register.settings import data_folder

BANNER = (
    "**You are the local editor.** Everybody who uses this computer has every role here, without signing in, because "
    "COMMON_GROUND_LOCAL_EDITOR is set. It works on this computer alone."
)


def open_door() -> None:
    """Say who is here, before any page runs; end the run where nobody is who may read."""
    try:
        names, visit = providers(), access.current()
        required = load(data_folder()).sign_in == "required"
    except access.AccessFault as fault:
        _closed("The settings of access need attention", f"Nothing is shown until they are put right. {fault}")
    if visit.person.local:
        st.warning(BANNER, icon=":material/edit:")
    if required and not visit.person.signed_in:
        _ask_to_sign_in(names, visit)
    if names:
        _show_who(names, visit)


def _show_who(names: tuple[str, ...], visit: access.Visit) -> None:
    with st.sidebar.container(key="who"):
        if visit.person.signed_in:
            st.markdown(f"Signed in as: **{in_words(visit.person)}**")
            sites = sorted(visit.person.sites - {ANY_SITE})
            if sites:
                st.text(f"For: {', '.join(sites)}")
            st.button("Sign out", on_click=access.sign_out, key="sign_out")
            return
        if visit.told:
            st.warning(
                f"{literal(visit.told)} What you have written is still on this page, but cannot be recorded. "
                "Copy it before you sign in again: signing in opens the page anew."
            )
        _buttons(names, "side")


def _ask_to_sign_in(names: tuple[str, ...], visit: access.Visit) -> NoReturn:
    st.title("Sign in to read", anchor=False)
    st.write("This dashboard is for people with an account.")
    if visit.told:
        st.text(visit.told)
    if names:
        _buttons(names, "door")
    else:
        st.write("No way to sign in is set up yet. Ask whoever runs it to follow docs/sign-in.md.")
    st.stop()


def _buttons(names: tuple[str, ...], place: str) -> None:
    for name in names:
        label = f"Sign in with {name}" if len(names) > 1 and name else "Sign in"
        st.button(label, on_click=st.login, args=(name or None,), key=f"sign_in_{place}_{name}")


def _closed(title: str, words: str) -> NoReturn:
    st.title(title, anchor=False)
    st.text(words)
    st.stop()
