"""The local editor: by choice, at this machine alone, and never behind a proxy."""

from __future__ import annotations

import pytest

from dashboard.access.local import FORWARDING, is_loopback, may_edit
from dashboard.access.provider import named
from dashboard.access.settings import AccessFault

HERE = {"Host": "127.0.0.1:8501", "Origin": "http://127.0.0.1:8501"}
SECTION = {"client_id": "c", "redirect_uri": "http://localhost:8501/oauth2callback", "cookie_secret": "x" * 32}


@pytest.mark.parametrize("own", ["127.0.0.1", "127.0.0.1:8501", "127.1.2.3", "localhost", "LOCALHOST:80", "::1", "[::1]:8501"])
def test_this_machine(own: str) -> None:
    assert is_loopback(own)


@pytest.mark.parametrize(
    "other", [None, "", "0.0.0.0", "::", "10.0.0.1", "192.168.0.2:8501", "localhost.example.org", "127.0.0.1.example.org", "2130706433"]
)
def test_not_this_machine(other: str | None) -> None:
    assert not is_loopback(other)


def test_the_local_editor_at_this_machine() -> None:
    assert may_edit("1", "127.0.0.1", "127.0.0.1", HERE)
    assert may_edit("1", "localhost", "::1", {"host": "localhost:8501", "origin": "http://localhost:8501"})


@pytest.mark.parametrize("asked", ["", "0", "true", "yes", "11"])
def test_only_by_choice(asked: str) -> None:
    assert not may_edit(asked, "127.0.0.1", "127.0.0.1", HERE)


@pytest.mark.parametrize(
    ("served_at", "client", "headers"),
    [
        (None, "127.0.0.1", HERE),
        ("0.0.0.0", "127.0.0.1", HERE),
        ("10.0.0.1", "127.0.0.1", HERE),
        ("127.0.0.1", "10.0.0.7", HERE),
        ("127.0.0.1", None, HERE),
        ("127.0.0.1", "127.0.0.1", {}),
        ("127.0.0.1", "127.0.0.1", HERE | {"Host": "rebound.example.org:8501"}),
        ("127.0.0.1", "127.0.0.1", HERE | {"Origin": "http://rebound.example.org:8501"}),
        ("127.0.0.1", "127.0.0.1", {"Host": "127.0.0.1"}),
    ],
)
def test_never_from_elsewhere(served_at: str | None, client: str | None, headers: dict[str, str]) -> None:
    assert not may_edit("1", served_at, client, headers)


@pytest.mark.parametrize("name", FORWARDING)
def test_never_behind_a_proxy(name: str) -> None:
    assert not may_edit("1", "127.0.0.1", "127.0.0.1", HERE | {name.title(): "127.0.0.1"})


def test_providers_have_names_or_none() -> None:
    assert named({}, ()) == ()
    assert named(SECTION, ()) == ("",)
    assert named(SECTION | {"keycloak": {"client_id": "k"}}, ()) == ("", "keycloak")


@pytest.mark.parametrize(
    ("section", "headers", "told"),
    [
        (SECTION | {"cookie_secret": "xxx"}, (), "cookie_secret must have 32"),
        (SECTION | {"redirect_uri": "http://localhost/"}, (), "redirect_uri must end with /oauth2callback"),
        (SECTION | {"client_id": ""}, (), "No provider"),
        (SECTION, {"X-User": "sub"}, "trustedUserHeaders"),
    ],
)
def test_a_provider_that_could_not_be_relied_on_is_refused(section: dict[str, object], headers: object, told: str) -> None:
    with pytest.raises(AccessFault, match=told):
        named(section, headers)
