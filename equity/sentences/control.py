"""What a control chart (XmR) of one series says: its latest value, what is usual, and whether the value is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from equity.spc_wording import reading_words
from equity.wording import Wording, at, joined


def control_sentence(words: Wording, when: str, place: str, people: str, reading: Mapping[str, Any], missing: int) -> str:
    """A row of ``equity.spc.readings`` in words. ``when`` is the period of the latest value ("In April 2026"); ``missing`` are the
    periods without a figure, across which nothing is read; the usual values are those that can be (none below 0)."""
    value = f"{when} {at(place)} the {words.noun} for {people} was {words.amount(reading['latest_value'])}."
    usual = ""
    if reading["lower_limit"] is not None:
        low, high = words.number(max(reading["lower_limit"], 0.0)), words.amount(_possible(words, reading["upper_limit"]))
        usual = f"Usual values lie between {low} and {high}, with an average of {words.number(reading['mean'])}."
        if reading["lower_limit"] == reading["upper_limit"]:
            usual = f"The usual value is {high}: it does not vary."
    told = reading_words(reading["variation"], reading["signal"], values_used=reading["values_used"], problem=reading["problem"])
    gaps = f"{missing} {'period has' if missing == 1 else 'periods have'} no figure to rely on: nothing is read across the gap."
    return joined(value, usual, told, gaps if missing else "")


def _possible(words: Wording, limit: float) -> float:
    """A limit that the value can have: no more than all of them."""
    return min(limit, words.multiplier) if words.value_type == "proportion" else limit
