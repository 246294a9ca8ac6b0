"""Streamlit's sign-in cookie as a request carries it: read only to end the sign-in that it tells of."""

from __future__ import annotations

import json
import logging
import sqlite3
from pathlib import Path

from starlette.requests import HTTPConnection
from starlette.types import Scope
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from dashboard.access.sign_ins import SignIns, sign_in_of

_LOG = logging.getLogger(__name__)


def end_sign_in(scope: Scope, folder: Path, now: float) -> None:
    """End the sign-in of a request's cookie; without a cookie that this server signed there is none."""
    cookies = HTTPConnection(scope).cookies

    def signed(name: str) -> bytes | None:
        value = cookies.get(name)
        return None if value is None else decode_signed_value(get_cookie_secret(), name, value.encode("latin-1"))

    try:
        whole = get_cookie_with_chunks(signed, USER_COOKIE_NAME)
        claims = json.loads(whole) if whole else None
        sign_in = sign_in_of(claims) if isinstance(claims, dict) else None
    except ValueError:
        return
    if sign_in is None:
        return
    try:
        SignIns(folder).end(sign_in, now)
    except (sqlite3.Error, OSError) as error:
        _LOG.error("A sign-in could not be ended: %s", error)
