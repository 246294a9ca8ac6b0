"""One figure a group: a dot with its 95% interval, England as a tick beside it.

The group's name stands above its mark, not beside it, so that no label is cut off on a narrow screen.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard.charts.palette import (
    DARK_BLUE,
    DARK_GREY,
    INTERVALS,
    MID_GREY,
    ORANGE,
    PALE_GREY,
    WHITE,
    faded,
    plain,
    safe,
    tick_text,
    ticks,
)
from equity.cells import CellState

ROW = 58
_NAME_ABOVE = 0.36


def groups_chart(rows: pl.DataFrame, reference_value: float | None, suffix: str) -> go.Figure:
    """The figure of a frame of groups in the order of the table (columns of ``dashboard.groups.DISPLAY``)."""
    placed = rows.with_columns(y=-pl.int_range(pl.len()).cast(pl.Float64))
    drawn = placed.filter(pl.col("value").is_not_null())
    top = _top(drawn, reference_value)
    figure = go.Figure()
    if reference_value is not None:
        line = {"color": MID_GREY, "width": 1.5, "dash": "dot"}
        figure.add_shape(type="line", x0=reference_value, x1=reference_value, y0=0.2, y1=0.6 - rows.height, line=line, layer="below")
    _intervals(figure, drawn)
    _england(figure, placed.filter(pl.col("england_value").is_not_null()))
    _dots(figure, drawn)
    for row in placed.iter_rows(named=True):
        _names(figure, row)
    shown = ticks(top)
    figure.update_xaxes(
        range=[0, top * 1.24],
        tickvals=shown,
        ticktext=tick_text(shown, suffix),
        tickfont={"size": 13},
        gridcolor=PALE_GREY,
        zeroline=True,
        zerolinecolor=DARK_GREY,
        zerolinewidth=1,
        ticks="",
        fixedrange=True,
    )
    figure.update_yaxes(visible=False, range=[0.55 - rows.height, 0.62], fixedrange=True)
    plain(figure, ROW * rows.height + 44)
    figure.update_layout(margin={"l": 14, "r": 8, "t": 4, "b": 34}, hovermode="closest")
    return figure


def _top(drawn: pl.DataFrame, reference_value: float | None) -> float:
    ends = drawn.select(pl.max_horizontal(pl.col("value", "upper", "england_value").max())).to_series().to_list()
    return max([end for end in [*ends, reference_value] if end is not None] or [1.0]) or 1.0


def _intervals(figure: go.Figure, drawn: pl.DataFrame) -> None:
    for row in drawn.filter(pl.col("lower").is_not_null() & pl.col("upper").is_not_null()).iter_rows(named=True):
        figure.add_trace(
            go.Scatter(
                x=[row["lower"], row["upper"]],
                y=[row["y"], row["y"]],
                mode="lines",
                line={"color": INTERVALS[_colour(row)], "width": 7},
                hoverinfo="skip",
                name=f"95% interval: {safe(row['name'])}",
            )
        )


def _england(figure: go.Figure, rows: pl.DataFrame) -> None:
    if rows.is_empty():
        return
    figure.add_trace(
        go.Scatter(
            x=rows["england_value"].to_list(),
            y=rows["y"].to_list(),
            mode="markers",
            marker={"symbol": "line-ns-open", "size": 22, "line": {"width": 4, "color": ORANGE}, "color": ORANGE},
            customdata=rows["england_text"].to_list(),
            hovertemplate="England: %{customdata}<extra></extra>",
            name="England",
        )
    )


def _dots(figure: go.Figure, drawn: pl.DataFrame) -> None:
    """The marks: full where sure, hollow where there are too few people."""
    for sure in (True, False):
        rows = drawn.filter((pl.col("state") != CellState.UNRELIABLE) == sure)
        if rows.is_empty():
            continue
        colours = [_colour(row) for row in rows.iter_rows(named=True)]
        marker: dict[str, Any] = {"size": 13, "color": colours if sure else WHITE, "line": {"width": 2.5, "color": colours}}
        figure.add_trace(
            go.Scatter(
                x=rows["value"].to_list(),
                y=rows["y"].to_list(),
                mode="markers",
                marker=marker,
                customdata=[safe(text) for text in rows["hover"].to_list()],
                hovertemplate="%{customdata}<extra></extra>",
                name="figures" if sure else "few people",
            )
        )
    ends = drawn.with_columns(end=pl.max_horizontal("value", "upper", "england_value"))
    for row in ends.iter_rows(named=True):
        few = " few people [u]" if row["state"] == CellState.UNRELIABLE else ""
        figure.add_annotation(
            x=row["end"],
            y=row["y"],
            text=f"<b>{safe(row['value_text'])}</b>{few}",
            xanchor="left",
            xshift=9,
            showarrow=False,
            bgcolor=faded(WHITE, 0.85),
            font={"size": 15 if not few else 13, "color": _colour(row)},
        )


def _names(figure: go.Figure, row: dict[str, Any]) -> None:
    base = f"<span style='color:{MID_GREY}'>  {safe(row['base_text'])}</span>" if row["base_text"] else ""
    shared: dict[str, Any] = {"x": 0, "xanchor": "left", "showarrow": False, "align": "left", "bgcolor": faded(WHITE, 0.85)}
    figure.add_annotation(
        **shared, y=row["y"] + _NAME_ABOVE, text=f"{safe(row['name'])}{base}", font={"size": 14, "color": DARK_GREY}, xshift=3
    )
    if row["value"] is None:
        words = f"{row['value_text']}".strip()
        figure.add_annotation(**shared, y=row["y"], text=f"<i>{safe(words)}</i>", font={"size": 13, "color": MID_GREY}, xshift=8)


def _colour(row: dict[str, Any]) -> str:
    return MID_GREY if row["level"] == "unknown" else DARK_BLUE
