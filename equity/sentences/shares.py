"""What a group's share of cases is beside its share of residents: two shares that must not be mixed up."""

from __future__ import annotations

from collections.abc import Sequence

from equity.comparison import Finding
from equity.numbers import in_a_hundred, part_of_100, shown
from equity.sentences.beside import unknown_sentence
from equity.shares import Share
from equity.standing import Reading
from equity.wording import absences, at, groups, joined, sentence


def shares_sentence(when: str, place: str, counted: str, found: Sequence[Share], unknown: float | None, rest: float) -> str:
    """Which groups have a larger share of what is counted than of residents, then both shares of each group.

    Of every 100 cases ``unknown`` are of unknown ethnicity, and ``rest`` are in no figure by group at all.
    """
    return joined(
        _headline(when, place, counted, found),
        *(_both(counted, one) for one in found),
        *(sentence(clause) for clause in absences([_reading(one) for one in found if one.cases is None])),
        unknown_sentence(unknown, counted),
        f"For {in_a_hundred(rest)} in every 100 there is no figure by ethnic group at all." if rest > 0 else "",
        _open(found),
    )


def _headline(when: str, place: str, counted: str, found: Sequence[Share]) -> str:
    larger, smaller, alike = (_named(found, way) for way in (Finding.HIGHER, Finding.LOWER, Finding.NO_CLEAR_DIFFERENCE))
    than = f"share of {counted} than of residents {at(place)}"
    if larger:
        rest = f"{_upper(smaller)} had a smaller share." if smaller else ""
        said = joined(f"{when}, {larger} had a larger {than}.", rest)
    elif smaller:
        said = f"{when}, {smaller} had a smaller {than}."
    elif alike:
        return f"{when}, no group clearly had a larger or smaller {than}."
    else:
        return f"{when}, no group’s share of {counted} can be set beside its share of residents {at(place)}."
    return joined(said, f"For {alike} there was no clear difference." if alike else "")


def _named(found: Sequence[Share], way: Finding) -> str:
    those = [_reading(one) for one in found if one.finding is way]
    return groups(those) if those else ""


def _reading(one: Share) -> Reading:
    return Reading(one.member.code, one.member.name, one.member.people, one.member.state)


def _both(counted: str, one: Share) -> str:
    """Both shares of a group, and where they clearly differ by how much."""
    if one.cases is None:
        return ""
    residents = one.member.residents
    beside = "their share of residents is not counted" if residents is None else f"{part_of_100(residents)} in 100 of residents"
    said = f"{_upper(groups([_reading(one)]))}: {part_of_100(one.cases.value)} in 100 of {counted}; {beside}."
    gap, times = one.difference, one.ratio
    if not one.clear or gap is None or times is None:
        return said
    way, digits = "more" if gap.value > 0 else "fewer", 1 if times.value >= 1 else 2
    return joined(said, f"That is about {part_of_100(abs(gap.value))} in 100 {way}, or {shown(times.value, digits)} times the share.")


def _open(found: Sequence[Share]) -> str:
    """Whose share may only look larger or smaller because some people's ethnicity is not known."""
    gaps = [(one, one.difference.value > 0) for one in found if one.open and one.difference]
    sides = [(way, [_reading(one) for one, more in gaps if more == larger]) for way, larger in (("larger", True), ("smaller", False))]
    return joined(*(f"That could explain why {groups(those)} seem to have a {way} share." for way, those in sides if those))


def _upper(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
