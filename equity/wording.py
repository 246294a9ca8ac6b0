"""The words of an indicator and of ethnic groups, and one figure as a clause. Pure: the same figure, the same words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from equity.cells import CellState
from equity.comparison import Polarity
from equity.numbers import listed, rounded, shown
from equity.standing import Reading

ValueType = Literal["proportion", "rate", "mean", "count"]


@dataclass(frozen=True, slots=True)
class Wording:
    """How an indicator is put into words. ``people`` begins with "people", so that "people from Asian groups" can go on
    with the rest of it; ``did`` is what they did, in the past; ``events`` is the plural of what is counted."""

    name: str
    value_type: ValueType
    multiplier: float
    unit: str
    decimals: int
    polarity: Polarity
    people: str
    did: str | None
    events: str
    comparable: bool = True
    standardised: bool = False

    @property
    def noun(self) -> str:
        """What a value is called in a sentence."""
        return {"mean": "average", "count": "number"}.get(self.value_type, "rate")

    @property
    def per(self) -> str:
        """What a value is out of, empty where it is out of nothing: ``in every 100``."""
        if self.value_type == "proportion":
            return f"in every {self.multiplier:,.0f}"
        return f"for every {self.multiplier:,.0f} people" if self.value_type == "rate" else ""

    def who(self, reading: Reading) -> str:
        """The people of a group whom the indicator is about."""
        return f"{reading.people} {self.people.removeprefix('people').strip()}".strip()

    def number(self, value: float) -> str:
        """A value without its unit, as a sentence says it; what is above 0 never reads as 0."""
        if rounded(value, self.decimals) != 0:
            return shown(value, self.decimals)
        least = shown(10.0**-self.decimals, self.decimals)
        few = "less" if self.value_type == "mean" or self.decimals else "fewer"
        return f"{few} than {least}" if value > 0 else "0"

    def figure(self, value: float) -> str:
        """A value as it is written on a mark and in a table: ``36%``, ``242.3``, ``under 1%``."""
        percent = "%" if self.value_type == "proportion" and self.multiplier == 100 else ""
        if value > 0 and rounded(value, self.decimals) == 0:
            return f"under {shown(10.0**-self.decimals, self.decimals)}{percent}"
        return f"{shown(value, self.decimals)}{percent}"

    def amount(self, value: float) -> str:
        """A value with its unit: ``36 in every 100``, ``242.3 for every 100,000 people``, ``31 days``."""
        number = self.number(value)
        return f"{number} {self.units(number) if self.value_type == 'mean' else self.per}".strip()

    def units(self, number: str) -> str:
        """The unit of a mean after its number: ``31 days``, ``1 day``."""
        first, space, rest = self.unit.partition(" ")
        return f"{first.removesuffix('s')}{space}{rest}" if number == "1" else self.unit


def statement(words: Wording, reading: Reading) -> str:
    """One group's figure as a clause, without a full stop; the reason where there is no figure."""
    if reading.estimate is None:
        return absence(reading.state, [reading])
    number, who = words.number(reading.estimate.value), words.who(reading)
    if words.value_type == "proportion":
        return f"{number} {words.per} {who} {words.did}"
    if words.value_type == "rate":
        return f"there were {number} {words.events} {words.per.removesuffix(' people')} {who}"
    if words.value_type == "mean":
        value = words.amount(reading.estimate.value)
        return f"{who} {words.did} {value} on average" if words.did else f"the average for {who} was {value}"
    return f"there were {number} {words.events} for {reading.people}"


_ABSENT = {
    CellState.SUPPRESSED: ("is hidden to protect people", "are hidden to protect people"),
    CellState.UNRELIABLE: ("rests on too few people to be sure", "rest on too few people to be sure"),
    CellState.NOT_COLLECTED: ("is not collected or not available", "are not collected or not available"),
    CellState.NOT_APPLICABLE: ("does not apply", "do not apply"),
}


def absence(state: CellState, readings: Sequence[Reading]) -> str:
    """Why groups of one state have no figure, or none to rely on, as a clause."""
    one, many = _ABSENT.get(state, ("is not given", "are not given"))
    return f"the figure for {groups(readings)} {one}" if len(readings) == 1 else f"the figures for {groups(readings)} {many}"


def all_absent(state: CellState) -> str:
    """That none of several groups has a figure to rely on, for one reason, as a clause."""
    return f"all of them {_ABSENT.get(state, ('', 'are not given'))[1]}"


def absences(readings: Sequence[Reading]) -> list[str]:
    """A clause for each state in turn."""
    states = list(dict.fromkeys(one.state for one in readings))
    return [absence(state, [one for one in readings if one.state is state]) for state in states]


def group(reading: Reading) -> str:
    """A group as it goes on in a sentence: ``White ethnic groups`` of ``people from White ethnic groups``."""
    return reading.people.removeprefix("people from ")


_SHARED = ("", " ethnic groups", ""), ("the ", " ethnic group", "s")


def groups(readings: Sequence[Reading]) -> str:
    """Groups in a list, without the same words again and again: ``Asian, Black and Mixed ethnic groups``."""
    names = [group(one) for one in readings]
    for before, after, plural in _SHARED:
        inner = [name.removeprefix(before).removesuffix(after) for name in names]
        alike = all(name == f"{before}{short}{after}" for name, short in zip(names, inner, strict=True))
        if len(names) > 1 and alike and not any(" and " in short for short in inner):
            return f"{before}{listed(inner)}{after}{plural}"
    return listed(names)


# What was done as "would have ..." needs it, where that is another word; "waited" and "left" stay as they are.
_PARTICIPLES = {
    "began": "begun", "came": "come", "became": "become", "chose": "chosen", "fell": "fallen", "gave": "given", "knew": "known",
    "saw": "seen", "showed": "shown", "spoke": "spoken", "took": "taken", "was": "been", "were": "been", "went": "gone",
}  # fmt: skip
_AUXILIARIES = {"can", "could", "did", "may", "might", "should", "would"}
_PERFECT = re.compile(rf"^had (?=not |had |\w+ed |{'|'.join(f'{done} ' for done in _PARTICIPLES.values())})")


def participle(did: str) -> str:
    """What people did, as it follows "would have": ``shown reliable recovery``; empty where the words cannot be turned."""
    first, space, rest = did.partition(" ")
    if _PERFECT.match(did):
        return _PERFECT.sub("", did)
    return "" if first in _AUXILIARIES else f"{_PARTICIPLES.get(first, first)}{space}{rest}"


_BODIES = re.compile(
    r"\b(NHS|Trust|Therap(y|ies)|IAPT|Services?|House|Centre|Clinic|Hospitals?|Group|Limited|Ltd|CIC|Wellbeing|Mind|Health|Care)\b",
    re.IGNORECASE,
)
_AREAS = re.compile(r"Integrated Care Board|Clinical Commissioning Group|Commissioning Region|\b(ICB|CCG|STP)\b", re.IGNORECASE)


def at(place: str) -> str:
    """Where something was, by the kind of name: in a council's area, at a trust, in the area of a body that plans care."""
    if _AREAS.search(place):
        return f"in the area of {place}"
    return f"at {place}" if _BODIES.search(place) else f"in {place}"


def sentence(clause: str) -> str:
    """A clause as a sentence of its own."""
    return f"{clause[:1].upper()}{clause[1:]}."


def valued(words: Wording, reading: Reading) -> str:
    """A group's value with its unit, or why there is none."""
    return words.amount(reading.estimate.value) if reading.estimate is not None else reading.state.words


def joined(*parts: str) -> str:
    """Sentences as one text; those that are empty leave no trace."""
    return " ".join(part for part in parts if part)
