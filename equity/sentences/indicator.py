"""One indicator at one place: the headline, and whatever else its figures say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from equity.cells import CellState
from equity.comparison import Finding
from equity.gaps import absolute_gap, in_people, people_words, relative_gap
from equity.numbers import listed
from equity.standing import Compared, Reading, Standing
from equity.wording import Wording, absence, absences, all_absent, at, group, groups, joined, sentence, statement, valued


def indicator_sentence(words: Wording, when: str, place: str, standing: Standing) -> str:
    """The story of an indicator as one text: who fares worst beside the reference, by how much, and how sure that is.

    ``when`` begins the sentence ("In 2024-25"), ``place`` is the organisation's name.
    """
    return joined(*indicator_story(words, when, place, standing))


def whole_sentence(words: Wording, when: str, place: str, everyone: Reading) -> str:
    """The figure of everyone, where an indicator is not about groups."""
    start, named = f"{when} {at(place)}", replace(everyone, people="everyone")
    if everyone.estimate is None:
        return f"{start}, {absence(everyone.state, [named])}."
    few = sentence(absence(everyone.state, [named])) if everyone.state is CellState.UNRELIABLE else ""
    figure = f"{start}, {statement(words, replace(everyone, people='people'))}."
    return joined(figure, "This is one figure for everyone: it does not compare ethnic groups.", few)


def headline(story: Sequence[str]) -> tuple[str, str]:
    """The first two sentences of a story, which are the headline, and the rest of it."""
    return joined(*story[:2]), joined(*story[2:])


def indicator_story(words: Wording, when: str, place: str, standing: Standing) -> list[str]:
    """The sentences of ``indicator_sentence`` in turn; the first two say what matters most."""
    start, reference = f"{when} {at(place)}", standing.reference
    with_figures = [one for one in standing.readings if one.estimate is not None]
    if not standing.readings:
        return [f"This release holds no figures by ethnic group for “{words.name}” {at(place)}."]
    if not with_figures:
        return [f"{start}, no group has a figure that can be shown.", joined(*_clauses(standing.readings))]
    if not words.comparable:
        return [_each(words, start, with_figures), "", _absent(standing)]
    if reference is None or not reference.sure:
        why = "the figure for the reference group is not published" if reference is None else absence(reference.state, [reference])
        return [f"{start}, {why}, so no other group can be compared with it. Choose another reference group."]
    if not standing.compared:
        rest = [one for one in standing.readings if one is not reference]
        others = joined("No other group can be compared.", *_clauses(rest)) if rest else "No other group is published."
        return [f"{start}, {statement(words, reference)}.", others]
    if all(one.comparison.finding is Finding.CANNOT_SAY for one in standing.compared):
        return [_without_intervals(words, start, standing, reference), "", _absent(standing)]
    tell = _worst if standing.first is not None else _none_worse
    return [*tell(words, start, standing, reference), _rest(words, standing, reference)]


def _worst(words: Wording, start: str, standing: Standing, reference: Reading) -> list[str]:
    one = standing.first
    assert one is not None
    return [*one_gap(words, start, one, reference), _directions(words, standing, one)]


def one_gap(words: Wording, start: str, one: Compared, reference: Reading) -> list[str]:
    """One gap: both values, how large it is in both ways, and in people. ``start``: "In 2024-25 at ..."."""
    return [
        f"{start}, {statement(words, one.reading)}.",
        f"For {reference.people} it was {valued(words, reference)}.",
        f"The gap is {absolute_gap(words, one.comparison)}: {relative_gap(words, one, reference)}.",
        people_words(words, one, reference),
    ]


def _none_worse(words: Wording, start: str, standing: Standing, reference: Reading) -> list[str]:
    """No group is clearly worse off than the reference: the largest clear gap is then the reference group's own."""
    said = f"{start}, {statement(words, reference)}."
    best = max(standing.clear, key=lambda one: abs(one.comparison.difference.value), default=None)
    if best is None:
        return [said]
    every = "No other ethnic group" if _whole(standing) else "No group that can be compared"
    return [
        said,
        f"{every} fared clearly worse.",
        f"The largest clear gap is with {group(best.reading)}, at {valued(words, best.reading)}.",
        f"The gap is {absolute_gap(words, best.comparison)}: {relative_gap(words, best, reference)}.",
        in_people(words, reference, best.reading),
        _directions(words, standing, best),
    ]


def _directions(words: Wording, standing: Standing, told: Compared) -> str:
    """The other clear differences, first those in the direction of the one already told."""
    said: list[str] = []
    other = Finding.LOWER if told.comparison.finding is Finding.HIGHER else Finding.HIGHER
    for way, also in ((told.comparison.finding, "also clearly"), (other, "clearly")):
        found = [one.reading for one in standing.clear if one is not told and one.comparison.finding is way]
        if found:
            said.append(f"{also} {way} for {groups(found)}")
    return f"The {words.noun} was {' and '.join(said)}." if said else ""


def _rest(words: Wording, standing: Standing, reference: Reading) -> str:
    """Everyone who has not been spoken of: no clear difference, no interval, no figure."""
    alike = [one.reading for one in standing.compared if one.comparison.finding is Finding.NO_CLEAR_DIFFERENCE]
    said = _alike(words, standing, alike, reference) if alike else ""
    loose = [one.reading for one in standing.compared if one.comparison.finding is Finding.CANNOT_SAY]
    unsure = f"No interval can be given for {groups(loose)}, so no comparison can be made." if loose else ""
    return joined(said, unsure, _absent(standing))


def _alike(words: Wording, standing: Standing, alike: Sequence[Reading], reference: Reading) -> str:
    if standing.clear:
        return f"There was no clear difference for {groups(alike)}."
    values = sorted(one.estimate.value for one in alike if one.estimate is not None)
    low, high = words.number(values[0]), words.amount(values[-1])
    span = high if low == words.number(values[-1]) else f"from {low} to {high}"
    if len(alike) == 1 or not _whole(standing):
        return f"There was no clear difference between {group(reference)} and {groups(alike)}. For them it was {span}."
    return f"There was no clear difference between {group(reference)} and any other ethnic group. For them it was {span}."


def _without_intervals(words: Wording, start: str, standing: Standing, reference: Reading) -> str:
    values = listed([f"{valued(words, one.reading)} for {one.reading.people}" for one in standing.compared])
    return (
        f"{start}, {statement(words, reference)}. It was {values}. "
        "No interval can be given for these figures, so we cannot say whether the differences are more than chance."
    )


def _each(words: Wording, start: str, readings: Sequence[Reading]) -> str:
    """Every figure, where groups cannot be compared."""
    first, others = readings[0], readings[1:]
    if words.value_type != "count":
        rest = f" It was {listed([f'{valued(words, one)} for {one.people}' for one in others])}." if others else ""
        return f"{start}, {statement(words, first)}.{rest} These figures cannot be used to compare groups."
    counts = listed([statement(words, first), *(f"{valued(words, one)} for {one.people}" for one in others)])
    return f"{start}, {counts}. These are counts of groups of different sizes, so they cannot be compared."


def _absent(standing: Standing) -> str:
    """Groups without a figure to rely on; none is ever left out in silence."""
    without = [one for one in standing.readings if one.estimate is None or one.state is CellState.UNRELIABLE]
    return joined(*_clauses(without))


def _clauses(readings: Sequence[Reading]) -> list[str]:
    """Why groups have no figure, or none to rely on: a sentence for each reason."""
    return [sentence(clause) for clause in absences(readings)]


def _whole(standing: Standing) -> bool:
    """Whether every group but the reference could be compared."""
    sure = [one for one in standing.compared if one.comparison.finding is not Finding.CANNOT_SAY]
    return len(sure) == len(standing.readings) - 1


def detail_sentence(words: Wording, when: str, place: str, parent: str, readings: Sequence[Reading]) -> str:
    """The detailed groups inside an aggregate one: between which values they lie, and which have no figure to rely on."""
    figures = [(one.estimate.value, one.name, one) for one in readings if one.sure and one.estimate is not None]
    sure = [one for *_, one in sorted(figures)]
    unsure = joined(*_clauses([one for one in readings if not one.sure]))
    start = f"{when} {at(place)}, within the {parent} group"
    if not sure:
        states = {one.state for one in readings}
        why = sentence(all_absent(*states)) if len(states) == 1 and len(readings) > 1 else unsure
        return joined(f"{start} no figure can be relied on.", why)
    if len(sure) == 1:
        return joined(f"{start} only one figure can be relied on. It is {valued(words, sure[0])}, for {group(sure[0])}.", unsure)
    low, high = sure[0], sure[-1]
    ends = f"the lowest {words.noun} was {valued(words, low)}, for {group(low)}. The highest was {valued(words, high)}, for {group(high)}."
    return joined(f"{start} {ends}", unsure)
