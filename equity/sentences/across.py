"""The same gap at several sites, and one group's figure at every organisation of a kind. In alphabetical order: no league table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from equity.comparison import Finding
from equity.gaps import absolute_gap, ratio_numbers
from equity.numbers import listed
from equity.standing import Compared, Reading
from equity.wording import Wording, absence, group, joined


class SiteGap(NamedTuple):
    """A group and its reference at one site; ``compared`` is None where either has no figure to rely on."""

    name: str
    told: Reading | None
    reference: Reading | None
    compared: Compared | None


def sites_story(
    words: Wording, when: str, group_of: Reading, reference: Reading, sites: Sequence[SiteGap], england: SiteGap | None
) -> list[str]:
    """At how many sites the figure is clearly lower or higher for the group than for the reference, and by how much.

    ``group_of`` and ``reference`` give the names alone. The first sentences are the headline; then each site's gap.
    """
    names = f"{group(group_of)} and {group(reference)}"
    if not words.comparable:
        return [f"{when}, “{words.name}” gives figures of groups that differ in size: they cannot be compared, at any site."]
    with_gap = [one for one in sites if one.compared is not None]
    if not with_gap:
        where = f"at {sites[0].name}" if len(sites) == 1 else f"at any of the {len(sites)} sites"
        lead = f"{when}, {names} cannot be compared {where} on “{words.name}”."
        return [lead, "", *(_absent(words, one) for one in sites), *_of_england(words, england)]
    return [
        *_counted(words, when, group_of, reference, with_gap, len(sites)),
        *(_gap(words, one) for one in with_gap),
        *(_absent(words, one) for one in sites if one.compared is None),
        *_of_england(words, england),
    ]


def _counted(words: Wording, when: str, group_of: Reading, reference: Reading, found: Sequence[SiteGap], total: int) -> tuple[str, str]:
    """How many sites show which finding: the first as a sentence of its own, the others after it."""
    said: list[str] = []
    for finding in (Finding.LOWER, Finding.HIGHER):
        here = [one for one in found if one.compared is not None and one.compared.comparison.finding is finding]
        if not here:
            continue
        judged = here[0].compared.judgement if here[0].compared else "neither"
        way = f"clearly {finding}" + (f" ({judged})" if judged != "neither" else "")
        where = _at(here, total)
        compared = f" for {group(group_of)} than for {group(reference)}"
        said.append(f"{when}, “{words.name}” was {way}{compared} {where}." if not said else f"It was {way} {where}.")
    alike = [one for one in found if one.compared is not None and one.compared.comparison.finding is Finding.NO_CLEAR_DIFFERENCE]
    if alike and not said:
        between = f"between {group(group_of)} and {group(reference)}"
        said.append(f"{when}, “{words.name}” showed no clear difference {between} {_at(alike, total)}.")
    elif alike:
        said.append(f"There was no clear difference at {listed([one.name for one in alike])}.")
    unsure = [one.name for one in found if one.compared is not None and one.compared.comparison.finding is Finding.CANNOT_SAY]
    if unsure:
        start = "" if said else f"{when}, on “{words.name}”: "
        said.append(f"{start}{'n' if start else 'N'}o interval can be given at {listed(unsure)}, so nothing can be said of chance there.")
    return said[0], joined(*said[1:])


def _at(here: Sequence[SiteGap], total: int) -> str:
    names = listed([one.name for one in here])
    if total == 1:
        return f"at {names}"
    return f"at all {total} sites" if len(here) == total else f"at {len(here)} of {total} sites: {names}"


def _gap(words: Wording, one: SiteGap) -> str:
    """The gap of a site, absolute and relative together, and its direction: sites may differ in which group is higher."""
    assert one.compared is not None
    comparison = one.compared.comparison
    ratio, limits = ratio_numbers(comparison)
    relative = f", or {ratio} times the {words.noun}" + (f" (95% interval {limits})" if limits else "")
    relative = relative if ratio else ", and no ratio can be given"
    start = f"the {words.noun} was {comparison.finding} by" if one.compared.clear else "the gap was"
    unclear = ": no clear difference" if comparison.finding is Finding.NO_CLEAR_DIFFERENCE else ""
    return f"{_there(one)} {start} {absolute_gap(words, comparison)}{relative}{unclear}."


def _absent(words: Wording, one: SiteGap) -> str:
    """Why a site has no gap."""
    for reading in (one.told, one.reference):
        if reading is not None and not reading.sure:
            return f"{_there(one)}, {absence(reading.state, [reading])}."
    if one.told is None and one.reference is None:
        return f"“{words.name}” is not published for {one.name} in this period."
    return f"{_there(one)}, one of the two groups is not published."


def _there(one: SiteGap) -> str:
    """Where it is, as a sentence begins: a site's name stands for its organisation."""
    return "In England" if one.name == "England" else f"At {one.name}"


def _of_england(words: Wording, england: SiteGap | None) -> list[str]:
    if england is None:
        return []
    return [_gap(words, england) if england.compared is not None else _absent(words, england)]


WHERE = {
    "low_outer": "below the outer limits",
    "low_inner": "below the inner limits",
    "within": "within the limits",
    "high_inner": "above the inner limits",
    "high_outer": "above the outer limits",
}


def funnel_sentence(
    when: str,
    kind: str,
    group_of: Reading,
    flags: Mapping[str, int],
    sites: Sequence[tuple[str, str | None]],
    widened: bool,
    left_out: int,
) -> str:
    """How many organisations lie beyond the limits, and where the sites are. ``flags``: how many are where (``WHERE``)."""
    total = sum(flags.values())
    outside = [
        f"{flags[name]} {'lies' if flags[name] == 1 else 'lie'} {WHERE[name]}" for name in WHERE if name != "within" and flags.get(name)
    ]
    start = f"{when}, of {total} {kind} with a figure for {group_of.people},"
    said = f"{start} {listed(outside)}." if outside else f"{start} all lie within the limits."
    why = "The inner limits (95%) and outer limits (99.8%) show how far from the average chance could take a place of each size"
    why += ", and have been widened because places differ by more than chance." if widened else "."
    where = _where(sites)
    out = f"Left out, with no figure to rely on: {left_out}." if left_out else ""
    return joined(said, why, where, out)


def _where(sites: Sequence[tuple[str, str | None]]) -> str:
    """The sites by where they lie, lowest first, and those that cannot be placed."""
    said: list[str] = []
    for flag in (*WHERE, None):
        names = [name for name, own in sites if own == flag]
        if names and flag:
            said.append(f"{listed(names)} {'is' if len(names) == 1 else 'are'} {WHERE[flag]}.")
        elif names:
            said.append(f"{listed(names)} {'has' if len(names) == 1 else 'have'} no figure to place.")
    return " ".join(said)
