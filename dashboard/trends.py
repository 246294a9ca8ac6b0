"""A view over time: the points of each group, breaks of the series, and whether a gap has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from dashboard.groups import interval_words, of_scheme, share_words, unknown_share, value_words
from equity import periods
from equity.cells import CellState
from equity.change_wording import GapChange, latest
from equity.wording import Wording

POINTS = {
    "code": pl.String,
    "name": pl.String,
    "start": pl.Date,
    "end": pl.Date,
    "label": pl.String,
    "value": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "state": pl.String,
    "mark": pl.String,
    "value_text": pl.String,
    "interval_text": pl.String,
    "hover": pl.String,
}
UNKNOWN = {"start": pl.Date, "end": pl.Date, "label": pl.String, "share": pl.Float64, "text": pl.String, "hover": pl.String}


DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Break:
    """From this day figures cannot be compared with earlier ones, and why."""

    day: date
    what: str


def same_length(history: pl.DataFrame, start: date, end: date) -> pl.DataFrame:
    """Observations of periods as long as this one: a month is never joined to a year."""
    months = (pl.col("period_end").dt.year() - pl.col("period_start").dt.year()) * 12
    months = months + pl.col("period_end").dt.month() - pl.col("period_start").dt.month()
    return history.filter(months == (end.year - start.year) * 12 + end.month - start.month)


def points(history: pl.DataFrame, scheme: str | None, words: Wording) -> pl.DataFrame:
    """One row a group of the scheme and period, in the order of the groups, or everyone's where there is no scheme of
    groups; a figure that is not there has no value, and ``mark`` is the shorthand of why."""
    groups = of_scheme(scheme) & (pl.col("group_level") == "aggregate")
    kept = history.filter(groups if scheme else pl.col("ethnicity_code") == "all")
    rows = []
    for row in kept.sort("turn", "name", "ethnicity_code", "period_end").iter_rows(named=True):
        label, value, interval = periods.label(row["period_start"], row["period_end"]), value_words(row, words), interval_words(row, words)
        state = CellState(row["cell_state"])
        few = f"; {state.words} {state.shorthand}" if state is CellState.UNRELIABLE and row["value"] is not None else ""
        hover = f"{row['name']}, {label}: {value}" + (f", 95% interval {interval}" if interval else "") + few
        found = [row["ethnicity_code"], row["name"], row["period_start"], row["period_end"], label, row["value"]]
        rows.append([*found, row["lower_ci"], row["upper_ci"], str(state), state.shorthand, value, interval, hover])
    return pl.DataFrame(rows, schema=POINTS, orient="row")


def unknown_points(history: pl.DataFrame, column: str) -> pl.DataFrame:
    """One row a period: how many in every 100 have no known ethnicity."""
    rows = []
    for (start, end), period in history.group_by(["period_start", "period_end"], maintain_order=True):
        share, label = unknown_share(period, column), periods.label(start, end)  # pyright: ignore[reportArgumentType]
        text = "not published" if share is None else f"{share_words(share)}%"
        rows.append([start, end, label, share, text, f"{label}: {text}"])
    return pl.DataFrame(rows, schema=UNKNOWN, orient="row").sort("end")


def marks_key(points: pl.DataFrame) -> str:
    """What the marks of a frame of points mean, as sentences; empty where there are none."""
    marks = points.filter(pl.col("mark") != "").select("mark", "state").unique().sort("mark").iter_rows()
    return " ".join(f"{mark} {CellState(state).words}." for mark, state in marks)


def crossed(breaks: Sequence[date], start: date, end: date) -> list[date]:
    """The breaks after the first day of one period and up to the last day of a later one: they cannot be compared.

    A period in which a break falls is of both sides, so that it can be compared with neither.
    """
    return [day for day in breaks if start < day <= end]


def segments(points: pl.DataFrame, column: str, breaks: Sequence[date]) -> list[pl.DataFrame]:
    """Runs of points (start, end) that one line may join: no period missing, no gap in ``column``, no break of the series."""
    runs: list[list[dict[str, Any]]] = [[]]
    for row in points.sort("end").iter_rows(named=True):
        last = runs[-1][-1] if runs[-1] else None
        if row[column] is None or (last and (last["end"] + DAY < row["start"] or crossed(breaks, last["start"], row["end"]))):
            runs.append([])
        if row[column] is not None:
            runs[-1].append(row)
    return [pl.DataFrame(run, schema=points.schema) for run in runs if run]


def regrouped(history: pl.DataFrame, scheme: str | None) -> list[str]:
    """The periods whose groups are those of other schemes only, which are not the same people."""
    if scheme is None:
        return []
    grouped = history.filter(pl.col("group_level") == "aggregate").group_by("period_start", "period_end")
    other = grouped.agg((pl.col("ethnicity_scheme") != scheme).all().alias("other")).filter("other").sort("period_end")
    return [periods.label(start, end) for start, end in other.select("period_start", "period_end").iter_rows()]


def gap_points(history: pl.DataFrame, scheme: str | None, group: str, reference: str) -> pl.DataFrame:
    """One row a period: figures of a group and of its reference as ``equity.change`` reads them, null where they are not sure."""
    sure = pl.col("cell_state").is_in(["observed", "true_zero"])
    mine = history.filter(of_scheme(scheme) & (pl.col("group_level") == "aggregate"))
    figures = [
        pl.when(sure).then(pl.col(name)).alias(end) for name, end in (("value", "value"), ("lower_ci", "lower"), ("upper_ci", "upper"))
    ]
    sides = [
        mine.filter(ethnicity_code=code).select("period_start", "period_end", *(one.name.prefix(f"{side}_") for one in figures))
        for side, code in (("group", group), ("reference", reference))
    ]
    return sides[0].join(sides[1], on=["period_start", "period_end"], how="inner").sort("period_end")


def change_of_gap(
    history: pl.DataFrame, scheme: str | None, group: str, reference: str, until: date, breaks: Sequence[date]
) -> GapChange | None:
    """Whether the gap between a group and its reference has clearly moved, from the first period that may be compared.

    Other schemes and periods before the last break of the series are left out. None where fewer than two periods are left.
    """
    return latest(gap_points(history, scheme, group, reference), until, breaks)
