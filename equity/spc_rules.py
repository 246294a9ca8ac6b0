"""The arithmetic and the rules of an XmR chart, for every series at once: flat arrays in which a segment is a run of rows.

Shewhart's individuals chart as Wheeler gives it (Understanding Variation, 1993): the mean, and limits 2.66 (3/1.128) average
moving ranges from it. The rules are those of NHS England's Making Data Count. A missing value (NaN) is a gap: no moving range
is taken across it and no run of points goes through it. What differs from the mean, a limit or the point before it by less
than 1e-12 of the segment's largest value is equal to it, so that floating point never makes a signal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Sides = NDArray[np.int8]  # 1 above, -1 below, 0 neither
Flags = NDArray[np.bool_]

LIMIT = 2.66  # average moving ranges from the mean to a limit
NEAR = LIMIT * 2 / 3
SCREEN = 3.267  # times the average: the upper limit of the moving ranges themselves
SAME = 1e-12
FEW = 12  # limits from fewer values are provisional

TwoOfThree = Literal["between_limits", "beyond_near_limit"]


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts as a signal, and what the limits rest on.

    ``shift`` and ``trend`` are numbers of points (7, or 6 as the Making Data Count workbook also allows). ``two_of_three`` says
    whether a point beyond the limit itself counts beside one that is near it: ``between_limits``, not (as NHSRplotthedots), or
    ``beyond_near_limit``, it does (announced for Making Data Count's own tools in 2023). ``screen_outliers`` leaves moving
    ranges that are themselves unusual out of the limits, once. ``fix_after`` takes the limits from the first so many values of
    a segment.
    """

    shift: int = 7
    trend: int = 7
    two_of_three: TwoOfThree = "between_limits"
    screen_outliers: bool = True
    fix_after: int | None = None

    def __post_init__(self) -> None:
        for name, points in (("shift", self.shift), ("trend", self.trend)):
            if not 5 <= points <= 10:
                raise ValueError(f"{name} is {points}: a run that is not chance takes 5 to 10 points, usually 7 or 6")
        if self.fix_after is not None and self.fix_after < FEW:
            raise ValueError(f"fix_after is {self.fix_after}: limits from fewer than {FEW} values would not hold")

    @property
    def method(self) -> str:
        """The name of what gives the limits: ``xmr``, ``xmr_screened``, ``xmr_screened_fixed_12``."""
        return "xmr" + "_screened" * self.screen_outliers + (f"_fixed_{self.fix_after}" if self.fix_after else "")


@dataclass(frozen=True, slots=True)
class Limits:
    """One row a segment: ``spread`` is the average moving range, NaN where no two values stand side by side."""

    mean: Floats
    spread: Floats
    values: Ints  # how many the limits rest on
    tolerance: Floats


@dataclass(frozen=True, slots=True)
class Signals:
    """One row a point: on which side each rule finds it."""

    outside: Sides
    shift: Sides
    trend: Sides
    two_of_three: Sides


def limits(values: Floats, starts: Ints, rules: Rules) -> Limits:
    """Mean and average moving range of each segment; ``starts`` are the first rows of the segments, in order."""
    segment = np.repeat(np.arange(starts.size), np.diff(np.append(starts, values.size)))
    there = ~np.isnan(values)
    basis = there if rules.fix_after is None else there & (_counted(there, starts) <= rules.fix_after)
    used = np.add.reduceat(basis, starts, dtype=np.int64)
    # From the first value, so that the mean of a constant series is that constant to the last digit.
    origin = _first(values, basis, starts)
    away = np.where(basis, values - origin[segment], 0.0)
    with np.errstate(invalid="ignore"):
        mean = origin + np.add.reduceat(away, starts) / used
    tolerance = SAME * np.maximum.reduceat(np.where(there, np.abs(values), 0.0), starts)
    ranges = np.abs(_steps(values, starts))
    ranges[~basis] = np.nan
    ranges[ranges <= tolerance[segment]] = 0.0
    spread = _average(ranges, starts)
    if rules.screen_outliers:
        screened = _average(np.where(ranges < SCREEN * spread[segment], ranges, np.nan), starts)
        # Where the only movement was the outliers', leaving them out would make limits of no width, outside which all lies.
        spread = np.where(screened > 0, screened, spread)
    return Limits(mean, spread, used, tolerance)


def signals(values: Floats, starts: Ints, found: Limits, rules: Rules) -> Signals:
    """Which points each rule finds, each by itself."""
    lengths = np.diff(np.append(starts, values.size))
    tolerance = np.repeat(found.tolerance, lengths)
    spread = np.repeat(found.spread, lengths)
    away = values - np.repeat(found.mean, lengths)
    side = _side(away, tolerance)
    begins = np.zeros(values.size, dtype=np.bool_)
    begins[starts] = True
    far = np.abs(away)
    with np.errstate(invalid="ignore"):
        outside = np.where(far > LIMIT * spread + tolerance, side, 0).astype(np.int8)
        near = far > NEAR * spread + tolerance
    counted = near & (outside == 0) if rules.two_of_three == "between_limits" else near
    trend = _trend(_side(_steps(values, starts), tolerance), begins, rules.trend)
    return Signals(outside, _runs(side, begins, rules.shift), trend, _two_of_three(side, counted, begins))


def _counted(there: Flags, starts: Ints) -> Ints:
    """How many values a segment has up to and with each row."""
    so_far = np.cumsum(there, dtype=np.int64)
    before = so_far[starts] - there[starts]
    return so_far - np.repeat(before, np.diff(np.append(starts, there.size)))


def _first(values: Floats, basis: Flags, starts: Ints) -> Floats:
    """The first value of each segment, NaN where it has none."""
    rows = np.where(basis, np.arange(values.size), values.size)
    first = np.minimum.reduceat(rows, starts)
    return np.append(values, np.nan)[first]


def _steps(values: Floats, starts: Ints) -> Floats:
    """Each value minus the one before it, NaN where a segment begins."""
    steps = np.diff(values, prepend=np.nan)
    steps[starts] = np.nan
    return steps


def _average(ranges: Floats, starts: Ints) -> Floats:
    there = ~np.isnan(ranges)
    with np.errstate(invalid="ignore"):
        return np.add.reduceat(np.where(there, ranges, 0.0), starts) / np.add.reduceat(there, starts, dtype=np.int64)


def _side(away: Floats, tolerance: Floats) -> Sides:
    return (away > tolerance).astype(np.int8) - (away < -tolerance).astype(np.int8)


def _runs(side: Sides, begins: Flags, points: int) -> Sides:
    """The side of every row that is in a run of at least so many on one side, 0 elsewhere."""
    if not side.size:
        return side
    new = begins.copy()
    new[1:] |= side[1:] != side[:-1]
    at = np.flatnonzero(new)
    lengths = np.diff(np.append(at, side.size))
    return np.where(np.repeat(lengths >= points, lengths), side, 0).astype(np.int8)


def _trend(step: Sides, begins: Flags, points: int) -> Sides:
    """The direction of every row that is in a run of so many rising or falling; at a turn, that of the run to come."""
    runs = _runs(step, begins, points - 1)
    ahead = np.append(runs[1:], np.int8(0)).astype(np.int8)  # where the next row opens a segment it has no step: 0
    opens = (ahead != 0) & (ahead != runs)
    return np.where(opens, ahead, runs).astype(np.int8)


def _two_of_three(side: Sides, counted: Flags, begins: Flags) -> Sides:
    """The side of every counted row that shares three in a row, all on one side, with at least one other."""
    found = np.zeros(side.size, dtype=np.bool_)
    if side.size >= 3:
        one_side = (side[:-2] != 0) & (side[:-2] == side[1:-1]) & (side[1:-1] == side[2:]) & ~begins[1:-1] & ~begins[2:]
        enough = counted[:-2].astype(np.int8) + counted[1:-1] + counted[2:] >= 2
        hit = one_side & enough
        for offset in range(3):
            found[offset : side.size - 2 + offset] |= hit
    return np.where(found & counted, side, 0).astype(np.int8)
