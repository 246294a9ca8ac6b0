"""How many actions showed each status over time: a row a status, so that one that is never used is seen to be empty."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl
from plotly.subplots import make_subplots

from dashboard.action_words import STATUSES, counted, statuses_sentence
from dashboard.actions import ActionsView
from dashboard.charts.chart import Chart
from dashboard.charts.palette import AMBER, DARK_BLUE, DARK_GREY, GREEN, MID_GREY, RANGE_GREY, RED, plain, safe
from dashboard.downloads import as_it_is
from dashboard.text import Table
from equity import periods
from register.terms import Status

ROW = 62
COLOURS = {
    Status.COMPLETE: DARK_BLUE,
    Status.ON_TRACK: GREEN,
    Status.AT_RISK: AMBER,
    Status.OFF_TRACK: RED,
    Status.NOT_STARTED: RANGE_GREY,
    Status.BLOCKED: DARK_GREY,
}


def _figure(view: ActionsView) -> go.Figure:
    found = view.distribution
    places = list(range(len(found)))
    most = max((counts[one] for counts in found.values() for one in STATUSES), default=1) or 1
    figure = make_subplots(rows=len(STATUSES), cols=1, shared_xaxes=True, vertical_spacing=0.075)
    for row, status in enumerate(STATUSES, start=1):
        counts = [each[status] for each in found.values()]
        figure.add_trace(
            go.Bar(
                x=places, y=counts, marker={"color": COLOURS[status]}, name=status.words, cliponaxis=False,
                text=[str(count) if count else "" for count in counts], textposition="outside", textfont={"size": 13, "color": DARK_GREY},
                customdata=[
                    f"{status.letter} {safe(status.words)}, {periods.day(day)}: {counted(count, 'action', 'actions')}"
                    for day, count in zip(found, counts, strict=True)
                ],
                hovertemplate="%{customdata}<extra></extra>",
            ),
            row=row, col=1,
        )  # fmt: skip
        never = "" if any(counts) else ": not used"
        axis = "" if row == 1 else str(row)
        figure.add_annotation(
            text=f"<b>{status.letter}</b> {safe(status.words)}{never}", xref=f"x{axis} domain", yref=f"y{axis} domain", x=0, y=1,
            xanchor="left", yanchor="bottom", yshift=8, showarrow=False, font={"size": 14, "color": DARK_GREY},
        )  # fmt: skip
    _axes(figure, view, most)
    return figure


def _axes(figure: go.Figure, view: ActionsView, most: int) -> None:
    days = list(view.distribution)
    figure.update_yaxes(visible=False, range=[0, most * 1.35], fixedrange=True)
    figure.update_xaxes(
        range=[-0.6, len(days) - 0.4], showgrid=False, showticklabels=False, zeroline=False, ticks="", fixedrange=True,
        showline=True, linecolor=MID_GREY, linewidth=1,
    )  # fmt: skip
    last = f"{len(STATUSES)}"
    for day, side in ((days[0], "left"), (days[-1], "right")) if len(days) > 1 else ((days[-1], "left"),):
        figure.add_annotation(
            text=periods.day(day), xref=f"x{last} domain", x=0 if side == "left" else 1, xanchor=side, yref=f"y{last} domain", y=0,
            yanchor="top", yshift=-4, showarrow=False, font={"size": 13, "color": DARK_GREY},
        )  # fmt: skip
    plain(figure, (ROW + 22) * len(STATUSES) + 30)
    figure.update_layout(margin={"l": 4, "r": 4, "t": 28, "b": 30}, bargap=0.25)


def _finding(view: ActionsView) -> str:
    used = any(counts[Status.OFF_TRACK] for counts in view.distribution.values())
    return f"Red (off track) {'was used' if used else 'was not used'}"


def _measure(view: ActionsView) -> str:
    example = "Example. " if view.read.is_example else ""
    return f"{example}How many actions showed each status, at the ends of months and on the last day. {view.place}, {view.subject.period}"


def _table(view: ActionsView) -> Table:
    columns = ["Day", *(f"{one.letter} {one.words}" for one in STATUSES)]
    rows = [[periods.day(day), *(str(counts[one]) for one in STATUSES)] for day, counts in view.distribution.items()]
    example = "Example: " if view.read.is_example else ""
    return Table(f"{example}Actions by status, {view.place}", columns, rows)


def _rows(view: ActionsView) -> pl.DataFrame:
    return pl.DataFrame([
        {
            "register": view.subject.source,
            "place": view.place,
            "day": day,
            "status_letter": one.letter,
            "status": one.words,
            "actions": counts[one],
        }
        for day, counts in view.distribution.items()
        for one in STATUSES
    ])  # fmt: skip


STATUSES_OVER_TIME: Chart[ActionsView] = Chart(
    id="statuses",
    name="Statuses over time",
    question="How many actions had each status, and is red ever used?",
    intervals="none: it is a count of actions",
    least="one action that was entered",
    lacks=lambda view: "" if view.distribution else statuses_sentence(view.where, {}),
    figure=_figure,
    finding=_finding,
    measure=_measure,
    sentence=lambda view: statuses_sentence(view.where, view.distribution),
    table=_table,
    rows=_rows,
    tidy=as_it_is,
)
