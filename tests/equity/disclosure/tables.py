"""Random tables of counts as a trust has them, from the people up: sites, groups within groups, periods that build up, a
numerator with its complement, and a second indicator with the same base."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from equity.disclosure.facts import AtMost, Facts, Sum


@dataclass(frozen=True)
class Table:
    """Counts and what is known of them; ``totals`` are the cells that a naive release would print exactly."""

    counts: tuple[int, ...]
    facts: Facts
    totals: frozenset[int]
    names: tuple[tuple[object, ...], ...]

    @property
    def naive(self) -> Facts:
        """The same with totals printed exactly."""
        return replace(self.facts, public=self.totals)


KINDS = {"base": (1, 1, 1), "recovered": (1, 0, 0), "not_recovered": (0, 1, 1), "improved": (1, 1, 0)}
MOST_CELLS = 120


def random_table(seed: int) -> Table:
    """One to three sites and their trust; two to four upper groups of one to four; one to three quarters and the year to date;
    up to four counts of the same people. A table that would be too large to try a thousand of is drawn again."""
    rng = np.random.default_rng(seed)
    table = _draw(rng)
    while len(table.counts) > MOST_CELLS:
        table = _draw(rng)
    return table


def _draw(rng: np.random.Generator) -> Table:
    sites, periods = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    kinds = dict(list(KINDS.items())[: int(rng.integers(1, 5))])
    shape = [int(size) for size in rng.integers(1, 5, size=int(rng.integers(2, 5)))]
    leaves = [(upper, part) for upper, size in enumerate(shape) for part in range(size)]
    sizes = rng.gamma(0.8, rng.uniform(4, 40), size=len(leaves))
    atoms: dict[tuple[int, int, tuple[int, int]], np.ndarray] = {}
    share = rng.dirichlet([2, 2, 1])  # recovered, improved but not recovered, neither
    for site, quarter, leaf in product(range(sites), range(periods), leaves):
        people = rng.poisson(sizes[leaves.index(leaf)] * rng.uniform(0.5, 1.5) / periods)
        atoms[site, quarter, leaf] = rng.multinomial(people, share)
    places: list[object] = [*range(sites), "trust"] if sites > 1 else [0]
    times: list[object] = [*range(periods), *[f"to {quarter}" for quarter in range(1, periods)]]
    groups: list[object] = ["all", *range(len(shape)), *leaves]
    names: list[tuple[object, ...]] = list(product(kinds, places, times, groups))
    number: dict[tuple[object, ...], int] = {name: turn for turn, name in enumerate(names)}

    def count(kind: object, place: object, time: object, group: object) -> int:
        total = 0
        for (site, quarter, leaf), people in atoms.items():
            there = place in {"trust", site} and (time == quarter or (isinstance(time, str) and quarter <= int(time[3:])))
            if there and group in ("all", leaf[0], leaf):
                total += int(np.dot(people, kinds[str(kind)]))
        return total

    sums: list[Sum] = []
    orders: list[AtMost] = []
    for kind, place, time in product(kinds, places, times):
        at = {group: number[kind, place, time, group] for group in groups}
        sums.append(Sum(at["all"], tuple(at[upper] for upper in range(len(shape)))))
        sums += [Sum(at[upper], tuple(at[leaf] for leaf in leaves if leaf[0] == upper)) for upper in range(len(shape))]
    for place, time, group in product(places, times, groups):
        at = {kind: number[kind, place, time, group] for kind in kinds}
        if "not_recovered" in kinds:
            sums.append(Sum(at["base"], (at["recovered"], at["not_recovered"])))
        elif "recovered" in kinds:
            orders.append(AtMost(at["recovered"], at["base"]))
        if "improved" in kinds:
            orders += [AtMost(at["improved"], at["base"]), AtMost(at["recovered"], at["improved"])]
    if sites > 1:
        sums += [
            Sum(number[kind, "trust", time, group], tuple(number[kind, site, time, group] for site in range(sites)))
            for kind, time, group in product(kinds, times, groups)
        ]
    for kind, place, group, quarter in product(kinds, places, groups, range(1, periods)):
        before: object = quarter - 1 if quarter == 1 else f"to {quarter - 1}"
        at_first, then, to_date = (number[kind, place, time, group] for time in (before, quarter, f"to {quarter}"))
        sums.append(Sum(to_date, (at_first, then)))
    totals = frozenset(
        turn for turn, (_, place, time, group) in enumerate(names) if group == "all" or place == "trust" or isinstance(time, str)
    )
    counts = tuple(count(*name) for name in names)
    return Table(counts, Facts(len(names), tuple(sums), tuple(orders)), totals, tuple(names))
