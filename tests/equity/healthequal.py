"""The unordered cases that the WHO's R package healthequal 1.0.1 was run on, and what it gave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import polars as pl

FOLDER = Path(__file__).parents[2] / "../shared/statistics"
NAMES = (*(f"H{at:02}" for at in range(1, 38)), "B01", "B02", "B03")
NOT_A_SHARE = {"H37"}  # a mean score, although its scale is 1

Kind = Literal["proportion", "rate", "mean"]


@dataclass(frozen=True)
class Case:
    """A table of groups with its settings; ``frame`` is as ``equity.groups`` reads it."""

    name: str
    frame: pl.DataFrame
    reference: str | None
    favourable: bool
    scale: float
    level: float
    average: float | None
    force: bool
    kind: Kind


def number(text: str | None) -> float | None:
    """A number as R writes it; none for an empty cell."""
    return None if text in {None, "", "NA", "NaN"} else float(text.replace("Inf", "inf"))  # type: ignore[union-attr]


@cache
def table(path: str) -> pl.DataFrame:
    return pl.read_csv(FOLDER / path, infer_schema=False)


def case(name: str) -> Case:
    """One case; those with a B are of the package's own data."""
    file = "healthequal_bundled" if name.startswith("B") else "healthequal"
    settings = table(f"inputs/{file}_cases.csv").filter(case_id=name).row(0, named=True)
    return _case(settings, table(f"inputs/{file}_rows.csv").filter(case_id=name))


def cases() -> Iterator[Case]:
    return map(case, NAMES)


def _case(case: dict[str, str], rows: pl.DataFrame) -> Case:
    columns = {"value": "estimate", "se": "se", "population": "population"}
    numbers = {ours: [number(one) for one in rows[theirs]] for ours, theirs in columns.items()}
    frame = pl.DataFrame({"group": rows["subgroup"], **numbers}, schema_overrides=dict.fromkeys(columns, pl.Float64))
    unused = [column for flag, column in (("use_pop", "population"), ("use_se", "se")) if case[flag] == "False"]
    reference = rows.filter(reference="1")["subgroup"].to_list()
    scale = float(case["scale"])
    return Case(
        name=case["case_id"],
        frame=frame.drop(unused),
        reference=reference[0] if reference else None,
        favourable=case["favourable"] == "1",
        scale=scale,
        level=float(case["conf_level"]),
        average=number(case["setting_average"]),
        force=case["force"] == "True",
        kind="mean" if case["case_id"] in NOT_A_SHARE else "proportion" if scale in {1, 100} else "rate",
    )


def outputs() -> pl.DataFrame:
    """What the package gave, one row a case and measure (some pairs more than once, where groups are tied)."""
    return table("outputs/healthequal.csv")


def monte_carlo() -> pl.DataFrame:
    """Percentiles of 20,000 of the package's draws, with its index of disparity put right."""
    return table("outputs/healthequal_mc20000.csv")
