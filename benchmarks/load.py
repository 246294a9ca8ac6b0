"""How long a national month takes from file to release, against DuckDB reading the same CSV into a bare table.

    python -m benchmarks.load [--rows 5000000] [--runs 3]

Prints the median ratio, rows per second and peak memory of the whole process tree; exits 1 if a bar is missed:
2.5 times DuckDB's own time in the same run, and 2 GB.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from benchmarks.mhsds_generator import generate

PROJECT = Path(__file__).resolve().parent.parent
MOST_TIMES, MOST_BYTES = 2.5, 2 * 1000**3
BARE = """
import duckdb, sys
connection = duckdb.connect(sys.argv[2])
connection.execute("create table bare as select * from read_csv(?)", [sys.argv[1]])
print(connection.execute("select count(*) from bare").fetchall()[0][0])
connection.close()
"""


def timed(command: list[str], environment: dict[str, str]) -> tuple[float, int]:
    """Seconds from start to end of a command, and the most memory (resident bytes) that its processes held together."""
    started = time.perf_counter()
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        peak, done = [0], threading.Event()
        watcher = threading.Thread(target=_watch, args=(process.pid, peak, done))
        watcher.start()
        said = process.communicate()[0]
        seconds = time.perf_counter() - started
        done.set()
        watcher.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{said.decode(errors='replace')}")
    return seconds, peak[0]


def _watch(pid: int, peak: list[int], done: threading.Event) -> None:
    while not done.wait(0.05):
        try:
            family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
            peak[0] = max(peak[0], sum(one.memory_info().rss for one in family))
        except psutil.Error:  # one of them has just ended
            continue


def main() -> int:
    """Run the comparison; 0 where both bars are met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="common-ground-bench-") as name:
        folder = Path(name)
        extract = folder / "MHSDS Data_Example.csv"
        rows = generate(extract, args.rows)
        print(f"{rows:,} rows, {extract.stat().st_size / 1e6:,.0f} MB")
        ratios, loads, peaks = [], [], []
        for run in range(args.runs):
            bare, _ = timed([sys.executable, "-c", BARE, str(extract), str(folder / f"bare{run}.duckdb")], os.environ | {})
            environment = os.environ | {"COMMON_GROUND_DATA": str(folder / f"data{run}")}
            load, peak = timed([sys.executable, "-m", "pipelines", "load", str(extract)], environment)
            (folder / f"bare{run}.duckdb").unlink()
            ratios.append(load / bare)
            loads.append(load)
            peaks.append(peak)
            print(
                f"run {run + 1}: DuckDB into a bare table {bare:.2f} s; check, load and release {load:.2f} s; "
                f"{load / bare:.2f} times; {rows / load:,.0f} rows a second; {peak / 1e9:.2f} GB at most",
                flush=True,
            )
    ratio, peak = statistics.median(ratios), max(peaks)
    met = ratio <= MOST_TIMES and peak <= MOST_BYTES
    print(
        f"median: {ratio:.2f} times DuckDB's own time (at most {MOST_TIMES}), {rows / statistics.median(loads):,.0f} rows a second, "
        f"{peak / 1e9:.2f} GB (at most 2.00): {'met' if met else 'MISSED'}"
    )
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
