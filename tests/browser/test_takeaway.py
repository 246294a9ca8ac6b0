"""What a reader takes away, in a real browser: pictures with all that must stand beside a chart, files, and the link."""

from __future__ import annotations

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import polars as pl
import pytest
from playwright.sync_api import Browser, Download, Page, expect

from tests.browser.conftest import NARROW, WIDE, Dashboard, Visit, faults_of

pytestmark = pytest.mark.browser

PATH = "/indicator?place=sheffield&indicator=tt_reliable_recovery"
FILE = "tt_reliable_recovery_TAH_2024-04-01..2025-03-31"
SVG = "{http://www.w3.org/2000/svg}"


def saved(page: Page, name: str) -> Download:
    """The file that a button saves, pressed by keyboard."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name, exact=True).press("Enter")
    return waiting.value


def link(page: Page) -> str:
    """The address of the view: what is chosen within a section is no part of it."""
    return page.url.removesuffix("&detail=asian")


def words(picture: ElementTree.Element) -> str:
    """Everything that is written in a picture, wrapped lines put together again."""
    return " ".join(element.text or "" for element in picture.findall(f"{SVG}text"))


def test_a_chart_is_saved_as_svg_with_its_titles_sentence_source_and_link(visit: Visit) -> None:
    page = visit.open(PATH)
    button = page.get_by_role("button", name="Picture of Between groups (SVG)")
    button.focus()
    assert button.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    file = saved(page, "Picture of Between groups (SVG)")
    assert file.suggested_filename == f"{FILE}_groups.svg"
    picture = ElementTree.fromstring(file.path().read_bytes())
    told = words(picture)
    assert "Asian and Other clearly lower than White" in told
    assert "Talking therapies that end in reliable recovery, per cent of referrals" in told
    sentence = " ".join(page.locator(".cg-lead, .cg-rest").all_inner_texts())
    assert sentence in told
    assert picture.findtext(f"{SVG}desc") == sentence
    assert "Ethnicity is not known for 3 in every 100 referrals." in told
    assert "Period chosen: 2024-25." in told
    assert "Source: NHS Talking Therapies, for anxiety and depression, Annual reports (NHS England)" in told
    assert "Open Government Licence v3.0" in told
    assert "release r0001" in told
    assert link(page) in told.replace(" ", "")
    assert {"England", "95% interval", "White, the reference chosen"} <= {element.text for element in picture.findall(f"{SVG}text")}
    assert {"36%", "48%", "46%", "50%", "37%"} <= {"".join(element.itertext()) for element in picture.iter(f"{SVG}text")}
    written = [element for layer in picture.findall(f"{SVG}svg") for element in layer.iter(f"{SVG}text") if "".join(element.itertext())]
    assert all(element.get("textLength") for element in written if element.find(f"{SVG}tspan[@class='line']") is None), (
        "text keeps its room"
    )
    beyond = [value for element in picture.iter() for value in element.attrib.values() if re.match(r"\s*(https?:|//|javascript:)", value)]
    assert beyond == [], "a picture asks nothing of anyone"
    assert not any(element.tag.endswith(("script", "foreignObject", "image")) for element in picture.iter())
    expect(page.get_by_role("status").first).to_have_text(re.compile(rf"Saved as {re.escape(FILE)}_groups\.svg, \d+ kB\."))


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_every_chart_is_saved_as_a_picture_twice_as_fine_as_the_page(dashboard: Dashboard, chromium: Browser, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, accept_downloads=True)
    visit = Visit(context, dashboard.address)
    page = visit.open(PATH)
    buttons = page.get_by_role("button", name=re.compile(r"^Picture of .* \(PNG\)$"))
    expect(buttons).to_have_count(4)
    names = [str(one.get_attribute("aria-label")) for one in buttons.all()]
    assert names == [
        f"Picture of {name} (PNG)" for name in ("Between groups", "Over time", "Within a group", "Ethnicity not known, over time")
    ]
    for name in names:
        size = _size(saved(page, name).path())
        assert size[0] >= 2 * 460
        assert size[1] >= 800
    context.close()
    assert (visit.faults, visit.strangers) == ([], [])


def _size(path: Path) -> tuple[int, int]:
    """Width and height of a PNG, from its header."""
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def test_a_picture_is_of_the_view_that_is_on_the_screen(visit: Visit) -> None:
    page = visit.open(PATH)
    box = page.get_by_role("combobox", name="Show the groups within")
    box.click()
    box.fill("Black")
    page.get_by_role("option", name="Black", exact=True).click()
    expect(page.locator(".cg-title").filter(has_text="Groups within Black")).to_be_visible()
    visit.settle()
    file = saved(page, "Picture of Within a group (SVG)")
    assert file.suggested_filename == f"{FILE}_black_detail.svg"
    told = words(ElementTree.fromstring(file.path().read_bytes()))
    assert told.startswith("Groups within Black")
    assert "the Black African ethnic group" in told


def test_a_view_is_saved_as_spreadsheet_and_as_rows_made_when_they_are_asked_for(visit: Visit) -> None:
    page = visit.open(PATH)
    expect(page.get_by_role("button", name=re.compile("XLSX"))).to_have_count(0)
    page.locator("summary").filter(has_text="Every table and every row as files").press("Enter")
    sheet = page.get_by_role("button", name=re.compile(r"Tables of this view \(XLSX, \d+ kB\)"))
    with page.expect_download() as waiting:
        sheet.click()
    assert waiting.value.suggested_filename == f"{FILE}.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(waiting.value.path().read_bytes()))
    assert book.sheetnames[:4] == ["Cover", "Contents", "Notes", "Table 1"]
    assert f"Link to this view: {link(page)}" in [cell.value for (cell,) in book["Cover"].iter_rows(max_col=1)]
    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile(r"Rows of this view \(Parquet, \d+ kB\)")).click()
    rows = pl.read_parquet(io.BytesIO(waiting.value.path().read_bytes()))
    assert set(rows["view"]) == {link(page)}
    assert faults_of(page) == []


@pytest.mark.parametrize("path", ["/?place=sheffield", PATH])
def test_the_link_of_a_page_is_copied(dashboard: Dashboard, chromium: Browser, path: str) -> None:
    context = chromium.new_context(viewport={"width": WIDE, "height": 900}, permissions=["clipboard-read", "clipboard-write"])
    visit = Visit(context, dashboard.address)
    page = visit.open(path)
    button = page.get_by_role("button", name="Copy link to this view")
    button.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Link copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    context.close()
    assert (visit.faults, visit.strangers) == ([], [])


def test_where_a_browser_does_not_let_a_page_copy_the_link_can_be_selected(visit: Visit) -> None:
    visit.page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page = visit.open(PATH)
    page.get_by_role("button", name="Copy link to this view").click()
    field = page.get_by_role("textbox", name="Link to this view")
    expect(field).to_be_focused()
    assert field.input_value() == page.url
    assert field.evaluate("e => e.value.slice(e.selectionStart, e.selectionEnd)") == page.url
    assert faults_of(page) == []
