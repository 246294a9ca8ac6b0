"""The charts that set sites side by side: every group at each site, and one group at all organisations of a kind."""

from __future__ import annotations

from typing import Any

import polars as pl

from dashboard.across import AcrossView, SiteRow
from dashboard.charts.chart import Chart
from dashboard.charts.equiplot import MARKS, equiplot, equiplot_legend
from dashboard.charts.explore import percent
from dashboard.charts.funnel import funnel_chart
from dashboard.groups import interval_words, main_groups, value_words
from dashboard.text import Table
from equity.cells import CellState
from equity.comparison import Finding
from equity.gaps import signed_gap, signed_ratio
from equity.sentences import funnel_sentence
from equity.wording import Wording

# -------------------------------------------------------------------------------------------------- Every group, each site


def marks(view: AcrossView) -> pl.DataFrame:
    """One row a site and group; a site that is not published has one, which says so."""
    return pl.DataFrame([mark for row in view.rows for mark in _marks(row, view.period)], schema=MARKS, orient="row")


def _marks(row: SiteRow, period: str) -> list[dict[str, Any]]:
    groups = main_groups(row.observations).filter(pl.col("group_level") == "aggregate")
    if groups.is_empty():
        words = f"not published for {row.organisation}, {period}"
        return [{"row": row.name, "code": "", "name": "", "value": None, "state": "not_collected", "value_text": words, "hover": words}]
    return [_mark(row, one) for one in groups.iter_rows(named=True)]


def _mark(row: SiteRow, one: dict[str, Any]) -> dict[str, Any]:
    text, interval = value_words(one, row.words), interval_words(one, row.words)
    said = f"{row.name}, {one['name']}: {text}" + (f", 95% interval {interval}" if interval else "")
    found = {"row": row.name, "code": one["ethnicity_code"], "name": one["name"], "value": one["value"], "state": one["cell_state"]}
    return found | {"value_text": text, "hover": said}


def _sites_lacks(view: AcrossView) -> str:
    if not view.words.comparable:
        return "These are counts of groups that differ in size, so sites are not set side by side."
    return "" if marks(view)["value"].drop_nulls().len() else "No site has a figure that can be shown in this period."


def _sites_title(view: AcrossView) -> str:
    ways = {Finding.LOWER: "clearly lower", Finding.HIGHER: "clearly higher", Finding.NO_CLEAR_DIFFERENCE: "no clear difference"}
    found = [one.gap.compared.comparison.finding for one in view.sites if one.gap.compared]
    total = len(view.sites)
    share = {way: "all" if found.count(way) == total else f"{found.count(way)} of" for way in ways}
    said = [f"{words} at {share[way]} {total} sites" for way, words in ways.items() if way in found]
    return f"{view.group.name} compared with {view.reference.name}: {', '.join(said) if said else 'no site can be compared'}"


def _sites_table(view: AcrossView) -> Table:
    names = marks(view).filter(pl.col("code") != "").select("code", "name").unique(maintain_order=True)
    compared = [
        f"{view.group.name} less {view.reference.name} (95% interval)",
        f"{view.group.name} over {view.reference.name} (95% interval)",
    ]
    rows = [[f"{row.name}", row.organisation, *_figures(row, names["code"].to_list()), *_comparison(row)] for row in view.rows]
    caption = f"{view.subject.measure} (95% interval). {view.subject.place} and England, {view.period}"
    return Table(caption, ["Site", "Organisation", *names["name"].to_list(), *compared, "Finding"], rows)


def _figures(row: SiteRow, codes: list[str]) -> list[str]:
    found = {one["ethnicity_code"]: _figure(one, row.words) for one in main_groups(row.observations).iter_rows(named=True)}
    return [found.get(code, "not published") for code in codes]


def _figure(one: dict[str, Any], words: Wording) -> str:
    interval = interval_words(one, words)
    few = " [u]" if one["cell_state"] == CellState.UNRELIABLE and one["value"] is not None else ""
    return value_words(one, words) + (f" ({interval})" if interval else "") + few


def _comparison(row: SiteRow) -> list[str]:
    one = row.gap.compared
    if one is None:
        return ["–", "–", "not compared"]
    judged = f", {one.judgement}" if one.judgement != "neither" else ""
    return [signed_gap(row.words, one.comparison), signed_ratio(one.comparison), f"{one.comparison.finding}{judged}"]


BETWEEN_SITES: Chart[AcrossView] = Chart(
    id="sites",
    name="Every group at each site",
    question="Is the gap the same at each site, and in England?",
    intervals="none on the marks, which would hide each other; 95% intervals of each figure and of each gap in the table",
    least="one site with a figure",
    lacks=_sites_lacks,
    figure=lambda view: equiplot(marks(view), percent(view.words)),
    finding=_sites_title,
    measure=lambda view: f"{view.subject.measure}. {view.subject.place} and England, {view.period}. Sites in alphabetical order.",
    sentence=lambda view: view.sentence,
    table=_sites_table,
    rows=lambda view: view.observations,
    legend=lambda view: equiplot_legend(marks(view)),
)


# ------------------------------------------------------------------------------------------- One group, everywhere


def _funnel_sentence(view: AcrossView) -> str:
    flag = dict(view.funnel.rows.select("org_code", pl.col("flag").cast(pl.String)).iter_rows())
    sites = [(one.name, flag.get(one.code)) for one in view.sites]
    found = view.funnel
    return funnel_sentence(view.when, view.kind, view.group, found.flags, sites, found.widened, found.left_out)


def _funnel_title(view: AcrossView) -> str:
    beyond = sum(number for flag, number in view.funnel.flags.items() if flag.endswith("outer"))
    total = view.funnel.rows.height
    return f"{view.group.name}: {beyond or 'none'} of {total} {view.kind} beyond the outer limits"


def _funnel_table(view: AcrossView) -> Table:
    sites = {one.code: one.name for one in view.sites}
    where = {
        "low_outer": "below outer",
        "low_inner": "below inner",
        "within": "within",
        "high_inner": "above inner",
        "high_outer": "above outer",
    }
    rows = []
    for one in view.funnel.rows.iter_rows(named=True):
        limits = [f"{view.words.figure(one[f'lower_{level}'])} to {view.words.figure(one[f'upper_{level}'])}" for level in ("95", "99.8")]
        name = f"{one['org_name']} ({sites[one['org_code']]})" if one["org_code"] in sites else one["org_name"]
        rows.append([name, view.words.figure(one["value"]), *limits, where[str(one["flag"])]])
    caption = f"{view.subject.measure}, {view.group.name}, every one of the {view.kind} with a figure, {view.period}"
    return Table(caption, ["Organisation", view.words.name, "95% limits", "99.8% limits", "Where it lies"], rows)


def _funnel_size(view: AcrossView) -> str:
    of = "People" if view.words.value_type == "rate" else view.selection.indicator.sentence.counted.capitalize()
    return f"{of} in the {view.group.name} group"


FUNNEL: Chart[AcrossView] = Chart(
    id="funnel",
    name="Beside all others",
    question="Is a site further from the average than chance would take a place of its size?",
    intervals="funnel limits at 95% and 99.8%, widened where places differ by more than chance",
    least="10 organisations of a kind with a figure to rely on, of an indicator that is a share or a crude rate",
    lacks=lambda view: view.funnel.lacks,
    figure=lambda view: funnel_chart(
        view.funnel.rows, view.funnel.curve, {one.code: one.name for one in view.sites}, view.words, _funnel_size(view)
    ),
    finding=_funnel_title,
    measure=lambda view: f"{view.subject.measure}. {view.group.name}, all {view.kind} of this release, {view.period}",
    sentence=_funnel_sentence,
    table=_funnel_table,
    rows=lambda view: view.everywhere,
)
