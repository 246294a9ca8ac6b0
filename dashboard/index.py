"""The page that a browser gets first: Streamlit's own, told where its server is and what it will need.

Without the first it tries every folder of its address, deepest first: an error in the console, and a wait, for each miss. Without the
second it asks for what draws charts, the largest part by far, only once the first chart has come.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

HEAD = b"<head>"
SCRIPTS = Path(streamlit.__file__).parent / "static" / "static" / "js"
AHEAD = ("PlotlyChart", "Selectbox", "Html", "DownloadButton", "BidiComponent")
"""The parts of Streamlit's page that every page here needs, by the names of their files before a hash."""


@cache
def ahead() -> tuple[str, ...]:
    """The files of those parts in the Streamlit that is installed."""
    return tuple(path.name for part in AHEAD for path in sorted(SCRIPTS.glob(f"{part}.*.js")))


def told() -> bytes:
    """What tells it. ``server.baseUrlPath`` is the folder that a proxy serves the dashboard from, if there is one."""
    folder = str(config.get_option("server.baseUrlPath")).strip("/")
    path = f"/{folder}/" if folder else "/"
    needed = "".join(f'<link rel="modulepreload" crossorigin href="{path}static/js/{name}">' for name in ahead())
    return f'<script>window.__streamlit = {{ BACKEND_BASE_URL: location.origin + "{path}" }}</script>{needed}'.encode()


class ToldWhereItsServerIs:
    """ASGI middleware that adds this to every page of HTML."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", ""):
            # Packed, it could not be added to; it is 8 kB.
            scope = {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]}
            send = _adding(told(), send)
        await self.app(scope, receive, send)


def _adding(script: bytes, send: Send) -> Send:
    start: Message = {}

    async def add(message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            start.update(message)
        elif message["type"] == "http.response.body" and start:
            body = bytes(message.get("body", b""))
            page = body.replace(HEAD, HEAD + script, 1)
            headers = MutableHeaders(raw=list(start["headers"]))
            headers["content-length"] = str(int(headers["content-length"]) + len(page) - len(body))
            await send({**start, "headers": headers.raw})
            await send({**message, "body": page})
            start.clear()
        else:
            await send(message)

    return add


def _is_page(message: Message) -> bool:
    headers = Headers(raw=list(message["headers"]))
    return message["status"] == 200 and headers.get("content-type", "").startswith("text/html") and "content-length" in headers
