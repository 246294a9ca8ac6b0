"""A dashboard on the starter release and a Chromium that visits it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.served import chromium as where_chromium_is
from benchmarks.served import served
from pipelines.starter import ensure_release
from tests.browser.provider import provided

PROJECT = Path(__file__).resolve().parents[2]
# A fresh profile that asks nothing of the network but the dashboard.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    # Pages do without WebGL, which many a managed computer has switched off.
    "--disable-3d-apis",
]  # fmt: skip
WIDE, NARROW = 1280, 320
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOUR_RULES = ["color-contrast", "link-in-text-block"]


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
    with served("app.py", data_dir) as app:
        yield Dashboard(f"http://{app.host}", data_dir)


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an OpenID Connect provider."""
    with provided(tmp_path_factory.mktemp("provider")) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    found = where_chromium_is()
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
        self.page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
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
        # What stands in for a part whose script is still on its way is none of the page.
        self.page.wait_for_function("() => !document.querySelector('[data-stale=true], [data-testid=stSkeleton]')", timeout=60_000)


@pytest.fixture
def visit(dashboard: Dashboard, chromium: Browser) -> Iterator[Visit]:
    context = chromium.new_context(viewport={"width": WIDE, "height": 900}, accept_downloads=True)
    one = Visit(context, dashboard.address)
    yield one
    context.close()
    assert one.faults == []
    assert one.strangers == [], "the dashboard asks nothing of anyone else"


def faults_of(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe finds on the page as it is now: against WCAG 2.2 AA and its own good practice, or by some of its rules alone."""
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    found = Axe().run(page, options={"runOnly": only})
    return [f"{one['id']}: {node['html'][:160]}" for one in found.response["violations"] for node in one["nodes"][:3]]
