"""Standard errors of summary measures as the WHO's packages give them, of whole strata at once and on the right scale.

HEAT technical notes (WHO 2023). The packages report the standard errors of the Theil index and of the mean log deviation a
thousand times too small, and of the population attributable fraction a hundred times: see docs/methods/inequality.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equity.limits import Floats, Integers

ZERO = 1e-6
"""What the packages put in place of a value of nought before they take its logarithm."""


@dataclass(frozen=True, slots=True)
class Known:
    """Known groups in the order of their strata: value, standard error, share of the people, and the stratum's number.

    ``unit`` turns a value into the indicator's unit.
    """

    value: Floats
    se: Floats
    share: Floats
    people: Floats
    stratum: Integers
    strata: int
    unit: float

    def sum(self, of: Floats) -> Floats:
        return np.bincount(self.stratum, of, minlength=self.strata).astype(np.float64)

    @property
    def mean(self) -> Floats:
        """Weighted by people, of each stratum."""
        return self.sum(self.share * self.value)


def bgv_se(known: Known) -> Floats:
    """Of the between-group variance: exact for normal errors."""
    p, var = known.share, known.se**2
    apart = known.value - known.mean[known.stratum]
    noise = known.sum(p**2 * var) ** 2 - known.sum(p**4 * var**2) + known.sum(p**2 * (1 - p) ** 2 * var**2)
    return np.sqrt(4 * known.sum(p**2 * var * apart**2) + 2 * noise)


def sampling_noise(known: Known) -> Floats:
    """By how much chance alone makes the between-group variance too large on average."""
    return known.sum(known.share * (1 - known.share) * known.se**2)


def theil(known: Known) -> tuple[Floats, Floats]:
    """Theil index, times 1,000, and its standard error."""
    mean, relative, p = _relative(known)
    logs = np.log(relative)
    pull = 1 + logs - known.sum(p * relative * (1 + logs))[known.stratum]
    return 1000 * known.sum(p * relative * logs), 1000 * np.sqrt(known.sum(pull**2 * p**2 * known.se**2)) / mean


def mld(known: Known) -> tuple[Floats, Floats]:
    """Mean log deviation, times 1,000, and its standard error."""
    mean, relative, p = _relative(known)
    se = np.sqrt(known.sum(p**2 * known.se**2 * (1 - 1 / relative) ** 2)) / mean
    return -1000 * known.sum(p * np.log(relative)), 1000 * se


def _relative(known: Known) -> tuple[Floats, Floats, Floats]:
    """The mean of each stratum, and of each group the value relative to it and the share of the people."""
    value = np.where(known.value == 0, ZERO / known.unit, known.value)
    mean = known.sum(known.share * value)
    return mean, value / mean[known.stratum], known.share


def paf_se(best: Floats, mean: Floats, people: Floats, everybody: Floats) -> Floats:
    """Of the population attributable fraction (per one) to the best-placed group of ``people``; shares are per one."""
    c, all_events = best * people, mean * everybody
    d, a = people - c, all_events - c
    b = everybody - a - people
    return np.sqrt(c * everybody * (a * d * (everybody - c) + b * c**2) / ((a + c) ** 3 * (c + d) ** 3))
