"""What a group is compared with: a choice of values, so the user makes it.

A named group; everyone else (the other known groups together); a given value, such as England's, with or without its
interval; or the best-placed group. The best-placed group is picked from the figures themselves, so that chance helps to
pick it: its gaps are too large on average, the more so the smaller its groups (``least`` leaves out groups below a size).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from equity.comparison import Polarity
from equity.groups import LEAST_KNOWN, Groups, NotUsable, Why, numbers
from equity.limits import Floats, Integers, Law, Linear, Poisson, Wilson, fixed
from equity.reasons import Reasons, said


@dataclass(frozen=True, slots=True)
class Group:
    """The group of that name in each stratum."""

    name: str


@dataclass(frozen=True, slots=True)
class EveryoneElse:
    """All other known groups together: their counts, or their values weighted by their people."""


@dataclass(frozen=True, slots=True)
class Given:
    """A value that is not of the frame's groups, in the indicator's unit: numbers, or names of columns.

    Limits are at the level that is asked for; without them the value counts as certain. A value that holds the groups
    themselves (England's holds each of its groups) is closer to them than chance, so its gaps are on the cautious side.
    """

    value: float | str
    lower: float | str | None = None
    upper: float | str | None = None
    name: str = "given value"


@dataclass(frozen=True, slots=True)
class BestPlaced:
    """The group with the highest or lowest value among those of ``least`` people or more; of equals the largest, then the first by name."""

    polarity: Polarity
    least: float = 0.0


FEW_KNOWN = "fewer than 85% of the groups are known"

Comparator = Group | EveryoneElse | Given | BestPlaced


@dataclass(frozen=True, slots=True)
class Reference:
    """For each row what it is compared with; ``row`` is the reference's own row (-1 where it is none of the rows)."""

    name: pl.Series
    row: Integers
    law: Law
    problem: Reasons


def beside(groups: Groups, comparator: Comparator, frame: pl.DataFrame) -> Reference:
    """The reference of each row, with a reason where there is none."""
    if isinstance(comparator, Given):
        return _given(groups, comparator, frame)
    if isinstance(comparator, EveryoneElse):
        return _everyone_else(groups)
    if isinstance(comparator, Group):
        return _row(groups, _named(groups, comparator.name), f"the reference group {comparator.name} is ", comparator.name)
    return _row(groups, best_rows(groups, comparator), "the best-placed group is ", None)


def _named(groups: Groups, name: str) -> Integers:
    rows = np.full(groups.keys.height, -1, dtype=np.intp)
    here = np.flatnonzero((groups.names == name).fill_null(False).to_numpy())
    rows[groups.stratum[here]] = here
    return rows


def best_rows(groups: Groups, best: BestPlaced) -> Integers:
    """The row of the best-placed group of each stratum, -1 where none can be chosen."""
    if best.polarity == "neutral":
        raise NotUsable("no group is best placed where neither higher nor lower is better")
    able = np.flatnonzero(groups.known & ((groups.weight >= best.least) | (best.least <= 0)))
    apart = groups.value[able] * (-1.0 if best.polarity == "higher_is_better" else 1.0)
    least = np.full(groups.keys.height, np.inf)
    np.minimum.at(least, groups.stratum[able], apart)
    equals = able[apart == least[groups.stratum[able]]]
    ranked = equals[np.lexsort((groups.order[equals], -np.nan_to_num(groups.weight[equals]), groups.stratum[equals]))]
    rows = np.full(groups.keys.height, -1, dtype=np.intp)
    strata, first = np.unique(groups.stratum[ranked], return_index=True)
    rows[strata] = ranked[first]
    return rows


def _row(groups: Groups, rows: Integers, said: str, name: str | None) -> Reference:
    """A reference that is a row of its stratum."""
    absent = len(_STANDINGS)
    why = np.where(rows >= 0, groups.why[rows], absent) if len(groups.why) else np.full(len(rows), absent)
    words = tuple(said + one for one in _STANDINGS)
    row = rows[groups.stratum]
    names = groups.names.gather(np.maximum(row, 0)) if name is None else pl.repeat(name, len(row), dtype=pl.String, eager=True)
    return Reference(names, row, groups.law.take(row), Reasons(why.astype(np.uint8)[groups.stratum], words))


_STANDINGS = [*(one.words for one in Why if one), "not among the groups"]


def _everyone_else(groups: Groups) -> Reference:
    rest = people_of(groups, without_own=True)
    refused = [(groups.share_known() < LEAST_KNOWN)[groups.stratum], np.isnan(rest), ~(rest > 0)]
    words = [FEW_KNOWN, "the population of a group is missing", "there is nobody else to compare with"]
    name = pl.repeat("everyone else", len(rest), dtype=pl.String, eager=True)
    return Reference(name, np.full(len(rest), -1, dtype=np.intp), _pooled(groups, rest, without_own=True), said(refused, words))


def people_of(groups: Groups, without_own: bool) -> Floats:
    """How many people are in the known groups of each row's stratum, with or without the row's own group."""
    return _sum(groups, groups.weight, without_own)


def pooled(groups: Groups, without_own: bool) -> Law:
    """The known groups of each row's stratum together, with or without the row's own group."""
    return _pooled(groups, people_of(groups, without_own), without_own)


def _pooled(groups: Groups, people: Floats, without_own: bool) -> Law:
    people = np.where(people > 0, people, np.nan)
    if isinstance(groups.law, Linear):
        value = _sum(groups, groups.weight * groups.value, without_own) / people
        limits = groups.law.below(groups.z), groups.law.above(groups.z)
        below, above = (np.sqrt(np.maximum(_sum(groups, (groups.weight * one) ** 2, without_own), 0.0)) / people for one in limits)
        return Linear(value, value - below, value + above, groups.z)
    events = np.maximum(_sum(groups, groups.value * groups.weight, without_own), 0.0)
    return Wilson(np.minimum(events / people, 1.0), people) if isinstance(groups.law, Wilson) else Poisson(events, people)


def _sum(groups: Groups, of: Floats, without_own: bool) -> Floats:
    together = groups.total(of)[groups.stratum]
    return together - np.where(groups.known, of, 0.0) if without_own else together


def _given(groups: Groups, given: Given, frame: pl.DataFrame) -> Reference:
    value, lower, upper = (column(frame, one) / groups.unit for one in (given.value, given.lower, given.upper))
    law = fixed(value) if given.lower is None or given.upper is None else Linear(value, lower, upper, groups.z)
    bad = (value < 0) & (groups.kind != "mean") | (value * groups.unit > groups.multiplier) & (groups.kind == "proportion")
    held = (given.lower is None) | (given.upper is None) | ((lower <= value) & (value <= upper))
    words = ["the given value is missing", "the given value is impossible", "the limits of the given value are missing or do not hold it"]
    name = pl.repeat(given.name, frame.height, dtype=pl.String, eager=True)
    row = np.full(frame.height, -1, dtype=np.intp)
    return Reference(name, row, law, said([~np.isfinite(value), bad, ~np.broadcast_to(held, value.shape)], words))


def column(frame: pl.DataFrame, given: float | str | None) -> Floats:
    """A number for each row: the same one, or a column's, NaN where there is none."""
    if isinstance(given, str):
        return numbers(frame, given)
    return np.full(frame.height, np.nan if given is None else float(given))
