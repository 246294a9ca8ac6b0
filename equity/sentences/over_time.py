"""What charts over time say: where a figure began and where it is now, and whether a gap has moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from equity.change_wording import GapChange
from equity.change_wording import sentences as change_sentences
from equity.standing import Compared, Reading
from equity.wording import Wording, group, joined


class Ends(NamedTuple):
    """A group's first and last figure of an unbroken series, and the period of the first."""

    since: str
    first: Reading
    last: Reading


def trend_sentence(
    words: Wording, until: str, ends: Sequence[Ends], told: Compared | None, reference: Reading | None, change: GapChange | None
) -> str:
    """Each group's first and last figure, and whether the gap that the headline tells has moved. ``until``: "In 2024-25"."""
    if not ends:
        return "No group has figures of two periods that can be compared."
    said = [_moved(words, one, f"{until}, the {words.noun} for {_who(one)}" if one is ends[0] else f"For {_who(one)} it") for one in ends]
    return joined(*said, gap_moved(words, told, reference, change))


def _who(one: Ends) -> str:
    return group(one.last)


def _moved(words: Wording, one: Ends, start: str) -> str:
    assert one.first.estimate is not None
    assert one.last.estimate is not None
    return f"{start} was {words.amount(one.last.estimate.value)}. In {one.since} it was {words.number(one.first.estimate.value)}."


def gap_moved(words: Wording, told: Compared | None, reference: Reading | None, change: GapChange | None) -> str:
    """Whether the gap between a group and its reference has moved; empty where there is no gap to follow."""
    if told is None or reference is None or change is None:
        return ""
    said = change_sentences(words, change)
    return f"Between {group(told.reading)} and {group(reference)}, {said[:1].lower()}{said[1:]}"
