"""What comes from a file is text: a browser does not run it, a Markdown reader does not act on it, a spreadsheet does not calculate it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pages.conftest import Opener
from tests.pages.examples import FORMULA, HOSTILE, LONG
from tests.pages.figures import downloaded, rows
from tests.pages.screen import Screen, plain

# The elements that the pages write themselves; any other one came from a file.
OWN = {
    "body", "p", "span", "strong", "div", "dl", "dt", "dd", "ol", "ul", "li", "h2", "h3", "a", "table",
    "button", "caption", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
LIVE = ("=", "+", "-", "@", "\t", "\r")


def pages(open_page: Opener, folder: Path, place: str) -> Iterator[tuple[str, Screen]]:
    for page in ("overview", "indicator"):
        screen = open_page(folder, page, place=place)
        assert (screen.faults, screen.notices) == ([], [])
        yield page, screen


@pytest.mark.parametrize("code", HOSTILE)
def test_text_of_a_file_is_text_on_the_page(hostile: Path, open_page: Opener, code: str) -> None:
    for page, screen in pages(open_page, hostile, code):
        assert HOSTILE[code] in screen.words, page
        for tree in screen.trees:  # what is not escaped would not be well formed, or would be an element
            assert {one.tag for one in tree.iter()} <= OWN
            assert {name for one in tree.iter() for name in one.attrib if name.startswith("on") or name in {"src", "style"}} == set()
            for one in tree.iter("a"):
                assert one.get("href", "").startswith(("indicator?", "actions", "https://digital.nhs.uk/")), page


@pytest.mark.parametrize("code", HOSTILE)
def test_text_of_a_file_is_not_markdown(hostile: Path, open_page: Opener, code: str) -> None:
    for _, screen in pages(open_page, hostile, code):
        app = screen.app
        marked = [str(one.value) for kind in (app.markdown, app.caption, app.warning, app.title, app.header, app.subheader) for one in kind]
        for text in marked:
            bare = re.sub(r"\\.", "", text)
            assert not re.search(r"!?\[[^\]]*\]\(|:red\[|<\w|\*\*|`|\$", bare), text
            assert not re.search(r"https?://|www\.|@\w", text.replace("\\", "")), text


@pytest.mark.parametrize("code", HOSTILE)
def test_text_of_a_file_is_not_markup_in_a_chart(hostile: Path, open_page: Opener, code: str) -> None:
    screen = open_page(hostile, "indicator", place=code)
    for key in ("groups", "trend"):
        chart = screen.chart(key)
        for text in [*chart.texts, *chart.hovers, *(str(one.get("name")) for one in chart.data)]:
            assert not re.search(r"<(?!/?(b|i|span)\b)", text), text
            assert "http" not in text


def test_the_source_and_licence_are_shown_as_they_were_written(hostile: Path, open_page: Opener) -> None:
    for code, text in HOSTILE.items():
        about = open_page(hostile, "indicator", place=code).table("In words").rows
        assert about["Source"] == [f"{FORMULA if code == 'XFORMULA' else text}, 2024-25"]
        assert about["Licence"] == [f"@{text}"]


def test_a_note_of_a_file_is_not_shown_at_all(hostile: Path, open_page: Opener) -> None:
    for page, screen in pages(open_page, hostile, "XNOTE"):
        assert "for myself alone" not in screen.words, page


@pytest.mark.parametrize("code", HOSTILE)
def test_a_spreadsheet_does_not_calculate_the_file(hostile: Path, open_page: Opener, code: str) -> None:
    found = rows(downloaded(open_page(hostile, "indicator", place=code)))
    assert found
    for one in found:
        assert not [name for name, text in one.items() if text.startswith(LIVE)]
        assert one["licence"] == f"'@{HOSTILE[code]}"
        assert one["org_name"].removeprefix("'") == HOSTILE[code]
    if code == "XFORMULA":
        assert {(one["org_name"], one["source"]) for one in found} == {(f"'{HOSTILE[code]}", f"'{FORMULA}, 2024-25")}


def test_a_long_name_is_whole_wherever_it_stands(hostile: Path, open_page: Opener) -> None:
    name = LONG.strip()
    assert len(name) > 300
    for _, screen in pages(open_page, hostile, "XLONG"):
        assert name in screen.said("cg-over")
    screen = open_page(hostile, "indicator", place="XLONG")
    assert screen.said("cg-lead").startswith(f"In 2024-25 at {name}, 40 in every 100")
    assert all(name not in text for text in screen.chart("groups").texts), "names of places are not drawn, where they would be cut"


def test_the_box_of_places_offers_the_names_as_they_are(hostile: Path, open_page: Opener) -> None:
    offered = open_page(hostile, "overview", place="XLONG").app.selectbox(key="box:place").options
    for text in HOSTILE.values():
        assert f"{text} (NHS trust)" in offered


def test_a_code_that_is_no_code_stays_text_in_address_page_and_file(hostile: Path, open_page: Opener) -> None:
    odd = "X<b>&'\"=1"
    screen = open_page(hostile, "overview", place=odd)
    links = {one.get("href") for tree in screen.trees for one in tree.iter("a")} - {"actions"}
    assert links
    assert all(str(link).startswith("indicator?place=X%3Cb%3E%26%27%22%3D1&") for link in links)
    opened = open_page(hostile, "indicator", place=odd, organisation=odd)
    assert (opened.faults, opened.notices) == ([], [])
    assert {one["org_code"] for one in rows(downloaded(opened))} == {odd}


@pytest.mark.parametrize("asked", ["http://example.org/a", "HTTPS://example.org", "www.example.org", "me@example.org"])
def test_an_address_that_holds_another_address_makes_no_link_of_it(starter: Path, open_page: Opener, asked: str) -> None:
    (notice,) = open_page(starter, "overview", place=asked).app.warning
    assert f"“{asked}”" in plain(notice.value)
    assert not re.search(r"https?://|www\.|@\w", notice.value.replace("\\", ""), re.IGNORECASE)


def test_an_address_full_of_markup_is_named_as_text_and_answered(starter: Path, open_page: Opener) -> None:
    asked = '<img src=x onerror=alert(1)> [a](http://example.org) "; drop table observations'
    choices = ("place", "indicator", "organisation", "period", "reference", "detail")
    screen = open_page(starter, "indicator", **dict.fromkeys(choices, asked))
    assert screen.faults == []
    assert len(screen.notices) == 6
    for one in screen.app.warning:
        assert asked[:60] in plain(one.value)
        assert not re.search(r"\[[^\]]*\]\(|<\w", re.sub(r"\\.", "", one.value))
    assert screen.said("cg-lead")
