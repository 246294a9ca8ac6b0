"""How one group compares with another: absolute and relative gap, each with its interval, from published intervals.

Method of variance estimates recovery, MOVER (Zou and Donner 2008, doi 10.1002/sim.3095): with Wilson limits the
difference is Newcombe's (1998) method 10. The ratio is Donner and Zou's MOVER-R (2012, Stat Methods Med Res 21:347): the
ratios R for which the difference of the group and R times the reference may be nought. So its interval leaves out 1
exactly when the difference's leaves out nought, and the two gaps that are shown together never contradict each other.
Both need each group's value and limits only, so that they serve proportions, rates and standardised rates alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

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


def _squares(group: float, reference: float) -> float:
    return math.sqrt(group * group + reference * reference)


def difference(group: Estimate, reference: Estimate) -> Estimate:
    """Group minus reference, in the indicator's unit."""
    gap = group.value - reference.value
    if group.lower is None or group.upper is None or reference.lower is None or reference.upper is None:
        return Estimate(gap)
    lower = gap - _squares(group.value - group.lower, reference.upper - reference.value)
    upper = gap + _squares(group.upper - group.value, reference.value - reference.lower)
    return Estimate(gap, lower, upper)


def ratio(group: Estimate, reference: Estimate) -> Estimate | None:
    """Group over reference; no interval where the reference may be nought, None where it is."""
    if reference.value <= 0:
        return None
    at_g, at_r = group.value, reference.value
    if group.lower is None or group.upper is None or reference.lower is None or reference.upper is None or reference.lower <= 0:
        return Estimate(at_g / at_r)
    product = at_g * at_r
    low_g, high_g = _curve(at_g, group.lower), _curve(at_g, group.upper)
    low_r, high_r = _curve(at_r, reference.lower), _curve(at_r, reference.upper)
    # The smaller root as a quotient, which also holds where a reference's upper limit is more than twice its value.
    lower = low_g / (product + _root(product, low_g * high_r)) if low_g > 0 else 0.0
    upper = (product + _root(product, high_g * low_r)) / low_r
    return Estimate(at_g / at_r, min(lower, at_g / at_r), max(upper, at_g / at_r))


def _curve(value: float, limit: float) -> float:
    """The value squared less the square of its distance from a limit."""
    return limit * (2 * value - limit)


def _root(product: float, less: float) -> float:
    return math.sqrt(max(product * product - less, 0.0))


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
