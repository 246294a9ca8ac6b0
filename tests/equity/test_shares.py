"""A group's share of cases beside its share of residents: what is clear, and what unknown ethnicity leaves open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equity.cells import CellState
from equity.comparison import Finding
from equity.sentences import shares_sentence
from equity.shares import Count, Member, Share, shares

HIDDEN = Count(None, 0, 4)


def member(name: str, count: Count, residents: float | None, state: CellState = CellState.OBSERVED) -> Member:
    return Member(name.lower(), name, f"people from {name} ethnic groups", state, count, residents)


def exact(number: float) -> Count:
    return Count(number, number, number)


def found(whole: Count, *members: Member) -> dict[str, Share]:
    return {one.member.name: one for one in shares(members, whole)}


def test_a_share_has_wilsons_interval_and_both_gaps_to_the_share_of_residents() -> None:
    black = found(exact(1000), member("Black", exact(100), 4), member("White", exact(900), 96))["Black"]
    assert black.cases is not None
    assert black.difference is not None
    assert black.ratio is not None
    # Wilson's interval of 100 in 1,000, as Newcombe's formula gives it.
    assert (black.cases.value, black.cases.lower, black.cases.upper) == pytest.approx((10, 8.29, 12.02), abs=0.01)
    assert (black.difference.value, black.ratio.value) == pytest.approx((6, 2.5))
    assert (black.finding, black.clear, black.open) == (Finding.HIGHER, True, False)


def test_unknown_ethnicity_leaves_open_what_it_could_account_for() -> None:
    groups = (member("Black", exact(100), 4), member("White", exact(700), 85), member("Asian", exact(20), 30))
    one = found(exact(1000), *groups)
    # At most 880 of 1,000 are White, at most 200 Asian: only the second stays below its share of residents.
    assert {name: share.finding for name, share in one.items()} == {
        "Black": Finding.HIGHER,
        "White": Finding.NO_CLEAR_DIFFERENCE,
        "Asian": Finding.LOWER,
    }
    assert [name for name, share in one.items() if share.open] == ["White"]


def test_a_rounded_count_is_as_small_as_it_can_be_before_a_share_is_called_larger() -> None:
    whole = Count(100, 98, 102)
    assert found(whole, member("Black", Count(15, 13, 17), 6.5))["Black"].finding is Finding.HIGHER
    assert found(whole, member("Black", Count(15, 8, 22), 6.5))["Black"].finding is Finding.NO_CLEAR_DIFFERENCE


def test_what_is_hidden_small_or_without_residents_is_not_compared() -> None:
    hidden = member("Mixed", HIDDEN, 3, CellState.SUPPRESSED)
    few = member("Other", exact(5), 1, CellState.UNRELIABLE)
    uncounted = member("Asian", exact(50), None)
    one = found(exact(200), hidden, few, uncounted, member("White", exact(140), 90))
    assert [name for name, share in one.items() if share.finding is Finding.CANNOT_SAY] == ["Mixed", "Other", "Asian"]
    assert one["Mixed"].cases is None
    assert one["Asian"].difference is one["Asian"].ratio is None


@given(st.lists(st.integers(0, 400), min_size=2, max_size=5), st.integers(1, 300), st.integers(0, 100), st.integers(0, 99))
def test_no_way_to_spread_unknown_ethnicity_overturns_a_clear_share(numbers: list[int], unknown: int, given_: int, living: int) -> None:
    total = sum(numbers) + unknown
    members = [member(f"G{turn}", exact(number), living) for turn, number in enumerate(numbers)]
    for turn, one in enumerate(shares(members, exact(total))):
        could_be = 100 * (numbers[turn] + unknown * given_ / 100) / total
        if one.finding is Finding.HIGHER:
            assert could_be > living
        if one.finding is Finding.LOWER:
            assert could_be < living


# -------------------------------------------------------------------------------------------------------------- In words


def said(whole: Count, *members: Member, unknown: float | None = None, rest: float = 0.0) -> str:
    return shares_sentence("In 2023-24", "England", "detentions", shares(members, whole), unknown, rest)


def test_both_shares_are_told_with_what_each_is_of() -> None:
    groups = (member("Black", exact(110), 4), member("White", exact(780), 84), member("Asian", exact(60), 6))
    assert said(exact(1000), *groups, unknown=5.0) == (
        "In 2023-24, Black ethnic groups had a larger share of detentions than of residents in England. "
        "For White and Asian ethnic groups there was no clear difference. "
        "Black ethnic groups: 11 in 100 of detentions; 4.0 in 100 of residents. That is about 7.0 in 100 more, or 2.8 times the share. "
        "White ethnic groups: 78 in 100 of detentions; 84 in 100 of residents. "
        "Asian ethnic groups: 6.0 in 100 of detentions; 6.0 in 100 of residents. "
        "Ethnicity is not known for 5 in every 100 detentions. "
        "That could explain why White ethnic groups seem to have a smaller share."
    )


def test_a_smaller_share_that_nothing_can_overturn() -> None:
    assert said(exact(1000), member("White", exact(600), 80), member("Black", exact(390), 39), unknown=1.0) == (
        "In 2023-24, White ethnic groups had a smaller share of detentions than of residents in England. "
        "For Black ethnic groups there was no clear difference. "
        "White ethnic groups: 60 in 100 of detentions; 80 in 100 of residents. That is about 20 in 100 fewer, or 0.75 times the share. "
        "Black ethnic groups: 39 in 100 of detentions; 39 in 100 of residents. "
        "Ethnicity is not known for 1 in every 100 detentions."
    )


def test_no_clear_share_none_that_can_be_compared_a_zero_and_a_hidden_count() -> None:
    assert said(exact(100), member("White", exact(80), 80), unknown=20.0).startswith(
        "In 2023-24, no group clearly had a larger or smaller share of detentions than of residents in England. White"
    )
    few = said(exact(30), member("Black", exact(3), 4, CellState.UNRELIABLE), member("Asian", HIDDEN, 6, CellState.SUPPRESSED))
    assert few == (
        "In 2023-24, no group’s share of detentions can be set beside its share of residents in England. "
        "Black ethnic groups: 10 in 100 of detentions; 4.0 in 100 of residents. "
        "The figure for Asian ethnic groups is hidden to protect people. "
        "How many of the detentions have no known ethnicity is not published here."
    )
    nobody = said(
        exact(1000), member("Asian", exact(0), 0.3, CellState.TRUE_ZERO), member("White", exact(990), None), unknown=0.0, rest=1.0
    )
    assert "Asian ethnic groups: 0 in 100 of detentions; 0.3 in 100 of residents." in nobody
    assert "White ethnic groups: 99 in 100 of detentions; their share of residents is not counted." in nobody
    assert nobody.endswith("Ethnicity is known for all of the detentions. For 1 in every 100 there is no figure by ethnic group at all.")
