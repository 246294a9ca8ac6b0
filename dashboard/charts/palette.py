"""Colours of the Government Analysis Function, fonts of the system, and what every figure shares."""

from __future__ import annotations

import html
import math

import plotly.graph_objects as go

DARK_BLUE = "#12436D"
TURQUOISE = "#28A197"
DARK_PINK = "#801650"
ORANGE = "#F46A25"
DARK_GREY = "#3D3D3D"
LIGHT_PURPLE = "#A285D1"
MID_GREY = "#6B6B6B"
RANGE_GREY = "#8A8A8A"
PALE_GREY = "#E3E3E3"
GREEN = "#00703C"
AMBER = "#B86E00"
RED = "#B3261E"
"""Red, amber and green are for the statuses of actions alone, each with its letter and words."""

WHITE = "#FFFFFF"
BLACK = "#000000"

INTERVALS = {DARK_BLUE: "#7892AC", MID_GREY: "#8F8F8F"}
"""What an interval is drawn in beside a mark of that colour: paler than the mark, and 3 to 1 or more on the ground."""

VARIABLES = {
    DARK_BLUE: "blue",
    TURQUOISE: "turquoise",
    DARK_PINK: "pink",
    ORANGE: "orange",
    DARK_GREY: "grey",
    LIGHT_PURPLE: "purple",
    MID_GREY: "point",
    RANGE_GREY: "edge",
    PALE_GREY: "grid",
    WHITE: "paper",
    INTERVALS[DARK_BLUE]: "interval",
    INTERVALS[MID_GREY]: "interval-point",
    GREEN: "green",
    AMBER: "amber",
    RED: "red",
}
"""Each colour's name in the style sheet, which has it for light and for dark pages and repaints charts with it. White is the
ground: what is written white on a dark mark is written dark on a light one. Black is only ever written on a light mark and stays."""

FONT = "'Source Sans', system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

# Drawn once and read: no toolbar, no zoom that a keyboard could not undo, nothing to fetch.
CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False, "responsive": True}


def faded(colour: str, opacity: float) -> str:
    """A colour of the palette as rgba."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def variable(colour: str) -> str:
    """A colour of the palette for HTML, light or dark as the page is."""
    return f"var(--cg-{VARIABLES[colour]})"


def safe(text: str) -> str:
    """A label as text: Plotly reads some HTML in labels."""
    return html.escape(text, quote=False)


def ticks(top: float, wanted: int = 4) -> list[float]:
    """Round tick values from nought up to ``top``."""
    return spaced(0.0, top, wanted) if top > 0 else [0.0]


def spaced(low: float, high: float, wanted: int = 4) -> list[float]:
    """Round tick values between two ends, for a scale that need not begin at nought."""
    if high <= low:
        return [low]
    rough = (high - low) / wanted
    size = 10 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough)
    return [step * turn for turn in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


def tick_text(values: list[float], suffix: str) -> list[str]:
    """Tick labels with the digits that the steps need."""
    return [f"{value:,.10g}{suffix}" for value in values]


def plain(figure: go.Figure, height: int) -> go.Figure:
    """White ground, system fonts, no legend: marks are labelled where they stand."""
    figure.update_layout(
        height=height,
        template="none",
        paper_bgcolor=WHITE,
        plot_bgcolor=WHITE,
        font={"family": FONT, "size": 14, "color": DARK_GREY},
        showlegend=False,
        hoverlabel={"bgcolor": WHITE, "bordercolor": MID_GREY, "font": {"family": FONT, "size": 13, "color": DARK_GREY}},
        dragmode=False,
    )
    return figure
