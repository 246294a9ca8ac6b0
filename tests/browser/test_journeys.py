"""The journeys of a commissioner and of a panel member, in a real browser on the starter release."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Dashboard, Visit

pytestmark = pytest.mark.browser

SHEFFIELD = "Sheffield Health and Social Care NHS Foundation Trust"


def choose(page: Page, label: str, option: str) -> None:
    """Choose an option of a select box by typing it, as a keyboard user does."""
    box = page.get_by_role("combobox", name=label)
    box.click()
    box.fill(option)
    page.get_by_role("option", name=option, exact=True).first.click()


def words(page: Page) -> str:
    """The headline and what follows it, as they are read aloud."""
    return " ".join(page.locator(".cg-lead, .cg-rest").all_inner_texts())


def test_a_commissioner_finds_a_gap_downloads_it_and_shares_the_link(visit: Visit, chromium: Browser, dashboard: Dashboard) -> None:
    page = visit.open()
    expect(page.get_by_role("heading", level=1)).to_have_text("Where are the gaps?")
    choose(page, "Place", "Sheffield")
    expect(page.locator(".cg-over")).to_contain_text(SHEFFIELD)
    visit.settle()
    page.get_by_role("link", name="Reliable recovery", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Do talking therapies help people from every ethnic group to recover?")
    visit.settle()

    sentence = words(page)
    assert "36 in every 100 people from Asian ethnic groups" in sentence
    assert "50 in every 100" in sentence
    assert "95% interval" in sentence
    chart = page.locator(".js-plotly-plot").first
    expect(chart).to_be_visible()
    assert {"36%", "48%", "46%", "50%", "37%"} <= set(chart.locator("svg text").all_text_contents())
    table = page.get_by_role("table").filter(has_text="Difference from White").first
    expect(table.get_by_role("rowheader", name="Asian")).to_be_visible()
    expect(table.get_by_role("row").filter(has_text="Asian")).to_contain_text("36%")
    expect(
        page.get_by_text(
            re.compile("Ethnicity is not known for 3 in every 100 referrals. The people whose ethnicity is not known could not")
        )
    ).to_be_visible()

    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile(r"Between groups \(CSV, \d+ kB\)")).click()
    rows = list(csv.DictReader(io.StringIO(waiting.value.path().read_text(encoding="utf-8-sig"))))
    asian = [row for row in rows if row["ethnicity_code"] == "asian"]
    told = [tuple(row[name] for name in ("org_code", "value", "period_end", "cell_state")) for row in asian]
    assert told == [("TAH", "36.0", "2025-03-31", "observed")]
    assert asian[0]["licence"] == "Open Government Licence v3.0"

    address = page.url
    assert parse_qs(urlsplit(address).query)["place"] == ["sheffield"]
    other = chromium.new_context(viewport={"width": 1280, "height": 900})
    again = Visit(other, dashboard.address)
    again.open(address.removeprefix(dashboard.address))
    assert words(again.page) == sentence
    assert again.page.url == address
    other.close()


def test_a_link_into_the_dashboard_opens_right_after_a_start_with_its_navigation(visit: Visit) -> None:
    page = visit.open("/indicator?place=east_london&indicator=tt_reliable_recovery")
    expect(page.get_by_role("link", name="Where are the gaps?")).to_be_visible()
    assert "East London NHS Foundation Trust" in words(page)


def test_choices_made_one_after_another_are_kept_in_the_address(visit: Visit) -> None:
    page = visit.open("/indicator?place=sheffield&indicator=tt_reliable_recovery")
    choose(page, "Period", "2019-20")
    expect(page.locator(".cg-over")).to_contain_text("2019-20")
    choose(page, "Compare with", "Black")
    expect(page.locator(".cg-legend")).to_contain_text("Black, the reference chosen")
    query = parse_qs(urlsplit(page.url).query)
    assert query["period"] == ["2019-04-01..2020-03-31"]
    assert query["reference"] == ["black"]


def test_an_address_that_names_nothing_is_answered_in_words(visit: Visit) -> None:
    page = visit.open("/indicator?place=atlantis&indicator=%3Cscript%3E&period=never&reference=purple")
    notices = page.get_by_role("alert").all_inner_texts()
    assert any("“atlantis” is not available" in one for one in notices)
    assert any("“<script>” is not available" in one for one in notices)
    expect(page.locator(".cg-lead")).to_be_visible()


def test_the_matrix_can_be_followed_by_keyboard(visit: Visit) -> None:
    page = visit.open("/?place=sheffield")
    link = page.get_by_role("link", name=re.compile("^Reliable recovery, Asian: 36% lower, worse"))
    link.focus()
    assert link.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Do talking therapies help people from every ethnic group to recover?")


def test_answers_carry_headers_that_keep_strangers_out(visit: Visit, dashboard: Dashboard) -> None:
    answer = visit.page.request.get(dashboard.address + "/")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
