"""The first page tells the browser where its server is, and is otherwise Streamlit's own."""

from __future__ import annotations

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Message
from streamlit import config

from dashboard.index import AHEAD, SCRIPTS, ToldWhereItsServerIs, ahead, told

PAGE = "<html><head><title>x</title></head><body></body></html>"
INSIDE = Starlette(
    routes=[
        Route("/", lambda _: HTMLResponse(PAGE)),
        Route("/gone", lambda _: HTMLResponse(PAGE, status_code=404)),
        Route("/file", lambda _: PlainTextResponse(PAGE)),
        Route("/unchanged", lambda _: Response(status_code=304)),
    ]
)


def answered(path: str, accept: str = "text/html,*/*") -> tuple[dict[str, str], str]:
    """Headers and body of what a browser gets."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"accept", accept.encode()), (b"accept-encoding", b"gzip")]
    scope = {"type": "http", "method": "GET", "path": path, "headers": headers, "query_string": b"", "root_path": ""}
    asyncio.run(ToldWhereItsServerIs(INSIDE)(scope, receive, send))
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}, b"".join(one.get("body", b"") for one in sent).decode()


def test_a_page_is_told_and_is_as_long_as_it_says() -> None:
    headers, body = answered("/")
    assert body == PAGE.replace("<head>", f"<head>{told().decode()}")
    assert int(headers["content-length"]) == len(body)


def test_each_part_that_is_needed_is_in_the_streamlit_that_is_installed() -> None:
    assert [name.split(".")[0] for name in ahead()] == list(AHEAD)
    assert all((SCRIPTS / name).is_file() for name in ahead())
    assert all(f'<link rel="modulepreload" crossorigin href="/static/js/{name}">' in told().decode() for name in ahead())


@pytest.mark.parametrize("path", ["/gone", "/file"])
def test_whatever_is_no_page_is_left_as_it_is(path: str) -> None:
    headers, body = answered(path)
    assert (body, int(headers["content-length"])) == (PAGE, len(PAGE))


def test_what_has_not_changed_has_no_body() -> None:
    assert answered("/unchanged")[1] == ""


def test_who_asks_for_no_page_gets_what_there_is() -> None:
    assert answered("/", "application/json")[1] == PAGE


def test_the_folder_that_a_proxy_serves_it_from_is_part_of_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    assert b'location.origin + "/"' in told()
    monkeypatch.setattr(config, "get_option", {"server.baseUrlPath": "/common-ground/"}.get)
    assert b'location.origin + "/common-ground/"' in told()
