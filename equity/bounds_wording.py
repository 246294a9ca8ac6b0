"""How far rounding and unknown ethnicity could move a figure or a gap, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from equity.numbers import shown
from equity.standing import Reading
from equity.wording import Wording, participle
from equity.wording import group as named

UNKNOWN = "the people whose ethnicity is not known"


def rounding(words: Wording, lower: float, upper: float) -> str:
    """What a figure may be, given its counts, as a sentence; empty where it is what is printed."""
    decimals = words.decimals + 1
    # Outwards, so that the words never say less than the bounds.
    step = 10.0**-decimals
    low, high = math.floor(lower / step + 1e-9) * step, math.ceil(upper / step - 1e-9) * step
    if high - low < step / 2:
        return ""
    unit = words.units(shown(high, decimals)) if words.value_type == "mean" else words.per
    span = f"from {shown(low, decimals)} to {shown(high, decimals)} {unit}".strip()
    return f"The counts behind this figure are rounded: it can be anything {span}."


def in_words(share: float) -> str:
    """A share as people say it, rounded down, so that "at least" stays true: ``7 in 10``, ``43 in every 100``."""
    hundredths = math.floor(share * 100 + 1e-9)
    return f"{hundredths // 10} in 10" if 0 < hundredths < 100 and hundredths % 10 == 0 else f"{hundredths} in every 100"


def tipping(words: Wording, group: Reading, reference: Reading, row: Mapping[str, Any], known_share: float | None = None) -> str:
    """What it would take for unknown ethnicity to make a gap vanish, as a sentence from a row of ``equity.unknowns.spread``.

    ``known_share``: of those whose ethnicity is known, the share who are of the group told, for comparison.
    """
    if row["reason"] is not None:
        return f"What unknown ethnicity could change cannot be said: {row['reason']}."
    if not row["can_vanish"]:
        return f"{UNKNOWN.capitalize()} could not overturn this: whichever groups they are from, a gap remains."
    if row["tipping_in"] == "rounding":
        return "The counts are rounded so much that there may be no gap at all."
    return f"{_only_if(words, group, reference, row)}{_beside(row, known_share)}"


def _only_if(words: Wording, group: Reading, reference: Reading, row: Mapping[str, Any]) -> str:
    rate, share, people = words.value_type == "rate", row["tipping_share"], row["tipping_people"]
    of = f"the {words.events} of people whose ethnicity is not known" if rate else UNKNOWN
    one, other = named(group), named(reference)
    who = {"group": one, "reference": other}.get(row["tipping_in"], f"{one} or {other}")
    number = "all" if share >= 1 else f"at least {in_words(share) if share >= 0.01 else f'{people:,.0f}'}"
    verb = "was" if share < 0.01 and people == 1 else "were"
    only = f"The gap would vanish only if {number} of {of} {verb} {'of people ' if rate else ''}from {who}"
    return f"{only}{_even_if(words, group, reference, row)}."


def _even_if(words: Wording, group: Reading, reference: Reading, row: Mapping[str, Any]) -> str:
    """The worst case that is granted already: everyone told was what the lower group lacks, or no one what the higher has."""
    done = participle(words.did or "")
    if words.value_type != "proportion" or not done or row["tipping_in"] == "both":
        return ""
    assert group.estimate is not None
    assert reference.estimate is not None
    below = group.estimate.value < reference.estimate.value
    lifted = below == (row["tipping_in"] == "group")
    return f", even if {'every' if lifted else 'not'} one of those had {done}"


def _beside(row: Mapping[str, Any], known_share: float | None) -> str:
    if known_share is None or row["tipping_in"] == "both":
        return ""
    return f" Of everyone whose ethnicity is known, {in_words(known_share)} are." if known_share >= 0.01 else ""
