"""Named checks on observations: some refuse a row, others warn and let a person judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import polars as pl

from equity.rounding import Bounds, agrees
from pipelines.catalogue import Catalogue

PLACE_TEXT = ["indicator_id", "org_code", "period_start", "period_end", "ethnicity_label"]
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: how many observations, in words, with a few of them."""

    check: str
    severity: Literal["refuse", "warn"]
    count: int
    message: str
    examples: list[str]


@dataclass(frozen=True, slots=True)
class Check:
    """A check: which observations are wrong (an expression over them), and what that means in words."""

    name: str
    severity: Literal["refuse", "warn"]
    message: str
    column: str
    wrong: Callable[[Catalogue], pl.Expr]


def _of_type(catalogue: Catalogue, value_type: str) -> pl.Expr:
    ids = [one.id for one in catalogue.indicators.values() if one.value_type == value_type]
    return pl.col("indicator_id").is_in(ids)


def _beyond_the_whole(catalogue: Catalogue) -> pl.Expr:
    beyond = pl.col("numerator_lower") > pl.col("denominator_upper")
    return _of_type(catalogue, "proportion") & beyond


def _beyond_hundred(catalogue: Catalogue) -> pl.Expr:
    multipliers = {one.id: one.multiplier for one in catalogue.indicators.values()}
    most = pl.col("indicator_id").replace_strict(multipliers, default=None, return_dtype=pl.Float64)
    return _of_type(catalogue, "proportion") & (pl.col("value") > most)


def _limits_out_of_order(_: Catalogue) -> pl.Expr:
    value = pl.col("value")
    slack = pl.max_horizontal(value.abs() * 1e-9, pl.lit(1e-9))
    return (pl.col("lower_ci") > value + slack) | (value > pl.col("upper_ci") + slack)


def _not_from_its_counts(_: Catalogue) -> pl.Expr:
    bounds = Bounds(pl.col("recomputed_lower"), pl.col("recomputed_upper"))
    return (pl.col("value_basis") == "published") & ~agrees(pl.col("value"), pl.col("value_decimals"), bounds)


CHECKS = (
    Check(
        "numerator_over_denominator",
        "refuse",
        "more people counted than there are to count",
        "numerator",
        _beyond_the_whole,
    ),
    Check("percentage_over_100", "refuse", "a percentage above 100", "value", _beyond_hundred),
    Check("limits_out_of_order", "refuse", "confidence limits that do not hold their value", "lower_ci", _limits_out_of_order),
    Check(
        "published_against_recomputed",
        "warn",
        "a published value that its counts do not give, even allowing for rounding and suppression",
        "value",
        _not_from_its_counts,
    ),
)


def run(observations: pl.DataFrame, catalogue: Catalogue) -> tuple[pl.DataFrame, pl.DataFrame, list[Finding]]:
    """Observations that stand, those refused (with ``column, value, rule``), and every finding."""
    findings: list[Finding] = []
    refused: list[pl.DataFrame] = []
    for check in CHECKS:
        wrong = check.wrong(catalogue).fill_null(value=False)
        caught = observations.filter(wrong)
        if caught.is_empty():
            continue
        findings.append(Finding(check.name, check.severity, caught.height, check.message, _examples(caught)))
        if check.severity == "refuse":
            refused.append(
                caught.select(
                    "source_row",
                    pl.lit(check.column).alias("column"),
                    pl.col(check.column).cast(pl.String).alias("value"),
                    pl.lit(check.message).alias("rule"),
                )
            )
            observations = observations.filter(~wrong)
    whole = parts_and_whole(observations)
    return observations, pl.concat(refused) if refused else pl.DataFrame(), [*findings, *whole]


def parts_and_whole(observations: pl.DataFrame) -> list[Finding]:
    """England's exact counts: the upper groups and the unknown together are the whole, within one in a hundred."""
    place = ["indicator_id", "org_code", "period_start", "period_end", "ethnicity_scheme", "publication_status"]
    level, code = pl.col("group_level"), pl.col("ethnicity_code")
    sums = (
        observations.filter((pl.col("org_type") == "england") & pl.col("numerator").is_not_null())
        .group_by(place)
        .agg(
            pl.col("numerator").filter(level == "aggregate").sum().alias("groups"),
            pl.col("numerator").filter(code == "unknown").sum().alias("unknown"),
            pl.col("numerator").filter(code == "all").first().alias("all"),
            pl.col("source_row").first(),
            pl.lit("all groups").alias("ethnicity_label"),
            pl.lit(None, pl.Float64).alias("value"),
        )
        .filter(pl.col("groups") > 0)
    )
    apart = (pl.col("groups") + pl.col("unknown") - pl.col("all")).abs() > pl.col("all") * 0.01
    caught = sums.filter(apart.fill_null(value=False)).sort(place)
    if caught.is_empty():
        return []
    words = "groups and unknown do not add up to all, by more than one in a hundred"
    return [Finding("parts_and_whole", "warn", caught.height, words, _examples(caught))]


def _examples(caught: pl.DataFrame) -> list[str]:
    return [
        f"{row['indicator_id']}, {row['org_code']}, {row['period_start']} to {row['period_end']}, "
        f"{row['ethnicity_label']}: value {row['value']}"
        + (f" (row {row['source_row']})" if row["source_row"] is not None else "")
        for row in caught.select(*PLACE_TEXT, "value", "source_row").head(EXAMPLES).to_dicts()
    ]
