"""Each group's share of what is counted beside its share of the people who live there: is it larger than its size would give?

The share of cases is a group's count over all that was counted, also over those whose ethnicity is not known, with Wilson's
interval. Rounding, hidden counts and unknown ethnicity leave a range: a group has at least its own least count, and at most all
that is not for certain of another group. A share is called larger only if Wilson's lower limit at the least is above the share
of residents, smaller only if the upper limit at the most is below it; so no way to spread unknown ethnicity could overturn it.
The share of residents is of a census, and has no interval.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from equity.cells import CellState
from equity.comparison import Estimate, Finding
from equity.rates import wilson


@dataclass(frozen=True, slots=True)
class Count:
    """How many of what is counted: as published (None where that is not shown), and the least and the most that it can be."""

    number: float | None
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Member:
    """A group: ``name`` as in a table, ``people`` as in a sentence, its count, and its share of residents in every 100."""

    code: str
    name: str
    people: str
    state: CellState
    count: Count
    residents: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """A group's share of cases in every 100, None where its count is not shown, and how it compares with its share of residents."""

    member: Member
    cases: Estimate | None
    finding: Finding

    @property
    def clear(self) -> bool:
        return self.finding in {Finding.HIGHER, Finding.LOWER}

    @property
    def open(self) -> bool:
        """Whether the share as it stands differs clearly, but rounding and unknown ethnicity could account for that."""
        gap = self.difference
        apart = gap is not None and gap.lower is not None and gap.upper is not None and (gap.lower > 0 or gap.upper < 0)
        return apart and self.finding is Finding.NO_CLEAR_DIFFERENCE

    @property
    def difference(self) -> Estimate | None:
        """Share of cases less share of residents, in every 100."""
        residents = self.member.residents
        return None if self.cases is None or residents is None else _each(self.cases, lambda share: share - residents)

    @property
    def ratio(self) -> Estimate | None:
        """Share of cases over share of residents."""
        residents = self.member.residents
        return _each(self.cases, lambda share: share / residents) if self.cases is not None and residents else None


def _each(one: Estimate, change: Callable[[float], float]) -> Estimate:
    assert one.lower is not None
    assert one.upper is not None
    return Estimate(change(one.value), change(one.lower), change(one.upper))


def shares(members: Sequence[Member], whole: Count) -> list[Share]:
    """The share of each group, in the order given; ``whole`` is all that was counted, and its number is known."""
    assert whole.number, "nothing was counted"
    least = sum(one.count.lower for one in members)
    counts = [(one.count.number, one.count.lower, max(whole.upper - least, 0.0) + one.count.lower) for one in members]
    point, ends = wilson(pl.col("number"), pl.lit(whole.number)), pl.lit(whole.upper)
    found = pl.DataFrame(counts, schema=dict.fromkeys(("number", "least", "most"), pl.Float64), orient="row").select(
        value=100 * pl.col("number") / whole.number,
        lower=point.lower,
        upper=point.upper,
        lowest=wilson(pl.col("least"), ends).lower,
        highest=wilson(pl.col("most").clip(upper_bound=whole.upper), ends).upper,
    )
    return [_share(one, *row) for one, row in zip(members, found.iter_rows(), strict=True)]


def _share(one: Member, value: float | None, lower: float | None, upper: float | None, lowest: float, highest: float) -> Share:
    if value is None:
        return Share(one, None, Finding.CANNOT_SAY)
    sure = one.residents is not None and one.state in {CellState.OBSERVED, CellState.TRUE_ZERO}
    if one.residents is None or not sure:
        finding = Finding.CANNOT_SAY
    elif lowest > one.residents:
        finding = Finding.HIGHER
    else:
        finding = Finding.LOWER if highest < one.residents else Finding.NO_CLEAR_DIFFERENCE
    return Share(one, Estimate(value, lower, upper), finding)
