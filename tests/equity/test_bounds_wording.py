"""Each sentence is here as it is read aloud."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equity.bounds_wording import in_words, rounding, tipping
from equity.cells import CellState
from equity.comparison import Estimate
from equity.standing import Reading
from equity.wording import Wording

RECOVERY = Wording(
    "Reliable recovery", "proportion", 100, "per cent", 0, "higher_is_better",
    "people who finished a course of talking therapy", "showed reliable recovery", "reliable recoveries",
)  # fmt: skip
DETENTIONS = Wording("Detentions", "rate", 100_000, "per 100,000 residents", 1, "lower_is_better", "people", None, "detentions")
LENGTH = Wording("Length of detentions", "mean", 1, "days", 0, "neutral", "people whose detention ended", None, "detentions that ended")


def reading(name: str, value: float) -> Reading:
    return Reading(name.lower(), name, f"people from {name} ethnic groups", CellState.OBSERVED, Estimate(value))


ASIAN, WHITE, BLACK = reading("Asian", 43), reading("White", 51), reading("Black", 142)


def row(told: str | None, people: float | None = None, share: float | None = None, **more: Any) -> dict[str, Any]:
    return {
        "tipping_in": told,
        "tipping_people": people,
        "tipping_share": share,
        "can_vanish": told is not None,
        "reason": None,
        "alone_people": None,
    } | more


# ---------------------------------------------------------------------------------------------------- Unknown ethnicity


def test_a_lower_group_would_need_people_who_all_had_the_outcome() -> None:
    assert tipping(RECOVERY, ASIAN, WHITE, row("group", 115, 115 / 264), 0.095) == (
        "The gap would vanish only if at least 43 in every 100 of the people whose ethnicity is not known were from Asian "
        "ethnic groups. That grants that every one of those had shown reliable recovery. "
        "It also grants that everyone who had not was from White ethnic groups. "
        "Of everyone whose ethnicity is known, 9 in every 100 are."
    )


def test_a_higher_group_would_need_people_none_of_whom_had_the_outcome() -> None:
    assert tipping(RECOVERY, WHITE, ASIAN, row("group", 70, 0.7)) == (
        "The gap would vanish only if at least 7 in 10 of the people whose ethnicity is not known were from White ethnic "
        "groups. That grants that not one of those had shown reliable recovery. "
        "It also grants that everyone who had was from Asian ethnic groups."
    )
    assert "were from Asian ethnic groups. That grants that every one" in tipping(RECOVERY, WHITE, ASIAN, row("reference", 70, 0.7))
    assert "were from White ethnic groups. That grants that not one" in tipping(RECOVERY, ASIAN, WHITE, row("reference", 70, 0.7))


def test_events_of_people_of_unknown_ethnicity_are_told_as_events() -> None:
    assert tipping(DETENTIONS, BLACK, WHITE, row("reference", 90, 2 / 3)) == (
        "Take the detentions of people whose ethnicity is not known. The gap would vanish only if at least 66 in every 100 of them "
        "were of people from White ethnic groups."
    )


def test_less_than_one_in_a_hundred_is_told_in_people() -> None:
    assert tipping(RECOVERY, ASIAN, WHITE, row("group", 2, 2 / 264)).startswith(
        "The gap would vanish only if at least 2 of the people whose ethnicity is not known were from Asian ethnic groups."
    )
    assert "at least 1 of the people whose ethnicity is not known was from Asian ethnic groups" in tipping(
        RECOVERY, ASIAN, WHITE, row("group", 1, 1 / 264)
    )


def test_one_person_is_told_as_one() -> None:
    assert "was from Asian ethnic groups. That grants that this one had shown reliable recovery. " in tipping(
        RECOVERY, ASIAN, WHITE, row("group", 1, 1 / 264)
    )
    assert "was from White ethnic groups. That grants that this one had not shown" in tipping(
        RECOVERY, ASIAN, WHITE, row("reference", 1, 1 / 264)
    )


def test_the_lower_group_alone_is_told_where_it_would_do() -> None:
    said = tipping(RECOVERY, ASIAN, WHITE, row("group", 67, 67 / 1549, alone_people=209, alone_share=209 / 1549))
    assert said.endswith("Were none of them from White ethnic groups, at least 13 in every 100 would have to be from Asian ethnic groups.")
    said = tipping(RECOVERY, ASIAN, WHITE, row("group", 115, 115 / 264, alone_people=math.inf, alone_share=math.inf))
    assert said.endswith("Were none of them from White ethnic groups, not even all of them would be enough.")
    said = tipping(RECOVERY, WHITE, ASIAN, row("both", 5, 0.024, alone_people=209, alone_share=209 / 1549))
    assert said.endswith("Were none of them from White ethnic groups, at least 13 in every 100 would have to be from Asian ethnic groups.")


def test_either_group_is_told_as_either() -> None:
    assert tipping(RECOVERY, ASIAN, WHITE, row("both", 5, 0.024)) == (
        "The gap would vanish only if at least 2 in every 100 of the people whose ethnicity is not known were from Asian "
        "ethnic groups or White ethnic groups."
    )
    assert "only if all of the people whose ethnicity is not known were" in tipping(RECOVERY, ASIAN, WHITE, row("both", 5, 1.0))


def test_what_cannot_be_overturned_says_so() -> None:
    assert tipping(RECOVERY, ASIAN, WHITE, row(None)) == (
        "The people whose ethnicity is not known could not overturn this. Whichever groups they are from, the gap remains."
    )


def test_rounding_alone_and_no_number_say_so() -> None:
    assert tipping(RECOVERY, ASIAN, WHITE, row("rounding", 0, 0)) == "The counts are rounded so much that there may be no gap at all."
    lost = row(None, can_vanish=None, reason="how many people are of unknown ethnicity is not known")
    assert tipping(RECOVERY, ASIAN, WHITE, lost) == (
        "What unknown ethnicity could change cannot be said: how many people are of unknown ethnicity is not known."
    )


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.7, "7 in 10"),
        (0.69999, "69 in every 100"),
        (0.019, "1 in every 100"),
        (0.1, "1 in 10"),
        (0.29, "29 in every 100"),
        (1.0, "100 in every 100"),
    ],
)
def test_a_share_is_never_said_to_be_more_than_it_is(share: float, said: str) -> None:
    assert in_words(share) == said


@given(st.floats(0.01, 1))
def test_at_least_stays_true(share: float) -> None:
    number, _, whole = in_words(share).replace(" in every ", " in ").partition(" in ")
    assert int(number) / int(whole) <= share + 1e-9
    assert int(number) / int(whole) > share - 0.01 - 1e-9


# ------------------------------------------------------------------------------------------------------------- Rounding


def test_what_rounding_leaves_open_is_told_outwards() -> None:
    assert (
        rounding(RECOVERY, 49.0683, 49.3789)
        == "The counts behind this figure are rounded: it can be anything from 49.0 to 49.4 in every 100."
    )
    assert rounding(LENGTH, 30.96, 31.22) == "The counts behind this figure are rounded: it can be anything from 30.9 to 31.3 days."


def test_what_rounding_does_not_move_is_not_told() -> None:
    assert rounding(RECOVERY, 49.1, 49.1) == ""
    assert rounding(RECOVERY, 49.1 - 1e-13, 49.1 + 1e-13) == ""
