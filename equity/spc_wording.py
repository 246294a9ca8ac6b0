"""What a control chart says, in plain English: is the latest value unusual, and would usual values meet the target?"""

from __future__ import annotations

from equity.spc_rules import FEW

CANNOT_SAY = "there are too few values side by side to tell what is usual"
KINDS = {
    "improvement": "a change for the better that is unlikely to be chance",
    "concern": "a change for the worse that is unlikely to be chance",
    "neutral": "a change that is unlikely to be chance",
}
ASSURED = {
    "pass": "usual values meet the target",
    "inconsistent": "usual values may meet or miss the target by chance",
    "fail": "usual values do not meet the target, and will not until something changes",
}


def variation_words(variation: str | None, signal: str | None = None, points: int = 7) -> str:
    """The variation of a reading as a clause, with the rule that found it: ``points`` in a row make a shift or a trend."""
    if variation is None:
        return CANNOT_SAY
    if variation == "common_cause":
        return "no unusual change"
    kind, _, side = variation.partition("_")
    reason = _reason(signal, side, points)
    return f"{KINDS[kind]}: {reason}" if reason else KINDS[kind]


def assurance_words(assurance: str | None) -> str:
    """Whether the target would be met, as a clause; empty where there is nothing to say."""
    return ASSURED[assurance] if assurance else ""


def reading_words(
    variation: str | None,
    signal: str | None = None,
    assurance: str | None = None,
    *,
    values_used: int | None = None,
    problem: str | None = None,
    points: int = 7,
) -> str:
    """A row of ``spc.readings`` as sentences, with a warning where the limits rest on fewer than 12 values."""
    if problem:
        return f"No reading: {problem}."
    clauses = [variation_words(variation, signal, points)]
    if variation is not None:
        clauses.append(assurance_words(assurance))
        if values_used is not None and values_used < FEW:
            clauses.append(f"this rests on {values_used} values, and may change until there are {FEW}")
    return " ".join(f"{clause[:1].upper()}{clause[1:]}." for clause in clauses if clause)


def _reason(signal: str | None, side: str, points: int) -> str:
    high = side == "high"
    return {
        "outside": f"the latest value is {'above' if high else 'below'} the range of usual values",
        "trend": f"the latest value is one of {points} or more {'rising' if high else 'falling'} in a row",
        "two_of_three": f"two of three values in a row are near the {'upper' if high else 'lower'} limit",
        "shift": f"{points} or more values in a row are {'above' if high else 'below'} the average",
    }.get(signal or "", "")
