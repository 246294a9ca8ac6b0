"""An equiplot (dumbbell): a row for each site or period, a mark for each ethnic group, and a line from the lowest to the highest.

A mark is told by its letter and shape; the colour only helps. A mark that would hide another hangs below the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard.charts.palette import (
    BLACK,
    DARK_BLUE,
    DARK_GREY,
    DARK_PINK,
    LIGHT_PURPLE,
    MID_GREY,
    ORANGE,
    PALE_GREY,
    RANGE_GREY,
    TURQUOISE,
    WHITE,
    plain,
    safe,
    tick_text,
    ticks,
)
from dashboard.text import escaped
from equity.cells import CellState

MARKS = {
    "row": pl.String,
    "code": pl.String,
    "name": pl.String,
    "value": pl.Float64,
    "state": pl.String,
    "value_text": pl.String,
    "hover": pl.String,
}
LANE = 26
NAME, NOTE, GAP = 24, 17, 12
# Of the width of the scale: marks nearer than this would overlap on a narrow screen.
NEAR = 0.085
STYLES = (
    (DARK_BLUE, "circle", WHITE),
    (ORANGE, "square", BLACK),
    (DARK_PINK, "diamond", WHITE),
    (TURQUOISE, "hexagon", BLACK),
    (LIGHT_PURPLE, "pentagon", BLACK),
    (DARK_GREY, "octagon", WHITE),
)


@dataclass(frozen=True, slots=True)
class Style:
    """How the marks of a group look."""

    letter: str
    colour: str
    symbol: str
    ink: str


def styles(names: Sequence[str]) -> dict[str, Style]:
    """A style for each group of a chart, in their order: a letter of its own, a shape and a colour."""
    letters: dict[str, str] = {}
    for name in names:
        taken = set(letters.values())
        letters[name] = next((part for end in range(1, len(name) + 1) if (part := name[:end]) not in taken), name)
    return {name: Style(letters[name], *STYLES[turn % len(STYLES)]) for turn, name in enumerate(names)}


def equiplot(marks: pl.DataFrame, suffix: str) -> go.Figure:
    """The figure of a frame of ``MARKS``, one row a row of the chart and group; a group without a figure is named in its row.

    A row of the frame without a code is a row of the chart without a group: ``value_text`` says why.
    """
    look = styles(marks.filter(pl.col("code") != "")["name"].unique(maintain_order=True).to_list())
    top = max([*marks["value"].drop_nulls().to_list(), 0.0]) * 1.08 or 1.0
    figure, depth = go.Figure(), 0.0
    for (name,), row in marks.group_by("row", maintain_order=True):
        known = row.filter(pl.col("value").is_not_null()).sort("value", "name")
        lanes = _lanes(known["value"].to_list(), top * NEAR)
        first = _name(figure, str(name), row, depth) - LANE / 2
        rows = max(lanes, default=-1) + 1
        _bar(figure, known, first)
        for lane, one in zip(lanes, known.iter_rows(named=True), strict=True):
            _mark(figure, one, first - LANE * lane, look[one["name"]])
        depth = first + LANE / 2 - LANE * rows - GAP
    shown = ticks(top)
    figure.update_xaxes(
        range=[0, top], tickvals=shown, ticktext=tick_text(shown, suffix), tickfont={"size": 13},
        gridcolor=PALE_GREY, zeroline=True, zerolinecolor=DARK_GREY, zerolinewidth=1, ticks="", fixedrange=True,
    )  # fmt: skip
    figure.update_yaxes(visible=False, range=[depth, 4], fixedrange=True)
    plain(figure, round(-depth) + 46)
    figure.update_layout(margin={"l": 14, "r": 10, "t": 4, "b": 38}, hovermode="closest")
    return figure


def _lanes(values: Sequence[float], near: float) -> list[int]:
    """For ascending values the lowest lane in which each has room beside the one before it."""
    last: list[float] = []
    lanes: list[int] = []
    for value in values:
        lane = next((turn for turn, end in enumerate(last) if value - end >= near), len(last))
        last[lane : lane + 1] = [value]
        lanes.append(lane)
    return lanes


def _name(figure: go.Figure, name: str, row: pl.DataFrame, y: float) -> float:
    """The row's name, and below it the groups that have no figure and why; returns how far down they reach."""
    shared: dict[str, Any] = {"x": 0, "xanchor": "left", "yanchor": "top", "xshift": 3, "showarrow": False}
    figure.add_annotation(**shared, y=y, text=f"<b>{safe(name)}</b>", font={"size": 14, "color": DARK_GREY})
    y -= NAME
    for one in row.filter(pl.col("value").is_null()).iter_rows(named=True):
        words = f"{one['name']}: {one['value_text']}" if one["code"] else one["value_text"]
        figure.add_annotation(**shared, y=y, text=f"<i>{safe(words)}</i>", font={"size": 12, "color": MID_GREY})
        y -= NOTE
    return y


def _bar(figure: go.Figure, known: pl.DataFrame, y: float) -> None:
    if known.height > 1:
        ends = [known["value"][0], known["value"][-1]]
        line = {"color": RANGE_GREY, "width": 3}
        figure.add_trace(go.Scatter(x=ends, y=[y, y], mode="lines", line=line, hoverinfo="skip", name="range"))


def _mark(figure: go.Figure, one: dict[str, Any], y: float, style: Style) -> None:
    few = one["state"] == CellState.UNRELIABLE
    figure.add_trace(
        go.Scatter(
            x=[one["value"]],
            y=[y],
            mode="markers+text",
            marker={
                "symbol": style.symbol,
                "size": 21,
                "color": WHITE if few else style.colour,
                "line": {"width": 2, "color": style.colour},
            },
            text=[f"<b>{safe(style.letter)}</b>"],
            textfont={"size": 12, "color": DARK_GREY if few else style.ink},
            customdata=[safe(one["hover"])],
            hovertemplate="%{customdata}<extra></extra>",
            name=safe(one["name"]),
        )
    )


def equiplot_legend(marks: pl.DataFrame) -> str:
    """HTML: the letter and shape of each group, and hollow marks if there are any."""
    look = styles(marks.filter(pl.col("code") != "")["name"].unique(maintain_order=True).to_list())
    items = "".join(
        f'<li><span class="cg-pin cg-{escaped(one.symbol)}" aria-hidden="true">{escaped(one.letter)}</span>{escaped(name)}</li>'
        for name, one in look.items()
    )
    few = marks.filter((pl.col("state") == CellState.UNRELIABLE) & pl.col("value").is_not_null()).height
    hollow = '<li><span class="cg-dot cg-hollow"></span>hollow: few people [u]</li>' if few else ""
    return f'<ul class="cg-legend" aria-label="Key to the chart">{items}{hollow}</ul>'
