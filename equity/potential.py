"""What a gap adds up to in people: how many more, or fewer, if every group had the value of one of them.

The population attributable risk to a reference that was chosen (``equity.attributable``), times the people: an interval of the
sum of all groups, not a sum of their intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from equity.comparator import Group
from equity.comparison import Estimate
from equity.standing import Reading, Standing
from equity.summary_measures import summarise
from equity.wording import Wording


@dataclass(frozen=True, slots=True)
class Potential:
    """How many more (+) or fewer (-) in all groups together at the reference's value, and in which groups that is known."""

    people: Estimate
    reference: Reading
    groups: Sequence[Reading]


def potential(words: Wording, standing: Standing) -> Potential | str:
    """The potential of a standing, or as a sentence why there is none."""
    sure = [one for one in standing.readings if one.sure and one.base]
    lacks = _lacks(words, standing, sure)
    if lacks or standing.reference is None:
        return lacks
    kind = "proportion" if words.value_type == "proportion" else "rate"
    how: dict[str, Any] = {"kind": kind, "multiplier": words.multiplier, "measures": ["par"]}
    found = summarise(_frame(sure), [], Group(standing.reference.code), **how).row(0, named=True)
    if found["estimate"] is None:
        return f"What equal rates would mean in people cannot be worked out: {found['problem']}."
    whole = sum(one.base or 0.0 for one in sure) / words.multiplier
    lower, upper = (None if found[name] is None else found[name] * whole for name in ("lower_ci", "upper_ci"))
    return Potential(Estimate(found["estimate"] * whole, lower, upper), standing.reference, sure)


def _lacks(words: Wording, standing: Standing, sure: Sequence[Reading]) -> str:
    """Why there is no potential; empty where there is one. A standardised rate times people is not what happened to them."""
    if words.value_type not in {"proportion", "rate"} or words.standardised or not words.comparable:
        return "What equal rates would mean in people cannot be worked out from these figures."
    if standing.reference is None or not standing.reference.sure:
        return "What equal rates would mean in people cannot be worked out: the reference group has no figure to rely on."
    if standing.reference not in sure or len(sure) < 2:
        return "What equal rates would mean in people cannot be worked out: how many people the groups have is not published."
    return ""


def _frame(sure: Sequence[Reading]) -> pl.DataFrame:
    """Values with their limits and people, as ``equity.groups`` reads them."""
    rows = [(one.code, one.estimate.value, one.estimate.lower, one.estimate.upper, one.base) for one in sure if one.estimate is not None]
    numbers = dict.fromkeys(("value", "lower_ci", "upper_ci", "population"), pl.Float64)
    return pl.DataFrame(rows, schema={"group": pl.String, **numbers}, orient="row")
