"""The pages that tell of actions, with actions to tell of: for everyone, light and dark, wide and narrow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Dashboard, Visit
from tests.browser.test_everyone import NARROW_SCREEN, TOO_WIDE, WIDE_SCREEN, look
from tests.pages import registers

pytestmark = pytest.mark.browser

VIEWS = [
    "/actions?place=sheffield",
    "/actions?place=sheffield&action=sheffield.walk_in",
    "/you-said-we-did?place=sheffield",
    "/?place=sheffield",
    "/indicator?place=sheffield&indicator=tt_reliable_recovery",
    "/over-time?place=sheffield&indicator=tt_reliable_recovery&group=asian",
]


@pytest.fixture(scope="module")
def promised(dashboard: Dashboard) -> Dashboard:
    """The dashboard with a register in which a site has made-up actions."""
    registers.fill(dashboard.data_dir, "sheffield", registers.sheffield())
    return dashboard


@pytest.fixture(scope="module", params=[(path, screen) for path in VIEWS for screen in (WIDE_SCREEN, NARROW_SCREEN)], ids=str)
def opened(request: pytest.FixtureRequest, promised: Dashboard, chromium: Browser) -> Iterator[Visit]:
    path, (width, height) = request.param
    context = chromium.new_context(viewport={"width": width, "height": height})
    visit = Visit(context, promised.address)
    visit.open(path)
    yield visit
    context.close()
    assert (visit.faults, visit.strangers) == ([], [])


def test_axe_finds_nothing_light_or_dark(opened: Visit) -> None:
    assert look(opened.page) == []


def test_nobody_has_to_scroll_sideways(opened: Visit) -> None:
    assert opened.page.evaluate(TOO_WIDE) == []


def test_a_link_of_a_gap_leads_to_its_action(promised: Dashboard, chromium: Browser) -> None:
    context = chromium.new_context()
    visit = Visit(context, promised.address)
    page = visit.open("/?place=sheffield")
    page.get_by_role("link", name="Example: a walk-in day").first.click()
    visit.settle()
    assert page.get_by_role("heading", name="Example: a walk-in day").is_visible()
    assert page.get_by_text("They do not agree.").is_visible()
    context.close()
