"""Confidence limits on arrays at any z: the same as in ``equity.rates``, for those who must search over z.

A law knows a value for each row and how far its lower and upper limit lie from it. Limits widen with z, so that the z
at which they reach a point gives the p-value that belongs to the interval. Impossible rows are NaN throughout.
Wilson (1927); exact Poisson limits below 10 events and Byar's approximation from 10 (APHO Technical Briefing 3, 2008).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray
from scipy import interpolate, special

from equity.rates import EXACT_BELOW

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

MOST_Z = 15.0  # a p-value of 1e-50: beyond it nobody asks
_STEP = 0.02


class Law(Protocol):
    """A value for each row, and the distances to its limits at z (one number, or one a row)."""

    @property
    def value(self) -> Floats: ...

    def below(self, z: Floats | float) -> Floats: ...

    def above(self, z: Floats | float) -> Floats: ...

    def take(self, rows: Integers) -> Self: ...

    def part(self, rows: slice) -> Self: ...


def picked(column: Floats, rows: Integers) -> Floats:
    """The rows of a column, NaN where the row is -1."""
    if not len(column):
        return np.full(len(rows), np.nan)
    found = column.take(rows)
    if len(rows) and rows.min() < 0:
        found[rows < 0] = np.nan
    return found


@dataclass(frozen=True, slots=True)
class Wilson:
    """Proportions, each of ``n`` people (n > 0)."""

    value: Floats
    n: Floats

    def below(self, z: Floats | float) -> Floats:
        return _wilson(self.value, self.n, z)

    def above(self, z: Floats | float) -> Floats:
        return _wilson(1 - self.value, self.n, z)

    def take(self, rows: Integers) -> Self:
        return type(self)(picked(self.value, rows), picked(self.n, rows))

    def part(self, rows: slice) -> Self:
        return type(self)(self.value[rows], self.n[rows])


def _wilson(share: Floats, n: Floats, z: Floats | float) -> Floats:
    """How far the lower limit of a share lies below it; the upper limit is the lower limit of all the others."""
    square = z * z
    root = z * np.sqrt(square + 4 * n * share * (1 - share))
    return np.maximum((square * (2 * share - 1) + root) / (2 * (n + square)), 0.0)


@dataclass(frozen=True, slots=True)
class Poisson:
    """Rates of ``x`` events in a denominator ``n`` without sampling error (x >= 0, n > 0)."""

    x: Floats
    n: Floats

    @property
    def value(self) -> Floats:
        return self.x / self.n

    def below(self, z: Floats | float) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            far = self.x * (1 - np.maximum(1 - 1 / (9 * self.x) - z / (3 * np.sqrt(self.x)), 0.0) ** 3)
        return self._with_exact(far, z, upper=False) / self.n

    def above(self, z: Floats | float) -> Floats:
        more = self.x + 1
        far = more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3 - self.x
        return self._with_exact(far, z, upper=True) / self.n

    def _with_exact(self, far: Floats, z: Floats | float, upper: bool) -> Floats:
        few = np.flatnonzero(self.x < EXACT_BELOW)
        if len(few):
            x = self.x[few]
            limit = exact_limit(x, z[few] if isinstance(z, np.ndarray) else z, upper)
            far[few] = np.maximum(limit - x if upper else x - limit, 0.0)
        return far

    def take(self, rows: Integers) -> Self:
        return type(self)(picked(self.x, rows), picked(self.n, rows))

    def part(self, rows: slice) -> Self:
        return type(self)(self.x[rows], self.n[rows])


@dataclass(frozen=True, slots=True)
class Linear:
    """Published values: their distances to the limits at ``level`` are taken to grow with z in proportion."""

    value: Floats
    lower: Floats
    upper: Floats
    level: float

    def below(self, z: Floats | float) -> Floats:
        return (self.value - self.lower) * (z / self.level)

    def above(self, z: Floats | float) -> Floats:
        return (self.upper - self.value) * (z / self.level)

    def take(self, rows: Integers) -> Self:
        return type(self)(picked(self.value, rows), picked(self.lower, rows), picked(self.upper, rows), self.level)

    def part(self, rows: slice) -> Self:
        return type(self)(self.value[rows], self.lower[rows], self.upper[rows], self.level)


def fixed(value: Floats) -> Linear:
    """Values without sampling error."""
    return Linear(value, value, value, 1.0)


# ---------------------------------------------------------------------------------------------- Exact limits of few events


def exact_limit(x: Floats, z: Floats | float, upper: bool) -> Floats:
    """The exact limit of Poisson counts. One z: from the quantile itself. One a row: from a spline, to about 1e-9."""
    if not isinstance(z, np.ndarray):
        kinds, at = np.unique(x, return_inverse=True)
        return _quantile(kinds, z, upper)[at]
    limit = np.empty_like(x)
    whole: NDArray[np.bool_] = (x == np.floor(x)) & (z <= MOST_Z)
    limit[~whole] = _quantile(x[~whole], z[~whole], upper)
    near = z[whole]
    step = np.minimum(np.floor(near / _STEP).astype(np.intp), round(MOST_Z / _STEP) - 1)
    cubes = _spline(upper)[:, step, x[whole].astype(np.intp)]
    past = near - step * _STEP
    limit[whole] = ((cubes[0] * past + cubes[1]) * past + cubes[2]) * past + cubes[3]
    return limit


def _quantile(x: Floats, z: Floats | float, upper: bool) -> Floats:
    tail = special.ndtr(-np.asarray(z, dtype=np.float64))
    if upper:
        return np.asarray(special.gammainccinv(x + 1, tail), dtype=np.float64)
    return np.asarray(special.gammaincinv(np.maximum(x, 1e-300), tail), dtype=np.float64) * (x > 0)


@lru_cache(maxsize=2)
def _spline(upper: bool) -> Floats:
    """Coefficients of cubic splines of the limits in z, (4, steps, counts below 10)."""
    z = np.linspace(0.0, MOST_Z, round(MOST_Z / _STEP) + 1)
    limits = _quantile(np.arange(float(EXACT_BELOW))[None, :], z[:, None], upper)
    return np.asarray(interpolate.CubicSpline(z, limits).c, dtype=np.float64)
