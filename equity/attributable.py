"""Population attributable risk and fraction to a reference that the user chose, in closed form.

PAR = y_ref - mu and PAF = (y_ref - mu) / mu: by how much everybody's value would change if all groups had the reference's.
WHO's sign: above nought where more would be reached, below where events would be avoided. With p the reference's share of
the people and y_rest everyone else's value, mu = p y_ref + (1 - p) y_rest. So PAR is (1 - p) times a difference of two
separate samples, and PAF is R / (p R + 1 - p) - 1 of their ratio R, which grows with R: MOVER gives both their intervals,
which leave out nought together. A reference that is not one of the groups has p = 0 and stands beside everybody.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from equity.limits import Floats, Law
from equity.mover import Limits, difference_limits, ratio_limits


class Attributable(NamedTuple):
    """Of each stratum: value and limits, NaN where there is none."""

    value: Floats
    lower: Floats
    upper: Floats


def par(reference: Law, others: Law, share: Floats, z: float) -> Attributable:
    """In the unit of the laws; ``share`` of the people is the reference's."""
    gap = reference.value - others.value
    lower, upper = difference_limits(gap, _limits(reference, z), _limits(others, z))
    return Attributable((1 - share) * gap, (1 - share) * lower, (1 - share) * upper)


def paf(reference: Law, others: Law, share: Floats, z: float) -> Attributable:
    """Per one."""
    lower, upper = ratio_limits(reference.value, others.value, _limits(reference, z), _limits(others, z))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = reference.value / others.value
    return Attributable(*(_fraction(one, share) for one in (ratio, lower, upper)))


def _limits(law: Law, z: float) -> Limits:
    return Limits(law.below(z), law.above(z))


def _fraction(ratio: Floats, share: Floats) -> Floats:
    """PAF from the ratio of the reference to everyone else; without an upper limit where nobody belongs to the reference."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.isinf(ratio), 1 / share, ratio / (share * ratio + 1 - share)) - 1
