"""A release of many counts at once: what hangs together is protected together, by the strictest rule among its sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from equity.disclosure.facts import Facts, Shown, bounds, components, only
from equity.disclosure.protect import NotProtected, by_rule, protect
from equity.disclosure.rules import Rule


@dataclass(frozen=True, slots=True)
class SafeCount:
    """A count as it may be shown: ``number`` is None where it is hidden; ``lower`` and ``upper`` are what all that is shown leaves."""

    number: int | None
    lower: float
    upper: float
    manner: Shown
    rule: Rule


def safe_counts(counts: Sequence[int], facts: Facts, rules: Sequence[Rule], kept: frozenset[int] = frozenset()) -> list[SafeCount]:
    """One for each count that has a rule, in their order; cells that are never shown come after those and have none.

    ``kept``: cells that an earlier release shows. They are hidden now only where a small count could not be hidden otherwise.
    """
    found: dict[int, SafeCount] = {}
    for cells in components(facts):
        rule = max((rules[cell] for cell in cells if cell < len(rules)), key=lambda one: one.hidden_up_to)
        mine, own = [counts[cell] for cell in cells], only(facts, cells)
        if len(cells) == 1:
            release = by_rule(mine, own, rule)
        else:
            try:
                release = protect(mine, own, rule, frozenset(turn for turn, cell in enumerate(cells) if cell in kept))
            except NotProtected:
                release = protect(mine, own, rule)
        for cell, number, manner, (low, high) in zip(cells, release.figure, release.manner, bounds(release, own), strict=True):
            found[cell] = SafeCount(number, low, high, manner, rule)
    return [found[cell] for cell in range(len(rules))]
