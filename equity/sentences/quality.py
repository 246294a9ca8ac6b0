"""How far figures can be relied on: which are shown, how fresh they are, and what was put right."""

from __future__ import annotations

from collections.abc import Mapping

from equity.cells import CellState
from equity.wording import joined

_COUNTED = {
    CellState.UNRELIABLE: ("rests on too few people", "rest on too few people"),
    CellState.SUPPRESSED: ("is hidden to protect people", "are hidden to protect people"),
    CellState.NOT_COLLECTED: ("is not collected or not available", "are not collected or not available"),
    CellState.NOT_APPLICABLE: ("does not apply", "do not apply"),
}


def states_sentence(counts: Mapping[CellState, int]) -> str:
    """How many figures of ethnic groups are shown, and why the others are not, by state."""
    total = sum(counts.values())
    if not total:
        return "There are no figures by ethnic group here."
    sure = counts.get(CellState.OBSERVED, 0) + counts.get(CellState.TRUE_ZERO, 0)
    if sure == total:
        return f"All {total:,} figures of ethnic groups are shown, and rest on enough people." if total > 1 else "The one figure is shown."
    said = [f"{counts[state]:,} {_COUNTED[state][counts[state] != 1]}." for state in _COUNTED if counts.get(state)]
    return joined(f"Of {total:,} figures of ethnic groups, {sure:,} can be relied on.", *said)


def replaced_sentence(number: int) -> str:
    """How many figures a later or better publication has replaced."""
    if not number:
        return "No figure was replaced by a later or better publication."
    figures = "1 figure was" if number == 1 else f"{number:,} figures were"
    return f"{figures} replaced by a later or better publication. What is shown is the newer one."


def fresh_sentence(oldest: str, newest: str, days: int) -> str:
    """The periods of the newest figures of each indicator, and how many days before the release the newest of them ended."""
    ended = f"That ended {days:,} {'day' if days == 1 else 'days'} before this release was made."
    if oldest == newest:
        return f"The newest figures of every indicator are for {newest}. {ended}"
    return f"The newest figures are for {newest}. {ended} Those of some indicators are older: the oldest are for {oldest}."


def conclusions_sentence(vanish: int, remain: int, unsaid: int) -> str:
    """In how many indicators unknown ethnicity could make the gap that is told first vanish, in how many not; empty without a gap."""
    total = vanish + remain + unsaid
    if not total:
        return ""
    if not vanish + remain:
        return "What that could do to the gaps told first cannot be said."
    of = f"of {total} {'indicator' if total == 1 else 'indicators'} with a clear gap"
    could = f"In {vanish} {of}, the gap told first could vanish if enough of these people were from certain groups."
    rest = f"In {'the other ' if vanish and not unsaid else ''}{remain} it would remain, whoever they are."
    first = could if vanish else f"In {remain} {of}, the gap told first would remain, whoever these people are."
    unknown = f"For {unsaid} that cannot be said." if unsaid else ""
    return joined(first, rest if vanish and remain else "", unknown)
