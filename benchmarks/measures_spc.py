"""How long control charts and funnel flags take, and beside them the Fingertips package for Python.

    python -m benchmarks.measures_spc [--rows 1000000] [--runs 3] [--peer-rows 2000]

Bars: XmR charts of 36-point series under 1 s for a million rows; funnel flags of 100,000 rows at least 100 times as fast as
PHStatsMethods' assign_funnel_significance. That package is slower in proportion to its rows, so it is timed on fewer and
scaled; --peer-rows 100000 times it in full. It is not among the requirements; put it where Python finds it:

    pip install --no-deps --target FOLDER PHStatsMethods==0.1.16
    PYTHONPATH=FOLDER python -m benchmarks.measures_spc

Exits 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections.abc import Callable
from datetime import date
from types import ModuleType
from typing import NamedTuple

import numpy as np
import polars as pl

from equity import spc
from equity.funnel import count_flag, pooled, proportion_flag

POINTS, FLAGGED = 36, 100_000
MOST_SECONDS, LEAST_TIMES = 1.0, 100
FLAG_OF = {
    "High (0.001)": "high_outer", "High (0.025)": "high_inner", "Not significant": "within",
    "Low (0.025)": "low_inner", "Low (0.001)": "low_outer",
}  # fmt: skip


class Took(NamedTuple):
    """Seconds on the clock, and of work done: the first is longer where others work on the same machine."""

    clock: float
    work: float

    def __str__(self) -> str:
        return f"{self.clock:.3f} s ({self.work:.3f} s of work)"


def best(run: Callable[[], object], runs: int) -> Took:
    """The shortest of several times."""
    times: list[Took] = []
    for _ in range(runs):
        started, worked = time.perf_counter(), time.process_time()
        run()
        times.append(Took(time.perf_counter() - started, time.process_time() - worked))
    return min(times)


def many_series(rows: int) -> pl.DataFrame:
    """Series of 36 months, one for each organisation and group, in order."""
    number, chance = -(-rows // POINTS), np.random.default_rng(1)
    at = np.arange(number * POINTS)
    months = pl.date_range(date(2022, 1, 1), date(2024, 12, 1), "1mo", eager=True).alias("month")
    return pl.DataFrame({"org": at // (POINTS * 18), "group": at // POINTS % 18, "value": chance.normal(50, 5, at.size)}).select(
        pl.format("R{}", "org").alias("org"), "group", months.gather(at % POINTS), "value"
    )


def groups(rows: int) -> pl.DataFrame:
    """Counts of groups of 50 to 5,000 people, with as many expected as the average rate gives, more or less."""
    chance = np.random.default_rng(2)
    size = chance.integers(50, 5000, rows)
    count = chance.binomial(size, np.clip(chance.normal(0.02, 0.006, rows), 0.001, 1))
    return pl.DataFrame({"x": count, "n": size, "e": size * 0.02})


def peer() -> ModuleType | None:
    try:
        return importlib.import_module("PHStatsMethods")
    except ModuleNotFoundError:
        return None


def flags(statistic: str) -> pl.Expr:
    x, n, e = pl.col("x"), pl.col("n"), pl.col("e")
    return {"proportion": proportion_flag(x, n), "ratio": count_flag(x, e), "rate": count_flag(x, n * pooled(x, n))}[statistic]


def compare(statistic: str, runs: int, peer_rows: int) -> float | None:
    """Print the times; how many times as fast, None without the package."""
    full = groups(FLAGGED)
    took = best(lambda: full.select(flags(statistic)), runs)
    print(f"funnel flags, {statistic}: {full.height:,} rows in {took}", end="")
    module = peer()
    if module is None or statistic == "rate":
        print("" if module else "; PHStatsMethods is not installed")
        return None
    some = groups(FLAGGED)[:peer_rows]
    table, column = some.to_pandas(), "e" if statistic == "ratio" else "n"
    said: list[object] = []
    theirs = best(lambda: said.append(module.assign_funnel_significance(table, "x", statistic, column)), 1).clock
    names = [FLAG_OF[str(one)] for one in said[0]["significance"]]  # pyright: ignore[reportIndexIssue]
    assert names == some.select(flags(statistic)).to_series().to_list(), "the flags are not the same"
    scaled = theirs / some.height * full.height
    print(f"; PHStatsMethods {theirs:.2f} s for {some.height:,}, as {scaled:.1f} s for all: {scaled / took.clock:,.0f} times")
    return scaled / took.clock


def main() -> int:
    """Run all; 0 where every bar that could be tried is met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peer-rows", type=int, default=2_000)
    args = parser.parse_args()
    frame = many_series(args.rows)
    shuffled = frame.sample(fraction=1, shuffle=True, seed=1)
    missed = False
    for name, given in (("in order", frame), ("in any order", shuffled)):
        took = best(lambda given=given: spc.xmr(given, ["org", "group"], "month", "value", polarity="neutral"), args.runs)
        print(f"XmR, rows {name}: {given.height:,} rows in {took}")
        missed |= took.clock > MOST_SECONDS * given.height / 1_000_000
    charted = spc.xmr(frame, ["org", "group"], "month", "value", polarity="neutral")
    print(f"readings: {best(lambda: spc.readings(charted, ['org', 'group'], 'month', 'value'), args.runs)}")
    for statistic in ("proportion", "ratio", "rate"):
        times = compare(statistic, args.runs, args.peer_rows)
        missed |= times is not None and times < LEAST_TIMES
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())
