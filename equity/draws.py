"""Random draws of what might have been counted, the same for the same data wherever and in whatever order they stand.

Every stratum uses the same fixed set of normal scores: one row of evenly spread scores for each group (sorted by name),
each row shuffled once (a Latin hypercube). So a stratum's draws depend on its own rows alone: not on the order of rows,
not on the other strata, not on the machine. Counts below 10 come from the exact Poisson or binomial distribution, larger
ones from the Cornish-Fisher expansion, whose third moment is right too.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
from scipy import special

from equity.limits import Floats, Integers
from equity.rates import EXACT_BELOW

SEED = 1948
"""Of every shuffle and stream here; the year in which the NHS began."""

BLOCK = 5_000
"""Draws that are worked on at a time: so many fit a processor's cache."""

Counted = Literal["proportion", "rate"]


class Scores(NamedTuple):
    """For each group a row of shuffled normal scores, and the shuffle itself."""

    z: Floats
    shuffle: Integers


@lru_cache(maxsize=4)
def scores(groups: int, draws: int) -> Scores:
    """The fixed set for so many groups; a further group changes nothing of the others' rows."""
    even = np.asarray(special.ndtri((np.arange(draws) + 0.5) / draws), dtype=np.float64)
    shuffle = np.stack([np.random.default_rng([SEED, one]).permutation(draws) for one in range(groups)])
    return Scores(even[shuffle], shuffle)


def counted(share: Floats, n: Floats, kind: Counted, draws: int, room: Floats | None = None) -> Iterator[Floats]:
    """Proportions or rates (per one) that samples of groups with these true values would show: (groups, BLOCK) at a time.

    Each block is written over the one before if there is a ``room`` (groups, BLOCK) for it.
    """
    fixed = scores(len(n), draws)
    expected = share * n
    variance = expected * (1 - share) if kind == "proportion" else expected
    spread, skew = (np.sqrt(variance) / n)[:, None], ((1 - 2 * share if kind == "proportion" else 1.0) / (6 * n))[:, None]
    constant = share[:, None] - skew
    few: dict[int, Floats] = {}
    for row in np.flatnonzero(variance < EXACT_BELOW):
        steps = _few(expected[row], draws) if kind == "rate" else _few_of(share[row], n[row], draws)
        few[int(row)] = np.repeat(steps.counts / n[row], steps.levels)
    for start in range(0, draws, BLOCK):
        columns = slice(start, start + BLOCK)
        z = fixed.z[:, columns]
        # share + spread z + skew (z^2 - 1) / 6, as a polynomial in z
        shown = np.multiply(z, skew, out=None if room is None else room[:, : z.shape[1]])
        shown += spread
        shown *= z
        shown += constant
        for row, at_levels in few.items():
            shown[row] = at_levels.take(fixed.shuffle[row, columns])
        yield shown


class _Steps(NamedTuple):
    """Counts, and at how many of the even levels each stands, in order."""

    counts: Floats
    levels: Integers


def _few(expected: float, draws: int) -> _Steps:
    """A Poisson count at each of the even levels."""
    counts = np.arange(int(expected + 9 * expected**0.5 + 12))
    return _steps(counts.astype(np.float64), np.asarray(special.pdtr(counts, expected)), draws)


def _few_of(share: float, n: float, draws: int) -> _Steps:
    """A binomial count at each of the even levels; few of them, or few of the others."""
    if share > 0.5:
        others = _few_of(1 - share, n, draws)
        return _Steps(n - others.counts[::-1], others.levels[::-1])
    expected = share * n
    counts = np.arange(min(int(expected + 9 * expected**0.5 + 12), int(n)) + 1).astype(np.float64)
    below = np.where(counts >= n, 1.0, special.betainc(np.maximum(n - counts, 1e-9), counts + 1, 1 - share))
    return _steps(counts, below, draws)


def _steps(counts: Floats, below: Floats, draws: int) -> _Steps:
    ends = np.minimum((below * draws + 0.5).astype(np.intp), draws)
    ends[-1] = draws
    levels = ends.copy()
    levels[1:] -= ends[:-1]
    return _Steps(counts, levels)


def normal(value: Floats, se: Floats, draws: int, room: Floats | None = None) -> Iterator[Floats]:
    """Values with normal errors, (groups, BLOCK) at a time; ``room`` as of ``counted``."""
    fixed = scores(len(value), draws)
    for start in range(0, draws, BLOCK):
        z = fixed.z[:, start : start + BLOCK]
        shown = np.multiply(z, se[:, None], out=None if room is None else room[:, : z.shape[1]])
        shown += value[:, None]
        yield shown


def truncated_normal(value: Floats, se: Floats, top: float, draws: int) -> Floats:
    """Values with normal errors that stay between nought and ``top``, as the WHO's packages draw them."""
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = special.ndtr(-value / se), special.ndtr((top - value) / se)
    level = special.ndtr(scores(len(value), draws).z)
    drawn = value[:, None] + se[:, None] * special.ndtri(low[:, None] + level * (high - low)[:, None])
    return np.where(se[:, None] > 0, drawn, value[:, None])


def posterior(share: Floats, n: Floats, kind: Counted, draws: int) -> Floats:
    """True values that may lie behind the counts (Jeffreys prior): Gamma for rates, Beta for proportions, (groups, draws)."""
    stream, x = np.random.default_rng(SEED), (share * n)[:, None]
    size = (len(n), draws)
    if kind == "rate":
        return stream.standard_gamma(x + 0.5, size) / n[:, None]
    return stream.beta(x + 0.5, n[:, None] - x + 0.5, size)
