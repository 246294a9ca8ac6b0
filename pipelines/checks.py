"""Named checks on observations: some refuse a row, others warn and let a person judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import polars as pl

from equity.rounding import Bounds, agrees
from pipelines.catalogue import Catalogue
from pipelines.sources.common import REFUSED_SCHEMA

PLACE_TEXT = ["indicator_id", "org_code", "period_start", "period_end", "ethnicity_label"]
EXAMPLES = 5
UPPER_GROUPS = 5


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
    """Observations that stand, those refused (with ``source_row, column, value, rule``), and every finding."""
    findings: list[Finding] = []
    refused = [pl.DataFrame(schema=REFUSED_SCHEMA)]
    if observations.is_empty():
        return observations, refused[0], findings
    for check in CHECKS:
        wrong = check.wrong(catalogue).fill_null(value=False)
        caught = observations.filter(wrong)
        if caught.is_empty():
            continue
        findings.append(Finding(check.name, check.severity, caught.height, check.message, _examples(caught)))
        if check.severity == "refuse":
            faults = caught.select(
                "source_row",
                pl.lit(check.column).alias("column"),
                pl.col(check.column).cast(pl.String).alias("value"),
                pl.lit(check.message).alias("rule"),
            )
            refused.append(faults.cast(REFUSED_SCHEMA))  # pyright: ignore[reportArgumentType]
            observations = observations.filter(~wrong)
    return observations, pl.concat(refused), [*findings, *parts_and_whole(observations)]


# ------------------------------------------------------------------------------------------------- Parts and the whole

TOLERANCE = 0.01
_PLACE = ["indicator_id", "org_type", "org_code", "period_start", "period_end", "ethnicity_scheme", "publication_status"]
_APART = "groups and unknown do not add up to all, by more than one in a hundred"
_KNOWN_APART = "groups do not add up to all with known ethnicity, by more than one in a hundred"


def parts_and_whole(observations: pl.DataFrame) -> list[Finding]:
    """Counts of upper groups against their wholes, within one in a hundred beyond what rounding and suppression allow.

    The groups and the unknown are everyone; where a publication also gives all people of known ethnicity, the groups alone
    are those. ``unknown`` may be the sum of not stated and not known (Mental Health Act) or stand beside them (MHSDS): only
    what agrees with neither is a finding.
    """
    wholes = _wholes(observations)
    groups = ("groups_lower", "groups_upper")
    known = _differs(groups, ("known_lower", "known_upper"))
    low, high = (pl.col(end) for end in groups)
    both = [
        _differs((low + pl.col(f"{way}_lower"), high + pl.col(f"{way}_upper")), ("all_lower", "all_upper"))
        for way in ("unknown", "apart", "together")
    ]
    # A way that the publication does not have says nothing; if it has none, the groups are at most everyone.
    unlike = pl.all_horizontal(*[one.fill_null(value=True) for one in both]) & pl.any_horizontal(*[one.is_not_null() for one in both])
    beyond = pl.all_horizontal(*[one.is_null() for one in both]) & (low > pl.col("all_upper") * (1 + TOLERANCE))
    return [*_finding(wholes, unlike | beyond, _APART), *_finding(wholes, known, _KNOWN_APART)]


def _wholes(observations: pl.DataFrame) -> pl.DataFrame:
    """One row a place whose five upper groups all have bounds: the ends of groups, unknown (three ways), known and all."""
    code, ends = pl.col("ethnicity_code"), ("lower", "upper")

    def end_of(name: str, end: str) -> pl.Expr:
        return pl.col(f"numerator_{end}").filter(code == name).first()

    aggregate = pl.col("group_level") == "aggregate"
    sums = (
        observations.filter(pl.col("ethnicity_scheme").str.starts_with("upper_"))
        .group_by(_PLACE)
        .agg(
            *[pl.col(f"numerator_{end}").filter(aggregate).sum().alias(f"groups_{end}") for end in ends],
            pl.col("numerator_upper").filter(aggregate).count().alias("groups"),
            *[end_of(name, end).alias(f"{name}_{end}") for name in ("unknown", "not_stated", "not_known", "known", "all") for end in ends],
            pl.col("source_row").min(),
            pl.col("value").filter(code == "all").first(),
            pl.lit("all groups").alias("ethnicity_label"),
        )
    )
    whole = sums.filter(pl.col("groups") == UPPER_GROUPS)
    apart = [(pl.col(f"not_stated_{end}") + pl.col(f"not_known_{end}")).alias(f"apart_{end}") for end in ends]
    together = [(pl.col(f"apart_{end}") + pl.col(f"unknown_{end}")).alias(f"together_{end}") for end in ends]
    return whole.with_columns(*apart).with_columns(*together)


def _differs(parts: tuple[str | pl.Expr, str | pl.Expr], whole: tuple[str, str]) -> pl.Expr:
    """Whether what the parts can add up to lies beside what the whole can be; null where either is not given."""
    low, high = (pl.col(end) if isinstance(end, str) else end for end in parts)
    least, most = (pl.col(end) for end in whole)
    return (low > most * (1 + TOLERANCE)) | (high < least * (1 - TOLERANCE))


def _finding(wholes: pl.DataFrame, wrong: pl.Expr, words: str) -> list[Finding]:
    caught = wholes.filter(wrong.fill_null(value=False)).sort(_PLACE)
    return [Finding("parts_and_whole", "warn", caught.height, words, _examples(caught))] if caught.height else []


def _examples(caught: pl.DataFrame) -> list[str]:
    return [
        f"{row['indicator_id']}, {row['org_code']}, {row['period_start']} to {row['period_end']}, "
        f"{row['ethnicity_label']}: value {row['value']}" + (f" (row {row['source_row']})" if row["source_row"] is not None else "")
        for row in caught.select(*PLACE_TEXT, "value", "source_row").head(EXAMPLES).to_dicts()
    ]
