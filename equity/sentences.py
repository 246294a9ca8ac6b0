"""What figures say, in sentences a 12-year-old could follow. Pure: the same figures always give the same words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from equity.cells import CellState
from equity.comparison import Comparison, Estimate, Finding, Polarity, people_affected
from equity.numbers import about, listed, shown
from equity.standing import Compared, Reading, Standing

ValueType = Literal["proportion", "rate", "mean", "count"]


@dataclass(frozen=True, slots=True)
class Wording:
    """How an indicator is put into words. ``people`` ends "people from Asian groups ...", ``did`` is what they did,
    ``events`` is the plural of what is counted."""

    name: str
    value_type: ValueType
    multiplier: float
    unit: str
    decimals: int
    polarity: Polarity
    people: str
    did: str
    events: str
    comparable: bool = True
    standardised: bool = False

    def who(self, reading: Reading) -> str:
        """The people of a group whom the indicator is about."""
        own = self.people.removeprefix("people").strip()
        return f"{reading.people} {own}" if own else reading.people

    def figure(self, value: float) -> str:
        """A value as it is written on a mark and in a table: ``36%``, ``242.3``."""
        percent = self.value_type == "proportion" and self.multiplier == 100
        return shown(value, self.decimals) + ("%" if percent else "")

    def amount(self, value: float) -> str:
        """A value with its unit: ``36 in every 100``, ``242.3 for every 100,000 people``, ``31 days``."""
        number = shown(value, self.decimals)
        if self.value_type == "proportion":
            return f"{number} in every {self.multiplier:,.0f}"
        if self.value_type == "rate":
            return f"{number} for every {self.multiplier:,.0f} people"
        return f"{number} {self.unit}".strip() if self.value_type == "mean" else number


def statement(words: Wording, reading: Reading) -> str:
    """One group's figure as a clause, without a full stop."""
    if reading.estimate is None:
        return f"the figure for {reading.people} is {reading.state.words}"
    value = reading.estimate.value
    if words.value_type == "proportion":
        return f"{words.amount(value)} {words.who(reading)} {words.did}"
    if words.value_type == "rate":
        per = f"{words.multiplier:,.0f}"
        return f"there were {shown(value, words.decimals)} {words.events} for every {per} {words.who(reading)}"
    if words.value_type == "mean":
        return f"on average it was {words.amount(value)} for {words.who(reading)}"
    return f"there were {words.amount(value)} {words.events} of {reading.people}"


def absolute_gap(words: Wording, comparison: Comparison) -> str:
    """The size of the gap with its unit and interval: ``14 percentage points (95% interval 10 to 18)``."""
    value, limits = gap_numbers(words, comparison)
    return f"{value} {gap_unit(words)} ({f'95% interval {limits}' if limits else 'no interval can be given'})"


def relative_gap(comparison: Comparison) -> str:
    """The ratio with its interval: ``0.72 times as many (0.65 to 0.80)``."""
    value, limits = ratio_numbers(comparison)
    if not value:
        return "no ratio can be given, as the reference is nought"
    return f"{value} times as many ({limits or 'no interval can be given'})"


def gap_numbers(words: Wording, comparison: Comparison) -> tuple[str, str]:
    """The size of the gap and its 95% interval as bare numbers, the interval empty where there is none."""
    gap = _unsigned(comparison.difference)
    decimals = _enough(words.decimals, gap, comparison.finding)
    return shown(gap.value, decimals), _range(gap, decimals)


def ratio_numbers(comparison: Comparison) -> tuple[str, str]:
    """The ratio and its 95% interval as bare numbers, empty where there is none."""
    if comparison.ratio is None:
        return "", ""
    return shown(comparison.ratio.value, 2), _range(comparison.ratio, 2)


def signed_gap(words: Wording, comparison: Comparison) -> str:
    """Group minus reference for a table: ``-14 (-18 to -10)``."""
    gap = comparison.difference
    decimals = _enough(words.decimals, gap, comparison.finding)
    limits = _range(gap, decimals)
    return f"{shown(gap.value, decimals)} ({limits})" if limits else shown(gap.value, decimals)


def signed_ratio(comparison: Comparison) -> str:
    """Group over reference for a table: ``0.72 (0.65 to 0.80)``."""
    value, limits = ratio_numbers(comparison)
    return (f"{value} ({limits})" if limits else value) or "–"


def gap_unit(words: Wording) -> str:
    """The unit in which two values differ."""
    if words.value_type == "proportion":
        return "percentage points" if words.multiplier == 100 else f"in every {words.multiplier:,.0f}"
    return f"{words.events} for every {words.multiplier:,.0f} people" if words.value_type == "rate" else words.unit


def people_words(words: Wording, one: Compared, reference: Reading) -> str:
    """The gap in people, as a sentence; empty where the base is not known or the rate is standardised."""
    if one.reading.base is None or one.reading.estimate is None or reference.estimate is None or words.standardised:
        return ""
    if words.value_type not in {"proportion", "rate"}:
        return ""
    extra = people_affected(one.reading.estimate.value, reference.estimate.value, one.reading.base, words.multiplier)
    number, way = about(abs(extra)), "fewer" if extra > 0 else "more"
    if number == "0":
        return ""
    if words.value_type == "rate":
        return f"At the rate of {_groups(reference)} there would have been about {number} {way} {words.events}."
    return f"At the rate of {_groups(reference)} there would have been about {number} {way} {words.events}."


def indicator_sentence(words: Wording, when: str, place: str, standing: Standing) -> str:
    """The headline of an indicator: who fares worst beside the reference, by how much, and how sure that is.

    ``when`` begins the sentence ("In 2024-25"), ``place`` is the organisation's name.
    """
    start = f"{when} at {place}" if place != "England" else f"{when} in England"
    with_figures = [one for one in standing.readings if one.estimate is not None]
    if not standing.readings:
        return f"This release holds no figures by ethnic group for {words.name} at {place}."
    if not with_figures:
        return f"{start}, no group has a figure that can be shown: {_absences(standing.readings)}."
    if not words.comparable:
        return f"{start}, {_counts(words, with_figures)} These are counts: groups differ in size, so they cannot be compared."
    reference = standing.reference
    if reference is None or not reference.sure:
        why = "is not published" if reference is None else _why_not(reference)
        name = "the reference group" if reference is None else f"{_groups(reference)}, the reference chosen,"
        return f"{start}, the figure for {name} {why}, so no group can be compared with it. Choose another reference group."
    if not standing.compared:
        rest = [one for one in standing.readings if one.code != reference.code]
        others = f" No other group has a figure that can be compared: {_absences(rest)}." if rest else ""
        return f"{start}, {statement(words, reference)}.{others or ' No other group is published.'}"
    if all(one.comparison.finding is Finding.CANNOT_SAY for one in standing.compared):
        return _without_intervals(words, start, standing, reference)
    if standing.first is not None:
        return _largest(words, start, standing, standing.first, reference)
    return _no_gap(words, start, standing, reference)


def _largest(words: Wording, start: str, standing: Standing, one: Compared, reference: Reading) -> str:
    parts = [
        f"{start}, {statement(words, one.reading)}.",
        f"For {reference.people} it was {_value(words, reference)}: a gap of {absolute_gap(words, one.comparison)}, "
        f"or {relative_gap(one.comparison)}.",
        people_words(words, one, reference),
        _also(words, standing, one),
        _unsure(standing),
    ]
    return " ".join(part for part in parts if part)


def _also(words: Wording, standing: Standing, first: Compared) -> str:
    wanted = "worse" if words.polarity != "neutral" else "neither"
    others = [one for one in standing.clear if one is not first and one.judgement == wanted]
    if not others:
        return ""
    return f"The difference is also clear for {listed([_groups(one.reading) for one in others])}."


def _no_gap(words: Wording, start: str, standing: Standing, reference: Reading) -> str:
    clear = list(standing.clear)
    if clear:
        names = listed([_groups(one.reading) for one in clear])
        gaps = "; ".join(f"{one.reading.name} {absolute_gap(words, one.comparison)}, {relative_gap(one.comparison)}" for one in clear)
        said = f"no group did clearly worse than {_groups(reference)}, and {names} did clearly better: {gaps}."
    else:
        said = f"there was no clear difference between {_groups(reference)} and any other group."
    values = [one.reading.estimate.value for one in standing.compared if one.reading.estimate is not None]
    low, high = words.amount(min(values)), words.amount(max(values))
    others = f"for the other groups from {low} to {high}" if low != high else f"for each other group {low}"
    parts = [f"{start}, {said}", f"For {reference.people} it was {_value(words, reference)}, {others}.", _unsure(standing)]
    return " ".join(part for part in parts if part)


def _without_intervals(words: Wording, start: str, standing: Standing, reference: Reading) -> str:
    values = [f"{_value(words, one.reading)} for {one.reading.people}" for one in standing.compared]
    return (
        f"{start}, {statement(words, reference)}, and {listed(values)}. No interval can be given for these figures, "
        "so nobody can say whether the differences are more than chance."
    )


def _counts(words: Wording, readings: Sequence[Reading]) -> str:
    each = [f"{shown(one.estimate.value, words.decimals)} of {one.people}" for one in readings if one.estimate]
    return f"there were these {words.events}: {listed(each)}."


def _unsure(standing: Standing) -> str:
    few = [_groups(one) for one in standing.readings if one.state is CellState.UNRELIABLE]
    hidden = [_groups(one) for one in standing.readings if one.state is CellState.SUPPRESSED]
    said = f"Too few people to be sure: {listed(few)}." if few else ""
    return " ".join(part for part in (said, f"Hidden to protect people: {listed(hidden)}." if hidden else "") if part)


def _absences(readings: Sequence[Reading]) -> str:
    states = list(dict.fromkeys(one.state for one in readings))
    if len(states) == 1 and len(readings) > 1:
        return f"all are {states[0].words}"
    return "; ".join(f"{listed([one.name for one in readings if one.state is state])} {state.words}" for state in states)


def _why_not(reading: Reading) -> str:
    few = reading.state is CellState.UNRELIABLE
    return "rests on too few people to be sure" if few else f"is {reading.state.words}"


def _value(words: Wording, reading: Reading) -> str:
    return words.amount(reading.estimate.value) if reading.estimate is not None else reading.state.words


def _groups(reading: Reading) -> str:
    """A group as it goes on in a sentence: ``White ethnic groups`` of ``people from White ethnic groups``."""
    return reading.people.removeprefix("people from ").removeprefix("the ")


def _unsigned(gap: Estimate) -> Estimate:
    if gap.value >= 0 or gap.lower is None or gap.upper is None:
        return Estimate(abs(gap.value), gap.lower, gap.upper)
    return Estimate(-gap.value, -gap.upper, -gap.lower)


def _enough(decimals: int, gap: Estimate, finding: Finding) -> int:
    """One digit more where a clear gap's limit would be printed as nought."""
    clear = finding in {Finding.HIGHER, Finding.LOWER}
    vanishes = any(limit is not None and float(shown(limit, decimals).replace(",", "")) == 0 for limit in (gap.lower, gap.value))
    return decimals + 1 if clear and vanishes else decimals


def _range(estimate: Estimate, decimals: int) -> str:
    if estimate.lower is None or estimate.upper is None:
        return ""
    return f"{shown(estimate.lower, decimals)} to {shown(estimate.upper, decimals)}"


# ------------------------------------------------------------------------------------------------ Beside the headline


def unknown_sentence(share: float | None, of_what: str) -> str:
    """The share of people whose ethnicity is not known, of what is counted ("referrals")."""
    if share is None:
        return f"How many of these {of_what} have no known ethnicity is not published here."
    if 0 < share < 0.5:
        return f"Ethnicity is not known for fewer than 1 in every 100 {of_what}."
    return f"Ethnicity is not known for {shown(share, 0)} in every 100 {of_what}."


def domain_sentence(domain: str, place: str, found: Sequence[tuple[Wording, Standing]], reference: str) -> str:
    """One sentence or two for a domain: how many of its indicators show a clear gap, and the widest."""
    compared = [(words, standing) for words, standing in found if standing.compared]
    if not found:
        return f"This release holds no {domain} figures by ethnic group for {place}."
    if not compared:
        return f"The {domain} figures for {place} do not allow groups to be compared: see each indicator for why."
    gaps = [(words, standing, standing.first) for words, standing in compared if standing.first is not None]
    total = _indicators(len(compared))
    if not gaps:
        return f"No ethnic group is clearly worse off than {reference} on {'the one indicator' if len(compared) == 1 else f'any of the {total}'} that can be compared."
    words, standing, first = max(gaps, key=lambda gap: _ratio(gap[2]))
    value = _value(words, standing.reference) if standing.reference else ""
    return (
        f"{len(gaps)} of {total} {'shows' if len(gaps) == 1 else 'show'} a clear gap. The widest is in {words.name}: "
        f"{statement(words, first.reading)}, against {value} for {reference}."
    )


def _indicators(count: int) -> str:
    return "1 indicator" if count == 1 else f"{count} indicators"


def _ratio(one: Compared) -> float:
    ratio = one.comparison.ratio
    if ratio is None or ratio.value <= 0:
        return float("inf")
    return max(ratio.value, 1 / ratio.value)
