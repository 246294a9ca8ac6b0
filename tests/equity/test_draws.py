from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from equity.draws import counted, normal, posterior, scores, truncated_normal

DRAWS = 20_000
N = np.array([50_000.0, 900.0, 60.0, 20.0, 33.5])
SHARE = np.array([0.004, 0.3, 0.02, 0.97, 0.5])


def drawn(kind: Any, share: np.ndarray[Any, Any] = SHARE, n: np.ndarray[Any, Any] = N, draws: int = DRAWS) -> np.ndarray[Any, Any]:
    return np.concatenate(list(counted(share, n, kind, draws)), axis=1)


@pytest.mark.parametrize("kind", ["rate", "proportion"])
def test_counts_have_the_mean_spread_and_skew_of_their_distribution(kind: Any) -> None:
    x = drawn(kind) * N[:, None]
    expected = SHARE * N
    variance = expected if kind == "rate" else expected * (1 - SHARE)
    skew = 1 / np.sqrt(expected) if kind == "rate" else (1 - 2 * SHARE) / np.sqrt(variance)
    assert x.mean(axis=1) == pytest.approx(expected, rel=0.01)
    assert x.var(axis=1) == pytest.approx(variance, rel=0.05)
    assert stats.skew(x, axis=1) == pytest.approx(skew, abs=0.05)


@pytest.mark.parametrize("kind", ["rate", "proportion"])
def test_few_events_have_exactly_the_chances_of_their_distribution(kind: Any) -> None:
    share, n = np.array([0.001, 0.03, 0.2, 0.9]), np.array([20.0, 60.0, 30.0, 40.0])
    for row, (p, people) in zip(drawn(kind, share, n) * n[:, None], zip(share, n, strict=True), strict=True):
        if kind == "rate" and p == 0.9:
            continue
        counts, seen = np.unique(row.round(9), return_counts=True)
        chance = stats.poisson.pmf(counts, p * people) if kind == "rate" else stats.binom.pmf(counts, people, p)
        assert (counts == np.round(counts)).all()
        assert seen / DRAWS == pytest.approx(chance, abs=1.5 / DRAWS)


def test_counts_never_leave_what_is_possible() -> None:
    share, n = np.array([0.0, 1e-9, 0.5, 1 - 1e-9, 1.0]), np.array([1.0, 20.0, 1.0, 20.0, 7.0])
    for kind in ("rate", "proportion"):
        x = drawn(kind, share, n)
        assert x.min() >= 0
        if kind == "proportion":
            assert x.max() <= 1
    x = drawn("proportion", np.array([0.2, 0.8]), np.array([80.0, 80.0]))
    assert (x.min(), x.max()) == pytest.approx((0.0, 1.0), abs=0.06)


def test_a_groups_draws_depend_on_its_place_and_its_own_figures_only() -> None:
    whole, part = drawn("rate"), drawn("rate", SHARE[:3], N[:3])
    assert (whole[:3] == part).all()
    assert (drawn("rate") == whole).all()


def test_the_scores_of_two_groups_are_independent_enough() -> None:
    together = np.corrcoef(scores(18, DRAWS).z)
    assert np.abs(together - np.eye(18)).max() < 0.03


def test_normal_errors_have_their_spread() -> None:
    values = np.concatenate(list(normal(np.array([10.0, -3.0]), np.array([2.0, 0.5]), DRAWS)), axis=1)
    assert values.mean(axis=1) == pytest.approx([10, -3], abs=0.01)
    assert values.std(axis=1) == pytest.approx([2, 0.5], rel=0.01)


def test_truncated_errors_are_those_of_rejection_sampling() -> None:
    values = truncated_normal(np.array([1.0, 99.0, 40.0, 7.0]), np.array([2.0, 3.0, 5.0, 0.0]), 100, DRAWS)
    for row, (mean, se) in zip(values[:3], [(1, 2), (99, 3), (40, 5)], strict=True):
        expected = stats.truncnorm((0 - mean) / se, (100 - mean) / se, mean, se)
        assert np.quantile(row, [0.025, 0.5, 0.975]) == pytest.approx(expected.ppf([0.025, 0.5, 0.975]), rel=0.01)
    assert set(values[3]) == {7.0}


def test_true_values_behind_counts_are_gamma_or_beta_with_half_an_event_more() -> None:
    share, n = np.array([0.0, 0.25]), np.array([40.0, 200.0])
    rate, proportion = posterior(share, n, "rate", DRAWS), posterior(share, n, "proportion", DRAWS)
    assert rate.mean(axis=1) == pytest.approx([0.5 / 40, 50.5 / 200], rel=0.03)
    assert proportion.mean(axis=1) == pytest.approx([0.5 / 41, 50.5 / 201], rel=0.03)
    assert (posterior(share, n, "rate", DRAWS) == rate).all()
