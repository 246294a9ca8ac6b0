"""Proportions, rates and means with their intervals, as Polars expressions: one value a row, in any lazy or streaming query.

`proportion` is Wilson's (1927); `rate` has the exact Poisson limits below 10 events and Byar's approximation from 10, as
the Fingertips methods guide gives them (APHO Technical Briefing 3, 2008); `mean` has Student's t. What cannot be worked
out is null, and `problem` says why. Formulas, sources and edge rules: docs/methods/rates-and-standardisation.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Literal, NamedTuple, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from equity.grouping import Frame, aggregated, checked, like, one_of

EXACT_BELOW = 10
LARGEST = 1e300  # of a rate: beyond it limits would overflow

Floats = NDArray[np.float64]
Checks = list[tuple["Problem", pl.Expr]]


class Problem(StrEnum):
    """Why a row or a group has no value or no interval; where several apply, the first of this list."""

    NO_VALUE = "there is no value"
    COUNT_MISSING = "the count is missing"
    DENOMINATOR_MISSING = "the denominator is missing"
    WEIGHT_MISSING = "a standard weight is missing"
    REFERENCE_MISSING = "a reference count or population is missing"
    VALUE_MISSING = "a value is missing"
    COUNT_NOT_FINITE = "the count is not a finite number"
    DENOMINATOR_NOT_FINITE = "the denominator is not a finite number"
    VALUE_NOT_FINITE = "a value is not a finite number"
    COUNT_NEGATIVE = "the count is negative"
    DENOMINATOR_NEGATIVE = "the denominator is negative"
    DENOMINATOR_NOUGHT = "the denominator is nought"
    COUNT_ABOVE_DENOMINATOR = "the count is above the denominator"
    WEIGHT_IMPOSSIBLE = "a standard weight is negative or not a finite number"
    REFERENCE_IMPOSSIBLE = "a reference count is negative, or a reference population not above nought"
    FREQUENCY_IMPOSSIBLE = "a number of events a person is missing or not above nought"
    BANDS_DIFFER = "a band has more than one population or weight"
    TOTALS_DIFFER = "a group has more than one observed total"
    WEIGHTS_NOUGHT = "the standard weights sum to nought"
    WEIGHTS_OF_NO_EVENTS = "no event is in a band with a standard weight"
    NOTHING_EXPECTED = "no events are expected"
    FEW_EVENTS = "fewer than 10 events"
    NO_SPREAD = "one value has no spread"
    TOO_LARGE = "the result is too large to be written as a number"


PROBLEMS = pl.Enum([str(problem) for problem in Problem])


class Interval(NamedTuple):
    """Lower and upper confidence limit."""

    lower: pl.Expr
    upper: pl.Expr


class Measured(NamedTuple):
    """A value, its confidence limits, the method of the limits, and why there are none (null where there are)."""

    value: pl.Expr
    lower: pl.Expr
    upper: pl.Expr
    method: pl.Expr
    problem: pl.Expr

    def columns(self, prefix: str = "") -> list[pl.Expr]:
        """The five expressions under their names, for ``select``, ``with_columns`` or ``agg``."""
        return [expr.alias(prefix + name) for name, expr in self._asdict().items()]

    def struct(self) -> pl.Expr:
        """All five as the fields of one struct column."""
        return pl.struct(self.columns())


def z_value(confidence: float = 0.95) -> float:
    """Two-sided standard normal quantile of a confidence level strictly between 0 and 1."""
    return -float(special.ndtri(_tail(confidence)))


def _tail(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}: give a level between 0 and 1, for instance 0.95")
    return (1 - confidence) / 2


def positive(name: str, number: float) -> float:
    """The number itself, refused where it is not a finite number above nought."""
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{name} is {number}: give a finite number above 0")
    return float(number)


def first_problem(checks: Checks) -> pl.Expr:
    """The first reason of a list whose condition holds, as text; null where none does."""
    return problem_text(problem_code(checks))


def problem_code(checks: Checks) -> pl.Expr:
    """Position in `Problem` of the first reason of a list whose condition holds, which is quicker to group than text."""
    positions = {problem: position for position, problem in enumerate(Problem)}
    found: pl.Expr = pl.lit(None, pl.UInt8)
    for problem, applies in reversed(checks):
        found = pl.when(applies).then(pl.lit(positions[problem], pl.UInt8)).otherwise(found)
    return found


def problem_text(code: pl.Expr) -> pl.Expr:
    """The words of a `problem_code`."""
    return code.replace_strict(dict(enumerate(map(str, Problem))), default=None, return_dtype=pl.String)


def any_of(checks: Checks) -> pl.Expr:
    """Whether any condition of a list holds."""
    return pl.any_horizontal([applies for _, applies in checks])


def _impossible(count: pl.Expr, denominator: pl.Expr) -> Checks:
    return [
        (Problem.COUNT_MISSING, count.is_null()),
        (Problem.DENOMINATOR_MISSING, denominator.is_null()),
        (Problem.COUNT_NOT_FINITE, ~count.is_finite()),
        (Problem.DENOMINATOR_NOT_FINITE, ~denominator.is_finite()),
        (Problem.COUNT_NEGATIVE, count < 0),
        (Problem.DENOMINATOR_NEGATIVE, denominator < 0),
        (Problem.DENOMINATOR_NOUGHT, denominator == 0),
    ]


# -------------------------------------------------------------------------------------------------------------- Proportions


def proportion(numerator: pl.Expr, denominator: pl.Expr, multiplier: float = 100, confidence: float = 0.95) -> Measured:
    """Share of a denominator with Wilson's interval; 0 <= numerator <= denominator, which need not be whole numbers."""
    x, n = numerator.cast(pl.Float64), denominator.cast(pl.Float64)
    limits = wilson(numerator, denominator, multiplier, confidence)
    possible = pl.when(_is_share(x, n))
    problem = first_problem([*_impossible(x, n), (Problem.COUNT_ABOVE_DENOMINATOR, x > n)])
    return Measured(possible.then(x / n * multiplier), limits.lower, limits.upper, possible.then(pl.lit("wilson")), problem)


def wilson(numerator: pl.Expr, denominator: pl.Expr, multiplier: float = 100, confidence: float = 0.95) -> Interval:
    """Wilson interval of a proportion (both counts; 0 <= numerator <= denominator, denominator > 0)."""
    z, scale = z_value(confidence), positive("multiplier", multiplier)
    x, n = numerator.cast(pl.Float64), denominator.cast(pl.Float64)
    share = x / n
    centre = x + z**2 / 2 + z * (z**2 / 4 + x * (1 - share)).sqrt()
    possible = pl.when(_is_share(x, n))
    # The lower limit as a quotient: the textbook's difference of two large numbers loses the digits of a small share.
    lower = possible.then(pl.when(x == 0).then(0.0).otherwise(x / centre * share) * scale)
    # At the end the limit is the end itself, and it is nowhere below the share: the formula says so up to floating point.
    upper = possible.then(pl.when(x == n).then(1.0).otherwise((centre / (n + z**2)).clip(share, 1.0)) * scale)
    return Interval(lower, upper)


def _is_share(x: pl.Expr, n: pl.Expr) -> pl.Expr:
    return (n > 0) & (x >= 0) & (x <= n) & (n < math.inf)


# -------------------------------------------------------------------------------------------------------------------- Rates


def rate(count: pl.Expr, denominator: pl.Expr, multiplier: float = 100_000, confidence: float = 0.95) -> Measured:
    """Rate per ``multiplier`` of a denominator without sampling error (> 0); a count may be above its denominator."""
    scale = positive("multiplier", multiplier)
    x, n = count.cast(pl.Float64), denominator.cast(pl.Float64)
    limits = _poisson(x, confidence)
    written = (x + 100) / n * scale < LARGEST
    possible = pl.when((x >= 0) & (n > 0) & (n < math.inf) & written)
    value, lower, upper = (possible.then(expr / n * scale) for expr in (x, *limits))
    problem = first_problem([*_impossible(x, n), (Problem.TOO_LARGE, ~written)])
    return Measured(value, lower, upper, possible.then(poisson_method(x)), problem)


def rate_of_known_value(value: pl.Expr, count: pl.Expr, confidence: float = 0.95) -> Interval:
    """Interval of a published rate whose denominator is not published: it is ``count / value`` (null where either is 0)."""
    limits = poisson(count, confidence)
    scale = pl.when((count > 0) & (value > 0) & value.is_finite()).then(value / count)
    return Interval(limits.lower * scale, limits.upper * scale)


def poisson(count: pl.Expr, confidence: float = 0.95) -> Interval:
    """Interval of a Poisson count: exact (by the gamma quantile) below 10, Byar's approximation from 10."""
    x = count.cast(pl.Float64)
    possible = pl.when((x >= 0) & (x < math.inf))
    return Interval(*(possible.then(limit) for limit in _poisson(x, confidence)))


def poisson_method(count: pl.Expr) -> pl.Expr:
    """Which of the two methods gives the limits of a Poisson count."""
    return pl.when(count < EXACT_BELOW).then(pl.lit("exact")).otherwise(pl.lit("byar"))


def _poisson(x: pl.Expr, confidence: float) -> Interval:
    z, tail, more = z_value(confidence), _tail(confidence), x + 1
    byar_lower = x * (1 - 1 / (9 * x) - z / 3 / x.sqrt()) ** 3
    byar_upper = more * (1 - 1 / (9 * more) + z / 3 / more.sqrt()) ** 3
    exact_lower = x.map_batches(_exact(tail, 0), return_dtype=pl.Float64, is_elementwise=True)
    exact_upper = x.map_batches(_exact(1 - tail, 1), return_dtype=pl.Float64, is_elementwise=True)
    small = pl.when(x < EXACT_BELOW)
    return Interval(small.then(exact_lower).otherwise(byar_lower), small.then(exact_upper).otherwise(byar_upper))


def _exact(probability: float, offset: int) -> Callable[[pl.Series], pl.Series]:
    """Gamma quantile at ``count + offset`` for counts below 10: looked up for whole numbers, worked out for others."""

    def quantile(shape: Floats) -> Floats:
        # Of a shape this small the lower half of the distribution is nought to the last digit of a float.
        return np.where(shape > 1e-4, np.asarray(special.gammaincinv(shape, probability), dtype=np.float64), 0.0)

    table = quantile(np.arange(EXACT_BELOW, dtype=np.float64) + offset)

    def limits(count: pl.Series) -> pl.Series:
        x = cast(Floats, count.to_numpy())
        found = np.full(x.shape, np.nan)
        small = np.flatnonzero((x >= 0) & (x < EXACT_BELOW))
        whole = x[small].astype(np.intp)
        found[small] = table[whole]
        odd = small[whole != x[small]]
        different, which = np.unique(x[odd], return_inverse=True)
        found[odd] = quantile(different + offset)[which]
        return pl.Series(count.name, found)

    return limits


# -------------------------------------------------------------------------------------------------------------------- Means


def mean(values: pl.Expr, confidence: float = 0.95) -> Measured:
    """Mean of a column or group with Student's interval, as aggregating expressions (``select``, ``agg``, ``over``).

    One missing or non-finite value leaves no mean: give ``values.drop_nulls()`` to leave out what is missing. A single
    value has a mean and no interval; equal values have an interval of no width.
    """
    tail, v = _tail(confidence), values.cast(pl.Float64)
    n, average = v.len(), v.mean()
    without: Checks = [
        (Problem.NO_VALUE, n == 0),
        (Problem.VALUE_MISSING, v.is_null().any()),
        (Problem.VALUE_NOT_FINITE, (~v.is_finite()).any()),
        (Problem.TOO_LARGE, ~v.var().is_finite() & (n > 1)),
    ]
    checks: Checks = [*without, (Problem.NO_SPREAD, n == 1)]

    def t_value(count: pl.Series) -> pl.Series:
        freedom = cast(Floats, count.cast(pl.Float64).to_numpy()) - 1
        return pl.Series(count.name, -np.asarray(special.stdtrit(np.maximum(freedom, 1), tail), dtype=np.float64))

    half = n.map_batches(t_value, return_dtype=pl.Float64, is_elementwise=True) * v.std() / n.sqrt()
    value, ends = pl.when(~any_of(without)).then(average), pl.when(~any_of(checks))
    return Measured(value, ends.then(average - half), ends.then(average + half), ends.then(pl.lit("t")), first_problem(checks))


# ------------------------------------------------------------------------------------------------------------------- Groups


def grouped(
    frame: Frame,
    by: Sequence[str],
    measure: Callable[[pl.Expr, pl.Expr], Measured],
    *,
    count: str,
    denominator: str,
    missing: Literal["refuse", "leave_out"] = "refuse",
) -> Frame:
    """A `proportion` or `rate` of each group's summed counts: one row a group, in the order of first appearance.

    A part that is missing or impossible leaves its group without a value; ``missing="leave_out"`` sums over the parts
    whose count and denominator are both known. A part of nobody (nought of nought) is a part like any other. Gives the
    columns of ``by``, count, denominator, ``parts`` (rows), ``left_out`` (rows), value, lower, upper, method, problem.
    """
    one_of("missing", missing, ("refuse", "leave_out"))
    made = ["parts", "left_out", *Measured._fields]
    lazy = checked(frame, by, [count, denominator], made)
    x, n = pl.col(count).cast(pl.Float64), pl.col(denominator).cast(pl.Float64)
    summed = (x.is_not_null() & n.is_not_null()) | pl.lit(missing == "refuse")
    part = pl.when(summed & ~((x == 0) & (n == 0)).fill_null(value=False)).then(measure(x, n).problem)
    sums = [
        pl.when(summed.any() & (~summed | expr.is_finite().fill_null(value=False)).all()).then(expr.filter(summed).sum()).alias(name)
        for name, expr in ((count, x), (denominator, n))
    ]
    counted = [pl.len().alias("parts"), (~summed).sum().alias("left_out")]
    whole = aggregated(lazy, by, [*sums, *counted, part.cast(PROBLEMS).min().cast(pl.String).alias("problem")])
    of_sums, problem = measure(pl.col(count), pl.col(denominator)), pl.col("problem")
    shown = [pl.when(problem.is_null()).then(expr).alias(name) for name, expr in of_sums._asdict().items() if name != "problem"]
    result = whole.with_columns(*shown, pl.coalesce(problem, of_sums.problem).alias("problem"))
    return like(frame, result.select(*by, count, denominator, *made))
