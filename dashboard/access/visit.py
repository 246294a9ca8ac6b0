"""Who a run of a page is for: asked of Streamlit's cookie, of the settings, and of the sign-ins that still hold."""

from __future__ import annotations

import os
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit import config, runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.access.claims import Claims, person_of
from dashboard.access.local import may_edit
from dashboard.access.person import LOCAL_EDITOR, NOBODY, Person
from dashboard.access.provider import providers
from dashboard.access.settings import AccessFault, AccessSettings, load
from dashboard.access.sign_ins import Limits, SignIn, SignIns, Standing, sign_in_of
from dashboard.access.uploads import SENDERS, Sender
from register.settings import data_folder

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Visit:
    """The person of a run; where somebody signed in and it holds no longer, ``told`` says so to them."""

    person: Person
    sign_in: SignIn | None = None
    told: str = ""


def current() -> Visit:
    """Who this run is for, as of now. Raises AccessFault where the settings cannot be used: nobody may do anything then."""
    settings = load(data_folder())
    set_up = bool(providers())
    claims: Claims = st.user.to_dict() if set_up else {}
    if set_up:
        visit = visit_of(claims, settings, data_folder(), time.time()) if claims.get("is_logged_in") else Visit(NOBODY)
    else:
        visit = Visit(LOCAL_EDITOR if _at_this_machine() else NOBODY)
    _note_sender(visit, claims, settings)
    return visit


def visit_of(claims: Claims, settings: AccessSettings, folder: Path, now: float) -> Visit:
    """The visit of somebody whom Streamlit's cookie says to be signed in."""
    sign_in = sign_in_of(claims)
    if sign_in is None:
        return Visit(NOBODY, None, _told(Standing.UNKNOWN, settings))
    standing = _used(SignIns(folder), sign_in, now, settings)
    if standing is Standing.HOLDS:
        return Visit(person_of(claims, settings), sign_in)
    return Visit(NOBODY, sign_in, _told(standing, settings))


def sign_out() -> None:
    """End the sign-in of this run for good, in every tab and for every copy of its cookie, then take the cookie away."""
    sign_in = sign_in_of(st.user.to_dict())
    if sign_in is not None:
        SignIns(data_folder()).end(sign_in, time.time())
    st.logout()


def _used(sign_ins: SignIns, sign_in: SignIn, now: float, settings: AccessSettings) -> Standing:
    try:
        return sign_ins.use(sign_in, now, Limits(settings.hours * 3600, settings.idle_minutes * 60))
    except (sqlite3.Error, OSError) as error:
        raise AccessFault(f"Whether a sign-in still holds cannot be looked up: {error}") from error


def _told(standing: Standing, settings: AccessSettings) -> str:
    """What is told to somebody whose sign-in does not hold."""
    return {
        Standing.TOO_OLD: f"You signed in more than {settings.hours:g} hours ago, so you have been signed out.",
        Standing.IDLE: f"Nothing was done for more than {settings.idle_minutes:g} minutes, so you have been signed out.",
        Standing.ENDED: "You signed out, here or in another tab.",
        Standing.UNKNOWN: "Your sign-in does not say who issued it, for whom and when, so it cannot be used.",
    }[standing]


def _at_this_machine() -> bool:
    context = get_script_run_ctx()
    if context is None or not runtime.exists():
        return False
    client = runtime.get_instance().get_client(context.session_id)
    address = client.client_context.remote_ip if client is not None and client.client_context is not None else None
    asked = os.environ.get("COMMON_GROUND_LOCAL_EDITOR", "")
    return may_edit(asked, config.get_option("server.address"), address, st.context.headers.to_dict())


def _note_sender(visit: Visit, claims: Claims, settings: AccessSettings) -> None:
    """Remember who is at this session, for when a file is sent from it."""
    context = get_script_run_ctx()
    if context is None:
        return

    def look_up() -> Person:
        if visit.sign_in is None:
            return visit.person
        try:
            return visit_of(claims, load(data_folder()), data_folder(), time.time()).person
        except AccessFault:
            return NOBODY

    SENDERS.note(context.session_id, Sender(visit.person, look_up, settings.upload_megabytes_an_hour * MEGABYTE, time.time()))
