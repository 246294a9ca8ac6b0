"""One series as a control chart (XmR): a point for each period that there should be, with limits, rules and a reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from dashboard.trends import crossed
from equity import periods
from equity.cells import CellState
from equity.comparison import Polarity
from equity.spc import readings, xmr
from equity.spc_rules import FEW

_SURE = {CellState.OBSERVED, CellState.TRUE_ZERO}


@dataclass(frozen=True, slots=True)
class Charted:
    """``rows`` are the points of the series with the columns of ``equity.spc.xmr``, ``reading`` its reading; ``lacks`` says what
    it has not enough of, and there is neither then."""

    lacks: str
    rows: pl.DataFrame
    reading: Mapping[str, Any]


def charted(points: pl.DataFrame, breaks: Sequence[date], polarity: Polarity) -> Charted:
    """The control chart of one group's points (columns of ``dashboard.trends.POINTS``).

    Limits begin anew at each break of the series. A figure of too few people, of both sides of a break or of no period at all is
    a gap.
    """
    placed = _every_period(points)
    if placed is None:
        why = "the periods of this series overlap or differ in length, so what is usual cannot be told from them"
        return Charted(f"A control chart needs periods that follow one another: {why}.", points, {})
    known = placed.with_columns(_known(placed, breaks))
    number = known["known"].count()
    if number < FEW:
        have = "none" if number == 0 else str(number)
        return Charted(
            f"A control chart needs {FEW} periods with a figure to rely on, to tell what is usual: there are {have}.", points, {}
        )
    found = xmr(known, [], "start", "known", polarity=polarity, rebase=breaks)
    return Charted("", found, readings(found, [], "start", "known").row(0, named=True))


def _every_period(points: pl.DataFrame) -> pl.DataFrame | None:
    """The points with a row for each period between the first and the last; None where they are not of one rhythm."""
    if points.is_empty():
        return points
    ordered = points.sort("start")
    first, last = ordered.row(0, named=True), ordered.row(-1, named=True)
    months = periods.months(first["start"], first["end"])
    if not months:
        return None
    starts = pl.DataFrame({"start": pl.date_range(first["start"], last["start"], f"{months}mo", eager=True)})
    ends = starts.with_columns(end=pl.col("start").dt.offset_by(f"{months}mo").dt.offset_by("-1d"))
    if not ordered.join(ends, on=["start", "end"], how="anti").is_empty() or ordered["start"].is_duplicated().any():
        return None
    placed = ends.join(ordered, on=["start", "end"], how="left", maintain_order="left")
    labels = [periods.label(start, end) for start, end in placed.select("start", "end").iter_rows()]
    absent = pl.lit("not published [x]")
    return placed.with_columns(
        pl.Series("label", labels), pl.col("code", "name").fill_null(strategy="forward"), pl.col("value_text", "hover").fill_null(absent)
    )


def _known(placed: pl.DataFrame, breaks: Sequence[date]) -> pl.Series:
    """The values that can be relied on, of periods on one side of every break."""
    rows = placed.select("start", "end", "value", "state").iter_rows()
    kept = [value if state in _SURE and not crossed(breaks, start, end) else None for start, end, value, state in rows]
    return pl.Series("known", kept, dtype=pl.Float64)
