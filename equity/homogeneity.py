"""Is there any inequality at all? A test that all groups of a stratum have one true rate, with the size that it claims.

- counts, at least 5 events (and of proportions, 5 others) expected in every group: Pearson's chi-squared
- fewer: the deviance (likelihood ratio), beside ``draws`` countings of equal groups with the rate of all together; half of
  those that equal the observed one count (mid-p, Lancaster 1961), so that a test of few events is not too timid
- values with standard errors: Cochran's Q (1954)
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from equity.draws import Counted, counted
from equity.groups import LEAST_KNOWN, Basis, Kind, read
from equity.limits import Floats, Linear
from equity.reasons import said
from equity.strata import Strata, ready

LEAST_EXPECTED = 5.0


def no_inequality_test(
    frame: pl.DataFrame,
    by: Sequence[str],
    *,
    kind: Kind,
    multiplier: float = 100,
    group: str = "group",
    basis: Basis | None = None,
    least_known: float = LEAST_KNOWN,
    draws: int = 10_000,
) -> pl.DataFrame:
    """Of each stratum: ``by``, groups (known), statistic, p_value, method, problem. For the frame see ``equity.groups``.

    p is the share of countings of equal groups that would look at least as unequal. Raises NotUsable.
    """
    groups = read(frame, by, kind=kind, multiplier=multiplier, group=group, basis=basis)
    strata = ready(groups, np.full(frame.height, np.nan), None, None, None)
    share, size = groups.share_known(), strata.size
    if isinstance(groups.law, Linear):
        statistic, p, method, unsure = _of_values(strata)
    else:
        statistic, p, method = _of_counts(strata, draws)
        unsure = np.zeros(len(size), dtype=bool)
    few = f"fewer than {least_known:.0%} of the groups are known"
    words = ["no group is known", few, "one group alone has nobody to be unequal to", "a standard error is missing or 0"]
    problem = said([size == 0, share < least_known, size == 1, unsure], words)
    columns = {"groups": pl.Series(size), "statistic": pl.Series(statistic), "p_value": pl.Series(p), "method": method}
    shown = pl.DataFrame(columns).with_columns(problem=problem.column)
    shown = shown.with_columns(pl.when(pl.col("problem").is_null()).then(pl.col("statistic", "p_value", "method")))
    return pl.concat([groups.keys, shown], how="horizontal") if by else shown


def _of_values(strata: Strata) -> tuple[Floats, Floats, pl.Series, NDArray[np.bool_]]:
    known = strata.known
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = 1 / known.se**2
        mean = known.sum(precision * known.value) / known.sum(precision)
        statistic = known.sum(precision * (known.value - mean[known.stratum]) ** 2)
    unsure = known.sum((~(known.se > 0)).astype(np.float64)) > 0
    return statistic, _chi_squared(statistic, strata), pl.repeat("Cochran's Q", strata.number, dtype=pl.String, eager=True), unsure


def _of_counts(strata: Strata, draws: int) -> tuple[Floats, Floats, pl.Series]:
    known, kind = strata.known, strata.groups.kind
    with np.errstate(divide="ignore", invalid="ignore"):
        common = known.mean[known.stratum]
        spare = 1 - common if kind == "proportion" else np.ones(len(common))
        pearson = known.sum(np.where(common * spare > 0, known.people * (known.value - common) ** 2 / (common * spare), 0.0))
    least = np.full(strata.number, np.inf)
    np.minimum.at(least, known.stratum, known.people * (np.minimum(common, spare) if kind == "proportion" else common))
    sparse = least < LEAST_EXPECTED
    statistic, p = np.where(sparse, np.nan, pearson), np.where(sparse, np.nan, _chi_squared(pearson, strata))

    def work(stratum: int) -> None:
        rows = strata.rows[strata.start[stratum] : strata.start[stratum + 1]]
        statistic[stratum], p[stratum] = _by_draws(strata.groups.value[rows], strata.groups.weight[rows], kind == "rate", draws)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(work, (int(one) for one in np.flatnonzero(sparse & (strata.size > 1)))))
    names = pl.Series(["Pearson's chi-squared", f"deviance, mid-p of {draws:,} countings of equal groups"])
    return statistic, p, names.gather(sparse.astype(np.int64))


def _chi_squared(statistic: Floats, strata: Strata) -> Floats:
    return np.asarray(special.chdtrc(np.maximum(strata.size - 1, 1), statistic), dtype=np.float64)


def _by_draws(value: Floats, n: Floats, rate: bool, draws: int) -> tuple[float, float]:
    mean = float(value @ n / n.sum())
    seen = float(_deviance((value * n)[:, None], n, rate)[0])
    kind: Counted = "rate" if rate else "proportion"
    repeats = np.concatenate([_deviance(shown * n[:, None], n, rate) for shown in counted(np.full(len(n), mean), n, kind, draws)])
    same = np.abs(repeats - seen) <= 1e-9 * max(seen, 1.0)
    p = ((repeats > seen) & ~same).mean() + same.mean() / 2
    return seen, max(float(p), 1 / (draws + 1))


def _deviance(x: Floats, n: Floats, rate: bool) -> Floats:
    """Twice the logarithm of how much likelier the counts (groups, draws) are with a rate for each group than with one for all."""
    expected = n[:, None] * (x.sum(axis=0) / n.sum())
    total = special.xlogy(x, x) - special.xlogy(x, expected)
    if not rate:
        rest, left = np.maximum(n[:, None] - x, 0.0), np.maximum(n[:, None] - expected, 0.0)
        total = total + special.xlogy(rest, rest) - special.xlogy(rest, left)
    return np.maximum(2 * total.sum(axis=0), 0.0)
