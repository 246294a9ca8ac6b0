"""A refusal: the field that it is about, and a sentence that says what is wrong, what is allowed and what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """Why an event may not be recorded. `denied`: because of who asks, whatever the event says."""

    field: str
    sentence: str
    denied: bool = False
