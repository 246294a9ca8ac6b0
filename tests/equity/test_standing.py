from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equity.cells import CellState
from equity.comparison import Estimate, Finding, Polarity, compare
from equity.standing import Reading, stand


def reading(code: str, value: float | None, half: float | None = 2, state: CellState = CellState.OBSERVED, base: float = 500) -> Reading:
    estimate = None if value is None else Estimate(value) if half is None else Estimate(value, value - half, value + half)
    return Reading(code, code.title(), f"people from {code.title()} ethnic groups", state, estimate, base)


WHITE, ASIAN, BLACK, MIXED = reading("white", 50), reading("asian", 36), reading("black", 48), reading("mixed", 70)


def test_every_sure_group_is_compared_with_the_reference_and_the_reference_is_not() -> None:
    standing = stand([ASIAN, BLACK, MIXED, WHITE], "white", "higher_is_better")
    assert [one.reading.code for one in standing.compared] == ["asian", "black", "mixed"]
    assert standing.reference is WHITE
    assert standing.readings == (ASIAN, BLACK, MIXED, WHITE)
    asian = standing.of("asian")
    assert asian is not None
    assert asian.comparison == compare(Estimate(36, 34, 38), Estimate(50, 48, 52))
    assert standing.of("white") is None


def test_each_group_is_judged_by_polarity_and_a_clear_one_is_clear() -> None:
    standing = stand([ASIAN, BLACK, MIXED, WHITE], "white", "higher_is_better")
    assert [(one.comparison.finding, one.judgement) for one in standing.compared] == [
        (Finding.LOWER, "worse"),
        (Finding.NO_CLEAR_DIFFERENCE, "neither"),
        (Finding.HIGHER, "better"),
    ]
    assert [one.reading.code for one in standing.clear] == ["asian", "mixed"]


@pytest.mark.parametrize(("polarity", "first"), [("higher_is_better", "asian"), ("lower_is_better", "mixed"), ("neutral", "mixed")])
def test_the_largest_clear_gap_for_the_worse_comes_first_and_any_where_none_is_worse(polarity: Polarity, first: str) -> None:
    found = stand([ASIAN, BLACK, MIXED, WHITE], "white", polarity).first
    assert found is not None
    assert found.reading.code == first


def test_a_larger_gap_that_is_not_clear_does_not_come_first() -> None:
    found = stand([reading("other", 20, half=40), ASIAN, WHITE], "white", "higher_is_better").first
    assert found is not None
    assert found.reading.code == "asian"


def test_no_group_comes_first_where_none_is_clearly_worse() -> None:
    assert stand([BLACK, MIXED, WHITE], "white", "higher_is_better").first is None


def test_equal_gaps_come_in_alphabetical_order_however_they_are_given() -> None:
    same = [reading("black", 36), reading("asian", 36), reading("mixed", 36)]
    for order in (same, same[::-1]):
        first = stand([*order, WHITE], "white", "higher_is_better").first
        assert first is not None
        assert first.reading.code == "asian"


@pytest.mark.parametrize("state", [CellState.SUPPRESSED, CellState.NOT_COLLECTED, CellState.NOT_APPLICABLE])
def test_a_group_without_a_figure_is_kept_but_never_compared_as_nought(state: CellState) -> None:
    hidden = reading("other", None, state=state)
    standing = stand([ASIAN, hidden, WHITE], "white", "higher_is_better")
    assert hidden in standing.readings
    assert standing.of("other") is None
    assert [one.reading.code for one in standing.compared] == ["asian"]


def test_an_unreliable_figure_is_shown_but_not_compared() -> None:
    few = reading("other", 10, state=CellState.UNRELIABLE)
    assert not few.sure
    assert stand([few, WHITE], "white", "higher_is_better").compared == ()


def test_a_true_zero_is_a_figure_and_is_compared() -> None:
    none = Reading("other", "Other", "people from Other ethnic groups", CellState.TRUE_ZERO, Estimate(0, 0, 3), 300)
    assert none.sure
    found = stand([none, WHITE], "white", "higher_is_better").first
    assert found is not None
    assert found.reading is none


@pytest.mark.parametrize(
    "reference",
    [
        reading("white", None, state=CellState.SUPPRESSED),
        reading("white", 50, state=CellState.UNRELIABLE),
        reading("white", None, state=CellState.NOT_COLLECTED),
    ],
)
def test_nobody_is_compared_with_a_reference_that_is_not_sure(reference: Reading) -> None:
    standing = stand([ASIAN, reference], "white", "higher_is_better")
    assert (standing.reference, standing.compared, standing.first) == (reference, (), None)


def test_nobody_is_compared_with_a_reference_that_is_not_there_or_where_groups_cannot_be_compared() -> None:
    assert stand([ASIAN], "white", "higher_is_better").reference is None
    assert stand([ASIAN], "white", "higher_is_better").compared == ()
    counts = stand([ASIAN, WHITE], "white", "neutral", comparable=False)
    assert (counts.reference, counts.compared, counts.first) == (WHITE, (), None)


def test_figures_without_intervals_are_compared_but_never_come_first() -> None:
    standing = stand([reading("asian", 10, half=None), reading("white", 50, half=None)], "white", "higher_is_better")
    assert standing.compared[0].comparison.finding is Finding.CANNOT_SAY
    assert (standing.clear, standing.first) == ((), None)


@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 30)), min_size=1, max_size=8),
    st.sampled_from(["higher_is_better", "lower_is_better", "neutral"]),
)
def test_the_first_gap_is_the_widest_of_those_that_may_be_told(figures: list[tuple[int, int]], polarity: Polarity) -> None:
    groups = [reading(f"g{number}", value, half) for number, (value, half) in enumerate(figures)]
    standing = stand([WHITE, *groups], "white", polarity)
    told = [one for one in standing.clear if polarity == "neutral" or one.judgement == "worse"]
    if standing.first is None:
        assert told == []
    else:
        assert standing.first in told
        assert abs(standing.first.comparison.difference.value) == max(abs(one.comparison.difference.value) for one in told)
