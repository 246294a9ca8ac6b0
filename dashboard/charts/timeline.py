"""What every chart over time writes below its line and across it: its first and last period, and breaks of the series."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard.charts.palette import DARK_GREY, DARK_PINK, WHITE, faded, safe
from dashboard.marked import Mark
from dashboard.trends import crossed

LABEL = 16
"""Pixels from one label of an action to the one below it."""


def ends_of(points: pl.DataFrame) -> tuple[dict[str, Any], dict[str, Any]]:
    """The first and the last row of a frame of points."""
    ordered = points.sort("end")
    return ordered.row(0, named=True), ordered.row(-1, named=True)


def span(points: pl.DataFrame) -> list[date]:
    """The days between which a time axis runs, with a little room at both ends."""
    first, last = ends_of(points)
    room = (last["end"] - first["end"]) * 0.06
    return [first["end"] - room, last["end"] + room]


def end_labels(figure: go.Figure, axis: str, points: pl.DataFrame) -> None:
    """The first and the last period below the panel of that axis (``""``, ``"2"`` ...)."""
    first, last = ends_of(points)
    for row, side in ((first, "left"), (last, "right")):
        figure.add_annotation(
            text=safe(row["label"]), xref=f"x{axis} domain", x=0 if side == "left" else 1, xanchor=side,
            yref=f"y{axis} domain", y=0, yanchor="top", yshift=-3, showarrow=False,
            font={"size": 12, "color": DARK_GREY},
        )  # fmt: skip
        if first["end"] == last["end"]:
            break


def break_lines(figure: go.Figure, axis: str, points: pl.DataFrame, breaks: Sequence[date]) -> None:
    """A dashed line for each break of the series, in the panel of that axis."""
    first, last = ends_of(points)
    ends = points["end"].unique().sort().to_list()
    for day in crossed(breaks, first["start"], last["end"]):
        figure.add_shape(
            type="line", xref=f"x{axis}", yref=f"y{axis} domain", x0=_between(day, ends), x1=_between(day, ends), y0=0, y1=1,
            line={"color": DARK_PINK, "width": 1.5, "dash": "dash"},
        )  # fmt: skip


def action_lines(figure: go.Figure, axis: str, marks: Sequence[Mark]) -> None:
    """A labelled line for each day of an action, in the panel of that axis; labels of neighbours stand one below the other."""
    for turn, one in enumerate(marks):
        figure.add_shape(
            type="line", xref=f"x{axis}", yref=f"y{axis} domain", x0=one.day, x1=one.day, y0=0, y1=1,
            line={"color": DARK_GREY, "width": 1.5, "dash": "dot" if one.what == "due" else "solid"}, layer="below",
        )  # fmt: skip
        figure.add_annotation(
            text=f"<b>{one.number}</b> {one.what}", x=one.day, xref=f"x{axis}", yref=f"y{axis} domain", y=1, yanchor="top",
            yshift=-LABEL * (turn % 3), showarrow=False, font={"size": 12, "color": DARK_GREY}, bgcolor=faded(WHITE, 0.85),
        )  # fmt: skip


def _between(day: date, ends: Sequence[date]) -> date:
    """Half way between the two points on whose sides a break stands; a point is drawn at the end of its period."""
    before, after = [end for end in ends if end < day], [end for end in ends if end >= day]
    return before[-1] + (after[0] - before[-1]) / 2 if before and after else day
