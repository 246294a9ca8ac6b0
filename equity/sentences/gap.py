"""One gap over time: whether it has narrowed, what it is now and was at first, and how far the groups lie apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from equity.change import Direction
from equity.change_wording import GapChange
from equity.comparison import Estimate
from equity.gaps import absolute_gap, ratio_numbers, relative_gap
from equity.numbers import shown
from equity.sentences.over_time import gap_moved
from equity.standing import Compared, Reading
from equity.wording import Wording, absence, at, group, joined, valued


class Line(NamedTuple):
    """What a line through all periods that may be compared says of the absolute gap, and how many they are."""

    direction: Direction
    periods: int


def gap_story(
    words: Wording,
    when: str,
    place: str,
    told: Reading | None,
    reference: Reading | None,
    now: Compared | None,
    first: Compared | None,
    change: GapChange | None,
    line: Line | None,
) -> list[str]:
    """The gap between a group and its reference over time; the first sentence or two answer whether it has narrowed.

    ``when`` begins a sentence ("In 2024-25"); ``now`` and ``first`` are the gap in that period and in the first of ``change``.
    """
    if told is None or reference is None or now is None:
        return [_untold(words, f"{when} {at(place)}", told, reference)]
    if change is None:
        names = f"{group(told)} and {group(reference)}"
        lead = f"Nothing can be said yet of a change in the gap between {names} {at(place)}: there is no earlier period to compare."
        return [lead, _now(words, when, now, reference)]
    moved = gap_moved(words, now, reference, change)
    where = at(place)
    return [
        f"{where[:1].upper()}{where[1:]}, {moved[:1].lower()}{moved[1:]}",
        _now(words, when, now, reference),
        _then(words, change, first),
        _along(change, line),
    ]


def _untold(words: Wording, start: str, told: Reading | None, reference: Reading | None) -> str:
    """Why there is no gap to follow."""
    if not words.comparable:
        return f"{start}, the figures cannot be used to compare groups, so there is no gap to follow."
    for one, instead in ((reference, "reference group"), (told, "group")):
        if one is None:
            return f"{start}, the figure for the {instead} is not published, so there is no gap to follow. Choose another {instead}."
        if not one.sure:
            return f"{start}, {absence(one.state, [one])}, so there is no gap to follow. Choose another {instead}."
    return f"{start}, there is no other group to compare with {group(reference) if reference else 'the reference group'}."


def _now(words: Wording, when: str, now: Compared, reference: Reading) -> str:
    unclear = "" if now.clear else ". That is no clear difference"
    return f"{when} it was {absolute_gap(words, now.comparison)}: {relative_gap(words, now, reference)}{unclear}."


def _then(words: Wording, change: GapChange, first: Compared | None) -> str:
    """The gap in the first period, and how its ratio has moved."""
    if first is None:
        return ""
    ratio, limits = ratio_numbers(first.comparison)
    relative = f", and the ratio was {ratio}" + (f" (95% interval {limits})" if limits else "") if ratio else ""
    return joined(f"In {change.since} it was {absolute_gap(words, first.comparison)}{relative}.", _times(change.ratio))


def _times(ratio: Estimate | None) -> str:
    if ratio is None or ratio.lower is None or ratio.upper is None or not math.isfinite(ratio.upper):
        return ""
    limits = f"{shown(ratio.lower, 2)} to {shown(ratio.upper, 2)}"
    return f"The ratio is now {shown(ratio.value, 2)} times what it was then (95% interval {limits})."


def _along(change: GapChange, line: Line | None) -> str:
    """What a line through all periods adds: one odd period at either end does not tell the whole story."""
    if line is None or line.direction is Direction.CANNOT_SAY:
        return ""
    start = f"A line through all {line.periods} periods that can be compared"
    if line.direction is change.difference_finding:
        return f"{start} says the same."
    ways = {Direction.NARROWING: "points to a narrower gap", Direction.WIDENING: "points to a wider gap"}
    return f"{start} {ways.get(line.direction, 'shows no clear change, so one odd period may stand behind this')}."


def spread_sentence(words: Wording, periods: Sequence[tuple[str, Sequence[Reading]]]) -> str:
    """Between which groups the figures lay in the first and in the last of the periods: (phrase, readings) each."""
    told = [(when, known) for when, readings in periods if (known := [one for one in readings if one.estimate is not None])]
    if not told:
        return "No period has a figure that can be shown."
    ends = [told[0], told[-1]] if len(told) > 1 else told[:1]
    care = "Both ends move by chance too. So this alone does not show a change."
    return joined(*(_spread(words, when, known) for when, known in ends), care if len(told) > 1 else "")


def _spread(words: Wording, when: str, readings: Sequence[Reading]) -> str:
    ordered = sorted(((one.estimate.value, one.name, one) for one in readings if one.estimate is not None), key=lambda one: one[:2])
    low, high = ordered[0][2], ordered[-1][2]
    if len(ordered) == 1:
        return f"{when} one group alone has a figure. It is {valued(words, low)}, for {group(low)}."
    if valued(words, low) == valued(words, high):
        return f"{when} the {words.noun} was {valued(words, low)} for every group with a figure."
    ends = f"{valued(words, low)}, for {group(low)}. The highest was {valued(words, high)}, for {group(high)}"
    return f"{when} the lowest {words.noun} was {ends}."
