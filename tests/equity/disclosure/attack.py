"""An attacker who knows all that is shown: by linear programmes, the least and the most that each hidden count can be."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import lil_array

from equity.disclosure.facts import Facts, Release
from equity.disclosure.protect import Promise

Interval = tuple[float, float]


def solved(release: Release, facts: Facts, cells: Sequence[int], more: Mapping[int, Interval] | None = None) -> dict[int, Interval]:
    """What linear programmes over all cells leave of each of ``cells``; ``more`` is what the attacker knows besides."""
    sums, orders, box = _matrices(release, facts, more)
    found: dict[int, Interval] = {}
    for cell in cells:
        ends: list[float] = []
        for sign in (1, -1):
            aim = np.zeros(facts.cells)
            aim[cell] = sign
            given = {"A_eq": sums, "b_eq": np.zeros(sums.shape[0])} if sums.shape[0] else {}
            given |= {"A_ub": orders, "b_ub": np.zeros(orders.shape[0])} if orders.shape[0] else {}
            end = linprog(aim, bounds=box, method="highs", **given)
            assert end.status in {0, 3}, end.message  # solved, or without an end
            ends.append(sign * end.fun if end.status == 0 else math.inf)
        found[cell] = (ends[0], ends[1])
    return found


def solved_whole(release: Release, facts: Facts, cell: int) -> Interval:
    """The same over whole numbers only, as counts of people are."""
    sums, orders, box = _matrices(release, facts, None)
    both = [LinearConstraint(sums, 0, 0)] * bool(sums.shape[0]) + [LinearConstraint(orders, -np.inf, 0)] * bool(orders.shape[0])
    ends: list[float] = []
    for sign in (1, -1):
        aim = np.zeros(facts.cells)
        aim[cell] = sign
        low, high = np.array(box, float).T
        high = np.minimum(high, 1e6)  # an end is needed; none of these tables comes near it
        end = milp(aim, constraints=both, bounds=Bounds(low, high), integrality=np.ones(facts.cells))
        assert end.status == 0, end.message
        ends.append(round(sign * end.fun))
    return ends[0], ends[1]


def broken(release: Release, facts: Facts, more: Mapping[int, Interval] | None = None) -> dict[int, Interval]:
    """The hidden cells whose range is narrower than was promised."""
    promise = Promise(release.rule)
    hidden = [cell for cell, manner in enumerate(release.manner) if manner.hidden]
    found = solved(release, facts, hidden, more)
    return {cell: (low, high) for cell, (low, high) in found.items() if high - low < promise.width(release.manner[cell]) - 1e-6}


def recovered(release: Release, facts: Facts, counts: Sequence[int]) -> list[int]:
    """The hidden cells whose count is known for certain; it is the true one."""
    hidden = [cell for cell, manner in enumerate(release.manner) if manner.hidden]
    found = solved(release, facts, hidden)
    sure = [cell for cell, (low, high) in found.items() if math.floor(high + 1e-6) == math.ceil(low - 1e-6)]
    assert all(math.ceil(found[cell][0] - 1e-6) == counts[cell] for cell in sure)
    return sure


def _matrices(release: Release, facts: Facts, more: Mapping[int, Interval] | None) -> tuple[Any, Any, list[Interval]]:
    sums, orders = lil_array((len(facts.sums), facts.cells)), lil_array((len(facts.orders), facts.cells))
    for row, one in enumerate(facts.sums):
        sums[row, one.total] = -1
        for part in one.parts:
            sums[row, part] = 1
    for row, order in enumerate(facts.orders):
        orders[row, order.smaller], orders[row, order.larger] = 1, -1
    box = [release.interval(cell) for cell in range(facts.cells)]
    for cell, (low, high) in (more or {}).items():
        box[cell] = max(box[cell][0], low), min(box[cell][1], high)
    return sums.tocsr(), orders.tocsr(), box
