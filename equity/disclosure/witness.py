"""Other tables of whole numbers that would have been published as exactly the same figures: the proof that a cell is safe.

A cell that is 0 in one such table and 4 in another could have been any of the two, whoever looks and with whatever method. The
tables are found by a mixed-integer programme (scipy's HiGHS: counts that hang together over groups, sites, periods and
indicators are a general system of equations, which a search of our own did not solve). Whether a table really agrees with what
is published is then checked by plain whole-number arithmetic, so that no proof rests on the solver.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_array, csr_array, eye_array

from equity.disclosure.facts import Facts, contradictions

Interval = tuple[float, float]
Witness = list[int]
SECONDS = 20.0  # for one programme; the best that was found by then is used, or more is hidden
_LIMIT = {"time_limit": SECONDS}
_block: Any = block_array  # scipy ships no types


def _numbers(values: Sequence[float]) -> Any:
    return np.array(values, float)


def _joined(*parts: Any) -> Any:
    return np.concatenate(parts)


def _ends(intervals: Sequence[Interval]) -> Any:
    return np.array(intervals, float).T.copy()


class Witnesses:
    """Finds tables that agree with the facts, and with the interval of every cell or, at a cost, with all but a few."""

    def __init__(self, facts: Facts, counts: Sequence[int]) -> None:
        self.facts, self.counts = facts, counts
        sums = [({**dict.fromkeys(one.parts, 1.0), one.total: -1.0}, 0.0) for one in facts.sums]
        orders = [({one.smaller: 1.0, one.larger: -1.0}, -math.inf) for one in facts.orders]
        rows = [*sums, *orders]
        entries = [(row, cell, sign) for row, (signs, _) in enumerate(rows) for cell, sign in signs.items()]
        row, cell, sign = (list(column) for column in zip(*entries, strict=True)) if entries else ([], [], [])
        self.equations: Any = csr_array((sign, (row, cell)), shape=(len(rows), facts.cells))
        self.least = _numbers([low for _, low in rows])

    def extreme(self, aims: Mapping[int, float], intervals: Sequence[Interval]) -> Witness | None:
        """A table within all intervals in which the sum of ``aims`` (cell -> weight) is as small as can be."""
        aim = np.zeros(self.facts.cells)
        for cell, weight in aims.items():
            aim[cell] = weight
        low, high = _ends(intervals)
        constraint = LinearConstraint(self.equations, self.least, 0)
        return self._whole(milp(aim, constraints=constraint, bounds=Bounds(low, high), integrality=np.ones(len(aim)), options=_LIMIT))

    def cheapest(self, cell: int, at: int, intervals: Sequence[Interval], costs: Mapping[int, float]) -> Witness | None:
        """A table in which ``cell`` is ``at`` and the cells of ``costs`` are as little outside their intervals as can be,
        each step weighed by its cost; all others are within theirs. None where there is none."""
        soft, cells = sorted(costs), self.facts.cells
        low, high = _ends(intervals)
        held_low, held_high = low[soft].copy(), high[soft].copy()
        low[soft], high[soft] = 0, math.inf
        low[cell] = high[cell] = at
        size = len(soft)
        pick = csr_array((np.ones(size), (np.arange(size), soft)), shape=(size, cells))
        matrix = _block([[self.equations, None, None], [pick, eye_array(size), -eye_array(size)]], format="csr")
        weights = _numbers([costs[one] for one in soft])
        found = milp(
            _joined(np.zeros(cells), weights, weights),
            constraints=LinearConstraint(matrix, _joined(self.least, held_low), _joined(np.zeros(len(self.least)), held_high)),
            bounds=Bounds(_joined(low, np.zeros(2 * size)), _joined(high, np.full(2 * size, math.inf))),
            integrality=_joined(np.ones(cells), np.zeros(2 * size)),
            options=_LIMIT,
        )
        return self._whole(found)

    def _whole(self, found: Any) -> Witness | None:
        if found.x is None:
            return None
        table: Witness = [round(one) for one in found.x[: self.facts.cells].tolist()]
        return table if min(table) >= 0 and not contradictions(self.facts, table) else None


def outside(table: Witness, intervals: Sequence[Interval]) -> list[int]:
    """The cells that are not within their intervals."""
    return [cell for cell, (low, high) in enumerate(intervals) if not low <= table[cell] <= high]
