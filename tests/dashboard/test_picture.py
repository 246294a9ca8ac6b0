"""What is written in a chart's picture: its key, and everything that must stand beside it."""

from __future__ import annotations

import json
from xml.etree import ElementTree

from dashboard.picture import beside, legend_items, picture_buttons
from dashboard.subject import Subject, sources
from tests.dashboard.frames import observation, observations

SUBJECT = Subject(
    "file", "indicator", (), "r0007", "Recovery", "Example trust", "2024-25", "Example publication", "Example licence", "Unknown for 3.", ()
)


def test_a_picture_says_what_is_unknown_when_where_by_whom_and_how_to_find_it_again() -> None:
    assert beside(SUBJECT, "http://localhost/indicator?place=x") == [
        "Unknown for 3.",
        "Period chosen: 2024-25. Place: Example trust.",
        "Source: Example publication. Example licence.",
        "Common Ground, release r0007: http://localhost/indicator?place=x",
    ]


def test_buttons_carry_what_their_picture_tells_and_text_stays_text() -> None:
    made = picture_buttons(
        "groups", 'A "<b>" chart', ("One < two", "Per cent"), "Say Unknown for 3. & more", "", SUBJECT, "http://localhost/x"
    )
    root = ElementTree.fromstring(made)
    told = json.loads(str(root.get("data-picture")))
    assert (told["key"], told["file"], told["finding"], told["sentence"]) == (
        "groups",
        "file_groups",
        "One < two",
        "Say Unknown for 3. & more",
    )
    assert told["beside"][0].startswith("Period chosen"), "what the sentence says itself is not said again"
    assert [(one.get("data-type"), one.get("aria-label")) for one in root.iter("button")] == [
        ("PNG", 'Picture of A "<b>" chart (PNG)'),
        ("SVG", 'Picture of A "<b>" chart (SVG)'),
    ]


def test_the_key_of_a_chart_is_its_marks_with_their_signs_and_words() -> None:
    legend = (
        '<ul class="cg-legend" aria-label="Key"><li><span class="cg-dot cg-hollow"></span>few &amp; far [u]</li>'
        '<li><span class="cg-pin" style="color:#12436D">A</span>Asian</li><li>no mark</li></ul>'
    )
    assert legend_items(legend) == [
        {"look": "cg-dot cg-hollow", "style": "", "sign": "", "words": "few & far [u]"},
        {"look": "cg-pin", "style": "color:#12436D", "sign": "A", "words": "Asian"},
    ]
    assert legend_items("") == []


def test_a_publication_of_several_years_is_named_once_with_its_years() -> None:
    rows = [observation("asian", source=f"Annual reports (Example), {year}") for year in ("2024-25", "2022-23", "2023-24")]
    rows.append(observation("asian", source="A count, of another kind"))
    assert sources(observations(*rows)) == {
        "source": "Annual reports (Example), 2022-23, 2023-24, 2024-25; A count, of another kind",
        "licence": "Example licence",
    }
