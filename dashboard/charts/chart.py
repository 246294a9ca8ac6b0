"""How a chart is declared: once, with everything that must go with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import plotly.graph_objects as go
import polars as pl

from dashboard.downloads import Tidy, tidy
from dashboard.subject import Told
from dashboard.text import Table

View = TypeVar("View", bound=Told)


def _nothing(_: object) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Chart(Generic[View]):
    """One kind of chart, for views of one kind.

    ``question`` is what people come with; ``intervals`` says how sure its figures are shown to be; ``least`` is the least data
    that it needs, and ``lacks`` says in a sentence what of it a view has not (nothing where it can be drawn). ``finding`` and
    ``measure`` are its two titles. ``sentence`` stands on the page, is read out in the chart's place and goes with its picture.
    ``table`` has the same numbers; ``rows`` are the observations behind it, or whatever it counts, and ``tidy`` makes
    the rows of a file of them. ``legend`` is HTML; ``figure`` is None where the table itself is the chart.
    """

    id: str
    name: str
    question: str
    intervals: str
    least: str
    lacks: Callable[[View], str]
    figure: Callable[[View], go.Figure] | None
    finding: Callable[[View], str]
    measure: Callable[[View], str]
    sentence: Callable[[View], str]
    table: Callable[[View], Table]
    rows: Callable[[View], pl.DataFrame]
    legend: Callable[[View], str] = _nothing
    tidy: Tidy = tidy
