"""A control chart (XmR): values in order, their average, the limits of what is usual, and the points that a rule finds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go
import polars as pl

from dashboard.charts.palette import (
    DARK_BLUE,
    DARK_GREY,
    LIGHT_PURPLE,
    MID_GREY,
    ORANGE,
    PALE_GREY,
    WHITE,
    faded,
    plain,
    safe,
    tick_text,
    ticks,
    variable,
)
from dashboard.charts.timeline import break_lines, end_labels, span
from dashboard.text import escaped
from dashboard.trends import segments
from equity.spc import drawn

# class -> colour, shape of the chart, shape of the key, what it means
CLASSES = {
    "common_cause": (MID_GREY, "circle", "●", "usual"),
    "special_cause_improvement": (DARK_BLUE, "diamond", "◆", "unusual, for the better"),
    "special_cause_concern": (ORANGE, "square", "■", "unusual, for the worse"),
    "neutral_high": (LIGHT_PURPLE, "triangle-up", "▲", "unusually high or rising"),
    "neutral_low": (LIGHT_PURPLE, "triangle-down", "▼", "unusually low or falling"),
}
SIGNALS = {"outside": "outside limits", "trend": "7 in a row one way", "two_of_three": "2 of 3 near limit", "shift": "7 in a row one side"}


def xmr_chart(rows: pl.DataFrame, breaks: Sequence[date], suffix: str, highest: float | None) -> go.Figure:
    """The figure of a frame of points with the columns of ``equity.spc.xmr`` and ``known``, the values they are of.

    Limits are drawn no further than a value can be: from 0 to ``highest``.
    """
    ordered = rows.sort("end").with_columns(drawn(pl.col("lower_limit", "upper_limit"), 0, highest))
    figure = go.Figure()
    for (_,), segment in ordered.group_by("segment", maintain_order=True):
        _limits(figure, segment, ordered["end"][-1])
    for run in segments(ordered, "known", breaks):
        line = {"color": MID_GREY, "width": 1.5}
        figure.add_trace(
            go.Scatter(x=run["end"].to_list(), y=run["known"].to_list(), mode="lines", line=line, hoverinfo="skip", name="line")
        )
    for kind in CLASSES:
        _points(figure, ordered.filter(pl.col("point_class").fill_null("common_cause") == kind), kind)
    _runs(figure, ordered)
    _gaps(figure, ordered)
    break_lines(figure, "", ordered, breaks)
    end_labels(figure, "", ordered)
    top = max([*ordered["known"].drop_nulls(), *ordered["upper_limit"].drop_nulls()]) or 1.0
    shown = ticks(top, 3)
    figure.update_xaxes(
        range=span(ordered), showgrid=False, showticklabels=False, ticks="", zeroline=False, showline=True, linecolor=DARK_GREY,
        fixedrange=True,
    )  # fmt: skip
    figure.update_yaxes(
        range=[0, top * 1.12], tickvals=shown, ticktext=tick_text(shown, suffix), tickfont={"size": 12}, gridcolor=PALE_GREY,
        zeroline=False, fixedrange=True,
    )  # fmt: skip
    plain(figure, 330)
    figure.update_layout(margin={"l": 46, "r": 74, "t": 10, "b": 30})
    return figure


def _limits(figure: go.Figure, segment: pl.DataFrame, newest: date) -> None:
    """The average and the limits of one segment, named in the margin beside the last one's end."""
    levels = (("mean", "average", "solid"), ("upper_limit", "upper limit", "dash"), ("lower_limit", "lower limit", "dash"))
    first = segment.row(0, named=True)
    days, last = [first["end"], segment["end"][-1]], segment["end"][-1] == newest
    for column, words, dash in levels:
        level = first[column]
        if level is None:
            continue
        line = {"color": DARK_GREY, "width": 1.2, "dash": dash}
        figure.add_trace(go.Scatter(x=days, y=[level, level], mode="lines", line=line, hoverinfo="skip", name=words))
        if not last:
            continue
        figure.add_annotation(
            xref="paper", x=1, y=level, text=words, showarrow=False, xanchor="left", xshift=3, font={"size": 12, "color": DARK_GREY},
        )  # fmt: skip


def _points(figure: go.Figure, rows: pl.DataFrame, kind: str) -> None:
    known = rows.filter(pl.col("known").is_not_null())
    if known.is_empty():
        return
    colour, symbol, _, words = CLASSES[kind]
    figure.add_trace(
        go.Scatter(
            x=known["end"].to_list(),
            y=known["known"].to_list(),
            mode="markers",
            marker={"symbol": symbol, "size": 7 if kind == "common_cause" else 11, "color": colour, "line": {"width": 1, "color": WHITE}},
            customdata=[f"{safe(one['hover'])}: {_meaning(one, words)}" for one in known.iter_rows(named=True)],
            hovertemplate="%{customdata}<extra></extra>",
            name=words,
        )
    )


def _meaning(row: dict[str, object], words: str) -> str:
    return f"{words} ({SIGNALS[str(row['signal'])]})" if row["signal"] else words


def _runs(figure: go.Figure, rows: pl.DataFrame) -> None:
    """Which rule found them, written above or below the newest run of points that it found on a side."""
    found = rows.with_columns(run=pl.struct(pl.col("signal").cast(pl.String), "signal_side", "segment").rle_id())
    first = found.filter(pl.col("signal").is_not_null()).unique("run", keep="first", maintain_order=True)
    for one in first.unique(["signal", "signal_side"], keep="last", maintain_order=True).iter_rows(named=True):
        high, beyond = one["signal_side"] > 0, one["signal"] == "outside"
        level = one["known"] if beyond else one["upper_limit"] if high else one["lower_limit"]
        away = (15 if beyond else 11) * (1 if high or level == 0 else -1)
        figure.add_annotation(
            x=one["end"], y=level, text=SIGNALS[one["signal"]], showarrow=False, yshift=away,
            xanchor="left" if one["end"] < rows["end"][rows.height // 2] else "right", bgcolor=faded(WHITE, 0.8),
            font={"size": 12, "color": DARK_GREY},
        )  # fmt: skip


def _gaps(figure: go.Figure, rows: pl.DataFrame) -> None:
    """Why there is no point, where its period is."""
    for one in rows.filter(pl.col("known").is_null()).iter_rows(named=True):
        figure.add_annotation(
            x=one["end"], y=0, text=safe(one["mark"] or "[x]"), hovertext=safe(f"{one['label']}: {one['value_text']}"), showarrow=False,
            yanchor="bottom", font={"size": 12, "color": MID_GREY},
        )  # fmt: skip


def xmr_legend(rows: pl.DataFrame) -> str:
    """HTML: what the shapes of the points mean, of those that there are."""
    there = {*rows["point_class"].drop_nulls().cast(pl.String)}
    items = "".join(
        f'<li><span style="color:{variable(colour)}" aria-hidden="true">{sign}</span>{escaped(words)}</li>'
        for kind, (colour, _, sign, words) in CLASSES.items()
        if kind in there
    )
    return f'<ul class="cg-legend" aria-label="Key to the chart">{items}</ul>'
