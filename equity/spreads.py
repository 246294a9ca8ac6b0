"""The greatest and least value, difference and ratio over every spread of the people of unknown ethnicity, as arrays.

Of U people with V events a group gets u people with v events, 0 <= v <= u. Counts and U and V may be ranges. In a rate of a
known population the events alone are spread and bring no people. Proofs: docs/methods/bounds.md.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from equity.extremes import Floats

WHOLE = 1e-9  # of a person, so that a whole number is not taken for the next one


class Unknown(NamedTuple):
    """Events and people of unknown ethnicity, fewest and most; whether there are other groups for them than the two at hand."""

    events_low: Floats
    events_high: Floats
    people_low: Floats
    people_high: Floats
    spare: NDArray[np.bool_]


class Ends(NamedTuple):
    """Counts with which a group is highest, and with which it is lowest, whatever of the unknown is added to them."""

    events_best: Floats
    people_best: Floats
    events_worst: Floats
    people_worst: Floats

    def highest(self, lost: Unknown, events: Floats, share: bool) -> Floats:  # noqa: ARG002  (one shape with the next)
        """With all events of the unknown and nobody else of them."""
        people = self.people_best + (events if share else 0.0)
        return np.where(people > 0, (self.events_best + events) / people, 1.0)

    def lowest(self, lost: Unknown, events: Floats, share: bool) -> Floats:
        """With everybody of the unknown who had no event."""
        people = self.people_worst + (lost.people_high - events if share else 0.0)
        return np.where(people > 0, self.events_worst / people, 0.0)


def ends(counts: tuple[Floats, Floats, Floats, Floats], least: Floats, most: Floats, lost: Unknown, share: bool) -> Ends:
    """Of counts (events low and high, people low and high) and the value per head, which may be known more closely."""
    events_low, events_high, people_low, people_high = counts
    # Where nobody of a group is known, those of unknown ethnicity are all that it can have.
    fewest = np.where(share & (lost.events_high > 0), people_low, np.maximum(people_low, 1.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        best = np.fmin(events_high, most * fewest)
        kink = np.where(least > 0, events_low / least, people_high)
        largest = np.clip(kink, people_low, people_high)
        worst = np.fmax(events_low, least * largest)
    return Ends(np.minimum(best, fewest) if share else best, fewest, worst, largest)


def _between(inside: Floats, lost: Unknown) -> list[Floats]:
    """The whole numbers of events on either side of where a gap that rises and then falls is greatest, and both ends."""
    steady = np.where(np.isnan(inside), lost.events_high, inside)
    beside = [np.clip(one, lost.events_low, lost.events_high) for one in (np.floor(steady), np.ceil(steady))]
    return [*beside, lost.events_low, lost.events_high]


def widest(one: Ends, other: Ends, lost: Unknown, share: bool) -> Floats:
    """The greatest difference of one and other: concave in the number of events among the unknown."""
    if not share:
        return one.highest(lost, lost.events_high, share) - other.lowest(lost, lost.events_low, share)
    steep = np.sqrt((one.people_best - one.events_best) / other.events_worst)
    inside = (steep * (other.people_worst + lost.people_high) - one.people_best) / (1 + steep)
    tried = [one.highest(lost, at, share) - other.lowest(lost, at, share) for at in _between(inside, lost)]
    return np.max(tried, axis=0)


def farthest(one: Ends, other: Ends, lost: Unknown, share: bool) -> Floats:
    """The greatest ratio of one and other: its logarithm is concave in the number of events among the unknown."""
    if not share:
        return one.highest(lost, lost.events_high, share) / other.lowest(lost, lost.events_low, share)
    rest = one.people_best - one.events_best
    inside = np.sqrt(rest * (one.people_best + other.people_worst + lost.people_high)) - one.people_best
    tried = [one.highest(lost, at, share) / other.lowest(lost, at, share) for at in _between(inside, lost)]
    return np.fmax.reduce(tried, axis=0)


class Tipping(NamedTuple):
    """The fewest of the unknown who would have to be of the lower group, of the higher, or of either, for no gap to be left;
    and of the lower alone, were nobody of them of the higher: infinite where all would not do, NaN without a third group."""

    in_low: Floats
    in_high: Floats
    in_either: Floats
    alone: Floats


def tipping(low: Ends, high: Ends, lost: Unknown, share: bool) -> Tipping:
    """People of unknown ethnicity; events of theirs where the value is a rate, which only the lower group has any use for."""
    x, n, far, base = low.events_best, low.people_best, high.events_worst, high.people_worst
    if not share:
        paired = (n * (far + lost.events_low) - x * base) / (n + base)
        steady = _whole(np.where(lost.spare, far / base * n - x, paired))
        return Tipping(steady, np.zeros_like(x), lost.events_low, np.where(lost.spare, _of(steady, lost.events_high), np.nan))
    people, events = lost.people_high, lost.events_low
    rate = far / (base + people - events)
    alone = (rate * n - x) / (1 - rate)
    # With two groups whoever is not of the one is of the other.
    paired = ((far + events) * n - x * (base + people)) / ((n - x) + (base + people - far - events))
    reach = x + lost.events_high
    sunk = far * (n + lost.events_high) / reach - base
    pair = [(far * (n + number) - reach * base) / (reach + far) for number in (people, lost.people_low)]
    # Few events lift the lower group, or many others sink the higher: fewest together where one more of either does the same.
    fewest, enough = np.maximum(alone, 0.0), (far / base * n - x) / (1 - far / base)
    turn = np.clip(np.sqrt(far * (n - x)) - x, fewest, np.fmin(lost.events_high, enough))
    lone = _whole(enough)
    together = turn + np.maximum(far * (n + turn) / (x + turn) - base, 0.0)
    return Tipping(
        _whole(np.where(lost.spare, alone, paired)),
        _whole(np.where(lost.spare, sunk, np.minimum(*pair))),
        np.where(lost.spare, _whole(together), lost.people_low),
        np.where(lost.spare, _of(lone, lost.events_high), np.nan),
    )


def _of(people: Floats, most: Floats) -> Floats:
    return np.where(people <= most, people, np.inf)


def _whole(people: Floats) -> Floats:
    return np.maximum(np.ceil(people - WHOLE * np.maximum(np.abs(people), 1.0)), 0.0)
