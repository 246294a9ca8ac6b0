"""How often 95% intervals hold the truth, and how often equal groups are called unequal, over tables like the study areas'.

    python -m benchmarks.coverage [--samples 1000] [--draws 2500] [--pairs 20000] [--again 10000] [--out FOLDER]

True rates are known, counts are drawn from them (Poisson for rates, binomial for proportions), and every interval is made
from the same counts by Common Ground's method and by that of the WHO's R package (100 draws of truncated normals, or its
linearised standard errors put on the right scale). Prints where a method holds the truth in fewer than 93 or in more than
97 of 100 samples. Of 1,000 samples the share itself is uncertain by 1.4 either way, so that chance alone puts a few of the
settings below 93: each of those is drawn afresh, ``--again`` times. Deterministic; two threads do it in about half an hour.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import polars as pl
from scipy import special

from equity.comparator import Group
from equity.groups import Kind
from equity.homogeneity import no_inequality_test
from equity.inequality import gaps
from equity.measures import MEASURES
from equity.summary_measures import summarise

SIZES = {
    "5 groups, a trust": [8475, 960, 320, 265, 150],
    "5 groups, a region": [50_000, 8000, 9000, 3000, 2500],
    "18 groups, a small place": [2000, 50, 20, 200, 40, 25, 30, 25, 80, 70, 30, 25, 70, 90, 30, 25, 20, 60],
    "18 groups, a trust": [9500, 157, 30, 863, 135, 68, 90, 79, 312, 287, 109, 93, 288, 370, 118, 95, 78, 271],
    "18 groups, a region": [47_500, 785, 150, 4315, 675, 340, 450, 395, 1560, 1435, 545, 465, 1440, 1850, 590, 475, 390, 1355],
}
RATES = (0.001, 0.01, 0.1, 0.3, 0.6)
APART = (0.0, 0.15, 0.5)  # standard deviation of the groups' log odds
PAIR_SIZES = (20, 100, 500, 5000, 50_000)
LOW, HIGH = 93.0, 97.0
SUMMARY = [name for name in MEASURES if name != "bgv_corrected"]


@dataclass(frozen=True)
class Setting:
    """A table of true rates (per one) of groups; the first group is the reference."""

    name: str
    kind: Kind
    n: Any
    share: Any

    @property
    def least(self) -> float:
        """The fewest events that any group expects."""
        return float((self.n * self.share).min())

    def sampled(self, samples: int, afresh: int = 0) -> pl.DataFrame:
        """Counts of so many samples; another number gives others."""
        seed = [len(self.n), int(1e6 * self.share.sum())]
        rng = np.random.default_rng([afresh, *seed] if afresh else seed)
        shape = (samples, len(self.n))
        x = rng.poisson(self.n * self.share, shape) if self.kind == "rate" else rng.binomial(self.n.astype(int), self.share, shape)
        groups = [f"g{at:02}" for at in range(len(self.n))] * samples
        columns = {"group": groups, "numerator": x.ravel().astype(float), "denominator": np.tile(self.n, samples)}
        return pl.DataFrame({"sample": np.repeat(np.arange(samples), len(self.n)), **columns})


def settings() -> Iterator[Setting]:
    for (name, sizes), rate, apart in product(SIZES.items(), RATES, APART):
        away = np.random.default_rng(77).standard_normal(len(sizes))
        away[0] *= 0.2
        share = special.expit(special.logit(rate) + apart * away)
        kind: Kind = "rate" if rate < 0.05 else "proportion"
        yield Setting(f"{name}, {rate:.1%}, {apart:g}", kind, np.array(sizes, dtype=float), share)


def pairs() -> Iterator[Setting]:
    for n, reference, rate, times in product(PAIR_SIZES, PAIR_SIZES, RATES, (1.0, 1.5)):
        kind: Kind = "rate" if rate < 0.05 else "proportion"
        yield Setting(
            f"{n} beside {reference}, {rate:.1%}, x{times:g}", kind, np.array([reference, n], dtype=float), np.array([rate, rate * times])
        )


def truth(setting: Setting) -> dict[str, float]:
    """The measures of the true rates; the unit is 1."""
    frame = pl.DataFrame({"group": [f"g{at:02}" for at in range(len(setting.n))], "value": setting.share, "population": setting.n})
    found = summarise(frame, [], Group("g00"), kind=setting.kind, multiplier=1, polarity="higher_is_better", draws=20)
    return dict(found.select("measure", "estimate").rows())


def held(found: pl.DataFrame, true: dict[str, float]) -> dict[str, float]:
    """Of the samples that have an interval, the share (in 100) whose interval holds the truth; those of a third or more."""
    far = 1e-9
    some = found.filter(pl.col("lower_ci").is_not_null()).with_columns(true=pl.col("measure").replace_strict(true, default=None))
    hit = (pl.col("lower_ci") <= pl.col("true") + far) & (pl.col("upper_ci") >= pl.col("true") - far)
    shares = some.group_by("measure").agg((100 * hit.mean()).alias("held"), pl.len())
    every = found.group_by("measure").agg(pl.len().alias("every"))
    return dict(shares.join(every, on="measure").filter(pl.col("len") * 3 >= pl.col("every")).select("measure", "held").rows())


def of_summaries(samples: int, draws: int) -> pl.DataFrame:
    """A row for each setting, measure and method."""
    rows: list[dict[str, Any]] = []
    for setting in settings():
        started = time.perf_counter()
        frame, true = setting.sampled(samples), truth(setting)
        for method in ("ours", "WHO"):
            shares = held(summaries_of(frame, setting.kind, method, draws), true)
            rows += [
                {"setting": setting.name, "least": setting.least, "measure": measure, "method": method, "held": share}
                for measure, share in shares.items()
                if method == "ours" or measure not in {"par", "paf"}
            ]
        print(f"{setting.name:45} {time.perf_counter() - started:6.1f} s", flush=True)
    return pl.DataFrame(rows)


def summaries_of(frame: pl.DataFrame, kind: Kind, method: str, draws: int) -> pl.DataFrame:
    """Intervals of every sample by one of the two methods."""
    how: dict[str, Any] = {"kind": kind, "multiplier": 1, "polarity": "higher_is_better", "measures": SUMMARY}
    if method == "WHO":
        return summarise(frame, ["sample"], Group("g00"), draws=100, intervals="who", **how)
    return summarise(frame, ["sample"], Group("g00"), draws=draws, **how)


def second_look(first: pl.DataFrame, samples: int, draws: int) -> pl.DataFrame:
    """The settings in which an interval of ours held the truth too rarely, drawn afresh: a row for each setting and measure."""
    low = first.filter(pl.col("method") == "ours", pl.col("held") < LOW)
    rows: list[dict[str, Any]] = []
    for setting in settings():
        measures = low.filter(pl.col("setting") == setting.name)
        if measures.is_empty():
            continue
        found = summaries_of(setting.sampled(samples, afresh=7), setting.kind, "ours", draws)
        shares = held(found, truth(setting))
        rows += [{"setting": setting.name, "least": setting.least, "measure": name, "held": share} for name, share in shares.items()]
        print(f"{setting.name:45} once more", flush=True)
    columns = {"setting": pl.String, "least": pl.Float64, "measure": pl.String, "held": pl.Float64}
    return pl.DataFrame(rows, schema=columns).join(low.select("setting", "measure", first="held"), on=["setting", "measure"], how="left")


def of_pairs(samples: int) -> pl.DataFrame:
    """Difference and ratio of one group and a reference: a row for each setting, measure and method."""
    rows: list[dict[str, Any]] = []
    for setting in pairs():
        counts = setting.sampled(samples)
        share = pl.col("numerator") / pl.col("denominator")
        spread = share * (1 - share) if setting.kind == "proportion" else share
        values = counts.select("sample", "group", value=share, se=(spread / pl.col("denominator")).sqrt())
        reference, group = setting.share
        for method, frame in (("ours", counts), ("WHO", values)):
            found = gaps(frame, ["sample"], Group("g00"), kind=setting.kind, multiplier=1).filter(group="g01")
            for what, true in (("difference", group - reference), ("ratio", group / reference)):
                rows.append(
                    {"setting": setting.name, "least": setting.least, "measure": what, "method": method, "held": hits(found, what, true)}
                )
    return pl.DataFrame(rows)


def hits(found: pl.DataFrame, what: str, true: float) -> float:
    """Of the pairs that have an interval, the share (in 100) whose interval holds the truth."""
    some = found.filter(pl.col(f"{what}_lower").is_not_null())
    inside = some.filter(pl.col(f"{what}_lower") <= true, pl.col(f"{what}_upper") >= true)
    return 100 * inside.height / max(some.height, 1)


def of_the_test(samples: int, draws: int) -> pl.DataFrame:
    """How often equal groups are called unequal at 5%."""
    rows: list[dict[str, Any]] = []
    for setting in settings():
        if setting.name.endswith(" 0"):
            found = no_inequality_test(setting.sampled(samples, afresh=11), ["sample"], kind=setting.kind, draws=draws)
            rejects = 100 * float(np.mean(found["p_value"].to_numpy() < 0.05))
            events = {"events": float(setting.n @ setting.share), "least": setting.least}
            rows.append({"setting": setting.name, **events, "rejects": rejects})
    return pl.DataFrame(rows)


def overview(found: pl.DataFrame) -> pl.DataFrame:
    """Of each measure and method: how many settings, in how many the truth is held too rarely and too often, and the ends."""
    return (
        found.group_by("measure", "method", maintain_order=True)
        .agg(
            settings=pl.len(),
            median=pl.col("held").median().round(1),
            least=pl.col("held").min().round(1),
            most=pl.col("held").max().round(1),
            below_93=(pl.col("held") < LOW).sum(),
            above_97=(pl.col("held") > HIGH).sum(),
        )
        .sort("measure", "method")
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--samples", type=int, default=1000, help="tables drawn for each setting")
    parser.add_argument("--draws", type=int, default=2500, help="draws at each strength of inequality")
    parser.add_argument("--pairs", type=int, default=20_000, help="pairs drawn for each setting of two groups")
    parser.add_argument("--again", type=int, default=10_000, help="samples drawn afresh: of settings below 93, and for the test")
    parser.add_argument("--out", help="a folder for the four tables as CSV")
    given = parser.parse_args()
    pl.Config(
        tbl_rows=-1, tbl_cols=-1, tbl_width_chars=160, fmt_str_lengths=60, tbl_hide_column_data_types=True, tbl_hide_dataframe_shape=True
    )
    two, many, size = of_pairs(given.pairs), of_summaries(given.samples, given.draws), of_the_test(given.again, given.draws)
    again = second_look(many, given.again, given.draws)
    for name, table in (("pairs", two), ("summaries", many), ("test", size), ("again", again)):
        if given.out:
            table.write_csv(f"{given.out}/{name}.csv")
    print("\nTwo groups\n", overview(two), "\nSummary measures\n", overview(many), "\nThe test of no inequality, at 5%\n", size)
    outside = pl.concat([two, many]).filter(pl.col("method") == "ours", (pl.col("held") < LOW) | (pl.col("held") > HIGH))
    print("\nWhere Common Ground's intervals hold the truth too rarely, or too often\n", outside.drop("method").sort("measure", "least"))
    still = again.filter(pl.col("held") < LOW)
    print(f"\nOf {again['setting'].n_unique()} settings drawn afresh, those that hold the truth too rarely again\n", still)


if __name__ == "__main__":
    main()
