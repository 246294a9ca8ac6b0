"""What is said of the data themselves, as it is read aloud."""

from __future__ import annotations

import pytest

from equity.cells import CellState
from equity.sentences import conclusions_sentence, fresh_sentence, replaced_sentence, states_sentence

S = CellState


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({}, "There are no figures by ethnic group here."),
        ({S.OBSERVED: 1}, "The one figure is shown."),
        ({S.OBSERVED: 1199, S.TRUE_ZERO: 1}, "All 1,200 figures of ethnic groups are shown, and rest on enough people."),
        (
            {S.OBSERVED: 5, S.UNRELIABLE: 1, S.SUPPRESSED: 2, S.NOT_COLLECTED: 1, S.NOT_APPLICABLE: 3},
            "Of 12 figures of ethnic groups, 5 can be relied on. 1 rests on too few people. 2 are hidden to protect people. "
            "1 is not collected or not available. 3 do not apply.",
        ),
        ({S.SUPPRESSED: 4}, "Of 4 figures of ethnic groups, 0 can be relied on. 4 are hidden to protect people."),
    ],
)
def test_which_figures_there_are(counts: dict[CellState, int], said: str) -> None:
    assert states_sentence(counts) == said


def test_what_was_put_right() -> None:
    assert replaced_sentence(0) == "No figure was replaced by a later or better publication."
    assert replaced_sentence(1).startswith("1 figure was replaced")
    assert replaced_sentence(1200).startswith("1,200 figures were replaced")


def test_how_fresh_the_figures_are() -> None:
    assert fresh_sentence("2024-25", "2024-25", 1) == (
        "The newest figures of every indicator are for 2024-25. That ended 1 day before this release was made."
    )
    assert fresh_sentence("2023-24", "2024-25", 1200) == (
        "The newest figures are for 2024-25. That ended 1,200 days before this release was made. "
        "Those of some indicators are older: the oldest are for 2023-24."
    )


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((0, 0, 0), ""),
        ((0, 0, 2), "What that could do to the gaps told first cannot be said."),
        ((0, 1, 0), "In 1 of 1 indicator with a clear gap, the gap told first would remain, whoever these people are."),
        (
            (2, 5, 0),
            "In 2 of 7 indicators with a clear gap, the gap told first could vanish if enough of these people were from certain groups. "
            "In the other 5 it would remain, whoever they are.",
        ),
        (
            (1, 1, 1),
            "In 1 of 3 indicators with a clear gap, the gap told first could vanish if enough of these people were from certain groups. "
            "In 1 it would remain, whoever they are. For 1 that cannot be said.",
        ),
        (
            (3, 0, 0),
            "In 3 of 3 indicators with a clear gap, the gap told first could vanish if enough of these people were from certain groups.",
        ),
    ],
)
def test_what_unknown_ethnicity_does_to_the_conclusions(counts: tuple[int, int, int], said: str) -> None:
    assert conclusions_sentence(*counts) == said
