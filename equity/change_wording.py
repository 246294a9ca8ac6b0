"""Whether a gap has narrowed, in words: absolute and relative together, and what was left out to be able to say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from equity import periods
from equity.change import Direction, changes
from equity.comparison import Estimate
from equity.gaps import gap_unit
from equity.numbers import listed, rounded, shown
from equity.wording import Wording

_LEFT_OUT = {
    "no_figure": ("has no figure", "have no figure"),
    "other_length": ("is of another length", "are of another length"),
    "overlapping": (
        "overlaps a later one, so that the same people would be counted twice",
        "overlap a later one, so that the same people would be counted twice",
    ),
    "across_break": ("was counted in two ways", "were counted in two ways"),
}


@dataclass(frozen=True, slots=True)
class GapChange:
    """How a gap has moved from its first period that may be compared to its last. ``difference`` and ``ratio`` are last less
    and last over first; ``ratio`` is None where a group or the reference was nought."""

    first: tuple[date, date]
    last: tuple[date, date]
    difference: Estimate
    difference_finding: Direction
    ratio: Estimate | None
    ratio_finding: Direction
    turned: bool
    left_out: Mapping[str, int]

    @property
    def since(self) -> str:
        return periods.label(*self.first)

    @property
    def short(self) -> str:
        """The absolute change in a word or two, for a fact."""
        words = {Direction.NARROWING: "Narrower", Direction.WIDENING: "Wider", Direction.NO_CLEAR_CHANGE: "No clear change"}
        return words.get(self.difference_finding, "Cannot say")


def latest(points: pl.DataFrame, until: date, breaks: Sequence[date] = ()) -> GapChange | None:
    """The change of one gap up to a period's end, in the series that holds it; None where no earlier period can be compared.

    ``points`` are the periods of one gap, as ``equity.change.changes`` reads them.
    """
    told = changes(points.filter(pl.col("period_end") <= until), [], breaks)
    return of_row(told.row(-1, named=True), until) if told.height else None


def of_row(row: Mapping[str, Any], until: date | None = None) -> GapChange | None:
    """A row of ``changes``; None where it compares fewer than two periods, or does not reach ``until``."""
    if row["periods"] < 2 or (until is not None and row["last_end"] != until):
        return None
    ratio = None if row["ratio_change"] is None else _estimate(row, "ratio")
    return GapChange(
        (row["first_start"], row["first_end"]),
        (row["last_start"], row["last_end"]),
        _estimate(row, "difference"),
        Direction(row["difference_finding"]),
        ratio,
        Direction(row["ratio_finding"]),
        bool(row["turned"]),
        {name: row[name] for name in _LEFT_OUT if row[name]},
    )


def _estimate(row: Mapping[str, Any], name: str) -> Estimate:
    return Estimate(row[f"{name}_change"], row[f"{name}_lower"], row[f"{name}_upper"])


_DONE = {Direction.NARROWING: "narrowed", Direction.WIDENING: "widened"}


def sentences(words: Wording, change: GapChange) -> str:
    """The change of a gap as a text: whether the two ways to measure it agree, by how much, and what was left out."""
    parts = [_whether(words, change)]
    if change.turned:
        parts.append("It now runs the other way.")
    return " ".join([*parts, left_out(change.left_out)]).strip()


def _whether(words: Wording, change: GapChange) -> str:
    absolute, relative, unit = change.difference_finding, change.ratio_finding, gap_unit(words)
    since = f"Since {change.since}"
    if absolute in _DONE:
        done = f"{since} the gap has {_DONE[absolute]} by {_amount(words, change.difference)}"
        if relative is absolute:
            return f"{done}, and in relative terms as well."
        if relative in _DONE:
            return f"{done}, but in relative terms it has {_DONE[relative]}: the rates of both groups moved, and the two measures disagree."
        return f"{done}. {_unclear(relative)}"
    if relative in _DONE:
        return f"{since} the gap has {_DONE[relative]} in relative terms. There is no clear change in {unit}."
    if absolute is Direction.CANNOT_SAY:
        return f"Whether the gap has changed since {change.since} cannot be said: there is no interval."
    return f"There has been no clear change in the {'size of the ' if change.turned else ''}gap since {change.since}."


def _unclear(relative: Direction) -> str:
    if relative is Direction.CANNOT_SAY:
        return "In relative terms nothing can be said, because a rate is, or may be, 0."
    return "In relative terms there is no clear change."


def _amount(words: Wording, moved: Estimate) -> str:
    assert moved.lower is not None
    assert moved.upper is not None
    parts = sorted(abs(one) for one in (moved.lower, moved.upper))
    most = words.decimals + 3
    decimals = next((one for one in range(words.decimals, most) if rounded(parts[0], one) > 0), most)
    low, high = (shown(one, decimals) for one in parts)
    return f"{shown(abs(moved.value), decimals)} {gap_unit(words)} (95% interval {low} to {high})"


def left_out(counts: Mapping[str, int]) -> str:
    """What was left out, as a sentence; empty where nothing was."""
    said = [f"{number} {'period' if number == 1 else 'periods'} that {_LEFT_OUT[name][number > 1]}" for name, number in counts.items()]
    return f"Left out: {listed(said)}." if said else ""
