"""How a chart of the registry stands on a page: titles, key, picture, where it comes from, table and file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard import downloads
from dashboard.charts.chart import Chart
from dashboard.charts.finished import Finished
from dashboard.charts.palette import CONFIG
from dashboard.once import once
from dashboard.picture import picture_buttons
from dashboard.subject import Subject, Told
from dashboard.text import escaped, heading, paragraph


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart of a view, worked out once for all readers. ``lacks`` says why there is no picture."""

    lacks: str
    finding: str
    measure: str
    sentence: str
    legend: str
    table: str
    figure: Any


def drawn(chart: Chart[Any], view: Told) -> Drawn:
    """The chart of a view."""
    return once(("chart", chart.id, *view.subject.key), lambda: _draw(chart, view))


def _draw(chart: Chart[Any], view: Told) -> Drawn:
    lacks = chart.lacks(view)
    if lacks:
        return Drawn(lacks, chart.name, "", "", "", "", None)
    figure = Finished(chart.figure(view)) if chart.figure else None
    words = chart.finding(view), chart.measure(view), chart.sentence(view), chart.legend(view)
    return Drawn("", *words, chart.table(view).html, figure)


def show(chart: Chart[Any], view: Told, *, head: str = "", table: bool = True) -> None:
    """A chart below its heading, with its titles, its key, where it comes from, and (folded) its table and file; what it lacks
    instead, if it does."""
    found = drawn(chart, view)
    above = heading(head) if head else ""
    if found.lacks:
        st.html(above + paragraph(found.lacks))
        return
    titles = f'<p class="cg-title"><strong>{escaped(found.finding)}</strong><span>{escaped(found.measure)}</span></p>'
    st.html(above + titles + found.legend)
    if found.figure is not None:
        st.plotly_chart(found.figure, config=CONFIG, theme=None, key=chart.id, alt=found.sentence)
        address = view.subject.address(st.context.url)
        st.html(once(("picture", chart.id, address, *view.subject.key), lambda: _buttons(chart, found, view.subject, address)))
    if table:
        with st.expander(f"{chart.name}: table and download"):
            show_table(chart, view)


def _buttons(chart: Chart[Any], found: Drawn, subject: Subject, address: str) -> str:
    titles = (found.finding, found.measure)
    return picture_buttons(chart.id, chart.name, titles, found.sentence, found.legend, subject, address)


def show_table(chart: Chart[Any], view: Told, *, head: str = "") -> None:
    """The same numbers as a table and as a file, with where they come from and how often ethnicity is not known."""
    found, subject = drawn(chart, view), view.subject
    st.html(
        (heading(head) if head else "")
        + found.table
        + paragraph(f"{subject.unknown} Source: {subject.source}. {subject.licence}.", "fresh")
    )
    address = subject.address(st.context.url)
    data = once(("csv", chart.id, address, *subject.key), lambda: downloads.csv(chart.rows(view), subject, address, chart.tidy))
    label = f"{chart.name} (CSV, {downloads.size(data)})"
    name = f"{subject.file}_{chart.id}.csv"
    st.download_button(label, data, file_name=name, mime="text/csv", on_click="ignore", key=f"csv:{chart.id}")
