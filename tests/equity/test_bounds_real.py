"""NHS Talking Therapies annual reports, reliable recovery: what the published figures of the study areas leave open."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl
import pytest

from equity.bounds import gaps
from equity.comparator import Group
from equity.narrowing import COUNTS, less, narrow
from equity.rounding import count_bounds
from equity.unknowns import spread

pytestmark = pytest.mark.real

FILE = Path(__file__).resolve().parents[3] / "shared" / "extracts" / "talking_therapies" / "talking_therapies_annual_study_areas_tidy.csv"
GROUPS = {
    "White": "white",
    "Mixed": "mixed",
    "Asian or Asian British": "asian",
    "Black or Black British": "black",
    "Other Ethnic Groups": "other",
    "Not stated/Not known/Invalid": "unknown",
    "NULL": "all",
}
BY = ["reporting_period", "org_type", "org_code"]
SITES = ["RWK79", "RWK53", "RWK4D"]  # East London is published as its sites


@cache
def table() -> pl.DataFrame:
    """Counts as ranges with the published percentage, a row a year, organisation and group."""
    rows = pl.read_csv(FILE, infer_schema_length=0).filter(
        pl.col("variable_type").is_in(["Ethnic Group", "Total"]), pl.col("variable_b").is_in(["All", "NULL"])
    )
    wide = rows.with_columns(
        group=pl.col("variable_a").replace_strict(GROUPS), measure=pl.col("measure_name") + "_" + pl.col("measure_statistic")
    ).pivot(on="measure", index=[*BY, "org_name", "group"], values="value")
    wide = wide.filter(pl.col("reliable_recovery_count").is_not_null())
    rounded = pl.col("org_type") != "England"
    counts = {
        name: count_bounds(pl.col(name).cast(pl.Float64, strict=False), pl.col(name) == "*", rounded)
        for name in ("finished_course_treatment_count", "not_at_caseness_count", "reliable_recovery_count")
    }
    base = less(counts["finished_course_treatment_count"], counts["not_at_caseness_count"])
    recovered = counts["reliable_recovery_count"]
    ends = dict(zip(COUNTS, (recovered.lower, recovered.upper, base.lower, base.upper), strict=True))
    return wide.with_columns(
        **ends,
        published=pl.col("reliable_recovery_percentage").cast(pl.Float64, strict=False),
        decimals=pl.when(rounded).then(0).otherwise(1),
    )


def narrowed(frame: pl.DataFrame) -> pl.DataFrame:
    return narrow(frame, [*BY, "org_name"], kind="proportion", multiplier=100)


def east_london(frame: pl.DataFrame) -> pl.DataFrame:
    """The trust from its sites' narrowed counts, for which no percentage is published."""
    sites = narrowed(frame.filter(pl.col("org_code").is_in(SITES)))
    summed = sites.group_by("reporting_period", "org_type", "group", maintain_order=True).agg(pl.col(COUNTS).sum())
    return summed.with_columns(org_code=pl.lit("RWK"), org_name=pl.lit("East London"))


def test_every_published_percentage_can_follow_from_its_counts_and_every_table_adds_up() -> None:
    out = narrowed(table())
    assert out.height == 630
    assert out["consistent"].all()


def test_coventry_and_warwickshire_is_known_to_less_than_a_point() -> None:
    out = narrowed(table()).filter(pl.col("org_code") == "RYG", pl.col("reporting_period") == "2024-25")
    black = out.row(by_predicate=pl.col("group") == "black", named=True)
    assert tuple(black[name] for name in COUNTS) == (158, 159, 320, 322)
    gap = gaps(out, BY, Group("white")).row(by_predicate=pl.col("group") == "asian", named=True)
    assert (gap["difference_lower"], gap["difference_upper"]) == pytest.approx((-7.93, -7.04), abs=0.005)


@pytest.mark.parametrize(
    ("organisation", "told"),
    [
        ("RYG", {"asian": ("group", 115), "black": ("group", 2), "mixed": ("group", 43), "other": ("group", 51)}),
        ("RXV", {"asian": ("group", 67), "black": ("both", 16), "mixed": ("group", 23), "other": ("group", 19)}),
        ("RWK", {"asian": None, "black": ("group", 25), "mixed": ("rounding", 0), "other": ("both", 9)}),
        ("TAH", {"asian": None, "black": ("both", 6), "mixed": ("group", 9), "other": ("group", 41)}),
        ("All", {"asian": ("group", 3879), "black": ("both", 556), "mixed": ("group", 1286), "other": ("group", 2021)}),
    ],
)
def test_which_gaps_of_2024_25_unknown_ethnicity_could_overturn(organisation: str, told: dict[str, tuple[str, int] | None]) -> None:
    year = table().filter(pl.col("reporting_period") == "2024-25")
    frame = east_london(year) if organisation == "RWK" else year.filter(pl.col("org_code") == organisation)
    out = spread(narrowed(frame), BY, Group("white"), kind="proportion", multiplier=100)
    found = {row["group"]: (row["tipping_in"], row["tipping_people"]) if row["can_vanish"] else None for row in out.iter_rows(named=True)}
    assert found == told
