"""A dashboard on the starter release and a Chromium that visits it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from pipelines.starter import ensure_release

PROJECT = Path(__file__).resolve().parents[2]
# A fresh profile that asks nothing of the network but the dashboard.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDE, NARROW = 1280, 320


@dataclass(frozen=True)
class Dashboard:
    """A running dashboard: its address and its data folder."""

    address: str
    data_dir: Path


# Both end with their module: Playwright's event loop and its processes are no concern of other tests.
@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    data_dir = tmp_path_factory.mktemp("served")
    ensure_release(data_dir)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    log = (data_dir / "server.log").open("w")
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", f"--server.port={port}"]
    environment = os.environ | {"COMMON_GROUND_DATA": str(data_dir)}
    with log, subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=log) as server:
        try:
            answers(f"http://127.0.0.1:{port}/_stcore/health", server)
            yield Dashboard(f"http://127.0.0.1:{port}", data_dir)
        finally:
            server.terminate()


def answers(address: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until a server that was started answers."""
    for _ in range(600):
        assert server.poll() is None, "the dashboard did not start"
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("the dashboard did not answer within a minute")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        message = "no Chromium: install Debian's chromium or Google Chrome"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


class Visit:
    """One fresh browser profile, and what went wrong in it."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page: Page = context.new_page()
        self.address = address
        self.faults: list[str] = []
        self.strangers: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", self._note)

    def _note(self, request: object) -> None:
        url = str(getattr(request, "url", ""))
        if not url.startswith((self.address, "data:", "blob:", self.address.replace("http", "ws", 1))):
            self.strangers.append(url)

    def open(self, path: str = "/") -> Page:
        """Open a page and wait until it is drawn."""
        self.page.goto(self.address + path)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until the page has told its story: its last line is the release."""
        self.page.get_by_text("Figures from release").wait_for(timeout=60_000)
        self.page.wait_for_function("() => !document.querySelector('[data-testid=stStatusWidget]')", timeout=60_000)
        self.page.wait_for_function("() => !document.querySelector('[data-stale=true]')", timeout=60_000)


@pytest.fixture
def visit(dashboard: Dashboard, chromium: Browser) -> Iterator[Visit]:
    context = chromium.new_context(viewport={"width": WIDE, "height": 900}, accept_downloads=True)
    one = Visit(context, dashboard.address)
    yield one
    context.close()
    assert one.faults == []
    assert one.strangers == [], "the dashboard asks nothing of anyone else"
