"""Roots by bisection, for the slow and obvious implementations that tests compare with."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from scipy import optimize


def root(function: Callable[[float], float], low: float, high: float, xtol: float = 2e-12) -> float:
    """Where a function that changes sign between ``low`` and ``high`` is nought."""
    return cast(float, optimize.brentq(function, low, high, xtol=xtol))
