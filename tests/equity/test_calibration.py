from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from equity import calibration
from equity.dispersion import NAMES, Best, Setting, measured

SIZES = np.array([2000.0, 300, 150, 80, 40])
SETTING = Setting(SIZES / SIZES.sum(), Best(highest=True), 0)
DISPERSION = [NAMES.index(name) for name in ("spread", "mdm_weighted", "mdm_unweighted", "mdb_weighted", "mdr_weighted", "theil")]


def covered(kind: Any, share: Any, samples: int = 400) -> np.ndarray[Any, Any]:
    """In which share of samples each interval holds the true value."""
    rng, true = np.random.default_rng(21), measured(share[:, None], SETTING)[:, 0]
    hits = np.zeros(len(NAMES))
    for _ in range(samples):
        x = rng.poisson(share * SIZES) if kind == "rate" else rng.binomial(SIZES.astype(int), share)
        interval = calibration.of_counts(x / SIZES, SIZES, kind, SETTING, 1000, 0.95)
        hits += (interval.lower <= true + 1e-9) & (true - 1e-9 <= interval.upper)
    return hits[DISPERSION] / samples


@pytest.mark.parametrize(("kind", "rate"), [("rate", 0.02), ("proportion", 0.4)])
@pytest.mark.parametrize("apart", [0.0, 0.25])
def test_intervals_hold_the_truth_in_95_of_100_samples_also_where_all_groups_are_equal(kind: Any, rate: float, apart: float) -> None:
    share = rate * np.exp(apart * np.array([0.1, -1, 0.5, 1, -0.5]))
    assert covered(kind, share) == pytest.approx(np.full(len(DISPERSION), 0.95), abs=0.045)


def test_values_with_errors_have_intervals_too() -> None:
    rng, true_values = np.random.default_rng(22), np.array([10.0, 11, 9, 12, 10])
    se, hits = np.array([0.3, 0.5, 1.0, 1.0, 2.0]), 0
    true = measured(true_values[:, None], SETTING)[0, 0]
    for _ in range(300):
        interval = calibration.of_values(true_values + se * rng.standard_normal(5), se, SETTING, 1000, 0.95)
        hits += interval.lower[0] <= true <= interval.upper[0]
    assert hits / 300 == pytest.approx(0.95, abs=0.04)


def test_an_interval_leaves_out_nought_exactly_when_the_estimate_is_rarer_than_5_in_100_among_equal_groups() -> None:
    rng = np.random.default_rng(23)
    share = np.array([0.1, 0.11, 0.09, 0.12, 0.1])
    agreed = 0
    for _ in range(60):
        x = rng.binomial(SIZES.astype(int), share) / SIZES
        estimate, common = measured(x[:, None], SETTING)[0, 0], float(x @ SIZES / SIZES.sum())
        repeats = measured(rng.binomial(SIZES.astype(int)[:, None], common, (5, 20_000)) / SIZES[:, None], SETTING)[0]
        p = (repeats >= estimate).mean()
        lower = calibration.of_counts(x, SIZES, "proportion", SETTING, 10_000, 0.95).lower[0]
        agreed += (lower > 0) == (p < 0.05) or abs(p - 0.05) < 0.005
    assert agreed == 60


def test_measures_are_the_same_wherever_they_are_worked_out() -> None:
    values = np.random.default_rng(23).random((5, 40))
    out, room = np.zeros((len(NAMES), 50)), np.full((2, 5, 50), 7.0)
    measured(values, SETTING, out[:, 10:], room)
    assert out[:, 10:] == pytest.approx(measured(values, SETTING), rel=1e-12)
    assert not out[:, :10].any()
