"""The OpenID Connect providers of Streamlit's secrets, and what they must not lack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from streamlit import config
from streamlit.auth_util import get_secrets_auth_section

from dashboard.access.settings import AccessFault

SECRET_LENGTH = 32
_WHERE = "the [auth] section of .streamlit/secrets.toml. See docs/sign-in.md."


def providers() -> tuple[str, ...]:
    """The names of the providers, "" for one that has none; empty where no sign-in is set up."""
    return named(get_secrets_auth_section(), config.get_option("server.trustedUserHeaders"))


def over_https() -> bool:
    """Whether people come to the dashboard by HTTPS, as the address says to which the provider sends them back."""
    return str(get_secrets_auth_section().get("redirect_uri", "")).startswith("https://")


def named(section: Mapping[str, Any], trusted_headers: object) -> tuple[str, ...]:
    """The providers of a section of secrets; AccessFault where a sign-in by it could not be relied on."""
    if not section:
        return ()
    own = ("",) if section.get("client_id") else ()
    found = own + tuple(name for name, value in section.items() if isinstance(value, Mapping) and value.get("client_id"))
    if not found:
        raise AccessFault(f"No provider is named in {_WHERE}")
    if len(str(section.get("cookie_secret", ""))) < SECRET_LENGTH:
        raise AccessFault(f"cookie_secret must have {SECRET_LENGTH} characters or more, made at random, in {_WHERE}")
    if not str(section.get("redirect_uri", "")).endswith("/oauth2callback"):
        raise AccessFault(f"redirect_uri must end with /oauth2callback in {_WHERE}")
    if trusted_headers:
        raise AccessFault("server.trustedUserHeaders is set: whoever sends such a header would be who it names. Take it out.")
    return found
