"""The sections of the Overview."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard import knowledge, summary
from dashboard.action_words import counted
from dashboard.charts.front import GAPS, MATRIX, SHOWN, people_affected, since
from dashboard.findings import FrontView
from dashboard.frame import show_content_note
from dashboard.linked import doing_html
from dashboard.matrix import key_html, matrix_html
from dashboard.places import FOOTPRINT, Place
from dashboard.promises import Promises
from dashboard.show import drawn, show, show_table
from dashboard.takeaway import show_takeaway
from dashboard.text import Table, escaped, literal, paragraph
from dashboard.voices import statuses_key
from equity.findings import Gap
from equity.sentences import finding_sentence, findings_sentence


def show_place(place: Place) -> None:
    """The place and the organisations through which it is seen."""
    seen = " · ".join(one.label for one in place.organisations[:2])
    st.html(f'<p class="cg-over">{escaped(place.name)}{" · " + escaped(seen) if seen not in {"", place.name} else ""}</p>')


def show_gaps(view: FrontView) -> None:
    """The answer in a sentence, then the gaps that stand out: beside each other, each in full, and as a table."""
    st.html(f'<p class="cg-lead">{escaped(findings_sentence(view.where, view.gaps, view.found))}</p>')
    st.html(f'<p class="cg-fresh">{escaped(view.subject.unknown)}</p>')
    show_content_note(one.indicator.content_note for _, one in view.told.values())
    if not view.found:
        return
    st.header("The gaps that stand out", anchor=False)
    shown = view.found[:SHOWN]
    key = statuses_key() if any(view.doing(gap).all for gap in shown) else ""
    st.html(f'<ol class="cg-gaps">{"".join(_gap(view, gap) for gap in shown)}</ol>{key}')
    show(GAPS, view, head="The same gaps beside each other")


def _gap(view: FrontView, gap: Gap) -> str:
    """A gap as an item of a list: its sentence, how many people, how sure, how it has moved, and what is being done."""
    place, one = view.told[gap.look.id]
    where = f", {place.name}" if place.key != view.place.key else ""
    facts = [("Affected", people_affected(gap)), ("How sure", gap.certainty), ("Change", since(view, gap))]
    items = "".join(f"<div><dt>{escaped(label)}</dt><dd>{escaped(words)}</dd></div>" for label, words in facts)
    items += f"<div><dt>Action</dt><dd>{doing_html(view.doing(gap))}</dd></div>"
    name = f"{one.row.name}: {gap.compared.reading.name}{where}"
    return (
        f'<li><div><h3><a href="{escaped(view.address(gap))}" target="_self">{escaped(name)}</a></h3>'
        f"<p>{escaped(finding_sentence(gap))}</p></div>"
        f'<dl class="cg-about">{items}</dl></li>'
    )


def show_domains(view: FrontView) -> None:
    """A sentence for each domain."""
    told = [one for _, one in view.told.values()]
    said = summary.sentences(told, view.place.name, view.against)
    items = "".join(f"<div><h2>{escaped(name)}</h2><p>{escaped(words)}</p></div>" for name, words in said)
    st.html(f'<div class="cg-domains">{items}</div>')


def show_matrix(view: FrontView, groups: pl.DataFrame) -> None:
    """The matrix with its key."""
    names = dict(groups.select("ethnicity_code", "name").iter_rows())
    told = [one for _, one in view.told.values()]
    against = names.get(view.reference, "the reference group")
    caption = f"How each ethnic group compares with {against} in {view.place.name}: newest figures of each indicator"
    st.write(literal(drawn(MATRIX, view).sentence))
    st.html(matrix_html(caption, view.place.key, view.reference, names, summary.sections(told)))
    st.html(key_html())
    with st.expander("The matrix as a file"):
        show_table(MATRIX, view)
    st.caption(
        "Each cell leads to its indicator, with intervals, numbers of people and the share of unknown ethnicity. "
        f"{literal(against)} is the reference chosen; choose another in the side bar. {FOOTPRINT}"
    )


def show_priorities(view: FrontView) -> None:
    """The study's five priority actions, and how many actions the place's sites have for each."""
    read = view.promised
    st.html(paragraph(_entered(read)))
    states = [state for site, state in read.states.items() if site == view.place.key or not view.place.organisations]
    rows = []
    for one in knowledge.reference().priorities:
        mine = sum(action.priority_id == one.priority_id for state in states for action in state.actions.values())
        rows.append([one.title, one.level, counted(mine, "action", "actions") if mine else "not yet reported"])
    st.html(
        Table("The study's five priority actions", ["Priority action", "Level", "Status"], rows, "words").html
        + '<p class="cg-plain"><a href="actions" target="_self">Priorities and actions</a></p>'
    )


def _entered(read: Promises) -> str:
    said = "Service users, carers and staff at four sites agreed these priority actions. How far each has got is entered by the sites"
    if read.trouble:
        return f"{said}. The register of actions cannot be read just now."
    if read.is_example:
        return f"{said}. The register here is the example, which is not shown beside real sites."
    return f"{said}: nothing has been reported yet." if read.is_empty else f"{said}."


def show_files(view: FrontView) -> None:
    """The front page to take away."""
    show_takeaway(view, [(GAPS, view), (MATRIX, view)])
