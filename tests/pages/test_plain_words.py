"""Every sentence that the catalogue can produce from the starter figures: read as a 12-year-old would, and without banned words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textstat.textstat import textstat

from dashboard.charts.registry import CHARTS
from dashboard.findings import FrontView
from dashboard.quality import QualityView
from dashboard.subject import Told
from dashboard.view import IndicatorView
from equity.sentences import finding_sentence
from pipelines import releases
from tests.pages.conftest import Opener
from tests.pages.test_registry import PLACES, WALKS

GRADE = 8.0
BANNED = re.compile(
    r"\b(BAME|BME|non-?white|ethnic minorit\w+|minorit\w+|disparit\w+|statistically significant|significant\w*|coloured)\b", re.IGNORECASE
)


def sentences(told: Told, chart_sentence: str) -> Iterator[str]:
    """The sentence of a chart, and whatever else its page says of the same view."""
    yield chart_sentence
    yield told.subject.unknown
    if isinstance(told, IndicatorView) and told.potential:
        yield told.potential
    if isinstance(told, IndicatorView) and told.tipping:
        yield told.tipping
    if isinstance(told, QualityView):
        yield from (one.words for _, one in told.tipping)
    if isinstance(told, FrontView):
        yield from (finding_sentence(gap) for gap in told.found)


def without_names(text: str, place: str) -> str:
    """The text with short words for what is not ours to make plainer: an organisation's name, and a term of the law."""
    shorter = re.sub(r"\b(?:[A-Z][\w']+ (?:and |of |for )?)+(?:Trust|Board)\b", "Sheffield", text.replace(place, "Sheffield"))
    return shorter.replace("community treatment orders", "orders")


@pytest.mark.parametrize("place", PLACES)
def test_every_sentence_is_in_plain_english(starter: Path, place: str, open_page: Opener) -> None:
    open_page(starter, "overview")  # what is read after it is of this release
    release_id = releases.current_release(starter)
    assert release_id is not None
    by_id = {one.id: one for one in CHARTS}
    said = {
        (text, told.subject.place)
        for walk in WALKS
        for name, told in walk(release_id, starter, place)
        if not by_id[name].lacks(told)
        for text in sentences(told, by_id[name].sentence(told))
    }
    assert len(said) > 20
    for text, where in said:
        assert textstat.flesch_kincaid_grade(without_names(text, where)) <= GRADE, text
        assert not BANNED.search(text), text
        assert text[0].isupper() or text[0].isdigit(), text
        assert text.endswith("."), text
        assert "  " not in text, text
        assert not re.search(r"\b(None|nan|inf)\b", text), text
