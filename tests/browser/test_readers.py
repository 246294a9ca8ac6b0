"""The four kinds of reader, each with what they come for, by keyboard alone on the starter release."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import polars as pl
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import NARROW, Dashboard, Visit, faults_of
from tests.browser.keyboard import choose, follow, tab_to

pytestmark = pytest.mark.browser


def title(page: Page) -> str:
    """What the page asks or is called."""
    return page.get_by_role("heading", level=1).inner_text()


def saved(page: Page) -> tuple[str, bytes]:
    """The file that Enter saves."""
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    return waiting.value.suggested_filename, waiting.value.path().read_bytes()


def test_a_commissioner_goes_from_the_surest_gap_to_the_other_sites_and_to_its_past_and_shares_it(visit: Visit) -> None:
    page = visit.open()
    expect(page.get_by_role("heading", level=1)).to_have_text("Where are the gaps?")
    choose(page, "Place", "Sheffield")
    expect(page.locator(".cg-over")).to_contain_text("Sheffield Health and Social Care")
    visit.settle()
    choose(page, "Order by", "How sure it is")
    visit.settle()
    assert parse_qs(urlsplit(page.url).query)["order"] == ["certainty"]
    gap = page.locator(".cg-gaps h3 a").first.inner_text()
    follow(page, gap)
    visit.settle()
    answer = page.locator(".cg-lead").inner_text()
    assert re.search(r"\d+ (in|for) every [\d,]+", answer), answer
    expect(page.get_by_text("Largest clear gap")).to_be_visible()

    follow(page, "Compare sites")
    expect(page.get_by_role("heading", name="Every group at each site")).to_be_visible()
    visit.settle()
    assert "league table" in page.locator("main").inner_text()
    follow(page, "Over time")
    expect(page.get_by_role("heading", name="The gap over time")).to_be_visible()
    visit.settle()
    assert "Timing is not cause" in page.locator("main").inner_text()
    tab_to(page, "Copy link to this view")


def test_a_panel_member_reads_in_large_print_what_the_words_mean_and_where_help_is(dashboard: Dashboard, chromium: Browser) -> None:
    # 1280 pixels at 400%.
    context = chromium.new_context(viewport={"width": NARROW, "height": 256})
    visit = Visit(context, dashboard.address)
    page = visit.open("/?place=east_london")
    lead = page.locator(".cg-lead").first.inner_text()
    assert "clearly fares worse" in lead or "no clear" in lead
    expect(page.locator(".cg-note")).to_contain_text("116 123")
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    expect(page.locator(".cg-gaps").get_by_text("No action addresses this yet").first).to_be_attached()
    follow(page, "Finished courses: Asian")
    visit.settle()
    tab_to(page, "Reliable" if page.get_by_text("Reliable", exact=True).count() else "table")
    assert page.locator("table").first.get_attribute("role") == "table"

    page = visit.open("/about")
    words = page.locator("main").inner_text()
    assert "95% interval" in words
    assert "Accessibility" in words
    assert faults_of(page) == []
    context.close()
    assert (visit.faults, visit.strangers) == ([], [])


def test_an_analyst_sees_what_is_missing_and_takes_the_rows(visit: Visit) -> None:
    page = visit.open("/quality?place=sheffield")
    assert "Data quality" in page.title()
    tab_to(page, "Which figures there are (CSV")
    name, data = saved(page)
    states = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert name.endswith("_states.csv")
    assert {"observed", "suppressed"} & {row["cell_state"] for row in states}
    follow(page, "Every table and every row as files")
    expect(page.get_by_role("button", name=re.compile(r"\(Parquet, "))).to_be_visible()
    tab_to(page, "Rows of this view (Parquet")
    name, data = saved(page)
    rows = pl.read_parquet(io.BytesIO(data))
    assert {"numerator", "denominator", "cell_state", "interval_method", "source", "licence", "view"} <= set(rows.columns)
    assert rows["cell_state"].null_count() == 0


def test_an_action_lead_finds_the_gap_of_their_site_and_takes_its_past_to_a_meeting(visit: Visit) -> None:
    page = visit.open("/?place=greater_manchester")
    first = page.locator(".cg-gaps li").first
    assert "No action addresses this yet" in first.inner_text()
    follow(page, first.locator("h3 a").inner_text())
    visit.settle()
    place = page.locator(".cg-over").inner_text().split(" · ")[1]
    chosen = parse_qs(urlsplit(page.url).query)
    follow(page, "Over time")
    expect(page.get_by_role("heading", name="The gap over time")).to_be_visible()
    visit.settle()
    kept = parse_qs(urlsplit(page.url).query)
    assert {name: kept[name] for name in ("place", "indicator", "organisation", "period", "reference")} == {
        name: chosen[name] for name in ("place", "indicator", "organisation", "period", "reference")
    }, "another page keeps what was chosen"
    tab_to(page, "Picture of The gap over time (SVG)")
    name, data = saved(page)
    assert name.endswith("_gap.svg")
    assert place == "Greater Manchester Mental Health NHS Foundation Trust"
    assert place in " ".join(ElementTree.fromstring(data).itertext())
