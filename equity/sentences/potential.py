"""What it would mean if every group had the rate of the reference group, in people."""

from __future__ import annotations

from equity.comparison import Estimate
from equity.numbers import roughly
from equity.potential import Potential
from equity.standing import Standing
from equity.wording import Wording, group, groups, joined, participle, sentence


def potential_sentence(words: Wording, found: Potential | str, standing: Standing) -> str:
    """In people, with the interval, or why that cannot be said."""
    if isinstance(found, str):
        return found
    then = _happened(words, found.people)
    return joined(f"If every group had the same rate as {group(found.reference)}, {then}.", _without(found, standing))


def _happened(words: Wording, people: Estimate) -> str:
    number = roughly(abs(people.value))
    if people.lower is None or people.upper is None or people.lower <= 0 <= people.upper or number == "0":
        return "the number might stay much the same"
    low, high = sorted((abs(people.lower), abs(people.upper)))
    some, span = f"about {number} {'more' if people.value > 0 else 'fewer'}", f"The 95% interval is {roughly(low)} to {roughly(high)}"
    if words.value_type == "rate":
        return f"there would have been {some} {words.events}. {span}"
    done, counted = participle(words.did or ""), "person" if number == "1" else "people"
    return f"{some} {counted} would have {done}. {span}" if done else f"it would have been {some} {counted}. {span}"


def _without(found: Potential, standing: Standing) -> str:
    """Whose people are not in the sum."""
    missing = [one for one in standing.readings if one not in found.groups]
    return sentence(f"{groups(missing)} are not counted in this, because they have no figure to rely on") if missing else ""
