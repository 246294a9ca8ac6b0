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
    """What it would take for unknown ethnicity to make a gap vanish, as sentences from a row of ``equity.unknowns.spread``.

    ``known_share``: of those whose ethnicity is known, the share who are of the group told, for comparison.
    """
    if row["reason"] is not None:
        return f"What unknown ethnicity could change cannot be said: {row['reason']}."
    if not row["can_vanish"]:
        return f"{UNKNOWN.capitalize()} could not overturn this. Whichever groups they are from, the gap remains."
    if row["tipping_in"] == "rounding":
        return "The counts are rounded so much that there may be no gap at all."
    assert group.estimate is not None
    assert reference.estimate is not None
    lower, higher = (group, reference) if group.estimate.value < reference.estimate.value else (reference, group)
    told = {"group": group, "reference": reference}.get(row["tipping_in"])
    parts = [_only_if(words, told, lower, higher, row), _alone(words, lower, higher, row), _beside(row, known_share)]
    return " ".join(part for part in parts if part)


def _only_if(words: Wording, told: Reading | None, lower: Reading, higher: Reading, row: Mapping[str, Any]) -> str:
    rate, share, people = words.value_type == "rate", row["tipping_share"], row["tipping_people"]
    of = "them" if rate else UNKNOWN
    take = f"Take the {words.events} of people whose ethnicity is not known. " if rate else ""
    who = f"{named(lower)} or {named(higher)}" if told is None else named(told)
    single = share < 0.01 and people == 1
    verb = f"{'was' if single else 'were'} {'of people ' if rate else ''}from"
    only = f"{take}The gap would vanish only if {_number(share, people)} of {of} {verb} {who}"
    return f"{only}{'' if told is None else _even_if(words, told is lower, single, higher if told is lower else lower)}."


def _number(share: float, people: float) -> str:
    return "all" if share >= 1 else f"at least {in_words(share) if share >= 0.01 else f'{people:,.0f}'}"


def _even_if(words: Wording, lifted: bool, single: bool, other: Reading) -> str:
    """What is granted already: those told had what the lower group lacks, and whoever had not is of the higher; or the reverse."""
    done = participle(words.did or "")
    if words.value_type != "proportion" or not done:
        return ""
    if lifted:
        those = "this one" if single else "every one of those"
        return f". That grants that {those} had {done}. It also grants that everyone who had not was from {named(other)}"
    those = "this one had not" if single else "not one of those had"
    return f". That grants that {those} {done}. It also grants that everyone who had was from {named(other)}"


def _alone(words: Wording, lower: Reading, higher: Reading, row: Mapping[str, Any]) -> str:
    if words.value_type != "proportion" or row["alone_people"] is None:
        return ""
    if math.isinf(row["alone_people"]):
        return f"Were none of them from {named(higher)}, not even all of them would be enough."
    number = _number(row["alone_share"], row["alone_people"])
    return f"Were none of them from {named(higher)}, {number} would have to be from {named(lower)}."


def _beside(row: Mapping[str, Any], known_share: float | None) -> str:
    if known_share is None or known_share < 0.01 or row["tipping_in"] == "both":
        return ""
    return f"Of everyone whose ethnicity is known, {in_words(known_share)} are."
