"""The sections of the Indicator page, each a part of its story, in the order in which it is told."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.address import choose
from dashboard.charts.explore import BETWEEN_GROUPS, OVER_TIME, UNKNOWN_OVER_TIME, WITHIN_A_GROUP, detail_view
from dashboard.charts.shares import SHARES
from dashboard.frame import show_content_note, show_notices
from dashboard.knowledge import DOMAINS
from dashboard.once import once
from dashboard.shares import build as shares_of
from dashboard.show import show, show_table
from dashboard.takeaway import show_takeaway
from dashboard.text import escaped, heading, literal, paragraph
from dashboard.trends import crossed
from dashboard.view import IndicatorView, facts
from equity import periods
from equity.numbers import listed
from equity.wording import joined

AT_STAKE = (
    "This adds up every group, also those that fare better than the reference. It says how much is at stake, not that equal rates alone "
    "would bring it about."
)
NO_DETAIL = "This release holds no more detailed ethnic groups for this view."
SHARED = (
    "The two shares are of different things: one of what is counted, one of all people of any age who lived here on Census Day in March "
    "2021. Groups differ in age, in need and in how they have grown since, so equal shares are not the aim. A share is called larger or "
    "smaller only if no way to spread those whose ethnicity is not known could change that."
)


def show_heading(view: IndicatorView) -> None:
    """Where we are, the question, and its answer in a sentence."""
    indicator = view.selection.indicator
    show_question(indicator.question, [DOMAINS[indicator.domain], view.place, view.period], indicator.content_note, view.story)


def show_question(question: str, where: Sequence[str], note: str | None, story: tuple[str, str]) -> None:
    """A page's question, above it where we are, below it the content note of what it is about, and the answer."""
    st.html(f'<p class="cg-over">{escaped(" · ".join(where))}</p>')
    st.title(literal(question), anchor=False)
    show_content_note([note])
    lead, rest = story
    st.html(f'<p class="cg-lead">{escaped(lead)}</p>' + (f'<p class="cg-rest">{escaped(rest)}</p>' if rest else ""))


def show_facts(view: IndicatorView) -> None:
    """Four facts: the largest clear gap, as a ratio, its change, and the share of unknown ethnicity."""
    if view.everyone:
        return
    items = "".join(
        f'<div><dt>{escaped(label)}</dt><dd class="cg-figure">{escaped(figure)}</dd><dd class="cg-sure">{escaped(sure)}</dd></div>'
        for label, figure, sure in facts(view)
    )
    st.html(f'<dl class="cg-facts">{items}</dl>')


def show_potential(view: IndicatorView) -> None:
    """What it would mean in people if every group had the rate of the reference group."""
    if view.potential:
        st.html(heading("Potential for improvement") + paragraph(view.potential) + paragraph(AT_STAKE, "small"))


def show_groups(view: IndicatorView) -> None:
    """Each group's figure with its interval, England beside it."""
    show(BETWEEN_GROUPS, view, head="Between groups" if not view.everyone else "All together", table=False)
    if view.other_scheme and view.has_england:
        st.caption("England's groups are put together a little differently from these: compare them with care.")


def show_trend(view: IndicatorView) -> None:
    """The same measure over time, a panel a group."""
    show(OVER_TIME, view, head="Over time")
    show_breaks(view)


def show_breaks(view: IndicatorView) -> None:
    """Where the series breaks and why, and the periods that are left out."""
    found = once(("breaks", *view.subject.key), lambda: _breaks(view))
    if found:
        mark = '<span class="cg-dash" aria-hidden="true"></span>'
        st.html("".join(f'<p class="cg-fresh">{mark} {escaped(words)}</p>' for words in found))
    if view.regrouped:
        st.caption(literal(f"Published for other groups of people, and so left out here: {listed(view.regrouped)}."))


def _breaks(view: IndicatorView) -> list[str]:
    """Each break of the series within what is drawn, in words."""
    spans = list(view.points.select("start", "end").unique().iter_rows())
    if len({end for _, end in spans}) < 2:
        return []
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    found: list[str] = []
    for one in view.breaks:
        if crossed([one.day], first, last):
            within = any(crossed([one.day], start, end) for start, end in spans)
            alone = ", and the period in which it falls stands alone" if within else ""
            found.append(f"Series break from {periods.day(one.day)}: {one.what} Figures on either side cannot be compared{alone}.")
    return found


def show_unknown(view: IndicatorView) -> None:
    """How many people's ethnicity is not known, now and over time."""
    if view.everyone:
        return
    said, shown = st.columns([5, 6], gap="large")
    with said:
        st.html(heading("Whose ethnicity is not known") + paragraph(joined(view.subject.unknown, view.tipping)))
    with shown:
        show(UNKNOWN_OVER_TIME, view)


def show_detail(view: IndicatorView) -> None:
    """A way from each aggregate group into its detailed groups, where they are published."""
    if view.everyone:
        return
    offered = with_detail(view)
    st.html(heading("Detailed groups") + paragraph("" if offered else NO_DETAIL))
    if not offered:
        return
    _detail(view, offered)


def with_detail(view: IndicatorView) -> dict[str, str]:
    """The aggregate groups with more than one detailed group: name by code."""
    names = view.rows.select("code", "name").iter_rows()
    key = ("with detail", *view.subject.key)
    return once(key, lambda: {code: name for code, name in names if detail_view(view, code, name).rows.height > 1})


@st.fragment
def _detail(view: IndicatorView, offered: dict[str, str]) -> None:
    chosen, tabled = st.columns([5, 6], gap="large")
    with chosen:
        parent = choose("Show the groups within", "detail", offered, next(iter(offered)))
        show_notices()
        within = detail_view(view, parent, offered[parent])
        show(WITHIN_A_GROUP, within, table=False)
    with tabled:
        show_table(WITHIN_A_GROUP, within)


def show_shares(view: IndicatorView) -> None:
    """Each group's share of what is counted beside its share of the people who live there, or why that cannot be shown."""
    if view.everyone:
        return
    beside = shares_of(view)
    show(SHARES, beside, head=SHARES.name)
    if not beside.lacks:
        st.html(paragraph(SHARES.sentence(beside)) + paragraph(SHARED, "small"))


def show_numbers(view: IndicatorView) -> None:
    """The same numbers as a table, and as a file."""
    if not view.rows.is_empty():
        show_table(BETWEEN_GROUPS, view, head="The same numbers as a table")


def show_files(view: IndicatorView) -> None:
    """Everything above to take away: the detailed groups inside every group, whichever was chosen."""
    within = [(WITHIN_A_GROUP, detail_view(view, code, name)) for code, name in with_detail(view).items()]
    unknown = [] if view.everyone else [(UNKNOWN_OVER_TIME, view)]
    shares = [] if view.everyone else [(SHARES, shares_of(view))]
    show_takeaway(view, [(BETWEEN_GROUPS, view), (OVER_TIME, view), *shares, *within, *unknown])
