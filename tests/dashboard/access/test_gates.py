"""What is refused before Streamlit answers: files from whoever may not send them, metrics, cookies without Secure."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from dashboard import security
from dashboard.access.person import NOBODY, Person
from dashboard.access.uploads import KEEP_SECONDS, Sender, Senders
from register.roles import Author, Role

ANALYST = Person("a" * 64, frozenset({Role.READER, Role.ANALYST}))
PUT = "/_stcore/upload_file/here/file-1"
COOKIE = b"_streamlit_user=abc; HttpOnly; Path=/; SameSite=lax"


def asked(gate: Any, path: str, *, method: str = "PUT", length: str | None = "10", **more: Any) -> tuple[int, str, list[str]]:
    """Status, words and cookies of the answer to a request through a gate."""
    sent: list[Message] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": [(b"set-cookie", COOKIE), (b"set-cookie", b"other=1")]})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [] if length is None else [(b"content-length", length.encode())]
    headers += [(str(name).encode(), str(value).encode()) for name, value in dict(more.pop("headers", {})).items()]
    scope = {"type": "http", "path": path, "method": method, "headers": headers, "scheme": "http", "client": ("10.0.0.9", 1)} | more
    made = gate(application) if isinstance(gate, type) else gate
    made.app = application
    asyncio.run(made(scope, receive, send))
    cookies = [value.decode() for name, value in sent[0]["headers"] if name == b"set-cookie"]
    return sent[0]["status"], b"".join(one.get("body", b"") for one in sent[1:]).decode(), cookies


class Gate(security.UploadGate):
    """A gate with its own sessions and its own record of refusals."""

    def __init__(self, person: Person | None, *, now: Person | None = None, allowance: int = 1000) -> None:
        self.denied: list[tuple[Author, str]] = []
        unused: Any = None  # each request brings its own
        super().__init__(unused, Senders(), lambda author, what: self.denied.append((author, what)))
        if person is not None:
            self.senders.note("here", Sender(person, lambda: person if now is None else now, allowance, 0.0))


@pytest.mark.parametrize(
    ("person", "status"),
    [
        (None, 403),
        (NOBODY, 403),
        (Person("a", frozenset({Role.READER, Role.PANEL_MEMBER, Role.FACILITATOR, Role.ACTION_LEAD})), 403),
        (ANALYST, 204),
        (Person("a", frozenset({Role.ADMINISTRATOR})), 204),
    ],
)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
def test_files_come_from_analysts_and_administrators_only(person: Person | None, status: int, method: str) -> None:
    found, words, _ = asked(Gate(person), PUT, method=method)
    assert found == status
    assert (status == 204) or "Files may be sent by: analyst or administrator" in words


@pytest.mark.parametrize("path", [PUT, "/base/_stcore/upload_file/here/x", "/_stcore/upload_file/here/../x"])
def test_under_any_base_address(path: str) -> None:
    assert asked(Gate(NOBODY), path)[0] == 403


def test_who_they_are_is_looked_up_when_the_file_is_sent() -> None:
    assert asked(Gate(ANALYST, now=NOBODY), PUT)[0] == 403, "signed out since the page was drawn"


def test_another_session_is_not_vouched_for() -> None:
    assert asked(Gate(ANALYST), "/_stcore/upload_file/there/x")[0] == 403


def test_a_refusal_is_recorded_once_for_a_session_and_not_for_a_stranger() -> None:
    gate = Gate(ANALYST, now=NOBODY)
    for _ in range(3):
        asked(gate, PUT)
    asked(gate, "/_stcore/upload_file/there/x")
    assert gate.denied == [(Author(Role.ANALYST, "a" * 64), "upload: not allowed")]


def test_an_account_has_so_many_bytes_an_hour() -> None:
    gate = Gate(ANALYST, allowance=25)
    assert [asked(gate, PUT)[0] for _ in range(3)] == [204, 204, 413]
    sender = gate.senders.at("here")
    assert sender
    senders = Senders()
    assert [senders.take(sender, 20, at) for at in (0, 1, 3599, 3600, 3601)] == [True, False, False, True, False]


@pytest.mark.parametrize("length", [None, "", "-1", "ten", "1e3", "²"])
def test_a_file_without_its_length_is_refused(length: str | None) -> None:
    assert asked(Gate(ANALYST), PUT, length=length)[0] == 411


def test_a_browser_may_ask_what_it_may_ask() -> None:
    assert asked(Gate(None), PUT, method="OPTIONS")[0] == 204


def test_a_session_not_seen_for_a_day_is_forgotten() -> None:
    senders = Senders()
    senders.note("old", Sender(ANALYST, lambda: ANALYST, 1, 0.0))
    senders.note("new", Sender(ANALYST, lambda: ANALYST, 1, KEEP_SECONDS + 1))
    assert senders.at("old") is None
    assert senders.at("new")


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/metrics/", "/base/_stcore/metrics"])
def test_metrics_are_closed(path: str) -> None:
    assert asked(security.ClosedRoutes, path, method="GET")[0] == 404
    assert asked(security.ClosedRoutes, "/_stcore/health", method="GET")[0] == 204


@pytest.mark.parametrize(
    ("scope", "trusted", "secure"),
    [
        ({}, "", False),
        ({"scheme": "https"}, "", True),
        ({"headers": {"x-forwarded-proto": "https"}}, "", False),
        ({"headers": {"x-forwarded-proto": "https"}}, "10.0.0.1", False),
        ({"headers": {"x-forwarded-proto": "https"}}, "10.0.0.9", True),
        ({"headers": {"x-forwarded-proto": "http"}}, "10.0.0.9", False),
        ({"headers": {"x-forwarded-proto": "https"}, "client": None}, "10.0.0.9", False),
    ],
)
def test_streamlits_cookies_are_secure_over_https(data_dir: Path, scope: dict[str, Any], trusted: str, secure: bool) -> None:
    data_dir.mkdir()
    (data_dir / "access.toml").write_text(f'trusted_proxies = ["{trusted}"]')
    _, _, cookies = asked(security.SecureCookies, "/", method="GET", **scope)
    assert cookies == [COOKIE.decode() + ("; Secure" if secure else ""), "other=1"]


def test_a_way_back_by_https_is_https(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security, "over_https", lambda: True)
    assert asked(security.SecureCookies, "/", method="GET")[2][0].endswith("; Secure")
