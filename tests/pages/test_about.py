"""The About page: what it tells comes from the code, the catalogue and the registry, and is readable."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textstat.textstat import textstat

from dashboard import about
from dashboard.charts.registry import CHARTS
from pipelines import reference
from pipelines.catalogue import load_catalogue
from pipelines.errors import PipelineError
from pipelines.reference import load_reference
from tests.pages.conftest import Opener
from tests.pages.figures import observations
from tests.pages.screen import PROJECT


def test_the_page_tells_reach_methods_words_and_licences(starter: Path, open_page: Opener) -> None:
    screen = open_page(starter, "about")
    assert (screen.faults, screen.notices) == ([], [])
    assert screen.title == "About Common Ground"
    heads = [str(one.value) for one in screen.app.header]
    assert heads == [
        "What this can tell you", "What it cannot tell you", "Who chose the indicators", "How figures are worked out", "Words",
        "Accessibility", "Licences", "Next updates",
    ]  # fmt: skip


def test_every_indicator_and_every_chart_is_in_its_table(starter: Path, open_page: Opener) -> None:
    screen = open_page(starter, "about")
    assert set(screen.table("Definition").rows) == {one.name for one in load_catalogue().indicators.values()}
    assert set(screen.table("Least that it needs").rows) == {one.name for one in CHARTS}


@pytest.mark.parametrize("module", [name for _, modules in about.METHODS for name in modules])
def test_the_notes_of_a_module_are_read_without_marks_of_the_code(module: str) -> None:
    html = about.paragraphs(module)
    assert len(html) > 200, f"{module} says too little of how it works"
    outside = re.sub(r"<pre.*?</pre>", "", html, flags=re.DOTALL)
    assert "`" not in outside


def test_words_are_explained_in_plain_english() -> None:
    words = load_reference().glossary
    assert words.height >= 20
    assert words["term"].to_list() == sorted(words["term"].to_list(), key=str.lower)
    for term, meaning in words.iter_rows():
        assert textstat.flesch_kincaid_grade(meaning) <= 12, (term, meaning)
        assert meaning.endswith("."), term


def test_what_is_said_of_reach_is_plain() -> None:
    for text in (about.CAN, about.CANNOT, about.CONTACT):
        assert textstat.flesch_kincaid_grade(text) <= 8, text


def test_a_glossary_with_a_term_twice_or_without_a_meaning_is_refused(tmp_path: Path) -> None:
    for text, said in (("term,meaning\nA,b.\na,c.\n", "a term is there twice"), ("term,meaning\nA,\n", "row 2: a term and its meaning")):
        (tmp_path / "glossary.csv").write_text(text, encoding="utf-8")
        with pytest.raises(PipelineError, match=said):
            reference._glossary(tmp_path)


def test_the_licences_and_the_newest_periods_are_those_of_the_release(starter: Path, open_page: Opener) -> None:
    screen = open_page(starter, "about")
    held = observations(starter)
    assert f"published under: {', '.join(held['licence'].unique().to_list())}." in screen.words
    newest = screen.table("Newest period here").column("Newest period here")
    assert newest["Mental Health Act Statistics, Annual Figures (NHS England)"] == "2023-24"
    assert newest["Census 2021, ethnic group (Office for National Statistics)"] == "none in this release"
    assert (PROJECT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    assert "under the MIT licence" in screen.words
