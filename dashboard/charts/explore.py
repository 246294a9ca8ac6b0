"""The charts of one indicator at one place: between groups, within a group, over time, and whose ethnicity is not known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard.charts.chart import Chart
from dashboard.charts.groups import groups_chart
from dashboard.charts.legend import groups_legend
from dashboard.charts.trend import trend_chart
from dashboard.charts.unknown import unknown_chart
from dashboard.groups import readings
from dashboard.once import once, property_once
from dashboard.subject import Subject
from dashboard.tables import figures_table, trend_table, unknown_table
from dashboard.trends import marks_key, segments
from dashboard.view import IndicatorView, detailed, finding_title, inside, measure_title, trend_title
from equity import periods
from equity.cells import CellState
from equity.comparison import Estimate
from equity.sentences import Ends, detail_sentence, trend_sentence, unknown_over_time_sentence
from equity.standing import Reading
from equity.wording import Wording

NO_GROUPS = "This release holds no figures by ethnic group for this view."
ONE_PERIOD = "There is only one period of this length in this release, so nothing can be said about change."


def percent(words: Wording) -> str:
    """The sign after a value on an axis."""
    return "%" if words.value_type == "proportion" and words.multiplier == 100 else ""


def suffix(view: IndicatorView) -> str:
    """The same, for a view."""
    return percent(view.words)


# ---------------------------------------------------------------------------------------------------- Between groups


def _between(view: IndicatorView) -> go.Figure:
    reference = view.standing.reference
    value = reference.estimate.value if reference and reference.estimate else None
    return groups_chart(view.rows, value, suffix(view))


BETWEEN_GROUPS: Chart[IndicatorView] = Chart(
    id="groups",
    name="Between groups",
    question="How does each ethnic group fare, and how sure is that?",
    intervals="95% intervals of every figure for which one is published or can be worked out",
    least="one group with a figure, or a reason why there is none",
    lacks=lambda view: NO_GROUPS if view.rows.is_empty() else "",
    figure=_between,
    finding=finding_title,
    measure=measure_title,
    sentence=lambda view: view.sentence,
    table=lambda view: figures_table(view, view.rows, measure_title(view)),
    rows=lambda view: view.observations,
    legend=groups_legend,
)


# ----------------------------------------------------------------------------------------------------- Within a group


@dataclass(frozen=True)
class DetailView:
    """The detailed groups inside an aggregate group of a view."""

    whole: IndicatorView
    parent: str
    name: str
    rows: pl.DataFrame

    @property_once
    def subject(self) -> Subject:
        subject = self.whole.subject
        return replace(subject, file=f"{subject.file}_{self.parent}", choices=(*subject.choices, ("detail", self.parent)))

    @property_once
    def observations(self) -> pl.DataFrame:
        return inside(self.whole, self.whole.observations, self.parent)


def detail_view(view: IndicatorView, parent: str, name: str) -> DetailView:
    """The groups inside ``parent``, worked out once for all readers."""
    return once(("within", parent, *view.subject.key), lambda: DetailView(view, parent, name, detailed(view, parent)))


def _detail_sentence(view: DetailView) -> str:
    selection, within = view.whole.selection, readings(view.observations)
    when = periods.phrase(selection.start, selection.end)
    return detail_sentence(view.whole.words, when, view.whole.place, view.name, within)


def _detail_measure(view: DetailView) -> str:
    return f"{view.whole.selection.indicator.name}, {view.whole.words.unit}. {view.whole.place}, {view.whole.period}"


WITHIN_A_GROUP: Chart[DetailView] = Chart(
    id="detail",
    name="Within a group",
    question="Which detailed groups stand behind the figure of a wide one?",
    intervals="95% intervals of every figure for which one is published or can be worked out",
    least="two detailed groups",
    lacks=lambda view: "" if view.rows.height > 1 else "This release holds no more detailed ethnic groups for this view.",
    figure=lambda view: groups_chart(view.rows, None, suffix(view.whole)),
    finding=lambda view: f"Groups within {view.name}",
    measure=_detail_measure,
    sentence=_detail_sentence,
    table=lambda view: figures_table(view.whole, view.rows, f"Groups within {view.name}. {view.whole.place}, {view.whole.period}"),
    rows=lambda view: view.observations,
)


# ----------------------------------------------------------------------------------------------------------- Over time


def _trend_measure(view: IndicatorView) -> str:
    reference = view.standing.reference
    beside = f"{reference.name} in grey. " if reference and view.points["code"].n_unique() > 1 else ""
    panels = "" if view.everyone else ", one panel a group"
    shaded = "Shaded: 95% intervals. " if view.points["lower"].is_not_null().any() else ""
    key = f"{beside}{shaded}{marks_key(view.points)}".strip()
    return f"{view.selection.indicator.short_name}, {view.words.unit}{panels}. {view.place}. {key}".strip()


def _trend_sentence(view: IndicatorView) -> str:
    people = {one.code: one.people for one in view.standing.readings}
    ends: list[Ends] = []
    for _, group in view.points.group_by("code", maintain_order=True):
        runs = segments(group, "value", view.break_days)
        if runs and runs[-1].height > 1 and runs[-1]["end"][-1] == view.points["end"].max():
            first, last = (_reading(row, people) for row in (runs[-1].row(0, named=True), runs[-1].row(-1, named=True)))
            ends.append(Ends(runs[-1]["label"][0], first, last))
    newest = view.points.sort("end").row(-1, named=True)
    until = periods.phrase(newest["start"], newest["end"])
    return trend_sentence(view.words, until, ends, view.widest, view.standing.reference, view.change)


def _reading(row: dict[str, Any], people: dict[str, str]) -> Reading:
    estimate = Estimate(row["value"], row["lower"], row["upper"])
    return Reading(row["code"], row["name"], people.get(row["code"], "everyone"), CellState(row["state"]), estimate)


OVER_TIME: Chart[IndicatorView] = Chart(
    id="trend",
    name="Over time",
    question="How has each group's figure moved?",
    intervals="95% intervals, shaded around each line",
    least="two periods of the same length",
    lacks=lambda view: ONE_PERIOD if view.points["end"].n_unique() < 2 else "",
    figure=lambda view: trend_chart(view.points, view.selection.reference, view.break_days, suffix(view)),
    finding=trend_title,
    measure=_trend_measure,
    sentence=_trend_sentence,
    table=trend_table,
    rows=lambda view: view.past,
)


# --------------------------------------------------------------------------------------------------- Unknown ethnicity


def _unknown_sentence(view: IndicatorView) -> str:
    known = view.unknown.filter(pl.col("share").is_not_null())
    first, last = known.row(0, named=True), known.row(-1, named=True)
    return unknown_over_time_sentence((first["label"], first["share"]), (last["label"], last["share"]), view.counted)


UNKNOWN_OVER_TIME: Chart[IndicatorView] = Chart(
    id="unknown",
    name="Ethnicity not known, over time",
    question="How often is ethnicity not known, and is that getting rarer?",
    intervals="none: it is a count of all records, not of a sample",
    least="two periods of which the share is known",
    lacks=lambda view: "" if view.unknown["share"].drop_nulls().len() > 1 else "Fewer than two periods have a known share.",
    figure=lambda view: unknown_chart(view.unknown, view.break_days),
    finding=lambda _: "Ethnicity not known, over time",
    measure=lambda view: f"Share of {view.counted}. {view.place}",
    sentence=_unknown_sentence,
    table=unknown_table,
    rows=lambda view: view.past.filter(pl.col("group_level").is_in(["unknown", "total"])),
)
