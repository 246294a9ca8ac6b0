"""How long gaps take on a million rows, and summary measures of a stratum of 18 groups with 10,000 draws.

    python -m benchmarks.measures_inequality [--rows 1000000] [--strata 100] [--runs 5]

Prints the best of the runs in seconds of the clock, and of the processors together, beside the bar: 0.6 s for difference and
ratio, 20 ms a stratum for the summaries. Exits 1 if a bar is missed by the clock.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from equity.comparator import BestPlaced, Comparator, EveryoneElse, Given, Group
from equity.groups import Kind
from equity.homogeneity import no_inequality_test
from equity.inequality import gaps
from equity.summary_measures import summarise

SIZES = [9500, 157, 30, 863, 135, 68, 90, 79, 312, 287, 109, 93, 288, 370, 118, 95, 78, 271]
NAMES = [f"group {letter}" for letter in "ABCDEFGHIJKLMNPRSZ"]
BY = ["indicator", "place"]
MOST_GAPS, MOST_SUMMARY = 0.6, 0.020


def table(rows: int, rate: float) -> pl.DataFrame:
    """Strata of 18 groups: sizes like a trust's, times up to ten, rates that differ."""
    rng, strata = np.random.default_rng(1), rows // len(SIZES)
    n = np.array(SIZES) * rng.integers(1, 11, (strata, 1))
    x = rng.binomial(n, np.minimum(rate * np.exp(0.3 * rng.standard_normal(n.shape)), 1))
    columns = {"indicator": np.repeat(np.arange(strata) % 40, len(SIZES)), "place": np.repeat(np.arange(strata) // 40, len(SIZES))}
    frame = pl.DataFrame({**columns, "group": NAMES * strata, "numerator": x.ravel(), "denominator": n.ravel()})
    return frame.with_columns(pl.format("E{}", "place").alias("place"))


def best(work: Callable[[], Any], runs: int) -> tuple[float, float]:
    """The least seconds of the clock and of the processors."""
    clock, processors = [], []
    for _ in range(runs):
        started, used = time.perf_counter(), time.process_time()
        work()
        clock.append(time.perf_counter() - started)
        processors.append(time.process_time() - used)
    return min(clock), min(processors)


def told(name: str, spent: tuple[float, float], each: int, bar: float | None) -> bool:
    """Print a line; whether the bar is held."""
    clock, processors = (one / each for one in spent)
    unit, factor = ("s", 1.0) if each == 1 else ("ms a stratum", 1000.0)
    said = "" if bar is None else f"   bar {bar * factor:g} {unit}: {'held' if clock <= bar else 'MISSED'}"
    print(f"{name:58} {clock * factor:8.3f} {unit} (processors {processors * factor:.3f}){said}", flush=True)
    return bar is None or clock <= bar


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--strata", type=int, default=100)
    parser.add_argument("--runs", type=int, default=5)
    given, held = parser.parse_args(), True
    kinds: tuple[Kind, ...] = ("proportion", "rate")
    comparators: list[tuple[str, Comparator, float | None]] = [
        ("a named group", Group(NAMES[0]), MOST_GAPS),
        ("everyone else", EveryoneElse(), MOST_GAPS),
        ("a given value", Given(20.0), None),
        ("the best-placed group", BestPlaced("lower_is_better"), None),
    ]
    frame = table(given.rows, 0.2)
    for kind in kinds:
        for name, comparator, bar in comparators:
            spent = best(lambda kind=kind, comparator=comparator: gaps(frame, BY, comparator, kind=kind), given.runs)
            held &= told(f"difference, ratio, excess and p, {kind}s, {name}", spent, 1, bar)
    sparse: list[tuple[Kind, float]] = [("proportion", 0.3), ("proportion", 0.02), ("rate", 0.01)]
    for kind, rate in sparse:
        few = table(given.strata * len(SIZES), rate)
        spent = best(lambda few=few, kind=kind: summarise(few, BY, Group(NAMES[0]), kind=kind, polarity="lower_is_better"), given.runs)
        held &= told(f"20 summary measures, {kind}s about {rate:.0%}", spent, given.strata, MOST_SUMMARY)
        spent = best(lambda few=few, kind=kind: no_inequality_test(few, BY, kind=kind), given.runs)
        told(f"test of no inequality, {kind}s about {rate:.0%}", spent, given.strata, None)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
