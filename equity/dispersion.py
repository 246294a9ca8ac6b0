"""Formulas of the summary measures for unordered groups, for many draws at once.

Notation: y a group's value, p its share of the people, mu = sum p y, J groups, best the value of the best-placed group.
Sources: WHO Health Equity Assessment Toolkit, technical notes (HEAT, 2023), and Schlotheuber and Hosseinpoor 2022
(doi 10.3390/ijerph19063697); Pearcy and Keppel 2002 (Public Health Reports 117:273) for their index of disparity.

Measures that grow with the square of a gap are given here as their roots, which is the scale of a gap itself:
``spread`` of the between-group variance, ``theil`` and ``mld`` of the entropies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equity.limits import Floats

_LEAST = 1e-300

NAMES = (
    "spread",  # root of sum p (y - mu)^2
    "cov",  # spread / mu
    "mdm_weighted",  # sum p |y - mu|
    "mdm_unweighted",  # sum |y - mu| / J
    "idis_who_weighted",  # sum p |y - mu| / mu
    "idis_who_unweighted",  # sum |y - mu| / J / mu
    "mdb_weighted",  # sum p |y - best|
    "mdb_unweighted",  # sum |y - best| / J
    "par_best",  # |best - mu|
    "paf_best",  # |best - mu| / mu
    "mdr_weighted",  # sum p |y - reference|
    "mdr_unweighted",  # sum |y - reference| / J
    "idis_pearcy_keppel_weighted",  # sum p |y - reference| / (sum of p but the reference's) / reference
    "idis_pearcy_keppel_unweighted",  # sum |y - reference| / (J - 1) / reference
    "theil",  # root of sum p (y / mu) ln(y / mu)
    "mld",  # root of -sum p ln(y / mu)
)

_BEST, _REFERENCE, _ENTROPIES = slice(6, 10), slice(10, 14), slice(14, 16)


@dataclass(frozen=True, slots=True)
class Best:
    """Which group is best placed: the one with the highest, or the lowest, value among those that are able to be."""

    highest: bool
    able: NDArray[np.intp] | None = None

    def values(self, values: Floats) -> Floats:
        """The best value of each draw."""
        among = values if self.able is None else values[self.able]
        return among.max(axis=0) if self.highest else among.min(axis=0)

    def rows(self, values: Floats) -> NDArray[np.intp]:
        """The row of the best-placed group in each draw, the first of equals."""
        among = values if self.able is None else values[self.able]
        row = among.argmax(axis=0) if self.highest else among.argmin(axis=0)
        return row if self.able is None else self.able[row]


@dataclass(frozen=True, slots=True)
class Setting:
    """What does not change from draw to draw.

    ``share`` is NaN throughout where weights are not known. ``reference`` is the row of the reference, its value, or the
    best-placed group of each draw. ``average`` stands for mu in the unweighted measures, where it is given, and in PAR and
    PAF where there are no weights. What is not ``wanted``, nor found along with what is, stays NaN.
    """

    share: Floats
    best: Best | None = None
    reference: int | float | Best | None = None
    average: float | None = None
    wanted: frozenset[str] = frozenset(NAMES)

    def wants(self, names: slice) -> bool:
        """Whether any of these is wanted."""
        return not self.wanted.isdisjoint(NAMES[names])


def measured(values: Floats, setting: Setting, out: Floats | None = None, room: Floats | None = None) -> Floats:
    """Every measure of every draw of values (groups, draws): (NAMES, draws); NaN where it does not exist.

    Who calls it many times saves most of the time with an ``out`` to write to, and ``room`` to work in: (2, groups, draws) or
    more, used again each time. Memory that is new each time costs more than the sums.
    """
    groups, draws = values.shape
    out = np.empty((len(NAMES), draws)) if out is None else out
    first, second = np.empty((2, groups, draws)) if room is None else room[:, :, :draws]
    weights = np.stack([setting.share, np.full(groups, 1 / groups)])
    with np.errstate(divide="ignore", invalid="ignore"):
        mu = setting.share @ values
        _about_the_mean(out, values, weights, mu, setting.average, first)
        _about_the_best(out, values, weights, mu, setting)
        _about_the_reference(out, values, weights, setting, first)
        if setting.wants(_ENTROPIES):
            _entropies(out, values, setting.share, mu, first, second)
        else:
            out[_ENTROPIES] = np.nan
    return out


def _distances(values: Floats, at: Floats | float, room: Floats) -> Floats:
    """|values - at|, in the room."""
    return np.abs(np.subtract(values, at, out=room), out=room)


def _about_the_mean(out: Floats, values: Floats, weights: Floats, mu: Floats, average: float | None, room: Floats) -> None:
    away = _distances(values, mu, room)
    out[2:4] = weights @ away
    away *= away
    out[0] = np.sqrt(weights[0] @ away)
    out[1] = out[0] / mu
    centre = mu
    if average is not None:
        centre = np.full(len(mu), average)
        out[3] = _distances(values, average, room).mean(axis=0)
    out[4], out[5] = out[2] / mu, out[3] / centre


def _about_the_best(out: Floats, values: Floats, weights: Floats, mu: Floats, setting: Setting) -> None:
    if setting.best is None or not setting.wants(_BEST):
        out[_BEST] = np.nan
        return
    best = setting.best.values(values)
    if setting.best.able is None:
        # Nobody is better placed than the best, so that the mean distance is the distance of the mean.
        out[6], out[7] = np.abs(best - mu), np.abs(best - values.mean(axis=0))
    else:
        out[6:8] = weights @ np.abs(values - best)
    centre = np.full(len(mu), setting.average) if setting.average is not None and np.isnan(setting.share).any() else mu
    out[8] = np.abs(best - centre)
    out[9] = out[8] / centre


def _about_the_reference(out: Floats, values: Floats, weights: Floats, setting: Setting, room: Floats) -> None:
    groups, reference, share = len(values), setting.reference, weights[0]
    if reference is None or not setting.wants(_REFERENCE):
        out[_REFERENCE] = np.nan
        return
    if isinstance(reference, Best):
        at, own = reference.values(values), share[reference.rows(values)]
    elif isinstance(reference, int):
        at, own = values[reference], share[reference]
    else:
        at, own, groups = np.full(values.shape[1], reference), 0.0, groups + 1
    out[10:12] = weights @ _distances(values, at, room)
    out[12], out[13] = out[10] / (1 - own) / at, out[11] * len(values) / (groups - 1) / at


def _entropies(out: Floats, values: Floats, share: Floats, mu: Floats, relative: Floats, logs: Floats) -> None:
    np.divide(values, mu, out=relative)
    least = values.min(axis=0)
    if not least.min() > 0:
        # Of nought the logarithm is slow, and none: r ln r goes to nought with r, and the mean log deviation does not exist.
        np.maximum(relative, _LEAST, out=relative)
    np.log(relative, out=logs)
    out[15] = np.where(least > 0, np.sqrt(np.maximum(-(share @ logs), 0.0)), np.nan)
    logs *= relative
    out[14] = np.sqrt(np.maximum(share @ logs, 0.0))
