"""The charts of the data quality page."""

from __future__ import annotations

from collections import Counter
from datetime import date

import polars as pl

from dashboard.charts.chart import Chart
from dashboard.charts.trend import trend_chart
from dashboard.knowledge import FREQUENCIES
from dashboard.places import KINDS, Organisation
from dashboard.quality import QualityView
from dashboard.text import Table
from dashboard.trends import marks_key
from equity import periods
from equity.cells import CellState
from equity.sentences import fresh_sentence, states_sentence

NOTHING = "This release holds no figures by ethnic group for the place chosen."


def _known_points(view: QualityView) -> pl.DataFrame:
    """Indicators with a known share in at least one period."""
    return view.points.filter(pl.col("value").is_not_null().any().over("code"))


def _recorded_measure(view: QualityView) -> str:
    broken = " Dashed: the series breaks." if view.breaks else ""
    key = f"{marks_key(_known_points(view))}{broken}".strip()
    return (
        f"Of every 100 people or events, one panel an indicator, all on one scale. {view.place.name}, {view.subject.period}. {key}".strip()
    )


def _unknown_table(view: QualityView) -> Table:
    rows = [
        [str(name), known["label"][0], known["value_text"][0], known["label"][-1], known["value_text"][-1]]
        for (name,), points in view.points.group_by(["name"], maintain_order=True)
        if (known := points.filter(pl.col("value").is_not_null())).height
    ]
    columns = ["Indicator", "First period", "Ethnicity not known then", "Last period", "Ethnicity not known now"]
    return Table(f"Ethnicity not known, of every 100 people or events, {view.place.name}", columns, rows)


RECORDED: Chart[QualityView] = Chart(
    id="recorded",
    name="Ethnicity not known, by indicator",
    question="How often is ethnicity not known, for which indicators, and is that getting rarer?",
    intervals="none: it is a count of all records, not of a sample",
    least="one indicator of which the share is known",
    lacks=lambda view: "" if _known_points(view).height else "How often ethnicity is not known is not published for this place.",
    figure=lambda view: trend_chart(_known_points(view), "", view.break_days, "%", columns=1),
    finding=lambda view: f"Ethnicity not known: {view.place.name}",
    measure=_recorded_measure,
    sentence=lambda view: view.subject.unknown,
    table=_unknown_table,
    rows=lambda view: view.observations.filter(pl.col("group_level").is_in(["unknown", "total"])),
)


def _states_table(view: QualityView) -> Table:
    states = (CellState.UNRELIABLE, CellState.SUPPRESSED, CellState.NOT_COLLECTED, CellState.NOT_APPLICABLE)
    rows: list[list[str]] = []
    for one in view.series:
        counts = one.counts
        sure = counts[CellState.OBSERVED] + counts[CellState.TRUE_ZERO]
        numbers = [counts.total(), sure, *(counts[state] for state in states)]
        rows.append([f"{one.name}{_where(view, one.organisation)}", *(f"{number:,}" for number in numbers)])
    columns = ["Indicator", "Figures of groups", "To be relied on", *(f"{state.words} {state.shorthand}" for state in states)]
    return Table(f"Which figures of ethnic groups there are, {view.place.name}, all periods", columns, rows)


def _where(view: QualityView, one: Organisation) -> str:
    """Which of the place's organisations is meant: its kind, or its name where others are of that kind too."""
    kinds = [each.kind for each in view.place.organisations]
    if len(kinds) == 1:
        return ""
    return f": {KINDS.get(one.kind, one.kind) if kinds.count(one.kind) == 1 else one.label}"


def _states_sentence(view: QualityView) -> str:
    every: Counter[CellState] = Counter()
    for one in view.series:
        every += one.counts
    return states_sentence(every)


STATES: Chart[QualityView] = Chart(
    id="states",
    name="Which figures there are",
    question="How many figures are shown, rest on few people, are hidden or are missing?",
    intervals="none: it is a count of figures",
    least="one indicator with a figure",
    lacks=lambda view: "" if view.told else NOTHING,
    figure=None,
    finding=lambda view: f"Which figures there are: {view.place.name}",
    measure=lambda _: "Figures of single ethnic groups, wide and detailed, in every period of the newest one's length",
    sentence=_states_sentence,
    table=_states_table,
    rows=lambda view: view.observations,
)


DAYS = "Days from its end to this release"


def _fresh_table(view: QualityView) -> Table:
    rows = [
        [
            one.row.name,
            periods.label(one.start, one.end),
            f"{_days(view, one.end):,}",
            ", ".join(one.observations["publication_status"].drop_nulls().unique(maintain_order=True)) or "not said",
            FREQUENCIES[one.indicator.frequency],
            one.organisation.label,
        ]
        for one in view.told
    ]
    return Table(
        f"How fresh the figures are, {view.place.name}", ["Indicator", "Newest period", DAYS, "Status", "Published", "Of"], rows, "words"
    )


def _fresh_sentence(view: QualityView) -> str:
    spans = sorted((one.end, one.start) for one in view.told)
    (oldest_end, oldest_start), (newest_end, newest_start) = spans[0], spans[-1]
    labels = periods.label(oldest_start, oldest_end), periods.label(newest_start, newest_end)
    return fresh_sentence(*labels, _days(view, newest_end))


def _days(view: QualityView, end: date) -> int:
    return (view.built - end).days


FRESHNESS: Chart[QualityView] = Chart(
    id="freshness",
    name="How fresh the figures are",
    question="Which period are the newest figures of each indicator for?",
    intervals="none: these are dates",
    least="one indicator with a figure",
    lacks=lambda view: "" if view.told else NOTHING,
    figure=None,
    finding=lambda view: f"How fresh the figures are: {view.place.name}",
    measure=lambda view: f"Newest period of each indicator at the first of the place's organisations that has it. {view.subject.period}",
    sentence=_fresh_sentence,
    table=_fresh_table,
    rows=lambda view: pl.concat([one.observations for one in view.told]),
)
