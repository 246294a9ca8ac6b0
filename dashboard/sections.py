"""The sections of the Indicator page, each a part of its story, in the order in which it is told."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard import downloads
from dashboard.address import choose
from dashboard.charts.groups import groups_chart
from dashboard.charts.palette import CONFIG
from dashboard.charts.trend import trend_chart
from dashboard.charts.unknown import unknown_chart
from dashboard.frame import show_notices
from dashboard.knowledge import DOMAINS
from dashboard.tables import figures_table, trend_table, unknown_table
from dashboard.text import escaped, literal
from dashboard.trends import crossed, marks_key
from dashboard.view import (
    IndicatorView,
    detailed,
    facts,
    finding_title,
    measure_title,
    trend_title,
    unknown_words,
)
from equity import periods
from equity.numbers import listed

LEGEND = {
    "site": '<li><span class="cg-dot"></span>{place}</li>',
    "interval": '<li><span class="cg-bar"></span>95% interval</li>',
    "england": '<li><span class="cg-tick"></span>England</li>',
    "reference": '<li><span class="cg-dots"></span>{reference}, the reference chosen</li>',
    "few": '<li><span class="cg-dot cg-hollow"></span>few people [u]</li>',
    "unknown": '<li><span class="cg-dot cg-grey"></span>ethnicity not known</li>',
}


def show_heading(view: IndicatorView) -> None:
    """Where we are, the question, and its answer in a sentence."""
    domain = DOMAINS[view.selection.indicator.domain]
    st.html(f'<p class="cg-over">{escaped(domain)} · {escaped(view.place)} · {escaped(view.period)}</p>')
    st.title(literal(view.selection.indicator.question), anchor=False)
    if view.selection.indicator.content_note:
        st.html(f'<p class="cg-note">{escaped(view.selection.indicator.content_note)}</p>')
    lead, rest = view.story
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


def show_groups(view: IndicatorView) -> None:
    """Each group's figure with its interval, England beside it."""
    st.header("Between groups" if not view.everyone else "All together", anchor=False)
    _titles(finding_title(view), measure_title(view))
    if view.rows.is_empty():
        st.write("This release holds no figures by ethnic group for this view.")
        return
    st.html(_legend(view))
    reference = view.standing.reference
    value = reference.estimate.value if reference and reference.estimate else None
    st.plotly_chart(groups_chart(view.rows, value, _suffix(view)), config=CONFIG, theme=None, key="groups", alt=view.sentence)
    if view.other_scheme and view.has_england:
        st.caption("England's groups are put together a little differently from these: compare them with care.")


def show_trend(view: IndicatorView) -> None:
    """The same measure over time, a panel a group."""
    st.header("Over time", anchor=False)
    reference = view.standing.reference
    beside = f"{reference.name} in grey. " if reference and view.points["code"].n_unique() > 1 else ""
    panels = "" if view.everyone else ", one panel a group"
    shaded = "Shaded: 95% intervals. " if view.points["lower"].is_not_null().any() else ""
    key = f"{beside}{shaded}{marks_key(view.points)}".strip()
    _titles(trend_title(view), f"{view.selection.indicator.short_name}{panels}. {key}".strip())
    if view.points["end"].n_unique() < 2:
        st.write("There is only one period of this length in this release, so nothing can be said about change.")
        return
    chart = trend_chart(view.points, view.selection.reference, view.break_days, _suffix(view))
    st.plotly_chart(chart, config=CONFIG, theme=None, key="trend", alt=f"{trend_title(view)}. The table of all periods has every figure.")
    _breaks(view)
    with st.expander("Table of all periods"):
        st.html(trend_table(view))


def _breaks(view: IndicatorView) -> None:
    spans = view.points.select(pl.col("start").min().alias("first"), pl.col("end").max().alias("last"))
    for one in view.breaks:
        if crossed([one.day], *spans.row(0)):
            within = any(crossed([one.day], start, end) for start, end in view.points.select("start", "end").iter_rows())
            alone = ", and the period in which it falls stands alone" if within else ""
            st.html(
                f'<p class="cg-fresh"><span class="cg-dash" aria-hidden="true"></span> Series break from '
                f"{escaped(periods.day(one.day))}: {escaped(one.what)} Figures on either side cannot be compared{alone}.</p>"
            )
    if view.regrouped:
        st.caption(literal(f"Published for other groups of people, and so left out here: {listed(view.regrouped)}."))


def show_unknown(view: IndicatorView) -> None:
    """How many people's ethnicity is not known, now and over time."""
    if view.everyone:
        return
    st.header("Whose ethnicity is not known", anchor=False)
    said, drawn = st.columns([5, 6], gap="large")
    with said:
        st.write(literal(f"{unknown_words(view)} Were they spread differently over the groups, the gaps could differ."))
        if view.unknown["share"].drop_nulls().len() > 1:
            with st.expander("Table of unknown ethnicity"):
                st.html(unknown_table(view))
    with drawn:
        if view.unknown["share"].drop_nulls().len() > 1:
            _titles("Ethnicity not known, over time", f"Share of {view.counted}. {view.place}")
            st.plotly_chart(unknown_chart(view.unknown, view.break_days), config=CONFIG, theme=None, key="unknown", alt=unknown_words(view))


def show_detail(view: IndicatorView) -> None:
    """A way from each aggregate group into its detailed groups, where they are published."""
    if view.everyone:
        return
    st.header("Detailed groups", anchor=False)
    offered = {row["code"]: row["name"] for row in view.rows.iter_rows(named=True) if detailed(view, row["code"]).height > 1}
    if not offered:
        st.write("This release holds no more detailed ethnic groups for this view.")
        return
    drawn, tabled = st.columns([5, 6], gap="large")
    with drawn:
        parent = choose("Show the groups within", "detail", offered, next(iter(offered)))
        show_notices()
        rows = detailed(view, parent)
        words = f"Groups within {offered[parent]}. {view.place}, {view.period}"
        st.plotly_chart(groups_chart(rows, None, _suffix(view)), config=CONFIG, theme=None, key="detail_chart",
                        alt=f"{words}: the table beside it has the same figures.")  # fmt: skip
    with tabled:
        st.html(figures_table(view, rows, words))


def show_table(view: IndicatorView, address: str) -> None:
    """The same numbers as a table, and as a file."""
    st.header("The same numbers as a table", anchor=False)
    st.html(figures_table(view, view.rows, measure_title(view)))
    data = downloads.csv(view.observations, view.selection.indicator.name, view.words.unit, view.release_id, address)
    name = f"{view.selection.indicator.id}_{view.selection.organisation.code}_{periods.key(view.selection.start, view.selection.end)}.csv"
    label = f"Download this table (CSV, {downloads.size(data)})"
    st.download_button(label, data, file_name=name, mime="text/csv", on_click="ignore", key="download")


def _titles(finding: str, measure: str) -> None:
    st.html(f'<p class="cg-title"><strong>{escaped(finding)}</strong><span>{escaped(measure)}</span></p>')


def _legend(view: IndicatorView) -> str:
    states, levels = set(view.rows["state"].to_list()), set(view.rows["level"].to_list())
    wanted = ["site"]
    wanted += ["interval"] if view.rows["lower"].is_not_null().any() else []
    wanted += ["england"] if view.has_england else []
    wanted += ["reference"] if view.standing.reference and view.standing.reference.estimate else []
    wanted += ["few"] if "unreliable" in states else []
    wanted += ["unknown"] if "unknown" in levels else []
    reference = view.standing.reference.name if view.standing.reference else ""
    items = "".join(LEGEND[name].format(place=escaped(view.place), reference=escaped(reference)) for name in wanted)
    return f'<ul class="cg-legend" aria-label="Key to the chart">{items}</ul>'


def _suffix(view: IndicatorView) -> str:
    return "%" if view.words.value_type == "proportion" and view.words.multiplier == 100 else ""
