"""Every measure of a table of groups as one tidy table: a row for each stratum, group and measure.

What a summary says is of all groups, so its group is null. The measures are those of ``equity.rates`` (value),
``equity.inequality`` (difference, ratio, excess), ``equity.summary_measures`` and ``equity.homogeneity``; this module asks
them and lays their answers side by side. For the frame see ``equity.groups``; it may have ``n`` besides, the people that a
mean was measured of, and what ``equity.tidy_bounds`` reads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy import special

from equity import homogeneity, inequality, rates, summary_measures
from equity.comparator import BestPlaced, Comparator, Given, Group
from equity.comparison import Polarity
from equity.groups import Basis, Groups, Kind, Why, read
from equity.limits import Floats, Integers
from equity.measures import MEASURES
from equity.ordered import REFUSED, refuse
from equity.reasons import Reasons
from equity.strata import Intervals
from equity.tidy_bounds import Printed, bounds

GAPS = ("difference", "ratio", "excess")
TEST = "no_inequality_test"
NAMES = ("value", *GAPS, *MEASURES, TEST)
NUMBERS = ("estimate", "lower_ci", "upper_ci", "p_value", "se", "lower_bound", "upper_bound")
COLUMNS = ("group", "measure", *NUMBERS, "reference", "method", "problem")
STRATA_AT_ONCE = 500  # between two words of progress

Told = Callable[[str, int], None]


class NoSuchMeasure(ValueError):
    """A measure was asked for that is none, or that needs what was not said."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be worked out. ``basis`` says whether the frame's counts or its values count."""

    kind: Kind
    basis: Basis
    measures: tuple[str, ...]
    by: tuple[str, ...] = ()
    comparator: Comparator | None = None
    polarity: Polarity = "neutral"
    multiplier: float = 100
    confidence: float = 0.95
    intervals: Intervals = "calibrated"
    draws: int = 10_000
    printed: Printed | None = None

    @property
    def how(self) -> dict[str, Any]:
        """The keywords that most measures share."""
        return {"kind": self.kind, "multiplier": self.multiplier, "basis": self.basis}


def lacking(measure: str, comparator: Comparator | None, polarity: Polarity) -> str | None:
    """What a measure needs that was not said: ``reference`` or ``polarity``; None if it can be worked out.

    Raises OrderedGroupsOnly for a measure of ordered groups, NoSuchMeasure for what is none.
    """
    if measure in REFUSED:
        refuse(measure)
    if measure not in NAMES:
        raise NoSuchMeasure(f"there is no measure {measure!r}: give some of {', '.join(NAMES)}, or all")
    needs = MEASURES[measure].needs if measure in MEASURES else ()
    if comparator is None and (measure in GAPS or "reference" in needs):
        return "reference"
    return "polarity" if "best" in needs and polarity == "neutral" and not isinstance(comparator, BestPlaced) else None


def measured(frame: pl.DataFrame, asked: Asked, told: Told = lambda stage, rows: None) -> pl.DataFrame:
    """``by`` and COLUMNS: strata as they first appear, in each the measures as they were asked for and groups as they stand.

    ``lower_bound`` and ``upper_bound`` say what rounding and suppression leave open, where ``printed`` says how the counts
    were printed. Null where there is nothing, and ``problem`` says why there is no estimate, or no interval.
    """
    frame = _with_t_limits(frame, asked)
    groups = read(frame, asked.by, confidence=asked.confidence, **asked.how)
    parts = [*_of_groups(frame, groups, asked), *_of_strata(frame, groups, asked, told)]
    table = pl.concat(parts, how="diagonal").sort("_stratum", "_measure", "_row", nulls_last=True)
    keys = groups.keys[table["_stratum"].to_numpy()] if asked.by else pl.DataFrame(height=table.height)
    names = pl.DataFrame({"group": groups.names.gather(table["_row"]), "measure": _words(table["_measure"], asked.measures)})
    shown = pl.concat([keys, names, table.drop("_stratum", "_measure", "_row")], how="horizontal")
    if asked.printed is not None and asked.basis == "counts":
        told("bounds", frame.height)
        found = bounds(frame, groups, asked.by, asked.printed, asked.comparator, asked.measures, asked.multiplier, _polarity(asked))
        shown = shown.join(found, on=[*asked.by, "group", "measure"], how="left", nulls_equal=True, maintain_order="left")
    return shown.select(*asked.by, *(pl.col(name) if name in shown.columns else _nothing(name) for name in COLUMNS))


def _nothing(name: str) -> pl.Expr:
    return pl.lit(None, pl.Float64 if name in NUMBERS else pl.String).alias(name)


def _words(at: pl.Series, words: Sequence[str]) -> pl.Series:
    return pl.Series(words, dtype=pl.String).gather(at)


def _polarity(asked: Asked) -> Polarity:
    return asked.comparator.polarity if isinstance(asked.comparator, BestPlaced) else asked.polarity


def _placed(found: pl.DataFrame, stratum: Integers, measure: int, rows: Integers | None = None) -> pl.DataFrame:
    """An answer with the places of its rows in the whole table."""
    row = pl.Series(rows, dtype=pl.Int64) if rows is not None else pl.lit(None, pl.Int64)
    return found.with_columns(_stratum=pl.Series(stratum, dtype=pl.Int64), _measure=pl.lit(measure, pl.Int64), _row=row)


# ------------------------------------------------------------------------------------------------------ Of each group


def _of_groups(frame: pl.DataFrame, groups: Groups, asked: Asked) -> list[pl.DataFrame]:
    """The value of each group, and its gaps to the reference."""
    wanted = [name for name in asked.measures if name == "value" or name in GAPS]
    found: dict[str, pl.DataFrame] = {}
    if "value" in wanted:
        found["value"] = _values(frame, groups, asked)
    if asked.comparator is not None and set(wanted) & set(GAPS):
        gaps = inequality.gaps(frame, asked.by, asked.comparator, confidence=asked.confidence, **asked.how)
        ends = {"": "estimate", "_lower": "lower_ci", "_upper": "upper_ci", "_p": "p_value", "_method": "method", "_problem": "problem"}
        for name in GAPS:
            found[name] = gaps.select("reference", *(pl.col(name + end).alias(ours) for end, ours in ends.items()))
    rows = np.arange(frame.height)
    return [_placed(found[name], groups.stratum, asked.measures.index(name), rows) for name in wanted]


def _values(frame: pl.DataFrame, groups: Groups, asked: Asked) -> pl.DataFrame:
    """Estimate, interval, method and problem of each group by itself."""
    found = _from_counts(frame, asked) if asked.basis == "counts" else _as_given(frame, groups)
    unknown = Reasons(groups.why.astype(np.uint8), tuple(f"the group is {one.words}" for one in Why if one)).column
    known = pl.Series(groups.known)
    shown = found.with_columns(pl.when(known).then(pl.col(name)).alias(name) for name in found.columns if name != "problem")
    return shown.with_columns(problem=pl.when(known).then("problem").otherwise(unknown))


def _from_counts(frame: pl.DataFrame, asked: Asked) -> pl.DataFrame:
    law = rates.proportion if asked.kind == "proportion" else rates.rate
    found = law(pl.col("numerator"), pl.col("denominator"), asked.multiplier, asked.confidence)
    names = {"wilson": "Wilson", "exact": "exact Poisson", "byar": "Byar"}
    return frame.select(
        found.value.alias("estimate"),
        found.lower.alias("lower_ci"),
        found.upper.alias("upper_ci"),
        found.method.replace_strict(names, default=None, return_dtype=pl.String).alias("method"),
        found.problem.alias("problem"),
    )


def _as_given(frame: pl.DataFrame, groups: Groups) -> pl.DataFrame:
    """A value with its own limits, or with those that follow from its standard error."""
    lower, upper = groups.value - groups.law.below(groups.z), groups.value + groups.law.above(groups.z)
    unsure = ~(np.isfinite(lower) & np.isfinite(upper))
    method = "normal" if groups.from_se else "Student's t" if "n" in frame.columns else "given limits"
    ends = {"estimate": groups.value, "lower_ci": np.where(unsure, np.nan, lower), "upper_ci": np.where(unsure, np.nan, upper)}
    columns = {name: pl.Series(values, nan_to_null=True) for name, values in ends.items()}
    se = frame["se"].cast(pl.Float64) if "se" in frame.columns else pl.repeat(None, frame.height, dtype=pl.Float64, eager=True)
    sure = pl.DataFrame({**columns, "se": se}).with_columns(pl.Series("_unsure", unsure))
    return sure.with_columns(
        method=pl.when(~pl.col("_unsure")).then(pl.lit(method)),
        problem=pl.when("_unsure").then(pl.lit("no interval: its limits or its standard error are missing")),
    ).drop("_unsure")


def _with_t_limits(frame: pl.DataFrame, asked: Asked) -> pl.DataFrame:
    """Limits by Student's t with n - 1 degrees of freedom, for means that come with ``se`` and ``n`` and without limits."""
    if asked.kind != "mean" or not {"se", "n"} <= set(frame.columns):
        return frame.drop("n", strict=False)
    if {"lower_ci", "upper_ci"} <= set(frame.columns):
        return frame.drop("n")
    freedom: Floats = frame["n"].cast(pl.Float64).fill_null(float("nan")).to_numpy() - 1
    freedom = np.where(freedom > 0, freedom, np.nan)
    t = pl.Series(-special.stdtrit(freedom, (1 - asked.confidence) / 2), dtype=pl.Float64, nan_to_null=True)
    return frame.with_columns(lower_ci=pl.col("value") - t * pl.col("se"), upper_ci=pl.col("value") + t * pl.col("se"))


# ---------------------------------------------------------------------------------------------------- Of each stratum


def _of_strata(frame: pl.DataFrame, groups: Groups, asked: Asked, told: Told) -> list[pl.DataFrame]:
    """The summary measures, and the test of no inequality, some strata at a time."""
    summaries = [name for name in asked.measures if name in MEASURES]
    if "n" in frame.columns:  # a standard error itself is better than one that is taken from limits by t
        frame = frame.drop("lower_ci", "upper_ci")
    parts: list[pl.DataFrame] = []
    for start in range(0, groups.keys.height if summaries or TEST in asked.measures else 0, STRATA_AT_ONCE):
        end = min(start + STRATA_AT_ONCE, groups.keys.height)
        here = frame if end - start == groups.keys.height else frame.filter((groups.stratum >= start) & (groups.stratum < end))
        strata = np.arange(start, end)
        if summaries:
            parts += _summaries(here, asked, summaries, strata)
        if TEST in asked.measures:
            tested = homogeneity.no_inequality_test(here, asked.by, draws=asked.draws, **asked.how)
            row = tested.select(pl.col("statistic").alias("estimate"), "p_value", "method", "problem")
            parts.append(_placed(row, strata, asked.measures.index(TEST)))
        told("measuring strata", end)
    return parts


def _summaries(frame: pl.DataFrame, asked: Asked, names: list[str], strata: Integers) -> list[pl.DataFrame]:
    how: dict[str, Any] = {"confidence": asked.confidence, "intervals": asked.intervals, "draws": asked.draws, **asked.how}
    found = summary_measures.summarise(frame, asked.by, asked.comparator, polarity=_polarity(asked), measures=names, **how)
    kept = found.select("measure", "estimate", "lower_ci", "upper_ci", "se", "method", "problem")
    parts: list[pl.DataFrame] = []
    for name in names:
        one = kept.filter(pl.col("measure") == name).drop("measure").with_columns(reference=pl.lit(_beside(name, asked), pl.String))
        parts.append(_placed(one, strata, asked.measures.index(name)))
    return parts


def _beside(name: str, asked: Asked) -> str | None:
    """What a summary measure is about: the reference that was chosen, the best-placed group, or neither."""
    needs = MEASURES[name].needs
    if "best" in needs or ("reference" in needs and isinstance(asked.comparator, BestPlaced)):
        return "the best-placed group"
    return asked.comparator.name if "reference" in needs and isinstance(asked.comparator, Group | Given) else None
