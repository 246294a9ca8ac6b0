"""Gaps between each ethnic group and a reference: in the indicator's unit, as a ratio, and in people.

One call serves every stratum of a frame. Every interval has its p-value, and p is below 1 minus the level exactly when the
interval leaves out no difference (or the ratio 1), at every level: both come from the same limits (``equity.mover``).

========== ================================================ ==============================================================
input      difference                                       ratio
========== ================================================ ==============================================================
proportion Newcombe's method 10 (MOVER of Wilson limits)    MOVER-R of Wilson limits, same p-value
rate       MOVER of exact (below 10 events) or Byar limits  MOVER-R of the same, same p-value
limits     MOVER of the published limits                    MOVER-R of the same, same p-value
se         normal                                           normal on the log scale, with a p-value of its own
========== ================================================ ==============================================================
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Required, TypedDict, Unpack

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from equity.comparator import Comparator, Reference, beside
from equity.groups import Basis, Groups, Kind, Why, read
from equity.limits import Floats, Law, Poisson, Wilson
from equity.mover import Limits, difference_limits, p_value, ratio_limits
from equity.reasons import Reasons, said

CHUNK = 32_768
"""Rows that are worked on at a time, by as many processors as there are."""


class How(TypedDict, total=False):
    """The keywords of ``gaps``."""

    kind: Required[Kind]
    multiplier: float
    confidence: float
    group: str
    basis: Basis | None


class _Gap(NamedTuple):
    """Of each row: value, limits and p-value, NaN where there is none."""

    value: Floats
    lower: Floats
    upper: Floats
    p: Floats


def gaps(
    frame: pl.DataFrame,
    by: Sequence[str],
    comparator: Comparator,
    *,
    kind: Kind,
    multiplier: float = 100,
    confidence: float = 0.95,
    group: str = "group",
    basis: Basis | None = None,
) -> pl.DataFrame:
    """Each group beside its reference, one row for each row of the frame and in its order.

    Columns: ``by``, the group, ``reference``, ``value`` and ``reference_value`` (in the indicator's unit), then
    ``difference``, ``ratio`` and ``excess``, each with ``_lower``, ``_upper``, ``_p``, ``_method`` and ``_problem``: why there
    is none. For the frame see ``equity.groups``. Raises NotUsable.
    """
    groups = read(frame, by, kind=kind, multiplier=multiplier, confidence=confidence, group=group, basis=basis)
    reference = beside(groups, comparator, frame)
    own = reference.row == np.arange(frame.height)
    of_group = Reasons(groups.why.astype(np.uint8), tuple(f"the group is {one.words}" for one in Why if one))
    problem = of_group.otherwise(reference.problem).otherwise(said([own], ["this is the reference"]))
    difference, ratio = _contrasts(groups, reference, problem.none)
    excess, how = _excess(groups, difference, ratio)
    no_ratio = said([~(reference.law.value > 0), groups.value < 0], ["the reference's value is not above 0", "the value is below 0"])
    no_excess = said([np.isnan(excess.value)], ["a mean counts nobody" if groups.kind == "mean" else "the number of people is not known"])
    columns = {
        "reference": reference.name,
        "value": _shown(groups.value * groups.unit),
        "reference_value": _shown(reference.law.value * groups.unit),
        **_told("difference", difference, groups.unit, _method(groups, "difference"), problem),
        **_told("ratio", ratio, 1.0, _method(groups, "ratio"), problem.otherwise(no_ratio)),
        **_told("excess", excess, 1.0, how, problem.otherwise(no_excess)),
    }
    return frame.select(*by, group).with_columns(**columns)


def difference(frame: pl.DataFrame, by: Sequence[str], comparator: Comparator, **how: Unpack[How]) -> pl.DataFrame:
    """Group minus reference in the indicator's unit: estimate, lower_ci, upper_ci, p_value, method, problem of each row."""
    return _only("difference", gaps(frame, by, comparator, **how), by, how.get("group", "group"))


def ratio(frame: pl.DataFrame, by: Sequence[str], comparator: Comparator, **how: Unpack[How]) -> pl.DataFrame:
    """Group over reference; columns as of ``difference``.

    To a reference of nought there is no ratio, yet a lower limit ("at least 3 times"), and the upper one is infinite.
    """
    return _only("ratio", gaps(frame, by, comparator, **how), by, how.get("group", "group"))


def excess(frame: pl.DataFrame, by: Sequence[str], comparator: Comparator, **how: Unpack[How]) -> pl.DataFrame:
    """People (or events) more, or fewer, in a group than at the reference's rate; columns as of ``difference``.

    Observed minus expected: the difference times the group's people. Where values are given with a ``numerator`` (as
    for a standardised rate, which times people is not what happened to them), the events times 1 - 1/ratio (Miettinen 1974).
    """
    return _only("excess", gaps(frame, by, comparator, **how), by, how.get("group", "group"))


def _only(what: str, found: pl.DataFrame, by: Sequence[str], group: str) -> pl.DataFrame:
    names = {"estimate": "", "lower_ci": "_lower", "upper_ci": "_upper", "p_value": "_p", "method": "_method", "problem": "_problem"}
    return found.select(*by, group, "reference", *(pl.col(what + end).alias(name) for name, end in names.items()))


def _contrasts(groups: Groups, reference: Reference, able: NDArray[np.bool_]) -> tuple[_Gap, _Gap]:
    """Difference and ratio of every row, in chunks that fit a processor's cache; NaN where a row is not able."""
    rows = len(able)
    found = np.full((7, rows), np.nan)

    def work(start: int) -> None:
        part = slice(start, start + CHUNK)
        found[:, part] = np.where(able[part], _contrast(groups.law.part(part), reference.law.part(part), groups.z, groups.from_se), np.nan)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(work, range(0, rows, CHUNK)))
    ratio_p = _ratio_p(found[4], groups, reference) if groups.from_se else found[3]
    return _Gap(found[0], found[1], found[2], found[3]), _Gap(found[4], found[5], found[6], ratio_p)


def _contrast(group: Law, reference: Law, z: float, logs: bool) -> Floats:
    """Difference, its limits and p-value, ratio and its limits."""
    gap = group.value - reference.value
    of_group, of_reference = (Limits(law.below(z), law.above(z)) for law in (group, reference))
    limits = difference_limits(gap, of_group, of_reference)
    with np.errstate(divide="ignore", invalid="ignore"):
        times = group.value / reference.value
        if logs:
            error = _log_error(group, reference)
            low, high = times * np.exp(-z * error), times * np.exp(z * error)
        else:
            low, high = ratio_limits(group.value, reference.value, of_group, of_reference)
    below_nought = (group.value < 0) | (reference.value < 0)
    low, high, times = (np.where(below_nought, np.nan, one) for one in (low, high, _finite(times)))
    return np.stack([gap, *limits, p_value(gap, group, reference, limits, z), times, low, high])


def _log_error(group: Law, reference: Law) -> Floats:
    """The standard error of the logarithm of a ratio of values with standard errors."""
    return np.hypot(group.below(1.0) / group.value, reference.below(1.0) / reference.value)


def _ratio_p(times: Floats, groups: Groups, reference: Reference) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return 2 * special.ndtr(-np.abs(np.log(times)) / _log_error(groups.law, reference.law))


def _excess(groups: Groups, difference: _Gap, ratio: _Gap) -> tuple[_Gap, str]:
    """Of each row, and how it was found. A larger ratio, and a larger difference, are always a larger excess."""
    if groups.kind == "mean":
        return _each(difference, lambda of: of * np.nan), ""
    if groups.events is not None:
        events = groups.events
        return _each(ratio, lambda times: _finite(events * (1 - 1 / times))), "events times 1 - 1/ratio"
    people = groups.weight * (groups.unit / groups.multiplier)
    return _each(difference, lambda of: of * people), "difference times people"


def _each(gap: _Gap, change: Callable[[Floats], Floats]) -> _Gap:
    with np.errstate(divide="ignore", invalid="ignore"):
        return _Gap(change(gap.value), change(gap.lower), change(gap.upper), gap.p)


def _finite(numbers: Floats) -> Floats:
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _method(groups: Groups, what: str) -> str:
    if groups.from_se:
        return "normal" if what == "difference" else "log-normal"
    name = "MOVER" if what == "difference" else "MOVER-R"
    if isinstance(groups.law, Wilson):
        return "Newcombe 10" if what == "difference" else f"{name}, Wilson"
    return f"{name}, exact or Byar" if isinstance(groups.law, Poisson) else f"{name}, given limits"


def _told(what: str, gap: _Gap, unit: float, method: str, problem: Reasons) -> dict[str, pl.Series]:
    parts = {"": gap.value * unit, "_lower": gap.lower * unit, "_upper": gap.upper * unit, "_p": gap.p}
    told: dict[str, pl.Series] = {what + end: _shown(one) for end, one in parts.items()}
    some = np.isfinite(parts[""]) | np.isfinite(parts["_lower"])
    how = pl.select(pl.when(pl.Series(some)).then(pl.lit(method))).to_series()
    return {**told, f"{what}_method": how, f"{what}_problem": problem.column}


def _shown(numbers: Floats) -> pl.Series:
    """Numbers as a column, null where there is none."""
    return pl.Series(numbers, nan_to_null=True)
