"""One group's figure at every organisation of a kind, beside the limits of what chance would give a place of its size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from equity import funnel
from equity.overdispersion import Kind, limits, overdispersed
from equity.wording import Wording

# Of fewer organisations the spread between them cannot be told from chance, nor what is usual from what is not.
FEWEST = 10
LEVELS = {"95": 0.95, "99.8": 0.998}


@dataclass(frozen=True, slots=True)
class Funnel:
    """``rows``: org_code, org_name, size, value, target, tau2, limits and ``flag`` of those that can be placed; ``curve`` the
    limits at each size; ``left_out`` how many have no figure to rely on. ``lacks`` says why there is nothing of it."""

    lacks: str
    rows: pl.DataFrame
    curve: pl.DataFrame
    left_out: int

    @property
    def widened(self) -> bool:
        """Whether places differ by more than chance, so that limits are wider than chance alone would make them."""
        return not self.rows.is_empty() and (self.rows["tau2"][0] or 0) > 0

    @property
    def flags(self) -> Mapping[str, int]:
        """How many are on which side of which limits."""
        return dict(self.rows.group_by("flag").len().select(pl.col("flag").cast(pl.String), "len").iter_rows())


def build(observed: pl.DataFrame, words: Wording, kind: str) -> Funnel:
    """The funnel of one group's observations, one row an organisation; ``kind`` is the plural of what they are."""
    nothing = observed.clear()
    if words.value_type not in {"proportion", "rate"} or words.standardised or not words.comparable:
        why = "a figure of this sort has no known spread by chance"
        return Funnel(f"There is no funnel plot of this indicator: {why}.", nothing, nothing, 0)
    placed = _placed(observed, words)
    if placed.height < FEWEST:
        have = f"This release has {placed.height or 'none'} with a figure for this group in this period"
        return Funnel(f"A funnel plot needs {FEWEST} {kind} or more, to tell what is usual. {have}.", nothing, nothing, 0)
    scale: Kind = "proportion" if words.value_type == "proportion" else "shmi"
    per = words.multiplier if words.value_type == "proportion" else 1.0
    rows = overdispersed(placed, [], "events", "expected", scale, multiplier=per)
    if words.value_type == "rate":
        rows = _as_rates(rows)
    return Funnel("", rows, _curve(rows, scale, words), observed.height - placed.height)


def _placed(observed: pl.DataFrame, words: Wording) -> pl.DataFrame:
    """Organisations with a figure to rely on and a known size.

    A proportion is placed at the value that is shown, of its denominator; a rate at its events, of those that the average rate of
    all would give its people.
    """
    size = pl.col("denominator")
    events = pl.col("value") / words.multiplier * size
    if words.value_type == "rate":
        size = funnel.implied_denominator(pl.col("numerator"), pl.col("value"), words.multiplier)
        events = pl.col("numerator")
    found = observed.filter(pl.col("cell_state").is_in(["observed", "true_zero"])).select("org_code", "org_name", size=size, events=events)
    found = found.filter((pl.col("size") > 0) & pl.col("events").is_not_null())
    average = funnel.pooled(pl.col("events"), pl.col("size"))
    expected = pl.col("size") if words.value_type == "proportion" else average * pl.col("size")
    return found.with_columns(expected=expected, average=average * words.multiplier).sort("org_name", "org_code")


def _as_rates(rows: pl.DataFrame) -> pl.DataFrame:
    """Observed over expected as rates: times the average."""
    edges = [name for name in rows.columns if name.startswith(("lower_", "upper_", "plain_lower", "plain_upper"))]
    return rows.with_columns(pl.col("value", "target", *edges) * pl.col("average"))


def _curve(rows: pl.DataFrame, scale: Kind, words: Wording) -> pl.DataFrame:
    """The limits at sizes from nearly the smallest to the largest: size, and lower and upper limit at each level."""
    smallest, largest = (float(rows.select(one).item()) for one in (pl.col("size").min(), pl.col("size").max()))
    average, tau2 = pl.lit(rows["average"][0]), pl.lit(rows["tau2"][0])
    proportion = words.value_type == "proportion"
    sizes = funnel.sizes(smallest * 0.8, largest * 1.05).to_frame()
    at = pl.col("size") if proportion else pl.col("size") * average / words.multiplier
    target = average / words.multiplier if proportion else pl.lit(1.0)
    per = words.multiplier if proportion else average
    pairs = {name: limits(scale, at, target, tau2, level) for name, level in LEVELS.items()}
    columns = {f"{side}_{name}": getattr(pair, side) * per for name, pair in pairs.items() for side in ("lower", "upper")}
    return sizes.with_columns(**columns)
