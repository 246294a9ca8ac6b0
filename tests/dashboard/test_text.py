"""What comes from a file is text on the screen, in HTML and in Markdown, and a table is a table for everybody."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.text import Table, escaped, literal

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]))
SIGNS = "\\`*_{}[]()#+-.!|<>~$:&^=@"


def read(marked: str) -> str:
    """Markdown with its escapes read, without the joiner that nobody sees."""
    return re.sub(r"\\(.)", r"\1", marked).replace("\u2060", "")


@given(TEXT.filter(lambda text: "\u2060" not in text))
def test_markdown_reads_as_it_was_written(text: str) -> None:
    assert read(literal(text)) == text


@given(st.text(st.sampled_from(SIGNS + "ab 1"), max_size=30))
def test_every_sign_that_markdown_acts_upon_is_escaped(text: str) -> None:
    bare = re.sub(r"\\.", "", literal(text))
    assert not set(bare) & set(SIGNS)


LINKS = ("http://example.org", "HTTPS://example.org/a?b=c", "www.example.org", "me@example.org", "a http://b www.c")


@pytest.mark.parametrize("link", LINKS)
def test_an_address_in_a_text_is_not_made_a_link(link: str) -> None:
    seen = re.sub(r"\\(.)", r"\1", literal(link))
    assert not re.search(r"https?://|www\.|\w@\w", seen, re.IGNORECASE)
    assert read(literal(link)) == link


@given(TEXT)
def test_html_reads_as_it_was_written(text: str) -> None:
    element = ET.fromstring(f'<p title="{escaped(text)}">{escaped(text)}</p>')
    assert (element.text or "", element.get("title")) == (text, text)
    assert len(element) == 0


def test_what_is_no_text_is_written_as_text() -> None:
    assert escaped(12) == "12"


def test_a_table_has_a_caption_and_headers_and_each_cell_its_column() -> None:
    found = ET.fromstring(
        Table("Figures", ["Group", "Rate", "Interval"], [["Asian", "36%", "32 to 41"], ["White", "50%", "48 to 52"]]).html
    )
    assert found.findtext(".//caption") == "Figures"
    assert [(one.text, one.get("scope"), one.get("role")) for one in found.findall(".//thead/tr/th")] == [
        ("Group", "col", "columnheader"), ("Rate", "col", "columnheader"), ("Interval", "col", "columnheader"),
    ]  # fmt: skip
    assert [(one.text, one.get("scope"), one.get("role")) for one in found.findall(".//tbody/tr/th")] == [
        ("Asian", "row", "rowheader"), ("White", "row", "rowheader"),
    ]  # fmt: skip
    assert [(one.get("data-label"), one.text) for one in found.findall(".//tbody/tr/td")][:2] == [("Rate", "36%"), ("Interval", "32 to 41")]
    assert (found.get("role"), found.get("tabindex"), found.get("aria-label")) == ("region", "0", "Figures")
    assert found.find("table").get("role") == "table"  # pyright: ignore[reportOptionalMemberAccess]


@given(st.lists(st.lists(TEXT, min_size=2, max_size=2), min_size=1, max_size=3), TEXT)
def test_whatever_stands_in_a_table_is_text(rows: list[list[str]], caption: str) -> None:
    found = ET.fromstring(Table(caption, ["<b>", "&"], rows, '"x').html)
    assert [one.text or "" for one in found.findall(".//tbody/tr/*")] == [cell for row in rows for cell in row]
    assert found.findtext(".//caption") == caption
