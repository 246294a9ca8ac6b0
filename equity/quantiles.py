"""Areas put into equal parts by rank, such as fifths by deprivation: for what has an order, which ethnic groups have not."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def quantile(value: pl.Expr, parts: int, by: Sequence[str] = (), *, highest_first: bool = True) -> pl.Expr:
    """The part, 1 to ``parts``, in which each row's value is among those of its stratum; part 1 has the highest values.

    Equal values are in one part, the one in which the first of them would be. Null, and without a part, is what is missing or
    not a number, and every row of a stratum that has fewer values than parts. As PHEindicatormethods' phe_quantile:
    parts + 1 - ceil((n + 1 - rank) parts / n), rank from 1 to n, at least 1. Raises ValueError for fewer than 2 parts.
    """
    if parts < 2:
        raise ValueError(f"parts is {parts}: give 2 or more")
    known = pl.when(value.is_finite()).then(value)
    rank, number = known.rank("min", descending=highest_first), known.count()
    # In whole numbers, so that no floating point decides: ceil(a / n) is -(-a // n).
    part = parts + 1 - ((number + 1 - rank.cast(pl.Int64)) * parts + number - 1) // number.cast(pl.Int64)
    told = pl.when(number >= parts).then(pl.max_horizontal(part, pl.lit(1)))
    found = pl.when(known.is_not_null()).then(told).cast(pl.Int64)
    return found.over(list(by)) if by else found
