"""Intervals of summary measures that can say "no inequality": Monte Carlo at several strengths of inequality.

Chance alone makes groups look unequal, so a measure of dispersion is too large on average, and an interval from draws around
what was observed adds the noise a second time: it leaves out the truth, and above all it leaves out nought. Here the
question is turned round. For each of ``STRENGTHS`` (nought: all groups alike; 1: as unequal as observed; up to more than
twice that) the counting is repeated ``draws`` times, which shows how far the measure strays from its true value there. The
interval holds every true value from which the observed one is no further away than 95 in 100 of those repeats.

So it always holds the estimate; it begins at nought unless the estimate is larger than in 95 of 100 repeats among equal
groups; and it has its level at and near equality too. Inverting a test in this way is Neyman's (1937) construction with
symmetric ranges, as Kent and Hainsworth (1995, J Stat Plan Inference 46:147) use it for the noncentral chi-squared distribution.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from equity.dispersion import NAMES, Setting, measured
from equity.draws import BLOCK, Counted, counted, normal
from equity.limits import Floats

STRENGTHS = (0.0, 0.4, 0.75, 1.0, 1.3, 1.7, 2.4)
MOST_UNDEFINED = 0.1
"""Where more of the repeats than this have no value of a measure, no interval is given."""


class Interval(NamedTuple):
    """Lower and upper limit of each of NAMES, NaN where none can be given."""

    lower: Floats
    upper: Floats


def of_counts(share: Floats, n: Floats, kind: Counted, setting: Setting, draws: int, confidence: float) -> Interval:
    """From observed proportions or rates per one in groups of ``n`` people."""
    mean = _common_rate(float(share @ n), float(n.sum()), kind)
    # The observed values with half an event more at the common rate, so that no group's chance is put at nought or one.
    more = 0.5 / (min(mean, 1 - mean) if kind == "proportion" else mean)
    nearer = (share * n + more * mean) / (n + more)
    truths = [_truth(mean, nearer, strength, kind) for strength in STRENGTHS]
    room = np.empty((len(share), BLOCK))
    return _inverted(share, truths, [counted(truth, n, kind, draws, room) for truth in truths], setting, draws, confidence)


def _common_rate(events: float, people: float, kind: Counted) -> float:
    """Of all groups together; of no events at all (or nothing else) the largest rate that 95 in 100 would call possible: three."""
    if events > 0 and (kind == "rate" or events < people):
        return events / people
    three = min(3 / people, 0.5) if kind == "proportion" else 3 / people
    return 1 - three if events > 0 else three


def _truth(mean: float, value: Floats, strength: float, kind: Counted) -> Floats:
    most = 1.0 if kind == "proportion" else np.inf
    return np.clip(mean + strength * (value - mean), 1e-9 * mean, most)


def of_values(value: Floats, se: Floats, setting: Setting, draws: int, confidence: float) -> Interval:
    """From values with standard errors, whose errors are taken to be normal."""
    mean = float(setting.share @ value) if not np.isnan(setting.share).any() else float(value.mean())
    truths = [mean + strength * (value - mean) for strength in STRENGTHS]
    room = np.empty((len(value), BLOCK))
    return _inverted(value, truths, [normal(truth, se, draws, room) for truth in truths], setting, draws, confidence)


def _inverted(
    seen: Floats, truths: list[Floats], repeats: list[Iterator[Floats]], setting: Setting, draws: int, confidence: float
) -> Interval:
    estimate = measured(seen[:, None], setting)[:, 0]
    true = measured(np.stack(truths, axis=1), setting)
    room, far = np.empty((2, len(seen), BLOCK)), np.empty((len(NAMES), draws))
    astray = np.empty_like(true)
    for at, blocks in enumerate(repeats):
        _strays(far, blocks, true[:, [at]], setting, room)
        astray[:, at] = [_reach(one, confidence) for one in far]
    limits = np.array([_held(*one) for one in zip(estimate, true, astray, strict=True)])
    return Interval(limits[:, 0], limits[:, 1])


def _strays(far: Floats, blocks: Iterator[Floats], true: Floats, setting: Setting, room: Floats) -> None:
    """How far each measure strays from its true value in each repeat."""
    done = 0
    for block in blocks:
        here = measured(block, setting, far[:, done : done + block.shape[1]], room)
        with np.errstate(invalid="ignore"):  # relative to a reference of nought a measure is infinite
            here -= true
        np.abs(here, out=here)
        done += block.shape[1]


def _reach(far: Floats, confidence: float) -> float:
    """How far a measure strays at most in that share of the repeats in which it exists; they are put in another order."""
    exists = np.isfinite(far)
    number = int(np.count_nonzero(exists))
    if number < (1 - MOST_UNDEFINED) * len(far):
        return np.nan
    if number < len(far):
        far[~exists] = np.inf
    at = int(np.ceil(confidence * number)) - 1
    far.partition(at)
    return float(far[at])


def _held(estimate: float, true: Floats, astray: Floats) -> tuple[float, float]:
    """The least and the largest true value from which the estimate is within reach; what can stray is linear in between."""
    some = np.isfinite(true) & np.isfinite(astray)
    if not (np.isfinite(estimate) and some[0]):
        return np.nan, np.nan
    order = np.argsort(true[some], kind="stable")
    true, astray = true[some][order], astray[some][order]
    reach = np.flatnonzero(true + astray >= estimate)
    lower = _crossing(true, true + astray, int(reach[0]) - 1, estimate) if len(reach) and reach[0] else None
    if lower is None:
        lower = estimate - astray[0 if len(reach) else -1]
    reach = np.flatnonzero(true - astray <= estimate)
    upper = _crossing(true, true - astray, int(reach[-1]), estimate) if len(reach) and reach[-1] < len(true) - 1 else None
    if upper is None:
        upper = estimate + astray[-1 if len(reach) else 0]
    return min(max(lower, 0.0), estimate), max(upper, estimate)


def _crossing(true: Floats, limit: Floats, at: int, level: float) -> float:
    """Where a limit that is linear between the strengths ``at`` and the next one passes a level."""
    return float(true[at] + (level - limit[at]) / (limit[at + 1] - limit[at]) * (true[at + 1] - true[at]))
