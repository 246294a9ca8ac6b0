"""What the About page tells: from the code's own docstrings, the catalogue and the registry, so that it cannot fall behind."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Sequence

import polars as pl
import streamlit as st

from dashboard import knowledge, queries
from dashboard.charts.registry import CHARTS
from dashboard.release import ReleaseInUse
from dashboard.subject import sources
from dashboard.text import Table, escaped, literal
from equity import periods

# What is worked out, in the order of the page: heading, modules whose docstrings say how.
METHODS: tuple[tuple[str, Sequence[str]], ...] = (
    ("Proportions, rates and averages", ("equity.rates", "equity.standardise")),
    ("Gaps between groups", ("equity.comparison", "equity.mover")),
    ("Which gaps stand out", ("equity.findings", "equity.multiplicity")),
    ("What equal rates would mean in people", ("equity.potential", "equity.attributable")),
    ("Whether a gap has changed", ("equity.change", "equity.trend")),
    ("What rounding and unknown ethnicity leave open", ("equity.bounds", "equity.unknowns")),
    ("Control charts and funnels", ("equity.spc", "equity.funnel", "equity.overdispersion")),
)
POLARITY = {"higher_is_better": "higher is better", "lower_is_better": "lower is better", "neutral": "neither is better in itself"}
CAN = (
    "How often something happened to people of each ethnic group, as the NHS published it. How large the gap between two groups is, "
    "and how sure that is. Whether the gap has moved. And what is not known."
)
CANNOT = (
    "Why groups differ. Need, age, income, language, where people live and what they were offered all differ between groups and places. "
    "A gap is a reason to ask, and to listen to the people it is about. It is not proof of its cause. Nor does anything here say how any "
    "one person was treated."
)
WHO = (
    "Those who wrote the project's catalogue chose them, from what is published by ethnic group on access, experience and outcomes of "
    "mental healthcare. No panel of service users and carers has chosen them yet. The project rests on an experience-based codesign "
    "study in four areas (Winsper and others, BMJ Mental Health 2023; 26: e300709), in which service users, carers and staff agreed "
    "priority actions, and is meant to serve the Patient and Carer Race Equality Framework, which every NHS mental health trust in "
    "England has to work to. Each indicator is a file that anyone can read and propose to change."
)
ACCESS = (
    "Common Ground is meant to meet the Web Content Accessibility Guidelines 2.2 at level AA. Its pages are tested with each change by "
    "axe-core in Chromium, at 320 and 1,280 pixels wide, light and dark, and by following its journeys with the keyboard alone. The "
    "contrast of every colour is worked out. Every chart has a text that says what it shows, and a real table of the same numbers."
)
LIMITS = (
    "It has not been tested by people who use screen readers, nor with any particular one.",
    "Choices are in a side bar, which on a narrow screen has to be opened first.",
)
CONTACT = (
    "Whoever runs this dashboard adds here whom to write to if something cannot be read or used, and how soon an answer comes. Nothing "
    "has been added yet."
)


def show_reach() -> None:
    """What the figures can tell and what they cannot, and who chose the indicators."""
    st.header("What this can tell you", anchor=False)
    st.write(CAN)
    st.header("What it cannot tell you", anchor=False)
    st.write(CANNOT)
    st.header("Who chose the indicators", anchor=False)
    st.write(literal(WHO))
    rows = [
        [
            one.name,
            one.question,
            one.definition,
            POLARITY[one.polarity],
            knowledge.FREQUENCIES[one.frequency],
            one.publication,
            one.licence,
            str(one.reviewed_on),
        ]
        for one in knowledge.catalogue().indicators.values()
    ]
    columns = ["Indicator", "Question", "Definition", "What is better", "Published", "Source", "Licence", "Last reviewed"]
    with st.expander(f"The {len(rows)} indicators"):
        st.html(Table("Indicators of the catalogue", columns, rows, "words").html)


def show_methods() -> None:
    """How figures are worked out, as the code says it of itself; and what each chart shows."""
    st.header("How figures are worked out", anchor=False)
    st.write("These are the notes of the programs themselves, with formulas and sources. They are written for analysts.")
    for heading, modules in METHODS:
        with st.expander(heading):
            st.html("".join(f'<p class="cg-method"><strong>{escaped(name)}</strong></p>{paragraphs(name)}' for name in modules))
    with st.expander("What each chart shows"):
        rows = [[one.name, one.question, one.intervals, one.least] for one in CHARTS]
        st.html(Table("Charts", ["Chart", "Question", "How sure", "Least that it needs"], rows, "words").html)


def paragraphs(module: str) -> str:
    """The docstring of a module as HTML: its paragraphs, its lists, and its tables as they stand."""
    text = inspect.getdoc(importlib.import_module(module)) or ""
    return "".join(_block(block) for block in re.split(r"\n\s*\n", text))


def _block(block: str) -> str:
    lines = block.splitlines()
    if any(set(line.strip()) <= {"=", " "} and line.strip() for line in lines):
        return f'<pre tabindex="0">{escaped(block)}</pre>'
    plain = re.sub(r"``?([^`]+)``?", r"\1", block)
    if lines[0].lstrip().startswith("- "):
        items = re.split(r"\n\s*- ", plain.strip().removeprefix("- "))
        return "<ul>" + "".join(f"<li>{escaped(' '.join(item.split()))}</li>" for item in items) + "</ul>"
    return f"<p>{escaped(' '.join(plain.split()))}</p>"


def show_glossary() -> None:
    """Words in plain English."""
    st.header("Words", anchor=False)
    words: pl.DataFrame = knowledge.reference().glossary
    st.html(Table("Glossary", ["Word", "What it means here"], [list(row) for row in words.iter_rows()], "words").html)


def show_accessibility() -> None:
    """The accessibility statement."""
    st.header("Accessibility", anchor=False)
    st.write(literal(ACCESS))
    st.write("What is known not to be good enough:")
    st.markdown("\n".join(f"- {literal(limit)}" for limit in LIMITS))
    st.write(CONTACT)


def show_licences(used: ReleaseInUse) -> None:
    """Licences of the figures and of the software, and what comes next."""
    st.header("Licences", anchor=False)
    held = queries.publications(used.release_id)
    told = sources(held)
    st.write(literal(f"The figures of this release are published under: {told['licence']}. They are from: {told['source']}."))
    st.write("The software is free to use, change and pass on, under the MIT licence.")
    st.header("Next updates", anchor=False)
    st.write(
        "New figures appear when an analyst loads a new publication. Its day is the publisher's to say, so none is given here. How often "
        "each is published, and the newest period of this release:"
    )
    st.html(Table("How often figures are published", ["Publication", "Published", "Newest period here"], _updates(held), "words").html)


def _updates(held: pl.DataFrame) -> list[list[str]]:
    """Each publication of the catalogue with the newest period that the release has of its indicators."""
    indicators = knowledge.catalogue().indicators
    spans = held.filter(pl.col("indicator_id").is_in(list(indicators))).sort("period_end").iter_rows(named=True)
    newest = {indicators[row["indicator_id"]].publication: periods.label(row["period_start"], row["period_end"]) for row in spans}
    published = {one.publication: one.frequency for one in indicators.values()}
    return [[name, knowledge.FREQUENCIES[frequency], newest.get(name, "none in this release")] for name, frequency in published.items()]
