"""Who may do what, said on the page: forms are offered to those who may send them, and the others are told whose they are."""

from __future__ import annotations

import streamlit as st

from dashboard import access, drafts
from dashboard.access.provider import providers
from dashboard.access.rights import author_for, who
from dashboard.text import literal
from register.roles import Author, Role


def may(kind: str, site: str) -> bool:
    """Whether to offer a form: to whoever may send it, and to somebody whose sign-in has ended while they wrote."""
    visit = access.current()
    return access.may(visit.person, kind, site) or (bool(visit.told) and drafts.any_written())


def author(kind: str, site: str, role: Role | None = None) -> Author:
    """As whom the person of this run would record it; nobody in particular where they may not."""
    person = access.person()
    return author_for(person, kind, site, role) or person.author(role or Role.READER)


def roles_for(kind: str, site: str) -> list[Role]:
    """The roles of this person that may record a kind here."""
    person = access.person()
    return [role for role in Role if author_for(person, kind, site, role)]


def show_whose(kind: str, what: str) -> None:
    """That a form is for others, whose, and how to sign in."""
    ways = (
        "Sign in with the button in the side bar."
        if providers()
        else "No way to sign in is set up here. Whoever runs this dashboard can set one up: docs/sign-in.md says how."
    )
    signed_in = access.person().signed_in
    then = "Your roles and sites do not include it. If they should, ask whoever looks after access here." if signed_in else ways
    st.info(literal(f"{what} is for: {who(kind)}. You can read everything here without it. {then}"))
