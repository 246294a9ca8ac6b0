"""The strata of a frame made ready for summary measures: known groups in a fixed order, means, reasons to refuse, draws."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from equity import calibration
from equity.calibration import Interval
from equity.comparator import BestPlaced, Comparator, EveryoneElse, Given, Reference
from equity.dispersion import NAMES, Best, Setting, measured
from equity.draws import posterior, truncated_normal
from equity.groups import Groups
from equity.limits import Floats, Integers, Linear
from equity.linearised import Known

Intervals = Literal["calibrated", "posterior", "who"]


@dataclass(frozen=True, slots=True)
class Found:
    """Of each stratum and each of NAMES: the estimate, and its limits where they come from draws."""

    estimate: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True, slots=True)
class Strata:
    """Rows of known groups sorted by stratum and then by name (so that the order of the frame never matters).

    ``start`` is where each stratum begins among them, and one more for the end; ``average`` is NaN where none is given.
    """

    groups: Groups
    rows: Integers
    start: Integers
    average: Floats
    comparator: Comparator | None
    reference: Reference | None
    first: Integers
    best: bool | None
    known: Known

    @property
    def number(self) -> int:
        return self.groups.keys.height

    @property
    def size(self) -> Integers:
        """How many groups are known."""
        return np.diff(self.start)

    def found(self, able: NDArray[np.bool_], wanted: frozenset[str], intervals: Intervals, draws: int) -> Found:
        """Estimates and limits, of what is wanted, of the strata that are able to have them; by as many processors as there are."""
        parts = np.full((3, self.number, len(NAMES)), np.nan)

        def work(stratum: int) -> None:
            here = slice(self.start[stratum], self.start[stratum + 1])
            rows = self.rows[here]
            setting = self._setting(stratum, rows, wanted)
            parts[0, stratum] = measured(self.groups.value[rows][:, None], setting)[:, 0]
            parts[1:, stratum] = self._limits(rows, self.known.se[here], setting, intervals, draws)

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(work, (int(one) for one in np.flatnonzero(able))))
        return Found(*parts)

    def _setting(self, stratum: int, rows: Integers, wanted: frozenset[str]) -> Setting:
        weight = self.groups.weight[rows]
        everybody = weight.sum()
        share = weight / everybody if everybody > 0 else np.full(len(rows), np.nan)
        average = None if np.isnan(self.average[stratum]) else float(self.average[stratum])
        least = self.comparator.least if isinstance(self.comparator, BestPlaced) else 0.0
        best = None if self.best is None else Best(self.best, np.flatnonzero(weight >= least) if least > 0 else None)
        if best is not None and best.able is not None and not len(best.able):
            best = None
        return Setting(share, best, self._reference(stratum, rows, best), average, wanted)

    def _reference(self, stratum: int, rows: Integers, best: Best | None) -> int | float | Best | None:
        reference = self.reference
        if reference is None or isinstance(self.comparator, EveryoneElse) or reference.problem.at[self.first[stratum]]:
            return None
        if isinstance(self.comparator, BestPlaced):
            return best
        if isinstance(self.comparator, Given):
            return float(reference.law.value[self.first[stratum]])
        return int(np.flatnonzero(rows == reference.row[self.first[stratum]])[0])

    def _limits(self, rows: Integers, se: Floats, setting: Setting, intervals: Intervals, draws: int) -> Interval:
        groups = self.groups
        value, n, level = groups.value[rows], groups.weight[rows], groups.confidence
        if isinstance(groups.law, Linear) or intervals == "who":
            if np.isnan(se).any():
                nothing = np.full(len(NAMES), np.nan)
                return Interval(nothing, nothing)
            if intervals == "calibrated":
                return calibration.of_values(value, se, setting, draws, level)
            most = groups.multiplier / groups.unit if groups.kind == "proportion" else np.inf
            return _percentiles(truncated_normal(value, se, most, draws), setting, level)
        kind = "rate" if groups.kind == "rate" else "proportion"
        if intervals == "calibrated":
            return calibration.of_counts(value, n, kind, setting, draws, level)
        return _percentiles(posterior(value, n, kind, draws), setting, level)


def _percentiles(values: Floats, setting: Setting, confidence: float) -> Interval:
    tail = (1 - confidence) / 2
    with np.errstate(invalid="ignore"):  # relative to a reference of nought a measure is infinite
        lower, upper = np.quantile(measured(values, setting), [tail, 1 - tail], axis=1)
    return Interval(lower, upper)


def ready(groups: Groups, average: Floats, comparator: Comparator | None, best: bool | None, reference: Reference | None) -> Strata:
    """Strata from groups; ``average`` and ``reference`` are of each row."""
    rows = np.flatnonzero(groups.known)
    rows = rows[np.lexsort((groups.order[rows], groups.stratum[rows]))]
    start = np.searchsorted(groups.stratum[rows], np.arange(groups.keys.height + 1))
    first = np.zeros(groups.keys.height, dtype=np.intp)
    first[groups.stratum[::-1]] = np.arange(len(groups.stratum))[::-1]
    centre = average[first] / groups.unit if len(average) else average
    return Strata(groups, rows, start, centre, comparator, reference, first, best, _known(groups, rows))


def _known(groups: Groups, rows: Integers) -> Known:
    stratum, people, strata = groups.stratum[rows], groups.weight[rows], groups.keys.height
    with np.errstate(divide="ignore", invalid="ignore"):
        share = people / np.bincount(stratum, people, minlength=strata)[stratum]
    return Known(groups.value[rows], _standard_errors(groups)[rows], share, people, stratum, strata, groups.unit)


def _standard_errors(groups: Groups) -> Floats:
    """As given, or as the counts give them."""
    if groups.se is not None:
        return groups.se
    with np.errstate(divide="ignore", invalid="ignore"):
        if groups.kind == "rate":
            return np.sqrt(groups.value / groups.weight)
        return np.sqrt(groups.value * (1 - groups.value) / np.maximum(groups.weight - 1, 1))
