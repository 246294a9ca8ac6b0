"""How an indicator of the catalogue goes into words."""

from __future__ import annotations

from equity.wording import Wording
from pipelines.catalogue import Indicator


def wording(indicator: Indicator, org_type: str) -> Wording:
    """How an indicator is put into words at a kind of organisation."""
    decimals = indicator.decimals.england if org_type == "england" else indicator.decimals.other
    return Wording(
        name=indicator.short_name,
        value_type=indicator.value_type,
        multiplier=indicator.multiplier,
        unit=indicator.unit,
        decimals=decimals,
        polarity=indicator.polarity,
        people=indicator.sentence.people,
        did=indicator.sentence.did or "",
        events=indicator.sentence.events,
        comparable=indicator.comparable,
        standardised=indicator.standardised,
    )
