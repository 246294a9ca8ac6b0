"""The sections of the data quality page."""

from __future__ import annotations

import streamlit as st

from dashboard import knowledge
from dashboard.charts.quality import FRESHNESS, RECORDED, STATES
from dashboard.frame import show_content_note
from dashboard.quality import QualityView
from dashboard.show import drawn, show, show_table
from dashboard.takeaway import show_takeaway
from dashboard.text import Table, escaped, literal
from equity import periods
from equity.sentences import conclusions_sentence, replaced_sentence
from equity.wording import joined

MOST_REPLACED = 20


def show_headline(view: QualityView) -> None:
    """How often ethnicity is not known, and how many figures can be relied on."""
    rest = joined(_conclusions(view), drawn(STATES, view).sentence)
    st.html(f'<p class="cg-lead">{escaped(view.subject.unknown)}</p><p class="cg-rest">{escaped(rest)}</p>')
    show_content_note(one.indicator.content_note for one in view.told)


def _conclusions(view: QualityView) -> str:
    vanishes = [one.vanishes for _, one in view.tipping]
    return conclusions_sentence(vanishes.count(True), vanishes.count(False), vanishes.count(None))


def show_recorded(view: QualityView) -> None:
    """How often ethnicity is not known, for each indicator over time."""
    show(RECORDED, view, head="Whose ethnicity is not known")


def show_conclusions(view: QualityView) -> None:
    """What people of unknown ethnicity could do to the gap that each indicator tells first."""
    st.header("What that does to the conclusions", anchor=False)
    told = view.tipping
    if not told:
        st.write("No indicator of this place tells a clear gap that unknown ethnicity could change.")
        return
    st.write(
        "Nobody knows which groups these people are from. Below is the least that it would take for each indicator's largest clear "
        "gap to vanish. Nothing is assumed: it holds for every way in which they could be spread over the groups."
    )
    rows = [[indicator, one.group, one.words] for indicator, one in told]
    st.html(Table(f"What unknown ethnicity could change, {view.place.name}", ["Indicator", "Group", "In words"], rows, "words").html)


def show_states(view: QualityView) -> None:
    """Which figures are shown, and why the others are not."""
    st.header("Which figures there are", anchor=False)
    st.write(literal(drawn(STATES, view).sentence))
    show_table(STATES, view)


def show_freshness(view: QualityView) -> None:
    """The newest period of each indicator, and what was replaced."""
    st.header("How fresh the figures are", anchor=False)
    st.write(literal(drawn(FRESHNESS, view).sentence))
    show_table(FRESHNESS, view)
    st.header("What was put right", anchor=False)
    st.write(replaced_sentence(view.replaced.height))
    if view.replaced.height:
        names = {one.id: one.short_name for one in knowledge.catalogue().indicators.values()}
        rows = [
            [
                names.get(row["indicator_id"], row["indicator_id"]),
                row["org_code"],
                periods.label(row["period_start"], row["period_end"]),
                row["ethnicity_label"],
                _number(row["old_value"], row["old_state"]),
                _number(row["new_value"], row["new_state"]),
                row["new_source"] or "not said",
            ]
            for row in view.replaced.head(MOST_REPLACED).iter_rows(named=True)
        ]
        some = f"the first {MOST_REPLACED} of {view.replaced.height:,}" if view.replaced.height > MOST_REPLACED else "all of them"
        columns = ["Indicator", "Of", "Period", "Ethnic group", "Was", "Is now", "Source"]
        st.html(Table(f"Figures that were replaced: {some}", columns, rows, "words").html)


def _number(value: float | None, state: str) -> str:
    return f"{value:,.10g}" if value is not None else state.replace("_", " ")


def show_breaks(view: QualityView) -> None:
    """From when on figures cannot be compared with earlier ones, and why."""
    st.header("Breaks of series", anchor=False)
    if not view.breaks:
        st.write("No break of a series is known for the indicators of this place.")
        return
    rows = [[name, periods.day(one.day), one.what] for name, breaks in view.breaks for one in breaks]
    st.html(Table(f"Known breaks of series, {view.place.name}", ["Indicator", "From", "What changed"], rows, "words").html)


def show_files(view: QualityView) -> None:
    """The page to take away."""
    show_takeaway(view, [(RECORDED, view), (STATES, view), (FRESHNESS, view)])
