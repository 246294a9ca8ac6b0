"""A frame of ethnic groups made ready for measures: which groups are known, what they weigh, and why the others are not.

Grain of the frame: one row for each group of a stratum (whatever the grouping columns name: indicator, place, period).
Rows of a total, or of people whose ethnicity is not known, are no groups and must be left out by the caller. Columns:

- ``group``: the group's name or code; another column may be named
- counts: ``numerator`` and ``denominator``; or values: ``value``, with ``lower_ci`` and ``upper_ci`` at the level that is
  asked for, or ``se``, and ``population`` (people, for weights)
- ``cell_state``, if there is one: only what is observed, or a true zero, is known. Missing, suppressed and nought are
  three things: a null is missing, a state says what is suppressed, and a 0 is a 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equity.cells import CellState
from equity.limits import Floats, Integers, Law, Linear, Poisson, Wilson
from equity.rates import z_value

Basis = Literal["counts", "values"]
Kind = Literal["proportion", "rate", "mean"]

LEAST_KNOWN = 0.85


class Why(IntEnum):
    """Why a group is not known; 0 if it is."""

    KNOWN = 0
    SUPPRESSED = 1
    NOT_COLLECTED = 2
    NOT_APPLICABLE = 3
    UNRELIABLE = 4
    MISSING = 5
    NOT_FINITE = 6
    NEGATIVE = 7
    NOBODY = 8
    TOO_MANY = 9
    LIMITS = 10
    TWICE = 11
    NO_NAME = 12

    @property
    def words(self) -> str:
        """As in a ``problem`` column: the group is ..."""
        return _WORDS[self]


_WORDS = [
    "known",
    "suppressed",
    "not collected",
    "not applicable",
    "unreliable: too few people",
    "missing",
    "not a finite number",
    "negative, which it cannot be",
    "without people",
    "impossible: more than everybody",
    "impossible: its limits do not hold its value",
    "there more than once",
    "without a name",
]
_STATES = {
    CellState.SUPPRESSED: Why.SUPPRESSED,
    CellState.NOT_COLLECTED: Why.NOT_COLLECTED,
    CellState.NOT_APPLICABLE: Why.NOT_APPLICABLE,
    CellState.UNRELIABLE: Why.UNRELIABLE,
}


class NotUsable(ValueError):
    """A frame or an argument that cannot be read: a column that is not there, a level that is none."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows of groups as arrays, in the order of the frame. ``stratum`` numbers the rows of ``keys``.

    ``law`` and ``value`` are per one for counts (``unit`` is the multiplier) and as given for values (``unit`` is 1); NaN
    where a group is not known. ``weight`` is the denominator or the population, NaN where there is none. ``order`` sorts
    groups by name, so that the order of rows never matters. Of values alone: ``se``, whether limits come ``from_se``, and
    ``events``, if the frame has a ``numerator``.
    """

    keys: pl.DataFrame
    stratum: Integers
    names: pl.Series
    order: Integers
    why: NDArray[np.int8]
    value: Floats
    law: Law
    weight: Floats
    unit: float
    kind: Kind
    multiplier: float
    confidence: float
    se: Floats | None = None
    from_se: bool = False
    events: Floats | None = None

    @property
    def known(self) -> NDArray[np.bool_]:
        return self.why == Why.KNOWN

    @property
    def z(self) -> float:
        return z_value(self.confidence)

    def total(self, of: Floats) -> Floats:
        """The sum over each stratum's known groups."""
        return np.bincount(self.stratum, np.where(self.known, of, 0.0), minlength=self.keys.height).astype(np.float64)

    def share_known(self) -> Floats:
        """Of each stratum's groups with anybody in them, the share that is known (NaN if there are none)."""
        somebody = (self.why != Why.NOBODY) & (self.why != Why.NOT_APPLICABLE)
        every = np.bincount(self.stratum, somebody, minlength=self.keys.height)
        with np.errstate(invalid="ignore"):
            return np.bincount(self.stratum, self.known, minlength=self.keys.height) / every


def read(
    frame: pl.DataFrame,
    by: Sequence[str],
    *,
    kind: Kind,
    multiplier: float = 100,
    confidence: float = 0.95,
    group: str = "group",
    basis: Basis | None = None,
) -> Groups:
    """Groups of a frame; ``basis`` is counts if the frame has them. Raises NotUsable."""
    columns = set(frame.columns)
    basis = basis or ("counts" if {"numerator", "denominator"} <= columns and kind != "mean" else "values")
    wanted = {*by, group, *(("numerator", "denominator") if basis == "counts" else ("value",))}
    if wanted - columns:
        raise NotUsable(f"the frame has no column {', '.join(sorted(wanted - columns))}")
    if kind == "mean" and basis == "counts":
        raise NotUsable("a mean has no counts: give value, and se or lower_ci and upper_ci")
    if not (np.isfinite(multiplier) and multiplier > 0):
        raise NotUsable(f"multiplier is {multiplier}: give a number above 0")
    keys, stratum = _strata(frame, by)
    names = frame[group].cast(pl.String)
    order = _alphabetical(names)
    why = _why_not(frame, stratum, order)
    if basis == "counts":
        x, n = (numbers(frame, one) for one in ("numerator", "denominator"))
        why = _first(why, _why_not_counts(x, n, kind))
        x, n = np.where(why == 0, x, np.nan), np.where(why == 0, n, np.nan)
        law: Law = Wilson(x / n, n) if kind == "proportion" else Poisson(x, n)
        return Groups(keys, stratum, names, order, why, x / n, law, n, multiplier, kind, multiplier, confidence)
    value, lower, upper, se, people, events = (
        numbers(frame, one) for one in ("value", "lower_ci", "upper_ci", "se", "population", "numerator")
    )
    limits = {"lower_ci", "upper_ci"} <= columns
    why = _first(why, _why_not_value(value, people, kind, multiplier))
    why = _first(why, _why_not_limits(value, lower, upper) if limits else _why_not_se(se))
    value, people, events = (np.where(why == 0, one, np.nan) for one in (value, people, events))
    z = z_value(confidence)
    if limits:
        se = (upper - lower) / (2 * z)
    law = Linear(value, lower, upper, z) if limits else Linear(value, value - z * se, value + z * se, z)
    given = events if "numerator" in columns else None
    return Groups(keys, stratum, names, order, why, value, law, people, 1.0, kind, multiplier, confidence, se, not limits, given)


def numbers(frame: pl.DataFrame, column: str) -> Floats:
    """A column as numbers, NaN for null and where there is no such column."""
    if column not in frame.columns:
        return np.full(frame.height, np.nan)
    if not frame[column].dtype.is_numeric() and frame[column].dtype != pl.Null:
        raise NotUsable(f"the column {column} is not a column of numbers")
    return frame[column].cast(pl.Float64).fill_null(np.nan).to_numpy()


def _strata(frame: pl.DataFrame, by: Sequence[str]) -> tuple[pl.DataFrame, Integers]:
    """Each stratum's keys in order of appearance, and the number of each row's stratum."""
    if not by:
        return pl.DataFrame(height=min(frame.height, 1)), np.zeros(frame.height, dtype=np.intp)
    of_rows = frame.select(by)
    # Rows of a stratum mostly stand together, so that only the first of each run is looked up.
    begins = of_rows.select(pl.any_horizontal(pl.col(one).ne_missing(pl.col(one).shift()) for one in by)).to_series().to_numpy().copy()
    begins[:1] = True
    firsts = of_rows.filter(pl.Series(begins))
    keys = firsts.unique(maintain_order=True)
    numbered = keys.with_columns(pl.int_range(pl.len()).alias("stratum of row"))
    found = firsts.join(numbered, on=list(by), how="left", nulls_equal=True, maintain_order="left")
    return keys, found["stratum of row"].to_numpy().astype(np.intp)[np.cumsum(begins) - 1]


def _alphabetical(names: pl.Series) -> Integers:
    """The place of each row's group among all names, -1 without a name."""
    every = names.drop_nulls().unique().sort()
    return names.cast(pl.Enum(every)).to_physical().cast(pl.Int64).fill_null(-1).to_numpy().astype(np.intp)


def _first(why: NDArray[np.int8], other: NDArray[np.int8]) -> NDArray[np.int8]:
    return np.where(why == 0, other, why)


def _why_not(frame: pl.DataFrame, stratum: Integers, order: Integers) -> NDArray[np.int8]:
    """What the state and the name alone say against a row."""
    why = np.zeros(frame.height, dtype=np.int8)
    cell = stratum * (order.max(initial=0) + 2) + order + 1
    why[(np.bincount(cell) > 1)[cell]] = Why.TWICE
    why[order < 0] = Why.NO_NAME
    if "cell_state" in frame.columns:
        states = frame["cell_state"].cast(pl.String)
        for state, reason in _STATES.items():
            why[(states == state.value).fill_null(False).to_numpy()] = reason
    return why


def _why_not_counts(x: Floats, n: Floats, kind: Kind) -> NDArray[np.int8]:
    nothing = [np.isnan(x) | np.isnan(n), np.isinf(x) | np.isinf(n), (x < 0) | (n < 0), (n == 0) & (x == 0)]
    return _coded([*nothing, (x > n) & ((kind == "proportion") | (n == 0))], (5, 6, 7, 8, 9))


def _why_not_value(value: Floats, people: Floats, kind: Kind, multiplier: float) -> NDArray[np.int8]:
    negative = ((value < 0) & (kind != "mean")) | (people < 0)
    over = (value > multiplier) & (kind == "proportion")
    return _coded([np.isnan(value), np.isinf(value) | np.isinf(people), negative, over], (5, 6, 7, 9))


def _why_not_limits(value: Floats, lower: Floats, upper: Floats) -> NDArray[np.int8]:
    return _coded([np.isinf(lower) | np.isinf(upper), (lower > value) | (upper < value)], (6, 10))


def _why_not_se(se: Floats) -> NDArray[np.int8]:
    return _coded([np.isinf(se), se < 0], (6, 7))


def _coded(cases: list[NDArray[np.bool_]], reasons: tuple[int, ...]) -> NDArray[np.int8]:
    return np.select(cases, [np.int8(one) for one in reasons], np.int8(0))
