"""A gap between two groups in numbers and in words: absolute and relative together, each with its interval, and in people."""

from __future__ import annotations

from equity.comparison import Comparison, Estimate, Finding, events_affected, people_affected
from equity.numbers import roughly, rounded, shown
from equity.standing import Compared, Reading
from equity.wording import Wording, group, participle

NO_INTERVAL = "no interval can be given"


def gap_unit(words: Wording) -> str:
    """The unit in which two values differ, for a table or a label."""
    if words.value_type == "proportion" and words.multiplier == 100:
        return "percentage points"
    return f"{words.events} {words.per}" if words.value_type == "rate" else words.per or words.unit


def gap_numbers(words: Wording, comparison: Comparison) -> tuple[str, str]:
    """The size of the gap and its 95% interval as bare numbers, the interval empty where there is none."""
    gap = _unsigned(comparison.difference)
    decimals = _enough(words.decimals, gap, 0, comparison.finding)
    return shown(gap.value, decimals), _range(gap, decimals)


def ratio_numbers(comparison: Comparison) -> tuple[str, str]:
    """The ratio and its 95% interval as bare numbers, empty where there is none."""
    ratio = comparison.ratio
    if ratio is None:
        return "", ""
    decimals = _enough(2, ratio, 1, comparison.finding)
    return shown(ratio.value, decimals), _range(ratio, decimals)


def signed_gap(words: Wording, comparison: Comparison) -> str:
    """Group minus reference for a table: ``-14 (-18 to -10)``."""
    gap = comparison.difference
    decimals = _enough(words.decimals, gap, 0, comparison.finding)
    limits = _range(gap, decimals)
    return f"{shown(gap.value, decimals)} ({limits})" if limits else shown(gap.value, decimals)


def signed_ratio(comparison: Comparison) -> str:
    """Group over reference for a table: ``0.72 (0.65 to 0.80)``."""
    value, limits = ratio_numbers(comparison)
    return (f"{value} ({limits})" if limits else value) or "–"


def absolute_gap(words: Wording, comparison: Comparison) -> str:
    """The size of the gap with its unit and interval: ``14 in every 100 (95% interval 10 to 18)``."""
    number, limits = gap_numbers(words, comparison)
    unit = words.units(number) if words.value_type == "mean" else words.per
    return f"{number} {unit}".strip() + f" ({f'95% interval {limits}' if limits else NO_INTERVAL})"


def relative_gap(words: Wording, one: Compared, reference: Reading) -> str:
    """The ratio with its interval: ``Asian groups had 0.72 times the rate of White groups (95% interval 0.65 to 0.80)``."""
    number, limits = ratio_numbers(one.comparison)
    if not number:
        return f"no ratio can be given, because the {words.noun} for {group(reference)} is 0"
    said = f"{group(one.reading)} had {number} times the {words.noun} of {group(reference)}"
    return f"{said} ({f'95% interval {limits}' if limits else NO_INTERVAL})"


def people_words(words: Wording, one: Compared, reference: Reading) -> str:
    """A clear gap in people, as a sentence; empty where it is not clear or nobody knows how many people it is about."""
    return in_people(words, one.reading, reference) if one.clear else ""


def in_people(words: Wording, group_of: Reading, like: Reading) -> str:
    """How many more or fewer there would have been, had one group had the rate of another; empty where that is not known."""
    extra = extra_people(words, group_of, like)
    number = roughly(abs(extra)) if extra is not None else "0"
    if extra is None or number == "0":
        return ""
    way = "fewer" if extra > 0 else "more"
    people = "person" if number == "1" else "people"
    done = participle(words.did or "")
    if words.value_type == "rate":
        then = f"there would have been about {number} {way} {'of these ' if number == '1' else ''}{words.events}"
    else:
        then = f"about {number} {way} {people} would have {done}" if done else f"it would have been about {number} {way} {people}"
    return f"If {group(group_of)} had the same rate as {group(like)}, {then}."


def extra_people(words: Wording, group_of: Reading, like: Reading) -> float | None:
    """More (+) or fewer (-) in a group than at another's value: from its base, or from its events where that is all there is."""
    if group_of.estimate is None or like.estimate is None or words.value_type not in {"proportion", "rate"}:
        return None
    value, other = group_of.estimate.value, like.estimate.value
    # A standardised rate times the people of a group is not what happened to them; a share of what happened is.
    if group_of.base is not None and not words.standardised:
        return people_affected(value, other, group_of.base, words.multiplier)
    if group_of.events is not None and value > 0:
        return events_affected(value, other, group_of.events)
    return None


def _unsigned(gap: Estimate) -> Estimate:
    if gap.value >= 0:
        return gap
    return Estimate(-gap.value, None if gap.upper is None else -gap.upper, None if gap.lower is None else -gap.lower)


def _enough(decimals: int, estimate: Estimate, nothing: float, finding: Finding) -> int:
    """As many more digits as keep a clear gap, and the limits of it, from being printed as no gap."""
    if finding not in {Finding.HIGHER, Finding.LOWER}:
        return decimals
    parts = [part for part in (estimate.value, estimate.lower, estimate.upper) if part is not None and part != nothing]
    most = decimals + 3
    return next((one for one in range(decimals, most) if all(rounded(part, one) != nothing for part in parts)), most)


def _range(estimate: Estimate, decimals: int) -> str:
    if estimate.lower is None or estimate.upper is None:
        return ""
    return f"{shown(estimate.lower, decimals)} to {shown(estimate.upper, decimals)}"
