"""What stands beside a headline: the share of unknown ethnicity, and a sentence for a whole domain."""

from __future__ import annotations

from collections.abc import Sequence

from equity.comparison import Finding
from equity.numbers import in_a_hundred
from equity.standing import Compared, Reading, Standing
from equity.wording import Wording, at, statement, valued


def unknown_sentence(share: float | None, of_what: str) -> str:
    """The share of people whose ethnicity is not known, of what is counted ("referrals")."""
    if share is None:
        return f"How many of the {of_what} have no known ethnicity is not published here."
    if share <= 0:
        return f"Ethnicity is known for all of the {of_what}."
    if share >= 100:
        return f"Ethnicity is not known for any of the {of_what}."
    return f"Ethnicity is not known for {in_a_hundred(share)} in every 100 {of_what}."


def unknown_over_time_sentence(first: tuple[str, float], last: tuple[str, float], of_what: str) -> str:
    """How often ethnicity was not known in the first and in the last period: (period, share per 100) each."""
    return (
        f"In {first[0]}, ethnicity was not known for {in_a_hundred(first[1])} in every 100 of the {of_what}. "
        f"In {last[0]} it was not known for {in_a_hundred(last[1])} in every 100."
    )


def unknown_range_sentence(shares: Sequence[tuple[str, float]], place: str) -> str:
    """How often ethnicity is not known over several indicators: (name, share per 100) each."""
    if not shares:
        return f"How often ethnicity is not known {at(place)} is not published here."
    (_, least), (name, most) = min(shares, key=lambda one: one[1]), max(shares, key=lambda one: one[1])
    low, high = in_a_hundred(least), in_a_hundred(most)
    if low == high:
        return f"Ethnicity is not known for {high} in every 100 people or events counted here."
    span = f"{low} to {high} in every 100 people or events"
    return f"Ethnicity is not known for {span}. It is missing most often in “{name}”."


def domain_sentence(domain: str, place: str, found: Sequence[tuple[Wording, Standing]], reference: str) -> str:
    """One sentence or two for a domain: how many of its indicators show a clear gap, and the widest."""
    compared = [(words, standing) for words, standing in found if _says_something(standing)]
    if not found:
        return f"This release holds no figures on {domain} by ethnic group for {place}."
    if not compared:
        return f"The figures on {domain} for {place} do not allow groups to be compared: see each indicator for why."
    gaps = [(words, standing, standing.first) for words, standing in compared if standing.first is not None]
    total = len(compared)
    if not gaps:
        which = "the one indicator" if total == 1 else f"any of the {total} indicators"
        return f"No ethnic group is clearly worse off than {reference} on {which} that can be compared."
    words, standing, first = max(gaps, key=lambda gap: _ratio(gap[2]))
    beside = f", against {_against(words, standing.reference)} for {reference}" if standing.reference else ""
    count = f"{len(gaps)} of {total} indicators {'shows' if len(gaps) == 1 else 'show'} a clear gap."
    lead = "The one indicator that can be compared shows a clear gap," if total == 1 else f"{count} The widest is"
    return f"{lead} in “{words.name}”: {statement(words, first.reading)}{beside}."


def _against(words: Wording, reference: Reading) -> str:
    """The reference's value after the same indicator's unit has been told."""
    if words.value_type == "rate" and reference.estimate is not None:
        return words.number(reference.estimate.value)
    return valued(words, reference)


def _says_something(standing: Standing) -> bool:
    return any(one.comparison.finding is not Finding.CANNOT_SAY for one in standing.compared)


def _ratio(one: Compared) -> float:
    ratio = one.comparison.ratio
    if ratio is None or ratio.value <= 0:
        return float("inf")
    return max(ratio.value, 1 / ratio.value)
