"""How to read an indicator, what it can and cannot tell, and where it comes from."""

from __future__ import annotations

import streamlit as st

from dashboard.once import once
from dashboard.text import Table, escaped, heading, paragraph
from dashboard.view import IndicatorView
from equity import periods

READ = (
    "Each dot is one ethnic group's figure. The bar around it is its 95% interval: where the true figure most likely lies, "
    "given how many people it rests on. The fewer the people, the wider the bar. Two groups differ clearly only if the interval of "
    "their difference leaves out nought; otherwise the page says “no clear difference”. The groups are in alphabetical order: this is "
    "not a league table. A gap says that something differs, not why."
)
STATES = (
    "[c] hidden to protect people, [u] too few people to be sure, [x] not collected or not available, [z] does not apply. "
    "A hidden figure is not nought."
)


def show_reading(view: IndicatorView) -> None:
    """How to read this page, and what the indicator can and cannot tell."""
    indicator = view.selection.indicator
    caveats = "".join(f"<li>{escaped(caveat)}</li>" for caveat in indicator.caveats)
    st.html(
        f"{heading('How to read this')}{paragraph(READ)}{paragraph(STATES)}"
        f"{heading('What it can tell you', 3)}{paragraph(indicator.can_tell)}"
        f"{heading('What it cannot tell you', 3)}{paragraph(indicator.cannot_tell)}"
        f"{heading('Take care', 3)}<ul>{caveats}</ul>"
        f"{heading('Why it matters', 3)}{paragraph(indicator.why_it_matters)}"
    )


def show_source(view: IndicatorView) -> None:
    """Definition, numerator, denominator, source, licence, caveats and series breaks."""
    table = once(("source", *view.subject.key), lambda: _definition(view).html)
    link = escaped(view.selection.indicator.publication_url)
    published = f'<p class="cg-fresh">The publication: <a href="{link}" rel="noreferrer">{link}</a></p>'
    st.html(heading("Definition and source") + table + published)


def _definition(view: IndicatorView) -> Table:
    indicator = view.selection.indicator
    sources, licences, statuses = (
        ", ".join(view.observations[name].drop_nulls().unique(maintain_order=True).to_list())
        for name in ("source", "licence", "publication_status")
    )
    breaks = "; ".join(f"from {periods.day(one.day)}: {one.what}" for one in view.breaks)
    rows = [
        ["Definition", indicator.definition],
        ["Numerator", indicator.numerator],
        ["Denominator", indicator.denominator],
        ["Unit", indicator.unit],
        ["95% interval", _interval(view)],
        ["Source", sources or indicator.publication],
        ["Status of the figures", statuses],
        ["Licence", licences or indicator.licence],
        ["Series breaks", breaks or "none known"],
        ["Last reviewed", str(indicator.reviewed_on)],
    ]
    return Table("About this indicator", ["What", "In words"], [[name, str(text)] for name, text in rows], "definitions")


def _interval(view: IndicatorView) -> str:
    names = {
        "wilson": "Wilson's method",
        "byar_exact": "exact below 10 events, Byar's method from 10",
        "published_half_width": "as published",
        "published": "as published",
    }
    methods = [str(method) for method in view.observations["interval_method"].drop_nulls().unique(maintain_order=True).to_list()]
    return ", ".join(names.get(method, method) for method in methods) or "none can be given"
