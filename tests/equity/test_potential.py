"""What equal rates would mean in people: the sum over all groups, with its interval, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from equity.potential import Potential, potential
from equity.sentences import potential_sentence
from equity.standing import Reading, Standing, stand
from tests.equity.test_findings import WORDS, reading

RATE = replace(WORDS, value_type="rate", multiplier=100_000, polarity="lower_is_better", did=None, events="detentions")


def standing(*readings: Reading) -> Standing:
    return stand(readings, "white", "higher_is_better")


def found(*readings: Reading) -> Potential:
    one = potential(WORDS, standing(*readings))
    assert isinstance(one, Potential)
    return one


@given(st.lists(st.tuples(st.integers(5, 95), st.integers(50, 5000)), min_size=2, max_size=6))
def test_it_is_what_each_group_would_have_more_or_fewer_in_all(table: list[tuple[int, int]]) -> None:
    groups = [reading("White" if at == 0 else f"Group {at}", value, base=base) for at, (value, base) in enumerate(table)]
    expected = sum((table[0][0] - value) * base / 100 for value, base in table)
    one = found(*groups)
    assert one.people.value == pytest.approx(expected, abs=1e-6)
    assert one.people.lower is not None
    assert one.people.upper is not None
    assert one.people.lower <= one.people.value <= one.people.upper


@given(st.integers(5, 95), st.integers(5, 95), st.integers(50, 5000))
def test_of_two_groups_it_is_nought_exactly_when_their_gap_may_be(value: int, other: int, base: int) -> None:
    both = standing(reading("White", value), reading("Asian", other, base=base))
    gap = both.compared[0].comparison.difference
    assert gap.lower is not None
    assert gap.upper is not None
    assume(min(abs(gap.lower), abs(gap.upper)) > 1e-6)
    people = found(*both.readings).people
    assert people.lower is not None
    assert people.upper is not None
    assert (people.lower <= 0 <= people.upper) == (gap.lower <= 0 <= gap.upper)


def test_it_is_told_with_its_interval_and_without_whom() -> None:
    both = standing(reading("White", 50), reading("Asian", 36))
    assert potential_sentence(WORDS, potential(WORDS, both), both) == (
        "If every group had the same rate as White ethnic groups, about 140 more people would have shown reliable recovery. "
        "The 95% interval is 110 to 170."
    )
    three = standing(reading("White", 50), reading("Asian", 50), reading("Black", None))
    assert potential_sentence(WORDS, potential(WORDS, three), three) == (
        "If every group had the same rate as White ethnic groups, the number might stay much the same. "
        "Black ethnic groups are not counted in this, because they have no figure to rely on."
    )


def test_of_a_rate_it_is_told_in_events() -> None:
    both = standing(reading("White", 60, 3, 1_000_000), reading("Black", 220, 20, 100_000))
    assert potential_sentence(RATE, potential(RATE, both), both) == (
        "If every group had the same rate as White ethnic groups, there would have been about 160 fewer detentions. "
        "The 95% interval is 140 to 180."
    )


@pytest.mark.parametrize(
    ("groups", "words", "why"),
    [
        ((reading("White", None), reading("Asian", 36)), WORDS, "the reference group has no figure to rely on"),
        ((reading("Asian", 36),), WORDS, "the reference group has no figure to rely on"),
        ((reading("White", 50),), WORDS, "how many people the groups have is not published"),
        ((reading("White", 50, base=None), reading("Asian", 36)), WORDS, "how many people the groups have is not published"),
    ],
)
def test_where_there_is_none_the_reason_is_told(groups: tuple[Reading, ...], words: object, why: str) -> None:
    assert words is WORDS
    one = standing(*groups)
    assert potential_sentence(WORDS, potential(WORDS, one), one) == f"What equal rates would mean in people cannot be worked out: {why}."


def test_a_standardised_rate_times_people_is_not_what_happened_to_them() -> None:
    both = standing(reading("White", 50), reading("Asian", 36))
    for words in (replace(RATE, standardised=True), replace(WORDS, value_type="mean"), replace(WORDS, comparable=False)):
        assert potential(words, both) == "What equal rates would mean in people cannot be worked out from these figures."
