"""P-values held to account for how many were looked at: Benjamini and Hochberg's, and Holm's, as Polars expressions.

Benjamini and Hochberg (1995, J R Stat Soc B 57:289): of the findings below a level, that share at most is expected to be
chance. Holm (1979, Scand J Stat 6:65): the probability that any of them is chance is at most the level. Both return adjusted
p-values, to be read against the level itself. ``over`` them for families of their own (one front page, one site).
A null, a NaN or what is no probability takes no part: it is null and does not count as a test.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def benjamini_hochberg(p: pl.Expr, by: Sequence[str] = ()) -> pl.Expr:
    """Adjusted p-values: the smallest of p_k m / k over the ranks k from this one up (m tests, ranked from the smallest)."""
    p, rank, tests = _ranked(p)
    stepped = (p * tests / rank).sort_by(rank, descending=True, nulls_last=True).cum_min()
    return _by(stepped.gather(tests - rank), by)


def holm(p: pl.Expr, by: Sequence[str] = ()) -> pl.Expr:
    """Adjusted p-values: the largest of (m - k + 1) p_k over the ranks k up to this one, at most 1."""
    p, rank, tests = _ranked(p)
    stepped = (p * (tests - rank + 1)).sort_by(rank, nulls_last=True).cum_max()
    return _by(stepped.gather(rank - 1).clip(None, 1), by)


def _ranked(p: pl.Expr) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    p = pl.when((p >= 0) & (p <= 1)).then(p.cast(pl.Float64))
    return p, p.rank("ordinal").cast(pl.Int64), p.count().cast(pl.Int64)


def _by(adjusted: pl.Expr, by: Sequence[str]) -> pl.Expr:
    return adjusted.over(list(by)) if by else adjusted
