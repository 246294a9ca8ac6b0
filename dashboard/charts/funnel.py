"""A funnel plot: each organisation by its size and its figure, inside the limits of what chance would give it."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go
import polars as pl

from dashboard.charts.explore import percent
from dashboard.charts.palette import DARK_BLUE, DARK_GREY, MID_GREY, ORANGE, PALE_GREY, plain, safe, tick_text, ticks
from equity.wording import Wording

_LINES = {"95": ("dash", "95% limits"), "99.8": ("solid", "99.8% limits")}


def funnel_chart(rows: pl.DataFrame, curve: pl.DataFrame, sites: Mapping[str, str], words: Wording, size: str) -> go.Figure:
    """The figure of ``dashboard.funnel.Funnel``: ``sites`` are the names of those to be labelled, by code; the others are small
    and grey. ``size`` says what the width counts."""
    figure = go.Figure()
    for level, (dash, named) in _LINES.items():
        for side in ("lower", "upper"):
            line = {"color": MID_GREY, "width": 1.3, "dash": dash}
            x, y = curve["size"].to_list(), curve[f"{side}_{level}"].to_list()
            figure.add_trace(go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", name=named))
        end = curve.row(-1, named=True)
        figure.add_annotation(
            x=end["size"], y=end[f"upper_{level}"], text=named, showarrow=False, xanchor="right", yanchor="bottom", yshift=2,
            font={"size": 12, "color": MID_GREY},
        )  # fmt: skip
    average = rows["average"][0]
    figure.add_hline(y=average, line={"color": ORANGE, "width": 2})
    figure.add_annotation(
        xref="x domain", x=1, y=average, text="average", showarrow=False, xanchor="right", yanchor="bottom",
        font={"size": 12, "color": DARK_GREY},
    )  # fmt: skip
    others, ours = rows.filter(~pl.col("org_code").is_in(list(sites))), rows.filter(pl.col("org_code").is_in(list(sites)))
    _dots(figure, others, words, {"size": 6, "color": MID_GREY, "opacity": 0.75}, "other organisations")
    _dots(figure, ours, words, {"size": 12, "symbol": "diamond", "color": DARK_BLUE}, "sites")
    for one in ours.iter_rows(named=True):
        right = one["size"] > (curve["size"][0] + curve["size"][-1]) / 2
        figure.add_annotation(
            x=one["size"], y=one["value"], text=f"<b>{safe(sites[one['org_code']])}</b>", showarrow=False,
            yshift=15 if one["value"] >= average else -15, xanchor="right" if right else "left", font={"size": 13, "color": DARK_BLUE},
        )  # fmt: skip
    _axes(figure, rows, curve, percent(words), size)
    plain(figure, 400)
    figure.update_layout(margin={"l": 48, "r": 12, "t": 10, "b": 48}, hovermode="closest")
    return figure


def _dots(figure: go.Figure, rows: pl.DataFrame, words: Wording, marker: dict[str, object], name: str) -> None:
    figure.add_trace(
        go.Scatter(
            x=rows["size"].to_list(),
            y=rows["value"].to_list(),
            mode="markers",
            marker=marker,
            customdata=[f"{safe(one['org_name'])}: {safe(words.figure(one['value']))}" for one in rows.iter_rows(named=True)],
            hovertemplate="%{customdata}<extra></extra>",
            name=name,
        )
    )


def _axes(figure: go.Figure, rows: pl.DataFrame, curve: pl.DataFrame, suffix: str, size: str) -> None:
    """Both from nought, up to the figures and to the limits of the largest: those of the smallest reach where no figure is."""
    highest = max(rows["value"].to_list())
    top = max(highest, curve["upper_99.8"][-1]) * 1.12 or 1.0
    up, across = ticks(top), ticks(curve["size"][-1], 3)
    figure.update_yaxes(
        range=[0, top], tickvals=up, ticktext=tick_text(up, suffix), tickfont={"size": 12}, gridcolor=PALE_GREY, zeroline=True,
        zerolinecolor=DARK_GREY, fixedrange=True,
    )  # fmt: skip
    figure.update_xaxes(
        range=[0, curve["size"][-1]], tickvals=across, ticktext=tick_text(across, ""), tickfont={"size": 12}, showgrid=False,
        zeroline=False, title={"text": safe(size), "font": {"size": 12}, "standoff": 4}, fixedrange=True,
    )  # fmt: skip
