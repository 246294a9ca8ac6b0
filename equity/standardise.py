"""Directly and indirectly standardised rates: every group of a frame in one call, one row a band in, one row a group out.

Direct: Dobson's interval (Dobson, Kuulasmaa, Eberle and Scherer 1991, Stat Med 10:457), or the symmetric binomial one
that NHS England publish beside their rates by ethnicity. Indirect: observed over expected events. What cannot be worked
out is null, and ``problem`` says why. Formulas, sources and edge rules: docs/methods/rates-and-standardisation.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import polars as pl

from equity.grouping import Frame, aggregated, checked, like, one_of
from equity.rates import LARGEST, Checks, Problem, poisson, poisson_method, positive, problem_code, problem_text, z_value

FEWEST_EVENTS = 10
NHS_ENGLAND_Z = 1.96  # as their code has it, at 95%

DIRECT = ("events", "population", "value", "lower", "upper", "standard_error", "method", "problem")
INDIRECT = ("observed", "expected", "reference_rate", "value", "lower", "upper", "method", "problem")

DirectMethod = Literal["dobson", "nhs_england"]
Missing = Literal["refuse", "zero"]

# Working columns, named as no column of a caller is.
EVENTS, SPREAD, PEOPLE, WEIGHT, RATE, VARIANCE, PROBLEM = (
    pl.col(f"standardise:{name}") for name in ("events", "spread", "people", "weight", "rate", "variance", "problem")
)


def _named(**columns: pl.Expr) -> list[pl.Expr]:
    return [expr.alias(f"standardise:{name}") for name, expr in columns.items()]


# ------------------------------------------------------------------------------------------------------------------- Direct


def direct(
    frame: Frame,
    by: Sequence[str],
    *,
    count: str,
    population: str,
    weight: str,
    multiplier: float = 100_000,
    confidence: float = 0.95,
    method: DirectMethod = "dobson",
    missing: Missing = "refuse",
    band: Sequence[str] = (),
    frequency: str | None = None,
) -> Frame:
    """The rate that each group would have if its people were spread over the bands as the standard population is.

    ``frame`` has a row for each group and band: ``count`` of events, ``population``, and the band's standard ``weight``.
    For events that are not independent a row is a group, band and ``frequency``, ``count`` the people who had that many
    events each; the rows of one ``band`` repeat its population and weight. A missing count leaves its group without a
    value; ``missing="zero"`` takes it for nought. Gives a row a group, in the order of first appearance: the columns of
    ``by`` and `DIRECT`, per ``multiplier``. Dobson: no value below 10 events. NHS England: no interval where a band has
    more events than people.
    """
    one_of("method", method, ("dobson", "nhs_england"))
    one_of("missing", missing, ("refuse", "zero"))
    if frequency is not None and (not band or method != "dobson"):
        raise ValueError("events that are not independent need the columns of their band, and the dobson method")
    read = [count, population, weight, *band, *([] if frequency is None else [frequency])]
    x, n, w, f = (pl.lit(1.0) if name is None else pl.col(name).cast(pl.Float64) for name in (count, population, weight, frequency))
    x = x.fill_null(0.0) if missing == "zero" else x
    columns = _named(events=x * f, spread=x * f * f, people=n, weight=w, problem=problem_code(_band_checks(x, n, w, f)))
    bands = checked(frame, by, read, DIRECT).select(*by, *band, *columns)
    groups = _summed(_merged(bands, [*by, *band]) if band else bands, by, method)
    shown = _dobson(groups, multiplier, confidence) if method == "dobson" else _nhs_england(groups, multiplier, confidence)
    if frequency is not None:
        shown = shown.with_columns(method=pl.when(pl.col("method").is_not_null()).then(pl.lit("dobson_repeat_events")))
    return like(frame, shown.select(*by, *DIRECT))


def _band_checks(x: pl.Expr, n: pl.Expr, w: pl.Expr, f: pl.Expr) -> Checks:
    return [
        (Problem.COUNT_MISSING, x.is_null()),
        (Problem.DENOMINATOR_MISSING, n.is_null()),
        (Problem.WEIGHT_MISSING, w.is_null()),
        (Problem.COUNT_NOT_FINITE, ~x.is_finite()),
        (Problem.DENOMINATOR_NOT_FINITE, ~n.is_finite()),
        (Problem.COUNT_NEGATIVE, x < 0),
        (Problem.DENOMINATOR_NEGATIVE, n < 0),
        (Problem.DENOMINATOR_NOUGHT, n == 0),
        (Problem.WEIGHT_IMPOSSIBLE, ~((w >= 0) & (w < math.inf))),
        (Problem.FREQUENCY_IMPOSSIBLE, f.is_null() | ~((f > 0) & (f < math.inf))),
    ]


def _merged(rows: pl.LazyFrame, band: Sequence[str]) -> pl.LazyFrame:
    """One row a band of a group: its events added up, its population and weight as each of its rows repeats them."""
    differ: Checks = [(Problem.BANDS_DIFFER, (PEOPLE.min() != PEOPLE.max()) | (WEIGHT.min() != WEIGHT.max()))]
    problem = pl.min_horizontal(PROBLEM.min(), problem_code(differ)).alias("standardise:problem")
    return aggregated(rows, band, [EVENTS.sum(), SPREAD.sum(), PEOPLE.first(), WEIGHT.first(), problem])


def _summed(bands: pl.LazyFrame, by: Sequence[str], method: DirectMethod) -> pl.LazyFrame:
    """One row a group: sums of events, people, weights, weighted rates and their variances, and the first problem."""
    share, rate = WEIGHT / PEOPLE, EVENTS / PEOPLE
    variance = share**2 * SPREAD if method == "dobson" else WEIGHT * share * rate * (1 - rate)
    crowded: Checks = [(Problem.COUNT_ABOVE_DENOMINATOR, EVENTS > PEOPLE)]
    columns = [*_named(rate=share * EVENTS, variance=variance), problem_code(crowded).alias("standardise:crowded")]
    sums = pl.col(*(f"standardise:{name}" for name in ("events", "people", "weight", "rate", "variance"))).sum()
    return aggregated(bands.with_columns(columns), by, [sums, PROBLEM.min(), pl.col("standardise:crowded").min()])


def _dobson(groups: pl.LazyFrame, multiplier: float, confidence: float) -> pl.LazyFrame:
    limits = poisson(EVENTS, confidence)
    # Each limit is as many standard errors away as the same limit of the count of events is.
    step = _standard_error(multiplier) / EVENTS.sqrt()
    value = _standardised(multiplier)
    lower, upper = value - step * (EVENTS - limits.lower), value + step * (limits.upper - EVENTS)
    none: Checks = [(Problem.FEW_EVENTS, EVENTS < FEWEST_EVENTS)]
    return _shown(groups, value, lower, upper, _standard_error(multiplier), "dobson", none, [(Problem.WEIGHTS_OF_NO_EVENTS, RATE == 0)])


def _nhs_england(groups: pl.LazyFrame, multiplier: float, confidence: float) -> pl.LazyFrame:
    value, error = _standardised(multiplier), _standard_error(multiplier)
    half = (NHS_ENGLAND_Z if confidence == 0.95 else z_value(confidence)) * error
    crowded: Checks = [(Problem.COUNT_ABOVE_DENOMINATOR, pl.col("standardise:crowded").is_not_null())]
    return _shown(groups, value, value - half, value + half, error, "nhs_england", [], crowded)


def _standardised(multiplier: float) -> pl.Expr:
    return RATE / WEIGHT * positive("multiplier", multiplier)


def _standard_error(multiplier: float) -> pl.Expr:
    return VARIANCE.sqrt() / WEIGHT * multiplier


def _shown(
    groups: pl.LazyFrame, value: pl.Expr, lower: pl.Expr, upper: pl.Expr, error: pl.Expr, method: str, no_value: Checks, no_limits: Checks
) -> pl.LazyFrame:
    """The columns of `DIRECT`: events and people where every band can be, a value and limits where no check forbids them."""
    summable = pl.when(PROBLEM.is_null())
    no_value = [(Problem.WEIGHTS_NOUGHT, WEIGHT == 0), *no_value, (Problem.TOO_LARGE, ~(value < LARGEST))]
    unshown = pl.coalesce(PROBLEM, problem_code(no_value))
    unlimited = pl.coalesce(unshown, problem_code([*no_limits, (Problem.TOO_LARGE, ~(upper < LARGEST))]))
    shown, limited = pl.when(unshown.is_null()), pl.when(unlimited.is_null())
    return groups.with_columns(
        summable.then(EVENTS).alias("events"),
        summable.then(PEOPLE).alias("population"),
        shown.then(value).alias("value"),
        limited.then(lower.clip(lower_bound=0.0)).alias("lower"),
        limited.then(upper).alias("upper"),
        limited.then(error).alias("standard_error"),
        limited.then(pl.lit(method)).alias("method"),
        problem_text(unlimited).alias("problem"),
    )


# ----------------------------------------------------------------------------------------------------------------- Indirect


def indirect(
    frame: Frame,
    by: Sequence[str],
    *,
    population: str,
    reference_count: str,
    reference_population: str,
    count: str | None = None,
    observed_total: str | None = None,
    measure: Literal["ratio", "rate"] = "ratio",
    multiplier: float | None = None,
    confidence: float = 0.95,
    missing: Missing = "refuse",
) -> Frame:
    """Events observed in each group over those expected if the reference's rate held in each of its bands.

    ``frame`` has a row for each group and band, with the reference's events and people of that band beside the group's.
    The observed events are ``count``, by band, or ``observed_total``, which any row of the group may carry. ``ratio`` is
    per ``multiplier`` (1); ``rate`` is the ratio times the reference's crude rate per ``multiplier`` (100,000). A band
    of nobody expects nobody. What is missing leaves its group without a value; ``missing="zero"`` takes a missing
    count, population or reference count for nought. Gives a row a group: the columns of ``by`` and `INDIRECT`.
    """
    one_of("measure", measure, ("ratio", "rate"))
    one_of("missing", missing, ("refuse", "zero"))
    if (count is None) == (observed_total is None):
        raise ValueError("give the observed events as count or as observed_total, one of the two")
    observed = count or observed_total or ""
    read = [observed, population, reference_count, reference_population]
    x, n, rx, rn = (pl.col(name).cast(pl.Float64) for name in read)
    if missing == "zero":
        x, n, rx = x if count is None else x.fill_null(0.0), n.fill_null(0.0), rx.fill_null(0.0)
    problem = problem_code(_reference_checks(x, n, rx, rn, total=count is None))
    columns = [x.alias("observed"), (n * rx / rn).alias("expected"), *_named(events=rx, people=rn, problem=problem)]
    seen = pl.col("observed")
    differ: Checks = [(Problem.COUNT_MISSING, seen.is_null().all()), (Problem.TOTALS_DIFFER, seen.min() != seen.max())]
    whole = seen.sum() if count is not None else seen.max()
    first = PROBLEM.min() if count is not None else pl.min_horizontal(PROBLEM.min(), problem_code(differ))
    bands = checked(frame, by, read, INDIRECT).select(*by, *columns)
    groups = aggregated(bands, by, [whole, pl.col("expected").sum(), EVENTS.sum(), PEOPLE.sum(), first.alias("standardise:problem")])
    scale = positive("multiplier", multiplier if multiplier is not None else {"ratio": 1, "rate": 100_000}[measure])
    reference = EVENTS / PEOPLE * scale
    return like(frame, _compared(groups, reference if measure == "rate" else pl.lit(scale), reference, confidence).select(*by, *INDIRECT))


def _reference_checks(x: pl.Expr, n: pl.Expr, rx: pl.Expr, rn: pl.Expr, *, total: bool) -> Checks:
    return [
        (Problem.COUNT_MISSING, x.is_null() & pl.lit(not total)),
        (Problem.DENOMINATOR_MISSING, n.is_null()),
        (Problem.REFERENCE_MISSING, rx.is_null() | rn.is_null()),
        (Problem.COUNT_NOT_FINITE, ~x.is_finite()),
        (Problem.DENOMINATOR_NOT_FINITE, ~n.is_finite()),
        (Problem.COUNT_NEGATIVE, x < 0),
        (Problem.DENOMINATOR_NEGATIVE, n < 0),
        (Problem.REFERENCE_IMPOSSIBLE, ~((rx >= 0) & (rx < math.inf) & (rn > 0) & (rn < math.inf))),
    ]


def _compared(groups: pl.LazyFrame, scale: pl.Expr, reference: pl.Expr, confidence: float) -> pl.LazyFrame:
    observed, expected = pl.col("observed"), pl.col("expected")
    limits = poisson(observed, confidence)
    upper = limits.upper / expected * scale
    # Among bands that can all be, none expected is a problem of the group.
    checks: Checks = [(Problem.NOTHING_EXPECTED, expected == 0), (Problem.TOO_LARGE, ~((upper < LARGEST) & (expected < LARGEST)))]
    problem = pl.coalesce(PROBLEM, problem_code(checks))
    known, shown = pl.when(PROBLEM.is_null() & (expected < LARGEST)), pl.when(problem.is_null())
    return groups.with_columns(
        known.then(observed).alias("observed"),
        known.then(expected).alias("expected"),
        known.then(reference).alias("reference_rate"),
        shown.then(observed / expected * scale).alias("value"),
        shown.then(limits.lower / expected * scale).alias("lower"),
        shown.then(upper).alias("upper"),
        shown.then(poisson_method(observed)).alias("method"),
        problem_text(problem).alias("problem"),
    )
