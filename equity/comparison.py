"""How one group compares with another: absolute and relative gap, each with its interval, from published intervals.

One pair at a time: the formulas, and their sources, are those of ``equity.mover``, which ``equity.inequality`` uses for
whole frames. The ratio's interval leaves out 1 exactly when the difference's leaves out nought, so that the two gaps that
are shown together never contradict each other. Both need each group's value and limits only, so that they serve
proportions, rates and standardised rates alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np

from equity.mover import Limits, difference_limits, ratio_limits

Polarity = Literal["higher_is_better", "lower_is_better", "neutral"]


class Finding(StrEnum):
    """What may be said about a group beside its reference."""

    HIGHER = "higher"
    LOWER = "lower"
    NO_CLEAR_DIFFERENCE = "no clear difference"
    CANNOT_SAY = "cannot say"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its limits, all in the indicator's unit; limits are None where none can be given."""

    value: float
    lower: float | None = None
    upper: float | None = None

    @property
    def has_interval(self) -> bool:
        return self.lower is not None and self.upper is not None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A group minus and over its reference. ``ratio`` is None where the reference is nought."""

    difference: Estimate
    ratio: Estimate | None
    finding: Finding


def _apart(one: Estimate) -> Limits | None:
    """How far the limits of an estimate lie from its value."""
    if one.lower is None or one.upper is None:
        return None
    return Limits(np.array([one.value - one.lower]), np.array([one.upper - one.value]))


def difference(group: Estimate, reference: Estimate) -> Estimate:
    """Group minus reference, in the indicator's unit."""
    gap, of_group, of_reference = group.value - reference.value, _apart(group), _apart(reference)
    if of_group is None or of_reference is None:
        return Estimate(gap)
    lower, upper = difference_limits(np.array([gap]), of_group, of_reference)
    return Estimate(gap, float(lower[0]), float(upper[0]))


def ratio(group: Estimate, reference: Estimate) -> Estimate | None:
    """Group over reference; no interval where the reference may be nought, None where it is."""
    if reference.value <= 0:
        return None
    times, of_group, of_reference = group.value / reference.value, _apart(group), _apart(reference)
    if of_group is None or of_reference is None:
        return Estimate(times)
    lower, upper = ratio_limits(np.array([group.value]), np.array([reference.value]), of_group, of_reference)
    return Estimate(times, float(lower[0]), float(upper[0])) if math.isfinite(upper[0]) else Estimate(times)


def compare(group: Estimate, reference: Estimate) -> Comparison:
    """Both gaps and the finding: a difference is clear only if its 95% interval leaves out nought."""
    gap = difference(group, reference)
    return Comparison(gap, ratio(group, reference), _finding(gap))


def _finding(gap: Estimate) -> Finding:
    if gap.lower is None or gap.upper is None:
        return Finding.CANNOT_SAY
    if gap.lower > 0:
        return Finding.HIGHER
    return Finding.LOWER if gap.upper < 0 else Finding.NO_CLEAR_DIFFERENCE


def judgement(finding: Finding, polarity: Polarity) -> Literal["better", "worse", "neither"]:
    """Whether a clear difference is for the better or the worse of the group, by the indicator's polarity."""
    if polarity == "neutral" or finding in {Finding.NO_CLEAR_DIFFERENCE, Finding.CANNOT_SAY}:
        return "neither"
    wanted = Finding.HIGHER if polarity == "higher_is_better" else Finding.LOWER
    return "better" if finding is wanted else "worse"


def people_affected(group_value: float, reference_value: float, base: float, multiplier: float) -> float:
    """How many more (+) or fewer (-) people there were in the group than at the reference's value.

    ``base`` is the group's denominator in people; values are per ``multiplier``.
    """
    return (group_value - reference_value) * base / multiplier


def events_affected(group_value: float, reference_value: float, events: float) -> float:
    """How many more (+) or fewer (-) of a group's events there were than at the reference's value.

    The excess fraction of the exposed (Miettinen 1974), which holds for standardised rates too. ``group_value`` > 0.
    """
    return events * (1 - reference_value / group_value)
