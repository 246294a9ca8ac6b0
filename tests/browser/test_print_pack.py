"""The print pack as a file: what a reader's own browser makes of it where no PDF can be made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page

from dashboard.pack import sheet
from dashboard.pack.build import pack_of
from dashboard.pack.content import Number, Pack
from equity.sentences.easy import EasyFigure
from register.example import SITE_NAME, load_example
from register.reference import study_priorities
from register.rules import EXAMPLE_SITE
from register.settings import sqlite_url
from register.store import open_register
from tests.browser.conftest import NARROW, faults_of
from tests.register.made import TODAY

pytestmark = pytest.mark.browser
NUMBER = Number("This is about care.", (EasyFigure("All people", "about 5 in every 10.", "It is 51 in every 100.", 5),))


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    register = open_register(sqlite_url(tmp_path_factory.mktemp("register") / "register.sqlite"))
    load_example(register, TODAY, "r0001")
    state = register.state(EXAMPLE_SITE)
    register.close()
    priorities = {**study_priorities(), **state.priorities}
    return pack_of(SITE_NAME, state, priorities, {}, lambda _: NUMBER, day=TODAY, past=False, release_id="r0001", example=True)


@pytest.fixture
def opened(pack: Pack, chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    file = tmp_path / "pack.html"
    file.write_text(sheet.document(pack), encoding="utf-8")
    context = chromium.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.goto(file.as_uri())
    yield page
    context.close()
    assert [one for one in asked if not one.startswith(("file:", "data:"))] == []


def test_axe_finds_nothing_in_the_file(opened: Page) -> None:
    assert faults_of(opened) == []
    opened.set_viewport_size({"width": NARROW, "height": 256})
    assert faults_of(opened) == []
    assert opened.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_browser_prints_each_sheet_on_a_page_of_its_own(pack: Pack, opened: Page) -> None:
    data = opened.pdf(prefer_css_page_size=True)
    with pypdfium2.PdfDocument(data) as printed:
        words = [" ".join(page.get_textpage().get_text_range().split()) for page in printed]
        sizes = {(round(page.get_width()), round(page.get_height())) for page in printed}
    assert sizes == {(595, 842)}  # A4 in points
    assert len(words) == len(pack.sheets) + 1
    for text, one in zip(words, pack.sheets, strict=False):
        assert one.heading in text
