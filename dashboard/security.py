"""What stands before every answer of the server: headers so that a browser runs and fetches only what is the dashboard's own, and
who may send a file. Paths are those of Streamlit 1.67 (streamlit/web/server/starlette/starlette_routes.py)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.access.cookie import end_sign_in
from dashboard.access.denials import Deny, record
from dashboard.access.provider import over_https
from dashboard.access.rights import UPLOAD, foremost, may, who
from dashboard.access.settings import AccessFault, load
from dashboard.access.uploads import SENDERS, Sender, Senders
from dashboard.index import ToldWhereItsServerIs
from register.settings import data_folder

_UPLOADS = "/_stcore/upload_file/"
_METRICS = "/_stcore/metrics"
_SIGN_OUT = "/auth/logout"
_COOKIES = ("_streamlit_user", "_streamlit_session", "_streamlit_xsrf")

_POLICY = {
    "default-src": "'self'",
    # A component of Streamlit is imported from a blob that its own code makes: no host, no eval, and no more than an inline script may do.
    "script-src": "'self' 'unsafe-inline' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self' ws: wss:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in _POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class SecurityHeaders:
    """ASGI middleware that adds ``HEADERS`` to every HTTP response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class ClosedRoutes:
    """Streamlit's metrics tell anybody who asks which functions run and how much they hold: there is no such page here."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].rstrip("/").endswith(_METRICS):
            await PlainTextResponse("There is no such page.", 404)(scope, receive, send)
            return
        await self.app(scope, receive, send)


class UploadGate:
    """A file is taken only from a session whose person may send it, within their allowance; a first refusal is recorded."""

    def __init__(self, app: ASGIApp, senders: Senders = SENDERS, deny: Deny = record) -> None:
        self.app, self.senders, self.deny = app, senders, deny

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _UPLOADS in scope["path"] and scope["method"] != "OPTIONS":
            refusal = await asyncio.to_thread(self._refusal, scope)
            if refusal is not None:
                await refusal(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        session = scope["path"].partition(_UPLOADS)[2].partition("/")[0]
        sender = self.senders.at(session)
        if sender is None or not may(sender.look_up(), UPLOAD):
            if sender is not None and self.senders.first_refusal(session):
                self.deny(foremost(sender.person), f"{UPLOAD}: not allowed")
            return PlainTextResponse(f"Files may be sent by: {who(UPLOAD)}. Sign in with such a role and open the page again.", 403)
        return None if scope["method"] == "DELETE" else self._too_much(scope, sender)

    def _too_much(self, scope: Scope, sender: Sender) -> Response | None:
        length = Headers(scope=scope).get("content-length", "")
        if not (length.isascii() and length.isdigit()):
            return PlainTextResponse("A file is sent with its length (Content-Length).", 411)
        if not self.senders.take(sender, int(length), time.time()):
            return PlainTextResponse(f"You may send {sender.allowance // 1024**2} megabytes in an hour. Try again later.", 413)
        return None


class SignOutEnds:
    """Streamlit's address for signing out, opened by any way, ends the sign-in on the server before the cookie is taken away."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].rstrip("/").endswith(_SIGN_OUT):
            await asyncio.to_thread(end_sign_in, scope, data_folder(), time.time())
        await self.app(scope, receive, send)


class SecureCookies:
    """Streamlit sets its cookies without ``Secure``: over HTTPS they get it, so that a browser never sends them in the clear."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_secured(message: Message) -> None:
            headers = message["headers"] if message["type"] == "http.response.start" else ()
            if any(name.lower() == b"set-cookie" for name, _ in headers) and await asyncio.to_thread(_by_https, scope):
                message["headers"] = [(name, _secured(name, value)) for name, value in headers]
            await send(message)

        await self.app(scope, receive, send_secured if scope["type"] == "http" else send)


def _by_https(scope: Scope) -> bool:
    """Whether the browser came by HTTPS: here, as the provider's way back says, or as a proxy says that is trusted to."""
    if scope.get("scheme") == "https" or over_https():
        return True
    try:
        trusted = load(data_folder()).trusted_proxies
    except AccessFault:
        return False  # what cannot be read trusts nobody; the pages say so
    client = scope.get("client")
    return bool(client) and client[0] in trusted and Headers(scope=scope).get("x-forwarded-proto", "").strip().lower() == "https"


def _secured(name: bytes, value: bytes) -> bytes:
    if name.lower() != b"set-cookie" or not value.decode("latin-1").startswith(_COOKIES):
        return value
    attributes = {part.strip().lower() for part in value.split(b";")[1:]}
    return value if b"secure" in attributes else value + b"; Secure"


MIDDLEWARE = [Middleware(one) for one in (SecurityHeaders, ClosedRoutes, SecureCookies, SignOutEnds, UploadGate, ToldWhereItsServerIs)]
