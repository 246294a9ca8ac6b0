"""How many rows a second the bounds and the changes of gaps are worked out for.

    python -m benchmarks.measures_bounds [--rows 60000] [--groups 6]

Counts rounded to 5 with stars and published percentages, one row a group and stratum; prints seconds and rows per second.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl

from equity.bounds import gaps, summaries
from equity.change import changes
from equity.comparator import Group
from equity.narrowing import COUNTS, narrow
from equity.summary_bounds import SUMMARIES
from equity.unknowns import spread


def table(rows: int, groups: int) -> pl.DataFrame:
    """Strata of so many groups and a row of unknown ethnicity, as they are printed below England."""
    draw = np.random.default_rng(1)
    people = np.round(np.exp(draw.uniform(np.log(20), np.log(20_000), rows)))
    events = draw.binomial(people.astype(np.int64), draw.uniform(0.05, 0.6, rows)).astype(np.float64)
    ends = [
        np.where(one < 5, end, np.maximum(5 * np.floor(one / 5 + 0.5) + side, 5))
        for one in (events, people)
        for end, side in ((0, -2), (4, 2))
    ]
    place = np.arange(rows)
    codes = np.array([*(str(at) for at in range(groups - 1)), "unknown"])
    return pl.DataFrame(
        {
            "stratum": place // groups,
            "group": codes[place % groups],
            **dict(zip(COUNTS, ends, strict=True)),
            "published": np.floor(100 * events / people + 0.5),
        }
    )


def periods(rows: int) -> pl.DataFrame:
    """Eight years of each of so many strata."""
    draw = np.random.default_rng(2)
    first = 2016 + np.arange(rows) % 8
    values = {"group": draw.uniform(30, 50, rows), "reference": draw.uniform(45, 55, rows)}
    limits = {f"{of}_{part}": value + by for of, value in values.items() for part, by in (("value", 0), ("lower", -2), ("upper", 2))}
    return pl.DataFrame(
        {
            "stratum": np.arange(rows) // 8,
            "period_start": [date(int(year), 4, 1) for year in first],
            "period_end": [date(int(year) + 1, 3, 31) for year in first],
            **limits,
        }
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--groups", type=int, default=6)
    chosen = parser.parse_args()
    counts, history = table(chosen.rows, chosen.groups), periods(chosen.rows)
    narrowed = narrow(counts, ["stratum"], kind="proportion", multiplier=100)
    timed: dict[str, Callable[[], pl.DataFrame]] = {
        "narrow": lambda: narrow(counts, ["stratum"], kind="proportion", multiplier=100),
        "gaps to a group": lambda: gaps(narrowed, ["stratum"], Group("0")),
        "spread of the unknown": lambda: spread(narrowed, ["stratum"], Group("0"), kind="proportion", multiplier=100),
        "changes": lambda: changes(history, ["stratum"]),
    }
    for name in SUMMARIES:
        timed[f"summary {name}"] = lambda name=name: summaries(
            narrowed, ["stratum"], Group("0"), measures=[name], multiplier=100, polarity="higher_is_better"
        )
    for name, run in timed.items():
        started = time.perf_counter()
        run()
        seconds = time.perf_counter() - started
        print(f"{name:40} {seconds:8.3f} s {chosen.rows / seconds:12,.0f} rows a second")


if __name__ == "__main__":
    main()
