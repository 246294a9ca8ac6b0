"""Figures in easy-read words and as people out of ten, for a sheet of paper in large print. Pure: the same figure, the same words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from equity import periods
from equity.cells import CellState
from equity.numbers import in_a_hundred, rounded, shown
from equity.standing import Reading
from equity.wording import Wording, joined

TEN = 10
# Below one in ten (and above nine) a picture of ten people cannot tell one figure from another.
LEAST = 0.1
CLOSE = 5
_ABSENT = {
    CellState.SUPPRESSED: "This number is hidden to protect people.",
    CellState.UNRELIABLE: "Too few people to be sure.",
    CellState.NOT_COLLECTED: "We do not have this number.",
    CellState.NOT_APPLICABLE: "There is no such number.",
}


@dataclass(frozen=True, slots=True)
class EasyFigure:
    """One group's figure: who, how much, how sure. ``filled`` is how many people of ten to draw, None where no picture is true.
    ``known``: whether there is a number; without one, ``amount`` says why."""

    who: str
    amount: str
    sure: str = ""
    filled: int | None = None
    known: bool = True


def easy_figure(words: Wording, reading: Reading) -> EasyFigure:
    """A group's figure for paper. What is hidden, missing or rests on too few people is words alone, never a picture of nobody."""
    who = _who(reading)
    if not reading.sure or reading.estimate is None:
        state = CellState.UNRELIABLE if reading.estimate is not None else reading.state
        return EasyFigure(who, _ABSENT.get(state, "We do not have this number."), known=False)
    filled, share = of_ten(words, reading.estimate.value), _hundred(words, reading.estimate.value)
    if filled is None:
        return _undrawn(words, reading)
    exact = share == str(TEN * filled)
    return EasyFigure(who, f"{'' if exact else 'about '}{filled} in every 10.", _beside(words, reading, share, exact), filled)


def of_ten(words: Wording, value: float) -> int | None:
    """How many people of ten a proportion is; None where it is none, or where one of ten, nobody or everybody would say too much."""
    if words.value_type != "proportion":
        return None
    share = value / words.multiplier
    if 0 < share < LEAST or 1 - LEAST < share < 1:
        return None
    return int(rounded(TEN * min(max(share, 0.0), 1.0), 0))


def easy_pair(words: Wording, mine: Reading, other: Reading) -> tuple[EasyFigure, EasyFigure]:
    """Two groups side by side. Both are drawn or neither, and only where the pictures tell the gap to within 5 in every 100."""
    drawn = easy_figure(words, mine), easy_figure(words, other)
    if not (drawn[0].known and drawn[1].known):
        return drawn
    if None not in {one.filled for one in drawn} and _true_gap(words, (mine, other), drawn):
        return drawn
    return _undrawn(words, mine), _undrawn(words, other)


def _true_gap(words: Wording, readings: tuple[Reading, Reading], drawn: tuple[EasyFigure, EasyFigure]) -> bool:
    shares = [100 * one.estimate.value / words.multiplier for one in readings if one.estimate]
    pictured = [TEN * (one.filled or 0) for one in drawn]
    return abs((pictured[0] - pictured[1]) - (shares[0] - shares[1])) <= CLOSE + 1e-9


def easy_question(words: Wording) -> str:
    """What is counted, in two short sentences: "We asked about people who ... How many moved to recovery?"."""
    more = {"proportion": f"How many {words.did}?", "mean": "We show the average."}.get(words.value_type, "")
    return joined(easy_topic(words), more)


def easy_topic(words: Wording) -> str:
    """What a number is about, as a sentence."""
    return f"This is about {words.people if words.value_type in {'proportion', 'mean'} else words.events}."


def easy_period(start: date, end: date) -> str:
    """A period in words that need no knowing of years that begin in April: ``April 2024 to March 2025``."""
    if not periods.months(start, end):
        return periods.day(start) if start == end else f"{periods.day(start)} to {periods.day(end)}"
    first, last = (periods.day(one).partition(" ")[2] for one in (start, end))
    return last if first == last else f"{first} to {last}"


def easy_unknown(share: float | None, counted: str) -> str:
    """How often the ethnic group is not known, beside groups that are compared."""
    if share is None:
        return "We are not told how often the ethnic group is not known."
    if share <= 0:
        return "The ethnic group is known for all of them."
    return f"The ethnic group is not known for {in_a_hundred(share)} in every 100 {counted}."


def _undrawn(words: Wording, reading: Reading) -> EasyFigure:
    assert reading.estimate is not None, "a figure that is known has a value"
    value = reading.estimate.value
    share = _hundred(words, value)
    return EasyFigure(_who(reading), f"{share} in every 100." if share else f"{_amount(words, value)}.", _range(words, reading))


def _who(reading: Reading) -> str:
    return "All people" if reading.code == "all" else _capital(reading.people)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _hundred(words: Wording, value: float) -> str | None:
    """A proportion in whole people of a hundred, None where the figure is no proportion."""
    return in_a_hundred(100 * value / words.multiplier) if words.value_type == "proportion" else None


def _amount(words: Wording, value: float) -> str:
    """A rate in whole events, a mean with its unit, a count."""
    if words.value_type == "mean":
        return f"{words.amount(value)} on average"
    if words.value_type == "rate" and value >= TEN:
        return f"{shown(value, 0)} {words.per}"
    return words.amount(value)


def _beside(words: Wording, reading: Reading, share: str | None, exact: bool) -> str:
    return joined("" if exact else f"It is {share} in every 100.", _range(words, reading))


def _range(words: Wording, reading: Reading) -> str:
    """Between which whole numbers the true figure is likely to be; nothing where they are one number, or next to each other."""
    found = reading.estimate
    if found is None or found.lower is None or found.upper is None:
        return ""
    scale = 100 / words.multiplier if words.value_type == "proportion" else 1
    low, high = (scale * one for one in (found.lower, found.upper))
    return "" if rounded(high, 0) - rounded(low, 0) <= 1 else f"It is likely to be {shown(low, 0)} to {shown(high, 0)}."
