"""How long rates, means and standardised rates take, against what they are to take and against PHStatsMethods.

    python -m benchmarks.measures_rates [--rows 1000000] [--peer-rows 100000] [--runs 5]

The peer is GPL software, needed for this comparison only and kept apart from what the project needs:

    pip install --no-deps --target build/peers PHStatsMethods==0.1.16
    PYTHONPATH=build/peers python -m benchmarks.measures_rates

Prints the best and the median of the runs (the peer's row-wise functions run once), and the ratio; exits 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from equity import rates, standardise

BANDS, VALUES = 19, 18
INSTALL = "pip install --no-deps --target build/peers PHStatsMethods==0.1.16"
X, N = pl.col("x"), pl.col("n")


class Task(NamedTuple):
    """What is timed: ours, the peer's (given the module and a pandas frame), and the bars."""

    name: str
    ours: Callable[[pl.DataFrame], pl.DataFrame]
    peers: Callable[[Any, Any], Any]
    most_seconds: float | None
    least_times: float


def indirectly(frame: pl.DataFrame) -> pl.DataFrame:
    return standardise.indirect(frame, ["area"], count="x", population="n", reference_count="rx", reference_population="rn")


TASKS = [
    Task("proportion", lambda f: select(f, rates.proportion(X, N)), lambda ph, f: ph.ph_proportion(f, "x", "n"), 0.3, 100),
    Task("rate", lambda f: select(f, rates.rate(X, N)), lambda ph, f: ph.ph_rate(f, "x", "n"), 0.3, 100),
    Task(
        "mean, 18 values a group",
        lambda f: f.lazy().group_by("ward").agg(rates.mean(pl.col("value")).columns()).collect(),
        lambda ph, f: ph.ph_mean(f, "value", "ward"),
        None,
        20,
    ),
    Task(
        "direct, 19 bands a group",
        lambda f: standardise.direct(f, ["area"], count="x", population="n", weight="w"),
        lambda ph, f: ph.ph_dsr(f, "x", "n", "w", "area", euro_standard_pops=False),
        0.6,
        20,
    ),
    Task("indirect, 19 bands a group", indirectly, lambda ph, f: ph.ph_ISRatio(f, "x", "n", "rx", "rn", ["area"]), None, 20),
]


def select(frame: pl.DataFrame, measured: rates.Measured) -> pl.DataFrame:
    """The five columns of a measure, in a lazy query."""
    return frame.lazy().select(measured.columns()).collect()


def generate(rows: int) -> pl.DataFrame:
    """Areas of 19 bands and wards of 18 values: populations of 50 to 50,000, a fifth of the counts below 10, none of nought."""
    draw, areas = np.random.default_rng(20260101), -(-rows // BANDS)
    n = draw.integers(50, 50_000, rows)
    x = np.minimum(1 + draw.poisson(n * draw.beta(1.2, 60, rows)), n)  # the peer's rates fail at nought
    bands = np.tile(np.arange(BANDS), areas)[:rows]
    reference = draw.integers(500_000, 4_000_000, BANDS)
    return pl.DataFrame(
        {
            "area": np.repeat(np.arange(areas), BANDS)[:rows],
            "ward": np.arange(rows) // VALUES,
            "x": x,
            "n": n,
            "w": draw.integers(1000, 7000, BANDS)[bands].astype(np.float64),
            "rn": reference[bands],
            "rx": (reference * draw.uniform(0.005, 0.03, BANDS)).round()[bands],
            "value": draw.gamma(2.0, 20.0, rows),
        }
    )


def timed(task: Callable[[], object], runs: int) -> list[float]:
    """Seconds of each run, without what a peer prints or warns of."""
    seconds = []
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(runs):
            started = time.perf_counter()
            task()
            seconds.append(time.perf_counter() - started)
    return seconds


def ours(frame: pl.DataFrame, runs: int) -> bool:
    """Time every task on many rows; whether each bar is met."""
    met = True
    for task in TASKS:
        seconds = timed(lambda task=task: task.ours(frame), runs)
        missed = task.most_seconds is not None and min(seconds) > task.most_seconds
        bar = "" if task.most_seconds is None else f" (at most {task.most_seconds}: {'MISSED' if missed else 'met'})"
        print(f"{task.name}: {min(seconds):.3f} s, median {statistics.median(seconds):.3f} s{bar}", flush=True)
        met = met and not missed
    return met


def beside(peer: Any, frame: pl.DataFrame, runs: int) -> bool:
    """Time every task beside the peer's; whether each bar is met."""
    met, pandas = True, frame.to_pandas()
    for task in TASKS:
        theirs = min(timed(lambda task=task: task.peers(peer, pandas), 1 if task.least_times >= 100 else runs))
        own = min(timed(lambda task=task: task.ours(frame), runs))
        missed = theirs / own < task.least_times
        print(
            f"{task.name}: PHStatsMethods {theirs:.2f} s, ours {own:.4f} s, {theirs / own:,.0f} times "
            f"(at least {task.least_times:.0f}: {'MISSED' if missed else 'met'})",
            flush=True,
        )
        met = met and not missed
    return met


def main() -> int:
    """Run the comparison; 0 where every bar is met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--peer-rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    print(f"{args.rows:,} rows, {pl.thread_pool_size()} threads")
    met = ours(generate(args.rows), args.runs)
    try:
        peer = importlib.import_module("PHStatsMethods")
    except ImportError as absent:
        print(f"No comparison with PHStatsMethods ({absent}). {INSTALL}; then PYTHONPATH=build/peers", file=sys.stderr)
        return 0 if met else 1
    print(f"{args.peer_rows:,} rows, beside PHStatsMethods")
    return 0 if beside(peer, generate(args.peer_rows), args.runs) and met else 1


if __name__ == "__main__":
    raise SystemExit(main())
