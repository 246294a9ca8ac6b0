"""Every page for everyone: light and dark, wide and narrow, side bar open and closed, by keyboard, without WebGL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.charts import palette
from tests.browser.conftest import COLOUR_RULES, NARROW, PROJECT, WIDE, Dashboard, Visit, faults_of
from tests.browser.keyboard import FOCUS
from tests.dashboard.test_colours import COLOURS

pytestmark = pytest.mark.browser

FRONT_DOOR = (PROJECT / "dashboard" / "front_door.py").read_text(encoding="utf-8")
PAGES = ["", *re.findall(r'url_path="([a-z-]+)"', FRONT_DOOR)]
"""Those of the navigation."""
WITH_PLACE = "?place=sheffield"
VIEWS = [f"/{page}{WITH_PLACE if page not in {'compare', 'about'} else ''}" for page in PAGES]
MORE_VIEWS = [
    "/?place=england",
    "/?place=all&order=certainty",
    "/compare?indicator=mha_detentions",
    "/indicator?place=england&indicator=mha_detentions_standardised",
    "/indicator?place=coventry_and_warwickshire&indicator=mha_detentions",
]
"""With what the others lack: all sites, a funnel, adjusted rates, hidden figures."""
MODES = ("light", "dark")
WIDE_SCREEN, NARROW_SCREEN = (WIDE, 900), (NARROW, 256)
"""WCAG 2.2, 1.4.10: 1,280 by 1,024 pixels at a zoom of 400% are 320 by 256."""
OPENED = [(path, screen) for screen in (WIDE_SCREEN, NARROW_SCREEN) for path in VIEWS] + [(path, WIDE_SCREEN) for path in MORE_VIEWS]


# Opened once for all that is asked of it: each test sets the theme and the side bar that it needs.
@pytest.fixture(scope="module", params=OPENED, ids=lambda opened: f"{opened[0]} {opened[1][0]}")
def opened(request: pytest.FixtureRequest, dashboard: Dashboard, chromium: Browser) -> Iterator[Visit]:
    path, (width, height) = request.param
    context = chromium.new_context(viewport={"width": width, "height": height})
    visit = Visit(context, dashboard.address)
    visit.open(path)
    yield visit
    context.close()
    assert (visit.faults, visit.strangers) == ([], [])


def test_headings_are_in_order_and_the_title_says_where_one_is(opened: Visit) -> None:
    page = opened.page
    levels = [int(name[1]) for name in page.eval_on_selector_all("h1, h2, h3, h4, h5, h6", "all => all.map(one => one.tagName)")]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.title().endswith(" - Common Ground")
    assert ("Sheffield" in page.title()) == ("place=sheffield" in page.url)


def test_nobody_has_to_scroll_sideways(opened: Visit) -> None:
    assert opened.page.evaluate(TOO_WIDE) == []


# The page itself; and on a narrow screen a table, which is cards there.
TOO_WIDE = """() => {
  const wide = window.innerWidth;
  const main = document.querySelector("[data-testid=stMain]");
  const found = [document.documentElement, main].filter((one) => one.scrollWidth > wide).map((one) => one.tagName);
  const tables = wide > 720 ? [] : [...document.querySelectorAll("table")];
  return [...found, ...tables.filter((one) => one.getBoundingClientRect().right > wide).map((one) => one.innerText.slice(0, 60))];
}"""


def test_axe_finds_nothing_light_or_dark_with_the_side_bar_open_or_closed(opened: Visit) -> None:
    page = opened.page
    found = look(page)
    turn_side_bar(page)
    assert (found, look(page)) == ([], [])


def look(page: Page) -> list[str]:
    """What axe finds; on a dark page what has to do with colour, since all else is as it was on the light one."""
    found = []
    for mode in MODES:
        wear(page, mode)
        found += faults_of(page, COLOUR_RULES if mode == "dark" else None)
    return found


def wear(page: Page, mode: str) -> None:
    """Change the system's theme; the page follows at once, without being run again."""
    page.emulate_media(color_scheme="dark" if mode == "dark" else "light")
    page.wait_for_function("mode => getComputedStyle(document.querySelector('.stApp')).colorScheme === mode", arg=mode)


def turn_side_bar(page: Page) -> None:
    """Open it where it is closed, close it where it is open, and wait until it has moved."""
    bar = page.get_by_test_id("stSidebar")
    was_closed = page.get_by_test_id("stExpandSidebarButton").is_visible()
    if was_closed:
        page.get_by_test_id("stExpandSidebarButton").click()
    else:
        page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
    expect(bar).to_have_attribute("data-collapsed", "false" if was_closed else "true")
    bar.evaluate("bar => Promise.all(bar.getAnimations({ subtree: true }).map(one => one.finished))")


def test_every_mark_of_a_chart_is_dark_on_a_dark_page_and_light_again_on_a_light_one(opened: Visit) -> None:
    for mode in ("dark", "light"):
        wear(opened.page, mode)
        ours = {rgb(COLOURS[mode][name]) for name in palette.VARIABLES.values()} | {rgb(palette.BLACK)}
        assert set(opened.page.evaluate(PAINTED)) <= ours


# Black is the ink on a light mark, and what belongs to nothing that is seen.
PAINTED = """() => [...document.querySelectorAll(".js-plotly-plot svg [style]")].flatMap((one) =>
  ["fill", "stroke"].map((part) => getComputedStyle(one)[part])).filter((colour) => colour.startsWith("rgb("))"""


def rgb(colour: str) -> str:
    """As a browser writes it."""
    return "rgb({}, {}, {})".format(*(int(colour[at : at + 2], 16) for at in (1, 3, 5)))


def test_whatever_can_be_reached_by_keyboard_shows_that_it_is_reached(opened: Visit) -> None:
    page = opened.page
    page.evaluate("document.activeElement.blur()")
    reached: list[str] = []
    while len(reached) < 200:
        page.keyboard.press("Tab")
        name, shown = page.evaluate(FOCUS)
        if not name:
            break
        assert shown, name
        reached.append(name)
    assert any("Copy link to this view" in one for one in reached), "the end of the page"


def test_the_pages_are_those_of_the_navigation(visit: Visit) -> None:
    page = visit.open()
    links = page.get_by_test_id("stSidebarNavLink").evaluate_all("all => all.map(one => new URL(one.href).pathname.slice(1))")
    assert sorted(links) == sorted(PAGES)


def test_pages_do_without_webgl(visit: Visit) -> None:
    page = visit.open(f"/indicator{WITH_PLACE}")
    assert page.evaluate("document.createElement('canvas').getContext('webgl')") is None
    assert page.locator(".js-plotly-plot svg.main-svg").first.is_visible()
