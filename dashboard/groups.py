"""From observations to the rows that a page shows: which groups, in which order, with which words.

Frames in, frames out; what chart, table and download show is worked out here once, so that they cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from equity.cells import CellState
from equity.comparison import Estimate
from equity.numbers import about, shown
from equity.standing import Reading
from equity.wording import Wording

# A group that is no group comes after the alphabet.
_LAST = ("other", "unknown")


def named(observations: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Observations with ``name`` (as in a table) and ``people`` (as in a sentence) of their group, in reading order.

    Of a count that is hidden nothing is known but that it is small: what stands for it in sums is not shown as a count.
    """
    words = groups.select(
        pl.col("scheme").alias("ethnicity_scheme"),
        pl.col("code").alias("ethnicity_code"),
        pl.col("display").alias("name"),
        "people",
        "within",
    ).unique(["ethnicity_scheme", "ethnicity_code"], keep="first")
    return (
        observations.join(words, on=["ethnicity_scheme", "ethnicity_code"], how="left")
        .with_columns(
            name=pl.coalesce("name", "ethnicity_label"),
            people=pl.coalesce("people", pl.format("people from the {} ethnic group", "ethnicity_label")),
            numerator=_shown_count("numerator"),
            denominator=_shown_count("denominator"),
        )
        .with_columns(
            turn=pl.when(pl.col("group_level") == "unknown")
            .then(2)
            .when(pl.col("name").str.to_lowercase().str.contains(r"^(any )?other"))
            .then(1)
            .otherwise(0)
        )
        .sort("turn", "name", "ethnicity_code")
    )


def _shown_count(name: str) -> pl.Expr:
    hidden = (pl.col(f"{name}_lower") == 0) & (pl.col(f"{name}_upper") > 0)
    return pl.when(~hidden.fill_null(value=False)).then(name)


def of_scheme(scheme: str | None) -> pl.Expr:
    """Whether an observation is of the scheme; none is where there is no scheme."""
    return (pl.col("ethnicity_scheme") == pl.lit(scheme, pl.String)).fill_null(value=False)


def main_scheme(observations: pl.DataFrame) -> str | None:
    """The scheme with most aggregate groups (a split in two is never the main one), None where there is none."""
    counted = (
        observations.filter(pl.col("group_level") == "aggregate")
        .group_by("ethnicity_scheme")
        .agg(pl.col("ethnicity_code").n_unique().alias("groups"))
        .sort("groups", "ethnicity_scheme", descending=[True, False])
    )
    return None if counted.is_empty() else str(counted["ethnicity_scheme"][0])


def main_groups(observations: pl.DataFrame) -> pl.DataFrame:
    """Aggregate groups of the main scheme, and the unknown ones of the same scheme, or of another where it has none."""
    scheme = main_scheme(observations)
    own = observations.filter(of_scheme(scheme))
    unknown = own.filter(pl.col("group_level") == "unknown")
    if unknown.is_empty():
        others = observations.filter(pl.col("group_level") == "unknown").sort("ethnicity_scheme")
        unknown = others.filter(pl.col("ethnicity_scheme") == pl.col("ethnicity_scheme").first())
    # A publisher that adds up "not stated" and "not known" prints the sum beside them: it stands for both.
    unknown = unknown.filter(~pl.col("within").is_in(unknown["ethnicity_code"].to_list()).fill_null(value=False))
    return pl.concat([own.filter(pl.col("group_level") == "aggregate"), unknown])


def whole(observations: pl.DataFrame) -> pl.DataFrame:
    """The one row of everyone, where an indicator is published for no group at all; otherwise nothing."""
    everyone = observations.filter(pl.col("ethnicity_code") == "all")
    return everyone.head(1) if main_groups(observations).is_empty() else everyone.clear()


def readings(groups: pl.DataFrame) -> list[Reading]:
    """The groups that can be compared, as the sentences and comparisons take them (unknown ethnicity is no group)."""
    rows = groups.filter(pl.col("group_level") != "unknown").iter_rows(named=True)
    return [
        Reading(
            row["ethnicity_code"],
            row["name"],
            row["people"],
            CellState(row["cell_state"]),
            _estimate(row),
            row["denominator"],
            row["numerator"],
        )
        for row in rows
    ]


def _estimate(row: dict[str, Any]) -> Estimate | None:
    return None if row["value"] is None else Estimate(row["value"], row["lower_ci"], row["upper_ci"])


DISPLAY = {
    "code": pl.String,
    "name": pl.String,
    "level": pl.String,
    "state": pl.String,
    "value": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "value_text": pl.String,
    "interval_text": pl.String,
    "base_text": pl.String,
    "base_number": pl.String,
    "base_exact": pl.Boolean,
    "england_value": pl.Float64,
    "england_text": pl.String,
    "hover": pl.String,
}


@dataclass(frozen=True, slots=True)
class Base:
    """What a figure rests on: the column of the count, and a short plural for it ("referrals")."""

    column: str
    counted: str


def display(groups: pl.DataFrame, england: pl.DataFrame, words: Wording, base: Base, england_words: Wording) -> pl.DataFrame:
    """One row a group for chart and table. England's figures are joined by code, so that a group without a namesake
    there has none."""
    beside = {row["ethnicity_code"]: row for row in england.iter_rows(named=True)}
    rows = [_display_row(row, beside.get(row["ethnicity_code"]), words, base, england_words) for row in groups.iter_rows(named=True)]
    return pl.DataFrame(rows, schema=DISPLAY)


def _display_row(row: dict[str, Any], england: dict[str, Any] | None, words: Wording, base: Base, england_words: Wording) -> dict[str, Any]:
    value_text, interval_text = value_words(row, words), interval_words(row, words)
    count = row[base.column]
    exact = count is not None and row[f"{base.column}_lower"] == row[f"{base.column}_upper"]
    base_number = "" if count is None or words.value_type == "count" else shown(count, 0) if exact else about(count)
    base_text = f"{'' if exact else 'about '}{base_number} {base.counted}" if base_number else ""
    allowed = _allowed(row, words)
    state = CellState(row["cell_state"])
    few = f"; {state.words} {state.shorthand}" if state is CellState.UNRELIABLE and row["value"] is not None else ""
    hover = f"{row['name']}: {value_text}" + (f", 95% interval {interval_text}" if interval_text else "") + few
    return {
        "code": row["ethnicity_code"],
        "name": row["name"],
        "level": row["group_level"],
        "state": row["cell_state"],
        "value": row["value"],
        "lower": row["lower_ci"],
        "upper": row["upper_ci"],
        "value_text": value_text,
        "interval_text": interval_text,
        "base_text": base_text,
        "base_number": base_number,
        "base_exact": exact,
        "england_value": england["value"] if england else None,
        "england_text": value_words(england, england_words) if england else "not published",
        "hover": hover + (f"; {base_text}" if base_text else "") + (f"; {allowed}" if allowed else ""),
    }


def value_words(row: dict[str, Any], words: Wording) -> str:
    """The value with its unit sign, or why there is none, with the shorthand."""
    state = CellState(row["cell_state"])
    if row["value"] is None:
        return f"{state.words} {state.shorthand}".strip()
    return words.figure(row["value"])


def interval_words(row: dict[str, Any], words: Wording) -> str:
    """The 95% interval as ``36 to 42``, empty where none can be given."""
    if row["value"] is None or row["lower_ci"] is None or row["upper_ci"] is None:
        return ""
    return f"{shown(row['lower_ci'], words.decimals)} to {shown(row['upper_ci'], words.decimals)}"


def _allowed(row: dict[str, Any], words: Wording) -> str:
    lower, upper = row["recomputed_lower"], row["recomputed_upper"]
    if row["value"] is None or lower is None or upper is None or upper - lower < 1e-9:
        return ""
    digits = words.decimals + (words.value_type != "count")
    return f"its rounded counts allow {shown(lower, digits)} to {shown(upper, digits)}"


def share_words(share: float) -> str:
    """A share in whole people of a hundred, which is 0 or 100 only where it is nobody or everybody."""
    if 0 < share < 0.5:
        return "under 1"
    return "over 99" if 99.5 <= share < 100 else shown(share, 0)


def unknown_share(observations: pl.DataFrame, column: str) -> float | None:
    """People whose ethnicity is not known per 100 of all, from ``column``; None where the counts are not published.

    All are the published total, or the groups and the unknown ones where there is no total.
    """
    rows = main_groups(observations)
    unknown = rows.filter(pl.col("group_level") == "unknown")
    known = rows.filter(pl.col("group_level") == "aggregate")
    if unknown.is_empty() or unknown[column].null_count():
        return None
    scheme = unknown["ethnicity_scheme"][0]
    total = observations.filter((pl.col("ethnicity_code") == "all") & (pl.col("ethnicity_scheme") == scheme))[column].drop_nulls()
    everyone = float(total[0]) if total.len() else None
    if everyone is None:
        if known[column].null_count():
            return None
        everyone = float(known[column].sum()) + float(unknown[column].sum())
    return 100 * float(unknown[column].sum()) / everyone if everyone > 0 else None
