"""Every answer of the server tells a browser to run and fetch nothing but the dashboard's own."""

from __future__ import annotations

import asyncio

from starlette.types import Message, Receive, Scope, Send

import app
from dashboard.index import ToldWhereItsServerIs
from dashboard.security import HEADERS, MIDDLEWARE, ClosedRoutes, SecureCookies, SecurityHeaders, SignOutEnds, UploadGate


def answered(kind: str = "http", *own: tuple[bytes, bytes]) -> list[Message]:
    """What a client gets from an application behind the middleware that answers with its own headers."""
    sent: list[Message] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": f"{kind}.response.start" if kind == "http" else "websocket.accept", "status": 200, "headers": list(own)})
        await send({"type": "http.response.body" if kind == "http" else "websocket.send", "body": b"hello"})

    async def receive() -> Message:
        return {"type": f"{kind}.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(SecurityHeaders(application)({"type": kind}, receive, send))
    return sent


def headers(message: Message) -> dict[str, str]:
    return {name.decode().lower(): value.decode() for name, value in message["headers"]}


def policy() -> dict[str, set[str]]:
    parts = [part.split() for part in HEADERS["Content-Security-Policy"].split("; ")]
    return {name: set(values) for name, *values in parts}


def test_every_answer_carries_every_header() -> None:
    start, body = answered()
    assert headers(start) == {name.lower(): value for name, value in HEADERS.items()}
    assert body == {"type": "http.response.body", "body": b"hello"}


def test_a_header_that_the_application_set_itself_stays() -> None:
    start, _ = answered("http", (b"x-frame-options", b"SAMEORIGIN"), (b"content-type", b"text/html"))
    found = headers(start)
    assert (found["x-frame-options"], found["content-type"]) == ("SAMEORIGIN", "text/html")
    assert found["x-content-type-options"] == "nosniff"


def test_a_websocket_is_left_alone() -> None:
    accepted, sent = answered("websocket")
    assert (accepted["headers"], sent["body"]) == ([], b"hello")


def test_nothing_is_run_or_fetched_from_elsewhere() -> None:
    own = {"'self'", "'unsafe-inline'", "data:", "blob:", "'none'", "ws:", "wss:"}
    assert {value for values in policy().values() for value in values} <= own
    assert policy()["default-src"] == {"'self'"}
    assert policy()["script-src"] == {"'self'", "'unsafe-inline'", "blob:"}, "blob: is what Streamlit's components are imported from"
    assert policy()["img-src"] == {"'self'", "data:", "blob:"}
    assert policy()["object-src"] == policy()["frame-ancestors"] == {"'none'"}
    assert "'unsafe-eval'" not in policy()["script-src"]


def test_nobody_may_frame_the_dashboard_or_guess_a_type() -> None:
    assert (HEADERS["X-Frame-Options"], HEADERS["X-Content-Type-Options"], HEADERS["Referrer-Policy"]) == ("DENY", "nosniff", "same-origin")
    assert all(f"{name}=()" in HEADERS["Permissions-Policy"] for name in ("camera", "microphone", "geolocation"))


def test_the_front_door_is_behind_the_middleware() -> None:
    assert [one.cls for one in MIDDLEWARE] == [SecurityHeaders, ClosedRoutes, SecureCookies, SignOutEnds, UploadGate, ToldWhereItsServerIs]
    assert any(one.cls is SecurityHeaders for one in app.app._user_middleware)
