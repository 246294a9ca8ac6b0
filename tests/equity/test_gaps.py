from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equity.cells import CellState
from equity.comparison import Comparison, Estimate, Finding, compare
from equity.gaps import (
    absolute_gap,
    gap_numbers,
    gap_unit,
    in_people,
    people_words,
    ratio_numbers,
    relative_gap,
    signed_gap,
    signed_ratio,
)
from equity.standing import Compared, Reading, stand
from equity.wording import Wording

RECOVERY = Wording(
    "Reliable recovery", "proportion", 100, "per cent", 0, "higher_is_better",
    "people who finished a course of talking therapy", "showed reliable recovery", "reliable recoveries",
)  # fmt: skip
WORSE = replace(RECOVERY, polarity="lower_is_better", did="got worse", events="people who got worse")
DETENTIONS = Wording(
    "Detentions", "rate", 100_000, "per 100,000 residents", 1, "lower_is_better", "people", None, "detentions under the Mental Health Act"
)
STANDARDISED = replace(DETENTIONS, standardised=True)
LENGTH = Wording("Length", "mean", 1, "days", 0, "neutral", "people whose detention ended", None, "detentions that ended")


def reading(name: str, estimate: Estimate | None, base: float | None = None, events: float | None = None) -> Reading:
    return Reading(name.lower(), name, f"people from {name} ethnic groups", CellState.OBSERVED, estimate, base, events)


def beside(group: Reading, reference: Reading) -> Compared:
    found = stand([group, reference], reference.code, "neutral").of(group.code)
    assert found is not None
    return found


WHITE = reading("White", Estimate(50, 48.6, 51.4), 5255)
ASIAN = reading("Asian", Estimate(36, 31.7, 40.5), 455)
BLACK_DETAINED = reading("Black", Estimate(242.3, 235.4, 249.2), 2_382_000, 5693)
WHITE_DETAINED = reading("White", Estimate(68.4, 67.7, 69.1), 45_662_000, 31_735)


# -------------------------------------------------------------------------------------------------- Absolute and relative


def test_a_gap_is_told_in_its_unit_with_its_interval() -> None:
    assert absolute_gap(RECOVERY, beside(ASIAN, WHITE).comparison) == "14 in every 100 (95% interval 9 to 19)"
    detained = beside(BLACK_DETAINED, WHITE_DETAINED).comparison
    assert absolute_gap(DETENTIONS, detained) == "173.9 for every 100,000 people (95% interval 167.0 to 180.8)"
    days = compare(Estimate(31, 29, 33), Estimate(25, 24.6, 26))
    assert absolute_gap(LENGTH, days) == "6 days (95% interval 4 to 8)"
    assert absolute_gap(LENGTH, compare(Estimate(26, 25.9, 26.1), Estimate(25, 24.9, 25.1))) == "1 day (95% interval 1 to 1)"


def test_a_ratio_says_whose_rate_it_is_times_whose() -> None:
    assert relative_gap(RECOVERY, beside(ASIAN, WHITE), WHITE) == (
        "Asian ethnic groups had 0.72 times the rate of White ethnic groups (95% interval 0.63 to 0.81)"
    )
    assert relative_gap(DETENTIONS, beside(BLACK_DETAINED, WHITE_DETAINED), WHITE_DETAINED) == (
        "Black ethnic groups had 3.54 times the rate of White ethnic groups (95% interval 3.44 to 3.65)"
    )
    assert "times the average of White" in relative_gap(LENGTH, beside(ASIAN, WHITE), WHITE)


def test_a_gap_without_intervals_says_so_in_both() -> None:
    plain, other = reading("Asian", Estimate(31)), reading("White", Estimate(25))
    assert absolute_gap(LENGTH, beside(plain, other).comparison) == "6 days (no interval can be given)"
    assert relative_gap(LENGTH, beside(plain, other), other) == (
        "Asian ethnic groups had 1.24 times the average of White ethnic groups (no interval can be given)"
    )


def test_a_ratio_to_nought_says_why_there_is_none() -> None:
    none = reading("White", Estimate(0, 0, 1))
    assert relative_gap(RECOVERY, beside(ASIAN, none), none) == "no ratio can be given, because the rate for White ethnic groups is 0"
    assert signed_ratio(beside(ASIAN, none).comparison) == "–"


def test_a_table_has_the_sign_and_a_sentence_the_size() -> None:
    lower, higher = beside(ASIAN, WHITE).comparison, beside(WHITE, ASIAN).comparison
    assert (signed_gap(RECOVERY, lower), signed_gap(RECOVERY, higher)) == ("-14 (-19 to -9)", "14 (9 to 19)")
    assert gap_numbers(RECOVERY, lower) == gap_numbers(RECOVERY, higher) == ("14", "9 to 19")
    assert signed_ratio(lower) == "0.72 (0.63 to 0.81)"
    assert ratio_numbers(higher) == ("1.39", "1.23 to 1.58")


def test_the_unit_of_a_gap_is_named_for_labels() -> None:
    assert gap_unit(RECOVERY) == "percentage points"
    assert gap_unit(replace(RECOVERY, multiplier=1000)) == "in every 1,000"
    assert gap_unit(DETENTIONS) == "detentions under the Mental Health Act for every 100,000 people"
    assert gap_unit(LENGTH) == "days"


def test_a_clear_gap_is_never_printed_as_one_that_reaches_nought() -> None:
    lower = compare(Estimate(48.0, 47.8, 48.2), Estimate(48.7, 48.5, 48.9))
    assert lower.finding is Finding.LOWER
    assert signed_gap(RECOVERY, lower) == "-0.7 (-1.0 to -0.4)"
    assert gap_numbers(RECOVERY, lower) == ("0.7", "0.4 to 1.0")
    assert signed_gap(RECOVERY, compare(Estimate(48.7, 48.5, 48.9), Estimate(48.0, 47.8, 48.2))) == "0.7 (0.4 to 1.0)"


def test_a_clear_ratio_is_never_printed_as_one_that_reaches_one() -> None:
    close = compare(Estimate(48.6, 48.55, 48.65), Estimate(48.7, 48.67, 48.73))
    assert close.finding is Finding.LOWER
    assert ratio_numbers(close) == ("0.998", "0.997 to 0.999")


def test_a_gap_that_is_not_clear_keeps_the_digits_of_its_indicator() -> None:
    same = compare(Estimate(48.4, 47, 50), Estimate(48.7, 48, 49))
    assert signed_gap(RECOVERY, same) == "0 (-2 to 1)"
    assert ratio_numbers(same) == ("0.99", "0.96 to 1.03")


near = st.tuples(st.floats(0.01, 99), st.floats(0.001, 5), st.floats(0.001, 5)).map(
    lambda drawn: Estimate(drawn[0], max(drawn[0] - drawn[1], 0), drawn[0] + drawn[2])
)


@given(near, near)
def test_printed_limits_of_a_clear_gap_agree_with_the_finding(group: Estimate, reference: Estimate) -> None:
    comparison = compare(group, reference)
    printed = signed_gap(RECOVERY, comparison).split(" (")[1].removesuffix(")")
    lower, upper = (float(limit) for limit in printed.split(" to "))
    gap = comparison.difference
    assert gap.lower is not None
    assert gap.upper is not None
    if comparison.finding in {Finding.HIGHER, Finding.LOWER} and min(abs(gap.lower), abs(gap.upper)) > 0.001:
        assert lower > 0 or upper < 0


# ------------------------------------------------------------------------------------------------------------- In people


@pytest.mark.parametrize(
    ("words", "group", "reference", "said"),
    [
        (
            RECOVERY, ASIAN, WHITE,
            "If Asian ethnic groups had the same rate as White ethnic groups, about 60 more people would have shown reliable recovery.",
        ),
        (
            WORSE, WHITE, ASIAN,
            "If White ethnic groups had the same rate as Asian ethnic groups, about 740 fewer people would have got worse.",
        ),
        (
            DETENTIONS, BLACK_DETAINED, WHITE_DETAINED,
            "If Black ethnic groups had the same rate as White ethnic groups, "
            "there would have been about 4,100 fewer detentions under the Mental Health Act.",
        ),
        (
            DETENTIONS, WHITE_DETAINED, BLACK_DETAINED,
            "If White ethnic groups had the same rate as Black ethnic groups, "
            "there would have been about 79,000 more detentions under the Mental Health Act.",
        ),
        (
            replace(RECOVERY, did="did not come back"), ASIAN, WHITE,
            "If Asian ethnic groups had the same rate as White ethnic groups, it would have been about 60 more people.",
        ),
    ],
)  # fmt: skip
def test_a_gap_is_told_in_people_and_the_right_way_round(words: Wording, group: Reading, reference: Reading, said: str) -> None:
    assert people_words(words, beside(group, reference), reference) == said


def test_one_person_is_one_person() -> None:
    few = reading("Asian", Estimate(36, 31.7, 40.5), 8)
    assert people_words(RECOVERY, beside(few, WHITE), WHITE).endswith(", about 1 more person would have shown reliable recovery.")
    one = reading("Black", Estimate(242.3, 235.4, 249.2), 600)
    assert people_words(DETENTIONS, beside(one, WHITE_DETAINED), WHITE_DETAINED).endswith(
        ", there would have been about 1 fewer of these detentions under the Mental Health Act."
    )


def test_a_standardised_rate_is_told_from_the_events_themselves_and_never_from_the_population() -> None:
    said = people_words(STANDARDISED, beside(BLACK_DETAINED, WHITE_DETAINED), WHITE_DETAINED)
    assert said.endswith("there would have been about 4,100 fewer detentions under the Mental Health Act.")
    no_events = replace(BLACK_DETAINED, events=None)
    assert people_words(STANDARDISED, beside(no_events, WHITE_DETAINED), WHITE_DETAINED) == ""


def test_a_rate_without_its_base_is_told_from_its_events() -> None:
    no_base = replace(BLACK_DETAINED, base=None)
    assert "about 4,100 fewer" in people_words(DETENTIONS, beside(no_base, WHITE_DETAINED), WHITE_DETAINED)


@pytest.mark.parametrize(
    ("words", "group"),
    [
        (RECOVERY, replace(ASIAN, base=None)),
        (RECOVERY, replace(ASIAN, base=2.0)),
        (RECOVERY, replace(ASIAN, base=0.0)),
        (RECOVERY, reading("Asian", Estimate(48, 40, 56), 455)),
        (RECOVERY, reading("Asian", Estimate(36), 455)),
        (LENGTH, ASIAN),
    ],
    ids=["no base", "nobody", "empty base", "not clear", "no interval", "a mean"],
)
def test_nothing_is_said_in_people_where_it_is_not_known_or_not_clear(words: Wording, group: Reading) -> None:
    assert people_words(words, beside(group, WHITE), WHITE) == ""


def test_a_group_without_a_figure_is_never_told_in_people() -> None:
    hidden = Reading("other", "Other", "people from Other ethnic groups", CellState.SUPPRESSED, None, 200)
    assert in_people(RECOVERY, hidden, WHITE) == ""
    assert in_people(RECOVERY, WHITE, hidden) == ""


@given(st.integers(1, 99), st.integers(1, 99), st.integers(100, 100_000))
def test_more_people_would_have_recovered_only_where_fewer_did(value: int, other: int, base: int) -> None:
    said = in_people(RECOVERY, reading("Asian", Estimate(value), base), reading("White", Estimate(other)))
    assert ("more" in said) == (value < other)
    assert ("fewer" in said) == (value > other)


def test_a_comparison_may_have_neither_ratio_nor_interval() -> None:
    bare = Comparison(Estimate(-3.0), None, Finding.CANNOT_SAY)
    assert signed_gap(RECOVERY, bare) == "-3"
    assert gap_numbers(RECOVERY, bare) == ("3", "")
    assert ratio_numbers(bare) == ("", "")
