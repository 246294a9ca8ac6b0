"""The charts of a gap at one place over time: the gap itself, all groups in each period, and the control chart of one group."""

from __future__ import annotations

import polars as pl

from dashboard.charts.chart import Chart
from dashboard.charts.equiplot import MARKS, equiplot, equiplot_legend
from dashboard.charts.explore import ONE_PERIOD, suffix
from dashboard.charts.gaps import gap_chart
from dashboard.charts.xmr import xmr_chart, xmr_legend
from dashboard.groups import readings
from dashboard.over_time import OverTimeView
from dashboard.text import Table, escaped
from dashboard.trends import marks_key
from equity import periods
from equity.change import Direction
from equity.gaps import gap_unit
from equity.sentences import control_sentence, spread_sentence
from equity.spc_wording import variation_words
from equity.wording import joined

MOST_PERIODS = 8
NO_GAP = "In no period do both groups have a figure to rely on, so there is no gap to draw."
NO_FIGURE = "No group has a figure that can be shown in these periods."


def _reference(view: OverTimeView) -> str:
    reference = view.whole.standing.reference
    return reference.name if reference else "the reference group"


# ------------------------------------------------------------------------------------------------------ The gap over time


def _gap_lacks(view: OverTimeView) -> str:
    if view.whole.everyone:
        return "This indicator is one figure for everyone, so there is no gap to follow."
    if not view.whole.words.comparable:
        return "These figures cannot be used to compare groups, so there is no gap to follow."
    if view.gaps["difference"].drop_nulls().is_empty():
        return NO_GAP
    return ONE_PERIOD if view.gaps.height < 2 else ""


def _gap_title(view: OverTimeView) -> str:
    change = view.change
    if change is None:
        return f"{view.name} compared with {_reference(view)}"
    ways = {Direction.NARROWING: "the gap is narrower", Direction.WIDENING: "the gap is wider"}
    return f"{view.name}: {ways.get(change.difference_finding, 'no clear change in the gap')} since {change.since}"


def _gap_measure(view: OverTimeView) -> str:
    key = " ".join(
        f"{mark} {why}." for mark, why in view.gaps.filter(pl.col("mark") != "").select("mark", "why").unique().sort("mark").iter_rows()
    )
    name, unit, reference = view.whole.selection.indicator.short_name, gap_unit(view.whole.words), _reference(view)
    pair = f"{view.name} less {reference} ({unit}), and {view.name} over {reference}"
    return f"{name}: {pair}. {view.whole.place}. Bars: 95% intervals. {key}".strip()


def _gap_table(view: OverTimeView) -> Table:
    unit, marks = gap_unit(view.whole.words), view.marked
    before = [None, *view.gaps["end"].to_list()]
    rows = [
        [
            *(one["label"], one["difference_text"] or one["why"], one["ratio_text"] or one["why"], one["finding"] or "not compared"),
            *([marks.within(since, one["end"])] if marks.marks else []),
        ]
        for since, one in zip(before, view.gaps.iter_rows(named=True), strict=False)
    ]
    caption = f"{view.whole.selection.indicator.short_name}: {view.name} compared with {_reference(view)}, {view.whole.place}"
    actions = ["Actions"] if marks.marks else []
    return Table(caption, ["Period", f"Difference, {unit} (95% interval)", "Ratio (95% interval)", "Finding", *actions], rows)


def _gap_legend(view: OverTimeView) -> str:
    """Which number is which action, of those whose days the chart reaches."""
    shown = [(number, one) for number, one in view.marked.numbered if view.marked.of(number)]
    items = "".join(f'<li><span class="cg-flag-pin">{number}</span>{escaped(one.action.title)}</li>' for number, one in shown)
    return f'<ul class="cg-legend" aria-label="Actions marked on the chart">{items}</ul>' if items else ""


GAP_OVER_TIME: Chart[OverTimeView] = Chart(
    id="gap",
    name="The gap over time",
    question="Has the gap narrowed?",
    intervals="95% intervals of the difference and of the ratio in each period",
    least="two periods, one of them with a figure to rely on for both groups",
    lacks=_gap_lacks,
    figure=lambda view: gap_chart(view.gaps, view.whole.break_days, view.marked.marks),
    finding=_gap_title,
    measure=_gap_measure,
    sentence=lambda view: joined(view.sentence, view.marked.sentence),
    table=_gap_table,
    rows=lambda view: view.rows,
    legend=_gap_legend,
)


# ------------------------------------------------------------------------------------------- All groups, period by period


def _marks(view: OverTimeView) -> pl.DataFrame:
    """The marks of the newest periods: of a long series those before are in the table."""
    newest = view.points["end"].unique().sort().tail(MOST_PERIODS)
    return (
        view.points.filter(pl.col("end").is_in(newest.to_list()))
        .sort("end", maintain_order=True)
        .select(pl.col("label").alias("row"), *(pl.col(name) for name in MARKS if name != "row"))
    )


def _spread_lacks(view: OverTimeView) -> str:
    if view.whole.everyone:
        return "This indicator is one figure for everyone, so there are no groups to set side by side."
    if not view.whole.words.comparable:
        return "These figures cannot be used to compare groups, so they are not set side by side."
    if view.points["end"].n_unique() < 2:
        return ONE_PERIOD
    return "" if _marks(view)["value"].drop_nulls().len() else NO_FIGURE


def _spread_sentence(view: OverTimeView) -> str:
    groups = view.rows.filter((pl.col("group_level") == "aggregate") & pl.col("ethnicity_code").is_in(view.points["code"].to_list()))
    told = []
    for start, end in view.points.sort("end").select("start", "end").unique(maintain_order=True).iter_rows():
        told.append((periods.phrase(start, end), readings(groups.filter(period_start=start, period_end=end))))
    return spread_sentence(view.whole.words, told)


def _spread_measure(view: OverTimeView) -> str:
    drawn, there = _marks(view)["row"].n_unique(), view.points["end"].n_unique()
    part = f"The newest {drawn} of {there} periods; all are in the table. " if drawn < there else ""
    name = view.whole.selection.indicator.name
    return f"{name}, {view.whole.words.unit}. {view.whole.place}. {part}{marks_key(view.points)}".strip()


def _spread_table(view: OverTimeView) -> Table:
    names = view.points["name"].unique(maintain_order=True).to_list()
    rows = []
    for (label, _), period in view.points.sort("end").group_by(["label", "end"], maintain_order=True):
        said = {
            one["name"]: one["value_text"] + (f" {one['mark']}" if one["value"] is not None else "") for one in period.iter_rows(named=True)
        }
        rows.append([str(label), *(said.get(name, "not published").strip() for name in names)])
    return Table(f"{view.whole.selection.indicator.short_name}, {view.whole.words.unit}, {view.whole.place}", ["Period", *names], rows)


SPREAD_OVER_TIME: Chart[OverTimeView] = Chart(
    id="spread",
    name="All groups, period by period",
    question="How far apart are the groups, and is that changing?",
    intervals="none on the marks, which would hide each other; each figure's 95% interval is in the file and on the page of one indicator",
    least="two periods of the same length",
    lacks=_spread_lacks,
    figure=lambda view: equiplot(_marks(view), suffix(view.whole)),
    finding=lambda view: f"Every group, from {_marks(view)['row'][0]} to {view.whole.period}",
    measure=_spread_measure,
    sentence=_spread_sentence,
    table=_spread_table,
    rows=lambda view: view.rows,
    legend=lambda view: equiplot_legend(_marks(view)),
)


# --------------------------------------------------------------------------------------------------- The control chart


def _control_sentence(view: OverTimeView) -> str:
    latest = view.control.rows.filter(pl.col("known").is_not_null()).sort("end").row(-1, named=True)
    when = periods.phrase(latest["start"], latest["end"])
    people = view.reading.people if view.reading else view.name
    return control_sentence(view.whole.words, when, view.whole.place, people, view.control.reading, view.control.reading["missing"])


def _control_title(view: OverTimeView) -> str:
    said = variation_words(view.control.reading["variation"]).partition(":")[0]
    return f"{view.name}: {said}"


def _control_table(view: OverTimeView) -> Table:
    words = view.whole.words
    rows = []
    for one in view.control.rows.sort("end").iter_rows(named=True):
        limits = [one["mean"], one["lower_limit"], one["upper_limit"]]
        told = "a usual value" if one["signal"] is None else one["signal"].replace("_", " ")
        told = told if one["known"] is not None else "not judged"
        rows.append(
            [one["label"], one["value_text"], *(words.figure(max(level, 0.0)) if level is not None else "–" for level in limits), told]
        )
    caption = f"{view.whole.selection.indicator.short_name}, {words.unit}, {view.name}, {view.whole.place}"
    return Table(caption, ["Period", words.name, "Average", "Lower limit", "Upper limit", "Rule that finds it"], rows)


def _highest(view: OverTimeView) -> float | None:
    return view.whole.words.multiplier if view.whole.words.value_type == "proportion" else None


CONTROL: Chart[OverTimeView] = Chart(
    id="control",
    name="Control chart",
    question="Is the latest figure unusual, given how much they vary anyway?",
    intervals="control limits, 2.66 average moving ranges from the average: where usual values lie",
    least="12 periods of one length that follow one another, each with a figure to rely on",
    lacks=lambda view: view.control.lacks,
    figure=lambda view: xmr_chart(view.control.rows, view.whole.break_days, suffix(view.whole), _highest(view)),
    finding=_control_title,
    measure=lambda view: f"{view.whole.selection.indicator.name}, {view.whole.words.unit}. {view.name}, {view.whole.place}",
    sentence=_control_sentence,
    table=_control_table,
    rows=lambda view: view.rows.filter(ethnicity_code=view.group),
    legend=lambda view: xmr_legend(view.control.rows),
)
