"""What of a table of counts may be shown, so that no hidden count can be worked out from the rest.

First the rule: small counts are hidden, the others rounded. Then for every hidden count two tables of whole numbers are found
that agree with all that is shown (``equity.disclosure.witness``): one in which it is nought, and one in which it is the most
that the rule hides. Where there is none, the table that is nearest to agreeing names the further cells to hide; figures of few
people are given up before figures of many. Hiding more only widens what is possible, so no cell has to be looked at twice.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from equity.disclosure.facts import Facts, Release, Shown, contradictions
from equity.disclosure.rules import Rule
from equity.disclosure.witness import Witness, Witnesses, outside


class NotProtected(ValueError):
    """A hidden count can be worked out whatever else is hidden, so nothing may be released."""

    def __init__(self, cell: int) -> None:
        super().__init__(f"cell {cell} can be worked out from what must stay shown")
        self.cell = cell


@dataclass(frozen=True, slots=True)
class Promise:
    """How wide what is possible stays: for a small count all that the rule hides; for another hidden one as wide as rounding."""

    rule: Rule

    def width(self, manner: Shown) -> int:
        """How far the ends of what is possible are apart at least."""
        return self.rule.hidden_up_to if manner is Shown.SMALL else self.rule.nearest - 1


def by_rule(counts: Sequence[int], facts: Facts, rule: Rule) -> Release:
    """Small counts hidden, the others rounded, and no more: not safe by itself."""
    return _release(counts, [_manner(cell, count, facts, rule) for cell, count in enumerate(counts)], rule)


def protect(counts: Sequence[int], facts: Facts, rule: Rule, kept: frozenset[int] = frozenset()) -> Release:
    """A release in which every hidden cell keeps its promise. ``kept``: cells that were shown before and so cannot be hidden.

    Raises ValueError where the facts do not hold of the counts, and NotProtected where nothing more can be hidden.
    """
    wrong = contradictions(facts, counts)
    if wrong:
        raise ValueError(f"{wrong[0]} does not hold of the counts")
    table = _Table(counts, facts, rule, kept)
    table.look_at_all()
    while waiting := table.waiting():
        table.see_to(waiting[0])
    return table.release()


class _Table:
    """How each cell is shown so far, and the least and the most that was found possible of it."""

    def __init__(self, counts: Sequence[int], facts: Facts, rule: Rule, kept: frozenset[int]) -> None:
        self.counts, self.facts, self.rule, self.kept = counts, facts, rule, kept
        self.witnesses = Witnesses(facts, counts)
        self.manner = list(by_rule(counts, facts, rule).manner)
        self.least, self.most = list(counts), list(counts)

    def release(self) -> Release:
        return _release(self.counts, self.manner, self.rule)

    def intervals(self) -> list[tuple[float, float]]:
        release = self.release()
        return [release.interval(cell) for cell in range(self.facts.cells)]

    def look_at_all(self) -> None:
        """Two tables at once for most cells: all small counts as small, and as large, as can be."""
        hidden = [cell for cell, manner in enumerate(self.manner) if manner.hidden]
        for weight in (1.0, -1.0) if hidden else ():
            found = self.witnesses.extreme(dict.fromkeys(hidden, weight), self.intervals())
            if found is not None:
                self._learn(found)

    def waiting(self) -> list[int]:
        """The hidden cells that do not keep their promise yet."""
        promise = Promise(self.rule)
        hidden = (cell for cell, manner in enumerate(self.manner) if manner.hidden)
        return [cell for cell in hidden if self.most[cell] - self.least[cell] < promise.width(self.manner[cell])]

    def see_to(self, cell: int) -> None:
        """Find the tables that a cell needs, and hide what stands in their way."""
        width = Promise(self.rule).width(self.manner[cell])
        if self.manner[cell] is Shown.SMALL:
            done = self._possible(cell, 0) and self._possible(cell, width)
        else:
            done = self._possible(cell, self.most[cell] - width) or self._possible(cell, self.least[cell] + width)
        if not done:
            raise NotProtected(cell)

    def _possible(self, cell: int, end: int) -> bool:
        """Make it possible that a cell is ``end``; whether that can be done."""
        if self.least[cell] <= end <= self.most[cell]:
            return True
        intervals = self.intervals()
        found = self.witnesses.cheapest(cell, end, intervals, self._costs()) if end >= 0 else None
        if found is None:
            return False
        for stands_in_the_way in outside(found, intervals):
            self.manner[stands_in_the_way] = Shown.OPEN
        self._learn(found)
        return True

    def _costs(self) -> dict[int, float]:
        """What it costs to hide each cell that may be hidden: more for more people."""
        hideable = (cell for cell, manner in enumerate(self.manner) if manner is Shown.ROUNDED and cell not in self.kept)
        return {cell: 1 + math.log(1 + self.counts[cell]) for cell in hideable}

    def _learn(self, table: Witness) -> None:
        assert not outside(table, self.intervals()), "the table does not agree with what is shown"
        self.least = [min(pair) for pair in zip(self.least, table, strict=True)]
        self.most = [max(pair) for pair in zip(self.most, table, strict=True)]


def _manner(cell: int, count: int, facts: Facts, rule: Rule) -> Shown:
    if cell in facts.unseen:
        return Shown.UNSEEN
    if cell in facts.public:
        return Shown.PUBLIC
    return Shown.SMALL if rule.hides(count) else Shown.ROUNDED


def _release(counts: Sequence[int], manner: Sequence[Shown], rule: Rule) -> Release:
    shown = {Shown.ROUNDED: rule.rounded, Shown.PUBLIC: int}
    figures = tuple(shown[how](count) if how in shown else None for count, how in zip(counts, manner, strict=True))
    return Release(rule, tuple(manner), figures)
