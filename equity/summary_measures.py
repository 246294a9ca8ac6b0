"""Summary measures of inequality between unordered groups, with intervals that can say "no inequality".

One call serves every stratum of a frame and gives a row for each stratum and measure. The measures are listed in
``equity.measures``, their formulas and sources in ``equity.dispersion``; the intervals come from ``equity.calibration``, those
of PAR and PAF to a chosen reference from ``equity.attributable``, and the WHO packages' own from ``equity.linearised``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equity import attributable, linearised
from equity.calibration import STRENGTHS
from equity.comparator import BestPlaced, Comparator, EveryoneElse, Given, beside, best_rows, column, people_of, pooled
from equity.comparison import Polarity
from equity.dispersion import NAMES
from equity.groups import LEAST_KNOWN, Basis, Kind, NotUsable, read
from equity.limits import Floats, Integers, Law, Linear
from equity.measures import MEASURES
from equity.ordered import REFUSED, refuse
from equity.reasons import Reasons, said, same
from equity.strata import Found, Intervals, Strata, ready


class _Result(NamedTuple):
    """Of each stratum: estimate, standard error and limits in the indicator's unit, NaN where there is none."""

    estimate: Floats
    se: Floats
    lower: Floats
    upper: Floats
    method: str


def summarise(
    frame: pl.DataFrame,
    by: Sequence[str],
    comparator: Comparator | None = None,
    *,
    kind: Kind,
    polarity: Polarity = "neutral",
    measures: Sequence[str] = tuple(MEASURES),
    multiplier: float = 100,
    confidence: float = 0.95,
    group: str = "group",
    basis: Basis | None = None,
    average: float | str | None = None,
    least_known: float = LEAST_KNOWN,
    intervals: Intervals = "calibrated",
    draws: int = 10_000,
) -> pl.DataFrame:
    """Each measure of each stratum: ``by``, measure, estimate, se, lower_ci, upper_ci, method, problem.

    ``problem`` says why there is no estimate, or no interval. ``comparator`` is for the measures about a reference; ``polarity``
    says which group is best placed. ``average`` (a number, or a column) stands for the mean of all people in the unweighted
    measures, and in PAR and PAF where there is no ``population``. For the frame see ``equity.groups``.
    ``intervals``: calibrated; or percentiles of draws of the true values (posterior: Gamma or Beta); or the WHO packages' own.
    Raises NotUsable, and OrderedGroupsOnly for measures of ordered groups.
    """
    for measure in measures:
        if measure in REFUSED:
            refuse(measure)
        if measure not in MEASURES:
            raise NotUsable(f"there is no measure {measure}: give some of {', '.join(MEASURES)}")
    groups = read(frame, by, kind=kind, multiplier=multiplier, confidence=confidence, group=group, basis=basis)
    reference = beside(groups, comparator, frame) if comparator is not None else None
    strata = ready(groups, column(frame, average), comparator, _direction(polarity, comparator), reference)
    refused = _refused(strata, least_known, intervals)
    drawn = any(MEASURES[one].of or isinstance(comparator, BestPlaced) for one in measures)
    wanted = frozenset(MEASURES[one].of or one + "_best" for one in measures)
    found = strata.found(refused.none & drawn, wanted, intervals, draws)
    told = [_told(strata, found, refused, measure, intervals, draws) for measure in measures]
    places = np.tile(np.arange(strata.number), len(measures))
    rows = groups.keys[places] if by else pl.DataFrame(height=len(places))
    in_order = np.argsort(places, kind="stable")
    return pl.concat([rows, pl.concat(told)], how="horizontal")[in_order]


def _direction(polarity: Polarity, comparator: Comparator | None) -> bool | None:
    """Whether the highest value is the best; None where neither end is."""
    if isinstance(comparator, BestPlaced):
        if polarity not in {"neutral", comparator.polarity}:
            raise NotUsable(f"polarity is {polarity}, and that of the best-placed group {comparator.polarity}")
        polarity = comparator.polarity
    return None if polarity == "neutral" else polarity == "higher_is_better"


def _refused(strata: Strata, least_known: float, intervals: Intervals) -> Reasons:
    """Why a stratum has no measure at all."""
    share, size = strata.groups.share_known(), strata.size
    few = f"fewer than {least_known:.0%} of the groups are known"
    least = 3 if intervals == "who" else 2
    words = ["no group is known", few, "one group alone has nobody to be unequal to", "the WHO's packages want three groups"]
    return said([size == 0, share < least_known, size == 1, size < least], words)


def _lacks(strata: Strata, name: str, intervals: Intervals) -> Reasons:
    """Why a stratum has not this measure."""
    measure, known = MEASURES[name], strata.known
    everybody, average = known.sum(known.people), ~np.isnan(strata.average)
    lowest = np.full(strata.number, np.inf)
    np.minimum.at(lowest, known.stratum, known.value)
    mean = np.where(average & np.isnan(everybody), strata.average, known.mean)
    cases: list[tuple[NDArray[np.bool_], str]] = []
    if "weights" in measure.needs or "mean" in measure.needs:
        needed = np.full(strata.number, "weights" in measure.needs) | ~average
        cases += [
            (needed & np.isnan(everybody), "the population of a group is missing"),
            (needed & ~(everybody > 0), "there are no people"),
        ]
    if name == "bgv_corrected":
        cases.append((np.isnan(linearised.sampling_noise(known)), "a standard error is missing, which the correction needs"))
    if "best" in measure.needs and strata.best is None:
        cases.append((np.full(strata.number, True), "neither higher nor lower is better: no group is best placed"))
    if measure.relative_to == "reference" and strata.reference is not None:
        cases.append((~(strata.reference.law.value[strata.first] > 0), "the reference's value is not above 0"))
    if measure.relative_to == "mean" and not (intervals == "who" and name in {"theil", "mld"}):
        cases.append((~(mean > 0), "the mean is not above 0, so that nothing can be said relative to it"))
    if name == "mld" and intervals != "who":
        cases.append((lowest <= 0, "a group's value is 0, of which there is no logarithm"))
    return said([case for case, _ in cases], [words for _, words in cases]) if cases else same(strata.number, None)


def _told(strata: Strata, found: Found, refused: Reasons, name: str, intervals: Intervals, draws: int) -> pl.DataFrame:
    """One measure of every stratum."""
    none = _none(strata, name, refused, intervals)
    result = _result(strata, found, name, intervals, draws)
    numbers = {
        "estimate": result.estimate,
        "se": result.se,
        "lower_ci": result.lower,
        "upper_ci": result.upper,
    }
    columns = {end: pl.Series(np.where(none.none, one, np.nan), nan_to_null=True) for end, one in numbers.items()}
    sure = columns["lower_ci"].is_not_null().to_numpy()
    unsure = columns["estimate"].is_not_null().to_numpy() & ~sure
    why = "no interval: a standard error is missing" if _without_se(strata) else "no interval: too few events"
    problem = none.otherwise(said([unsure], [why])).column
    return pl.DataFrame(
        {"measure": same(strata.number, name).column, **columns, "method": said([sure], [result.method]).column, "problem": problem}
    )


def _without_se(strata: Strata) -> bool:
    return isinstance(strata.groups.law, Linear) and bool(np.isnan(strata.known.se).any())


def _none(strata: Strata, name: str, refused: Reasons, intervals: Intervals) -> Reasons:
    """Why a stratum has not this measure, null where it has."""
    if "reference" in MEASURES[name].needs:
        refused = refused.otherwise(_no_reference(strata))
    return refused.otherwise(_lacks(strata, name, intervals))


def _no_reference(strata: Strata) -> Reasons:
    if strata.reference is None:
        return same(strata.number, "no reference was chosen")
    if isinstance(strata.comparator, EveryoneElse):
        return same(strata.number, "everyone else is not one reference for all groups")
    return strata.reference.problem.take(strata.first)


def _result(strata: Strata, found: Found, name: str, intervals: Intervals, draws: int) -> _Result:
    measure, groups = MEASURES[name], strata.groups
    if name in {"par", "paf"} and not isinstance(strata.comparator, BestPlaced):
        return _chosen(strata, name)
    of = measure.of or name + "_best"
    at, power = NAMES.index(of), measure.power
    factor = measure.factor * (1.0 if measure.relative else groups.unit**power)
    estimate, lower, upper = (factor * one[:, at] ** power for one in (found.estimate, found.lower, found.upper))
    if of in {"par_best", "paf_best"} and not strata.best:
        estimate, lower, upper = 0.0 - estimate, 0.0 - upper, 0.0 - lower
    se = np.full(strata.number, np.nan)
    if name == "bgv_corrected":
        estimate = _less_noise(estimate, factor * linearised.sampling_noise(strata.known))
        # Of few events what chance adds can be more than the interval of the true variance allows for: it holds both.
        lower, upper = np.minimum(lower, estimate), np.maximum(upper, estimate)
    if intervals == "who":
        return _as_who(strata, _Result(estimate, se, lower, upper, f"percentiles of {draws:,} truncated normal draws"), name)
    return _Result(estimate, se, lower, upper, _method(strata, intervals, draws))


def _less_noise(variance: Floats, noise: Floats) -> Floats:
    """A variance less what chance adds to it, nought where that is all of it."""
    left = variance - noise
    return np.where(left <= 1e-12 * variance, 0.0, left)


def _method(strata: Strata, intervals: Intervals, draws: int) -> str:
    kind = "normal" if isinstance(strata.groups.law, Linear) else strata.groups.kind
    if intervals == "posterior":
        drawn = {"normal": "truncated normal", "rate": "Gamma", "proportion": "Beta"}[kind]
        return f"percentiles of {draws:,} {drawn} draws"
    drawn = {"normal": "normal errors", "rate": "Poisson counts", "proportion": "binomial counts"}[kind]
    return f"calibrated Monte Carlo, {draws:,} {drawn} at each of {len(STRENGTHS)} strengths"


def _chosen(strata: Strata, name: str) -> _Result:
    """PAR or PAF to the reference that was chosen."""
    nothing = np.full(strata.number, np.nan)
    reference, groups, first = strata.reference, strata.groups, strata.first
    if reference is None or isinstance(strata.comparator, EveryoneElse):
        return _Result(nothing, nothing, nothing, nothing, "")
    row = first if isinstance(strata.comparator, Given) else reference.row[first]
    others, share = _others(strata, row)
    found = (attributable.par if name == "par" else attributable.paf)(reference.law.take(first), others, share, groups.z)
    factor = groups.unit if name == "par" else MEASURES[name].factor
    method = "MOVER" if name == "par" else "MOVER-R"
    return _Result(factor * found.value, nothing, factor * found.lower, factor * found.upper, method)


def _others(strata: Strata, row: Integers) -> tuple[Law, Floats]:
    """Whom a reference stands beside, and its own share of the people."""
    groups, given = strata.groups, isinstance(strata.comparator, Given)
    everybody = people_of(groups, without_own=False)
    share = np.zeros(strata.number) if given else (groups.weight / np.where(everybody > 0, everybody, np.nan))[row]
    others, unweighted = pooled(groups, without_own=not given).take(row), np.isnan(everybody[row])
    if not (isinstance(others, Linear) and unweighted.any()):
        return others, share
    value, lower, upper = (np.where(unweighted, strata.average, one) for one in (others.value, others.lower, others.upper))
    return Linear(value, lower, upper, others.level), np.where(unweighted, 0.0, share)


def _as_who(strata: Strata, result: _Result, name: str) -> _Result:
    """Standard errors and limits as the WHO's packages linearise them, where they do."""
    known, groups, estimate = strata.known, strata.groups, result.estimate
    with np.errstate(divide="ignore", invalid="ignore"):
        if name == "bgv":
            se = linearised.bgv_se(known) * groups.unit**2
        elif name in {"theil", "mld"}:
            estimate, se = (linearised.theil if name == "theil" else linearised.mld)(known)
        elif name in {"par_best", "paf_best"}:
            se = _paf_se(strata) * (100 if name == "paf_best" else known.mean * groups.unit)
        else:
            return result
    z = groups.z
    return _Result(estimate, se, estimate - z * se, estimate + z * se, "linearised")


def _paf_se(strata: Strata) -> Floats:
    """Per one; of proportions and rates alone, which count people."""
    known, groups = strata.known, strata.groups
    if groups.kind == "mean" or strata.best is None:
        return np.full(strata.number, np.nan)
    rows = best_rows(groups, BestPlaced("higher_is_better" if strata.best else "lower_is_better"))
    scale = groups.unit / groups.multiplier
    return linearised.paf_se(groups.value[rows] * scale, known.mean * scale, groups.weight[rows], known.sum(known.people))
