"""Which gaps of a whole page stand out: every comparison counts as a look, and how many people a gap is about ranks it.

The p-value of a gap is one minus the highest level at which its interval leaves out nought (``equity.mover``), so that a
single gap is clear exactly when p is below 5%. A page looks at many: of the gaps that stand out at most 5 in 100 are expected
to be chance (Benjamini and Hochberg 1995, ``equity.multiplicity``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from equity.gaps import extra_people
from equity.limits import Linear
from equity.mover import p_value
from equity.multiplicity import benjamini_hochberg
from equity.rates import z_value
from equity.standing import Compared, Reading, Standing
from equity.wording import Wording

LEVEL = 0.05
CERTAINTY = ((0.001, "almost certainly not chance"), (0.01, "very unlikely to be chance"), (LEVEL, "unlikely to be chance"))


@dataclass(frozen=True, slots=True)
class Look:
    """One indicator at one place in one period, as it is looked at. ``when``: "In 2024-25"."""

    id: str
    words: Wording
    when: str
    place: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Gap:
    """A group beside its reference: ``people`` is how many it is about (None where that is not known), ``adjusted`` its p-value
    held to account for every comparison of the page."""

    look: Look
    compared: Compared
    reference: Reading
    people: float | None
    p: float
    adjusted: float

    @property
    def certainty(self) -> str:
        """How sure it is that the gap is more than chance, in words."""
        return next((words for level, words in CERTAINTY if self.adjusted <= level), "could be chance")

    @property
    def clear(self) -> bool:
        """Whether the gap is clear even allowing for how many were looked at."""
        return self.adjusted <= LEVEL

    @property
    def worse(self) -> bool:
        return self.compared.judgement == "worse"


def gaps_of(looks: Sequence[Look]) -> list[Gap]:
    """Every comparison that has an interval, in the order of the looks."""
    pairs = [
        (look, one, look.standing.reference)
        for look in looks
        for one in look.standing.compared
        if look.standing.reference is not None and one.comparison.difference.lower is not None
    ]
    if not pairs:
        return []
    p = p_value(
        np.array([one.comparison.difference.value for _, one, _ in pairs]),
        _law([one.reading for _, one, _ in pairs]),
        _law([reference for *_, reference in pairs]),
    )
    adjusted = pl.DataFrame({"p": p}).select(benjamini_hochberg(pl.col("p"))).to_series()
    return [
        Gap(look, one, reference, _people(look.words, one.reading, reference), float(p[at]), float(adjusted[at]))
        for at, (look, one, reference) in enumerate(pairs)
    ]


def _law(readings: Sequence[Reading]) -> Linear:
    estimates = [one.estimate for one in readings if one.estimate is not None]
    rows = [(one.value, one.lower, one.upper) for one in estimates]
    value, lower, upper = np.array(rows, dtype=np.float64).T
    return Linear(value, lower, upper, z_value())


def _people(words: Wording, group: Reading, reference: Reading) -> float | None:
    extra = extra_people(words, group, reference)
    return None if extra is None else abs(extra)


# ------------------------------------------------------------------------------------------------------------- The order


def _by_people(gap: Gap) -> tuple[float, float]:
    return (-(gap.people if gap.people is not None else -1.0), gap.adjusted)


def _by_certainty(gap: Gap) -> tuple[float, float]:
    return (gap.p, -(gap.people or 0.0))


ORDERS: Mapping[str, Callable[[Gap], tuple[float, float]]] = {"people": _by_people, "certainty": _by_certainty}


def stand_out(gaps: Sequence[Gap], order: str = "people") -> list[Gap]:
    """The gaps for the worse that are clear even allowing for how many were looked at, those about most people first, or the
    surest; equal ones in the order in which they were given."""
    return sorted((one for one in gaps if one.worse and one.clear), key=ORDERS[order])
