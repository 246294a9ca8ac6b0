"""Which counts are hidden, how the others are rounded, and what a rounded one can have been."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equity.disclosure.rules import NHS_ENGLAND, OPENSAFELY, RULES, Rule
from equity.rounding import NEAREST, SUPPRESSED_BELOW


@pytest.mark.parametrize(("rule", "last_hidden"), [(NHS_ENGLAND, 4), (OPENSAFELY, 7)])
def test_the_last_hidden_count_and_the_first_shown(rule: Rule, last_hidden: int) -> None:
    assert [count for count in range(20) if rule.hides(count)] == list(range(last_hidden + 1))


@pytest.mark.parametrize(("count", "shown"), [(5, 5), (7, 5), (8, 10), (12, 10), (13, 15), (997, 995), (998, 1000)])
def test_a_count_is_rounded_to_the_nearest_five(count: int, shown: int) -> None:
    assert NHS_ENGLAND.rounded(count) == shown


def test_a_shown_five_is_five_to_seven_since_smaller_counts_are_hidden() -> None:
    assert NHS_ENGLAND.possible(5) == (5, 7)
    assert OPENSAFELY.possible(10) == (8, 12)


@given(st.sampled_from(list(RULES.values())), st.integers(0, 10**9))
def test_what_a_shown_count_can_have_been_is_exactly_what_is_shown_as_it(rule: Rule, count: int) -> None:
    if rule.hides(count):
        return
    low, high = rule.possible(rule.rounded(count))
    around = range(max(count - 10, 0), count + 11)
    assert low <= count <= high
    assert all((low <= other <= high) == (not rule.hides(other) and rule.rounded(other) == rule.rounded(count)) for other in around)


def test_the_rule_is_the_one_by_which_published_files_are_read() -> None:
    assert (NHS_ENGLAND.hidden_up_to + 1, NHS_ENGLAND.nearest) == (SUPPRESSED_BELOW, NEAREST)
