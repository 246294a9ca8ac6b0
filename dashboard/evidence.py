"""The sections of the pages that follow a gap over time and across sites."""

from __future__ import annotations

import streamlit as st

from dashboard import over_time
from dashboard.across import AcrossView
from dashboard.charts.follow import CONTROL, GAP_OVER_TIME, SPREAD_OVER_TIME
from dashboard.charts.sites import BETWEEN_SITES, FUNNEL
from dashboard.filters import choose_group
from dashboard.knowledge import DOMAINS
from dashboard.linked import linked_html
from dashboard.over_time import OverTimeView
from dashboard.places import FOOTPRINT
from dashboard.sections import show_breaks, show_question
from dashboard.show import show
from dashboard.takeaway import show_takeaway
from dashboard.text import literal, paragraph
from dashboard.view import IndicatorView

TIMING = (
    "Timing is not cause. A gap that moves after something was done may have moved for other reasons: who was referred, how it was "
    "recorded, what else changed, or chance. These charts show when, not why."
)
CHANGE = (
    "A gap is called narrower or wider only if its 95% interval says so, as a difference and as a ratio; otherwise there is no clear "
    "change. That does not mean that nothing has changed: these figures cannot show it. Difference and ratio can disagree, where the "
    "figures of both groups moved."
)
CONTROLLED = (
    "A control chart shows how much figures vary by themselves. A point is unusual if it lies outside the limits, if it is one of 7 "
    "in a row on one side of the average or one of 7 rising or falling, or if 2 of 3 in a row are near a limit (the rules of NHS "
    "England's Making Data Count). Unusual is not yet good or bad: it is worth asking why."
)
COMPARED = (
    "Sites are in alphabetical order: this is not a league table. Their people differ in age, need and how they came to the service, "
    "so a difference between sites does not show that one does better. A gap is clear only if the 95% interval of the difference "
    "leaves out nought."
)
FUNNELLED = (
    "Small places vary more by chance, so the limits widen to the left like a funnel. About 1 in 20 places would lie outside the 95% "
    "limits, and 1 in 500 outside the 99.8% limits, by chance alone. A place beyond them is a reason to ask, not a verdict."
)


def choose_followed(whole: IndicatorView) -> str:
    """The group whose gap is followed; everyone, where the indicator is not about groups."""
    first = over_time.first_group(whole)
    return choose_group(over_time.groups_of(whole), first) if first else over_time.EVERYONE


def show_gap_heading(view: OverTimeView) -> None:
    """Where we are, whether the gap has narrowed, and by how much."""
    indicator, place = view.whole.selection.indicator, view.whole.place
    where = [DOMAINS[indicator.domain], indicator.short_name, place, view.subject.period]
    show_question("Has the gap narrowed?", where, indicator.content_note, view.story)


def show_gap(view: OverTimeView) -> None:
    """The gap in each period, as a difference and as a ratio."""
    show(GAP_OVER_TIME, view, head="The gap over time")
    show_breaks(view.whole)
    st.html(linked_html(view.marked) + paragraph(TIMING))


def show_spread(view: OverTimeView) -> None:
    """Every group in every period."""
    show(SPREAD_OVER_TIME, view, head="All groups, period by period")


def show_control(view: OverTimeView) -> None:
    """The control chart of the group's own figure, or why there is none."""
    show(CONTROL, view, head="Is the latest figure unusual?")
    if not view.control.lacks:
        st.write(literal(CONTROL.sentence(view)))
        st.caption(literal(CONTROLLED))


def show_gap_files(view: OverTimeView) -> None:
    """The page to take away."""
    show_takeaway(view, [(GAP_OVER_TIME, view), (SPREAD_OVER_TIME, view), (CONTROL, view)])


def show_gap_reading(view: OverTimeView) -> None:
    """How to read this page, and how often ethnicity is not known."""
    st.header("How to read this", anchor=False)
    st.write(literal(CHANGE))
    st.write(literal(view.subject.unknown))
    st.write(literal(view.whole.selection.indicator.cannot_tell))


def show_sites_heading(view: AcrossView) -> None:
    """Where we are, at how many sites the gap is clear, and how wide it is at each."""
    indicator = view.selection.indicator
    where = [DOMAINS[indicator.domain], indicator.short_name, view.kind, view.period]
    show_question("Is the gap the same at each site?", where, indicator.content_note, view.story)


def show_sites(view: AcrossView) -> None:
    """Every group at each site and in England."""
    show(BETWEEN_SITES, view, head="Every group at each site")


def show_funnel(view: AcrossView) -> None:
    """One group at every organisation of the kind, or why that cannot be drawn."""
    show(FUNNEL, view, head="Beside all others")
    if not view.funnel.lacks:
        st.write(literal(FUNNEL.sentence(view)))
        st.caption(literal(FUNNELLED))


def show_sites_files(view: AcrossView) -> None:
    """The page to take away."""
    show_takeaway(view, [(BETWEEN_SITES, view), (FUNNEL, view)])


def show_sites_reading(view: AcrossView) -> None:
    """How to read this page, and how often ethnicity is not known."""
    st.header("How to read this", anchor=False)
    st.write(literal(COMPARED))
    st.write(literal(view.subject.unknown))
    st.write(literal(view.selection.indicator.cannot_tell))
    st.caption(FOOTPRINT)
