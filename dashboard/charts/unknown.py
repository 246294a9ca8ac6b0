"""The share of people whose ethnicity is not known, over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go
import polars as pl

from dashboard.charts.palette import DARK_GREY, MID_GREY, PALE_GREY, plain, safe, tick_text, ticks
from dashboard.trends import segments


def unknown_chart(points: pl.DataFrame, breaks: Sequence[date]) -> go.Figure:
    """A line of a frame of points (columns of ``dashboard.trends.UNKNOWN``); a share that is not known is a gap, and no line
    crosses a break of the series."""
    ordered = points.sort("end")
    known = ordered.filter(pl.col("share").is_not_null())
    top = max([*known["share"].to_list(), 10.0])
    shown = ticks(top, 3)
    figure = go.Figure()
    for run in segments(ordered, "share", breaks):
        figure.add_trace(
            go.Scatter(
                x=run["end"].to_list(),
                y=run["share"].to_list(),
                mode="lines+markers",
                line={"color": MID_GREY, "width": 2.5},
                marker={"size": 7, "color": MID_GREY},
                customdata=[safe(text) for text in run["hover"].to_list()],
                hovertemplate="%{customdata}<extra></extra>",
                name="Ethnicity not known",
            )
        )
    for place in {0, known.height - 1} if known.height else set():
        row = known.row(place, named=True)
        figure.add_annotation(
            x=row["end"], y=row["share"], text=f"<b>{safe(row['text'])}</b>", showarrow=False, yshift=15,
            xanchor="left" if place == 0 and known.height > 1 else "right", font={"size": 14, "color": DARK_GREY},
        )  # fmt: skip
        figure.add_annotation(
            x=row["end"], y=0, yref="y domain", yanchor="top", yshift=-4, text=safe(row["label"]), showarrow=False,
            xanchor="left" if place == 0 and known.height > 1 else "right", font={"size": 12, "color": DARK_GREY},
        )  # fmt: skip
    figure.update_yaxes(
        range=[0, top * 1.3], tickvals=shown, ticktext=tick_text(shown, "%"), gridcolor=PALE_GREY, zeroline=False,
        tickfont={"size": 12}, fixedrange=True,
    )  # fmt: skip
    figure.update_xaxes(showgrid=False, showticklabels=False, showline=True, linecolor=DARK_GREY, ticks="", fixedrange=True)
    plain(figure, 190)
    figure.update_layout(margin={"l": 42, "r": 10, "t": 8, "b": 28})
    return figure
