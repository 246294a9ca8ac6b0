"""The same measure over time: one small panel a group, all on one scale from nought, the reference group in grey."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import plotly.graph_objects as go
import polars as pl
from plotly.subplots import make_subplots

from dashboard.charts.palette import DARK_BLUE, DARK_GREY, INTERVALS, MID_GREY, PALE_GREY, WHITE, faded, plain, safe, tick_text, ticks
from dashboard.charts.timeline import break_lines, end_labels, span
from dashboard.trends import segments
from equity.cells import CellState

COLUMNS = 2
PANEL = 118


Breaks = Sequence[date] | Mapping[str, Sequence[date]]
"""The days on which the series of every panel breaks, or those of each panel by its code."""


def trend_chart(points: pl.DataFrame, reference_code: str, breaks: Breaks, suffix: str, columns: int = COLUMNS) -> go.Figure:
    """Panels of a frame of points (columns of ``dashboard.trends.POINTS``), in the order of groups.

    A point without a value is a gap in the line, marked with the reason; no line crosses a gap or a break of its series.
    """
    everyone = points["code"].unique(maintain_order=True).to_list()
    codes = [code for code in everyone if code != reference_code] or everyone
    reference = points.filter(pl.col("code") == reference_code)
    own = [breaks.get(code, ()) if isinstance(breaks, Mapping) else breaks for code in codes]
    rows = max(math.ceil(len(codes) / columns), 1)
    shared: dict[str, Any] = {"shared_xaxes": True, "shared_yaxes": True}
    figure = make_subplots(rows=rows, cols=columns, horizontal_spacing=0.05, vertical_spacing=0.25 / rows, **shared)
    for place, code in enumerate(codes):
        row, column = place // columns + 1, place % columns + 1
        group = points.filter(pl.col("code") == code)
        at = {"row": row, "col": column}
        if code != reference_code:
            _line(figure, reference, own[place], MID_GREY, at, band=False)
        _line(figure, group, own[place], DARK_BLUE, at, band=True)
        _gaps(figure, group, at)
        _last(figure, group, at)
        axis = "" if place == 0 else str(place + 1)
        figure.add_annotation(
            text=f"<b>{safe(group['name'][0])}</b>",
            xref=f"x{axis} domain",
            yref=f"y{axis} domain",
            x=0,
            y=1,
            xanchor="left",
            yanchor="bottom",
            showarrow=False,
            font={"size": 13, "color": DARK_GREY},
        )
    _axes(figure, points, own, suffix, columns)
    plain(figure, PANEL * rows + 62)
    figure.update_layout(margin={"l": 42, "r": 6, "t": 24, "b": 30})
    return figure


def _last(figure: go.Figure, group: pl.DataFrame, at: dict[str, int]) -> None:
    """The newest figure, written where its point is."""
    known = group.sort("end").filter(pl.col("value").is_not_null())
    if known.is_empty():
        return
    row = known.row(-1, named=True)
    figure.add_annotation(
        x=row["end"], y=row["value"], text=f"<b>{safe(row['value_text'])}</b>", showarrow=False, xanchor="right", yanchor="top",
        yshift=-7, bgcolor=faded(WHITE, 0.75), borderpad=1, font={"size": 13, "color": DARK_BLUE}, **at,
    )  # fmt: skip


def _gaps(figure: go.Figure, group: pl.DataFrame, at: dict[str, int]) -> None:
    """Why there is no point, written where its period is."""
    for row in group.filter(pl.col("value").is_null()).iter_rows(named=True):
        figure.add_annotation(
            x=row["end"], y=0, text=safe(row["mark"]), hovertext=safe(row["hover"]), showarrow=False, xanchor="center", yanchor="bottom",
            font={"size": 12, "color": MID_GREY}, **at,
        )  # fmt: skip


def _line(figure: go.Figure, points: pl.DataFrame, breaks: Sequence[date], colour: str, at: dict[str, int], *, band: bool) -> None:
    for run in segments(points, "value", breaks):
        days = run["end"].to_list()
        limits = run.filter(pl.col("lower").is_not_null() & pl.col("upper").is_not_null())
        if band and limits.height > 1:
            around = limits["end"].to_list()
            figure.add_trace(
                go.Scatter(
                    x=around + around[::-1],
                    y=limits["upper"].to_list() + limits["lower"].to_list()[::-1],
                    fill="toself",
                    fillcolor=faded(colour, 0.16),
                    line={"width": 1, "color": INTERVALS[colour]},
                    mode="lines",
                    hoverinfo="skip",
                    name="95% interval",
                ),
                row=at["row"],
                col=at["col"],
            )
        fills = [WHITE if state == CellState.UNRELIABLE else colour for state in run["state"]]
        alone = run.height == 1
        bars = {"type": "data", "symmetric": False, "color": INTERVALS[colour], "thickness": 4, "width": 0}
        if alone and band and limits.height:
            bars |= {
                "array": [run["upper"][0] - run["value"][0]],
                "arrayminus": [run["value"][0] - run["lower"][0]],
            }
        figure.add_trace(
            go.Scatter(
                x=days,
                y=run["value"].to_list(),
                mode="lines+markers",
                line={"color": colour, "width": 2.5 if band else 1.5},
                marker={"size": 6 if band else 4, "color": fills, "line": {"width": 1.5, "color": colour}},
                error_y=bars if "array" in bars else None,
                customdata=[safe(text) for text in run["hover"].to_list()],
                hovertemplate="%{customdata}<extra></extra>",
                name=safe(run["name"][0]),
            ),
            row=at["row"],
            col=at["col"],
        )


def _axes(figure: go.Figure, points: pl.DataFrame, breaks: Sequence[Sequence[date]], suffix: str, columns: int) -> None:
    highest = points.select(pl.max_horizontal(pl.col("value", "upper").max())).item() or 1.0
    shown = ticks(highest, 2)
    figure.update_xaxes(
        range=span(points), showgrid=False, showticklabels=False, ticks="", zeroline=False,
        linecolor=DARK_GREY, showline=True, fixedrange=True,
    )  # fmt: skip
    figure.update_yaxes(
        range=[0, highest * 1.06], tickvals=shown, ticktext=tick_text(shown, suffix), tickfont={"size": 12},
        gridcolor=PALE_GREY, zeroline=False, fixedrange=True,
    )  # fmt: skip
    for place, own in enumerate(breaks):
        axis = "" if place == 0 else str(place + 1)
        if place + columns >= len(breaks):
            end_labels(figure, axis, points)
        break_lines(figure, axis, points, own)
