"""The front page: each gap that stands out, and how many were looked at to find them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from equity.comparison import Finding
from equity.findings import LEVEL, Gap
from equity.numbers import shown
from equity.sentences.indicator import one_gap
from equity.standing import Standing
from equity.wording import at, group, joined


def finding_sentence(gap: Gap) -> str:
    """One gap in full: both values, absolute and relative with their intervals, and in people."""
    look = gap.look
    return joined(*one_gap(look.words, f"{look.when} {at(look.place)}", gap.compared, gap.reference))


def findings_sentence(where: str, gaps: Sequence[Gap], found: Sequence[Gap]) -> str:
    """How many comparisons were looked at, in how many a group clearly fares worse, and how far that may be chance.

    ``where``: "for Sheffield". ``gaps`` is everything that was looked at, ``found`` what stands out of it.
    """
    if not gaps:
        return f"The figures {where} do not allow groups to be compared."
    number = len(gaps)
    looked = "the one comparison" if number == 1 else f"the {number} comparisons"
    if not found:
        none = (
            f"In {looked} {where} no group clearly fares worse."
            if number == 1
            else f"In none of {looked} {where} does a group clearly fare worse."
        )
        return joined(none, _alone(gaps))
    against = group(found[0].reference)
    head = f"In {len(found)} of {looked} {where}, a group clearly fares worse than {against}."
    return joined(head, f"At most {shown(100 * LEVEL, 0)} in 100 of such findings are expected to be chance.", _alone(gaps))


def matrix_sentence(where: str, against: str, standings: Sequence[Standing]) -> str:
    """How every comparison came out, counted. ``against``: "White ethnic groups"."""
    compared = [one for standing in standings for one in standing.compared]
    if not compared:
        return f"No indicator {where} allows groups to be compared with {against}."
    counts = Counter(
        "alike" if one.comparison.finding is Finding.NO_CLEAR_DIFFERENCE else "unsure" if not one.clear else one.judgement
        for one in compared
    )
    said = [f"{counts[kind]} {one if counts[kind] == 1 else many}." for kind, (one, many) in _OUTCOMES.items() if counts[kind]]
    looked = "There is 1 comparison" if len(compared) == 1 else f"There are {len(compared)} comparisons"
    return joined(f"{looked} with {against} {where}.", *said)


_OUTCOMES = {
    "worse": ("is clearly worse", "are clearly worse"),
    "better": ("is clearly better", "are clearly better"),
    "neither": ("differs, and neither side is better in itself", "differ, and neither side is better in itself"),
    "alike": ("shows no clear difference", "show no clear difference"),
    "unsure": ("has no interval, so nothing can be said", "have no interval, so nothing can be said"),
}


def _alone(gaps: Sequence[Gap]) -> str:
    """Gaps that would be clear by themselves, but not among so many."""
    number = sum(one.worse and not one.clear for one in gaps)
    if not number:
        return ""
    said = "One more gap looks" if number == 1 else f"{number} more gaps look"
    return f"{said} clear alone, but among so many comparisons could be chance."
