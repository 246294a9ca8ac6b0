"""What anyone who reads a release knows of the counts behind it: how they add up, and what each can have been.

The defence (``equity.disclosure.protect``) and the attack that tests it (a linear programme) both start from here and share
nothing else. A cell is a count, named by its place in the list of counts. One that is never shown, such as the people of a
total who are in none of its parts, is a cell as well.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from equity.disclosure.rules import Rule


@dataclass(frozen=True, slots=True)
class Sum:
    """The total is the sum of its parts; with one part: the two are the same count."""

    total: int
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AtMost:
    """One count is never more than another: a part and its whole, a month and the year to date."""

    smaller: int
    larger: int


@dataclass(frozen=True, slots=True)
class Facts:
    """The counts of ``cells`` cells and how they hang together. ``public``: shown exactly whatever the rule; ``unseen``: never shown."""

    cells: int
    sums: tuple[Sum, ...] = ()
    orders: tuple[AtMost, ...] = ()
    public: frozenset[int] = frozenset()
    unseen: frozenset[int] = frozenset()


class Shown(StrEnum):
    """How a cell stands in a release."""

    ROUNDED = "rounded"
    PUBLIC = "public"
    SMALL = "small"  # hidden, and it is told that it is small
    OPEN = "open"  # hidden to protect others: nothing is told of it
    UNSEEN = "unseen"

    @property
    def hidden(self) -> bool:
        """Whether a star stands in its place."""
        return self in {Shown.SMALL, Shown.OPEN}


@dataclass(frozen=True, slots=True)
class Release:
    """How each cell is shown, and its figure where it is (None where it is hidden or never shown)."""

    rule: Rule
    manner: tuple[Shown, ...]
    figure: tuple[int | None, ...]

    def interval(self, cell: int) -> tuple[float, float]:
        """The least and the most that this cell's own entry allows, without what follows from the others."""
        figure = self.figure[cell]
        match self.manner[cell]:
            case Shown.SMALL:
                return 0, self.rule.hidden_up_to
            case Shown.ROUNDED if figure is not None:
                return self.rule.possible(figure)
            case Shown.PUBLIC if figure is not None:
                return figure, figure
            case _:
                return 0, math.inf


def contradictions(facts: Facts, counts: Sequence[int]) -> list[Sum | AtMost]:
    """The facts that do not hold of these counts."""
    sums = [one for one in facts.sums if counts[one.total] != sum(counts[part] for part in one.parts)]
    return [*sums, *(one for one in facts.orders if counts[one.smaller] > counts[one.larger])]


def components(facts: Facts) -> list[list[int]]:
    """The cells that hang together, each list in order: what is shown of one says nothing of another."""
    root = list(range(facts.cells))

    def find(cell: int) -> int:
        while root[cell] != cell:
            root[cell] = cell = root[root[cell]]
        return cell

    links = [(one.total, part) for one in facts.sums for part in one.parts] + [(one.smaller, one.larger) for one in facts.orders]
    for one, other in links:
        root[find(one)] = find(other)
    found: dict[int, list[int]] = {}
    for cell in range(facts.cells):
        found.setdefault(find(cell), []).append(cell)
    return list(found.values())


def only(facts: Facts, cells: Sequence[int]) -> Facts:
    """The facts of these cells, a whole component, numbered from nought in the order given."""
    turn = {cell: number for number, cell in enumerate(cells)}
    sums = tuple(Sum(turn[one.total], tuple(turn[part] for part in one.parts)) for one in facts.sums if one.total in turn)
    orders = tuple(AtMost(turn[one.smaller], turn[one.larger]) for one in facts.orders if one.smaller in turn)
    public, unseen = (frozenset(turn[cell] for cell in some if cell in turn) for some in (facts.public, facts.unseen))
    return Facts(len(cells), sums, orders, public, unseen)


def bounds(release: Release, facts: Facts) -> list[tuple[float, float]]:
    """What each cell can have been, as far as one sum or order after the other tells; anyone can work this out."""
    ends = [list(release.interval(cell)) for cell in range(facts.cells)]
    for _ in range(_ROUNDS):
        for order in facts.orders:
            ends[order.smaller][1] = min(ends[order.smaller][1], ends[order.larger][1])
            ends[order.larger][0] = max(ends[order.larger][0], ends[order.smaller][0])
        for one in facts.sums:
            low, high = (sum(ends[part][side] for part in one.parts) for side in (0, 1))
            total = ends[one.total]
            total[0], total[1] = max(total[0], low), min(total[1], high)
            for part in one.parts:
                ends[part][1] = min(ends[part][1], total[1] - (low - ends[part][0]))
                if math.isfinite(high):
                    ends[part][0] = max(ends[part][0], total[0] - (high - ends[part][1]))
                low, high = (sum(ends[other][side] for other in one.parts) for side in (0, 1))
    return [(low, high) for low, high in ends]


_ROUNDS = 3
