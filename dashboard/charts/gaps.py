"""The gap between two groups over time: as a difference above, as a ratio below, on one time axis, each with its intervals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import plotly.graph_objects as go
import polars as pl
from plotly.subplots import make_subplots

from dashboard.charts.palette import DARK_BLUE, DARK_GREY, INTERVALS, MID_GREY, PALE_GREY, WHITE, faded, plain, safe, spaced, tick_text
from dashboard.charts.timeline import action_lines, break_lines, end_labels, span
from dashboard.marked import Mark
from dashboard.trends import segments

PANEL = 190
MANY = 12  # periods, beyond which thick bars would run into one another on a narrow screen
# column, the value at which there is no gap, what is written there
PANELS = (("difference", 0.0, "Difference (0 is no gap)"), ("ratio", 1.0, "Ratio (1 is no gap)"))


def gap_chart(gaps: pl.DataFrame, breaks: Sequence[date], marks: Sequence[Mark] = ()) -> go.Figure:
    """Two panels of a frame of gaps (columns of ``dashboard.over_time.GAPS``), and the days of actions across both.

    A period without a gap is marked with the reason, and no line crosses it or a break of the series.
    """
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.16)
    for row, (name, level, title) in enumerate(PANELS, start=1):
        _panel(figure, gaps, breaks, name, row)
        _none(figure, gaps, name, level, row)
        _title(figure, title, row)
        break_lines(figure, _axis(row), gaps, breaks)
        action_lines(figure, _axis(row), marks)
    end_labels(figure, "2", gaps)
    figure.update_xaxes(range=span(gaps), showgrid=False, showticklabels=False, showline=False, ticks="", zeroline=False, fixedrange=True)
    plain(figure, 2 * PANEL + 60)
    figure.update_layout(margin={"l": 46, "r": 54, "t": 28, "b": 28})
    return figure


def _axis(row: int) -> str:
    return "" if row == 1 else str(row)


def _panel(figure: go.Figure, gaps: pl.DataFrame, breaks: Sequence[date], name: str, row: int) -> None:
    at: dict[str, Any] = {"row": row, "col": 1}
    bar, dot = (3, 5) if gaps.height > MANY else (6, 8)
    for run in segments(gaps, name, breaks):
        for one in run.filter(pl.col(f"{name}_lower").is_not_null()).iter_rows(named=True):
            figure.add_trace(
                go.Scatter(
                    x=[one["end"], one["end"]],
                    y=[one[f"{name}_lower"], one[f"{name}_upper"]],
                    mode="lines",
                    line={"color": INTERVALS[DARK_BLUE], "width": bar},
                    hoverinfo="skip",
                    name="95% interval",
                ),
                **at,
            )
        figure.add_trace(
            go.Scatter(
                x=run["end"].to_list(),
                y=run[name].to_list(),
                mode="lines+markers",
                line={"color": DARK_BLUE, "width": 2},
                marker={"size": dot, "color": DARK_BLUE},
                customdata=[f"{safe(one['label'])}: {safe(one[f'{name}_text'])}" for one in run.iter_rows(named=True)],
                hovertemplate="%{customdata}<extra></extra>",
                name=name,
            ),
            **at,
        )
    known = gaps.filter(pl.col(name).is_not_null()).sort("end")
    for one in [known.row(-1, named=True)] if known.height else []:
        figure.add_annotation(
            x=one["end"], y=one[name], text=f"<b>{safe(one[f'{name}_text'].partition(' (')[0])}</b>", showarrow=False,
            xanchor="left", xshift=7, font={"size": 14, "color": DARK_BLUE}, **at,
        )  # fmt: skip


def _none(figure: go.Figure, gaps: pl.DataFrame, name: str, level: float, row: int) -> None:
    """The scale, the line of no gap, and the marks of periods without one."""
    at: dict[str, Any] = {"row": row, "col": 1}
    columns = [name, f"{name}_lower", f"{name}_upper"]
    ends = [value for column in columns for value in gaps[column].drop_nulls().to_list()]
    low, high = min([*ends, level]), max([*ends, level])
    room = (high - low) * 0.12 or 1.0
    shown = spaced(low, high)
    figure.update_yaxes(
        range=[low - room, high + room], tickvals=shown, ticktext=tick_text(shown, ""), tickfont={"size": 12},
        gridcolor=PALE_GREY, zeroline=False, fixedrange=True, **at,
    )  # fmt: skip
    figure.add_hline(y=level, line={"color": DARK_GREY, "width": 1.5}, **at)
    for one in gaps.filter(pl.col(name).is_null()).iter_rows(named=True):
        figure.add_annotation(
            x=one["end"], y=level, text=safe(one["mark"] or "no ratio"), hovertext=safe(f"{one['label']}: {one['why'] or 'a rate is 0'}"),
            showarrow=False, yanchor="top", font={"size": 12, "color": MID_GREY}, bgcolor=faded(WHITE, 0.8), **at,
        )  # fmt: skip


def _title(figure: go.Figure, text: str, row: int) -> None:
    axis = _axis(row)
    figure.add_annotation(
        text=f"<b>{safe(text)}</b>", xref=f"x{axis} domain", yref=f"y{axis} domain", x=0, y=1, xanchor="left", yanchor="bottom",
        yshift=3, showarrow=False, font={"size": 13, "color": DARK_GREY},
    )  # fmt: skip
