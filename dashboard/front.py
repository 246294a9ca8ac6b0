"""The sections of the Overview."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard import knowledge, summary
from dashboard.matrix import key_html, matrix_html
from dashboard.places import FOOTPRINT, Place
from dashboard.summary import Told
from dashboard.text import Table, escaped, literal


def show_place(place: Place) -> None:
    """The place and the organisations through which it is seen."""
    seen = " · ".join(one.label for one in place.organisations[:2])
    st.html(f'<p class="cg-over">{escaped(place.name)}{" · " + escaped(seen) if seen not in {"", place.name} else ""}</p>')


def show_domains(told: list[Told], place: Place, groups: pl.DataFrame, reference: str) -> None:
    """A sentence for each domain."""
    people = dict(groups.select("ethnicity_code", "people").iter_rows())
    against = str(people.get(reference, "the reference group")).removeprefix("people from ")
    items = "".join(
        f"<div><h2>{escaped(name)}</h2><p>{escaped(words)}</p></div>" for name, words in summary.sentences(told, place.name, against)
    )
    st.html(f'<div class="cg-domains">{items}</div>')


def show_matrix(told: list[Told], place: Place, groups: pl.DataFrame, reference: str) -> None:
    """The matrix with its key."""
    names = dict(groups.select("ethnicity_code", "name").iter_rows())
    against = names.get(reference, "the reference group")
    caption = f"How each ethnic group compares with {against} in {place.name}: newest figures of each indicator"
    st.html(matrix_html(caption, place.key, reference, names, summary.sections(told)))
    st.html(key_html())
    st.caption(
        "Each cell leads to its indicator, with intervals, numbers of people and the share of unknown ethnicity. "
        f"{literal(against)} is the reference chosen; choose another in the side bar. {FOOTPRINT}"
    )


def show_priorities() -> None:
    """The study's five priority actions; nothing is known yet of how far a place has got."""
    st.write(
        "Service users, carers and staff at four sites agreed these priority actions. How far each has got is entered by the sites: "
        "nothing has been reported yet."
    )
    rows = [[one.title, one.level, "not yet reported"] for one in knowledge.reference().priorities]
    st.html(Table("The study's five priority actions", ["Priority action", "Level", "Status"], rows, "words").html)
