"""Where each ethnic group stands beside the reference group: who is compared, and which gap is told first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from equity.cells import CellState
from equity.comparison import Comparison, Estimate, Finding, Polarity, compare, judgement

Judgement = Literal["better", "worse", "neither"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One group's figure: ``name`` as in a table (Asian), ``people`` as in a sentence (people from Asian groups).

    ``base`` is the denominator in people; ``events`` the numerator, where it is known.
    """

    code: str
    name: str
    people: str
    state: CellState
    estimate: Estimate | None = None
    base: float | None = None
    events: float | None = None

    @property
    def sure(self) -> bool:
        """Whether there is a figure and enough people behind it to be compared."""
        return self.estimate is not None and self.state in {CellState.OBSERVED, CellState.TRUE_ZERO}


@dataclass(frozen=True, slots=True)
class Compared:
    """A group beside its reference."""

    reading: Reading
    comparison: Comparison
    judgement: Judgement

    @property
    def clear(self) -> bool:
        return self.comparison.finding in {Finding.HIGHER, Finding.LOWER}


@dataclass(frozen=True, slots=True)
class Standing:
    """All groups of one indicator, place and period beside one reference."""

    readings: tuple[Reading, ...]
    reference: Reading | None
    compared: tuple[Compared, ...]
    first: Compared | None

    @property
    def clear(self) -> tuple[Compared, ...]:
        return tuple(one for one in self.compared if one.clear)

    def of(self, code: str) -> Compared | None:
        """The comparison of a group, None where it has none."""
        return next((one for one in self.compared if one.reading.code == code), None)


def stand(readings: Sequence[Reading], reference_code: str, polarity: Polarity, comparable: bool = True) -> Standing:
    """Compare every group whose figure is sure; ``first`` is the largest clear gap for the worse.

    Without a polarity no difference is better or worse, and the largest clear one comes first.
    """
    reference = next((one for one in readings if one.code == reference_code), None)
    if reference is None or reference.estimate is None or not reference.sure or not comparable:
        return Standing(tuple(readings), reference, (), None)
    compared: list[Compared] = []
    for one in readings:
        if one.code != reference_code and one.sure and one.estimate is not None:
            comparison = compare(one.estimate, reference.estimate)
            compared.append(Compared(one, comparison, judgement(comparison.finding, polarity)))
    told = [one for one in compared if one.clear and (one.judgement == "worse" or polarity == "neutral")]
    first = min(told, key=_widest_first, default=None)
    return Standing(tuple(readings), reference, tuple(compared), first)


def _widest_first(one: Compared) -> tuple[float, str]:
    """By absolute gap, then by the group's name, so that equal gaps always come in the same order."""
    return (-math.fabs(one.comparison.difference.value), one.reading.name)
